//! Parts read back as vectors: a row group at a time, page by page, only the columns asked for.
//!
//! Texts come as places in a dictionary, numbers as they are; nothing is allocated for a single
//! cell.

use super::unpack::{broken, differences, runs, take};
use crate::{WarehouseError, state::at};
use parquet::{
    basic::{Encoding, LogicalType, Type as Stored},
    column::page::{Page, PageReader},
    errors::Result,
    file::{
        reader::{FileReader, SerializedFileReader},
        statistics::Statistics,
    },
    schema::types::ColumnDescPtr,
};
use std::{collections::HashMap, fs::File, path::Path, sync::Arc};

/// A part that is open for reading.
pub struct PartReader {
    file: SerializedFileReader<File>,
    names: Vec<String>,
    columns: HashMap<String, usize>,
}

/// Cells of one column. A row without value holds whatever comes first of its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    /// What the cells hold.
    pub values: Values,
    /// Which rows have a value; `None` when all have.
    pub present: Option<Vec<bool>>,
}

/// The values of some cells.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers, and decimals that fit: value × 10^scale.
    Whole {
        /// Digits after the point.
        scale: u8,
        /// Scaled values.
        values: Vec<i64>,
    },
    /// Decimals of which some are longer.
    Long {
        /// Digits after the point.
        scale: u8,
        /// Scaled values.
        values: Vec<i128>,
    },
    /// Yes or no.
    Boolean(Vec<bool>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// Microseconds since 1970-01-01T00:00 local time.
    DateTime(Vec<i64>),
    /// Texts, as places in a dictionary.
    Text {
        /// The place of each.
        places: Vec<u32>,
        /// The different texts; nearly always shared by all pages of a row group.
        dictionary: Arc<Texts>,
    },
}

/// Texts end to end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at a place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&str> {
        let end = *self.ends.get(place)?;
        let start = match place {
            0 => 0,
            _ => *self.ends.get(place - 1)?,
        };
        self.text.get(start..end)
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }

    /// Adds one.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut all = Self::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref()));
        all
    }
}

impl Values {
    /// How many cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Whole { values, .. } | Self::DateTime(values) => values.len(),
            Self::Long { values, .. } => values.len(),
            Self::Boolean(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Text { places, .. } => places.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Some rows of a part.
#[derive(Debug)]
pub struct Rows {
    /// How many.
    pub len: usize,
    /// The columns asked for, in their order; `None` for one that the part lacks.
    pub columns: Vec<Option<Vector>>,
}

impl PartReader {
    /// Opens a part.
    pub fn open(path: &Path) -> std::result::Result<Self, WarehouseError> {
        let file = File::open(path).map_err(at(path))?;
        let file = SerializedFileReader::new(file).map_err(WarehouseError::Unreadable)?;
        let described = file.metadata().file_metadata().schema_descr();
        let names = described.columns().iter().map(|it| it.name().to_owned());
        let names: Vec<String> = names.collect();
        let columns = names.iter().cloned().zip(0..).collect();
        Ok(Self {
            file,
            names,
            columns,
        })
    }

    /// How many row groups.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.file.metadata().num_row_groups()
    }

    /// How many rows a row group holds.
    #[must_use]
    pub fn rows(&self, group: usize) -> usize {
        let groups = self.file.metadata().row_groups();
        let rows = groups.get(group).map_or(0, |it| it.num_rows());
        usize::try_from(rows).unwrap_or(0)
    }

    /// Its columns, in their order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.names
    }

    /// Whether the part has a column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Smallest and largest of a column of dates, instants or whole numbers in a row group.
    #[must_use]
    pub fn bounds(&self, group: usize, column: &str) -> Option<(i64, i64)> {
        let column = *self.columns.get(column)?;
        let chunk = self.file.metadata().row_groups().get(group)?;
        match chunk.columns().get(column)?.statistics()? {
            Statistics::Int32(it) => Some(((*it.min_opt()?).into(), (*it.max_opt()?).into())),
            Statistics::Int64(it) => Some((*it.min_opt()?, *it.max_opt()?)),
            _ => None,
        }
    }

    /// How many different values a column has in a row group, where a dictionary tells.
    #[must_use]
    pub fn different(&self, group: usize, column: &str) -> Option<usize> {
        let column = *self.columns.get(column)?;
        let reader = self.file.get_row_group(group).ok()?;
        let mut pages = reader.get_column_page_reader(column).ok()?;
        match pages.get_next_page().ok()?? {
            Page::DictionaryPage { num_values, .. } => usize::try_from(num_values).ok(),
            _ => None,
        }
    }

