//! One column of a row group: its cells laid out as pages, one for each batch.
//!
//! A column with few different cells gets a dictionary; else long whole numbers are kept as
//! differences and the rest plainly. Pages are compressed (Snappy) where that pays.

use super::{
    bits::{differences, runs, width_of},
    schema::Leaf,
};
use beffroi_model::{Batch, CellState, Column, ColumnData};
use bytes::Bytes;
use foldhash::fast::RandomState;
use parquet::{
    basic::{Compression, Encoding, Type as Stored},
    column::{
        page::{CompressedPage, Page, PageWriter},
        writer::ColumnCloseResult,
    },
    data_type::{ByteArray, FixedLenByteArray},
    errors::Result,
    file::{
        metadata::ColumnChunkMetaData,
        statistics::Statistics,
        writer::{SerializedPageWriter, TrackedWrite},
    },
};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

/// A dictionary has no more entries than this…
const ENTRIES: usize = 1 << 16;
/// …and is not tried when the first cells are nearly all different.
const TRIED: usize = 1024;
/// Texts longer than this are not written as smallest or largest.
const TOLD: usize = 64;

/// The pages of a column, ready to be put in a file.
pub(super) struct Chunk {
    pub(super) bytes: Bytes,
    pub(super) close: ColumnCloseResult,
}

/// Lays out the cells of a column.
pub(super) fn chunk(leaf: &Leaf, batches: &[Batch]) -> Result<Chunk> {
    let (pages, cells) = gather(leaf, batches);
    let laid_out = match &cells {
        Cells::Whole(numbers) => whole(leaf.stored(), numbers, &pages),
        Cells::Long(numbers) => long(numbers, &pages),
        Cells::Boolean(values) => booleans(values, &pages),
        Cells::Text(texts) => text(texts, &pages),
    };
    write(leaf, &pages, laid_out)
}

/// What a page holds.
struct PageShape {
    rows: usize,
    /// Which rows have a value; `None` when all have.
    present: Option<Vec<u32>>,
    values: usize,
}

impl PageShape {
    /// The levels in front of the values: one bit for each row.
    fn levels(&self) -> Vec<u8> {
        let mut levels = Vec::new();
        match &self.present {
            Some(present) => runs(present, 1, &mut levels),
            None => runs(&vec![1; self.rows], 1, &mut levels),
        }
        let length = u32::try_from(levels.len()).unwrap_or_default();
        [&length.to_le_bytes(), levels.as_slice()].concat()
    }
}

/// The values of a column, rows without one left out.
enum Cells<'b> {
    Whole(Vec<i64>),
    /// Decimals of which some are longer.
    Long(Vec<i128>),
    Boolean(Vec<bool>),
    Text(Vec<&'b str>),
}

/// The values of all pages.
fn gather<'b>(leaf: &Leaf, batches: &'b [Batch]) -> (Vec<PageShape>, Cells<'b>) {
    let mut cells = match leaf.stored() {
        Stored::BYTE_ARRAY => Cells::Text(Vec::new()),
        Stored::BOOLEAN => Cells::Boolean(Vec::new()),
        _ => Cells::Whole(Vec::new()),
    };
    let pages = batches
        .iter()
        .filter(|batch| !batch.is_empty())
        .map(|batch| {
            let column = batch
                .columns
                .get(leaf.place)
                .filter(|column| column.id.as_str() == leaf.column)
                .or_else(|| batch.column(&leaf.column));
            match column {
                Some(column) if leaf.is_state => states(column, &mut cells),
                Some(column) => values(&column.data, &mut cells),
                None => PageShape {
                    rows: batch.len(),
                    present: Some(vec![0; batch.len()]),
                    values: 0,
                },
            }
        })
        .collect();
    (pages, cells)
}

fn states(column: &Column, cells: &mut Cells<'_>) -> PageShape {
    let rows = column.data.len();
    if let Cells::Whole(codes) = cells {
        match &column.states {
            Some(states) => codes.extend(states.iter().map(|state| i64::from(state.code()))),
            None => {
                let page = values(&column.data, &mut Cells::Boolean(Vec::new()));
                let code = |present| match present {
                    0 => i64::from(CellState::Missing.code()),
                    _ => i64::from(CellState::Value.code()),
                };
                match page.present {
                    Some(present) => codes.extend(present.into_iter().map(code)),
                    None => codes.extend(std::iter::repeat_n(code(1), rows)),
                }
            }
        }
    }
    PageShape {
        rows,
        present: None,
        values: rows,
    }
}

