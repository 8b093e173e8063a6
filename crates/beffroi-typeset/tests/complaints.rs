//! What stands between a document and paper is told with its chapter; a draft comes out all the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
#[path = "common/tree.rs"]
mod tree;

use beffroi_report::{Block, Document, Drawing, Edition, Inline, Pictures};
use beffroi_typeset::{Complaint, ComplaintKind, Ink, Options, Pdf, pdf};

/// A report of one chapter.
fn report(edition: Edition, blocks: Vec<Block>) -> Document {
    common::report(
        edition,
        vec![common::chapter("velo", "Mobilités", "Le vélo", blocks)],
    )
}

fn set(document: &Document) -> Result<Pdf, Vec<Complaint>> {
    pdf(document, &common::pictures(), &Options::default())
}

/// Complaints of a frozen report made of these blocks, after it was seen that a draft comes out
/// with the same.
fn complaints(blocks: &[Block]) -> Vec<Complaint> {
    let refused = set(&report(common::frozen(), blocks.to_vec())).expect_err("is refused");
    let draft = set(&report(common::draft(), blocks.to_vec())).expect("comes out");
    assert_eq!(draft.complaints, refused);
    assert!(draft.pages >= 3);
    assert!(draft.bytes.starts_with(b"%PDF-1.7"));
    refused
}

fn of_velo(place: &str, what: ComplaintKind) -> Vec<Complaint> {
    vec![Complaint {
        chapter: Some("velo".to_owned()),
        place: place.to_owned(),
        what,
    }]
}

#[test]
fn a_character_that_no_typeface_has_is_told_with_the_words_around() {
    let blocks = [common::paragraph(
        "Les places de stationnement de la rue du Port, en 漢 et ailleurs dans la ville.",
    )];
    assert_eq!(
        complaints(&blocks),
        of_velo(
            "de la rue du Port, en 漢 et ailleurs dans la",
            ComplaintKind::MissingGlyph { character: '漢' }
        )
    );
}

#[test]
fn so_is_one_inside_of_a_drawing() {
    let svg = common::LINE_HALF.replace("2019", "20漢19");
    let blocks = [Block::Figure(common::figure("a", "A", &svg, 12))];
    let expected = of_velo("20漢19", ComplaintKind::MissingGlyph { character: '漢' });
    assert_eq!(complaints(&blocks), expected);
}

#[test]
fn one_on_the_cover_is_of_no_chapter() {
    let mut document = report(common::frozen(), vec![common::paragraph("a")]);
    "Ville de 漢".clone_into(&mut document.town);
    let told = set(&document).expect_err("is refused");
    assert_eq!(told[0].chapter, None);
}

#[test]
fn characters_that_are_not_drawn_are_no_matter() {
    let blocks = vec![common::paragraph(
        "Saint\u{2060}-Aubin, re\u{ad}vu\u{200b}\u{feff}, 10\u{202f}000\u{a0}€, e\u{301}\u{2011}CO₂\tet\nla suite",
    )];
    let out = set(&report(common::frozen(), blocks)).unwrap_or_else(|c| panic!("{c:#?}"));
    assert_eq!(out.complaints, []);
}

#[test]
fn a_chapter_that_is_too_long_is_told_with_its_length() {
    let blocks = vec![common::paragraph("Un paragraphe."); 120];
    let mut document = report(common::frozen(), blocks);
    document.chapters[0].most_pages = Some(2);
    document
        .chapters
        .push(common::chapter("b", "", "Court", vec![]));
    document.chapters[1].most_pages = Some(1);
    let expected = of_velo("Le vélo", ComplaintKind::TooManyPages { pages: 3, most: 2 });
    assert_eq!(set(&document).expect_err("is refused"), expected);
    document.edition = common::draft();
    assert_eq!(set(&document).expect("comes out").complaints, expected);
    document.edition = common::frozen();
    document.chapters[0].most_pages = Some(3);
    assert!(set(&document).is_ok());
}

#[test]
fn all_complaints_come_at_once() {
    let mut document = report(common::frozen(), vec![common::paragraph("漢"); 80]);
    document.chapters[0].most_pages = Some(1);
    let told = set(&document).expect_err("is refused");
    assert_eq!(told.len(), 2, "{told:#?}");
}

#[test]
fn a_picture_that_does_not_say_what_it_shows_is_told() {
    let mut figure = common::figure("velo/mois", "A", common::LINE_HALF, 12);
    if let Drawing::Picture(picture) = &mut figure.drawing {
        "  ".clone_into(&mut picture.alt);
    }
    let expected = of_velo("velo/mois", ComplaintKind::MissingAlt);
    assert_eq!(complaints(&[Block::Figure(figure)]), expected);
    let mut photo = common::photo();
    photo.alt.clear();
    let expected = of_velo("halle.jpg", ComplaintKind::MissingAlt);
    assert_eq!(complaints(&[Block::Photo(photo)]), expected);
}

#[test]
fn a_photograph_that_is_not_there_or_cannot_be_read_is_told() {
    let photo = |file: &str| {
        let mut photo = common::photo();
        file.clone_into(&mut photo.file);
        Block::Photo(photo)
    };
    let is_bad = |told: &[Complaint], name: &str| match told {
        [
            Complaint {
                chapter: Some(chapter),
                what: ComplaintKind::BadPicture { file, .. },
                ..
            },
        ] => chapter == "velo" && file == name,
        _ => false,
    };
    assert!(is_bad(&complaints(&[photo("absente.jpg")]), "absente.jpg"));
    let mut cut = common::PHOTO[..900].to_vec();
    for bytes in [b"GIF89a".to_vec(), Vec::new(), {
        cut.truncate(400);
        cut
    }] {
        let pictures: Pictures = [("mauvaise.jpg".to_owned(), bytes)].into();
        let frozen = report(common::frozen(), vec![photo("mauvaise.jpg")]);
        let told = pdf(&frozen, &pictures, &Options::default()).expect_err("is refused");
        assert!(is_bad(&told, "mauvaise.jpg"), "{told:#?}");
        let draft = report(common::draft(), vec![photo("mauvaise.jpg")]);
        assert!(pdf(&draft, &pictures, &Options::default()).is_ok());
    }
}

