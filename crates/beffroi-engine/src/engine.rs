//! The engine over one state of the town.

use crate::{
    formula::{Split, split},
    gather::{Direct, gather},
    rollup::{Rollup, rank},
    scan::{Scan, Shape, When, Within},
    secrecy::Shield,
    shapes::{Wish, shapes, sorted},
    sizes::Measured,
};
use beffroi_catalog::{Catalog, Dataset, Indicator, Measure, OverTime};
use beffroi_model::{
    Answer, Cell, Coverage, DatasetId, Engine, Filter, Grain, IndicatorId, Period, PeriodRange,
    Protection, Provenance, Query, QueryError, Row, Span, Version,
};
use beffroi_warehouse::Warehouse;
use chrono::NaiveDate;
use moka::sync::Cache;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
    time::Instant,
};

/// Versions by dataset.
pub type Versions = BTreeMap<DatasetId, Arc<Version>>;

/// Answers queries over one catalog and one version of each dataset.
pub struct RollupEngine {
    warehouse: Warehouse,
    catalog: Arc<Catalog>,
    versions: Arc<Versions>,
    prepared: BTreeMap<DatasetId, Arc<Slot>>,
    /// Each version of the measure of each indicator, split once.
    splits: BTreeMap<IndicatorId, Vec<Result<Split, String>>>,
    /// Whether no rollup is made.
    rows_only: bool,
}

/// What is prepared for a dataset: made once, by whoever needs it first.
struct Slot {
    /// What it depends on: the version, the reading, the definitions.
    key: String,
    prepared: OnceLock<Result<Prepared, QueryError>>,
    /// What was read from the rows already.
    asked: Cache<Query, Arc<[Row]>>,
}

/// Bytes of answers kept for each dataset.
const KEPT: u64 = 16 << 20;

impl Slot {
    fn new(key: String) -> Self {
        let weigh = |_: &Query, rows: &Arc<[Row]>| {
            let bytes = rows.iter().map(|row| {
                let keys = row.keys.iter().map(|key| size_of::<String>() + key.len());
                size_of::<Row>() + keys.sum::<usize>()
            });
            u32::try_from(bytes.sum::<usize>() + size_of::<Query>()).unwrap_or(u32::MAX)
        };
        let asked = Cache::builder().max_capacity(KEPT).weigher(weigh);
        Self {
            key,
            prepared: OnceLock::new(),
            asked: asked.build(),
        }
    }
}

/// The rollups of a dataset, and the first days of all periods that it has.
#[derive(Default)]
struct Prepared {
    rollups: Vec<Rollup>,
    readings: Vec<NaiveDate>,
    /// What may be seen; `None` where everything may.
    shield: Option<Shield>,
}

impl Prepared {
    /// The smallest rollup that a question can be answered from, and the places of its leaves.
    fn holding(&self, direct: &Direct<'_>, query: &Query) -> Option<(&Rollup, Vec<usize>)> {
        let filters = query.filters.iter().chain(&query.scope.0);
        let asked = filters.map(|filter| &filter.dimension).chain(&query.by);
        let asked: Vec<_> = asked.collect();
        let fits = |rollup: &&Rollup| {
            let when = match (rollup.shape.when, query.span) {
                (When::Latest, Span::Latest) => true,
                (When::Reading, Span::Periods(_)) => true,
                // What is no sum over time is worked out from readings.
                (When::Grain(grain), Span::Periods(range)) => {
                    direct.indicator.over_time == OverTime::Sum
                        && range.first.grain().is_made_of(grain)
                }
                _ => false,
            };
            when && asked.iter().all(|id| rollup.shape.dimensions.contains(id))
        };
        let places = |rollup: &Rollup| {
            let known = |leaf| rollup.shape.leaves.iter().position(|other| other == leaf);
            direct
                .split
                .leaves
                .iter()
                .map(known)
                .collect::<Option<Vec<usize>>>()
        };
        self.rollups
            .iter()
            .filter(fits)
            .filter_map(|rollup| Some((rollup, places(rollup)?)))
            .min_by_key(|(rollup, _)| rollup.len())
    }
}

