//! What a pattern is in the plain cases, one by one.

#![allow(clippy::unwrap_used, clippy::panic)]

use beffroi_model::{Grain, Period};
use beffroi_secrecy::{
    Amount, Cell, Empty, Key, KeyedError, KeyedTables, Kind, Known, Ledger, Limits, NamedRule,
    Names, Quantity, Reason, Relation, Rule, Slice, Status, Suppression, Tables, TablesError,
    UnitsOverTime, protect,
};

const SHOWN: Status = Status::Shown;
const FEW: Status = Status::Primary(Reason::FewUnits);
const OTHER: Status = Status::Secondary;

fn person(units: u64) -> Cell {
    Cell::new(units, vec![Amount::plain(units as f64)])
}

/// A row and its total.
fn row(parts: Vec<Cell>, total: Cell) -> Tables {
    let of: Vec<usize> = (1..=parts.len()).collect();
    let cells = std::iter::once(total).chain(parts).collect();
    Tables::new(vec![Kind::NonNegative], cells, vec![Relation::new(0, of)]).unwrap()
}

fn pattern(tables: &Tables, rule: &Rule) -> Suppression {
    protect(tables, rule, &Limits::default())
}

#[test]
fn nothing_is_hidden_of_nothing_nor_where_nothing_is_sensitive() {
    let none = Tables::new(vec![Kind::NonNegative], Vec::new(), Vec::new()).unwrap();
    assert!(pattern(&none, &Rule::units(5)).statuses.is_empty());
    let plenty = row(vec![person(10), person(20)], person(30));
    let found = pattern(&plenty, &Rule::units(5));
    assert_eq!(found.statuses, [SHOWN; 3]);
    assert_eq!(found.hidden.share, [0.0]);
}

#[test]
fn a_small_cell_takes_another_with_it_and_the_total_stays() {
    let tables = row(
        vec![person(2), person(30), person(20), person(0)],
        person(52),
    );
    let found = pattern(&tables, &Rule::units(5));
    assert_eq!(found.statuses, [SHOWN, FEW, SHOWN, OTHER, SHOWN]);
    assert_eq!(
        (
            found.hidden.cells,
            found.hidden.primary,
            found.hidden.secondary
        ),
        (5, 1, 1)
    );
    let share = found.hidden.share[0];
    assert!((share - 22.0 / 104.0).abs() < 1e-9, "{share}");
    assert!(found.exposed.is_empty() && found.known.is_empty() && !found.coarse);
}

#[test]
fn two_small_cells_do_not_hide_each_other_when_they_are_too_few_together() {
    let five = Rule::units(5);
    let few = row(
        vec![person(2), person(2), person(30), person(20)],
        person(54),
    );
    assert_eq!(
        pattern(&few, &five).statuses,
        [SHOWN, FEW, FEW, SHOWN, OTHER]
    );
    let enough = row(
        vec![person(3), person(3), person(30), person(20)],
        person(56),
    );
    assert_eq!(
        pattern(&enough, &five).statuses,
        [SHOWN, FEW, FEW, SHOWN, SHOWN]
    );
}

#[test]
fn who_is_alone_does_not_see_the_other_who_is() {
    let three = |amounts: [f64; 3]| {
        let cell = |units, amount| Cell::new(units, vec![Amount::plain(amount)]);
        let [a, b, c] = amounts;
        row(
            vec![cell(1, a), cell(1, b), cell(9, c)],
            cell(11, a + b + c),
        )
    };
    // Two units are enough here for everyone outside.
    let found = pattern(&three([40.0, 50.0, 900.0]), &Rule::units(2));
    assert_eq!(
        found
            .statuses
            .iter()
            .filter(|status| !status.is_shown())
            .count(),
        3
    );
}

#[test]
fn a_single_cell_or_a_total_of_few_is_hidden_alone() {
    let one = Tables::new(vec![Kind::NonNegative], vec![person(3)], Vec::new()).unwrap();
    assert_eq!(pattern(&one, &Rule::units(5)).statuses, [FEW]);
    let all = row(vec![person(1), person(2)], person(3));
    let found = pattern(&all, &Rule::units(5));
    assert_eq!(found.statuses, [FEW; 3]);
    assert_eq!(found.hidden.share, [1.0]);
    assert!(found.exposed.is_empty());
}

