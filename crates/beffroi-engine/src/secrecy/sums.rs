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
                if let Some(contributor) = group.contributor {
                    *running.brought.entry(contributor).or_default() += own;
                }
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
        let by_reading = self.units.values().map(|units| units.unsigned_abs());
        match with.units {
            Units::Contributors => self.contributors.len() as u64,
            _ if with.same_units => by_reading.max().unwrap_or(0),
            _ => by_reading.sum(),
        }
    }

    /// The cell, with those of its quantities that are wanted.
    pub fn cell(&self, with: &Adding<'_>, wanted: &[usize]) -> Cell {
        let amount = |quantity: &usize| {
            let value = self.value(*quantity);
            let Some(running) = self.amounts.get(*quantity) else {
                return Amount::plain(value);
            };
            if running.brought.is_empty() {
                let mut amount = Amount::plain(value);
                amount.magnitude = amount.magnitude.max(running.size);
                return amount;
            }
            let mut sizes: Vec<f64> = running.brought.values().map(|it| it.abs()).collect();
            let magnitude = sizes.iter().sum();
            sizes.sort_by(|a, b| b.total_cmp(a));
            let at = |place: usize| sizes.get(place).copied().unwrap_or(0.0);
            let mut amount = Amount::of(value, [at(0), at(1)]);
            amount.magnitude = magnitude;
            amount
        };
        Cell::new(self.units(with), wanted.iter().map(amount).collect())
    }

    /// What a quantity is, as far as this cell tells: signed where rows have either sign.
    pub fn is_signed(&self, quantity: usize) -> bool {
        let running = self.amounts.get(quantity);
        running.is_some_and(|it| it.different.is_none() && it.size > it.value * (1.0 + 1e-9) + 1e-9)
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
