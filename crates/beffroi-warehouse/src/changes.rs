//! What a version changes of the one before it, from their manifests alone.

use crate::content::Contents;
use beffroi_model::{Changes, ColumnId, PeriodChange, TotalChange, Version};
use std::collections::BTreeSet;

/// Most periods listed one by one.
const LISTED: usize = 400;

/// The difference between two versions.
pub(crate) fn between(previous: &Version, next: &Version) -> Changes {
    let mut periods = periods(previous, next);
    let more_periods = periods.len().saturating_sub(LISTED) as u64;
    // The newest ones are those that people look for.
    let listed = periods.split_off(periods.len().saturating_sub(LISTED));
    Changes {
        since: previous.number,
        rows_before: previous.rows,
        rows_after: next.rows,
        periods: listed,
        more_periods,
        totals: totals(previous, next),
    }
}

/// The periods whose rows are not the same, as far as both versions tell what they hold.
fn periods(previous: &Version, next: &Version) -> Vec<PeriodChange> {
    let told = |version: &Version| {
        let mut parts = version.parts.iter();
        parts.all(|part| part.rows == 0 || !part.contents.is_empty())
    };
    if !told(previous) || !told(next) {
        return Vec::new();
    }
    let (before, after) = (contents(previous), contents(next));
    let starts: BTreeSet<_> = before.starts().chain(after.starts()).collect();
    starts
        .into_iter()
        .filter(|&start| before.get(start) != after.get(start))
        .map(|start| PeriodChange {
            start,
            before: before.get(start).0,
            after: after.get(start).0,
        })
        .collect()
}

fn contents(version: &Version) -> Contents {
    let mut contents = Contents::default();
    contents.add_all(version.parts.iter().flat_map(|part| &part.contents));
    contents
}

fn totals(previous: &Version, next: &Version) -> Vec<TotalChange> {
    let sum = |version: &Version, id: &ColumnId| {
        let column = version.columns.iter().find(|column| column.id == *id)?;
        column.sum.clone()
    };
    let mut ids: Vec<&ColumnId> = next.columns.iter().map(|column| &column.id).collect();
    for column in &previous.columns {
        if !ids.contains(&&column.id) {
            ids.push(&column.id);
        }
    }
    ids.into_iter()
        .map(|id| TotalChange {
            column: id.clone(),
            before: sum(previous, id),
            after: sum(next, id),
        })
        .filter(|total| total.before != total.after)
        .collect()
}
