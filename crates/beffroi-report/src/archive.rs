//! A document as files: a CSV per table, what they rest on, and a word to who opens them.

use crate::document::{Document, Table, TableCell};
use crate::html::safe;
use crate::tables::{Listed, tables};
use crate::words::{edition_line, full_title, lang};
use crate::xlsx::{edition_day, source_head, source_lines};
use beffroi_model::CellState;
use beffroi_text::{disarmed, t_args};
use chrono::Datelike;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Why the files could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveFailure {
    /// What the format refuses.
    #[error("the archive could not be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// What writing refuses.
    #[error("the archive could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// The report's values as a ZIP of CSV files for programs: UTF-8, comma, decimal point, exact
/// values. The same bytes for the same document.
///
/// # Errors
///
/// When an archive cannot hold them.
pub fn zip(document: &Document) -> Result<Vec<u8>, ArchiveFailure> {
    let listed = tables(document);
    let names = file_names(&listed);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let day = edition_day(document);
    let day = u16::try_from(day.year()).ok().and_then(|year| {
        let month = u8::try_from(day.month()).ok()?;
        DateTime::from_date_and_time(year, month, u8::try_from(day.day()).ok()?, 0, 0, 0).ok()
    });
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(day.unwrap_or_default())
        .unix_permissions(0o644);
    let mut add = |name: &str, text: &str| -> Result<(), ArchiveFailure> {
        writer.start_file(name, options)?;
        writer.write_all(text.as_bytes())?;
        Ok(())
    };
    add("lisez-moi.txt", &read_me(document, &listed, &names))?;
    for (name, listed) in names.iter().zip(&listed) {
        add(name, &csv(&listed.table))?;
    }
    add("sources.csv", &sources(document))?;
    Ok(writer.finish()?.into_inner())
}

/// Files with their paths as a ZIP; the same bytes for the same files.
///
/// # Errors
///
/// When an archive cannot hold them.
pub fn bundle(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ArchiveFailure> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in files {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// `01-mobilites-velos.csv`: in the order of the report.
fn file_names(listed: &[Listed]) -> Vec<String> {
    let digits = listed.len().to_string().len().max(2);
    let name = |(place, listed): (usize, &Listed)| {
        // The key of a figure starts with its chapter.
        let key = listed
            .key
            .strip_prefix(&listed.chapter.id)
            .map_or(listed.key.as_str(), |rest| {
                rest.trim_start_matches(['.', '/'])
            });
        let words = [safe(&listed.chapter.id), safe(&key.replace('.', "-"))].join("-");
        let words: String = words.chars().take(80).collect();
        format!("{:0digits$}-{}.csv", place + 1, words.trim_end_matches('-'))
    };
    listed.iter().enumerate().map(name).collect()
}

fn read_me(document: &Document, listed: &[Listed], names: &[String]) -> String {
    let lang = lang(document);
    let mut text = t_args(
        lang,
        "output-readme",
        &[
            ("title", full_title(document).into()),
            ("town", document.town.as_str().into()),
            ("edition", edition_line(document).into()),
        ],
    )
    .into_owned();
    for (name, listed) in names.iter().zip(listed) {
        text.push_str(&format!("\n{name}\u{a0}: {}", one_line(&listed.title)));
    }
    text.push_str("\nsources.csv\n");
    // Read by plain editors of any system.
    text.replace('\n', "\r\n")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A table as CSV; a column with absences is followed by one of the same name that says why
/// (`nd`, `so`, `s`).
fn csv(table: &Table) -> String {
    let stated: Vec<bool> = (0..table.head.len())
        .map(|column| {
            table.rows.iter().any(|row| {
                row.cells
                    .get(column)
                    .is_some_and(|cell| cell.state != CellState::Value)
            })
        })
        .collect();
    let mut text = String::new();
    let mut head = Vec::new();
    for (head_of, stated) in table.head.iter().zip(&stated) {
        head.push(disarmed(&head_of.label).into_owned());
        if *stated {
            head.push(disarmed(&format!("{}_etat", head_of.label)).into_owned());
        }
    }
    line(&mut text, &head);
    for row in &table.rows {
        let mut cells = Vec::new();
        for (cell, stated) in row.cells.iter().zip(&stated) {
            cells.push(written(cell));
            if *stated {
                cells.push(state(cell.state).to_owned());
            }
        }
        line(&mut text, &cells);
    }
    text
}

/// Reasons of absence, as in the exports of boards.
fn state(state: CellState) -> &'static str {
    match state {
        CellState::Value => "",
        CellState::Missing => "nd",
        CellState::NotApplicable => "so",
        CellState::Secret => "s",
    }
}

fn written(cell: &TableCell) -> String {
    if cell.state != CellState::Value {
        return String::new();
    }
    match cell.value.filter(|value| value.is_finite()) {
        // Minus zero is dust, too.
        Some(value) => (value + 0.0).to_string(),
        None => disarmed(&cell.text).into_owned(),
    }
}

fn sources(document: &Document) -> String {
    let mut text = String::new();
    line(&mut text, &source_head(lang(document)));
    for source in source_lines(document) {
        let mut cells: Vec<String> = source
            .texts
            .iter()
            .map(|text| disarmed(text).into_owned())
            .collect();
        match source.version {
            Some((version, file, day)) => cells.extend([
                version.to_string(),
                disarmed(file).into_owned(),
                day.format("%Y-%m-%d").to_string(),
            ]),
            None => cells.extend([String::new(), String::new(), String::new()]),
        }
        line(&mut text, &cells);
    }
    text
}

fn line(text: &mut String, cells: &[String]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}
