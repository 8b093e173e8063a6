//! A small world, the tables that could be shown of it, and what an attacker makes of them.
//!
//! The attacker knows nothing of [`beffroi_secrecy::Relation`]s: what it solves for are the atoms of
//! the world (one for each combination of members, month and side of the filter), of which each
//! figure that it has seen is a sum.

#![allow(dead_code, reason = "each test uses a part")]

use beffroi_model::{Grain, Period};
use beffroi_secrecy::{
    Amount, Cell, CellId, Empty, Key, KeyedTables, Kind, Known, Need, Quantity, Rule, Slice,
    Status, Suppression, Tables, UnitsOverTime, needs,
};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use std::collections::BTreeSet;

/// What one atom holds: a contribution of each of its units.
#[derive(Debug, Clone)]
pub struct Atom {
    pub members: Vec<usize>,
    pub month: usize,
    pub kept: bool,
    pub contributions: Vec<i32>,
}

/// Atoms, over so many dimensions and months.
#[derive(Debug, Clone)]
pub struct World {
    pub sizes: Vec<usize>,
    pub months: usize,
    pub atoms: Vec<Atom>,
}

/// A declared table.
#[derive(Debug, Clone)]
pub struct Declared {
    pub dimensions: Vec<usize>,
    pub months: bool,
    pub filter: bool,
    /// Not shown, only there for what follows from it.
    pub shadow: bool,
}

pub fn declared(dimensions: &[usize], months: bool) -> Declared {
    Declared {
        dimensions: dimensions.to_vec(),
        months,
        filter: false,
        shadow: false,
    }
}

/// Tables, and the atoms that each cell adds up.
pub struct Shown {
    pub keyed: KeyedTables,
    pub atoms: Vec<BTreeSet<usize>>,
}

/// The second quantity is what the contributions add up to, the first how many there are.
pub const AMOUNT: usize = 1;

impl World {
    fn period(&self, month: usize, grain: Grain) -> Period {
        // Four months a year keep the programs small: years end early, as far as anyone sees.
        let first = Period::containing(Grain::Month, Period::year(2020).start());
        let place = i32::try_from(month).unwrap();
        let month = first.step(place / 4 * 12 + place % 4);
        Period::containing(grain, month.start())
    }

    /// The cells of these tables, with all margins.
    pub fn tables(&self, declared: &[Declared], kind: Kind) -> Shown {
        let mut cells: indexmap::IndexMap<Key, (bool, BTreeSet<usize>)> = indexmap::IndexMap::new();
        for table in declared {
            for (place, atom) in self.atoms.iter().enumerate() {
                for key in self.keys(table, atom) {
                    let shadow = table.shadow || matches!(key.slice, Slice::Left(_));
                    let cell = cells.entry(key).or_insert((true, BTreeSet::new()));
                    cell.0 &= shadow;
                    cell.1.insert(place);
                }
            }
        }
        let atoms = cells.values().map(|(_, atoms)| atoms.clone()).collect();
        let cell = |(shadow, atoms): &(bool, BTreeSet<usize>)| {
            let all: Vec<i32> = atoms
                .iter()
                .flat_map(|atom| self.atoms[*atom].contributions.clone())
                .collect();
            let units = all.len() as u64;
            let mut sizes: Vec<f64> = all.iter().map(|one| f64::from(one.abs())).collect();
            sizes.sort_by(|a, b| b.total_cmp(a));
            sizes.resize(sizes.len().max(2), 0.0);
            let mut amount = Amount::of(
                all.iter().map(|one| f64::from(*one)).sum(),
                [sizes[0], sizes[1]],
            );
            amount.magnitude = sizes.iter().sum();
            let mut cell = Cell::new(units, vec![Amount::plain(units as f64), amount]);
            cell.shadow = *shadow;
            cell
        };
        let quantities = [Quantity::flow(Kind::NonNegative), Quantity::flow(kind)];
        let cells = cells.iter().map(|(key, found)| (key.clone(), cell(found)));
        Shown {
            keyed: KeyedTables::new(&quantities, cells, UnitsOverTime::AddUp, []).unwrap(),
            atoms,
        }
    }

    fn keys(&self, table: &Declared, atom: &Atom) -> Vec<Key> {
        let mut keys = vec![Key {
            slice: Slice::Whole,
            members: vec![None; self.sizes.len()],
            period: None,
        }];
        for dimension in &table.dimensions {
            for mut key in keys.clone() {
                key.members[*dimension] = Some(format!("m{}", atom.members[*dimension]));
                keys.push(key);
            }
        }
        if table.months {
            let of = |grain| Some(self.period(atom.month, grain));
            let both = keys.iter().flat_map(|key| {
                [of(Grain::Month), of(Grain::Year)].map(|period| Key {
                    period,
                    ..key.clone()
                })
            });
            keys = both.collect();
        }
        if table.filter {
            let name = "kept".to_owned();
            let side = if atom.kept {
                Slice::Kept(name)
            } else {
                Slice::Left(name)
            };
            for key in keys.clone() {
                keys.push(Key {
                    slice: side.clone(),
                    ..key
                });
            }
        }
        keys
    }
}

impl Shown {
    pub fn tables(&self) -> &Tables {
        self.keyed.tables()
    }

