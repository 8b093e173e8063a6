//! Changes of official codes: towns merge, split, and take another code.
//!
//! The tables that exist come in two shapes, which are read alike: changes with their date
//! (`2024: 08294 → 08053`), and a table of passage from every code there was to those in force at
//! one date (`08294 → 08053`, `08053 → 08053`). What becomes several codes at one date is split:
//! no table says in which parts, so its history is not comparable with that of what it became.

use beffroi_model::Cell;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// One line of a table of changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeChange {
    /// The first day on which it holds.
    pub on: NaiveDate,
    /// The code until then.
    pub from: String,
    /// The code from then on; a code that stays beside others it took in, or that left it, is
    /// there too.
    pub to: String,
}

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// One code: the same, another, or that of what it was merged into.
    One(String),
    /// Several, in order.
    Split(Vec<String>),
}

/// All changes of codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Territory {
    /// By date, what each code becomes.
    changes: BTreeMap<NaiveDate, BTreeMap<String, BTreeSet<String>>>,
}

/// Figures by code, in the codes of another date.
pub type Carried = BTreeMap<String, CarriedCell>;

/// A figure in the codes of another date.
#[derive(Debug, Clone, PartialEq)]
pub struct CarriedCell {
    /// The sum of those it is made of; not applicable for what came out of a split.
    pub cell: Cell,
    /// The codes it is made of.
    pub made_of: Vec<String>,
    /// Whether a split lies in between: its history is not comparable, which is to be said.
    pub split: bool,
}

impl Territory {
    /// A territory from its changes, in any order.
    #[must_use]
    pub fn new(changes: impl IntoIterator<Item = CodeChange>) -> Self {
        let mut territory = Self::default();
        for CodeChange { on, from, to } in changes {
            let of_day = territory.changes.entry(on).or_default();
            of_day.entry(from).or_default().insert(to);
        }
        territory
    }

    /// What a code of one day has become at a later one. A code that no table names stays; so do
    /// codes carried to an earlier day: mergers cannot be undone.
    #[must_use]
    pub fn fate(&self, code: &str, since: NaiveDate, until: NaiveDate) -> Fate {
        let mut now = BTreeSet::from([code.to_owned()]);
        let later = self.changes.iter();
        for (_, of_day) in later.filter(|(on, _)| since < **on && **on <= until) {
            now = now
                .into_iter()
                .flat_map(|code| of_day.get(&code).cloned().unwrap_or_else(|| [code].into()))
                .collect();
        }
        let mut codes = now.into_iter();
        match (codes.next(), codes.next()) {
            (Some(one), None) => Fate::One(one),
            (Some(first), Some(second)) => {
                Fate::Split([first, second].into_iter().chain(codes).collect())
            }
            (None, _) => Fate::One(code.to_owned()),
        }
    }

    /// Figures by code of one day, by the codes of a later one. Those that merged are added up,
    /// the absence of one being that of the whole; what came out of a split has no comparable
    /// figure, nor has what a part of it was merged into.
    ///
    /// Only for figures that add up: of a ratio, carry numerator and denominator.
    #[must_use]
    pub fn carry<'a>(
        &self,
        figures: impl IntoIterator<Item = (&'a str, Cell)>,
        since: NaiveDate,
        until: NaiveDate,
    ) -> Carried {
        let mut carried = Carried::new();
        for (code, cell) in figures {
            let (targets, split) = match self.fate(code, since, until) {
                Fate::One(target) => (vec![target], false),
                Fate::Split(targets) => (targets, true),
            };
            for target in targets {
                let cell = if split { Cell::NotApplicable } else { cell };
                let made = carried.entry(target).or_insert(CarriedCell {
                    cell: Cell::Value(0.0),
                    made_of: Vec::new(),
                    split: false,
                });
                made.cell = made.cell.combine(cell, |sum, one| sum + one);
                made.made_of.push(code.to_owned());
                made.split |= split;
            }
        }
        for made in carried.values_mut().filter(|made| made.split) {
            made.cell = Cell::NotApplicable;
        }
        carried
    }
}
