//! What a change of a text is.

use crate::document::{parse, rows_of};
use crate::rows::{Element, Layout, matched, out_of_order};
use crate::written::{plain, plain_table, said};
use std::collections::BTreeSet;
use toml_edit::{DocumentMut, Item, TableLike};

/// Something that is other than it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its keys; a table of a list is named by what people know it by: a section by its title, a
    /// tile by its id, a target by its year. Empty for a whole text that is no TOML.
    pub path: Vec<String>,
    /// What became of it.
    pub kind: DifferenceKind,
    /// What it was, in plain words; of what moved, where it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is new.
    Added,
    /// It is no more.
    Removed,
    /// It says something else.
    Changed,
    /// It is at another place: of a tile, the title of its section is told, of others their place.
    Moved,
}

/// What is other in a text than before, in the order of the text; a text that is not there has
/// nothing in it. What is written in another way and says the same is no difference.
#[must_use]
pub fn differences(before: Option<&str>, after: Option<&str>) -> Vec<Difference> {
    let documents = (read(before), read(after));
    let (Some(old), Some(new)) = documents else {
        let (before, after) = (before.map(str::to_owned), after.map(str::to_owned));
        if before == after {
            return Vec::new();
        }
        return vec![Difference {
            path: Vec::new(),
            kind: kind(&before, &after),
            before,
            after,
        }];
    };
    let mut run = Run {
        found: Vec::new(),
        path: Vec::new(),
    };
    run.table(Some(old.as_table()), Some(new.as_table()));
    run.found
}

fn read(text: Option<&str>) -> Option<DocumentMut> {
    parse(text.unwrap_or_default()).ok()
}

fn kind(before: &Option<String>, after: &Option<String>) -> DifferenceKind {
    match (before, after) {
        (None, _) => DifferenceKind::Added,
        (_, None) => DifferenceKind::Removed,
        _ => DifferenceKind::Changed,
    }
}

struct Run {
    found: Vec<Difference>,
    /// The keys that lead to where it is.
    path: Vec<String>,
}

impl Run {
    fn tell(&mut self, path: &[&str], before: Option<String>, after: Option<String>) {
        let kind = kind(&before, &after);
        self.tell_as(path, kind, before, after);
    }

    fn tell_as(
        &mut self,
        path: &[&str],
        kind: DifferenceKind,
        before: Option<String>,
        after: Option<String>,
    ) {
        let path = path.iter().map(|part| (*part).to_owned());
        let path = self.path.iter().cloned().chain(path).collect();
        self.found.push(Difference {
            path,
            kind,
            before,
            after,
        });
    }

    /// Does something further down.
    fn inside(&mut self, path: &[&str], go: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.extend(path.iter().map(|part| (*part).to_owned()));
        go(self);
        self.path.truncate(length);
    }

    fn table(&mut self, before: Option<&dyn TableLike>, after: Option<&dyn TableLike>) {
        let keys = |table: Option<&dyn TableLike>| -> Vec<String> {
            let keys = table.into_iter().flat_map(TableLike::iter);
            keys.map(|(key, _)| key.to_owned()).collect()
        };
        let mut all = keys(after);
        let more: Vec<String> = keys(before)
            .into_iter()
            .filter(|key| !all.contains(key))
            .collect();
        all.extend(more);
        for key in all {
            let old = before.and_then(|table| table.get(&key));
            self.key(&key, old, after.and_then(|table| table.get(&key)));
        }
    }

    fn key(&mut self, key: &str, before: Option<&Item>, after: Option<&Item>) {
        if before.map(said) == after.map(said) {
            return;
        }
        let tables = (
            before.map(Item::as_table_like),
            after.map(Item::as_table_like),
        );
        match tables {
            (Some(Some(before)), Some(Some(after))) => {
                self.inside(&[key], |run| run.table(Some(before), Some(after)));
                return;
            }
            (None, Some(Some(new))) if is_of_tables(new) => {
                self.inside(&[key], |run| run.table(None, Some(new)));
                return;
            }
            (Some(Some(old)), None) if is_of_tables(old) => {
                self.inside(&[key], |run| run.table(Some(old), None));
                return;
            }
            _ => {}
        }
        if !self.list(key, before, after) {
            self.tell(&[key], before.map(plain), after.map(plain));
        }
    }

