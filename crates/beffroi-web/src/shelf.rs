//! What pages of reports ask of the program: final reports on disk, photographs, paper.

use beffroi_model::ReportId;
use beffroi_report::{Document, Pictures, Problem};
use beffroi_store::Reports;
use std::fmt;
use std::sync::Arc;

/// A final report with the photographs that it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The report.
    pub document: Document,
    /// Its photographs.
    pub pictures: Pictures,
}

/// What a report is printed with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ink {
    /// Colours.
    #[default]
    Colour,
    /// Black and greys.
    Black,
}

/// A report on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// What keeps a draft from being final.
    pub problems: Vec<Problem>,
}

/// The program's side of reports. Its calls may take long: none belongs on a thread that answers
/// requests.
pub trait Shelf: Send + Sync {
    /// The newest final report of a year.
    ///
    /// # Errors
    /// The disk said no, in French.
    fn newest(&self, report: &ReportId, year: i32) -> Result<Option<Arc<Kept>>, String>;

    /// The years of which there is a final report, the newest first.
    ///
    /// # Errors
    /// The disk said no, in French.
    fn years(&self, report: &ReportId) -> Result<Vec<i32>, String>;

    /// Keeps a final report for good, with its paper. Kept once, it is not written again.
    ///
    /// # Errors
    /// There is one of that number, or the disk said no.
    fn keep(&self, kept: &Kept, paper: &Paper) -> Result<(), Unkept>;

    /// The paper that was kept with a final report.
    ///
    /// # Errors
    /// The disk said no, in French.
    fn paper(&self, kept: &Kept) -> Result<Vec<u8>, String>;

    /// Whether there is a photograph of that name in the declarations.
    fn has_picture(&self, name: &str) -> bool;

    /// A photograph of the declarations.
    fn picture(&self, name: &str) -> Option<Vec<u8>>;

    /// Sets a report. A final one comes out right or not at all.
    ///
    /// # Errors
    /// What is not right with it.
    fn set(&self, kept: &Kept, ink: Ink) -> Result<Paper, Vec<Problem>>;
}

/// Why a report was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unkept {
    /// There is one of that number: somebody was quicker.
    Taken,
    /// The disk said no, in French.
    Failed(String),
}

impl fmt::Debug for dyn Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shelf")
    }
}

/// What departments said of a year, as it is composed.
///
/// # Errors
/// When the store says no.
pub fn said(
    reports: &Reports,
    report: &ReportId,
    year: i32,
) -> Result<beffroi_report::Said, beffroi_store::StoreError> {
    let report = report.as_str();
    let edition = reports.edition(report, year)?;
    let contributions = reports.contributions(report, year)?;
    let sentences = reports.sentences(report, year)?;
    Ok(beffroi_report::Said {
        presented: edition.map_or_else(String::new, |edition| edition.presented),
        chapters: contributions
            .into_iter()
            .map(|it| {
                let said = beffroi_report::SaidOf {
                    department: it.department,
                    words: it.words,
                    confirmed: it.confirmed_reading,
                };
                (it.chapter, said)
            })
            .collect(),
        sentences: sentences
            .into_iter()
            .map(|it| {
                let sentence = beffroi_report::Sentence {
                    text: it.text,
                    basis: it.basis,
                };
                (it.key, sentence)
            })
            .collect(),
    })
}
