//! How good a dataset is, explained criterion by criterion.
//!
//! `Dataset` + `Version` + [`Moment`] → [`quality`] → [`Quality`] → [`words`]. What was promised
//! (`freshness`), what is filled (`completeness`), what holds (`validity`), what is explained
//! (`documentation`): a function for each criterion, each a share of things that are as they ought
//! to be. Nothing is read here: the counts are those that the version keeps of its files.
//!
//! The total is the mean of the marks by their published weights. What does not apply to a dataset
//! is left out of the mean, and the reason is told.

mod completeness;
mod documentation;
mod freshness;
#[cfg(test)]
mod tests;
mod validity;
mod words;

pub use documentation::Mention;
pub use freshness::Freshness;
pub use words::{Words, sentence, words};

use beffroi_catalog::Dataset;
use beffroi_model::{ColumnId, Finding, Period, Version};
use chrono::{DateTime, NaiveDate, Utc};

/// When a dataset is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day at which the town is seen.
    pub today: NaiveDate,
    /// The clock: what live sources are held against, even in a town that is seen at another day.
    pub now: DateTime<Utc>,
    /// The last good reading of a live source, where it is known; else the version tells the last
    /// one that brought something new.
    pub last_reading: Option<DateTime<Utc>>,
}

/// Families of criteria.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// It comes when it was promised.
    Freshness,
    /// Nothing is missing in it.
    Completeness,
    /// What is in it holds.
    Validity,
    /// It says what it is.
    Documentation,
}

impl Family {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 4] = [
        Self::Freshness,
        Self::Completeness,
        Self::Validity,
        Self::Documentation,
    ];

    /// The name used by programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Freshness => "freshness",
            Self::Completeness => "completeness",
            Self::Validity => "validity",
            Self::Documentation => "documentation",
        }
    }
}

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// Deliveries came at the promised rhythm.
    Delivery,
    /// The last delivery reached as far as it ought to.
    Period,
    /// Rows have a value wherever there must be one.
    Required,
    /// The other cells are filled.
    Cells,
    /// No period is missing between the first and the last.
    Gaps,
    /// Rows could be read.
    Rows,
    /// What was declared of the values holds.
    Checks,
    /// No character was lost.
    Text,
    /// Nothing stands twice.
    Unique,
    /// The dataset is described.
    Card,
    /// Its columns are.
    Columns,
}

impl Criterion {
    /// Whether it is judged by the rows of a version.
    fn counts_rows(self) -> bool {
        !matches!(self, Self::Delivery | Self::Card | Self::Columns)
    }

    /// All, in the order in which they are shown, family by family.
    pub const ALL: [Self; 11] = [
        Self::Delivery,
        Self::Period,
        Self::Required,
        Self::Cells,
        Self::Gaps,
        Self::Rows,
        Self::Checks,
        Self::Text,
        Self::Unique,
        Self::Card,
        Self::Columns,
    ];

    /// The name used by programs; `quality-NAME` is that of its message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Period => "period",
            Self::Required => "required",
            Self::Cells => "cells",
            Self::Gaps => "gaps",
            Self::Rows => "rows",
            Self::Checks => "checks",
            Self::Text => "text",
            Self::Unique => "unique",
            Self::Card => "card",
            Self::Columns => "columns",
        }
    }

    /// Its family.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::Delivery | Self::Period => Family::Freshness,
            Self::Required | Self::Cells | Self::Gaps => Family::Completeness,
            Self::Rows | Self::Checks | Self::Text | Self::Unique => Family::Validity,
            Self::Card | Self::Columns => Family::Documentation,
        }
    }

    /// What it counts for, out of 100 when every criterion applies.
    #[must_use]
    pub fn weight(self) -> u32 {
        match self {
            Self::Delivery => 25,
            Self::Period | Self::Required | Self::Cells | Self::Rows | Self::Columns => 10,
            Self::Gaps | Self::Checks | Self::Text | Self::Unique | Self::Card => 5,
        }
    }
}

