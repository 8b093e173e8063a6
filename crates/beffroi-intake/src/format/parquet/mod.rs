//! Parquet: each row group after the other, its values written out as text: column by column
//! (`columns`), or row by row where some column holds lists.

mod columns;

use super::{
    Decided, Opened,
    json::{Json, flat},
    table::Table,
};
use crate::{Input, IntakeError, guard::guarded, source::Bytes, text::delimited::MAX_COLUMNS};
use chrono::{DateTime, NaiveDate, TimeDelta};
use flate2::read::MultiGzDecoder;
use parquet::{
    basic::{Compression, ConvertedType, LogicalType, Repetition, TimeUnit},
    errors::{ParquetError, Result as ParquetResult},
    file::{
        metadata::RowGroupMetaData,
        reader::{ChunkReader, FileReader, Length},
        serialized_reader::SerializedFileReader,
    },
    record::Field,
    schema::types::Type,
};
use std::{
    collections::HashSet,
    fs::File,
    io::{self, Cursor, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// How much one column of one row group may hold when it is unpacked: it may be read at once.
const MAX_CHUNK: i64 = 1 << 30;
/// How much of a file may be held in memory, when it does not come from disk.
const MAX_HELD: u64 = 1 << 30;
/// How much one page may hold when it is unpacked.
const MAX_PAGE: u64 = 256 << 20;
/// From so many cells on, and so many bytes of text, a file that holds more than [`MAX_RATIO`]
/// times its size of them is refused: a value repeated costs it nothing.
const SUSPECT_CELLS: u64 = 20_000_000;
const SUSPECT_TEXT: u64 = 256 << 20;
const MAX_RATIO: u64 = 100;
/// How many elements the lists of a row group may have: those of one row are held at once.
const MAX_ELEMENTS: u64 = 4_000_000;

/// Opens a file.
pub(super) fn open<'a>(input: Input<'_>) -> Result<Opened<'a>, IntakeError> {
    let size = input.bytes.len()?;
    let bytes = match input.bytes {
        Bytes::OnDisk(path) | Bytes::Watched(path, _) => Held::OnDisk(File::open(path)?),
        held => Held::InMemory(
            held.all(MAX_HELD)?
                .ok_or(IntakeError::TooLarge { limit: MAX_HELD })?
                .into_owned()
                .into(),
        ),
    };
    let room = Room::new(u64::MAX.into());
    let chunks = Chunks {
        bytes,
        room: room.clone(),
    };
    // Damaged files make the library panic here and there.
    guarded(|| read(chunks, size, &room)).unwrap_or(Err(DAMAGED))
}

const DAMAGED: IntakeError = IntakeError::Damaged { format: "Parquet" };
const SWELLS: IntakeError = IntakeError::Swells { times: MAX_RATIO };
const TOO_MANY_CELLS: IntakeError = IntakeError::TooManyCells {
    limit: SUSPECT_CELLS as usize,
};
const PACKED_OTHERWISE: IntakeError = IntakeError::Unsupported {
    format: "Parquet (brotli…)",
};

fn read<'a>(chunks: Chunks, size: u64, room: &Room) -> Result<Opened<'a>, IntakeError> {
    let reader = SerializedFileReader::new(chunks).map_err(refused)?;
    let metadata = reader.metadata();
    let schema = metadata.file_metadata().schema();
    if metadata.file_metadata().schema_descr().num_columns() > MAX_COLUMNS {
        return Err(IntakeError::TooManyColumns { limit: MAX_COLUMNS });
    }
    let mut chunks = metadata
        .row_groups()
        .iter()
        .flat_map(|group| group.columns());
    if chunks.any(|chunk| chunk.uncompressed_size() > MAX_CHUNK) {
        return Err(IntakeError::TooLarge {
            limit: MAX_CHUNK.unsigned_abs(),
        });
    }
    counts_hold(&reader, size)?;
    let fields = schema.get_fields();
    let mut names = Vec::new();
    for field in fields {
        name_columns(field.name().to_owned(), field, &mut names);
    }
    // The library finds columns by their names.
    let mut met = HashSet::new();
    if let Some(name) = names.iter().find(|name| !met.insert(*name)) {
        return Err(IntakeError::SameName { name: name.clone() });
    }
    let mut table = Table::with(names.iter().map(String::as_str));
    let limit = SUSPECT_TEXT.max(size.saturating_mul(MAX_RATIO));
    if columns::are_flat(metadata.file_metadata().schema_descr(), &names) {
        columns::read(&reader, limit, room, &mut table)?;
    } else {
        by_rows(&reader, limit, &mut table)?;
    }
    table.opened(true, vec![Decided::of("format", "Parquet")])
}