#[test]
fn a_drawing_that_cannot_be_read_is_told() {
    for svg in [
        "<svg viewBox=\"0 0 10 10\"><path",
        "<svg><path/></svg>",
        "<svg viewBox=\"0 0 0 10\"></svg>",
        "<p>bonjour</p>",
        "bonjour",
        "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg viewBox=\"0 0 10 10\"><text>&a;</text></svg>",
    ] {
        let figure = common::figure("velo/mois", "A", svg, 12);
        let told = complaints(&[Block::Figure(figure)]);
        assert!(
            matches!(&told[..], [Complaint { what: ComplaintKind::BadDrawing { .. }, place, .. }] if place == "velo/mois"),
            "{svg}: {told:#?}"
        );
    }
}

#[test]
fn a_drawing_brings_nothing_in() {
    let svg = "<svg viewBox=\"0 0 100 10\" class=\"trace large\"><image href=\"/etc/passwd\" width=\"9\" height=\"9\"/>\
        <style>@import url(https://clairval.example/a.css);</style><script>a()</script>\
        <foreignObject><p>étranger</p></foreignObject><title>survol</title><text x=\"0\" y=\"9\">Gare</text></svg>";
    let document = report(
        common::frozen(),
        vec![Block::Figure(common::figure("a", "A", svg, 12))],
    );
    let out = set(&document).unwrap_or_else(|c| panic!("{c:#?}"));
    assert_eq!(out.complaints, []);
}

#[test]
fn a_draft_may_have_what_could_not_be_filled_in() {
    let broken = Block::Paragraph {
        lead: false,
        text: vec![
            common::text("Il y a "),
            Inline::Broken {
                text: "{{velo.locations}}".to_owned(),
            },
        ],
    };
    let notice = Block::Notice {
        title: "Figure absente.".to_owned(),
        text: "L’indicateur n’existe plus.".to_owned(),
        broken: true,
    };
    let out = set(&report(common::draft(), vec![broken, notice])).expect("comes out");
    assert_eq!(out.complaints, []);
    let words = tree::read(&out.bytes).root.words();
    assert!(words.contains("{{velo.locations}}"), "{words}");
}

#[test]
fn a_draft_is_accessible_too() {
    let out = set(&common::everything(common::draft())).expect("comes out");
    assert_eq!(out.complaints, []);
    let read = tree::read(&out.bytes);
    let metadata = read.file.catalog().unwrap().get(b"Metadata").unwrap();
    let stream = read
        .file
        .dereference(metadata)
        .unwrap()
        .1
        .as_stream()
        .unwrap();
    let metadata = String::from_utf8(stream.get_plain_content().unwrap()).unwrap();
    assert!(metadata.contains("pdfuaid:part"));
    for (place, page) in read.pages.iter().enumerate() {
        assert!(page.contains("Projet"), "page {}", place + 1);
    }
    // On the cover it is read aloud, once; on pages it is only seen.
    assert_eq!(read.root.words().matches("Projet").count(), 1);
    let frozen = set(&report(common::frozen(), vec![])).expect("comes out");
    let read = tree::read(&frozen.bytes);
    assert!(read.pages.iter().all(|page| !page.contains("Projet")));
}

#[test]
fn an_empty_report_comes_out() {
    let empty = common::report(common::frozen(), Vec::new());
    assert!(set(&empty).is_ok());
    let mut bare = report(
        common::frozen(),
        vec![
            Block::Numbers(Vec::new()),
            Block::Tally {
                key: String::new(),
                counts: Vec::new(),
            },
            Block::Table(beffroi_report::Table::default()),
            Block::List {
                ordered: false,
                items: Vec::new(),
            },
            Block::Paragraph {
                lead: true,
                text: Vec::new(),
            },
            Block::Heading {
                level: 9,
                text: Vec::new(),
            },
            Block::Commentary {
                title: String::new(),
                blocks: Vec::new(),
            },
            Block::Notice {
                title: String::new(),
                text: String::new(),
                broken: false,
            },
            common::paragraph("Fin."),
        ],
    );
    bare.town_line.clear();
    bare.presented.clear();
    bare.summary.clear();
    set(&bare).unwrap_or_else(|c| panic!("{c:#?}"));
}

#[test]
fn photographs_of_every_kind_are_printed() {
    let photographs: [(&str, &[u8]); 5] = [
        ("cmyk.jpg", include_bytes!("drawings/cmyk.jpg")),
        ("grey.jpg", include_bytes!("drawings/grey.jpg")),
        ("turned.jpg", include_bytes!("drawings/turned.jpg")),
        ("alpha.png", include_bytes!("drawings/alpha.png")),
        ("palette.png", include_bytes!("drawings/palette.png")),
    ];
    for ink in [Ink::Colour, Ink::BlackAndWhite] {
        for (name, bytes) in photographs {
            let pictures: Pictures = [(name.to_owned(), bytes.to_vec())].into();
            let mut photo = common::photo();
            name.clone_into(&mut photo.file);
            let document = report(common::frozen(), vec![Block::Photo(photo)]);
            let out = pdf(&document, &pictures, &Options { ink });
            assert!(out.is_ok(), "{name} {ink:?}: {:#?}", out.err());
        }
    }
}
