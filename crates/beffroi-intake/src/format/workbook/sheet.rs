//! One sheet held in memory: cells that hold something and nothing else, so that a sheet costs
//! what it holds and not what it spans.

use super::{TOO_LARGE, TOO_MANY_CELLS, number::Format};
use crate::{IntakeError, record::Record, record::clean, text::delimited::MAX_COLUMNS};
use std::{collections::BTreeMap, sync::Arc};

/// How many cells a sheet may hold.
pub(super) const MAX_CELLS: usize = 30_000_000;
/// How many bytes of text a sheet, or the shared strings of a workbook, may hold.
const MAX_TEXT: usize = 1 << 28;
/// How many bytes the cells may come to that show shared strings: a text shown many times is
/// written as often.
const MAX_SHOWN: usize = 1 << 30;
/// How many cells may come of repeats.
const MAX_REPEATED: usize = 4_000_000;
/// How many merged ranges are looked at.
const MAX_MERGES: usize = 1 << 20;
/// How many cells are looked at in all to copy merged ones down.
const MAX_STEPS: usize = 4_000_000;
/// How many rows a header has at most, and among how many it is looked for.
const HEADER_ROWS: u32 = 6;
const HEADER_WITHIN: usize = 60;
/// The last row that any program of workbooks knows.
const MAX_ROWS: u32 = 1 << 24;
/// Marks a text of the workbook, shared by its sheets.
const SHARED: u32 = 1 << 31;

/// Texts end to end.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Keeps a text; its number is the order in which it came.
    pub(super) fn push(&mut self, text: &str) -> Result<u32, IntakeError> {
        if self.text.len() + text.len() > MAX_TEXT {
            return Err(TOO_LARGE);
        }
        self.text.push_str(text);
        self.ends
            .push(u32::try_from(self.text.len()).map_err(|_| TOO_LARGE)?);
        u32::try_from(self.ends.len() - 1)
            .ok()
            .filter(|&id| id < SHARED)
            .ok_or(TOO_LARGE)
    }

    /// The text of that number.
    pub(super) fn get(&self, id: u32) -> Option<&str> {
        let id = id as usize;
        let end = *self.ends.get(id)? as usize;
        let start = match id.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.text.get(start..end)
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// As it is to be read.
    Text(String),
    /// With a decimal point.
    Number(String),
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    row: u32,
    column: u16,
    is_number: bool,
    text: u32,
}

/// A range of cells, from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) top: u32,
    pub(super) left: u32,
    pub(super) bottom: u32,
    pub(super) right: u32,
}

/// One sheet.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(super) name: String,
    /// Whether the workbook hides it.
    pub(super) is_hidden: bool,
    pub(super) hidden_rows: usize,
    pub(super) hidden_columns: usize,
    /// Formulas that the workbook holds without their result, and the first of them.
    pub(super) uncomputed: usize,
    pub(super) first_uncomputed: Option<(u32, u32)>,
    /// Cells too far to the right to belong to any table, and the first of them.
    pub(super) strays: usize,
    pub(super) first_stray: Option<(u32, u32)>,
    /// Cells whose value was copied to the rows that they are merged over.
    pub(super) spread: usize,
    /// What the number format of a column says of its unit, with how many cells say so.
    pub(super) units: BTreeMap<u32, BTreeMap<String, usize>>,
    /// Whether the file ends before the sheet does.
    pub(super) is_cut: bool,
    /// A table that the workbook itself declares, or the range of its filter.
    pub(super) table: Option<Area>,
    /// The first and the last row of the header, when the workbook tells.
    pub(super) header: Option<(u32, u32)>,
    merges: Vec<Area>,
    /// Bytes of shared strings shown, and cells that came of repeats.
    shown: usize,
    repeated: u64,
    /// Cells and bytes of text of the sheet that is held beside this one.
    beside: (usize, usize),
    cells: Vec<Cell>,
    /// Where each row starts in `cells`.
    rows: Vec<(u32, usize)>,
    texts: Texts,
    shared: Arc<Texts>,
}

