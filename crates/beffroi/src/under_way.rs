//! The file being read: noted where pages look, and shown on a terminal.
//!
//! Whoever reads only notes how far it has come. On a terminal, a thread of its own shows from time
//! to time what is noted, on one line that is written over and gone at the end; a file that is soon
//! read is not shown at all.

use beffroi_intake::Watch;
use beffroi_model::{DatasetId, Progress};
use beffroi_text::Lang;
use beffroi_web::FileUnderWay;
use std::{
    io::{self, IsTerminal, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// A file that is read sooner is not shown.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long a line stands at least.
const STANDS: Duration = Duration::from_millis(100);
/// How many characters fit on a line of any terminal.
const WIDTH: usize = 79;
/// How many characters of a file's name are shown at most.
const NAME: usize = 28;

/// Where is told how far the reading of files has come.
#[derive(Debug, Default)]
pub struct UnderWay {
    /// Where pages look.
    pages: beffroi_web::UnderWay,
    /// Whether somebody watches a terminal.
    is_shown: bool,
}

impl UnderWay {
    /// For whoever watches standard error, if it is a terminal.
    pub fn on_terminal() -> Self {
        Self {
            pages: beffroi_web::UnderWay::default(),
            is_shown: io::stderr().is_terminal(),
        }
    }

    /// The same, when standard output has other things to show: it must not be the same terminal.
    pub fn beside_output(is_output: bool) -> Self {
        let mut under_way = Self::on_terminal();
        under_way.is_shown &= !(is_output && io::stdout().is_terminal());
        under_way
    }

    /// Where pages look.
    pub fn pages(&self) -> &beffroi_web::UnderWay {
        &self.pages
    }

    /// Reads a file, for a dataset or for itself.
    pub fn read<T>(
        &self,
        dataset: Option<&DatasetId>,
        file: &str,
        read: impl FnOnce(&Watch<'_>) -> T,
    ) -> T {
        let noted = Noted::default();
        let watch = Watch::new(|progress| {
            noted.note(progress);
            if let Some(dataset) = dataset {
                self.pages.store(Some(Arc::new(FileUnderWay {
                    dataset: dataset.clone(),
                    file: file.to_owned(),
                    progress,
                })));
            }
        });
        thread::scope(|scope| {
            // Whatever happens, the line and what pages see go with it.
            let _ended = Ended {
                noted: &noted,
                pages: &self.pages,
            };
            if self.is_shown {
                scope.spawn(|| show(file, &noted));
            }
            read(&watch)
        })
    }
}

/// What is noted of a file until it is read.
#[derive(Debug, Default)]
struct Noted {
    state: Mutex<(Option<Progress>, bool)>,
    ended: Condvar,
}

impl Noted {
    fn state(&self) -> MutexGuard<'_, (Option<Progress>, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, progress: Progress) {
        self.state().0 = Some(progress);
    }

    /// What is noted after a while; `None` once the file is read.
    fn after(&self, while_: Duration) -> Option<Option<Progress>> {
        let waited = self
            .ended
            .wait_timeout_while(self.state(), while_, |(_, ended)| !*ended);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (!state.1).then_some(state.0)
    }
}

/// The end of a file, however it comes.
struct Ended<'n> {
    noted: &'n Noted,
    pages: &'n beffroi_web::UnderWay,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.noted.state().1 = true;
        self.noted.ended.notify_all();
        self.pages.store(None);
    }
}

/// Shows what is noted until the file is read.
fn show(file: &str, noted: &Noted) {
    let mut wait = PATIENCE;
    let mut width = 0;
    let mut shown = None;
    while let Some(progress) = noted.after(wait) {
        wait = STANDS;
        if let Some(new) = progress.filter(|_| progress != shown) {
            let line = line(file, &new);
            write(&format!("\r{line:<width$}"));
            width = line.chars().count();
            shown = progress;
        }
    }
    if width > 0 {
        write(&format!("\r{:width$}\r", ""));
    }
}

/// To a terminal that may be gone: then nobody watches.
fn write(text: &str) {
    let mut terminal = io::stderr().lock();
    let _ = terminal.write_all(text.as_bytes());
    let _ = terminal.flush();
}

/// The line of a file.
fn line(file: &str, progress: &Progress) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    let name: String = match name.chars().count() {
        0..=NAME => name.to_owned(),
        _ => name.chars().take(NAME - 1).chain(['…']).collect(),
    };
    let told = beffroi_text::progress(Lang::Fr, progress);
    let line = format!("  {name} : {told}");
    // A longer line would not be written over.
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    line.chars().take(WIDTH).map(printable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use beffroi_model::Pass;

    const SEEN: Progress = Progress {
        pass: Pass::Reading,
        bytes: 412_000_000,
        of: 1_200_000_000,
        rows: 3_200_000,
        findings: 12,
    };

    #[test]
    fn a_line_fits_on_any_terminal_and_has_no_control_characters() {
        let short = line("mobilites/velos.csv", &SEEN).replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(
            short,
            "  velos.csv : lecture, 412 Mo sur 1,2 Go (34 %), 3 200 000 lignes, 12 constats"
        );
        let long = line(&format!("{}\u{1b}[2J.csv", "é".repeat(20)), &SEEN);
        assert_eq!(long.chars().count(), WIDTH);
        assert!(!long.contains('\u{1b}'), "{long}");
    }

    #[test]
    fn pages_see_the_file_while_it_is_read_and_nothing_after() {
        let under_way = UnderWay::default();
        let dataset = DatasetId::new("trajets").ok();
        let file = "../../tests/fixtures/town/data/trajets_20250602.csv";
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let size = std::fs::metadata(&path).map_or(0, |it| it.len());
        let seen = Mutex::new(Vec::new());
        under_way.read(dataset.as_ref(), "t.csv", |watch| {
            let input = beffroi_intake::Input::on_disk("t.csv", &path).watched(watch);
            let reading = beffroi_model::Reading::default();
            beffroi_intake::recognise(input, &reading).expect("a table");
            seen.lock()
                .expect("no panic")
                .push(under_way.pages().load_full());
        });
        let seen = seen.into_inner().expect("no panic");
        let file = seen[0].as_ref().expect("it is being read");
        assert_eq!(
            (file.dataset.as_str(), file.file.as_str()),
            ("trajets", "t.csv")
        );
        assert_eq!(file.progress.pass, Pass::Survey);
        assert_eq!((file.progress.bytes, file.progress.of), (size, size));
        assert_eq!(under_way.pages().load_full(), None);
    }
}
