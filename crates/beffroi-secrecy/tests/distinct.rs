//! Numbers of different people, of whom one may come in several months: a year is at least each of
//! its months, and at most their sum. No hidden one can be told more closely than the rule allows.

#![allow(clippy::unwrap_used, clippy::panic)]

use beffroi_model::{Grain, Period};
use beffroi_secrecy::{
    Amount, Cell, Key, KeyedTables, Kind, Limits, Need, Quantity, Rule, Slice, Status, Tables,
    UnitsOverTime, needs, protect,
};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use proptest::prelude::*;
use std::collections::BTreeSet;

const MONTHS: i32 = 4;
const DISTRICTS: usize = 3;

/// Who came in which months, by district of residence.
type People = Vec<(usize, BTreeSet<i32>)>;

fn people() -> impl Strategy<Value = People> {
    let months = prop::collection::btree_set(0..MONTHS, 1..4);
    prop::collection::vec((0..DISTRICTS, months), 1..40)
}

fn tables(people: &People) -> KeyedTables {
    let year = Period::year(2024);
    let first = Period::containing(Grain::Month, year.start());
    let mut cells = Vec::new();
    for district in std::iter::once(None).chain((0..DISTRICTS).map(Some)) {
        for month in std::iter::once(None).chain((0..MONTHS).map(Some)) {
            let there = people.iter().filter(|(home, months)| {
                district.is_none_or(|district| district == *home)
                    && month.is_none_or(|month| months.contains(&month))
            });
            let count = there.count() as u64;
            let key = Key {
                slice: Slice::Whole,
                members: vec![district.map(|district| district.to_string())],
                period: Some(month.map_or(year, |month| first.step(month))),
            };
            cells.push((key, Cell::new(count, vec![Amount::plain(count as f64)])));
        }
    }
    KeyedTables::new(
        &[Quantity::flow(Kind::Distinct)],
        cells,
        UnitsOverTime::AddUp,
        [],
    )
    .unwrap()
}

/// The bound of a need, from what is shown and what unions of people are.
fn bound(tables: &Tables, statuses: &[Status], need: &Need) -> f64 {
    let direction = if need.above {
        OptimizationDirection::Maximize
    } else {
        OptimizationDirection::Minimize
    };
    let mut problem = Problem::new(direction);
    let mut variables = Vec::new();
    for (id, cell) in tables.cells().iter().enumerate() {
        let value = cell.amounts[0].value;
        let certain = statuses[id].is_shown() || cell.units == 0;
        let range = if certain {
            (value, value)
        } else {
            (0.0, f64::INFINITY)
        };
        let counts = if id == need.cell { 1.0 } else { 0.0 };
        variables.push(problem.add_var(counts, range));
    }
    for relation in tables.relations() {
        let total = (variables[relation.total], -1.0);
        let parts = relation.parts.iter().map(|part| (variables[*part], 1.0));
        let all: Vec<_> = parts.clone().chain([total]).collect();
        problem.add_constraint(all, ComparisonOp::Ge, 0.0);
        for part in parts {
            problem.add_constraint([part, total], ComparisonOp::Le, 0.0);
        }
    }
    match problem.solve() {
        Ok(outcome) => outcome.into_solution().unwrap().objective(),
        Err(microlp::Error::Unbounded) => f64::INFINITY,
        Err(error) => panic!("the truth is a solution: {error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_hidden_number_of_people_can_be_told(people in people(), least in 2_u64..6) {
        let keyed = tables(&people);
        let tables = keyed.tables();
        let rule = Rule::units(least);
        let pattern = protect(tables, &rule, &Limits::default());
        for need in needs(tables, &rule) {
            let value = tables.cells()[need.cell].units as f64;
            let open = (bound(tables, &pattern.statuses, &need) - value).abs();
            let exposed = pattern.exposed.iter().any(|exposure| exposure.need == need);
            prop_assert!(exposed || open >= need.by * (1.0 - 1e-4), "{need:?}: {open}");
        }
    }
}