/// What a dataset is worth, criterion by criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quality {
    /// One for each of [`Criterion::ALL`], in that order.
    pub judged: Vec<Judged>,
}

impl Quality {
    /// The mean of the marks by their weights, out of 100, rounded down: 100 is without any flaw.
    /// To be shown with the marks that it comes from.
    #[must_use]
    pub fn total(&self) -> u8 {
        // The documentation always applies, so there is a mean.
        mean(self.judged.iter()).unwrap_or(0)
    }

    /// The same of one family; `None` when none of its criteria applies.
    #[must_use]
    pub fn of(&self, family: Family) -> Option<u8> {
        mean(self.family(family))
    }

    /// The criteria of a family.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &Judged> {
        let judged = self.judged.iter();
        judged.filter(move |judged| judged.criterion.family() == family)
    }

    /// The criteria that cost points, the dearest first.
    #[must_use]
    pub fn flaws(&self) -> Vec<&Judged> {
        let mut flaws: Vec<&Judged> = self.judged.iter().filter(|it| it.cost() > 0).collect();
        flaws.sort_by_key(|judged| std::cmp::Reverse(judged.cost()));
        flaws
    }
}

fn mean<'a>(judged: impl Iterator<Item = &'a Judged>) -> Option<u8> {
    let (mut points, mut weights) = (0, 0);
    for judged in judged {
        if let Some(mark) = judged.mark() {
            points += u32::from(mark) * judged.criterion.weight();
            weights += judged.criterion.weight();
        }
    }
    u8::try_from(points.checked_div(weights)?).ok()
}

/// A criterion with what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What is judged.
    pub criterion: Criterion,
    /// What it comes to.
    pub verdict: Verdict,
}

impl Judged {
    /// The mark out of 100, rounded down; `None` when the criterion does not apply.
    #[must_use]
    pub fn mark(&self) -> Option<u8> {
        match self.verdict {
            Verdict::Measured { good, of, .. } => {
                let share = u128::from(good.min(of)) * 100;
                let mark = share.checked_div(u128::from(of)).unwrap_or(100);
                u8::try_from(mark).ok()
            }
            Verdict::Nothing => Some(0),
            Verdict::LeftOut(_) => None,
        }
    }

    fn cost(&self) -> u32 {
        let lost = self.mark().map_or(0, |mark| 100 - u32::from(mark));
        lost * self.criterion.weight()
    }
}

/// What a criterion comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// So many are as they ought to be, of so many.
    Measured {
        /// How many are good.
        good: u64,
        /// How many there are.
        of: u64,
        /// The figures behind it.
        facts: Facts,
    },
    /// There is nothing to be measured, though there ought to be: no row came. Counts as 0.
    Nothing,
    /// It does not apply.
    LeftOut(Why),
}

/// The figures behind a mark, beside how many are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facts {
    /// Deliveries expected since the last one, itself included.
    Deliveries {
        /// When it was extracted.
        last: NaiveDate,
    },
    /// Readings of a live source expected since the last one, itself included.
    Readings {
        /// When it was.
        last: DateTime<Utc>,
        /// Seconds between two.
        every: u64,
    },
    /// Periods expected since the last one covered, itself included.
    Reach {
        /// The last one covered.
        latest: Period,
        /// The one to be covered at least.
        expected: Period,
        /// When the delivery was extracted.
        delivered: NaiveDate,
    },
    /// Rows with all that they must have.
    Required {
        /// The columns that must be filled.
        columns: Vec<ColumnId>,
    },
    /// Filled cells. In the share, those of columns that ought to be filled count twice.
    Filled {
        /// How many are filled.
        filled: u64,
        /// How many there are.
        cells: u64,
        /// The column with the smallest share of filled cells, if any lacks some.
        emptiest: Option<Fill>,
    },
    /// Periods covered.
    Covered {
        /// The first.
        first: Period,
        /// The last.
        last: Period,
        /// The first ones that are missing between them.
        missing: Vec<Period>,
    },
    /// Rows or cells without a fault.
    Found {
        /// The most frequent faults, each with how many there are.
        faults: Vec<(u64, Finding)>,
    },
    /// What the card says.
    Card {
        /// What it does not say.
        missing: Vec<Mention>,
    },
    /// What is said of columns.
    Columns {
        /// How many there are.
        columns: u64,
        /// Those with a title of their own.
        titles: u64,
        /// Those with a description.
        descriptions: u64,
        /// Columns of numbers.
        numbers: u64,
        /// Those of them with a unit.
        units: u64,
        /// Those that lack some of it, in their order.
        lacking: Vec<ColumnId>,
    },
}

