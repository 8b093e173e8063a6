//! The engine over one state of the town.

use crate::{
    direct::{Rows, Wanted},
    formula::{Leaf, Split, split},
    gather::{Direct, gather},
    rollup::{Rollup, rank},
};
use beffroi_catalog::{Catalog, Indicator, Measure, OverTime};
use beffroi_model::{
    Answer, Cell, Coverage, DatasetId, DimensionId, Engine, Filter, Grain, IndicatorId, Period,
    PeriodRange, Provenance, Query, QueryError, Row, Span, Version,
};
use beffroi_warehouse::Warehouse;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

/// Versions by dataset.
pub type Versions = BTreeMap<DatasetId, Arc<Version>>;

/// Answers queries over one catalog and one version of each dataset.
pub struct PolarsEngine {
    warehouse: Warehouse,
    catalog: Arc<Catalog>,
    versions: Arc<Versions>,
    prepared: BTreeMap<DatasetId, Arc<Slot>>,
    /// The measure of each indicator, split once.
    splits: BTreeMap<IndicatorId, Result<Split, String>>,
}

/// What is prepared for a dataset: made once, by whoever needs it first.
struct Slot {
    /// What it depends on: the version, the reading, the definitions.
    key: String,
    prepared: OnceLock<Result<Prepared, QueryError>>,
}

struct Prepared {
    rollups: Vec<(Wanted, Rollup)>,
    latest: Vec<(Wanted, Rollup)>,
}

impl PolarsEngine {
    /// An engine over a catalog and versions. Nothing is read yet. Rollups of a former engine are
    /// taken over where what they depend on is the same.
    #[must_use]
    pub fn new(
        warehouse: Warehouse,
        catalog: Arc<Catalog>,
        versions: Arc<Versions>,
        former: Option<&Self>,
    ) -> Self {
        let mut prepared = BTreeMap::new();
        for dataset in catalog.datasets.values() {
            let Some(version) = versions.get(&dataset.id) else {
                continue;
            };
            let made = version.imported_at.timestamp_micros();
            let mut key = format!("{}@{made}@{}", version.number, dataset.checksum);
            for indicator in indicators_of(&catalog, &dataset.id) {
                key.push_str(&indicator.checksum);
            }
            let slot = former
                .and_then(|former| former.prepared.get(&dataset.id))
                .filter(|slot| slot.key == key && !matches!(slot.prepared.get(), Some(Err(_))))
                .cloned()
                .unwrap_or_else(|| {
                    Arc::new(Slot {
                        key,
                        prepared: OnceLock::new(),
                    })
                });
            prepared.insert(dataset.id.clone(), slot);
        }
        let splits = catalog
            .indicators
            .values()
            .map(|indicator| (indicator.id.clone(), split(indicator.measure.expr())))
            .collect();
        Self {
            warehouse,
            catalog,
            versions,
            prepared,
            splits,
        }
    }

    fn split(&self, id: &IndicatorId) -> Result<&Split, QueryError> {
        match self.splits.get(id) {
            Some(Ok(split)) => Ok(split),
            Some(Err(reason)) => Err(QueryError::Internal(reason.clone())),
            None => Err(QueryError::UnknownIndicator(id.clone())),
        }
    }

    /// Prepares every dataset that is not prepared yet.
    pub fn prepare(&self) {
        for id in self.prepared.keys() {
            if let Err(error) = self.prepared(id) {
                tracing::error!(dataset = %id, %error, "rollups cannot be prepared");
            }
        }
    }

