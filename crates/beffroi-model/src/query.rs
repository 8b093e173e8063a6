//! What is asked of the engine.

use crate::{DimensionId, Grain, IndicatorId, PeriodRange};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One question about one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Query {
    /// The indicator asked for.
    pub indicator: IndicatorId,
    /// When.
    pub span: Span,
    /// Dimensions to detail by, in order; none for one figure per period.
    pub by: Vec<DimensionId>,
    /// Conditions, all of which hold. A dimension that the indicator does not have is an error:
    /// who asks must leave it out and say so.
    pub filters: Vec<Filter>,
    /// The rows this reader may see.
    pub scope: Scope,
}

impl Query {
    /// The whole town over these periods, nothing filtered.
    #[must_use]
    pub fn new(indicator: IndicatorId, span: Span) -> Self {
        Self {
            indicator,
            span,
            by: Vec::new(),
            filters: Vec::new(),
            scope: Scope::default(),
        }
    }

    /// Detailed by one more dimension.
    #[must_use]
    pub fn by(mut self, dimension: DimensionId) -> Self {
        self.by.push(dimension);
        self
    }
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// One row for each period of the range.
    Periods(PeriodRange),
    /// The last reading of each series of a live source, with its instant.
    Latest,
}

impl Span {
    /// The grain of the answer; a day for the latest reading.
    #[must_use]
    pub fn grain(self) -> Grain {
        match self {
            Self::Periods(range) => range.first.grain(),
            Self::Latest => Grain::Day,
        }
    }
}

/// Keeps the rows whose dimension has one of the values.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Filter {
    /// The dimension.
    pub dimension: DimensionId,
    /// Member keys; at least one, sorted, for one question to have one spelling.
    pub values: Vec<String>,
}

/// The rows a reader may see: conditions added to every query made for that reader. Empty means
/// all rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope(pub Vec<Filter>);

/// The rows that a reader may see of each indicator; all rows of those not named.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Scopes(BTreeMap<IndicatorId, Scope>);

impl Scopes {
    /// Rows by indicator.
    pub fn new(scopes: impl IntoIterator<Item = (IndicatorId, Scope)>) -> Self {
        let narrowed = scopes.into_iter().filter(|(_, scope)| !scope.0.is_empty());
        Self(narrowed.collect())
    }

    /// The rows of an indicator.
    #[must_use]
    pub fn of(&self, indicator: &IndicatorId) -> &Scope {
        static ALL: Scope = Scope(Vec::new());
        self.0.get(indicator).unwrap_or(&ALL)
    }

    /// Whether all rows of everything may be seen.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    /// Each indicator of which some rows only may be seen.
    pub fn narrowed(&self) -> impl Iterator<Item = (&IndicatorId, &Scope)> {
        self.0.iter()
    }
}
