//! Figures over time: lines, columns, stacked columns.

use crate::compose::{Made, absence_word, plot, what};
use crate::draw::{Caption, Columns, Goal, Layer, Level, Line, Lines};
use crate::frame::Frame;
use crate::outlook::break_places;
use crate::sentence::{against_last_year, leaders, parts, trend};
use crate::series::{Point, Series, capital};
use crate::table;
use crate::target::{is_yearly, level, target_of, words, year_of};
use crate::writer::Writer;
use beffroi_catalog::Indicator;
use beffroi_model::{Cell, Coverage, Period, Target};
use beffroi_text::{Arg, PeriodStyle, period, t, t_args};

/// How many categories a drawing tells apart.
const CATEGORIES: usize = 8;

/// A line against last year or against what was voted; several lines compared.
pub(crate) fn lines(id: &str, frame: &Frame, writer: &Writer) -> Made {
    if let [series] = frame.main.as_slice() {
        return single_line(id, frame, writer, series);
    }
    let shown = largest(frame, frame.tile.top.map_or(CATEGORIES, |top| top as usize));
    let drawing = Lines {
        periods: frame.periods.clone(),
        lines: shown
            .iter()
            .map(|series| Line {
                label: capital(&series.label),
                spots: series.spots(writer, true),
            })
            .collect(),
        ghost: None,
        goals: Vec::new(),
        level: None,
        goal_label: String::new(),
        breaks: breaks(frame),
        floating: floats(&shown, &[]),
        joined: joined(frame),
        writer: *writer,
    };
    let (title, desc) = (what(frame), described(writer, &shown));
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    Made {
        sentence: leaders(writer, &shown),
        remark: remark(frame, &drawing, shown.len()),
        axis: Some(writer.axis_unit()),
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table: table::series_over_time(writer, &frame.main, what(frame)),
    }
}

fn single_line(id: &str, frame: &Frame, writer: &Writer, series: &Series) -> Made {
    let before = frame.before_of(series);
    let mut periods = frame.periods.clone();
    let yearly = periods
        .first()
        .is_some_and(|first| is_yearly(first.grain()));
    let targets = if yearly {
        targets_shown(frame, series, &mut periods)
    } else {
        Vec::new()
    };
    let mut spots = series.spots(writer, false);
    let ahead: Vec<Point> = periods[spots.len().min(periods.len())..]
        .iter()
        .map(|period| Point {
            period: *period,
            at: None,
            cell: Cell::Missing,
            coverage: Coverage::default(),
            future: true,
        })
        .collect();
    spots.extend(ahead.iter().map(|point| series.spot(point, writer, false)));
    let level = match periods.last() {
        Some(last) if !yearly => level(series.indicator, *last, writer, frame.ctx),
        _ => None,
    };
    let goals = goals(writer, series, &periods, &targets);
    let goal_values: Vec<f64> = targets
        .iter()
        .map(|target| target.value)
        .chain(level.iter().map(|l| l.value))
        .collect();
    let label = |series: &Series| {
        series
            .points
            .first()
            .map_or_else(String::new, |p| year_label(frame, p.period))
    };
    let shown: Vec<Series> = std::iter::once(series.clone())
        .chain(before.cloned())
        .collect();
    let drawing = Lines {
        lines: vec![Line {
            label: if before.is_some() {
                label(series)
            } else {
                String::new()
            },
            spots,
        }],
        ghost: before.map(|before| Line {
            label: label(before),
            spots: before.spots(writer, false),
        }),
        goal_label: goal_label(writer, series, &targets),
        goals,
        level,
        breaks: breaks(frame),
        floating: floats(&shown, &goal_values),
        joined: joined(frame),
        writer: *writer,
        periods,
    };
    let (title, desc) = (
        what(frame),
        single_described(writer, series, before, &targets),
    );
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    let sentence = before
        .and_then(|before| against_last_year(writer.lang, &series.points, &before.points))
        .or_else(|| frame.has_values().then(|| trend(writer, series)));
    Made {
        sentence,
        remark: remark(frame, &drawing, 1),
        axis: Some(writer.axis_unit()),
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table: table::over_time(frame, writer, series, what(frame)),
    }
}

