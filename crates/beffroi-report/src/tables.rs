//! All tables of a document, in order: what the workbook, the files and tests are made of.

use crate::document::{
    BigNumber, Block, Chapter, Document, Drawing, Figure, Flow, Head, Row, StatusCount, Table,
    TableCell,
};
use crate::number::read;
use crate::words::lang;
use beffroi_model::CellState;
use beffroi_text::{Lang, t};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A table of a document, and where it stands.
#[derive(Debug, Clone)]
pub struct Listed<'a> {
    /// The chapter.
    pub chapter: &'a Chapter,
    /// The key of the figure; for other tables their id, or what they hold. Not unique.
    pub key: String,
    /// The sentence of a figure, the caption of a table.
    pub title: String,
    /// The table, of as many cells in each row as there are columns.
    pub table: Cow<'a, Table>,
}

/// Every table of a document: of figures (drawn or not), flows, big numbers of a chapter as one
/// table, counts of target states, and tables that stand by themselves. The table of a drawn
/// figure that is also set in an annex is listed once, where the figure is.
#[must_use]
pub fn tables(document: &Document) -> Vec<Listed<'_>> {
    let mut of_figures = BTreeSet::new();
    for chapter in &document.chapters {
        figures(&chapter.blocks, &mut |figure| {
            if !figure.table.id.is_empty() {
                of_figures.insert(figure.table.id.as_str());
            }
        });
    }
    let mut listed = Vec::new();
    for chapter in &document.chapters {
        let mut gathered = Gathered {
            lang: lang(document),
            chapter,
            of_figures: &of_figures,
            numbers: Vec::new(),
            listed: Vec::new(),
        };
        gathered.blocks(&chapter.blocks);
        let Gathered {
            lang,
            numbers,
            listed: others,
            ..
        } = gathered;
        if !numbers.is_empty() {
            listed.push(Listed {
                chapter,
                key: "chiffres".to_owned(),
                title: format!("{} · {}", t(lang, "output-numbers"), chapter.title),
                table: Cow::Owned(table_of_numbers(lang, &numbers)),
            });
        }
        listed.extend(others);
    }
    listed
}

fn figures<'a>(blocks: &'a [Block], found: &mut dyn FnMut(&'a Figure)) {
    for block in blocks {
        match block {
            Block::Figure(figure) => found(figure),
            Block::List { items, .. } => items.iter().for_each(|item| figures(item, found)),
            Block::Commentary { blocks, .. } => figures(blocks, found),
            _ => {}
        }
    }
}

struct Gathered<'a, 'b> {
    lang: Lang,
    chapter: &'a Chapter,
    of_figures: &'b BTreeSet<&'a str>,
    numbers: Vec<&'a BigNumber>,
    listed: Vec<Listed<'a>>,
}

impl<'a> Gathered<'a, '_> {
    fn push(&mut self, key: &str, title: &str, table: Cow<'a, Table>) {
        self.listed.push(Listed {
            chapter: self.chapter,
            key: key.to_owned(),
            title: title.to_owned(),
            table: squared(table),
        });
    }

    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            match block {
                Block::Figure(figure) => self.figure(figure),
                Block::Numbers(numbers) => self.numbers.extend(numbers),
                Block::Tally { counts, .. } => {
                    let title = t(self.lang, "output-tally").into_owned();
                    self.push("etats", &title, Cow::Owned(tally(self.lang, counts)));
                }
                Block::Table(table) => {
                    if !self.of_figures.contains(table.id.as_str()) {
                        let key = if table.id.is_empty() {
                            "table"
                        } else {
                            &table.id
                        };
                        let title = if table.caption.is_empty() {
                            &self.chapter.title
                        } else {
                            &table.caption
                        };
                        self.push(key, title, Cow::Borrowed(table));
                    }
                }
                Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item)),
                Block::Commentary { blocks, .. } => self.blocks(blocks),
                Block::Heading { .. }
                | Block::Paragraph { .. }
                | Block::Notice { .. }
                | Block::Photo(_) => {}
            }
        }
    }

    fn figure(&mut self, figure: &'a Figure) {
        match &figure.drawing {
            Drawing::Numbers { of } => {
                let table = table_of_numbers(self.lang, &of.iter().collect::<Vec<_>>());
                self.push(&figure.key, &figure.title, Cow::Owned(table));
            }
            Drawing::Flow(flow) => {
                let table = table_of_flow(self.lang, flow);
                self.push(&figure.key, &figure.title, Cow::Owned(table));
            }
            _ => {}
        }
        if !figure.table.rows.is_empty() {
            self.push(&figure.key, &figure.title, Cow::Borrowed(&figure.table));
        }
    }
}

/// The same with as many cells in each row as there are columns: outputs need not look.
fn squared(table: Cow<'_, Table>) -> Cow<'_, Table> {
    let columns = table.head.len();
    if table.rows.iter().all(|row| row.cells.len() == columns) {
        return table;
    }
    let mut table = table.into_owned();
    for row in &mut table.rows {
        row.cells.resize_with(columns, || name(""));
    }
    Cow::Owned(table)
}

fn head(label: Cow<'static, str>, numeric: bool) -> Head {
    Head {
        label: label.into_owned(),
        numeric,
    }
}

fn name(text: &str) -> TableCell {
    TableCell {
        text: text.to_owned(),
        value: None,
        state: CellState::Value,
        status: None,
    }
}

fn amount(lang: Lang, text: &str) -> TableCell {
    TableCell {
        value: read(lang, text),
        ..name(text)
    }
}

fn row(cells: Vec<TableCell>) -> Row {
    Row {
        cells,
        total: false,
    }
}

fn table_of_numbers(lang: Lang, numbers: &[&BigNumber]) -> Table {
    let rows = numbers.iter().map(|number| {
        let mut status = name(&number.status_words);
        status.status = number.status;
        row(vec![
            name(&number.title),
            amount(lang, &number.number),
            name(number.unit.trim()),
            name(&number.phrase),
            status,
        ])
    });
    Table {
        head: vec![
            head(t(lang, "output-number-title"), false),
            head(t(lang, "output-number-value"), true),
            head(t(lang, "output-number-unit"), false),
            head(t(lang, "output-number-phrase"), false),
            head(t(lang, "output-number-status"), false),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn tally(lang: Lang, counts: &[StatusCount]) -> Table {
    let rows = counts.iter().map(|count| {
        let mut status = name(&count.words);
        status.status = Some(count.status);
        let mut number = name(&count.count.to_string());
        number.value = Some(count.count.into());
        row(vec![status, number])
    });
    Table {
        head: vec![
            head(t(lang, "output-tally-status"), false),
            head(t(lang, "output-tally-count"), true),
        ],
        rows: rows.collect(),
        ..Table::default()
    }
}

fn table_of_flow(lang: Lang, flow: &Flow) -> Table {
    let sides = [(&flow.from_title, &flow.from), (&flow.to_title, &flow.to)];
    let rows = sides.into_iter().flat_map(|(title, ends)| {
        ends.iter()
            .map(move |end| row(vec![name(title), name(&end.label), amount(lang, &end.text)]))
    });
    Table {
        head: vec![
            head(t(lang, "output-flow-way"), false),
            head(t(lang, "output-flow-name"), false),
            head(t(lang, "output-flow-amount"), true),
        ],
        rows: rows.collect(),
        notes: if flow.whole.is_empty() {
            Vec::new()
        } else {
            vec![flow.whole.clone()]
        },
        ..Table::default()
    }
}
