//! Statistical secrecy, decided once for a version of a dataset and obeyed by every answer.
//!
//! All cells that could be shown of the dataset, in all declared tables, margins and periods, are
//! added up from its rows (`cells`), handed to [`protect`] as one system with what was shown before
//! (the [`Ledger`], kept in the warehouse and written before anything is shown), and what it decides
//! is a [`Shield`]: for each leaf of a measure, in each cell, whether it may be seen. What is not
//! among the cells is secret, and is not worked out. A period that is not complete is not worked out
//! either: it is missing, and nothing is told of it but what the source covers. The same is then
//! done with what has changed since the last decision. A version whose cells are those of the last
//! decision is not decided anew.
//!
//! Where nothing can be decided (rows that make no sense, a ledger that cannot be read or written,
//! too many cells) everything is secret, and the log says why.

mod cells;
mod quantity;
mod sums;

use crate::{
    formula::{Leaf, Split},
    rollup::rank,
    scan::Scan,
};
use beffroi_catalog::{Aggregate, Catalog, Indicator, OverTime, Secrecy};
use beffroi_model::{
    Cell, Coverage, DatasetId, DimensionId, Period, PeriodRange, Protection, Query, Row, Version,
};
use beffroi_secrecy::{
    Empty, Key, KeyedTables, Ledger, Limits, Names, Reason, Rule, Status, Suppression, TablesError,
    protect,
};
use beffroi_warehouse::Warehouse;
use cells::{Found, Tables};
use chrono::NaiveDate;
use quantity::slice;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What may be seen of a version of a dataset.
#[derive(Debug)]
pub(crate) struct Shield {
    secrecy: Secrecy,
    /// The dimensions of all tables, in the order of the members of keys.
    dimensions: Vec<DimensionId>,
    /// Whether each cell may be seen, and how many units it has. Those that are never shown are not
    /// here.
    shown: HashMap<Key, (bool, u64)>,
    periods: HashSet<Period>,
    members: BTreeMap<DimensionId, Vec<String>>,
    told: Protection,
}

/// The figures that each filtered question adds up.
const MOST_COMBINATIONS: usize = 4_096;

