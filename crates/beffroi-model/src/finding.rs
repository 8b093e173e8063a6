//! What intake decided and what it found wrong. Words for users are made from these by
//! `beffroi-text`; nothing here is a sentence.

use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing: a total row was left out.
    Note,
    /// The row is kept, the cell is not.
    Warning,
    /// The row is set aside.
    Error,
}

/// What was found. The name in kebab case is the end of a message id (`finding-not-a-number`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A cell of a number column is not a number.
    NotANumber,
    /// A cell of a whole-number column has decimals.
    NotAnInteger,
    /// A decimal has more digits than the column keeps, or is too large for it.
    NumberTooPrecise,
    /// A cell of a date column is not a date.
    NotADate,
    /// A cell of a yes/no column is neither.
    NotABoolean,
    /// A column is known by another header than its own; `value` holds the header of the file.
    HeaderMapped,
    /// A name that is not a member of the dimension; `hint` holds the nearest member.
    UnknownMember,
    /// A required cell is empty.
    RequiredEmpty,
    /// The row has more cells than the header.
    RowTooLong,
    /// The row has fewer cells than the header.
    RowTooShort,
    /// A row of totals was left out.
    TotalRow,
    /// A note, an empty row or a repeated header was left out.
    RowLeftOut,
    /// A row has one cell alone, a title or a note perhaps; it is kept. `value` holds the cell.
    LoneCell,
    /// Another table follows in the same file, and is not read; `value` holds its header.
    OtherTable,
    /// A declared column is not in the file; `hint` holds the nearest header.
    ColumnMissing,
    /// A column of the file is not declared, and is not kept.
    ColumnUnknown,
    /// Characters that the encoding cannot hold: the file was damaged before it came.
    DamagedText,
    /// A text that a program of workbooks would take for a formula, and run.
    FormulaLike,
    /// A line stands twice, the same in every cell.
    DuplicateRow,
    /// A cell is not of the form expected; `expected` names it.
    WrongForm,
    /// A value is below the smallest allowed, which `expected` holds.
    TooSmall,
    /// A value is above the largest allowed, which `expected` holds.
    TooLarge,
    /// A text has fewer characters than `expected`.
    TooShort,
    /// A text has more characters than `expected`.
    TooLong,
    /// A text does not match the pattern that `expected` holds.
    PatternMismatch,
    /// A value is not in the list that `expected` holds; `hint` holds the nearest that is.
    NotAllowed,
    /// A cell that ought to be filled is empty; the row is kept.
    EmptyCell,
    /// A value that ought to stand once stands again; `expected` holds the row of the first.
    NotUnique,
    /// Two rows have the same key; `expected` holds the row of the first.
    DuplicateKey,
    /// A value refers to a row that is not there; `expected` names the columns referred to.
    KeyNotFound,
    /// Values that refer to rows of another dataset could not be looked for there; `expected` names
    /// the columns referred to.
    ReferenceUnchecked,
    /// Two cells of a row do not compare as they ought to; `expected` holds the rule.
    ComparisonFails,
    /// A cell is not the sum of others; `expected` holds the sum found.
    SumFails,
    /// Cells that are filled together or not at all are not; `expected` names the columns.
    NotTogether,
    /// Of cells of which one at least is filled none is; `expected` names the columns.
    NoneFilled,
    /// Something of a schema is not checked; `value` says what.
    CheckLeftOut,
    /// A schema is known to be wrong here, and was read as it was meant; `value` says how.
    SchemaMended,
    /// A row of totals does not hold the sum of its rows, which `expected` holds.
    TotalFails,
    /// A date is later than the delivery; `expected` holds the day of the delivery.
    InFuture,
    /// A point is outside of the area expected.
    OutsideArea,
    /// The number of rows broke with the previous version; `expected` holds the former.
    RowsBreak,
    /// The mean of a column broke with the previous version; `expected` holds the former sum.
    SumBreak,
    /// A column reaches values far from those of the previous version; `expected` holds the former extreme.
    ExtremeBreak,
    /// A column is much emptier than in the previous version; percent filled.
    FilledBreak,
    /// A value that the previous version did not have.
    CategoryNew,
    /// A value of the previous version that is gone.
    CategoryGone,
}

