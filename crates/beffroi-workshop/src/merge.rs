//! What two people changed of one text, put together.

use crate::board::SECTION;
use crate::document::{Empty, Row, TableMut, Writer, finish, parse, rows_of, unsettle};
use crate::rows::{Element, Layout, Numbers, merged_order};
use crate::written::{plain, plain_table, said, said_table};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{Item, TableLike};

/// Two changes of one text put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// They speak of different things, or say the same.
    Clean(String),
    /// Some things were changed by both, to say different things.
    Conflicts {
        /// The text with mine where both changed something.
        text: String,
        /// What both changed.
        conflicts: Vec<Conflict>,
    },
}

/// Something that two people changed to say different things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Its keys; a table of a list is named by what people know it by: a tile by its id, a target
    /// by its year. Empty for the whole text.
    pub path: Vec<String>,
    /// What it said, in plain words; nothing when it was not there.
    pub base: Option<String>,
    /// What the other says.
    pub theirs: Option<String>,
    /// What I say.
    pub mine: Option<String>,
}

/// Puts together what `theirs` and `mine` changed of `base`, key by key. Comments are those of
/// `theirs`. A text that is no TOML is a conflict of the whole.
#[must_use]
pub fn merge(base: &str, theirs: &str, mine: &str) -> Merged {
    if mine == base || mine == theirs {
        return Merged::Clean(theirs.to_owned());
    }
    if theirs == base {
        return Merged::Clean(mine.to_owned());
    }
    let (Ok(old), Ok(before), Ok(other)) = (parse(base), parse(theirs), parse(mine)) else {
        let whole = Conflict {
            path: Vec::new(),
            base: Some(base.to_owned()),
            theirs: Some(theirs.to_owned()),
            mine: Some(mine.to_owned()),
        };
        return Merged::Conflicts {
            text: mine.to_owned(),
            conflicts: vec![whole],
        };
    };
    let mut document = before.clone();
    let mut run = Run {
        conflicts: Vec::new(),
        path: Vec::new(),
    };
    let mut table = TableMut::Headed(document.as_table_mut());
    run.table(Some(old.as_table()), &mut table, other.as_table());
    let text = finish(theirs, &before, &document);
    if run.conflicts.is_empty() {
        Merged::Clean(text)
    } else {
        Merged::Conflicts {
            text,
            conflicts: run.conflicts,
        }
    }
}

struct Run {
    conflicts: Vec<Conflict>,
    /// The keys that lead to where it is.
    path: Vec<String>,
}

impl Run {
    fn conflict(
        &mut self,
        path: &[&str],
        base: Option<String>,
        theirs: Option<String>,
        mine: Option<String>,
    ) {
        let path = path.iter().map(|part| (*part).to_owned());
        let path = self.path.iter().cloned().chain(path).collect();
        self.conflicts.push(Conflict {
            path,
            base,
            theirs,
            mine,
        });
    }

    /// Does something further down.
    fn inside<T>(&mut self, path: &[&str], go: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.extend(path.iter().map(|part| (*part).to_owned()));
        let done = go(self);
        self.path.truncate(length);
        done
    }

    /// Merges a table key by key.
    fn table(
        &mut self,
        base: Option<&dyn TableLike>,
        theirs: &mut TableMut<'_>,
        mine: &dyn TableLike,
    ) {
        let mut keys = theirs.keys();
        let more = mine
            .iter()
            .map(|(key, _)| key)
            .filter(|key| !theirs.like().contains_key(key));
        keys.extend(more.map(str::to_owned));
        for key in keys {
            self.key(&key, base.and_then(|base| base.get(&key)), theirs, mine);
        }
    }

