//! What a tile needs to ask.

use crate::context::{Compare, Context};
use crate::view;
use beffroi_catalog::{Catalog, Expr, Figure as Kind, Frequency, Indicator, Measure, Tile};
use beffroi_model::{DimensionId, Grain, Period, PeriodRange, Query, Span, View};

/// What an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What is shown.
    Main,
    /// The same one year earlier.
    Before,
    /// The whole of what `Main` details.
    Total,
    /// The last years of a key figure.
    Summary,
    /// What the shown values are divided by: population, prices.
    Beside,
}

/// One question of a tile.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    /// About what.
    pub indicator: &'a Indicator,
    /// What for.
    pub role: Role,
    /// The periods to show: the question may reach further back, or be finer.
    pub shown: Span,
    /// The question.
    pub query: Query,
}

/// What a tile needs to ask, in the order in which [`compose`](crate::compose) reads it.
#[must_use]
pub fn plan(tile: &Tile, ctx: &Context) -> Vec<Query> {
    asked(tile, ctx)
        .into_iter()
        .map(|asked| asked.query)
        .collect()
}

/// The questions of a tile with what they are for.
pub(crate) fn asked<'a>(tile: &Tile, ctx: &Context<'a>) -> Vec<Asked<'a>> {
    let indicators: Vec<&Indicator> = tile
        .indicators
        .iter()
        .filter_map(|id| ctx.catalog.indicators.get(id))
        .collect();
    let ask = |indicator: &'a Indicator, role: Role, mut query: Query| {
        let shown = query.span;
        if let Span::Periods(range) = shown {
            query.span = Span::Periods(view::reach(tile.show, indicator, range));
        }
        Asked {
            indicator,
            role,
            shown,
            query,
        }
    };
    let mut asked = Vec::new();
    for indicator in indicators {
        if matches!(tile.figure, Kind::Kpi | Kind::Target) {
            let query = history(indicator, ctx, tile.grain, tile.periods);
            asked.extend(view::beside(tile, query.span, ctx));
            asked.push(ask(indicator, Role::Summary, query));
            continue;
        }
        let span = span(tile, indicator, ctx);
        let main = query(indicator, span, tile.by.as_ref(), ctx);
        asked.extend(view::beside(tile, span, ctx));
        asked.push(ask(indicator, Role::Main, main));
        let Span::Periods(range) = span else { continue };
        if compares(tile, range, ctx) {
            let before = PeriodRange::new(range.first.a_year_before(), range.last.a_year_before());
            let whole = (tile.by.is_some() && wants_total(tile.figure)).then_some(None);
            for by in std::iter::once(tile.by.as_ref()).chain(whole) {
                let before = query(indicator, Span::Periods(before), by, ctx);
                asked.push(ask(indicator, Role::Before, before));
            }
        }
        if tile.by.is_some() && (wants_total(tile.figure) || tile.show == View::Share) {
            asked.push(ask(
                indicator,
                Role::Total,
                query(indicator, span, None, ctx),
            ));
        }
    }
    asked
}

/// The last years of an indicator, the chosen one last; the latest reading of a live one.
pub(crate) fn history(
    indicator: &Indicator,
    ctx: &Context,
    grain: Option<Grain>,
    periods: Option<u32>,
) -> Query {
    let span = if is_live(indicator, ctx.catalog) {
        Span::Latest
    } else {
        let grain = fitting(indicator, grain.unwrap_or(ctx.period.grain()));
        let last = ctx.period_in(grain);
        // Change is over a year: the range holds the same period a year earlier.
        let least = match grain {
            Grain::Day => 31,
            Grain::Month => 13,
            Grain::Quarter => 5,
            Grain::Year | Grain::SchoolYear => 2,
        };
        let count = periods.unwrap_or(7).max(least);
        Span::Periods(back(last, count))
    };
    query(indicator, span, None, ctx)
}

/// So many periods, `last` being the last.
pub(crate) fn back(last: Period, count: u32) -> PeriodRange {
    let count = i32::try_from(count.clamp(1, 400)).unwrap_or(400);
    PeriodRange::new(last.step(1 - count), last)
}

/// A question in the reader's scope, with the filters that the indicator obeys.
pub(crate) fn query(
    indicator: &Indicator,
    span: Span,
    by: Option<&DimensionId>,
    ctx: &Context,
) -> Query {
    Query {
        indicator: indicator.id.clone(),
        span,
        by: by.cloned().into_iter().collect(),
        filters: ctx.filters_of(indicator).0,
        scope: ctx.scopes.of(&indicator.id).clone(),
    }
}

