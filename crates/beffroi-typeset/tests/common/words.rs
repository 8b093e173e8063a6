//! The words of a document in the order in which they are to be read.

#![allow(dead_code)]

use beffroi_report::{BigNumber, Block, Document, Drawing, Figure, Inline, Picture, Table};

/// Everything after the contents, up to the annex of values.
pub fn chapters(document: &Document) -> String {
    let mut words = Words::default();
    for chapter in &document.chapters {
        words.say(&chapter.subject);
        words.say(&chapter.title);
        words.blocks(&chapter.blocks);
        if !chapter.sources.is_empty() {
            words.say("Sources");
        }
        chapter.sources.iter().for_each(|source| words.say(source));
    }
    words.0
}

/// The annex of values.
pub fn values(document: &Document) -> String {
    let mut words = Words::default();
    // Those that the document has as tables are not set again.
    let tables = document.chapters.iter().flat_map(|it| &it.blocks);
    let tables: Vec<&str> = tables
        .filter_map(|block| match block {
            Block::Table(table) if !table.id.is_empty() => Some(table.id.as_str()),
            _ => None,
        })
        .collect();
    words.say("Annexe");
    words.say("Valeurs des figures");
    for chapter in &document.chapters {
        let figures = chapter.blocks.iter().filter_map(|block| match block {
            Block::Figure(figure)
                if has_values(figure) && !tables.contains(&figure.table.id.as_str()) =>
            {
                Some(figure)
            }
            _ => None,
        });
        for (place, figure) in figures.enumerate() {
            if place == 0 {
                words.say(&chapter.title);
            }
            words.say(&figure.title);
            words.table(&figure.table);
        }
    }
    words.0
}

fn has_values(figure: &Figure) -> bool {
    !matches!(figure.drawing, Drawing::Table | Drawing::None) && !figure.table.rows.is_empty()
}

#[derive(Default)]
struct Words(String);

impl Words {
    fn say(&mut self, words: &str) {
        self.0.push_str(words);
        self.0.push(' ');
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { text, .. } | Block::Paragraph { text, .. } => self.line(text),
            Block::List { ordered, items } => {
                for (place, item) in items.iter().enumerate() {
                    if *ordered {
                        self.say(&format!("{}.", place + 1));
                    } else {
                        self.say("•");
                    }
                    self.blocks(item);
                }
            }
            Block::Commentary { title, blocks } => {
                self.say(title);
                self.blocks(blocks);
            }
            Block::Notice { title, text, .. } => {
                self.say(title);
                self.say(text);
            }
            Block::Figure(figure) => self.figure(figure),
            Block::Numbers(numbers) => self.numbers(numbers),
            Block::Tally { counts, .. } => counts.iter().for_each(|count| self.say(&count.words)),
            Block::Table(table) => self.table(table),
            Block::Photo(photo) => {
                self.say(&photo.alt);
                self.say(&photo.caption);
                self.say(&photo.credit);
            }
        }
    }

    fn line(&mut self, pieces: &[Inline]) {
        for piece in pieces {
            match piece {
                Inline::Text { text } | Inline::Broken { text } => self.say(text),
                Inline::Value { text, revised, .. } => {
                    self.say(text);
                    if *revised {
                        self.say("(r)");
                    }
                }
                Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => {
                    self.line(of);
                }
                Inline::Break => {}
            }
        }
    }

    fn figure(&mut self, figure: &Figure) {
        self.say(&figure.title);
        self.say(&figure.subtitle);
        figure.notices.iter().for_each(|notice| self.say(notice));
        match &figure.drawing {
            Drawing::Picture(picture) => self.picture(picture),
            Drawing::Flow(flow) => self.picture(&flow.picture),
            Drawing::Multiples { of } => {
                for (name, last, picture) in of {
                    self.say(name);
                    self.say(last);
                    self.picture(picture);
                }
            }
            Drawing::Numbers { of } => self.numbers(of),
            Drawing::Table => self.table(&figure.table),
            Drawing::None => {}
        }
        self.say(&figure.source);
        if has_values(figure) {
            self.say("· Valeurs : page");
        }
    }

    fn picture(&mut self, picture: &Picture) {
        self.say(&picture.alt);
    }

    fn numbers(&mut self, numbers: &[BigNumber]) {
        for number in numbers {
            self.say(&number.title);
            self.say(&number.number);
            self.say(&number.unit);
            self.say(&number.phrase);
            if number.status.is_some() {
                self.say(&number.status_words);
            }
            if let Some(picture) = &number.picture {
                self.picture(picture);
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.say(&table.caption);
        table.head.iter().for_each(|head| self.say(&head.label));
        for row in &table.rows {
            row.cells.iter().for_each(|cell| self.say(&cell.text));
        }
        table.notes.iter().for_each(|note| self.say(note));
    }
}
