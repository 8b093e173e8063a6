//! Documents for tests: a report as a town would have it, and one that holds everything that
//! could go wrong.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_model::{CellState, Status};
use beffroi_report::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Evidence, Figure, Flow, FlowEnd, Head,
    Inline, Photo, Picture, Pictures, Row, SourceOf, StatusCount, Table, TableCell,
};
use chrono::NaiveDate;

macro_rules! drawing {
    ($name:literal) => {
        include_str!(concat!("../drawings/", $name, ".svg"))
    };
}

/// A day.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub fn text(words: &str) -> Inline {
    Inline::Text { text: words.into() }
}

pub fn strong(words: &str) -> Inline {
    Inline::Strong {
        of: vec![text(words)],
    }
}

pub fn value(key: &str, words: &str) -> Inline {
    Inline::Value {
        key: key.into(),
        text: words.into(),
        revised: false,
    }
}

pub fn link(to: &str, words: &str) -> Inline {
    Inline::Link {
        to: to.into(),
        of: vec![text(words)],
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

pub fn name(words: &str) -> TableCell {
    TableCell {
        text: words.into(),
        value: None,
        state: CellState::Value,
        status: None,
    }
}

pub fn number(words: &str, value: f64) -> TableCell {
    TableCell {
        value: Some(value),
        ..name(words)
    }
}

pub fn absent(state: CellState) -> TableCell {
    let words = match state {
        CellState::Value => "",
        CellState::Missing => "n.\u{a0}d.",
        CellState::NotApplicable => "///",
        CellState::Secret => "s",
    };
    TableCell {
        state,
        ..name(words)
    }
}

pub fn status(words: &str, status: Status) -> TableCell {
    TableCell {
        status: Some(status),
        ..name(words)
    }
}

pub fn head(label: &str, numeric: bool) -> Head {
    Head {
        label: label.into(),
        numeric,
    }
}

pub fn row(cells: Vec<TableCell>) -> Row {
    Row {
        cells,
        total: false,
    }
}

pub fn total(cells: Vec<TableCell>) -> Row {
    Row { cells, total: true }
}

pub fn picture(svg: &str, alt: &str) -> Picture {
    Picture {
        narrow: None,
        svg: svg.trim_end().into(),
        alt: alt.into(),
    }
}

pub fn figure(
    key: &str,
    title: &str,
    subtitle: &str,
    svg: &str,
    width: u8,
    table: Table,
) -> Figure {
    Figure {
        key: key.into(),
        title: title.into(),
        subtitle: subtitle.into(),
        notices: Vec::new(),
        drawing: Drawing::Picture(picture(svg, title)),
        table,
        source: String::new(),
        width,
        revised: false,
    }
}

pub fn big(
    key: &str,
    title: &str,
    number: (&str, &str),
    phrase: &str,
    svg: Option<&str>,
) -> BigNumber {
    BigNumber {
        key: key.into(),
        title: title.into(),
        number: number.0.into(),
        unit: number.1.into(),
        phrase: phrase.into(),
        status: None,
        status_words: String::new(),
        picture: svg.map(|svg| picture(svg, title)),
        large: false,
        revised: false,
    }
}

fn chapter(id: &str, subject: &str, title: &str, blocks: Vec<Block>, sources: &[&str]) -> Chapter {
    Chapter {
        id: id.into(),
        subject: subject.into(),
        title: title.into(),
        blocks,
        sources: sources.iter().map(|&line| line.into()).collect(),
        most_pages: None,
    }
}

fn years(id: &str, caption: &str, label: &str, of: &[(&str, &str, f64)]) -> Table {
    Table {
        id: id.into(),
        caption: caption.into(),
        head: vec![head("Année", false), head(label, true)],
        rows: of
            .iter()
            .map(|(year, words, value)| row(vec![name(year), number(words, *value)]))
            .collect(),
        notes: Vec::new(),
    }
}

fn savings() -> Table {
    years(
        "finances/epargne",
        "Taux d’épargne brute, part des recettes courantes",
        "Épargne brute (%)",
        &[
            ("2022", "10,4", 0.1043),
            ("2023", "9,9", 0.0988),
            ("2024", "10,6", 0.1061),
            ("2025", "11,4", 0.1139),
        ]
        .map(|(year, words, value)| (year, words, value * 100.0)),
    )
}

fn debt() -> Table {
    years(
        "finances/dette",
        "Années d’épargne pour rembourser la dette",
        "Durée (ans)",
        &[
            ("2023", "7,1", 7.08),
            ("2024", "6,8", 6.81),
            ("2025", "6,2", 6.24),
        ],
    )
}

fn months() -> Table {
    let mut table = years(
        "mobilites/velos",
        "Locations de vélos par mois en 2025",
        "Locations",
        &[
            ("Janvier 2025", "71\u{202f}204", 71_204.0),
            ("Février 2025", "68\u{202f}930", 68_930.0),
            ("Mars 2025", "92\u{202f}118", 92_118.0),
        ],
    );
    table.head[0].label = "Mois".into();
    table
        .rows
        .push(row(vec![name("Avril 2025"), absent(CellState::Missing)]));
    table.rows.push(total(vec![
        name("Ensemble"),
        number("232\u{202f}252", 232_252.0),
    ]));
    table.notes = vec!["n.\u{a0}d. : non disponible, la donnée manque.".into()];
    table
}

fn districts() -> Table {
    Table {
        id: "mobilites/quartiers".into(),
        caption: "Locations par habitant et par quartier".into(),
        head: vec![
            head("Quartier", false),
            head("2024", true),
            head("2025", true),
            head("En un an", true),
        ],
        rows: vec![
            row(vec![
                name("Gare"),
                number("41,2", 41.18),
                number("44,6", 44.63),
                number("+8,4\u{a0}%", 0.0838),
            ]),
            row(vec![
                name("La Halle"),
                number("39,9", 39.91),
                number("41,5", 41.5),
                number("+4,0\u{a0}%", 0.0398),
            ]),
            row(vec![
                name("Les Coteaux"),
                number("12,0", 12.0),
                number("11,3", 11.3),
                number("−5,8\u{a0}%", -0.0583),
            ]),
            row(vec![
                name("Moulin-Neuf"),
                absent(CellState::Secret),
                number("12,8", 12.8),
                absent(CellState::NotApplicable),
            ]),
        ],
        notes: vec!["s : secret statistique, moins de 11 personnes.".into()],
    }
}

fn followed() -> Table {
    Table {
        id: String::new(),
        caption: "Les trois indicateurs suivis par le conseil".into(),
        head: vec![
            head("Indicateur", false),
            head("2025", true),
            head("En un an", true),
            head("Objectif", false),
            head("État", false),
        ],
        rows: vec![
            row(vec![
                name("Locations de vélos"),
                number("1\u{202f}284\u{202f}512", 1_284_512.0),
                number("+8,2\u{a0}%", 0.0821),
                name("objectif 2026 : 1,4\u{a0}million"),
                status("En bonne voie", Status::OnTrack),
            ]),
            row(vec![
                name("Voyages en bus"),
                number("2,9\u{a0}M", 2_914_300.0),
                number("+3,1\u{a0}%", 0.0312),
                name("objectif 3,1\u{a0}millions"),
                status("En bonne voie", Status::OnTrack),
            ]),
            row(vec![
                name("Accidents corporels de la circulation"),
                number("61", 61.0),
                number("+7", 7.0),
                name("plafond 45"),
                status("En retard", Status::Late),
            ]),
        ],
        notes: Vec::new(),
    }
}

fn budget() -> Figure {
    let ends = |of: &[(&str, &str, f64)]| {
        of.iter()
            .map(|(label, text, weight)| FlowEnd {
                label: (*label).into(),
                text: (*text).into(),
                weight: *weight,
            })
            .collect()
    };
    Figure {
        key: "finances/budget".into(),
        title: "Quatre euros sur dix viennent des impôts locaux".into(),
        subtitle: "Pour 100\u{a0}€ de budget exécuté, 2025".into(),
        notices: Vec::new(),
        drawing: Drawing::Flow(Flow {
            from_title: "D’où ils viennent".into(),
            to_title: "Où ils vont".into(),
            whole: "100\u{a0}€".into(),
            from: ends(&[
                ("Impôts locaux", "39\u{a0}€", 39.0),
                ("Dotations de l’État", "15\u{a0}€", 15.0),
                ("Cantine, piscine, crèches", "9\u{a0}€", 9.0),
                ("Autres recettes", "9\u{a0}€", 9.0),
                ("Droits de mutation et taxes", "8\u{a0}€", 8.0),
                ("Subventions reçues", "8\u{a0}€", 8.0),
                ("Emprunt", "8\u{a0}€", 8.0),
                ("Remboursement de TVA", "4\u{a0}€", 4.0),
            ]),
            to: ends(&[
                ("Écoles et petite enfance", "23\u{a0}€", 23.0),
                ("Culture et sport", "17\u{a0}€", 17.0),
                ("Voirie et mobilités", "15\u{a0}€", 15.0),
                ("Services généraux", "12\u{a0}€", 12.0),
                ("Propreté et environnement", "11\u{a0}€", 11.0),
                ("Solidarités et logement", "10\u{a0}€", 10.0),
                ("Remboursement de la dette", "7\u{a0}€", 7.0),
                ("Tranquillité publique", "5\u{a0}€", 5.0),
            ]),
            picture: picture(
                drawing!("flow"),
                "Pour 100 € de budget, d’où vient l’argent et où il va",
            ),
        }),
        table: Table::default(),
        source: "Compte financier unique 2025, voté le 28 mai 2026. Arrondi à l’euro.".into(),
        width: 12,
        revised: false,
    }
}

fn year_on_a_page() -> Vec<Block> {
    let mut bikes = big(
        "annee/velos",
        "Locations de vélos",
        ("1\u{202f}284\u{202f}512", ""),
        "+8,2\u{a0}% en un an ; objectif 2026 atteint à 92\u{a0}%. Un départ sur dix se fait à la gare.",
        Some(drawing!("rentals-years")),
    );
    bikes.large = true;
    bikes.status = Some(Status::OnTrack);
    bikes.status_words = "92\u{a0}% de l’objectif".into();
    let mut housing = big(
        "annee/logement",
        "Logements sociaux",
        ("21,6", "\u{a0}%"),
        "Il manque 740 logements pour atteindre les 25\u{a0}% de la loi.",
        Some(drawing!("housing")),
    );
    housing.status = Some(Status::Watch);
    housing.status_words = "À surveiller".into();
    let mut accidents = big(
        "annee/accidents",
        "Accidents corporels",
        ("61", ""),
        "Sept de plus qu’en 2024, seize au-dessus du plafond voté.",
        Some(drawing!("accidents")),
    );
    accidents.status = Some(Status::Late);
    accidents.status_words = "En retard".into();
    accidents.revised = true;
    let count = |status, words: &str, count| StatusCount {
        status,
        words: words.into(),
        count,
    };
    vec![
        lead(
            "Sur 21 indicateurs, 14 sont atteints ou en bonne voie. Le logement social et la sécurité routière appellent une décision du conseil.",
        ),
        Block::Tally {
            key: String::new(),
            counts: vec![
                count(Status::Reached, "5 atteints", 5),
                count(Status::OnTrack, "9 en bonne voie", 9),
                count(Status::Watch, "4 à surveiller", 4),
                count(Status::Late, "2 en retard", 2),
                count(Status::NoTarget, "1 sans objectif", 1),
            ],
        },
        Block::Numbers(vec![
            bikes,
            big(
                "annee/epargne",
                "Épargne brute",
                ("11,4", "\u{a0}%"),
                "8,5\u{a0}M€ sur 74,6\u{a0}M€ de recettes courantes. La dette se rembourserait en 6,2\u{a0}ans.",
                Some(drawing!("savings-years")),
            ),
            housing,
            accidents,
            big(
                "annee/energie",
                "Énergie des bâtiments",
                ("21,8", "\u{a0}GWh"),
                "5,6\u{a0}% de moins qu’en 2024, un quart de moins qu’en 2015.",
                Some(drawing!("energy")),
            ),
            big(
                "annee/dechets",
                "Ordures résiduelles",
                ("198", "\u{a0}kg"),
                "par habitant, contre 231 en 2019.",
                Some(drawing!("waste")),
            ),
            big(
                "annee/bio",
                "Bio à la cantine",
                ("38,4", "\u{a0}%"),
                "des achats ; objectif de 40\u{a0}% à portée.",
                Some(drawing!("organic")),
            ),
            big(
                "annee/vote",
                "Budget participatif",
                ("3\u{202f}942", ""),
                "votants, deux fois plus qu’en 2021.",
                Some(drawing!("votes")),
            ),
        ]),
    ]
}

fn mobility() -> Vec<Block> {
    let mut months_figure = figure(
        "mobilites/velos",
        "Onze mois sur douze, 2025 a dépassé 2024",
        "Locations par mois, en milliers",
        drawing!("months"),
        12,
        months(),
    );
    months_figure.notices = vec![
        "Le relevé d’avril manque : la panne du serveur du délégataire a duré neuf jours.".into(),
    ];
    months_figure.source = "Vélaure, relevés du délégataire, extraits le 2 juin 2026.".into();
    let mut stations = figure(
        "mobilites/stations",
        "La gare : un départ sur dix",
        "Départs des sept premières stations, 2025",
        drawing!("stations"),
        5,
        years(
            "",
            "Départs par station, 2025",
            "Départs",
            &[
                ("Gare – parvis", "125\u{202f}880", 125_880.0),
                ("Place de la Halle", "98\u{202f}640", 98_640.0),
            ],
        ),
    );
    stations.table.head[0].label = "Station".into();
    vec![
        Block::Paragraph {
            lead: true,
            text: vec![
                value("mobilites/velos", "1\u{202f}284\u{202f}512\u{a0}locations"),
                text(" en 2025, et "),
                value(
                    "mobilites/bus",
                    "2\u{202f}914\u{202f}300\u{a0}voyages en bus",
                ),
                text(". Mais 61\u{a0}accidents : c’est le point noir de l’année."),
            ],
        },
        Block::Figure(months_figure),
        Block::Figure(figure(
            "mobilites/quartiers",
            "Quatre fois plus à la Gare qu’aux Coteaux",
            "Locations par habitant, 2025",
            drawing!("map"),
            7,
            districts(),
        )),
        Block::Figure(stations),
        Block::Table(followed()),
        Block::Commentary {
            title: "Commentaire de la direction des mobilités".into(),
            blocks: vec![
                paragraph(
                    "La moitié des accidents se concentre sur le boulevard Circulaire et la rue du Port ; un programme de 1,2\u{a0}M€ sera proposé au conseil de septembre 2026.",
                ),
                paragraph("Les aménagements du quai sont ouverts depuis avril."),
            ],
        },
        heading(3, "Ce qui a été fait"),
        Block::Paragraph {
            lead: false,
            text: vec![
                text("Trois décisions de l’année portent ces résultats ; leur coût est dans le "),
                link("#finances", "chapitre des finances"),
                text(", le détail sur "),
                link("https://clairval.example/velos", "le site de la ville"),
                text("."),
            ],
        },
        Block::List {
            ordered: false,
            items: vec![
                vec![Block::Paragraph {
                    lead: false,
                    text: vec![
                        strong("Douze stations"),
                        text(" de plus, dont cinq aux Coteaux et à Bellevue."),
                    ],
                }],
                vec![paragraph(
                    "Le tarif solidaire à 20\u{a0}€ par an, pour 1\u{202f}120\u{a0}abonnés.",
                )],
                vec![
                    paragraph("Les voies réservées du pont Saint-Aubin, avec deux relevés :"),
                    Block::List {
                        ordered: true,
                        items: vec![
                            vec![paragraph("avant les travaux, en mars 2024 ;")],
                            vec![paragraph("après, en octobre 2025.")],
                        ],
                    },
                ],
            ],
        },
        heading(4, "Et en 2026"),
        paragraph("Le marché des vélos est renouvelé pour cinq ans."),
        Block::Photo(Photo {
            file: "halle.png".into(),
            alt: "Une station de vélos devant la halle, un matin de marché".into(),
            caption: "La station de la Halle, ouverte en mai 2025.".into(),
            credit: "Photo : ville de Clairval-sur-Aure".into(),
        }),
    ]
}

/// A report as a town would have it.
pub fn sample() -> Document {
    let mut savings_figure = figure(
        "finances/epargne",
        "L’épargne dépasse l’objectif pour la première fois",
        "Part des recettes courantes non dépensée",
        drawing!("savings"),
        6,
        savings(),
    );
    savings_figure.revised = true;
    let debt_figure = figure(
        "finances/dette",
        "La dette se rembourserait en six ans",
        "Dette divisée par l’épargne d’une année",
        drawing!("debt"),
        6,
        debt(),
    );
    Document {
        public: false,
        report: "rapport-annuel".into(),
        year: 2025,
        lang: "fr".into(),
        title: "Rapport annuel".into(),
        summary: "Ce que la ville a fait, ce que cela a coûté, et où en sont les objectifs votés par le conseil municipal.".into(),
        town: "Ville de Clairval-sur-Aure".into(),
        town_line: "48\u{202f}200\u{a0}habitants, 12\u{a0}quartiers".into(),
        presented: "Présenté au conseil municipal du 25 juin 2026 · délibération 2026-058".into(),
        edition: Edition::Frozen {
            at: day(2026, 6, 10).and_hms_opt(9, 30, 0).unwrap(),
            number: 1,
        },
        chapters: vec![
            chapter(
                "annee",
                "L’année en une page",
                "Une ville qui épargne, pédale et rénove ; deux retards à rattraper",
                year_on_a_page(),
                &[],
            ),
            chapter(
                "finances",
                "Finances",
                "D’où viennent 100\u{a0}€, et où ils vont",
                vec![
                    lead("Le budget 2025 exécuté est de 98,4\u{a0}M€, soit 2\u{202f}041\u{a0}€ par habitant. Pour le lire simplement, on le ramène à 100\u{a0}€."),
                    Block::Figure(budget()),
                    Block::Figure(savings_figure),
                    Block::Figure(debt_figure),
                ],
                &["Compte financier unique, direction des finances, extrait le 28 mai 2026."],
            ),
            chapter(
                "mobilites",
                "Mobilités",
                "Le vélo entre dans les habitudes, surtout au centre",
                mobility(),
                &[
                    "Vélaure, extrait le 2 juin 2026.",
                    "Fichier national des accidents, extrait le 4 mai 2026.",
                ],
            ),
            chapter(
                "donnees",
                "Annexe",
                "Les données des figures",
                vec![
                    heading(3, "Finances"),
                    Block::Table(savings()),
                    Block::Table(debt()),
                    heading(3, "Mobilités"),
                    Block::Table(months()),
                    Block::Table(districts()),
                ],
                &[],
            ),
        ],
        evidence: vec![
            Evidence {
                key: "mobilites/velos".into(),
                title: "Locations de vélos".into(),
                reading: "1\u{202f}284\u{202f}512\u{a0}locations".into(),
                formulas: vec![("Locations de vélos".into(), "nombre de départs".into())],
                sources: vec![SourceOf {
                    dataset: "velos".into(),
                    title: "Vélaure, relevés du délégataire".into(),
                    version: 12,
                    file: "velos-2025.csv".into(),
                    extracted_on: day(2026, 6, 2),
                }],
            },
            Evidence {
                key: "finances/epargne".into(),
                title: "Taux d’épargne brute".into(),
                reading: "11,4\u{a0}%".into(),
                formulas: vec![("Épargne brute".into(), "recettes courantes − dépenses courantes".into())],
                sources: vec![SourceOf {
                    dataset: "budget".into(),
                    title: "Compte financier unique".into(),
                    version: 3,
                    file: "cfu-2025.xlsx".into(),
                    extracted_on: day(2026, 5, 28),
                }],
            },
        ],
    }
}

/// The photographs of [`sample`]: a picture of four colours.
pub fn pictures() -> Pictures {
    let png = include_bytes!("../drawings/halle.png").to_vec();
    Pictures::from([("halle.png".to_owned(), png)])
}

/// What nobody should write: markup, formulas, words without end, ids that are paths.
pub const HOSTILE: &str = "<script>alert(\"1\")</script> & 'x' </svg>";

/// A draft that holds every kind of block and line, with hostile texts wherever words go.
pub fn hostile() -> Document {
    let long = "a".repeat(400);
    let cells = vec![
        row(vec![
            name(HOSTILE),
            number("−1\u{202f}234,50\u{a0}€", -1234.5),
            name("=cmd()"),
        ]),
        row(vec![
            name("+1"),
            absent(CellState::Missing),
            name("@SUM(A1)"),
        ]),
        row(vec![
            name("-2"),
            absent(CellState::Secret),
            name("\tx\r\ny, \"z\""),
        ]),
        total(vec![
            name("Total"),
            absent(CellState::NotApplicable),
            name(&long),
        ]),
    ];
    let table = Table {
        id: "a/b \"<c>".into(),
        caption: HOSTILE.into(),
        head: vec![
            head(HOSTILE, false),
            head("=1+1", true),
            head("Note", false),
        ],
        rows: cells,
        notes: vec![HOSTILE.into()],
    };
    let mut plain = figure(
        "../../etc/passwd",
        HOSTILE,
        &long,
        drawing!("gap"),
        12,
        table.clone(),
    );
    plain.notices = vec![HOSTILE.into()];
    plain.source = HOSTILE.into();
    plain.revised = true;
    let mut as_table = plain.clone();
    as_table.drawing = Drawing::Table;
    as_table.table.id = String::new();
    let mut multiples = plain.clone();
    multiples.drawing = Drawing::Multiples {
        of: vec![
            (
                HOSTILE.into(),
                "12\u{a0}%".into(),
                picture(drawing!("waste"), "x"),
            ),
            (long.clone(), "s".into(), picture(drawing!("organic"), "x")),
        ],
    };
    let mut number_of = big("k", HOSTILE, ("n.\u{a0}d.", ""), HOSTILE, None);
    number_of.status = Some(Status::NoTarget);
    number_of.status_words = HOSTILE.into();
    number_of.revised = true;
    let mut in_figure = plain.clone();
    in_figure.drawing = Drawing::Numbers {
        of: vec![number_of.clone()],
    };
    let mut nothing = plain.clone();
    nothing.drawing = Drawing::None;
    nothing.table = Table::default();
    let links = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/relative",
        "#nowhere",
        "https:",
        "ftp://x.example",
        "https://fine.example/?a=1&b=\"2\"",
        "http://fine.example",
        "mailto:mairie@fine.example",
        "#un/deux",
    ];
    let mut inlines: Vec<Inline> = links.iter().map(|to| link(to, "là")).collect();
    inlines.extend([
        text(HOSTILE),
        Inline::Emphasis {
            of: vec![strong(HOSTILE)],
        },
        Inline::Break,
        Inline::Value {
            key: "k".into(),
            text: "12\u{202f}345\u{a0}m²".into(),
            revised: true,
        },
        Inline::Broken {
            text: format!("{{{{{HOSTILE}}}}}"),
        },
        text(&long),
    ]);
    let document = sample();
    Document {
        title: HOSTILE.into(),
        summary: HOSTILE.into(),
        town: HOSTILE.into(),
        town_line: HOSTILE.into(),
        presented: HOSTILE.into(),
        edition: Edition::Draft {
            seen_on: day(2026, 6, 10),
        },
        chapters: vec![
            Chapter {
                id: "un/deux".into(),
                subject: HOSTILE.into(),
                title: HOSTILE.into(),
                blocks: vec![
                    heading(4, "Trop bas"),
                    Block::Paragraph {
                        lead: true,
                        text: inlines,
                    },
                    Block::Notice {
                        title: HOSTILE.into(),
                        text: HOSTILE.into(),
                        broken: true,
                    },
                    Block::Notice {
                        title: "Bon à savoir".into(),
                        text: String::new(),
                        broken: false,
                    },
                    Block::Commentary {
                        title: HOSTILE.into(),
                        blocks: vec![Block::Numbers(vec![number_of])],
                    },
                    Block::Figure(plain.clone()),
                    Block::Figure(as_table),
                    Block::Figure(multiples),
                    Block::Figure(in_figure),
                    Block::Figure(nothing),
                    Block::Table(table.clone()),
                    Block::Tally {
                        key: String::new(),
                        counts: vec![StatusCount {
                            status: Status::Reached,
                            words: HOSTILE.into(),
                            count: 4_000_000_000,
                        }],
                    },
                    Block::Photo(Photo {
                        file: "../x\".jpg".into(),
                        alt: HOSTILE.into(),
                        caption: HOSTILE.into(),
                        credit: HOSTILE.into(),
                    }),
                ],
                sources: vec![HOSTILE.into()],
                most_pages: Some(1),
            },
            Chapter {
                id: "INDEX".into(),
                subject: String::new(),
                title: HOSTILE.into(),
                blocks: vec![Block::List {
                    ordered: true,
                    items: vec![vec![], vec![paragraph(HOSTILE)]],
                }],
                sources: Vec::new(),
                most_pages: None,
            },
        ],
        evidence: vec![Evidence {
            key: "=key".into(),
            title: HOSTILE.into(),
            reading: "-1".into(),
            formulas: vec![(HOSTILE.into(), "=1".into())],
            sources: Vec::new(),
        }],
        ..document
    }
}
