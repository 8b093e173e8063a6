//! A copy of a file without its personal data: what may be kept of it.

use crate::{Input, IntakeError, format, layout, rows};
use beffroi_model::{Reading, Schema};
use std::{collections::HashSet, io, io::Write};

/// Why the copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum StripError {
    /// The file is refused.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The copy could not be written.
    #[error("the copy cannot be written")]
    Io(#[from] io::Error),
}

/// Writes the rows of a file as UTF-8 CSV with its declared columns only, personal ones left out:
/// whatever else stands in the file may name people, as may what stands above the header. Rows
/// out of line are left out too, their cells not being where they belong. Every row keeps its
/// line, so that what is found in the copy is found there in the file.
///
/// [`stripped_reading`] tells how to read the copy.
///
/// # Errors
/// The file is refused, or the copy cannot be written.
pub fn strip(
    input: Input<'_>,
    reading: &Reading,
    schema: &Schema,
    out: &mut dyn Write,
) -> Result<(), StripError> {
    let opened = format::open(input, reading, &crate::is_declared(schema))?;
    let layout = layout::find(&opened, reading, Some(schema))?;
    let shown: HashSet<usize> = schema
        .columns
        .iter()
        .zip(rows::places(&layout, schema))
        .filter(|(column, _)| !column.personal)
        .filter_map(|(_, place)| place)
        .collect();
    let width = layout.headings.len();
    let shown: Vec<usize> = (0..width).filter(|place| shown.contains(place)).collect();
    let header = shown.iter().filter_map(|&place| layout.headings.get(place));
    write_row(out, header.map(|heading| heading.name.as_str()))?;
    let mut line = 2;
    let mut rows = opened.grid.rows();
    while let Some(row) = rows.next() {
        let in_line = row.width() <= width && (!opened.ragged || row.len() >= width);
        if row.line() <= layout.data_after || row.is_blank() || !in_line {
            continue;
        }
        while line < row.line() {
            out.write_all(b"\n")?;
            line += 1;
        }
        let cells = shown.iter().map(|&place| row.get(place));
        line += write_row(out, cells)?;
    }
    Ok(())
}

/// How to read what [`strip`] wrote of a file that was read in some way.
#[must_use]
pub fn stripped_reading(reading: &Reading) -> Reading {
    Reading {
        header_line: Some(1),
        encoding: Some("utf-8".to_owned()),
        delimiter: Some(",".to_owned()),
        sheet: None,
        records: None,
        ..reading.clone()
    }
}

/// Writes a row, every cell in quotes. Returns how many lines it takes.
fn write_row<'a>(out: &mut dyn Write, cells: impl Iterator<Item = &'a str>) -> io::Result<u64> {
    let mut lines = 1;
    for (place, cell) in cells.enumerate() {
        lines += cell.bytes().filter(|byte| *byte == b'\n').count() as u64;
        let separator = if place > 0 { "," } else { "" };
        write!(out, "{separator}\"{}\"", cell.replace('"', "\"\""))?;
    }
    out.write_all(b"\n")?;
    Ok(lines)
}
