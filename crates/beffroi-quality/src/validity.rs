//! Whether what a dataset holds could be read and is as it was declared to be.

use crate::{Case, Facts, Verdict, Why};
use beffroi_model::{Finding, FindingKind, Severity, Version};
use std::cmp::Reverse;

/// How many kinds of faults are told.
const TOLD: usize = 3;

/// Rows kept, of those read. Those that were set aside for a value that must be there are judged
/// as incomplete, not here.
pub(crate) fn rows(case: Case<'_>) -> Verdict {
    let Some((version, read)) = read(case) else {
        return Verdict::Nothing;
    };
    let unreadable = version
        .rows_rejected()
        .saturating_sub(version.rows_incomplete());
    let told = found(version, |finding| {
        finding.severity == Severity::Error
            && !matches!(
                finding.kind,
                FindingKind::RequiredEmpty | FindingKind::ColumnMissing
            )
    });
    Verdict::Measured {
        good: read.saturating_sub(unreadable),
        of: read,
        facts: Facts::Found {
            faults: most_frequent(told),
        },
    }
}

/// Cells of kept rows with which nothing is wrong, by what is declared of them.
pub(crate) fn checks(case: Case<'_>) -> Verdict {
    let schema = &case.dataset.schema;
    let declared = !schema.keys.is_empty()
        || !schema.foreign_keys.is_empty()
        || !schema.rules.is_empty()
        || schema.columns.iter().any(|it| !it.constraints.is_empty());
    let is_left_out = |faults: &[(u64, Finding)]| !declared && faults.is_empty();
    among_cells(case, is_broken_check, is_left_out)
}

/// Cells of kept rows without characters that were lost.
pub(crate) fn text(case: Case<'_>) -> Verdict {
    let is_damaged = |finding: &Finding| finding.kind == FindingKind::DamagedText;
    among_cells(case, is_damaged, |_| false)
}

/// Rows that stand once, of those read.
pub(crate) fn unique(case: Case<'_>) -> Verdict {
    if case.is_live() {
        return Verdict::LeftOut(Why::LastReading);
    }
    let Some((version, read)) = read(case) else {
        return Verdict::Nothing;
    };
    without(read, found(version, |it| is_repeated(it.kind)))
}

fn among_cells(
    case: Case<'_>,
    is_fault: impl Fn(&Finding) -> bool,
    is_left_out: impl Fn(&[(u64, Finding)]) -> bool,
) -> Verdict {
    if case.is_live() {
        return Verdict::LeftOut(Why::LastReading);
    }
    let faults = case.version.map(|version| found(version, is_fault));
    let faults = faults.unwrap_or_default();
    if is_left_out(&faults) {
        return Verdict::LeftOut(Why::NoCheck);
    }
    let Some((version, read)) = read(case) else {
        return Verdict::Nothing;
    };
    let columns = case.dataset.schema.columns.iter();
    let columns = columns.filter(|column| !column.personal).count() as u64;
    let kept = read.saturating_sub(version.rows_rejected());
    without(kept.saturating_mul(columns), faults)
}

fn without(of: u64, faults: Vec<(u64, Finding)>) -> Verdict {
    let count: u64 = faults.iter().map(|(count, _)| count).sum();
    Verdict::Measured {
        good: of.saturating_sub(count),
        of,
        facts: Facts::Found {
            faults: most_frequent(faults),
        },
    }
}

/// The version with the rows that were read for it, if there are any.
fn read(case: Case<'_>) -> Option<(&Version, u64)> {
    let version = case.version?;
    Some((version, version.rows_read())).filter(|(_, read)| *read > 0)
}

/// Whether a row is kept with something wrong in it. What warns of a whole file, or of what
/// another criterion judges, is no such thing.
fn is_broken_check(finding: &Finding) -> bool {
    let elsewhere = matches!(
        finding.kind,
        FindingKind::EmptyCell
            | FindingKind::DamagedText
            | FindingKind::OtherTable
            | FindingKind::ColumnMissing
    );
    finding.severity == Severity::Warning
        && !elsewhere
        && !finding.kind.is_break()
        && !is_repeated(finding.kind)
}

fn is_repeated(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::DuplicateRow | FindingKind::DuplicateKey | FindingKind::NotUnique
    )
}

/// The groups of findings that are meant, each with how many there are.
fn found(version: &Version, is_meant: impl Fn(&Finding) -> bool) -> Vec<(u64, Finding)> {
    let groups = version.findings.groups();
    let firsts = groups.filter_map(|(count, group)| Some((count, group.first()?)));
    let meant = firsts.filter(|(_, first)| is_meant(first));
    meant.map(|(count, first)| (count, first.clone())).collect()
}

fn most_frequent(mut faults: Vec<(u64, Finding)>) -> Vec<(u64, Finding)> {
    faults.sort_by_key(|(count, _)| Reverse(*count));
    faults.truncate(TOLD);
    faults
}
