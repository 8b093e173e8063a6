//! What is seen on pages: their numbers, tables across them, inks, and words as they were written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
#[path = "common/tree.rs"]
mod tree;

use beffroi_report::{Block, Document, Inline, TableCell};
use beffroi_typeset::{Ink, Options, pdf};
use lopdf::content::Content;
use lopdf::{Object, Stream};
use tree::{Read, squeezed};

fn set(document: &Document, ink: Ink) -> Read {
    let out = pdf(document, &common::pictures(), &Options { ink })
        .unwrap_or_else(|complaints| panic!("{complaints:#?}"));
    let read = tree::read(&out.bytes);
    assert_eq!(read.pages.len(), out.pages);
    read
}

#[test]
fn pages_but_the_cover_are_numbered_out_of_all() {
    let blocks = vec![common::paragraph("Un paragraphe."); 120];
    let document = common::report(
        common::frozen(),
        vec![common::chapter("a", "", "A", blocks)],
    );
    let read = set(&document, Ink::Colour);
    let all = read.pages.len();
    assert!(all > 3);
    assert!(!read.pages[0].contains(&format!("1 / {all}")));
    for (place, page) in read.pages.iter().enumerate().skip(1) {
        let expected = format!(
            "VilledeClairval-sur-Aure·Rapportannuel2025{}/{all}",
            place + 1
        );
        assert!(squeezed(page).ends_with(&expected), "{page}");
    }
}

#[test]
fn the_head_of_a_table_is_repeated_where_it_goes_on() {
    let table = Block::Table(common::months("", 90));
    let document = common::report(
        common::frozen(),
        vec![common::chapter("a", "", "A", vec![table])],
    );
    let read = set(&document, Ink::Colour);
    let pages: Vec<String> = read.pages.iter().map(|page| squeezed(page)).collect();
    let with_rows: Vec<&String> = pages.iter().filter(|page| page.contains("Mois5")).collect();
    assert!(with_rows.len() >= 2);
    assert!(with_rows.iter().all(|page| page.contains("Mois20242025")));
    // Read aloud, it is there once.
    let words = squeezed(&read.root.words());
    assert_eq!(words.matches("Mois20242025").count(), 1);
    assert_eq!(read.root.tagged("Table").len(), 1);
}

#[test]
fn what_is_written_comes_out_as_it_is() {
    let hostile = [
        "#read(\"/etc/passwd\")",
        "*a* $x$ @b <c> _d_ `e` = f",
        "\\u{41} \\ // fin /* rien */ [#panic()] ~ -- --- ...",
        "</svg><script>alert(1)</script> & &amp; \"guillemets\" 'simples'",
        "{{valeur}} {% bloc %} %s \\0",
    ];
    let mut blocks = Vec::new();
    for words in hostile {
        blocks.push(common::heading(3, words));
        blocks.push(common::paragraph(words));
        blocks.push(Block::Table(beffroi_report::Table {
            caption: words.to_owned(),
            head: vec![common::head(words, false), common::head("b", true)],
            rows: vec![common::row(&[words, "1"])],
            ..beffroi_report::Table::default()
        }));
        blocks.push(Block::Figure(common::figure(
            words,
            words,
            common::LINE_HALF,
            6,
        )));
    }
    let mut document = common::report(
        common::frozen(),
        vec![common::chapter("#a", hostile[0], hostile[1], blocks)],
    );
    hostile[0].clone_into(&mut document.town);
    hostile[1].clone_into(&mut document.title);
    hostile[2].clone_into(&mut document.summary);
    let read = set(&document, Ink::Colour);
    let words = squeezed(&read.root.words());
    for expected in hostile {
        let count = words.matches(&squeezed(expected)).count();
        assert!(count >= 6, "{expected}: {count}");
    }
    let info = read.file.trailer.get(b"Info").unwrap();
    let title = tree::said(tree::dictionary(&read.file, info).get(b"Title").unwrap());
    assert_eq!(title, format!("{} 2025, {}", hostile[1], hostile[0]));
}

