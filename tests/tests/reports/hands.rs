//! The town of these tests, whoever works on its reports, and what their hands do again and again.

use beffroi_report::Document;
use beffroi_tests::{HtmlForm, Response, Server, Town, Visitor, main_text};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// An agent of mobilities, whose chapter is `mobilites`.
pub const AGATHE: &str = "Agathe Vial";
/// An agent of the registry, whose chapter is `habitants`.
pub const CHLOE: &str = "Chloé Denis";
/// An agent of another department, without a chapter.
pub const BRUNO: &str = "Bruno Caron";
/// The head, who answers for the whole town.
pub const DIDIER: &str = "Didier Faure";
/// Whoever reads all.
pub const ELISE: &str = "Élise Garnier";
/// Whoever reads one district.
pub const PAUL: &str = "Paul Mercier";
/// Whoever reads one district, and final reports.
pub const LUCIE: &str = "Lucie Arnaud";

/// The report.
pub const REPORT: &str = "/rapports/bilan";
/// Its declaration.
pub const DECLARED: &str = "reports/bilan.toml";
/// Its last year that is over.
pub const YEAR: &str = "/rapports/bilan/2025";
/// All forms in which it is taken away.
pub const FILES: [&str; 5] = [
    "rapport.pdf",
    "rapport-noir.pdf",
    "classeur.xlsx",
    "donnees.zip",
    "pages.zip",
];

/// How long what is delivered or declared may take to be seen.
const SOON: Duration = Duration::from_secs(20);

/// A town that is served.
pub struct Scene {
    pub town: Town,
    server: Option<Server>,
}

impl Scene {
    pub fn new() -> Self {
        Self::of(Town::of_fixture("reports"))
    }

    /// A town whose report is declared otherwise: each text is replaced by another.
    pub fn declared(changes: &[(&str, &str)]) -> Self {
        let town = Town::of_fixture("reports");
        for (from, to) in changes {
            town.edit(DECLARED, from, to);
        }
        Self::of(town)
    }

    pub fn of(town: Town) -> Self {
        let server = Some(town.serve());
        Self { town, server }
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("a server")
    }

    /// The town, its server ended.
    pub fn ended(self) -> Town {
        self.town
    }

    /// Kills the server (`kill -9`), and starts it again.
    pub fn fall(&mut self) {
        self.server.take().expect("a server").kill();
        self.server = Some(self.town.serve());
    }

    /// Somebody, at a browser of their own.
    #[track_caller]
    pub fn hand(&self, name: &str) -> Visitor {
        let visitor = self.server().stranger();
        visitor.enter(name);
        visitor
    }

    /// Opens 2025, has both departments confirm what they have, and freezes it.
    #[track_caller]
    pub fn freeze(&self) {
        let head = self.hand(DIDIER);
        open(&head, "2025");
        confirm(&self.hand(AGATHE), YEAR, "mobilites");
        confirm(&self.hand(CHLOE), YEAR, "habitants");
        freeze(&head, YEAR);
    }

    /// Delivers rentals again, other ones: each text of the file is replaced by another.
    #[track_caller]
    pub fn deliver(&self, name: &str, changes: &[(&str, &str)]) {
        let known = fs::read_dir(self.town.data("")).expect("data").flatten();
        let known = known.map(|entry| entry.path()).filter(|path| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().starts_with("trajets_")
        });
        let last = known.max().expect("a delivery");
        let mut text = fs::read_to_string(&last).expect("a delivery");
        for (from, to) in changes {
            assert!(text.contains(from), "the delivery does not hold {from}");
            text = text.replace(from, to);
        }
        // What is replaced is taken away by whoever delivers.
        fs::remove_file(last).expect("the former delivery");
        fs::write(self.town.data(name), text).expect("a delivery");
    }

    /// What lies on disk of an edition.
    pub fn kept(&self, year: i32, number: u32, file: &str) -> PathBuf {
        self.town
            .state(&format!("reports/bilan/{year}/{number}/{file}"))
    }

    /// A final report as it is kept.
    #[track_caller]
    pub fn document(&self, year: i32, number: u32) -> Document {
        let bytes = fs::read(self.kept(year, number, "document.json")).expect("a final report");
        serde_json::from_slice(&bytes).expect("a document")
    }
}

