//! Documents built by hand: one with one of everything, and the pieces it is made of.

#![allow(dead_code)] // each test uses some of it

use beffroi_model::{CellState, Status};
use beffroi_report::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Figure, Flow, FlowEnd, Head, Inline,
    Photo, Picture, Pictures, Row, StatusCount, Table, TableCell,
};
use chrono::{NaiveDate, NaiveDateTime};

macro_rules! drawing {
    ($name:literal) => {
        include_str!(concat!("../drawings/", $name, ".svg"))
    };
}

pub const LINE: &str = drawing!("line");
pub const LINE_HALF: &str = drawing!("line-half");
pub const LINE_HALF_2: &str = drawing!("line-half-2");
pub const MAP: &str = drawing!("map");
pub const BARS_HALF: &str = drawing!("bars-half");
pub const BARS: &str = drawing!("bars");
pub const BARS_NARROW: &str = drawing!("bars-narrow");
pub const COLUMNS: &str = drawing!("columns");
pub const CATEGORIES: &str = drawing!("categories");
pub const GAP: &str = drawing!("gap");
pub const SECRET: &str = drawing!("secret");
pub const TARGETS: &str = drawing!("targets");
pub const FLOW: &str = drawing!("flow");
pub const MINI_COLUMNS: &str = drawing!("mini-columns");
pub const MINI_TARGET: &str = drawing!("mini-target");
pub const MINI_LINE: &str = drawing!("mini-line");

/// A small photograph: a gradient, as JPEG.
pub const PHOTO: &[u8] = include_bytes!("../drawings/photo.jpg");

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 10).unwrap_or_default()
}

pub fn moment() -> NaiveDateTime {
    day().and_hms_opt(14, 32, 0).unwrap_or_default()
}

pub fn frozen() -> Edition {
    Edition::Frozen {
        at: moment(),
        number: 1,
    }
}

pub fn draft() -> Edition {
    Edition::Draft { seen_on: day() }
}

pub fn text(text: &str) -> Inline {
    Inline::Text {
        text: text.to_owned(),
    }
}

pub fn paragraph(words: &str) -> Block {
    Block::Paragraph {
        lead: false,
        text: vec![text(words)],
    }
}

pub fn lead(words: &str) -> Block {
    Block::Paragraph {
        lead: true,
        text: vec![text(words)],
    }
}

pub fn heading(level: u8, words: &str) -> Block {
    Block::Heading {
        level,
        text: vec![text(words)],
    }
}

pub fn picture(svg: &str, alt: &str) -> Picture {
    Picture {
        narrow: None,
        svg: svg.to_owned(),
        alt: alt.to_owned(),
    }
}

pub fn cell(text: &str) -> TableCell {
    TableCell {
        text: text.to_owned(),
        value: None,
        state: CellState::Value,
        status: None,
    }
}

pub fn absent(text: &str, state: CellState) -> TableCell {
    TableCell {
        state,
        ..cell(text)
    }
}

pub fn standing(text: &str, status: Status) -> TableCell {
    TableCell {
        status: Some(status),
        ..cell(text)
    }
}

pub fn head(label: &str, numeric: bool) -> Head {
    Head {
        label: label.to_owned(),
        numeric,
    }
}

pub fn row(cells: &[&str]) -> Row {
    Row {
        cells: cells.iter().map(|text| cell(text)).collect(),
        total: false,
    }
}

pub fn total(cells: &[&str]) -> Row {
    Row {
        total: true,
        ..row(cells)
    }
}

/// A table of so many months.
pub fn months(id: &str, rows: usize) -> Table {
    let mut table = Table {
        id: id.to_owned(),
        caption: "Locations par mois, en nombre".to_owned(),
        head: vec![head("Mois", false), head("2024", true), head("2025", true)],
        rows: Vec::new(),
        notes: vec!["n. d. : non disponible.".to_owned()],
    };
    for place in 0..rows {
        table.rows.push(row(&[
            &format!("Mois {}", place + 1),
            &format!("{}\u{202f}{:03}", 70 + place % 60, place * 37 % 1000),
            &format!("{}\u{202f}{:03}", 75 + place % 60, place * 53 % 1000),
        ]));
    }
    if let Some(cell) = table.rows.get_mut(1).and_then(|row| row.cells.get_mut(1)) {
        *cell = absent("n. d.", CellState::Missing);
    }
    table.rows.push(total(&[
        "Ensemble",
        "1\u{202f}187\u{202f}204",
        "1\u{202f}284\u{202f}512",
    ]));
    table
}

