//! Some rows, with all that the shapes of a scan ask of them.

use super::{
    Plan, day_of,
    eval::{Columns, eval},
    grid::NONE,
    leaves::LeafRows,
    members::{Members, Recalled},
    territory::Territory,
    vector::{Numbers, Values, Vector, both},
};
use crate::formula::Leaf;
use beffroi_catalog::{Aggregate, Expr};
use beffroi_model::{CellState, ColumnId, Filter, Grain};
use beffroi_warehouse::{Rows, state_column};
use std::collections::{HashMap, HashSet};

/// What a thread remembers from one page to the next.
#[derive(Default)]
pub(super) struct Remembered {
    dimensions: Vec<Recalled>,
    values: Vec<Recalled>,
}

/// Some rows of a part.
pub(super) struct Page<'a> {
    plan: &'a Plan<'a>,
    pub len: usize,
    /// The place of its first row among all rows of the version.
    pub first_row: u64,
    vectors: HashMap<&'a str, Vector>,
    /// Days or instants.
    time: Vec<i64>,
    dated: Option<Vec<bool>>,
}

impl Columns for Page<'_> {
    fn column(&self, id: &ColumnId) -> Result<Vector, String> {
        if let Some(computed) = self.plan.scan.dataset.computed.get(id) {
            return eval(&computed.expr, self);
        }
        // What an older part lacks is missing in all its rows.
        let vector = self.vectors.get(id.as_str());
        Ok(vector.cloned().unwrap_or_else(|| Vector::nothing(self.len)))
    }

    fn len(&self) -> usize {
        self.len
    }
}

