//! How far the pattern is from the best there is, on tables small enough to try every pattern.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use beffroi_secrecy::{CellId, Kind, Limits, Rule, needs, protect};
use common::{Atom, Declared, Shown, World, declared, hidden};
use std::collections::HashMap;

/// Whether nothing is told when these cells are hidden, beside the sensitive ones.
struct Search<'s> {
    shown: &'s Shown,
    world: &'s World,
    rule: Rule,
    candidates: Vec<CellId>,
    costs: Vec<f64>,
    tried: HashMap<u32, bool>,
}

impl Search<'_> {
    fn safe(&mut self, mask: u32) -> bool {
        if let Some(safe) = self.tried.get(&mask) {
            return *safe;
        }
        let cells = self.shown.tables().cells();
        let chosen = |cell: CellId| {
            let place = self
                .candidates
                .iter()
                .position(|candidate| *candidate == cell);
            place.is_some_and(|place| mask & (1 << place) != 0)
        };
        let away = |cell: CellId| self.rule.judge(&cells[cell]).is_some() || chosen(cell);
        // A cell that is hidden alone among its like is told at once: no program is needed.
        let told = self.shown.tables().relations().iter().any(|relation| {
            let all = std::iter::once(&relation.total).chain(&relation.parts);
            let mut away = all.filter(|cell| away(**cell));
            let first = away.next();
            first.is_some_and(|cell| self.rule.judge(&cells[*cell]).is_some())
                && away.next().is_none()
        });
        let open = |cell: CellId| !away(cell);
        let safe = !told && {
            let needs = needs(self.shown.tables(), &self.rule);
            let betrayed = |need| self.shown.betrays(self.world, &self.rule, need, &open);
            !needs.iter().any(betrayed)
        };
        self.tried.insert(mask, safe);
        safe
    }

    fn least(&mut self, cost: impl Fn(&Self, u32) -> f64) -> Option<f64> {
        let mut masks: Vec<u32> = (0..1 << self.candidates.len()).collect();
        masks.sort_by(|a, b| cost(self, *a).total_cmp(&cost(self, *b)));
        let best = masks.into_iter().find(|mask| self.safe(*mask))?;
        Some(cost(self, best))
    }

    fn cost(&self, mask: u32) -> f64 {
        let costs = self.costs.iter().enumerate();
        costs
            .filter(|(place, _)| mask & (1 << place) != 0)
            .map(|(_, cost)| cost)
            .sum()
    }
}

fn world(sizes: &[usize], seed: u64) -> World {
    let mut state = seed;
    let mut next = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % below).unwrap()
    };
    let atoms = (0..sizes.iter().product()).map(|mut place: usize| {
        let members = sizes.iter().map(|size| {
            let member = place % size;
            place /= size;
            member
        });
        let members = members.collect();
        let units = if next(4) == 0 {
            1 + next(2)
        } else {
            5 + next(20)
        };
        let contributions = (0..units).map(|_| i32::try_from(10 + next(90)).unwrap());
        Atom {
            members,
            month: 0,
            kept: true,
            contributions: contributions.collect(),
        }
    });
    World {
        sizes: sizes.to_vec(),
        months: 1,
        atoms: atoms.collect(),
    }
}

#[test]
fn the_pattern_is_near_the_best_there_is() {
    let rule = Rule::units(3);
    let (mut ours, mut best, mut tables) = ((0.0, 0.0), (0.0, 0.0), 0);
    let shapes: [(&[usize], &[Declared]); 2] = [
        (&[3, 3], &[declared(&[0, 1], false)]),
        (
            &[2, 2, 2],
            &[declared(&[0, 1], false), declared(&[0, 2], false)],
        ),
    ];
    for (sizes, declared) in shapes {
        for seed in 0..12 {
            let world = world(sizes, seed);
            let shown = world.tables(declared, Kind::NonNegative);
            let cells = shown.tables().cells();
            let pattern = protect(shown.tables(), &rule, &Limits::default());
            if pattern.hidden.primary == 0 || !pattern.exposed.is_empty() {
                continue;
            }
            let candidates: Vec<CellId> = (0..cells.len())
                .filter(|cell| rule.judge(&cells[*cell]).is_none())
                .collect();
            // What the documentation says a cell costs.
            let cost = |cell: &CellId| {
                let relations = shown.tables().relations().iter();
                let height = relations.filter(|relation| relation.total == *cell).count();
                (1.0 + (1.0 + cells[*cell].units as f64).ln())
                    * 4_f64.powi(i32::try_from(height).unwrap())
            };
            let costs: Vec<f64> = candidates.iter().map(cost).collect();
            let chosen = candidates
                .iter()
                .filter(|cell| !pattern.statuses[**cell].is_shown());
            let (count, sum) = (chosen.clone().count() as f64, chosen.map(cost).sum::<f64>());
            let mut search = Search {
                shown: &shown,
                world: &world,
                rule,
                candidates,
                costs,
                tried: HashMap::new(),
            };
            let fewest = search
                .least(|_, mask| f64::from(mask.count_ones()))
                .unwrap();
            let cheapest = search.least(Search::cost).unwrap();
            println!(
                "{sizes:?} {seed}: {} sensitive; {count} others hidden, at least {fewest}; cost {sum:.1}, at least {cheapest:.1}",
                hidden(&pattern) as f64 - count,
            );
            tables += 1;
            (ours.0, ours.1) = (ours.0 + count, ours.1 + sum);
            (best.0, best.1) = (best.0 + fewest, best.1 + cheapest);
        }
    }
    println!(
        "{tables} tables: {} others hidden, at least {} ({:.0} % more); cost {:.0}, at least {:.0} ({:.0} % more)",
        ours.0,
        best.0,
        100.0 * (ours.0 / best.0 - 1.0),
        ours.1,
        best.1,
        100.0 * (ours.1 / best.1 - 1.0),
    );
    assert!(tables >= 8);
    assert!(ours.0 <= best.0 * 1.25 && ours.1 <= best.1 * 1.25);
}
