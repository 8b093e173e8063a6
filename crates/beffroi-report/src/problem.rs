//! What is wrong with a report, and where: a draft is read all the same, a final one is not made.

use serde::{Deserialize, Serialize};

/// Something to mend, or to know, before a report is final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The chapter; `None` for the whole report.
    pub chapter: Option<String>,
    /// The value or figure, by its key among the evidence; empty where it is none.
    pub key: String,
    /// What kind of thing it is.
    pub kind: ProblemKind,
    /// What is wrong, in a sentence.
    pub title: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// Whether no final report is made before it is mended.
    #[must_use]
    pub fn is_blocking(&self) -> bool {
        !matches!(self.kind, ProblemKind::Required)
    }
}

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A figure or an indicator that does not exist any more.
    Gone,
    /// A placeholder that cannot be read.
    Placeholder,
    /// It exists, and this reader does not reach it.
    NotReached,
    /// Nothing is known of the year.
    YearMissing,
    /// What is asked of a value is not there: no target was voted, no change can be told.
    PartMissing,
    /// A figure could not be answered.
    Failed,
    /// An edited sentence says what the data said once.
    Sentence,
    /// A photograph without a text for those who do not see it.
    AltMissing,
    /// A photograph that is not there, or cannot be read.
    PictureMissing,
    /// It may not be published, and the report is for everybody.
    NotPublic,
    /// A chapter whose department has not confirmed its words and figures.
    Unconfirmed,
    /// A chapter whose figures have moved since its department confirmed them.
    Moved,
    /// What the law wants is not there. Told; whether it is owed is for the town to judge.
    Required,
    /// What the typesetting tells: a chapter too long, a character that no font has.
    Typeset,
}