/// Reads all rows one by one.
fn by_rows(
    reader: &SerializedFileReader<Chunks>,
    limit: u64,
    table: &mut Table,
) -> Result<(), IntakeError> {
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let mut text = 0;
    for row in reader.get_row_iter(None).map_err(refused)? {
        let row = row.map_err(refused)?;
        let members = row
            .get_column_iter()
            .zip(fields)
            .map(|((name, value), kind)| (name.clone(), json(value, kind)));
        for (name, value) in flat(&Json::Object(members.collect())) {
            match value {
                Json::Number(number) => table.set_number(&name, &number),
                other => {
                    let cell = other.cell();
                    text += cell.len() as u64;
                    table.set(&name, &cell);
                }
            }
        }
        if text > limit {
            return Err(SWELLS);
        }
        table.end_row(None)?;
    }
    Ok(())
}

/// Fails when what a file says of its rows is not what its pages hold, or is beyond reason.
fn counts_hold(reader: &SerializedFileReader<Chunks>, size: u64) -> Result<(), IntakeError> {
    let metadata = reader.metadata();
    let groups = metadata.row_groups();
    let rows: i64 = groups.iter().map(RowGroupMetaData::num_rows).sum();
    if rows != metadata.file_metadata().num_rows() || groups.iter().any(|it| it.num_rows() < 0) {
        return Err(DAMAGED);
    }
    let columns = metadata.file_metadata().schema_descr().num_columns() as u64;
    let cells = rows.unsigned_abs().saturating_mul(columns);
    if cells > SUSPECT_CELLS.max(size.saturating_mul(MAX_RATIO)) {
        return Err(TOO_MANY_CELLS);
    }
    for (index, group) in groups.iter().enumerate() {
        let pages = reader.get_row_group(index).map_err(refused)?;
        for (place, column) in group.columns().iter().enumerate() {
            if matches!(
                column.compression(),
                Compression::BROTLI(_) | Compression::LZO
            ) {
                return Err(PACKED_OTHERWISE);
            }
            let mut pages = pages.get_column_page_reader(place).map_err(refused)?;
            let mut values = 0_u64;
            while let Some(page) = pages.peek_next_page().map_err(refused)? {
                if !page.is_dict {
                    values += page.num_levels.or(page.num_rows).unwrap_or(0) as u64;
                }
                pages.skip_next_page().map_err(refused)?;
            }
            let is_list = column.column_descr().max_rep_level() > 0;
            let expected = if is_list {
                column.num_values()
            } else {
                group.num_rows()
            };
            if u64::try_from(expected) != Ok(values) {
                return Err(DAMAGED);
            }
            if is_list && values > MAX_ELEMENTS {
                return Err(TOO_MANY_CELLS);
            }
        }
    }
    Ok(())
}

/// The columns of a field of that name: those of a group are named `outer.inner`; lists and maps are one.
fn name_columns(name: String, field: &Type, names: &mut Vec<String>) {
    let info = field.get_basic_info();
    if field.is_group()
        && info.converted_type() == ConvertedType::NONE
        && info.logical_type_ref().is_none()
        && !(info.has_repetition() && info.repetition() == Repetition::REPEATED)
    {
        for field in field.get_fields() {
            name_columns(format!("{name}.{}", field.name()), field, names);
        }
    } else {
        names.push(name);
    }
}

fn refused(error: ParquetError) -> IntakeError {
    match error {
        // A compression or an encryption that is not built in.
        ParquetError::NYI(_) => PACKED_OTHERWISE,
        _ => DAMAGED,
    }
}

