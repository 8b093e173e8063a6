//! Rows of a version aggregated in one pass over its parts: for each shape asked for, what the
//! leaves come to by period and members.
//!
//! Row groups are shared among threads; each reads its own page by page, works the expressions out
//! for all rows of a page at once, and adds them to arrays of its own. These are put together at
//! the end. Nothing is held of the rows themselves: memory depends on how many groups there are,
//! not on how many rows.

mod calendar;
mod eval;
mod grid;
mod leaves;
mod live;
mod members;
mod page;
mod territory;
mod vector;

pub(crate) use leaves::as_floats;

use crate::{
    formula::Leaf,
    rollup::{Rollup, RollupDimension},
};
use beffroi_catalog::{Catalog, Dataset};
use beffroi_model::{ColumnId, ColumnType, DimensionId, Filter, Grain, QueryError};
use beffroi_warehouse::PartReader;
use calendar::Calendar;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use grid::{Grid, NONE};
use leaves::{LeafSums, Order, add_counts};
use live::Kept;
use members::Members;
use page::{Page, Remembered};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};
use territory::Territory;

/// The rows of one dataset version.
pub(crate) struct Scan<'a> {
    pub catalog: &'a Catalog,
    pub dataset: &'a Dataset,
    pub parts: &'a [PathBuf],
}

/// What is aggregated by what.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub when: When,
    pub dimensions: Vec<DimensionId>,
    pub leaves: Vec<Leaf>,
}

/// How rows are told apart by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum When {
    /// By the periods of the source itself; by instants where it has these.
    Reading,
    /// By the periods of a grain.
    Grain(Grain),
    /// Only the last reading of each series of a live source, all as one.
    Latest,
}

/// Which rows are meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Within<'a> {
    pub filters: Vec<&'a Filter>,
    /// From a day to another, the latter not included.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// When nobody waits for the result any more.
    pub until: Option<Instant>,
}

/// Why a scan gave nothing.
#[derive(Debug)]
pub(crate) enum ScanError {
    /// Nobody waits for it any more.
    TimedOut,
    /// Something is wrong; for the log.
    Failed(String),
}

impl From<String> for ScanError {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

impl From<ScanError> for QueryError {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::TimedOut => Self::TimedOut,
            ScanError::Failed(reason) => Self::Internal(reason),
        }
    }
}

/// One row group of a part.
struct Unit<'a> {
    part: &'a PathBuf,
    group: usize,
    first_row: u64,
    /// The days of its rows, when they are known.
    days: Option<(i32, i32)>,
}

/// What all threads share.
struct Plan<'a> {
    scan: &'a Scan<'a>,
    time: &'a ColumnId,
    live: bool,
    shapes: &'a [Shape],
    within: &'a Within<'a>,
    /// The columns that are read.
    columns: Vec<String>,
    /// Every different leaf, and those of each shape by their places.
    leaves: Vec<&'a Leaf>,
    leaves_of: Vec<Vec<usize>>,
    /// Every different dimension, and those of each shape likewise.
    dimensions: Vec<(&'a DimensionId, Members)>,
    dimensions_of: Vec<Vec<usize>>,
    /// The different values of each leaf that counts these.
    values: Vec<Members>,
    calendars: BTreeMap<Option<Grain>, Calendar>,
    /// Instants of a live source.
    instants: Members,
    kept: Option<Kept>,
}

/// What one thread has come to for one shape.
struct Local {
    grid: Grid,
    /// The rows of each group.
    rows: Vec<i64>,
    sums: Vec<LeafSums>,
    /// The latest instant of each group, where it is asked for.
    instants: Vec<i64>,
}

