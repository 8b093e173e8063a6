//! The statistical secrecy of a dataset: its rule, what is shown under it, and how much is hidden.

use crate::guard::{Allowed, ReadCatalogue};
use crate::parts;
use beffroi_catalog::Secrecy;
use beffroi_model::{DatasetId, DimensionId, Protection};
use beffroi_secrecy::Empty;
use beffroi_text::{Arg, Lang, number, t, t_args};
use maud::{Markup, html};
use std::borrow::Cow;

/// A block of the page of a dataset.
pub(super) fn section(
    allowed: &Allowed<ReadCatalogue>,
    dataset: &DatasetId,
    secrecy: &Secrecy,
) -> Markup {
    let lang = allowed.visit.lang;
    let protection = allowed.town().engine.protection(dataset);
    html! {
        section.bloc #secret aria-labelledby="h-secret" {
            div.bloc-tete {
                h2 #h-secret { (t(lang, "secrecy-title")) }
                p { (t(lang, "secrecy-what")) }
            }
            dl.dl {
                dt { (t(lang, "secrecy-rule")) }
                @for asked in rule(lang, secrecy) { dd { (asked) } }
                dt { (t(lang, "secrecy-tables")) }
                @for table in &secrecy.tables { dd { (crossed(allowed, table)) } }
                @if secrecy.tables.is_empty() { dd { (t(lang, "secrecy-town")) } }
                dt { (t(lang, "secrecy-grains")) }
                dd {
                    @for (place, grain) in secrecy.grains.iter().enumerate() {
                        @if place > 0 { ", " }
                        (t(lang, &format!("secrecy-grain-{}", grain.as_str())))
                    }
                }
                dt { (t(lang, "secrecy-hidden")) }
                @for told in hidden(lang, protection.as_ref()) { dd { (told) } }
            }
            p.fraicheur { (t(lang, "secrecy-no-content")) }
        }
    }
}

type Words = Cow<'static, str>;

/// What the rule asks, one sentence each.
fn rule(lang: Lang, secrecy: &Secrecy) -> Vec<Words> {
    let rule = &secrecy.rule;
    let percent = |share: f64| Arg::from(number(lang, share * 100.0, 0));
    let mut asked = Vec::new();
    if rule.min_units > 1 {
        let count = [("count", rule.min_units.into())];
        asked.push(t_args(lang, "secrecy-units", &count));
    }
    if let Some(share) = rule.dominance {
        asked.push(t_args(
            lang,
            "secrecy-dominance",
            &[("share", percent(share))],
        ));
    }
    if let Some(share) = rule.p_percent {
        asked.push(t_args(
            lang,
            "secrecy-p-percent",
            &[("share", percent(share))],
        ));
    }
    if let Some(least) = rule.min_denominator {
        let least = [("least", number(lang, least, 0).into())];
        asked.push(t_args(lang, "secrecy-denominator", &least));
    }
    if rule.empty == Empty::Hidden {
        asked.push(t(lang, "secrecy-empty"));
    }
    asked
}

/// The dimensions of a table: *Quartier × Type*.
fn crossed(allowed: &Allowed<ReadCatalogue>, table: &[DimensionId]) -> Markup {
    let known = table
        .iter()
        .filter_map(|id| allowed.catalog().dimensions.get(id));
    html! {
        @for (place, dimension) in known.enumerate() {
            @if place > 0 { " × " }
            (parts::declared(&allowed.visit, &dimension.title))
        }
    }
}

/// How much is hidden, and what is wrong with it.
fn hidden(lang: Lang, protection: Option<&Protection>) -> Vec<Words> {
    let Some(told) = protection else {
        return vec![t(lang, "secrecy-undecided")];
    };
    if told.closed {
        return vec![t(lang, "secrecy-closed")];
    }
    let hidden = told.primary + told.secondary;
    #[allow(clippy::cast_precision_loss, reason = "a share in whole percents")]
    let share = hidden as f64 * 100.0 / told.cells.max(1) as f64;
    let mut all = vec![t_args(
        lang,
        "secrecy-count",
        &[
            ("cells", told.cells.into()),
            ("hidden", hidden.into()),
            ("primary", told.primary.into()),
            ("secondary", told.secondary.into()),
            ("share", number(lang, share, 0).into()),
        ],
    )];
    if told.coarse {
        all.push(t(lang, "secrecy-coarse"));
    }
    if told.exposed > 0 {
        all.push(t_args(
            lang,
            "secrecy-exposed",
            &[("count", told.exposed.into())],
        ));
    }
    all
}
