//! What the terminal shows of a version: its rows, what it changes, the first of what was found.

use super::Purpose;
use crate::{
    changes,
    failure::{found, progress, say},
};
use beffroi_catalog::Dataset;
use beffroi_model::{Finding, Findings, Severity, Version};
use std::{path::Path, time::Duration};

/// How many kinds of findings are shown.
const KINDS: usize = 8;
/// How many rows of each are named.
const ROWS: usize = 5;

/// Tells a version, read in so much time. `state` is where its files lie.
pub fn tell(state: &Path, dataset: &Dataset, version: &Version, purpose: Purpose, took: Duration) {
    let rejected = match version.rows_rejected() {
        0 => String::new(),
        count => format!(", {count} écartée(s)"),
    };
    let number = match purpose {
        Purpose::Import => format!("version {}", version.number),
        Purpose::DryRun => format!("version {} (à l’essai, rien n’est gardé)", version.number),
    };
    progress(format!(
        "  {} : {number}, {} ligne(s){rejected} ({:.1} s)",
        version.dataset,
        version.rows,
        took.as_secs_f32()
    ));
    if let Some(changes) = &version.changes {
        for line in changes::lines(dataset, changes) {
            progress(format!("    {line}"));
        }
    }
    let file = version.all_findings.as_ref().map(|file| state.join(file));
    for line in findings(&version.findings, file.as_deref()) {
        progress(format!("    {line}"));
    }
}

/// What was found that is more than worth knowing, the gravest first; where all of it is.
fn findings(findings: &Findings, file: Option<&Path>) -> Vec<String> {
    let mut groups: Vec<(u64, &[Finding], &Finding)> = findings
        .groups()
        .filter_map(|(count, group)| Some((count, group, group.first()?)))
        .collect();
    if groups.is_empty() {
        return Vec::new();
    }
    groups.sort_by_key(|(.., first)| std::cmp::Reverse(first.severity));
    let mut lines: Vec<String> = groups
        .iter()
        .take_while(|(.., first)| first.severity > Severity::Note)
        .take(KINDS)
        .map(|(count, group, first)| {
            let severity = match first.severity {
                Severity::Error => "severity-error",
                _ => "severity-warning",
            };
            let (severity, rows) = (say(severity, &[]), rows(*count, group));
            format!("{severity} : {}{rows}", found(first, *count))
        })
        .collect();
    let untold: u64 = groups
        .iter()
        .skip(lines.len())
        .map(|(count, ..)| count)
        .sum();
    let id = match (lines.is_empty(), untold) {
        (true, _) => "import-notes",
        (false, 0) => "import-all-findings",
        (false, _) => "import-more-findings",
    };
    let mut line = say(id, &[("count", untold.to_string())]);
    match file {
        Some(file) => lines.push(format!("{line} : {}", file.display())),
        None if untold > 0 => {
            line.push('.');
            lines.push(line);
        }
        None => {}
    }
    lines
}

/// ` (lignes 3, 5, 8…)`.
fn rows(count: u64, group: &[Finding]) -> String {
    let rows: Vec<String> = group
        .iter()
        .filter_map(|finding| finding.row)
        .take(ROWS)
        .map(|row| row.to_string())
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let more = if count > rows.len() as u64 { "…" } else { "" };
    let args = [("count", rows.len().to_string()), ("rows", rows.join(", "))];
    format!(" ({}{more})", say("places-rows", &args))
}