    fn key(
        &mut self,
        key: &str,
        base: Option<&Item>,
        theirs: &mut TableMut<'_>,
        mine: &dyn TableLike,
    ) {
        let said_by = |item: Option<&Item>| item.map(said);
        let my_item = mine.get(key);
        let (old, my) = (said_by(base), said_by(my_item));
        let their = said_by(theirs.like().get(key));
        if my == old || my == their {
            return;
        }
        if let (Some(my_item), Some(their_item)) = (my_item, theirs.like_mut().get_mut(key))
            && let Some(my_table) = my_item.as_table_like()
            && let Some(mut their_table) = TableMut::of(their_item)
        {
            let base = base.and_then(Item::as_table_like);
            self.inside(&[key], |run| run.table(base, &mut their_table, my_table));
            return;
        }
        if self.list(key, base, theirs, my_item) {
            return;
        }
        if their != old {
            let their_item = theirs.like().get(key).map(plain);
            self.conflict(&[key], base.map(plain), their_item, my_item.map(plain));
        }
        take(theirs, mine, key);
    }

    /// Merges a list of tables, if both have one and its tables can be told from each other.
    fn list(
        &mut self,
        key: &str,
        base: Option<&Item>,
        theirs: &mut TableMut<'_>,
        mine: Option<&Item>,
    ) -> bool {
        let is_root = self.path.is_empty();
        let their_item = theirs.like().get(key);
        if is_root && key == "sections" {
            let layouts = (Layout::of(base), Layout::of(their_item), Layout::of(mine));
            let (Some(base), Some(their), Some(my)) = layouts else {
                return false;
            };
            if their_item.is_none() || mine.is_none() {
                return false;
            }
            let rows = self.inside(&[key], |run| run.board(&base, &their, &my));
            Writer::new(theirs.again(), "", &[]).set_rows(key, rows, Empty::Write);
            return true;
        }
        let (Some(their), Some(my)) = (their_item.and_then(rows_of), mine.and_then(rows_of)) else {
            return false;
        };
        let Some(base) = base.map_or(Some(Vec::new()), rows_of) else {
            return false;
        };
        let is_one_empty = their.is_empty() || my.is_empty();
        let are_targets = is_root && key == "targets";
        if !are_targets && (base.len() != their.len() || base.len() != my.len()) {
            return false;
        }
        let lists = [base, their, my].map(|rows| Element::all(rows, are_targets));
        let rows = self.inside(&[key], |run| {
            if are_targets {
                run.targets(&lists)
            } else {
                run.by_place(&lists)
            }
        });
        Writer::new(theirs.again(), "", &[]).set_rows(
            key,
            rows,
            if is_one_empty {
                Empty::Write
            } else {
                Empty::Remove
            },
        );
        true
    }

    /// Lists of one length, place by place.
    fn by_place(&mut self, [base, theirs, mine]: &[Vec<Element>; 3]) -> Vec<(Option<usize>, Row)> {
        let three = base.iter().zip(theirs).zip(mine).enumerate();
        three
            .map(|(place, ((base, theirs), mine))| {
                (
                    Some(place),
                    self.both(&[&mine.name], Some(base), theirs, mine),
                )
            })
            .collect()
    }

    fn targets(&mut self, [base, theirs, mine]: &[Vec<Element>; 3]) -> Vec<(Option<usize>, Row)> {
        let lists = [base, theirs, mine].map(|list| list.iter().collect::<Vec<_>>());
        let numbers = Numbers::of(&lists[0], &lists[1], &lists[2]);
        let mut kept = self.elements(&lists, &numbers, &|_, element| vec![element.name.clone()]);
        let names = names(&lists, &numbers);
        let order = self.order(
            [&numbers.base, &numbers.theirs, &numbers.mine],
            &kept.keys().copied().collect(),
            &names,
            &[],
            &|number| said_of(&lists, &numbers, number),
        );
        order
            .into_iter()
            .filter_map(|number| kept.remove(&number))
            .collect()
    }

