//! A town among similar ones.

use crate::observation::Observation;
use crate::robust::quantile;
use crate::view::rank;
use beffroi_model::{Cell, Direction};

/// Where a town stands among those it is compared with, itself included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peers {
    /// A quarter of them are below.
    pub lower: f64,
    /// The middle.
    pub median: f64,
    /// A quarter of them are above.
    pub upper: f64,
    /// The town's place, from 1 for the best; `None` when its own value is not shown.
    pub place: Option<usize>,
    /// How many towns have a value: medians and places are counted among these.
    pub among: usize,
}

/// Fewer towns make no quartiles.
pub const LEAST_PEERS: usize = 4;

/// Median, quartiles and place of the town at `own` among all. `None` with fewer than
/// [`LEAST_PEERS`] known values. Values that are not shown go into nothing.
#[must_use]
pub fn peers(towns: &[Observation], own: Option<usize>, direction: Direction) -> Option<Peers> {
    let ranking = rank(towns, direction);
    let values: Vec<f64> = towns
        .iter()
        .zip(&ranking.places)
        .filter(|(_, place)| matches!(place, Cell::Value(_)))
        .filter_map(|(town, _)| town.cell.value())
        .collect();
    if values.len() < LEAST_PEERS {
        return None;
    }
    let place = own.and_then(|own| ranking.places.get(own)?.value());
    Some(Peers {
        lower: quantile(&values, 0.25)?,
        median: quantile(&values, 0.5)?,
        upper: quantile(&values, 0.75)?,
        place: place.map(|place| place as usize),
        among: ranking.among,
    })
}
