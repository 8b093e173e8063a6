//! When a department extracted a file: it is often in the name.

use chrono::{DateTime, Local, NaiveDate};
use std::time::SystemTime;

/// The date in a file's name (`20260602`, `2026-06-02`, `02-06-2026`, also with `_` or `.`), the
/// last one when there are several; else the day on which the file was written.
#[must_use]
pub fn extracted_on(name: &str, modified: SystemTime) -> NaiveDate {
    let stem = name.rsplit('/').next().unwrap_or(name);
    in_name(stem).unwrap_or_else(|| DateTime::<Local>::from(modified).date_naive())
}

fn in_name(name: &str) -> Option<NaiveDate> {
    // Runs of digits with what stands before each.
    let mut runs: Vec<(Option<char>, &str)> = Vec::new();
    let mut rest = name;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (gap, digits) = rest.split_at(start);
        let mut chars = gap.chars();
        // Only a single separator joins two runs.
        let single = match (chars.next_back(), chars.next()) {
            (Some(c @ ('-' | '_' | '.')), None) => Some(c),
            _ => None,
        };
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let (run, after) = digits.split_at(end);
        runs.push((single, run));
        rest = after;
    }
    let compact = runs.iter().filter(|(_, run)| run.len() == 8).filter_map(|(_, run)| {
        let date = NaiveDate::parse_from_str(run, "%Y%m%d").or(NaiveDate::parse_from_str(run, "%d%m%Y"));
        date.ok()
    });
    let spread = runs.windows(3).filter_map(|window| {
        let [(_, a), (Some(x), b), (Some(y), c)] = window else { return None };
        if x != y || b.len() != 2 {
            return None;
        }
        match (a.len(), c.len()) {
            (4, 2) => date(a, b, c),
            (2, 4) => date(c, b, a),
            _ => None,
        }
    });
    spread.chain(compact).filter(|date| (1990..2100).contains(&chrono::Datelike::year(date))).last()
}

fn date(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_in_the_name() {
        for (name, date) in [
            ("velos_20260602.csv", Some("2026-06-02")),
            ("air_2026-06-03.csv", Some("2026-06-03")),
            ("dechets_15-04-2026.csv", Some("2026-04-15")),
            ("export 2019_2025_20260115.csv", Some("2026-01-15")),
            ("budget_2024.csv", None),
            ("velos_2019_12_99.csv", None),
            ("lot_12345678.csv", None),
        ] {
            let want = date.map(|date| date.parse::<NaiveDate>().unwrap());
            assert_eq!(in_name(name), want, "{name}");
        }
    }

    #[test]
    fn without_a_date_the_file_s_own_day_counts() {
        let day = extracted_on("a/b.csv", SystemTime::UNIX_EPOCH);
        assert_eq!(day, DateTime::<Local>::from(SystemTime::UNIX_EPOCH).date_naive());
    }
}
