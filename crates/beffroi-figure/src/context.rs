//! For whom, when and under which choices figures are composed.

use beffroi_catalog::{Catalog, Indicator};
use beffroi_model::{Filter, Grain, Period, Scopes};
use beffroi_text::Lang;
use chrono::{NaiveDate, NaiveDateTime};

/// What does not change from one figure to the next on a page.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// What the town declares.
    pub catalog: &'a Catalog,
    /// The language of the page.
    pub lang: Lang,
    /// The day at which the town is seen.
    pub today: NaiveDate,
    /// The time of day, for the age of live readings.
    pub now: NaiveDateTime,
    /// The chosen period.
    pub period: Period,
    /// The chosen members, for the whole board.
    pub filters: &'a [Filter],
    /// What to compare with.
    pub compare: Compare,
    /// The rows this reader may see of each indicator.
    pub scopes: &'a Scopes,
}

/// What figures are compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Compare {
    /// The same period one year earlier.
    #[default]
    PreviousYear,
    /// Nothing.
    Nothing,
}

impl<'a> Context<'a> {
    /// The filters that an indicator obeys, and those that it has no dimension for.
    pub(crate) fn filters_of(&self, indicator: &Indicator) -> (Vec<Filter>, Vec<&'a Filter>) {
        let (kept, ignored): (Vec<&Filter>, Vec<&Filter>) = self
            .filters
            .iter()
            .filter(|filter| !filter.values.is_empty())
            .partition(|filter| indicator.dimensions.contains(&filter.dimension));
        (kept.into_iter().cloned().collect(), ignored)
    }

    /// Whether a figure of this indicator is about the whole town: targets were voted for that,
    /// not for a part.
    pub(crate) fn is_whole_town(&self, indicator: &Indicator) -> bool {
        self.filters_of(indicator).0.is_empty() && self.scopes.of(&indicator.id).0.is_empty()
    }

    /// Whether the page is in English.
    pub(crate) fn english(&self) -> bool {
        self.lang == Lang::En
    }

    /// The chosen period, in periods of another grain: the school year that ends in a year, the
    /// last month of a year.
    pub(crate) fn period_in(&self, grain: Grain) -> Period {
        let chosen = self.period;
        match (chosen.grain(), grain) {
            (a, b) if a == b => chosen,
            (Grain::Year, Grain::SchoolYear) => Period::containing(grain, chosen.start()),
            _ => Period::containing(grain, chosen.last_day()),
        }
    }
}