    /// Reads columns of a row group, page by page.
    pub fn read(
        &self,
        group: usize,
        columns: &[String],
    ) -> std::result::Result<GroupReader, WarehouseError> {
        let unreadable = WarehouseError::Unreadable;
        let reader = self.file.get_row_group(group).map_err(unreadable)?;
        let pages = columns.iter().map(|name| {
            let Some(&place) = self.columns.get(name) else {
                return Ok(None);
            };
            let described = self.file.metadata().file_metadata().schema_descr();
            Ok(Some(Pages {
                description: described.column(place),
                pages: reader.get_column_page_reader(place)?,
                dictionary: None,
            }))
        });
        Ok(GroupReader {
            columns: pages.collect::<Result<_>>().map_err(unreadable)?,
            left: self.rows(group),
        })
    }
}

/// A row group being read.
pub struct GroupReader {
    columns: Vec<Option<Pages>>,
    left: usize,
}

impl GroupReader {
    fn rows(&mut self) -> Result<Rows> {
        let mut len = None;
        let mut columns = Vec::with_capacity(self.columns.len());
        for pages in &mut self.columns {
            let Some(pages) = pages else {
                columns.push(None);
                continue;
            };
            let (rows, vector) = pages.next()?;
            // Pages stand side by side: each is the batch that was written.
            if len.is_some_and(|len| len != rows) || rows == 0 || rows > self.left {
                return Err(broken());
            }
            len = Some(rows);
            columns.push(Some(vector));
        }
        let len = len.unwrap_or(self.left);
        self.left -= len;
        Ok(Rows { len, columns })
    }
}

impl Iterator for GroupReader {
    type Item = std::result::Result<Rows, WarehouseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let rows = self.rows();
        if rows.is_err() {
            self.left = 0;
        }
        Some(rows.map_err(WarehouseError::Unreadable))
    }
}

/// The pages of one column of a row group.
struct Pages {
    description: ColumnDescPtr,
    pages: Box<dyn PageReader>,
    dictionary: Option<Dictionary>,
}

enum Dictionary {
    Short(Vec<i64>),
    Long(Vec<i128>),
    Text(Arc<Texts>),
}

impl Pages {
    /// The next page: how many rows it has, and their cells.
    fn next(&mut self) -> Result<(usize, Vector)> {
        loop {
            match self.pages.get_next_page()? {
                Some(Page::DictionaryPage {
                    buf, num_values, ..
                }) => {
                    self.dictionary = Some(self.entries(&buf, num_values as usize)?);
                }
                Some(Page::DataPage {
                    buf,
                    num_values,
                    encoding,
                    def_level_encoding: Encoding::RLE,
                    ..
                }) => {
                    let rows = num_values as usize;
                    return Ok((rows, self.cells(&buf, rows, encoding)?));
                }
                _ => return Err(broken()),
            }
        }
    }

    fn cells(&self, mut bytes: &[u8], rows: usize, encoding: Encoding) -> Result<Vector> {
        let length = take(&mut bytes, 4)?.first_chunk().ok_or_else(broken)?;
        let mut levels = take(&mut bytes, u32::from_le_bytes(*length) as usize)?;
        let present = match all_there(levels, rows) {
            true => None,
            false => {
                let mut bits = Vec::new();
                runs(std::mem::take(&mut levels), 1, rows, &mut bits)?;
                Some(bits.iter().map(|bit| *bit == 1).collect::<Vec<bool>>())
            }
        };
        let count = match &present {
            Some(present) => present.iter().filter(|there| **there).count(),
            None => rows,
        };
        let values = self.values(bytes, count, encoding)?;
        Ok(match present {
            Some(present) if count < rows => Vector {
                values: spread(values, &present),
                present: Some(present),
            },
            _ => Vector {
                values,
                present: None,
            },
        })
    }

    fn scale(&self) -> u8 {
        match self.description.logical_type_ref() {
            Some(LogicalType::Decimal(decimal)) => u8::try_from(decimal.scale).unwrap_or(0),
            _ => 0,
        }
    }

    fn is_date(&self) -> bool {
        self.description.logical_type_ref() == Some(&LogicalType::Date)
    }

    fn is_instant(&self) -> bool {
        matches!(
            self.description.logical_type_ref(),
            Some(LogicalType::Timestamp(_))
        )
    }

