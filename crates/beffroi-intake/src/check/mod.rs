//! What cells must be beyond their type: constraints of columns, keys, rules over a row. A row
//! that breaks one is kept; what is wrong is told.

mod amount;
mod context;
mod form;
mod format;
mod keys;
mod place;
mod totals;

pub(crate) use totals::{ROWS as TOTALLED, Totals};

pub use context::{Context, KeySet, Referred};

use crate::cell::column::Value;
use amount::{Amount, DAY, written};
use beffroi_model::{
    Bound, CellState, ColumnId, ColumnSpec, ColumnType, Comparison, Constraints, FindingKind, Form,
    Rule, Schema, Shape, nearest,
};
use chrono::NaiveDate;
use keys::{Keys, Lookup};
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;

/// How much memory one expression may take.
const PATTERN_SIZE: usize = 1 << 20;
/// How many of the values allowed a finding lists.
const LISTED: usize = 12;

/// One thing wrong in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FindingKind,
    pub(crate) column: String,
    pub(crate) value: Option<String>,
    pub(crate) expected: Option<String>,
    pub(crate) hint: Option<String>,
    /// The row, when it is not the one at hand.
    pub(crate) row: Option<u64>,
}

impl Fault {
    fn new(kind: FindingKind, column: &str, cell: &str) -> Self {
        Self {
            kind,
            column: column.to_owned(),
            value: (!cell.is_empty()).then(|| cell.to_owned()),
            expected: None,
            hint: None,
            row: None,
        }
    }

    /// Of a schema itself, where the words of it stand beside the name of the column.
    fn told(kind: FindingKind, column: &str, words: &str) -> Self {
        let words = match column {
            "" => words.to_owned(),
            column => format!("{column} : {words}"),
        };
        Self::new(kind, column, &words)
    }

    fn expecting(self, expected: impl Into<String>) -> Self {
        Self {
            expected: Some(expected.into()),
            ..self
        }
    }
}

/// Checks rows by a schema.
pub(crate) struct Checker<'s> {
    columns: Vec<Checked<'s>>,
    /// The places of those of which something is asked.
    busy: Vec<usize>,
    rules: Vec<Checkable<'s>>,
    keys: Keys,
    lookups: Vec<Lookup<'s>>,
    /// What cannot be checked, said once.
    left_out: Vec<Fault>,
}

/// A cell at hand: its text, what was read from it, and the text that is kept of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellAt<'c> {
    pub(crate) text: &'c str,
    pub(crate) value: Value,
    pub(crate) kept: &'c str,
}

impl<'s> Checker<'s> {
    /// For columns that are kept, each with its place in the file and the name under which users
    /// know it. `None` when nothing is to be checked.
    pub(crate) fn new(
        schema: &'s Schema,
        columns: impl Iterator<Item = (&'s ColumnSpec, Option<usize>, String)>,
        context: &Context<'s>,
    ) -> Option<Self> {
        let remarks = schema.remarks.iter().map(|remark| {
            let column = remark.column.as_deref().unwrap_or_default();
            Fault::told(remark.kind, column, &remark.value)
        });
        let mut left_out: Vec<Fault> = remarks.collect();
        let columns: Vec<Checked<'s>> = columns
            .map(|(spec, place, name)| Checked::new(spec, place, name, context, &mut left_out))
            .collect();
        let rules = schema
            .rules
            .iter()
            .filter_map(|rule| Checkable::new(rule, &columns));
        let rules: Vec<_> = rules.collect();
        let keys = Keys::new(schema, &columns);
        let lookups: Vec<Lookup<'s>> = schema
            .foreign_keys
            .iter()
            .filter_map(|key| Lookup::new(key, &columns, context, &mut left_out))
            .collect();
        let busy = columns.iter().enumerate().filter(|(_, it)| !it.is_idle());
        let busy: Vec<usize> = busy.map(|(at, _)| at).collect();
        let checks = !rules.is_empty() || !keys.is_empty() || !lookups.is_empty();
        if !checks && left_out.is_empty() && busy.is_empty() {
            return None;
        }
        Some(Self {
            columns,
            busy,
            rules,
            keys,
            lookups,
            left_out,
        })
    }

    /// Whether rows are compared with each other: they must come one after the other.
    pub(crate) fn compares_rows(&self) -> bool {
        !self.keys.is_empty()
    }

    /// What cannot be checked.
    pub(crate) fn left_out(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.left_out)
    }

