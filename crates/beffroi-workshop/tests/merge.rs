//! Two changes of one text put together, and what a change is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_workshop::{
    BoardForm, Conflict, Difference, DifferenceKind, EditError, Merged, differences, merge,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use toml_edit::{DocumentMut, Item, Value};

/// What a text says, whatever the order of its keys.
#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    Value(String),
    List(Vec<Meaning>),
    Table(BTreeMap<String, Meaning>),
}

fn of_value(value: &Value) -> Meaning {
    match value {
        Value::Array(array) => Meaning::List(array.iter().map(of_value).collect()),
        Value::InlineTable(table) => {
            let entries = table
                .iter()
                .map(|(key, value)| (key.to_owned(), of_value(value)));
            Meaning::Table(entries.collect())
        }
        other => Meaning::Value(other.clone().decorated("", "").to_string()),
    }
}

fn of_table(table: &toml_edit::Table) -> Meaning {
    let entries = table.iter().map(|(key, item)| {
        let meaning = match item {
            Item::Value(value) => of_value(value),
            Item::Table(table) => of_table(table),
            Item::ArrayOfTables(tables) => Meaning::List(tables.iter().map(of_table).collect()),
            Item::None => Meaning::List(Vec::new()),
        };
        (key.to_owned(), meaning)
    });
    Meaning::Table(entries.collect())
}

fn meaning(text: &str) -> Meaning {
    of_table(text.parse::<DocumentMut>().unwrap().as_table())
}

/// A section: its title, and its tiles by whether they declare their id, their id and their width.
type Section = (u8, Vec<(bool, u8, u8)>);

/// A declaration made by chance: no real one has all of it.
#[derive(Debug, Clone, PartialEq)]
struct Declared {
    keys: BTreeMap<u8, u8>,
    inner: BTreeMap<u8, u8>,
    targets: BTreeMap<u8, u8>,
    sections: Vec<Section>,
}

impl Declared {
    /// As a text with a comment.
    fn text(&self, comment: &str) -> String {
        let mut text = format!("# {comment}\n");
        for (key, value) in &self.keys {
            text += &format!("k{key} = {value} # {comment}\n");
        }
        if !self.inner.is_empty() {
            text += "\n[inner]\n";
        }
        for (key, value) in &self.inner {
            text += &format!("i{key} = \"{value}\"\n");
        }
        for (year, value) in &self.targets {
            text += &format!(
                "\n# {comment}\n[[targets]]\nyear = {}\nvalue = {value}\n",
                2020 + i32::from(*year)
            );
        }
        for (title, tiles) in &self.sections {
            text += &format!("\n[[sections]]\ntitle = \"s{title}\"\n");
            for (is_declared, id, width) in tiles {
                text += "\n[[sections.tiles]]\n";
                if *is_declared {
                    text += &format!("id = \"x{id}\"\n");
                }
                text += &format!("indicator = \"i{}\"\nwidth = {width}\n", id % 3);
            }
        }
        text
    }
}

fn few() -> impl Strategy<Value = BTreeMap<u8, u8>> {
    proptest::collection::btree_map(0_u8..4, 0_u8..3, 0..4)
}

fn sections() -> impl Strategy<Value = Vec<Section>> {
    let tile = (any::<bool>(), 0_u8..6, 3_u8..5);
    let section = (0_u8..4, proptest::collection::vec(tile, 1..4));
    proptest::collection::vec(section, 0..4).prop_map(|mut sections| {
        let mut titles = Vec::new();
        let mut ids = Vec::new();
        sections.retain(|(title, _)| {
            !titles.contains(title) && {
                titles.push(*title);
                true
            }
        });
        for (_, tiles) in &mut sections {
            tiles.retain(|tile| {
                !ids.contains(&tile.1) && {
                    ids.push(tile.1);
                    true
                }
            });
        }
        sections.retain(|(_, tiles)| !tiles.is_empty());
        sections
    })
}

