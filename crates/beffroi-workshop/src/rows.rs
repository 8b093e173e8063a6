//! Which table of a list is which in another text, and in what order those of two texts stand.

use crate::board::BoardForm;
use crate::document::{Row, rows_of};
use crate::written::{plain, said, said_table};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{Item, TableLike};

/// A table of a list, with what tells it from others.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    /// The table.
    pub row: Row,
    /// What it says.
    pub said: String,
    /// What people know it by.
    pub name: String,
    /// What it says of itself to be found by: an id, a title, a year.
    own: Option<String>,
    /// What may tell it, from what is sure to what is likely.
    hints: Vec<Option<String>>,
    /// Whether two of which each says something else of itself are two.
    is_firm: bool,
}

/// A tile, with the place of its section.
#[derive(Debug, Clone)]
pub(crate) struct TileElement {
    /// Its section, by place.
    pub section: usize,
    /// Its table.
    pub element: Element,
}

/// The sections of a board, and all its tiles in the order of reading.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    /// The sections.
    pub sections: Vec<Element>,
    /// The tiles of all of them.
    pub tiles: Vec<TileElement>,
}

impl Layout {
    /// The layout of a list of sections; nothing for what is not one.
    pub(crate) fn of(item: Option<&Item>) -> Option<Self> {
        let Some(item) = item else {
            return Some(Self::default());
        };
        let mut layout = Self::default();
        for (place, row) in rows_of(item)?.into_iter().enumerate() {
            let tiles = match row.like().get("tiles") {
                Some(tiles) => rows_of(tiles)?,
                None => Vec::new(),
            };
            let tiles = tiles.into_iter().map(|row| (place, row));
            let first = layout.tiles.len();
            layout.tiles.extend(tiles.map(|(section, row)| TileElement {
                section,
                element: Element::tile(row),
            }));
            let inside: Vec<&str> = layout.tiles[first..]
                .iter()
                .map(|tile| tile.element.said.as_str())
                .collect();
            layout.sections.push(Element::section(row, place, &inside));
        }
        layout.name_tiles();
        Some(layout)
    }

    /// Gives tiles the ids that they have on their board.
    fn name_tiles(&mut self) {
        let declared: BTreeSet<String> = self
            .tiles
            .iter()
            .filter_map(|tile| tile.element.own.clone())
            .collect();
        let declared: BTreeSet<&str> = declared.iter().map(String::as_str).collect();
        let mut before = BTreeSet::new();
        for tile in &mut self.tiles {
            let element = &mut tile.element;
            let id = BoardForm::id_of(element.own.as_deref(), &before, &declared);
            before.insert(id.clone());
            if element.own.is_none() {
                element.hints.push(Some(id.clone()));
            }
            element.name = id;
        }
    }

    /// The tiles, as they are matched.
    pub(crate) fn tile_elements(&self) -> Vec<&Element> {
        self.tiles.iter().map(|tile| &tile.element).collect()
    }
}

fn line<'a>(table: &'a dyn TableLike, key: &str) -> Option<&'a str> {
    table
        .get(key)
        .and_then(Item::as_str)
        .filter(|text| !text.is_empty())
}

impl Element {
    fn new(row: Row, name: String, own: Option<String>) -> Self {
        let said = said_table(row.like());
        let hints = vec![Some(said.clone()), own.clone()];
        Self {
            row,
            said,
            name,
            own,
            hints,
            is_firm: false,
        }
    }

    fn tile(row: Row) -> Self {
        let table = row.like();
        let own = line(table, "id")
            .filter(|id| beffroi_model::is_id(id))
            .map(str::to_owned);
        let part = |key: &str| table.get(key).map(said).unwrap_or_default();
        let shown = format!("{}{}", part("indicator"), part("indicators"));
        let drawn = format!("{shown} {}", part("figure"));
        let detailed = format!("{drawn} {} {}", part("by"), part("show"));
        let mut element = Self::new(row, String::new(), own);
        element.hints.extend([Some(detailed), Some(drawn)]);
        element.is_firm = true;
        element
    }

    fn section(row: Row, place: usize, tiles: &[&str]) -> Self {
        let title = line(row.like(), "title").map(str::to_owned);
        let name = title.clone().unwrap_or_else(|| (place + 1).to_string());
        let mut element = Self::new(row, name, title);
        element
            .hints
            .push((!tiles.is_empty()).then(|| tiles.join(" ")));
        element.hints.push(Some(place.to_string()));
        element
    }

