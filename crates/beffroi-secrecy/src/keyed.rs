//! Declared tables by name: cells with their [`Key`]s, from which the relations follow.
//!
//! A cell is one whichever tables it stands in: the town's year is a margin of the table by
//! district and of the table by category. Whoever builds the tables gives each cell once, all
//! margins among them; what is the sum of what is found here:
//!
//! - over a dimension: the cell without a member is the sum of those that have one;
//! - over time: a period is the sum of the periods of the coarsest finer grain that is there (of a
//!   stock, it is the last of them);
//! - over a filter: what it keeps and what it leaves make the whole;
//! - over several filters: what one keeps, or leaves, is made of the rows told apart by all.
//!
//! What else is tied together (districts that make up a sector, in tables that have one or the
//! other) comes as [`Tie`]s.

use crate::lattice::Lattice;
use crate::tables::{Cell, CellId, Kind, Relation, Tables, TablesError};
use beffroi_model::Period;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which rows a cell counts, before dimensions and time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slice {
    /// All.
    Whole,
    /// Those that a condition keeps (`sum(…) filter (where …)`), by its canonical text.
    Kept(String),
    /// The others. They are never shown, but they follow from the two above.
    Left(String),
    /// Those that exactly these conditions keep, of all that there are. They are never shown.
    Part(Vec<String>),
}

/// What a cell is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Which rows.
    pub slice: Slice,
    /// The member of each dimension, in one order for all cells; `None`: all members together.
    pub members: Vec<Option<String>>,
    /// When; `None` for data without time.
    pub period: Option<Period>,
}

/// One line that no other key of the same tables has.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.slice {
            Slice::Whole => f.write_str("*")?,
            Slice::Kept(filter) => write!(f, "+{}", escaped(filter))?,
            Slice::Left(filter) => write!(f, "-{}", escaped(filter))?,
            Slice::Part(filters) => {
                for filter in filters {
                    write!(f, "&{}", escaped(filter))?;
                }
                f.write_str("&")?;
            }
        }
        match self.period {
            Some(period) => write!(f, "/{}", String::from(period).replace('/', "\\/"))?,
            None => f.write_str("/*")?,
        }
        for member in &self.members {
            match member {
                Some(member) => write!(f, "/={}", escaped(member))?,
                None => f.write_str("/*")?,
            }
        }
        Ok(())
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('/', "\\/")
}

/// A quantity: what it may be, and how it cumulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// What it may be.
    pub kind: Kind,
    /// Whether a year is its last reading (a stock) rather than the sum of its months.
    pub stock: bool,
}

impl Quantity {
    /// What adds up over time.
    #[must_use]
    pub fn flow(kind: Kind) -> Self {
        Self { kind, stock: false }
    }
}

/// How the units of a year follow from those of its months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitsOverTime {
    /// They add up, or nearly: those of one month are seldom those of another.
    AddUp,
    /// They come back month after month (staff, enterprises). That a month has no more than its
    /// year tells nothing where the year is shown, since it has enough of them to be.
    ComeBack,
}

/// Two sets of cells with the same sum, which is never shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// The sum.
    pub sum: Cell,
    /// Some cells.
    pub some: Vec<Key>,
    /// The others.
    pub others: Vec<Key>,
}

/// Tables whose cells have names.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyedTables {
    /// Of the first cells; the sums of ties have none.
    keys: IndexSet<Key>,
    tables: Tables,
    /// The names of the dimensions; their places where they have none.
    dimensions: Vec<String>,
}

/// Why cells do not make tables.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum KeyedError {
    /// The same cell twice.
    #[error("cell {0} is given twice")]
    Twice(Key),
    /// A cell has not one member, or none, for each dimension.
    #[error("cell {0} has not the dimensions of the others")]
    Dimensions(Key),
    /// The cells do not hold together.
    #[error("{source} ({})", .key.as_ref().map(Key::to_string).unwrap_or_default())]
    Tables {
        /// What is wrong.
        source: TablesError,
        /// The cell, or the total.
        key: Option<Key>,
    },
}

