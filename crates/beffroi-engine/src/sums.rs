//! Adding up what leaves came to, exactly where the column is exact.

use crate::formula::Leaf;
use crate::scan::as_floats;
use beffroi_catalog::{Aggregate, Missing, OverTime};
use beffroi_model::{Cell, Period};
use beffroi_statistics::feed::{Reading, time_weighted_mean};
use chrono::{DateTime, TimeDelta, Utc};
use roaring::RoaringBitmap;

/// What a leaf came to in each group. A group whose leaf met no value holds whatever stands for
/// none: counts tell.
#[derive(Debug, Clone)]
pub(crate) enum Values {
    /// Only how many there are: the counts beside.
    Counts,
    /// Whole numbers and decimals: value × 10^scale.
    Exact { scale: u8, values: Vec<i128> },
    /// Everything else that is a number.
    Float(Vec<f64>),
    /// The different values, by their numbers.
    Distinct(Vec<Different>),
    /// Every value.
    All(Vec<Vec<f64>>),
    /// The value of one row, by its time.
    Timed(Vec<Option<Timed>>),
}

/// Different numbers: a bitmap, and those that came since, which go there by the hundred.
#[derive(Debug, Clone, Default)]
pub(crate) struct Different {
    known: RoaringBitmap,
    fresh: Vec<u32>,
}

impl Different {
    /// Numbers held before they go to the bitmap.
    const FRESH: usize = 256;

    /// The numbers, once all are in.
    pub fn numbers(&self) -> &RoaringBitmap {
        &self.known
    }

    pub fn insert(&mut self, number: u32) {
        self.fresh.push(number);
        if self.fresh.len() >= Self::FRESH {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.fresh.sort_unstable();
        self.fresh.dedup();
        // In order and each once: this cannot fail.
        if let Ok(fresh) = RoaringBitmap::from_sorted_iter(self.fresh.drain(..)) {
            self.known |= fresh;
        }
    }

    fn settled(mut self) -> Self {
        self.settle();
        self.fresh = Vec::new();
        self
    }

    fn join(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        self.known |= other.known;
    }
}

/// A value with its time, and the place of its row among all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Timed {
    pub time: i64,
    pub place: u64,
    pub value: f64,
}

impl Timed {
    /// Keeps the earlier or the later of two: among equals in time, the row read first or last.
    pub fn keep(function: Aggregate, known: &mut Option<Self>, other: Option<Self>) {
        let when = |it: &Self| (it.time, it.place);
        let better = match (&known, &other) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(known), Some(other)) => match function {
                Aggregate::First => when(other) < when(known),
                _ => when(other) > when(known),
            },
        };
        if better {
            *known = other;
        }
    }
}

impl Values {
    /// Room for so many groups.
    pub fn grow(&mut self, groups: usize, function: Aggregate) {
        match self {
            Self::Counts => {}
            Self::Exact { values, .. } => values.resize(
                groups,
                match function {
                    Aggregate::Min => i128::MAX,
                    Aggregate::Max => i128::MIN,
                    _ => 0,
                },
            ),
            Self::Float(values) => values.resize(
                groups,
                match function {
                    Aggregate::Min => f64::INFINITY,
                    Aggregate::Max => f64::NEG_INFINITY,
                    _ => 0.0,
                },
            ),
            Self::Distinct(sets) => sets.resize_with(groups, Different::default),
            Self::All(lists) => lists.resize(groups, Vec::new()),
            Self::Timed(values) => values.resize(groups, None),
        }
    }

