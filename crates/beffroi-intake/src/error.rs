//! Why a file cannot be read at all. A row that does not fit is no error: it is set aside.

/// Why a file is refused. Users read the message `intake-<code>` of the locales, with
/// [`args`](Self::args); what is written here is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// The disk does not give its bytes.
    #[error("the file cannot be read: {reason}")]
    Unreadable {
        /// What the system says.
        reason: String,
    },
    /// A known format that is not read, such as PDF.
    #[error("{format} is not read")]
    Unsupported {
        /// Its usual name.
        format: &'static str,
    },
    /// No rows and columns in it.
    #[error("no table was found")]
    NotATable,
    /// A compressed workbook that swells beyond the limit.
    #[error("the workbook unpacks to more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A sheet that spans more cells than can be held.
    #[error("the sheet spans more than {limit} cells")]
    TooManyCells {
        /// The limit.
        limit: usize,
    },
    /// More columns than any table has.
    #[error("more than {limit} columns")]
    TooManyColumns {
        /// The limit.
        limit: usize,
    },
    /// A row without end.
    #[error("a row of more than {limit} bytes at line {line}")]
    RowTooLong {
        /// The line where it starts.
        line: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// What unpacks to many times its size: bombs do.
    #[error("the file unpacks to more than {times} times its size")]
    Swells {
        /// How many times its size anything may unpack to.
        times: u64,
    },
    /// A text longer than any cell.
    #[error("a text of more than {limit} bytes")]
    TextTooLong {
        /// The limit in bytes.
        limit: u64,
    },
    /// A row with many more cells than the table has columns.
    #[error("a row of {cells} cells at line {line}, in a table of {width} columns")]
    RowTooWide {
        /// The line where it starts.
        line: u64,
        /// How many cells it has.
        cells: usize,
        /// How many columns the table has.
        width: usize,
    },
    /// A workbook that is damaged.
    #[error("the workbook cannot be read: {reason}")]
    UnreadableWorkbook {
        /// What the reader of workbooks says.
        reason: String,
    },
    /// A workbook locked by a password.
    #[error("the workbook is locked by a password")]
    Encrypted,
    /// The declared sheet is not there.
    #[error("no sheet `{sheet}` among {sheets:?}")]
    UnknownSheet {
        /// The sheet wanted.
        sheet: String,
        /// The sheets there are.
        sheets: Vec<String>,
    },
    /// The declared encoding has no such name.
    #[error("no encoding is named `{label}`")]
    UnknownEncoding {
        /// The name given.
        label: String,
    },
    /// The declared delimiter cannot be one.
    #[error("`{delimiter}` cannot be a delimiter")]
    BadDelimiter {
        /// The delimiter given.
        delimiter: String,
    },
    /// The declared line of the header is past the end.
    #[error("no header on line {line}")]
    HeaderNotFound {
        /// The line declared.
        line: u32,
    },
    /// JSON that does not follow its grammar.
    #[error("broken JSON at line {line}, column {column}: {reason}")]
    BrokenJson {
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: u64,
        /// `cut`, when the file ends there, or `syntax`.
        reason: &'static str,
    },
    /// An archive in an archive.
    #[error("an archive in an archive")]
    ArchiveInArchive,
    /// An archive with several tables, none of them named.
    #[error("several tables: {files:?}")]
    SeveralTables {
        /// Their names.
        files: Vec<String>,
    },
    /// An archive in which no file looks like a table.
    #[error("no table among {files:?}")]
    NoTableInArchive {
        /// The names of its files.
        files: Vec<String>,
    },
    /// A file of bytes, not of text, that does not hold together.
    #[error("damaged {format}")]
    Damaged {
        /// Its usual name.
        format: &'static str,
    },
    /// Two columns of one name, in a format that knows them by their names.
    #[error("two columns are called `{name}`")]
    SameName {
        /// Their name.
        name: String,
    },
    /// XML that is not well-formed, or that was cut.
    #[error("broken XML at line {line}")]
    BrokenXml {
        /// Line, from 1.
        line: u64,
    },
    /// XML that declares entities of its own.
    #[error("the document declares entities")]
    DeclaredEntities,
    /// Values inside one another without end.
    #[error("more than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// No list of records at the declared path, or anywhere.
    #[error("no list of records{}", path.as_ref().map(|path| format!(" at `{path}`")).unwrap_or_default())]
    RecordsNotFound {
        /// The declared path.
        path: Option<String>,
    },
    /// Required columns are not in the file.
    #[error("missing columns {columns:?}, found {headers:?}")]
    ColumnsMissing {
        /// The first header of each, or its id.
        columns: Vec<String>,
        /// The headers of the file.
        headers: Vec<String>,
    },
    /// Not one declared column is in the file.
    #[error("no declared column among {headers:?}")]
    NoKnownColumn {
        /// The headers of the file.
        headers: Vec<String>,
    },
}

