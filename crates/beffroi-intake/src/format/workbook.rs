//! Workbooks (XLSX, XLS, ODS): one sheet, its cells as text with dates and numbers written out.
//!
//! The guard comes first, and XLSX is read cell by cell: one cell in the far corner of a sheet can
//! claim a billion others.

use super::{
    Grid, Opened,
    guard::{self, Container, TOO_MANY_CELLS, unreadable},
};
use crate::{
    IntakeError,
    record::{Record, clean},
    text::delimited::MAX_COLUMNS,
};
use beffroi_model::{Reading, normalize};
use calamine::{Data, Dimensions, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsx};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Opens the declared sheet, or the fullest of those that are not hidden.
pub(super) fn open<'a>(bytes: &[u8], reading: &Reading) -> Result<Opened<'a>, IntakeError> {
    // Damaged workbooks make the library of workbooks panic here and there.
    let (format, sheet) = catch_unwind(AssertUnwindSafe(|| read(bytes, reading)))
        .unwrap_or_else(|_| Err(unreadable("the reader gave up")))?;
    if sheet.filled == 0 {
        return Err(IntakeError::Empty);
    }
    let decisions = vec![("format", format.to_owned()), ("sheet", sheet.name.clone())];
    Ok(Opened {
        grid: Grid::Held(sheet.records()),
        names: None,
        ragged: false,
        delimiter: None,
        damaged: false,
        serial_days: true,
        decisions,
    })
}

fn read(bytes: &[u8], reading: &Reading) -> Result<(&'static str, Sheet), IntakeError> {
    let wanted = reading.sheet.as_deref();
    match guard::container(bytes)? {
        Container::Xlsx => {
            let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::XlsxError::Password => IntakeError::Encrypted,
                other => unreadable(other),
            })?;
            let names = candidates(book.sheets_metadata(), wanted)?;
            Ok(("XLSX", fullest(names, |name| read_xlsx(&mut book, name))?))
        }
        Container::Ods => {
            let mut book = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::OdsError::Password => IntakeError::Encrypted,
                calamine::OdsError::CellLimitExceeded { .. } => TOO_MANY_CELLS,
                other => unreadable(other),
            })?;
            let names = candidates(book.sheets_metadata(), wanted)?;
            let sheet = fullest(names, |name| {
                let mut sheet = Sheet::named(name);
                sheet.fill(&book.worksheet_range(name).map_err(unreadable)?)?;
                Ok(sheet)
            })?;
            Ok(("ODS", sheet))
        }
        Container::Xls => {
            let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
                calamine::XlsError::Password => IntakeError::Encrypted,
                other => unreadable(other),
            })?;
            let names = candidates(book.sheets_metadata(), wanted)?;
            let sheet = fullest(names, |name| {
                let mut sheet = Sheet::named(name);
                sheet.fill(&book.worksheet_range(name).map_err(unreadable)?)?;
                sheet.spread(&book.merge_cells_by_sheet_name(name).unwrap_or_default());
                Ok(sheet)
            })?;
            Ok(("XLS", sheet))
        }
    }
}

/// Cells one by one: a range would hold every cell of the rectangle they span.
fn read_xlsx(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Sheet, IntakeError> {
    let mut sheet = Sheet::named(name);
    let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
    let mut cells = book.worksheet_cells_reader(name).map_err(unreadable)?;
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        sheet.set(cell.get_position(), &Data::from(cell.get_value().clone()))?;
    }
    sheet.spread(&merges);
    Ok(sheet)
}

/// The sheets to choose from: the one declared, else those that can be seen.
fn candidates(
    sheets: &[calamine::Sheet],
    wanted: Option<&str>,
) -> Result<Vec<String>, IntakeError> {
    let is_table = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let names = |seen: bool| -> Vec<String> {
        let shown = |sheet: &&calamine::Sheet| !seen || sheet.visible == SheetVisible::Visible;
        sheets
            .iter()
            .filter(is_table)
            .filter(shown)
            .map(|sheet| sheet.name.clone())
            .collect()
    };
    if let Some(wanted) = wanted {
        let all = names(false);
        let place = all
            .iter()
            .position(|name| normalize(name) == normalize(wanted));
        return match place {
            Some(place) => Ok(all.into_iter().skip(place).take(1).collect()),
            None => Err(IntakeError::UnknownSheet {
                sheet: wanted.to_owned(),
                sheets: all,
            }),
        };
    }
    let visible = names(true);
    Ok(if visible.is_empty() {
        names(false)
    } else {
        visible
    })
}

fn fullest(
    names: Vec<String>,
    mut read: impl FnMut(&str) -> Result<Sheet, IntakeError>,
) -> Result<Sheet, IntakeError> {
    let mut best: Option<Sheet> = None;
    for name in names {
        let sheet = read(&name)?;
        if best.as_ref().is_none_or(|best| sheet.filled > best.filled) {
            best = Some(sheet);
        }
    }
    best.ok_or(IntakeError::Empty)
}

/// What a cell holds.
#[derive(Debug, Clone, Default)]
enum Content {
    #[default]
    Nothing,
    Text(String),
    Number(String),
}

/// The rows of a sheet that hold something, by their index from 0, in order.
struct Sheet {
    name: String,
    rows: Vec<(u32, Vec<Content>)>,
    spanned: usize,
    filled: usize,
}

