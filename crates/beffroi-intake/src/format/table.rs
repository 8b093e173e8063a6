//! Rows gathered under names in their order of appearance, whatever order each row has them in.

use super::{Decided, Grid, Opened};
use crate::{IntakeError, record::Record, spool::SpoolWriter, text::delimited::MAX_COLUMNS};
use std::collections::{BTreeMap, HashMap};

/// A table under construction.
#[derive(Debug, Default)]
pub(super) struct Table {
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// The row at hand: texts, and whether the file has them as numbers.
    cells: Vec<(String, bool)>,
    record: Record,
    rows: SpoolWriter,
    damaged: bool,
    /// Which columns have held anything.
    filled: Vec<bool>,
}

impl Table {
    /// A table whose first columns are known.
    pub(super) fn with<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut table = Self::default();
        for name in names {
            table.place(name);
        }
        table
    }

    /// Fills a cell of the row at hand.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let cell = self.cell(name);
        cell.0.push_str(value);
    }

    /// Fills a cell with a number, written with a decimal point.
    pub(super) fn set_number(&mut self, name: &str, value: &str) {
        let cell = self.cell(name);
        *cell = (value.to_owned(), true);
    }

    /// Adds a text to what a cell of the row at hand already holds.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let cell = self.cell(name);
        if !cell.0.is_empty() && !value.is_empty() {
            cell.0.push_str(", ");
        }
        cell.0.push_str(value);
    }

    /// Ends the row at hand, which is that of a line or the next.
    pub(super) fn end_row(&mut self, line: Option<u64>) -> Result<(), IntakeError> {
        if self.names.len() > MAX_COLUMNS {
            return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
        }
        self.record.restart(line.unwrap_or(self.rows.rows() + 1));
        let mut cells = std::mem::take(&mut self.cells);
        for (cell, is_number) in cells.drain(..) {
            self.end_cell(&cell, is_number);
        }
        self.cells = cells;
        self.keep_row()
    }

    /// Begins a row whose cells come in the order of the columns, all of which are known.
    pub(super) fn begin_row(&mut self) {
        self.record.restart(self.rows.rows() + 1);
    }

    /// Ends such a row.
    pub(super) fn keep_row(&mut self) -> Result<(), IntakeError> {
        let (text, _) = self.record.content();
        self.damaged |= text.contains('\u{fffd}');
        Ok(self.rows.push(&self.record)?)
    }

    /// Adds the next cell of a row: its text, and whether the file has it as a number.
    pub(super) fn end_cell(&mut self, cell: &str, is_number: bool) {
        let without_zeros;
        let cell = match memchr::memchr(0, cell.as_bytes()) {
            None => cell,
            Some(_) => {
                without_zeros = cell.replace('\0', "");
                &without_zeros
            }
        };
        if let Some(filled) = self.filled.get_mut(self.record.len()) {
            *filled |= !cell.is_empty();
        }
        if is_number {
            self.record.push_number(cell);
        } else {
            self.record.push(cell);
        }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.rows.rows()
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }

    /// The table as a file that was opened; without names when its first row has them.
    pub(super) fn opened<'a>(
        mut self,
        has_names: bool,
        decisions: Vec<Decided>,
    ) -> Result<Opened<'a>, IntakeError> {
        if self.rows.rows() == 0 {
            return Err(IntakeError::Empty);
        }
        if self.names.is_empty() {
            return Err(IntakeError::NotATable);
        }
        // Where an object is absent, its name stands alone: `position` beside `position.lon`.
        let kept: Vec<bool> = (self.names.iter().zip(&self.filled))
            .map(|(name, filled)| {
                let inner = format!("{name}.");
                *filled || !self.names.iter().any(|other| other.starts_with(&inner))
            })
            .collect();
        let mut keeps = kept.iter();
        self.names.retain(|_| keeps.next().copied().unwrap_or(true));
        Ok(Opened {
            grid: Grid::Spooled(self.rows.finish(Some(kept))?),
            names: has_names.then_some(self.names),
            ragged: false,
            delimiter: None,
            damaged: self.damaged,
            serial_days: false,
            header: None,
            beside: None,
            units: BTreeMap::new(),
            decisions,
        })
    }

    fn cell(&mut self, name: &str) -> &mut (String, bool) {
        let place = self.place(name);
        if self.cells.len() <= place {
            self.cells.resize(place + 1, (String::new(), false));
        }
        &mut self.cells[place]
    }

    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.names.len();
        self.places.insert(name.to_owned(), place);
        self.names.push(name.to_owned());
        self.filled.push(false);
        place
    }
}