    fn values(&self, mut bytes: &[u8], count: usize, encoding: Encoding) -> Result<Values> {
        if encoding == Encoding::RLE_DICTIONARY {
            let mut places = Vec::new();
            if count > 0 {
                let width = *take(&mut bytes, 1)?.first().ok_or_else(broken)?;
                if width > 32 {
                    return Err(broken());
                }
                runs(bytes, width.into(), count, &mut places)?;
            }
            return match self.dictionary.as_ref().ok_or_else(broken)? {
                Dictionary::Short(entries) => Ok(self.numbers(pick(entries, &places)?)),
                Dictionary::Long(entries) => Ok(Values::Long {
                    scale: self.scale(),
                    values: pick(entries, &places)?,
                }),
                Dictionary::Text(dictionary) => {
                    let within = |place: &u32| (*place as usize) < dictionary.len();
                    if !places.iter().all(within) {
                        return Err(broken());
                    }
                    Ok(Values::Text {
                        places,
                        dictionary: dictionary.clone(),
                    })
                }
            };
        }
        match (encoding, self.description.physical_type()) {
            (Encoding::DELTA_BINARY_PACKED, Stored::INT64) => {
                let mut numbers = Vec::with_capacity(count);
                differences(bytes, count, &mut numbers)?;
                Ok(self.numbers(numbers))
            }
            (Encoding::PLAIN, Stored::BOOLEAN) => {
                let bit = |place: usize| {
                    let byte = bytes.get(place / 8).ok_or_else(broken)?;
                    Ok(byte >> (place % 8) & 1 == 1)
                };
                Ok(Values::Boolean((0..count).map(bit).collect::<Result<_>>()?))
            }
            (Encoding::PLAIN, _) => Ok(match self.entries(bytes, count)? {
                Dictionary::Short(numbers) => self.numbers(numbers),
                Dictionary::Long(values) => Values::Long {
                    scale: self.scale(),
                    values,
                },
                Dictionary::Text(dictionary) => Values::Text {
                    places: (0..u32::try_from(count).map_err(|_| broken())?).collect(),
                    dictionary,
                },
            }),
            _ => Err(broken()),
        }
    }

    /// Numbers as what they mean.
    fn numbers(&self, values: Vec<i64>) -> Values {
        if self.is_date() {
            let day = |value: i64| i32::try_from(value).unwrap_or_default();
            Values::Date(values.into_iter().map(day).collect())
        } else if self.is_instant() {
            Values::DateTime(values)
        } else {
            Values::Whole {
                scale: self.scale(),
                values,
            }
        }
    }

    /// Values that are written plainly.
    fn entries(&self, mut bytes: &[u8], count: usize) -> Result<Dictionary> {
        match self.description.physical_type() {
            Stored::INT32 => {
                let taken = take(&mut bytes, count.saturating_mul(4))?;
                let (numbers, _) = taken.as_chunks();
                let numbers = numbers.iter().map(|it| i32::from_le_bytes(*it).into());
                Ok(Dictionary::Short(numbers.collect()))
            }
            Stored::INT64 => {
                let taken = take(&mut bytes, count.saturating_mul(8))?;
                let (numbers, _) = taken.as_chunks();
                let numbers = numbers.iter().map(|it| i64::from_le_bytes(*it));
                Ok(Dictionary::Short(numbers.collect()))
            }
            Stored::FIXED_LEN_BYTE_ARRAY if self.description.type_length() == 16 => {
                let taken = take(&mut bytes, count.saturating_mul(16))?;
                let (numbers, _) = taken.as_chunks();
                let numbers = || numbers.iter().map(|it| i128::from_be_bytes(*it));
                let short = numbers().map(i64::try_from);
                Ok(match short.collect::<std::result::Result<_, _>>() {
                    Ok(short) => Dictionary::Short(short),
                    Err(_) => Dictionary::Long(numbers().collect()),
                })
            }
            Stored::BYTE_ARRAY => {
                let mut texts = Texts::default();
                for _ in 0..count {
                    let length = take(&mut bytes, 4)?.first_chunk().ok_or_else(broken)?;
                    let text = take(&mut bytes, u32::from_le_bytes(*length) as usize)?;
                    texts.push(std::str::from_utf8(text).map_err(|_| broken())?);
                }
                Ok(Dictionary::Text(Arc::new(texts)))
            }
            _ => Err(broken()),
        }
    }
}

/// Whether levels are one run that says "there is a value" for all rows.
fn all_there(levels: &[u8], rows: usize) -> bool {
    let mut bits = Vec::new();
    match levels.len() {
        // One run is a few bytes.
        0..=6 => runs(levels, 1, rows, &mut bits).is_ok() && bits.iter().all(|bit| *bit == 1),
        _ => false,
    }
}

fn pick<T: Copy>(entries: &[T], places: &[u32]) -> Result<Vec<T>> {
    let at = |place: &u32| entries.get(*place as usize).copied();
    places
        .iter()
        .map(at)
        .collect::<Option<_>>()
        .ok_or_else(broken)
}

/// Puts values at the rows that have one.
fn spread(values: Values, present: &[bool]) -> Values {
    fn over<T: Copy + Default>(values: Vec<T>, present: &[bool]) -> Vec<T> {
        let mut values = values.into_iter();
        let cell = |there: &bool| match there {
            true => values.next().unwrap_or_default(),
            false => T::default(),
        };
        present.iter().map(cell).collect()
    }
    match values {
        Values::Whole { scale, values } => Values::Whole {
            scale,
            values: over(values, present),
        },
        Values::Long { scale, values } => Values::Long {
            scale,
            values: over(values, present),
        },
        Values::Boolean(values) => Values::Boolean(over(values, present)),
        Values::Date(values) => Values::Date(over(values, present)),
        Values::DateTime(values) => Values::DateTime(over(values, present)),
        Values::Text { places, dictionary } => Values::Text {
            places: over(places, present),
            dictionary,
        },
    }
}
