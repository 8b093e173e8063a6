//! What a frozen report says of itself to those who do not see it, and to archives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
#[path = "common/tree.rs"]
mod tree;
#[path = "common/words.rs"]
mod words;

use beffroi_report::{Block, Document};
use beffroi_typeset::{Options, Pdf, pdf};
use std::sync::LazyLock;
use tree::{Element, Read, dictionary, said, squeezed};

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| common::everything(common::frozen()));
static PDF: LazyLock<Pdf> = LazyLock::new(|| set(&DOCUMENT));
static READ: LazyLock<Read> = LazyLock::new(|| tree::read(&PDF.bytes));

fn set(document: &Document) -> Pdf {
    pdf(document, &common::pictures(), &Options::default())
        .unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

fn metadata() -> String {
    let catalog = READ.file.catalog().unwrap();
    let stream = READ
        .file
        .dereference(catalog.get(b"Metadata").unwrap())
        .unwrap()
        .1;
    let bytes = stream.as_stream().unwrap().get_plain_content().unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_frozen_report_declares_both_standards() {
    assert_eq!(PDF.complaints, []);
    let metadata = metadata();
    let has = |key: &str, value: &str| {
        metadata.contains(&format!("<{key}>{value}</{key}>"))
            || metadata.contains(&format!("{key}=\"{value}\""))
    };
    assert!(has("pdfuaid:part", "1"), "{metadata}");
    assert!(has("pdfaid:part", "2"), "{metadata}");
    assert!(has("pdfaid:conformance", "A"), "{metadata}");
    assert!(metadata.contains("Rapport annuel 2025, Ville de Clairval-sur-Aure"));
}

#[test]
fn title_language_and_marks_are_told_by_the_catalog() {
    let catalog = READ.file.catalog().unwrap();
    assert_eq!(said(catalog.get(b"Lang").unwrap()), "fr");
    let marks = dictionary(&READ.file, catalog.get(b"MarkInfo").unwrap());
    assert!(marks.get(b"Marked").unwrap().as_bool().unwrap());
    let viewer = dictionary(&READ.file, catalog.get(b"ViewerPreferences").unwrap());
    assert!(viewer.get(b"DisplayDocTitle").unwrap().as_bool().unwrap());
}

#[test]
fn an_english_report_says_so() {
    let mut document = common::report(
        common::frozen(),
        vec![common::chapter(
            "one",
            "",
            "One",
            vec![common::paragraph("Words.")],
        )],
    );
    "en".clone_into(&mut document.lang);
    let read = tree::read(&set(&document).bytes);
    assert_eq!(
        said(read.file.catalog().unwrap().get(b"Lang").unwrap()),
        "en"
    );
    let words = read.root.words();
    assert!(words.contains("Contents"), "{words}");
    assert!(!words.contains("Sommaire"));
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    let levels: Vec<u32> = READ
        .root
        .all()
        .iter()
        .filter_map(|element| element.tag.strip_prefix('H')?.parse().ok())
        .collect();
    assert_eq!(levels[0], 1);
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "{levels:?}");
    }
    let titles: Vec<String> = READ
        .root
        .tagged("H1")
        .iter()
        .map(|h| squeezed(&h.words()))
        .collect();
    let mut expected = vec!["Sommaire".to_owned()];
    expected.extend(
        DOCUMENT
            .chapters
            .iter()
            .map(|chapter| squeezed(&chapter.title)),
    );
    expected.push("Valeursdesfigures".to_owned());
    assert_eq!(titles, expected);
}

#[test]
fn the_outline_leads_to_every_chapter() {
    let catalog = READ.file.catalog().unwrap();
    let outlines = dictionary(&READ.file, catalog.get(b"Outlines").unwrap());
    let mut titles = Vec::new();
    let mut next = outlines.get(b"First").ok();
    while let Some(item) = next {
        let item = dictionary(&READ.file, item);
        titles.push(said(item.get(b"Title").unwrap()));
        assert!(item.get(b"Dest").is_ok() || item.get(b"A").is_ok());
        next = item.get(b"Next").ok();
    }
    for chapter in &DOCUMENT.chapters {
        assert!(titles.contains(&chapter.title), "{titles:#?}");
    }
}

#[test]
fn every_picture_says_what_it_shows() {
    let figures = READ.root.tagged("Figure");
    assert!(figures.len() > 20);
    for figure in &figures {
        assert!(
            figure.alt.as_ref().is_some_and(|alt| !alt.is_empty()),
            "{figure:?}"
        );
    }
    assert!(
        figures
            .iter()
            .any(|f| f.alt.as_deref() == Some("La halle un jour de marché"))
    );
}