    fn prepared(&self, id: &DatasetId) -> Result<&Prepared, QueryError> {
        let slot = self
            .prepared
            .get(id)
            .ok_or_else(|| QueryError::NoVersion(id.clone()))?;
        slot.prepared
            .get_or_init(|| self.build(id))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn is_prepared(&self, id: &DatasetId) -> bool {
        self.prepared
            .get(id)
            .is_none_or(|slot| slot.prepared.get().is_some())
    }

    fn build(&self, id: &DatasetId) -> Result<Prepared, QueryError> {
        let (Some(dataset), Some(version)) = (self.catalog.datasets.get(id), self.versions.get(id))
        else {
            return Err(QueryError::NoVersion(id.clone()));
        };
        if dataset.time.is_none() {
            return Ok(Prepared {
                rollups: Vec::new(),
                latest: Vec::new(),
            });
        }
        // Indicators with the same dimensions share a rollup.
        let mut wanted: Vec<Wanted> = Vec::new();
        for indicator in indicators_of(&self.catalog, id) {
            let leaves = self.split(&indicator.id)?.leaves.iter();
            let leaves: Vec<Leaf> = leaves.filter(|leaf| leaf.adds_up()).cloned().collect();
            let dimensions = sorted(&indicator.dimensions);
            let place = wanted
                .iter()
                .position(|known| known.dimensions == dimensions);
            match place.and_then(|place| wanted.get_mut(place)) {
                Some(known) => {
                    for leaf in leaves {
                        if !known.leaves.contains(&leaf) {
                            known.leaves.push(leaf);
                        }
                    }
                }
                None => wanted.push(Wanted { dimensions, leaves }),
            }
        }
        let parts = self.warehouse.part_paths(version);
        let rows = Rows {
            catalog: &self.catalog,
            dataset,
            parts: &parts,
        };
        let rollups = rows.prepare(&wanted).map_err(QueryError::Internal)?;
        let live = dataset
            .time
            .as_ref()
            .and_then(|time| dataset.schema.column(time.as_str()));
        let latest = match live.map(|column| column.kind) {
            Some(beffroi_model::ColumnType::DateTime) => wanted
                .iter()
                .map(|want| Ok((want.clone(), rows.latest(want)?)))
                .collect::<Result<_, String>>()
                .map_err(QueryError::Internal)?,
            _ => Vec::new(),
        };
        Ok(Prepared {
            rollups: wanted.into_iter().zip(rollups).collect(),
            latest,
        })
    }

    fn one(&self, query: &Query) -> Result<Answer, QueryError> {
        let indicator = self
            .catalog
            .indicators
            .get(&query.indicator)
            .ok_or_else(|| QueryError::UnknownIndicator(query.indicator.clone()))?;
        let filters = query.filters.iter().chain(&query.scope.0);
        for dimension in query
            .by
            .iter()
            .chain(filters.map(|filter| &filter.dimension))
        {
            if !indicator.dimensions.contains(dimension) {
                return Err(QueryError::UnknownDimension {
                    indicator: indicator.id.clone(),
                    dimension: dimension.clone(),
                });
            }
        }
        if let Span::Periods(range) = query.span
            && !range.first.grain().is_made_of(indicator.grain)
        {
            return Err(QueryError::TooFine {
                indicator: indicator.id.clone(),
                grain: range.first.grain().as_str(),
            });
        }
        let split = self.split(&indicator.id)?;
        let mut answer = match &indicator.measure {
            Measure::Direct { dataset, .. } => {
                let (Some(dataset), Some(version)) = (
                    self.catalog.datasets.get(dataset),
                    self.versions.get(dataset),
                ) else {
                    return Err(QueryError::NoVersion(dataset.clone()));
                };
                self.direct(
                    &Direct {
                        indicator,
                        dataset,
                        version,
                        split,
                    },
                    query,
                )?
            }
            Measure::Derived { .. } => self.derived(indicator, split, query)?,
        };
        for row in &mut answer.rows {
            row.cell = row
                .cell
                .combine(Cell::Value(indicator.unit.factor()), |a, b| a * b);
        }
        Ok(answer)
    }

    fn direct(&self, direct: &Direct<'_>, query: &Query) -> Result<Answer, QueryError> {
        let want = Wanted {
            dimensions: sorted(&direct.indicator.dimensions),
            leaves: direct.split.leaves.clone(),
        };
        let adds_up = want.leaves.iter().all(Leaf::adds_up);
        let prepared = self.prepared(&direct.dataset.id)?;
        let shelf = match query.span {
            Span::Latest => &prepared.latest,
            Span::Periods(_) => &prepared.rollups,
        };
        let rollup = shelf
            .iter()
            .find(|(known, _)| known.dimensions == want.dimensions);
        let rows = match (rollup, query.span) {
            (Some((known, rollup)), _) if adds_up => {
                let places = want
                    .leaves
                    .iter()
                    .map(|leaf| known.leaves.iter().position(|other| other == leaf))
                    .collect::<Option<Vec<usize>>>()
                    .ok_or_else(|| QueryError::Internal("a leaf was not prepared".to_owned()))?;
                gather(direct, query, rollup, &places, &rollup.readings)
            }
            (rollup, Span::Periods(range)) => {
                let parts = self.warehouse.part_paths(direct.version);
                let rows = Rows {
                    catalog: &self.catalog,
                    dataset: direct.dataset,
                    parts: &parts,
                };
                let filters: Vec<&Filter> = query.filters.iter().chain(&query.scope.0).collect();
                let want = Wanted {
                    dimensions: query.by.clone(),
                    leaves: want.leaves,
                };
                let places: Vec<usize> = (0..want.leaves.len()).collect();
                let ends = (range.first.start(), range.last.end());
                // What is not a sum over time is computed for each reading first.
                let grain = match direct.indicator.over_time {
                    OverTime::Sum => query.span.grain(),
                    OverTime::Last | OverTime::Mean => direct.indicator.grain,
                };
                let computed = rows
                    .compute(&want, grain, &filters, ends)
                    .map_err(QueryError::Internal)?;
                let unfiltered = Query {
                    filters: Vec::new(),
                    scope: Default::default(),
                    ..query.clone()
                };
                let readings = rollup.map_or(&computed.readings, |(_, rollup)| &rollup.readings);
                gather(direct, &unfiltered, &computed, &places, readings)
            }
            (_, Span::Latest) => {
                return Err(QueryError::TooFine {
                    indicator: direct.indicator.id.clone(),
                    grain: "instant",
                });
            }
        };
        Ok(Answer {
            indicator: direct.indicator.id.clone(),
            unit: direct.indicator.unit,
            by: query.by.clone(),
            rows,
            provenance: vec![provenance(direct.version)],
        })
    }

    /// A derived indicator: its parts asked at the same periods, members and filters, aligned,
    /// then combined. A part known only by longer periods (a yearly population in a monthly
    /// figure) gives the value of the period around.
    fn derived(
        &self,
        indicator: &Indicator,
        split: &Split,
        query: &Query,
    ) -> Result<Answer, QueryError> {
        struct Part {
            answer: Answer,
            grain: Option<Grain>,
            factor: f64,
        }
        let mut parts = Vec::with_capacity(split.indicators.len());
        for id in &split.indicators {
            let part = self
                .catalog
                .indicators
                .get(id)
                .ok_or_else(|| QueryError::UnknownIndicator(id.clone()))?;
            let mut grain = None;
            let mut asked = Query {
                indicator: id.clone(),
                ..query.clone()
            };
            if let Span::Periods(range) = query.span
                && !range.first.grain().is_made_of(part.grain)
            {
                let around = |period: Period| Period::containing(part.grain, period.start());
                grain = Some(part.grain);
                asked.span =
                    Span::Periods(PeriodRange::new(around(range.first), around(range.last)));
            }
            parts.push(Part {
                answer: self.one(&asked)?,
                grain,
                factor: part.unit.factor(),
            });
        }
        let mut rows: Vec<Row> = Vec::new();
        let Some(main) = parts
            .iter()
            .find(|part| part.grain.is_none())
            .or(parts.first())
        else {
            return Err(QueryError::Internal(
                "a derived indicator without parts".to_owned(),
            ));
        };
        // Every member that a part knows, in the order of the first part that knows it.
        let mut places: HashMap<(Vec<String>, Period), usize> = HashMap::new();
        let lists = std::iter::once(main).chain(parts.iter().filter(|part| part.grain.is_none()));
        for row in lists.flat_map(|part| &part.answer.rows) {
            if let std::collections::hash_map::Entry::Vacant(place) =
                places.entry((row.keys.clone(), row.period))
            {
                place.insert(rows.len());
                rows.push(row.clone());
            }
        }
        rows.sort_by_cached_key(|row| {
            let keys = query.by.iter().zip(&row.keys);
            let ranks: Vec<_> = keys.map(|(by, key)| rank(&self.catalog, by, key)).collect();
            (ranks, row.period)
        });
        let lookups: Vec<HashMap<(&[String], Period), &Row>> = parts
            .iter()
            .map(|part| {
                let rows = part.answer.rows.iter();
                rows.map(|row| ((row.keys.as_slice(), row.period), row))
                    .collect()
            })
            .collect();
        for row in &mut rows {
            let mut cells = Vec::with_capacity(parts.len());
            let mut covered: Option<Coverage> = None;
            for (part, lookup) in parts.iter().zip(&lookups) {
                let period = match part.grain {
                    Some(grain) => Period::containing(grain, row.period.start()),
                    None => row.period,
                };
                let found = lookup.get(&(row.keys.as_slice(), period));
                // Parts are combined as measures, before units multiply them.
                let cell = found.map_or(Cell::Missing, |found| found.cell);
                cells.push(cell.combine(Cell::Value(part.factor), |a, b| a / b));
                if let Some(found) = found {
                    covered = Some(match covered {
                        Some(known) => worst(known, found.coverage),
                        None => found.coverage,
                    });
                }
            }
            row.cell = split.formula.value(&[], &cells);
            row.coverage = covered.unwrap_or_default();
        }
        let mut provenance: Vec<Provenance> = Vec::new();
        for source in parts.into_iter().flat_map(|part| part.answer.provenance) {
            if !provenance
                .iter()
                .any(|known| known.dataset == source.dataset)
            {
                provenance.push(source);
            }
        }
        Ok(Answer {
            indicator: indicator.id.clone(),
            unit: indicator.unit,
            by: query.by.clone(),
            rows,
            provenance,
        })
    }

    /// Whether queries on an indicator can be answered without a scan.
    fn is_ready(&self, id: &IndicatorId) -> bool {
        // What is refused is refused at once.
        let (Some(indicator), Ok(split)) = (self.catalog.indicators.get(id), self.split(id)) else {
            return true;
        };
        match &indicator.measure {
            Measure::Direct { dataset, .. } => {
                split.leaves.iter().all(Leaf::adds_up) && self.is_prepared(dataset)
            }
            Measure::Derived { .. } => split.indicators.iter().all(|id| self.is_ready(id)),
        }
    }
}

impl Engine for PolarsEngine {
    fn answer(&self, queries: &[Query]) -> Vec<Result<Answer, QueryError>> {
        queries.iter().map(|query| self.one(query)).collect()
    }

