//! Aggregates by reading and members, in dense arrays.

use crate::{scan::Shape, sums::LeafColumn};
use beffroi_catalog::Catalog;
use beffroi_model::{DimensionId, normalize};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// Leaves by reading and members. Groups are ordered by reading.
#[derive(Debug, Clone)]
pub(crate) struct Rollup {
    /// What was aggregated by what.
    pub shape: Shape,
    /// The day of each different reading, in the order of the readings: several of a live source
    /// fall on one day. Where the shape has a grain, the first days of its periods.
    pub readings: Vec<NaiveDate>,
    /// The instant of each reading of a live source; none for what is told apart by periods.
    pub moments: Vec<DateTime<Utc>>,
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
}

impl RollupDimension {
    /// A dimension from the names of its members and the place among these of each group's. Those
    /// that no group has are left out, the others put in the order in which they are shown.
    pub fn new(
        catalog: &Catalog,
        id: &DimensionId,
        names: &[Box<str>],
        mut codes: Vec<u32>,
    ) -> Self {
        let mut used = vec![false; names.len()];
        for code in &codes {
            if let Some(used) = used.get_mut(*code as usize) {
                *used = true;
            }
        }
        let mut order: Vec<(usize, &str)> = names
            .iter()
            .enumerate()
            .filter(|(place, _)| used.get(*place) == Some(&true))
            .map(|(place, name)| (place, &**name))
            .collect();
        order.sort_by_cached_key(|(_, name)| rank(catalog, id, name));
        let mut places = vec![0; names.len()];
        for ((place, _), code) in order.iter().zip(0..) {
            if let Some(known) = places.get_mut(*place) {
                *known = code;
            }
        }
        for code in &mut codes {
            *code = places.get(*code as usize).copied().unwrap_or(0);
        }
        Self {
            id: id.clone(),
            members: order.into_iter().map(|(_, name)| name.to_owned()).collect(),
            codes,
        }
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