impl Shield {
    /// Decides for a version.
    pub fn of<'a>(
        warehouse: &Warehouse,
        scan: Scan<'a>,
        version: &'a Version,
        secrecy: &'a Secrecy,
        measures: Vec<(&'a Indicator, &'a Split)>,
        readings: &'a [NaiveDate],
    ) -> Self {
        let dataset = scan.dataset.id.clone();
        let dimensions = secrecy.tables.iter().flatten();
        let dimensions: BTreeSet<DimensionId> = dimensions.cloned().collect();
        let tables = Tables {
            scan,
            secrecy,
            version,
            measures,
            readings,
            dimensions: dimensions.into_iter().collect(),
        };
        let dimensions = tables.dimensions.clone();
        let decided = tables
            .find()
            .and_then(|found| decide(warehouse, &dataset, secrecy, dimensions.clone(), found));
        decided.unwrap_or_else(|reason| {
            tracing::error!(%dataset, %reason, "everything is secret: nothing could be decided");
            Self {
                secrecy: secrecy.clone(),
                dimensions,
                shown: HashMap::new(),
                periods: HashSet::new(),
                members: BTreeMap::new(),
                told: Protection {
                    closed: true,
                    ..Protection::default()
                },
            }
        })
    }

    /// How much is hidden.
    pub fn told(&self) -> &Protection {
        &self.told
    }

    /// Whether members that nobody is in are shown too, hidden as they are.
    pub fn hides_empty(&self) -> bool {
        self.secrecy.rule.empty == Empty::Hidden
    }

    /// The cells that a question is about; `None` when it is not among what is shown.
    pub fn ask<'s>(&'s self, query: &Query) -> Option<Asked<'s>> {
        if self.told.closed {
            return None;
        }
        let filters = query.filters.iter().chain(&query.scope.0);
        let mut kept: BTreeMap<&DimensionId, BTreeSet<&String>> = BTreeMap::new();
        for filter in filters {
            let values: BTreeSet<&String> = filter.values.iter().collect();
            let known = kept
                .entry(&filter.dimension)
                .or_insert_with(|| values.clone());
            known.retain(|value| values.contains(value));
        }
        let named: Vec<&DimensionId> = query.by.iter().chain(kept.keys().copied()).collect();
        if !self.secrecy.shows(&named, query.span.grain()) {
            return None;
        }
        let place = |id: &DimensionId| self.dimensions.iter().position(|known| known == id);
        let mut combinations = vec![vec![None; self.dimensions.len()]];
        for (id, values) in kept {
            if query.by.contains(id) {
                continue;
            }
            let place = place(id)?;
            let with = |members: &Vec<Option<String>>| {
                let members = members.clone();
                values.iter().map(move |value| {
                    let mut members = members.clone();
                    if let Some(member) = members.get_mut(place) {
                        *member = Some((*value).clone());
                    }
                    members
                })
            };
            combinations = combinations.iter().flat_map(with).collect();
            if combinations.len() > MOST_COMBINATIONS {
                return None;
            }
        }
        Some(Asked {
            shield: self,
            by: query.by.iter().map(place).collect::<Option<_>>()?,
            combinations,
        })
    }

    /// Where nobody is hidden like few, the members that nobody is in stand among the others; where
    /// no period is complete, all members do.
    pub fn fill(
        &self,
        catalog: &Catalog,
        query: &Query,
        covered: &[(Period, Coverage)],
        rows: &mut Vec<Row>,
    ) {
        let some_are_complete = covered.iter().any(|(_, coverage)| coverage.is_complete());
        if some_are_complete && !self.hides_empty() {
            return;
        }
        let known: HashSet<Vec<String>> = rows.iter().map(|row| row.keys.clone()).collect();
        let mut lines = self.lines(catalog, query);
        lines.retain(|keys| !known.contains(keys));
        for keys in lines {
            rows.extend(covered.iter().map(|(period, coverage)| Row {
                period: *period,
                at: None,
                keys: keys.clone(),
                cell: match coverage.is_complete() {
                    true => Cell::Secret,
                    false => Cell::Missing,
                },
                coverage: *coverage,
            }));
        }
        rows.sort_by_cached_key(|row| {
            let keys = query.by.iter().zip(&row.keys);
            let ranks: Vec<_> = keys.map(|(by, key)| rank(catalog, by, key)).collect();
            (ranks, row.period)
        });
    }

    /// The answer to what is not shown: nothing is worked out.
    pub fn nothing(&self, catalog: &Catalog, query: &Query, range: PeriodRange) -> Vec<Row> {
        let row = |keys: &Vec<String>, period: Period| Row {
            period,
            at: None,
            keys: keys.clone(),
            cell: Cell::Secret,
            coverage: Coverage::default(),
        };
        let lines = self.lines(catalog, query);
        let rows = lines
            .iter()
            .flat_map(|keys| range.iter().map(move |period| row(keys, period)));
        rows.collect()
    }

    /// The members of the lines of an answer, whoever is in them.
    fn lines(&self, catalog: &Catalog, query: &Query) -> Vec<Vec<String>> {
        let mut lines: Vec<Vec<String>> = vec![Vec::new()];
        for id in &query.by {
            let declared = catalog.dimensions.get(id).into_iter();
            let declared = declared.flat_map(|it| it.members.keys().cloned());
            let mut members: Vec<String> = match self.members.get(id) {
                Some(met) => met.clone(),
                None => declared.collect(),
            };
            let filters = query.filters.iter().chain(&query.scope.0);
            for filter in filters.filter(|filter| filter.dimension == *id) {
                members.retain(|member| filter.values.contains(member));
            }
            members.sort_by_cached_key(|member| rank(catalog, id, member));
            let longer = |line: &Vec<String>| {
                let line = line.clone();
                members
                    .iter()
                    .map(move |member| [line.as_slice(), std::slice::from_ref(member)].concat())
            };
            lines = lines
                .iter()
                .flat_map(longer)
                .take(MOST_COMBINATIONS)
                .collect();
        }
        lines
    }
}

/// What is hidden of the cells found, once it is written down what is not.
fn decide(
    warehouse: &Warehouse,
    dataset: &DatasetId,
    secrecy: &Secrecy,
    dimensions: Vec<DimensionId>,
    found: Found,
) -> Result<Shield, String> {
    let before = warehouse
        .shown(dataset)
        .map_err(|error| error.to_string())?;
    let bytes = before.read().map_err(|error| error.to_string())?;
    let basis = format!("{:?} {:?}", secrecy.rule, secrecy.units);
    let mut decided: Decided = match &bytes {
        Some(bytes) => serde_json::from_slice(bytes)
            .map_err(|error| format!("what was shown before cannot be read: {error}"))?,
        None => Decided::default(),
    };
    let names = &found.names;
    let same = decided.ledger.decided(&found.tables, names);
    let (tables, shown) = match same.filter(|_| decided.basis == basis) {
        Some(shown) => (found.tables, shown),
        None => {
            let tables = decided.ledger.mark(found.tables, names, &secrecy.rule);
            let pattern = pattern(&decided.ledger, &tables, &secrecy.rule, names)
                .map_err(|error| error.to_string())?;
            decided.ledger.record(&tables, &pattern, names);
            decided.told = told(&pattern);
            decided.basis = basis;
            let bytes = serde_json::to_vec(&decided).map_err(|error| error.to_string())?;
            before.write(&bytes).map_err(|error| error.to_string())?;
            let statuses = pattern.statuses.iter();
            (tables, statuses.map(|status| status.is_shown()).collect())
        }
    };
    let told = decided.told;
    let cells = tables.tables().cells().iter().zip(&shown);
    let shown = tables
        .keys()
        .zip(cells)
        .filter(|(_, (cell, _))| !cell.shadow)
        .map(|(key, (cell, shown))| (key.clone(), (*shown, cell.units)))
        .collect();
    tracing::info!(%dataset, ?told, "statistical secrecy");
    Ok(Shield {
        secrecy: secrecy.clone(),
        dimensions,
        shown,
        periods: found.periods,
        members: found.members,
        told,
    })
}

