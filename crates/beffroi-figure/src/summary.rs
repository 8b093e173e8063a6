//! An indicator in a few words: the lines of the first page, key figures, the head of a sheet.

use crate::context::{Compare, Context};
use crate::draw::{Spark, sparkline, target_bar};
use crate::figure::{Notice, SourceLine, Summary};
use crate::frame::{change_between, in_a_year};
use crate::notice::{absences, coverage, failure, ignored, sources, stale, stale_reading};
use crate::outlook::alarm;
use crate::plan::history;
use crate::sentence::counted;
use crate::series::{Point, Series, capital, semicolon, series};
use crate::target::{Standing, standing, status_word, target_of, words, year_of};
use crate::watch::watch_line;
use crate::writer::Writer;
use beffroi_catalog::Indicator;
use beffroi_model::{Answer, Cell, CellState, Period, Query, QueryError, Span, Status};
use beffroi_text::{
    Arg, Formatted, Lang, PeriodStyle, absence, period, period_in, t, t_args, time_of_day,
    unit_words, with_unit,
};

/// What a summary needs to ask: the last years of the indicator, at the grain of the chosen
/// period if it is known at it.
#[must_use]
pub fn summary_queries(indicator: &Indicator, ctx: &Context) -> Vec<Query> {
    vec![history(indicator, ctx, None, None)]
}

/// An indicator in a few words, from the answers to [`summary_queries`].
#[must_use]
pub fn summary(
    indicator: &Indicator,
    ctx: &Context,
    answers: &[Result<Answer, QueryError>],
) -> Summary {
    let periods: Vec<Period> = match history(indicator, ctx, None, None).span {
        Span::Periods(range) => range.iter().collect(),
        Span::Latest => Vec::new(),
    };
    let answer = answers.first().and_then(|answer| answer.as_ref().ok());
    let read = answer.and_then(|answer| series(answer, indicator, None, &periods, ctx).pop());
    let read = read.unwrap_or_else(|| Series {
        indicator,
        key: None,
        label: crate::series::title(ctx, indicator),
        points: Vec::new(),
    });
    let answered: Vec<&Answer> = answer.into_iter().collect();
    let mut summary = of_series(&read, ctx, &answered);
    if let Some(Err(error)) = answers.first() {
        summary.notices = vec![failure(ctx, indicator, error)];
        summary.watch = None;
    }
    summary
}

/// The place of the point to show: the last one asked for; when that is only not known yet, the
/// last one that is.
pub(crate) fn shown(points: &[Point]) -> Option<usize> {
    let last = points.len().checked_sub(1)?;
    if points[last].cell != Cell::Missing {
        return Some(last);
    }
    let known = points
        .iter()
        .rposition(|point| matches!(point.cell, Cell::Value(_)));
    Some(known.unwrap_or(last))
}