/// A value in the words of JSON: what a flat cell or a nested one says.
fn json(value: &Field, kind: &Type) -> Json {
    let logical = kind.get_basic_info().logical_type_ref();
    match value {
        Field::Null => Json::Null,
        Field::Bool(value) => Json::Bool(*value),
        Field::Int(value) => whole(i64::from(*value), logical),
        Field::Long(value) => whole(*value, logical),
        Field::Byte(_)
        | Field::Short(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_)
        | Field::Decimal(_) => Json::Number(value.to_string()),
        Field::Float16(value) => real(f64::from(value.to_f32()), value.to_f32().to_string()),
        Field::Float(value) => real(f64::from(*value), value.to_string()),
        Field::Double(value) => real(*value, value.to_string()),
        Field::Str(text) => Json::Text(text.clone()),
        Field::Bytes(bytes) => Json::Text(match (std::str::from_utf8(bytes.data()), logical) {
            (Ok(text), logical) if logical != Some(&LogicalType::Uuid) => text.to_owned(),
            _ => hexadecimal(bytes.data()),
        }),
        Field::Date(days) => day(i64::from(*days)),
        Field::TimeMillis(value) => time(i64::from(*value), 1_000),
        Field::TimeMicros(value) => time(*value, 1_000_000),
        Field::TimestampMillis(value) => instant(*value, 1_000, is_utc(logical)),
        Field::TimestampMicros(value) => instant(*value, 1_000_000, is_utc(logical)),
        Field::Group(row) => {
            let kinds = children(kind);
            let members = row
                .get_column_iter()
                .enumerate()
                .map(|(place, (name, value))| {
                    let kind = kinds.get(place).map_or(kind, AsRef::as_ref);
                    (name.clone(), json(value, kind))
                });
            Json::Object(members.collect())
        }
        Field::ListInternal(list) => {
            // A list is a group of one repeated group of one element.
            let element = children(kind).first().map_or(kind, |group| {
                children(group)
                    .first()
                    .map_or(group.as_ref(), AsRef::as_ref)
            });
            Json::List(
                list.elements()
                    .iter()
                    .map(|value| json(value, element))
                    .collect(),
            )
        }
        Field::MapInternal(map) => {
            let pair = children(kind)
                .first()
                .map_or(&[][..], |group| children(group));
            let of = |place: usize| pair.get(place).map_or(kind, AsRef::as_ref);
            let members = map
                .entries()
                .iter()
                .map(|(key, value)| (json(key, of(0)).cell(), json(value, of(1))));
            Json::Text(Json::Object(members.collect()).cell())
        }
    }
}

fn children(kind: &Type) -> &[Arc<Type>] {
    if kind.is_group() {
        kind.get_fields()
    } else {
        &[]
    }
}

/// A whole number, which a newer writer may mean as something else.
fn whole(value: i64, logical: Option<&LogicalType>) -> Json {
    match logical {
        Some(LogicalType::Date) => day(value),
        Some(LogicalType::Time(kind)) => time(value, per_second(&kind.unit)),
        Some(LogicalType::Timestamp(kind)) => {
            instant(value, per_second(&kind.unit), is_utc(logical))
        }
        Some(LogicalType::Decimal(kind)) if kind.scale > 0 => {
            let scale = usize::try_from(kind.scale).unwrap_or(0);
            let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
            let (whole, decimals) = digits.split_at(digits.len() - scale);
            let sign = if value < 0 { "-" } else { "" };
            Json::Number(format!("{sign}{whole}.{decimals}"))
        }
        _ => Json::Number(value.to_string()),
    }
}

fn per_second(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    }
}

/// A number with a fraction; what is none stays a word.
fn real(value: f64, text: String) -> Json {
    if value.is_finite() {
        Json::Number(text)
    } else {
        Json::Text(text)
    }
}

fn is_utc(logical: Option<&LogicalType>) -> bool {
    matches!(logical, Some(LogicalType::Timestamp(kind)) if kind.is_adjusted_to_u_t_c)
}

fn day(days: i64) -> Json {
    let day =
        TimeDelta::try_days(days).and_then(|days| NaiveDate::default().checked_add_signed(days));
    day.map_or_else(
        || Json::Number(days.to_string()),
        |day| Json::Text(day.to_string()),
    )
}

/// A time of the day; fractions of a second only where there are any.
fn time(value: i64, per_second: i64) -> Json {
    match instant(value, per_second, false) {
        Json::Text(text) => Json::Text(text.rsplit('T').next().unwrap_or_default().to_owned()),
        other => other,
    }
}