/// The periods that a tile shows.
fn span(tile: &Tile, indicator: &Indicator, ctx: &Context) -> Span {
    if is_live(indicator, ctx.catalog) {
        return Span::Latest;
    }
    let chosen = ctx.period;
    let grain = fitting(indicator, tile.grain.unwrap_or(chosen.grain()));
    let last = ctx.period_in(grain);
    let finer = grain != chosen.grain() && chosen.grain().is_made_of(grain);
    let count = match tile.periods {
        Some(count) if is_over_time(tile) => count,
        _ if !is_over_time(tile) => 1,
        // A finer grain without a number of periods: those of the chosen period.
        _ if finer => chosen.count_of(grain),
        _ => match grain {
            Grain::Year | Grain::SchoolYear | Grain::Quarter => 8,
            Grain::Month => 12,
            Grain::Day => 30,
        },
    };
    Span::Periods(back(last, count))
}

/// Whether a tile shows more than one period.
pub(crate) fn is_over_time(tile: &Tile) -> bool {
    match tile.figure {
        Kind::Line | Kind::Stacked | Kind::Heat | Kind::Kpi => true,
        Kind::Bar | Kind::Table => tile.by.is_none() && tile.indicators.len() <= 1,
        Kind::Dots | Kind::Map | Kind::Target => false,
    }
}

/// Whether a tile is drawn against the year before: what spans several years holds it already.
fn compares(tile: &Tile, range: PeriodRange, ctx: &Context) -> bool {
    if ctx.compare == Compare::Nothing || !view::compares(tile.show) {
        return false;
    }
    match tile.figure {
        Kind::Bar | Kind::Table if !is_over_time(tile) => true,
        Kind::Line | Kind::Bar | Kind::Table => {
            tile.by.is_none()
                && tile.indicators.len() == 1
                && !matches!(range.first.grain(), Grain::Year | Grain::SchoolYear)
                && range
                    .first
                    .start()
                    .checked_add_months(chrono::Months::new(12))
                    .is_some_and(|a_year_later| range.last.end() <= a_year_later)
        }
        _ => false,
    }
}

fn wants_total(kind: Kind) -> bool {
    matches!(kind, Kind::Bar | Kind::Stacked | Kind::Table | Kind::Map)
}

/// The grain asked for, if the indicator is known at it; else the one it is first shown at.
pub(crate) fn fitting(indicator: &Indicator, wanted: Grain) -> Grain {
    if wanted.is_made_of(indicator.grain) {
        wanted
    } else {
        indicator.main_grain
    }
}

/// Whether an indicator is read live, by itself or through those it is made of.
pub(crate) fn is_live(indicator: &Indicator, catalog: &Catalog) -> bool {
    fn within(indicator: &Indicator, catalog: &Catalog, depth: u8) -> bool {
        match &indicator.measure {
            Measure::Direct { dataset, .. } => catalog
                .datasets
                .get(dataset)
                .is_some_and(|dataset| dataset.frequency == Frequency::Live),
            Measure::Derived { expr, .. } => {
                let mut found = false;
                indicators_in(expr, &mut |id| {
                    let part = catalog.indicators.get(id);
                    found |= depth > 0 && part.is_some_and(|part| within(part, catalog, depth - 1));
                });
                found
            }
        }
    }
    within(indicator, catalog, 8)
}

/// The indicators that a derived measure names. They stand in plain arithmetic.
fn indicators_in(expr: &Expr, found: &mut impl FnMut(&beffroi_model::IndicatorId)) {
    match expr {
        Expr::Indicator(id) => found(id),
        Expr::Binary { left, right, .. } => {
            indicators_in(left, found);
            indicators_in(right, found);
        }
        Expr::Negate(of) | Expr::Not(of) => indicators_in(of, found),
        Expr::Call { args, .. } => args.iter().for_each(|arg| indicators_in(arg, found)),
        Expr::Case { when, otherwise } => {
            for (condition, result) in when {
                indicators_in(condition, found);
                indicators_in(result, found);
            }
            if let Some(otherwise) = otherwise {
                indicators_in(otherwise, found);
            }
        }
        _ => {}
    }
}
