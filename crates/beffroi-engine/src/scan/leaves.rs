//! What the leaves of measures come to in each group, while rows are read.

use super::vector::{Numbers, Values, Vector, power};
use crate::sums::{LeafColumn, Timed, Values as Sums, rescale};
use beffroi_catalog::Aggregate;

/// What one leaf needs of some rows.
#[derive(Debug, Default)]
pub(crate) struct LeafRows {
    /// What is aggregated; `None` for `count(*)`.
    pub value: Option<Vector>,
    /// The rows that its filter keeps; `None` for all.
    pub kept: Option<Vec<bool>>,
    /// Rows whose input makes no sense.
    pub not_applicable: Option<Vec<bool>>,
    /// Rows whose input is masked.
    pub secret: Option<Vec<bool>>,
    /// The number of each different value, for distinct counts.
    pub numbered: Option<Vec<u32>>,
}

impl LeafRows {
    fn keeps(&self, row: usize) -> bool {
        match &self.kept {
            Some(kept) => kept.get(row).copied().unwrap_or(false),
            None => true,
        }
    }
}

/// When each row is, for what depends on order: its time, and its place among all rows.
#[derive(Clone, Copy)]
pub(crate) struct Order<'a> {
    pub time: &'a [i64],
    pub first_row: u64,
}

/// The running result of one leaf by group. How many rows and values there are follows from the
/// rows of the group and what of them is left out: most leaves leave nothing out.
pub(crate) struct LeafSums {
    function: Aggregate,
    sums: Sums,
    /// Rows that the filter leaves out.
    left_out: Option<Vec<i64>>,
    /// Rows kept without a value.
    missing: Option<Vec<i64>>,
    not_applicable: Option<Vec<i64>>,
    secret: Option<Vec<i64>>,
}

impl LeafSums {
    pub fn new(function: Aggregate) -> Self {
        let sums = match function {
            Aggregate::Count => Sums::Counts,
            Aggregate::CountDistinct => Sums::Distinct(Vec::new()),
            Aggregate::Median | Aggregate::Quantile(_) => Sums::All(Vec::new()),
            Aggregate::First | Aggregate::Last => Sums::Timed(Vec::new()),
            Aggregate::Sum | Aggregate::Avg | Aggregate::Min | Aggregate::Max => Sums::Exact {
                scale: 0,
                values: Vec::new(),
            },
        };
        Self {
            function,
            sums,
            left_out: None,
            missing: None,
            not_applicable: None,
            secret: None,
        }
    }

    fn grow(&mut self, groups: usize) {
        let counts = [
            &mut self.left_out,
            &mut self.missing,
            &mut self.not_applicable,
            &mut self.secret,
        ];
        for counts in counts.into_iter().flatten() {
            counts.resize(groups, 0);
        }
        self.sums.grow(groups, self.function);
    }

