//! What is to be set, as plain data: one JSON file that `report.typ` reads, and its pictures.
//!
//! Nothing of a document becomes markup: its texts travel as strings. Here too is decided what
//! depends on sizes (which figures stand side by side, how wide columns of tables are), and found
//! what a frozen report may not have.

use crate::columns::{inset, is_narrow, widths};
use crate::complaint::{Complaint, ComplaintKind};
use crate::drawing::{self, Drawing};
use crate::typeface::{self, Face};
use crate::{Ink, photo, words};
use beffroi_model::{CellState, Status};
use beffroi_report::{
    BigNumber, Block, Chapter, Document, Edition, Figure, Inline, Photo, Picture, Pictures, Table,
    TableCell,
};
use beffroi_text::Lang;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use typst::foundations::Bytes;

/// The name of the data.
const DATA: &str = "report.json";
/// The width of text on a page, in points: A4 less margins of 17 mm.
pub(crate) const MEASURE: f64 = 498.9;
/// Between two columns.
const GUTTER: f64 = 20.0;
/// The tallest a picture is set.
const TALLEST: f64 = 345.0;
/// The most points a unit of a drawing is set at.
const LARGEST: f64 = 0.8;

/// Words longer than so many characters may break anywhere.
const LONGEST: usize = 28;

const COVER: &str = include_str!("../assets/cover.svg");
const MARK: &str = include_str!("../assets/mark.svg");

/// What Typst is given, and what a frozen report would be refused for.
pub(crate) struct Manuscript {
    /// Files by name.
    pub files: BTreeMap<String, Bytes>,
    /// What is to be mended.
    pub complaints: Vec<Complaint>,
}

/// Writes the manuscript of a document.
pub(crate) fn write(document: &Document, pictures: &Pictures, ink: Ink) -> Manuscript {
    let lang = Lang::from_code(&document.lang).unwrap_or_default();
    let mut writer = Writer {
        pictures,
        ink,
        files: BTreeMap::new(),
        complaints: Vec::new(),
        chapter: None,
        missing: BTreeSet::new(),
        targets: targets(document),
        annexed: annexed(document),
        referred: annexed(document),
        values: Vec::new(),
        tables: 0,
    };
    let cover = writer.decoration("cover.svg", COVER, 595.3);
    let mark = writer.decoration("mark.svg", MARK, 20.0);
    let title = writer.text(&document.title);
    let town = writer.text(&document.town);
    let front = json!({
        "lang": lang.code(),
        "ink": match ink { Ink::Colour => "colour", Ink::BlackAndWhite => "black" },
        "draft": matches!(document.edition, Edition::Draft { .. }),
        "words": words::words(lang),
        "edition": words::edition(lang, &document.edition),
        "name": format!("{title} {}, {town}", document.year),
        "title": title,
        "year": document.year.to_string(),
        "town": town,
        "town_line": writer.text(&document.town_line),
        "summary": writer.text(&document.summary),
        "presented": writer.text(&document.presented),
        "cover": cover,
        "mark": mark,
    });
    let chapters: Vec<Value> = document
        .chapters
        .iter()
        .map(|chapter| writer.chapter(chapter))
        .collect();
    let data = json!({ "front": front, "chapters": chapters, "values": writer.values });
    let mut files = writer.files;
    files.insert(DATA.to_owned(), Bytes::from_string(data.to_string()));
    Manuscript {
        files,
        complaints: writer.complaints,
    }
}

/// What links may lead to, and the label it has on paper.
fn targets(document: &Document) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    for (place, chapter) in document.chapters.iter().enumerate() {
        targets.insert(chapter.id.clone(), format!("chapter-{place}"));
    }
    targets
}

/// The tables of the document that stand by themselves, and the label they have on paper: a drawn
/// figure whose values are one of them refers to it.
fn annexed(document: &Document) -> BTreeMap<String, String> {
    let blocks = document.chapters.iter().flat_map(|it| &it.blocks);
    blocks
        .filter_map(|block| match block {
            Block::Table(table) if !table.id.is_empty() => Some(&table.id),
            _ => None,
        })
        .enumerate()
        .map(|(place, id)| (id.clone(), format!("table-{place}")))
        .collect()
}

struct Writer<'a> {
    pictures: &'a Pictures,
    ink: Ink,
    files: BTreeMap<String, Bytes>,
    complaints: Vec<Complaint>,
    chapter: Option<String>,
    /// Characters told already, by chapter.
    missing: BTreeSet<(Option<String>, char)>,
    targets: BTreeMap<String, String>,
    /// Tables that stand by themselves and are not set yet, and their labels.
    annexed: BTreeMap<String, String>,
    /// All of them.
    referred: BTreeMap<String, String>,
    /// The tables of figures that have a drawing, for the annex, by chapter.
    values: Vec<Value>,
    tables: usize,
}