impl Scan<'_> {
    fn time(&self) -> Result<(&ColumnId, bool), String> {
        let time = self.dataset.time.as_ref().ok_or("a dataset without time")?;
        let column = self.dataset.schema.column(time.as_str());
        let column = column.ok_or("no such time column")?;
        // A live source has many readings on one day: each by its instant.
        Ok((time, column.kind == ColumnType::DateTime))
    }

    /// Aggregates rows for some shapes, all in one pass.
    pub fn rollups(&self, shapes: &[Shape], within: &Within<'_>) -> Result<Vec<Rollup>, ScanError> {
        let units = self.units()?;
        let plan = self.plan(shapes, within, &units)?;
        let next = AtomicUsize::new(0);
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let locals: Vec<Result<Vec<Local>, ScanError>> = thread::scope(|scope| {
            let work = || plan.work(&units, &next);
            let others: Vec<_> = (1..threads.min(units.len()))
                .map(|_| scope.spawn(work))
                .collect();
            let mut all = vec![work()];
            for other in others {
                let failed = |_| Err("a thread of the scan broke down".to_owned().into());
                all.push(other.join().unwrap_or_else(failed));
            }
            all
        });
        let mut locals = locals.into_iter();
        let mut whole = locals
            .next()
            .ok_or_else(|| "nobody has scanned".to_owned())??;
        for others in locals {
            for (whole, other) in whole.iter_mut().zip(others?) {
                whole.merge(other)?;
            }
        }
        let rollups = shapes.iter().zip(whole).enumerate();
        rollups
            .map(|(place, (shape, local))| Ok(plan.finish(place, shape, local)?))
            .collect()
    }

    /// The first day and the last of all rows.
    pub fn days(&self) -> Result<Option<(i32, i32)>, String> {
        let days = self.units()?.into_iter().filter_map(|unit| unit.days);
        Ok(days.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))))
    }

    fn units(&self) -> Result<Vec<Unit<'_>>, String> {
        let (time, live) = self.time()?;
        let mut units = Vec::new();
        let mut first_row = 0;
        for part in self.parts {
            let reader = PartReader::open(part).map_err(text)?;
            for group in 0..reader.groups() {
                let bounds = reader.bounds(group, time.as_str());
                units.push(Unit {
                    part,
                    group,
                    first_row,
                    days: bounds.map(|(first, last)| (day_of(first, live), day_of(last, live))),
                });
                first_row += reader.rows(group) as u64;
            }
        }
        Ok(units)
    }

    fn plan<'p>(
        &'p self,
        shapes: &'p [Shape],
        within: &'p Within<'p>,
        units: &[Unit<'_>],
    ) -> Result<Plan<'p>, String> {
        let (time, live) = self.time()?;
        let (mut leaves, mut leaves_of): (Vec<&Leaf>, Vec<Vec<usize>>) = Default::default();
        let mut dimensions: Vec<(&DimensionId, Members)> = Vec::new();
        let mut dimensions_of: Vec<Vec<usize>> = Vec::new();
        for shape in shapes {
            let mut places = Vec::new();
            for leaf in &shape.leaves {
                let known = leaves.iter().position(|known| *known == leaf);
                places.push(known.unwrap_or_else(|| {
                    leaves.push(leaf);
                    leaves.len() - 1
                }));
            }
            leaves_of.push(places);
            let mut places = Vec::new();
            for id in &shape.dimensions {
                let known = dimensions.iter().position(|(known, _)| *known == id);
                places.push(known.unwrap_or_else(|| {
                    dimensions.push((id, Members::default()));
                    dimensions.len() - 1
                }));
            }
            dimensions_of.push(places);
        }
        let ends = units.iter().filter_map(|unit| unit.days);
        let first = ends.clone().map(|(first, _)| first).min();
        let last = ends.map(|(_, last)| last).max();
        let mut calendars = BTreeMap::new();
        for shape in shapes {
            let grain = match shape.when {
                When::Reading | When::Latest => None,
                When::Grain(grain) => Some(grain),
            };
            if let (Some(first), Some(last)) = (first, last) {
                let calendar = || Calendar::new(grain, first, last);
                calendars.entry(grain).or_insert_with(calendar);
            }
        }
        let values = leaves.iter().map(|_| Members::default()).collect();
        let mut plan = Plan {
            scan: self,
            time,
            live,
            shapes,
            within,
            columns: Vec::new(),
            leaves,
            leaves_of,
            dimensions,
            dimensions_of,
            values,
            calendars,
            instants: Members::default(),
            kept: None,
        };
        plan.columns = plan.needed()?;
        if live {
            let latest = shapes.iter().any(|shape| shape.when == When::Latest);
            plan.kept = Some(self.kept(units, time, latest)?);
        }
        Ok(plan)
    }

    /// The column that holds a dimension.
    fn dimension_column(&self, id: &DimensionId) -> Result<&ColumnId, String> {
        self.dataset
            .dimension_column(id)
            .ok_or_else(|| format!("dataset `{}` has no dimension `{id}`", self.dataset.id))
    }
}