#[test]
fn tables_have_headers_for_columns_and_rows() {
    let tables = READ.root.tagged("Table");
    assert!(tables.len() > 10);
    for table in tables {
        let rows = table.tagged("TR");
        let heads = rows[0].tagged("TH");
        assert!(heads.len() > 1);
        assert!(
            heads
                .iter()
                .all(|head| head.scope.as_deref() == Some("Column"))
        );
        for row in &rows[1..] {
            let heads = row.tagged("TH");
            assert_eq!(heads.len(), 1, "{row:?}");
            assert_eq!(heads[0].scope.as_deref(), Some("Row"));
            assert!(!row.tagged("TD").is_empty());
        }
    }
}

#[test]
fn lists_paragraphs_links_and_contents_are_what_they_are() {
    let items: Vec<String> = READ
        .root
        .tagged("LI")
        .iter()
        .map(|item| squeezed(&item.words()))
        .collect();
    assert!(
        items.contains(&"•TroiscarrefoursrefaitsavantlOété.".replace('O', "’")),
        "{items:?}"
    );
    let links: Vec<String> = READ
        .root
        .tagged("Link")
        .iter()
        .map(|l| squeezed(&l.words()))
        .collect();
    assert!(
        links.contains(&"lesdonnéesouvertes".to_owned()),
        "{links:?}"
    );
    assert!(links.contains(&"lesfinances".to_owned()));
    let contents: Vec<String> = READ
        .root
        .tagged("TOCI")
        .iter()
        .map(|l| squeezed(&l.words()))
        .collect();
    assert_eq!(contents.len(), DOCUMENT.chapters.len() + 1);
    for (entry, chapter) in contents.iter().zip(&DOCUMENT.chapters) {
        assert!(
            entry.starts_with(&squeezed(&format!("{}{}", chapter.subject, chapter.title))),
            "{entry}"
        );
        assert!(entry.ends_with(|c: char| c.is_ascii_digit()), "{entry}");
    }
    assert!(READ.root.tagged("P").len() > 40);
}

#[test]
fn the_document_is_read_in_its_order_and_nothing_else_is_read() {
    let all = squeezed(&spoken(&READ.root));
    // Where values stand is the press's own to say.
    let all = without_pages(&all);
    let d = &*DOCUMENT;
    let front = format!(
        "{}{}{}{}{}{}Arrêté le 10 juin 2026 à 14 h 32 Sommaire",
        d.town, d.town_line, d.title, d.year, d.summary, d.presented
    );
    let expected = squeezed(&format!(
        "{front}{}{}",
        words::chapters(d),
        words::values(d)
    ));
    if all != expected {
        let same = all
            .chars()
            .zip(expected.chars())
            .take_while(|(a, b)| a == b)
            .count();
        let around = |text: &str| {
            text.chars()
                .skip(same.saturating_sub(40))
                .take(120)
                .collect::<String>()
        };
        panic!(
            "read:     …{}…\nexpected: …{}…",
            around(&all),
            around(&expected)
        );
    }
}

/// All words but those of the contents, which are told by another test.
fn spoken(element: &Element) -> String {
    if element.tag == "TOC" {
        return String::new();
    }
    if let Some(alt) = &element.alt {
        return alt.clone();
    }
    let mut words = element.text.clone();
    for kid in &element.kids {
        words.push_str(&spoken(kid));
    }
    words
}

fn without_pages(text: &str) -> String {
    let mut pieces = text.split("Valeurs:page");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        kept.push_str("Valeurs:page");
        kept.push_str(piece.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}

#[test]
fn no_text_is_lost_on_the_way_to_characters() {
    assert!(READ.pages.iter().all(|page| !page.contains('\u{fffd}')));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert!(set(&DOCUMENT).bytes == PDF.bytes);
    let mut later = DOCUMENT.clone();
    later.edition = beffroi_report::Edition::Frozen {
        at: common::moment(),
        number: 2,
    };
    assert!(set(&later).bytes != PDF.bytes);
}

#[test]
fn a_heading_of_a_chapter_stands_under_its_title() {
    let blocks = vec![common::heading(3, "Trois"), common::heading(4, "Quatre")];
    let document = common::report(
        common::frozen(),
        vec![common::chapter("a", "", "Un", blocks)],
    );
    let read = tree::read(&set(&document).bytes);
    assert_eq!(squeezed(&read.root.tagged("H2")[0].words()), "Trois");
    assert_eq!(squeezed(&read.root.tagged("H3")[0].words()), "Quatre");
    assert!(matches!(
        document.chapters[0].blocks[0],
        Block::Heading { .. }
    ));
}
