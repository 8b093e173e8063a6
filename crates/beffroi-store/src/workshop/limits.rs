//! How much the workshop and the annual reports keep of each thing. More is refused whole:
//! nothing is written.

use crate::StoreError;
use std::fmt;

/// The most that is kept of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Of what.
    pub what: &'static str,
    /// The most of it.
    pub most: usize,
    /// What is counted.
    pub unit: Unit,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Characters, for what is written by hand.
    Characters,
    /// Bytes, for what is written by a program.
    Bytes,
}

/// The text of a drafted file, or of a revision.
pub const FILE: Limit = Limit::bytes("file", 1 << 20);
/// The path of a drafted file, or the name that a delivered file is stored under.
pub const PATH: Limit = Limit::bytes("path", 200);
/// The title of a draft.
pub const TITLE: Limit = Limit::characters("title", 200);
/// The name of whoever does something.
pub const NAME: Limit = Limit::characters("name", 200);
/// Why a file was saved, or what is said with a step of a draft.
pub const NOTE: Limit = Limit::characters("note", 4_000);
/// A comment on a draft, or a remark on a chapter of a report.
pub const COMMENT: Limit = Limit::characters("comment", 4_000);
/// A commentary on published figures.
pub const COMMENTARY: Limit = Limit::characters("commentary", 4_000);
/// The words of a request, or of its answer.
pub const REQUEST: Limit = Limit::characters("request", 4_000);
/// What a comment or a commentary is about.
pub const OBJECT: Limit = Limit::characters("object", 300);
/// The period of a commentary.
pub const PERIOD: Limit = Limit::characters("period", 40);
/// The name that a delivered file came with.
pub const FILE_NAME: Limit = Limit::bytes("file name", 255);
/// How a file was delivered.
pub const HOW: Limit = Limit::bytes("how", 2_100);
/// The corrections of a delivery.
pub const CORRECTION: Limit = Limit::bytes("correction", 256 << 10);
/// What a department writes for a chapter of a report.
pub const WORDS: Limit = Limit::bytes("words", 64 << 10);
/// The digest of the figures of a chapter.
pub const READING: Limit = Limit::bytes("reading", 64 << 10);
/// When and by which deliberation a report is presented.
pub const PRESENTED: Limit = Limit::characters("presented", 300);
/// Of which figure a sentence is.
pub const KEY: Limit = Limit::characters("key", 300);
/// A sentence of a figure, or the computed one that it replaces.
pub const SENTENCE: Limit = Limit::characters("sentence", 4_000);

impl Limit {
    const fn characters(what: &'static str, most: usize) -> Self {
        Self {
            what,
            most,
            unit: Unit::Characters,
        }
    }

    const fn bytes(what: &'static str, most: usize) -> Self {
        Self {
            what,
            most,
            unit: Unit::Bytes,
        }
    }

    /// Whether a text may be kept.
    #[must_use]
    pub fn holds(self, text: &str) -> bool {
        match self.unit {
            // As many characters take as many bytes at least.
            Unit::Characters => text.len() <= self.most || text.chars().nth(self.most).is_none(),
            Unit::Bytes => text.len() <= self.most,
        }
    }

    /// Refuses a text that may not be kept.
    pub(crate) fn check(self, text: &str) -> Result<(), StoreError> {
        match self.holds(text) {
            true => Ok(()),
            false => Err(StoreError::TooLong(self)),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Characters => "characters",
            Unit::Bytes => "bytes",
        };
        write!(f, "{}: at most {} {unit}", self.what, self.most)
    }
}
