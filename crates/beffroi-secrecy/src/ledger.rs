//! What was shown so far, and what was hidden: the former cannot be un-shown, and protects nothing
//! any more; showing the latter would tell what it protected.

use crate::{
    keyed::{Key, KeyedTables},
    protect::Suppression,
    rule::Rule,
    tables::{Amount, Cell, Kept, Kind, Known, Relation, Tables, TablesError},
};
use beffroi_model::Period;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The cells of one dataset that were decided so far. The caller keeps it beside the versions, and
/// writes down what it shows before it shows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// How many times it was decided.
    decisions: u64,
    /// By cell ([`KeyedTables::name`]).
    cells: BTreeMap<String, Entry>,
}

/// What is remembered of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    /// The last decision that it was in, and whether that showed it.
    decision: u64,
    shown: bool,
    /// Whether it is never shown, and remembered only for what changes in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    shadow: bool,
    /// Its figures then.
    figures: Figures,
    /// Its figures when it was shown last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Figures>,
}

impl Entry {
    /// Whether a cell has the same figures, as far as they are named alike.
    fn is_still(&self, cell: &Cell, names: &Names) -> bool {
        let amounts = cell.amounts.iter().zip(&names.quantities);
        let mut amounts = amounts.map(|(amount, names)| known(&self.figures, names, amount.value));
        self.figures.units == cell.units && amounts.all(|known| known != Known::Before)
    }
}

/// The figures of a cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Figures {
    units: u64,
    /// By the definition of the quantity: one whose definition changed is another one.
    amounts: BTreeMap<String, f64>,
}

/// What tells quantities from all others: each by all definitions that it stands for, since those
/// that say the same in all cells are one quantity; and what stands for the number of units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Of each quantity.
    pub quantities: Vec<Vec<String>>,
    /// Of the number of units, beside itself.
    pub units: Vec<String>,
}

impl Names {
    /// One definition for each quantity.
    pub fn of<T: Into<String>>(definitions: impl IntoIterator<Item = T>) -> Self {
        let each = definitions.into_iter().map(|it| vec![it.into()]);
        Self {
            quantities: each.collect(),
            units: Vec::new(),
        }
    }

    fn all(&self) -> BTreeSet<&str> {
        let all = self.quantities.iter().flatten().chain(&self.units);
        all.map(String::as_str).collect()
    }
}

/// Figures are the same to within this share: sums of floats depend on the order of their terms.
const SAME: f64 = 1e-9;

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(1.0)
}

/// What is known by some names, of which one is enough.
fn known(seen: &Figures, names: &[String], value: f64) -> Known {
    let values = names.iter().filter_map(|name| seen.amounts.get(name));
    let mut found = Known::No;
    for shown in values {
        if same(*shown, value) {
            return Known::Now;
        }
        found = Known::Before;
    }
    found
}

/// What a total has changed by beside its parts: cells that are there no more.
fn gone(cells: &[Cell], relation: &Relation, quantities: usize) -> Vec<Amount> {
    let value = |cell: usize, quantity: usize| {
        let amount = cells.get(cell).and_then(|cell| cell.amounts.get(quantity));
        amount.map_or(0.0, |amount| amount.value)
    };
    let left = |quantity: usize| {
        let parts = relation.parts.iter().map(|part| value(*part, quantity));
        let total = value(relation.total, quantity);
        let (left, size) = parts.fold((total, total.abs()), |(left, size), part| {
            (left - part, size + part.abs())
        });
        let left = if left.abs() <= 1e-6 * size.max(1.0) {
            0.0
        } else {
            left
        };
        Amount::plain(left).known(Known::Now)
    };
    (0..quantities).map(left).collect()
}

impl Ledger {
    /// The same tables, with what is known of them: what was shown, and what was hidden and is still
    /// the same.
    #[must_use]
    pub fn mark(&self, mut tables: KeyedTables, names: &Names) -> KeyedTables {
        let orphans = self.orphans(&tables, names);
        let changed = self.changed_hidden(&tables, names);
        let keys: Vec<(String, Option<Period>)> = tables
            .keys()
            .map(|key| (tables.name(key), key.period))
            .collect();
        for ((name, period), cell) in keys.iter().zip(tables.cells_mut()) {
            let none = Vec::new();
            let lost = orphans.get(period).unwrap_or(&none);
            let lost = |value: f64| match lost.iter().any(|it| same(*it, value)) {
                // Something that has another name now was shown with this value.
                true if value != 0.0 => Known::Before,
                _ => Known::No,
            };
            let entry = self.cells.get(name);
            let seen = entry.and_then(|entry| entry.seen.as_ref());
            #[allow(clippy::cast_precision_loss, reason = "a number of units")]
            let units = cell.units as f64;
            cell.known = match seen {
                Some(seen) if seen.units == cell.units => Known::Now,
                Some(_) => Known::Before,
                None => lost(units),
            };
            for (amount, names) in cell.amounts.iter_mut().zip(&names.quantities) {
                let by_name = seen.map_or(Known::No, |seen| known(seen, names, amount.value));
                amount.known = match by_name {
                    Known::No => lost(amount.value),
                    known => known,
                };
            }
            cell.kept = match entry {
                Some(entry) if !cell.shadow && !entry.shown && entry.is_still(cell, names) => {
                    match changed.contains(period) {
                        true => Kept::Needed,
                        false => Kept::Hidden,
                    }
                }
                _ => Kept::No,
            };
        }
        tables
    }

