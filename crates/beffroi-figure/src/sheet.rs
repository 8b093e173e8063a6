//! The page of an indicator: the long series with its targets, a small drawing per member, the
//! targets year by year.

use crate::compose::{absence_word, compose_as, what};
use crate::context::Context;
use crate::draw::{Domain, small_multiple};
use crate::example::examples;
use crate::figure::{Drawing, Figure, Multiple, Sheet, TargetLine};
use crate::formula::formula_words;
use crate::frame::Frame;
use crate::outlook::{self, months_query};
use crate::plan::{back, fitting, is_live, plan, query};
use crate::series::{Point, Series, colon};
use crate::summary::{summary, summary_queries};
use crate::target::{achieved, standing, status_word, year_of};
use crate::writer::Writer;
use beffroi_catalog::{Figure as Kind, Indicator, Text, Tile};
use beffroi_model::{
    Answer, DimensionId, Direction, Period, Query, QueryError, Span, Status, Target, View,
};
use beffroi_text::{PeriodStyle, absence, compact, date_long, number, period, t};
use chrono::Datelike;

/// Years of the long series.
const YEARS: u32 = 10;
/// Years of the small multiples and of the heat table.
const MEMBER_YEARS: u32 = 8;
/// More members than this are not drawn one by one.
const MULTIPLES: usize = 24;

/// What the sheet of an indicator needs to ask: its summary, its long series, its members.
#[must_use]
pub fn sheet_queries(indicator: &Indicator, ctx: &Context) -> Vec<Query> {
    let mut queries = summary_queries(indicator, ctx);
    for tile in tiles(indicator, ctx) {
        queries.extend(plan(&tile, ctx));
    }
    queries.extend(months_query(indicator, ctx));
    queries.extend(declared_query(indicator, ctx));
    queries
}

/// The years of what the source declares, those of the long series.
fn declared_query(indicator: &Indicator, ctx: &Context) -> Option<Query> {
    let declared = ctx.catalog.indicators.get(indicator.declared.as_ref()?)?;
    if is_live(indicator, ctx.catalog) || is_live(declared, ctx.catalog) {
        return None;
    }
    let grain = fitting(declared, fitting(indicator, indicator.main_grain));
    let range = back(ctx.period_in(grain), YEARS);
    Some(query(declared, Span::Periods(range), None, ctx))
}

/// The figures of a sheet: the long series; members by period, if it can be detailed.
fn tiles(indicator: &Indicator, ctx: &Context) -> Vec<Tile> {
    let grain = fitting(indicator, indicator.main_grain);
    let tile = |id: &str, figure, by: Option<DimensionId>, periods, width| Tile {
        id: id.to_owned(),
        indicators: vec![indicator.id.clone()],
        figure,
        show: View::Value,
        by,
        grain: Some(grain),
        periods: Some(periods),
        top: None,
        width,
        title: Text::default(),
        note: Text::default(),
    };
    if is_live(indicator, ctx.catalog) {
        let by = main_dimension(indicator, ctx);
        return by
            .map(|by| tile("membres", Kind::Bar, Some(by), 1, 7))
            .into_iter()
            .collect();
    }
    let mut tiles = vec![tile("serie", Kind::Line, None, YEARS, 8)];
    if let Some(by) = main_dimension(indicator, ctx) {
        tiles.push(tile("membres", Kind::Heat, Some(by), MEMBER_YEARS, 12));
    }
    tiles
}

/// The dimension that a sheet details: one with a map, else the first one with declared members,
/// else the first.
fn main_dimension(indicator: &Indicator, ctx: &Context) -> Option<DimensionId> {
    let mapped = |by: &&DimensionId| ctx.catalog.maps.contains_key(*by);
    let declared = |by: &&DimensionId| {
        ctx.catalog
            .dimensions
            .get(*by)
            .is_some_and(|dimension| !dimension.members.is_empty())
    };
    let dimensions = &indicator.dimensions;
    dimensions
        .iter()
        .find(mapped)
        .or_else(|| dimensions.iter().find(declared))
        .or_else(|| dimensions.first())
        .cloned()
}

