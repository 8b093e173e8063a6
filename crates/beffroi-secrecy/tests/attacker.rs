//! Whatever is shown, no hidden figure can be told more closely than the rule allows.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use beffroi_secrecy::{
    Empty, Kind, Ledger, Limits, NamedRule, Names, Rule, Suppression, needs, protect,
};
use common::{Atom, Declared, Shown, World, declared, inevitable, seen};
use proptest::{prelude::*, strategy::ValueTree as _};
use std::collections::HashMap;

/// The ways in which tables are linked here.
#[derive(Debug, Clone, Copy)]
enum Links {
    /// Two dimensions and margins.
    Two,
    /// Three dimensions and margins.
    Three,
    /// Two tables with a dimension in common.
    Shared,
    /// Three dimensions two by two; what they would be all together is bounded by them too.
    TwoByTwo,
    /// Months and years by one dimension, and by two.
    Time,
    /// What a filter keeps, by one dimension, beside the whole by two.
    Filtered,
}

impl Links {
    const ALL: [Self; 6] = [
        Self::Two,
        Self::Three,
        Self::Shared,
        Self::TwoByTwo,
        Self::Time,
        Self::Filtered,
    ];

    fn world(self) -> (Vec<usize>, usize) {
        match self {
            Self::Two => (vec![4, 4], 1),
            Self::Three | Self::TwoByTwo => (vec![3, 3, 3], 1),
            Self::Shared => (vec![3, 3, 2], 1),
            Self::Time => (vec![3, 2], 8),
            Self::Filtered => (vec![4, 3], 1),
        }
    }

    fn tables(self) -> Vec<Declared> {
        match self {
            Self::Two => vec![declared(&[0, 1], false)],
            Self::Three => vec![declared(&[0, 1, 2], false)],
            Self::Shared => vec![declared(&[0, 1], false), declared(&[0, 2], false)],
            Self::TwoByTwo => {
                let mut cover = declared(&[0, 1, 2], false);
                cover.shadow = true;
                let pairs = [[0, 1], [0, 2], [1, 2]];
                let pairs = pairs.iter().map(|pair| declared(pair, false));
                pairs.chain([cover]).collect()
            }
            Self::Time => vec![
                declared(&[0], true),
                declared(&[1], true),
                declared(&[0, 1], true),
            ],
            Self::Filtered => {
                let mut kept = declared(&[0], false);
                kept.filter = true;
                vec![declared(&[0, 1], false), kept]
            }
        }
    }
}

fn world(links: Links) -> impl Strategy<Value = World> {
    let (sizes, months) = links.world();
    let sides = if matches!(links, Links::Filtered) {
        2
    } else {
        1
    };
    let count = sizes.iter().product::<usize>() * months * sides;
    // Many atoms of none, one or two units, some of many.
    let units = prop_oneof![3 => 0..3_usize, 2 => 3..12_usize, 1 => 12..30_usize];
    let contribution = prop_oneof![4 => 1..100_i32, 1 => Just(0), 1 => 500..2_000_i32];
    let atom = units.prop_flat_map(move |units| prop::collection::vec(contribution.clone(), units));
    prop::collection::vec(atom, count).prop_map(move |contents| {
        let atoms = contents
            .into_iter()
            .enumerate()
            .map(|(mut place, contributions)| {
                let kept = place % sides == 0;
                place /= sides;
                let month = place % months;
                place /= months;
                let members = sizes.iter().map(|size| {
                    let member = place % size;
                    place /= size;
                    member
                });
                Atom {
                    members: members.collect(),
                    month,
                    kept,
                    contributions,
                }
            });
        World {
            sizes: sizes.clone(),
            months,
            atoms: atoms.collect(),
        }
    })
}

fn worlds() -> impl Strategy<Value = (Links, World)> {
    prop::sample::select(Links::ALL.to_vec())
        .prop_flat_map(|links| world(links).prop_map(move |world| (links, world)))
}

fn rules() -> impl Strategy<Value = Rule> {
    let others = [
        NamedRule::Enterprises.rule(),
        Rule::units(5),
        NamedRule::Tax.rule(),
        Rule {
            empty: Empty::Hidden,
            ..Rule::units(5)
        },
        Rule {
            p_percent: Some(0.15),
            ..Rule::units(3)
        },
    ];
    prop::sample::select(others.to_vec())
}

/// Nothing is betrayed but what is said to be, and what is said to be is so whatever is hidden.
fn holds(world: &World, shown: &Shown, rule: &Rule, pattern: &Suppression) {
    let betrayed = shown.betrayed(world, rule, &seen(shown, pattern));
    for need in &betrayed {
        let mut exposed = pattern.exposed.iter();
        assert!(
            exposed.any(|exposure| exposure.need == *need),
            "{need:?} of {pattern:?}"
        );
    }
    let hidden = inevitable(shown);
    for exposure in &pattern.exposed {
        let told = match exposure.to {
            None => shown.betrays(world, rule, &exposure.need, &hidden),
            Some(_) => shown.may_betray(world, rule, &exposure.need, &hidden),
        };
        assert!(pattern.coarse || told, "{exposure:?} could be protected");
    }
}

