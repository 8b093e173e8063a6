//! What a version changes, in lines for a terminal.

use crate::failure::say;
use beffroi_catalog::Dataset;
use beffroi_model::{Changes, Grain, Period, PeriodChange};
use beffroi_text::{Lang, PeriodStyle, decimal, period};

/// Most periods named one by one.
const NAMED: usize = 24;

/// One line for each thing that changes; nothing is told of a version that changes nothing.
pub fn lines(dataset: &Dataset, changes: &Changes) -> Vec<String> {
    let mut lines = Vec::new();
    if changes.rows_before != changes.rows_after {
        lines.push(say(
            "changes-rows",
            &[
                (
                    "before",
                    decimal(Lang::Fr, &changes.rows_before.to_string()),
                ),
                ("after", decimal(Lang::Fr, &changes.rows_after.to_string())),
            ],
        ));
    }
    let grain = dataset.grain().unwrap_or(Grain::Day);
    for change in changes.periods.iter().rev().take(NAMED).rev() {
        let when = match change.start {
            Some(day) => period(Lang::Fr, Period::containing(grain, day), PeriodStyle::Long),
            None => say("changes-no-period", &[]),
        };
        let args = [
            ("period", when),
            ("before", change.before.to_string()),
            ("after", change.after.to_string()),
        ];
        lines.push(say(id_of(change), &args));
    }
    let untold = changes.periods.len().saturating_sub(NAMED) as u64 + changes.more_periods;
    if untold > 0 {
        lines.push(say(
            "changes-more-periods",
            &[("count", untold.to_string())],
        ));
    }
    for total in &changes.totals {
        let amount = |text: &Option<String>| match text {
            Some(text) => decimal(Lang::Fr, text),
            None => say("changes-no-total", &[]),
        };
        let args = [
            ("column", total.column.to_string()),
            ("before", amount(&total.before)),
            ("after", amount(&total.after)),
        ];
        lines.push(say("changes-total", &args));
    }
    if lines.is_empty() {
        lines.push(say("changes-none", &[]));
    }
    lines
}

fn id_of(change: &PeriodChange) -> &'static str {
    match (change.before, change.after) {
        (0, _) => "changes-period-added",
        (_, 0) => "changes-period-removed",
        _ => "changes-period-replaced",
    }
}