fn declared() -> impl Strategy<Value = Declared> {
    (few(), few(), few(), sections()).prop_map(|(keys, inner, targets, sections)| Declared {
        keys,
        inner,
        targets,
        sections,
    })
}

/// A change made by chance: of each part, another or the same.
fn changed(base: Declared) -> impl Strategy<Value = Declared> {
    (
        declared(),
        any::<[bool; 4]>(),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
    )
        .prop_map(move |(other, which, from, to)| {
            let mut changed = base.clone();
            if which[0] {
                changed.keys = other.keys;
            }
            if which[1] {
                changed.inner = other.inner;
            }
            if which[2] {
                changed.targets = other.targets;
            }
            if which[3] {
                changed.sections = other.sections;
            } else if !changed.sections.is_empty() {
                // A tile goes elsewhere.
                let (from, to) = (
                    from.index(changed.sections.len()),
                    to.index(changed.sections.len()),
                );
                if changed.sections[from].1.len() > 1 {
                    let moved = changed.sections[from].1.remove(0);
                    changed.sections[to].1.push(moved);
                }
            }
            changed
        })
}

fn three() -> impl Strategy<Value = (Declared, Declared, Declared)> {
    declared().prop_flat_map(|base| (Just(base.clone()), changed(base.clone()), changed(base)))
}

