//! What the council voted, in words and on drawings.

use crate::context::Context;
use crate::draw::Level;
use crate::writer::Writer;
use beffroi_catalog::Indicator;
use beffroi_model::{Direction, Grain, Period, Status, Target};
use beffroi_text::{Lang, compact, number, t, t_args, with_unit};
use chrono::Datelike;

/// The word of a status (*En bonne voie*): always one of the five.
#[must_use]
pub fn status_word(lang: Lang, status: Status) -> String {
    match status {
        Status::Reached => t(lang, "status-reached"),
        Status::OnTrack => t(lang, "status-on-track"),
        Status::Watch => t(lang, "status-watch"),
        Status::Late => t(lang, "status-late"),
        Status::NoTarget => t(lang, "status-no-target"),
    }
    .into_owned()
}

/// The year that a period's value is held against: that in which it ends.
pub(crate) fn year_of(period: Period) -> i32 {
    period.last_day().year()
}

/// The target of a period: none for a part of the town, for which nothing was voted.
pub(crate) fn target_of<'a>(
    indicator: &'a Indicator,
    period: Period,
    ctx: &Context,
) -> Option<&'a Target> {
    let target = Target::for_year(&indicator.targets, year_of(period))?;
    (ctx.is_whole_town(indicator) && target.value.is_finite()).then_some(target)
}

/// The word for what was voted: *objectif*, *plafond*, *repère*; a message id's end.
pub(crate) fn kind(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "goal",
        Direction::Down => "ceiling",
        Direction::None => "mark",
    }
}

/// `objectif 2026 : 1,4 million`; the year is left out when it is that of the value.
pub(crate) fn words(lang: Lang, indicator: &Indicator, target: &Target, year: i32) -> String {
    let value = compact(lang, target.value, indicator.unit);
    let args = [
        ("kind", kind(indicator.direction).into()),
        ("year", target.year.to_string().into()),
        ("value", value.into()),
    ];
    if target.year == year {
        t_args(lang, "target-this-year", &args).into_owned()
    } else {
        t_args(lang, "target-other-year", &args).into_owned()
    }
}

/// What the council voted as a line across months or members: a year's total is divided among
/// the periods that make it up.
pub(crate) fn level(
    indicator: &Indicator,
    period: Period,
    writer: &Writer,
    ctx: &Context,
) -> Option<Level> {
    let target = target_of(indicator, period, ctx)?;
    let parts = Period::year(year_of(period)).count_of(period.grain());
    let lang = writer.lang;
    if parts > 1 && indicator.adds_over_time() {
        let value = target.value / f64::from(parts);
        let label = t_args(
            lang,
            "target-pace",
            &[("year", target.year.to_string().into())],
        );
        return Some(Level {
            value,
            label: label.into_owned(),
        });
    }
    let label = words(lang, indicator, target, i32::MIN);
    Some(Level {
        value: target.value,
        label: crate::series::capital(&label),
    })
}

/// Whether targets can be set beside the periods of an axis one by one.
pub(crate) fn is_yearly(grain: Grain) -> bool {
    matches!(grain, Grain::Year | Grain::SchoolYear)
}

/// How a value stands: status, `92 % de l’objectif`, and the end of a sentence (`objectif 2026
/// atteint à 92 %`).
pub(crate) struct Standing {
    pub status: Status,
    pub detail: String,
    pub phrase: String,
}

/// Compares a value with a target.
pub(crate) fn standing(
    lang: Lang,
    indicator: &Indicator,
    value: f64,
    target: Option<&Target>,
) -> Standing {
    let status = Status::of(Some(value), target, indicator.direction);
    let none = Standing {
        status,
        detail: String::new(),
        phrase: String::new(),
    };
    let (Some(target), false) = (target, indicator.direction == Direction::None) else {
        return none;
    };
    let year = target.year.to_string();
    let goal = compact(lang, target.value, indicator.unit);
    let gap = (value - target.value).abs();
    let gap = gap_words(lang, indicator, gap);
    let percent = achieved(value, target.value).map(|percent| {
        let percent = number(lang, percent, 0);
        if lang == Lang::Fr {
            format!("{percent}\u{a0}%")
        } else {
            format!("{percent}%")
        }
    });
    let args = [
        ("kind", kind(indicator.direction).into()),
        ("year", year.into()),
        ("goal", goal.into()),
        ("gap", gap.into()),
        ("percent", percent.clone().unwrap_or_default().into()),
    ];
    let (detail, phrase) = match (status, indicator.direction, percent) {
        (Status::Reached, Direction::Up, _) => (
            t_args(lang, "standing-reached-short", &args),
            t_args(lang, "standing-reached", &args),
        ),
        (Status::Reached, ..) => (
            t_args(lang, "standing-kept-short", &args),
            t_args(lang, "standing-kept", &args),
        ),
        (_, Direction::Up, Some(_)) => (
            t_args(lang, "standing-part-short", &args),
            t_args(lang, "standing-part", &args),
        ),
        (_, Direction::Up, None) => (
            t_args(lang, "standing-below-short", &args),
            t_args(lang, "standing-below", &args),
        ),
        _ => (
            t_args(lang, "standing-above-short", &args),
            t_args(lang, "standing-above", &args),
        ),
    };
    Standing {
        status,
        detail: detail.into_owned(),
        phrase: phrase.into_owned(),
    }
}

/// How much of a goal is reached, in percent; never 100 before it is. `None` where a percentage
/// means nothing.
pub(crate) fn achieved(value: f64, goal: f64) -> Option<f64> {
    if goal <= 0.0 || value < 0.0 || !goal.is_finite() || !value.is_finite() {
        return None;
    }
    let percent = 100.0 * value / goal;
    let rounded = percent.round();
    Some(if value < goal && rounded >= 100.0 {
        99.0
    } else {
        rounded
    })
}

/// A distance to a target; between percentages, in points.
fn gap_words(lang: Lang, indicator: &Indicator, gap: f64) -> String {
    let decimals = indicator.decimals;
    if indicator.unit.symbol() == "%" {
        let decimals = decimals.max(1);
        let points = t_args(lang, "unit-points", &[("count", gap.into())]);
        return format!("{}\u{a0}{points}", number(lang, gap, decimals));
    }
    if gap >= 1e6 {
        return compact(lang, gap, indicator.unit);
    }
    with_unit(lang, gap, indicator.unit, decimals).to_string()
}