/// An indicator in a few words, from its series.
pub(crate) fn of_series(series: &Series, ctx: &Context, answers: &[&Answer]) -> Summary {
    let lang = ctx.lang;
    let indicator = series.indicator;
    let writer = Writer::new(lang, indicator.unit, indicator.decimals, 0.0);
    let (name, fallback) = indicator.title.get(ctx.english());
    let place = shown(&series.points);
    let point = place.map(|place| &series.points[place]);
    let outdated = place.is_some_and(|place| place + 1 < series.points.len());
    let state = point.map_or(CellState::Missing, |point| point.cell.state());
    let number = point.and_then(Point::value);
    let value = match number {
        Some(number) => with_unit(lang, number, indicator.unit, indicator.decimals),
        None => Formatted {
            number: absence(lang, state).to_owned(),
            unit: String::new(),
        },
    };
    let change = point
        .filter(|_| ctx.compare == Compare::PreviousYear)
        .and_then(|point| Some((point, year_before(series, point)?)))
        .and_then(|(point, before)| change_between(&writer, indicator, Some(before), point))
        .map(|change| in_a_year(&writer, change));
    let before = point
        .and_then(|point| year_before(series, point))
        .map(|before| match before.cell {
            Cell::Value(value) => writer.full(value),
            absent => absence(lang, absent.state()).to_owned(),
        });
    let judged = judged(series, ctx);
    let standing = judged.as_ref().map(|(_, standing)| standing);
    let target = point.and_then(|point| target_of(indicator, point.period, ctx));
    let target_words = target
        .zip(point)
        .map(|(target, point)| words(lang, indicator, target, year_of(point.period)))
        .unwrap_or_default();
    let provisional = point.is_some_and(Point::is_provisional);
    let sources = sources(ctx, answers);
    let (lead, phrase) = phrase(
        series,
        point,
        change.as_deref(),
        judged.as_ref(),
        outdated,
        ctx,
    );
    let mut summary = Summary {
        indicator: indicator.id.clone(),
        title: name.to_owned(),
        title_lang: fallback.then_some(Lang::Fr),
        state,
        number,
        period: point.map_or_else(
            || period(lang, ctx.period, PeriodStyle::Long),
            |p| when(p, lang),
        ),
        provisional,
        outdated,
        change,
        before,
        phrase,
        lead,
        status: standing.map_or(Status::NoTarget, |standing| standing.status),
        status_word: String::new(),
        status_detail: standing
            .map(|standing| standing.detail.clone())
            .unwrap_or_default(),
        sparkline: String::new(),
        curve: String::new(),
        target_bar: None,
        source: None,
        notices: summary_notices(series, point, ctx, &sources),
        watch: None,
        target: target_words,
        value,
    };
    summary.status_word = status_word(lang, summary.status);
    draw(
        &mut summary,
        series,
        target.map(|target| target.value),
        lang,
    );
    summary.watch = watch_line(
        &summary,
        series,
        judged.map(|(point, _)| point),
        ctx,
        &sources,
    );
    summary.source = sources.into_iter().next();
    summary
}

/// The same period a year earlier.
fn year_before<'s>(series: &'s Series, point: &Point) -> Option<&'s Point> {
    series
        .points
        .iter()
        .find(|other| other.period == point.period.a_year_before())
}

/// The value that is held against the target: the last one of a whole period.
fn judged<'s>(series: &'s Series, ctx: &Context) -> Option<(&'s Point, Standing)> {
    let point = series.points.iter().rev().find(|point| {
        point.complete().is_some() || matches!(point.cell, Cell::Secret | Cell::NotApplicable)
    })?;
    let target = target_of(series.indicator, point.period, ctx);
    Some((
        point,
        standing(ctx.lang, series.indicator, point.complete()?, target),
    ))
}

fn when(point: &Point, lang: Lang) -> String {
    let text = period(lang, point.period, PeriodStyle::Long);
    match point.at {
        Some(at) => format!("{text}, {}", time_of_day(lang, at)),
        None => text,
    }
}

/// The sentence, and its first part.
fn phrase(
    series: &Series,
    point: Option<&Point>,
    change: Option<&str>,
    judged: Option<&(&Point, Standing)>,
    outdated: bool,
    ctx: &Context,
) -> (String, String) {
    let lang = ctx.lang;
    let writer = Writer::new(lang, series.indicator.unit, series.indicator.decimals, 0.0);
    let Some(point) = point else {
        let text = t(lang, "phrase-unknown").into_owned();
        return (text.clone(), text);
    };
    let moment = match point.at {
        Some(at) => {
            t_args(lang, "phrase-at", &[("time", time_of_day(lang, at).into())]).into_owned()
        }
        None => period_in(lang, point.period),
    };
    let Some(value) = point.value() else {
        let args = [
            ("state", Arg::from(state_word(point.cell.state()))),
            ("when", moment.into()),
        ];
        let text = capital(&t_args(lang, "phrase-absent", &args));
        return (text.clone(), text);
    };
    let args = [
        (
            "value",
            Arg::from(counted(&writer, series.indicator, value)),
        ),
        ("when", moment.into()),
    ];
    let lead = t_args(lang, "phrase-value", &args).into_owned();
    let mut text = lead.clone();
    if point.is_provisional() {
        let args = [
            ("count", Arg::from(point.coverage.periods)),
            ("of", point.coverage.periods_expected.into()),
        ];
        text.push_str(&t_args(lang, "phrase-provisional", &args));
    } else if let Some(change) = change {
        text.push_str(", ");
        text.push_str(change);
    }
    if outdated && let Some(asked) = series.points.last() {
        let args = [(
            "period",
            Arg::from(period(lang, asked.period, PeriodStyle::Long)),
        )];
        text.push_str(&t_args(lang, "phrase-outdated", &args));
    }
    if let Some((_, standing)) = judged
        .filter(|(judged, standing)| judged.period == point.period && !standing.phrase.is_empty())
    {
        text.push_str(&format!("{} {}", semicolon(lang), standing.phrase));
    }
    text.push('.');
    (lead, text)
}

