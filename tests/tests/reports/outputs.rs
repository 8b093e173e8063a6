//! What is read of each form of a report.

use crate::hands::*;
use crate::tree;
use beffroi_tests::Visitor;
use calamine::{Data, Reader as _, Xlsx};
use html5gum::{Token, Tokenizer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

/// All that is read of a report, by its forms: pages, papers, workbook, data, pages to take away.
pub fn texts(hand: &Visitor, year: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    texts.insert(
        "entier".to_owned(),
        page_text(&main_part(hand, &format!("{year}/entier"))),
    );
    for name in FILES {
        let bytes = file(hand, year, name);
        let text = match name {
            "classeur.xlsx" => sheets(&bytes).concat().join("\n"),
            "donnees.zip" => of_archive(&bytes),
            "pages.zip" => {
                let pages = unpacked(&bytes).into_iter();
                let pages = pages.filter(|(name, _)| name.ends_with(".html"));
                let texts = pages.map(|(_, bytes)| page_text(&String::from_utf8_lossy(&bytes)));
                texts.collect::<Vec<_>>().join("\n")
            }
            _ => paper_text(&bytes),
        };
        texts.insert(name.to_owned(), text);
    }
    texts
}

fn of_archive(bytes: &[u8]) -> String {
    let files = unpacked(bytes).into_values();
    let texts = files.map(|bytes| String::from_utf8(bytes).expect("text"));
    texts.collect::<Vec<_>>().join("\n")
}

/// The numbers of the data of a report.
pub fn numbers_of_files(zip: &[u8]) -> BTreeSet<String> {
    numbers(&of_archive(zip))
}

/// Numbers of three digits and more, without the blanks within; years, days and marks out of 100 left out.
pub fn numbers(text: &str) -> BTreeSet<String> {
    let mut joined = String::new();
    let mut before = ' ';
    for (c, after) in text.chars().zip(text.chars().skip(1).chain([' '])) {
        let within = before.is_ascii_digit() && after.is_ascii_digit();
        if !(within && matches!(c, '\u{202f}' | '\u{a0}')) {
            joined.push(c);
        }
        before = c;
    }
    let pieces = joined.split(|c: char| !c.is_ascii_digit());
    let is_year = |piece: &str| piece.len() == 4 && piece.starts_with("20");
    let kept = pieces.filter(|piece| {
        piece.len() > 2 && *piece != "100" && !is_year(piece) && !piece.starts_with("202")
    });
    kept.map(str::to_owned).collect()
}

/// What is read of a page, without drawings and what pages add to a report.
pub fn page_text(html: &str) -> String {
    const ADDED: [&str; 5] = [
        "vers-donnees",
        "sommaire",
        "feuilleter",
        "seul-ecran",
        "hors-ecran",
    ];
    const INLINE: [&str; 7] = ["a", "abbr", "em", "mark", "small", "span", "strong"];
    const VOID: [&str; 6] = ["br", "img", "meta", "link", "input", "hr"];
    let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut out: Option<u32> = None;
    let mut text = String::new();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let own = name(&tag.name);
                let is_void = tag.self_closing || VOID.contains(&own.as_str());
                if let Some(depth) = &mut out {
                    *depth += u32::from(!is_void);
                    continue;
                }
                let class = tag
                    .attributes
                    .iter()
                    .find(|(name, _)| name.as_slice() == b"class");
                let class = class.map_or(String::new(), |(_, value)| name(&value.value));
                let is_added = class.split(' ').any(|class| ADDED.contains(&class));
                if !is_void
                    && (is_added || ["svg", "summary", "title", "style"].contains(&own.as_str()))
                {
                    out = Some(1);
                } else if !INLINE.contains(&own.as_str()) {
                    text.push(' ');
                }
            }
            Token::EndTag(tag) => match &mut out {
                Some(depth) => {
                    *depth -= 1;
                    if *depth == 0 {
                        out = None;
                    }
                }
                None if !INLINE.contains(&name(&tag.name).as_str()) => text.push(' '),
                None => {}
            },
            Token::String(string) if out.is_none() => text.push_str(&name(&string.value)),
            _ => {}
        }
    }
    text
}

/// What is read aloud of a paper, figures by what stands for them.
pub fn paper_text(bytes: &[u8]) -> String {
    tree::read(bytes).root.words()
}

/// The cells of each sheet of a workbook, as they are read.
pub fn sheets(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).expect("a workbook");
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).expect("a sheet");
        let cells = range.used_cells().map(|(_, _, cell)| match cell {
            Data::String(text) => text.clone(),
            other => other.to_string(),
        });
        sheets.push(cells.collect());
    }
    sheets
}
