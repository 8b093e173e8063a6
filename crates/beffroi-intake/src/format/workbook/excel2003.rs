//! Workbooks that Excel 2003 and many programs since write as one XML document.

use super::{
    Chooser, boolean, iso_moment,
    number::Format,
    sheet::{Area, Sheet, Value},
    xml::{Markup, Piece, extend},
};
use crate::IntakeError;
use std::{collections::HashMap, io::BufRead, sync::Arc};

/// How many styles are remembered.
const MAX_STYLES: usize = 1 << 16;

/// Reads the sheets that the chooser wants.
pub(super) fn document(
    xml: &mut Markup<impl BufRead>,
    chooser: &mut Chooser<'_>,
) -> Result<(), IntakeError> {
    let mut formats = HashMap::new();
    let mut style = String::new();
    while let Some(piece) = xml.next()? {
        let Piece::Open(tag) = piece else { continue };
        match tag.name() {
            "Style" => style = tag.get("ID").unwrap_or_default(),
            "NumberFormat" if formats.len() < MAX_STYLES => {
                let code = tag.get("Format").unwrap_or_default();
                formats.insert(style.clone(), format(&code));
            }
            "Worksheet" => {
                let name = tag.get("Name").unwrap_or_default();
                if chooser.wants(&name) {
                    let mut sheet = chooser.sheet(&name, false, Arc::default());
                    worksheet(xml, &formats, &mut sheet)?;
                    chooser.take(sheet)?;
                } else {
                    xml.skip()?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Some formats have names here.
fn format(code: &str) -> Format {
    Format::of(match code {
        "Percent" => "0%",
        "Euro Currency" => "0 €",
        "Currency" | "Fixed" | "Standard" | "Scientific" | "Yes/No" | "True/False" | "On/Off" => {
            "0"
        }
        code if code.ends_with(" Time") => "hh:mm:ss",
        code if code.ends_with(" Date") => "yyyy-mm-dd",
        code => code,
    })
}

/// Reads the sheet that has just been opened.
fn worksheet(
    xml: &mut Markup<impl BufRead>,
    formats: &HashMap<String, Format>,
    sheet: &mut Sheet,
) -> Result<(), IntakeError> {
    let (mut row, mut column, mut next_column) = (0_u32, 0_u32, 0_u32);
    let mut first_row = true;
    let mut column_styles: HashMap<u32, String> = HashMap::new();
    let mut row_style = None;
    let mut in_visible = false;
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Close(end) if end.name() == "Worksheet" => break,
            Piece::Close(end) if end.name() == "Visible" => in_visible = false,
            Piece::Text(text) if in_visible => sheet.is_hidden = text.trim() != "SheetVisible",
            Piece::Open(tag) => match tag.name() {
                "Visible" => in_visible = true,
                "Column" => {
                    column = tag
                        .number("Index")
                        .map_or(next_column, |index| index.saturating_sub(1));
                    let span = tag.number("Span").unwrap_or(0).min(1 << 14);
                    sheet.hidden_columns += usize::from(tag.is_set("Hidden")) * (span as usize + 1);
                    if let Some(style) = tag.get("StyleID") {
                        for column in column..=column.saturating_add(span).min(1 << 14) {
                            column_styles.insert(column, style.clone());
                        }
                    }
                    next_column = column.saturating_add(span).saturating_add(1);
                }
                "Row" => {
                    let next = if first_row { 0 } else { row.saturating_add(1) };
                    row = tag
                        .number("Index")
                        .map_or(next, |index| index.saturating_sub(1));
                    first_row = false;
                    column = 0;
                    row_style = tag.get("StyleID");
                    sheet.hidden_rows += usize::from(tag.is_set("Hidden"));
                }
                "Cell" => {
                    column = tag
                        .number("Index")
                        .map_or(column, |index| index.saturating_sub(1));
                    let across = tag.number("MergeAcross").unwrap_or(0);
                    let down = tag.number("MergeDown").unwrap_or(0);
                    let style = tag
                        .get("StyleID")
                        .or_else(|| row_style.clone())
                        .or_else(|| column_styles.get(&column).cloned());
                    let format = style.and_then(|style| formats.get(&style));
                    let has_formula = tag.get("Formula").is_some();
                    let value = cell(xml, format)?;
                    if across > 0 || down > 0 {
                        sheet.merge(Area {
                            top: row,
                            left: column,
                            bottom: row.saturating_add(down),
                            right: column.saturating_add(across),
                        });
                    }
                    match value {
                        Some(value) => {
                            if let (Some(unit), Value::Number(_)) =
                                (format.and_then(|format| format.unit.as_ref()), &value)
                            {
                                sheet.unit(column, unit);
                            }
                            sheet.set(row, column, &value)?;
                        }
                        None if has_formula => sheet.uncomputed(row, column),
                        None => {}
                    }
                    column = column.saturating_add(across).saturating_add(1);
                }
                _ => {}
            },
            _ => {}
        }
    }
    Ok(())
}

/// Reads the cell that has just been opened.
fn cell(
    xml: &mut Markup<impl BufRead>,
    format: Option<&Format>,
) -> Result<Option<Value>, IntakeError> {
    let (mut kind, mut text) = (None, String::new());
    let (mut depth, mut data) = (1_u32, 0_u32);
    while depth > 0 {
        let mut skips = false;
        match xml.next()? {
            None => break,
            Some(Piece::Open(tag)) => {
                depth += 1;
                match tag.name() {
                    "Data" => {
                        kind = tag.get("Type");
                        data = depth;
                    }
                    "Comment" | "PhoneticText" => skips = true,
                    "br" | "BR" if data > 0 => text.push('\n'),
                    _ => {}
                }
            }
            Some(Piece::Close(_)) => {
                if depth == data {
                    data = 0;
                }
                depth -= 1;
            }
            Some(Piece::Text(part)) if data > 0 => extend(&mut text, &part)?,
            Some(_) => {}
        }
        if skips {
            xml.skip()?;
            depth -= 1;
        }
    }
    let Some(kind) = kind else { return Ok(None) };
    Ok(Some(match (kind.as_str(), text.trim().parse::<f64>()) {
        ("Number", Ok(number)) if number.is_finite() => {
            let plain = Format::default();
            format.unwrap_or(&plain).apply(number, false)
        }
        ("DateTime", _) => Value::Text(moment(text.trim())),
        ("Boolean", _) => Value::Text(boolean(text.trim() == "1").to_owned()),
        _ => Value::Text(text),
    }))
}

/// An instant; a time of day stands on the last day of 1899.
fn moment(text: &str) -> String {
    let text = text.strip_suffix(".000").unwrap_or(text);
    match text.strip_prefix("1899-12-31T") {
        Some(time) => time.to_owned(),
        None => iso_moment(text),
    }
}