/// The targets of the years shown, and of the years to come, which the axis then goes on to.
fn targets_shown<'a>(
    frame: &Frame,
    series: &Series<'a>,
    periods: &mut Vec<Period>,
) -> Vec<&'a Target> {
    let (Some(first), Some(last)) = (periods.first().copied(), periods.last().copied()) else {
        return Vec::new();
    };
    if target_of(series.indicator, last, frame.ctx).is_none() {
        return Vec::new();
    }
    const YEARS_AHEAD: i32 = 6;
    let range = year_of(first)..=year_of(last) + YEARS_AHEAD;
    let mut targets: Vec<&Target> = series
        .indicator
        .targets
        .iter()
        .filter(|target| range.contains(&target.year) && target.value.is_finite())
        .collect();
    targets.sort_by_key(|target| target.year);
    let furthest = targets.last().map_or(year_of(last), |target| target.year);
    for step in 1..=furthest - year_of(last) {
        periods.push(last.step(step));
    }
    targets
}

fn goals(writer: &Writer, series: &Series, periods: &[Period], targets: &[&Target]) -> Vec<Goal> {
    targets
        .iter()
        .filter_map(|target| {
            let place = periods
                .iter()
                .position(|period| year_of(*period) == target.year)?;
            let hover = capital(&words(writer.lang, series.indicator, target, i32::MIN));
            Some(Goal {
                place,
                value: target.value,
                hover,
            })
        })
        .collect()
}

/// `Objectif 2026 : 1 400`, in the unit of the axis.
fn goal_label(writer: &Writer, series: &Series, targets: &[&Target]) -> String {
    targets
        .last()
        .map(|target| capital(&words(writer.lang, series.indicator, target, i32::MIN)))
        .unwrap_or_default()
}

/// The year of a series, or the span of twelve months.
fn year_label(frame: &Frame, first: Period) -> String {
    let lang = frame.ctx.lang;
    let own = frame.periods.first().map(|period| period.start_year());
    let one_year = frame.periods.last().map(|period| period.start_year()) == own && own.is_some();
    if one_year {
        period(lang, Period::year(first.start_year()), PeriodStyle::Long)
    } else if Some(first.start_year()) == own && frame.periods.first() == Some(&first) {
        t(lang, "label-these").into_owned()
    } else {
        t(lang, "label-year-before").into_owned()
    }
}

