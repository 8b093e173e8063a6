//! A town to run the program on: declarations, data, and a state of its own.

use crate::program::{Output, Running, Server, binary};
use crate::repository;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A town: its folders, and the program to run on them.
pub struct Town {
    content: PathBuf,
    data: PathBuf,
    state: PathBuf,
    /// The person of the demonstration who sees all.
    sees_all: &'static str,
    /// Holds the state, and for [`Town::small`] everything. The program runs in it, to prove that
    /// it needs nothing of the folder it is run from.
    folder: TempDir,
}

impl Town {
    /// The sample town of the repository, read in place, with a state of its own.
    #[must_use]
    pub fn sample() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self {
            content: repository().join("dashboards"),
            data: repository().join("sample-data"),
            state: folder.path().join("var"),
            sees_all: "Irène Lacaze",
            folder,
        }
    }

    /// A town of three datasets, copied from `tests/fixtures/town`, that a test may spoil.
    #[must_use]
    pub fn small() -> Self {
        Self::of_fixture("town")
    }

    /// A town copied from a folder of `tests/fixtures`.
    #[must_use]
    pub fn of_fixture(fixture: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let fixture = repository().join("tests/fixtures").join(fixture);
        copy(&fixture, folder.path());
        Self {
            content: folder.path().join("dashboards"),
            data: folder.path().join("data"),
            state: folder.path().join("var"),
            sees_all: "Tout le monde",
            folder,
        }
    }

    /// Adds the files of another folder of `tests/fixtures`.
    #[must_use]
    pub fn with(self, fixture: &str) -> Self {
        let fixture = repository().join("tests/fixtures").join(fixture);
        copy(&fixture, self.folder.path());
        self
    }

    /// A file of the declarations.
    #[must_use]
    pub fn content(&self, file: &str) -> PathBuf {
        self.content.join(file)
    }

    /// A file of the data folder.
    #[must_use]
    pub fn data(&self, file: &str) -> PathBuf {
        self.data.join(file)
    }

    /// A file of the state folder.
    #[must_use]
    pub fn state(&self, file: &str) -> PathBuf {
        self.state.join(file)
    }

    /// A path in the folder the program runs in.
    #[must_use]
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Replaces a text in a file of the declarations.
    #[track_caller]
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.content(file);
        let text = fs::read_to_string(&path).expect("a declaration");
        assert!(text.contains(from), "{file} does not contain {from:?}");
        fs::write(path, text.replace(from, to)).expect("the declaration can be written");
    }

    /// Runs a command on this town to its end.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Output {
        self.begin(args).wait()
    }

    /// Starts a command on this town and lets it run.
    #[must_use]
    pub fn begin(&self, args: &[&str]) -> Running {
        Running::start(self.command(args))
    }

    /// Runs a command in a folder, without telling it where anything lies.
    #[must_use]
    pub fn run_in(&self, folder: &Path, args: &[&str]) -> Output {
        let mut command = self.bare(args);
        command.current_dir(folder);
        Running::start(command).wait()
    }

    /// Starts the server on a free port and waits until it is ready.
    #[must_use]
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// The same with more arguments.
    #[must_use]
    pub fn serve_with(&self, args: &[&str]) -> Server {
        self.serve_under(&[], args)
    }

    /// The same with variables of the environment.
    #[must_use]
    pub fn serve_under(&self, variables: &[(&str, &str)], args: &[&str]) -> Server {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(args).envs(variables.iter().copied());
        let server = Server::start(command);
        // In clear, and in a demonstration: whoever may see everything looks.
        let printed = server.stdout();
        match printed.contains("Démonstration") && printed.contains("http://") {
            true => server.entered(self.sees_all),
            false => server,
        }
    }

    /// Every file of the state with its bytes, sorted by path.
    #[must_use]
    pub fn state_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.state.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)
                .expect("a folder of the state")
                .flatten()
            {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    files.push((
                        entry.path(),
                        fs::read(entry.path()).expect("a file of the state"),
                    ));
                }
            }
        }
        files.sort();
        files
    }

    /// The answer of `query … --format json`.
    #[track_caller]
    #[must_use]
    pub fn query(&self, args: &[&str]) -> serde_json::Value {
        let output = self
            .run(&[&["query"], args, &["--format", "json"]].concat())
            .assert_code(0);
        serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", output.stdout))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.bare(args);
        command.arg("--content").arg(&self.content);
        command.arg("--data").arg(&self.data);
        command.arg("--state").arg(&self.state);
        command
    }

    fn bare(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).current_dir(self.folder.path());
        // What a developer has set for the program must not change what a test sees.
        command
            .env_remove("BEFFROI_LOG")
            .env_remove("BEFFROI_LOG_FORMAT")
            .env("NO_COLOR", "1")
            .env("LANG", "fr_FR.UTF-8");
        command
    }
}

/// The figure of an answer for the whole town at a period; `None` when there is no value.
#[must_use]
pub fn figure(answer: &serde_json::Value, period: &str) -> Option<f64> {
    let rows = answer["rows"].as_array().expect("an answer has rows");
    let row = rows
        .iter()
        .find(|row| row["period"] == period && row["keys"].as_array().is_some_and(Vec::is_empty))?;
    row["cell"]["value"].as_f64()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the fixture") {
        let entry = entry.expect("an entry of the fixture");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a fixture file can be copied");
        }
    }
}