    /// What becomes of each element, with its place in the list of theirs.
    fn elements(
        &mut self,
        lists: &[Vec<&Element>; 3],
        numbers: &Numbers,
        path: &dyn Fn(usize, &Element) -> Vec<String>,
    ) -> BTreeMap<usize, (Option<usize>, Row)> {
        let mut kept = BTreeMap::new();
        for number in 0..numbers.count {
            let place = |list: &[usize]| list.iter().position(|known| *known == number);
            let base = place(&numbers.base).map(|place| lists[0][place]);
            let their_place = place(&numbers.theirs);
            let theirs = their_place.map(|place| lists[1][place]);
            let mine = place(&numbers.mine).map(|place| lists[2][place]);
            let told = |element: Option<&Element>| element.map(|it| plain_table(it.row.like()));
            let Some(known) = mine.or(theirs).or(base) else {
                continue;
            };
            let path = path(number, known);
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            match (theirs, mine) {
                (Some(theirs), Some(mine)) => {
                    kept.insert(number, (their_place, self.both(&path, base, theirs, mine)));
                }
                (Some(only), None) => match base {
                    None => {
                        kept.insert(number, (their_place, only.row.clone()));
                    }
                    Some(base) if base.said == only.said => {}
                    Some(_) => self.conflict(&path, told(base), told(theirs), None),
                },
                (None, Some(only)) => {
                    let is_changed = base.is_none_or(|base| base.said != only.said);
                    if base.is_some() && is_changed {
                        self.conflict(&path, told(base), None, told(mine));
                    }
                    if is_changed {
                        kept.insert(number, (None, foreign(&only.row)));
                    }
                }
                (None, None) => {}
            }
        }
        kept
    }

    /// An element that both have.
    fn both(
        &mut self,
        path: &[&str],
        base: Option<&Element>,
        theirs: &Element,
        mine: &Element,
    ) -> Row {
        let mut row = theirs.row.clone();
        let base = base.map(|base| base.row.like());
        self.inside(path, |run| {
            run.table(base, &mut row.table(), mine.row.like())
        });
        row
    }

    /// The order of what is kept; when both moved the same things, it is told.
    fn order(
        &mut self,
        lists: [&[usize]; 3],
        kept: &BTreeSet<usize>,
        names: &BTreeMap<usize, String>,
        path: &[&str],
        content: &dyn Fn(usize) -> String,
    ) -> Vec<usize> {
        let [base, theirs, mine] = lists;
        let merged = merged_order(base, theirs, mine, kept, content);
        if merged.is_disputed {
            let told = |list: &[usize]| {
                let kept = list.iter().filter(|number| kept.contains(number));
                let kept: Vec<&str> = kept
                    .filter_map(|number| names.get(number))
                    .map(String::as_str)
                    .collect();
                Some(kept.join(", "))
            };
            self.conflict(path, told(base), told(theirs), told(mine));
        }
        merged.order
    }

    /// The sections of a board, and their tiles, which may have gone from one to another.
    fn board(
        &mut self,
        base: &Layout,
        theirs: &Layout,
        mine: &Layout,
    ) -> Vec<(Option<usize>, Row)> {
        let layouts = [base, theirs, mine];
        let bare = layouts.map(|layout| {
            layout
                .sections
                .iter()
                .map(without_tiles)
                .collect::<Vec<_>>()
        });
        let sections = layouts.map(|layout| layout.sections.iter().collect::<Vec<_>>());
        let numbers = Numbers::of(&sections[0], &sections[1], &sections[2]);
        let bare = [0, 1, 2].map(|side: usize| bare[side].iter().collect::<Vec<_>>());
        let mut kept = self.elements(&bare, &numbers, &|_, section| vec![section.name.clone()]);
        let mut names = names(&sections, &numbers);
        let mut tiles = self.tiles(layouts, &numbers, &names);
        for (number, inside) in &tiles {
            if !inside.is_empty() && !kept.contains_key(number) {
                // One took away a section in which the other has something new.
                let name = names.entry(*number).or_default().clone();
                let told = |list: &[usize]| list.contains(number).then(|| name.clone());
                let (their, my) = (told(&numbers.theirs), told(&numbers.mine));
                if !self
                    .conflicts
                    .iter()
                    .any(|known| known.path.last() == Some(&name))
                {
                    self.conflict(&[&name], told(&numbers.base), their, my);
                }
                kept.insert(*number, bare_of(&bare, &numbers, *number));
            }
        }
        let order = self.order(
            [&numbers.base, &numbers.theirs, &numbers.mine],
            &kept.keys().copied().collect(),
            &names,
            &[],
            &|number| said_of(&sections, &numbers, number),
        );
        let has = |side: usize, list: &[usize], number: usize| {
            let place = list.iter().position(|known| *known == number);
            place.is_some_and(|place| sections[side][place].row.like().contains_key("tiles"))
        };
        let mut rows = Vec::new();
        for number in order {
            let Some((place, mut row)) = kept.remove(&number) else {
                continue;
            };
            let (old, my) = (has(0, &numbers.base, number), has(2, &numbers.mine, number));
            let is_written = if my == old {
                has(1, &numbers.theirs, number)
            } else {
                my
            };
            let empty = if is_written {
                Empty::Write
            } else {
                Empty::Remove
            };
            let inside = tiles.remove(&number).unwrap_or_default();
            let here = place.map(|place| &sections[1][place].row);
            put_tiles(&mut row, here, inside, empty);
            rows.push((place, row));
        }
        rows
    }