/// The places of the axis from which an indicator shown is counted otherwise.
fn breaks(frame: &Frame) -> Vec<usize> {
    let of = |indicator| break_places(indicator, &frame.periods);
    let mut places: Vec<usize> = frame.indicators().into_iter().flat_map(of).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Whether a part of a period can be set beside whole ones: a level can, a sum cannot.
fn joined(frame: &Frame) -> bool {
    frame
        .indicator()
        .is_none_or(|indicator| !indicator.adds_over_time())
}

/// Whether an axis from zero would hide what there is to see: all values in the upper part, close
/// together.
fn floats(series: &[Series], others: &[f64]) -> bool {
    let values = series
        .iter()
        .flat_map(Series::values)
        .flatten()
        .chain(others.iter().copied());
    let (low, high) = values.fold((f64::INFINITY, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    low > 0.0 && low.is_finite() && high - low < 0.3 * high
}

/// Where the axis starts, when not at zero; how many are shown, when not all.
fn remark(frame: &Frame, lines: &Lines, shown: usize) -> Option<String> {
    let lang = lines.writer.lang;
    let mut remarks = Vec::new();
    let domain = lines.domain();
    let low = domain.low;
    if low > 0.0 {
        let step = domain
            .ticks
            .windows(2)
            .next()
            .map_or(1.0, |pair| pair[1] - pair[0]);
        let unit = lines.writer.axis_unit();
        let start = lines.writer.tick(low, step);
        let start = if lines.writer.factor == 1.0 || unit.is_empty() {
            start
        } else {
            lines.writer.full(low)
        };
        let args = [("start", Arg::from(start))];
        remarks.push(t_args(lang, "remark-axis", &args).into_owned());
    }
    if shown < frame.main.len() {
        let args = [("count", Arg::from(shown)), ("of", frame.main.len().into())];
        remarks.push(t_args(lang, "remark-top", &args).into_owned());
    }
    (!remarks.is_empty()).then(|| remarks.join(", "))
}

/// The series with the largest last values, largest first.
fn largest<'a>(frame: &Frame<'a>, most: usize) -> Vec<Series<'a>> {
    let mut series = frame.main.clone();
    let last = |series: &Series| {
        series
            .points
            .iter()
            .rev()
            .find_map(Point::value)
            .unwrap_or(f64::NEG_INFINITY)
    };
    series.sort_by(|a, b| last(b).total_cmp(&last(a)));
    series.truncate(most.clamp(1, CATEGORIES));
    series
}

/// Columns over time, against last year or what was voted.
pub(crate) fn columns(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let Some(series) = frame.main.first() else {
        return empty(frame);
    };
    let before = frame.before_of(series);
    let yearly = frame
        .periods
        .first()
        .is_some_and(|first| is_yearly(first.grain()));
    let last = frame.periods.last().copied();
    let level = match last {
        Some(last) if yearly => target_of(series.indicator, last, frame.ctx).map(|target| Level {
            value: target.value,
            label: capital(&words(writer.lang, series.indicator, target, i32::MIN)),
        }),
        Some(last) => level(series.indicator, last, writer, frame.ctx),
        None => None,
    };
    let drawing = Columns {
        periods: frame.periods.clone(),
        layers: vec![Layer {
            label: String::new(),
            spots: series.spots(writer, false),
        }],
        before: before.map(Series::values),
        level,
        writer: *writer,
    };
    let (title, desc) = (what(frame), single_described(writer, series, before, &[]));
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    let sentence = before
        .and_then(|before| against_last_year(writer.lang, &series.points, &before.points))
        .or_else(|| frame.has_values().then(|| trend(writer, series)));
    Made {
        sentence,
        remark: before.and_then(|before| {
            let label = year_label(frame, before.points.first()?.period);
            let args = [("before", Arg::from(label))];
            Some(t_args(writer.lang, "remark-marks", &args).into_owned())
        }),
        axis: Some(writer.axis_unit()),
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table: table::over_time(frame, writer, series, what(frame)),
    }
}

/// Columns over time, stacked by member or by indicator.
pub(crate) fn stacked(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let most = frame
        .tile
        .top
        .map_or(CATEGORIES, |top| top as usize)
        .clamp(1, CATEGORIES);
    let shown = with_rest(frame, most);
    let drawing = Columns {
        periods: frame.periods.clone(),
        layers: shown
            .iter()
            .map(|series| Layer {
                label: capital(&series.label),
                spots: series.spots(writer, true),
            })
            .collect(),
        before: None,
        level: None,
        writer: *writer,
    };
    let (title, desc) = (what(frame), described(writer, &shown));
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    Made {
        sentence: parts(writer, &shown),
        remark: None,
        axis: Some(writer.axis_unit()),
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table: table::series_over_time(writer, &frame.main, what(frame)),
    }
}

/// The largest parts, and all others as one, if they can be added up.
fn with_rest<'a>(frame: &Frame<'a>, most: usize) -> Vec<Series<'a>> {
    if frame.main.len() <= most {
        return frame.main.clone();
    }
    let additive = frame.indicator().is_some_and(Indicator::is_additive);
    if !additive {
        return largest(frame, most);
    }
    let kept = largest(frame, most.saturating_sub(1).max(1));
    let (mut shown, rest): (Vec<Series>, Vec<Series>) = frame
        .main
        .iter()
        .cloned()
        .partition(|series| kept.iter().any(|kept| kept.key == series.key));
    let Some(mut others) = rest.first().cloned() else {
        return shown;
    };
    others.key = None;
    others.label = t(frame.ctx.lang, "label-others").into_owned();
    for (place, point) in others.points.iter_mut().enumerate() {
        // Nothing to add is a zero here; what is not known or secret stays so.
        point.cell = rest
            .iter()
            .map(|series| {
                series
                    .points
                    .get(place)
                    .map_or(Cell::Missing, |point| point.cell)
            })
            .filter(|cell| *cell != Cell::NotApplicable)
            .fold(Cell::Value(0.0), |sum, cell| {
                sum.combine(cell, |a, b| a + b)
            });
    }
    shown.push(others);
    shown
}