impl Writer<'_> {
    fn complain(&mut self, place: &str, what: ComplaintKind) {
        self.complaints.push(Complaint {
            chapter: self.chapter.clone(),
            place: place.to_owned(),
            what,
        });
    }

    /// A text as it is set: white space is a space, words too long for any column may break.
    /// Characters that cannot be set are told.
    fn text(&mut self, text: &str) -> String {
        let text: String = text
            .chars()
            .map(|c| {
                if matches!(c, '\n' | '\r' | '\t') {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        self.check(&text);
        breakable(&text)
    }

    fn check(&mut self, text: &str) {
        for (place, character) in text.char_indices() {
            if typeface::has(character) || !self.missing.insert((self.chapter.clone(), character)) {
                continue;
            }
            let around = around(text, place);
            self.complain(&around, ComplaintKind::MissingGlyph { character });
        }
    }

    fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t String>) -> Vec<String> {
        texts.into_iter().map(|text| self.text(text)).collect()
    }

    fn decoration(&mut self, name: &str, svg: &str, width: f64) -> Value {
        // Ours, and read by a test.
        let Ok(drawing) = drawing::read(svg) else {
            return Value::Null;
        };
        let inked = drawing.inked(self.ink, width / drawing.width);
        self.files
            .insert(name.to_owned(), Bytes::from_string(inked));
        json!(name)
    }

    fn chapter(&mut self, chapter: &Chapter) -> Value {
        self.chapter = Some(chapter.id.clone());
        let before = self.values.len();
        let value = json!({
            "subject": self.text(&chapter.subject),
            "title": self.text(&chapter.title),
            "blocks": self.blocks(&chapter.blocks, MEASURE, &mut 2),
            "sources": self.texts(&chapter.sources),
        });
        let figures = self.values.split_off(before);
        if !figures.is_empty() {
            let title = self.text(&chapter.title);
            self.values
                .push(json!({ "title": title, "figures": figures }));
        }
        self.chapter = None;
        value
    }

    /// Blocks for a column so wide; `level` is that of a heading that comes next under them.
    fn blocks(&mut self, blocks: &[Block], measure: f64, level: &mut u8) -> Vec<Value> {
        let mut written = Vec::new();
        let mut rest = blocks;
        while let Some((block, after)) = rest.split_first() {
            rest = after;
            let half = (measure - GUTTER) / 2.0;
            if let (Block::Table(left), Some((Block::Table(right), after))) =
                (block, rest.split_first())
                && !left.id.is_empty()
                && is_narrow(left, half)
                && is_narrow(right, half)
            {
                rest = after;
                let of = [self.alone(left, half), self.alone(right, half)];
                written.push(json!({ "block": "tables", "of": of }));
                continue;
            }
            if let (Block::Figure(left), Some((Block::Figure(right), after))) =
                (block, rest.split_first())
                && let Some(widths) = side_by_side(left, right, measure)
            {
                rest = after;
                let figures = [
                    self.figure(left, widths.0, *level),
                    self.figure(right, widths.1, *level),
                ];
                written.push(json!({
                    "block": "pair",
                    "widths": [widths.0, widths.1],
                    "figures": figures,
                }));
                continue;
            }
            let value = self.block(block, measure, level);
            if !value.is_null() {
                written.push(value);
            }
        }
        written
    }

    fn block(&mut self, block: &Block, measure: f64, level: &mut u8) -> Value {
        match block {
            Block::Heading { text, .. } if is_blank(text) => Value::Null,
            Block::Heading { level: deep, text } => {
                // Headings go down one level at a time, whatever was written.
                let own = deep.saturating_sub(1).clamp(2, 5).min(*level);
                *level = own + 1;
                json!({ "block": "heading", "level": own, "text": self.inlines(text) })
            }
            Block::Paragraph { lead, text } => {
                json!({ "block": "paragraph", "lead": lead, "text": self.inlines(text) })
            }
            Block::List { ordered, items } => {
                let items: Vec<Value> = items
                    .iter()
                    .map(|item| json!(self.blocks(item, measure - 16.0, level)))
                    .collect();
                json!({ "block": "list", "ordered": ordered, "items": items })
            }
            Block::Commentary { title, blocks } => json!({
                "block": "commentary",
                "title": self.text(title),
                "blocks": self.blocks(blocks, measure - 26.0, level),
            }),
            Block::Notice {
                title,
                text,
                broken,
            } => json!({
                "block": "notice",
                "title": self.text(title),
                "text": self.text(text),
                "broken": broken,
            }),
            Block::Figure(figure) => self.figure(figure, measure, *level),
            Block::Numbers(numbers) => self.numbers(numbers, measure),
            Block::Tally { counts, .. } => {
                let counts: Vec<Value> = counts
                    .iter()
                    .map(|count| {
                        json!({
                            "status": status(count.status),
                            "words": self.text(&count.words),
                            "count": count.count,
                        })
                    })
                    .collect();
                json!({ "block": "tally", "counts": counts, "measure": measure })
            }
            Block::Table(table) => self.alone(table, measure),
            Block::Photo(photo) => self.photo(photo, measure),
        }
    }

    /// A table that stands by itself.
    fn alone(&mut self, table: &Table, measure: f64) -> Value {
        let mut value = self.table(table, measure);
        value["block"] = json!("table");
        // One of an id is what figures refer to.
        value["label"] = json!(self.annexed.remove(&table.id));
        value
    }

    fn inlines(&mut self, inlines: &[Inline]) -> Vec<Value> {
        inlines.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&mut self, inline: &Inline) -> Value {
        match inline {
            Inline::Text { text } => json!({ "as": "text", "text": self.text(text) }),
            Inline::Strong { of } => json!({ "as": "strong", "of": self.inlines(of) }),
            Inline::Emphasis { of } => json!({ "as": "emphasis", "of": self.inlines(of) }),
            Inline::Link { to, of } => {
                let of = self.inlines(of);
                match self.destination(to) {
                    Some((kind, to)) => json!({ "as": kind, "to": to, "of": of }),
                    None => json!({ "as": "words", "of": of }),
                }
            }
            Inline::Value { text, revised, .. } => {
                json!({ "as": "value", "text": self.text(text), "revised": revised })
            }
            Inline::Broken { text } => json!({ "as": "broken", "text": self.text(text) }),
            Inline::Break => json!({ "as": "break" }),
        }
    }

    /// Where a link leads on paper; one that leads nowhere is words.
    fn destination(&self, to: &str) -> Option<(&'static str, String)> {
        if let Some(id) = to.strip_prefix('#') {
            return self.targets.get(id).map(|label| ("place", label.clone()));
        }
        let known = ["https:", "http:", "mailto:"];
        known
            .iter()
            .any(|scheme| to.starts_with(scheme) && to.len() > scheme.len())
            .then(|| ("link", to.to_owned()))
    }

    fn figure(&mut self, figure: &Figure, measure: f64, level: u8) -> Value {
        use beffroi_report::Drawing as Shown;
        let key = &figure.key;
        let title = self.text(&figure.title);
        let subtitle = self.text(&figure.subtitle);
        let notices = self.texts(&figure.notices);
        let drawing = match &figure.drawing {
            Shown::Picture(picture) => self.picture(key, picture, measure),
            Shown::Flow(flow) => self.picture(key, &flow.picture, measure),
            Shown::Multiples { of } => self.multiples(key, of, measure),
            Shown::Numbers { of } => self.numbers(of, measure),
            Shown::Table => {
                let mut table = self.table(&figure.table, measure);
                table["shown"] = json!("table");
                if figure.table.caption.trim() == figure.title.trim() {
                    table["caption"] = json!("");
                }
                table
            }
            Shown::None => Value::Null,
        };
        let is_drawn = !matches!(figure.drawing, Shown::Table | Shown::None);
        let annexed = self.referred.get(&figure.table.id).cloned();
        let label = (is_drawn && !figure.table.rows.is_empty()).then(|| {
            if let Some(label) = annexed {
                return label;
            }
            self.tables += 1;
            let label = format!("values-{}", self.tables);
            let half = (MEASURE - GUTTER) / 2.0;
            let is_half = is_narrow(&figure.table, half);
            let table = self.table(&figure.table, if is_half { half } else { MEASURE });
            self.values.push(json!({
                "title": title,
                "label": label,
                "table": table,
                "half": is_half,
            }));
            label
        });
        json!({
            "block": "figure",
            "title": title,
            "level": level,
            "subtitle": subtitle,
            "notices": notices,
            "drawing": drawing,
            "source": self.text(&figure.source),
            "revised": figure.revised,
            "values": label,
        })
    }

    /// A drawing, as wide as its place and its texts allow.
    fn picture(&mut self, key: &str, picture: &Picture, measure: f64) -> Value {
        if picture.svg.trim().is_empty() {
            return Value::Null;
        }
        let drawing = match chosen(picture, measure) {
            Ok(drawing) => drawing,
            Err(reason) => {
                self.complain(key, ComplaintKind::BadDrawing { reason });
                return Value::Null;
            }
        };
        for text in &drawing.texts {
            self.check(&text.replace(['\n', '\r', '\t'], " "));
        }
        let scale = scale(&drawing, measure);
        let name = format!("drawings/{}.svg", self.files.len());
        self.files.insert(
            name.clone(),
            Bytes::from_string(drawing.inked(self.ink, scale)),
        );
        json!({
            "shown": "picture",
            "file": name,
            "width": drawing.width * scale,
            "alt": self.alt(key, &picture.alt),
        })
    }

    fn alt(&mut self, place: &str, alt: &str) -> Value {
        let alt = alt.trim();
        if alt.is_empty() {
            self.complain(place, ComplaintKind::MissingAlt);
            return Value::Null;
        }
        json!(alt)
    }

    fn multiples(&mut self, key: &str, of: &[(String, String, Picture)], measure: f64) -> Value {
        let columns = if measure > 400.0 { 4.0 } else { 2.0 };
        let column = (measure - (columns - 1.0) * 14.0) / columns;
        let of: Vec<Value> = of
            .iter()
            .map(|(name, last, picture)| {
                json!({
                    "name": self.text(name),
                    "last": self.text(last),
                    "picture": self.picture(key, picture, column),
                })
            })
            .collect();
        json!({ "shown": "multiples", "columns": columns, "of": of })
    }

    fn numbers(&mut self, numbers: &[BigNumber], measure: f64) -> Value {
        let columns: u8 = if measure > 400.0 { 3 } else { 2 };
        let gaps = f64::from(columns - 1) * GUTTER;
        let column = (measure - gaps) / f64::from(columns);
        let of: Vec<Value> = numbers
            .iter()
            .map(|number| {
                let (wide, most) = if number.large {
                    (2.0 * column + GUTTER, 50.0)
                } else {
                    (column, 33.0)
                };
                let unit = typeface::width(Face::Sans, &number.unit, 11.0);
                let room = (wide - unit).max(wide / 2.0);
                let size = room / typeface::width(Face::Display, &number.number, 1.04).max(0.1);
                json!({
                    "title": self.text(&number.title),
                    "number": self.text(&number.number),
                    "unit": self.text(&number.unit),
                    "size": size.clamp(12.0, most),
                    "phrase": self.text(&number.phrase),
                    "status": number.status.map(status),
                    "words": self.text(&number.status_words),
                    "picture": number
                        .picture
                        .as_ref()
                        .map(|picture| self.picture(&number.key, picture, wide)),
                    "large": number.large,
                    "revised": number.revised,
                })
            })
            .collect();
        json!({ "block": "numbers", "shown": "numbers", "columns": columns, "of": of })
    }

    fn table(&mut self, table: &Table, measure: f64) -> Value {
        let heads: Vec<Value> = table
            .head
            .iter()
            .map(|head| json!({ "label": self.text(&head.label), "numeric": head.numeric }))
            .collect();
        let columns = table.head.len();
        let rows: Vec<Value> = table
            .rows
            .iter()
            .map(|row| {
                // A row is as long as the head, whatever was written.
                let cells: Vec<Value> = (0..columns)
                    .map(|place| row.cells.get(place).map_or(Value::Null, |c| self.cell(c)))
                    .collect();
                json!({ "cells": cells, "total": row.total })
            })
            .collect();
        let (size, widths) = widths(table, measure);
        json!({
            "caption": self.text(&table.caption),
            "head": heads,
            "rows": rows,
            "notes": self.texts(&table.notes),
            "size": size,
            "inset": inset(table) / 2.0,
            "widths": widths,
        })
    }

    fn cell(&mut self, cell: &TableCell) -> Value {
        json!({
            "text": self.text(&cell.text),
            "state": match cell.state {
                CellState::Value => "value",
                CellState::Missing => "missing",
                CellState::NotApplicable => "not_applicable",
                CellState::Secret => "secret",
            },
            "status": cell.status.map(status),
        })
    }

    fn photo(&mut self, photo: &Photo, measure: f64) -> Value {
        let file = photo.file.as_str();
        let print = match self.pictures.get(file) {
            None => Err("it is not there".to_owned()),
            Some(bytes) => photo::print(bytes, self.ink).map_err(|error| error.to_string()),
        };
        let (name, width) = match print {
            Ok(print) => {
                let name = format!("photos/{}.{}", self.files.len(), print.kind);
                self.files.insert(name.clone(), Bytes::new(print.bytes));
                (Some(name), print_width(print.ratio, measure))
            }
            Err(reason) => {
                let file = file.to_owned();
                self.complain(&photo.file, ComplaintKind::BadPicture { file, reason });
                (None, measure)
            }
        };
        json!({
            "block": "photo",
            "file": name,
            "width": width,
            "beside": width < measure * 0.8,
            "alt": self.alt(file, &photo.alt),
            "caption": self.text(&photo.caption),
            "credit": self.text(&photo.credit),
        })
    }
}

/// How wide a photograph is set: wide ones span the page, others leave room for their caption.
fn print_width(ratio: f64, measure: f64) -> f64 {
    if ratio > 1.8 || measure < 400.0 {
        measure
    } else {
        (measure * 0.75).min(290.0 * ratio)
    }
}

/// Lets words that are longer than any (addresses, names of files) go on in the next line.
fn breakable(text: &str) -> String {
    let is_long = |word: &str| word.chars().nth(LONGEST).is_some();
    if !text.split(' ').any(is_long) {
        return text.to_owned();
    }
    let mut broken = String::with_capacity(text.len() + 16);
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            broken.push(' ');
        }
        let long = is_long(word);
        let mut since = 0;
        for character in word.chars() {
            broken.push(character);
            since += 1;
            let ends = matches!(character, '/' | '_' | '-' | '.' | '?' | '&' | '=' | ',');
            if long && (since >= LONGEST || (ends && since > 3)) {
                broken.push('\u{200b}');
                since = 0;
            }
        }
    }
    broken
}

