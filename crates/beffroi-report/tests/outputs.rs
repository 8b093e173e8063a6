//! All outputs hold the same: words in the same order, numbers that read the same, and nothing
//! that a hostile text could break.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use beffroi_report::{
    Block, Document, Drawing, Edition, Listed, html, reading_order, tables, xlsx, zip,
};
use calamine::{Data, Reader as _, Xlsx};
use common::{HOSTILE, hostile, pictures, sample};
use html5gum::{Token, Tokenizer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

fn both() -> [Document; 2] {
    [sample(), hostile()]
}

fn whole(document: &Document) -> String {
    html::whole(document, &|file| format!("photos/{file}")).into_string()
}

/// A tag with its attributes, or a text.
#[derive(Debug)]
enum Piece {
    Start(String, BTreeMap<String, String>, bool),
    End(String),
    Text(String),
}

fn pieces(page: &str) -> Vec<Piece> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Tokenizer::new(page)
        .filter_map(|token| match token.unwrap() {
            Token::StartTag(tag) => Some(Piece::Start(
                text(&tag.name),
                tag.attributes
                    .iter()
                    .map(|(name, value)| (text(name), text(&value.value)))
                    .collect(),
                tag.self_closing,
            )),
            Token::EndTag(tag) => Some(Piece::End(text(&tag.name))),
            Token::String(string) => Some(Piece::Text(text(&string.value))),
            Token::Error(error) => panic!("{error:?} in {page}"),
            _ => None,
        })
        .collect()
}

fn starts(page: &str) -> Vec<(String, BTreeMap<String, String>)> {
    pieces(page)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Start(name, attributes, _) => Some((name, attributes)),
            _ => None,
        })
        .collect()
}

/// What is read of a page, without drawings and what outputs add.
fn read(page: &str) -> String {
    const ADDED: [&str; 3] = ["vers-donnees", "sommaire", "feuilleter"];
    const INLINE: [&str; 7] = ["a", "abbr", "em", "mark", "small", "span", "strong"];
    const VOID: [&str; 4] = ["br", "img", "meta", "link"];
    let mut left_out: Option<u32> = None;
    let mut text = String::new();
    for piece in pieces(page) {
        match piece {
            Piece::Start(name, attributes, closed) => {
                let is_void = closed || VOID.contains(&name.as_str());
                if let Some(depth) = &mut left_out {
                    *depth += u32::from(!is_void);
                    continue;
                }
                let added = attributes
                    .get("class")
                    .is_some_and(|class| class.split(' ').any(|class| ADDED.contains(&class)));
                if !is_void && (added || name == "svg" || name == "summary") {
                    left_out = Some(1);
                } else if !INLINE.contains(&name.as_str()) {
                    text.push(' ');
                }
            }
            Piece::End(name) => {
                if let Some(depth) = &mut left_out {
                    *depth -= 1;
                    if *depth == 0 {
                        left_out = None;
                    }
                } else if !INLINE.contains(&name.as_str()) {
                    text.push(' ');
                }
            }
            Piece::Text(words) => {
                if left_out.is_none() {
                    text.push_str(&words);
                }
            }
        }
    }
    normal(&text)
}

fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_page_holds_the_words_of_the_document_in_its_order() {
    for document in both() {
        let words = normal(&reading_order(&document).join(" "));
        pretty_equal(&read(&whole(&document)), &words);
    }
}

fn pretty_equal(read: &str, words: &str) {
    let (read, words): (Vec<_>, Vec<_>) = (read.split(' ').collect(), words.split(' ').collect());
    for (place, pair) in read.iter().zip(&words).enumerate() {
        let around = place.saturating_sub(8)..(place + 8).min(read.len());
        assert_eq!(pair.0, pair.1, "near {:?}", &read[around]);
    }
    assert_eq!(read.len(), words.len());
}

#[test]
fn pages_of_a_site_hold_every_chapter_and_say_that_a_draft_is_one() {
    let mut document = sample();
    document.edition = Edition::Draft {
        seen_on: common::day(2026, 6, 10),
    };
    for (path, bytes) in html::site(&document, &pictures(), "") {
        if path.ends_with(".html") {
            let page = String::from_utf8(bytes).unwrap();
            assert!(page.contains("<title>Projet · "), "{path}");
            assert!(read(&page).contains("rien n’est encore arrêté"), "{path}");
            assert!(
                page.contains("default-src &apos;none&apos;")
                    || page.contains("default-src 'none'")
            );
        }
    }
}