impl Sheet {
    /// A sheet without cells. It has the room that the one held `beside` it leaves.
    pub(super) fn new(
        name: &str,
        is_hidden: bool,
        shared: Arc<Texts>,
        beside: Option<&Self>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            is_hidden,
            shared,
            beside: beside.map_or((0, 0), |sheet| (sheet.cells.len(), sheet.texts.text.len())),
            ..Self::default()
        }
    }

    /// Sets a cell.
    pub(super) fn set(&mut self, row: u32, column: u32, value: &Value) -> Result<(), IntakeError> {
        let (text, is_number) = match value {
            Value::Text(text) => (text, false),
            Value::Number(number) => (number, true),
        };
        if clean(text).is_empty() {
            return Ok(());
        }
        // The same text often stands below itself.
        let last = u32::try_from(self.texts.ends.len()).ok();
        let id = match last.and_then(|count| count.checked_sub(1)) {
            Some(id) if self.texts.get(id) == Some(text.as_str()) => id,
            _ if self.beside.1 + self.texts.text.len() > MAX_TEXT => return Err(TOO_LARGE),
            _ => self.texts.push(text)?,
        };
        self.push(row, column, is_number, id)
    }

    /// Sets a cell to a number as its format shows it.
    pub(super) fn number(
        &mut self,
        (row, column): (u32, u32),
        format: &Format,
        value: f64,
        is_1904: bool,
    ) -> Result<(), IntakeError> {
        if let Some(unit) = &format.unit {
            self.unit(column, unit);
        }
        self.set(row, column, &format.apply(value, is_1904))
    }

    /// Sets a cell to a shared string; `false` when there is none of that number.
    pub(super) fn set_shared(
        &mut self,
        row: u32,
        column: u32,
        id: u32,
    ) -> Result<bool, IntakeError> {
        match self.shared.get(id) {
            None => return Ok(false),
            Some(text) if clean(text).is_empty() => {}
            Some(text) => {
                self.shown += text.len();
                if self.shown > MAX_SHOWN {
                    return Err(TOO_LARGE);
                }
                self.push(row, column, false, id | SHARED)?;
            }
        }
        Ok(true)
    }

    /// Counts cells that a repeat is about to make.
    pub(super) fn repeat(&mut self, cells: u64) -> Result<(), IntakeError> {
        self.repeated = self.repeated.saturating_add(cells);
        if self.repeated > MAX_REPEATED as u64 {
            return Err(IntakeError::TooManyCells {
                limit: MAX_REPEATED,
            });
        }
        Ok(())
    }

    /// Remembers a merged range, unless it stands on its head.
    pub(super) fn merge(&mut self, area: Area) {
        let is_upright = area.top <= area.bottom && area.left <= area.right;
        if is_upright && self.merges.len() < MAX_MERGES {
            self.merges.push(area);
        }
    }

    /// Remembers a formula that has no result.
    pub(super) fn uncomputed(&mut self, row: u32, column: u32) {
        self.uncomputed += 1;
        self.first_uncomputed.get_or_insert((row, column));
    }

    /// Remembers what a number format says of the unit of a cell.
    pub(super) fn unit(&mut self, column: u32, unit: &str) {
        let units = self.units.entry(column).or_default();
        if let Some(count) = units.get_mut(unit) {
            *count += 1;
        } else if units.len() < 8 {
            units.insert(unit.to_owned(), 1);
        }
    }

    fn push(
        &mut self,
        row: u32,
        column: u32,
        is_number: bool,
        text: u32,
    ) -> Result<(), IntakeError> {
        if row >= MAX_ROWS {
            return Err(super::unreadable("a row beyond any sheet"));
        }
        let Some(near) = u16::try_from(column)
            .ok()
            .filter(|&column| usize::from(column) < MAX_COLUMNS)
        else {
            self.strays += 1;
            self.first_stray.get_or_insert((row, column));
            return Ok(());
        };
        if self.cells.len() + self.beside.0 >= MAX_CELLS {
            return Err(TOO_MANY_CELLS);
        }
        self.cells.push(Cell {
            row,
            column: near,
            is_number,
            text,
        });
        Ok(())
    }

    /// Puts the cells in order and copies merged ones down. To be called once all are set.
    pub(super) fn finish(&mut self) -> Result<(), IntakeError> {
        // A lost cell far away is said; a table as wide as that is refused.
        if self.strays > 64 && self.strays * 10 > self.cells.len() {
            return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
        }
        self.order();
        self.header = self.named_header().or_else(|| self.merged_header());
        self.spread()
    }

    /// The first row of a declared table, unless names may stand above it too.
    fn named_header(&self) -> Option<(u32, u32)> {
        let top = self.table?.top;
        let at = self.row(top).ok()?;
        (self.is_below_title(at) && self.row_cells(at).len() > 1).then_some((top, top))
    }

    /// A header whose names are merged down beside others that have names below them.
    fn merged_header(&self) -> Option<(u32, u32)> {
        let is_header = |merge: &&Area| {
            let height = merge.bottom - merge.top;
            (1..HEADER_ROWS).contains(&height) && self.at(merge.top, merge.left).is_some()
        };
        let top = self
            .merges
            .iter()
            .filter(is_header)
            .map(|merge| merge.top)
            .min()?;
        let side = self
            .merges
            .iter()
            .filter(is_header)
            .filter(|merge| merge.top == top);
        let bottom = side.map(|merge| merge.bottom).max()?;
        let (first, last) = (
            self.row(top).ok()?,
            self.row(bottom).unwrap_or_else(|at| at.saturating_sub(1)),
        );
        let is_name = |cell: &Cell| !cell.is_number || is_year(self.text(*cell));
        let names = (first..=last).all(|at| self.row_cells(at).iter().all(is_name));
        let found = names
            && first < HEADER_WITHIN
            && self.row_cells(first).len() > 1
            && self.row_cells(last + 1).len() > 1
            && self.is_below_title(first);
        found.then_some((top, bottom))
    }

    /// Whether above a row there is nothing, a gap, or a lone title.
    fn is_below_title(&self, at: usize) -> bool {
        let Some(above) = at.checked_sub(1) else {
            return true;
        };
        let line = |at: usize| self.rows.get(at).map_or(0, |(row, _)| *row);
        line(above) + 1 < line(at) || self.row_cells(above).len() < 2
    }

    fn order(&mut self) {
        let place = |cell: &Cell| (cell.row, cell.column);
        if !self.cells.is_sorted_by_key(place) {
            self.cells.sort_by_key(place);
        }
        // Of two cells at one place, the later one stands.
        self.cells.reverse();
        self.cells.dedup_by_key(|cell| place(cell));
        self.cells.reverse();
        self.rows.clear();
        for (index, cell) in self.cells.iter().enumerate() {
            if self.rows.last().is_none_or(|(row, _)| *row != cell.row) {
                self.rows.push((cell.row, index));
            }
        }
    }

    /// A cell merged over several rows holds for each of them, unless it is an amount, which would
    /// then count several times. (Titles merged over columns are the business of whoever reads the
    /// header.)
    fn spread(&mut self) -> Result<(), IntakeError> {
        let (mut copies, mut steps) = (Vec::new(), 0_usize);
        for merge in self.merges.iter().filter(|merge| merge.bottom > merge.top) {
            let (Some(cell), Ok(first)) = (self.at(merge.top, merge.left), self.row(merge.top))
            else {
                continue;
            };
            if cell.is_number && !is_year(self.text(cell)) {
                continue;
            }
            let below = self.rows.iter().skip(first + 1);
            let before = copies.len();
            for &(row, _) in below.take_while(|(row, _)| *row <= merge.bottom) {
                if self.at(row, merge.left).is_none() {
                    copies.push(Cell { row, ..cell });
                }
                steps += 1;
                if steps > MAX_STEPS {
                    return Err(TOO_MANY_CELLS);
                }
            }
            self.spread += usize::from(copies.len() > before);
        }
        self.merges = Vec::new();
        if !copies.is_empty() {
            if self.cells.len() + copies.len() > MAX_CELLS {
                return Err(TOO_MANY_CELLS);
            }
            self.cells.extend(copies);
            self.order();
        }
        Ok(())
    }

    fn row(&self, row: u32) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&row, |(row, _)| *row)
    }

    fn row_cells(&self, index: usize) -> &[Cell] {
        let Some(&(_, start)) = self.rows.get(index) else {
            return &[];
        };
        let end = self
            .rows
            .get(index + 1)
            .map_or(self.cells.len(), |(_, end)| *end);
        self.cells.get(start..end).unwrap_or_default()
    }

    fn at(&self, row: u32, column: u32) -> Option<Cell> {
        let cells = self.row_cells(self.row(row).ok()?);
        let column = u16::try_from(column).ok()?;
        let place = cells.binary_search_by_key(&column, |cell| cell.column);
        cells.get(place.ok()?).copied()
    }

    fn text(&self, cell: Cell) -> &str {
        let text = match cell.text & SHARED {
            0 => self.texts.get(cell.text),
            _ => self.shared.get(cell.text & !SHARED),
        };
        text.unwrap_or_default()
    }

    /// How many cells hold something.
    pub(super) fn filled(&self) -> usize {
        self.cells.len()
    }

    /// How many rows hold something.
    pub(super) fn height(&self) -> usize {
        self.rows.len()
    }

    /// How many cells stand beside others, as those of a table do, and in how many rows.
    pub(super) fn tabular(&self) -> (usize, usize) {
        let counts = (0..self.rows.len()).map(|index| self.row_cells(index).len());
        counts
            .filter(|&count| count > 1)
            .fold((0, 0), |(cells, rows), count| (cells + count, rows + 1))
    }

    /// The texts of the fullest of the first rows, by which sheets of one kind are known.
    pub(super) fn names(&self) -> Vec<String> {
        let rows = (0..self.rows.len().min(HEADER_WITHIN)).map(|index| self.row_cells(index));
        let texts = rows.map(|cells| cells.iter().filter(|cell| !cell.is_number));
        let fullest = texts.rev().max_by_key(|cells| cells.clone().count());
        let texts = fullest.into_iter().flatten();
        let names: Vec<String> = texts.map(|cell| self.text(*cell).to_owned()).collect();
        if names.len() > 1 { names } else { Vec::new() }
    }

    /// The texts of a sheet that has a single column, with their rows.
    pub(super) fn single_column(&self) -> Option<Vec<(u32, &str)>> {
        let column = self.cells.first()?.column;
        let is_lone = self.cells.iter().all(|cell| cell.column == column);
        let texts = self.cells.iter().map(|cell| (cell.row, self.text(*cell)));
        is_lone.then(|| texts.collect())
    }

    /// Takes other cells, row by row.
    pub(super) fn replace(
        &mut self,
        rows: impl Iterator<Item = (u32, Vec<String>)>,
    ) -> Result<(), IntakeError> {
        self.cells.clear();
        for (row, cells) in rows {
            for (column, cell) in (0..).zip(cells) {
                self.set(row, column, &Value::Text(cell))?;
            }
        }
        self.order();
        Ok(())
    }

    /// What columns count, where most of their numbers say so alike.
    pub(super) fn units(&self) -> BTreeMap<usize, String> {
        let of_column = |(&column, units): (&u32, &BTreeMap<String, usize>)| {
            let (unit, count) = units.iter().max_by_key(|(_, count)| **count)?;
            let all: usize = units.values().sum();
            (count * 10 >= all * 9).then(|| (column as usize, unit.clone()))
        };
        self.units.iter().filter_map(of_column).collect()
    }

    /// The rows that hold something.
    pub(crate) fn rows(&self) -> SheetRows<'_> {
        SheetRows {
            sheet: self,
            next: 0,
            record: Record::default(),
        }
    }
}