    fn target(row: Row) -> Self {
        let part = |key: &str| row.like().get(key).map(plain).unwrap_or_default();
        let (year, when) = (part("year"), part("when"));
        let name = if when.is_empty() {
            year
        } else {
            format!("{year} ({when})")
        };
        Self::new(row, name.clone(), Some(name))
    }

    fn other(row: Row, place: usize) -> Self {
        let mut element = Self::new(row, (place + 1).to_string(), None);
        element.hints.push(Some(place.to_string()));
        element
    }

    /// The elements of a list that is no board's: targets by their year and towns, others by
    /// their place.
    pub(crate) fn all(rows: Vec<Row>, are_targets: bool) -> Vec<Self> {
        let rows = rows.into_iter().enumerate();
        rows.map(|(place, row)| {
            if are_targets {
                Self::target(row)
            } else {
                Self::other(row, place)
            }
        })
        .collect()
    }

    fn may_be(&self, other: &Self) -> bool {
        !self.is_firm || self.own.is_none() || other.own.is_none() || self.own == other.own
    }
}

/// How many hints are sure.
const SURE: usize = 2;

/// For each of `other`, which of `base` it is.
pub(crate) fn matched(base: &[&Element], other: &[&Element], is_sure: bool) -> Vec<Option<usize>> {
    let mut found = vec![None; other.len()];
    let mut free = vec![true; base.len()];
    let most = base
        .iter()
        .chain(other)
        .map(|element| element.hints.len())
        .max();
    let stages = if is_sure {
        SURE
    } else {
        most.unwrap_or_default()
    };
    for stage in 0..stages {
        for (slot, element) in found.iter_mut().zip(other) {
            let hint = element.hints.get(stage).and_then(Option::as_ref);
            let (None, Some(hint)) = (&slot, hint) else {
                continue;
            };
            let mut candidates = base.iter().enumerate();
            let same = candidates.find(|(place, known)| {
                free[*place]
                    && known.hints.get(stage).and_then(Option::as_ref) == Some(hint)
                    && known.may_be(element)
            });
            if let Some((place, _)) = same {
                free[place] = false;
                *slot = Some(place);
            }
        }
    }
    found
}

/// Numbers for the elements of three lists: one for each thing, whichever lists it is in.
pub(crate) struct Numbers {
    /// Those of the first text: their places.
    pub base: Vec<usize>,
    /// Those of the second.
    pub theirs: Vec<usize>,
    /// Those of the third.
    pub mine: Vec<usize>,
    /// How many there are.
    pub count: usize,
}

impl Numbers {
    /// Numbers three lists.
    pub(crate) fn of(base: &[&Element], theirs: &[&Element], mine: &[&Element]) -> Self {
        let mut count = base.len();
        let mut fresh = || {
            count += 1;
            count - 1
        };
        let known = matched(base, theirs, false);
        let their_numbers: Vec<usize> = known
            .iter()
            .map(|place| place.unwrap_or_else(&mut fresh))
            .collect();
        let added: Vec<usize> = (0..theirs.len())
            .filter(|place| known[*place].is_none())
            .collect();
        let known = matched(base, mine, false);
        let new: Vec<usize> = (0..mine.len())
            .filter(|place| known[*place].is_none())
            .collect();
        let pairs = matched(
            &added.iter().map(|place| theirs[*place]).collect::<Vec<_>>(),
            &new.iter().map(|place| mine[*place]).collect::<Vec<_>>(),
            true,
        );
        let pairs: BTreeMap<usize, usize> = new
            .iter()
            .zip(pairs)
            .filter_map(|(place, pair)| Some((*place, *added.get(pair?)?)))
            .collect();
        let my_numbers = known.iter().enumerate().map(|(place, base)| match base {
            Some(number) => *number,
            None => match pairs.get(&place) {
                Some(pair) => their_numbers[*pair],
                None => fresh(),
            },
        });
        let mine = my_numbers.collect();
        Self {
            base: (0..base.len()).collect(),
            theirs: their_numbers,
            mine,
            count,
        }
    }
}

/// The order of two lists that both come from a third.
pub(crate) struct MergedOrder {
    /// The numbers in their order.
    pub order: Vec<usize>,
    /// Whether both moved the same things, to different places.
    pub is_disputed: bool,
}