#[test]
fn nothing_hostile_becomes_markup() {
    let document = hostile();
    let mut pages = vec![whole(&document)];
    for (path, bytes) in html::site(&document, &pictures(), "") {
        assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
        if path.ends_with(".html") {
            pages.push(String::from_utf8(bytes).unwrap());
        }
    }
    assert_eq!(pages.len(), 4);
    for page in &pages {
        for (name, attributes) in starts(page) {
            assert!(name != "script" && name != "iframe", "{name}");
            for (attribute, value) in attributes {
                assert!(!attribute.starts_with("on") && attribute != "style");
                if attribute == "href" || attribute == "src" {
                    let fits = value.starts_with('#')
                        || value.starts_with("photos/")
                        || value == "style.css"
                        || value.contains(".html")
                        || value.starts_with("https://fine.example")
                        || value.starts_with("http://fine.example")
                        || value.starts_with("mailto:");
                    assert!(fits, "{attribute}={value}");
                }
            }
        }
    }
    assert!(pages[0].contains("&lt;script&gt;"));
}

#[test]
fn only_links_that_may_be_are_links() {
    let page = whole(&hostile());
    let inside: Vec<String> = starts(&page)
        .into_iter()
        .filter(|(name, _)| name == "a")
        .filter_map(|(_, attributes)| attributes.get("href").cloned())
        .filter(|address| !address.starts_with("#donnees"))
        .collect();
    assert_eq!(
        inside,
        [
            "#chapitre-un.deux",
            "#chapitre-INDEX",
            "https://fine.example/?a=1&b=\"2\"",
            "http://fine.example",
            "mailto:mairie@fine.example",
            "#chapitre-un.deux",
        ]
    );
}

#[test]
fn ids_are_unique_and_links_and_names_lead_somewhere() {
    for document in both() {
        let page = whole(&document);
        let mut ids = BTreeSet::new();
        let mut referred = Vec::new();
        for (name, attributes) in starts(&page) {
            if let Some(id) = attributes.get("id") {
                // The same drawing stands in the hostile document five times: that is its own.
                let is_new = ids.insert(id.clone());
                assert!(is_new || matches!(name.as_str(), "title" | "desc"), "{id}");
            }
            referred.extend(
                attributes
                    .get("href")
                    .and_then(|address| address.strip_prefix('#'))
                    .filter(|id| !id.starts_with("g-"))
                    .map(str::to_owned),
            );
            let labels = attributes.get("aria-labelledby");
            referred.extend(
                labels
                    .into_iter()
                    .flat_map(|ids| ids.split(' '))
                    .map(str::to_owned),
            );
        }
        for id in referred {
            assert!(ids.contains(&id), "{id}");
        }
    }
}

#[test]
fn headings_go_down_step_by_step() {
    for document in both() {
        let mut last = 0;
        for (name, _) in starts(&whole(&document)) {
            let level = match name.as_str() {
                "h1" => 1,
                "h2" => 2,
                "h3" => 3,
                "h4" => 4,
                _ => continue,
            };
            assert!(level <= last + 1, "h{level} after h{last}");
            last = level;
        }
    }
}