/// What is kept of decisions.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Decided {
    /// What was asked of figures.
    basis: String,
    told: Protection,
    ledger: Ledger,
}

/// What is hidden: of the figures as they are, then of what has changed since they were shown.
fn pattern(
    ledger: &Ledger,
    tables: &KeyedTables,
    rule: &Rule,
    names: &Names,
) -> Result<Suppression, TablesError> {
    let limits = Limits::default();
    let mut pattern = protect(tables.tables(), rule, &limits);
    let hidden: Vec<bool> = pattern.statuses.iter().map(|it| !it.is_shown()).collect();
    if let Some(changes) = ledger.changes(tables, names, &hidden, rule)? {
        let late = protect(&changes, &Ledger::rule_of_changes(rule), &limits);
        let seen = changes.cells().iter().map(|cell| !cell.shadow);
        let late_ones = late.statuses.iter().zip(seen);
        for (status, (late, seen)) in pattern.statuses.iter_mut().zip(late_ones) {
            if seen && status.is_shown() && !late.is_shown() {
                *status = Status::Secondary;
            }
        }
        pattern.exposed.extend(late.exposed);
        pattern.coarse |= late.coarse;
    }
    Ok(pattern)
}

/// How much a pattern hides. What stays hidden because it was protects as it did.
fn told(pattern: &Suppression) -> Protection {
    let count = |is: &dyn Fn(&Status) -> bool| pattern.statuses.iter().filter(|it| is(it)).count();
    let kept = count(&|status| *status == Status::Primary(Reason::Kept));
    Protection {
        cells: pattern.hidden.cells,
        primary: pattern.hidden.primary.saturating_sub(kept),
        secondary: kept + count(&|status| *status == Status::Secondary),
        exposed: pattern.exposed.len() + pattern.known.len(),
        coarse: pattern.coarse,
        closed: false,
    }
}

/// A question about cells that are shown, or hidden one by one.
#[derive(Debug)]
pub(crate) struct Asked<'s> {
    pub shield: &'s Shield,
    /// The places of the dimensions of the answer.
    by: Vec<usize>,
    /// What is added up: members by dimension, beside those of the answer.
    combinations: Vec<Vec<Option<String>>>,
}

impl Asked<'_> {
    /// Whether what a leaf comes to in a complete period may be seen.
    pub fn shows(
        &self,
        leaf: &Leaf,
        (indicator, native): (&Indicator, bool),
        keys: &[String],
        period: Period,
    ) -> bool {
        if !self.shield.periods.contains(&period) {
            return false;
        }
        let exact = match leaf.function {
            Aggregate::Min | Aggregate::Max | Aggregate::First | Aggregate::Last => return false,
            // The mean of what several readings came to is not among the cells.
            Aggregate::CountDistinct if indicator.over_time == OverTime::Mean && !native => {
                return false;
            }
            Aggregate::CountDistinct | Aggregate::Median | Aggregate::Quantile(_) => true,
            Aggregate::Sum | Aggregate::Count | Aggregate::Avg => false,
        };
        if exact && self.combinations.len() != 1 {
            return false;
        }
        self.combinations.iter().all(|members| {
            let mut members = members.clone();
            for (place, key) in self.by.iter().zip(keys) {
                if let Some(member) = members.get_mut(*place) {
                    *member = Some(key.clone());
                }
            }
            let key = Key {
                slice: slice(leaf),
                members,
                period: Some(period),
            };
            match (self.shield.shown.get(&key), leaf.function) {
                // What is not there is empty.
                (None, _) => !self.shield.hides_empty(),
                // Half as many units as a figure has stand above it, and below.
                (Some((shown, units)), Aggregate::Quantile(level)) => {
                    let least = self.shield.secrecy.rule.min_units as f64 / 2.0;
                    let share = level.share().min(1.0 - level.share());
                    *shown && share * *units as f64 >= least
                }
                (Some((shown, _)), _) => *shown,
            }
        })
    }
}
