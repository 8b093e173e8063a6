//! What to watch: late, off track, old, or not known.

use crate::context::Context;
use crate::figure::{SourceLine, Summary, WatchLine};
use crate::notice::stale;
use crate::outlook::alarm;
use crate::plan::is_live;
use crate::sentence::counted;
use crate::series::{Point, Series, colon};
use crate::target::{target_of, year_of};
use crate::view::{break_days, observation};
use crate::writer::Writer;
use beffroi_catalog::ThresholdLevel;
use beffroi_model::{Cell, Direction, Grain, Status};
use beffroi_statistics::outlook::Trend;
use beffroi_statistics::{Observation, crosses};
use beffroi_text::{Arg, PeriodStyle, change, ordinal, period, t, t_args};

/// The list *À surveiller*, the most urgent first: late, to watch, then what is not known.
#[must_use]
pub fn watch(summaries: &[Summary]) -> Vec<WatchLine> {
    let mut lines: Vec<WatchLine> = summaries
        .iter()
        .filter_map(|summary| summary.watch.clone())
        .collect();
    lines.sort_by_key(|line| line.rank);
    lines
}

/// What is to be watched about an indicator, if anything. `judged` is the point that its status
/// rests on.
pub(crate) fn watch_line(
    summary: &Summary,
    series: &Series,
    judged: Option<&Point>,
    ctx: &Context,
    sources: &[SourceLine],
) -> Option<WatchLine> {
    let lang = ctx.lang;
    let line = |status, rank, title: String, text: String| {
        Some(WatchLine {
            status,
            title,
            text,
            indicator: summary.indicator.clone(),
            rank,
        })
    };
    if let (Status::Late | Status::Watch, Some(point)) = (summary.status, judged) {
        let rank = if summary.status == Status::Late { 0 } else { 1 };
        let title = figure_title(summary, series, point, ctx);
        return line(summary.status, rank, title, outlook(series, point, ctx));
    }
    if let Some((level, alarm)) = judged.and_then(|point| alarm(series.indicator, point, ctx)) {
        let (status, rank) = match level {
            ThresholdLevel::Critical => (Status::Late, 0),
            ThresholdLevel::Alert => (Status::Watch, 1),
        };
        let title = crate::series::uncapital(alarm.title.trim_end_matches('.'));
        let title = format!("{}{} {title}", summary.title, colon(lang));
        return line(status, rank, title, alarm.text);
    }
    if is_live(series.indicator, ctx.catalog) {
        return None;
    }
    if let Some(stale) = stale(ctx, sources) {
        let title = format!(
            "{}{} {}",
            summary.title,
            colon(lang),
            crate::series::uncapital(&stale.title)
        );
        let title = title.trim_end_matches('.').to_owned();
        return line(Status::Watch, 2, title, stale.text);
    }
    let asked = series.points.last()?;
    if summary.outdated {
        let args = [
            ("title", Arg::from(summary.title.as_str())),
            ("known", summary.period.as_str().into()),
            (
                "asked",
                period(lang, asked.period, PeriodStyle::Long).into(),
            ),
        ];
        let title = t_args(lang, "watch-outdated", &args).into_owned();
        return line(
            Status::Watch,
            3,
            title,
            t_args(lang, "watch-outdated-text", &args).into_owned(),
        );
    }
    None
}

/// `Accidents corporels : 61 en 2025, 16 au-dessus du plafond`.
fn figure_title(summary: &Summary, series: &Series, point: &Point, ctx: &Context) -> String {
    let lang = ctx.lang;
    let writer = Writer::new(lang, series.indicator.unit, series.indicator.decimals, 0.0);
    let value = point.value().unwrap_or_default();
    // The title names what is counted already.
    let value = if series.indicator.unit.symbol() == "nombre" {
        writer.full(value)
    } else {
        counted(&writer, series.indicator, value)
    };
    let args = [
        ("title", Arg::from(summary.title.as_str())),
        ("value", value.into()),
        ("when", beffroi_text::period_in(lang, point.period).into()),
        ("detail", summary.status_detail.as_str().into()),
    ];
    t_args(lang, "watch-title", &args).into_owned()
}

/// The trend, and where it leads.
fn outlook(series: &Series, point: &Point, ctx: &Context) -> String {
    let mut sentences = Vec::new();
    sentences.extend(streak(series, point, ctx));
    sentences.extend(projection(series, point, ctx));
    if sentences.is_empty() {
        sentences.extend(last_change(series, point, ctx));
    }
    sentences.join(" ")
}

