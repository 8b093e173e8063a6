//! The frozen report of the sample town reads the same in every form, to the character.

use crate::hands::*;
use crate::outputs::{page_text, paper_text};
use crate::tree::squeezed;
use beffroi_report::{
    BigNumber, Block, Document, Drawing, Figure, Inline, Row, Table, reading_order, tables,
};
use beffroi_tests::{Server, Shared, Town};
use calamine::{Data, Reader as _, Xlsx};
use std::fs;
use std::io::Cursor;

const YEAR: &str = "/rapports/rapport_annuel/2025";

/// The sample town's report, frozen, in every form.
struct Frozen {
    document: Document,
    page: String,
    paper: Vec<u8>,
    workbook: Vec<u8>,
    data: Vec<u8>,
    _server: Server,
    _town: Town,
}

static FROZEN: Shared<Frozen> = Shared::new();

fn frozen() -> Frozen {
    let town = Town::sample();
    let server = town.serve();
    let head = server.stranger();
    head.enter("Hélène Roussillon");
    led(&head.submit("/rapports/rapport_annuel", "", &[("annee", "2025")]));
    for chapter in [
        "finances",
        "mobilites",
        "logement",
        "environnement",
        "ecoles",
    ] {
        let words = "Ce que la direction en dit : {{ velos_locations }}, **{{ epargne_brute_taux | evolution }}**.";
        write(&head, YEAR, chapter, words);
        confirm(&head, YEAR, chapter);
    }
    freeze(&head, YEAR);
    let kept = town.state("reports/rapport_annuel/2025/1/document.json");
    let bytes = fs::read(kept).expect("a final report");
    Frozen {
        document: serde_json::from_slice(&bytes).expect("a document"),
        page: main_part(&head, &format!("{YEAR}/entier")),
        paper: file(&head, YEAR, "rapport.pdf"),
        workbook: file(&head, YEAR, "classeur.xlsx"),
        data: file(&head, YEAR, "donnees.zip"),
        _server: server,
        _town: town,
    }
}

/// Every text of a document that is a number as it is read.
#[derive(Default)]
struct Numbers(Vec<String>);

impl Numbers {
    fn of(document: &Document) -> Vec<String> {
        let mut numbers = Self::default();
        for chapter in &document.chapters {
            numbers.blocks(&chapter.blocks);
        }
        numbers.0
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { text, .. } | Block::Paragraph { text, .. } => self.line(text),
                Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item)),
                Block::Commentary { blocks, .. } => self.blocks(blocks),
                Block::Figure(figure) => self.figure(figure),
                Block::Numbers(of) => self.big(of),
                Block::Tally { counts, .. } => {
                    self.0.extend(counts.iter().map(|it| it.words.clone()))
                }
                Block::Table(table) => self.table(table),
                Block::Notice { .. } | Block::Photo(_) => {}
            }
        }
    }

    fn line(&mut self, line: &[Inline]) {
        for piece in line {
            match piece {
                Inline::Value { text, .. } => self.0.push(text.clone()),
                Inline::Strong { of } | Inline::Emphasis { of } | Inline::Link { of, .. } => {
                    self.line(of)
                }
                Inline::Broken { text } => panic!("a final report holds {text}"),
                Inline::Text { .. } | Inline::Break => {}
            }
        }
    }

    fn big(&mut self, numbers: &[BigNumber]) {
        for number in numbers {
            self.0.push(format!("{}{}", number.number, number.unit));
        }
    }

    fn figure(&mut self, figure: &Figure) {
        match &figure.drawing {
            Drawing::Multiples { of } => {
                self.0.extend(of.iter().map(|(_, value, _)| value.clone()))
            }
            Drawing::Numbers { of } => self.big(of),
            Drawing::Flow(flow) => {
                let ends = flow.from.iter().chain(&flow.to);
                self.0.extend(ends.map(|end| end.text.clone()));
            }
            Drawing::Picture(_) | Drawing::Table | Drawing::None => {}
        }
        self.table(&figure.table);
    }

    fn table(&mut self, table: &Table) {
        let cells = table.rows.iter().flat_map(|Row { cells, .. }| cells);
        let cells = cells.filter(|cell| cell.value.is_some());
        self.0.extend(cells.map(|cell| cell.text.clone()));
    }
}