fn text_of(merged: Merged) -> String {
    match merged {
        Merged::Clean(text) | Merged::Conflicts { text, .. } => text,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_change_of_one_side_is_taken((base, other, _) in three()) {
        let (b, o) = (base.text("base"), other.text("other"));
        let again = base.text("the same with other words");
        let theirs = merge(&b, &o, &again);
        prop_assert!(matches!(theirs, Merged::Clean(_)), "{theirs:?}");
        prop_assert_eq!(meaning(&text_of(theirs)), meaning(&o));
        let mine = merge(&b, &again, &o);
        prop_assert!(matches!(mine, Merged::Clean(_)), "{mine:?}");
        prop_assert_eq!(meaning(&text_of(mine)), meaning(&o));
        let both = merge(&b, &o, &other.text("by both"));
        prop_assert!(matches!(both, Merged::Clean(_)), "{both:?}");
        prop_assert_eq!(meaning(&text_of(both)), meaning(&o));
    }

    #[test]
    fn who_merges_makes_no_difference((base, theirs, mine) in three()) {
        let (b, t, m) = (base.text("base"), theirs.text("theirs"), mine.text("mine"));
        match (merge(&b, &t, &m), merge(&b, &m, &t)) {
            (Merged::Clean(one), Merged::Clean(two)) => {
                prop_assert_eq!(meaning(&one), meaning(&two));
                let mut ids: Vec<&str> =
                    one.lines().filter(|line| line.starts_with("id = ")).collect();
                let count = ids.len();
                ids.sort_unstable();
                ids.dedup();
                prop_assert_eq!(ids.len(), count);
            }
            (Merged::Conflicts { text, conflicts }, Merged::Conflicts { .. }) => {
                meaning(&text);
                prop_assert!(!conflicts.is_empty());
            }
            (one, two) => prop_assert!(false, "{one:?} {two:?}"),
        }
    }

    #[test]
    fn what_has_nothing_to_do_with_each_other_is_all_there(
        (base, theirs, mine) in three(),
        which in any::<[bool; 4]>(),
    ) {
        let of = |take_theirs: bool| {
            let pick = |place: usize| which[place] == take_theirs;
            let other = if take_theirs { &theirs } else { &mine };
            Declared {
                keys: if pick(0) { &other.keys } else { &base.keys }.clone(),
                inner: if pick(1) { &other.inner } else { &base.inner }.clone(),
                targets: if pick(2) { &other.targets } else { &base.targets }.clone(),
                sections: if pick(3) { &other.sections } else { &base.sections }.clone(),
            }
        };
        let (t, m) = (of(true), of(false));
        let expected = Declared {
            keys: if which[0] { t.keys.clone() } else { m.keys.clone() },
            inner: if which[1] { t.inner.clone() } else { m.inner.clone() },
            targets: if which[2] { t.targets.clone() } else { m.targets.clone() },
            sections: if which[3] { t.sections.clone() } else { m.sections.clone() },
        };
        let merged = merge(&base.text("base"), &t.text("theirs"), &m.text("mine"));
        prop_assert!(matches!(merged, Merged::Clean(_)), "{merged:?}");
        prop_assert_eq!(meaning(&text_of(merged)), meaning(&expected.text("")));
    }

    #[test]
    fn texts_differ_when_they_mean_something_else((one, two, _) in three()) {
        let (a, b) = (one.text("one"), two.text("two"));
        prop_assert_eq!(differences(Some(&a), Some(&one.text("again"))), vec![]);
        prop_assert_eq!(differences(Some(&a), Some(&b)).is_empty(), meaning(&a) == meaning(&b));
        let there = differences(Some(&a), Some(&b));
        let back = differences(Some(&b), Some(&a));
        let count = |found: &[Difference], kind| found.iter().filter(|it| it.kind == kind).count();
        prop_assert_eq!(
            count(&there, DifferenceKind::Added), count(&back, DifferenceKind::Removed)
        );
    }

    #[test]
    fn any_texts_are_taken(base in ".{0,20}", theirs in ".{0,20}", mine in ".{0,20}") {
        let _ = merge(&base, &theirs, &mine);
        let _ = differences(Some(&base), Some(&mine));
        let _: Result<BoardForm, EditError> = BoardForm::read(&mine);
    }
}

const BOARD: &str = "\
title = \"Rue\"

# Bikes.
[[sections]]
title = \"Un\"

[[sections.tiles]]
indicator = \"velos\"
figure = \"kpi\"

[[sections.tiles]]
id = \"p\"
indicator = \"parkings\"
figure = \"line\"

[[sections]]
title = \"Deux\"

[[sections.tiles]]
indicator = \"arbres\"
figure = \"bar\"
";

fn clean(base: &str, theirs: &str, mine: &str) -> String {
    match merge(base, theirs, mine) {
        Merged::Clean(text) => text,
        Merged::Conflicts { conflicts, .. } => panic!("{conflicts:#?}"),
    }
}

/// The board, changed as a form.
fn edited(change: impl FnOnce(&mut BoardForm)) -> String {
    let mut form = BoardForm::read(BOARD).unwrap();
    change(&mut form);
    form.write(BOARD).unwrap()
}

#[test]
fn a_tile_that_one_moves_and_the_other_changes_is_moved_and_changed() {
    let theirs = edited(|form| form.move_tile_down(0, 1)).replace("# Bikes.", "# All bikes.");
    let mine = edited(|form| form.set_width(0, 1, Some(12)));
    let merged = clean(BOARD, &theirs, &mine);
    assert_eq!(
        merged,
        theirs.replace("figure = \"line\"\n", "figure = \"line\"\nwidth = 12\n")
    );
    assert_eq!(
        clean(BOARD, &mine, &theirs).replace("# Bikes.", "# All bikes."),
        merged
    );
}

#[test]
fn a_section_that_one_takes_away_stays_while_the_other_adds_to_it() {
    let theirs = edited(|form| form.remove_section(1));
    let mine = edited(|form| {
        let mut tile = form.sections[0].tiles[0].clone();
        tile.id = "neuf".to_owned();
        tile.origin = None;
        form.add_tile(1, tile);
    });
    let Merged::Conflicts { text, conflicts } = merge(BOARD, &theirs, &mine) else {
        panic!("no conflict");
    };
    assert_eq!(conflicts.len(), 1, "{conflicts:#?}");
    assert_eq!(conflicts[0].path, ["sections", "Deux"]);
    assert!(
        text.contains("title = \"Deux\"\n\n[[sections.tiles]]\nid = \"neuf\""),
        "{text}"
    );
}

#[test]
fn what_both_change_is_told_and_mine_stands() {
    let theirs = BOARD
        .replace("\"line\"", "\"bar\" # theirs")
        .replace("Rue", "Rues");
    let mine = BOARD
        .replace("\"line\"", "\"heat\"")
        .replace("title = \"Rue\"\n", "");
    let Merged::Conflicts { text, conflicts } = merge(BOARD, &theirs, &mine) else {
        panic!("no conflict");
    };
    let told = |path: &[&str], base: &str, theirs: &str, mine: Option<&str>| Conflict {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        base: Some(base.to_owned()),
        theirs: Some(theirs.to_owned()),
        mine: mine.map(str::to_owned),
    };
    let expected = [
        told(&["title"], "Rue", "Rues", None),
        told(
            &["sections", "Un", "tiles", "p", "figure"],
            "line",
            "bar",
            Some("heat"),
        ),
    ];
    assert_eq!(conflicts, expected);
    assert!(
        text.contains("figure = \"heat\" # theirs") && !text.contains("Rue"),
        "{text}"
    );
    let broken = merge(BOARD, "[", &mine);
    assert!(matches!(&broken, Merged::Conflicts { text, conflicts }
        if *text == mine && conflicts.len() == 1 && conflicts[0].path.is_empty()));
}

#[test]
fn targets_are_the_same_by_their_year_and_towns() {
    let base = "[[targets]]\nyear = 2024\nvalue = 1\n";
    let theirs = format!("{base}\n[[targets]]\nyear = 2025\nvalue = 2\n");
    let mine = base.replace("value = 1", "value = 3") + "\n[[targets]]\nyear = 2025\nvalue = 2\n";
    assert_eq!(clean(base, &theirs, &mine), mine);
    let small = format!("{base}when = \"population < 5000\"\n");
    let found = differences(Some(base), Some(&format!("{base}\n{small}")));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, ["targets", "2024 (population < 5000)"]);
}