impl Plan<'_> {
    /// The columns that are read.
    pub(super) fn needed(&self) -> Result<Vec<String>, String> {
        let mut ids: Vec<&ColumnId> = vec![self.time];
        let filtered = self.within.filters.iter().map(|filter| &filter.dimension);
        for id in self.dimensions.iter().map(|(id, _)| *id).chain(filtered) {
            ids.push(self.scan.dimension_column(id)?);
        }
        let mut with_states = Vec::new();
        for leaf in &self.leaves {
            ids.extend(leaf.filter.iter().flat_map(Expr::columns));
            with_states.extend(leaf.of.iter().flat_map(Expr::columns));
        }
        let ids: Vec<&ColumnId> = ids.into_iter().flat_map(|id| self.inputs(id)).collect();
        let with_states = with_states.into_iter().flat_map(|id| self.inputs(id));
        let with_states: Vec<&ColumnId> = with_states.collect();
        let states = with_states.iter().map(|id| state_column(id.as_str()));
        let names = ids.iter().chain(&with_states).map(|id| id.to_string());
        let mut met = HashSet::new();
        let all = names.chain(states);
        Ok(all.filter(|name| met.insert(name.clone())).collect())
    }

    /// The columns of files that a column is worked out from; itself when it is one of these. The
    /// computed columns of secrecy are worked out from other computed ones.
    fn inputs<'c>(&'c self, id: &'c ColumnId) -> Vec<&'c ColumnId> {
        match self.scan.dataset.computed.get(id) {
            Some(computed) => {
                let columns = computed.expr.columns().into_iter();
                columns.flat_map(|id| self.inputs(id)).collect()
            }
            None => vec![id],
        }
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, rows: Rows, first_row: u64) -> Result<Self, String> {
        let names = plan.columns.iter().map(String::as_str);
        let columns = names.zip(rows.columns);
        let held = columns.filter_map(|(name, column)| Some((name, column?.into())));
        let vectors: HashMap<&str, Vector> = held.collect();
        let (time, dated) = match vectors.get(plan.time.as_str()) {
            Some(vector) => {
                let time = match &vector.values {
                    Values::Date(days) => days.iter().copied().map(i64::from).collect(),
                    Values::DateTime(instants) => instants.clone(),
                    _ => return Err("a time column that holds no dates".to_owned()),
                };
                (time, vector.present.clone())
            }
            None => (vec![0; rows.len], Some(vec![false; rows.len])),
        };
        Ok(Self {
            plan,
            len: rows.len,
            first_row,
            vectors,
            time,
            dated,
        })
    }

    /// The day or the instant of each row.
    pub(super) fn time(&self) -> &[i64] {
        &self.time
    }

    fn day(&self, time: i64) -> i32 {
        day_of(time, self.plan.live)
    }

    /// The rows that are meant; `None` for all.
    pub(super) fn keep(&self) -> Result<Option<Vec<bool>>, String> {
        let mut keep = self.dated.clone();
        if let Some((from, to)) = self.plan.within.days {
            let (from, to) = (from.to_epoch_days(), to.to_epoch_days());
            let within = self.time.iter().map(|time| {
                let day = self.day(*time);
                from <= day && day < to
            });
            keep = both(&keep, &Some(within.collect()));
        }
        for filter in &self.plan.within.filters {
            keep = both(&keep, &Some(self.passes(filter)?));
        }
        if let Some(kept) = &self.plan.kept {
            let rows = self.first_row..self.first_row + self.len as u64;
            let there = rows.map(|row| kept.rows.contains(row)).collect();
            keep = both(&keep, &Some(there));
        }
        Ok(keep)
    }

    fn passes(&self, filter: &Filter) -> Result<Vec<bool>, String> {
        let column = self.plan.scan.dimension_column(&filter.dimension)?;
        let vector = self.column(column)?;
        let members = Members::default();
        let numbers = members.number(&vector, &mut Recalled::default());
        let territory = Territory::of(self.plan.scan.catalog, &filter.dimension);
        let wanted = |name: &str| {
            let now = territory.as_ref().and_then(|known| known.whenever(name));
            let now = now.as_deref().unwrap_or(name);
            filter
                .values
                .iter()
                .any(|value| value == name || value == now)
        };
        let wanted: Vec<bool> = members.names().iter().map(|name| wanted(name)).collect();
        let passes = |number: &u32| wanted.get(*number as usize).copied().unwrap_or(false);
        Ok(numbers.iter().map(passes).collect())
    }

    /// The number of the member that each row names, for each dimension.
    pub(super) fn members(&self, remembered: &mut Remembered) -> Result<Vec<Vec<u32>>, String> {
        let dimensions = &self.plan.dimensions;
        remembered
            .dimensions
            .resize_with(dimensions.len(), Recalled::default);
        let recalled = remembered.dimensions.iter_mut();
        let each = dimensions
            .iter()
            .zip(recalled)
            .map(|((id, members), recalled)| {
                let column = self.column(self.plan.scan.dimension_column(id)?)?;
                Ok(members.number(&column, recalled))
            });
        each.collect()
    }

    /// The number of the period of each row that is kept.
    pub(super) fn periods(&self, grain: Option<Grain>, keep: Option<&[bool]>) -> Vec<u32> {
        let mut periods: Vec<u32> = match self.plan.calendars.get(&grain) {
            // Readings of a live source are instants.
            _ if grain.is_none() && self.plan.live => {
                let instants = Vector::full(Values::Number(Numbers::Whole {
                    scale: 0,
                    values: self.time.clone(),
                }));
                self.plan
                    .instants
                    .number(&instants, &mut Recalled::default())
            }
            Some(calendar) => {
                let period = |time: &i64| calendar.period(self.day(*time));
                self.time.iter().map(period).collect()
            }
            None => vec![NONE; self.len],
        };
        leave_out(&mut periods, keep);
        periods
    }

    /// One for the rows that are the last reading of their series.
    pub(super) fn latest(&self, keep: Option<&[bool]>) -> Vec<u32> {
        let rows = self.first_row..self.first_row + self.len as u64;
        let last = |row| match &self.plan.kept {
            Some(kept) if kept.latest.contains(row) => 0,
            _ => NONE,
        };
        let mut periods = rows.map(last).collect::<Vec<u32>>();
        leave_out(&mut periods, keep);
        periods
    }

    /// What each leaf needs of the rows.
    pub(super) fn leaves(&self, remembered: &mut Remembered) -> Result<Vec<LeafRows>, String> {
        let plan = self.plan;
        remembered
            .values
            .resize_with(plan.leaves.len(), Recalled::default);
        let recalled = remembered.values.iter_mut();
        let each = plan.leaves.iter().zip(&plan.values).zip(recalled);
        each.map(|((leaf, values), recalled)| self.leaf(leaf, values, recalled))
            .collect()
    }

    fn leaf(
        &self,
        leaf: &Leaf,
        values: &Members,
        recalled: &mut Recalled,
    ) -> Result<LeafRows, String> {
        let kept = match &leaf.filter {
            Some(filter) => Some(eval(filter, self)?.holds()?),
            None => None,
        };
        let Some(of) = &leaf.of else {
            return Ok(LeafRows {
                kept,
                ..LeafRows::default()
            });
        };
        let value = eval(of, self)?;
        let plan = self.plan;
        let columns = of.columns().into_iter().flat_map(|id| plan.inputs(id));
        let columns: Vec<&ColumnId> = columns.collect();
        // A row with a value is neither, whatever its inputs.
        let (mut not_applicable, mut secret) = (None, None);
        if let Some(present) = &value.present {
            let nothing = || present.iter().map(|there| !there);
            let only = |state: Option<Vec<bool>>| -> Option<Vec<bool>> {
                Some(
                    state?
                        .into_iter()
                        .zip(nothing())
                        .map(|(a, b)| a && b)
                        .collect(),
                )
            };
            secret = only(self.in_state(&columns, CellState::Secret));
            not_applicable = only(self.in_state(&columns, CellState::NotApplicable));
            if !matches!(of, Expr::Column(own) if columns == [own]) {
                // Worked out to nothing although every input is there: a case that does not hold.
                let mut senseless: Vec<bool> = nothing().collect();
                for id in &columns {
                    match self.vectors.get(id.as_str()).map(|input| &input.present) {
                        Some(None) => {}
                        Some(Some(present)) => {
                            for (senseless, there) in senseless.iter_mut().zip(present) {
                                *senseless &= there;
                            }
                        }
                        None => senseless.fill(false),
                    }
                }
                for (senseless, known) in senseless.iter_mut().zip(not_applicable.iter().flatten())
                {
                    *senseless |= known;
                }
                not_applicable = Some(senseless);
            }
        }
        let numbered = match leaf.function {
            Aggregate::CountDistinct => Some(values.distinguish(&value, recalled)),
            _ => None,
        };
        Ok(LeafRows {
            numbered,
            not_applicable,
            secret,
            kept,
            value: Some(value),
        })
    }

    /// The rows of which an input is in a state; `None` for none.
    fn in_state(&self, columns: &[&ColumnId], state: CellState) -> Option<Vec<bool>> {
        let mut found: Option<Vec<bool>> = None;
        for id in columns {
            let Some(vector) = self.vectors.get(state_column(id.as_str()).as_str()) else {
                continue;
            };
            let Values::Number(Numbers::Whole { values, .. }) = &vector.values else {
                continue;
            };
            let code = i64::from(state.code());
            if !values.contains(&code) {
                continue;
            }
            let found = found.get_or_insert_with(|| vec![false; self.len]);
            for (found, value) in found.iter_mut().zip(values) {
                *found |= *value == code;
            }
        }
        found
    }
}

fn leave_out(periods: &mut [u32], keep: Option<&[bool]>) {
    for (period, keep) in periods.iter_mut().zip(keep.into_iter().flatten()) {
        if !keep {
            *period = NONE;
        }
    }
}