pub fn figure(key: &str, title: &str, svg: &str, width: u8) -> Figure {
    Figure {
        key: key.to_owned(),
        title: title.to_owned(),
        subtitle: "Locations par mois, en milliers, 2025".to_owned(),
        notices: Vec::new(),
        drawing: Drawing::Picture(picture(
            svg,
            &format!("{title} : de 71 en janvier à 142 en septembre, puis 78 en décembre."),
        )),
        table: months(&format!("t-{key}"), 12),
        source: "Vélaure, extrait le 2 juin 2026, qualité 96/100".to_owned(),
        width,
        revised: false,
    }
}

pub fn number(title: &str, number: &str, unit: &str, phrase: &str) -> BigNumber {
    BigNumber {
        key: title.to_owned(),
        title: title.to_owned(),
        number: number.to_owned(),
        unit: unit.to_owned(),
        phrase: phrase.to_owned(),
        status: None,
        status_words: String::new(),
        picture: None,
        large: false,
        revised: false,
    }
}

/// The numbers of the year in one page.
pub fn numbers() -> Vec<BigNumber> {
    let mut numbers = vec![
        number(
            "Locations de vélos",
            "1\u{202f}284\u{202f}512",
            "",
            "+8,2\u{a0}% en un an ; objectif 2026 atteint à 92\u{a0}%. Un départ sur dix se fait à la gare.",
        ),
        number(
            "Épargne brute",
            "11,4",
            "\u{a0}%",
            "8,5\u{a0}M€ sur 74,6\u{a0}M€ de recettes courantes. La dette se rembourserait en 6,2 ans.",
        ),
        number(
            "Logements sociaux",
            "21,6",
            "\u{a0}%",
            "Il manque 740 logements pour atteindre les 25\u{a0}% de la loi.",
        ),
        number(
            "Accidents corporels",
            "61",
            "",
            "Sept de plus qu’en 2024, seize au-dessus du plafond voté.",
        ),
        number(
            "Énergie des bâtiments",
            "21,8",
            "\u{a0}GWh",
            "5,6\u{a0}% de moins qu’en 2024, un quart de moins qu’en 2015.",
        ),
        number(
            "Ordures résiduelles",
            "198",
            "\u{a0}kg",
            "par habitant, contre 231 en 2019.",
        ),
        number(
            "Bio à la cantine",
            "38,4",
            "\u{a0}%",
            "des achats ; objectif de 40\u{a0}% à portée.",
        ),
        number(
            "Budget participatif",
            "3\u{202f}942",
            "",
            "votants, deux fois plus qu’en 2021.",
        ),
    ];
    let looks = [
        (MINI_COLUMNS, Status::OnTrack, "92\u{a0}% de l’objectif"),
        (MINI_LINE, Status::Reached, "Atteint"),
        (MINI_TARGET, Status::Watch, "À surveiller"),
        (MINI_TARGET, Status::Late, "En retard"),
        (MINI_TARGET, Status::Late, "En retard"),
        (MINI_LINE, Status::OnTrack, "En bonne voie"),
        (MINI_LINE, Status::OnTrack, "96\u{a0}% de l’objectif"),
        (MINI_LINE, Status::NoTarget, "Sans objectif"),
    ];
    for (number, (svg, status, words)) in numbers.iter_mut().zip(looks) {
        number.picture = Some(picture(svg, &format!("{} depuis 2019", number.title)));
        number.status = Some(status);
        number.status_words = words.to_owned();
    }
    if let Some(first) = numbers.first_mut() {
        first.large = true;
    }
    numbers
}

pub fn tally() -> Block {
    let counts = [
        (Status::Reached, "5 atteints", 5),
        (Status::OnTrack, "9 en bonne voie", 9),
        (Status::Watch, "4 à surveiller", 4),
        (Status::Late, "2 en retard", 2),
        (Status::NoTarget, "1 sans objectif", 1),
    ];
    Block::Tally {
        key: String::new(),
        counts: counts
            .into_iter()
            .map(|(status, words, count)| StatusCount {
                status,
                words: words.to_owned(),
                count,
            })
            .collect(),
    }
}

pub fn chapter(id: &str, subject: &str, title: &str, blocks: Vec<Block>) -> Chapter {
    Chapter {
        id: id.to_owned(),
        subject: subject.to_owned(),
        title: title.to_owned(),
        blocks,
        sources: Vec::new(),
        most_pages: None,
    }
}

/// A report of these chapters.
pub fn report(edition: Edition, chapters: Vec<Chapter>) -> Document {
    Document {
        public: false,
        report: "annuel".to_owned(),
        year: 2025,
        lang: "fr".to_owned(),
        title: "Rapport annuel".to_owned(),
        summary: "Ce que la ville a fait, ce que cela a coûté, et où en sont les objectifs votés par le conseil municipal.".to_owned(),
        town: "Ville de Clairval-sur-Aure".to_owned(),
        town_line: "48\u{202f}200 habitants, 12 quartiers".to_owned(),
        presented: "Présenté au conseil municipal du 25 juin 2026 · délibération 2026-058".to_owned(),
        edition,
        chapters,
        evidence: Vec::new(),
    }
}

