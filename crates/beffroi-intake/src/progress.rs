//! How far the reading of a file has come, told to whoever waits for it.
//!
//! Bytes are counted where they are read from the file (`source`), so that neither the ordinary nor
//! the express way knows of it; rows are told now and then by the passes.

use beffroi_model::{Pass, Progress};
use std::{
    fmt,
    io::{self, Read},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many times at most a pass is told, beside its start and its end.
const STEPS: u64 = 1000;

/// Rows between two looks at how far a pass has come.
pub(crate) const EACH: u64 = 1024;

/// Whoever is told how far the reading of a file has come: at the start of each pass, at each
/// thousandth of the file, and at the end of the pass.
pub struct Watch<'w> {
    tell: Box<dyn Fn(Progress) + Send + Sync + 'w>,
    state: Mutex<State>,
}

struct State {
    progress: Progress,
    /// From how many bytes on the next step is told.
    next: u64,
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl<'w> Watch<'w> {
    /// Tells `tell`, from the thread that reads.
    #[must_use]
    pub fn new(tell: impl Fn(Progress) + Send + Sync + 'w) -> Self {
        let progress = Progress {
            pass: Pass::Opening,
            bytes: 0,
            of: 0,
            rows: 0,
            findings: 0,
        };
        Self {
            tell: Box::new(tell),
            state: Mutex::new(State { progress, next: 0 }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file of that size is opened.
    pub(crate) fn open(&self, of: u64) {
        self.state().progress.of = of;
        self.start(Pass::Opening);
    }

    /// Starts a pass.
    pub(crate) fn start(&self, pass: Pass) {
        let mut state = self.state();
        let of = state.progress.of;
        let progress = Progress {
            pass,
            bytes: 0,
            of,
            rows: 0,
            findings: 0,
        };
        let next = step(of);
        *state = State { progress, next };
        drop(state);
        (self.tell)(progress);
    }

    /// Notes that the pass has come to that place: never back, and never beyond the end.
    fn at(&self, bytes: u64) {
        let mut state = self.state();
        let bytes = bytes.min(state.progress.of);
        state.progress.bytes = state.progress.bytes.max(bytes);
        if state.progress.bytes < state.next {
            return;
        }
        state.next = state.progress.bytes + step(state.progress.of);
        let progress = state.progress;
        drop(state);
        (self.tell)(progress);
    }

    /// Notes how many rows and findings there are so far.
    pub(crate) fn count(&self, rows: u64, findings: u64) {
        let mut state = self.state();
        (state.progress.rows, state.progress.findings) = (rows, findings);
    }

    /// Notes how far the pass has come among rows that are no longer read from the file: how many
    /// there were, and how many there are.
    pub(crate) fn place(&self, (done, all): (u64, u64)) {
        let of = u128::from(self.state().progress.of);
        let bytes = of * u128::from(done) / u128::from(all.max(1));
        self.at(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// Ends the pass.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.progress.bytes = state.progress.of;
        let progress = state.progress;
        drop(state);
        (self.tell)(progress);
    }
}

fn step(of: u64) -> u64 {
    of.div_ceil(STEPS).max(1)
}

/// Bytes of which is told how many were read.
pub(crate) struct Watched<'w, R> {
    pub(crate) bytes: R,
    pub(crate) read: u64,
    pub(crate) watch: &'w Watch<'w>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read += read as u64;
        self.watch.at(self.read);
        Ok(read)
    }
}
