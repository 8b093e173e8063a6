//! What to know before reading a figure: what is absent, old, partial, or without effect.

use crate::context::Context;
use crate::figure::{Notice, NoticeKind, SourceLine};
use crate::frame::Frame;
use crate::outlook::breaks;
use crate::plan::{is_live, is_over_time};
use crate::series::{Point, Series, dimension, title};
use beffroi_catalog::{Figure as Kind, Frequency, Indicator, Measure, Missing};
use beffroi_model::{Answer, Cell, CellState, Grain, Period, QueryError};
use beffroi_text::{Arg, Lang, PeriodStyle, age, date_long, months_span, period, t, t_args, words};

/// Everything to be told about a figure.
pub(crate) fn notices(frame: &Frame, sources: &[SourceLine]) -> Vec<Notice> {
    let ctx = frame.ctx;
    let mut notices: Vec<Notice> = frame
        .failures
        .iter()
        .map(|(indicator, error)| failure(ctx, indicator, error))
        .collect();
    notices.dedup();
    // What looks back only to find the last value does not tell what was not known before.
    let now: Vec<Series> = frame
        .main
        .iter()
        .map(|series| shown_part(frame, series))
        .collect();
    let series: Vec<&Series> = now.iter().collect();
    notices.extend(absences(ctx.lang, &series, CellState::Missing));
    notices.extend(absences(ctx.lang, &series, CellState::Secret));
    notices.extend(coverage(ctx, &series));
    notices.extend(ignored(ctx, &frame.indicators()));
    if is_over_time(frame.tile) {
        for indicator in frame.indicators() {
            notices.extend(breaks(indicator, &frame.periods, ctx));
        }
    }
    notices.extend(stale(ctx, sources));
    notices.extend(
        frame
            .main
            .iter()
            .find_map(|series| stale_reading(ctx, series)),
    );
    notices
}

fn shown_part<'a>(frame: &Frame, series: &Series<'a>) -> Series<'a> {
    let mut series = series.clone();
    if frame.tile.figure == Kind::Target {
        let before = series.points.len().saturating_sub(1);
        series.points.drain(..before);
    }
    series
}

fn notice(kind: NoticeKind, title: impl Into<String>, text: impl Into<String>) -> Notice {
    Notice {
        kind,
        title: title.into(),
        text: text.into(),
    }
}

/// Why there is no answer, in words for users.
pub(crate) fn failure(ctx: &Context, indicator: &Indicator, error: &QueryError) -> Notice {
    let lang = ctx.lang;
    let name = title(ctx, indicator);
    let (kind, title, text) = match error {
        QueryError::NoVersion(dataset) => {
            let dataset = ctx.catalog.datasets.get(dataset);
            let dataset = dataset.map_or(name.clone(), |dataset| {
                dataset.title.get(ctx.english()).0.to_owned()
            });
            let args = [("dataset", dataset.into())];
            (
                NoticeKind::Missing,
                t(lang, "error-no-version"),
                t_args(lang, "error-no-version-text", &args),
            )
        }
        QueryError::TimedOut => (
            NoticeKind::Error,
            t(lang, "error-timed-out"),
            t(lang, "error-timed-out-text"),
        ),
        QueryError::TooFine { .. } | QueryError::UnknownDimension { .. } => {
            let args = [("indicator", name.into())];
            (
                NoticeKind::Error,
                t(lang, "error-no-detail"),
                t_args(lang, "error-no-detail-text", &args),
            )
        }
        QueryError::UnknownIndicator(_) | QueryError::Internal(_) => {
            let args = [("indicator", name.into())];
            (
                NoticeKind::Error,
                t(lang, "error-failed"),
                t_args(lang, "error-failed-text", &args),
            )
        }
    };
    notice(kind, title, text)
}

