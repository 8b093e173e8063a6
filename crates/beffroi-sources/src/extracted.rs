//! When a file was extracted: departments write it in its name.

use chrono::{DateTime, Datelike, Local, NaiveDate};
use std::time::SystemTime;

/// The day on which a file was extracted: the last date in its name (`20260602`, `2026-06-02`,
/// `02-06-2026`), else the day, in local time, on which it was written.
#[must_use]
pub fn extracted_on(name: &str, modified: SystemTime) -> NaiveDate {
    let file = name.rsplit('/').next().unwrap_or(name);
    date_in(file).unwrap_or_else(|| DateTime::<Local>::from(modified).date_naive())
}

fn date_in(name: &str) -> Option<NaiveDate> {
    let mut found = None;
    // Runs of digits, each with what stands before it.
    let mut runs: Vec<(&str, &str)> = Vec::new();
    let mut rest = name;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        runs.push((before, digits));
        rest = after;
    }
    for (index, (_, digits)) in runs.iter().enumerate() {
        let whole = match digits.len() {
            8 => compact(digits),
            _ => None,
        };
        let parted = || match runs.get(index..index + 3)? {
            [(_, a), (first, b), (second, c)] if first == second && is_separator(first) => {
                match (a.len(), b.len(), c.len()) {
                    (4, 2, 2) => day(a, b, c),
                    (2, 2, 4) => day(c, b, a),
                    _ => None,
                }
            }
            _ => None,
        };
        found = whole.or_else(parted).or(found);
    }
    found
}

fn is_separator(text: &str) -> bool {
    matches!(text, "-" | "_" | "." | " ")
}

/// `20260602`, or `02062026`.
fn compact(digits: &str) -> Option<NaiveDate> {
    let part = |from: usize, to: usize| digits.get(from..to);
    day(part(0, 4)?, part(4, 6)?, part(6, 8)?)
        .or_else(|| day(part(4, 8)?, part(2, 4)?, part(0, 2)?))
}

/// A day of this century or the end of the last: other numbers are no dates of extraction.
fn day(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    (1990..2100).contains(&date.year()).then_some(date)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_date_is_the_last_in_the_name() {
        // 2025-03-10, noon UTC.
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(1_741_608_000);
        for (name, expected) in [
            ("mobilites/velos_trajets_20260602.csv", "2026-06-02"),
            ("effectifs_2026-06-02.xlsx", "2026-06-02"),
            ("tonnages_02-06-2026.csv", "2026-06-02"),
            ("budget_2019_20200602.csv", "2020-06-02"),
            ("export_2026_06_02_v2.csv", "2026-06-02"),
            ("releve_02062026.csv", "2026-06-02"),
            ("2020-01-01/budget.csv", "2025-03-10"),
            ("budget_2025.csv", "2025-03-10"),
            ("siret_21920044100018.csv", "2025-03-10"),
            ("lot_20261302.csv", "2025-03-10"),
            ("lot_2026-02-30.csv", "2025-03-10"),
            ("a_20250101_b_20260602.csv", "2026-06-02"),
        ] {
            assert_eq!(extracted_on(name, written).to_string(), expected, "{name}");
        }
    }
}