impl IntakeError {
    /// A stable name in kebab case: the end of a message id, `intake-<code>`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unreadable { .. } => "unreadable",
            Self::Unsupported { .. } => "unsupported",
            Self::NotATable => "not-a-table",
            Self::TooLarge { .. } => "too-large",
            Self::TooManyCells { .. } => "too-many-cells",
            Self::TooManyColumns { .. } => "too-many-columns",
            Self::RowTooLong { .. } => "row-too-long",
            Self::Swells { .. } => "swells",
            Self::TextTooLong { .. } => "text-too-long",
            Self::RowTooWide { .. } => "row-too-wide",
            Self::UnreadableWorkbook { .. } => "unreadable-workbook",
            Self::Encrypted => "encrypted",
            Self::UnknownSheet { .. } => "unknown-sheet",
            Self::UnknownEncoding { .. } => "unknown-encoding",
            Self::BadDelimiter { .. } => "bad-delimiter",
            Self::HeaderNotFound { .. } => "header-not-found",
            Self::BrokenJson { .. } => "broken-json",
            Self::ArchiveInArchive => "archive-in-archive",
            Self::SeveralTables { .. } => "several-tables",
            Self::NoTableInArchive { .. } => "no-table-in-archive",
            Self::Damaged { .. } => "damaged",
            Self::SameName { .. } => "same-name",
            Self::BrokenXml { .. } => "broken-xml",
            Self::DeclaredEntities => "declared-entities",
            Self::TooDeep { .. } => "too-deep",
            Self::RecordsNotFound { .. } => "records-not-found",
            Self::ColumnsMissing { .. } => "columns-missing",
            Self::NoKnownColumn { .. } => "no-known-column",
        }
    }

    /// What the message names: `value` (what was declared or found wrong, or a limit; in MiB for
    /// a size), `row`, `column`, `hint` (what there is instead).
    #[must_use]
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Empty
            | Self::Unreadable { .. }
            | Self::NotATable
            | Self::Encrypted
            | Self::DeclaredEntities
            | Self::ArchiveInArchive
            | Self::UnreadableWorkbook { .. } => Vec::new(),
            Self::Unsupported { format } | Self::Damaged { format } => {
                vec![("value", (*format).to_owned())]
            }
            Self::TooLarge { limit } | Self::TextTooLong { limit } => {
                vec![("value", (limit >> 20).to_string())]
            }
            Self::Swells { times } => vec![("value", times.to_string())],
            Self::RowTooWide { line, cells, width } => vec![
                ("row", line.to_string()),
                ("value", cells.to_string()),
                ("hint", width.to_string()),
            ],
            Self::TooManyCells { limit }
            | Self::TooManyColumns { limit }
            | Self::TooDeep { limit } => {
                vec![("value", limit.to_string())]
            }
            Self::SeveralTables { files } | Self::NoTableInArchive { files } => {
                vec![("hint", listed(files))]
            }
            Self::BrokenXml { line } => vec![("row", line.to_string())],
            Self::RowTooLong { line, limit } => {
                vec![
                    ("row", line.to_string()),
                    ("value", (limit >> 20).to_string()),
                ]
            }
            Self::UnknownSheet { sheet, sheets } => {
                vec![("value", sheet.clone()), ("hint", listed(sheets))]
            }
            Self::SameName { name } => vec![("value", name.clone())],
            Self::UnknownEncoding { label } => vec![("value", label.clone())],
            Self::BadDelimiter { delimiter } => vec![("value", delimiter.clone())],
            Self::HeaderNotFound { line } => vec![("row", line.to_string())],
            Self::BrokenJson {
                line,
                column,
                reason,
            } => vec![
                ("row", line.to_string()),
                ("column", column.to_string()),
                ("value", (*reason).to_owned()),
            ],
            Self::RecordsNotFound { path } => {
                vec![("value", path.clone().unwrap_or_else(|| "$".to_owned()))]
            }
            Self::ColumnsMissing { columns, headers } => {
                vec![("column", listed(columns)), ("hint", listed(headers))]
            }
            Self::NoKnownColumn { headers } => vec![("hint", listed(headers))],
        }
    }
}

impl From<std::io::Error> for IntakeError {
    /// An error of ours that a reader passed on is what it was.
    fn from(error: std::io::Error) -> Self {
        if let Some(ours) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Self>())
        {
            return ours.clone();
        }
        Self::Unreadable {
            reason: error.to_string(),
        }
    }
}

/// How many names a message lists before it says that there are more.
const LISTED: usize = 12;

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "—".to_owned();
    }
    let mut list = names
        .iter()
        .take(LISTED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > LISTED {
        list.push_str(", …");
    }
    list
}

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// The file is refused.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// Rows could not be handed on.
    #[error("rows could not be handed on")]
    Sink(E),
}