/// Adds the values of a batch. Values of another type than the column's are taken for none.
fn values<'b>(data: &'b ColumnData, cells: &mut Cells<'b>) -> PageShape {
    if let (ColumnData::Decimal { values, .. }, Cells::Whole(whole)) = (data, &*cells)
        && values
            .iter()
            .flatten()
            .any(|value| i64::try_from(*value).is_err())
    {
        *cells = Cells::Long(whole.iter().copied().map(i128::from).collect());
    }
    match (data, cells) {
        (ColumnData::Integer(values), Cells::Whole(out))
        | (ColumnData::DateTime(values), Cells::Whole(out)) => shape(values.iter().copied(), out),
        (ColumnData::Date(values), Cells::Whole(out)) => {
            shape(values.iter().map(|day| day.map(i64::from)), out)
        }
        (ColumnData::Decimal { values, .. }, Cells::Whole(out)) => {
            let narrow = |value: i128| i64::try_from(value).unwrap_or_default();
            shape(values.iter().map(|value| value.map(narrow)), out)
        }
        (ColumnData::Decimal { values, .. }, Cells::Long(out)) => {
            shape(values.iter().copied(), out)
        }
        (ColumnData::Boolean(values), Cells::Boolean(out)) => shape(values.iter().copied(), out),
        (ColumnData::Text(texts), Cells::Text(out)) => shape(texts.iter(), out),
        // Only whether there is a value is asked.
        (ColumnData::Integer(values), _) | (ColumnData::DateTime(values), _) => presence(values),
        (ColumnData::Date(values), _) => presence(values),
        (ColumnData::Decimal { values, .. }, _) => presence(values),
        (ColumnData::Boolean(values), _) => presence(values),
        (ColumnData::Text(texts), _) => shape(texts.iter(), &mut Vec::new()),
    }
}

fn presence<T: Copy>(cells: &[Option<T>]) -> PageShape {
    shape(cells.iter().copied(), &mut Vec::new())
}

fn shape<T>(cells: impl Iterator<Item = Option<T>> + Clone, out: &mut Vec<T>) -> PageShape {
    let before = out.len();
    let mut rows = 0;
    out.extend(cells.clone().inspect(|_| rows += 1).flatten());
    let values = out.len() - before;
    let present = (values < rows).then(|| cells.map(|cell| u32::from(cell.is_some())).collect());
    PageShape {
        rows,
        present,
        values,
    }
}

/// The values of a column as bytes.
struct LaidOut {
    /// How many entries, and the entries.
    dictionary: Option<(usize, Vec<u8>)>,
    encoding: Encoding,
    /// The values of each page.
    pages: Vec<Vec<u8>>,
    /// Smallest and largest.
    statistics: Box<dyn FnOnce(u64) -> Statistics>,
}

/// The values of each page.
fn by_page<'v, T>(
    values: &'v [T],
    pages: &'v [PageShape],
) -> impl Iterator<Item = &'v [T]> + use<'v, T> {
    let mut rest = values;
    pages.iter().map(move |page| {
        let (here, after) = rest.split_at(page.values.min(rest.len()));
        rest = after;
        here
    })
}

fn whole(stored: Stored, numbers: &[i64], pages: &[PageShape]) -> LaidOut {
    let bounds = numbers
        .iter()
        .min()
        .copied()
        .zip(numbers.iter().max().copied());
    let plain = move |numbers: &[i64]| {
        let mut out = Vec::with_capacity(numbers.len() * 16);
        for number in numbers {
            match stored {
                Stored::INT32 => {
                    let short = i32::try_from(*number).unwrap_or_default();
                    out.extend_from_slice(&short.to_le_bytes());
                }
                Stored::INT64 => out.extend_from_slice(&number.to_le_bytes()),
                _ => out.extend_from_slice(&i128::from(*number).to_be_bytes()),
            }
        }
        out
    };
    let statistics = Box::new(move |nulls| {
        let (least, most) = (bounds.map(|(least, _)| least), bounds.map(|(_, most)| most));
        let short = |number: i64| i32::try_from(number).ok();
        match stored {
            Stored::INT32 => Statistics::int32(
                least.and_then(short),
                most.and_then(short),
                None,
                Some(nulls),
                false,
            ),
            Stored::INT64 => Statistics::int64(least, most, None, Some(nulls), false),
            _ => fixed(least.map(i128::from), most.map(i128::from), nulls),
        }
    });
    let dictionary = bounds.and_then(|(least, most)| match most.checked_sub(least) {
        Some(span) if span < ENTRIES as i64 => by_distance(numbers, least, span),
        _ => by_hash(numbers),
    });
    match dictionary {
        Some((entries, places)) => LaidOut {
            dictionary: Some((entries.len(), plain(&entries))),
            encoding: Encoding::RLE_DICTIONARY,
            pages: places_by_page(&places, entries.len(), pages),
            statistics,
        },
        None => LaidOut {
            dictionary: None,
            encoding: if stored == Stored::INT64 {
                Encoding::DELTA_BINARY_PACKED
            } else {
                Encoding::PLAIN
            },
            pages: by_page(numbers, pages)
                .map(|numbers| {
                    if stored != Stored::INT64 {
                        return plain(numbers);
                    }
                    let mut out = Vec::with_capacity(numbers.len() * 8);
                    differences(numbers, &mut out);
                    out
                })
                .collect(),
            statistics,
        },
    }
}