#[test]
fn zeros_are_shown_and_hide_nobody_or_are_hidden_by_choice() {
    let tables = row(vec![person(2), person(0), person(0)], person(2));
    let found = pattern(&tables, &Rule::units(3));
    assert_eq!(found.statuses, [FEW, FEW, SHOWN, SHOWN]);
    assert!(found.exposed.is_empty());
    let hidden = Rule {
        empty: Empty::Hidden,
        ..Rule::units(3)
    };
    let empty = Status::Primary(Reason::Empty);
    assert_eq!(pattern(&tables, &hidden).statuses, [FEW, FEW, empty, empty]);
}

#[test]
fn what_leaves_a_few_out_is_hidden_like_the_few() {
    // 98 of 100 are kept by the filter: the two others follow.
    let cells = vec![
        person(100),
        person(98),
        Cell::shadow(2, vec![Amount::plain(2.0)]),
    ];
    let tables = Tables::new(
        vec![Kind::NonNegative],
        cells,
        vec![Relation::new(0, vec![1, 2])],
    );
    let found = pattern(&tables.unwrap(), &Rule::units(5));
    assert_eq!(found.statuses, [SHOWN, OTHER, FEW]);
    assert_eq!(
        (
            found.hidden.cells,
            found.hidden.primary,
            found.hidden.secondary
        ),
        (2, 0, 1)
    );
}

#[test]
fn dominance_and_small_denominators_hide_too() {
    let cell = |value, largest| Cell::new(9, vec![Amount::of(value, largest)]);
    let mut rate = cell(50.0, [6.0, 6.0]);
    rate.denominator = Some(4.0);
    let parts = vec![cell(100.0, [90.0, 5.0]), rate, cell(300.0, [40.0, 40.0])];
    let tables = row(parts, cell(450.0, [90.0, 40.0]));
    let rule = Rule {
        min_denominator: Some(10.0),
        ..NamedRule::Enterprises.rule()
    };
    let found = pattern(&tables, &rule);
    let dominance = Status::Primary(Reason::Dominance);
    let small = Status::Primary(Reason::SmallDenominator);
    assert_eq!(found.statuses, [SHOWN, dominance, small, SHOWN]);
}

#[test]
fn balances_of_either_sign_are_open_on_both_sides() {
    let cell = |units, value| Cell::new(units, vec![Amount::plain(value)]);
    let cells = vec![
        cell(40, -10.0),
        cell(2, -70.0),
        cell(20, 50.0),
        cell(18, 10.0),
    ];
    let relation = vec![Relation::new(0, vec![1, 2, 3])];
    let tables = Tables::new(vec![Kind::Signed], cells, relation).unwrap();
    let found = pattern(&tables, &Rule::units(5));
    assert_eq!(found.statuses, [SHOWN, FEW, SHOWN, OTHER]);
    assert!(found.exposed.is_empty());
}

#[test]
fn what_is_known_is_said_and_hides_nothing() {
    let known = |units: u64, known| {
        let mut cell = Cell::new(units, vec![Amount::plain(units as f64).known(known)]);
        cell.known = known;
        cell
    };
    let rule = Rule::units(5);
    // The cheapest other part was shown before: the next one is taken.
    for before in [Known::Now, Known::Before] {
        let tables = row(vec![person(2), known(20, before), person(30)], person(52));
        assert_eq!(pattern(&tables, &rule).statuses, [SHOWN, FEW, SHOWN, OTHER]);
    }
    // A sensitive cell that was shown: it is hidden from now on, and nothing with it.
    let tables = row(
        vec![known(2, Known::Now), person(20), person(30)],
        person(52),
    );
    let found = pattern(&tables, &rule);
    assert_eq!(found.statuses, [SHOWN, FEW, SHOWN, SHOWN]);
    assert_eq!(found.known, [1]);
    // It had another value: this one is protected.
    let tables = row(
        vec![known(2, Known::Before), person(20), person(30)],
        person(52),
    );
    assert_eq!(pattern(&tables, &rule).statuses, [SHOWN, FEW, OTHER, SHOWN]);
    // Everything else is known: nothing can protect it, and that is said.
    let others = [Known::Now; 2].map(|now| known(20, now)).to_vec();
    let parts = std::iter::once(person(2)).chain(others).collect();
    let found = pattern(&row(parts, known(42, Known::Now)), &rule);
    assert_eq!(found.statuses, [SHOWN, FEW, SHOWN, SHOWN]);
    assert!(
        !found.exposed.is_empty() && found.exposed.iter().all(|exposure| exposure.to.is_none())
    );
}

