//! Figures of members at one moment: bars, dots, maps, heat tables, targets.

use crate::compose::{Made, listed, plot, what};
use crate::draw::{Area, AreaMap, Bar, Bars, Caption, Dot, Dots, Level, Spot, TargetRow, Targets};
use crate::figure::Drawing;
use crate::frame::Frame;
use crate::sentence::{against_median, gap, members};
use crate::series::{Point, Series, capital};
use crate::shade::Shades;
use crate::table;
use crate::target::{standing, target_of, words, year_of};
use crate::view::observation;
use crate::writer::Writer;
use beffroi_model::{Cell, Coverage, Direction, Status, View, normalize};
use beffroi_statistics::Observation;
use beffroi_statistics::peers::peers;
use beffroi_statistics::robust::median;
use beffroi_text::{Arg, PeriodStyle, ordinal, period, t_args};

/// Series from the largest to the smallest last value; those without value at the end, in the
/// order in which they came.
pub(crate) fn sorted<'a>(frame: &Frame<'a>) -> Vec<Series<'a>> {
    let mut series = frame.main.clone();
    // The first place is the smallest number.
    let sign = if frame.tile.show == View::Rank {
        -1.0
    } else {
        1.0
    };
    let rank = |series: &Series| {
        let last = series.last_value();
        last.map_or(f64::NEG_INFINITY, |value| sign * value)
    };
    series.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    series
}