impl RollupEngine {
    /// An engine over a catalog and versions. Nothing is read yet. Rollups of a former engine are
    /// taken over where what they depend on is the same.
    #[must_use]
    pub fn new(
        warehouse: Warehouse,
        catalog: Arc<Catalog>,
        versions: Arc<Versions>,
        former: Option<&Self>,
    ) -> Self {
        let former = |id: &DatasetId, key: &str| former?.same(id, key);
        Self::with(warehouse, catalog, versions, former)
    }

    /// An engine beside others, over a state of the town that is nobody's yet. What they have
    /// prepared is taken over where what it depends on is the same; what this one prepares is never
    /// theirs.
    #[must_use]
    pub fn beside(
        warehouse: Warehouse,
        catalog: Arc<Catalog>,
        versions: Arc<Versions>,
        others: &[&Self],
    ) -> Self {
        let prepared = |id: &DatasetId, key: &str| {
            let mut slots = others.iter().filter_map(|other| other.same(id, key));
            slots.find(|slot| slot.prepared.get().is_some())
        };
        Self::with(warehouse, catalog, versions, prepared)
    }

    /// What is prepared of a dataset, if it depends on the same.
    fn same(&self, id: &DatasetId, key: &str) -> Option<Arc<Slot>> {
        let slot = self.prepared.get(id)?;
        let is_same = slot.key == key && !matches!(slot.prepared.get(), Some(Err(_)));
        is_same.then(|| Arc::clone(slot))
    }

    fn with(
        warehouse: Warehouse,
        catalog: Arc<Catalog>,
        versions: Arc<Versions>,
        taken: impl Fn(&DatasetId, &str) -> Option<Arc<Slot>>,
    ) -> Self {
        let mut prepared = BTreeMap::new();
        for dataset in catalog.datasets.values() {
            let Some(version) = versions.get(&dataset.id) else {
                continue;
            };
            let made = version.imported_at.timestamp_micros();
            let mut key = format!("{}@{made}@{}", version.number, dataset.checksum);
            for spec in &dataset.schema.columns {
                let dimension = spec.dimension.as_ref();
                let dimension = dimension.and_then(|id| catalog.dimensions.get(id));
                if let Some(changes) = dimension.map(|it| &it.changes).filter(|it| !it.is_empty()) {
                    key.push_str(&format!("{changes:?}"));
                }
            }
            if let Some(secrecy) = &dataset.secrecy {
                key.push_str(&format!("{secrecy:?}"));
            }
            for indicator in indicators_of(&catalog, &dataset.id) {
                key.push_str(&indicator.checksum);
            }
            let slot = taken(&dataset.id, &key).unwrap_or_else(|| Arc::new(Slot::new(key)));
            prepared.insert(dataset.id.clone(), slot);
        }
        let splits = catalog
            .indicators
            .values()
            .map(|indicator| {
                let splits = indicator.measures().map(|measure| split(measure.expr()));
                (indicator.id.clone(), splits.collect())
            })
            .collect();
        Self {
            warehouse,
            catalog,
            versions,
            prepared,
            splits,
            rows_only: false,
        }
    }

    /// An engine that prepares nothing but which periods there are: it answers from the rows of
    /// versions, and is what rollups are compared with. It does not tell the latest readings of
    /// live sources.
    #[must_use]
    pub fn unprepared(
        warehouse: Warehouse,
        catalog: Arc<Catalog>,
        versions: Arc<Versions>,
    ) -> Self {
        Self {
            rows_only: true,
            ..Self::new(warehouse, catalog, versions, None)
        }
    }

    /// The versions that it answers from.
    #[must_use]
    pub fn versions(&self) -> &Arc<Versions> {
        &self.versions
    }

