//! Tables from the literature, as files: `!` marks a sensitive figure, `?` those that the book hides
//! with it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use beffroi_secrecy::{
    Amount, Cell, CellId, Key, KeyedTables, Kind, Limits, Quantity, Rule, Slice, Status,
    UnitsOverTime, protect,
};
use common::{Atom, Shown, World, declared, hidden, seen};
use std::collections::BTreeMap;

/// A sensitive cell has two units, and any other one ten.
const RULE: u64 = 3;

struct Book {
    shown: Shown,
    world: World,
    /// What the book hides, sensitive figures among them.
    pattern: Vec<CellId>,
    bounds: Vec<(CellId, f64, f64)>,
}

fn book(text: &str) -> Book {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    assert_eq!(lines.next(), Some("table"));
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let columns = words(lines.next().unwrap());
    let (mut rows, mut atoms, mut marked) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines.by_ref().take_while(|line| *line != "bounds") {
        let line = words(line);
        for (column, text) in line[1..].iter().enumerate() {
            let value: i32 = text.trim_end_matches(['!', '?']).parse().unwrap();
            let units = match value {
                0 => 0,
                _ if text.ends_with('!') => 2,
                _ => 10,
            };
            let mut contributions = vec![0; units];
            if let Some(first) = contributions.first_mut() {
                *first = value;
            }
            let members = vec![rows.len(), column];
            if text.ends_with(['!', '?']) {
                marked.push(members.clone());
            }
            atoms.push(Atom {
                members,
                month: 0,
                kept: true,
                contributions,
            });
        }
        rows.push(line[0].clone());
    }
    let world = World {
        sizes: vec![rows.len(), columns.len()],
        months: 1,
        atoms,
    };
    let shown = world.tables(&[declared(&[0, 1], false)], Kind::NonNegative);
    let id = |members: &[usize]| {
        let members = members
            .iter()
            .map(|member| Some(format!("m{member}")))
            .collect();
        shown
            .keyed
            .id(&Key {
                slice: Slice::Whole,
                members,
                period: None,
            })
            .unwrap()
    };
    let place = |names: &[String], name: &String| names.iter().position(|n| n == name).unwrap();
    let bounds = lines.map(words).map(|line| {
        let cell = [place(&rows, &line[0]), place(&columns, &line[1])];
        (
            id(&cell),
            line[2].parse().unwrap(),
            line[3].parse().unwrap(),
        )
    });
    Book {
        bounds: bounds.collect(),
        pattern: marked.iter().map(|members| id(members)).collect(),
        shown,
        world,
    }
}

#[test]
fn the_attacker_finds_the_bounds_of_the_books() {
    for text in [
        include_str!("textbook/geurts.txt"),
        include_str!("textbook/investment.txt"),
    ] {
        let book = book(text);
        assert!(!book.bounds.is_empty());
        for (cell, least, most) in &book.bounds {
            let open = |cell: CellId| !book.pattern.contains(&cell);
            for (above, expected) in [(false, least), (true, most)] {
                let found = book
                    .shown
                    .bound(&book.world, common::AMOUNT, *cell, above, &open);
                assert!(
                    (found - expected).abs() < 1e-6,
                    "{found}, expected {expected}"
                );
            }
        }
    }
}

#[test]
fn no_more_is_hidden_than_the_book_hides() {
    let book = book(include_str!("textbook/investment.txt"));
    let rule = Rule::units(RULE);
    let pattern = protect(book.shown.tables(), &rule, &Limits::default());
    assert!(
        book.shown
            .betrayed(&book.world, &rule, &seen(&book.shown, &pattern))
            .is_empty()
    );
    assert_eq!(hidden(&pattern), book.pattern.len());
}

#[test]
fn one_row_and_a_figure_alone_are_protected() {
    for (text, expected) in [
        (include_str!("textbook/staff.txt"), 4),
        (include_str!("textbook/lone.txt"), 6),
    ] {
        let book = book(text);
        let rule = Rule::units(RULE);
        let pattern = protect(book.shown.tables(), &rule, &Limits::default());
        assert!(pattern.exposed.is_empty(), "{:?}", pattern.exposed);
        assert!(
            book.shown
                .betrayed(&book.world, &rule, &seen(&book.shown, &pattern))
                .is_empty()
        );
        assert_eq!(hidden(&pattern), expected, "{:?}", pattern.statuses);
    }
}

#[test]
fn tables_linked_by_their_margins_are_protected_together() {
    let text = include_str!("textbook/linked.txt");
    let mut sums: BTreeMap<Vec<Option<String>>, u64> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let count: u64 = words[3].parse().unwrap();
        let cell: Vec<Option<String>> = words[..3]
            .iter()
            .map(|word| (*word != "*").then(|| (*word).to_owned()))
            .collect();
        sums.insert(cell.clone(), count);
        // Each margin once, from the first table that has it.
        for axis in (0..3).filter(|axis| cell[*axis].is_some()) {
            let other = (0..3)
                .find(|other| *other != axis && cell[*other].is_some())
                .unwrap();
            if cell[axis].is_some() && (axis + 1) % 3 == other {
                let mut margin = vec![None; 3];
                margin[axis].clone_from(&cell[axis]);
                *sums.entry(margin).or_default() += count;
            }
        }
    }
    sums.insert(vec![None; 3], 67);
    let cells = sums.iter().map(|(members, count)| {
        let key = Key {
            slice: Slice::Whole,
            members: members.clone(),
            period: None,
        };
        (key, Cell::new(*count, vec![Amount::plain(*count as f64)]))
    });
    let tables = KeyedTables::new(
        &[Quantity::flow(Kind::NonNegative)],
        cells,
        UnitsOverTime::AddUp,
        [],
    )
    .unwrap();
    let pattern = protect(tables.tables(), &Rule::units(11), &Limits::default());
    assert!(pattern.exposed.is_empty() && !pattern.coarse);
    let named = |id: &CellId| tables.keys().nth(*id).unwrap().to_string();
    let away = |id: &CellId| pattern.statuses[*id] != Status::Shown;
    let away: Vec<String> = (0..sums.len()).filter(away).map(|id| named(&id)).collect();
    assert!(away.contains(&"*/*/*/=Woman/=Dirty".to_owned()), "{away:?}");
    // No relation has a single hidden cell.
    for relation in tables.tables().relations() {
        let cells = std::iter::once(&relation.total).chain(&relation.parts);
        let hidden = cells
            .filter(|cell| pattern.statuses[**cell] != Status::Shown)
            .count();
        assert_ne!(hidden, 1, "{relation:?}: {away:?}");
    }
}