    /// Adds what others came to, each of their groups to one of ours.
    pub fn merge(&mut self, function: Aggregate, other: Self, to: &[u32]) {
        match (&mut *self, other) {
            (
                Self::Exact { scale, values },
                Self::Exact {
                    scale: own,
                    values: others,
                },
            ) => {
                if *scale == own {
                    for (other, to) in others.iter().zip(to) {
                        if let Some(value) = values.get_mut(*to as usize) {
                            *value = fold_exact(function, *value, *other);
                        }
                    }
                    return;
                }
                let common = (*scale).max(own);
                rescale(function, values, common - *scale);
                *scale = common;
                let mut others = others;
                rescale(function, &mut others, common - own);
                self.merge(
                    function,
                    Self::Exact {
                        scale: common,
                        values: others,
                    },
                    to,
                );
            }
            (Self::Exact { scale, values }, Self::Float(others)) => {
                *self = Self::Float(as_floats(*scale, values));
                self.merge(function, Self::Float(others), to);
            }
            (
                Self::Float(_),
                Self::Exact {
                    scale,
                    values: others,
                },
            ) => {
                self.merge(function, Self::Float(as_floats(scale, &others)), to);
            }
            (Self::Float(values), Self::Float(others)) => {
                for (other, to) in others.iter().zip(to) {
                    if let Some(value) = values.get_mut(*to as usize) {
                        *value = fold_float(function, *value, *other);
                    }
                }
            }
            (Self::Distinct(sets), Self::Distinct(others)) => {
                for (other, to) in others.into_iter().zip(to) {
                    if let Some(set) = sets.get_mut(*to as usize) {
                        set.join(other);
                    }
                }
            }
            (Self::All(lists), Self::All(others)) => {
                for (other, to) in others.into_iter().zip(to) {
                    if let Some(list) = lists.get_mut(*to as usize) {
                        list.extend(other);
                    }
                }
            }
            (Self::Timed(values), Self::Timed(others)) => {
                for (other, to) in others.into_iter().zip(to) {
                    if let Some(value) = values.get_mut(*to as usize) {
                        Timed::keep(function, value, other);
                    }
                }
            }
            _ => {}
        }
    }

    /// The groups in another order.
    pub fn ordered(self, order: &[usize]) -> Self {
        fn pick<T: Clone>(values: &[T], order: &[usize]) -> Vec<T> {
            let at = |group: &usize| values.get(*group).cloned();
            order.iter().filter_map(at).collect()
        }
        match self {
            Self::Counts => Self::Counts,
            Self::Exact { scale, values } => Self::Exact {
                scale,
                values: pick(&values, order),
            },
            Self::Float(values) => Self::Float(pick(&values, order)),
            Self::Distinct(mut sets) => {
                let at = |group: &usize| sets.get_mut(*group).map(std::mem::take);
                let sets = order.iter().filter_map(at);
                Self::Distinct(sets.map(Different::settled).collect())
            }
            Self::All(lists) => Self::All(pick(&lists, order)),
            Self::Timed(values) => Self::Timed(pick(&values, order)),
        }
    }
}

fn fold_exact(function: Aggregate, a: i128, b: i128) -> i128 {
    match function {
        Aggregate::Min => a.min(b),
        Aggregate::Max => a.max(b),
        _ => a.saturating_add(b),
    }
}

fn fold_float(function: Aggregate, a: f64, b: f64) -> f64 {
    match function {
        Aggregate::Min => a.min(b),
        Aggregate::Max => a.max(b),
        _ => a + b,
    }
}

/// More digits after the point; what stands for no value stays.
pub(crate) fn rescale(function: Aggregate, values: &mut [i128], digits: u8) {
    let by = 10_i128.saturating_pow(u32::from(digits));
    let none = match function {
        Aggregate::Min => Some(i128::MAX),
        Aggregate::Max => Some(i128::MIN),
        _ => None,
    };
    for value in values.iter_mut().filter(|value| Some(**value) != none) {
        *value = value.saturating_mul(by);
    }
}

/// One leaf by group, with how much of it was there.
#[derive(Debug, Clone)]
pub(crate) struct LeafColumn {
    pub out: Values,
    pub values: Vec<i64>,
    pub rows: Vec<i64>,
    pub not_applicable: Option<Vec<i64>>,
    pub secret: Option<Vec<i64>>,
}

