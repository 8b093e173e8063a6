//! What a part holds of each period: how many rows, and a digest of them. Two parts, or two
//! versions, tell from these where they differ without being read.
//!
//! The digest of a row is a hash of its cells, that of several rows the sum of theirs: neither the
//! order of rows nor how they are spread over parts counts.

use beffroi_model::{Batch, Column, ColumnData, ColumnId, PeriodContent, Schema};
use chrono::NaiveDate;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

/// Rows and their digest, by the first day of the period.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents(BTreeMap<Option<NaiveDate>, (u64, u64)>);

const DAY: i64 = 86_400_000_000;

impl Contents {
    /// Adds the rows of a batch.
    pub(crate) fn add_rows(&mut self, schema: &Schema, time: Option<&ColumnId>, batch: &Batch) {
        let mut digests = vec![START; batch.len()];
        for spec in schema.columns.iter().filter(|column| !column.personal) {
            if let Some(column) = batch.column(spec.id.as_str()) {
                digest(column, &mut digests);
            }
        }
        let when = time.and_then(|time| batch.column(time.as_str()));
        // Rows of one day often come in any order, and days are few.
        let mut by_day: HashMap<Option<i32>, (u64, u64), RandomState> = HashMap::default();
        for (row, digest) in digests.into_iter().enumerate() {
            let number = when.and_then(|column| day_number(&column.data, row));
            let held = by_day.entry(number).or_default();
            held.0 += 1;
            held.1 = held.1.wrapping_add(digest);
        }
        for (number, (rows, digest)) in by_day {
            self.add(number.and_then(NaiveDate::from_epoch_days), rows, digest);
        }
    }

    /// Adds what parts hold.
    pub(crate) fn add_all<'a>(&mut self, contents: impl IntoIterator<Item = &'a PeriodContent>) {
        for content in contents {
            self.add(content.start, content.rows, content.digest);
        }
    }

    fn add(&mut self, start: Option<NaiveDate>, rows: u64, digest: u64) {
        let held = self.0.entry(start).or_default();
        held.0 += rows;
        held.1 = held.1.wrapping_add(digest);
    }

    /// The first days of the periods met.
    pub(crate) fn days(&self) -> impl Iterator<Item = NaiveDate> {
        self.0.keys().copied().flatten()
    }

    /// What is held of a period.
    pub(crate) fn get(&self, start: Option<NaiveDate>) -> (u64, u64) {
        self.0.get(&start).copied().unwrap_or_default()
    }

    /// The periods, rows without any first.
    pub(crate) fn starts(&self) -> impl Iterator<Item = Option<NaiveDate>> {
        self.0.keys().copied()
    }

    /// For a manifest.
    pub(crate) fn listed(&self) -> Vec<PeriodContent> {
        let listed = self
            .0
            .iter()
            .map(|(&start, &(rows, digest))| PeriodContent {
                start,
                rows,
                digest,
            });
        listed.collect()
    }
}

/// The day of a row; an instant counts for its day.
pub(crate) fn day(data: &ColumnData, row: usize) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(day_number(data, row)?)
}

fn day_number(data: &ColumnData, row: usize) -> Option<i32> {
    match data {
        ColumnData::Date(days) => *days.get(row)?,
        ColumnData::DateTime(instants) => {
            i32::try_from((*instants.get(row)?)?.div_euclid(DAY)).ok()
        }
        _ => None,
    }
}

/// Adds the cells of a column to the digests of the rows.
fn digest(column: &Column, digests: &mut [u64]) {
    match &column.data {
        ColumnData::Text(cells) => each(digests, cells.iter(), text),
        ColumnData::Integer(values) => each(digests, values.iter().copied(), number),
        ColumnData::Decimal { values, .. } => each(digests, values.iter().copied(), number),
        ColumnData::Boolean(values) => each(digests, values.iter().copied(), number),
        ColumnData::Date(values) => each(digests, values.iter().copied(), number),
        ColumnData::DateTime(values) => each(digests, values.iter().copied(), number),
    }
    for (hash, state) in digests.iter_mut().zip(column.states.iter().flatten()) {
        *hash = step(*hash, state.code().into());
    }
}

