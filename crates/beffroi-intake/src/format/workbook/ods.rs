//! OpenDocument spreadsheets, zipped (ODS) or as one XML document (FODS).

use super::{
    Chooser, boolean, iso_moment,
    number::decimal,
    package::Package,
    sheet::{Area, Sheet, Value},
    unreadable,
    xml::{Markup, Piece, Tag, extend},
};
use crate::IntakeError;
use std::{collections::HashSet, io::BufRead, sync::Arc};

/// How many blanks one mark may stand for.
const MAX_BLANKS: u32 = 10_000;
/// A row or column repeated more often than this only fills the sheet up.
const FILLING: u32 = 1000;

/// Reads the sheets that the chooser wants.
pub(super) fn read(
    package: &mut Package<'_>,
    chooser: &mut Chooser<'_>,
) -> Result<(), IntakeError> {
    if let Some(mut manifest) = package.xml("META-INF/manifest.xml")? {
        while let Some(piece) = manifest.next()? {
            if matches!(piece, Piece::Open(tag) if tag.name() == "encryption-data") {
                return Err(IntakeError::Encrypted);
            }
        }
    }
    document(&mut package.needed("content.xml")?, chooser)
}

/// Reads the sheets of a document.
pub(super) fn document(
    xml: &mut Markup<impl BufRead>,
    chooser: &mut Chooser<'_>,
) -> Result<(), IntakeError> {
    let mut hidden_styles = HashSet::new();
    let (mut style, mut is_spreadsheet) = (String::new(), false);
    while let Some(piece) = xml.next()? {
        let Piece::Open(tag) = piece else { continue };
        match tag.name() {
            "style" => style = tag.get("name").unwrap_or_default(),
            "table-properties" if tag.get("display").as_deref() == Some("false") => {
                hidden_styles.insert(style.clone());
            }
            "spreadsheet" => is_spreadsheet = true,
            "tracked-changes" | "dde-links" | "content-validations" => xml.skip()?,
            "table" => {
                let name = tag.get("name").unwrap_or_default();
                let styled = tag.get("style-name");
                if chooser.wants(&name) {
                    let is_hidden = styled.is_some_and(|style| hidden_styles.contains(&style));
                    let mut sheet = chooser.sheet(&name, is_hidden, Arc::default());
                    table(xml, &mut sheet)?;
                    chooser.take(sheet)?;
                } else {
                    xml.skip()?;
                }
            }
            _ => {}
        }
    }
    if is_spreadsheet {
        Ok(())
    } else {
        Err(IntakeError::Unsupported { format: "ODT" })
    }
}

/// Reads the table that has just been opened.
fn table(xml: &mut Markup<impl BufRead>, sheet: &mut Sheet) -> Result<(), IntakeError> {
    let mut row = 0_u32;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Close(end) if end.name() == "table" => break,
            Piece::Open(tag) => match tag.name() {
                "table-column" => {
                    let count = repeated(&tag, "number-columns-repeated");
                    if is_hidden(&tag) && count < FILLING {
                        sheet.hidden_columns += count as usize;
                    }
                }
                "table-row" => {
                    let count = repeated(&tag, "number-rows-repeated");
                    let is_hidden = is_hidden(&tag);
                    let cells = cells(xml, row)?;
                    row = put(sheet, row, count, is_hidden, &cells)?;
                }
                "shapes" | "forms" | "named-expressions" | "table" => xml.skip()?,
                _ => {}
            },
            _ => {}
        }
    }
    Ok(())
}

/// Cells side by side that hold the same.
#[derive(Default)]
struct Run {
    column: u32,
    count: u32,
    value: Option<Value>,
    unit: Option<String>,
    merge: Option<Area>,
    is_uncomputed: bool,
}

/// Puts the cells of a row, as often as it is repeated, into a sheet; gives the row below.
fn put(
    sheet: &mut Sheet,
    row: u32,
    count: u32,
    is_hidden: bool,
    runs: &[Run],
) -> Result<u32, IntakeError> {
    let filled = runs.iter().filter(|run| run.value.is_some());
    let width: u64 = filled.map(|run| u64::from(run.count)).sum();
    if width > 0 && row.checked_add(count).is_none() {
        return Err(unreadable("a row beyond any sheet"));
    }
    sheet.repeat((width * u64::from(count)).saturating_sub(runs.len() as u64))?;
    for run in runs {
        if let Some(merge) = run.merge {
            sheet.merge(merge);
        }
        if run.is_uncomputed {
            sheet.uncomputed(row, run.column);
        }
    }
    if width > 0 {
        if is_hidden {
            sheet.hidden_rows += count as usize;
        }
        for row in row..row.saturating_add(count) {
            for run in runs {
                let Some(value) = &run.value else { continue };
                for column in run.column..run.column.saturating_add(run.count) {
                    sheet.set(row, column, value)?;
                    if let Some(unit) = &run.unit {
                        sheet.unit(column, unit);
                    }
                }
            }
        }
    }
    Ok(row.saturating_add(count))
}