    /// Every need of the rule that what can be seen betrays; `seen` tells which cells are.
    pub fn betrayed(&self, world: &World, rule: &Rule, seen: &dyn Fn(CellId) -> bool) -> Vec<Need> {
        let needs = needs(self.tables(), rule);
        let betrays = |need: &&Need| self.betrays(world, rule, need, seen);
        needs.iter().filter(betrays).copied().collect()
    }

    /// Whether everyone's figures, or those and the own figures of someone who is alone in cells,
    /// bound this one too closely.
    pub fn betrays(
        &self,
        world: &World,
        rule: &Rule,
        need: &Need,
        seen: &dyn Fn(CellId) -> bool,
    ) -> bool {
        let is_there = |atom: usize| !world.atoms[atom].contributions.is_empty();
        self.betrays_to(world, rule, need, seen, &is_there)
    }

    /// The same, to whoever could be alone in these cells as far as their numbers of units tell.
    pub fn may_betray(
        &self,
        world: &World,
        rule: &Rule,
        need: &Need,
        seen: &dyn Fn(CellId) -> bool,
    ) -> bool {
        let cells = self.tables().cells().iter().zip(&self.atoms);
        let empty = cells.filter(|(cell, _)| cell.units == 0);
        let nobody: BTreeSet<usize> = empty.flat_map(|(_, atoms)| atoms.clone()).collect();
        self.betrays_to(world, rule, need, seen, &|atom| !nobody.contains(&atom))
    }

    fn betrays_to(
        &self,
        world: &World,
        rule: &Rule,
        need: &Need,
        seen: &dyn Fn(CellId) -> bool,
        is_home: &dyn Fn(usize) -> bool,
    ) -> bool {
        let cells = self.tables().cells();
        // The number of units is what the first quantity counts.
        let of_units = need.quantity == self.tables().units();
        let quantity = if of_units { 0 } else { need.quantity };
        let certain =
            |cell: CellId| seen(cell) || (rule.empty == Empty::Shown && cells[cell].units == 0);
        let too_close = |known: &dyn Fn(CellId) -> bool| {
            let value = cells[need.cell].amounts[quantity].value;
            let bound = self.bound(world, quantity, need.cell, need.above, known);
            (bound - value).abs() < need.by * (1.0 - 1e-4)
        };
        if too_close(&certain) {
            return true;
        }
        // The cells that hold nobody but the one who is at home there.
        let own = |home: usize| -> BTreeSet<CellId> {
            let own = |cell: &CellId| cells[*cell].units == 1 && self.atoms[*cell].contains(&home);
            (0..cells.len()).filter(own).collect()
        };
        let homes = (0..world.atoms.len()).filter(|atom| is_home(*atom));
        let who: BTreeSet<BTreeSet<CellId>> = homes.map(own).collect();
        let mut who = who
            .iter()
            .filter(|own| !own.contains(&need.cell) && !own.iter().all(|cell| certain(*cell)));
        // What someone contributes bounds what it is in from below, whatever is hidden.
        need.above
            && !of_units
            && who.any(|own| too_close(&|cell| certain(cell) || own.contains(&cell)))
    }

    /// The largest or smallest value of a cell that agrees with those known.
    pub fn bound(
        &self,
        world: &World,
        quantity: usize,
        target: CellId,
        above: bool,
        known: &dyn Fn(CellId) -> bool,
    ) -> f64 {
        let direction = if above {
            OptimizationDirection::Maximize
        } else {
            OptimizationDirection::Minimize
        };
        let mut problem = Problem::new(direction);
        let signed = self.tables().kinds()[quantity] == Kind::Signed;
        let least = if signed { f64::NEG_INFINITY } else { 0.0 };
        let variables: Vec<_> = (0..world.atoms.len())
            .map(|atom| {
                let counts = self.atoms[target].contains(&atom);
                problem.add_var(if counts { 1.0 } else { 0.0 }, (least, f64::INFINITY))
            })
            .collect();
        for (cell, atoms) in self.atoms.iter().enumerate() {
            if known(cell) {
                let terms: Vec<_> = atoms.iter().map(|atom| (variables[*atom], 1.0)).collect();
                let value = self.tables().cells()[cell].amounts[quantity].value;
                problem.add_constraint(terms, ComparisonOp::Eq, value);
            }
        }
        match problem.solve() {
            Ok(outcome) => outcome.into_solution().unwrap().objective(),
            Err(microlp::Error::Unbounded) if above => f64::INFINITY,
            Err(microlp::Error::Unbounded) => f64::NEG_INFINITY,
            Err(error) => panic!("the truth is a solution: {error}"),
        }
    }
}

/// What a reader sees of a pattern: what is shown, and what was shown before.
pub fn seen<'a>(shown: &'a Shown, pattern: &'a Suppression) -> impl Fn(CellId) -> bool + 'a {
    move |cell| {
        let amounts = &shown.tables().cells()[cell].amounts;
        pattern.statuses[cell].is_shown() || amounts.iter().any(|amount| amount.known == Known::Now)
    }
}

/// What is left when all is hidden that can be.
pub fn inevitable(shown: &Shown) -> impl Fn(CellId) -> bool + '_ {
    |cell| {
        let amounts = &shown.tables().cells()[cell].amounts;
        amounts.iter().any(|amount| amount.known != Known::No)
    }
}

pub fn hidden(pattern: &Suppression) -> usize {
    let away = |status: &&Status| !matches!(status, Status::Shown | Status::Shadow);
    pattern.statuses.iter().filter(away).count()
}
