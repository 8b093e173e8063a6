//! What kind of file some bytes are, and the rows in it, whatever the kind.

mod decoded;
mod geojson;
mod json;
mod table;
mod totem;
mod workbook;
mod xml;

pub(crate) use totem::stripped;

use crate::{
    Input, IntakeError,
    record::Record,
    spool::{Spool, SpoolRows},
    text::{
        delimited::{Delimited, Records},
        encoding,
    },
};
use beffroi_model::{Confidence, Evidence, Reading};
use std::{borrow::Cow, collections::BTreeMap};
use workbook::{Sheet, SheetRows};

/// A file of which more than this would have to be held in memory is refused.
const MAX_HELD: u64 = 1 << 30;

/// A file opened: its rows, and what was decided to find them.
pub(crate) struct Opened<'a> {
    pub(crate) grid: Grid<'a>,
    /// The names of the columns, when the format has them (JSON).
    pub(crate) names: Option<Vec<String>>,
    /// Whether a row may lack cells or have too many (text).
    pub(crate) ragged: bool,
    /// The delimiter of a text.
    pub(crate) delimiter: Option<u8>,
    /// Whether characters were lost before the file came.
    pub(crate) damaged: bool,
    /// Whether a bare number may be a day that lost its format (workbooks).
    pub(crate) serial_days: bool,
    /// What the number formats of a workbook say that columns count, by their places.
    pub(crate) units: BTreeMap<usize, String>,
    /// In order.
    pub(crate) decisions: Vec<Decided>,
}

/// What was decided while a file was opened.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    pub(crate) subject: &'static str,
    pub(crate) value: String,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) confidence: Confidence,
}

impl Decided {
    /// What nothing puts in doubt.
    pub(crate) fn of(subject: &'static str, value: impl Into<String>) -> Self {
        Self {
            subject,
            value: value.into(),
            evidence: None,
            confidence: Confidence::Sure,
        }
    }

    /// What it rests on, and how sure that makes it.
    pub(crate) fn because(
        mut self,
        code: &str,
        args: &[(&str, String)],
        confidence: Confidence,
    ) -> Self {
        self.evidence = Some(Evidence {
            code: code.to_owned(),
            args: args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
        self.confidence = confidence;
        self
    }
}

/// The rows of a file.
pub(crate) enum Grid<'a> {
    /// Read from the bytes each time.
    Delimited(Delimited<'a>),
    /// A sheet of a workbook, held in memory.
    Sheet(Box<Sheet>),
    /// Written down once, read each time.
    Spooled(Spool),
}

impl Grid<'_> {
    /// The rows, from the first.
    pub(crate) fn rows(&self) -> Rows<'_> {
        match self {
            Self::Delimited(delimited) => Rows::Delimited(Box::new(delimited.rows())),
            Self::Sheet(sheet) => Rows::Sheet(Box::new(sheet.rows())),
            Self::Spooled(spool) => Rows::Spooled(Box::new(spool.rows())),
        }
    }
}

/// Rows one after the other.
pub(crate) enum Rows<'g> {
    Delimited(Box<Records<'g>>),
    Sheet(Box<SheetRows<'g>>),
    Spooled(Box<SpoolRows<'g>>),
}

impl Rows<'_> {
    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        match self {
            Self::Delimited(records) => records.next(),
            Self::Sheet(rows) => rows.next(),
            Self::Spooled(rows) => rows.next(),
        }
    }
}

/// Finds out what a file is and opens it. `is_wanted` tells whether a name that stands above the
/// records of a JSON document (`last_updated`) is a declared column.
pub(crate) fn open<'a>(
    input: Input<'a>,
    reading: &Reading,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Opened<'a>, IntakeError> {
    let bytes = input
        .bytes
        .all(MAX_HELD)?
        .ok_or(IntakeError::TooLarge { limit: MAX_HELD })?;
    match kind(&bytes) {
        Kind::Workbook => workbook::open(&bytes, reading),
        Kind::Unsupported(format) => Err(IntakeError::Unsupported { format }),
        Kind::Text => open_text(input, bytes, reading, is_wanted),
    }
}

fn open_text<'a>(
    input: Input<'a>,
    bytes: Cow<'a, [u8]>,
    reading: &Reading,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Opened<'a>, IntakeError> {
    let declared = declared_delimiter(reading)?;
    let text = encoding::open(bytes, reading.encoding.as_deref())?;
    let start = text.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match start {
        None => return Err(IntakeError::Empty),
        Some(b'<') if markup(&text.bytes) == "XML" => return xml::open(input, reading),
        Some(b'<') => return Err(IntakeError::Unsupported { format: "HTML" }),
        Some(b'{' | b'[') if declared.is_none() => {
            let named = reading.records.is_some()
                || has_extension(input.name, &["json", "geojson", "ndjson", "jsonl"]);
            match json::open(input.bytes, reading, is_wanted) {
                // A bracket may also start the first cell of a text table.
                Err(IntakeError::BrokenJson { .. } | IntakeError::NotATable)
                    if !named && has_extension(input.name, &["csv", "tsv", "txt"]) => {}
                opened => return opened,
            }
        }
        Some(_) => {}
    }
    let sample = text.bytes.get(..1 << 16).unwrap_or(&text.bytes);
    if sample.contains(&0) {
        return Err(IntakeError::NotATable);
    }
    let (label, damaged) = (text.label.clone(), text.damaged);
    let delimited = Delimited::new(text, declared);
    let delimiter = delimited.delimiter();
    let shown = if delimiter == b'\t' {
        "tab".to_owned()
    } else {
        char::from(delimiter).to_string()
    };
    Ok(Opened {
        grid: Grid::Delimited(delimited),
        names: None,
        ragged: true,
        delimiter: Some(delimiter),
        damaged,
        serial_days: false,
        units: BTreeMap::new(),
        decisions: vec![
            Decided::of("format", "CSV"),
            Decided::of("encoding", label),
            Decided::of("delimiter", shown),
        ],
    })
}

enum Kind {
    Workbook,
    Text,
    Unsupported(&'static str),
}

fn kind(bytes: &[u8]) -> Kind {
    const SIGNATURES: [(&[u8], &str); 10] = [
        (b"%PDF", "PDF"),
        (b"\x1f\x8b", "GZIP"),
        (b"7z\xbc\xaf", "7Z"),
        (b"Rar!", "RAR"),
        (b"PAR1", "Parquet"),
        (b"SQLite format 3", "SQLite"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"{\\rtf", "RTF"),
        (b"MIME-Version", "MHTML"),
    ];
    if workbook::is_one(bytes) {
        return Kind::Workbook;
    }
    match SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature))
    {
        Some((_, name)) => Kind::Unsupported(name),
        None => Kind::Text,
    }
}

/// Whether markup is a web page or other XML.
fn markup(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..512).unwrap_or(bytes).to_ascii_lowercase();
    if memchr::memmem::find(&head, b"<html").is_some()
        || memchr::memmem::find(&head, b"<table").is_some()
    {
        "HTML"
    } else {
        "XML"
    }
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| {
        extensions
            .iter()
            .any(|extension| extension.eq_ignore_ascii_case(end))
    })
}

fn declared_delimiter(reading: &Reading) -> Result<Option<u8>, IntakeError> {
    let Some(delimiter) = &reading.delimiter else {
        return Ok(None);
    };
    match delimiter.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(Some(*byte)),
        b"tab" | b"\\t" => Ok(Some(b'\t')),
        _ => Err(IntakeError::BadDelimiter {
            delimiter: delimiter.clone(),
        }),
    }
}