/// The running total of one leaf in one cell of an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Total {
    exact: i128,
    float: f64,
    distinct: Option<RoaringBitmap>,
    all: Vec<f64>,
    timed: Option<Timed>,
    started: bool,
    /// Whether what does not add up is worked out for each reading, and the sum of these.
    by_reading: bool,
    past: f64,
    pub values: i64,
    pub rows: i64,
    not_applicable: i64,
    secret: i64,
    /// The reading with a value added last, and how many different ones were.
    reading: Option<u32>,
    readings: u32,
    /// What each reading came to, where each counts for as long as it holds.
    held: Option<Vec<(u32, f64)>>,
}

/// When the readings of a live source are, and the period of a figure.
pub(crate) struct Held<'a> {
    pub moments: &'a [DateTime<Utc>],
    pub period: Period,
    /// After how long nothing is known any more.
    pub stale_after: TimeDelta,
}

impl Held<'_> {
    /// The mean of readings, each for as long as it holds.
    fn mean(&self, readings: &[(u32, f64)]) -> Cell {
        let readings = readings.iter().filter_map(|(reading, value)| {
            let at = *self.moments.get(*reading as usize)?;
            let cell = Cell::Value(*value);
            Some(Reading { at, cell })
        });
        let readings: Vec<Reading> = readings.collect();
        time_weighted_mean(&readings, self.period, self.stale_after).cell
    }
}

impl Total {
    /// The total of a leaf, before any group.
    pub fn new(leaf: &Leaf, over_time: OverTime, is_live: bool) -> Self {
        let mean = over_time == OverTime::Mean;
        let held = matches!(leaf.function, Aggregate::Sum | Aggregate::Count);
        Self {
            by_reading: mean && !leaf.adds_up(),
            held: (mean && is_live && held).then(Vec::new),
            ..Self::default()
        }
    }

    /// Adds to what a reading came to.
    fn hold(&mut self, reading: u32, value: f64) {
        let Some(held) = &mut self.held else { return };
        match held.last_mut() {
            Some((last, sum)) if *last == reading => *sum += value,
            _ => held.push((reading, value)),
        }
    }

    /// What the readings so far came to is put aside.
    fn close(&mut self, leaf: Aggregate) -> f64 {
        let past = match leaf {
            Aggregate::CountDistinct => {
                let set = self.distinct.take();
                set.map_or(0.0, |set| set.len() as f64)
            }
            _ if self.all.is_empty() => 0.0,
            Aggregate::Quantile(level) => {
                quantile(&mut std::mem::take(&mut self.all), level.share())
            }
            _ => quantile(&mut std::mem::take(&mut self.all), 0.5),
        };
        self.past += past;
        self.past
    }

    /// Adds a group. Groups come in the order of their readings.
    pub fn add(&mut self, function: Aggregate, column: &LeafColumn, group: usize, reading: u32) {
        let at = |counts: &[i64]| counts.get(group).copied().unwrap_or(0);
        let counts = matches!(function, Aggregate::Count | Aggregate::CountDistinct);
        let values = at(&column.values);
        if (counts || values > 0) && self.reading != Some(reading) {
            if self.by_reading {
                self.close(function);
            }
            self.reading = Some(reading);
            self.readings += 1;
        }
        self.values += values;
        self.rows += at(&column.rows);
        self.not_applicable += column.not_applicable.as_deref().map_or(0, at);
        self.secret += column.secret.as_deref().map_or(0, at);
        if values == 0 && !counts {
            return;
        }
        #[allow(clippy::cast_precision_loss, reason = "a mean has far fewer digits")]
        match &column.out {
            Values::Counts => self.hold(reading, values as f64),
            Values::Exact { values, scale } => {
                let value = values.get(group).copied().unwrap_or(0);
                self.hold(reading, value as f64 / 10_f64.powi(i32::from(*scale)));
                self.exact = match self.started {
                    true => fold_exact(function, self.exact, value),
                    false => value,
                };
            }
            Values::Float(values) => {
                let value = values.get(group).copied().unwrap_or(0.0);
                self.hold(reading, value);
                self.float = match self.started {
                    true => fold_float(function, self.float, value),
                    false => value,
                };
            }
            Values::Distinct(sets) => match (&mut self.distinct, sets.get(group)) {
                (Some(known), Some(set)) => *known |= &set.known,
                (known @ None, set) => *known = set.map(|set| set.known.clone()),
                _ => {}
            },
            Values::All(lists) => self.all.extend(lists.get(group).into_iter().flatten()),
            Values::Timed(values) => {
                Timed::keep(
                    function,
                    &mut self.timed,
                    values.get(group).copied().flatten(),
                );
            }
        }
        self.started = true;
    }