/// The words around a character.
fn around(text: &str, place: usize) -> String {
    const FAR: usize = 24;
    let (before, after) = text.split_at(place);
    let start = before.char_indices().rev().take(FAR).last();
    let end = after.char_indices().nth(FAR + 1);
    // Words that were cut are left out.
    let before = match start {
        Some((start, _)) if start > 0 => before[start..].split_once(' ').map_or("", |(_, b)| b),
        _ => before,
    };
    let after = match end {
        Some((end, _)) => after[..end]
            .rsplit_once(' ')
            .map_or(&after[..end], |(a, _)| a),
        None => after,
    };
    format!("{before}{after}").trim().to_owned()
}

/// Whether a line would show nothing.
fn is_blank(inlines: &[Inline]) -> bool {
    inlines.iter().all(|inline| match inline {
        Inline::Text { text } | Inline::Value { text, .. } | Inline::Broken { text } => {
            text.trim().is_empty()
        }
        Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => is_blank(of),
        Inline::Break => true,
    })
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Reached => "reached",
        Status::OnTrack => "on-track",
        Status::Watch => "watch",
        Status::Late => "late",
        Status::NoTarget => "no-target",
    }
}

/// Points of a unit: as wide as the place, unless it would be too large or too tall.
fn scale(drawing: &Drawing, measure: f64) -> f64 {
    (measure / drawing.width)
        .min(LARGEST)
        .min(TALLEST / drawing.height)
}