#[test]
fn a_link_to_nowhere_is_words() {
    let link = |to: &str, words: &str| Inline::Link {
        to: to.to_owned(),
        of: vec![common::text(words)],
    };
    let text = vec![
        link("#inconnu", "un"),
        link("javascript:alert(1)", "deux"),
        link("file:///etc/passwd", "trois"),
        link("https:", "quatre"),
        link("https://clairval.example/a?b=<c>&d=\"e\"", "cinq"),
        link("#a", "six"),
        link("mailto:mairie@clairval.example", "sept"),
    ];
    let blocks = vec![Block::Paragraph { lead: false, text }];
    let document = common::report(
        common::frozen(),
        vec![common::chapter("a", "", "A", blocks)],
    );
    let read = set(&document, Ink::Colour);
    let links: Vec<String> = read
        .root
        .tagged("P")
        .iter()
        .flat_map(|p| p.tagged("Link"))
        .map(tree::Element::words)
        .collect();
    assert_eq!(links, ["cinq", "six", "sept"]);
}

#[test]
fn rows_shorter_or_longer_than_the_head_are_set() {
    let mut table = common::months("", 3);
    table.rows[0].cells.truncate(1);
    table.rows[1].cells.push(TableCell {
        ..common::cell("de trop")
    });
    let document = common::report(
        common::frozen(),
        vec![common::chapter("a", "", "A", vec![Block::Table(table)])],
    );
    let read = set(&document, Ink::Colour);
    assert!(read.root.tagged("TR").iter().all(|row| row.kids.len() == 3));
}

/// The first colour of a file that is none: an operator whose three parts differ, or an image of
/// colours.
fn coloured(read: &Read) -> Option<String> {
    for (id, object) in &read.file.objects {
        let Object::Stream(stream) = object else {
            continue;
        };
        let name = |key: &[u8]| {
            stream
                .dict
                .get(key)
                .and_then(Object::as_name)
                .unwrap_or_default()
        };
        if name(b"Subtype") == b"Image" {
            let space = read
                .file
                .dereference(stream.dict.get(b"ColorSpace").unwrap())
                .unwrap()
                .1;
            if channels(read, space) != 1 {
                return Some(format!("an image of colours {id:?}"));
            }
            continue;
        }
        let is_drawn = name(b"Subtype") == b"Form"
            || name(b"Type") == b"Pattern"
            || stream.dict.get(b"Type").is_err();
        if is_drawn && let Some(operator) = coloured_operator(stream) {
            return Some(format!("{operator} in {id:?}"));
        }
    }
    None
}

fn channels(read: &Read, space: &Object) -> i64 {
    match space {
        Object::Name(name) if name == b"DeviceGray" => 1,
        Object::Array(parts) if parts[0].as_name().ok() == Some(b"ICCBased") => {
            let profile = read
                .file
                .dereference(&parts[1])
                .unwrap()
                .1
                .as_stream()
                .unwrap();
            profile.dict.get(b"N").unwrap().as_i64().unwrap()
        }
        _ => 3,
    }
}

fn coloured_operator(stream: &Stream) -> Option<String> {
    let content = Content::decode(&stream.get_plain_content().ok()?).ok()?;
    content.operations.iter().find_map(|operation| {
        let operator = operation.operator.as_str();
        let parts: Vec<f32> = operation
            .operands
            .iter()
            .filter_map(|o| o.as_float().ok())
            .collect();
        let differs = parts.len() == 3 && (parts[0] != parts[1] || parts[1] != parts[2]);
        let sets = matches!(operator, "rg" | "RG" | "sc" | "SC" | "scn" | "SCN");
        (sets && differs).then(|| format!("{operator} {parts:?}"))
    })
}

#[test]
fn black_and_white_has_no_colour_anywhere() {
    let document = common::everything(common::draft());
    assert_eq!(coloured(&set(&document, Ink::BlackAndWhite)), None);
    assert!(coloured(&set(&document, Ink::Colour)).is_some());
}

#[test]
fn big_numbers_never_break_and_never_leave_their_place() {
    let mut long = common::number(
        "Budget",
        "98\u{202f}412\u{202f}345\u{202f}678\u{202f}901",
        "\u{a0}€ courants",
        "",
    );
    long.large = true;
    let document = common::report(
        common::frozen(),
        vec![common::chapter(
            "a",
            "",
            "A",
            vec![Block::Numbers(vec![
                long.clone(),
                common::number(
                    "B",
                    "98\u{202f}412\u{202f}345\u{202f}678\u{202f}901",
                    "",
                    "",
                ),
            ])],
        )],
    );
    let read = set(&document, Ink::Colour);
    assert!(squeezed(&read.root.words()).contains("98412345678901€courants"));
}
