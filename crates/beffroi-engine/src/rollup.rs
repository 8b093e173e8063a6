//! Aggregates by reading and members, in dense arrays.

use crate::{
    formula::Leaf,
    lower::{aggregates, name},
    sums::{LeafColumn, Values},
};
use beffroi_catalog::{Catalog, Dataset};
use beffroi_model::{DimensionId, normalize};
use chrono::{NaiveDate, NaiveDateTime};
use polars::prelude as pl;
use std::collections::HashMap;

/// The name of the bucket column of a grouping.
pub(crate) const BUCKET: &str = "/bucket";

/// Leaves by reading and members. Groups are ordered by reading.
#[derive(Debug, Clone)]
pub(crate) struct Rollup {
    /// The day of each different reading, in the order of the readings: several of a live source
    /// fall on one day.
    pub readings: Vec<NaiveDate>,
    /// The reading of each group.
    pub reading: Vec<u32>,
    /// The instant of each group, for the latest readings of a live source.
    pub instants: Option<Vec<NaiveDateTime>>,
    /// Dimensions.
    pub dimensions: Vec<RollupDimension>,
    /// Leaves, in their order.
    pub leaves: Vec<LeafColumn>,
}

/// One dimension of a rollup.
#[derive(Debug, Clone)]
pub(crate) struct RollupDimension {
    pub id: DimensionId,
    /// Member keys in the order in which they are shown.
    pub members: Vec<String>,
    /// The member of each group.
    pub codes: Vec<u32>,
}

impl Rollup {
    /// How many groups.
    pub fn len(&self) -> usize {
        self.reading.len()
    }

    /// Reads a rollup from the frame that [`grouping`] gives. `start` tells the first day of a
    /// bucket.
    pub fn read(
        frame: &pl::DataFrame,
        catalog: &Catalog,
        dimensions: &[DimensionId],
        leaves: &[Leaf],
        start: impl Fn(i64) -> Option<NaiveDate>,
    ) -> pl::PolarsResult<Self> {
        let buckets = frame.column(BUCKET)?.cast(&pl::DataType::Int64)?;
        // Those without a date belong to no period.
        let dated = |bucket: Option<i64>| bucket.filter(|bucket| start(*bucket).is_some());
        let buckets: Vec<Option<i64>> = buckets.i64()?.iter().map(dated).collect();
        let mut different: Vec<i64> = buckets.iter().flatten().copied().collect();
        different.sort_unstable();
        different.dedup();
        let mut order: Vec<usize> = (0..buckets.len()).collect();
        order.retain(|group| buckets.get(*group).is_some_and(Option::is_some));
        order.sort_by_key(|group| buckets.get(*group).copied().flatten());
        let reading = order
            .iter()
            .map(|group| {
                let bucket = buckets.get(*group).copied().flatten().unwrap_or_default();
                u32::try_from(different.partition_point(|known| *known < bucket))
                    .unwrap_or(u32::MAX)
            })
            .collect();
        let readings = different.into_iter().filter_map(start).collect();
        let mut read = Vec::with_capacity(dimensions.len());
        for id in dimensions {
            read.push(RollupDimension::read(frame, catalog, id, &order)?);
        }
        let leaves = leaves
            .iter()
            .enumerate()
            .map(|(place, _)| leaf_column(frame, place, &order))
            .collect::<pl::PolarsResult<_>>()?;
        Ok(Self {
            readings,
            reading,
            instants: None,
            dimensions: read,
            leaves,
        })
    }
}

impl RollupDimension {
    fn read(
        frame: &pl::DataFrame,
        catalog: &Catalog,
        id: &DimensionId,
        order: &[usize],
    ) -> pl::PolarsResult<Self> {
        let cells = frame.column(id.as_str())?.cast(&pl::DataType::String)?;
        let cells = cells.str()?;
        let mut members: Vec<&str> = cells.iter().map(Option::unwrap_or_default).collect();
        members.sort_unstable();
        members.dedup();
        members.sort_by_cached_key(|member| rank(catalog, id, member));
        let place: HashMap<&str, u32> = members
            .iter()
            .zip(0..)
            .map(|(member, code)| (*member, code))
            .collect();
        let codes = order
            .iter()
            .map(|group| {
                let member = cells.get(*group).unwrap_or_default();
                place.get(member).copied().unwrap_or(0)
            })
            .collect();
        let members = members.into_iter().map(str::to_owned).collect();
        Ok(Self {
            id: id.clone(),
            members,
            codes,
        })
    }
}

/// Where a member is shown among the others: declared ones in their order, then the others by
/// name.
pub(crate) fn rank(catalog: &Catalog, id: &DimensionId, member: &str) -> (usize, String, String) {
    let declared = catalog.dimensions.get(id);
    let place = declared.and_then(|dimension| dimension.members.get_index_of(member));
    (
        place.unwrap_or(usize::MAX),
        normalize(member),
        member.to_owned(),
    )
}

fn leaf_column(
    frame: &pl::DataFrame,
    place: usize,
    order: &[usize],
) -> pl::PolarsResult<LeafColumn> {
    let counts = |what: &str| -> pl::PolarsResult<Vec<i64>> {
        let column = frame
            .column(&name(place, what))?
            .cast(&pl::DataType::Int64)?;
        let column = column.i64()?;
        Ok(order
            .iter()
            .map(|group| column.get(*group).unwrap_or(0))
            .collect())
    };
    let optional = |what: &str| match frame.column(&name(place, what)) {
        Ok(_) => counts(what).map(Some),
        Err(_) => Ok(None),
    };
    let out = frame.column(&name(place, "out"))?;
    let out = match out.dtype() {
        pl::DataType::Decimal(_, scale) => {
            let scale = u32::try_from(*scale).unwrap_or(0);
            let column = out.as_materialized_series().decimal()?.physical().clone();
            Values::Exact {
                scale,
                values: order.iter().map(|group| column.get(*group)).collect(),
            }
        }
        dtype if dtype.is_integer() || dtype.is_bool() => {
            let column = out.cast(&pl::DataType::Int64)?;
            let column = column.i64()?;
            let at = |group: &usize| column.get(*group).map(i128::from);
            Values::Exact {
                scale: 0,
                values: order.iter().map(at).collect(),
            }
        }
        _ => {
            let column = out.cast(&pl::DataType::Float64)?;
            let column = column.f64()?;
            Values::Float(order.iter().map(|group| column.get(*group)).collect())
        }
    };
    Ok(LeafColumn {
        out,
        values: counts("values")?,
        rows: counts("rows")?,
        not_applicable: optional("na")?,
        secret: optional("secret")?,
    })
}

/// The plan that groups rows by a bucket and dimensions and computes leaves.
pub(crate) fn grouping(
    rows: pl::LazyFrame,
    names: &pl::Schema,
    dataset: &Dataset,
    bucket: pl::Expr,
    dimensions: &[DimensionId],
    leaves: &[Leaf],
    more: Vec<pl::Expr>,
) -> Result<pl::LazyFrame, String> {
    let mut keys = vec![bucket.alias(BUCKET)];
    for id in dimensions {
        let column = dataset
            .dimension_column(id)
            .ok_or_else(|| format!("dataset `{}` has no dimension `{id}`", dataset.id))?;
        keys.push(
            pl::col(column.as_str())
                .cast(pl::DataType::String)
                .alias(id.as_str()),
        );
    }
    let has_column = |column: &str| names.contains(column);
    let mut columns = more;
    for (place, leaf) in leaves.iter().enumerate() {
        columns.extend(aggregates(place, leaf, &dataset.schema, &has_column)?);
    }
    Ok(rows.group_by(keys).agg(columns))
}