fn each<T>(
    digests: &mut [u64],
    cells: impl Iterator<Item = Option<T>>,
    add: impl Fn(u64, T) -> u64,
) {
    for (hash, cell) in digests.iter_mut().zip(cells) {
        *hash = match cell {
            Some(cell) => add(*hash, cell),
            None => step(*hash, ABSENT),
        };
    }
}

/// Adds a text: eight bytes at a time, then the others with how many there are in all, so that
/// `ab, c` is not `a, bc`, and an empty text is not an absent one.
fn text(hash: u64, text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let hash = words.fold(hash, step);
    let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
    let last = match (rest, rest.first_chunk(), rest.last_chunk()) {
        // Two halves that overlap say as much as the bytes one by one.
        (_, Some(first), Some(last)) => half(first) | half(last) << 32,
        ([a, b, c], ..) => u64::from(*a) | u64::from(*b) << 8 | u64::from(*c) << 16,
        ([a, b], ..) => u64::from(*a) | u64::from(*b) << 8,
        ([a], ..) => u64::from(*a),
        _ => 0,
    };
    step(hash.wrapping_add(text.len() as u64), last)
}

/// Adds a number: most fit in a word.
fn number(hash: u64, value: impl Into<i128>) -> u64 {
    let value: i128 = value.into();
    match i64::try_from(value) {
        Ok(value) => step(hash, value.cast_unsigned()),
        Err(_) => step(
            step(hash.wrapping_add(WIDE), value as u64),
            (value >> 64) as u64,
        ),
    }
}

/// Where digests start. These words are any, with as many bits set as not; with [`step`], they are
/// the same on every machine and in every release, since digests are kept.
const START: u64 = 0xcbf2_9ce4_8422_2325;
/// What is multiplied with.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Stands for a cell without value.
const ABSENT: u64 = 0xd6e8_feb8_6659_fd93;
/// Stands before a number of two words.
const WIDE: u64 = 0xa076_1d64_78bd_642f;

/// Adds a word: both halves of a product, one folded on the other.
fn step(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word) * u128::from(FACTOR);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use beffroi_model::TextColumn;
    use proptest::prelude::*;

    fn of(cells: &[Option<&str>]) -> Vec<u64> {
        let column: TextColumn = cells.iter().copied().collect();
        let mut digests = vec![START; cells.len()];
        each(&mut digests, column.iter(), text);
        digests
    }

    /// They are kept: another release must find the same.
    #[test]
    fn digests_stay_what_they_are() {
        let cells = ["", "a", "été", "Vieux Marché", "0123456789abcdef"];
        let found = of(&cells.map(Some));
        assert_eq!(found, PINNED);
        assert_eq!(of(&[None]), [step(START, ABSENT)]);
        assert_eq!(number(START, -1), step(START, u64::MAX));
    }

    const PINNED: [u64; 5] = [
        0x86b0_7c27_d10d_4567,
        0x8212_5382_f9e0_c350,
        0xee29_9afa_dbee_393a,
        0xc82d_4a16_997a_91e4,
        0x7729_f0b0_cf86_d4b1,
    ];

    proptest! {
        #[test]
        fn texts_that_differ_have_digests_that_differ(a in "[ab\0]{0,20}", b in "[ab\0]{0,20}") {
            let [x, y] = [&a, &b].map(|it| text(START, it));
            prop_assert_eq!(x == y, a == b);
        }

        #[test]
        fn what_moves_from_a_cell_to_the_next_is_seen(line in "[a-zé]{1,20}", cuts in any::<[prop::sample::Index; 2]>()) {
            let places: Vec<usize> = line.char_indices().map(|(place, _)| place).collect();
            let [first, second] = cuts.map(|cut| places[cut.index(places.len())]);
            let row = |cut: usize| text(text(START, &line[..cut]), &line[cut..]);
            prop_assert_eq!(row(first) == row(second), first == second);
        }

        #[test]
        fn numbers_that_differ_have_digests_that_differ(a in any::<i128>(), bits in 0..128_u32, b in any::<i64>()) {
            let a = a >> bits;
            prop_assert_eq!(number(START, a) == number(START, b), a == i128::from(b));
            prop_assert_ne!(number(START, a), step(START, ABSENT));
        }
    }
}