    /// What is wrong in a row, of which `cell` gives the cells by their columns.
    pub(crate) fn row<'c>(
        &mut self,
        line: u64,
        cell: impl Fn(usize) -> Option<CellAt<'c>>,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.rules.is_empty() && self.keys.is_empty() && self.lookups.is_empty() {
            for &at in &self.busy {
                if let (Some(column), Some(cell)) = (self.columns.get(at), cell(at)) {
                    match column.asks_only_when {
                        true => column.check_day(cell, &mut faults),
                        false => _ = column.check(cell, &mut faults),
                    }
                }
            }
            return faults;
        }
        let cells: Vec<CellAt<'c>> = (0..self.columns.len()).map_while(cell).collect();
        let mut amounts = Vec::with_capacity(cells.len());
        for (column, cell) in self.columns.iter().zip(&cells) {
            amounts.push(column.check(*cell, &mut faults));
        }
        for rule in &self.rules {
            faults.extend(rule.check(&self.columns, &amounts, &cells));
        }
        self.keys.row(line, &amounts, &cells, &mut faults);
        let kinds = |place: usize| self.columns.get(place).map(|column| column.kind);
        for lookup in &self.lookups {
            faults.extend(lookup.check(kinds, &amounts, &cells));
        }
        faults
    }

    /// What is wrong between rows.
    pub(crate) fn finish(self) -> impl Iterator<Item = Fault> {
        self.keys.finish()
    }
}

/// What a cell comes to: a value, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held<'c> {
    /// Not filled.
    Empty,
    /// Filled with something that is not a value of the column.
    Wrong,
    Value(Amount<'c>),
}

/// One column with its constraints made ready.
struct Checked<'s> {
    id: &'s ColumnId,
    kind: ColumnType,
    name: String,
    /// Whether the file has it.
    there: bool,
    constraints: &'s Constraints,
    pattern: Option<Regex>,
    minimum: Option<(&'s Bound, Amount<'s>)>,
    maximum: Option<(&'s Bound, Amount<'s>)>,
    allowed: HashSet<&'s str>,
    /// The last day that its dates may have.
    last_day: Option<NaiveDate>,
    /// Whether nothing else is asked.
    asks_only_when: bool,
}