/// Opens a year.
#[track_caller]
pub fn open(head: &Visitor, year: &str) {
    let to = led(&head.submit(REPORT, "", &[("annee", year)]));
    assert_eq!(to, format!("{REPORT}/{year}/suivi?fait=ouvert"));
}

/// The page on which a chapter is written.
pub fn desk(year: &str, chapter: &str) -> String {
    format!("{year}/chapitres/{chapter}/contribuer")
}

/// Writes the words of a chapter.
#[track_caller]
pub fn write(hand: &Visitor, year: &str, chapter: &str, words: &str) {
    let page = desk(year, chapter);
    let to = led(&hand.submit(&page, "ecrire", &[("mots", words)]));
    assert!(to.ends_with("fait=ecrit"), "{to}");
}

/// Confirms a chapter.
#[track_caller]
pub fn confirm(hand: &Visitor, year: &str, chapter: &str) {
    let page = desk(year, chapter);
    let to = led(&hand.submit(&page, "confirmer", &[("certain", "1")]));
    assert!(to.ends_with("fait=confirme"), "{to}");
}

/// Freezes a year.
#[track_caller]
pub fn freeze(head: &Visitor, year: &str) {
    let page = format!("{year}/suivi");
    let to = led(&head.submit(&page, "arreter", &[("certain", "1")]));
    assert!(to.ends_with("fait=arrete"), "{to}");
}

/// Asks to freeze a year, whether its page offers it or not.
pub fn insist(head: &Visitor, year: &str) -> Response {
    let page = format!("{year}/suivi");
    head.post(REPORT, &page, &[("faire", "arreter"), ("certain", "1")])
}

/// A form of a page that does something, with a field of that value.
#[track_caller]
pub fn form_with(hand: &Visitor, page: &str, what: &str, field: (&str, &str)) -> HtmlForm {
    let html = hand.get(page).text();
    let mut forms = HtmlForm::all(&html).into_iter();
    let found =
        forms.find(|form| (what.is_empty() || form.does(what)) && form.get(field.0) == field.1);
    found.unwrap_or_else(|| panic!("{page}: no {what} of {field:?}: {}", main_text(&html)))
}

/// Where an answer leads.
#[track_caller]
pub fn led(answer: &Response) -> String {
    let to = answer.header("location").unwrap_or_default().to_owned();
    assert_eq!(answer.status, 303, "{}", main_text(&answer.text()));
    to
}

/// What somebody reads on a page, with single blanks.
#[track_caller]
pub fn read(hand: &Visitor, page: &str) -> String {
    let answer = hand.get(page);
    assert_eq!(answer.status, 200, "{page}: {}", answer.text());
    main_text(&answer.text())
}

/// The main part of a page, as it is sent: what stands around it tells of the session.
#[track_caller]
pub fn main_part(hand: &Visitor, page: &str) -> String {
    let answer = hand.get(page);
    assert_eq!(answer.status, 200, "{page}: {}", answer.text());
    let html = answer.text();
    let (_, main) = html.split_once("<main").expect("a main part");
    let (main, _) = main.split_once("</main>").expect("an end");
    main.to_owned()
}

/// A file of a report.
#[track_caller]
pub fn file(hand: &Visitor, year: &str, name: &str) -> Vec<u8> {
    let answer = hand.get(&format!("{year}/fichiers/{name}"));
    assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    answer.body
}

/// Waits until somebody reads something, or reads it no more.
#[track_caller]
pub fn wait(hand: &Visitor, page: &str, holds: impl Fn(&str) -> bool) -> String {
    let start = Instant::now();
    loop {
        let answer = hand.get(page);
        let text = main_text(&answer.text());
        if answer.status == 200 && holds(&text) {
            return text;
        }
        let late = start.elapsed() > SOON;
        assert!(!late, "{page} ({}) is not so: {text}", answer.status);
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The files of an archive, by name.
#[track_caller]
pub fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut files = BTreeMap::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("a file of it");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        files.insert(entry.name().expect("a name").into_owned(), bytes);
    }
    files
}