#[test]
fn tables_have_scopes_and_regions_names_of_their_own_and_photographs_a_text() {
    for document in both() {
        let mut names = BTreeSet::new();
        for (name, attributes) in starts(&whole(&document)) {
            match name.as_str() {
                "th" => assert!(["col", "row"].contains(&attributes["scope"].as_str())),
                "img" => assert!(!attributes["alt"].is_empty() && attributes["loading"] == "lazy"),
                "div" if attributes.contains_key("role") => {
                    assert_eq!(attributes["tabindex"], "0");
                    let label = &attributes["aria-label"];
                    assert!(!label.is_empty() && names.insert(label.clone()), "{label}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn the_same_document_makes_the_same_bytes() {
    for document in both() {
        assert_eq!(xlsx(&document).unwrap(), xlsx(&document).unwrap());
        assert_eq!(zip(&document).unwrap(), zip(&document).unwrap());
        assert_eq!(
            html::site(&document, &pictures(), "x"),
            html::site(&document, &pictures(), "x")
        );
    }
    // A clock with seconds would show here.
    let before = (xlsx(&sample()).unwrap(), zip(&sample()).unwrap());
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(before == (xlsx(&sample()).unwrap(), zip(&sample()).unwrap()));
}

#[test]
fn every_table_is_listed_once() {
    let document = sample();
    let listed = tables(&document);
    let titles: Vec<_> = listed
        .iter()
        .map(|listed| (listed.chapter.id.as_str(), listed.key.as_str()))
        .collect();
    assert_eq!(
        titles,
        [
            ("annee", "chiffres"),
            ("annee", "etats"),
            ("finances", "finances/budget"),
            ("finances", "finances/epargne"),
            ("finances", "finances/dette"),
            ("mobilites", "mobilites/velos"),
            ("mobilites", "mobilites/quartiers"),
            ("mobilites", "mobilites/stations"),
            ("mobilites", "table"),
        ]
    );
    for Listed { table, .. } in &listed {
        for row in &table.rows {
            assert_eq!(row.cells.len(), table.head.len());
        }
    }
}

#[test]
fn the_workbook_shows_every_number_as_the_report_does() {
    for document in both() {
        let bytes = xlsx(&document).unwrap();
        let formats = formats(&bytes);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
        let names = book.sheet_names();
        let listed = tables(&document);
        assert_eq!(names.len(), listed.len() + 2);
        let unique: BTreeSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(unique.len(), names.len());
        for (place, Listed { table, .. }) in listed.iter().enumerate() {
            let name = &names[place + 1];
            assert!(name.encode_utf16().count() <= 31);
            let sheet = book.worksheet_range(name).unwrap();
            let sheet_formats = &formats[place + 1];
            assert!(book.worksheet_formula(name).unwrap().is_empty(), "{name}");
            for (column, head) in table.head.iter().enumerate() {
                let at = (2, u32::try_from(column).unwrap());
                assert_eq!(text(sheet.get_value(at)), head.label);
            }
            for (row, line) in table.rows.iter().enumerate() {
                for (column, cell) in line.cells.iter().enumerate() {
                    let at = (
                        u32::try_from(row + 3).unwrap(),
                        u32::try_from(column).unwrap(),
                    );
                    let found = sheet.get_value(at);
                    match found {
                        Some(Data::Float(value)) => {
                            let shown = displayed(*value, &sheet_formats[&at]);
                            assert_eq!(shown, cell.text, "{name}");
                        }
                        other => {
                            assert!(cell.value.is_none(), "{name}: {cell:?}");
                            // Line ends of a cell are the format's own.
                            assert_eq!(normal(&text(other)), normal(&cell.text), "{name}");
                        }
                    }
                }
            }
        }
        let sources = book.worksheet_range(names.last().unwrap()).unwrap();
        assert_eq!(sources.height(), document.evidence.len() + 1);
        if let Some(Data::DateTime(day)) = sources.get_value((1, 8)) {
            assert_eq!(day.to_ymd_hms_milli(), (2026, 6, 2, 0, 0, 0, 0));
        } else {
            assert!(document.evidence[0].sources.is_empty());
        }
    }
}

fn text(cell: Option<&Data>) -> String {
    match cell {
        None | Some(Data::Empty) => String::new(),
        Some(Data::String(text)) => text.clone(),
        Some(other) => panic!("{other:?}"),
    }
}

/// The number format of every cell of every sheet, in their order.
fn formats(workbook: &[u8]) -> Vec<BTreeMap<(u32, u32), String>> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive
            .by_name(name)
            .ok()?
            .read_to_string(&mut text)
            .unwrap();
        // The page reader knows no declarations.
        Some(text.split_once("?>")?.1.to_owned())
    };
    let styles = part("xl/styles.xml").unwrap();
    let mut codes = BTreeMap::from([("0".to_owned(), "General".to_owned())]);
    codes.insert("1".to_owned(), "0".to_owned());
    codes.insert("2".to_owned(), "0.00".to_owned());
    codes.insert("3".to_owned(), "#,##0".to_owned());
    codes.insert("4".to_owned(), "#,##0.00".to_owned());
    for (name, attributes) in starts(&styles) {
        if name == "numfmt" {
            codes.insert(
                attributes["numfmtid"].clone(),
                attributes["formatcode"].clone(),
            );
        }
    }
    let cells = styles.split_once("<cellXfs").unwrap().1;
    let cells = cells.split_once("</cellXfs>").unwrap().0;
    let styles: Vec<String> = starts(&format!("<x{cells}"))
        .into_iter()
        .filter(|(name, _)| name == "xf")
        .map(|(_, attributes)| {
            codes
                .get(&attributes["numfmtid"])
                .cloned()
                .unwrap_or_default()
        })
        .collect();
    let mut sheets = Vec::new();
    while let Some(sheet) = part(&format!("xl/worksheets/sheet{}.xml", sheets.len() + 1)) {
        let mut found = BTreeMap::new();
        for (name, attributes) in starts(&sheet) {
            if let ("c", Some(at), Some(style)) =
                (name.as_str(), attributes.get("r"), attributes.get("s"))
            {
                let letters: String = at.chars().take_while(char::is_ascii_alphabetic).collect();
                let column = letters.bytes().fold(0, |column, letter| {
                    column * 26 + u32::from(letter - b'A') + 1
                });
                let row: u32 = at[letters.len()..].parse().unwrap();
                let style: usize = style.parse().unwrap();
                found.insert((row - 1, column - 1), styles[style].clone());
            }
        }
        sheets.push(found);
    }
    sheets
}

/// What a spreadsheet in French shows of a number under a format of two sections.
fn displayed(value: f64, format: &str) -> String {
    // A semicolon inside of quotes is a word.
    let mut sections = vec![String::new()];
    let mut quoted = false;
    for c in format.chars() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(String::new());
                continue;
            }
            _ => {}
        }
        sections.last_mut().unwrap().push(c);
    }
    let section = if value < 0.0 {
        &sections[1]
    } else {
        &sections[0]
    };
    let (mut before, mut digits, mut after) = (String::new(), String::new(), String::new());
    let mut percent = false;
    let mut characters = section.chars();
    let mut quoted = false;
    while let Some(c) = characters.next() {
        let target = if digits.is_empty() {
            &mut before
        } else {
            &mut after
        };
        match c {
            '"' => quoted = !quoted,
            _ if quoted => target.push(c),
            '\\' => target.extend(characters.next()),
            '#' | '0' | '.' | ',' => digits.push(c),
            '%' => {
                percent = true;
                target.push('%');
            }
            other => panic!("{other} in {format}"),
        }
    }
    let scale = digits.chars().rev().take_while(|c| *c == ',').count();
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| {
        decimals.chars().filter(|c| *c == '0').count()
    });
    let mut value = value.abs() / 1000f64.powi(i32::try_from(scale).unwrap());
    if percent {
        value *= 100.0;
    }
    let decimals_of = u8::try_from(decimals).unwrap();
    let mut text = beffroi_text::number(beffroi_text::Lang::Fr, value, decimals_of);
    if !digits.starts_with('#') {
        text = text.replace('\u{202f}', "");
    }
    format!("{before}{text}{after}")
}

