//! Whether anything is missing in a dataset.

use crate::{Case, Facts, Fill, Verdict, Why};
use beffroi_model::{ColumnSpec, ColumnType, Grain, Period, PeriodRange};
use std::collections::BTreeSet;

/// How many missing periods are named.
const NAMED: usize = 3;

/// Rows that have a value wherever there must be one, of those read. The others were set aside.
pub(crate) fn required(case: Case<'_>) -> Verdict {
    let columns: Vec<_> = kept(case).filter(|column| column.required).collect();
    if columns.is_empty() {
        return Verdict::LeftOut(Why::NoRequired);
    }
    let read = case.version.map_or(0, |version| version.rows_read());
    let Some(version) = case.version.filter(|_| read > 0) else {
        return Verdict::Nothing;
    };
    Verdict::Measured {
        good: read.saturating_sub(version.rows_incomplete()),
        of: read,
        facts: Facts::Required {
            columns: columns.iter().map(|column| column.id.clone()).collect(),
        },
    }
}

/// Filled cells, of those that could hold a value, in the columns where a row may do without.
/// Columns that are declared to be filled count twice.
pub(crate) fn cells(case: Case<'_>) -> Verdict {
    let columns: Vec<_> = kept(case).filter(|column| !column.required).collect();
    if columns.is_empty() {
        return Verdict::LeftOut(Why::NoOther);
    }
    let Some(version) = case.filled_version() else {
        return Verdict::Nothing;
    };
    let (mut good, mut of) = (0, 0);
    let (mut filled, mut cells) = (0, 0);
    let mut emptiest: Option<Fill> = None;
    for column in columns {
        let counted = version.columns.iter().find(|it| it.id == column.id);
        let (values, missing) = counted.map_or((0, version.rows), |it| (it.values, it.missing));
        let weight = if column.constraints.filled { 2 } else { 1 };
        good += weight * values;
        of += weight * (values + missing);
        filled += values;
        cells += values + missing;
        let fill = Fill {
            column: column.id.clone(),
            filled: values,
            cells: values + missing,
        };
        let is_emptier = |than: &Fill| {
            let share =
                |part: &Fill, whole: &Fill| u128::from(part.filled) * u128::from(whole.cells);
            share(&fill, than) < share(than, &fill)
        };
        if missing > 0 && emptiest.as_ref().is_none_or(is_emptier) {
            emptiest = Some(fill);
        }
    }
    if of == 0 {
        return Verdict::LeftOut(Why::NoOther);
    }
    Verdict::Measured {
        good,
        of,
        facts: Facts::Filled {
            filled,
            cells,
            emptiest,
        },
    }
}

/// Periods covered, of those from the first to the last.
pub(crate) fn gaps(case: Case<'_>) -> Verdict {
    if case.is_live() {
        return Verdict::LeftOut(Why::NoPeriods);
    }
    let time = case.dataset.time.as_ref();
    let time = time.and_then(|time| case.dataset.schema.column(time.as_str()));
    let grain = match time.map(|column| column.kind) {
        Some(ColumnType::Date { grain }) if grain != Grain::Day => grain,
        Some(_) => return Verdict::LeftOut(Why::Events),
        None => return Verdict::LeftOut(Why::NoTime),
    };
    let Some(version) = case.filled_version() else {
        return Verdict::Nothing;
    };
    let contents = version.parts.iter().flat_map(|part| &part.contents);
    let starts = contents.filter_map(|content| content.start);
    let covered: BTreeSet<Period> = starts
        .map(|start| Period::containing(grain, start))
        .collect();
    let (Some(&first), Some(&last)) = (covered.first(), covered.last()) else {
        return Verdict::LeftOut(Why::NotCounted);
    };
    let all = PeriodRange::new(first, last);
    let missing = all.iter().filter(|period| !covered.contains(period));
    Verdict::Measured {
        good: covered.len() as u64,
        of: all.count(),
        facts: Facts::Covered {
            first,
            last,
            missing: missing.take(NAMED).collect(),
        },
    }
}

/// The columns that are kept.
fn kept(case: Case<'_>) -> impl Iterator<Item = &ColumnSpec> {
    let columns = case.dataset.schema.columns.iter();
    columns.filter(|column| !column.personal)
}
