//! From a manuscript to a file.

use crate::complaint::{Complaint, ComplaintKind};
use crate::manuscript::{self, Manuscript};
use crate::world::Desk;
use crate::{Options, Pdf};
use beffroi_report::{Chapter, Document, Edition, Pictures};
use chrono::{Datelike, NaiveDateTime, NaiveTime, Timelike};
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Label, Smart};
use typst::introspection::Introspector;
use typst::utils::PicoStr;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Sets a report.
///
/// # Errors
/// What stands between the document and paper: for a frozen report anything at all, for a draft
/// only what cannot be set.
pub fn pdf(
    document: &Document,
    pictures: &Pictures,
    options: &Options,
) -> Result<Pdf, Vec<Complaint>> {
    // What Typst remembers of a document is of no use to the next one: it is given up, however
    // this ends.
    let _forget = Forget;
    let manuscript = manuscript::write(document, pictures, options.ink);
    print(document, manuscript)
}

/// Clears what Typst remembers when it is dropped.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        typst::comemo::evict(0);
    }
}

fn print(document: &Document, manuscript: Manuscript) -> Result<Pdf, Vec<Complaint>> {
    let frozen = matches!(document.edition, Edition::Frozen { .. });
    let Manuscript {
        files,
        mut complaints,
    } = manuscript;
    if frozen && !complaints.is_empty() {
        // How long chapters are is told in the same breath where it can be.
        if let Ok(laid_out) = Desk::new(files, day(document)).map(|desk| lay_out(&desk)) {
            complaints.extend(
                laid_out
                    .as_ref()
                    .map(|l| too_long(document, l))
                    .unwrap_or_default(),
            );
        }
        return Err(complaints);
    }
    let desk = match Desk::new(files, day(document)) {
        Ok(desk) => desk,
        Err(reason) => {
            complaints.push(refused(reason));
            return Err(complaints);
        }
    };
    let laid_out = match lay_out(&desk) {
        Ok(laid_out) => laid_out,
        Err(refusals) => {
            complaints.extend(refusals);
            return Err(complaints);
        }
    };
    complaints.extend(too_long(document, &laid_out));
    if frozen && !complaints.is_empty() {
        return Err(complaints);
    }
    let bytes = match export(document, &laid_out, &[PdfStandard::Ua_1, PdfStandard::A_2a]) {
        Ok(bytes) => bytes,
        Err(refusals) => {
            // What we found ourselves is told in better words.
            if complaints.is_empty() {
                complaints = refusals;
            }
            if frozen {
                return Err(complaints);
            }
            match export(document, &laid_out, &[]) {
                Ok(bytes) => bytes,
                Err(refusals) => {
                    complaints.extend(refusals);
                    return Err(complaints);
                }
            }
        }
    };
    Ok(Pdf {
        bytes,
        pages: laid_out.pages().len(),
        complaints,
    })
}

fn lay_out(desk: &Desk) -> Result<PagedDocument, Vec<Complaint>> {
    typst::compile::<PagedDocument>(desk)
        .output
        .map_err(|errors| errors.iter().map(refusal).collect())
}

fn export(
    document: &Document,
    laid_out: &PagedDocument,
    standards: &[PdfStandard],
) -> Result<Vec<u8>, Vec<Complaint>> {
    let standards = if standards.is_empty() {
        PdfStandards::default()
    } else {
        PdfStandards::new(standards).map_err(|error| vec![refused(error.message().as_str())])?
    };
    let options = PdfOptions {
        ident: Smart::Custom(ident(document)),
        creator: Smart::Custom(Some("Beffroi".to_owned())),
        timestamp: moment(document).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(laid_out, &options).map_err(|errors| errors.iter().map(refusal).collect())
}

/// What makes one edition's file different from all others.
fn ident(document: &Document) -> String {
    let edition = match document.edition {
        Edition::Draft { .. } => 0,
        Edition::Frozen { number, .. } => number,
    };
    format!(
        "{}/{}/{}/{edition}",
        document.town, document.report, document.year
    )
}

fn when(document: &Document) -> NaiveDateTime {
    match document.edition {
        Edition::Draft { seen_on } => seen_on.and_time(NaiveTime::MIN),
        Edition::Frozen { at, .. } => at,
    }
}

#[allow(clippy::cast_possible_truncation)] // months to seconds are below 60
fn moment(document: &Document) -> Option<Datetime> {
    let when = when(document);
    Datetime::from_ymd_hms(
        when.year(),
        when.month() as u8,
        when.day() as u8,
        when.hour() as u8,
        when.minute() as u8,
        when.second() as u8,
    )
}

#[allow(clippy::cast_possible_truncation)]
fn day(document: &Document) -> Option<Datetime> {
    let when = when(document);
    Datetime::from_ymd(when.year(), when.month() as u8, when.day() as u8)
}

/// The chapters that take more pages than they may. `report.typ` marks where each begins and ends.
fn too_long(document: &Document, laid_out: &PagedDocument) -> Vec<Complaint> {
    let page = |mark: &str, place: usize| -> Option<usize> {
        let label = Label::new(PicoStr::intern(&format!("{mark}-{place}")))?;
        let introspector = laid_out.introspector();
        let location = introspector.query_label(label).ok()?.location()?;
        introspector.page(location).map(std::num::NonZero::get)
    };
    let long = |(place, chapter): (usize, &Chapter)| {
        let most = chapter.most_pages?;
        let pages = (page("end", place)? + 1).saturating_sub(page("begin", place)?);
        (pages > usize::try_from(most).unwrap_or(usize::MAX)).then(|| Complaint {
            chapter: Some(chapter.id.clone()),
            place: chapter.title.clone(),
            what: ComplaintKind::TooManyPages { pages, most },
        })
    };
    document
        .chapters
        .iter()
        .enumerate()
        .filter_map(long)
        .collect()
}

fn refusal(error: &SourceDiagnostic) -> Complaint {
    let mut message = error.message.to_string();
    for hint in &error.hints {
        message.push_str("; ");
        message.push_str(&hint.v);
    }
    refused(&message)
}

fn refused(message: &str) -> Complaint {
    Complaint {
        chapter: None,
        place: String::new(),
        what: ComplaintKind::Refused {
            message: message.to_owned(),
        },
    }
}
