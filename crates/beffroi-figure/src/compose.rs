//! From the answers to a tile's questions to its figure.

use crate::context::Context;
use crate::draw::{Room, both};
use crate::figure::{Drawing, Figure, Table};
use crate::frame::Frame;
use crate::notice::{notices, sources};
use crate::plan::is_over_time;
use crate::sentence::{chosen_members, names, set_title, without_values};
use crate::series::{Series, capital, dimension, uncapital};
use crate::summary::of_series;
use crate::writer::Writer;
use crate::{members, over_time, table, view};
use beffroi_catalog::{Figure as Kind, Tile};
use beffroi_model::{Answer, Grain, QueryError, View};
use beffroi_text::{Arg, PeriodStyle, months_span, period, t, t_args};

/// What a kind of figure makes of a frame.
pub(crate) struct Made {
    /// The sentence for the title.
    pub sentence: Option<String>,
    /// What the subtitle says at its end (where the axis starts).
    pub remark: Option<String>,
    /// What axis figures are in, when the drawing has an axis.
    pub axis: Option<String>,
    /// The drawing.
    pub drawing: Drawing,
    /// The values.
    pub table: Table,
}

/// Composes a tile from the answers to its [`plan`](crate::plan), in the same order.
#[must_use]
pub fn compose(tile: &Tile, ctx: &Context, answers: &[Result<Answer, QueryError>]) -> Figure {
    compose_as(&tile.id, tile, ctx, answers)
}

/// Composes a tile whose ids in the page start otherwise than with its own.
pub(crate) fn compose_as(
    id: &str,
    tile: &Tile,
    ctx: &Context,
    answers: &[Result<Answer, QueryError>],
) -> Figure {
    let viewed = view::viewed(tile, ctx);
    let frame = Frame::read(tile, ctx, answers, &viewed);
    let sources = sources(ctx, &frame.answers);
    let mut figure = Figure {
        id: id.to_owned(),
        width: tile.width,
        title: String::new(),
        title_lang: None,
        subtitle: String::new(),
        note: tile.note.get(ctx.english()).0.to_owned(),
        notices: notices(&frame, &sources),
        drawing: Drawing::None,
        table: Table::default(),
        sources,
        indicators: tile.indicators.clone(),
    };
    let Some(writer) = frame.writer(tile.figure == Kind::Stacked) else {
        set_title(&mut figure, &frame, capital(&names(&frame)));
        return figure;
    };
    if tile.figure == Kind::Kpi {
        key_figures(&mut figure, &frame);
        return figure;
    }
    let mut made = make(id, &frame, &writer);
    if let Some(sentence) = view::sentence(&frame, &writer) {
        made.sentence = Some(sentence);
    }
    let remarks: Vec<String> = view::remark(&frame)
        .into_iter()
        .chain(made.remark)
        .collect();
    made.remark = (!remarks.is_empty()).then(|| remarks.join(", "));
    figure.subtitle = subtitle(&frame, &made);
    let sentence = made.sentence.unwrap_or_else(|| without_values(&frame));
    set_title(&mut figure, &frame, sentence);
    figure.table = made.table;
    if frame.has_values() || tile.figure == Kind::Table {
        figure.drawing = made.drawing;
    }
    figure
}

fn make(id: &str, frame: &Frame, writer: &Writer) -> Made {
    let tile = frame.tile;
    if !frame.has_one_unit() && !matches!(tile.figure, Kind::Table | Kind::Target) {
        // Two units on one axis would be read as one: the figures stand in a table.
        return as_table(frame, writer);
    }
    match tile.figure {
        Kind::Line => over_time::lines(id, frame, writer),
        Kind::Stacked => over_time::stacked(id, frame, writer),
        Kind::Bar
            if tile.by.is_none() && tile.indicators.len() == 1 && !frame.periods.is_empty() =>
        {
            over_time::columns(id, frame, writer)
        }
        Kind::Bar => members::bars(id, frame, writer),
        Kind::Dots => members::dots(id, frame, writer),
        Kind::Map => members::map(id, frame, writer),
        Kind::Target => members::targets(id, frame, writer),
        Kind::Heat if tile.by.is_some() => members::heat(frame, writer),
        Kind::Heat | Kind::Table | Kind::Kpi => as_table(frame, writer),
    }
}

fn as_table(frame: &Frame, writer: &Writer) -> Made {
    let caption = what(frame);
    let table = match frame.main.as_slice() {
        [series] if frame.tile.by.is_none() => table::over_time(frame, writer, series, caption),
        _ if frame.indicators().len() > 1 => table::indicators(frame, writer, caption),
        _ => table::members(frame, writer, &members::sorted(frame), caption),
    };
    let sentence = match frame.main.as_slice() {
        [series] if frame.tile.by.is_none() => Some(crate::sentence::trend(writer, series)),
        _ if frame.indicators().len() == 1 => {
            members::sentence(frame, writer, &members::sorted(frame)).map(|said| said.sentence)
        }
        _ => Some(what(frame)),
    };
    Made {
        sentence: sentence.filter(|_| frame.has_values()),
        remark: None,
        axis: None,
        drawing: Drawing::Table,
        table,
    }
}