fn files(archive: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|place| {
            let mut file = archive.by_index(place).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[test]
fn the_files_hold_every_value_exactly_and_say_what_is_absent() {
    for document in both() {
        let files = files(&zip(&document).unwrap());
        let listed = tables(&document);
        assert_eq!(files.len(), listed.len() + 2);
        let read_me = &files["lisez-moi.txt"];
        for (name, Listed { table, .. }) in files
            .iter()
            .filter(|(name, _)| *name != "sources.csv")
            .filter(|(name, _)| *name != "lisez-moi.txt")
            .zip(&listed)
        {
            assert!(
                name.0.is_ascii() && !name.0.contains(['/', '\\']),
                "{name:?}"
            );
            assert!(read_me.contains(name.0.as_str()));
            let lines = csv(name.1);
            assert_eq!(lines.len(), table.rows.len() + 1);
            for (line, row) in lines[1..].iter().zip(&table.rows) {
                for cell in &row.cells {
                    if let Some(value) = cell.value {
                        assert!(line.contains(&value.to_string()), "{value} in {line:?}");
                    }
                }
                assert!(line.iter().all(|cell| {
                    !cell.starts_with(['=', '+', '@', '\t', '\r'])
                        && (!cell.starts_with('-') || cell.parse::<f64>().is_ok())
                }));
            }
        }
    }
}

#[test]
fn a_column_with_absences_is_followed_by_their_reasons() {
    let files = files(&zip(&sample()).unwrap());
    assert_eq!(
        files["07-mobilites-quartiers.csv"],
        "Quartier,2024,2024_etat,2025,En un an,En un an_etat\r\n\
         Gare,41.18,,44.63,0.0838,\r\n\
         La Halle,39.91,,41.5,0.0398,\r\n\
         Les Coteaux,12,,11.3,-0.0583,\r\n\
         Moulin-Neuf,,s,12.8,,so\r\n"
    );
    assert!(files["sources.csv"].contains(",12,velos-2025.csv,2026-06-02\r\n"));
}

#[test]
fn a_word_to_who_opens_the_files_says_what_they_are() {
    let read_me = files(&zip(&sample()).unwrap())["lisez-moi.txt"].clone();
    let lines: Vec<&str> = read_me.split("\r\n").collect();
    assert_eq!(
        lines[..3],
        [
            "Rapport annuel 2025",
            "Ville de Clairval-sur-Aure",
            "Arrêté le 10\u{a0}juin 2026"
        ]
    );
    assert!(
        lines.contains(&"06-mobilites-velos.csv\u{a0}: Onze mois sur douze, 2025 a dépassé 2024")
    );
    assert_eq!(lines[lines.len() - 2], "sources.csv");
}

#[test]
fn a_report_in_english_adds_english_words() {
    let mut document = sample();
    document.lang = "en".to_owned();
    let page = whole(&document);
    for words in [
        "Contents",
        "Closed on 10\u{a0}June 2026",
        "Data of this figure",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let names = Xlsx::new(Cursor::new(xlsx(&document).unwrap()))
        .map(|book: Xlsx<_>| book.sheet_names())
        .unwrap();
    assert_eq!(names.first().map(String::as_str), Some("Contents"));
    assert_eq!(names.last().map(String::as_str), Some("Sources"));
}

/// Lines of a file as RFC 4180 writes them.
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut lines = vec![vec![String::new()]];
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let line = lines.last_mut().unwrap();
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                line.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => lines.push(vec![String::new()]),
            other => line.last_mut().unwrap().push(other),
        }
    }
    lines.pop();
    lines
}

