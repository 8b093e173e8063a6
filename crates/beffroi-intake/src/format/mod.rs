//! What kind of file some bytes are, and the rows in it, whatever the kind.

mod archive;
mod decoded;
mod geojson;
mod json;
mod parquet;
mod table;
mod totem;
mod workbook;
mod xml;

pub(crate) use totem::stripped;

use crate::{
    Bytes, Input, IntakeError,
    beside::Beside,
    express::Express,
    record::Record,
    spool::{Spool, SpoolRows},
    text::{
        delimited::{Delimited, Records},
        encoding::{self, Coding},
    },
};
use beffroi_model::{Confidence, Evidence, Reading};
use std::collections::BTreeMap;
use workbook::{Sheet, SheetRows};

/// How much of a file tells its kind.
const HEAD: usize = 1 << 16;
/// A file of which more than this would have to be held in memory is refused.
const MAX_HELD: u64 = 256 << 20;

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
    /// The first and the last line of the header, when a workbook tells.
    pub(crate) header: Option<(u64, u64)>,
    /// The tables that stand beside the first, when there are any.
    pub(crate) beside: Option<Beside>,
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

impl Opened<'_> {
    /// The rows of the table, from the first of the file.
    pub(crate) fn rows(&self) -> Rows<'_> {
        let rows = self.grid.rows();
        match &self.beside {
            None => rows,
            Some(beside) => Rows::First(Box::new(FirstCells {
                rows,
                cells: beside.width,
                row: Record::default(),
            })),
        }
    }

    /// The rows as the express way takes them, if they may go there.
    pub(crate) fn express(&self) -> Option<Express<'_>> {
        match &self.grid {
            _ if self.beside.is_some() => None,
            Grid::Delimited(delimited) if !self.damaged => delimited.plain().map(Express::Text),
            Grid::Spooled(spool) if self.names.is_some() => Some(Express::Spooled(spool)),
            _ => None,
        }
    }
}

/// The rows of a file.
pub(crate) enum Grid<'a> {
    /// Read from the bytes each time.
    Delimited(Box<Delimited<'a>>),
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

    /// Fails when rows ended before the file did. To be asked after each pass: the rows end
    /// quietly there.
    pub(crate) fn intact(&self) -> Result<(), IntakeError> {
        match self {
            Self::Delimited(delimited) => delimited.failure().cloned().map_or(Ok(()), Err),
            Self::Spooled(spool) if !spool.is_whole() => Err(IntakeError::Unreadable {
                reason: "a temporary file was cut".to_owned(),
            }),
            Self::Sheet(_) | Self::Spooled(_) => Ok(()),
        }
    }

    /// What was decided about single rows, known once all were read.
    pub(crate) fn decisions(&self) -> Vec<Decided> {
        match self {
            Self::Delimited(delimited) => delimited.decisions(),
            Self::Sheet(_) | Self::Spooled(_) => Vec::new(),
        }
    }
}

/// Rows one after the other.
pub(crate) enum Rows<'g> {
    Delimited(Box<Records<'g>>),
    Sheet(Box<SheetRows<'g>>),
    Spooled(Box<SpoolRows<'g>>),
    /// The first cells only: others belong to tables beside.
    First(Box<FirstCells<'g>>),
}

/// The first cells of rows.
pub(crate) struct FirstCells<'g> {
    rows: Rows<'g>,
    cells: usize,
    row: Record,
}

impl FirstCells<'_> {
    fn next(&mut self) -> Option<&Record> {
        self.row.clone_from(self.rows.next()?);
        self.row.truncate(self.cells);
        Some(&self.row)
    }
}

impl Rows<'_> {
    /// How many rows there were so far, and how many there are, where they are no longer read from
    /// the file.
    pub(crate) fn place(&self) -> Option<(u64, u64)> {
        match self {
            Self::Delimited(_) => None,
            Self::Sheet(rows) => Some(rows.place()),
            Self::Spooled(rows) => Some(rows.place()),
            Self::First(first) => first.rows.place(),
        }
    }

    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        match self {
            Self::Delimited(records) => records.next(),
            Self::Sheet(rows) => rows.next(),
            Self::Spooled(rows) => rows.next(),
            Self::First(first) => first.next(),
        }
    }
}

