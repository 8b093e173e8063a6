//! Tables in web pages: what many programs call an export to Excel.

use super::{
    Chooser,
    number::decimal,
    ods::shown_code,
    sheet::{Area, Sheet, Value},
};
use crate::{Bytes, IntakeError, text::delimited::MAX_COLUMNS, text::encoding};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use std::sync::Arc;

/// How large a page may be: it is held twice.
const MAX_PAGE: u64 = 128 << 20;
/// How many tables may lie in one another.
const MAX_DEPTH: usize = 32;
/// How many rows a cell may span.
const MAX_SPAN: u32 = 1 << 16;

/// Reads the tables of a page as sheets; a table in a cell of another is one of its own.
pub(super) fn read(
    bytes: &[u8],
    declared: Option<&str>,
    chooser: &mut Chooser<'_>,
) -> Result<(), IntakeError> {
    let held = Bytes::Held(bytes);
    let coding = match (declared, charset(bytes)) {
        (None, Some(label)) if label != "utf-8" => {
            encoding::look(held, Some(&label)).or_else(|_| encoding::look(held, None))?
        }
        (declared, _) => encoding::look(held, declared)?,
    };
    let page = coding.whole(held, MAX_PAGE)?;
    let mut emitter = DefaultEmitter::default();
    // Styles and scripts are no markup.
    emitter.naively_switch_states(true);
    let mut tables: Vec<Table> = Vec::new();
    let mut count = 0;
    let mut muted: Option<Vec<u8>> = None;
    for token in Tokenizer::new_with_emitter(page.as_str(), emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) if muted.is_none() => match tag.name.as_slice() {
                b"table" if tables.len() < MAX_DEPTH => {
                    count += 1;
                    let name = attribute(&tag, "id").unwrap_or_else(|| count.to_string());
                    tables.push(Table::new(chooser.sheet(&name, false, Arc::default())));
                }
                b"style" | b"script" | b"select" | b"title" | b"caption" | b"textarea" => {
                    if !tag.self_closing {
                        muted = Some(tag.name.0.clone());
                    }
                }
                _ => {
                    if let Some(table) = tables.last_mut() {
                        table.start(&tag)?;
                    }
                }
            },
            Token::EndTag(tag) => {
                if let Some(name) = &muted {
                    if *name == tag.name.0 {
                        muted = None;
                    }
                } else if tag.name.as_slice() == b"table" {
                    if let Some(table) = tables.pop() {
                        table.done(chooser)?;
                    }
                } else if let Some(table) = tables.last_mut()
                    && matches!(tag.name.as_slice(), b"td" | b"th" | b"tr")
                {
                    table.end_cell()?;
                }
            }
            Token::String(text) if muted.is_none() => {
                if let Some(table) = tables.last_mut() {
                    table.text(&String::from_utf8_lossy(&text));
                }
            }
            _ => {}
        }
    }
    while let Some(mut table) = tables.pop() {
        table.sheet.is_cut = true;
        table.done(chooser)?;
    }
    Ok(())
}

/// The encoding that a page says it is in.
fn charset(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(4096))?.to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"charset=")? + b"charset=".len();
    let label: String = head
        .get(at..)?
        .iter()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .map(|&byte| char::from(byte))
        .collect();
    (!label.is_empty()).then_some(label)
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// A table being read.
struct Table {
    sheet: Sheet,
    /// The row being read; none before the first.
    row: Option<u32>,
    column: u32,
    /// For each column, the row from which it is free of cells that began above.
    free_from: Vec<u32>,
    cell: Option<Cell>,
}

struct Cell {
    text: String,
    /// The number that a program of workbooks wrote beside what it shows.
    number: Option<f64>,
    across: u32,
    down: u32,
}

impl Table {
    fn new(sheet: Sheet) -> Self {
        Self {
            sheet,
            row: None,
            column: 0,
            free_from: Vec::new(),
            cell: None,
        }
    }

    fn start(&mut self, tag: &StartTag<()>) -> Result<(), IntakeError> {
        match tag.name.as_slice() {
            b"tr" => {
                self.end_cell()?;
                self.row = Some(self.row.map_or(0, |row| row.saturating_add(1)));
                self.column = 0;
            }
            b"td" | b"th" => {
                self.end_cell()?;
                self.row.get_or_insert(0);
                let span = |name: &str, most: u32| {
                    let span = attribute(tag, name).and_then(|span| span.trim().parse().ok());
                    span.unwrap_or(1).clamp(1, most)
                };
                let number = ["x:num", "sdval"]
                    .iter()
                    .find_map(|name| attribute(tag, name));
                self.cell = Some(Cell {
                    text: String::new(),
                    number: number.and_then(|number| number.trim().parse().ok()),
                    across: span("colspan", 1000),
                    down: span("rowspan", MAX_SPAN),
                });
            }
            b"br" | b"p" | b"div" | b"li" => {
                if let Some(cell) = &mut self.cell
                    && !cell.text.is_empty()
                {
                    cell.text.truncate(cell.text.trim_end_matches(' ').len());
                    cell.text.push('\n');
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(cell) = &mut self.cell else { return };
        for char in text.chars() {
            if !matches!(char, ' ' | '\t' | '\r' | '\n') {
                cell.text.push(char);
            } else if !cell.text.is_empty() && !cell.text.ends_with([' ', '\n']) {
                cell.text.push(' ');
            }
        }
    }

    fn end_cell(&mut self) -> Result<(), IntakeError> {
        let (Some(cell), Some(row)) = (self.cell.take(), self.row) else {
            return Ok(());
        };
        let is_taken = |column: u32| {
            self.free_from
                .get(column as usize)
                .is_some_and(|&free| free > row)
        };
        while is_taken(self.column) {
            self.column += 1;
        }
        let end = self.column.saturating_add(cell.across);
        if cell.down > 1 {
            let width = (end as usize).min(MAX_COLUMNS);
            self.free_from.resize(self.free_from.len().max(width), 0);
            let below = self
                .free_from
                .iter_mut()
                .take(width)
                .skip(self.column as usize);
            below.for_each(|free| *free = row.saturating_add(cell.down));
        }
        if cell.down > 1 || cell.across > 1 {
            self.sheet.merge(Area {
                top: row,
                left: self.column,
                bottom: row.saturating_add(cell.down - 1),
                right: end - 1,
            });
        }
        let value = cell.value();
        self.sheet.set(row, self.column, &value)?;
        self.column = end;
        Ok(())
    }

    fn done(mut self, chooser: &mut Chooser<'_>) -> Result<(), IntakeError> {
        self.end_cell()?;
        let name = self.sheet.name.clone();
        if chooser.wants(&name) {
            chooser.take(self.sheet)?;
        }
        Ok(())
    }
}

impl Cell {
    /// The exact number, unless what is shown is a date, a code or a share.
    fn value(self) -> Value {
        let shown = self.text.trim();
        let plain = shown.trim_start_matches(['-', '+', '(']).chars().all(|c| {
            c.is_ascii_digit()
                || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | ',' | '.' | '€' | '$' | ')')
        });
        match self.number {
            Some(number) if plain && number.is_finite() && !shown.is_empty() => {
                match shown_code(shown, number) {
                    Some(code) => Value::Text(code),
                    None => Value::Number(decimal(number)),
                }
            }
            _ => Value::Text(self.text),
        }
    }
}