/// Reads the cells of the row that has just been opened.
fn cells(xml: &mut Markup<impl BufRead>, row: u32) -> Result<Vec<Run>, IntakeError> {
    let (mut runs, mut column) = (Vec::new(), 0_u32);
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Close(end) if end.name() == "table-row" => break,
            Piece::Open(tag) => {
                let is_covered = tag.name() == "covered-table-cell";
                if !is_covered && tag.name() != "table-cell" {
                    continue;
                }
                let start = Start::of(&tag);
                let count = repeated(&tag, "number-columns-repeated");
                let span = (
                    repeated(&tag, "number-rows-spanned"),
                    repeated(&tag, "number-columns-spanned"),
                );
                let text = text(xml)?;
                // What lies beneath a merged cell is not to be seen.
                if column.checked_add(count).is_none() && !text.is_empty() {
                    return Err(unreadable("a column beyond any sheet"));
                }
                if !is_covered {
                    let mut run = start.run(text);
                    (run.column, run.count) = (column, count);
                    run.merge = (span != (1, 1)).then(|| Area {
                        top: row,
                        left: column,
                        bottom: row.saturating_add(span.0 - 1),
                        right: column.saturating_add(span.1 - 1),
                    });
                    if run.value.is_some() || run.is_uncomputed {
                        runs.push(run);
                    }
                }
                column = column.saturating_add(count);
            }
            _ => {}
        }
    }
    Ok(runs)
}

/// What a cell says of itself.
#[derive(Default)]
struct Start {
    kind: Option<String>,
    value: Option<String>,
    currency: Option<String>,
    is_error: bool,
    has_formula: bool,
}

impl Start {
    fn of(tag: &Tag<'_>) -> Self {
        let mut start = Self::default();
        for (name, value) in tag.attributes() {
            match (name, value.as_ref()) {
                // Said in a namespace of its own, beside the value of a text.
                ("value-type", "error") => start.is_error = true,
                ("value-type", kind) => start.kind = Some(kind.to_owned()),
                (
                    "value" | "date-value" | "time-value" | "boolean-value" | "string-value",
                    value,
                ) => {
                    start.value = Some(value.to_owned());
                }
                ("currency", currency) => start.currency = Some(currency.to_owned()),
                ("formula", _) => start.has_formula = true,
                _ => {}
            }
        }
        start
    }

    fn run(self, text: String) -> Run {
        let kind = self.kind.as_deref();
        let is_uncomputed = self.has_formula && kind.is_none() && text.is_empty();
        let unit = match kind {
            Some("percentage") => Some("%".to_owned()),
            Some("currency") => match self.currency.as_deref() {
                Some("EUR") => Some("€".to_owned()),
                other => other.map(str::to_owned),
            },
            _ => None,
        };
        let value = match (kind, self.value) {
            _ if self.is_error => Value::Text(text),
            (Some("float" | "percentage" | "currency"), Some(value)) => {
                match value.trim().parse::<f64>() {
                    Ok(number) if number.is_finite() => shown_code(&text, number)
                        .map_or_else(|| Value::Number(decimal(number)), Value::Text),
                    _ => Value::Text(text),
                }
            }
            (Some("date"), Some(value)) => Value::Text(iso_moment(&value)),
            (Some("time"), Some(value)) => Value::Text(duration(&value).unwrap_or(text)),
            (Some("boolean"), Some(value)) => Value::Text(boolean(value == "true").to_owned()),
            (Some("string"), Some(value)) if text.is_empty() => Value::Text(value),
            _ => Value::Text(text),
        };
        let is_empty = matches!(&value, Value::Text(text) if text.is_empty());
        Run {
            value: (!is_empty).then_some(value),
            unit,
            is_uncomputed,
            ..Run::default()
        }
    }
}

