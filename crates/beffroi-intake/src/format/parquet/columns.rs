//! The columns of a file without lists, some rows of each at once.

use super::{Chunks, Room, SWELLS, is_utc, json, per_second, refused};
use crate::{
    IntakeError,
    format::{json::Json, table::Table},
};
use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use parquet::{
    basic::{ConvertedType, LogicalType},
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{ByteArray, DataType},
    errors::{ParquetError, Result as ParquetResult},
    file::{reader::FileReader, serialized_reader::SerializedFileReader},
    record::Field,
    schema::types::{ColumnDescPtr, SchemaDescriptor},
};
use std::{fmt::Write as _, sync::atomic::Ordering};

/// How many rows are read at once at most, and how much they may hold by what the file says.
const ROWS: u64 = 4096;
const BYTES: u64 = 16 << 20;
/// How much may be unpacked for them, whatever the file says.
const UNPACKED: u64 = 1 << 30;

/// Whether a file has nothing but cells: no lists, no names that would have to be told apart.
pub(super) fn are_flat(schema: &SchemaDescriptor, names: &[String]) -> bool {
    let columns = schema.columns();
    let is_flat = |(column, name): (&ColumnDescPtr, &String)| {
        let path = column.path().parts();
        column.max_rep_level() == 0
            && !path.iter().any(|part| part.contains(['.', '\0']))
            && path.join(".") == *name
    };
    columns.len() == names.len() && columns.iter().zip(names).all(is_flat)
}

/// Reads all rows into a table that has these columns.
pub(super) fn read(
    reader: &SerializedFileReader<Chunks>,
    limit: u64,
    room: &Room,
    table: &mut Table,
) -> Result<(), IntakeError> {
    let mut text = 0;
    for (index, group) in reader.metadata().row_groups().iter().enumerate() {
        let rows = group.num_rows().unsigned_abs();
        let bytes = group.total_byte_size().unsigned_abs().max(1);
        let at_once = (u128::from(BYTES) * u128::from(rows) / u128::from(bytes)) as u64;
        let at_once = at_once.clamp(1, ROWS);
        let pages = reader.get_row_group(index).map_err(refused)?;
        let mut columns = Vec::new();
        for (place, column) in group.columns().iter().enumerate() {
            let reader = pages.get_column_reader(place).map_err(refused)?;
            columns.push(Column::new(reader, column.column_descr_ptr()));
        }
        let mut left = rows;
        while left > 0 {
            let rows = left.min(at_once) as usize;
            room.store(UNPACKED, Ordering::Relaxed);
            for column in &mut columns {
                column.read(rows).map_err(refused)?;
            }
            for row in 0..rows {
                table.begin_row();
                for column in &mut columns {
                    let (cell, is_number) = column.cell(row).map_err(refused)?;
                    text += if is_number { 0 } else { cell.len() as u64 };
                    table.end_cell(cell, is_number);
                }
                table.keep_row()?;
                if text > limit {
                    return Err(SWELLS);
                }
            }
            left -= rows as u64;
        }
    }
    Ok(())
}

/// A column, of which some rows were read.
struct Column {
    cells: Box<dyn Cells>,
    /// For each row, whether it has a value: the highest level says so.
    levels: Vec<i16>,
    highest: i16,
    /// The value that comes next.
    next: usize,
    /// The cell at hand.
    text: String,
}