    fn list(&mut self, key: &str, before: Option<&Item>, after: Option<&Item>) -> bool {
        let is_root = self.path.is_empty();
        if is_root
            && key == "sections"
            && let (Some(before), Some(after)) = (Layout::of(before), Layout::of(after))
        {
            self.inside(&[key], |run| run.board(&before, &after));
            return true;
        }
        let rows = |item: Option<&Item>| item.map_or(Some(Vec::new()), rows_of);
        let (Some(before), Some(after)) = (rows(before), rows(after)) else {
            return false;
        };
        let are_targets = is_root && key == "targets";
        let [before, after] = [before, after].map(|rows| Element::all(rows, are_targets));
        let [before, after]: [Vec<&Element>; 2] = [before.iter().collect(), after.iter().collect()];
        let known = matched(&before, &after, false);
        let moved = if are_targets {
            BTreeSet::new()
        } else {
            moved(&known)
        };
        self.inside(&[key], |run| {
            for (place, (element, old)) in after.iter().zip(&known).enumerate() {
                run.element(&[&element.name], old.map(|old| before[old]), Some(element));
                if let Some(old) = old.filter(|_| moved.contains(&place)) {
                    let places = (Some((old + 1).to_string()), Some((place + 1).to_string()));
                    let path = [element.name.as_str()];
                    run.tell_as(&path, DifferenceKind::Moved, places.0, places.1);
                }
            }
            for gone in gone(&before, &known) {
                run.element(&[&before[gone].name], Some(before[gone]), None);
            }
        });
        true
    }

    /// A table of a list: key by key when it was there and still is, else as a whole.
    fn element(&mut self, path: &[&str], before: Option<&Element>, after: Option<&Element>) {
        if let (Some(before), Some(after)) = (before, after) {
            let (before, after) = (before.row.like(), after.row.like());
            self.inside(path, |run| run.table(Some(before), Some(after)));
        } else {
            let told = |element: Option<&Element>| element.map(|it| plain_table(it.row.like()));
            self.tell(path, told(before), told(after));
        }
    }

    fn board(&mut self, before: &Layout, after: &Layout) {
        let old: Vec<&Element> = before.sections.iter().collect();
        let new: Vec<&Element> = after.sections.iter().collect();
        let sections = matched(&old, &new, false);
        let out = moved(&sections);
        let old_tiles = before.tile_elements();
        let tiles = matched(&old_tiles, &after.tile_elements(), false);
        let bare = |section: &Element| {
            let mut bare = section.clone();
            bare.row.table().like_mut().remove("tiles");
            bare
        };
        for (place, (section, was)) in new.iter().zip(&sections).enumerate() {
            let earlier = was.map(|was| bare(old[was]));
            self.element(&[&section.name], earlier.as_ref(), Some(&bare(section)));
            if let Some(was) = was.filter(|_| out.contains(&place)) {
                let places = (Some((was + 1).to_string()), Some((place + 1).to_string()));
                self.tell_as(&[&section.name], DifferenceKind::Moved, places.0, places.1);
            }
            self.tiles_of(place, *was, (before, after), &tiles);
        }
        for tile in gone(&old_tiles, &tiles) {
            let tile = &before.tiles[tile];
            let section = &before.sections[tile.section].name;
            self.element(
                &[section, "tiles", &tile.element.name],
                Some(&tile.element),
                None,
            );
        }
        for section in gone(&old, &sections) {
            self.element(&[&old[section].name], Some(&bare(old[section])), None);
        }
    }

    /// The tiles of a section that was at a place before.
    fn tiles_of(
        &mut self,
        place: usize,
        was: Option<usize>,
        (before, after): (&Layout, &Layout),
        known: &[Option<usize>],
    ) {
        let name = &after.sections[place].name;
        let inside: Vec<(&Element, Option<usize>)> = after
            .tiles
            .iter()
            .zip(known)
            .filter(|(tile, _)| tile.section == place)
            .map(|(tile, known)| (&tile.element, *known))
            .collect();
        let stays = |old: &usize| Some(before.tiles[*old].section) == was;
        let staying: Vec<usize> = inside
            .iter()
            .filter_map(|(_, old)| old.filter(|old| stays(old)))
            .collect();
        let out: BTreeSet<usize> = out_of_order(&staying)
            .iter()
            .map(|at| staying[*at])
            .collect();
        for (element, old) in inside {
            let path = [name.as_str(), "tiles", element.name.as_str()];
            self.element(
                &path,
                old.map(|old| &before.tiles[old].element),
                Some(element),
            );
            if let Some(old) = old.filter(|old| !stays(old) || out.contains(old)) {
                let from = before.sections[before.tiles[old].section].name.clone();
                self.tell_as(&path, DifferenceKind::Moved, Some(from), Some(name.clone()));
            }
        }
    }
}

/// Whether all that a table holds are tables, as `columns` does.
fn is_of_tables(table: &dyn TableLike) -> bool {
    !table.is_empty() && table.iter().all(|(_, item)| item.is_table_like())
}

/// Those that are at another place among those that stayed.
fn moved(known: &[Option<usize>]) -> BTreeSet<usize> {
    let stayed: Vec<(usize, usize)> = known
        .iter()
        .enumerate()
        .filter_map(|(place, old)| Some((place, (*old)?)))
        .collect();
    let places: Vec<usize> = stayed.iter().map(|(_, old)| *old).collect();
    out_of_order(&places)
        .into_iter()
        .map(|at| stayed[at].0)
        .collect()
}

/// Those that are no more.
fn gone(before: &[&Element], known: &[Option<usize>]) -> Vec<usize> {
    (0..before.len())
        .filter(|place| !known.contains(&Some(*place)))
        .collect()
}