fn told(before: &str, after: &str) -> Vec<String> {
    let found = differences(Some(before), Some(after));
    let lines = found.iter().map(|it| {
        let side = |side: &Option<String>| side.clone().unwrap_or_else(|| "∅".to_owned());
        let (before, after) = (side(&it.before), side(&it.after));
        format!("{:?} {} : {before} → {after}", it.kind, it.path.join("/"))
    });
    lines.collect()
}

#[test]
fn a_change_is_told_by_what_people_know() {
    let after = edited(|form| {
        form.title = "Rues".to_owned();
        form.move_tile_down(0, 1);
        form.set_width(1, 0, Some(12));
        form.move_section_down(0);
        form.remove_tile(1, 0);
    });
    let expected = [
        "Changed title : Rue → Rues",
        "Added sections/Deux/tiles/p/width : ∅ → 12",
        "Moved sections/Deux/tiles/p : Un → Deux",
        "Moved sections/Un : 1 → 2",
        "Removed sections/Un/tiles/t1 : indicator = velos\nfigure = kpi → ∅",
    ];
    assert_eq!(told(BOARD, &after), expected);
    let columns = "[columns.a]\ntype = \"text\"\n";
    assert_eq!(told("", columns), ["Added columns/a : ∅ → type = text"]);
    assert_eq!(told(columns, ""), ["Removed columns/a : type = text → ∅"]);
    assert_eq!(
        told("a = ['x', 'y']", "a = [\"x\"]"),
        ["Changed a : x, y → x"]
    );
    assert_eq!(told("a = [", "a = 1"), ["Changed  : a = [ → a = 1"]);
    assert_eq!(differences(None, None), []);
    assert_eq!(differences(None, Some("a = 1")).len(), 1);
}
