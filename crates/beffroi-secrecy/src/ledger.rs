//! What was shown so far, and what was hidden: the former cannot be un-shown, and protects nothing
//! any more; showing the latter would tell what it protected.

use crate::{
    keyed::KeyedTables,
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
    /// Whether a count that can be shown is the number of units, which then adds up as it does.
    pub counted: bool,
}

impl Names {
    /// One definition for each quantity.
    pub fn of<T: Into<String>>(definitions: impl IntoIterator<Item = T>) -> Self {
        let each = definitions.into_iter().map(|it| vec![it.into()]);
        Self {
            quantities: each.collect(),
            units: Vec::new(),
            counted: false,
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

/// What a figure has changed by. It may be less by all that the figure is, where that cannot be
/// below zero.
fn change(value: f64, was: f64, kind: Kind) -> Amount {
    let change = value - was;
    let noise = SAME * value.abs().max(1.0);
    let change = if change.abs() <= noise { 0.0 } else { change };
    Amount {
        least: (kind == Kind::NonNegative).then_some(change - value),
        ..Amount::plain(change)
    }
}

/// What a total has changed by beside its parts: cells that are there no more, and what was there
/// before of those that count as new.
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
    pub fn mark(&self, mut tables: KeyedTables, names: &Names, rule: &Rule) -> KeyedTables {
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
            let shown_last = |entry: &Entry| entry.shown && entry.decision == self.decisions;
            let by_few = seen.is_some_and(|seen| seen.units.abs_diff(cell.units) < rule.min_units);
            let mut known = cell.amounts.iter().map(|amount| amount.known);
            let is_changed = cell.known == Known::Before || known.any(|it| it == Known::Before);
            cell.kept = match entry {
                _ if cell.shadow => Kept::No,
                Some(entry) if !entry.shown && entry.is_still(cell, names) => {
                    match changed.contains(period) {
                        true => Kept::Needed,
                        false => Kept::Hidden,
                    }
                }
                // What it has changed by since the last decision is judged apart; but it would tell
                // what it has changed by since it was shown, too.
                Some(entry) if !shown_last(entry) && by_few && is_changed => Kept::Needed,
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
    /// A move of changes is one of the figures that they led to, what was before being taken as known:
    /// it goes as far as these may, keeps all their relations, and only those that are hidden now can
    /// make up for others. What is the same as before makes up for none: anyone may guess that it is.
    ///
    /// # Errors
    /// When a change is no number that can be judged.
    pub fn changes(
        &self,
        tables: &KeyedTables,
        names: &Names,
        hidden: &[bool],
        rule: &Rule,
    ) -> Result<Option<Tables>, TablesError> {
        let of_last = |entry: &&Entry| entry.decision == self.decisions;
        let of_last = self.cells.values().filter(of_last);
        let periods: BTreeSet<Option<Period>> = of_last.map(|entry| entry.period).collect();
        let of = tables.tables();
        let linear: Vec<usize> = (0..of.kinds().len())
            .filter(|quantity| of.kinds().get(*quantity) != Some(&Kind::Distinct))
            .collect();
        let mut kinds = vec![Kind::Signed; linear.len()];
        kinds.extend(names.counted.then_some(Kind::UnitsMoved));
        let mut changed = false;
        let mut cells: Vec<Cell> = Vec::with_capacity(of.cells().len());
        for (id, cell) in of.cells().iter().enumerate() {
            let key = tables.key(id);
            let entry = key.and_then(|key| self.cells.get(&tables.name(key)));
            let entry = entry.filter(|entry| entry.decision == self.decisions);
            let was_there = key.is_some_and(|key| periods.contains(&key.period));
            let nothing = Figures::default();
            let before = entry.map(|entry| &entry.figures);
            let before = before.or_else(|| was_there.then_some(&nothing));
            let mut amounts: Vec<Amount> = linear
                .iter()
                .map(|quantity| {
                    let value = cell.amounts.get(*quantity).map_or(0.0, |it| it.value);
                    let names = names.quantities.get(*quantity).into_iter().flatten();
                    let was = before.and_then(|before| {
                        let mut known = names.filter_map(|name| before.amounts.get(name));
                        known.next().copied()
                    });
                    // A quantity that is new has not changed, as far as anyone knows.
                    let unknown = if entry.is_some() { value } else { 0.0 };
                    change(value, was.unwrap_or(unknown), of.kind(*quantity))
                })
                .collect();
            let units_before = before.map_or(0, |before| before.units);
            #[allow(clippy::cast_precision_loss, reason = "a number of units")]
            let [units, was] = [cell.units, units_before].map(|units| units as f64);
            amounts.extend(names.counted.then(|| change(units, was, Kind::NonNegative)));
            let moved = amounts.iter().any(|amount| amount.value != 0.0);
            let by = cell.units.abs_diff(units_before).max(u64::from(moved));
            // Of what was not there, nothing was told: it is not judged again.
            let units = match before {
                None if by > 0 => by.max(rule.min_units),
                _ => by,
            };
            changed |= before.is_some() && units > 0;
            let is_hidden = hidden.get(id).copied().unwrap_or(false);
            let mut changes = Cell::new(units, amounts);
            changes.shadow = cell.shadow || is_hidden;
            cells.push(changes);
        }
        if !changed {
            return Ok(None);
        }
        let most = cells.iter().map(|cell| cell.units).max().unwrap_or(1);
        let mut relations = Vec::new();
        for relation in of.relations() {
            let own = linear.iter().enumerate();
            let own = own.filter(|(_, quantity)| relation.holds_of(**quantity));
            let mut quantities: Vec<usize> = own.map(|(place, _)| place).collect();
            let adds_up = names.counted && relation.holds_of(of.units());
            quantities.extend(adds_up.then_some(linear.len()));
            if quantities.is_empty() {
                continue;
            }
            let mut relation = Relation {
                quantities: Some(quantities),
                ..relation.clone()
            };
            let gone = gone(&cells, &relation, kinds.len());
            if gone.iter().any(|amount| amount.value != 0.0) {
                relation.parts.push(cells.len());
                // Known, nothing is asked for it; of no more units than others, which are the scale.
                let mut cell = Cell::shadow(most, gone);
                cell.known = Known::Now;
                cells.push(cell);
            }
            relations.push(relation);
        }
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