/// Whether a file is an archive, not a workbook, which is one too.
pub(crate) fn is_archive(bytes: Bytes<'_>) -> Result<bool, IntakeError> {
    Ok(archive::is_one(bytes, &bytes.head(HEAD)?))
}

/// Finds out what a file is and opens it. `is_wanted` tells whether a name that stands above the
/// records of a JSON document (`last_updated`) is a declared column.
pub(crate) fn open<'a>(
    input: Input<'a>,
    reading: &Reading,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Opened<'a>, IntakeError> {
    let head = input.bytes.head(HEAD)?;
    if archive::is_one(input.bytes, &head) {
        return archive::open(input, reading, |input, reading| {
            if is_archive(input.bytes)? {
                return Err(IntakeError::ArchiveInArchive);
            }
            archive::settled(open(input, reading, is_wanted)?)
        });
    }
    match kind(&head) {
        Kind::Workbook => {
            let bytes = input.bytes.all(MAX_HELD)?;
            let bytes = bytes.ok_or(IntakeError::TooLarge { limit: MAX_HELD })?;
            workbook::open(&bytes, reading)
        }
        Kind::Parquet => parquet::open(input),
        Kind::Unsupported(format) => Err(IntakeError::Unsupported { format }),
        Kind::Text => open_text(input, reading, is_wanted),
    }
}

fn open_text<'a>(
    input: Input<'a>,
    reading: &Reading,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Opened<'a>, IntakeError> {
    let declared = declared_delimiter(reading)?;
    let coding = encoding::look(input.bytes, reading.encoding.as_deref())?;
    let head = coding
        .sample
        .first()
        .map_or("", String::as_str)
        .trim_start();
    match head.chars().next() {
        None => return Err(IntakeError::Empty),
        Some('<') if markup(head.as_bytes()) == "XML" => return xml::open(input, reading),
        Some('<') => return Err(IntakeError::Unsupported { format: "HTML" }),
        Some('{' | '[') if declared.is_none() => {
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
    let (delimited, dialect) = Delimited::new(input.bytes, &coding, declared.as_deref());
    let Coding {
        decided, damaged, ..
    } = coding;
    let mut decisions = vec![Decided::of("format", "CSV"), decided];
    decisions.extend(dialect);
    Ok(Opened {
        delimiter: delimited.dialect().delimiter.bytes().next(),
        grid: Grid::Delimited(Box::new(delimited)),
        names: None,
        ragged: true,
        damaged,
        serial_days: false,
        header: None,
        beside: None,
        units: BTreeMap::new(),
        decisions,
    })
}

enum Kind {
    Workbook,
    Parquet,
    Text,
    Unsupported(&'static str),
}

fn kind(bytes: &[u8]) -> Kind {
    const SIGNATURES: [(&[u8], &str); 13] = [
        (b"PARE", "Parquet (chiffré)"),
        (b"BZh9", "BZIP2"),
        (b"\xfd7zXZ\0", "XZ"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"!<arch>", "AR"),
        (b"%PDF", "PDF"),
        (b"7z\xbc\xaf", "7Z"),
        (b"Rar!", "RAR"),
        (b"SQLite format 3", "SQLite"),
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"{\\rtf", "RTF"),
        (b"MIME-Version", "MHTML"),
    ];
    if workbook::is_one(bytes) {
        return Kind::Workbook;
    }
    if bytes.starts_with(b"PAR1") {
        return Kind::Parquet;
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Kind::Unsupported("TAR");
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

/// The declared delimiter: one character or several, `tab` for a tabulation.
fn declared_delimiter(reading: &Reading) -> Result<Option<String>, IntakeError> {
    let Some(delimiter) = &reading.delimiter else {
        return Ok(None);
    };
    match delimiter.as_str() {
        "tab" | "\\t" => Ok(Some("\t".to_owned())),
        text if text.is_empty() || text.contains(['"', '\n', '\r']) || text.len() > 8 => {
            Err(IntakeError::BadDelimiter {
                delimiter: delimiter.clone(),
            })
        }
        text => Ok(Some(text.to_owned())),
    }
}