impl Sheet {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rows: Vec::new(),
            spanned: 0,
            filled: 0,
        }
    }

    fn fill(&mut self, range: &calamine::Range<Data>) -> Result<(), IntakeError> {
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, data) in range.used_cells() {
            let offset = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
            self.set(
                (
                    top.saturating_add(offset(row)),
                    left.saturating_add(offset(column)),
                ),
                data,
            )?;
        }
        Ok(())
    }

    /// Sets a cell; cells come row by row.
    fn set(&mut self, (row, column): (u32, u32), data: &Data) -> Result<(), IntakeError> {
        let content = content(data);
        if matches!(content, Content::Nothing) {
            return Ok(());
        }
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
        }
        let place = match self.rows.last() {
            Some((last, _)) if *last == row => self.rows.len() - 1,
            Some((last, _)) if *last > row => match self.place(row) {
                Ok(place) => place,
                Err(place) => {
                    self.rows.insert(place, (row, Vec::new()));
                    place
                }
            },
            _ => {
                self.rows.push((row, Vec::new()));
                self.rows.len() - 1
            }
        };
        let Some((_, cells)) = self.rows.get_mut(place) else {
            return Ok(());
        };
        if column >= cells.len() {
            self.spanned += column + 1 - cells.len();
            if !guard::can_hold(self.spanned) {
                return Err(TOO_MANY_CELLS);
            }
            cells.resize(column + 1, Content::Nothing);
        }
        if let Some(cell) = cells.get_mut(column) {
            self.filled += usize::from(matches!(cell, Content::Nothing));
            *cell = content;
        }
        Ok(())
    }

    fn place(&self, row: u32) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&row, |(index, _)| *index)
    }

    /// A cell merged over several rows holds for each of them. (Merged titles of columns are the
    /// business of whoever reads the header.)
    fn spread(&mut self, merges: &[Dimensions]) {
        for merge in merges.iter().filter(|merge| merge.end.0 > merge.start.0) {
            let column = merge.start.1 as usize;
            let Ok(first) = self.place(merge.start.0) else {
                continue;
            };
            let Some(content) = self
                .rows
                .get(first)
                .and_then(|(_, cells)| cells.get(column))
                .cloned()
            else {
                continue;
            };
            let below = self.rows.iter_mut().skip(first + 1);
            for (_, cells) in below.take_while(|(row, _)| *row <= merge.end.0) {
                cells.resize(cells.len().max(column + 1), Content::Nothing);
                if let Some(cell @ Content::Nothing) = cells.get_mut(column) {
                    *cell = content.clone();
                }
            }
        }
    }

    fn records(self) -> Vec<Record> {
        let records = self.rows.into_iter().map(|(row, cells)| {
            let mut record = Record::at(u64::from(row) + 1);
            for cell in cells {
                match cell {
                    Content::Nothing => record.push(""),
                    Content::Text(text) => record.push(&text),
                    Content::Number(number) => record.push_number(&number),
                }
            }
            record
        });
        records.collect()
    }
}

fn content(data: &Data) -> Content {
    match data {
        Data::Empty => Content::Nothing,
        Data::String(text) if clean(text).is_empty() => Content::Nothing,
        Data::String(text) | Data::DurationIso(text) => Content::Text(text.clone()),
        Data::DateTimeIso(text) => {
            Content::Text(text.strip_suffix("T00:00:00").unwrap_or(text).to_owned())
        }
        Data::Int(value) => Content::Number(value.to_string()),
        Data::Float(value) => Content::Number(decimal(*value)),
        Data::Bool(value) => Content::Text(if *value { "VRAI" } else { "FAUX" }.to_owned()),
        Data::DateTime(value) => Content::Text(moment(value)),
        Data::Error(error) => Content::Text(error.to_string()),
    }
}

/// A number with the fifteen digits that spreadsheets count with: 0.1 + 0.2 is 0.3 there.
fn decimal(value: f64) -> String {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// A day, an instant or a time of day in ISO notation.
fn moment(value: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    if value.is_duration() || value.as_f64() < 1.0 {
        let seconds = value.as_f64() * 86_400.0;
        return if seconds.is_finite() && (0.0..1e12).contains(&seconds) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "within the range just checked"
            )]
            let seconds = seconds.round() as u64;
            format!(
                "{:02}:{:02}:{:02}",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60
            )
        } else {
            decimal(value.as_f64())
        };
    }
    let instant = || -> Option<NaiveDateTime> {
        NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?
            .and_hms_opt(hour.into(), minute.into(), second.into())?
            // Instants are fractions of a day: 11:59:59.999 stands for noon.
            .checked_add_signed(TimeDelta::milliseconds(if milli >= 500 { 1000 } else { 0 }))
    };
    match instant() {
        None => decimal(value.as_f64()),
        Some(instant) if instant.time() == chrono::NaiveTime::MIN => instant.date().to_string(),
        Some(instant) => instant.format("%Y-%m-%dT%H:%M:%S").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_of_a_spreadsheet() {
        assert_eq!(decimal(0.1 + 0.2), "0.3");
        assert_eq!(decimal(2.280_000_140_001_6e13), "22800001400016");
        assert_eq!(decimal(-1234.5), "-1234.5");
        assert_eq!(decimal(3.0), "3");
    }

    #[test]
    fn what_only_looks_like_a_workbook_is_refused_in_words() {
        let reading = Reading::default();
        let code = |bytes: &[u8]| open(bytes, &reading).err().map(|error| error.code());
        assert_eq!(
            code(b"PK\x03\x04 not a zip at all"),
            Some("unreadable-workbook")
        );
        assert_eq!(
            code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 short"),
            Some("unreadable-workbook")
        );
        let mut locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(code(&locked), Some("encrypted"));
    }
}