fn fixed(least: Option<i128>, most: Option<i128>, nulls: u64) -> Statistics {
    let bytes = |number: i128| FixedLenByteArray::from(number.to_be_bytes().to_vec());
    let (least, most) = (least.map(bytes), most.map(bytes));
    Statistics::fixed_len_byte_array(least, most, None, Some(nulls), false)
}

fn long(numbers: &[i128], pages: &[PageShape]) -> LaidOut {
    let (least, most) = (numbers.iter().min().copied(), numbers.iter().max().copied());
    LaidOut {
        dictionary: None,
        encoding: Encoding::PLAIN,
        pages: by_page(numbers, pages)
            .map(|numbers| {
                numbers
                    .iter()
                    .flat_map(|number| number.to_be_bytes())
                    .collect()
            })
            .collect(),
        statistics: Box::new(move |nulls| fixed(least, most, nulls)),
    }
}

fn booleans(values: &[bool], pages: &[PageShape]) -> LaidOut {
    let (least, most) = (values.iter().min().copied(), values.iter().max().copied());
    let bits = |values: &[bool]| {
        let byte = |bits: &[bool]| {
            bits.iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | u8::from(*bit))
        };
        values.chunks(8).map(byte).collect()
    };
    LaidOut {
        dictionary: None,
        encoding: Encoding::PLAIN,
        pages: by_page(values, pages).map(bits).collect(),
        statistics: Box::new(move |nulls| {
            Statistics::boolean(least, most, None, Some(nulls), false)
        }),
    }
}