/// The widths at which two figures stand side by side; `None` where they do not.
fn side_by_side(left: &Figure, right: &Figure, measure: f64) -> Option<(f64, f64)> {
    let both = f64::from(left.width) + f64::from(right.width);
    if !(1.0..=12.0).contains(&both) || measure < 400.0 {
        return None;
    }
    let room = measure - GUTTER;
    let own = room * f64::from(left.width) / both;
    // As they were asked for; else in halves; else one under the other.
    [own, room / 2.0]
        .into_iter()
        .map(|own| (own, room - own))
        .find(|(own, other)| fits(left, *own) && fits(right, *other))
}

/// The drawing for a column so wide: the wide one where it can be read there.
fn chosen(picture: &Picture, measure: f64) -> Result<Drawing, String> {
    let wide = drawing::read(&picture.svg)?;
    match &picture.narrow {
        Some(narrow) if !wide.is_readable_at(scale(&wide, measure)) => drawing::read(narrow),
        _ => Ok(wide),
    }
}

/// Whether a figure can be read in a column so wide.
fn fits(figure: &Figure, measure: f64) -> bool {
    use beffroi_report::Drawing as Shown;
    let picture = match &figure.drawing {
        Shown::Picture(picture) => picture,
        Shown::Flow(flow) => &flow.picture,
        Shown::Table => {
            let (size, widths) = widths(&figure.table, measure);
            return size >= 8.0 && figure.table.rows.len() <= 20 && !widths.is_empty();
        }
        Shown::Multiples { .. } | Shown::Numbers { .. } | Shown::None => return measure >= 200.0,
    };
    chosen(picture, measure).map_or(true, |drawing| {
        drawing.is_readable_at(scale(&drawing, measure))
    })
}