impl KeyedTables {
    /// Finds the relations between these cells. Of a tie, what is not among them is left out.
    pub fn new(
        quantities: &[Quantity],
        cells: impl IntoIterator<Item = (Key, Cell)>,
        units: UnitsOverTime,
        ties: impl IntoIterator<Item = Tie>,
    ) -> Result<Self, KeyedError> {
        let mut keys: IndexSet<Key> = IndexSet::new();
        let mut all = Vec::new();
        for (key, cell) in cells {
            let first = keys.first().unwrap_or(&key);
            if first.members.len() != key.members.len() {
                return Err(KeyedError::Dimensions(key));
            }
            if keys.contains(&key) {
                return Err(KeyedError::Twice(key));
            }
            keys.insert(key);
            all.push(cell);
        }
        let mut relations = over_dimensions(&keys);
        relations.extend(over_time(&keys, quantities, units));
        relations.extend(over_filters(&keys));
        for tie in ties {
            let ids = |keys_of: &[Key]| -> Vec<CellId> {
                let ids = keys_of.iter().filter_map(|key| keys.get_index_of(key));
                ids.collect()
            };
            let sides = [ids(&tie.some), ids(&tie.others)];
            let sum = all.len();
            all.push(tie.sum);
            relations.extend(sides.map(|parts| Relation::new(sum, parts)));
        }
        let kinds = quantities.iter().map(|quantity| quantity.kind).collect();
        let at_fault = |error: &TablesError| match error {
            TablesError::Amounts { cell, .. } | TablesError::Amount(cell) => Some(*cell),
            TablesError::Cells(relation) | TablesError::Unbalanced { relation, .. } => {
                relations.get(*relation).map(|relation| relation.total)
            }
        };
        match Tables::new(kinds, all, relations.clone()) {
            Ok(mut tables) => {
                tables.set_lattice(Lattice::new(&keys));
                Ok(Self {
                    keys,
                    tables,
                    dimensions: Vec::new(),
                })
            }
            Err(source) => {
                let key = at_fault(&source).and_then(|cell| keys.get_index(cell));
                let key = key.cloned();
                Err(KeyedError::Tables { source, key })
            }
        }
    }

    /// The linear system.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The place of a cell; none: it is not among those declared, and thus secret.
    #[must_use]
    pub fn id(&self, key: &Key) -> Option<CellId> {
        self.keys.get_index_of(key)
    }

    /// The same, the dimensions being called so.
    #[must_use]
    pub fn named<T: Into<String>>(mut self, dimensions: impl IntoIterator<Item = T>) -> Self {
        self.dimensions = dimensions.into_iter().map(Into::into).collect();
        self
    }

    /// A key as text, for the ledger: it stays the same when other dimensions are declared.
    #[must_use]
    pub fn name(&self, key: &Key) -> String {
        let mut members: Vec<String> = Vec::new();
        for (place, member) in key.members.iter().enumerate() {
            let Some(member) = member else { continue };
            let number = place.to_string();
            let dimension = self.dimensions.get(place).unwrap_or(&number);
            members.push(format!("/{dimension}={}", escaped(member)));
        }
        members.sort();
        let whole = Key {
            members: Vec::new(),
            ..key.clone()
        };
        format!("{whole}{}", members.concat())
    }

    pub(crate) fn cells_mut(&mut self) -> &mut [Cell] {
        self.tables.cells_mut()
    }

    /// The key of a cell; the sums of ties have none.
    #[must_use]
    pub fn key(&self, cell: CellId) -> Option<&Key> {
        self.keys.get_index(cell)
    }

    /// The keys, in the order of the cells.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Key> {
        self.keys.iter()
    }
}

fn over_dimensions(keys: &IndexSet<Key>) -> Vec<Relation> {
    let mut relations = Vec::new();
    let dimensions = keys.first().map_or(0, |key| key.members.len());
    for dimension in 0..dimensions {
        let mut parts: IndexMap<Key, Vec<CellId>> = IndexMap::new();
        for (id, key) in keys.iter().enumerate() {
            let mut whole = key.clone();
            let member = whole.members.get_mut(dimension).and_then(Option::take);
            if member.is_some() {
                parts.entry(whole).or_default().push(id);
            }
        }
        for (whole, parts) in parts {
            relations.extend(
                keys.get_index_of(&whole)
                    .map(|whole| Relation::new(whole, parts)),
            );
        }
    }
    relations
}

