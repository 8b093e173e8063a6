//! `beffroi doctor`: what is wrong with this installation, and what to do. It changes nothing.

mod folders;
mod machine;
mod shelf;

use crate::{
    cli::Folders,
    explain::Explain,
    failure::{Failure, print},
    kept,
    serve::Serving,
};
use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Fine,
    /// Nothing is lost yet.
    Watch,
    /// To be mended.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What was looked at: a short stable word.
    pub check: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What is found, in French.
    pub found: String,
    /// What to do, in French.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
}

impl Line {
    /// As it should be.
    pub fn fine(check: &'static str, found: impl Into<String>) -> Self {
        Self {
            check,
            verdict: Verdict::Fine,
            found: found.into(),
            todo: None,
        }
    }

    /// Nothing is lost yet.
    pub fn watch(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Watch,
            todo: Some(todo.into()),
            ..Self::fine(check, found)
        }
    }

    /// To be mended.
    pub fn broken(check: &'static str, found: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Broken,
            ..Self::watch(check, found, todo)
        }
    }
}

/// `beffroi doctor`.
pub fn run(
    folders: &Folders,
    serving: &Serving,
    is_deep: bool,
    form: Explain,
) -> Result<(), Failure> {
    let mut lines = folders::lines(folders);
    lines.extend(machine::lines(folders, serving));
    lines.extend(shelf::lines(folders, is_deep));
    lines.extend(kept::lines(&folders.state));
    lines.extend(machine::backups(&folders.state, is_deep));
    let worst = lines.iter().map(|line| line.verdict).max();
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
    match form {
        Explain::Json => {
            let told = serde_json::json!({ "verdict": worst, "checks": lines });
            print(format!("{told:#}"))?;
        }
        Explain::Texte => {
            for line in &lines {
                tell(line)?;
            }
            print(format!(
                "{} en ordre, {} à surveiller, {} à réparer.",
                count(Verdict::Fine),
                count(Verdict::Watch),
                count(Verdict::Broken)
            ))?;
        }
    }
    match worst {
        Some(Verdict::Broken) => Err(Failure::given("").silent()),
        _ => Ok(()),
    }
}

fn tell(line: &Line) -> Result<(), Failure> {
    let mark = match line.verdict {
        Verdict::Fine => "en ordre     ",
        Verdict::Watch => "à surveiller ",
        Verdict::Broken => "À RÉPARER    ",
    };
    print(format!("{mark} {}", line.found))?;
    match &line.todo {
        Some(todo) => print(format!("              → {todo}")),
        None => Ok(()),
    }
}