    /// Tells two tiles to which the two gave one id.
    fn same_ids(
        &mut self,
        kept: &BTreeMap<usize, (Option<usize>, Row)>,
        names: &BTreeMap<usize, String>,
        home_of: &dyn Fn(usize) -> String,
    ) {
        let mut known: BTreeMap<&str, &Row> = BTreeMap::new();
        for (number, (_, row)) in kept {
            let Some(id) = row.like().get("id").and_then(Item::as_str) else {
                continue;
            };
            if let Some(first) = known.insert(id, row) {
                let [one, two] = [first, row].map(|row| Some(plain_table(row.like())));
                let name = names.get(number).map_or(id, String::as_str);
                self.conflict(&[&home_of(*number), "tiles", name], None, one, two);
            }
        }
    }

    /// The tiles of each section, by its number.
    fn tiles(
        &mut self,
        layouts: [&Layout; 3],
        sections: &Numbers,
        names: &BTreeMap<usize, String>,
    ) -> BTreeMap<usize, Vec<(Option<usize>, Row)>> {
        let lists = layouts.map(Layout::tile_elements);
        let numbers = Numbers::of(&lists[0], &lists[1], &lists[2]);
        // In which section each tile is, in each text.
        let sides = [&numbers.base, &numbers.theirs, &numbers.mine];
        let of_section = [&sections.base, &sections.theirs, &sections.mine];
        let homes = [0, 1, 2].map(|side: usize| -> BTreeMap<usize, usize> {
            let tiles = layouts[side]
                .tiles
                .iter()
                .map(|tile| of_section[side][tile.section]);
            sides[side].iter().copied().zip(tiles).collect()
        });
        let name = |section: Option<usize>| section.and_then(|it| names.get(&it)).cloned();
        let tile_names = crate::merge::names(&lists, &numbers);
        let home_of = |number: usize| {
            let home = [2, 1, 0]
                .into_iter()
                .find_map(|side: usize| homes[side].get(&number));
            name(home.copied()).unwrap_or_default()
        };
        let path_of = |number: usize, element: &Element| {
            vec![home_of(number), "tiles".to_owned(), element.name.clone()]
        };
        let mut kept = self.elements(&lists, &numbers, &path_of);
        self.same_ids(&kept, &tile_names, &home_of);
        let mut placed: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for number in kept.keys() {
            let [base, theirs, mine] =
                [0, 1, 2].map(|side: usize| homes[side].get(number).copied());
            let home = match (theirs, mine) {
                (Some(theirs), Some(mine)) if base == Some(mine) || theirs == mine => theirs,
                (Some(theirs), Some(mine)) => {
                    if base != Some(theirs) {
                        let tile = tile_names.get(number).map_or("", String::as_str);
                        let home = home_of(*number);
                        let path = [home.as_str(), "tiles", tile, "section"];
                        self.conflict(&path, name(base), name(Some(theirs)), name(Some(mine)));
                    }
                    mine
                }
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => continue,
            };
            placed.entry(home).or_default().insert(*number);
        }
        let mut rows = BTreeMap::new();
        for (section, inside) in placed {
            let here = [0, 1, 2].map(|side: usize| -> Vec<usize> {
                let all = sides[side].iter().copied();
                all.filter(|number| homes[side].get(number) == Some(&section))
                    .collect()
            });
            let section_name = name(Some(section)).unwrap_or_default();
            let order = self.order(
                [&here[0], &here[1], &here[2]],
                &inside,
                &tile_names,
                &[&section_name, "tiles"],
                &|number| said_of(&lists, &numbers, number),
            );
            let first = layouts[1].tiles.iter().zip(&numbers.theirs);
            // Places within the section of theirs, for lists that are written inline.
            let mut within = BTreeMap::new();
            for (tile, number) in first {
                if of_section[1][tile.section] == section {
                    within.insert(*number, within.len());
                }
            }
            let inside = order.into_iter().filter_map(|number| {
                let (_, row) = kept.remove(&number)?;
                Some((within.get(&number).copied(), row))
            });
            rows.insert(section, inside.collect());
        }
        rows
    }
}

