//! The last guard: a library that gives up on a damaged file does not stop the program.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Does some work; `None` when it panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    GUARDED.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    done.ok()
}

/// Whether a panic of this thread is met by intake, which then refuses the file in words: whoever
/// reports panics need not report it.
#[must_use]
pub fn is_guarded() -> bool {
    GUARDED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_the_work_only() {
        assert_eq!(guarded(is_guarded), Some(true));
        assert_eq!(guarded(|| panic!("as a library does")), None::<()>);
        assert!(!is_guarded());
    }
}