#[test]
fn different_things_counted_in_several_parts_are_bounded_by_their_total() {
    // 40 users in the year; of the 2 of March, anyone may also have come in other months.
    let cells = vec![person(40), person(2), person(30), person(25)];
    let relation = vec![Relation::new(0, vec![1, 2, 3])];
    let tables = Tables::new(vec![Kind::Distinct], cells, relation).unwrap();
    let found = pattern(&tables, &Rule::units(5));
    assert_eq!(found.statuses[1], FEW);
    assert_eq!(
        found
            .statuses
            .iter()
            .filter(|status| !status.is_shown())
            .count(),
        2
    );
}

#[test]
fn the_same_tables_give_the_same_pattern_and_ties_go_by_order() {
    let parts = || vec![person(2), person(20), person(20), person(20)];
    let tables = row(parts(), person(62));
    let found = pattern(&tables, &Rule::units(5));
    assert_eq!(
        found
            .statuses
            .iter()
            .filter(|status| **status == OTHER)
            .count(),
        1
    );
    for _ in 0..5 {
        assert_eq!(pattern(&row(parts(), person(62)), &Rule::units(5)), found);
    }
}

#[test]
fn without_any_work_allowed_the_totals_are_hidden() {
    let tables = row(vec![person(2), person(30), person(20)], person(52));
    let found = protect(
        &tables,
        &Rule::units(5),
        &Limits {
            near: [9; 3],
            work: 0,
            ..Limits::default()
        },
    );
    assert!(found.coarse && found.exposed.is_empty());
    assert_eq!(found.statuses, [OTHER, FEW, SHOWN, SHOWN]);
}

#[test]
fn cells_that_do_not_hold_together_are_refused() {
    let new = |cells, relations| Tables::new(vec![Kind::NonNegative], cells, relations);
    let relation = |total, parts: &[usize]| vec![Relation::new(total, parts.to_vec())];
    let two = || vec![person(3), person(2)];
    assert_eq!(
        new(two(), relation(0, &[1])),
        Err(TablesError::Unbalanced {
            relation: 0,
            quantity: 0
        })
    );
    assert_eq!(new(two(), relation(0, &[7])), Err(TablesError::Cells(0)));
    assert_eq!(new(two(), relation(0, &[0])), Err(TablesError::Cells(0)));
    let none = vec![Cell::new(1, vec![Amount::plain(f64::NAN)])];
    assert_eq!(new(none, Vec::new()), Err(TablesError::Amount(0)));
    let short = vec![Cell::new(1, Vec::new())];
    let amounts = TablesError::Amounts {
        cell: 0,
        found: 0,
        expected: 1,
    };
    assert_eq!(new(short, Vec::new()), Err(amounts));
}

fn key(member: Option<&str>, period: Period) -> Key {
    Key {
        slice: Slice::Whole,
        members: vec![member.map(str::to_owned)],
        period: Some(period),
    }
}

fn months() -> [Period; 3] {
    let first = Period::containing(Grain::Month, Period::year(2024).start());
    [first, first.step(1), first.step(2)]
}