/// The sheet of an indicator, from the answers to [`sheet_queries`].
#[must_use]
pub fn sheet<'a>(
    indicator: &'a Indicator,
    ctx: &Context<'a>,
    answers: &[Result<Answer, QueryError>],
) -> Sheet {
    let (first, mut rest) =
        answers.split_at(summary_queries(indicator, ctx).len().min(answers.len()));
    let mut sheet = Sheet {
        summary: summary(indicator, ctx, first),
        series: None,
        multiples: None,
        members: None,
        targets: Vec::new(),
        formula: formula_words(indicator, ctx.catalog, ctx.lang),
        so_far: None,
        outlook: Vec::new(),
        declared: Vec::new(),
        changes: outlook::changes(indicator, ctx),
        examples: examples(indicator, ctx),
    };
    let mut years: Option<Series> = None;
    for tile in tiles(indicator, ctx) {
        let (own, others) = rest.split_at(plan(&tile, ctx).len().min(rest.len()));
        rest = others;
        let figure = compose_as(&tile.id, &tile, ctx, own);
        if tile.figure == Kind::Line {
            let frame = Frame::read(&tile, ctx, own, &[]);
            years = frame.main.into_iter().next().map(|series| Series {
                indicator,
                key: None,
                label: series.label,
                points: series.points,
            });
            sheet.targets = years
                .as_ref()
                .map(|s| target_lines(s, ctx))
                .unwrap_or_default();
            sheet.series = Some(figure);
        } else {
            let town = sheet.series.as_ref().and(answers.get(first.len()));
            sheet.multiples = multiples(&tile, ctx, own, town, &figure);
            sheet.members = Some(figure);
        }
    }
    let months = months_query(indicator, ctx).map(|query| (indicator, query));
    let declared = declared_query(indicator, ctx).and_then(|query| {
        let declared = ctx.catalog.indicators.get(&query.indicator)?;
        Some((declared, query))
    });
    let mut rest = rest.iter();
    let mut next = |asked: Option<(&'a Indicator, Query)>| {
        let (indicator, query) = asked?;
        one_series(indicator, &query, rest.next()?.as_ref().ok()?, ctx)
    };
    let (months, declared) = (next(months), next(declared));
    if let Some(years) = years {
        sheet.tell(&years, months.as_ref(), declared.as_ref(), ctx);
    }
    sheet
}

/// The series of the whole in an answer.
fn one_series<'a>(
    indicator: &'a Indicator,
    query: &Query,
    answer: &Answer,
    ctx: &Context,
) -> Option<Series<'a>> {
    let Span::Periods(range) = query.span else {
        return None;
    };
    let periods: Vec<Period> = range.iter().collect();
    crate::series::series(answer, indicator, None, &periods, ctx).pop()
}

impl Sheet {
    /// What the years tell beyond their values.
    fn tell(
        &mut self,
        years: &Series,
        months: Option<&Series>,
        declared: Option<&Series>,
        ctx: &Context,
    ) {
        self.so_far = months.and_then(|months| outlook::so_far(months, ctx));
        self.outlook = outlook::sentences(years, ctx);
        self.declared = declared
            .map(|declared| outlook::declared(years, declared, ctx))
            .unwrap_or_default();
        if let Some(figure) = &mut self.series {
            figure.notices.extend(outlook::unusual(months, years, ctx));
        }
    }
}

