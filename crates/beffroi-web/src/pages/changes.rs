//! What the current version of a dataset changes of the one before it.

use crate::parts;
use crate::visit::Visit;
use beffroi_catalog::Dataset;
use beffroi_model::{Changes, ColumnId, Grain, Period, PeriodChange};
use beffroi_text::{Lang, PeriodStyle, decimal, period, t, t_args};
use maud::{Markup, html};

/// Most periods shown one by one, the newest.
const SHOWN: usize = 24;

/// A block of the page of a dataset.
pub(crate) fn section(visit: &Visit, dataset: &Dataset, changes: &Changes) -> Markup {
    let lang = visit.lang;
    let since = t_args(
        lang,
        "dataset-changes",
        &[("number", changes.since.to_string().into())],
    );
    html! {
        section.bloc aria-labelledby="h-changements" {
            h2 #h-changements { (since) }
            @if changes.is_empty() {
                p { (t(lang, "changes-none")) }
            } @else {
                p {
                    (t_args(lang, "changes-rows", &[
                        ("before", count(lang, changes.rows_before).into()),
                        ("after", count(lang, changes.rows_after).into()),
                    ]))
                }
                (periods(lang, dataset, changes))
                (totals(visit, dataset, changes))
            }
        }
    }
}

fn periods(lang: Lang, dataset: &Dataset, changes: &Changes) -> Markup {
    let grain = dataset.grain().unwrap_or(Grain::Day);
    let hidden = changes.periods.len().saturating_sub(SHOWN);
    let untold = hidden as u64 + changes.more_periods;
    let content = html! {
        table {
            caption { (t(lang, "changes-periods")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "changes-period")) }
                    th scope="col" { (t(lang, "changes-what")) }
                    th.n scope="col" { (t(lang, "changes-rows-before")) }
                    th.n scope="col" { (t(lang, "changes-rows-after")) }
                }
            }
            tbody {
                @for change in changes.periods.iter().skip(hidden) {
                    tr {
                        th scope="row" { (when(lang, grain, change)) }
                        td { (t(lang, what(change))) }
                        td.n { (count(lang, change.before)) }
                        td.n { (count(lang, change.after)) }
                    }
                }
            }
        }
    };
    html! {
        @if !changes.periods.is_empty() {
            (parts::scrolling(&t(lang, "changes-periods"), &content))
            @if untold > 0 {
                p.discret { (t_args(lang, "changes-more-periods", &[("count", untold.into())])) }
            }
        }
    }
}

fn totals(visit: &Visit, dataset: &Dataset, changes: &Changes) -> Markup {
    let lang = visit.lang;
    let amount = |text: &Option<String>| match text {
        Some(text) => decimal(lang, text),
        None => t(lang, "changes-no-total").into_owned(),
    };
    let title = |id: &ColumnId| match dataset.columns.get(id) {
        Some(info) => parts::declared(visit, &info.title),
        None => html! { code { (id) } },
    };
    let content = html! {
        table {
            caption { (t(lang, "changes-totals")) }
            thead {
                tr {
                    th scope="col" { (t(lang, "column-name")) }
                    th.n scope="col" { (t(lang, "changes-before")) }
                    th.n scope="col" { (t(lang, "changes-after")) }
                }
            }
            tbody {
                @for total in &changes.totals {
                    tr {
                        th scope="row" { (title(&total.column)) }
                        td.n { (amount(&total.before)) }
                        td.n { (amount(&total.after)) }
                    }
                }
            }
        }
    };
    html! {
        @if !changes.totals.is_empty() {
            (parts::scrolling(&t(lang, "changes-totals"), &content))
        }
    }
}

fn when(lang: Lang, grain: Grain, change: &PeriodChange) -> String {
    match change.start {
        Some(day) => period(lang, Period::containing(grain, day), PeriodStyle::Long),
        None => t(lang, "changes-no-period").into_owned(),
    }
}

fn what(change: &PeriodChange) -> &'static str {
    match (change.before, change.after) {
        (0, _) => "changes-added",
        (_, 0) => "changes-removed",
        _ => "changes-replaced",
    }
}

fn count(lang: Lang, count: u64) -> String {
    decimal(lang, &count.to_string())
}
