//! Where the cells of keyed tables stand on axes (dimensions, time, conditions), and the moves that
//! follow: from one corner of a cube to the next, what is added here is taken there, and no margin
//! changes. This is the hypercube of τ-Argus (Repsilber 1994; Giessing and Repsilber 2002), made by
//! arithmetic where a linear program would take too long.

use crate::{
    keyed::{Key, Slice},
    tables::CellId,
};
use beffroi_model::Period;
use indexmap::IndexSet;
use std::collections::{BTreeSet, HashMap};

/// The cells by their coordinates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lattice {
    points: Vec<Vec<u32>>,
    cells: HashMap<Vec<u32>, CellId>,
    axes: Vec<Axis>,
}

/// The values of one axis.
#[derive(Debug, Clone, PartialEq, Default)]
struct Axis {
    /// By value: those that it is a part of, itself included.
    above: Vec<BTreeSet<u32>>,
    /// By value: the finest ones that it is made of; itself where there are none.
    atoms: Vec<Vec<u32>>,
}

/// Atoms tried on each axis, to move from and to.
const TRIED: usize = 4;

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
        let mut axes = vec![
            Axis::new(&slices, |part, whole| part.is_part_of(whole)),
            Axis::new(&periods, |part, whole| match (part, whole) {
                (Some(part), Some(whole)) => {
                    part.grain() != whole.grain()
                        && whole.grain().is_made_of(part.grain())
                        && whole.start() <= part.start()
                        && part.end() <= whole.end()
                }
                _ => false,
            }),
        ];
        let member = |members| {
            Axis::new(
                members,
                |part: &&Option<String>, whole: &&Option<String>| part.is_some() && whole.is_none(),
            )
        };
        axes.extend(members.iter().map(member));
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
        let points: Vec<Vec<u32>> = keys.iter().map(point).collect();
        let cells = points.iter().cloned().zip(0..).collect();
        Self {
            points,
            cells,
            axes,
        }
    }

    /// Moves that add something to a cell and keep all margins: for each, the cells to which it is
    /// added and those from which it is taken. `cost` tells what it costs to move a cell, nothing
    /// for what cannot move in that direction.
    pub fn cubes(
        &self,
        cell: CellId,
        cost: &dyn Fn(CellId, bool) -> Option<f64>,
    ) -> Vec<(f64, Vec<(CellId, bool)>)> {
        let Some(point) = self.points.get(cell) else {
            return Vec::new();
        };
        let axes = self.axes.iter().zip(point).enumerate();
        let choices: Vec<Vec<Signed>> = axes
            .map(|(place, (axis, value))| self.choices(place, axis, *value, point, cost))
            .collect();
        let mut found: Vec<(f64, Vec<(CellId, bool)>)> = Vec::new();
        let mut combination = vec![0; choices.len()];
        loop {
            let signed: Option<Vec<&Signed>> = choices
                .iter()
                .zip(&combination)
                .map(|(choices, place)| choices.get(*place))
                .collect();
            let Some(signed) = signed else { break };
            found.extend(self.cube(&signed, cost));
            let mut axis = 0;
            loop {
                let (Some(place), Some(choices)) = (combination.get_mut(axis), choices.get(axis))
                else {
                    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
                    return found;
                };
                *place += 1;
                if *place < choices.len() {
                    break;
                }
                *place = 0;
                axis += 1;
            }
        }
        found
    }

    /// On one axis, what moves with a value and against it: alone, or against another that has the
    /// same above it.
    fn choices(
        &self,
        place: usize,
        axis: &Axis,
        value: u32,
        point: &[u32],
        cost: &dyn Fn(CellId, bool) -> Option<f64>,
    ) -> Vec<Signed> {
        let none = BTreeSet::new();
        let above = axis.above.get(value as usize).unwrap_or(&none);
        let proper: BTreeSet<u32> = above.iter().copied().filter(|it| *it != value).collect();
        let atoms = axis
            .atoms
            .get(value as usize)
            .map_or(&[][..], Vec::as_slice);
        // Cheapest first; what costs the same in the order of the tables.
        let of = |atom: u32, added: bool| -> Option<f64> {
            let mut beside = point.to_vec();
            *beside.get_mut(place)? = atom;
            match self.cells.get(&beside) {
                Some(cell) => cost(*cell, added),
                // It may be a part of what is no table by itself.
                None => Some(0.0),
            }
        };
        let cheapest = |atoms: &mut dyn Iterator<Item = u32>, added: bool| -> Vec<u32> {
            let priced = atoms.filter_map(|atom| Some((of(atom, added)?, atom)));
            let mut priced: Vec<(f64, u32)> = priced.collect();
            priced.sort_by(|(a, x), (b, y)| a.total_cmp(b).then(x.cmp(y)));
            priced.truncate(TRIED);
            priced.into_iter().map(|(_, atom)| atom).collect()
        };
        let from = cheapest(&mut atoms.iter().copied(), true);
        let own = |atom: u32| axis.above.get(atom as usize).unwrap_or(&none);
        // Alone: what is above moves too.
        let alone = from.iter().take(2).map(|atom| Signed {
            plus: own(*atom).iter().copied().collect(),
            minus: Vec::new(),
        });
        let mut choices: Vec<Signed> = alone.collect();
        if proper.is_empty() {
            return choices;
        }
        let all = 0..u32::try_from(axis.above.len()).unwrap_or(0);
        let is_atom = |atom: &u32| {
            axis.atoms
                .get(*atom as usize)
                .is_some_and(|it| it == &[*atom])
        };
        let other = |atom: &u32| {
            let above = own(*atom);
            is_atom(atom) && !above.contains(&value) && proper.is_subset(above)
        };
        let to = cheapest(&mut all.filter(other), false);
        for atom in from.iter().take(2) {
            for against in &to {
                choices.push(Signed {
                    plus: own(*atom).difference(own(*against)).copied().collect(),
                    minus: own(*against).difference(own(*atom)).copied().collect(),
                });
            }
        }
        choices
    }

    /// The cells of a cube with what moving them all costs; nothing where one cannot move.
    fn cube(
        &self,
        axes: &[&Signed],
        cost: &dyn Fn(CellId, bool) -> Option<f64>,
    ) -> Option<(f64, Vec<(CellId, bool)>)> {
        let mut corners: Vec<(Vec<u32>, bool)> = vec![(Vec::new(), true)];
        for axis in axes {
            let signed = axis.plus.iter().map(|value| (*value, true));
            let signed: Vec<(u32, bool)> = signed
                .chain(axis.minus.iter().map(|value| (*value, false)))
                .collect();
            let longer = |(corner, added): &(Vec<u32>, bool)| {
                let (corner, added) = (corner.clone(), *added);
                let next = signed.iter().map(move |(value, plus)| {
                    let mut longer = corner.clone();
                    longer.push(*value);
                    (longer, added == *plus)
                });
                next.collect::<Vec<_>>()
            };
            corners = corners.iter().flat_map(longer).collect();
        }
        let mut sum = 0.0;
        let mut steps = Vec::with_capacity(corners.len());
        for (corner, added) in corners {
            let Some(cell) = self.cells.get(&corner) else {
                continue;
            };
            sum += cost(*cell, added)?;
            steps.push((*cell, added));
        }
        Some((sum, steps))
    }
}

/// The values of an axis that move one way, and those that move the other.
struct Signed {
    plus: Vec<u32>,
    minus: Vec<u32>,
}

impl Axis {
    fn new<T>(values: &IndexSet<T>, is_part: impl Fn(&T, &T) -> bool) -> Self {
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let mut axis = Self::default();
        for (place, value) in values.iter().enumerate() {
            let above = values.iter().enumerate();
            let above = above.filter(|(_, whole)| is_part(value, whole));
            let above = above.map(|(place, _)| number(place));
            axis.above.push(above.chain([number(place)]).collect());
        }
        let wholes: BTreeSet<u32> = (0..values.len())
            .flat_map(|place| {
                let above = axis.above.get(place).into_iter().flatten();
                above.copied().filter(move |whole| *whole != number(place))
            })
            .collect();
        for place in 0..values.len() {
            let own = number(place);
            let inside = |atom: &usize| {
                !wholes.contains(&number(*atom))
                    && axis
                        .above
                        .get(*atom)
                        .is_some_and(|above| above.contains(&own))
            };
            let atoms = (0..values.len()).filter(inside).map(number).collect();
            axis.atoms.push(atoms);
        }
        axis
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