/// One small drawing per member, all on one scale, the whole behind.
fn multiples(
    tile: &Tile,
    ctx: &Context,
    answers: &[Result<Answer, QueryError>],
    town: Option<&Result<Answer, QueryError>>,
    heat: &Figure,
) -> Option<Figure> {
    let frame = Frame::read(tile, ctx, answers, &[]);
    let series = crate::members::sorted(&frame);
    let writer = frame.writer(false)?;
    if frame.periods.len() < 3
        || series.len() < 2
        || series.len() > MULTIPLES
        || !frame.has_values()
    {
        return None;
    }
    // Shares and levels can be set beside the whole's; parts of a sum cannot.
    let additive = frame.indicator().is_some_and(Indicator::is_additive);
    let town = match town {
        Some(Ok(answer)) if !additive => {
            crate::series::series(answer, frame.indicator()?, None, &frame.periods, ctx).pop()
        }
        _ => None,
    };
    let town = town.map(|town| town.values()).unwrap_or_default();
    let values = series
        .iter()
        .flat_map(Series::values)
        .chain(town.iter().copied())
        .flatten();
    let domain = Domain::of(values, false);
    let lang = ctx.lang;
    let ends = (frame.periods.first()?, frame.periods.last()?);
    let ends = (
        period(lang, *ends.0, PeriodStyle::Short),
        period(lang, *ends.1, PeriodStyle::Short),
    );
    let drawings = series
        .iter()
        .map(|series| Multiple {
            title: series.label.clone(),
            value: match series.last().map(|point| point.cell) {
                Some(beffroi_model::Cell::Value(value)) => writer.label(value),
                Some(absent) => absence(lang, absent.state()).to_owned(),
                None => String::new(),
            },
            svg: small_multiple(
                &series.values(),
                &town,
                &domain,
                (&ends.0, &ends.1),
                &described(&writer, series),
            ),
        })
        .collect();
    let remark = if town.is_empty() {
        t(lang, "multiples-scale")
    } else {
        t(lang, "multiples-town")
    };
    Some(Figure {
        id: "multiples".to_owned(),
        width: 12,
        subtitle: format!("{}, {remark}", what(&frame)),
        drawing: Drawing::Multiples(drawings),
        ..heat.clone()
    })
}

/// `Gare : 2018 12,1, 2019 19,6, 2020 non disponible`.
fn described(writer: &Writer, series: &Series) -> String {
    let lang = writer.lang;
    let items: Vec<String> = series
        .points
        .iter()
        .map(|point| {
            let value = match point.value() {
                Some(value) => writer.label(value),
                None => absence_word(lang, point.cell.state()),
            };
            format!("{} {value}", period(lang, point.period, PeriodStyle::Short))
        })
        .collect();
    format!("{}{} {}", series.label, colon(lang), items.join(", "))
}

/// What the council voted, year by year, and what came of it.
fn target_lines(series: &Series, ctx: &Context) -> Vec<TargetLine> {
    let mut targets: Vec<&Target> = series.indicator.targets.iter().collect();
    targets.sort_by_key(|target| target.year);
    targets
        .into_iter()
        .map(|target| target_line(series, target, ctx))
        .collect()
}

fn target_line(series: &Series, target: &Target, ctx: &Context) -> TargetLine {
    let lang = ctx.lang;
    let indicator = series.indicator;
    let writer = Writer::new(lang, indicator.unit, indicator.decimals, 0.0);
    let point = series
        .points
        .iter()
        .find(|point| year_of(point.period) == target.year);
    let coming = target.year >= ctx.today.year() || point.is_some_and(Point::is_provisional);
    let whole = ctx.is_whole_town(indicator);
    // A year to come is judged by the last one known; what was voted for the town is not held
    // against a part of it.
    let judged = if coming {
        series.points.iter().rev().find_map(Point::complete)
    } else {
        point.and_then(Point::complete)
    };
    let status = match judged.filter(|_| whole) {
        Some(value) => standing(lang, indicator, value, Some(target)).status,
        None => Status::NoTarget,
    };
    let share = judged
        .filter(|_| whole && indicator.direction == Direction::Up)
        .and_then(|value| achieved(value, target.value));
    let percent = if lang == beffroi_text::Lang::Fr {
        "\u{a0}%"
    } else {
        "%"
    };
    TargetLine {
        year: target.year,
        target: match indicator.unit.symbol() {
            "nombre" => writer.full(target.value),
            _ => compact(lang, target.value, indicator.unit),
        },
        result: match point.map(|point| (point, point.value())) {
            _ if coming => t(lang, "target-coming").into_owned(),
            Some((_, Some(value))) => writer.full(value),
            Some((point, None)) => absence(lang, point.cell.state()).to_owned(),
            None => absence(lang, beffroi_model::CellState::Missing).to_owned(),
        },
        achieved: share
            .map(|share| format!("{}{percent}", number(lang, share, 0)))
            .unwrap_or_default(),
        status,
        status_word: status_word(lang, status),
        origin: target.origin.clone(),
        voted_on: target.voted_on.map(|day| date_long(lang, day)),
    }
}