fn is_year(number: &str) -> bool {
    number
        .parse::<u16>()
        .is_ok_and(|year| (1900..=2100).contains(&year))
}

/// The rows of a sheet, one after the other.
pub(crate) struct SheetRows<'s> {
    sheet: &'s Sheet,
    next: usize,
    record: Record,
}

impl SheetRows<'_> {
    /// How many rows there were so far, and how many there are.
    pub(crate) fn place(&self) -> (u64, u64) {
        (self.next as u64, self.sheet.rows.len() as u64)
    }

    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Option<&Record> {
        let &(row, _) = self.sheet.rows.get(self.next)?;
        self.record.restart(u64::from(row) + 1);
        for &cell in self.sheet.row_cells(self.next) {
            while self.record.len() < usize::from(cell.column) {
                self.record.end_cell();
            }
            let text = self.sheet.text(cell);
            if cell.is_number {
                self.record.push_number(text);
            } else {
                self.record.push(text);
            }
        }
        self.next += 1;
        Some(&self.record)
    }
}

/// The name of a cell as users know it: `B7`.
pub(super) fn place((row, column): (u32, u32)) -> String {
    format!("{}{}", letters(column), u64::from(row) + 1)
}

/// The name of a column as users know it: `B`.
fn letters(column: u32) -> String {
    let mut name = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.iter().rev().collect()
}

