//! The values of a figure as a table: what is read, and what exports hold.

use crate::figure::{Head, Table, TableCell, TableRow};
use crate::frame::Frame;
use crate::series::{Point, Series, capital, dimension, title};
use crate::shade::Shades;
use crate::target::target_of;
use crate::writer::Writer;
use beffroi_model::{Cell, CellState, Grain, Period};
use beffroi_text::{Lang, PeriodStyle, absence, period, t, t_args};

/// A cell that names its row.
pub(crate) fn name_cell(text: impl Into<String>, code: Option<String>) -> TableCell {
    TableCell {
        text: text.into(),
        code,
        value: None,
        state: CellState::Value,
        provisional: false,
        shade: None,
    }
}

/// A cell of text derived from values; an absence when there is none.
fn derived_cell(lang: Lang, text: Option<String>, value: Option<f64>) -> TableCell {
    match text {
        Some(text) => TableCell {
            value,
            ..name_cell(text, None)
        },
        None => absent_cell(lang, CellState::NotApplicable),
    }
}

fn absent_cell(lang: Lang, state: CellState) -> TableCell {
    TableCell {
        state,
        ..name_cell(absence(lang, state), None)
    }
}

/// A cell that holds a figure.
fn value_cell(writer: &Writer, point: Option<&Point>) -> TableCell {
    let lang = writer.lang;
    let Some(point) = point else {
        return absent_cell(lang, CellState::Missing);
    };
    match point.cell {
        Cell::Value(value) => {
            let provisional = point.is_provisional();
            let mark = if provisional { "\u{a0}(p)" } else { "" };
            TableCell {
                text: format!("{}{mark}", writer.label(value)),
                code: None,
                value: Some(value),
                state: CellState::Value,
                provisional,
                shade: None,
            }
        }
        absent => absent_cell(lang, absent.state()),
    }
}

fn head(label: impl Into<String>, numeric: bool) -> Head {
    Head {
        label: label.into(),
        numeric,
        exported: true,
    }
}

fn change_head(lang: Lang) -> Head {
    Head {
        exported: false,
        ..head(t(lang, "head-change"), true)
    }
}

fn row(cells: Vec<TableCell>) -> TableRow {
    TableRow {
        cells,
        total: false,
    }
}

/// A column's name with the unit that its figures do not carry.
fn with_unit_words(writer: &Writer, label: &str) -> String {
    match writer.unit.symbol() {
        "%" | "‰" | "€" => label.to_owned(),
        _ => match writer.plain_unit() {
            unit if unit.is_empty() => label.to_owned(),
            unit => format!("{label}, {unit}"),
        },
    }
}

fn period_cell(lang: Lang, when: Period, one_year: bool) -> TableCell {
    let style = PeriodStyle::Long;
    let text = match when.grain() {
        Grain::Month if one_year => capital(
            period(lang, when, style)
                .split(' ')
                .next()
                .unwrap_or_default(),
        ),
        _ => capital(&period(lang, when, style)),
    };
    name_cell(text, Some(when.to_string()))
}

fn grain_head(lang: Lang, grain: Grain) -> String {
    t_args(lang, "head-period", &[("grain", grain.as_str().into())]).into_owned()
}

