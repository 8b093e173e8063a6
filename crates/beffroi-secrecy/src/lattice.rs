//! Where the cells of keyed tables stand on axes (conditions, time, dimensions), and the moves that
//! follow: from one corner of a cube to the next, what is added here is taken there, and no margin
//! changes. This is the hypercube of τ-Argus (Repsilber 1994; Giessing and Repsilber 2002), made by
//! arithmetic where a linear program would take too long.

use crate::{
    keyed::{Key, Slice},
    tables::CellId,
};
use beffroi_model::Period;
use indexmap::IndexSet;
use std::collections::{HashMap, HashSet};

/// The cells by their coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lattice {
    /// By cell: its value on each axis.
    points: Vec<Vec<u32>>,
    /// By the numbers of their values together.
    cells: HashMap<u64, CellId>,
    /// The tables that have cells, by the numbers of their levels together.
    tables: HashSet<u64>,
    axes: Vec<Axis>,
    crossings: Crossings,
}

/// The values of one axis.
#[derive(Debug, Clone, PartialEq, Default)]
struct Axis {
    /// By value: those that it is a part of, itself first.
    above: Vec<Vec<u32>>,
    /// By value: the finest ones that it is made of; itself where there are none.
    atoms: Vec<Vec<u32>>,
    /// By value: what stands in tables of its own.
    levels: Vec<u32>,
    /// What a step on this axis counts among the numbers of cells, and of tables.
    strides: [u64; 2],
}

/// What exactly these conditions keep, where two conditions cross.
#[derive(Debug, Clone, PartialEq, Default)]
struct Crossings {
    /// By slice: the conditions that hold, one bit for each.
    held: Vec<Option<u64>>,
    slices: HashMap<u64, u32>,
    filters: u32,
}

/// Conditions and time: the axes before those of dimensions.
const SLICES: usize = 0;
const PERIODS: usize = 1;

/// How much is tried: on each axis, parts of a value to move; with what is above; and against others.
/// Then, the cubes that a move may be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choices {
    parts: usize,
    alone: usize,
    against: usize,
    pub cubes: usize,
}

impl Choices {
    pub const FEW: Self = Self {
        parts: 2,
        alone: 2,
        against: 4,
        cubes: 8,
    };
    pub const MANY: Self = Self {
        parts: 3,
        alone: 4,
        against: 12,
        cubes: 64,
    };
}

/// What it costs to move a cell up (or down): nothing for what cannot move in that direction.
pub(crate) type Price<'p> = dyn Fn(CellId, bool) -> Option<f64> + 'p;

/// On one axis, what moves together: values by their numbers, those that move one way and those
/// that move the other.
struct Way {
    values: Vec<(u32, [u64; 2], bool)>,
}

impl Lattice {
    pub fn new(keys: &IndexSet<Key>) -> Self {
        let dimensions = keys.first().map_or(0, |key| key.members.len());
        let slices: IndexSet<&Slice> = keys.iter().map(|key| &key.slice).collect();
        let periods: IndexSet<Option<Period>> = keys.iter().map(|key| key.period).collect();
        let members: Vec<IndexSet<&Option<String>>> = (0..dimensions)
            .map(|place| {
                keys.iter()
                    .filter_map(|key| key.members.get(place))
                    .collect()
            })
            .collect();
        let crossings = Crossings::new(&slices);
        let mut axes = vec![
            Axis::new(
                &slices,
                |slice| !matches!(slice, Slice::Part(_)),
                |part, whole| part.is_part_of(whole),
                |slice| crossings.level(slice, &slices),
            ),
            Axis::new(&periods, Option::is_some, is_within, |period| {
                period.map_or(0, |period| 1 + period.grain() as u32)
            }),
        ];
        axes.extend(members.iter().map(|members| {
            Axis::new(
                members,
                |member| member.is_none(),
                |part, whole| part.is_some() && whole.is_none(),
                |member| u32::from(member.is_some()),
            )
        }));
        let place = |found: Option<usize>| found.and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
        let point = |key: &Key| {
            let mut point = vec![
                place(slices.get_index_of(&&key.slice)),
                place(periods.get_index_of(&key.period)),
            ];
            let own = key.members.iter().zip(&members);
            point.extend(own.map(|(member, known)| place(known.get_index_of(&member))));
            point
        };
        let mut lattice = Self {
            points: Vec::new(),
            cells: HashMap::new(),
            tables: HashSet::new(),
            axes,
            crossings,
        };
        // Where there are more combinations than numbers, there are no cubes.
        if lattice.number_axes().is_some() {
            lattice.points = keys.iter().map(point).collect();
            for (cell, point) in lattice.points.iter().enumerate() {
                let [number, table] = lattice.numbers(point);
                lattice.cells.insert(number, cell);
                lattice.tables.insert(table);
            }
        }
        lattice
    }

