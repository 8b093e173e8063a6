//! Whether a dataset says what it is.

use crate::{Case, Facts, Verdict};

/// What the card of a dataset ought to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mention {
    /// Its name.
    Title,
    /// What it holds.
    Description,
    /// What one row is.
    Row,
    /// The person who knows it.
    Steward,
    /// Under which licence it may be reused.
    Licence,
}

impl Mention {
    /// All.
    pub const ALL: [Self; 5] = [
        Self::Title,
        Self::Description,
        Self::Row,
        Self::Steward,
        Self::Licence,
    ];

    /// The key that says it in a declaration; `quality-mention-KEY` is the id of its message.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Description => "description",
            Self::Row => "row",
            Self::Steward => "steward",
            Self::Licence => "licence",
        }
    }
}

/// What the card says, of what it ought to.
pub(crate) fn card(case: Case<'_>) -> Verdict {
    let dataset = case.dataset;
    let is_missing = |mention: &Mention| match mention {
        Mention::Title => dataset.title.is_empty(),
        Mention::Description => dataset.description.is_empty(),
        Mention::Row => dataset.row.is_empty(),
        Mention::Steward => dataset.steward.is_empty(),
        Mention::Licence => dataset.licence.is_empty(),
    };
    let missing: Vec<Mention> = Mention::ALL.into_iter().filter(is_missing).collect();
    Verdict::Measured {
        good: (Mention::ALL.len() - missing.len()) as u64,
        of: Mention::ALL.len() as u64,
        facts: Facts::Card { missing },
    }
}

/// What is said of columns, of what ought to be: a title of their own, a description, and a unit
/// for numbers.
pub(crate) fn columns(case: Case<'_>) -> Verdict {
    let (mut titles, mut descriptions, mut units) = (0, 0, 0);
    let (mut columns, mut numbers) = (0, 0);
    let mut lacking = Vec::new();
    for column in &case.dataset.schema.columns {
        if column.personal {
            continue;
        }
        let info = case.dataset.columns.get(&column.id);
        let title = info.map_or("", |info| &info.title.fr);
        let is_number = column.kind.is_number();
        let has_title = !title.is_empty() && title != column.id.as_str();
        let has_description = info.is_some_and(|info| !info.description.is_empty());
        let has_unit = is_number && info.is_some_and(|info| info.unit.is_some());
        columns += 1;
        numbers += u64::from(is_number);
        titles += u64::from(has_title);
        descriptions += u64::from(has_description);
        units += u64::from(has_unit);
        if !(has_title && has_description && has_unit == is_number) {
            lacking.push(column.id.clone());
        }
    }
    Verdict::Measured {
        good: titles + descriptions + units,
        of: 2 * columns + numbers,
        facts: Facts::Columns {
            columns,
            titles,
            descriptions,
            numbers,
            units,
            lacking,
        },
    }
}
