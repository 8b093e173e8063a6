//! What a part holds of each period: how many rows, and a digest of them. Two parts, or two
//! versions, tell from these where they differ without being read.
//!
//! The digest of a row is a hash of its cells, that of several rows the sum of theirs: neither the
//! order of rows nor how they are spread over parts counts.

use beffroi_model::{Batch, Column, ColumnData, ColumnId, PeriodContent, Schema, TextColumn};
use chrono::NaiveDate;
use std::collections::BTreeMap;

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
        for (row, digest) in digests.into_iter().enumerate() {
            self.add(when.and_then(|column| day(&column.data, row)), 1, digest);
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
    let days = match data {
        ColumnData::Date(days) => (*days.get(row)?)?,
        ColumnData::DateTime(instants) => {
            i32::try_from((*instants.get(row)?)?.div_euclid(DAY)).ok()?
        }
        _ => return None,
    };
    NaiveDate::from_epoch_days(days)
}

/// Adds the cells of a column to the digests of the rows.
fn digest(column: &Column, digests: &mut [u64]) {
    match &column.data {
        ColumnData::Text(text) => texts(digests, text),
        ColumnData::Integer(values) => each(digests, values.iter().copied(), number),
        ColumnData::Decimal { values, .. } => each(digests, values.iter().copied(), number),
        ColumnData::Boolean(values) => each(digests, values.iter().copied(), |hash, yes| {
            step(hash, u8::from(yes))
        }),
        ColumnData::Date(values) => each(digests, values.iter().copied(), number),
        ColumnData::DateTime(values) => each(digests, values.iter().copied(), number),
    }
    for (hash, state) in digests.iter_mut().zip(column.states.iter().flatten()) {
        *hash = step(*hash, state.code());
    }
}

/// Adds texts, some side by side: the hash of one waits for nothing of the others.
fn texts(digests: &mut [u64], texts: &TextColumn) {
    let mut cells = texts.iter();
    let (some, rest) = digests.as_chunks_mut::<4>();
    for hashes in some {
        let cells = [(); 4].map(|()| cells.next().flatten());
        let bytes = cells.map(|cell| cell.unwrap_or_default().as_bytes());
        let shortest = bytes.iter().map(|bytes| bytes.len()).min().unwrap_or(0);
        let [a, b, c, d] = bytes.map(|bytes| bytes.split_at(shortest));
        for (((a, b), c), d) in a.0.iter().zip(b.0).zip(c.0).zip(d.0) {
            for (hash, byte) in hashes.iter_mut().zip([a, b, c, d]) {
                *hash = step(*hash, *byte);
            }
        }
        for ((hash, cell), rest) in hashes.iter_mut().zip(cells).zip([a.1, b.1, c.1, d.1]) {
            *hash = ended(rest.iter().copied().fold(*hash, step), cell);
        }
    }
    each(rest, cells, |hash, text| text.bytes().fold(hash, step));
}

fn each<T>(
    digests: &mut [u64],
    cells: impl Iterator<Item = Option<T>>,
    add: impl Fn(u64, T) -> u64,
) {
    for (hash, cell) in digests.iter_mut().zip(cells) {
        *hash = match cell {
            Some(cell) => ended(add(*hash, cell), Some(())),
            None => ended::<()>(*hash, None),
        };
    }
}

/// Adds the mark between cells: `ab, c` is not `a, bc`, and an empty text is not an absent one.
fn ended<T>(hash: u64, cell: Option<T>) -> u64 {
    step(hash, if cell.is_some() { 0xff } else { 0xfe })
}

/// The sixteen bytes of a number, the lowest first.
fn number(hash: u64, value: impl Into<i128>) -> u64 {
    let value: i128 = value.into();
    let Ok(low) = u64::try_from(value) else {
        return value.to_le_bytes().into_iter().fold(hash, step);
    };
    // A zero does nothing but multiply: those above the last other byte do so together.
    let zeros = low.leading_zeros() as usize / 8;
    let (bytes, all) = (low.to_le_bytes(), size_of::<i128>());
    let written = bytes.len() - zeros;
    let hash = bytes.iter().take(written).copied().fold(hash, step);
    hash.wrapping_mul(POWERS[all - written])
}

/// FNV-1a, the same on every machine and in every release.
const START: u64 = 0xcbf2_9ce4_8422_2325;

const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The powers of [`PRIME`], from that of zero.
const POWERS: [u64; 17] = {
    let (mut powers, mut at) = ([1_u64; 17], 1);
    while at < powers.len() {
        powers[at] = powers[at - 1].wrapping_mul(PRIME);
        at += 1;
    }
    powers
};

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_side_by_side_count_as_one_by_one(cells in prop::collection::vec(prop::option::of("[a-zé]{0,9}"), 0..30)) {
            let column: TextColumn = cells.iter().map(Option::as_deref).collect();
            let mut digests: Vec<u64> = (0..cells.len() as u64).collect();
            let mut one_by_one = digests.clone();
            texts(&mut digests, &column);
            each(&mut one_by_one, column.iter(), |hash, text| text.bytes().fold(hash, step));
            prop_assert_eq!(digests, one_by_one);
        }

        #[test]
        fn all_bytes_of_a_number_count(hash in any::<u64>(), value in any::<i128>(), bits in 0..128_u32) {
            for value in [value, value >> bits, value.unsigned_abs().wrapping_shr(bits + 1).cast_signed()] {
                let each = value.to_le_bytes().into_iter().fold(hash, step);
                prop_assert_eq!(number(hash, value), each, "{}", value);
            }
        }
    }
}
