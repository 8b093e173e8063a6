//! Which period is shown when none is chosen, and which can be chosen.

use crate::plan::{back, fitting, is_live};
use beffroi_catalog::Catalog;
use beffroi_model::{Answer, Cell, Grain, IndicatorId, Period, Query, QueryError, Scopes, Span};
use chrono::NaiveDate;

/// What to ask to know which periods hold data: the last twelve of a grain, for each indicator
/// known at it. For [`default_period`] and [`known_periods`].
#[must_use]
pub fn period_queries(
    indicators: &[IndicatorId],
    catalog: &Catalog,
    grain: Grain,
    today: NaiveDate,
    scopes: &Scopes,
) -> Vec<Query> {
    let mut queries: Vec<Query> = Vec::new();
    for indicator in indicators
        .iter()
        .filter_map(|id| catalog.indicators.get(id))
    {
        if is_live(indicator, catalog) || fitting(indicator, grain) != grain {
            continue;
        }
        let range = back(Period::containing(grain, today), 12);
        let mut query = Query::new(indicator.id.clone(), Span::Periods(range));
        query.scope = scopes.of(&indicator.id).clone();
        if !queries.contains(&query) {
            queries.push(query);
        }
    }
    queries
}

/// The period to show when none is chosen: the last one that is over and of which at least half
/// of the indicators know the whole; failing that, of which any knows something; failing that,
/// the last one that is over. A school year counts from its start: its pupils are counted then.
#[must_use]
pub fn default_period(
    grain: Grain,
    today: NaiveDate,
    answers: &[Result<Answer, QueryError>],
) -> Period {
    let current = Period::containing(grain, today);
    let newest = if grain == Grain::SchoolYear {
        current
    } else {
        current.step(-1)
    };
    let answers: Vec<&Answer> = answers
        .iter()
        .filter_map(|answer| answer.as_ref().ok())
        .collect();
    let knowing = |period: Period, whole: bool| {
        answers
            .iter()
            .filter(|answer| {
                answer.total_at(period).is_some_and(|row| {
                    matches!(row.cell, Cell::Value(_)) && (!whole || row.coverage.is_complete())
                })
            })
            .count()
    };
    let candidates = || (0..12).map(|age| newest.step(-age));
    candidates()
        .find(|period| knowing(*period, true) * 2 >= answers.len().max(1))
        .or_else(|| candidates().find(|period| knowing(*period, false) > 0))
        .unwrap_or(current.step(-1))
}

/// The periods for which there is a value, oldest first: the choices of the period filter.
#[must_use]
pub fn known_periods(answers: &[Result<Answer, QueryError>]) -> Vec<Period> {
    let mut periods: Vec<Period> = answers
        .iter()
        .flatten()
        .flat_map(|answer| &answer.rows)
        .filter(|row| matches!(row.cell, Cell::Value(_)))
        .map(|row| row.period)
        .collect();
    periods.sort();
    periods.dedup();
    periods
}