    fn split(&self, id: &IndicatorId, version: usize) -> Result<&Split, QueryError> {
        let splits = self.splits.get(id);
        match splits.and_then(|splits| splits.get(version)) {
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

    fn slot(&self, id: &DatasetId) -> Result<&Slot, QueryError> {
        let slot = self.prepared.get(id);
        slot.map(|slot| &**slot)
            .ok_or_else(|| QueryError::NoVersion(id.clone()))
    }

    fn prepared(&self, id: &DatasetId) -> Result<&Prepared, QueryError> {
        self.slot(id)?
            .prepared
            .get_or_init(|| self.build(id))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn build(&self, id: &DatasetId) -> Result<Prepared, QueryError> {
        let (Some(dataset), Some(version)) = (self.catalog.datasets.get(id), self.versions.get(id))
        else {
            return Err(QueryError::NoVersion(id.clone()));
        };
        let Some(column) = dataset.time.as_ref() else {
            return Ok(Prepared::default());
        };
        let Some(time) = dataset.schema.column(column.as_str()) else {
            return Ok(Prepared::default());
        };
        let mut wishes = Vec::new();
        let wishing = indicators_of(&self.catalog, id).filter(|_| !self.rows_only);
        for indicator in wishing {
            for version in 0..indicator.measures().count() {
                wishes.push(Wish {
                    indicator,
                    split: self.split(&indicator.id, version)?,
                    grain: dataset.grain().unwrap_or(indicator.grain),
                    time: time.kind,
                });
            }
        }
        let parts = self.warehouse.part_paths(version);
        let scan = Scan {
            catalog: &self.catalog,
            dataset,
            parts: &parts,
        };
        let sizes = Measured::of(&scan, version).map_err(QueryError::Internal)?;
        let shapes = shapes(&self.catalog, &wishes, &sizes);
        let mut rollups = scan.rollups(&shapes, &Within::default())?;
        // The first tells which periods there are.
        let readings = match rollups.is_empty() {
            true => Vec::new(),
            false => rollups.remove(0).readings,
        };
        let shield = match &dataset.secrecy {
            Some(secrecy) => {
                let mut measures = Vec::new();
                for indicator in indicators_of(&self.catalog, id) {
                    for version in 0..indicator.measures().count() {
                        measures.push((indicator, self.split(&indicator.id, version)?));
                    }
                }
                let warehouse = &self.warehouse;
                Some(Shield::of(
                    warehouse, scan, version, secrecy, measures, &readings,
                ))
            }
            None => None,
        };
        Ok(Prepared {
            rollups,
            readings,
            shield,
        })
    }

    fn one(&self, query: &Query, until: Option<Instant>) -> Result<Answer, QueryError> {
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
        let mut spans = spans(indicator, query.span).into_iter();
        let first = spans.next().unwrap_or((0, query.span));
        let mut answer = self.by_version(indicator, first, query, until)?;
        for span in spans {
            let next = self.by_version(indicator, span, query, until)?;
            answer.rows.extend(next.rows);
            add_provenance(&mut answer.provenance, next.provenance);
        }
        if let (Span::Periods(range), true) = (query.span, first.1 != query.span) {
            self.complete(&mut answer, range);
        }
        for row in &mut answer.rows {
            row.cell = row
                .cell
                .combine(Cell::Value(indicator.unit.factor()), |a, b| a * b);
        }
        Ok(answer)
    }

    /// The periods for which one version of the formula holds.
    fn by_version(
        &self,
        indicator: &Indicator,
        (version, span): (usize, Span),
        query: &Query,
        until: Option<Instant>,
    ) -> Result<Answer, QueryError> {
        let split = self.split(&indicator.id, version)?;
        let query = &Query {
            span,
            ..query.clone()
        };
        match &indicator.measure {
            Measure::Direct { dataset, .. } => {
                let (Some(dataset), Some(version)) = (
                    self.catalog.datasets.get(dataset),
                    self.versions.get(dataset),
                ) else {
                    return Err(QueryError::NoVersion(dataset.clone()));
                };
                self.direct(indicator, (dataset, version), split, query, until)
            }
            Measure::Derived { .. } => self.derived(indicator, split, query, until),
        }
    }

    /// Puts the rows of several spans together: every period for every member.
    fn complete(&self, answer: &mut Answer, range: PeriodRange) {
        let mut known: HashMap<Vec<String>, HashMap<Period, Row>> = HashMap::new();
        for row in answer.rows.drain(..) {
            let line = known.entry(row.keys.clone()).or_default();
            line.insert(row.period, row);
        }
        let mut lines: Vec<_> = known.into_iter().collect();
        lines.sort_by_cached_key(|(keys, _)| {
            let keys = answer.by.iter().zip(keys);
            keys.map(|(by, key)| rank(&self.catalog, by, key))
                .collect::<Vec<_>>()
        });
        for (keys, mut line) in lines {
            answer.rows.extend(range.iter().map(|period| {
                line.remove(&period).unwrap_or_else(|| Row {
                    period,
                    at: None,
                    keys: keys.clone(),
                    cell: Cell::Missing,
                    coverage: Coverage::default(),
                })
            }));
        }
    }

    fn direct(
        &self,
        indicator: &Indicator,
        (dataset, version): (&Dataset, &Version),
        split: &Split,
        query: &Query,
        until: Option<Instant>,
    ) -> Result<Answer, QueryError> {
        let slot = self.slot(&dataset.id)?;
        let too_late = || until.is_some_and(|until| Instant::now() >= until);
        if slot.prepared.get().is_none() && too_late() {
            return Err(QueryError::TimedOut);
        }
        let prepared = self.prepared(&dataset.id)?;
        let asked = prepared
            .shield
            .as_ref()
            .map(|shield| (shield, shield.ask(query)));
        let too_fine = || QueryError::TooFine {
            indicator: indicator.id.clone(),
            grain: "instant",
        };
        let rows = match (asked, query.span) {
            (Some((shield, None)), Span::Periods(range)) => {
                shield.nothing(&self.catalog, query, range)
            }
            (Some(_), Span::Latest) => return Err(too_fine()),
            (asked, _) => {
                let direct = Direct {
                    indicator,
                    dataset,
                    version,
                    split,
                    asked: asked.and_then(|(_, asked)| asked),
                };
                let mut rows = match (prepared.holding(&direct, query), query.span) {
                    (Some((rollup, places)), _) => {
                        gather(&direct, query, rollup, &places, &prepared.readings)
                    }
                    (None, Span::Periods(range)) => {
                        // Who asks the same meanwhile waits for the same scan.
                        let scanned =
                            || self.scanned(&direct, query, range, &prepared.readings, until);
                        let rows = match slot.asked.get(query) {
                            Some(kept) => Ok(kept),
                            None if too_late() => return Err(QueryError::TimedOut),
                            None => slot.asked.try_get_with(query.clone(), scanned),
                        };
                        rows.map_err(|error| QueryError::clone(&error))?.to_vec()
                    }
                    (None, Span::Latest) => return Err(too_fine()),
                };
                if let (Some(shield), Span::Periods(range)) = (&prepared.shield, query.span) {
                    let readings = &prepared.readings;
                    let covered = |period| (period, direct.coverage(period, readings));
                    let covered: Vec<_> = range.iter().map(covered).collect();
                    shield.fill(&self.catalog, query, &covered, &mut rows);
                }
                rows
            }
        };
        Ok(Answer {
            indicator: indicator.id.clone(),
            unit: indicator.unit,
            by: query.by.clone(),
            rows,
            provenance: vec![provenance(dataset, version)],
        })
    }

    /// What no rollup holds, from the rows of the version.
    fn scanned(
        &self,
        direct: &Direct<'_>,
        query: &Query,
        range: PeriodRange,
        readings: &[NaiveDate],
        until: Option<Instant>,
    ) -> Result<Arc<[Row]>, QueryError> {
        let parts = self.warehouse.part_paths(direct.version);
        let scan = Scan {
            catalog: &self.catalog,
            dataset: direct.dataset,
            parts: &parts,
        };
        let mut filters: Vec<&Filter> = query.filters.iter().chain(&query.scope.0).collect();
        let mut left = query.clone();
        let mut dimensions = query.by.clone();
        if direct.indicator.over_time == OverTime::Last {
            // The last reading is that of anyone: who is asked about is told apart afterwards.
            dimensions.extend(filters.drain(..).map(|filter| filter.dimension.clone()));
            dimensions = sorted(dimensions);
            dimensions.dedup();
        } else {
            left.filters.clear();
            left.scope = Default::default();
        }
        let shape = Shape {
            // What is not a sum over time is computed for each reading first.
            when: match direct.indicator.over_time {
                OverTime::Sum => When::Grain(query.span.grain()),
                OverTime::Last | OverTime::Mean => When::Reading,
            },
            dimensions,
            leaves: direct.split.leaves.clone(),
        };
        let within = Within {
            filters,
            days: Some((range.first.start(), range.last.end())),
            until,
        };
        let rollups = scan.rollups(&[shape], &within)?;
        let rollup = rollups.first();
        let rollup =
            rollup.ok_or_else(|| QueryError::Internal("a scan gave nothing".to_owned()))?;
        let places: Vec<usize> = (0..direct.split.leaves.len()).collect();
        Ok(gather(direct, &left, rollup, &places, readings).into())
    }

    /// A derived indicator: its parts asked at the same periods, members and filters, aligned,
    /// then combined. A part known only by longer periods (a yearly population in a monthly
    /// figure) gives the value of the period around.
    fn derived(
        &self,
        indicator: &Indicator,
        split: &Split,
        query: &Query,
        until: Option<Instant>,
    ) -> Result<Answer, QueryError> {
        struct Part {
            answer: Answer,
            grain: Option<Grain>,
            factor: f64,
        }
        let mut parts = Vec::with_capacity(split.indicators.len());
        for id in &split.indicators {
            let unknown = || QueryError::UnknownIndicator(id.clone());
            let part = self.catalog.indicators.get(id).ok_or_else(unknown)?;
            let (grain, asked) = self.part(id, query).ok_or_else(unknown)?;
            parts.push(Part {
                answer: self.one(&asked, until)?,
                grain,
                factor: part.unit.factor(),
            });
        }
        let smallest = split.indicators.iter();
        let smallest: Vec<Option<f64>> = smallest.map(|id| self.min_denominator(id)).collect();
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
            let mut coverages = Vec::with_capacity(parts.len());
            for (part, lookup) in parts.iter().zip(&lookups) {
                let period = match part.grain {
                    Some(grain) => Period::containing(grain, row.period.start()),
                    None => row.period,
                };
                let found = lookup.get(&(row.keys.as_slice(), period));
                // Parts are combined as measures, before units multiply them.
                let cell = found.map_or(Cell::Missing, |found| found.cell);
                cells.push(cell.combine(Cell::Value(part.factor), |a, b| a / b));
                coverages.push(found.map(|found| found.coverage));
            }
            row.cell = match split.formula.divides_by_less(&cells, &smallest) {
                true => Cell::Secret,
                false => split.formula.value(&[], &cells),
            };
            // A part that the figure can do without is one input that is not there.
            let done_without = |cell: &Cell| row.cell.value().is_some() && cell.value().is_none();
            let mut covered: Option<Coverage> = None;
            let mut absent = 0;
            for (cell, coverage) in cells.iter().zip(coverages) {
                if done_without(cell) {
                    absent += 1;
                } else if let Some(coverage) = coverage {
                    covered = Some(covered.map_or(coverage, |known| worst(known, coverage)));
                }
            }
            if let Some(covered) = &mut covered {
                covered.cells_expected += absent;
            }
            row.coverage = covered.unwrap_or_default();
        }
        let mut provenance = Vec::new();
        for part in parts {
            add_provenance(&mut provenance, part.answer.provenance);
        }
        Ok(Answer {
            indicator: indicator.id.clone(),
            unit: indicator.unit,
            by: query.by.clone(),
            rows,
            provenance,
        })
    }

    /// The smallest denominator that a rate over this indicator may show, under secrecy.
    fn min_denominator(&self, id: &IndicatorId) -> Option<f64> {
        let indicator = self.catalog.indicators.get(id)?;
        match &indicator.measure {
            Measure::Direct { dataset, .. } => {
                let secrecy = self.catalog.datasets.get(dataset)?.secrecy.as_ref()?;
                secrecy.rule.min_denominator
            }
            Measure::Derived { .. } => {
                let splits = self.splits.get(id)?.iter().flatten();
                let parts = splits.flat_map(|split| &split.indicators);
                let least = parts.filter_map(|id| self.min_denominator(id));
                least.max_by(f64::total_cmp)
            }
        }
    }

    /// What is asked of a part of a derived indicator: the same, or, where the part is known by
    /// longer periods only, the periods around (whose grain is told).
    fn part(&self, id: &IndicatorId, query: &Query) -> Option<(Option<Grain>, Query)> {
        let part = self.catalog.indicators.get(id)?;
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
            asked.span = Span::Periods(PeriodRange::new(around(range.first), around(range.last)));
        }
        Some((grain, asked))
    }
}

impl Engine for RollupEngine {
    fn answer(&self, queries: &[Query], until: Option<Instant>) -> Vec<Result<Answer, QueryError>> {
        queries.iter().map(|query| self.one(query, until)).collect()
    }