fn text(texts: &[&str], pages: &[PageShape]) -> LaidOut {
    let plain = |texts: &[&str]| {
        let bytes: usize = texts.iter().map(|text| text.len() + 4).sum();
        let mut out = Vec::with_capacity(bytes);
        for text in texts {
            let length = u32::try_from(text.len()).unwrap_or_default();
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        out
    };
    let found = by_hash(texts);
    let told: &[&str] = found.as_ref().map_or(texts, |(entries, _)| entries);
    let short = |text: &&&str| text.len() <= TOLD;
    let bytes = |text: &&str| ByteArray::from(text.as_bytes().to_vec());
    let (least, most) = (
        told.iter().min().filter(short).map(bytes),
        told.iter().max().filter(short).map(bytes),
    );
    let (dictionary, encoding, laid_out) = match &found {
        Some((entries, places)) => (
            Some((entries.len(), plain(entries))),
            Encoding::RLE_DICTIONARY,
            places_by_page(places, entries.len(), pages),
        ),
        None => (
            None,
            Encoding::PLAIN,
            by_page(texts, pages).map(plain).collect(),
        ),
    };
    LaidOut {
        dictionary,
        encoding,
        pages: laid_out,
        statistics: Box::new(move |nulls| {
            Statistics::byte_array(least, most, None, Some(nulls), false)
        }),
    }
}

/// The different numbers, and the place among them of each: for numbers that lie close together.
fn by_distance(numbers: &[i64], least: i64, span: i64) -> Option<(Vec<i64>, Vec<u32>)> {
    const NONE: u32 = u32::MAX;
    let mut table = vec![NONE; usize::try_from(span).ok()? + 1];
    let (mut entries, mut places) = (Vec::new(), Vec::with_capacity(numbers.len()));
    for number in numbers {
        let slot = table.get_mut(usize::try_from(number - least).ok()?)?;
        if *slot == NONE {
            *slot = u32::try_from(entries.len()).ok()?;
            entries.push(*number);
        }
        places.push(*slot);
    }
    pays(entries.len(), numbers.len()).then_some((entries, places))
}

/// The different values, and the place among them of each; `None` when there are many.
fn by_hash<T: Copy + Eq + Hash>(values: &[T]) -> Option<(Vec<T>, Vec<u32>)> {
    let hasher = RandomState::default();
    let first = values.get(..TRIED).unwrap_or(values);
    let mut met: HashSet<T, RandomState> = HashSet::with_hasher(hasher.clone());
    met.extend(first);
    if !pays(met.len(), first.len()) {
        return None;
    }
    let mut known: HashMap<T, u32, RandomState> = HashMap::with_hasher(hasher);
    let (mut entries, mut places) = (Vec::new(), Vec::with_capacity(values.len()));
    for value in values {
        let next = u32::try_from(entries.len()).ok()?;
        let place = *known.entry(*value).or_insert(next);
        if place == next {
            if entries.len() == ENTRIES {
                return None;
            }
            entries.push(*value);
        }
        places.push(place);
    }
    pays(entries.len(), values.len()).then_some((entries, places))
}

/// Whether a dictionary takes less room than the values.
fn pays(entries: usize, values: usize) -> bool {
    entries * 2 <= values || entries == 1
}

fn places_by_page(places: &[u32], entries: usize, pages: &[PageShape]) -> Vec<Vec<u8>> {
    // Some readers want a bit even where there is nothing to choose.
    let width = width_of((entries as u64).saturating_sub(1)).max(1);
    by_page(places, pages)
        .map(|places| {
            let mut out = vec![u8::try_from(width).unwrap_or_default()];
            runs(places, width, &mut out);
            out
        })
        .collect()
}

fn write(leaf: &Leaf, pages: &[PageShape], laid_out: LaidOut) -> Result<Chunk> {
    let rows: usize = pages.iter().map(|page| page.rows).sum();
    let values: usize = pages.iter().map(|page| page.values).sum();
    let full = |(page, values): (&PageShape, Vec<u8>)| [page.levels(), values].concat();
    let bodies: Vec<Vec<u8>> = pages.iter().zip(laid_out.pages).map(full).collect();
    let mut press = Press::trying(bodies.first().map(Vec::as_slice).unwrap_or_default());
    let mut sink = TrackedWrite::new(Vec::new());
    let mut writer = SerializedPageWriter::new(&mut sink);
    let (mut before, mut after) = (0, 0);
    let mut put = |page: CompressedPage| -> Result<u64> {
        let spec = writer.write_page(page)?;
        before += spec.uncompressed_size;
        after += spec.compressed_size;
        Ok(spec.offset)
    };
    let mut encodings = vec![laid_out.encoding, Encoding::RLE];
    let mut dictionary_at = None;
    if let Some((entries, bytes)) = laid_out.dictionary {
        encodings.push(Encoding::PLAIN);
        let raw = bytes.len();
        let page = Page::DictionaryPage {
            buf: press.press(bytes)?.into(),
            num_values: u32::try_from(entries).unwrap_or_default(),
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        dictionary_at = Some(put(CompressedPage::new(page, raw))?);
    }
    let mut data_at = None;
    for (page, body) in pages.iter().zip(bodies) {
        let raw = body.len();
        let page = Page::DataPage {
            buf: press.press(body)?.into(),
            num_values: u32::try_from(page.rows).unwrap_or_default(),
            encoding: laid_out.encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let at = put(CompressedPage::new(page, raw))?;
        data_at = data_at.or(Some(at));
    }
    let metadata = ColumnChunkMetaData::builder(leaf.description.clone())
        .set_compression(press.codec())
        .set_encodings(encodings)
        .set_total_compressed_size(i64::try_from(after).unwrap_or_default())
        .set_total_uncompressed_size(i64::try_from(before).unwrap_or_default())
        .set_num_values(i64::try_from(rows).unwrap_or_default())
        .set_dictionary_page_offset(dictionary_at.and_then(|at| at.try_into().ok()))
        .set_data_page_offset(
            data_at
                .and_then(|at| at.try_into().ok())
                .unwrap_or_default(),
        )
        .set_statistics((laid_out.statistics)((rows - values) as u64))
        .build()?;
    Ok(Chunk {
        bytes: sink.into_inner()?.into(),
        close: ColumnCloseResult {
            bytes_written: after as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        },
    })
}

/// Compresses pages, or leaves them as they are where it would gain nothing.
struct Press(Option<snap::raw::Encoder>);

impl Press {
    /// Decides on a first page.
    fn trying(page: &[u8]) -> Self {
        let mut encoder = snap::raw::Encoder::new();
        let gains = encoder
            .compress_vec(page)
            .is_ok_and(|pressed| pressed.len() * 10 < page.len() * 9);
        Self(gains.then_some(encoder))
    }

    fn codec(&self) -> Compression {
        match self.0 {
            Some(_) => Compression::SNAPPY,
            None => Compression::UNCOMPRESSED,
        }
    }

    fn press(&mut self, page: Vec<u8>) -> Result<Vec<u8>> {
        match &mut self.0 {
            Some(encoder) => encoder
                .compress_vec(&page)
                .map_err(|error| parquet::errors::ParquetError::External(Box::new(error))),
            None => Ok(page),
        }
    }
}
