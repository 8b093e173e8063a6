//! What must hold between rows: values that stand once, keys, references.

use super::{CellAt, Checked, Fault, Held};
use beffroi_model::{ColumnId, FindingKind, Schema};
use std::{
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

/// How many rows a key remembers: 2 million take some 50 MB.
const REMEMBERED: usize = 2_000_000;
/// How many references wait for the row that they refer to.
const WAITING: usize = 200_000;
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
        // A key of which the file lacks a column cannot be told apart from another.
        let places = |ids: &[ColumnId]| -> Option<Vec<usize>> {
            let place = |id| columns.iter().position(|it| it.id == id && it.there);
            ids.iter().map(place).collect()
        };
        let names = |places: &[usize]| -> Vec<String> {
            let columns = places.iter().filter_map(|place| columns.get(*place));
            columns.map(|column| column.name.clone()).collect()
        };
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
        let references = schema.foreign_keys.iter().filter_map(|key| {
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
                reference.waiting.push((line, hash, values.join(JOINT)));
            } else {
                reference.full = true;
            }
        }
    }

    /// References to rows that never came.
    pub(super) fn finish(&mut self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for reference in self.references.drain(..) {
            let name = &reference.name;
            if reference.full {
                faults.push(Fault::new(FindingKind::CheckLeftOut, name, name));
                continue;
            }
            let lost = reference.waiting.into_iter();
            for (line, _, value) in lost.filter(|(_, hash, _)| !reference.known.contains(hash)) {
                let fault = Fault::new(FindingKind::KeyNotFound, name, &value);
                faults.push(Fault {
                    row: Some(line),
                    ..fault.expecting(&reference.target)
                });
            }
        }
        faults
    }
}