    fn number_axes(&mut self) -> Option<()> {
        let mut strides = [1_u64; 2];
        for axis in &mut self.axes {
            axis.strides = strides;
            let values = u64::try_from(axis.levels.len()).ok()?;
            let levels = axis.levels.iter().max().map_or(0, |most| u64::from(*most));
            strides = [
                strides[0].checked_mul(values)?,
                strides[1].checked_mul(levels + 1)?,
            ];
        }
        Some(())
    }

    fn numbers(&self, point: &[u32]) -> [u64; 2] {
        let values = self.axes.iter().zip(point);
        let numbers = values.map(|(axis, value)| axis.numbers(*value));
        numbers.fold([0; 2], add)
    }

    /// How many cells have keys; those after them are sums of ties.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// The cells that hold all rows of a cell, itself among them.
    pub fn above(&self, cell: CellId) -> Vec<CellId> {
        let Some(point) = self.points.get(cell) else {
            return Vec::new();
        };
        let mut above = Vec::new();
        self.holding(point, &mut |cell| {
            above.push(cell);
            true
        });
        above
    }

    /// Tells each cell that holds all rows of a point, as [`Self::corners`] does.
    fn holding(&self, point: &[u32], visit: &mut dyn FnMut(CellId) -> bool) -> bool {
        let axes = self.axes.iter().zip(point);
        let ways: Vec<Way> = axes.map(|(axis, value)| axis.way(&[*value], &[])).collect();
        let ways: Vec<&Way> = ways.iter().collect();
        self.corners(&ways, [0; 2], true, &mut |cell, _| visit(cell))
    }