impl<'s> Checked<'s> {
    fn new(
        spec: &'s ColumnSpec,
        place: Option<usize>,
        name: String,
        context: &Context<'_>,
        left_out: &mut Vec<Fault>,
    ) -> Self {
        let constraints = &spec.constraints;
        let pattern = constraints.pattern.as_ref().and_then(|pattern| {
            let compiled = compile(pattern);
            if compiled.is_none() {
                left_out.push(Fault::told(FindingKind::CheckLeftOut, &name, pattern));
            }
            compiled
        });
        let mut bound = |bound: &'s Option<Bound>| {
            let bound = bound.as_ref()?;
            let amount = bound_amount(bound, spec);
            if amount.is_none() {
                left_out.push(Fault::told(FindingKind::CheckLeftOut, &name, &bound.value));
            }
            Some((bound, amount?))
        };
        let (minimum, maximum) = (bound(&constraints.minimum), bound(&constraints.maximum));
        let last_day = context.last_day(&spec.id, spec.kind, constraints.past);
        Self {
            id: &spec.id,
            kind: spec.kind,
            name,
            there: place.is_some(),
            constraints,
            pattern,
            minimum,
            maximum,
            allowed: constraints.allowed.iter().map(String::as_str).collect(),
            last_day,
            asks_only_when: constraints.is_empty() && last_day.is_some(),
        }
    }

    /// Whether nothing is asked of its cells.
    fn is_idle(&self) -> bool {
        self.constraints.is_empty() && self.last_day.is_none()
    }

    /// What a cell comes to, by the form that is asked for, else as it was read.
    fn held<'c>(&self, cell: CellAt<'c>) -> Held<'c> {
        match &self.constraints.written {
            _ if !self.there => Held::Empty,
            Some(written) => {
                if written.missing.iter().any(|mark| mark == cell.text) {
                    return Held::Empty;
                }
                form::read(&written.form, cell.text).map_or(Held::Wrong, Held::Value)
            }
            None => match cell.value {
                Value::Absent(_) if cell.text.is_empty() => Held::Empty,
                Value::Absent(CellState::Value) => Held::Wrong,
                Value::Absent(_) => Held::Empty,
                value => Amount::of(value, self.kind, cell.text)
                    .map_or(Held::Value(Amount::Text(cell.text)), Held::Value),
            },
        }
    }

    /// Whether a date is not after the last day.
    fn check_day(&self, cell: CellAt<'_>, faults: &mut Vec<Fault>) {
        if let Some(last) = self.last_day
            && let Some(Amount::Time(at)) = Amount::of(cell.value, self.kind, cell.text)
            && at >= (i64::from(last.to_epoch_days()) + 1) * DAY
        {
            let fault = Fault::new(FindingKind::InFuture, &self.name, cell.text);
            faults.push(fault.expecting(last.to_string()));
        }
    }

    fn check<'c>(&self, cell: CellAt<'c>, faults: &mut Vec<Fault>) -> Held<'c> {
        let held = self.held(cell);
        let constraints = self.constraints;
        let fault = |kind| Fault::new(kind, &self.name, cell.text);
        self.check_day(cell, faults);
        let amount = match held {
            Held::Empty => {
                if constraints.filled && self.there {
                    faults.push(fault(FindingKind::EmptyCell));
                }
                return held;
            }
            Held::Wrong => {
                // What the reading could make nothing of, it has told.
                if let Some(written) = &constraints.written
                    && cell.value != Value::Absent(CellState::Value)
                {
                    let form = written.form.name();
                    faults.push(fault(FindingKind::WrongForm).expecting(form));
                }
                return held;
            }
            Held::Value(amount) => amount,
        };
        for format in &constraints.formats {
            if !format::is(*format, cell.text) {
                faults.push(fault(FindingKind::WrongForm).expecting(format.name()));
            }
        }
        if let Some((bound, minimum)) = &self.minimum
            && amount
                .order(*minimum)
                .is_some_and(|order| order.is_lt() || (bound.excluded && order.is_eq()))
        {
            faults.push(fault(FindingKind::TooSmall).expecting(&bound.value));
        }
        if let Some((bound, maximum)) = &self.maximum
            && amount
                .order(*maximum)
                .is_some_and(|order| order.is_gt() || (bound.excluded && order.is_eq()))
        {
            faults.push(fault(FindingKind::TooLarge).expecting(&bound.value));
        }
        self.check_text(cell.text, amount, faults);
        held
    }

    fn check_text(&self, cell: &str, amount: Amount<'_>, faults: &mut Vec<Fault>) {
        let constraints = self.constraints;
        let fault = |kind| Fault::new(kind, &self.name, cell);
        if constraints.min_length.is_some() || constraints.max_length.is_some() {
            let form = constraints.written.as_ref().map(|written| &written.form);
            let length = form::length(form, cell);
            if let Some(least) = constraints.min_length.filter(|it| length < *it as usize) {
                faults.push(fault(FindingKind::TooShort).expecting(least.to_string()));
            }
            if let Some(most) = constraints.max_length.filter(|it| length > *it as usize) {
                faults.push(fault(FindingKind::TooLong).expecting(most.to_string()));
            }
        }
        if let (Some(pattern), Some(shown)) = (&self.pattern, &constraints.pattern)
            && !pattern.is_match(cell)
        {
            faults.push(fault(FindingKind::PatternMismatch).expecting(shown));
        }
        if !self.allowed.is_empty() && !self.allowed.contains(cell) && !self.allows(amount) {
            let shown: Vec<&str> = (constraints.allowed.iter().take(LISTED))
                .map(String::as_str)
                .collect();
            let more = if constraints.allowed.len() > LISTED {
                "…"
            } else {
                ""
            };
            let listed = format!("{}{more}", shown.join(", "));
            let mut fault = fault(FindingKind::NotAllowed).expecting(listed);
            let near = nearest(cell, self.allowed.iter().copied());
            fault.hint = near.map(str::to_owned);
            faults.push(fault);
        }
    }

    /// Whether a number is one of those allowed, however it is written.
    fn allows(&self, amount: Amount<'_>) -> bool {
        matches!(amount, Amount::Number(_))
            && self
                .allowed
                .iter()
                .any(|allowed| Amount::number(allowed) == Some(amount))
    }
}

/// The value of a bound, in the form of its column.
fn bound_amount<'s>(bound: &'s Bound, spec: &ColumnSpec) -> Option<Amount<'s>> {
    match &spec.constraints.written {
        Some(written) => match &written.form {
            // A schema writes its own numbers with a point.
            Form::Integer { .. } | Form::Number { .. } | Form::Year => Amount::number(&bound.value),
            // A schema writes its days as its cells, a town as exports do.
            form => form::read(form, &bound.value)
                .or_else(|| form::read(&Form::Date(Shape::Iso), &bound.value))
                .or_else(|| form::read(&Form::DateTime(Shape::Iso), &bound.value)),
        },
        None if spec.kind.is_number() => Amount::number(&bound.value),
        None => {
            let order = crate::cell::dates::DayOrder::DayFirst;
            let stamp = crate::cell::dates::read(&bound.value)?;
            let instant = match spec.kind {
                ColumnType::Date { grain } => {
                    stamp.period(grain, order)?.and_time(Default::default())
                }
                _ => stamp.instant(order)?,
            };
            Some(Amount::Time(instant.and_utc().timestamp_micros()))
        }
    }
}