/// What people know each number by.
fn names(lists: &[Vec<&Element>; 3], numbers: &Numbers) -> BTreeMap<usize, String> {
    let mut names = BTreeMap::new();
    let sides = [&numbers.base, &numbers.theirs, &numbers.mine];
    for (list, side) in lists.iter().zip(sides) {
        names.extend(
            side.iter()
                .copied()
                .zip(list.iter().map(|element| element.name.clone())),
        );
    }
    names
}

/// What a number says in all texts, whichever of them is mine.
fn said_of(lists: &[Vec<&Element>; 3], numbers: &Numbers, number: usize) -> String {
    let find = |side: usize, list: &[usize]| {
        let place = list.iter().position(|known| *known == number);
        place
            .map(|place| lists[side][place].said.as_str())
            .unwrap_or_default()
    };
    let mut said = [find(1, &numbers.theirs), find(2, &numbers.mine)];
    said.sort_unstable();
    said.join("\n")
}

/// A table of another document.
fn foreign(row: &Row) -> Row {
    let mut row = row.clone();
    if let Row::Headed(table) = &mut row {
        unsettle(table);
    }
    row
}

fn without_tiles(section: &Element) -> Element {
    let mut bare = section.clone();
    bare.row.table().like_mut().remove("tiles");
    bare.said = said_table(bare.row.like());
    bare
}

/// A section as theirs has it, else as mine does.
fn bare_of(bare: &[Vec<&Element>; 3], numbers: &Numbers, number: usize) -> (Option<usize>, Row) {
    let place = |list: &[usize]| list.iter().position(|known| *known == number);
    if let Some(place) = place(&numbers.theirs) {
        return (Some(place), bare[1][place].row.clone());
    }
    let mine = place(&numbers.mine).and_then(|place| bare[2].get(place));
    let row = mine.map(|mine| foreign(&mine.row));
    (
        None,
        row.unwrap_or_else(|| Row::Headed(toml_edit::Table::new())),
    )
}

/// Puts tiles into their section, written as `here` has them.
fn put_tiles(row: &mut Row, here: Option<&Row>, tiles: Vec<(Option<usize>, Row)>, empty: Empty) {
    let mut table = row.table();
    if let Some((key, item)) = here.and_then(|here| here.like().get_key_value("tiles")) {
        let last = table.keys().pop();
        table.insert_behind(key, item.clone(), last.as_deref());
    }
    Writer::new(table, "sections", SECTION).set_rows("tiles", tiles, empty);
}

/// Takes what mine says of a key.
fn take(theirs: &mut TableMut<'_>, mine: &dyn TableLike, key: &str) {
    let Some((written, item)) = mine.get_key_value(key) else {
        theirs.remove(key);
        return;
    };
    let mut item = item.clone();
    match &mut item {
        Item::Table(table) => unsettle(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(unsettle),
        _ => {}
    }
    if let (Some(Item::Value(old)), Item::Value(new)) = (theirs.like_mut().get_mut(key), &mut item)
    {
        *new.decor_mut() = old.decor().clone();
        *old = new.clone();
        return;
    }
    theirs.like_mut().remove(key);
    let before: Vec<&str> = mine
        .iter()
        .map(|(key, _)| key)
        .take_while(|it| *it != key)
        .collect();
    let behind = before
        .into_iter()
        .rev()
        .find(|key| theirs.like().contains_key(key));
    theirs.insert_behind(written, item, behind);
}