/// A flow and a stock, by member and month, with margins and years.
fn keyed(march: u64) -> Result<KeyedTables, KeyedError> {
    let year = Period::year(2024);
    let mut cells = Vec::new();
    let counts = [("a", [7, 8, march]), ("b", [20, 30, 40])];
    for (member, units) in counts {
        let mut add = |period, units: u64, stock: u64| {
            let amounts = vec![Amount::plain(units as f64), Amount::plain(stock as f64)];
            cells.push((key(Some(member), period), Cell::new(units, amounts)));
        };
        for (month, units) in months().into_iter().zip(units) {
            add(month, units, units * 10);
        }
        add(year, units.iter().sum(), units[2] * 10);
    }
    for place in 0..4 {
        let sum = |quantity: usize| {
            [place, place + 4]
                .map(|at: usize| cells[at].1.amounts[quantity].value)
                .iter()
                .sum::<f64>()
        };
        let units = cells[place].1.units + cells[place + 4].1.units;
        let amounts = vec![Amount::plain(sum(0)), Amount::plain(sum(1))];
        let period = cells[place].0.period.unwrap();
        cells.push((key(None, period), Cell::new(units, amounts)));
    }
    let stock = Quantity {
        kind: Kind::NonNegative,
        stock: true,
    };
    KeyedTables::new(
        &[Quantity::flow(Kind::NonNegative), stock],
        cells,
        UnitsOverTime::AddUp,
        [],
    )
}

#[test]
fn a_flow_is_the_sum_of_its_months_and_a_stock_the_last_of_them() {
    let tables = keyed(2).unwrap();
    let found = pattern(tables.tables(), &Rule::units(5));
    assert_eq!(found.statuses[2], FEW, "March of a");
    assert!(found.exposed.is_empty(), "{:?}", found.exposed);
    // The stock of the year is that of March: it tells it, and so is hidden.
    assert_eq!(found.statuses[3], OTHER);
}

#[test]
fn keys_name_one_cell_each() {
    let year = Period::year(2024);
    let cell = || Cell::new(9, Vec::new());
    let twice = [(key(None, year), cell()), (key(None, year), cell())];
    assert_eq!(
        KeyedTables::new(&[], twice, UnitsOverTime::AddUp, []),
        Err(KeyedError::Twice(key(None, year)))
    );
    let mut flat = key(None, year);
    flat.members.clear();
    let uneven = [(key(None, year), cell()), (flat.clone(), cell())];
    assert_eq!(
        KeyedTables::new(&[], uneven, UnitsOverTime::AddUp, []),
        Err(KeyedError::Dimensions(flat))
    );
    assert_eq!(key(Some("a/b"), year).to_string(), "*/2024/=a\\/b");
    assert_eq!(key(Some("*"), year).to_string(), "*/2024/=*");
    assert_ne!(
        key(Some("*"), year).to_string(),
        key(None, year).to_string()
    );
    let tables = keyed(9).unwrap();
    assert_eq!(tables.id(&key(Some("nowhere"), year)), None);
}

#[test]
fn the_ledger_remembers_what_was_shown_and_of_which_definition() {
    let names = Names::of(["flow", "stock"]);
    let mut ledger = Ledger::default();
    let tables = keyed(9).unwrap();
    let shown = pattern(tables.tables(), &Rule::units(5));
    assert!(shown.statuses.iter().all(|status| status.is_shown()));
    ledger.record(&tables, &shown, &names);
    let again: Ledger = serde_json::from_str(&serde_json::to_string(&ledger).unwrap()).unwrap();
    assert_eq!(again, ledger);
    let march = key(Some("a"), months()[2]);
    let marked = |march_of_a, names: &Names| {
        let tables = ledger.mark(keyed(march_of_a).unwrap(), names, &Rule::units(5));
        let cell = tables.id(&march).unwrap();
        tables.tables().cells()[cell].amounts[0].known
    };
    assert_eq!(marked(9, &names), Known::Now);
    assert_eq!(marked(2, &names), Known::Before);
    // March of a loses seven persons: nothing shown before can hide it.
    let tables = ledger.mark(keyed(2).unwrap(), &names, &Rule::units(5));
    let found = pattern(tables.tables(), &Rule::units(5));
    assert!(!found.exposed.is_empty());
    // Under other definitions these are other figures; one that is the same may be it.
    let others = Names::of(["flow 2", "stock 2"]);
    assert_eq!(marked(2, &others), Known::No);
    assert_eq!(marked(9, &others), Known::Before);
}