fn over_time(keys: &IndexSet<Key>, quantities: &[Quantity], units: UnitsOverTime) -> Vec<Relation> {
    let of = |stock: bool| -> Vec<usize> {
        let with = quantities.iter().enumerate();
        with.filter(|(_, quantity)| quantity.stock == stock)
            .map(|(place, _)| place)
            .collect()
    };
    let (mut flows, mut stocks) = (of(false), of(true));
    // The units of a year are those of any of its months, unless nothing but stocks is counted.
    if units == UnitsOverTime::AddUp {
        let like = if flows.is_empty() && !stocks.is_empty() {
            &mut stocks
        } else {
            &mut flows
        };
        like.push(quantities.len());
    }
    type Rows<'k> = (&'k Slice, &'k [Option<String>]);
    let mut alike: IndexMap<Rows<'_>, Vec<(Period, CellId)>> = IndexMap::new();
    for (id, key) in keys.iter().enumerate() {
        let Some(period) = key.period else { continue };
        let alike = alike.entry((&key.slice, &key.members)).or_default();
        alike.push((period, id));
    }
    let mut relations = Vec::new();
    for (_, mut cells) in alike {
        cells.sort_by_key(|(period, id)| (period.start(), *id));
        for (period, total) in &cells {
            let from = cells.partition_point(|(part, _)| part.start() < period.start());
            let within = cells.iter().skip(from);
            let within = within.take_while(|(part, _)| part.start() < period.end());
            let finer = within.filter(|(part, _)| {
                part.grain() != period.grain() && period.grain().is_made_of(part.grain())
            });
            let Some(grain) = finer.clone().map(|(part, _)| part.grain()).max() else {
                continue;
            };
            let parts = finer.filter(|(part, _)| part.grain() == grain);
            let parts: Vec<CellId> = parts.map(|(_, id)| *id).collect();
            let last = parts.last().copied();
            let relation = |parts, quantities: &Vec<usize>| Relation {
                total: *total,
                parts,
                quantities: Some(quantities.clone()),
            };
            if !flows.is_empty() {
                relations.push(relation(parts, &flows));
            }
            if let (Some(last), false) = (last, stocks.is_empty()) {
                relations.push(relation(vec![last], &stocks));
            }
        }
    }
    relations
}

fn over_filters(keys: &IndexSet<Key>) -> Vec<Relation> {
    // What a filter keeps and what it leaves, as far as anybody is there.
    type Rows<'k> = (&'k str, &'k [Option<String>], Option<Period>);
    let mut parts: IndexMap<Rows<'_>, Vec<CellId>> = IndexMap::new();
    for (id, key) in keys.iter().enumerate() {
        if let Slice::Kept(filter) | Slice::Left(filter) = &key.slice {
            let alike = parts.entry((filter, &key.members, key.period)).or_default();
            alike.push(id);
        }
    }
    let mut relations = Vec::new();
    for ((_, members, period), parts) in parts {
        let whole = Key {
            slice: Slice::Whole,
            members: members.to_vec(),
            period,
        };
        let whole = keys.get_index_of(&whole);
        relations.extend(whole.map(|whole| Relation::new(whole, parts)));
    }
    relations.extend(over_parts(keys));
    relations
}

fn over_parts(keys: &IndexSet<Key>) -> Vec<Relation> {
    type Rows<'k> = (&'k [Option<String>], Option<Period>);
    let mut parts: IndexMap<Rows<'_>, Vec<(&[String], CellId)>> = IndexMap::new();
    for (id, key) in keys.iter().enumerate() {
        if let Slice::Part(filters) = &key.slice {
            let alike = parts.entry((&key.members, key.period)).or_default();
            alike.push((filters, id));
        }
    }
    let mut relations = Vec::new();
    for (total, key) in keys.iter().enumerate() {
        let (filter, kept) = match &key.slice {
            Slice::Kept(filter) => (filter, true),
            Slice::Left(filter) => (filter, false),
            Slice::Whole | Slice::Part(_) => continue,
        };
        if let Some(parts) = parts.get(&(key.members.as_slice(), key.period)) {
            let made_of = parts
                .iter()
                .filter(|(filters, _)| filters.contains(filter) == kept);
            let made_of = made_of.map(|(_, id)| *id).collect();
            relations.push(Relation::new(total, made_of));
        }
    }
    relations
}