fn empty(frame: &Frame) -> Made {
    Made {
        sentence: None,
        remark: None,
        axis: None,
        drawing: crate::Drawing::None,
        table: crate::Table {
            caption: what(frame),
            ..crate::Table::default()
        },
    }
}

/// Each series in words: `Électrique : de 61 200 en 2021 à 701 872 en 2025`.
fn described(writer: &Writer, series: &[Series]) -> String {
    series
        .iter()
        .map(|series| format!("{}.", span_words(writer, series)))
        .collect::<Vec<_>>()
        .join(" ")
}

fn span_words(writer: &Writer, series: &Series) -> String {
    let lang = writer.lang;
    let known: Vec<&Point> = series
        .points
        .iter()
        .filter(|p| p.value().is_some())
        .collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        let state = series
            .points
            .last()
            .map_or(beffroi_model::CellState::Missing, |p| p.cell.state());
        return format!(
            "{}{} {}",
            series.label,
            crate::series::colon(lang),
            absence_word(lang, state)
        );
    };
    let at = |point: &Point| {
        let value = point
            .value()
            .map(|value| writer.full(value))
            .unwrap_or_default();
        (value, beffroi_text::period_in(lang, point.period))
    };
    let ((from, from_when), (to, to_when)) = (at(first), at(last));
    let args = [
        ("name", Arg::from(series.label.as_str())),
        ("from", from.into()),
        ("from_when", from_when.into()),
        ("to", to.into()),
        ("to_when", to_when.into()),
    ];
    if first.period == last.period {
        t_args(lang, "desc-single", &args).into_owned()
    } else {
        t_args(lang, "desc-span", &args).into_owned()
    }
}

/// A single series in words: ends, extremes, absences, targets.
fn single_described(
    writer: &Writer,
    series: &Series,
    before: Option<&Series>,
    targets: &[&Target],
) -> String {
    let lang = writer.lang;
    let mut sentences = vec![format!("{}.", span_words(writer, series))];
    let known = || {
        series
            .points
            .iter()
            .filter_map(|point| Some((point, point.value()?)))
    };
    let high = known().max_by(|a, b| a.1.total_cmp(&b.1));
    let low = known().min_by(|a, b| a.1.total_cmp(&b.1));
    if let (Some((high_at, high)), Some((low_at, low)), true) = (high, low, known().count() > 2) {
        let args = [
            ("high", Arg::from(writer.full(high))),
            (
                "high_when",
                beffroi_text::period_in(lang, high_at.period).into(),
            ),
            ("low", writer.full(low).into()),
            (
                "low_when",
                beffroi_text::period_in(lang, low_at.period).into(),
            ),
        ];
        sentences.push(t_args(lang, "desc-extremes", &args).into_owned());
    }
    for state in [
        beffroi_model::CellState::Missing,
        beffroi_model::CellState::Secret,
    ] {
        if let Some(notice) = crate::notice::absences(lang, &[series], state) {
            sentences.push(format!("{} {}", notice.title, notice.text));
        }
    }
    if let Some(before) = before {
        sentences.push(format!("{}.", span_words(writer, before)));
    }
    if !targets.is_empty() {
        let list: Vec<String> = targets
            .iter()
            .map(|target| words(lang, series.indicator, target, i32::MIN))
            .collect();
        sentences.push(format!("{}.", capital(&list.join(", "))));
    }
    sentences.join(" ")
}
