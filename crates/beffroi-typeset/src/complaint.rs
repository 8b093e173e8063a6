//! What stands between a document and paper.

/// Something to mend before a report can be frozen on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The chapter's id; `None` for what stands in none (the cover), or where it is not known.
    pub chapter: Option<String>,
    /// Where in it: the words around, the key of a figure, the name of a photograph. May be empty.
    pub place: String,
    /// What it is.
    pub what: ComplaintKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComplaintKind {
    /// No typeface of ours has this character.
    MissingGlyph {
        /// The character.
        character: char,
    },
    /// A chapter is longer than it may be.
    TooManyPages {
        /// How many pages it takes.
        pages: usize,
        /// How many it may take.
        most: u32,
    },
    /// A drawing or a photograph does not say what it shows.
    MissingAlt,
    /// A photograph is not there, or cannot be read.
    BadPicture {
        /// Its name.
        file: String,
        /// Why, in English, for the log.
        reason: String,
    },
    /// A drawing cannot be read.
    BadDrawing {
        /// Why, in English, for the log.
        reason: String,
    },
    /// Something else that the press or the standards refuse.
    Refused {
        /// Their words, in English.
        message: String,
    },
}