/// Values of whole periods up to a point, newest first, without a gap or a series break.
fn backwards(series: &Series, point: &Point) -> Vec<f64> {
    let breaks = break_days(series.indicator);
    series
        .points
        .iter()
        .rev()
        .skip_while(|other| other.period != point.period)
        .take_while(|other| !crosses(&breaks, other.period, point.period))
        .map_while(Point::complete)
        .collect()
}

/// `Quatrième hausse de suite.`
fn streak(series: &Series, point: &Point, ctx: &Context) -> Option<String> {
    let lang = ctx.lang;
    let values = backwards(series, point);
    let steps: Vec<std::cmp::Ordering> = values
        .windows(2)
        .map(|pair| pair[0].total_cmp(&pair[1]))
        .collect();
    let first = *steps.first()?;
    let count = steps.iter().take_while(|step| **step == first).count();
    if count < 2 || first == std::cmp::Ordering::Equal {
        return None;
    }
    let way = if first == std::cmp::Ordering::Greater {
        "up"
    } else {
        "down"
    };
    let args = [
        ("rank", Arg::from(ordinal(lang, count))),
        ("way", way.into()),
    ];
    Some(t_args(lang, "watch-streak", &args).into_owned())
}

/// `Au rythme actuel (+0,2 pt par an), l’objectif serait atteint vers 2042.`
fn projection(series: &Series, point: &Point, ctx: &Context) -> Option<String> {
    let lang = ctx.lang;
    let indicator = series.indicator;
    if !matches!(point.period.grain(), Grain::Year | Grain::SchoolYear) {
        return None;
    }
    let target = target_of(indicator, point.period, ctx)?;
    let now = point.complete()?;
    let upto = series
        .points
        .iter()
        .take_while(|it| it.period <= point.period);
    let years: Vec<Observation> = upto.map(observation).collect();
    let pace = Trend::of(&years, &break_days(indicator))?.per_year();
    let missing = target.value - now;
    let right_way = match indicator.direction {
        Direction::Up => pace > 0.0,
        Direction::Down => pace < 0.0,
        Direction::None => return None,
    };
    let pace_words = change_per_year(lang, now, pace, indicator)?;
    if !right_way || pace == 0.0 {
        let args = [("pace", Arg::from(pace_words))];
        return Some(t_args(lang, "watch-away", &args).into_owned());
    }
    let years = (missing / pace).ceil();
    let kind = if indicator.direction == Direction::Down {
        "ceiling"
    } else {
        "goal"
    };
    if !(1.0..=60.0).contains(&years) {
        let args = [("pace", Arg::from(pace_words)), ("kind", kind.into())];
        return Some(t_args(lang, "watch-never", &args).into_owned());
    }
    #[allow(clippy::cast_possible_truncation)]
    let year = year_of(point.period) + years as i32;
    let args = [
        ("pace", Arg::from(pace_words)),
        ("kind", kind.into()),
        ("year", year.to_string().into()),
    ];
    Some(t_args(lang, "watch-pace", &args).into_owned())
}

/// A mean change in a year, in the unit of the indicator.
fn change_per_year(
    lang: beffroi_text::Lang,
    now: f64,
    pace: f64,
    indicator: &beffroi_catalog::Indicator,
) -> Option<String> {
    if !now.is_finite() || !pace.is_finite() {
        return None;
    }
    if indicator.unit.symbol() == "%" {
        return change(lang, now - pace, now, indicator.unit, indicator.decimals);
    }
    let sign = if pace < 0.0 { '−' } else { '+' };
    let size = pace.abs();
    let decimals = if size < 10.0 {
        indicator.decimals.max(1)
    } else {
        indicator.decimals
    };
    Some(format!(
        "{sign}{}",
        beffroi_text::with_unit(lang, size, indicator.unit, decimals)
    ))
}

fn last_change(series: &Series, point: &Point, ctx: &Context) -> Option<String> {
    let before = series
        .points
        .iter()
        .find(|other| other.period == point.period.a_year_before())?;
    if !matches!(before.cell, Cell::Value(_)) {
        return Some(t(ctx.lang, "watch-no-comparison").into_owned());
    }
    let writer = Writer::new(
        ctx.lang,
        series.indicator.unit,
        series.indicator.decimals,
        0.0,
    );
    let change = crate::frame::change_between(&writer, series.indicator, Some(before), point)?;
    Some(format!(
        "{}.",
        crate::series::capital(&crate::frame::in_a_year(&writer, change))
    ))
}