/// Sixteen worlds for each property, more by `PROPTEST_CASES=1000`.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() {
        default.cases
    } else {
        16
    };
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..default
    }
}

/// A line for each atom that has units: its members and its month, a digit each, then what each
/// unit contributes.
fn written(text: &str, links: Links) -> World {
    let (sizes, months) = links.world();
    let held = text.lines().filter_map(|line| line.split_once(':'));
    let held: HashMap<&str, &str> = held.collect();
    let atom = |place: usize| {
        let month = place % months;
        let members = [place / months % sizes[0], place / months / sizes[0]];
        let units = held.get(format!("{}{}{month}", members[0], members[1]).as_str());
        let units = units.into_iter().flat_map(|units| units.split('.'));
        Atom {
            members: members.to_vec(),
            month,
            kept: true,
            contributions: units.map(|unit| unit.parse().unwrap()).collect(),
        }
    };
    let atoms = 0..sizes[0] * sizes[1] * months;
    World {
        atoms: atoms.map(atom).collect(),
        sizes,
        months,
    }
}

/// Who is alone in a month by one dimension and by the other knows both figures, which no cell of
/// both dimensions tells.
#[test]
fn who_is_alone_in_cells_of_two_tables_tells_no_other() {
    let world = written(include_str!("attacker/alone.txt"), Links::Time);
    let shown = world.tables(&Links::Time.tables()[..2], Kind::NonNegative);
    let rule = NamedRule::Tax.rule();
    let pattern = protect(shown.tables(), &rule, &Limits::default());
    holds(&world, &shown, &rule, &pattern);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_hidden_figure_can_be_told((links, world) in worlds(), rule in rules(), signed: bool) {
        let kind = if signed { Kind::Signed } else { Kind::NonNegative };
        let shown = world.tables(&links.tables(), kind);
        let pattern = protect(shown.tables(), &rule, &Limits::default());
        prop_assert!(!pattern.coarse);
        holds(&world, &shown, &rule, &pattern);
    }

    /// A town that first shows one table of two, then both; the first tables are known then.
    #[test]
    fn what_was_shown_before_betrays_nothing_either(world in world(Links::Time), rule in rules()) {
        let tables = Links::Time.tables();
        let before = world.tables(&tables[..2], Kind::NonNegative);
        let first = protect(before.tables(), &rule, &Limits::default());
        holds(&world, &before, &rule, &first);
        let definitions = Names::of(["units", "amount"]);
        let mut ledger = Ledger::default();
        ledger.record(&before.keyed, &first, &definitions);
        let now = world.tables(&tables, Kind::NonNegative);
        let now = Shown { keyed: ledger.mark(now.keyed, &definitions, &rule), atoms: now.atoms };
        let second = protect(now.tables(), &rule, &Limits::default());
        holds(&world, &now, &rule, &second);
    }

    /// As tables too large for programs are protected: by cubes first.
    #[test]
    fn cubes_tell_nothing((links, world) in worlds(), rule in rules()) {
        let shown = world.tables(&links.tables(), Kind::NonNegative);
        let limits = Limits { large: 0, ..Limits::default() };
        let pattern = protect(shown.tables(), &rule, &limits);
        holds(&world, &shown, &rule, &pattern);
    }

    /// Small limits: more is hidden, nothing more is told.
    #[test]
    fn running_out_of_work_tells_nothing((links, world) in worlds(), rule in rules(), work in 0_usize..3_000) {
        let shown = world.tables(&links.tables(), Kind::NonNegative);
        let limits = Limits { near: [4, 8, 12], work, ..Limits::default() };
        let pattern = protect(shown.tables(), &rule, &limits);
        holds(&world, &shown, &rule, &pattern);
    }
}

/// The attacker can win: with the sensitive cells hidden and no others, figures are told.
#[test]
fn hiding_the_sensitive_cells_alone_is_found_out() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut betrayed, mut worlds) = (0, 0);
    for links in Links::ALL {
        let strategy = world(links);
        for _ in 0..4 {
            let world = strategy.new_tree(&mut runner).unwrap().current();
            let shown = world.tables(&links.tables(), Kind::NonNegative);
            let rule = Rule::units(3);
            let cells = shown.tables().cells();
            let open = |cell: usize| rule.judge(&cells[cell]).is_none() && !cells[cell].shadow;
            worlds += usize::from(!needs(shown.tables(), &rule).is_empty());
            betrayed += usize::from(!shown.betrayed(&world, &rule, &open).is_empty());
        }
    }
    assert!(betrayed * 2 > worlds, "{betrayed} of {worlds}");
}