fn key_figures(figure: &mut Figure, frame: &Frame) {
    let ctx = frame.ctx;
    let summaries: Vec<_> = frame
        .main
        .iter()
        .map(|series| {
            let mut summary = of_series(series, ctx, &frame.answers);
            if let (Some((first, last)), Some(said)) =
                (frame.so_far, view::so_far_sentence(frame, series))
            {
                summary.period = months_span(ctx.lang, first, last);
                summary.lead = format!("{said}.");
                summary.phrase.clone_from(&summary.lead);
            }
            summary
        })
        .collect();
    set_title(figure, frame, capital(&names(frame)));
    if let ([summary], true) = (summaries.as_slice(), frame.tile.title.is_empty()) {
        figure.title_lang = summary.title_lang;
    }
    // A key figure looks back to say how it changed: what was not known years ago is no news.
    figure.notices = frame
        .failures
        .iter()
        .map(|(indicator, error)| crate::notice::failure(ctx, indicator, error))
        .collect();
    for notice in summaries.iter().flat_map(|summary| &summary.notices) {
        if !figure.notices.contains(notice) {
            figure.notices.push(notice.clone());
        }
    }
    if let Some(writer) = frame.writer(false) {
        figure.table = match frame.main.as_slice() {
            [series] => table::over_time(frame, &writer, series, what(frame)),
            _ if frame.has_one_unit() => table::series_over_time(&writer, &frame.main, what(frame)),
            _ => table::indicators(frame, &writer, what(frame)),
        };
    }
    figure.drawing = Drawing::Kpi(summaries);
}

/// `Locations de vélos par mois et par quartier`.
pub(crate) fn what(frame: &Frame) -> String {
    let lang = frame.ctx.lang;
    let mut text = capital(&names(frame));
    let over_time = frame.periods.len() > 1 && is_over_time(frame.tile);
    let grain = frame.periods.first().map(|period| period.grain());
    // What is read otherwise says in its name over what.
    let grain = grain.filter(|_| frame.tile.show == View::Value);
    if let (true, Some(grain)) = (over_time, grain) {
        let args = [("text", Arg::from(text)), ("grain", grain.as_str().into())];
        text = t_args(lang, "subtitle-per-grain", &args).into_owned();
    }
    if let Some(by) = &frame.tile.by {
        let by = uncapital(&dimension(frame.ctx, by));
        let joint = if over_time && grain.is_some() {
            "and"
        } else {
            "plain"
        };
        let args = [
            ("text", Arg::from(text)),
            ("dimension", by.into()),
            ("joint", joint.into()),
        ];
        text = t_args(lang, "subtitle-per-dimension", &args).into_owned();
    }
    text
}

/// Measure, unit, period, chosen members, remark.
fn subtitle(frame: &Frame, made: &Made) -> String {
    let lang = frame.ctx.lang;
    let what = what(frame);
    // A title that is nothing but the names of indicators is not said twice.
    let said = made.sentence.as_ref() == Some(&what) && frame.tile.title.is_empty();
    let mut parts: Vec<String> = if said { Vec::new() } else { vec![what] };
    parts.extend(made.axis.clone().filter(|unit| !unit.is_empty()));
    parts.extend(when(frame));
    parts.extend(chosen_members(frame));
    let mut text = parts.join(", ");
    if said {
        text = capital(&text);
    }
    if let Some(remark) = &made.remark {
        let args = [
            ("text", Arg::from(text)),
            ("remark", remark.as_str().into()),
        ];
        text = t_args(lang, "subtitle-remark", &args).into_owned();
    }
    text
}

/// The periods shown: `2025`, `2018 à 2025`; months of one year are that year.
fn when(frame: &Frame) -> Option<String> {
    let lang = frame.ctx.lang;
    let (Some(first), Some(last)) = (frame.periods.first(), frame.periods.last()) else {
        let at = frame
            .main
            .iter()
            .filter_map(|series| series.last()?.at)
            .max()?;
        let args = [("time", Arg::from(beffroi_text::time_of_day(lang, at)))];
        return Some(t_args(lang, "subtitle-live", &args).into_owned());
    };
    if !is_over_time(frame.tile) {
        return Some(period(lang, *last, PeriodStyle::Long));
    }
    let year = beffroi_model::Period::year(first.start_year());
    if first.grain() != Grain::Year && year.start() == first.start() && year.end() == last.end() {
        return Some(period(lang, year, PeriodStyle::Long));
    }
    Some(months_span(lang, *first, *last))
}

/// The width of the wide drawing, in units, for a tile of so many columns.
pub(crate) fn wide(tile: &Tile) -> f64 {
    match tile.width {
        ..=5 => 480.0,
        6 => 590.0,
        7 => 700.0,
        _ => 740.0,
    }
}

/// Both drawings of a tile.
pub(crate) fn plot(tile: &Tile, draw: impl Fn(Room, bool) -> String) -> Drawing {
    Drawing::Plot(both(wide(tile), draw))
}

/// Names and values in a row, for those who do not see the drawing: `Gare 44,6, La Halle 41,5`.
pub(crate) fn listed(writer: &Writer, series: &[Series]) -> String {
    let lang = writer.lang;
    let most = 24;
    let mut items: Vec<String> = series
        .iter()
        .take(most)
        .map(|series| {
            let value = match series.last().map(|point| point.cell) {
                Some(beffroi_model::Cell::Value(value)) => writer.label(value),
                Some(absent) => absence_word(lang, absent.state()),
                None => absence_word(lang, beffroi_model::CellState::Missing),
            };
            format!("{} {value}", series.label)
        })
        .collect();
    if series.len() > most {
        let args = [("count", Arg::from(series.len() - most))];
        items.push(t_args(lang, "and-more", &args).into_owned());
    }
    items.join(", ")
}

/// An absence as it is said aloud.
pub(crate) fn absence_word(lang: beffroi_text::Lang, state: beffroi_model::CellState) -> String {
    use beffroi_model::CellState;
    match state {
        CellState::Value => String::new(),
        CellState::Missing => t(lang, "absence-missing").into_owned(),
        CellState::NotApplicable => t(lang, "absence-not-applicable").into_owned(),
        CellState::Secret => t(lang, "absence-secret").into_owned(),
    }
}
