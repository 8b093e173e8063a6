//! Every indicator in a few words, asked in one batch: what the first page, the list and the
//! sheets share, so that they tell the same.

use crate::failure::Failure;
use crate::guard::Allowed;
use beffroi_catalog::Indicator;
use beffroi_catalog::lineage::is_live;
use beffroi_figure::{Compare, Context, Summary, default_period, summary, summary_queries};
use beffroi_model::QueryError;

/// Summaries, and whether they may be kept.
pub(crate) struct Summaries {
    pub all: Vec<Summary>,
    pub lasting: bool,
}

impl Summaries {
    /// The summary of an indicator.
    pub fn of(&self, id: &str) -> Option<&Summary> {
        self.all
            .iter()
            .find(|summary| summary.indicator.as_str() == id)
    }
}

/// The context in which an indicator is summed up: its last full period, the whole town.
pub(crate) fn context<'a, P>(allowed: &'a Allowed<P>, indicator: &Indicator) -> Context<'a> {
    let town = allowed.town();
    Context {
        catalog: allowed.catalog(),
        lang: allowed.lang(),
        today: town.today(),
        now: town.now(),
        period: default_period(indicator.main_grain, town.today(), &[]),
        filters: &[],
        compare: Compare::PreviousYear,
        scopes: allowed.scopes(),
    }
}

/// Sums up all indicators that are not live readings.
///
/// # Errors
/// When too many queries wait.
pub(crate) async fn summaries<P>(allowed: &Allowed<P>) -> Result<Summaries, Failure> {
    let catalog = allowed.catalog();
    let indicators: Vec<&Indicator> = catalog
        .indicators
        .values()
        .filter(|indicator| !is_live(catalog, indicator))
        .collect();
    let plans = indicators
        .iter()
        .map(|indicator| summary_queries(indicator, &context(allowed, indicator)))
        .collect();
    let answers = allowed.ask(plans).await?;
    let lasting = !answers.iter().flatten().any(may_pass);
    let all = indicators
        .iter()
        .zip(&answers)
        .map(|(indicator, answers)| summary(indicator, &context(allowed, indicator), answers))
        .collect();
    Ok(Summaries { all, lasting })
}

/// Whether an answer is a failure that may pass: a page that shows it is not to be kept.
pub(crate) fn may_pass<T>(answer: &Result<T, QueryError>) -> bool {
    matches!(answer, Err(QueryError::TimedOut | QueryError::Internal(_)))
}