/// How far a column is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// The column.
    pub column: ColumnId,
    /// Cells with a value.
    pub filled: u64,
    /// Cells that could have one.
    pub cells: u64,
}

/// Why a criterion does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// No rhythm is promised.
    NoRhythm,
    /// No column says when.
    NoTime,
    /// A live source has readings, not periods.
    NoPeriods,
    /// Rows are dated to the day: where there is none, nothing may have happened.
    Events,
    /// No cell must be filled.
    NoRequired,
    /// No other cell can have a value.
    NoOther,
    /// Nothing is declared that could be checked.
    NoCheck,
    /// What is found in a live source is told of its last reading only.
    LastReading,
    /// The version was made before this was counted.
    NotCounted,
    /// Statistical secrecy: what is counted in rows would tell figures that are hidden.
    Secret,
    /// Whoever asks reaches some of its rows only.
    NotReached,
}

impl Why {
    /// The end of the id of its message, `quality-left-NAME`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NoRhythm => "no-rhythm",
            Self::NoTime => "no-time",
            Self::NoPeriods => "no-periods",
            Self::Events => "events",
            Self::NoRequired => "no-required",
            Self::NoOther => "no-other",
            Self::NoCheck => "no-check",
            Self::LastReading => "last-reading",
            Self::NotCounted => "not-counted",
            Self::Secret => "secret",
            Self::NotReached => "not-reached",
        }
    }
}

/// What a dataset is worth.
#[must_use]
pub fn quality(dataset: &Dataset, version: Option<&Version>, moment: Moment) -> Quality {
    let case = Case {
        dataset,
        version,
        moment,
    };
    let untold = version.is_some_and(|version| !version.tells_content());
    let judged = Criterion::ALL.map(|criterion| Judged {
        criterion,
        verdict: match criterion {
            _ if dataset.secrecy.is_some() && criterion.counts_rows() => {
                Verdict::LeftOut(Why::Secret)
            }
            _ if untold && criterion.counts_rows() => Verdict::LeftOut(Why::NotReached),
            Criterion::Delivery => freshness::delivery(case),
            Criterion::Period => freshness::period(case),
            Criterion::Required => completeness::required(case),
            Criterion::Cells => completeness::cells(case),
            Criterion::Gaps => completeness::gaps(case),
            Criterion::Rows => validity::rows(case),
            Criterion::Checks => validity::checks(case),
            Criterion::Text => validity::text(case),
            Criterion::Unique => validity::unique(case),
            Criterion::Card => documentation::card(case),
            Criterion::Columns => documentation::columns(case),
        },
    });
    Quality {
        judged: judged.into(),
    }
}

/// What is judged.
#[derive(Clone, Copy)]
struct Case<'a> {
    dataset: &'a Dataset,
    version: Option<&'a Version>,
    moment: Moment,
}

impl<'a> Case<'a> {
    /// Whether it is read again and again.
    fn is_live(self) -> bool {
        self.dataset.source.every().is_some()
    }

    /// The version, if rows came with it.
    fn filled_version(self) -> Option<&'a Version> {
        self.version.filter(|version| version.rows > 0)
    }
}
