//! What one cell comes to while groups are added.

use super::quantity::{Quantities, Take, different, value};
use crate::{rollup::Rollup, sums::LeafColumn};
use beffroi_catalog::Units;
use beffroi_secrecy::{Amount, Cell, Kind};
use roaring::RoaringBitmap;
use std::collections::{BTreeMap, BTreeSet};

/// How groups are added.
pub(super) struct Adding<'a> {
    pub quantities: &'a Quantities,
    pub units: &'a Units,
    /// The leaf that counts the units of rows.
    pub counted: usize,
    /// The leaf without signs of each quantity.
    pub sizes: Vec<Option<usize>>,
    /// Whether the units of several readings may be the same ones.
    pub same_units: bool,
    pub only_stocks: bool,
}

/// One group of a rollup.
pub(super) struct Group<'a> {
    pub rollup: &'a Rollup,
    pub place: usize,
    pub reading: u32,
    pub contributor: Option<u32>,
    /// Whether its reading is the last of the period.
    pub last: bool,
}

/// The running cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    amounts: Vec<Running>,
    /// Units by reading.
    units: BTreeMap<u32, i64>,
    contributors: BTreeSet<u32>,
}

#[derive(Debug, Clone, Default)]
struct Running {
    value: f64,
    size: f64,
    different: Option<RoaringBitmap>,
    /// What each contributor brings.
    brought: BTreeMap<u32, f64>,
    /// The units behind it, by reading.
    behind: Option<BTreeMap<u32, i64>>,
}

impl Sums {
    pub fn add(&mut self, with: &Adding<'_>, group: &Group<'_>) {
        let quantities = with.quantities;
        let leaf = |place: usize| -> Option<&LeafColumn> { group.rollup.leaves.get(place) };
        self.amounts
            .resize_with(quantities.taken.len(), Running::default);
        let sizes = with.sizes.iter();
        for ((running, taken), size) in self.amounts.iter_mut().zip(&quantities.taken).zip(sizes) {
            let Some(column) = leaf(taken.leaf).filter(|_| group.last || !taken.stock) else {
                continue;
            };
            if let Some(behind) = taken.behind.and_then(leaf) {
                #[allow(clippy::cast_possible_truncation, reason = "a number of units")]
                let units = value(behind, group.place, Take::Sum) as i64;
                let by_reading = running.behind.get_or_insert_default();
                *by_reading.entry(group.reading).or_default() += units;
            }
            if taken.take == Take::Different {
                if let Some(set) = different(column, group.place) {
                    *running.different.get_or_insert_default() |= set;
                }
                continue;
            }
            let own = value(column, group.place, taken.take);
            running.value += own;
            if let Some(size) = size.and_then(leaf) {
                running.size += value(size, group.place, Take::Sum);
            }
            if let Some(contributor) = group.contributor.filter(|_| taken.take != Take::Expected) {
                *running.brought.entry(contributor).or_default() += own;
            }
        }
        if with.only_stocks && !group.last {
            return;
        }
        if let Some(column) = leaf(with.counted) {
            let take = match with.units {
                Units::Column(_) => Take::Sum,
                Units::Rows | Units::Contributors => Take::Values,
            };
            #[allow(clippy::cast_possible_truncation, reason = "a number of units")]
            let units = value(column, group.place, take) as i64;
            *self.units.entry(group.reading).or_default() += units;
        }
        self.contributors.extend(group.contributor);
    }

    /// What a quantity came to.
    #[allow(clippy::cast_precision_loss, reason = "no town counts beyond 2^53")]
    pub fn value(&self, quantity: usize) -> f64 {
        let running = self.amounts.get(quantity);
        running.map_or(0.0, |running| match &running.different {
            Some(set) => set.len() as f64,
            None => running.value,
        })
    }

    /// How many units it has.
    pub fn units(&self, with: &Adding<'_>) -> u64 {
        match with.units {
            Units::Contributors => self.contributors.len() as u64,
            Units::Rows | Units::Column(_) => over_readings(&self.units, with),
        }
    }

    /// The cell, with those of its quantities that are wanted.
    pub fn cell(&self, with: &Adding<'_>, wanted: &[usize]) -> Cell {
        let amount = |quantity: &usize| {
            let value = self.value(*quantity);
            let Some(running) = self.amounts.get(*quantity) else {
                return Amount::plain(value);
            };
            let mut amount = Amount::plain(value);
            let brings = running.brought.values().filter(|it| **it != 0.0);
            amount.units = match (with.units, &running.behind) {
                (Units::Contributors, _) if running.different.is_none() => {
                    Some(brings.count() as u64)
                }
                (Units::Rows | Units::Column(_), Some(behind)) => Some(over_readings(behind, with)),
                _ => None,
            };
            if running.brought.is_empty() {
                amount.magnitude = amount.magnitude.max(running.size);
                return amount;
            }
            let mut sizes: Vec<f64> = running.brought.values().map(|it| it.abs()).collect();
            amount.magnitude = sizes.iter().sum();
            sizes.sort_by(|a, b| b.total_cmp(a));
            let at = |place: usize| sizes.get(place).copied().unwrap_or(0.0);
            amount.largest = [at(0), at(1)];
            amount
        };
        let mut cell = Cell::new(self.units(with), wanted.iter().map(amount).collect());
        cell.contributors =
            (!self.contributors.is_empty()).then_some(self.contributors.len() as u64);
        cell
    }

    /// What a quantity is, as far as this cell tells: signed where rows have either sign.
    pub fn is_signed(&self, quantity: usize) -> bool {
        let running = self.amounts.get(quantity);
        running.is_some_and(|it| it.different.is_none() && it.size > it.value * (1.0 + 1e-9) + 1e-9)
    }
}

/// Units of several readings: added up, or as many as there were at once.
fn over_readings(units: &BTreeMap<u32, i64>, with: &Adding<'_>) -> u64 {
    let by_reading = units.values().map(|units| units.unsigned_abs());
    match with.same_units {
        true => by_reading.max().unwrap_or(0),
        false => by_reading.sum(),
    }
}

/// What a quantity is.
pub(super) fn kind(take: Take, signed: bool) -> Kind {
    match take {
        Take::Different => Kind::Distinct,
        _ if signed => Kind::Signed,
        _ => Kind::NonNegative,
    }
}