    fn ready(&self, queries: &[Query]) -> Vec<Option<Result<Answer, QueryError>>> {
        queries
            .iter()
            .map(|query| self.is_ready(&query.indicator).then(|| self.one(query)))
            .collect()
    }
}

/// Direct indicators of a dataset.
fn indicators_of<'a>(
    catalog: &'a Catalog,
    id: &'a DatasetId,
) -> impl Iterator<Item = &'a Indicator> {
    catalog.indicators.values().filter(
        move |indicator| matches!(&indicator.measure, Measure::Direct { dataset, .. } if dataset == id),
    )
}

fn sorted(dimensions: &[DimensionId]) -> Vec<DimensionId> {
    let mut dimensions = dimensions.to_vec();
    dimensions.sort();
    dimensions
}

fn provenance(version: &Version) -> Provenance {
    let newest = version.newest_source();
    Provenance {
        dataset: version.dataset.clone(),
        version: version.number,
        source: newest.map(|source| source.name.clone()).unwrap_or_default(),
        extracted_on: newest.map(|source| source.extracted_on).unwrap_or_default(),
        imported_at: version.imported_at,
        rows_read: version.rows_read(),
        rows_rejected: version.rows_rejected(),
    }
}

/// The coverage of a figure made of two: cells add up, the less complete period counts.
fn worst(a: Coverage, b: Coverage) -> Coverage {
    let share = |c: Coverage| f64::from(c.periods) / f64::from(c.periods_expected.max(1));
    let least = if share(b) < share(a) { b } else { a };
    Coverage {
        cells: a.cells + b.cells,
        cells_expected: a.cells_expected + b.cells_expected,
        ..least
    }
}