/// A text with single blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_number_of_the_document_is_on_the_page_and_on_paper() {
    let frozen = FROZEN.get(frozen);
    let numbers = Numbers::of(&frozen.document);
    assert!(numbers.len() > 500, "{}", numbers.len());
    let page = plain(&page_text(&frozen.page));
    let read = crate::tree::read(&frozen.paper);
    // Aloud, and as it is seen.
    let (aloud, seen) = (squeezed(&read.root.words()), squeezed(&read.pages.concat()));
    for number in numbers {
        assert!(
            page.contains(&plain(&number)),
            "the page does not hold {number:?}"
        );
        let number = squeezed(&number);
        assert!(aloud.contains(&number), "the paper does not say {number:?}");
        assert!(seen.contains(&number), "the paper does not show {number:?}");
    }
}

#[test]
fn the_page_holds_exactly_the_words_of_the_document_in_their_order() {
    let frozen = FROZEN.get(frozen);
    let expected = plain(&reading_order(&frozen.document).join(" "));
    let found = plain(&page_text(&frozen.page));
    // Above it stands where one is.
    let start = found.find(&expected[..60]).unwrap_or_default();
    let found = found[start..].to_owned();
    differ("the page", &found, &expected);
}

#[test]
fn the_paper_is_read_in_the_order_of_the_page() {
    let frozen = FROZEN.get(frozen);
    let paper = squeezed(&paper_text(&frozen.paper));
    let page = squeezed(&page_text(&frozen.page));
    let document = drawn(frozen.document.clone());
    let words = reading_order(&document);
    let first = &document.chapters[0];
    // Covers are laid out each in its own way: all that follows is one text.
    let start = words
        .iter()
        .position(|it| *it == first.subject)
        .expect("the first chapter");
    for (name, text) in [("the page", &page), ("the paper", &paper)] {
        let (mut at, mut missing) = (begin(text, first), Vec::new());
        for word in &words[start..] {
            let word = squeezed(word);
            match text[at..].find(&word) {
                Some(found) => at += found + word.len(),
                None => missing.push(word),
            }
        }
        assert!(
            missing.is_empty(),
            "{name} does not say in their order: {missing:#?}"
        );
    }
}

/// A document as it is read on paper: the words of flows are those that stand for their drawings,
/// their values being in the annex, and a table that is a figure has one title.
fn drawn(mut document: Document) -> Document {
    for block in document.chapters.iter_mut().flat_map(|it| &mut it.blocks) {
        let Block::Figure(figure) = block else {
            continue;
        };
        if let Drawing::Flow(flow) = &figure.drawing {
            figure.drawing = Drawing::Picture(flow.picture.clone());
        } else if figure.table.caption == figure.title && figure.drawing == Drawing::Table {
            figure.table.caption.clear();
        }
    }
    document
}

/// Where the first chapter begins, after what lists it.
fn begin(text: &str, chapter: &beffroi_report::Chapter) -> usize {
    let head = squeezed(&format!("{}{}", chapter.subject, chapter.title));
    text.rmatch_indices(&head)
        .next()
        .expect("the first chapter")
        .0
}

#[track_caller]
fn differ(name: &str, found: &str, expected: &str) {
    if found == expected {
        return;
    }
    let (found, expected): (Vec<&str>, Vec<&str>) =
        (found.split(' ').collect(), expected.split(' ').collect());
    let same = found
        .iter()
        .zip(&expected)
        .take_while(|(a, b)| a == b)
        .count();
    let near =
        |words: &[&str]| words[same.saturating_sub(8)..(same + 12).min(words.len())].join(" ");
    panic!(
        "{name} reads …{}… where the document says …{}…",
        near(&found),
        near(&expected)
    );
}