/// One series over time: value, year before, change, target.
pub(crate) fn over_time(frame: &Frame, writer: &Writer, series: &Series, caption: String) -> Table {
    let lang = writer.lang;
    let Some(first) = series.points.first() else {
        return Table {
            caption,
            ..Table::default()
        };
    };
    let before = frame.before_of(series);
    let one_year = series
        .points
        .iter()
        .all(|p| p.period.start_year() == first.period.start_year());
    let year_name = |when: Period| period(lang, Period::year(when.start_year()), PeriodStyle::Long);
    let mut columns = vec![head(grain_head(lang, first.period.grain()), false)];
    match before.and_then(|before| before.points.first()) {
        Some(earlier) if one_year => {
            columns.push(head(
                with_unit_words(writer, &year_name(first.period)),
                true,
            ));
            columns.push(head(
                with_unit_words(writer, &year_name(earlier.period)),
                true,
            ));
        }
        Some(_) => {
            columns.push(head(with_unit_words(writer, &series.label), true));
            columns.push(head(t(lang, "head-year-before"), true));
        }
        None => columns.push(head(with_unit_words(writer, &series.label), true)),
    }
    let changes = frame.shows_changes();
    if changes {
        columns.push(change_head(lang));
    }
    let yearly = crate::target::is_yearly(first.period.grain());
    let voted = yearly
        && series
            .points
            .iter()
            .any(|point| voted_for(frame, series, point.period).is_some());
    if voted {
        columns.push(head(t(lang, "head-target"), true));
    }
    let mut rows: Vec<TableRow> = series
        .points
        .iter()
        .enumerate()
        .filter(|(_, point)| !point.future || voted_for(frame, series, point.period).is_some())
        .map(|(place, point)| {
            let mut cells = vec![
                period_cell(lang, point.period, one_year),
                value_cell(writer, Some(point)),
            ];
            let earlier = match before {
                Some(before) => {
                    let earlier = before.points.get(place);
                    cells.push(value_cell(writer, earlier));
                    earlier
                }
                None => series
                    .points
                    .iter()
                    .find(|p| p.period == point.period.a_year_before()),
            };
            if changes {
                let change = frame.change(writer, series.indicator, earlier, point);
                cells.push(derived_cell(lang, change, None));
            }
            if voted {
                let target = voted_for(frame, series, point.period);
                cells.push(derived_cell(lang, target.map(|v| writer.label(v)), target));
            }
            row(cells)
        })
        .collect();
    rows.extend(year_row(frame, writer, series, before, voted));
    Table {
        caption,
        head: columns,
        rows,
        legend: None,
    }
}

/// The target voted for that very year.
fn voted_for(frame: &Frame, series: &Series, when: Period) -> Option<f64> {
    let target = target_of(series.indicator, when, frame.ctx)?;
    (target.year == crate::target::year_of(when)).then_some(target.value)
}

/// The sum of a year's months, when all are known.
fn year_row(
    frame: &Frame,
    writer: &Writer,
    series: &Series,
    before: Option<&Series>,
    voted: bool,
) -> Option<TableRow> {
    let first = series.points.first()?.period;
    let parts = Period::year(first.start_year()).count_of(first.grain());
    let whole = usize::try_from(parts).ok()? == series.points.len() && parts > 1;
    if !whole
        || !series.indicator.adds_over_time()
        || first.start().format("%j").to_string() != "001"
    {
        return None;
    }
    let sum = |series: &Series| {
        series
            .points
            .iter()
            .map(Point::complete)
            .sum::<Option<f64>>()
    };
    let total = sum(series)?;
    let figure = |value: Option<f64>| {
        let cell = value.map_or(Cell::Missing, Cell::Value);
        let point = Point {
            period: first,
            at: None,
            cell,
            coverage: beffroi_model::Coverage::default(),
            future: false,
        };
        (value_cell(writer, Some(&point)), point)
    };
    let (cell, now) = figure(Some(total));
    let mut cells = vec![
        name_cell(
            t(frame.ctx.lang, "head-year"),
            Some(Period::year(first.start_year()).to_string()),
        ),
        cell,
    ];
    if let Some(before) = before {
        let (cell, earlier) = figure(sum(before));
        cells.push(cell);
        cells.push(derived_cell(
            writer.lang,
            frame.change(writer, series.indicator, Some(&earlier), &now),
            None,
        ));
    } else {
        cells.push(absent_cell(writer.lang, CellState::NotApplicable));
    }
    if voted {
        cells.push(absent_cell(writer.lang, CellState::NotApplicable));
    }
    Some(TableRow { cells, total: true })
}

/// Several series over time: a row per period, a column per series.
pub(crate) fn series_over_time(writer: &Writer, series: &[Series], caption: String) -> Table {
    let lang = writer.lang;
    let Some(first) = series.first().and_then(|series| series.points.first()) else {
        return Table {
            caption,
            ..Table::default()
        };
    };
    let mut columns = vec![head(grain_head(lang, first.period.grain()), false)];
    columns.extend(series.iter().map(|series| {
        head(
            with_unit_words(&series_writer(writer, series), &capital(&series.label)),
            true,
        )
    }));
    let periods = series
        .iter()
        .map(|series| &series.points)
        .max_by_key(|points| points.len());
    let rows = periods
        .into_iter()
        .flatten()
        .filter(|point| {
            // A period of which nothing is due yet is left out.
            !series.iter().all(|series| {
                series
                    .points
                    .iter()
                    .find(|p| p.period == point.period)
                    .is_none_or(|p| p.future)
            })
        })
        .map(|point| {
            let mut cells = vec![period_cell(lang, point.period, false)];
            cells.extend(series.iter().map(|series| {
                let found = series.points.iter().find(|p| p.period == point.period);
                value_cell(&series_writer(writer, series), found)
            }));
            row(cells)
        })
        .collect();
    Table {
        caption,
        head: columns,
        rows,
        legend: None,
    }
}