/// The same in the order in which they are drawn: by size, or in the order of the dimension where
/// this has one (age groups).
fn laid_out<'s, 'a>(frame: &Frame<'a>, sorted: &'s [Series<'a>]) -> Vec<&'s Series<'a>> {
    let mut drawn: Vec<&Series> = sorted.iter().collect();
    let by = frame.tile.by.as_ref();
    let dimension = by.and_then(|by| frame.ctx.catalog.dimensions.get(by));
    if dimension.is_some_and(|dimension| dimension.ordered) {
        let place = |series: &Series| {
            let mut own = frame.main.iter();
            own.position(|known| known.label == series.label)
        };
        drawn.sort_by_key(|series| place(series));
    }
    drawn
}

/// How many bars are drawn when the tile does not say.
const BARS: usize = 15;

/// One bar per member, or per indicator.
pub(crate) fn bars(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let all = sorted(frame);
    let most = frame.tile.top.map_or(BARS, |top| top as usize).max(1);
    let shown = &all[..all.len().min(most)];
    let said = sentence(frame, writer, &all);
    let strong = said.as_ref().is_some_and(|said| said.strong) && frame.tile.title.is_empty();
    let before_label = frame
        .before
        .first()
        .and_then(Series::last)
        .map_or_else(String::new, |point| {
            period(writer.lang, point.period, PeriodStyle::Short)
        });
    let drawing = Bars {
        bars: laid_out(frame, shown)
            .into_iter()
            .map(|series| Bar {
                label: capital(&series.label),
                spot: last_spot(series, writer),
                before: frame.before_of(series).and_then(Series::last_value),
                strong: !strong
                    || shown
                        .first()
                        .is_some_and(|first| first.label == series.label),
            })
            .collect(),
        before_label,
        level: level_for_members(frame, writer),
        writer: *writer,
    };
    let (title, desc) = (what(frame), listed(writer, shown));
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    let table = if frame.indicators().len() > 1 {
        table::indicators(frame, writer, what(frame))
    } else {
        table::members(frame, writer, &all, what(frame))
    };
    Made {
        sentence: said.map(|said| said.sentence),
        remark: top_remark(writer, shown.len(), all.len()),
        axis: Some(writer.label_unit()),
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table,
    }
}

fn top_remark(writer: &Writer, shown: usize, all: usize) -> Option<String> {
    (shown < all).then(|| {
        let args = [("count", Arg::from(shown)), ("of", all.into())];
        t_args(writer.lang, "remark-top", &args).into_owned()
    })
}

/// The sentence about members, with the whole they are parts of.
pub(crate) fn sentence(
    frame: &Frame,
    writer: &Writer,
    sorted: &[Series],
) -> Option<crate::sentence::Members> {
    let indicator = frame.indicator()?;
    let total = sorted
        .first()
        .and_then(|first| frame.total_of(first))
        .and_then(Series::last_value)
        .filter(|_| indicator.is_additive() && frame.indicators().len() == 1);
    let filtered = !frame.ctx.is_whole_town(indicator);
    members(writer, sorted, total, filtered)
}

/// What was voted, where it means the same for each member as for the whole.
fn level_for_members(frame: &Frame, writer: &Writer) -> Option<Level> {
    let indicator = frame.indicator()?;
    let last = frame.periods.last()?;
    if indicator.is_additive() || frame.indicators().len() > 1 {
        return None;
    }
    let target = target_of(indicator, *last, frame.ctx)?;
    let label = capital(&words(writer.lang, indicator, target, year_of(*last)));
    Some(Level {
        value: target.value,
        label,
    })
}

fn last_spot(series: &Series, writer: &Writer) -> Spot {
    match series.last() {
        Some(point) => Spot {
            future: false,
            ..series.spot(point, writer, true)
        },
        None => Spot {
            cell: Cell::Missing,
            provisional: false,
            future: false,
            hover: series.label.clone(),
        },
    }
}

/// Towns compared: one dot each, and the median.
pub(crate) fn dots(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let all = sorted(frame);
    let most = frame.tile.top.map_or(25, |top| top as usize).max(1);
    let shown = &all[..all.len().min(most)];
    let values: Vec<f64> = all.iter().filter_map(Series::last_value).collect();
    let median = median(&values);
    let town = &frame.ctx.catalog.town;
    let is_own = |series: &Series| {
        normalize(&series.label) == normalize(&town.name)
            || series.key.as_deref() == Some(town.insee.as_str())
    };
    let drawing = Dots {
        dots: shown
            .iter()
            .map(|series| Dot {
                label: series.label.clone(),
                spot: last_spot(series, writer),
                own: is_own(series),
            })
            .collect(),
        median: median.map(|median| {
            let args = [("value", Arg::from(writer.label(median)))];
            (
                median,
                t_args(writer.lang, "label-median", &args).into_owned(),
            )
        }),
        writer: *writer,
    };
    let place = all.iter().position(is_own);
    let own = place.and_then(|place| all.get(place));
    let own = own.and_then(|series| Some((series.label.as_str(), series.last_value()?)));
    let ends = values.last().copied().zip(values.first().copied());
    let sentence = median
        .zip(ends)
        .map(|(median, ends)| against_median(writer, own, median, ends));
    let (title, desc) = (what(frame), listed(writer, shown));
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    Made {
        sentence,
        remark: {
            let remarks = [
                standing_among(writer, &all, place),
                top_remark(writer, shown.len(), all.len()),
            ];
            let remarks: Vec<String> = remarks.into_iter().flatten().collect();
            (!remarks.is_empty()).then(|| remarks.join(", "))
        },
        axis: Some(writer.axis_unit()),
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table: table::members(frame, writer, &all, what(frame)),
    }
}

/// The town's place among the others, and where the middle half of them stands:
/// `4ᵉ sur 10 ; la moitié des villes entre 17,2 et 30,4`.
fn standing_among(writer: &Writer, all: &[Series], own: Option<usize>) -> Option<String> {
    let towns: Vec<Observation> = all
        .iter()
        .filter_map(Series::last)
        .map(observation)
        .collect();
    let direction = all.first()?.indicator.direction;
    let found = peers(&towns, own, direction)?;
    let lang = writer.lang;
    let place = found.place.filter(|_| direction != Direction::None);
    let args = [
        (
            "ranked",
            Arg::from(if place.is_some() { "yes" } else { "no" }),
        ),
        ("place", ordinal(lang, place.unwrap_or(0)).into()),
        ("among", found.among.into()),
        ("lower", writer.label(found.lower).into()),
        ("upper", writer.label(found.upper).into()),
    ];
    Some(t_args(lang, "remark-peers", &args).into_owned())
}

/// Districts shaded.
pub(crate) fn map(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let all = sorted(frame);
    let map = frame
        .tile
        .by
        .as_ref()
        .and_then(|by| frame.ctx.catalog.maps.get(by));
    let shades = Shades::of(all.iter().filter_map(Series::last_value));
    let said = sentence(frame, writer, &all);
    let mut table = table::members(frame, writer, &all, what(frame));
    let cells: Vec<Cell> = all
        .iter()
        .filter_map(|series| Some(series.last()?.cell))
        .collect();
    table.legend = Some(shades.legend(writer, &cells));
    let drawing = match map {
        None => Drawing::Table,
        Some(map) => {
            let drawing = AreaMap {
                areas: map
                    .shapes
                    .iter()
                    .map(|(key, shape)| {
                        let series = all.iter().find(|s| s.key.as_ref() == Some(key));
                        area(frame, writer, key, shape, series, &shades)
                    })
                    .collect(),
                lines: &map.lines,
                writer: *writer,
            };
            let (title, desc) = (what(frame), listed(writer, &all));
            let caption = Caption {
                id,
                title: &title,
                desc: &desc,
            };
            let mut plot = crate::draw::both(590.0, |room, vast| drawing.draw(room, vast, caption));
            let list = listed(writer, &all);
            let args = [("list", Arg::from(list))];
            plot.narrow_text = Some(t_args(writer.lang, "map-list", &args).into_owned());
            Drawing::Plot(plot)
        }
    };
    Made {
        sentence: said.map(|said| said.sentence),
        remark: None,
        axis: Some(writer.label_unit()),
        drawing,
        table,
    }
}

fn area<'m>(
    frame: &Frame,
    writer: &Writer,
    key: &str,
    shape: &'m [Vec<Vec<(f64, f64)>>],
    series: Option<&Series>,
    shades: &Shades,
) -> Area<'m> {
    let label = crate::series::member(frame.ctx, frame.tile.by.as_ref(), key);
    // A district left out by a filter is blank, not unknown.
    let chosen = series.is_some()
        || frame
            .indicator()
            .is_some_and(|i| frame.ctx.is_whole_town(i));
    let spot = match series {
        Some(series) => last_spot(series, writer),
        None => Spot {
            cell: if chosen {
                Cell::Missing
            } else {
                Cell::NotApplicable
            },
            provisional: false,
            future: false,
            hover: label.clone(),
        },
    };
    Area {
        chosen,
        shade: spot.value().map(|value| shades.of_value(value)),
        label,
        spot,
        shape,
    }
}