    /// Adds rows, each to its group, of which there are so many by now.
    pub fn add(
        &mut self,
        of: &[u32],
        groups: usize,
        leaf: &LeafRows,
        order: Order<'_>,
    ) -> Result<(), String> {
        self.grow(groups);
        if leaf.kept.is_some() {
            tally(&mut self.left_out, groups, of, |row| !leaf.keeps(row));
        }
        for (flags, counts) in [
            (&leaf.not_applicable, &mut self.not_applicable),
            (&leaf.secret, &mut self.secret),
        ] {
            if let Some(flags) = flags {
                let flagged = |row| flags.get(row).copied().unwrap_or(false) && leaf.keeps(row);
                tally(counts, groups, of, flagged);
            }
        }
        let Some(value) = &leaf.value else {
            return Ok(());
        };
        if value.present.is_some() {
            tally(&mut self.missing, groups, of, |row| {
                leaf.keeps(row) && !value.has(row)
            });
        }
        let all = value.present.is_none() && leaf.kept.is_none();
        let there = |row: usize| value.has(row) && leaf.keeps(row);
        match &mut self.sums {
            Sums::Counts => {}
            Sums::Distinct(sets) => {
                let numbers = leaf.numbered.as_deref().unwrap_or_default();
                for (row, (group, number)) in of.iter().zip(numbers).enumerate() {
                    if let Some(set) = sets.get_mut(*group as usize)
                        && (all || there(row))
                    {
                        set.insert(*number);
                    }
                }
            }
            Sums::All(lists) => {
                for (row, (group, value)) in of.iter().zip(floats(value)?).enumerate() {
                    if let Some(list) = lists.get_mut(*group as usize)
                        && (all || there(row))
                    {
                        list.push(value);
                    }
                }
            }
            Sums::Timed(known) => {
                let values = floats(value)?.into_iter().zip(order.time);
                for (row, (group, (value, time))) in of.iter().zip(values).enumerate() {
                    if let Some(known) = known.get_mut(*group as usize)
                        && there(row)
                    {
                        let timed = Timed {
                            time: *time,
                            place: order.first_row + row as u64,
                            value,
                        };
                        Timed::keep(self.function, known, Some(timed));
                    }
                }
            }
            Sums::Exact { .. } | Sums::Float(_) => {
                let Values::Number(numbers) = &value.values else {
                    return match &value.values {
                        Values::Nothing(_) => Ok(()),
                        _ => Err("an aggregate of what is no number".to_owned()),
                    };
                };
                let function = self.function;
                self.sums.meet(function, numbers);
                match (&mut self.sums, numbers) {
                    (
                        Sums::Exact {
                            scale,
                            values: sums,
                        },
                        Numbers::Whole { scale: own, values },
                    ) => {
                        let by = 10_i128.pow(u32::from(*scale - *own));
                        if by == 1 && all {
                            each(function, sums, of, |row| {
                                values.get(row).map(|value| i128::from(*value))
                            });
                        } else {
                            each(function, sums, of, |row| {
                                let value = values.get(row).filter(|_| there(row))?;
                                Some(i128::from(*value) * by)
                            });
                        }
                    }
                    (
                        Sums::Exact {
                            scale,
                            values: sums,
                        },
                        Numbers::Long { scale: own, values },
                    ) => {
                        let by = 10_i128.pow(u32::from(*scale - *own));
                        each(function, sums, of, |row| {
                            let value = values.get(row).filter(|_| there(row))?;
                            Some(value.saturating_mul(by))
                        });
                    }
                    (Sums::Float(sums), numbers) => {
                        let values = numbers.floats();
                        each_float(function, sums, of, |row| {
                            values.get(row).copied().filter(|_| there(row))
                        });
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Adds what another has come to, each of its groups to one of ours.
    pub fn merge(&mut self, other: Self, to: &[u32], groups: usize) {
        self.grow(groups);
        for (counts, others) in [
            (&mut self.left_out, other.left_out),
            (&mut self.missing, other.missing),
            (&mut self.not_applicable, other.not_applicable),
            (&mut self.secret, other.secret),
        ] {
            if let Some(others) = others {
                add_counts(counts.get_or_insert_with(|| vec![0; groups]), &others, to);
            }
        }
        self.sums.merge(self.function, other.sums, to);
    }

    /// The leaf in the order of some groups, from how many rows each has.
    pub fn finish(mut self, order: &[usize], rows: &[i64]) -> LeafColumn {
        self.grow(rows.len());
        let counts = |counts: &[i64]| {
            let at = |group: &usize| counts.get(*group).copied().unwrap_or(0);
            order.iter().map(at).collect::<Vec<i64>>()
        };
        let less = |from: Vec<i64>, counted: &Option<Vec<i64>>| match counted {
            Some(counted) => {
                let pairs = from.into_iter().zip(counts(counted));
                pairs.map(|(from, less)| from - less).collect()
            }
            None => from,
        };
        let rows = less(counts(rows), &self.left_out);
        LeafColumn {
            values: less(rows.clone(), &self.missing),
            rows,
            not_applicable: self.not_applicable.as_deref().map(counts),
            secret: self.secret.as_deref().map(counts),
            out: self.sums.ordered(order),
        }
    }
}

/// Counts rows by group.
fn tally(
    counts: &mut Option<Vec<i64>>,
    groups: usize,
    of: &[u32],
    counted: impl Fn(usize) -> bool,
) {
    let counts = counts.get_or_insert_with(|| vec![0; groups]);
    for (row, group) in of.iter().enumerate() {
        if let Some(count) = counts.get_mut(*group as usize)
            && counted(row)
        {
            *count += 1;
        }
    }
}

/// Adds counts, each to one of ours.
pub(super) fn add_counts(counts: &mut [i64], others: &[i64], to: &[u32]) {
    for (other, to) in others.iter().zip(to) {
        if let Some(count) = counts.get_mut(*to as usize) {
            *count += other;
        }
    }
}

fn each(function: Aggregate, sums: &mut [i128], of: &[u32], value: impl Fn(usize) -> Option<i128>) {
    let fold = |fold: fn(i128, i128) -> i128, sums: &mut [i128]| {
        for (row, group) in of.iter().enumerate() {
            if let Some(sum) = sums.get_mut(*group as usize)
                && let Some(value) = value(row)
            {
                *sum = fold(*sum, value);
            }
        }
    };
    match function {
        Aggregate::Min => fold(i128::min, sums),
        Aggregate::Max => fold(i128::max, sums),
        _ => {
            for (row, group) in of.iter().enumerate() {
                if let Some(sum) = sums.get_mut(*group as usize)
                    && let Some(value) = value(row)
                {
                    *sum = sum.saturating_add(value);
                }
            }
        }
    }
}

fn each_float(
    function: Aggregate,
    sums: &mut [f64],
    of: &[u32],
    value: impl Fn(usize) -> Option<f64>,
) {
    for (row, group) in of.iter().enumerate() {
        if let Some(sum) = sums.get_mut(*group as usize)
            && let Some(value) = value(row)
        {
            *sum = match function {
                Aggregate::Min => sum.min(value),
                Aggregate::Max => sum.max(value),
                _ => *sum + value,
            };
        }
    }
}

/// Numbers as floats; dates and the like have none.
fn floats(vector: &Vector) -> Result<Vec<f64>, String> {
    match &vector.values {
        Values::Number(numbers) => Ok(numbers.floats()),
        Values::Nothing(len) => Ok(vec![0.0; *len]),
        _ => Err("an aggregate of what is no number".to_owned()),
    }
}

impl Sums {
    /// Makes place for numbers of another scale, or that are not exact.
    fn meet(&mut self, function: Aggregate, numbers: &Numbers) {
        let Self::Exact { scale, values } = self else {
            return;
        };
        match numbers.scale() {
            Some(wanted) if wanted <= *scale => {}
            Some(wanted) => {
                rescale(function, values, wanted - *scale);
                *scale = wanted;
            }
            None => *self = Self::Float(as_floats(*scale, values)),
        }
    }
}

/// Exact sums as floats; those that have not begun stay so.
pub(crate) fn as_floats(scale: u8, values: &[i128]) -> Vec<f64> {
    #[allow(clippy::cast_precision_loss, reason = "they are not exact any more")]
    let float = |value: &i128| match *value {
        i128::MAX => f64::INFINITY,
        i128::MIN => f64::NEG_INFINITY,
        value => value as f64 / power(scale),
    };
    values.iter().map(float).collect()
}