/// The row and column that `B7` names, from 0.
pub(super) fn cell_at(name: &str) -> Option<(u32, u32)> {
    let (mut column, mut row) = (0_u32, 0_u32);
    let mut seen_digit = false;
    for byte in name.bytes().filter(|&byte| byte != b'$') {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if !seen_digit => {
                let letter = u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                column = column.checked_mul(26)?.checked_add(letter)?;
            }
            b'0'..=b'9' => {
                seen_digit = true;
                row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?;
            }
            _ => return None,
        }
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// The range that `A1:C3` names.
pub(super) fn area(name: &str) -> Option<Area> {
    let (from, to) = name.split_once(':').unwrap_or((name, name));
    let ((top, left), (bottom, right)) = (cell_at(from)?, cell_at(to)?);
    Some(Area {
        top: top.min(bottom),
        left: left.min(right),
        bottom: bottom.max(top),
        right: right.max(left),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sheet(cells: &[(u32, u32, &str)]) -> Sheet {
        let mut sheet = Sheet::default();
        for &(row, column, text) in cells {
            sheet
                .set(row, column, &Value::Text(text.to_owned()))
                .unwrap();
        }
        sheet
    }

    fn rows(sheet: &Sheet) -> Vec<(u64, Vec<String>)> {
        let (mut rows, mut all) = (sheet.rows(), Vec::new());
        while let Some(row) = rows.next() {
            all.push((row.line(), row.cells().map(str::to_owned).collect()));
        }
        all
    }

    #[test]
    fn cells_come_in_order_and_the_later_of_two_stands() {
        let mut sheet = sheet(&[(4, 1, "d"), (0, 2, "b"), (0, 0, "a"), (4, 1, "e")]);
        sheet.finish().unwrap();
        assert_eq!(
            rows(&sheet),
            [
                (1, vec!["a".into(), String::new(), "b".into()]),
                (5, vec![String::new(), "e".into()])
            ]
        );
    }

    #[test]
    fn merged_names_and_years_hold_for_each_row_amounts_do_not() {
        let mut sheet = sheet(&[(0, 0, "Gare"), (0, 3, "x"), (1, 3, "y"), (2, 3, "z")]);
        sheet.set(0, 1, &Value::Number("2024".into())).unwrap();
        sheet.set(0, 2, &Value::Number("12500".into())).unwrap();
        for left in 0..3 {
            sheet.merge(Area {
                top: 0,
                left,
                bottom: 1,
                right: left,
            });
        }
        sheet.finish().unwrap();
        assert_eq!(rows(&sheet)[1].1, ["Gare", "2024", "", "y"]);
        assert_eq!(rows(&sheet)[2].1, ["", "", "", "z"]);
        assert_eq!(sheet.spread, 2);
    }

    #[test]
    fn names_merged_down_beside_others_are_the_header() {
        let cells = [
            (2, 0, "Rue"),
            (2, 1, "Effectif"),
            (3, 1, "2023"),
            (3, 2, "2024"),
            (4, 0, "a"),
            (4, 1, "b"),
        ];
        let down = |top: u32, bottom: u32| Area {
            top,
            left: 0,
            bottom,
            right: 0,
        };
        let header = |title: &[(u32, u32, &str)], merge: Area| {
            let mut sheet = sheet(&[title, &cells].concat());
            sheet.merge(merge);
            sheet.finish().unwrap();
            sheet.header
        };
        assert_eq!(header(&[(0, 0, "Titre")], down(2, 3)), Some((2, 3)));
        assert_eq!(header(&[(1, 0, "Nom"), (1, 1, "Code")], down(2, 3)), None);
        assert_eq!(header(&[], down(2, 40)), None);
        assert_eq!(header(&[], down(7, 8)), None);
    }

    #[test]
    fn a_lost_cell_costs_nothing_and_too_wide_a_table_is_refused() {
        let mut lost = sheet(&[(0, 0, "a"), (1_048_575, 16_383, "?")]);
        lost.finish().unwrap();
        assert_eq!((lost.filled(), lost.strays), (1, 1));
        assert_eq!(lost.first_stray.map(place), Some("XFD1048576".to_owned()));
        let mut wide = Sheet::default();
        for column in 4000..5000 {
            wide.set(0, column, &Value::Text("x".into())).unwrap();
        }
        assert!(wide.finish().is_err());
    }

    #[test]
    fn many_merges_over_many_rows_are_bounded() {
        let mut sheet = Sheet::default();
        for row in 0..40_000 {
            sheet.set(row, 1, &Value::Text("x".into())).unwrap();
        }
        sheet.set(0, 0, &Value::Text("x".into())).unwrap();
        for _ in 0..200 {
            sheet.merge(Area {
                top: 0,
                left: 0,
                bottom: u32::MAX,
                right: 0,
            });
        }
        assert_eq!(sheet.finish(), Err(TOO_MANY_CELLS));
    }

    #[test]
    fn places_have_the_names_that_users_know() {
        for (name, at) in [
            ("A1", (0, 0)),
            ("Z9", (8, 25)),
            ("AA10", (9, 26)),
            ("XFD1", (0, 16_383)),
        ] {
            assert_eq!(cell_at(name), Some(at));
            assert_eq!(place(at), name);
        }
        for wrong in ["", "A", "A0", "1", "A1B", "ZZZZZZZZ1", "A99999999999"] {
            assert_eq!(cell_at(wrong), None, "{wrong}");
        }
        assert_eq!(
            area("C3:$A$1"),
            Some(Area {
                top: 0,
                left: 0,
                bottom: 2,
                right: 2
            })
        );
    }
}
