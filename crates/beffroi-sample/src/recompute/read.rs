//! The plainest possible readers for the sample files: each knows where its header is.

use crate::SampleError;
use calamine::{Data, Reader, Xlsx, open_workbook};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A table with its header.
pub(super) struct Table {
    path: PathBuf,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A row with its header.
pub(super) struct Row<'a> {
    header: &'a [String],
    cells: &'a [String],
}

impl Row<'_> {
    /// The cell under a header, trimmed; empty when the row is too short.
    pub(super) fn cell(&self, name: &str) -> &str {
        let place = self.header.iter().position(|header| header == name);
        place
            .and_then(|place| self.cells.get(place))
            .map_or("", |cell| cell.trim())
    }

    /// The cell as a number; nothing for anything else.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        number(self.cell(name))
    }
}

impl Table {
    /// Its rows, which must have these columns.
    pub(super) fn rows<const N: usize>(
        &self,
        needed: [&str; N],
    ) -> Result<impl Iterator<Item = Row<'_>>, SampleError> {
        for name in needed {
            if !self.header.iter().any(|header| header == name) {
                let reason = format!("no column `{name}`");
                return Err(SampleError::Shape {
                    path: self.path.clone(),
                    reason,
                });
            }
        }
        Ok(self.rows.iter().map(|cells| Row {
            header: &self.header,
            cells,
        }))
    }
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> SampleError {
    let path = path.to_owned();
    move |source| SampleError::Io {
        path: path.clone(),
        source,
    }
}

/// The files of a folder whose names begin like this, in the order of their names.
pub(super) fn files(folder: &Path, prefix: &str) -> Result<Vec<PathBuf>, SampleError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.starts_with(prefix)) {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        let reason = format!("no file `{prefix}…`");
        return Err(SampleError::Shape {
            path: folder.to_owned(),
            reason,
        });
    }
    Ok(found)
}

/// A delimited file whose header is the line that begins with this cell.
pub(super) fn delimited(path: &Path, delimiter: char, first: &str) -> Result<Table, SampleError> {
    let text = decode(&fs::read(path).map_err(failed(path))?);
    let mut lines = split(&text, delimiter);
    let Some(place) = lines
        .iter()
        .position(|row| row.first().is_some_and(|cell| cell == first))
    else {
        let reason = format!("no header beginning with `{first}`");
        return Err(SampleError::Shape {
            path: path.to_owned(),
            reason,
        });
    };
    let rows = lines.split_off(place + 1);
    let header = lines.pop().unwrap_or_default();
    Ok(Table {
        path: path.to_owned(),
        header,
        rows,
    })
}

/// A JSON document.
pub(super) fn json(path: &Path) -> Result<serde_json::Value, SampleError> {
    serde_json::from_slice(&fs::read(path).map_err(failed(path))?).map_err(|error| {
        SampleError::Shape {
            path: path.to_owned(),
            reason: error.to_string(),
        }
    })
}

/// The first sheet of a workbook, whose header is on `height` rows from `line` (from 0): a title
/// over several columns goes before each of their own.
pub(super) fn workbook(path: &Path, line: usize, height: usize) -> Result<Table, SampleError> {
    let shape = |reason: String| SampleError::Shape {
        path: path.to_owned(),
        reason,
    };
    let mut workbook: Xlsx<_> =
        open_workbook(path).map_err(|e: calamine::XlsxError| shape(e.to_string()))?;
    let sheet = workbook
        .worksheet_range_at(0)
        .ok_or_else(|| shape("no sheet".to_owned()))?
        .map_err(|error| shape(error.to_string()))?;
    let origin = sheet.start().map_or(0, |(row, _)| row as usize);
    let mut rows: Vec<Vec<String>> = sheet
        .rows()
        .map(|row| row.iter().map(text_of).collect())
        .collect();
    let begin = line.saturating_sub(origin);
    if rows.len() < begin + height {
        return Err(shape("no header".to_owned()));
    }
    let data = rows.split_off(begin + height);
    let mut header = Vec::new();
    let mut over = String::new();
    for (column, top) in rows[begin].iter().enumerate() {
        let below = rows
            .get(begin + 1)
            .and_then(|row| row.get(column))
            .map_or("", String::as_str);
        if !top.is_empty() {
            over.clone_from(top);
        }
        header.push(if below.is_empty() {
            top.clone()
        } else {
            format!("{over} {below}")
        });
    }
    Ok(Table {
        path: path.to_owned(),
        header,
        rows: data,
    })
}

fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// UTF-8, with or without its mark, else windows-1252.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(
        |_| {
            bytes
                .iter()
                .map(|byte| match byte {
                    0x80 => '€',
                    0x85 => '…',
                    0x8c => 'Œ',
                    0x92 => '’',
                    0x95 => '•',
                    0x96 => '–',
                    0x97 => '—',
                    0x9c => 'œ',
                    byte => char::from(*byte),
                })
                .collect()
        },
        str::to_owned,
    )
}

fn split(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c if c == delimiter && !quoted => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push(row);
    }
    rows
}

/// A number as French files write it.
fn number(text: &str) -> Option<f64> {
    let text = text.strip_suffix('€').unwrap_or(text);
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.replace(',', ".").parse().ok()
}

/// A whole number of these digits only.
pub(super) fn digits(text: &str) -> Option<i32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// Year and month of `2025-03` or `03/2025`.
pub(super) fn month(text: &str) -> Option<(i32, i32)> {
    let (year, month) = match text.split_once('/') {
        Some((month, year)) => (year, month),
        None => text.split_once('-')?,
    };
    let (year, month) = (digits(year)?, digits(month)?);
    (1..=12).contains(&month).then_some((year, month))
}

/// The year of `31/12/2025` or `2025-12-31`, when there is such a day.
pub(super) fn year_of_day(text: &str) -> Option<i32> {
    let parts: Vec<i32> = text.split(['/', '-']).map(digits).collect::<Option<_>>()?;
    let (year, month, day) = match (text.contains('/'), parts.as_slice()) {
        (true, [day, month, year]) | (false, [year, month, day]) => (*year, *month, *day),
        _ => return None,
    };
    let month = u32::try_from(month)
        .ok()
        .filter(|month| (1..=12).contains(month))?;
    (1..=crate::town::days_in(year, month))
        .contains(&i64::from(day))
        .then_some(year)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_dates_and_lines_are_read() {
        assert_eq!(number("1 284,50 €"), Some(1284.5));
        assert_eq!(number("1\u{a0}284\u{202f}512"), Some(1_284_512.0));
        assert_eq!(number("env. 40"), None);
        assert_eq!(month("03/2025"), Some((2025, 3)));
        assert_eq!(month("2024-13"), None);
        assert_eq!(month("Total 2024"), None);
        assert_eq!(year_of_day("31/02/2025"), None);
        assert_eq!(year_of_day("2024-02-29"), Some(2024));
        let rows = split("a;\"b;\n\"\"c\"\"\"\r\n;d", ';');
        assert_eq!(rows, [["a", "b;\n\"c\""], ["", "d"]]);
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9"), "é");
        assert_eq!(decode(b"\x96\xe9"), "–é");
    }
}
