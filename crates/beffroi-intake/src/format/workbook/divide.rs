//! Sheets in which the lines of a delimited text stand in one column, for the text was opened with
//! another delimiter than its own.

use super::{Decided, Sheet};
use crate::{
    IntakeError,
    record::Record,
    text::dialect::{self, divided},
};
use beffroi_model::Confidence;

/// No more lines tell the delimiter.
const SAMPLE: usize = 4000;

/// Divides the cells of a sheet that has a single column, if nearly all divide alike.
pub(super) fn divide(sheet: &mut Sheet) -> Result<Option<Decided>, IntakeError> {
    let Some(lines) = sheet.single_column() else {
        return Ok(None);
    };
    let sample: Vec<&str> = lines.iter().take(SAMPLE).map(|(_, line)| *line).collect();
    let found = dialect::find(&[sample.join("\n")], None);
    let delimiter = found.dialect.delimiter.clone();
    let (Some(width), [_, _, ..]) = (found.usual.width, sample.as_slice()) else {
        return Ok(None);
    };
    // Sentences have commas and blanks too.
    let is_plain =
        matches!(delimiter.as_str(), ";" | "\t" | "|") || (delimiter == "," && width > 2);
    if !is_plain || found.fixed.is_some() {
        return Ok(None);
    }
    let mut row = Record::default();
    let divided = lines.iter().map(|&(line, text)| {
        row.restart(0);
        divided(text, &found.dialect, width, &mut row);
        (line, row.cells().map(str::to_owned).collect::<Vec<_>>())
    });
    let divided: Vec<(u32, Vec<String>)> = divided.collect();
    let alike = divided.iter().filter(|(_, cells)| cells.len() == width);
    if alike.count() * 10 < divided.len() * 8 {
        return Ok(None);
    }
    sheet.replace(divided.into_iter())?;
    let decided = Decided::of("divided-cells", dialect::shown(&delimiter));
    Ok(Some(decided.because(
        "even-rows-only",
        &[],
        Confidence::Likely,
    )))
}