/// Cells of one state, named: periods of one series, or members.
pub(crate) fn absences(lang: Lang, series: &[&Series], state: CellState) -> Option<Notice> {
    let count = series
        .iter()
        .flat_map(|series| &series.points)
        .filter(|p| is(p, state))
        .count();
    if count == 0 {
        return None;
    }
    let mut names: Vec<String> = match series {
        [alone] if alone.key.is_none() => spans(lang, &alone.points, state),
        _ => series
            .iter()
            .filter(|series| series.points.iter().any(|point| is(point, state)))
            .map(|series| {
                let spans = spans(lang, &series.points, state);
                match series.points.len() {
                    1 => series.label.clone(),
                    _ => format!("{} ({})", series.label, spans.join(", ")),
                }
            })
            .collect(),
    };
    if names.len() > 6 {
        let more = names.len() - 5;
        names.truncate(5);
        names.push(t_args(lang, "and-more", &[("count", more.into())]).into_owned());
    }
    let args = [
        ("count", Arg::from(count)),
        ("words", crate::series::capital(&words(lang, count)).into()),
        ("what", names.join(", ").into()),
    ];
    Some(if state == CellState::Secret {
        notice(
            NoticeKind::Secret,
            t(lang, "notice-secret"),
            t_args(lang, "notice-secret-text", &args),
        )
    } else {
        notice(
            NoticeKind::Missing,
            t_args(lang, "notice-missing", &args),
            t_args(lang, "notice-missing-text", &args),
        )
    })
}

fn is(point: &Point, state: CellState) -> bool {
    point.cell.state() == state && !point.future
}

/// Runs of periods in one state, in words.
fn spans(lang: Lang, points: &[Point], state: CellState) -> Vec<String> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (place, point) in points.iter().enumerate() {
        if !is(point, state) {
            continue;
        }
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => spans.push((place, place)),
        }
    }
    spans
        .into_iter()
        .map(|(first, last)| months_span(lang, points[first].period, points[last].period))
        .collect()
}

/// Values of a part of their period, periods of which only a part is there and no value is told,
/// and values of a part of their inputs.
pub(crate) fn coverage(ctx: &Context, series: &[&Series]) -> Vec<Notice> {
    let lang = ctx.lang;
    let points = series.iter().flat_map(|series| {
        let points = series.points.iter();
        points.map(move |point| (series.indicator, point))
    });
    let provisional = points
        .clone()
        .filter(|(_, point)| point.is_provisional())
        .max_by_key(|(_, point)| point.period);
    let known: Vec<Period> = points
        .clone()
        .filter(|(_, point)| point.value().is_some())
        .map(|(_, point)| point.period)
        .collect();
    let incomplete = points
        .filter(|(_, point)| {
            let begun = point.coverage.periods > 0 && !point.coverage.is_complete();
            begun && point.cell == Cell::Missing && !known.contains(&point.period)
        })
        .max_by_key(|(_, point)| point.period);
    let mut notices = Vec::new();
    for (kind, title, found) in [
        (NoticeKind::Provisional, "notice-provisional", provisional),
        (NoticeKind::Missing, "notice-incomplete", incomplete),
    ] {
        let Some((indicator, point)) = found else {
            continue;
        };
        let args = [
            (
                "period",
                Arg::from(period(lang, point.period, PeriodStyle::Long)),
            ),
            ("count", point.coverage.periods.into()),
            ("of", point.coverage.periods_expected.into()),
            ("grain", source_grain(ctx, indicator).as_str().into()),
        ];
        notices.push(notice(
            kind,
            t(lang, title),
            t_args(lang, "notice-coverage-text", &args),
        ));
    }
    notices.extend(partial(lang, series));
    notices
}

fn partial(lang: Lang, series: &[&Series]) -> Option<Notice> {
    let mut partial: Vec<&Point> = series
        .iter()
        .filter(|series| series.indicator.missing != Missing::Ignore)
        .flat_map(|series| &series.points)
        .filter(|point| matches!(point.cell, Cell::Value(_)) && !point.coverage.is_full())
        .collect();
    partial.sort_by_key(|point| point.period);
    let latest = partial.last()?.period;
    let (mut cells, mut expected) = (0u64, 0u64);
    for point in partial.iter().filter(|point| point.period == latest) {
        cells = cells.saturating_add(point.coverage.cells);
        expected = expected.saturating_add(point.coverage.cells_expected);
    }
    let others: Vec<String> = {
        let mut periods: Vec<_> = partial
            .iter()
            .map(|point| point.period)
            .filter(|period| *period != latest)
            .collect();
        periods.dedup();
        periods
            .iter()
            .rev()
            .take(4)
            .map(|p| period(lang, *p, PeriodStyle::Long))
            .collect()
    };
    let args = [
        ("period", Arg::from(period(lang, latest, PeriodStyle::Long))),
        ("cells", cells.into()),
        ("of", expected.into()),
    ];
    let mut text = t_args(lang, "notice-partial-text", &args).into_owned();
    if !others.is_empty() {
        let args = [("periods", Arg::from(others.join(", ")))];
        text = format!("{text} {}", t_args(lang, "notice-partial-also", &args));
    }
    Some(notice(NoticeKind::Partial, t(lang, "notice-partial"), text))
}