    /// The periods of which something that was hidden has changed, or is gone.
    fn changed_hidden(&self, tables: &KeyedTables, names: &Names) -> BTreeSet<Option<Period>> {
        let cells = tables.keys().zip(tables.tables().cells());
        let now: BTreeMap<String, &Cell> =
            cells.map(|(key, cell)| (tables.name(key), cell)).collect();
        let hidden = self.cells.iter();
        let hidden = hidden.filter(|(_, entry)| !entry.shown && !entry.shadow);
        let changed = hidden.filter(|(name, entry)| {
            let cell = now.get(*name);
            !cell.is_some_and(|cell| entry.is_still(cell, names))
        });
        changed.map(|(_, entry)| entry.period).collect()
    }

    /// What was decided last, where nothing has changed since: for each cell whether it is shown.
    #[must_use]
    pub fn decided(&self, tables: &KeyedTables, names: &Names) -> Option<Vec<bool>> {
        let cells = tables.keys().zip(tables.tables().cells());
        let mut count = 0;
        let shown = cells.map(|(key, cell)| {
            if cell.shadow {
                return Some(false);
            }
            let entry = self.cells.get(&tables.name(key))?;
            count += 1;
            let now = entry.decision == self.decisions && entry.is_still(cell, names);
            now.then_some(entry.shown)
        });
        let shown: Vec<bool> = shown.collect::<Option<_>>()?;
        let of_last = self.cells.values();
        let of_last = of_last.filter(|entry| entry.decision == self.decisions && !entry.shadow);
        (self.decisions > 0 && of_last.count() == count).then_some(shown)
    }

    /// The values of cells and quantities that have no such name any more, by period.
    fn orphans(&self, tables: &KeyedTables, names: &Names) -> BTreeMap<Option<Period>, Vec<f64>> {
        let cells: BTreeSet<String> = tables.keys().map(|key| tables.name(key)).collect();
        let names = names.all();
        let mut orphans: BTreeMap<Option<Period>, Vec<f64>> = BTreeMap::new();
        for (name, entry) in &self.cells {
            let Some(seen) = &entry.seen else { continue };
            let gone = !cells.contains(name);
            let amounts = seen.amounts.iter();
            let lost = amounts.filter(|(name, _)| gone || !names.contains(name.as_str()));
            let lost = lost.map(|(_, value)| *value);
            #[allow(clippy::cast_precision_loss, reason = "a number of units")]
            let units = gone.then_some(seen.units as f64);
            let values = orphans.entry(entry.period).or_default();
            values.extend(lost.chain(units));
        }
        orphans
    }

