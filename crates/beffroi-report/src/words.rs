//! The words of a document in reading order, and the few that outputs add to them.
//!
//! Whoever writes an output takes what it adds from here, so that all outputs add the same.

use crate::document::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Figure, FlowEnd, Inline, Table,
};
use beffroi_text::{Lang, date_long, t, t_args};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The language of a document's words.
#[must_use]
pub fn lang(document: &Document) -> Lang {
    Lang::from_code(&document.lang).unwrap_or_default()
}

/// Title and year: *Rapport annuel 2025*.
#[must_use]
pub fn full_title(document: &Document) -> String {
    format!("{} {}", document.title, document.year)
}

/// What is said of the edition: *Projet. Données vues le 10 juin 2026 : rien n’est encore arrêté.*
#[must_use]
pub fn edition_line(document: &Document) -> Cow<'static, str> {
    let lang = lang(document);
    match document.edition {
        Edition::Draft { seen_on } => t_args(
            lang,
            "output-draft-line",
            &[("day", date_long(lang, seen_on).into())],
        ),
        Edition::Frozen { at, number } => t_args(
            lang,
            "output-frozen-line",
            &[
                ("day", date_long(lang, at.date()).into()),
                ("number", number.into()),
            ],
        ),
    }
}

/// Whether a document still moves.
#[must_use]
pub fn is_draft(document: &Document) -> bool {
    matches!(document.edition, Edition::Draft { .. })
}

/// Tables that stand by themselves under an id, with the chapter they are in: where figures send
/// those who want their values.
#[must_use]
pub fn annexed(document: &Document) -> BTreeMap<&str, &Chapter> {
    fn gather<'a>(
        blocks: &'a [Block],
        chapter: &'a Chapter,
        found: &mut BTreeMap<&'a str, &'a Chapter>,
    ) {
        for block in blocks {
            match block {
                Block::Table(table) if !table.id.is_empty() => {
                    found.entry(&table.id).or_insert(chapter);
                }
                Block::List { items, .. } => {
                    for item in items {
                        gather(item, chapter, found);
                    }
                }
                Block::Commentary { blocks, .. } => gather(blocks, chapter, found),
                _ => {}
            }
        }
    }
    let mut found = BTreeMap::new();
    for chapter in &document.chapters {
        gather(&chapter.blocks, chapter, &mut found);
    }
    found
}

/// Whether the values of a figure are shown where it stands: it is a table, or it is drawn and no
/// annex holds them.
#[must_use]
pub fn shows_values(figure: &Figure, annexed: &BTreeMap<&str, &Chapter>) -> bool {
    !figure.table.rows.is_empty()
        && (matches!(figure.drawing, Drawing::Table)
            || !annexed.contains_key(figure.table.id.as_str()))
}

/// All words of a document as they are read, one string per line, heading, cell. Texts of drawings
/// and alternative texts are not among them.
#[must_use]
pub fn reading_order(document: &Document) -> Vec<String> {
    let mut reader = Reader {
        words: Vec::new(),
        annexed: annexed(document),
        revised: t(lang(document), "output-revised"),
    };
    for text in [&document.town, &document.town_line] {
        reader.add(text);
    }
    reader.add(&full_title(document));
    reader.add(&document.summary);
    reader.add(&document.presented);
    reader.add(&edition_line(document));
    for chapter in &document.chapters {
        reader.add(&chapter.subject);
        reader.add(&chapter.title);
        reader.blocks(&chapter.blocks);
        for source in &chapter.sources {
            reader.add(source);
        }
    }
    reader.words
}

/// The words of a line, without its marks.
#[must_use]
pub fn plain(document: &Document, line: &[Inline]) -> String {
    let mut text = String::new();
    write_plain(line, &t(lang(document), "output-revised"), &mut text);
    text
}

fn write_plain(line: &[Inline], revised: &str, text: &mut String) {
    for piece in line {
        match piece {
            Inline::Text { text: words } | Inline::Broken { text: words } => text.push_str(words),
            Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => {
                write_plain(of, revised, text);
            }
            Inline::Value {
                text: words,
                revised: is_revised,
                ..
            } => {
                text.push_str(words);
                if *is_revised {
                    text.push('\u{a0}');
                    text.push_str(revised);
                }
            }
            Inline::Break => text.push('\n'),
        }
    }
}

struct Reader<'a> {
    words: Vec<String>,
    annexed: BTreeMap<&'a str, &'a Chapter>,
    revised: Cow<'static, str>,
}

impl Reader<'_> {
    fn add(&mut self, text: &str) {
        if !text.is_empty() {
            self.words.push(text.to_owned());
        }
    }

    fn add_revised(&mut self, text: &str, revised: bool) {
        if revised {
            self.words.push(format!("{text}\u{a0}{}", self.revised));
        } else {
            self.add(text);
        }
    }

    fn line(&mut self, line: &[Inline]) {
        let mut text = String::new();
        write_plain(line, &self.revised, &mut text);
        self.add(&text);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { text, .. } | Block::Paragraph { text, .. } => self.line(text),
                Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item)),
                Block::Commentary { title, blocks } => {
                    self.add(title);
                    self.blocks(blocks);
                }
                Block::Notice { title, text, .. } => {
                    self.add(title);
                    self.add(text);
                }
                Block::Figure(figure) => self.figure(figure),
                Block::Numbers(numbers) => self.numbers(numbers),
                Block::Tally { counts, .. } => {
                    counts.iter().for_each(|count| self.add(&count.words))
                }
                Block::Table(table) => self.table(table),
                Block::Photo(photo) => {
                    self.add(&photo.caption);
                    self.add(&photo.credit);
                }
            }
        }
    }

    fn figure(&mut self, figure: &Figure) {
        self.add_revised(&figure.title, figure.revised);
        self.add(&figure.subtitle);
        figure.notices.iter().for_each(|notice| self.add(notice));
        match &figure.drawing {
            Drawing::Picture(_) | Drawing::Table | Drawing::None => {}
            Drawing::Multiples { of } => {
                for (name, value, _) in of {
                    self.add(name);
                    self.add(value);
                }
            }
            Drawing::Numbers { of } => self.numbers(of),
            Drawing::Flow(flow) => {
                for (title, ends) in [(&flow.from_title, &flow.from), (&flow.to_title, &flow.to)] {
                    self.add(title);
                    self.add(&flow.whole);
                    for FlowEnd { label, text, .. } in ends {
                        self.add(label);
                        self.add(text);
                    }
                }
            }
        }
        if shows_values(figure, &self.annexed) {
            self.table(&figure.table);
        }
        self.add(&figure.source);
    }

    fn numbers(&mut self, numbers: &[BigNumber]) {
        for number in numbers {
            self.add(&number.title);
            self.add_revised(&format!("{}{}", number.number, number.unit), number.revised);
            self.add(&number.phrase);
            self.add(&number.status_words);
        }
    }

    fn table(&mut self, table: &Table) {
        self.add(&table.caption);
        table.head.iter().for_each(|head| self.add(&head.label));
        for row in &table.rows {
            row.cells.iter().for_each(|cell| self.add(&cell.text));
        }
        table.notes.iter().for_each(|note| self.add(note));
    }
}