pub fn pictures() -> Pictures {
    [("halle.jpg".to_owned(), PHOTO.to_vec())].into()
}

pub fn photo() -> Photo {
    Photo {
        file: "halle.jpg".to_owned(),
        alt: "La halle un jour de marché".to_owned(),
        caption: "La halle, rouverte en mars 2025 après deux ans de travaux.".to_owned(),
        credit: "Photo : service communication".to_owned(),
    }
}

fn flow() -> Flow {
    let end = |label: &str, text: &str, weight: f64| FlowEnd {
        label: label.to_owned(),
        text: text.to_owned(),
        weight,
    };
    Flow {
        from_title: "D’où ils viennent".to_owned(),
        to_title: "Où ils vont".to_owned(),
        whole: "100 €".to_owned(),
        from: vec![end("Impôts locaux", "39\u{a0}€", 39.0)],
        to: vec![end("Écoles et petite enfance", "23\u{a0}€", 23.0)],
        picture: picture(
            FLOW,
            "Recettes : impôts locaux 39 €, dotations de l’État 15 €. Dépenses : écoles et petite enfance 23 €.",
        ),
    }
}

/// One of everything.
pub fn everything(edition: Edition) -> Document {
    let year = vec![
        lead(
            "Sur 21 indicateurs, 14 sont atteints ou en bonne voie. Le logement social et la sécurité routière appellent une décision du conseil.",
        ),
        tally(),
        Block::Numbers(numbers()),
    ];
    let mut whole = figure(
        "cent",
        "Près de quatre euros sur dix viennent des impôts locaux",
        FLOW,
        12,
    );
    whole.drawing = Drawing::Flow(flow());
    whole.subtitle = "Budget exécuté, pour 100 €, 2025".to_owned();
    let finances = vec![
        lead(
            "Le budget 2025 exécuté est de 98,4\u{a0}M€, soit 2\u{202f}041\u{a0}€ par habitant. Pour le lire simplement, on le ramène à 100\u{a0}€.",
        ),
        Block::Figure(whole),
        Block::Figure(figure(
            "epargne",
            "L’épargne dépasse l’objectif pour la première fois",
            LINE_HALF,
            6,
        )),
        Block::Figure(figure(
            "dette",
            "La dette se rembourserait en six ans",
            LINE_HALF_2,
            6,
        )),
    ];
    let mut narrow = figure("secret", "Les aides vont d’abord aux Aulnes", SECRET, 6);
    narrow.notices = vec!["Trois quartiers sont sous le secret statistique.".to_owned()];
    let mut board = figure("cibles", "Deux objectifs sur trois sont tenus", TARGETS, 12);
    board.drawing = Drawing::Table;
    board.table = Table {
        id: "t-cibles".to_owned(),
        caption: "Les trois indicateurs suivis par le conseil".to_owned(),
        head: vec![
            head("Indicateur", false),
            head("2025", true),
            head("En un an", true),
            head("Objectif", false),
            head("État", false),
        ],
        rows: vec![
            Row {
                cells: vec![
                    cell("Locations de vélos"),
                    cell("1\u{202f}284\u{202f}512"),
                    cell("+8,2\u{a0}%"),
                    cell("objectif 2026 : 1,4 million"),
                    standing("En bonne voie", Status::OnTrack),
                ],
                total: false,
            },
            Row {
                cells: vec![
                    cell("Voyages en bus"),
                    cell("2\u{202f}914\u{202f}300"),
                    cell("+3,1\u{a0}%"),
                    cell("objectif 3,1 millions"),
                    standing("En bonne voie", Status::OnTrack),
                ],
                total: false,
            },
            Row {
                cells: vec![
                    cell("Accidents corporels de la circulation"),
                    cell("61"),
                    cell("+7"),
                    cell("plafond 45"),
                    standing("En retard", Status::Late),
                ],
                total: false,
            },
            Row {
                cells: vec![
                    cell("Aides au quartier du Port"),
                    absent("s", CellState::Secret),
                    absent("n. d.", CellState::Missing),
                    absent("///", CellState::NotApplicable),
                    standing("Sans objectif", Status::NoTarget),
                ],
                total: false,
            },
        ],
        notes: Vec::new(),
    };
    let mut multiples = figure("quartiers", "La hausse touche tous les quartiers", LINE, 12);
    multiples.drawing = Drawing::Multiples {
        of: [
            "La Halle",
            "Gare",
            "Le Port",
            "Bellevue",
            "Les Aulnes",
            "La Garenne",
        ]
        .into_iter()
        .map(|name| {
            (
                name.to_owned(),
                "41,5".to_owned(),
                picture(MINI_LINE, &format!("{name} : de 31 en 2019 à 41,5 en 2025")),
            )
        })
        .collect(),
    };
    let mut counts = figure("chiffres", "Le vélo en trois chiffres", LINE, 12);
    counts.drawing = Drawing::Numbers {
        of: numbers().into_iter().skip(2).take(3).collect(),
    };
    let mut nothing = figure(
        "rien",
        "Le comptage du pont n’est pas encore disponible",
        LINE,
        12,
    );
    nothing.drawing = Drawing::None;
    nothing.notices = vec!["Le compteur est en panne depuis mars 2025.".to_owned()];
    let mobility = vec![
        lead("1\u{202f}284\u{202f}512 locations en 2025, et 2\u{202f}914\u{202f}300 voyages en bus. Mais 61 accidents : c’est le point noir de l’année."),
        Block::Figure(figure("mois", "Onze mois sur douze, 2025 a dépassé 2024", LINE, 12)),
        Block::Figure(figure("carte", "Quatre fois plus à la Gare qu’aux Coteaux", MAP, 7)),
        Block::Figure(figure("gare", "La gare : un départ sur dix", BARS_HALF, 5)),
        Block::Figure(board),
        Block::Commentary {
            title: "Commentaire de la direction des mobilités".to_owned(),
            blocks: vec![
                paragraph("La moitié des accidents se concentre sur le boulevard Circulaire et la rue du Port ; un programme de 1,2\u{a0}M€ sera proposé au conseil de septembre 2026."),
                Block::List { ordered: false, items: vec![vec![paragraph("Trois carrefours refaits avant l’été.")], vec![paragraph("Radars pédagogiques rue du Port.")]] },
            ],
        },
        heading(3, "Ce qui a été fait"),
        Block::Paragraph { lead: false, text: vec![
            text("Les locations atteignent "),
            Inline::Value { key: "locations".to_owned(), text: "1\u{202f}284\u{202f}512".to_owned(), revised: false },
            text(", dont "),
            Inline::Strong { of: vec![text("une sur dix")] },
            text(" à la gare, "),
            Inline::Emphasis { of: vec![text("record de la décennie")] },
            text(". Voir "),
            Inline::Link { to: "#finances".to_owned(), of: vec![text("les finances")] },
            text(" et "),
            Inline::Link { to: "https://clairval.example/donnees".to_owned(), of: vec![text("les données ouvertes")] },
            text("."),
            Inline::Break,
            text("Émissions évitées : 412\u{a0}t de CO₂, soit ≥ 3\u{a0}% → objectif tenu."),
        ] },
        Block::List { ordered: true, items: vec![
            vec![paragraph("Quatre stations ouvertes."), Block::List { ordered: false, items: vec![vec![paragraph("deux au nord ;")], vec![paragraph("deux au sud.")]] }],
            vec![paragraph("Douze kilomètres de pistes.")],
        ] },
        Block::Photo(photo()),
        heading(4, "Quartier par quartier"),
        Block::Figure(narrow),
        Block::Figure(figure("bandes", "Les sept premières stations", BARS_NARROW, 6)),
        Block::Figure(multiples),
        Block::Figure(counts),
        Block::Figure(nothing),
        Block::Figure(figure("types", "Les abonnés d’un an font deux locations sur trois", COLUMNS, 12)),
        Block::Figure(figure("classes", "Le compteur du pont dépasse celui de la rue", CATEGORIES, 12)),
        Block::Notice { title: "Série recalculée.".to_owned(), text: "Les voyages en bus comptent désormais les correspondances : la série est recalculée depuis 2019.".to_owned(), broken: false },
        Block::Table(months("t-mois", 60)),
    ];
    let mut mobilites = chapter(
        "mobilites",
        "Mobilités",
        "Le vélo entre dans les habitudes, surtout au centre",
        mobility,
    );
    mobilites.sources = vec![
        "Vélaure, relevés du délégataire, extrait le 2 juin 2026".to_owned(),
        "Fichier national des accidents, extrait le 4 mai 2026".to_owned(),
    ];
    report(
        edition,
        vec![
            chapter(
                "annee",
                "L’année en une page",
                "Une ville qui épargne, pédale et rénove ; deux retards à rattraper",
                year,
            ),
            chapter(
                "finances",
                "Finances",
                "D’où viennent 100\u{a0}€, et où ils vont",
                finances,
            ),
            mobilites,
            chapter(
                "methode",
                "Annexe",
                "Méthode et sources",
                vec![
                    lead("Chaque chiffre de ce rapport renvoie à une source datée."),
                    paragraph(
                        "La note de qualité part de 100 et perd des points quand un dépôt arrive en retard, quand des valeurs manquent ou quand le format change sans prévenir.",
                    ),
                ],
            ),
        ],
    )
}