fn state_word(state: CellState) -> &'static str {
    match state {
        CellState::Value | CellState::Missing => "missing",
        CellState::NotApplicable => "not-applicable",
        CellState::Secret => "secret",
    }
}

fn summary_notices(
    series: &Series,
    point: Option<&Point>,
    ctx: &Context,
    sources: &[SourceLine],
) -> Vec<Notice> {
    let now = Series {
        points: point.copied().into_iter().collect(),
        ..series.clone()
    };
    let mut notices = Vec::new();
    let alarm = point.and_then(|point| alarm(series.indicator, point, ctx));
    notices.extend(alarm.map(|(_, notice)| notice));
    notices.extend(absences(ctx.lang, &[&now], CellState::Missing));
    notices.extend(absences(ctx.lang, &[&now], CellState::Secret));
    // What is asked for may not be known yet: how much of it is there is told beside.
    let asked = series.points.last().into_iter();
    let asked = Series {
        points: asked.chain(point).copied().collect(),
        ..series.clone()
    };
    notices.extend(coverage(ctx, &[&asked]));
    notices.extend(ignored(ctx, &[series.indicator]));
    notices.extend(stale(ctx, sources));
    notices.extend(stale_reading(ctx, &now));
    notices
}

/// The small drawings.
fn draw(summary: &mut Summary, series: &Series, target: Option<f64>, lang: Lang) {
    draw_lines(summary, series, target, lang);
    if let (Some(value), Some(target), false) = (summary.number, target, summary.provisional) {
        let semicolon = semicolon(lang);
        let label = format!("{}{semicolon} {}", summary.value, summary.target);
        let short = short_words(lang, series.indicator, target, summary);
        summary.target_bar = Some(target_bar(
            value,
            target,
            &[&summary.target, &short],
            &label,
        ));
    }
}

/// The words of a target without its unit, for where there is no room.
fn short_words(lang: Lang, indicator: &Indicator, target: f64, summary: &Summary) -> String {
    let unit = unit_words(lang, indicator.unit, target);
    summary
        .target
        .strip_suffix(unit.as_str())
        .unwrap_or(&summary.target)
        .trim_end()
        .to_owned()
}

fn draw_lines(summary: &mut Summary, series: &Series, target: Option<f64>, lang: Lang) {
    // A sum of a part of a year is not drawn beside whole years. What comes before the first value and after the last one is left out.
    let whole_only = series.indicator.adds_over_time();
    let known = |point: &Point| {
        if whole_only {
            point.complete()
        } else {
            point.value()
        }
        .is_some()
    };
    let (Some(first), Some(last)) = (
        series.points.iter().position(known),
        series.points.iter().rposition(known),
    ) else {
        return;
    };
    let points = &series.points[first..=last];
    let values: Vec<Option<f64>> = points
        .iter()
        .map(|p| if whole_only { p.complete() } else { p.value() })
        .collect();
    let (from, to) = (&points[0], &points[points.len() - 1]);
    let writer = Writer::new(lang, series.indicator.unit, series.indicator.decimals, 0.0);
    let (from_when, to_when) = (
        period(lang, from.period, PeriodStyle::Long),
        period(lang, to.period, PeriodStyle::Long),
    );
    let full = |point: &Point| {
        point
            .value()
            .map(|value| writer.full(value))
            .unwrap_or_default()
    };
    let args = [
        ("title", Arg::from(summary.title.as_str())),
        ("first", from_when.as_str().into()),
        ("last", to_when.as_str().into()),
        ("from", full(from).into()),
        ("to", full(to).into()),
    ];
    let mut label = t_args(lang, "sparkline-label", &args).into_owned();
    if !summary.target.is_empty() {
        label = format!("{label}{} {}", semicolon(lang), summary.target);
    }
    let spark = Spark {
        values: &values,
        provisional: to.is_provisional(),
        target,
        ends: None,
        label: &label,
    };
    summary.sparkline = sparkline(&spark);
    summary.curve = sparkline(&Spark {
        ends: Some((&from_when, &to_when)),
        ..spark
    });
}
