//! From what the press says to what users read.

use beffroi_report::{Problem, ProblemKind};
use beffroi_text::{Arg, Lang, t, t_args};
use beffroi_typeset::{Complaint, ComplaintKind, Options, pdf};
use beffroi_web::{Ink, Kept, Paper};

/// Sets a report.
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