    /// What has changed since the last decision, as tables of their own: a figure shown before and
    /// after tells its change, of which the units are as few as those that came late. `hidden` tells
    /// the cells that are hidden now. The ids are those of the tables; beyond them stands what is
    /// gone, which everyone knows.
    ///
    /// # Errors
    /// When a change is no number that can be judged.
    pub fn changes(
        &self,
        tables: &KeyedTables,
        names: &Names,
        hidden: &[bool],
    ) -> Result<Option<Tables>, TablesError> {
        let periods: BTreeSet<Option<Period>> = self
            .cells
            .values()
            .filter(|entry| entry.decision == self.decisions)
            .map(|entry| entry.period)
            .collect();
        let of = tables.tables();
        let linear: Vec<usize> = (0..of.kinds().len())
            .filter(|quantity| of.kinds().get(*quantity) != Some(&Kind::Distinct))
            .collect();
        let mut known = vec![false; of.cells().len()];
        let mut changed = false;
        let mut cells: Vec<Cell> = Vec::with_capacity(of.cells().len());
        for (id, cell) in of.cells().iter().enumerate() {
            let key = tables.key(id);
            let entry = key.and_then(|key| self.cells.get(&tables.name(key)));
            let entry = entry.filter(|entry| entry.decision == self.decisions);
            let nothing = Figures::default();
            let was_there = key.is_some_and(|key| periods.contains(&key.period));
            let before = entry.map(|entry| &entry.figures);
            let before = before.or_else(|| was_there.then_some(&nothing));
            let Some(before) = before else {
                cells.push(Cell::shadow(0, vec![Amount::plain(0.0); linear.len()]));
                continue;
            };
            let mut is_known = true;
            let amounts: Vec<Amount> = linear
                .iter()
                .map(|quantity| {
                    let value = cell.amounts.get(*quantity).map_or(0.0, |it| it.value);
                    let names = names.quantities.get(*quantity).into_iter().flatten();
                    let was = names.clone().find_map(|name| before.amounts.get(name));
                    // A quantity that is new has not changed, as far as anyone knows.
                    let was = was.copied().or_else(|| entry.is_none().then_some(0.0));
                    is_known &= was.is_some();
                    let change = value - was.unwrap_or(value);
                    let noise = SAME * value.abs().max(1.0);
                    Amount::plain(if change.abs() <= noise { 0.0 } else { change })
                })
                .collect();
            let moved = amounts.iter().any(|amount| amount.value != 0.0);
            let units = cell.units.abs_diff(before.units).max(u64::from(moved));
            changed |= units > 0;
            if let Some(known) = known.get_mut(id) {
                *known = is_known;
            }
            let unseen = entry.is_some_and(|entry| !entry.shown)
                || cell.shadow
                || hidden.get(id).copied().unwrap_or(false);
            let mut cell = Cell::new(units, amounts);
            cell.shadow = unseen;
            cells.push(cell);
        }
        if !changed {
            return Ok(None);
        }
        let most = cells.iter().map(|cell| cell.units).max().unwrap_or(1);
        let mut relations = Vec::new();
        for relation in of.relations() {
            let is_known = |id| known.get(id).copied().unwrap_or(false);
            let quantities: Vec<usize> = (0..linear.len())
                .filter(|place| {
                    linear
                        .get(*place)
                        .is_some_and(|own| relation.holds_of(*own))
                })
                .collect();
            if quantities.is_empty() || !relation.cells().all(is_known) {
                continue;
            }
            let mut relation = Relation {
                quantities: Some(quantities),
                ..relation.clone()
            };
            let gone = gone(&cells, &relation, linear.len());
            if gone.iter().any(|amount| amount.value != 0.0) {
                relation.parts.push(cells.len());
                // Known, nothing is asked for it; of no more units than others, which are the scale.
                let mut cell = Cell::shadow(most, gone);
                cell.known = Known::Now;
                cells.push(cell);
            }
            relations.push(relation);
        }
        let kinds = vec![Kind::Signed; linear.len()];
        Tables::new(kinds, cells, relations).map(Some)
    }

    /// What is asked of changes: as many units as of the figures.
    #[must_use]
    pub fn rule_of_changes(rule: &Rule) -> Rule {
        Rule {
            min_units: rule.min_units,
            margin: rule.margin,
            ..Rule::default()
        }
    }

    /// Whether a cell has changed by too few units since it was shown last.
    #[must_use]
    pub fn changed_by_few(
        &self,
        tables: &KeyedTables,
        key: &Key,
        cell: &Cell,
        rule: &Rule,
    ) -> bool {
        let Some(entry) = self.cells.get(&tables.name(key)) else {
            return false;
        };
        let Some(seen) = entry.seen.as_ref() else {
            return false;
        };
        let by = cell.units.abs_diff(seen.units);
        let mut amounts = cell.amounts.iter();
        let changed =
            cell.known == Known::Before || amounts.any(|amount| amount.known == Known::Before);
        changed && by < rule.min_units
    }

    /// Writes down what this pattern shows and hides.
    pub fn record(&mut self, tables: &KeyedTables, pattern: &Suppression, names: &Names) {
        self.decisions += 1;
        let cells = tables.tables().cells().iter().zip(&pattern.statuses);
        for (key, (cell, status)) in tables.keys().zip(cells) {
            let mut figures = Figures {
                units: cell.units,
                amounts: BTreeMap::new(),
            };
            for (amount, names) in cell.amounts.iter().zip(&names.quantities) {
                let named = names.iter().map(|name| (name.clone(), amount.value));
                figures.amounts.extend(named);
            }
            #[allow(clippy::cast_precision_loss, reason = "a number of units")]
            let units = names
                .units
                .iter()
                .map(|name| (name.clone(), cell.units as f64));
            figures.amounts.extend(units);
            let shown = status.is_shown();
            let before = self.cells.remove(&tables.name(key));
            let seen = match shown {
                true => Some(figures.clone()),
                false => before.and_then(|before| before.seen),
            };
            let entry = Entry {
                period: key.period,
                decision: self.decisions,
                shown,
                shadow: cell.shadow,
                figures,
                seen,
            };
            self.cells.insert(tables.name(key), entry);
        }
    }
}