    fn ready(&self, queries: &[Query]) -> Vec<Option<Result<Answer, QueryError>>> {
        // Nobody waits: what would have to be read or prepared is told as too late.
        let now = Some(Instant::now());
        let told = queries.iter().map(|query| match self.one(query, now) {
            Err(QueryError::TimedOut) => None,
            told => Some(told),
        });
        told.collect()
    }

    fn protection(&self, dataset: &DatasetId) -> Option<Protection> {
        let prepared = self.prepared.get(dataset)?.prepared.get()?.as_ref().ok()?;
        let shield = prepared.shield.as_ref()?;
        Some(shield.told().clone())
    }
}

/// The versions of a formula that a span meets, each with its part of the span.
fn spans(indicator: &Indicator, span: Span) -> Vec<(usize, Span)> {
    let Span::Periods(range) = span else {
        return vec![(indicator.formulas.len(), span)];
    };
    if indicator.formulas.is_empty() {
        return vec![(0, span)];
    }
    let mut spans: Vec<(usize, PeriodRange)> = Vec::new();
    for period in range.iter() {
        let version = indicator.version_at(period);
        match spans.last_mut() {
            Some((known, range)) if *known == version => {
                *range = PeriodRange::new(range.first, period);
            }
            _ => spans.push((version, PeriodRange::new(period, period))),
        }
    }
    let spans = spans.into_iter();
    spans
        .map(|(version, range)| (version, Span::Periods(range)))
        .collect()
}

/// Adds sources, each dataset once.
fn add_provenance(known: &mut Vec<Provenance>, more: Vec<Provenance>) {
    for source in more {
        if !known.iter().any(|it| it.dataset == source.dataset) {
            known.push(source);
        }
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

fn provenance(dataset: &Dataset, version: &Version) -> Provenance {
    let newest = version.newest_source();
    // Under secrecy they would tell figures that are hidden.
    let counted = |count: u64| dataset.secrecy.is_none().then_some(count);
    Provenance {
        dataset: version.dataset.clone(),
        version: version.number,
        source: newest.map(|source| source.name.clone()).unwrap_or_default(),
        extracted_on: newest.map(|source| source.extracted_on).unwrap_or_default(),
        imported_at: version.imported_at,
        rows_read: counted(version.rows_read()),
        rows_rejected: counted(version.rows_rejected()),
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