/// An expression that the whole text matches. Schemas write them for other engines: an escape
/// before a letter with an accent or a quote means that character.
fn compile(pattern: &str) -> Option<Regex> {
    let mut plain = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' {
            match chars.next() {
                Some(next) if !next.is_ascii() => plain.push(next),
                Some(next) => plain.extend([c, next]),
                None => plain.push(c),
            }
        } else {
            plain.push(c);
        }
    }
    RegexBuilder::new(&format!("^(?:{plain})$"))
        .size_limit(PATTERN_SIZE)
        .build()
        .ok()
}

/// A rule with the places of its columns among those checked.
struct Checkable<'s> {
    rule: &'s Rule,
    places: Vec<usize>,
    /// The columns as users know them: by all of them one rule is told from another.
    names: String,
    /// What is expected of them.
    expected: String,
}

impl<'s> Checkable<'s> {
    /// `None` when the file lacks a column of it: that is told elsewhere.
    fn new(rule: &'s Rule, columns: &[Checked<'_>]) -> Option<Self> {
        let place = |id: &ColumnId| columns.iter().position(|it| it.id == id);
        let places: Option<Vec<usize>> = rule.columns().map(place).collect();
        let places = places?;
        let there = |place: &&usize| columns.get(**place).is_some_and(|it| it.there);
        let here = places.iter().filter(there).count();
        let enough = match rule {
            Rule::OneOf { .. } => here > 0,
            _ => here == places.len(),
        };
        let names: Vec<&str> = (places.iter().filter_map(|place| columns.get(*place)))
            .map(|column| column.name.as_str())
            .collect();
        let expected = match rule {
            Rule::Compare { op, .. } => names.join(&format!(" {} ", op.sign())),
            _ => names.join(", "),
        };
        enough.then(|| Self {
            rule,
            places,
            names: names.join(", "),
            expected,
        })
    }

    fn check(
        &self,
        columns: &[Checked<'_>],
        held: &[Held<'_>],
        cells: &[CellAt<'_>],
    ) -> Option<Fault> {
        let all = self.places.iter().filter_map(|place| {
            Some((columns.get(*place)?, held.get(*place)?, cells.get(*place)?))
        });
        if let Rule::Inside { point, area } = self.rule {
            return place::check(point, area, &all.collect::<Vec<_>>());
        }
        let filled = all
            .clone()
            .filter(|(_, held, _)| **held != Held::Empty)
            .count();
        let fault = |kind, shown: &str| {
            Fault::new(kind, &self.names, shown).expecting(self.expected.as_str())
        };
        match self.rule {
            Rule::Compare { op, .. } => {
                let mut both = all.clone();
                let (left, right) = (both.next()?, both.next()?);
                let (Held::Value(a), Held::Value(b)) = (left.1, right.1) else {
                    return None;
                };
                let broken = a.order(*b).is_some_and(|order| !op.holds(order));
                broken.then(|| {
                    let shown = format!("{} {} {}", left.2.text, sign_of(a, b), right.2.text);
                    fault(FindingKind::ComparisonFails, &shown)
                })
            }
            Rule::Sum { .. } => {
                let total = all.clone().next()?.0;
                let mut numbers = all.map(|(_, held, _)| match held {
                    Held::Value(Amount::Number(value)) => Some(*value),
                    _ => None,
                });
                let said = numbers.next()??;
                let sum = numbers.try_fold(0_i128, |sum, part| sum.checked_add(part?))?;
                (sum != said).then(|| {
                    let fault = Fault::new(FindingKind::SumFails, &total.name, &written(said));
                    fault.expecting(written(sum))
                })
            }
            Rule::Together { .. } => (filled > 0 && filled < self.places.len())
                .then(|| fault(FindingKind::NotTogether, "")),
            Rule::OneOf { .. } => (filled == 0).then(|| fault(FindingKind::NoneFilled, "")),
            Rule::Inside { .. } => None,
        }
    }
}

/// How two values do stand to each other.
fn sign_of(a: &Amount<'_>, b: &Amount<'_>) -> &'static str {
    match a.order(*b) {
        Some(std::cmp::Ordering::Less) => Comparison::Less.sign(),
        Some(std::cmp::Ordering::Greater) => Comparison::Greater.sign(),
        _ => Comparison::Equal.sign(),
    }
}