    /// Pairs of these cells that may have rows in common; `peopled` tells the cells that have any.
    pub fn overlapping(
        &self,
        cells: &[CellId],
        peopled: &dyn Fn(CellId) -> bool,
    ) -> Vec<[CellId; 2]> {
        let mut by_time: HashMap<u32, Vec<CellId>> = HashMap::new();
        for cell in cells {
            let point = self.points.get(*cell).into_iter();
            let times = point.flat_map(|point| self.axes.iter().zip(point).nth(PERIODS));
            for atom in times.flat_map(|(axis, time)| axis.atoms(*time)) {
                by_time.entry(*atom).or_default().push(*cell);
            }
        }
        let mut found = Vec::new();
        for cells in by_time.values() {
            for (place, first) in cells.iter().enumerate() {
                let others = cells.iter().skip(place + 1);
                let others = others.filter(|other| self.may_overlap(*first, **other, peopled));
                found.extend(others.map(|other| [*first, *other]));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether somebody is in all cells that hold what two have in common. No table need have that
    /// as a cell of its own.
    fn may_overlap(&self, first: CellId, second: CellId, peopled: &dyn Fn(CellId) -> bool) -> bool {
        let (Some(first), Some(second)) = (self.points.get(first), self.points.get(second)) else {
            return false;
        };
        let values = self.axes.iter().zip(first.iter().zip(second));
        let common = values.map(|(axis, (first, second))| axis.common(*first, *second));
        let Some(common) = common.collect::<Option<Vec<Vec<u32>>>>() else {
            return false;
        };
        let points = common.iter().fold(vec![Vec::new()], |points, values| {
            let longer = |point: &Vec<u32>| -> Vec<Vec<u32>> {
                let each = values.iter();
                each.map(|value| [point.as_slice(), &[*value]].concat())
                    .collect()
            };
            points.iter().flat_map(longer).collect()
        });
        points
            .iter()
            .any(|point| self.holding(point, &mut |cell| peopled(cell)))
    }

    /// Whether a cell is of the same period as another, or of a longer one that holds it.
    pub fn is_within(&self, cell: CellId, other: CellId) -> bool {
        let period = |cell: CellId| self.points.get(cell)?.get(PERIODS).copied();
        let (Some(cell), Some(other)) = (period(cell), period(other)) else {
            return false;
        };
        let above = self.axes.get(PERIODS).map(|axis| axis.above(cell));
        above.is_some_and(|above| above.contains(&other))
    }

    /// The cell of the same rows in the first of the finest periods that this one's is made of.
    pub fn first_within(&self, cell: CellId) -> Option<CellId> {
        let axis = self.axes.get(PERIODS)?;
        let mut point = self.points.get(cell)?.clone();
        let period = *point.get(PERIODS)?;
        axis.atoms(period).iter().find_map(|atom| {
            *point.get_mut(PERIODS)? = *atom;
            let [number, _] = self.numbers(&point);
            self.cells.get(&number).copied()
        })
    }

    /// The cheapest move that adds something to a cell and keeps all margins: the cells to which it
    /// is added and those from which it is taken. Counts the cells looked at.
    pub fn cube(
        &self,
        cell: CellId,
        choices: Choices,
        price: &Price<'_>,
        looked: &mut usize,
    ) -> Option<Vec<(CellId, bool)>> {
        let point = self.points.get(cell)?;
        let mut ways = Vec::with_capacity(self.axes.len());
        for axis in 0..self.axes.len() {
            ways.push(self.ways(axis, point, choices, price, looked));
        }
        let mut best: Option<(f64, Vec<usize>)> = None;
        let mut combination = vec![0; ways.len()];
        'all: loop {
            let chosen: Option<Vec<&Way>> = ways
                .iter()
                .zip(&combination)
                .map(|(ways, place)| ways.get(*place))
                .collect();
            let chosen = chosen?;
            let most = best.as_ref().map_or(f64::INFINITY, |(least, _)| *least);
            let mut sum = 0.0;
            let fits = self.corners(&chosen, [0; 2], true, &mut |cell, added| {
                *looked += 1;
                sum += price(cell, added).unwrap_or(f64::INFINITY);
                sum < most
            });
            if fits {
                best = Some((sum, combination.clone()));
            }
            for (place, ways) in combination.iter_mut().zip(&ways) {
                *place += 1;
                if *place < ways.len() {
                    continue 'all;
                }
                *place = 0;
            }
            break;
        }
        let (_, combination) = best?;
        let chosen = ways.iter().zip(combination);
        let chosen: Vec<&Way> = chosen.filter_map(|(ways, place)| ways.get(place)).collect();
        let mut cube = Vec::new();
        self.corners(&chosen, [0; 2], true, &mut |cell, added| {
            cube.push((cell, added));
            true
        });
        Some(cube)
    }

    /// Tells each cell of a cube, as long as `visit` wants more; whether it wanted all, and nobody
    /// is missing: where a table has no such cell, its figure is nil, and does not move.
    fn corners(
        &self,
        ways: &[&Way],
        numbers: [u64; 2],
        added: bool,
        visit: &mut dyn FnMut(CellId, bool) -> bool,
    ) -> bool {
        let Some((way, others)) = ways.split_first() else {
            let [number, table] = numbers;
            return match self.cells.get(&number) {
                Some(cell) => visit(*cell, added),
                None => !self.tables.contains(&table),
            };
        };
        way.values.iter().all(|(_, value, plus)| {
            self.corners(others, add(numbers, *value), added == *plus, visit)
        })
    }

    /// What may move with a value of an axis and against it, the cheapest first where all else
    /// stays: alone, with what is above; against another one; where two conditions cross.
    fn ways(
        &self,
        place: usize,
        point: &[u32],
        choices: Choices,
        price: &Price<'_>,
        looked: &mut usize,
    ) -> Vec<Way> {
        let (Some(axis), Some(value)) = (self.axes.get(place), point.get(place).copied()) else {
            return Vec::new();
        };
        let [number, table] = self.numbers(point);
        let [own, level] = axis.numbers(value);
        let beside = [number - own, table - level];
        // A value that has no cell here may be a part of what is no table by itself.
        let mut priced = |way: &Way| -> Option<f64> {
            let mut sum = 0.0;
            let fits = self.corners(&[way], beside, true, &mut |cell, added| {
                *looked += 1;
                let price = price(cell, added);
                sum += price.unwrap_or(0.0);
                price.is_some()
            });
            fits.then_some(sum)
        };
        let mut cheapest = |ways: Vec<Way>, most: usize| -> Vec<Way> {
            let priced = ways
                .into_iter()
                .filter_map(|way| Some((priced(&way)?, way)));
            let mut priced: Vec<(f64, Way)> = priced.collect();
            priced.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            priced.into_iter().take(most).map(|(_, way)| way).collect()
        };
        let parts = axis.atoms(value).iter();
        let atoms = parts.clone().map(|atom| axis.only(*atom)).collect();
        let atoms: Vec<u32> = cheapest(atoms, choices.parts)
            .iter()
            .filter_map(|way| Some(way.values.first()?.0))
            .collect();
        let alone = parts.map(|atom| axis.way(&[*atom], &[])).collect();
        let alone = cheapest(alone, choices.alone);
        let mut ways: Vec<Way> = Vec::new();
        for atom in &atoms {
            if place == SLICES {
                let crossed = self.crossings.of(*atom).into_iter();
                let crossed = crossed
                    .map(|[some, others, both]| axis.way(&[*atom, both], &[some, others]))
                    .filter(|way| way.moves(value));
                ways.extend(cheapest(crossed.collect(), choices.alone));
            }
            // Of what is above, no more may move on dimensions and in time than can be helped.
            let against = axis.finest().filter(|other| {
                other != atom
                    && !axis.above(*other).contains(&value)
                    && (place == SLICES || axis.same_above(value, *other))
            });
            let against = against.map(|other| axis.way(&[*atom], &[other]));
            ways.extend(cheapest(against.collect(), choices.against));
        }
        ways.extend(alone);
        ways
    }
}

fn add(a: [u64; 2], b: [u64; 2]) -> [u64; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

fn is_within(part: &Option<Period>, whole: &Option<Period>) -> bool {
    match (part, whole) {
        (Some(part), Some(whole)) => {
            part.grain() != whole.grain()
                && whole.grain().is_made_of(part.grain())
                && whole.start() <= part.start()
                && part.end() <= whole.end()
        }
        _ => false,
    }
}

impl Way {
    fn moves(&self, value: u32) -> bool {
        self.values.iter().any(|(own, ..)| *own == value)
    }
}

impl Axis {
    fn new<T>(
        values: &IndexSet<T>,
        may_be_whole: impl Fn(&T) -> bool,
        is_part: impl Fn(&T, &T) -> bool,
        level: impl Fn(&T) -> u32,
    ) -> Self {
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let wholes = values.iter().enumerate();
        let wholes: Vec<(usize, &T)> = wholes.filter(|(_, value)| may_be_whole(value)).collect();
        let mut axis = Self::default();
        let mut is_whole = vec![false; values.len()];
        for (place, value) in values.iter().enumerate() {
            let mut above = vec![number(place)];
            for (whole, _) in wholes.iter().filter(|(_, whole)| is_part(value, whole)) {
                above.push(number(*whole));
                if let Some(is_whole) = is_whole.get_mut(*whole) {
                    *is_whole = true;
                }
            }
            axis.above.push(above);
            axis.levels.push(level(value));
        }
        axis.atoms = vec![Vec::new(); values.len()];
        for (above, is_whole) in axis.above.iter().zip(is_whole) {
            let Some(atom) = above.first().filter(|_| !is_whole) else {
                continue;
            };
            for whole in above {
                if let Some(atoms) = axis.atoms.get_mut(*whole as usize) {
                    atoms.push(*atom);
                }
            }
        }
        axis
    }

    fn above(&self, value: u32) -> &[u32] {
        self.above.get(value as usize).map_or(&[], Vec::as_slice)
    }

    fn atoms(&self, value: u32) -> &[u32] {
        self.atoms.get(value as usize).map_or(&[], Vec::as_slice)
    }

    fn finest(&self) -> impl Iterator<Item = u32> {
        let values = 0_u32..;
        let values = values.zip(&self.atoms);
        values
            .filter(|(value, atoms)| atoms.as_slice() == [*value])
            .map(|(value, _)| value)
    }

    /// Whether all that a value is a part of has the other as a part too.
    fn same_above(&self, value: u32, other: u32) -> bool {
        let others = self.above(other);
        let mut above = self.above(value).iter().skip(1).peekable();
        above.peek().is_some() && above.all(|whole| others.contains(whole))
    }

    /// What two values have in common: the one that is a part of the other, or else the finest ones
    /// of both; `None` where there is nothing.
    fn common(&self, first: u32, second: u32) -> Option<Vec<u32>> {
        if self.above(first).contains(&second) {
            return Some(vec![first]);
        }
        if self.above(second).contains(&first) {
            return Some(vec![second]);
        }
        let others = self.atoms(second);
        let atoms = self.atoms(first).iter().copied();
        let atoms: Vec<u32> = atoms.filter(|atom| others.contains(atom)).collect();
        (!atoms.is_empty()).then_some(atoms)
    }

    fn numbers(&self, value: u32) -> [u64; 2] {
        let level = self.levels.get(value as usize).copied().unwrap_or(0);
        [
            self.strides[0] * u64::from(value),
            self.strides[1] * u64::from(level),
        ]
    }

    fn only(&self, value: u32) -> Way {
        Way {
            values: vec![(value, self.numbers(value), true)],
        }
    }

    /// Adds to some of the finest values, takes from as many others (or none): what is above moves
    /// with them, as far as it does not stay.
    fn way(&self, to: &[u32], from: &[u32]) -> Way {
        let mut sums: Vec<(u32, i32)> = Vec::new();
        let signed = to.iter().map(|atom| (atom, 1));
        for (atom, sign) in signed.chain(from.iter().map(|atom| (atom, -1))) {
            for value in self.above(*atom) {
                match sums.iter_mut().find(|(known, _)| known == value) {
                    Some((_, sum)) => *sum += sign,
                    None => sums.push((*value, sign)),
                }
            }
        }
        let moving = sums.into_iter().filter(|(_, sum)| *sum != 0);
        Way {
            values: moving
                .map(|(value, sum)| (value, self.numbers(value), sum > 0))
                .collect(),
        }
    }
}

impl Crossings {
    fn new(slices: &IndexSet<&Slice>) -> Self {
        let mut filters: IndexSet<&String> = IndexSet::new();
        for slice in slices {
            match slice {
                Slice::Whole => {}
                Slice::Kept(filter) | Slice::Left(filter) => {
                    filters.insert(filter);
                }
                Slice::Part(held) => filters.extend(held),
            }
        }
        let bits = |held: &Vec<String>| {
            let bit = |filter| {
                let place = u32::try_from(filters.get_index_of(filter)?).ok()?;
                1_u64.checked_shl(place)
            };
            held.iter()
                .map(bit)
                .try_fold(0, |all, bit| Some(all | bit?))
        };
        let held: Vec<Option<u64>> = slices
            .iter()
            .map(|slice| match slice {
                Slice::Part(held) => bits(held),
                _ => None,
            })
            .collect();
        let slices = (0_u32..).zip(&held);
        let slices = slices.filter_map(|(slice, held)| Some(((*held)?, slice)));
        Self {
            slices: slices.collect(),
            filters: u32::try_from(filters.len()).unwrap_or(0),
            held,
        }
    }

    /// What a condition keeps and leaves stands in one table; what all tell apart, in another.
    fn level(&self, slice: &Slice, slices: &IndexSet<&Slice>) -> u32 {
        let same = |filter: &String| {
            let own = |slice: &&Slice| match slice {
                Slice::Kept(known) | Slice::Left(known) => known == filter,
                Slice::Whole | Slice::Part(_) => false,
            };
            slices.iter().position(own)
        };
        match slice {
            Slice::Whole => 0,
            Slice::Part(_) => 1,
            Slice::Kept(filter) | Slice::Left(filter) => {
                let first = same(filter).and_then(|place| u32::try_from(place).ok());
                first.map_or(1, |first| 2 + first)
            }
        }
    }

    /// Three other parts, of which one of two conditions, the other, or both hold otherwise: what is
    /// added to a part and the third, and taken from the first and the second, changes nothing else.
    fn of(&self, part: u32) -> Vec<[u32; 3]> {
        let held = self.held.get(part as usize).copied().flatten();
        let Some(held) = held else { return Vec::new() };
        let turned = |bits: u64| self.slices.get(&(held ^ bits)).copied();
        let mut found = Vec::new();
        for first in 0..self.filters.min(64) {
            for second in first + 1..self.filters.min(64) {
                let (first, second) = (1_u64 << first, 1_u64 << second);
                let three = [turned(first), turned(second), turned(first | second)];
                if let [Some(some), Some(others), Some(both)] = three {
                    found.push([some, others, both]);
                }
            }
        }
        found
    }
}

impl Slice {
    /// Whether rows of this slice are among those of another.
    fn is_part_of(&self, whole: &Self) -> bool {
        match (self, whole) {
            (Self::Part(held), Self::Kept(filter)) => held.contains(filter),
            (Self::Part(held), Self::Left(filter)) => !held.contains(filter),
            (Self::Whole, _) | (Self::Kept(_) | Self::Left(_), Self::Kept(_) | Self::Left(_)) => {
                false
            }
            (_, whole) => *whole == Self::Whole,
        }
    }
}