/// An instant, with its zone when it is known to be that of Greenwich.
fn instant(value: i64, per_second: i64, is_utc: bool) -> Json {
    let nanos = value.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let moment = u32::try_from(nanos)
        .ok()
        .and_then(|nanos| DateTime::from_timestamp(value.div_euclid(per_second), nanos));
    let Some(moment) = moment else {
        return Json::Number(value.to_string());
    };
    let zone = if is_utc { "Z" } else { "" };
    Json::Text(format!("{}{zone}", moment.format("%Y-%m-%dT%H:%M:%S%.f")))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How much a page unpacks to, by the second field of its header; `None` where no header is.
fn unpacked_size(head: &[u8]) -> Option<u64> {
    /// The mark of a whole number in the field after the one before (Thrift, compact).
    const NUMBER: u8 = 0x15;
    let [NUMBER, _kind, NUMBER, rest @ ..] = head else {
        return None;
    };
    let (mut number, mut shift) = (0_u64, 0);
    for &byte in rest.iter().take(5) {
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            // Positive numbers are doubled.
            return Some(number / 2);
        }
    }
    None
}

/// Where the library finds the bytes, and how much may still be unpacked of them.
struct Chunks {
    bytes: Held,
    room: Room,
}

/// What is left of a limit.
type Room = Arc<AtomicU64>;

enum Held {
    InMemory(bytes::Bytes),
    OnDisk(File),
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        match &self.bytes {
            Held::InMemory(bytes) => bytes.len() as u64,
            Held::OnDisk(file) => file.len(),
        }
    }
}

impl ChunkReader for Chunks {
    type T = Box<dyn Read>;