/// Whether a number reads as a text does, in its decimals and its scale: `4,2 M€` of 4 213 000.
fn reads_as(value: f64, text: &str) -> bool {
    let is_of = |c: &char| c.is_ascii_digit() || matches!(c, ',' | '\u{202f}' | '\u{a0}');
    let first = text.chars().skip_while(|c| !c.is_ascii_digit());
    let digits: String = first.take_while(is_of).collect();
    let digits: String = digits.split_whitespace().collect();
    let digits = digits.trim_end_matches(',');
    let decimals = digits.split_once(',').map_or(0, |(_, after)| after.len());
    [1.0, 0.01, 1e3, 1e6, 1e9].iter().any(|scale| {
        let half = 0.5 * 10f64.powi(-i32::try_from(decimals).unwrap_or(0));
        let number: f64 = digits.replace(',', ".").parse().unwrap_or(f64::NAN);
        let scaled = (value / scale).abs();
        (scaled - number).abs() <= half * 1.000_001
    })
}

#[test]
fn the_workbook_holds_each_table_cell_by_cell() {
    let frozen = FROZEN.get(frozen);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(frozen.workbook.clone())).expect("a workbook");
    let names = book.sheet_names();
    let listed = tables(&frozen.document);
    assert_eq!(names.len(), listed.len() + 2);
    let mut numbers = 0;
    for (name, listed) in names[1..].iter().zip(&listed) {
        let sheet = book.worksheet_range(name).expect("a sheet");
        for (row, line) in listed.table.rows.iter().enumerate() {
            for (column, cell) in line.cells.iter().enumerate() {
                let at = (
                    u32::try_from(row + 3).expect("a row"),
                    u32::try_from(column).expect("a column"),
                );
                match sheet.get_value(at) {
                    Some(Data::Float(value)) => {
                        numbers += 1;
                        assert!(
                            reads_as(*value, &cell.text),
                            "{name}: {value} for {}",
                            cell.text
                        );
                    }
                    Some(Data::String(text)) => {
                        assert_eq!(plain(text), plain(&cell.text), "{name}")
                    }
                    other => assert_eq!(cell.text, "", "{name}: {other:?}"),
                }
            }
        }
    }
    assert!(numbers > 300, "{numbers}");
}

#[test]
fn the_data_hold_each_table_line_by_line() {
    let frozen = FROZEN.get(frozen);
    let files = unpacked(&frozen.data);
    let listed = tables(&frozen.document);
    // One for each table, a word to read first, the sources.
    assert_eq!(files.len(), listed.len() + 2);
    let mut numbers = 0;
    for (name, bytes) in &files {
        let Some(place) = name
            .split('-')
            .next()
            .and_then(|it| it.parse::<usize>().ok())
        else {
            continue;
        };
        let table = &listed[place - 1].table;
        let text = String::from_utf8(bytes.clone()).expect("text");
        let lines = csv(&text);
        assert_eq!(lines.len(), table.rows.len() + 1, "{name}");
        // Beside a column with absences stands why.
        let is_why = |column: usize| {
            let before = column.checked_sub(1).map(|it| lines[0][it].as_str());
            before.is_some_and(|before| lines[0][column] == format!("{before}_etat"))
        };
        for (line, row) in lines[1..].iter().zip(&table.rows) {
            let line = line.iter().enumerate().filter(|(at, _)| !is_why(*at));
            for ((_, found), cell) in line.zip(&row.cells) {
                match cell.value {
                    Some(_) => {
                        numbers += 1;
                        let value: f64 = found
                            .parse()
                            .unwrap_or_else(|_| panic!("{name}: {found:?} for {cell:?}"));
                        assert!(
                            reads_as(value, &cell.text),
                            "{name}: {found} for {}",
                            cell.text
                        );
                    }
                    None => {
                        let is_number = found.parse::<f64>().is_ok();
                        assert!(
                            !is_number || plain(found) == plain(&cell.text),
                            "{name}: {found} for {cell:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(numbers > 300, "{numbers}");
}

/// The lines of a file, their cells taken out of their quotes.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut lines, mut line, mut cell, mut quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
    let mut rest = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = rest.next() {
        match (c, quoted) {
            ('"', true) if rest.peek() == Some(&'"') => cell.extend(rest.next()),
            ('"', _) => quoted = !quoted,
            (',', false) => line.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                line.push(std::mem::take(&mut cell));
                lines.push(std::mem::take(&mut line));
            }
            ('\r', false) => {}
            (c, _) => cell.push(c),
        }
    }
    lines
}