/// Puts what is `kept` of two lists in one order: what only one side moved is where it moved it,
/// what only one side has follows what it followed there. `content` settles what stands at one
/// place.
pub(crate) fn merged_order(
    base: &[usize],
    theirs: &[usize],
    mine: &[usize],
    kept: &BTreeSet<usize>,
    content: impl Fn(usize) -> String,
) -> MergedOrder {
    let both =
        |number: &&usize| kept.contains(number) && theirs.contains(number) && mine.contains(number);
    let common = |list: &[usize]| -> Vec<usize> { list.iter().filter(both).copied().collect() };
    let (from_theirs, from_mine) = (common(theirs), common(mine));
    let old = common(base);
    let since = |list: &[usize]| -> Vec<usize> {
        list.iter()
            .filter(|number| old.contains(number))
            .copied()
            .collect()
    };
    let (t, m) = (since(&from_theirs), since(&from_mine));
    let words = |list: &[usize]| -> Vec<String> { list.iter().map(|it| content(*it)).collect() };
    let mut is_disputed = false;
    let skeleton = if from_theirs == from_mine {
        from_theirs
    } else if t == old && m == old {
        // What both added stands at different places.
        if words(&from_theirs) <= words(&from_mine) {
            from_theirs
        } else {
            from_mine
        }
    } else if m == old {
        from_theirs
    } else if t == old || t == m {
        from_mine
    } else {
        is_disputed = true;
        from_mine
    };
    let mut groups: BTreeMap<Option<usize>, [Vec<usize>; 2]> = BTreeMap::new();
    for (side, list) in [theirs, mine].into_iter().enumerate() {
        let mut behind = None;
        for number in list {
            if skeleton.contains(number) {
                behind = Some(*number);
            } else if kept.contains(number) {
                groups.entry(behind).or_default()[side].push(*number);
            }
        }
    }
    let mut order = Vec::new();
    let places = std::iter::once(None).chain(skeleton.into_iter().map(Some));
    for place in places {
        order.extend(place);
        let [theirs, mine] = groups.remove(&place).unwrap_or_default();
        if words(&theirs) <= words(&mine) {
            order.extend(theirs.into_iter().chain(mine));
        } else {
            order.extend(mine.into_iter().chain(theirs));
        }
    }
    MergedOrder { order, is_disputed }
}

/// Which elements of a list of places do not stand in their order: as few as can be.
pub(crate) fn out_of_order(places: &[usize]) -> BTreeSet<usize> {
    // The longest run of places that ends at each, and where it comes from.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, place) in places.iter().enumerate() {
        let before = (0..at).filter(|before| places[*before] < *place);
        let best = before.max_by_key(|before| (runs[*before].0, std::cmp::Reverse(*before)));
        runs.push((best.map_or(1, |best| runs[best].0 + 1), best));
    }
    let mut moved: BTreeSet<usize> = (0..places.len()).collect();
    let mut at = (0..places.len()).max_by_key(|at| (runs[*at].0, std::cmp::Reverse(*at)));
    while let Some(place) = at {
        moved.remove(&place);
        at = runs[place].1;
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(base: &[usize], theirs: &[usize], mine: &[usize]) -> (Vec<usize>, bool) {
        let kept = theirs.iter().chain(mine).copied().collect();
        let merged = merged_order(base, theirs, mine, &kept, |number| number.to_string());
        (merged.order, merged.is_disputed)
    }

    #[test]
    fn what_one_side_moved_or_added_is_where_it_put_it() {
        assert_eq!(
            order(&[0, 1, 2], &[2, 0, 1], &[0, 1, 2]),
            (vec![2, 0, 1], false)
        );
        assert_eq!(
            order(&[0, 1, 2], &[2, 0, 1], &[0, 7, 1, 2]),
            (vec![2, 0, 7, 1], false)
        );
        assert_eq!(order(&[0], &[0, 5], &[0, 4]), (vec![0, 4, 5], false));
        assert_eq!(
            order(&[0, 1, 2], &[1, 0, 2], &[0, 2, 1]),
            (vec![0, 2, 1], true)
        );
        assert_eq!(order(&[], &[3, 4], &[4]), (vec![3, 4], false));
    }

    #[test]
    fn as_few_as_can_be_are_out_of_order() {
        assert_eq!(out_of_order(&[0, 1, 2]), BTreeSet::new());
        assert_eq!(out_of_order(&[3, 0, 1, 2]), BTreeSet::from([0]));
        assert_eq!(out_of_order(&[1, 2, 0]), BTreeSet::from([2]));
        assert_eq!(out_of_order(&[]), BTreeSet::new());
    }
}