/// The writer of a series of its own indicator, whose unit may be another.
fn series_writer(writer: &Writer, series: &Series) -> Writer {
    Writer {
        unit: series.indicator.unit,
        decimals: series.indicator.decimals,
        ..*writer
    }
}

/// Members at one moment: value, year before, change, share of the whole.
pub(crate) fn members(frame: &Frame, writer: &Writer, sorted: &[Series], caption: String) -> Table {
    let lang = writer.lang;
    let Some(indicator) = frame.indicator() else {
        return Table {
            caption,
            ..Table::default()
        };
    };
    let by = frame.tile.by.as_ref();
    let name = by.map_or_else(String::new, |by| dimension(frame.ctx, by));
    let when = sorted
        .iter()
        .find_map(|series| series.last())
        .map(|point| point.period);
    let now = match when {
        Some(when) if !frame.periods.is_empty() => period(lang, when, PeriodStyle::Long),
        _ => title(frame.ctx, indicator),
    };
    let mut columns = vec![head(name, false), head(with_unit_words(writer, &now), true)];
    let compared = !frame.before.is_empty();
    if compared {
        let earlier = frame
            .before
            .iter()
            .find_map(|series| series.last())
            .map(|p| p.period);
        let label = earlier.map_or_else(String::new, |p| period(lang, p, PeriodStyle::Long));
        columns.push(head(with_unit_words(writer, &label), true));
        columns.push(change_head(lang));
    }
    let hidden = sorted.iter().any(|series| {
        series
            .last()
            .is_some_and(|point| !matches!(point.cell, Cell::Value(_) | Cell::NotApplicable))
    });
    let total = frame
        .totals
        .iter()
        .find(|total| total.indicator.id == indicator.id);
    // A whole beside all parts but one would give that one away; shares of an incomplete whole
    // would mislead.
    let total = total.filter(|_| !hidden && by.is_some());
    let whole = total
        .and_then(Series::last_value)
        .filter(|whole| *whole > 0.0 && indicator.is_additive() && sorted.len() > 1);
    if whole.is_some() {
        columns.push(head(t(lang, "head-share"), true));
    }
    let line = |name: TableCell, point: Option<&Point>, before: Option<&Series>| {
        let mut cells = vec![name, value_cell(writer, point)];
        if compared {
            let earlier = before.and_then(Series::last);
            cells.push(value_cell(writer, earlier));
            let change = point.and_then(|point| frame.change(writer, indicator, earlier, point));
            cells.push(derived_cell(lang, change, None));
        }
        if let Some(whole) = whole {
            let share = point
                .and_then(Point::value)
                .map(|value| 100.0 * value / whole);
            let text = share.and_then(|share| {
                let percent = beffroi_model::Unit::from_symbol("%")?;
                Some(beffroi_text::with_unit(lang, share, percent, 1).to_string())
            });
            cells.push(derived_cell(lang, text, share));
        }
        cells
    };
    let mut rows: Vec<TableRow> = sorted
        .iter()
        .map(|series| {
            let name = name_cell(series.label.clone(), series.key.clone());
            row(line(name, series.last(), frame.before_of(series)))
        })
        .collect();
    if let Some(total) = total.filter(|total| total.last_value().is_some()) {
        let name = name_cell(whole_name(frame), None);
        let cells = line(name, total.last(), frame.before_of(total));
        rows.push(TableRow { cells, total: true });
    }
    Table {
        caption,
        head: columns,
        rows,
        legend: None,
    }
}

/// What the whole of a dimension is called: *Toute la ville*.
fn whole_name(frame: &Frame) -> String {
    let filtered = frame
        .indicator()
        .is_some_and(|i| !frame.ctx.filters_of(i).0.is_empty());
    // Nor is it the whole for whoever reaches some members of another dimension only.
    let narrowed = frame.indicator().is_some_and(|i| {
        let mut rows = frame.ctx.scopes.of(&i.id).0.iter();
        rows.any(|rows| Some(&rows.dimension) != frame.tile.by.as_ref())
    });
    let declared = frame
        .tile
        .by
        .as_ref()
        .and_then(|by| frame.ctx.catalog.dimensions.get(by));
    match declared.map(|dimension| dimension.all.get(frame.ctx.english()).0) {
        Some(all) if !all.is_empty() && !filtered && !narrowed => all.to_owned(),
        _ => t(frame.ctx.lang, "head-total").into_owned(),
    }
}