impl Column {
    fn new(reader: ColumnReader, of: ColumnDescPtr) -> Self {
        let form = Form::of(&of);
        let highest = of.max_def_level();
        Self {
            cells: match reader {
                ColumnReader::BoolColumnReader(reader) => typed(reader, |value, out| {
                    out.push_str(if *value { "true" } else { "false" });
                    Ok(false)
                }),
                ColumnReader::Int32ColumnReader(reader) => typed(reader, move |value, out| {
                    let written = form.write(i64::from(*value), out);
                    written.unwrap_or_else(|| other(Field::convert_int32(&of, *value), &of, out))
                }),
                ColumnReader::Int64ColumnReader(reader) => typed(reader, move |value, out| {
                    let written = form.write(*value, out);
                    written.unwrap_or_else(|| other(Field::convert_int64(&of, *value), &of, out))
                }),
                ColumnReader::Int96ColumnReader(reader) => typed(reader, move |value, out| {
                    other(Field::convert_int96(&of, *value), &of, out)
                }),
                ColumnReader::FloatColumnReader(reader) => typed(reader, |value, out| {
                    write!(out, "{value}").map_err(|_| unwritten())?;
                    Ok(value.is_finite())
                }),
                ColumnReader::DoubleColumnReader(reader) => typed(reader, |value, out| {
                    write!(out, "{value}").map_err(|_| unwritten())?;
                    Ok(value.is_finite())
                }),
                ColumnReader::ByteArrayColumnReader(reader) => typed(reader, move |value, out| {
                    bytes(form, value.clone(), &of, out)
                }),
                ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                    typed(reader, move |value, out| {
                        bytes(form, value.clone().into(), &of, out)
                    })
                }
            },
            levels: Vec::new(),
            highest,
            next: 0,
            text: String::new(),
        }
    }

    /// Reads the next rows.
    fn read(&mut self, rows: usize) -> ParquetResult<()> {
        self.levels.clear();
        self.next = 0;
        self.cells.read(rows, &mut self.levels)
    }

    /// The text of a row's cell, and whether it is a number; asked row after row.
    fn cell(&mut self, row: usize) -> ParquetResult<(&str, bool)> {
        self.text.clear();
        if self.highest > 0 && self.levels.get(row) != Some(&self.highest) {
            return Ok(("", false));
        }
        let is_number = self.cells.write(self.next, &mut self.text)?;
        self.next += 1;
        Ok((&self.text, is_number))
    }
}

/// The values of some rows, of whatever type.
trait Cells {
    /// Reads those of the next rows, and the levels of these.
    fn read(&mut self, rows: usize, levels: &mut Vec<i16>) -> ParquetResult<()>;
    /// Writes a value as text; tells whether it is a number.
    fn write(&self, at: usize, out: &mut String) -> ParquetResult<bool>;
}

/// Those of one type.
struct Typed<T: DataType, W> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
    write: W,
}

fn typed<T, W>(reader: ColumnReaderImpl<T>, write: W) -> Box<dyn Cells>
where
    T: DataType,
    W: Fn(&T::T, &mut String) -> ParquetResult<bool> + 'static,
{
    Box::new(Typed {
        reader,
        values: Vec::new(),
        write,
    })
}

impl<T, W> Cells for Typed<T, W>
where
    T: DataType,
    W: Fn(&T::T, &mut String) -> ParquetResult<bool>,
{
    fn read(&mut self, rows: usize, levels: &mut Vec<i16>) -> ParquetResult<()> {
        self.values.clear();
        let (reader, values) = (&mut self.reader, &mut self.values);
        match reader.read_records(rows, Some(levels), None, values)? {
            (read, ..) if read == rows => Ok(()),
            _ => Err(cut()),
        }
    }

    fn write(&self, at: usize, out: &mut String) -> ParquetResult<bool> {
        (self.write)(self.values.get(at).ok_or_else(cut)?, out)
    }
}

fn cut() -> ParquetError {
    ParquetError::EOF("a column ends before its rows".to_owned())
}

fn unwritten() -> ParquetError {
    ParquetError::General("a number cannot be written".to_owned())
}

/// What values mean that are written at once, in the words of [`json`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Whole,
    Day,
    Instant { per_second: i64, is_utc: bool },
    Decimal { scale: usize },
    Other,
}

