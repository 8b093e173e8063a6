//! What changed between two versions of a dataset that somebody ought to look at before it is
//! believed: a delivery cut in half, figures in thousands, a category that is spelt anew.

use crate::{Finding, FindingKind, Severity, Version, VersionColumn};
use std::collections::HashSet;

/// Rows may shrink to this part of what they were…
const SHRUNK: f64 = 0.8;
/// …and grow to as many times, before it is told.
const GROWN: f64 = 2.0;
/// A difference of fewer rows is no break.
const FEW_ROWS: u64 = 10;
/// How many times larger or smaller a mean may become.
const MEAN: f64 = 2.0;
/// How many times larger an extreme may become.
const EXTREME: f64 = 10.0;
/// By how much the share of filled cells may fall.
const FILLED: f64 = 0.2;
/// How many new or vanished values of one column are told.
const TOLD: usize = 20;

/// The breaks between a version and the one before it, each a warning. The `value` of a finding is
/// what `next` holds, `expected` what `previous` held.
#[must_use]
pub fn breaks(previous: &Version, next: &Version) -> Vec<Finding> {
    let mut breaks = Breaks {
        source: next
            .newest_source()
            .map(|source| source.name.clone())
            .unwrap_or_default(),
        found: Vec::new(),
    };
    // Against nothing, everything is new.
    if previous.rows == 0 {
        return breaks.found;
    }
    let ratio = next.rows as f64 / previous.rows as f64;
    let few = next.rows.abs_diff(previous.rows) < FEW_ROWS;
    if !few && !(SHRUNK..=GROWN).contains(&ratio) {
        breaks.tell(FindingKind::RowsBreak, None, next.rows, previous.rows);
    }
    for column in &next.columns {
        let former = previous.columns.iter().find(|it| it.id == column.id);
        if let Some(former) = former {
            breaks.filled(former, column);
            breaks.numbers(former, column);
            breaks.categories(former, column);
        }
    }
    breaks.found
}

struct Breaks {
    source: String,
    found: Vec<Finding>,
}

impl Breaks {
    fn tell(
        &mut self,
        kind: FindingKind,
        column: Option<&VersionColumn>,
        value: impl ToString,
        expected: impl ToString,
    ) {
        self.found.push(Finding {
            severity: Severity::Warning,
            kind,
            source: self.source.clone(),
            row: None,
            column: column.map(|column| column.id.to_string()),
            value: Some(value.to_string()),
            hint: None,
            expected: Some(expected.to_string()),
        });
    }

    fn filled(&mut self, former: &VersionColumn, column: &VersionColumn) {
        let (Some(before), Some(now)) = (share(former), share(column)) else {
            return;
        };
        if now < before - FILLED {
            let percent = |share: f64| format!("{:.0}", share * 100.0);
            let (now, before) = (percent(now), percent(before));
            self.tell(FindingKind::FilledBreak, Some(column), now, before);
        }
    }

    fn numbers(&mut self, former: &VersionColumn, column: &VersionColumn) {
        let (Some(before), Some(now)) = (number(&former.sum), number(&column.sum)) else {
            return;
        };
        if former.values == 0 || column.values == 0 {
            return;
        }
        let ratio = (now / column.values as f64) / (before / former.values as f64);
        let broke = if before == 0.0 {
            now != 0.0
        } else {
            !(1.0 / MEAN..=MEAN).contains(&ratio)
        };
        if let (true, Some(now), Some(before)) = (broke, &column.sum, &former.sum) {
            self.tell(FindingKind::SumBreak, Some(column), now, before);
            return;
        }
        // A few wild values hide in a mean.
        for (now, before) in [(&column.min, &former.min), (&column.max, &former.max)] {
            let (Some(value), Some(known)) = (number(now), number(before)) else {
                continue;
            };
            let reach = number(&former.min)
                .into_iter()
                .chain(number(&former.max))
                .fold(0.0, |reach: f64, it| reach.max(it.abs()));
            let signed = value < 0.0 && known >= 0.0 && now != before;
            if let (true, Some(now), Some(before)) =
                (signed || value.abs() > reach * EXTREME, now, before)
            {
                self.tell(FindingKind::ExtremeBreak, Some(column), now, before);
            }
        }
    }

    fn categories(&mut self, former: &VersionColumn, column: &VersionColumn) {
        // Without a list on either side nothing can be said.
        if former.categories.is_empty() || column.categories.is_empty() {
            return;
        }
        for (kind, from, to) in [
            (
                FindingKind::CategoryNew,
                &former.categories,
                &column.categories,
            ),
            (
                FindingKind::CategoryGone,
                &column.categories,
                &former.categories,
            ),
        ] {
            let known: HashSet<&str> = from.iter().map(|(name, _)| name.as_str()).collect();
            let others = to.iter().filter(|(name, _)| !known.contains(name.as_str()));
            for (name, rows) in others.take(TOLD) {
                self.tell(kind, Some(column), name, rows);
            }
        }
    }
}

