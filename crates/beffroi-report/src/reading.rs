//! What a report is composed from: what is declared, what departments said, whose eyes.

use crate::document::Document;
use beffroi_catalog::{Catalog, Report};
use beffroi_figure::Context;
use beffroi_model::{DatasetId, DepartmentId};
use std::collections::BTreeMap;

/// Everything that a report of one year is composed from.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The report.
    pub report: &'a Report,
    /// The year.
    pub year: i32,
    /// For whom; its catalog is the town as they see it, its period is that year.
    pub context: Context<'a>,
    /// All that the town declares: what is there, and only not reached, is told otherwise than
    /// what does not exist.
    pub town: &'a Catalog,
    /// What departments said of that year.
    pub said: &'a Said,
    /// The mark of a dataset's quality, out of 100.
    pub quality: &'a dyn Fn(&DatasetId) -> Option<u8>,
    /// Whether there is a photograph of that name.
    pub has_picture: &'a dyn Fn(&str) -> bool,
    /// The final report of the year before, if there is one.
    pub former: Option<&'a Document>,
}

/// What departments said of a year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// When and by which deliberation it comes before the council.
    pub presented: String,
    /// By chapter.
    pub chapters: BTreeMap<String, SaidOf>,
    /// Edited sentences, by key.
    pub sentences: BTreeMap<String, Sentence>,
}

/// What was said of a chapter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidOf {
    /// Whose chapter it is that year, whatever is declared.
    pub department: Option<DepartmentId>,
    /// The department's words, in Markdown with placeholders.
    pub words: String,
    /// The figures as they were when they were confirmed, by their
    /// [digest](crate::chapter_reading); `None` while they are not.
    pub confirmed: Option<String>,
}

/// A sentence in the place of one written from the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The words.
    pub text: String,
    /// The computed sentence that they stand for.
    pub basis: String,
}