    /// Reads from a place: that of the header of a page, as a rule. The library makes room for
    /// as much as it says that the page unpacks to.
    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let mut read: Box<dyn Read> = match &self.bytes {
            Held::InMemory(bytes) => Box::new(bytes.get_read(start)?),
            Held::OnDisk(file) => Box::new(file.get_read(start)?),
        };
        let mut head = Vec::new();
        read.by_ref().take(16).read_to_end(&mut head)?;
        let size = unpacked_size(&head).unwrap_or(0);
        let left = |room: u64| room.checked_sub(size);
        let (set, get) = (Ordering::Relaxed, Ordering::Relaxed);
        let has_room = self.room.fetch_update(set, get, left).is_ok();
        if size > MAX_PAGE || !has_room {
            return Err(ParquetError::General("a page is too large".to_owned()));
        }
        Ok(Box::new(Cursor::new(head).chain(read)))
    }

    /// The bytes of a page, as a rule. Those packed by GZIP are unpacked without a limit there.
    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<bytes::Bytes> {
        let bytes = match &self.bytes {
            Held::InMemory(bytes) => bytes.get_bytes(start, length)?,
            Held::OnDisk(file) => file.get_bytes(start, length)?,
        };
        if bytes.starts_with(b"\x1f\x8b") {
            let mut unpacked = MultiGzDecoder::new(bytes.as_ref()).take(MAX_PAGE + 1);
            // What is no GZIP after all ends at once.
            if io::copy(&mut unpacked, &mut io::sink()).is_ok_and(|size| size > MAX_PAGE) {
                return Err(ParquetError::General("a page is too large".to_owned()));
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use parquet::{
        basic::{Compression, ZstdLevel},
        data_type::{
            ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
            Int32Type, Int64Type,
        },
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };

    const SCHEMA: &str = "message m {
        REQUIRED BYTE_ARRAY code (UTF8);
        OPTIONAL INT32 jour (DATE);
        REQUIRED INT64 releve (TIMESTAMP(NANOS,true));
        REQUIRED INT64 local (TIMESTAMP(MICROS,false));
        REQUIRED FIXED_LEN_BYTE_ARRAY (9) montant (DECIMAL(20,2));
        REQUIRED DOUBLE taux;
        OPTIONAL group lieu { REQUIRED BYTE_ARRAY nom (UTF8); }
        OPTIONAL group tags (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (UTF8); } }
    }";

    /// Two row groups of two rows.
    fn written(compression: Compression) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .build();
        let mut out = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties)).unwrap();
        for group in 0..2_i64 {
            let mut rows = writer.next_row_group().unwrap();
            macro_rules! column {
                ($kind:ty, $values:expr, $defined:expr, $repeated:expr) => {{
                    let mut column = rows.next_column().unwrap().unwrap();
                    let typed = column.typed::<$kind>();
                    typed.write_batch($values, $defined, $repeated).unwrap();
                    column.close().unwrap();
                }};
            }
            let text = |text: &str| ByteArray::from(text);
            let number = |value: i128| {
                FixedLenByteArray::from(value.to_be_bytes().get(7..).unwrap().to_vec())
            };
            column!(ByteArrayType, &[text("01004"), text("2A004")], None, None);
            column!(Int32Type, &[20_000], Some(&[1, 0]), None);
            column!(Int64Type, &[1_777_615_200_123_456_789, 0], None, None);
            column!(Int64Type, &[1_777_615_200_000_000, -1], None, None);
            column!(
                FixedLenByteArrayType,
                &[number(12_345_678_901_234_567_890), number(-5)],
                None,
                None
            );
            column!(DoubleType, &[1e21, 0.1], None, None);
            column!(
                ByteArrayType,
                &[text(&format!("École {group}"))],
                Some(&[0, 1]),
                None
            );
            column!(
                ByteArrayType,
                &[text("a"), text("b")],
                Some(&[3, 3, 1]),
                Some(&[0, 1, 0])
            );
            rows.close().unwrap();
        }
        writer.close().unwrap();
        out
    }

    fn rows(bytes: &[u8]) -> Result<(Vec<String>, Vec<Vec<String>>), IntakeError> {
        let opened = open(Input::held("f.parquet", bytes))?;
        let (mut rows, mut out) = (opened.grid.rows(), Vec::new());
        while let Some(row) = rows.next() {
            out.push(row.cells().map(str::to_owned).collect());
        }
        Ok((opened.names.unwrap_or_default(), out))
    }

    #[test]
    fn every_type_is_written_out_whatever_the_compression() {
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(Default::default()),
            Compression::ZSTD(ZstdLevel::default()),
            Compression::LZ4_RAW,
        ] {
            let (names, rows) = rows(&written(compression)).unwrap();
            assert_eq!(
                names,
                [
                    "code", "jour", "releve", "local", "montant", "taux", "lieu.nom", "tags"
                ]
            );
            assert_eq!(rows.len(), 4);
            assert_eq!(
                rows[0],
                [
                    "01004",
                    "2024-10-04",
                    "2026-05-01T06:00:00.123456789Z",
                    "2026-05-01T06:00:00",
                    "123456789012345678.90",
                    "1000000000000000000000",
                    "",
                    "a, b"
                ]
            );
            assert_eq!(
                rows[3],
                [
                    "2A004",
                    "",
                    "1970-01-01T00:00:00Z",
                    "1969-12-31T23:59:59.999999",
                    "-0.05",
                    "0.1",
                    "École 1",
                    ""
                ]
            );
        }
    }

    const CELLS: &str = "message m {
        OPTIONAL BOOLEAN yes;
        OPTIONAL INT32 whole;
        OPTIONAL INT32 short (INT_16);
        OPTIONAL INT32 natural (UINT_32);
        OPTIONAL INT32 day (DATE);
        OPTIONAL INT32 hour (TIME_MILLIS);
        OPTIONAL INT32 price (DECIMAL(9,2));
        OPTIONAL INT64 long;
        OPTIONAL INT64 natural_long (UINT_64);
        OPTIONAL INT64 millis (TIMESTAMP_MILLIS);
        OPTIONAL INT64 micros (TIMESTAMP(MICROS,true));
        OPTIONAL INT64 nanos (TIMESTAMP(NANOS,false));
        OPTIONAL INT64 hour_long (TIME(MICROS,false));
        OPTIONAL INT64 amount (DECIMAL(18,9));
        OPTIONAL INT64 round (DECIMAL(18,0));
        OPTIONAL INT96 old;
        OPTIONAL FLOAT float;
        OPTIONAL group inner {
            OPTIONAL DOUBLE double;
            OPTIONAL group deep { REQUIRED BYTE_ARRAY text (UTF8); }
        }
        OPTIONAL BYTE_ARRAY bytes;
        OPTIONAL BYTE_ARRAY digits (DECIMAL(30,3));
        OPTIONAL FIXED_LEN_BYTE_ARRAY (9) long_price (DECIMAL(20,2));
        OPTIONAL FIXED_LEN_BYTE_ARRAY (16) name (UUID);
        OPTIONAL FIXED_LEN_BYTE_ARRAY (2) half (FLOAT16);
    }";

    /// A file of these cells, each drawn from a number; none in every seventh row.
    fn of_numbers(numbers: &[i64]) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(CELLS).unwrap());
        let mut out = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut out, schema, Default::default()).unwrap();
        for numbers in numbers.chunks(5000) {
            let mut group = writer.next_row_group().unwrap();
            while let Some(mut column) = group.next_column().unwrap() {
                use parquet::column::writer::ColumnWriter as Of;
                let highest = match column.untyped() {
                    Of::DoubleColumnWriter(_) => 2,
                    Of::ByteArrayColumnWriter(it) if it.get_descriptor().name() == "text" => 2,
                    _ => 1,
                };
                let there = |number: &&i64| **number % 7 != 0;
                let levels: Vec<i16> = (numbers.iter())
                    .map(|number| if there(&number) { highest } else { 0 })
                    .collect();
                let values = || numbers.iter().filter(there).copied();
                let long = |number: i64| i128::from(number).to_be_bytes();
                macro_rules! write {
                    ($writer:expr, $value:expr) => {{
                        let values: Vec<_> = values().map($value).collect();
                        $writer
                            .write_batch(&values, Some(&levels), None)
                            .map(|_| ())
                    }};
                }
                let fixed = |size: usize| {
                    move |number| FixedLenByteArray::from(long(number)[16 - size..].to_vec())
                };
                match column.untyped() {
                    Of::BoolColumnWriter(it) => write!(it, |number| number % 2 == 0),
                    Of::Int32ColumnWriter(it) => write!(it, |number| number as i32),
                    Of::Int64ColumnWriter(it) => write!(it, |number| number),
                    Of::Int96ColumnWriter(it) => write!(it, |number: i64| {
                        let mut at = parquet::data_type::Int96::new();
                        at.set_data(number as u32, 0, 2_440_588 + number.rem_euclid(9000) as u32);
                        at
                    }),
                    Of::FloatColumnWriter(it) => write!(it, |number| f32::from_bits(number as u32)),
                    Of::DoubleColumnWriter(it) => {
                        write!(it, |number: i64| f64::from_bits(number.cast_unsigned()))
                    }
                    Of::ByteArrayColumnWriter(it) => {
                        let is_text = it.get_descriptor().name() == "text";
                        write!(it, |number: i64| match is_text {
                            true => ByteArray::from(format!("é{number}\0").as_str()),
                            false => ByteArray::from(long(number)[8..].to_vec()),
                        })
                    }
                    Of::FixedLenByteArrayColumnWriter(it) => {
                        let size = it.get_descriptor().type_length().unsigned_abs() as usize;
                        write!(it, fixed(size))
                    }
                }
                .unwrap();
                column.close().unwrap();
            }
            group.close().unwrap();
        }
        writer.close().unwrap();
        out
    }

    #[test]
    fn columns_say_what_rows_say() {
        let near = (-20_000..20_000_i64).map(|number| number * number * number);
        let wide = (0..4000_i64)
            .map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()));
        let numbers: Vec<i64> = near.chain(wide).chain([i64::MIN, i64::MAX]).collect();
        let bytes = of_numbers(&numbers);
        let by_columns = open(Input::held("f.parquet", &bytes)).unwrap();
        let names = by_columns.names.clone().unwrap();
        let chunks = Chunks {
            bytes: Held::InMemory(bytes.into()),
            room: Room::new(u64::MAX.into()),
        };
        let reader = SerializedFileReader::new(chunks).unwrap();
        let mut table = Table::with(names.iter().map(String::as_str));
        super::by_rows(&reader, u64::MAX, &mut table).unwrap();
        let by_rows = table.opened(true, Vec::new()).unwrap();
        assert_eq!(by_rows.names, Some(names));
        let (mut columns, mut rows) = (by_columns.grid.rows(), by_rows.grid.rows());
        for number in numbers {
            let row = rows.next().unwrap();
            assert_eq!(columns.next(), Some(row), "{number}");
        }
        assert_eq!((columns.next(), rows.next()), (None, None));
    }

    #[test]
    fn a_damaged_file_is_refused_and_nothing_panics() {
        let bytes = written(Compression::SNAPPY);
        assert_eq!(rows(&bytes[..bytes.len() / 2]).err(), Some(DAMAGED));
        assert_eq!(rows(b"PAR1").err(), Some(DAMAGED));
        for at in (0..bytes.len()).step_by(11) {
            for bit in [1, 128] {
                let mut changed = bytes.clone();
                changed[at] ^= bit;
                let _ = rows(&changed);
            }
        }
    }
}
