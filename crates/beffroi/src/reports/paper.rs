//! The press, and what it says in the words of users.
//!
//! A server sets reports in a process of their own: what typesetting holds in memory goes with it,
//! and one that takes too long is ended. The process is this same program: it is given the report on
//! its standard input and answers a line of JSON, then the PDF.

use crate::failure::Failure;
use beffroi_report::{Document, Pictures, Problem, ProblemKind};
use beffroi_text::{Arg, Lang, t, t_args};
use beffroi_typeset::{Complaint, ComplaintKind, Options, pdf};
use beffroi_web::{Ink, Kept, Paper};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The command of the process that sets; not for people.
pub const COMMAND: &str = "typeset";
/// How long setting may take.
const LONGEST: Duration = Duration::from_secs(120);
/// Between two looks at the process.
const LOOK: Duration = Duration::from_millis(10);

/// What the process is given.
#[derive(Serialize, Deserialize)]
struct Order {
    document: Document,
    /// In base 64.
    pictures: BTreeMap<String, String>,
    black: bool,
}

/// What it answers first; the PDF follows where there is one.
#[derive(Serialize, Deserialize)]
struct Answer {
    pages: Option<usize>,
    problems: Vec<Problem>,
}

/// Sets a report in a process of its own, one at a time.
pub fn set_apart(kept: &Kept, ink: Ink) -> Result<Paper, Vec<Problem>> {
    static PRESS: Mutex<()> = Mutex::new(());
    let _turn = PRESS.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |error: io::Error| {
        tracing::error!(%error, "the press does not answer");
        let lang = Lang::from_code(&kept.document.lang).unwrap_or(Lang::Fr);
        vec![Problem {
            chapter: None,
            key: String::new(),
            kind: ProblemKind::Failed,
            title: t(lang, "report-paper-press").into_owned(),
            remedy: t(lang, "report-paper-refused-remedy").into_owned(),
        }]
    };
    let (answer, bytes) = asked(kept, ink).map_err(failed)?;
    match answer.pages {
        Some(pages) => Ok(Paper {
            bytes,
            pages,
            problems: answer.problems,
        }),
        None => Err(answer.problems),
    }
}

fn asked(kept: &Kept, ink: Ink) -> io::Result<(Answer, Vec<u8>)> {
    let pictures = kept.pictures.iter();
    let order = Order {
        document: kept.document.clone(),
        pictures: pictures
            .map(|(name, bytes)| (name.clone(), BASE64.encode(bytes)))
            .collect(),
        black: ink == Ink::Black,
    };
    let order = serde_json::to_vec(&order)?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(mut stdout)) = (stdin, stdout) else {
        return Err(io::Error::from(io::ErrorKind::BrokenPipe));
    };
    // It reads to the end before it answers; a process that ends early is told by its answer.
    let written = thread::spawn(move || stdin.write_all(&order));
    let read = thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.read_to_end(&mut bytes).map(|_| bytes)
    });
    let until = Instant::now() + LONGEST;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > until {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        thread::sleep(LOOK);
    };
    let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
    let bytes = read.join().map_err(|_| broken())??;
    written.join().map_err(|_| broken())??;
    if !status.success() {
        return Err(io::Error::other(status.to_string()));
    }
    let mut rest = bytes.as_slice();
    let mut line = Vec::new();
    rest.read_until(b'\n', &mut line)?;
    Ok((serde_json::from_slice(&line)?, rest.to_vec()))
}

/// The process: reads an order, answers it.
pub fn serve_order() -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::machine(error.to_string());
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).map_err(failed)?;
    let order: Order =
        serde_json::from_slice(&text).map_err(|error| Failure::usage(error.to_string()))?;
    let pictures: Pictures = order
        .pictures
        .into_iter()
        .filter_map(|(name, bytes)| Some((name, BASE64.decode(bytes.as_bytes()).ok()?)))
        .collect();
    let kept = Kept {
        document: order.document,
        pictures,
    };
    let ink = if order.black { Ink::Black } else { Ink::Colour };
    let (answer, bytes) = match set(&kept, ink) {
        Ok(paper) => {
            let answer = Answer {
                pages: Some(paper.pages),
                problems: paper.problems,
            };
            (answer, paper.bytes)
        }
        Err(problems) => {
            let answer = Answer {
                pages: None,
                problems,
            };
            (answer, Vec::new())
        }
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &answer).map_err(|error| failed(error.into()))?;
    out.write_all(b"\n").map_err(failed)?;
    out.write_all(&bytes).map_err(failed)?;
    out.flush().map_err(failed)
}

/// Sets a report here.
pub fn set(kept: &Kept, ink: Ink) -> Result<Paper, Vec<Problem>> {
    let options = Options {
        ink: match ink {
            Ink::Colour => beffroi_typeset::Ink::Colour,
            Ink::Black => beffroi_typeset::Ink::BlackAndWhite,
        },
    };
    let lang = Lang::from_code(&kept.document.lang).unwrap_or(Lang::Fr);
    let told = |complaints: Vec<Complaint>| -> Vec<Problem> {
        let complaints = complaints.into_iter();
        complaints.map(|it| problem(lang, it)).collect()
    };
    match pdf(&kept.document, &kept.pictures, &options) {
        Ok(set) => Ok(Paper {
            bytes: set.bytes,
            pages: set.pages,
            problems: told(set.complaints),
        }),
        Err(complaints) => Err(told(complaints)),
    }
}

fn problem(lang: Lang, complaint: Complaint) -> Problem {
    let Complaint {
        chapter,
        place,
        what,
    } = complaint;
    let place = Arg::from(place);
    let (kind, id, args): (_, _, Vec<(&str, Arg)>) = match what {
        ComplaintKind::MissingGlyph { character } => (
            ProblemKind::Typeset,
            "glyph",
            vec![
                ("character", character.to_string().into()),
                ("code", format!("U+{:04X}", u32::from(character)).into()),
                ("place", place),
            ],
        ),
        ComplaintKind::TooManyPages { pages, most } => (
            ProblemKind::Typeset,
            "pages",
            vec![("pages", pages.into()), ("most", most.into())],
        ),
        ComplaintKind::MissingAlt => (ProblemKind::AltMissing, "alt", vec![("place", place)]),
        ComplaintKind::BadPicture { file, reason } => {
            tracing::warn!(file, reason, "a photograph cannot be set");
            (
                ProblemKind::PictureMissing,
                "picture",
                vec![("what", file.into())],
            )
        }
        ComplaintKind::BadDrawing { reason } => {
            tracing::error!(reason, "a drawing cannot be set");
            (ProblemKind::Failed, "drawing", vec![("place", place)])
        }
        ComplaintKind::Refused { message } => {
            tracing::error!(message, "the press refuses");
            (ProblemKind::Typeset, "refused", vec![("place", place)])
        }
    };
    Problem {
        chapter,
        key: String::new(),
        kind,
        title: t_args(lang, &format!("report-paper-{id}"), &args).into_owned(),
        remedy: t(lang, &format!("report-paper-{id}-remedy")).into_owned(),
    }
}
