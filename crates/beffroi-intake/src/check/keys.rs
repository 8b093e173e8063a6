//! What must hold between rows: values that stand once, keys, references.

use super::{CellAt, Checked, Context, Fault, Held, KeySet, context};
use crate::cell::column::Value;
use beffroi_model::{CellState, ColumnId, ColumnType, FindingKind, ForeignKey, Schema};
use std::{
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

/// How many rows a key remembers: 2 million take some 50 MB.
const REMEMBERED: usize = 2_000_000;
/// How many references wait for the row that they refer to.
const WAITING: usize = 200_000;
/// How many characters of a value wait with it: no finding quotes more.
const SHOWN: usize = 201;
/// Between the values of a key.
const JOINT: &str = " + ";

/// The keys of a schema.
pub(super) struct Keys {
    hasher: RandomState,
    keys: Vec<Unique>,
    references: Vec<Reference>,
}

struct Unique {
    kind: FindingKind,
    places: Vec<usize>,
    names: Vec<String>,
    /// Whether an empty cell is told.
    primary: bool,
    /// The row in which each value stood first.
    first: HashMap<u64, u64>,
    full: bool,
}

struct Reference {
    places: Vec<usize>,
    to: Vec<usize>,
    name: String,
    target: String,
    known: HashSet<u64>,
    waiting: Vec<(u64, u64, String)>,
    full: bool,
}

impl Keys {
    pub(super) fn new(schema: &Schema, columns: &[Checked<'_>]) -> Self {
        let places = |ids: &[ColumnId]| places(ids, columns);
        let names = |places: &[usize]| names(places, columns);
        let unique = |kind, places: Vec<usize>, primary| Unique {
            kind,
            names: names(&places),
            places,
            primary,
            first: HashMap::new(),
            full: false,
        };
        let singles = (columns.iter().enumerate())
            .filter(|(_, column)| column.constraints.unique && column.there)
            .map(|(place, _)| unique(FindingKind::NotUnique, vec![place], false));
        let keys = schema.keys.iter().filter_map(|key| {
            Some(unique(
                FindingKind::DuplicateKey,
                places(&key.columns)?,
                key.primary,
            ))
        });
        let own = schema.foreign_keys.iter();
        let own = own.filter(|key| key.dataset.is_none());
        let references = own.filter_map(|key| {
            let (own, to) = (places(&key.columns)?, places(&key.to)?);
            Some(Reference {
                name: names(&own).join(JOINT),
                target: names(&to).join(JOINT),
                places: own,
                to,
                known: HashSet::new(),
                waiting: Vec::new(),
                full: false,
            })
        });
        Self {
            hasher: RandomState::new(),
            keys: singles.chain(keys).collect(),
            references: references.collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.references.is_empty()
    }

    pub(super) fn row(
        &mut self,
        line: u64,
        held: &[Held<'_>],
        cells: &[CellAt<'_>],
        faults: &mut Vec<Fault>,
    ) {
        let texts = |places: &[usize]| -> Vec<&str> {
            let cells = places.iter().filter_map(|place| cells.get(*place));
            cells.map(|cell| cell.text).collect()
        };
        let empty = |place: &usize| held.get(*place).is_none_or(|held| *held == Held::Empty);
        for key in &mut self.keys {
            if key.primary {
                let bare = key
                    .places
                    .iter()
                    .zip(&key.names)
                    .filter(|(place, _)| empty(place));
                let told = bare.map(|(_, name)| Fault::new(FindingKind::EmptyCell, name, ""));
                // A constraint of the column may have told it.
                let told: Vec<Fault> = told.filter(|fault| !faults.contains(fault)).collect();
                faults.extend(told);
            }
            if key.places.iter().all(empty) {
                continue;
            }
            let values = texts(&key.places);
            let hash = self.hasher.hash_one(&values);
            let name = || key.names.join(JOINT);
            if let Some(first) = key.first.get(&hash) {
                let fault = Fault::new(key.kind, &name(), &values.join(JOINT));
                faults.push(fault.expecting(first.to_string()));
            } else if key.first.len() < REMEMBERED {
                key.first.insert(hash, line);
            } else if !std::mem::replace(&mut key.full, true) {
                faults.push(Fault::new(FindingKind::CheckLeftOut, &name(), &name()));
            }
        }
        for reference in &mut self.references {
            if reference.known.len() < REMEMBERED {
                let hash = self.hasher.hash_one(texts(&reference.to));
                reference.known.insert(hash);
            } else {
                reference.full = true;
            }
            if reference.places.iter().all(empty) {
                continue;
            }
            let values = texts(&reference.places);
            let hash = self.hasher.hash_one(&values);
            if reference.known.contains(&hash) {
                continue;
            }
            if reference.waiting.len() < WAITING {
                let shown = values.join(JOINT).chars().take(SHOWN).collect();
                reference.waiting.push((line, hash, shown));
            } else {
                reference.full = true;
            }
        }
    }

    /// References to rows that never came.
    pub(super) fn finish(self) -> impl Iterator<Item = Fault> {
        self.references.into_iter().flat_map(|reference| {
            let Reference {
                name,
                target,
                known,
                waiting,
                full,
                ..
            } = reference;
            let left_out = full.then(|| Fault::new(FindingKind::CheckLeftOut, &name, &name));
            let waiting = if full { Vec::new() } else { waiting };
            let lost = waiting.into_iter();
            let lost = lost.filter(move |(_, hash, _)| !known.contains(hash));
            let told = lost.map(move |(line, _, value)| {
                let fault = Fault::new(FindingKind::KeyNotFound, &name, &value);
                Fault {
                    row: Some(line),
                    ..fault.expecting(&target)
                }
            });
            left_out.into_iter().chain(told)
        })
    }
}

/// References to rows of another dataset.
pub(super) struct Lookup<'s> {
    places: Vec<usize>,
    name: String,
    target: String,
    keys: &'s KeySet,
}

impl<'s> Lookup<'s> {
    /// `None` for references within the table, and for those that cannot be checked, which is said
    /// unless the file lacks a column of it: that is told elsewhere.
    pub(super) fn new(
        key: &ForeignKey,
        columns: &[Checked<'_>],
        context: &Context<'s>,
        left_out: &mut Vec<Fault>,
    ) -> Option<Self> {
        let dataset = key.dataset.as_ref()?;
        let places = places(&key.columns, columns)?;
        let name = names(&places, columns).join(JOINT);
        let to: Vec<&str> = key.to.iter().map(ColumnId::as_str).collect();
        let target = format!("{dataset}.{}", to.join(JOINT));
        match context.referred(dataset, &key.to) {
            Some(keys) if !keys.is_full() => Some(Self {
                places,
                name,
                target,
                keys,
            }),
            Some(_) => {
                left_out.push(Fault::told(FindingKind::CheckLeftOut, &name, &target));
                None
            }
            None => {
                let fault = Fault::new(FindingKind::ReferenceUnchecked, &name, "");
                left_out.push(fault.expecting(target));
                None
            }
        }
    }

    pub(super) fn check(
        &self,
        kind: impl Fn(usize) -> Option<ColumnType>,
        held: &[Held<'_>],
        cells: &[CellAt<'_>],
    ) -> Option<Fault> {
        let is_empty = |place: &usize| held.get(*place).is_none_or(|held| *held == Held::Empty);
        if self.places.iter().all(is_empty) {
            return None;
        }
        let cells = self.places.iter().filter_map(|place| cells.get(*place));
        // What could not be read is told as such.
        let unread = Value::Absent(CellState::Value);
        if cells.clone().any(|cell| cell.value == unread) {
            return None;
        }
        let key: Vec<_> = (self.places.iter().zip(cells.clone()))
            .map(|(place, cell)| context::kept(cell.value, kind(*place)?, cell.kept))
            .collect();
        if self.keys.holds(&key) {
            return None;
        }
        let texts: Vec<&str> = cells.map(|cell| cell.text).collect();
        let fault = Fault::new(FindingKind::KeyNotFound, &self.name, &texts.join(JOINT));
        Some(fault.expecting(&self.target))
    }
}

/// The places of some columns; `None` when the file lacks one: a key without it cannot be told
/// apart from another.
fn places(ids: &[ColumnId], columns: &[Checked<'_>]) -> Option<Vec<usize>> {
    let place = |id| columns.iter().position(|it| it.id == id && it.there);
    ids.iter().map(place).collect()
}

fn names(places: &[usize], columns: &[Checked<'_>]) -> Vec<String> {
    let columns = places.iter().filter_map(|place| columns.get(*place));
    columns.map(|column| column.name.clone()).collect()
}