impl FindingKind {
    /// Every kind, with its name in kebab case.
    pub const ALL: &[(Self, &'static str)] = &[
        (Self::NotANumber, "not-a-number"),
        (Self::NotAnInteger, "not-an-integer"),
        (Self::NumberTooPrecise, "number-too-precise"),
        (Self::NotADate, "not-a-date"),
        (Self::NotABoolean, "not-a-boolean"),
        (Self::HeaderMapped, "header-mapped"),
        (Self::UnknownMember, "unknown-member"),
        (Self::RequiredEmpty, "required-empty"),
        (Self::RowTooLong, "row-too-long"),
        (Self::RowTooShort, "row-too-short"),
        (Self::TotalRow, "total-row"),
        (Self::RowLeftOut, "row-left-out"),
        (Self::LoneCell, "lone-cell"),
        (Self::OtherTable, "other-table"),
        (Self::ColumnMissing, "column-missing"),
        (Self::ColumnUnknown, "column-unknown"),
        (Self::DamagedText, "damaged-text"),
        (Self::FormulaLike, "formula-like"),
        (Self::DuplicateRow, "duplicate-row"),
        (Self::WrongForm, "wrong-form"),
        (Self::TooSmall, "too-small"),
        (Self::TooLarge, "too-large"),
        (Self::TooShort, "too-short"),
        (Self::TooLong, "too-long"),
        (Self::PatternMismatch, "pattern-mismatch"),
        (Self::NotAllowed, "not-allowed"),
        (Self::EmptyCell, "empty-cell"),
        (Self::NotUnique, "not-unique"),
        (Self::DuplicateKey, "duplicate-key"),
        (Self::KeyNotFound, "key-not-found"),
        (Self::ReferenceUnchecked, "reference-unchecked"),
        (Self::ComparisonFails, "comparison-fails"),
        (Self::SumFails, "sum-fails"),
        (Self::NotTogether, "not-together"),
        (Self::NoneFilled, "none-filled"),
        (Self::CheckLeftOut, "check-left-out"),
        (Self::SchemaMended, "schema-mended"),
        (Self::TotalFails, "total-fails"),
        (Self::InFuture, "in-future"),
        (Self::OutsideArea, "outside-area"),
        (Self::RowsBreak, "rows-break"),
        (Self::SumBreak, "sum-break"),
        (Self::ExtremeBreak, "extreme-break"),
        (Self::FilledBreak, "filled-break"),
        (Self::CategoryNew, "category-new"),
        (Self::CategoryGone, "category-gone"),
    ];

    /// The name in kebab case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether it tells of a break with the previous version, and of nothing in a file.
    #[must_use]
    pub fn is_break(self) -> bool {
        matches!(
            self,
            Self::RowsBreak
                | Self::SumBreak
                | Self::ExtremeBreak
                | Self::FilledBreak
                | Self::CategoryNew
                | Self::CategoryGone
        )
    }
}

/// One thing found, where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// What.
    pub kind: FindingKind,
    /// The file, as it was named.
    pub source: String,
    /// The row as a user counts it in the file, the first line being 1.
    pub row: Option<u64>,
    /// The header of the column, or its id.
    pub column: Option<String>,
    /// The cell as it stands in the file; never of a personal column.
    pub value: Option<String>,
    /// The nearest good value, when there is one.
    pub hint: Option<String>,
    /// What was expected there: a bound, a rule, the other figure, by the kind of finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// Findings, grouped by kind and column; only the first of each group are kept in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Group {
    count: u64,
    first: Vec<Finding>,
}

/// How many findings of one group are kept; the others are counted.
const KEPT: usize = 20;
/// How many groups are kept.
const GROUPS: usize = 200;

impl Findings {
    /// The same without the cells that they are about.
    #[must_use]
    pub fn without_values(&self) -> Self {
        let groups = self.groups.iter().map(|group| Group {
            count: group.count,
            first: group
                .first
                .iter()
                .map(|finding| Finding {
                    row: None,
                    value: None,
                    hint: None,
                    expected: None,
                    ..finding.clone()
                })
                .collect(),
        });
        Self {
            groups: groups.collect(),
        }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        self.add(finding, 1);
    }

    /// Adds the findings of another file.
    pub fn extend(&mut self, other: Self) {
        for group in other.groups {
            // The first finding stands for those that were counted but not kept.
            let uncounted = group.count - group.first.len() as u64;
            for (index, finding) in group.first.into_iter().enumerate() {
                self.add(finding, if index == 0 { 1 + uncounted } else { 1 });
            }
        }
    }

    fn add(&mut self, finding: Finding, count: u64) {
        let place = self.groups.iter().position(|group| {
            group.first.first().is_some_and(|first| {
                (first.kind, first.severity, &first.column)
                    == (finding.kind, finding.severity, &finding.column)
            })
        });
        let last = self.groups.len().saturating_sub(1);
        if place.is_none() && self.groups.len() < GROUPS {
            self.groups.push(Group {
                count,
                first: vec![finding],
            });
        } else if let Some(group) = self.groups.get_mut(place.unwrap_or(last)) {
            group.count += count;
            if place.is_some() && group.first.len() < KEPT {
                group.first.push(finding);
            }
        }
    }

    /// Each group: how many there are, and the first of them.
    pub fn groups(&self) -> impl Iterator<Item = (u64, &[Finding])> {
        self.groups
            .iter()
            .map(|group| (group.count, group.first.as_slice()))
    }

    /// Forgets those that tell of a break with a former version.
    pub fn forget_breaks(&mut self) {
        self.groups.retain(|group| {
            !group
                .first
                .first()
                .is_some_and(|first| first.kind.is_break())
        });
    }

    /// How many findings in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.groups.iter().map(|group| group.count).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// One thing that intake decided by itself about a file, shown in previews: what (`encoding`,
/// `delimiter`, `header`, `sheet`, `decimal-mark`, `date-order`…), which value, why, and how sure
/// that is. The subject is the end of a message id (`decision-encoding`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The file.
    pub source: String,
    /// What was decided.
    pub subject: String,
    /// The column that it is about; `None` when it is about the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The value chosen.
    pub value: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// How sure it is.
    #[serde(default)]
    pub confidence: Confidence,
}

impl Decision {
    /// A decision about a whole file that nothing puts in doubt.
    #[must_use]
    pub fn new(source: &str, subject: &str, value: impl Into<String>) -> Self {
        Self {
            source: source.to_owned(),
            subject: subject.to_owned(),
            column: None,
            value: value.into(),
            evidence: None,
            confidence: Confidence::Sure,
        }
    }
}

/// What a decision rests on. The code is the end of a message id (`evidence-even-rows`), the
/// arguments are those of the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The kind of evidence, in kebab case.
    pub code: String,
    /// Names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

impl Evidence {
    /// Evidence of a kind, with what its message names.
    #[must_use]
    pub fn new<'a>(code: &str, args: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let args = args.into_iter();
        Self {
            code: code.to_owned(),
            args: args.map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }
}

/// How sure a decision is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Something else is nearly as likely: look at it.
    Doubtful,
    /// The best of several, by far.
    Likely,
    /// The file says so, or somebody did, or nothing else fits.
    #[default]
    Sure,
}
