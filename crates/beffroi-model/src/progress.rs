//! How far the reading of a file has come.

/// The passes in which a file is read, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pass {
    /// What it is: encoding, dialect, sheets. Formats that cannot be read row by row are read
    /// whole here.
    Opening,
    /// What its columns are: every row is looked at.
    Survey,
    /// Its rows, kept or set aside.
    Reading,
}

impl Pass {
    /// The name used by programs; `progress-NAME` is that of its message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Survey => "survey",
            Self::Reading => "reading",
        }
    }
}

/// How far a pass has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The pass.
    pub pass: Pass,
    /// How much of the file is behind it; for what is not read from the file itself any more
    /// (sheets, what came out of an archive), in proportion to the rows.
    pub bytes: u64,
    /// The size of the file.
    pub of: u64,
    /// Rows so far.
    pub rows: u64,
    /// Findings so far; the first passes have none.
    pub findings: u64,
}
