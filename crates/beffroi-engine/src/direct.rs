//! Leaves that need a scan: what is prepared for a dataset, and what does not add up.

use crate::{
    formula::Leaf,
    rollup::{BUCKET, Rollup, grouping},
    time::{bucket, bucket_start},
};
use beffroi_catalog::{Catalog, Dataset};
use beffroi_model::{ColumnId, ColumnType, DimensionId, Filter, Grain};
use beffroi_warehouse::scan;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use polars::prelude as pl;
use std::path::PathBuf;

/// The rows of one dataset version.
pub(crate) struct Rows<'a> {
    pub catalog: &'a Catalog,
    pub dataset: &'a Dataset,
    pub parts: &'a [PathBuf],
}

/// One rollup to make.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    pub dimensions: Vec<DimensionId>,
    pub leaves: Vec<Leaf>,
}

impl Rows<'_> {
    fn time(&self) -> Result<(&ColumnId, ColumnType), String> {
        let time = self.dataset.time.as_ref().ok_or("a dataset without time")?;
        let column = self
            .dataset
            .schema
            .column(time.as_str())
            .ok_or("no such time column")?;
        Ok((time, column.kind))
    }

    /// The rows, each reading of a live source once: a feed may give the same one again.
    fn open(&self) -> Result<(pl::LazyFrame, pl::SchemaRef), String> {
        let mut rows = scan(self.parts).map_err(text)?;
        let names = rows.collect_schema().map_err(text)?;
        if let (time, ColumnType::DateTime) = self.time()? {
            let key = self
                .series()
                .into_iter()
                .chain([time])
                .map(ColumnId::as_str);
            let key = pl::cols(key.collect::<Vec<_>>());
            rows = rows.unique_stable(Some(key), pl::UniqueKeepStrategy::Last);
        }
        Ok((rows, names))
    }

    /// What tells the series of a live source apart: every dimension of the dataset.
    fn series(&self) -> Vec<&ColumnId> {
        let columns = self.dataset.schema.columns.iter();
        columns
            .filter(|column| column.dimension.is_some())
            .map(|column| &column.id)
            .collect()
    }

    /// Prepares rollups, all in one scan. Their readings are the dataset's own periods.
    pub fn prepare(&self, wanted: &[Wanted]) -> Result<Vec<Rollup>, String> {
        let (rows, names) = self.open()?;
        let (time, kind) = self.time()?;
        // A live source has many readings on one day: each by its instant.
        let live = kind == ColumnType::DateTime;
        let reading = match live {
            true => pl::col(time.as_str()).cast(pl::DataType::Int64),
            false => pl::col(time.as_str()).cast(pl::DataType::Int32),
        };
        let start = |bucket: i64| match live {
            true => Some(instant_of(bucket).date()),
            false => day_of(bucket),
        };
        let mut plans = Vec::with_capacity(wanted.len());
        for want in wanted {
            let plan = grouping(
                rows.clone(),
                &names,
                self.dataset,
                reading.clone(),
                &want.dimensions,
                &want.leaves,
                Vec::new(),
            )?;
            plans.push(plan);
        }
        let frames = stream(plans)?;
        frames
            .iter()
            .zip(wanted)
            .map(|(frame, want)| {
                Rollup::read(frame, self.catalog, &want.dimensions, &want.leaves, start)
                    .map_err(text)
            })
            .collect()
    }

    /// The last reading of each series of a live source, a series being one combination of
    /// members.
    pub fn latest(&self, want: &Wanted) -> Result<Rollup, String> {
        let (rows, names) = self.open()?;
        let (time, _) = self.time()?;
        let instant = pl::col(time.as_str());
        let series: Vec<pl::Expr> = self
            .series()
            .into_iter()
            .map(|column| pl::col(column.as_str()))
            .collect();
        let mut newest = instant.clone().max();
        if !series.is_empty() {
            newest = newest.over(series).map_err(text)?;
        }
        let newest = rows.filter(instant.clone().eq(newest));
        let plan = grouping(
            newest,
            &names,
            self.dataset,
            instant
                .clone()
                .cast(pl::DataType::Date)
                .cast(pl::DataType::Int32),
            &want.dimensions,
            &want.leaves,
            vec![instant.max().cast(pl::DataType::Int64).alias("/instant")],
        )?;
        // Ordered as the rollup orders its groups, for the instants to stand beside them.
        let frame = plan
            .sort(
                [BUCKET],
                pl::SortMultipleOptions::default().with_maintain_order(true),
            )
            .collect()
            .map_err(text)?;
        let mut rollup = Rollup::read(&frame, self.catalog, &want.dimensions, &want.leaves, day_of)
            .map_err(text)?;
        let instants = frame.column("/instant").map_err(text)?;
        let instants = instants.i64().map_err(text)?;
        rollup.instants = Some(instants.iter().flatten().map(instant_of).collect());
        Ok(rollup)
    }

    /// Computes leaves for the periods of a grain from the version, under filters.
    pub fn compute(
        &self,
        want: &Wanted,
        grain: Grain,
        filters: &[&Filter],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Rollup, String> {
        let (rows, names) = self.open()?;
        let (time, _) = self.time()?;
        let day = pl::col(time.as_str()).cast(pl::DataType::Date);
        let number = day.clone().cast(pl::DataType::Int32);
        let mut kept = number
            .clone()
            .gt_eq(pl::lit(from.to_epoch_days()))
            .and(number.lt(pl::lit(to.to_epoch_days())));
        for filter in filters {
            let column = self
                .dataset
                .dimension_column(&filter.dimension)
                .ok_or_else(|| format!("no dimension `{}`", filter.dimension))?;
            let mut any = pl::lit(false);
            for value in &filter.values {
                any = any.or(pl::col(column.as_str())
                    .cast(pl::DataType::String)
                    .eq(pl::lit(value.as_str())));
            }
            kept = kept.and(any);
        }
        let plan = grouping(
            rows.filter(kept),
            &names,
            self.dataset,
            bucket(day, grain),
            &want.dimensions,
            &want.leaves,
            Vec::new(),
        )?;
        let frames = stream(vec![plan])?;
        let frame = frames.first().ok_or("one plan gave no frame")?;
        Rollup::read(
            frame,
            self.catalog,
            &want.dimensions,
            &want.leaves,
            |number| bucket_start(i32::try_from(number).ok()?, grain),
        )
        .map_err(text)
    }
}

/// Runs plans on the streaming engine; those over the same rows share their scan.
fn stream(plans: Vec<pl::LazyFrame>) -> Result<Vec<pl::DataFrame>, String> {
    pl::LazyFrame::collect_all_with_engine(
        plans.into_iter().map(|plan| plan.logical_plan).collect(),
        pl::Engine::Streaming,
        pl::OptFlags::default() | pl::OptFlags::COMM_SUBPLAN_ELIM,
    )
    .map_err(text)
}

fn day_of(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(i32::try_from(days).ok()?)
}

fn instant_of(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp_micros(micros)
        .unwrap_or_default()
        .naive_utc()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