impl Form {
    fn of(column: &ColumnDescPtr) -> Self {
        let logical = column.logical_type_ref();
        let instant = |per_second| Self::Instant {
            per_second,
            is_utc: is_utc(logical),
        };
        let decimal = |scale: i32| match usize::try_from(scale) {
            Ok(scale) if scale > 0 => Self::Decimal { scale },
            _ => Self::Other,
        };
        match column.converted_type() {
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Self::Text,
            ConvertedType::DATE => Self::Day,
            ConvertedType::TIMESTAMP_MILLIS => instant(1_000),
            ConvertedType::TIMESTAMP_MICROS => instant(1_000_000),
            ConvertedType::DECIMAL => decimal(column.type_scale()),
            ConvertedType::NONE | ConvertedType::INT_32 | ConvertedType::INT_64 => match logical {
                Some(LogicalType::Timestamp(kind)) => instant(per_second(&kind.unit)),
                None | Some(LogicalType::Integer(_)) => Self::Whole,
                Some(_) => Self::Other,
            },
            _ => Self::Other,
        }
    }

    /// Writes a whole number as what it means, if that is done at once.
    fn write(self, value: i64, out: &mut String) -> Option<ParquetResult<bool>> {
        match self {
            Self::Whole => Some(match write!(out, "{value}") {
                Ok(()) => Ok(true),
                Err(_) => Err(unwritten()),
            }),
            Self::Day => {
                let day = NaiveDate::from_epoch_days(i32::try_from(value).ok()?)?;
                write_day(day, out)?;
                Some(Ok(false))
            }
            Self::Instant { per_second, is_utc } if value.rem_euclid(per_second) == 0 => {
                let seconds = value.div_euclid(per_second);
                let at = DateTime::from_timestamp(seconds, 0)?.naive_utc();
                write_day(at.date(), out)?;
                out.push('T');
                two_digits(at.hour(), out);
                out.push(':');
                two_digits(at.minute(), out);
                out.push(':');
                two_digits(at.second(), out);
                out.push_str(if is_utc { "Z" } else { "" });
                Some(Ok(false))
            }
            Self::Decimal { scale } => Some(write_decimal(value.into(), scale, out)),
            Self::Instant { .. } | Self::Text | Self::Other => None,
        }
    }
}

/// Writes a day of the years that have four digits.
fn write_day(day: NaiveDate, out: &mut String) -> Option<()> {
    let year = u32::try_from(day.year())
        .ok()
        .filter(|year| *year < 10_000)?;
    two_digits(year / 100, out);
    two_digits(year % 100, out);
    out.push('-');
    two_digits(day.month(), out);
    out.push('-');
    two_digits(day.day(), out);
    Some(())
}

fn two_digits(number: u32, out: &mut String) {
    for digit in [number / 10 % 10, number % 10] {
        out.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

fn write_decimal(value: i128, scale: usize, out: &mut String) -> ParquetResult<bool> {
    let sign = if value < 0 { "-" } else { "" };
    let width = scale + 1;
    write!(out, "{sign}{:0>width$}", value.unsigned_abs()).map_err(|_| unwritten())?;
    out.insert(out.len() - scale, '.');
    Ok(true)
}

/// Writes bytes as what they mean.
fn bytes(
    form: Form,
    value: ByteArray,
    of: &ColumnDescPtr,
    out: &mut String,
) -> ParquetResult<bool> {
    match form {
        Form::Text => {
            let text = std::str::from_utf8(value.data());
            out.push_str(text.map_err(|error| ParquetError::General(error.to_string()))?);
            Ok(false)
        }
        Form::Decimal { scale } if (1..=16).contains(&value.len()) => {
            let number = value
                .data()
                .iter()
                .fold(0, |number: i128, byte| number << 8 | i128::from(*byte));
            // The first bit is that of the sign.
            let unused = 128 - 8 * value.len();
            write_decimal(number << unused >> unused, scale, out)
        }
        _ => other(Field::convert_byte_array(of, value)?, of, out),
    }
}

/// Writes a value as it is written row by row.
fn other(value: Field, of: &ColumnDescPtr, out: &mut String) -> ParquetResult<bool> {
    match json(&value, of.self_type()) {
        Json::Number(number) => {
            out.push_str(&number);
            Ok(true)
        }
        other => {
            out.push_str(&other.cell());
            Ok(false)
        }
    }
}