/// The grain at which an indicator's source delivers.
fn source_grain(ctx: &Context, indicator: &Indicator) -> Grain {
    match &indicator.measure {
        Measure::Direct { dataset, .. } => ctx
            .catalog
            .datasets
            .get(dataset)
            .and_then(|dataset| dataset.grain())
            .unwrap_or(indicator.grain),
        Measure::Derived { .. } => indicator.grain,
    }
}

/// Filters that an indicator has no dimension for.
pub(crate) fn ignored(ctx: &Context, indicators: &[&Indicator]) -> Option<Notice> {
    let lang = ctx.lang;
    let mut names: Vec<String> = Vec::new();
    for indicator in indicators {
        for filter in ctx.filters_of(indicator).1 {
            let name = dimension(ctx, &filter.dimension);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return None;
    }
    let args = [
        ("count", Arg::from(names.len())),
        ("what", names.join(", ").into()),
    ];
    Some(notice(
        NoticeKind::Ignored,
        t_args(lang, "notice-ignored", &args),
        t_args(lang, "notice-ignored-text", &args),
    ))
}

/// Datasets whose next delivery is late.
pub(crate) fn stale(ctx: &Context, sources: &[SourceLine]) -> Option<Notice> {
    let lang = ctx.lang;
    let oldest = sources
        .iter()
        .filter(|line| line.stale)
        .min_by_key(|line| line.extracted_on)?;
    let dataset = ctx.catalog.datasets.get(&oldest.dataset)?;
    let midnight = chrono::NaiveTime::MIN;
    let args = [
        (
            "age",
            Arg::from(age(
                lang,
                oldest.extracted_on.and_time(midnight),
                ctx.today.and_time(midnight),
            )),
        ),
        ("dataset", oldest.title.as_str().into()),
        ("frequency", frequency_word(dataset.frequency).into()),
    ];
    Some(notice(
        NoticeKind::Stale,
        t(lang, "notice-stale"),
        t_args(lang, "notice-stale-text", &args),
    ))
}

fn frequency_word(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Live => "live",
        Frequency::Daily => "daily",
        Frequency::Weekly => "weekly",
        Frequency::Monthly => "monthly",
        Frequency::Quarterly => "quarterly",
        Frequency::Yearly => "yearly",
        Frequency::Irregular => "irregular",
    }
}

/// A live feed that has been silent for a quarter of an hour.
pub(crate) fn stale_reading(ctx: &Context, series: &Series) -> Option<Notice> {
    if !is_live(series.indicator, ctx.catalog) {
        return None;
    }
    let at = series.last()?.at?;
    if ctx.now.signed_duration_since(at).num_minutes() < 15 {
        return None;
    }
    let args = [("age", Arg::from(age(ctx.lang, at, ctx.now)))];
    Some(notice(
        NoticeKind::Stale,
        t(ctx.lang, "notice-silent"),
        t_args(ctx.lang, "notice-silent-text", &args),
    ))
}

/// The datasets that answers rest on, each once.
pub(crate) fn sources(ctx: &Context, answers: &[&Answer]) -> Vec<SourceLine> {
    let mut lines: Vec<SourceLine> = Vec::new();
    for provenance in answers.iter().flat_map(|answer| &answer.provenance) {
        if lines.iter().any(|line| line.dataset == provenance.dataset) {
            continue;
        }
        let dataset = ctx.catalog.datasets.get(&provenance.dataset);
        let title = dataset.map_or_else(
            || provenance.dataset.to_string(),
            |dataset| dataset.title.get(ctx.english()).0.to_owned(),
        );
        let late_after = dataset.and_then(|dataset| dataset.frequency.late_after_days());
        let days = ctx
            .today
            .signed_duration_since(provenance.extracted_on)
            .num_days();
        let args = [
            ("dataset", Arg::from(title.as_str())),
            ("date", date_long(ctx.lang, provenance.extracted_on).into()),
        ];
        lines.push(SourceLine {
            dataset: provenance.dataset.clone(),
            version: provenance.version,
            file: provenance.source.clone(),
            extracted_on: provenance.extracted_on,
            stale: late_after.is_some_and(|late_after| days > late_after),
            rejected: provenance
                .rows_rejected
                .filter(|rejected| *rejected > 0)
                .zip(provenance.rows_read),
            text: t_args(ctx.lang, "source-line", &args).into_owned(),
            title,
        });
    }
    lines
}