    /// Input cells that should have held a value.
    pub fn expected(&self) -> i64 {
        self.rows - self.not_applicable
    }

    /// The cell. Over time, `mean` is that of the readings that hold a value.
    #[allow(
        clippy::cast_precision_loss,
        reason = "figures are shown with far fewer digits"
    )]
    pub fn cell(
        &mut self,
        leaf: &Leaf,
        column: &LeafColumn,
        missing: Missing,
        over_time: OverTime,
        held: &Held<'_>,
    ) -> Cell {
        let counts = leaf.counts();
        if self.values == 0 && !(counts && self.secret == 0) {
            return if self.secret > 0 {
                Cell::Secret
            } else if self.not_applicable > 0 && self.expected() == 0 {
                Cell::NotApplicable
            } else {
                Cell::Missing
            };
        }
        if missing == Missing::Refuse && self.values < self.expected() {
            return if self.secret > 0 {
                Cell::Secret
            } else {
                Cell::Missing
            };
        }
        if let Some(readings) = &self.held {
            return held.mean(readings);
        }
        let readings = f64::from(self.readings.max(1));
        let total = match &column.out {
            _ if self.by_reading => return Cell::Value(self.close(leaf.function) / readings),
            Values::Counts => self.values as f64,
            Values::Exact { scale, .. } => self.exact as f64 / 10_f64.powi(i32::from(*scale)),
            Values::Float(_) => self.float,
            Values::Distinct(_) => {
                let set = self.distinct.as_ref();
                set.map_or(0, RoaringBitmap::len) as f64
            }
            Values::All(_) => {
                let level = match leaf.function {
                    Aggregate::Quantile(level) => level.share(),
                    _ => 0.5,
                };
                quantile(&mut self.all, level)
            }
            Values::Timed(_) => self.timed.map_or(f64::NAN, |timed| timed.value),
        };
        let value = match leaf.function {
            Aggregate::Avg => total / self.values as f64,
            Aggregate::Min
            | Aggregate::Max
            | Aggregate::Median
            | Aggregate::Quantile(_)
            | Aggregate::First
            | Aggregate::Last => total,
            _ if over_time == OverTime::Mean => total / readings,
            _ => total,
        };
        if value.is_finite() {
            Cell::Value(value)
        } else {
            Cell::NotApplicable
        }
    }
}

/// Of the n values in order, number `level` × (n − 1), in proportion between two.
fn quantile(values: &mut [f64], level: f64) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among values in memory"
    )]
    let (place, part) = {
        let place = level * values.len().saturating_sub(1) as f64;
        (place.floor() as usize, place.fract())
    };
    if place >= values.len() {
        return f64::NAN;
    }
    let (_, low, above) = values.select_nth_unstable_by(place, f64::total_cmp);
    let low = *low;
    if part == 0.0 {
        return low;
    }
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + (high - low) * part
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_stand_between_values_as_in_spreadsheets() {
        let at = |level| quantile(&mut [4.0, 1.0, 3.0, 2.0], level);
        assert_eq!(
            [at(0.0), at(0.5), at(0.9), at(1.0)].map(|it| (it * 100.0).round()),
            [100.0, 250.0, 370.0, 400.0]
        );
        assert!(quantile(&mut [], 0.5).is_nan());
    }
}
