//! Harness of the tests of the whole program: it starts the real binary on its own port and
//! state, talks to it over HTTP and the command line, and opens its pages in Chromium.
//!
//! ```text
//! Town (declarations + data + state) ─▶ run(&["check"]) ─▶ Output
//!                                    └▶ serve() ─▶ Server ─▶ get("/") ─▶ Response
//!                                                     └▶ Page::open (Chromium) ─▶ axe, keys, …
//! ```
//!
//! `tests/run` at the top of the repository builds the binary and fetches axe-core first; with
//! both in place a plain `cargo test -p beffroi-tests` works too.

mod browser;
mod form;
mod http;
mod links;
mod look;
mod page;
mod people;
mod program;
mod town;
mod visitor;

pub use browser::Browser;
pub use form::HtmlForm;
pub use http::{Response, get, request};
pub use links::{internal_links, main_text};
pub use look::Look;
pub use page::{Page, Theme};
pub use people::{
    ADMINISTRATOR, OTHER_PASSWORD, PASSWORD, code_at, first_administrator, first_link, follow,
    in_trail, invite, join, person_page, step_now, trail_lines,
};
pub use program::{Output, Running, Server};
pub use town::{Town, figure};
pub use visitor::{PARTS, Visitor, form_of, in_parts, token};

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
};

/// One value for all tests of a file that run at the same time, made by the first and dropped
/// with the last: a server or a browser in a plain `static` would never be stopped.
pub struct Shared<T>(Mutex<Weak<T>>);

impl<T> Shared<T> {
    /// For a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(Weak::new()))
    }

    /// The value, made if nobody holds one.
    pub fn get(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.upgrade().unwrap_or_else(|| {
            let value = Arc::new(make());
            *held = Arc::downgrade(&value);
            value
        })
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The folder of build products that this test was built into (`target/debug`).
pub(crate) fn build_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test program");
    test.ancestors()
        .find(|folder| folder.file_name().is_some_and(|name| name == "deps"))
        .and_then(Path::parent)
        .expect("a test program lies in target/<profile>/deps")
        .to_owned()
}

/// The folder that holds all build products (`target`).
pub(crate) fn target_folder() -> PathBuf {
    build_folder()
        .parent()
        .expect("target/<profile> has a parent")
        .to_owned()
}

/// The top of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ has a parent")
}