#[test]
fn a_figure_without_an_annex_shows_its_values_where_it_stands() {
    let page = whole(&sample());
    assert!(page.contains("<details class=\"figure-donnees\">"));
    assert_eq!(
        page.matches("125\u{202f}880").count(),
        3,
        "drawing, its description, table"
    );
    assert_eq!(
        page.matches("71\u{202f}204").count(),
        1,
        "in the annex alone"
    );
}

#[test]
fn two_figures_that_fit_stand_side_by_side() {
    let page = whole(&sample());
    assert_eq!(page.matches("grille rangee").count(), 2);
    assert_eq!(page.matches("class=\"figure c-6\"").count(), 2);
    assert!(page.contains("class=\"figure c-7\"") && page.contains("class=\"figure c-5\""));
}

#[test]
fn what_is_broken_or_revised_is_seen() {
    let page = whole(&hostile());
    assert!(page.contains("<mark class=\"manque-mot\">{{&lt;script"));
    assert!(page.contains("<p class=\"avis retard\">"));
    assert!(page.contains(">(r)</abbr>"));
    assert!(!page.contains(HOSTILE));
    assert!(
        !page.contains("class=\"bande\""),
        "four billion signs are not drawn"
    );
}

#[test]
fn drawings_are_there_as_they_are() {
    let document = sample();
    let page = whole(&document);
    for block in document.chapters.iter().flat_map(|chapter| &chapter.blocks) {
        if let Block::Figure(figure) = block
            && let Drawing::Picture(picture) = &figure.drawing
        {
            assert!(page.contains(&picture.svg));
        }
    }
}
