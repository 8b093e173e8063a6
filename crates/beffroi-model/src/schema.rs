//! What a dataset's columns are meant to be: given to intake, kept by the warehouse.

use crate::{ColumnId, Constraints, DimensionId, ForeignKey, Grain, Key, Remark, Rule, Unit};
use serde::{Deserialize, Serialize};

/// The columns of a dataset in their declared order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The columns.
    pub columns: Vec<ColumnSpec>,
    /// What names a row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// Columns that refer to others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Rules over each row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What is to be told of the schema itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

impl Schema {
    /// Columns without keys nor rules.
    #[must_use]
    pub fn of(columns: Vec<ColumnSpec>) -> Self {
        Self {
            columns,
            ..Self::default()
        }
    }

    /// The column of that id.
    #[must_use]
    pub fn column(&self, id: &str) -> Option<&ColumnSpec> {
        self.columns.iter().find(|column| column.id.as_str() == id)
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnSpec {
    /// The id used in measures.
    pub id: ColumnId,
    /// Headers under which the column is found in files, compared by [`normalize`](crate::normalize).
    /// The id itself is always one of them.
    pub headers: Vec<String>,
    /// What its cells hold.
    pub kind: ColumnType,
    /// The unit of its numbers: what a file counts in thousands of it is converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Whether a row without a value here is set aside. Time columns always are.
    pub required: bool,
    /// The shared dimension whose members the cells name.
    pub dimension: Option<DimensionId>,
    /// The members allowed, with the spellings under which files name them; empty: any text.
    pub members: Vec<Member>,
    /// Marks of secrecy in this column, beside the usual ones.
    pub secret_marks: Vec<String>,
    /// Marks of a missing value in this column, beside the usual ones.
    pub missing_marks: Vec<String>,
    /// Marks of a cell that makes no sense, beside the usual ones.
    pub not_applicable_marks: Vec<String>,
    /// Personal data: read past, never kept nor shown.
    pub personal: bool,
    /// What its cells must be beyond their type.
    #[serde(default, skip_serializing_if = "Constraints::is_empty")]
    pub constraints: Constraints,
}

impl ColumnSpec {
    /// A column found under its id, of which nothing more is asked.
    #[must_use]
    pub fn new(id: ColumnId, kind: ColumnType) -> Self {
        Self {
            id,
            headers: Vec::new(),
            kind,
            unit: None,
            required: false,
            dimension: None,
            members: Vec::new(),
            secret_marks: Vec::new(),
            missing_marks: Vec::new(),
            not_applicable_marks: Vec::new(),
            personal: false,
            constraints: Constraints::default(),
        }
    }
}

/// A member of a dimension: what is stored, and how files spell it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// What is stored and used in addresses.
    pub key: String,
    /// Spellings, compared by [`normalize`](crate::normalize); the key and the title are among them.
    pub spellings: Vec<String>,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ColumnType {
    /// Free text, compared as it is.
    Text,
    /// A code: kept as text, leading zeros and all.
    Code,
    /// Whole numbers.
    Integer,
    /// Decimal numbers, exact to `scale` digits after the point.
    Decimal {
        /// Digits after the decimal point, 0 to 9.
        scale: u8,
    },
    /// OUI/NON, VRAI/FAUX, 1/0, X.
    Boolean,
    /// Days, months, quarters, years or school years, stored as the first day of each.
    Date {
        /// How long each is.
        grain: Grain,
    },
    /// Instants in local time, to the second.
    DateTime,
}

impl ColumnType {
    /// Whether cells can be added up.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal { .. })
    }

    /// Whether cells are text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Code)
    }

    /// The grain of a time column; a day for instants.
    #[must_use]
    pub fn grain(self) -> Option<Grain> {
        match self {
            Self::Date { grain } => Some(grain),
            Self::DateTime => Some(Grain::Day),
            _ => None,
        }
    }
}

/// What to know about a file that cannot be found out from it. All optional: the reader finds
/// out by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reading {
    /// The sheet of a workbook, or the file of an archive, by name.
    pub sheet: Option<String>,
    /// The line of the header, the first being 1.
    pub header_line: Option<u32>,
    /// The path to the rows in a JSON document, with dots (`data.stations`).
    pub records: Option<String>,
    /// Encoding, by its WHATWG label.
    pub encoding: Option<String>,
    /// Delimiter.
    pub delimiter: Option<String>,
    /// The decimal mark of its numbers, `,` or `.`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<char>,
    /// Whether the month comes before the day in its dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_first: Option<bool>,
}
