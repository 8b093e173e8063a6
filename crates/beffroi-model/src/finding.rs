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
    /// A declared column is not in the file; `hint` holds the nearest header.
    ColumnMissing,
    /// A column of the file is not declared, and is not kept.
    ColumnUnknown,
    /// Characters that the encoding cannot hold: the file was damaged before it came.
    DamagedText,
    /// A line stands twice, the same in every cell.
    DuplicateRow,
}

impl FindingKind {
    /// The name in kebab case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotANumber => "not-a-number",
            Self::NotAnInteger => "not-an-integer",
            Self::NumberTooPrecise => "number-too-precise",
            Self::NotADate => "not-a-date",
            Self::NotABoolean => "not-a-boolean",
            Self::UnknownMember => "unknown-member",
            Self::RequiredEmpty => "required-empty",
            Self::RowTooLong => "row-too-long",
            Self::RowTooShort => "row-too-short",
            Self::TotalRow => "total-row",
            Self::RowLeftOut => "row-left-out",
            Self::ColumnMissing => "column-missing",
            Self::ColumnUnknown => "column-unknown",
            Self::DamagedText => "damaged-text",
            Self::DuplicateRow => "duplicate-row",
        }
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
