//! What a file is held to that stands outside of it: the day of its delivery, and the rows of
//! other datasets that its own refer to.

use super::amount::Amount;
use crate::cell::column::Value;
use beffroi_model::{Batch, ColumnData, ColumnId, ColumnType, DatasetId, Grain};
use chrono::NaiveDate;
use std::{
    collections::{HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

/// What a file is held to that stands outside of it; by default nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'c> {
    /// The day on which the file was handed over: what it tells has happened.
    pub delivered_on: Option<NaiveDate>,
    /// The column that says when, whose dates are held to that day unless declared otherwise.
    pub time: Option<&'c ColumnId>,
    /// What foreign keys refer to in other datasets. One that is not among them is not checked,
    /// which is told.
    pub referred: &'c [Referred],
}

/// Some columns of another dataset.
#[derive(Debug, Clone)]
pub struct Referred {
    /// The dataset.
    pub dataset: DatasetId,
    /// Its columns.
    pub columns: Vec<ColumnId>,
    /// What its rows hold there.
    pub keys: KeySet,
}

/// The values of rows in some columns, for others to be looked up among them.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    hasher: RandomState,
    digests: HashSet<u64>,
    is_full: bool,
}

impl KeySet {
    /// How many rows are remembered: 2 million take some 30 MB.
    pub const REMEMBERED: usize = 2_000_000;

    /// One that holds too many rows to be remembered: nothing is looked up in it.
    #[must_use]
    pub fn overflowing() -> Self {
        Self {
            is_full: true,
            ..Self::default()
        }
    }

    /// Adds the values of some rows in these columns, which the batch has.
    pub fn add(&mut self, batch: &Batch, columns: &[ColumnId]) {
        let columns = columns
            .iter()
            .map(|id| Some(&batch.column(id.as_str())?.data));
        let Some(columns) = columns.collect::<Option<Vec<_>>>() else {
            return;
        };
        for row in 0..batch.len() {
            if self.digests.len() >= Self::REMEMBERED {
                self.is_full = true;
                return;
            }
            let key: Vec<_> = columns.iter().map(|data| amount_at(data, row)).collect();
            self.digests.insert(self.digest(&key));
        }
    }

    /// Whether there are more rows than can be remembered.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn holds(&self, key: &[Option<Amount<'_>>]) -> bool {
        self.digests.contains(&self.digest(key))
    }

    fn digest(&self, key: &[Option<Amount<'_>>]) -> u64 {
        self.hasher.hash_one(key)
    }
}

impl<'c> Context<'c> {
    /// What a foreign key refers to.
    pub(super) fn referred(&self, dataset: &DatasetId, columns: &[ColumnId]) -> Option<&'c KeySet> {
        let mut all = self.referred.iter();
        let found = all.find(|it| it.dataset == *dataset && it.columns == columns);
        found.map(|it| &it.keys)
    }

    /// The last day of a column's dates, `past` being what its constraints say. By default only
    /// the time column has one, and only where its periods are short: a budget is voted, a school
    /// year is prepared before it begins.
    pub(super) fn last_day(
        &self,
        id: &ColumnId,
        kind: ColumnType,
        past: Option<bool>,
    ) -> Option<NaiveDate> {
        let grain = kind.grain()?;
        let usual = self.time == Some(id) && matches!(grain, Grain::Day | Grain::Month);
        self.delivered_on.filter(|_| past.unwrap_or(usual))
    }
}

/// What is kept of a cell, for it to be found again; `text` is the text that is kept.
pub(super) fn kept(value: Value, kind: ColumnType, text: &str) -> Option<Amount<'_>> {
    match value {
        Value::Boolean(value) => Some(of_boolean(value)),
        value => Amount::of(value, kind, text),
    }
}

fn of_boolean(value: bool) -> Amount<'static> {
    Amount::Text(if value { "true" } else { "false" })
}

fn amount_at(data: &ColumnData, row: usize) -> Option<Amount<'_>> {
    let number = |value, kind| Amount::of(value, kind, "");
    match data {
        ColumnData::Text(texts) => texts.get(row).map(Amount::Text),
        ColumnData::Integer(values) => {
            number(Value::Integer((*values.get(row)?)?), ColumnType::Integer)
        }
        ColumnData::Decimal { scale, values } => {
            let kind = ColumnType::Decimal { scale: *scale };
            number(Value::Decimal((*values.get(row)?)?), kind)
        }
        ColumnData::Boolean(values) => (*values.get(row)?).map(of_boolean),
        ColumnData::Date(values) => number(
            Value::Date((*values.get(row)?)?),
            ColumnType::Date { grain: Grain::Day },
        ),
        ColumnData::DateTime(values) => {
            number(Value::DateTime((*values.get(row)?)?), ColumnType::DateTime)
        }
    }
}