impl Plan<'_> {
    fn work(&self, units: &[Unit<'_>], next: &AtomicUsize) -> Result<Vec<Local>, ScanError> {
        let mut locals: Vec<Local> = self.shapes.iter().map(Local::new).collect();
        let mut remembered = Remembered::default();
        let mut open: Option<(&PathBuf, PartReader)> = None;
        while let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
            if self
                .within
                .until
                .is_some_and(|until| Instant::now() > until)
            {
                return Err(ScanError::TimedOut);
            }
            if !self.meets(unit) {
                continue;
            }
            let reader = match &open {
                Some((part, reader)) if *part == unit.part => reader,
                _ => {
                    let reader = PartReader::open(unit.part).map_err(text)?;
                    &open.insert((unit.part, reader)).1
                }
            };
            let mut first_row = unit.first_row;
            for rows in reader.read(unit.group, &self.columns).map_err(text)? {
                let rows = rows.map_err(text)?;
                let len = rows.len as u64;
                let page = Page::new(self, rows, first_row)?;
                self.add(&page, &mut locals, &mut remembered)?;
                first_row += len;
            }
        }
        Ok(locals)
    }

    /// Whether a row group may hold rows of the days asked for.
    fn meets(&self, unit: &Unit<'_>) -> bool {
        match (self.within.days, unit.days) {
            (Some((from, to)), Some((first, last))) => {
                first < to.to_epoch_days() && from.to_epoch_days() <= last
            }
            _ => true,
        }
    }

    fn add(
        &self,
        page: &Page<'_>,
        locals: &mut [Local],
        remembered: &mut Remembered,
    ) -> Result<(), String> {
        let keep = page.keep()?;
        if keep.as_ref().is_some_and(|keep| !keep.contains(&true)) {
            return Ok(());
        }
        let members = page.members(remembered)?;
        let leaves = page.leaves(remembered)?;
        let order = Order {
            time: page.time(),
            first_row: page.first_row,
        };
        let mut periods: BTreeMap<Option<Grain>, Vec<u32>> = BTreeMap::new();
        for (place, (shape, local)) in self.shapes.iter().zip(locals).enumerate() {
            let latest = shape.when == When::Latest;
            let mut own = None;
            let periods = match (latest, shape.when) {
                (true, _) => own.insert(page.latest(keep.as_deref())),
                (_, When::Grain(grain)) => periods
                    .entry(Some(grain))
                    .or_insert_with(|| page.periods(Some(grain), keep.as_deref())),
                _ => periods
                    .entry(None)
                    .or_insert_with(|| page.periods(None, keep.as_deref())),
            };
            let dimensions = self.dimensions_of.get(place).into_iter().flatten();
            let columns = dimensions.filter_map(|place| members.get(*place));
            let keys: Vec<&[u32]> = std::iter::once(periods.as_slice())
                .chain(columns.map(Vec::as_slice))
                .collect();
            let groups = local.grid.number(&keys, page.len)?;
            let count = local.grid.len();
            local.rows.resize(count, 0);
            for group in &groups {
                if let Some(rows) = local.rows.get_mut(*group as usize) {
                    *rows += 1;
                }
            }
            let wanted = self.leaves_of.get(place).into_iter().flatten();
            for (sums, leaf) in local.sums.iter_mut().zip(wanted) {
                if let Some(leaf) = leaves.get(*leaf) {
                    sums.add(&groups, count, leaf, order)?;
                }
            }
            if latest {
                local.instants.resize(count, i64::MIN);
                for (group, instant) in groups.iter().zip(page.time()) {
                    if let Some(known) = local.instants.get_mut(*group as usize) {
                        *known = (*known).max(*instant);
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts the groups of a shape in the order of their readings.
    fn finish(&self, place: usize, shape: &Shape, local: Local) -> Result<Rollup, String> {
        let groups = local.grid.len();
        let key = |group: usize| local.grid.keys(group).first().copied().unwrap_or(NONE);
        let instants = match (self.live, shape.when) {
            (true, When::Reading) => self.instants.names(),
            _ => Vec::new(),
        };
        let grain = match shape.when {
            When::Grain(grain) => Some(grain),
            _ => None,
        };
        // What readings are ordered by, and the day of each.
        let reading = |key: u32| -> (i64, NaiveDate) {
            if let Some(instant) = instants.get(key as usize) {
                let instant = instant.parse().unwrap_or(0);
                return (instant, instant_of(instant).date());
            }
            let calendar = self.calendars.get(&grain);
            let day = calendar.map_or(NaiveDate::default(), |known| known.start(key));
            (i64::from(day.to_epoch_days()), day)
        };
        let latest = shape.when == When::Latest;
        let whens: Vec<(i64, NaiveDate)> = match latest {
            true => {
                let last = local.instants.iter().max().copied().unwrap_or(0);
                vec![(0, instant_of(last).date()); groups]
            }
            false => (0..groups).map(|group| reading(key(group))).collect(),
        };
        let mut different = whens.clone();
        different.sort_unstable();
        different.dedup();
        let when = |group: usize| whens.get(group).copied().unwrap_or_default();
        let mut order: Vec<usize> = (0..groups).collect();
        order.sort_by_key(|group| when(*group));
        let readings = order.iter().map(|group| {
            let place = different.partition_point(|known| *known < when(*group));
            u32::try_from(place).unwrap_or(NONE)
        });
        let mut dimensions = Vec::with_capacity(shape.dimensions.len());
        let places = self.dimensions_of.get(place).into_iter().flatten();
        for (column, place) in places.enumerate() {
            let Some((id, members)) = self.dimensions.get(*place) else {
                continue;
            };
            let codes = order.iter().map(|group| {
                let keys = local.grid.keys(*group);
                keys.get(column + 1).copied().unwrap_or(0)
            });
            let days: Vec<NaiveDate> = order.iter().map(|group| when(*group).1).collect();
            let (names, codes) = match Territory::of(self.scan.catalog, id) {
                Some(territory) => territory.today(&members.names(), codes, &days),
                None => (members.names(), codes.collect()),
            };
            dimensions.push(RollupDimension::new(self.scan.catalog, id, &names, codes));
        }
        Ok(Rollup {
            shape: shape.clone(),
            readings: different.iter().map(|(_, day)| *day).collect(),
            moments: match instants.is_empty() {
                true => Vec::new(),
                false => moments(different.iter().map(|(instant, _)| *instant)),
            },
            reading: readings.collect(),
            instants: latest.then(|| {
                let at = |group: &usize| local.instants.get(*group).copied().unwrap_or(0);
                order.iter().map(|group| instant_of(at(group))).collect()
            }),
            dimensions,
            leaves: local
                .sums
                .into_iter()
                .map(|sums| sums.finish(&order, &local.rows))
                .collect(),
        })
    }
}

impl Local {
    fn new(shape: &Shape) -> Self {
        let sums = shape.leaves.iter().map(|leaf| LeafSums::new(leaf.function));
        Self {
            grid: Grid::new(1 + shape.dimensions.len()),
            rows: Vec::new(),
            sums: sums.collect(),
            instants: Vec::new(),
        }
    }

    /// Adds what another thread has come to.
    fn merge(&mut self, other: Self) -> Result<(), String> {
        let groups = other.grid.len();
        let width = other.grid.width();
        let columns: Vec<Vec<u32>> = (0..width)
            .map(|column| {
                let key = |group| other.grid.keys(group).get(column).copied().unwrap_or(NONE);
                (0..groups).map(key).collect()
            })
            .collect();
        let columns: Vec<&[u32]> = columns.iter().map(Vec::as_slice).collect();
        let to = self.grid.number(&columns, groups)?;
        let count = self.grid.len();
        self.rows.resize(count, 0);
        add_counts(&mut self.rows, &other.rows, &to);
        for (sums, others) in self.sums.iter_mut().zip(other.sums) {
            sums.merge(others, &to, count);
        }
        if !other.instants.is_empty() {
            self.instants.resize(count, i64::MIN);
            for (instant, to) in other.instants.iter().zip(&to) {
                if let Some(known) = self.instants.get_mut(*to as usize) {
                    *known = (*known).max(*instant);
                }
            }
        }
        Ok(())
    }
}

/// The day of a time: of an instant for live sources.
fn day_of(time: i64, live: bool) -> i32 {
    let day = if live {
        time.div_euclid(eval::DAY)
    } else {
        time
    };
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}

/// The instants of readings that are told by the clock of the town, in their order.
fn moments(micros: impl Iterator<Item = i64>) -> Vec<DateTime<Utc>> {
    let mut moments: Vec<DateTime<Utc>> = Vec::new();
    for micros in micros {
        let local = instant_of(micros);
        let instant = beffroi_statistics::feed::instant(local, moments.last().copied());
        // An hour that no clock shows is taken as it is.
        moments.push(instant.unwrap_or_else(|| local.and_utc()));
    }
    moments
}

fn instant_of(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp_micros(micros)
        .unwrap_or_default()
        .naive_utc()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