/// Members × periods, shaded: drawn as a table.
pub(crate) fn heat(frame: &Frame, writer: &Writer) -> Made {
    let mut all = sorted(frame);
    if let Some(top) = frame.tile.top {
        all.truncate(top as usize);
    }
    let drawn: Vec<Series> = laid_out(frame, &all).into_iter().cloned().collect();
    Made {
        sentence: gap(writer, &all).or_else(|| {
            let last: Vec<Series> = all.clone();
            members(writer, &last, None, false).map(|said| said.sentence)
        }),
        remark: top_remark(writer, all.len(), frame.main.len()),
        axis: Some(writer.plain_unit()),
        drawing: Drawing::Table,
        table: table::heat(frame, writer, &drawn, what(frame)),
    }
}

/// A bar and what was voted, one row per indicator.
pub(crate) fn targets(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let lang = writer.lang;
    let mut standings = Vec::new();
    let rows: Vec<TargetRow> = frame
        .main
        .iter()
        .map(|series| {
            let indicator = series.indicator;
            let own = Writer::new(lang, indicator.unit, indicator.decimals, 0.0);
            // What is not known yet is shown as it was last known, with its date.
            let place = crate::summary::shown(&series.points);
            let point = place.map(|place| series.points[place]).unwrap_or(Point {
                period: frame.ctx.period,
                at: None,
                cell: Cell::Missing,
                coverage: Coverage::default(),
                future: false,
            });
            let target = target_of(indicator, point.period, frame.ctx);
            // A part of a year is not held against the target of the whole.
            if let Some(value) = point.complete() {
                standings.push((series, standing(lang, indicator, value, target)));
            }
            TargetRow {
                label: capital(&series.label),
                value: point
                    .value()
                    .map(|value| match frame.periods.last() {
                        Some(asked) if *asked != point.period => {
                            let when = period(lang, point.period, PeriodStyle::Long);
                            format!("{} ({when})", own.full(value))
                        }
                        _ => own.full(value),
                    })
                    .unwrap_or_default(),
                spot: Spot {
                    future: false,
                    ..series.spot(&point, &own, true)
                },
                target: target.map(|target| Level {
                    value: target.value,
                    label: words(lang, indicator, target, year_of(point.period)),
                }),
            }
        })
        .collect();
    let counted: Vec<_> = standings
        .iter()
        .filter(|(_, standing)| standing.status != Status::NoTarget)
        .collect();
    let sentence = match counted.as_slice() {
        [] => None,
        [(series, standing)] => {
            let colon = crate::series::colon(lang);
            Some(format!(
                "{}{colon} {}",
                capital(&series.label),
                standing.phrase
            ))
        }
        several => {
            let reached = several
                .iter()
                .filter(|(_, s)| s.status == Status::Reached)
                .count();
            let args = [("count", Arg::from(reached)), ("of", several.len().into())];
            Some(t_args(lang, "title-targets", &args).into_owned())
        }
    };
    let desc = rows
        .iter()
        .map(|row| {
            let target = row
                .target
                .as_ref()
                .map_or("", |target| target.label.as_str());
            format!("{}. {}", row.spot.hover, capital(target))
        })
        .collect::<Vec<_>>()
        .join(". ");
    let drawing = Targets { rows, lang };
    let title = what(frame);
    let caption = Caption {
        id,
        title: &title,
        desc: &desc,
    };
    let table = match frame.main.as_slice() {
        [series] => table::over_time(frame, writer, series, what(frame)),
        _ => table::indicators(frame, writer, what(frame)),
    };
    Made {
        sentence: sentence.or_else(|| {
            let first = frame.main.first()?;
            frame
                .has_values()
                .then(|| crate::sentence::trend(writer, first))
        }),
        remark: None,
        axis: None,
        drawing: plot(frame.tile, |room, vast| drawing.draw(room, vast, caption)),
        table,
    }
}