/// The share of cells that hold a value, among those that could.
fn share(column: &VersionColumn) -> Option<f64> {
    let cells = column.values + column.missing;
    (cells > 0).then(|| column.values as f64 / cells as f64)
}

fn number(text: &Option<String>) -> Option<f64> {
    text.as_ref()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{ColumnId, DatasetId, Findings, Preview};

    fn version(rows: u64, columns: Vec<VersionColumn>) -> Version {
        Version {
            dataset: DatasetId::new("trajets").unwrap(),
            number: 1,
            imported_at: chrono::DateTime::default(),
            declaration: String::new(),
            sources: Vec::new(),
            parts: Vec::new(),
            rows,
            columns,
            decisions: Vec::new(),
            findings: Findings::default(),
            preview: Preview::default(),
            rejects: None,
            all_findings: None,
            changes: None,
            restores: None,
            given_up: Vec::new(),
        }
    }

    fn column(values: u64, missing: u64) -> VersionColumn {
        VersionColumn {
            id: ColumnId::new("montant").unwrap(),
            values,
            missing,
            not_applicable: 0,
            secret: 0,
            min: None,
            max: None,
            sum: None,
            categories: Vec::new(),
        }
    }

    fn numbers(values: u64, sum: &str, min: &str, max: &str) -> VersionColumn {
        VersionColumn {
            sum: Some(sum.to_owned()),
            min: Some(min.to_owned()),
            max: Some(max.to_owned()),
            ..column(values, 0)
        }
    }

    /// Kinds, new and former values.
    fn told(previous: &Version, next: &Version) -> Vec<String> {
        let words = |finding: Finding| {
            format!(
                "{} {} {}",
                finding.kind.as_str(),
                finding.value.unwrap(),
                finding.expected.unwrap()
            )
        };
        super::breaks(previous, next)
            .into_iter()
            .map(words)
            .collect()
    }

    #[test]
    fn a_delivery_like_the_former_is_no_break() {
        let previous = version(1000, vec![numbers(1000, "52000.50", "0.10", "900")]);
        let next = version(1100, vec![numbers(1100, "60000", "0.05", "1200")]);
        assert_eq!(told(&previous, &next), [""; 0]);
    }

    #[test]
    fn half_a_file_and_twice_a_file_are_told() {
        let whole = version(1000, vec![]);
        assert_eq!(told(&whole, &version(500, vec![])), ["rows-break 500 1000"]);
        assert_eq!(
            told(&whole, &version(2001, vec![])),
            ["rows-break 2001 1000"]
        );
        assert_eq!(told(&version(6, vec![]), &version(1, vec![])), [""; 0]);
        assert_eq!(told(&version(0, vec![]), &whole), [""; 0]);
    }

    #[test]
    fn thousands_of_euros_in_place_of_euros_are_told() {
        let euros = version(10, vec![numbers(10, "52000", "100", "9000")]);
        let thousands = version(10, vec![numbers(10, "52", "0.1", "9")]);
        assert_eq!(told(&euros, &thousands), ["sum-break 52 52000"]);
        assert_eq!(told(&thousands, &euros), ["sum-break 52000 52"]);
    }

    #[test]
    fn a_wild_value_is_told_though_the_mean_holds() {
        let calm = version(1000, vec![numbers(1000, "50000", "0", "90")]);
        let wild = version(1000, vec![numbers(1000, "51000", "-3", "950")]);
        assert_eq!(
            told(&calm, &wild),
            ["extreme-break -3 0", "extreme-break 950 90"]
        );
    }

    #[test]
    fn a_column_that_empties_is_told() {
        let full = version(100, vec![column(95, 5)]);
        let empty = version(100, vec![column(40, 60)]);
        assert_eq!(told(&full, &empty), ["filled-break 40 95"]);
    }

    #[test]
    fn categories_that_come_and_go_are_told_with_their_rows() {
        let with = |names: &[&str]| {
            let mut it = column(10, 0);
            it.categories = names.iter().map(|name| ((*name).to_owned(), 3)).collect();
            version(10, vec![it])
        };
        assert_eq!(
            told(&with(&["gare", "halles"]), &with(&["gare", "Les Halles"])),
            ["category-new Les Halles 3", "category-gone halles 3"]
        );
        assert_eq!(told(&with(&[]), &with(&["gare"])), [""; 0]);
    }
}
