//! The group of each row: a dense table over packed members while it is small, a hash table
//! beyond.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// No group: the row has no date, or a filter leaves it out.
pub(crate) const NONE: u32 = u32::MAX;

/// A packed address of at most so many bits is looked up in a dense table (of 4 bytes each).
const DENSE_BITS: u32 = 22;

/// Numbers groups as they appear, by the place of each of their keys.
pub(crate) struct Grid {
    /// Bits of each key in the address.
    bits: Vec<u32>,
    slots: Slots,
    /// The keys of each group, end to end.
    keys: Vec<u32>,
    groups: usize,
}

enum Slots {
    Dense(Vec<u32>),
    Hashed(HashMap<u128, u32, RandomState>),
}

impl Grid {
    /// A grid over so many keys.
    pub fn new(keys: usize) -> Self {
        Self {
            bits: vec![1; keys],
            slots: Slots::Dense(vec![NONE; 1 << keys.min(DENSE_BITS as usize)]),
            keys: Vec::new(),
            groups: 0,
        }
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.groups
    }

    /// How many keys each group has.
    pub fn width(&self) -> usize {
        self.bits.len()
    }

    /// The keys of a group.
    pub fn keys(&self, group: usize) -> &[u32] {
        let width = self.bits.len();
        self.keys
            .get(group * width..(group + 1) * width)
            .unwrap_or_default()
    }

    /// The group of each row, from the keys of each row; a row of which one key is [`NONE`] has
    /// none.
    pub fn number(&mut self, keys: &[&[u32]], len: usize) -> Result<Vec<u32>, String> {
        self.fit(keys)?;
        let shifts = shifts(&self.bits);
        let width = self.bits.iter().sum::<u32>();
        let mut groups = Vec::with_capacity(len);
        match &mut self.slots {
            Slots::Dense(slots) => {
                let mut addresses = vec![0_u32; len];
                for (column, shift) in keys.iter().zip(shifts) {
                    for (address, key) in addresses.iter_mut().zip(*column) {
                        // A key that is none fills all bits above: beyond the table.
                        *address |= match *key {
                            NONE => NONE,
                            key => key << shift,
                        };
                    }
                }
                for (row, address) in addresses.iter().enumerate() {
                    let Some(slot) = slots.get_mut(*address as usize) else {
                        groups.push(NONE);
                        continue;
                    };
                    if *slot == NONE {
                        *slot = u32::try_from(self.groups).unwrap_or(NONE);
                        self.groups += 1;
                        let at = |column: &&[u32]| column.get(row).copied().unwrap_or(NONE);
                        self.keys.extend(keys.iter().map(at));
                    }
                    groups.push(*slot);
                }
            }
            Slots::Hashed(slots) => {
                if width > u128::BITS {
                    return Err("too many dimensions with too many members".to_owned());
                }
                for row in 0..len {
                    let at = |column: &&[u32]| column.get(row).copied().unwrap_or(NONE);
                    let mut address = 0_u128;
                    let mut none = false;
                    for (column, shift) in keys.iter().zip(&shifts) {
                        let key = at(column);
                        none |= key == NONE;
                        address |= u128::from(key) << shift;
                    }
                    if none {
                        groups.push(NONE);
                        continue;
                    }
                    let next = u32::try_from(self.groups).unwrap_or(NONE);
                    let slot = *slots.entry(address).or_insert(next);
                    if slot == next {
                        self.groups += 1;
                        self.keys.extend(keys.iter().map(at));
                    }
                    groups.push(slot);
                }
            }
        }
        Ok(groups)
    }

    /// Makes room for larger keys.
    fn fit(&mut self, keys: &[&[u32]]) -> Result<(), String> {
        let mut grown = false;
        for (bits, column) in self.bits.iter_mut().zip(keys) {
            let known = column.iter().copied().filter(|key| *key != NONE);
            let needed = u32::BITS - known.max().unwrap_or(0).leading_zeros();
            if needed > *bits {
                // A little more than needed: members keep coming.
                *bits = needed;
                grown = true;
            }
        }
        if !grown {
            return Ok(());
        }
        let width: u32 = self.bits.iter().sum();
        let shifts = shifts(&self.bits);
        let addresses = (0..self.groups).map(|group| {
            let keys = self.keys(group).iter().zip(&shifts);
            keys.fold(0_u128, |address, (key, shift)| {
                address | u128::from(*key).checked_shl(*shift).unwrap_or(0)
            })
        });
        let numbered = addresses.zip(0_u32..);
        self.slots = if width <= DENSE_BITS {
            let mut slots = vec![NONE; 1 << width];
            for (address, group) in numbered {
                if let Some(slot) = slots.get_mut(address as usize) {
                    *slot = group;
                }
            }
            Slots::Dense(slots)
        } else if width <= u128::BITS {
            Slots::Hashed(numbered.collect())
        } else {
            return Err("too many dimensions with too many members".to_owned());
        };
        Ok(())
    }
}

/// Where each key begins in the address.
fn shifts(bits: &[u32]) -> Vec<u32> {
    let mut next = 0;
    let shift = |bits: &u32| {
        let shift = next;
        next += bits;
        shift
    };
    bits.iter().map(shift).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_are_those_of_a_plain_map(
            rows in prop::collection::vec(
                (0_u32..6, prop_oneof![0_u32..4, Just(3_000_000), Just(NONE)], 0_u32..2),
                0..200,
            ),
            step in 1_usize..50,
        ) {
            let mut grid = Grid::new(3);
            let mut known: Vec<[u32; 3]> = Vec::new();
            for rows in rows.chunks(step) {
                let column = |pick: fn(&(u32, u32, u32)) -> u32| rows.iter().map(pick).collect::<Vec<u32>>();
                let (a, b, c) = (column(|row| row.0), column(|row| row.1), column(|row| row.2));
                let groups = grid.number(&[&a, &b, &c], rows.len()).unwrap();
                for ((a, b, c), group) in rows.iter().zip(groups) {
                    if *b == NONE {
                        prop_assert_eq!(group, NONE);
                        continue;
                    }
                    let keys = [*a, *b, *c];
                    let place = known.iter().position(|it| *it == keys).unwrap_or_else(|| {
                        known.push(keys);
                        known.len() - 1
                    });
                    prop_assert_eq!(group as usize, place);
                    prop_assert_eq!(grid.keys(place), keys);
                }
            }
            prop_assert_eq!(grid.len(), known.len());
        }
    }
}