/// Several indicators: a row per member, or one row per indicator when nothing is detailed.
pub(crate) fn indicators(frame: &Frame, writer: &Writer, caption: String) -> Table {
    let lang = writer.lang;
    if frame.tile.by.is_none() {
        let columns = vec![
            head(t(lang, "head-indicator"), false),
            head(t(lang, "head-value"), true),
            head(t(lang, "head-year-before"), true),
            change_head(lang),
        ];
        let rows = frame
            .main
            .iter()
            .map(|series| {
                let writer = series_writer(writer, series);
                let before = frame.before_of(series).and_then(Series::last);
                let full = |point: Option<&Point>| {
                    let mut cell = value_cell(&writer, point);
                    if let Some(value) = cell.value {
                        let mark = if cell.provisional { "\u{a0}(p)" } else { "" };
                        cell.text = format!("{}{mark}", writer.full(value));
                    }
                    cell
                };
                let change = series
                    .last()
                    .and_then(|now| frame.change(&writer, series.indicator, before, now));
                row(vec![
                    name_cell(series.label.clone(), Some(series.indicator.id.to_string())),
                    full(series.last()),
                    full(before),
                    derived_cell(lang, change, None),
                ])
            })
            .collect();
        return Table {
            caption,
            head: columns,
            rows,
            legend: None,
        };
    }
    let shown = frame.indicators();
    let name = frame
        .tile
        .by
        .as_ref()
        .map_or_else(String::new, |by| dimension(frame.ctx, by));
    let mut columns = vec![head(name, false)];
    columns.extend(shown.iter().map(|indicator| {
        let writer = Writer {
            unit: indicator.unit,
            decimals: indicator.decimals,
            ..*writer
        };
        head(with_unit_words(&writer, &title(frame.ctx, indicator)), true)
    }));
    let mut keys: Vec<&Series> = Vec::new();
    for series in &frame.main {
        if !keys.iter().any(|known| known.key == series.key) {
            keys.push(series);
        }
    }
    let rows =
        keys.into_iter()
            .map(|member| {
                let mut cells = vec![name_cell(member.label.clone(), member.key.clone())];
                cells.extend(shown.iter().map(|indicator| {
                    let found = frame.main.iter().find(|series| {
                        series.key == member.key && series.indicator.id == indicator.id
                    });
                    let writer = Writer {
                        unit: indicator.unit,
                        decimals: indicator.decimals,
                        ..*writer
                    };
                    value_cell(&writer, found.and_then(Series::last))
                }));
                row(cells)
            })
            .collect();
    Table {
        caption,
        head: columns,
        rows,
        legend: None,
    }
}

/// Members × periods, shaded.
pub(crate) fn heat(frame: &Frame, writer: &Writer, sorted: &[Series], caption: String) -> Table {
    let lang = writer.lang;
    let name = frame
        .tile
        .by
        .as_ref()
        .map_or_else(String::new, |by| dimension(frame.ctx, by));
    let one_year = frame
        .periods
        .windows(2)
        .all(|pair| pair[0].start_year() == pair[1].start_year());
    let style = if one_year {
        PeriodStyle::Bare
    } else {
        PeriodStyle::Short
    };
    let mut columns = vec![head(name, false)];
    columns.extend(
        frame
            .periods
            .iter()
            .map(|when| head(period(lang, *when, style), true)),
    );
    let shades = Shades::of(sorted.iter().flat_map(Series::values).flatten());
    let rows = sorted
        .iter()
        .map(|series| {
            let mut cells = vec![name_cell(series.label.clone(), series.key.clone())];
            cells.extend(series.points.iter().map(|point| {
                let mut cell = value_cell(writer, Some(point));
                cell.text = match cell.value {
                    // The unit is in the subtitle: cells are small.
                    Some(value) => {
                        let mark = if cell.provisional { "\u{a0}(p)" } else { "" };
                        format!("{}{mark}", writer.bare(value))
                    }
                    None => cell.text,
                };
                cell.shade = cell.value.map(|value| shades.of_value(value));
                cell
            }));
            row(cells)
        })
        .collect();
    let cells = sorted
        .iter()
        .flat_map(|series| &series.points)
        .map(|point| &point.cell);
    let legend = shades.legend(writer, cells);
    Table {
        caption,
        head: columns,
        rows,
        legend: Some(legend),
    }
}
