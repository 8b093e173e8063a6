//! A version of a dataset: what one import, or several, left on the shelf.

use crate::{Changes, ColumnId, DatasetId, Decision, Findings};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The manifest of one version: immutable, and naming immutable parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The dataset.
    pub dataset: DatasetId,
    /// 1, 2, 3…
    pub number: u32,
    /// When it was made.
    pub imported_at: DateTime<Utc>,
    /// What decided how files were read when this version was made: the checksum of the
    /// dataset's declaration. Another declaration means another reading.
    pub declaration: String,
    /// The files it rests on.
    pub sources: Vec<SourceFile>,
    /// The Parquet files that hold its rows.
    pub parts: Vec<Part>,
    /// Rows kept, in all parts.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<VersionColumn>,
    /// What was decided while reading.
    pub decisions: Vec<Decision>,
    /// What was found.
    pub findings: Findings,
    /// The first rows, as text.
    pub preview: Preview,
    /// The file of rows set aside, relative to the state folder.
    pub rejects: Option<String>,
    /// The file of all that was found, relative to the state folder.
    #[serde(default)]
    pub all_findings: Option<String>,
    /// What it changes of the version before it.
    #[serde(default)]
    pub changes: Option<Changes>,
    /// The older version that it brings back.
    #[serde(default)]
    pub restores: Option<u32>,
    /// The files of versions that were given up for an older one: not read again as long as they
    /// are the same.
    #[serde(default)]
    pub given_up: Vec<SourceFile>,
}

impl Version {
    /// Whether it tells how many rows it has, and what was counted in them.
    #[must_use]
    pub fn tells_content(&self) -> bool {
        !self.columns.is_empty()
    }

    /// What may be known of a version by who reads its figures and not its rows: how many rows and
    /// cells it has, and no value of any of them.
    #[must_use]
    pub fn without_rows(&self) -> Self {
        let columns = self.columns.iter().map(|column| VersionColumn {
            min: None,
            max: None,
            sum: None,
            categories: Vec::new(),
            ..column.clone()
        });
        Self {
            columns: columns.collect(),
            decisions: Vec::new(),
            findings: self.findings.without_values(),
            preview: Preview::default(),
            rejects: None,
            all_findings: None,
            changes: None,
            given_up: Vec::new(),
            ..self.clone()
        }
    }

    /// What may be known of a version under statistical secrecy: that it is there, from which
    /// files, of when. How many rows it has, and whatever was counted or found in them, would tell
    /// figures that are hidden.
    #[must_use]
    pub fn without_content(&self) -> Self {
        let sources = self.sources.iter().map(|source| SourceFile {
            bytes: 0,
            rows_read: 0,
            rows_rejected: 0,
            rows_incomplete: 0,
            ..source.clone()
        });
        Self {
            sources: sources.collect(),
            parts: Vec::new(),
            rows: 0,
            columns: Vec::new(),
            decisions: Vec::new(),
            findings: Findings::default(),
            preview: Preview::default(),
            rejects: None,
            all_findings: None,
            changes: None,
            given_up: Vec::new(),
            dataset: self.dataset.clone(),
            number: self.number,
            imported_at: self.imported_at,
            declaration: self.declaration.clone(),
            restores: self.restores,
        }
    }

    /// Rows read from all files.
    #[must_use]
    pub fn rows_read(&self) -> u64 {
        self.sources.iter().map(|source| source.rows_read).sum()
    }

    /// Rows set aside from all files.
    #[must_use]
    pub fn rows_rejected(&self) -> u64 {
        self.sources.iter().map(|source| source.rows_rejected).sum()
    }

    /// Of the rows set aside from all files, those that lack a value that must be there.
    #[must_use]
    pub fn rows_incomplete(&self) -> u64 {
        let sources = self.sources.iter();
        sources.map(|source| source.rows_incomplete).sum()
    }

    /// The newest source: the one extracted last.
    #[must_use]
    pub fn newest_source(&self) -> Option<&SourceFile> {
        self.sources.iter().max_by_key(|source| source.order())
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its name, as the department named it, relative to the data folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// When the file was last written, as the disk said.
    pub modified: DateTime<Utc>,
    /// When the department extracted it: a date in its name, else the day the file was written.
    pub extracted_on: NaiveDate,
    /// Data rows read.
    pub rows_read: u64,
    /// Rows set aside.
    pub rows_rejected: u64,
    /// Of these, those that lack a value that must be there.
    #[serde(default)]
    pub rows_incomplete: u64,
    /// The copy kept of it; `None` for live readings.
    #[serde(default)]
    pub original: Option<Original>,
}

/// The copy that is kept of a file, for it to be read again when its place is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its name in the dataset's folder of originals.
    pub file: String,
    /// What of the file it holds.
    #[serde(default)]
    pub form: OriginalForm,
}

/// What the copy of a file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginalForm {
    /// The file, byte for byte.
    #[default]
    Whole,
    /// The file without the annexes that name persons.
    WithoutAnnexes,
    /// Its rows of text, without personal columns.
    Rows,
}

impl SourceFile {
    /// Where it stands among files of one dataset: of two that tell of one period, the later
    /// counts.
    #[must_use]
    pub fn order(&self) -> (NaiveDate, DateTime<Utc>, &str) {
        (self.extracted_on, self.modified, &self.name)
    }
}

/// A Parquet file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The file's name in the dataset's folder.
    pub file: String,
    /// The name of the source that gave its rows; empty when no source did.
    #[serde(default)]
    pub source: String,
    /// Rows in it.
    pub rows: u64,
    /// First days of the periods that the part holds, in order, when versions replace periods one
    /// by one; empty otherwise.
    pub periods: Vec<NaiveDate>,
    /// What it holds of each period, the time column of the dataset telling which; of a dataset
    /// without time, and of live readings, nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<PeriodContent>,
}

/// What a part holds of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodContent {
    /// The first day of the period; `None` for rows without any.
    pub start: Option<NaiveDate>,
    /// Rows.
    pub rows: u64,
    /// A digest of the rows, whatever their order.
    pub digest: u64,
}

/// A column of a version, with what was counted in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionColumn {
    /// The column.
    pub id: ColumnId,
    /// Cells with a value.
    pub values: u64,
    /// Cells not known.
    pub missing: u64,
    /// Cells that make no sense.
    pub not_applicable: u64,
    /// Cells masked.
    pub secret: u64,
    /// Smallest value, as text in the notation of exports.
    pub min: Option<String>,
    /// Largest value.
    pub max: Option<String>,
    /// Total of a number column.
    #[serde(default)]
    pub sum: Option<String>,
    /// The values of a text column with the rows of each, the most frequent first; empty when
    /// there are more than [`CATEGORIES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<(String, u64)>,
}

/// The most different values that a column of categories has.
pub const CATEGORIES: usize = 100;

/// The first rows of a version, in the notation of exports; cells without value hold `nd`, `so`
/// or `s`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Column ids.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_from_before_incomplete_rows_were_counted_still_reads() {
        let former = r#"{
            "name": "trajets.csv", "sha256": "00", "bytes": 12,
            "modified": "2026-06-02T06:00:00Z", "extracted_on": "2026-06-02",
            "rows_read": 10, "rows_rejected": 2
        }"#;
        let source: SourceFile = serde_json::from_str(former).unwrap();
        assert_eq!((source.rows_rejected, source.rows_incomplete), (2, 0));
    }
}