/// The text shown of a whole number when it is a code: zeros in front, digits in groups.
pub(super) fn shown_code(text: &str, number: f64) -> Option<String> {
    if !text.starts_with('0') || number < 0.0 || number.fract() != 0.0 || number >= 1e15 {
        return None;
    }
    let spaced =
        |c: char| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '.' | '-');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let fits = digits.len() > 1
        && text.chars().all(spaced)
        && digits.trim_start_matches('0') == format!("{number:.0}").trim_start_matches('0');
    fits.then(|| text.to_owned())
}

/// `PT12H30M00S` as `12:30:00`.
fn duration(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (mut hours, mut minutes, mut seconds) = (0_u64, 0_u64, String::from("00"));
    let mut rest = rest.strip_prefix('P')?;
    if let Some((days, time)) = rest.split_once('D') {
        hours = days.parse::<u64>().ok()?.checked_mul(24)?;
        rest = time;
    }
    let mut rest = rest.strip_prefix('T').unwrap_or(rest);
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let (number, unit) = rest.split_at_checked(at)?;
        match unit.get(..1)? {
            "H" => hours = hours.checked_add(number.parse().ok()?)?,
            "M" => minutes = number.parse().ok()?,
            "S" => {
                let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
                seconds = format!("{:02}", whole.parse::<u64>().ok()?);
                let fraction = fraction.trim_end_matches('0');
                if !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                    seconds = format!("{seconds}.{fraction}");
                }
            }
            _ => return None,
        }
        rest = unit.get(1..)?;
    }
    Some(format!("{sign}{hours:02}:{minutes:02}:{seconds}"))
}

/// The text of the cell that has just been opened: its paragraphs, without notes and drawings.
fn text(xml: &mut Markup<impl BufRead>) -> Result<String, IntakeError> {
    let mut text = String::new();
    let (mut depth, mut paragraphs, mut in_paragraph) = (1_u32, 0_u32, 0_u32);
    while depth > 0 {
        let mut skips = false;
        match xml.next()? {
            None => break,
            Some(Piece::Open(tag)) => {
                depth += 1;
                match tag.name() {
                    "p" | "h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        in_paragraph = depth;
                    }
                    "s" if in_paragraph > 0 => {
                        let blanks = tag.number("c").unwrap_or(1);
                        if blanks > MAX_BLANKS {
                            return Err(unreadable("a run of too many blanks"));
                        }
                        extend(&mut text, &" ".repeat(blanks as usize))?;
                    }
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    "annotation" | "frame" | "custom-shape" | "control" | "ruby-text" | "table"
                    | "g" | "object" | "image" | "line" | "rect" => skips = true,
                    _ => {}
                }
            }
            Some(Piece::Close(_)) => {
                if depth == in_paragraph {
                    in_paragraph = 0;
                }
                depth -= 1;
            }
            // A text broken over lines in the file is indented there, not in the cell.
            Some(Piece::Text(part)) if in_paragraph > 0 && part.contains('\n') => {
                let words: Vec<&str> = part.split_ascii_whitespace().collect();
                extend(&mut text, &words.join(" "))?;
            }
            Some(Piece::Text(part)) if in_paragraph > 0 => extend(&mut text, &part)?,
            Some(_) => {}
        }
        if skips {
            xml.skip()?;
            depth -= 1;
        }
    }
    Ok(text)
}

fn repeated(tag: &Tag<'_>, name: &str) -> u32 {
    tag.number(name).unwrap_or(1).max(1)
}

fn is_hidden(tag: &Tag<'_>) -> bool {
    tag.get("visibility").is_some_and(|how| how != "visible")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_clocks() {
        for (text, clock) in [
            ("PT12H30M00S", Some("12:30:00")),
            ("PT36H00M00.500000000S", Some("36:00:00.5")),
            ("P1DT2H3M4S", Some("26:03:04")),
            ("-PT1H0M0S", Some("-01:00:00")),
            ("12:30", None),
            ("PTéH", None),
        ] {
            assert_eq!(duration(text).as_deref(), clock, "{text}");
        }
    }

    #[test]
    fn a_code_is_what_is_shown() {
        assert_eq!(shown_code("01234", 1234.0).as_deref(), Some("01234"));
        assert_eq!(
            shown_code("04 67 12 34 56", 467_123_456.0).as_deref(),
            Some("04 67 12 34 56")
        );
        assert_eq!(shown_code("0", 0.0), None);
        assert_eq!(shown_code("0,5", 0.5), None);
        assert_eq!(shown_code("01/02/2024", 1_022_024.0), None);
        assert_eq!(shown_code("012", 13.0), None);
    }
}
