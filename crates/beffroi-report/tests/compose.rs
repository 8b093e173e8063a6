//! Reports composed from declarations written here and answers made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Catalog, load_files};
use beffroi_figure::{Compare, Context};
use beffroi_model::{
    Answer, Cell, Coverage, Period, Provenance, Query, QueryError, Row, Scope, Scopes, Span,
};
use beffroi_report::{
    Block, Document, Draft, Drawing, Edition, Inline, Problem, ProblemKind, Reading, Said, SaidOf,
    Sentence, changes, chapter_reading, compose, freeze, queries, take_over,
};
use beffroi_text::Lang;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;
use std::path::PathBuf;

const TOWN: &str = "name = 'Valmont'\ninsee = '99001'\nmandate = { from = 2020, to = 2026 }\n\
    [departments.mairie]\ntitle = 'Mairie'\n[departments.mobilites]\ntitle = 'Mobilités'\n";

fn dataset(visibility: &str) -> String {
    format!(
        "title = 'Trajets'\ndescription = 'Les trajets'\nrow = 'un mois'\nsteward = 'A'\ndepartment = 'mobilites'\n\
         frequency = 'monthly'\nvisibility = '{visibility}'\nsource = 'trajets.csv'\ntime = 'mois'\n\
         [columns.mois]\ntitle = 'Mois'\ntype = 'month'\n\
         [columns.quartier]\ntitle = 'Quartier'\ntype = 'text'\ndimension = 'quartier'\n\
         [columns.nombre]\ntitle = 'Trajets'\ntype = 'integer'\nunit = 'nombre'\n\
         [columns.euros]\ntitle = 'Euros'\ntype = 'decimal'\nunit = '€'\n"
    )
}

const TRIPS: &str = "title = 'Locations'\ndescription = 'Des vélos loués.'\ndepartment = 'mobilites'\nowner = 'A'\n\
    dataset = 'trajets'\nmeasure = 'sum(nombre)'\nunit = 'nombre'\ndirection = 'up'\ndimensions = ['quartier']\n\
    [[targets]]\nyear = 2025\nvalue = 2000\norigin = 'Délibération'\n";
const MONEY: &str = "title = 'Recettes'\ndescription = 'Ce qui entre.'\ndepartment = 'mairie'\nowner = 'A'\n\
    dataset = 'trajets'\nmeasure = 'sum(euros)'\nunit = '€'\ndimensions = ['quartier']\n";

const REPORT: &str = "title = 'Rapport annuel'\ndepartment = 'mairie'\n\
    [[chapters]]\nid = 'velos'\nsubject = 'Vélos'\ntitle = '{{ locations }} locations'\ndepartment = 'mobilites'\nask = 'Dix lignes.'\n\
    text = '''\nEn un an : {{ locations | evolution }}.\n\n{{ mois }}\n\nAprès.\n'''\n\
    [[chapters.figures]]\nid = 'mois'\nindicator = 'locations'\nfigure = 'line'\ngrain = 'month'\nperiods = 12\n\
    [[chapters.figures]]\nid = 'grands'\nfigure = 'numbers'\nindicators = ['locations', 'recettes']\n\
    [[chapters]]\nid = 'argent'\ntitle = 'Argent'\n\
    [[chapters.figures]]\nid = 'cent'\nfigure = 'hundred'\nfrom = 'recettes'\nfrom_by = 'quartier'\nto = 'recettes'\nto_by = 'quartier'\n\
    [[chapters.figures]]\nid = 'objectifs'\nfigure = 'targets'\n";

fn catalog(report: &str, visibility: &str) -> Catalog {
    let files = [
        ("town.toml", TOWN.to_owned()),
        ("datasets/trajets.toml", dataset(visibility)),
        ("indicators/locations.toml", TRIPS.to_owned()),
        ("indicators/recettes.toml", MONEY.to_owned()),
        ("reports/annuel.toml", report.to_owned()),
    ];
    let files = files.map(|(path, text)| (PathBuf::from(path), text.into_bytes()));
    let loaded = load_files(files.into());
    let told: String = loaded.diagnostics.iter().map(ToString::to_string).collect();
    loaded.catalog.expect(&told)
}

/// Values by indicator, member and month: `locations` has 100 a month and member, 110 in 2025.
struct Data {
    months_of_2025: u32,
    of_2025: f64,
    version: u32,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            months_of_2025: 12,
            of_2025: 110.0,
            version: 3,
        }
    }
}

impl Data {
    fn answer(&self, catalog: &Catalog, query: &Query) -> Result<Answer, QueryError> {
        let indicator = &catalog.indicators[query.indicator.as_str()];
        let Span::Periods(range) = query.span else {
            panic!("nothing is live here");
        };
        let keys: Vec<Vec<String>> = match query.by.is_empty() {
            true => vec![Vec::new()],
            false => vec![vec!["gare".to_owned()], vec!["halle".to_owned()]],
        };
        let mut rows = Vec::new();
        for key in keys {
            for period in range.iter() {
                rows.push(self.row(&key, period));
            }
        }
        Ok(Answer {
            indicator: query.indicator.clone(),
            unit: indicator.unit,
            by: query.by.clone(),
            rows,
            provenance: vec![Provenance {
                dataset: catalog.datasets["trajets"].id.clone(),
                version: self.version,
                source: "trajets_2026-01-10.csv".to_owned(),
                extracted_on: day(2026, 1, 10),
                imported_at: DateTime::UNIX_EPOCH,
                rows_read: None,
                rows_rejected: None,
            }],
        })
    }

    fn row(&self, key: &[String], period: Period) -> Row {
        let year = period.start_year();
        let (months, expected) = match period.grain() {
            beffroi_model::Grain::Month => (1, 1),
            _ if year == 2025 => (self.months_of_2025, 12),
            _ => (12, 12),
        };
        // Both members of the town, or one of them.
        let share = match key {
            [] => 2.0,
            [one] if one == "gare" => 1.5,
            _ => 0.5,
        };
        let each = if year == 2025 { self.of_2025 } else { 100.0 };
        let is_known = year < 2026 && !(year == 2025 && self.months_of_2025 == 0);
        Row {
            period,
            at: None,
            keys: key.to_vec(),
            cell: match is_known {
                true => Cell::Value(each * share * f64::from(months)),
                false => Cell::Missing,
            },
            coverage: Coverage {
                cells: 1,
                cells_expected: 1,
                periods: months,
                periods_expected: expected,
            },
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn at(hour: u32) -> NaiveDateTime {
    day(2026, 6, 10).and_hms_opt(hour, 0, 0).unwrap()
}

/// The report of 2025 as somebody sees the town.
fn seen(whole: &Catalog, own: &Catalog, scopes: &Scopes, said: &Said, data: &Data) -> Draft {
    let reading = Reading {
        report: &whole.reports["annuel"],
        year: 2025,
        context: Context {
            catalog: own,
            lang: Lang::Fr,
            today: day(2026, 6, 10),
            now: at(9),
            period: Period::year(2025),
            filters: &[],
            compare: Compare::default(),
            scopes,
        },
        town: whole,
        said,
        quality: &|_| Some(90),
        has_picture: &|name| name == "halle.jpg",
        former: None,
    };
    let asked = queries(&reading);
    let answers: Vec<_> = asked.iter().map(|query| data.answer(own, query)).collect();
    compose(&reading, &answers)
}

fn draft(catalog: &Catalog, said: &Said, data: &Data) -> Draft {
    seen(catalog, catalog, &Scopes::default(), said, data)
}

fn said(words: &str, confirmed: Option<String>) -> Said {
    let of = SaidOf {
        department: Some(beffroi_model::DepartmentId::new("mobilites").unwrap()),
        words: words.to_owned(),
        confirmed,
    };
    Said {
        chapters: [("velos".to_owned(), of)].into(),
        ..Said::default()
    }
}

fn kinds(draft: &Draft) -> Vec<(ProblemKind, &str)> {
    let told = draft.problems.iter();
    told.map(|it: &Problem| (it.kind, it.chapter.as_deref().unwrap_or("-")))
        .collect()
}

fn lines(blocks: &[Block]) -> Vec<String> {
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph { text, .. } => text
                .iter()
                .map(|inline| match inline {
                    Inline::Text { text } | Inline::Value { text, .. } => text.clone(),
                    Inline::Broken { text } => format!("!{text}!"),
                    _ => "?".to_owned(),
                })
                .collect(),
            Block::Figure(figure) => format!("[{}]", figure.key),
            Block::Numbers(numbers) => {
                let all: Vec<String> = numbers
                    .iter()
                    .map(|it| format!("{}{}", it.number, it.unit))
                    .collect();
                all.join(" | ")
            }
            Block::Commentary { blocks, .. } => format!("“{}”", lines(blocks).join(" ")),
            Block::Notice { title, .. } => format!("({title})"),
            Block::Tally { counts, .. } => counts
                .iter()
                .map(|it| it.words.clone())
                .collect::<Vec<_>>()
                .join(", "),
            _ => "…".to_owned(),
        })
        .collect()
}

#[test]
fn values_sentences_and_figures_stand_where_they_are_placed() {
    let catalog = catalog(REPORT, "public");
    let draft = draft(
        &catalog,
        &said("Bien. {{ recettes }}", None),
        &Data::default(),
    );
    let document = &draft.document;
    assert_eq!(document.chapters[0].title, "2\u{202f}640 locations");
    assert_eq!(
        lines(&document.chapters[0].blocks),
        [
            "En un an : +10,0\u{a0}% en un an.",
            "[velos.mois]",
            "Après.",
            "2\u{202f}640 | 2\u{202f}640\u{a0}€",
            "“Bien. 2\u{202f}640\u{a0}€”",
        ]
    );
    assert_eq!(
        lines(&document.chapters[1].blocks),
        ["[argent.cent]", "1 atteint", "[argent.objectifs]"]
    );
    assert_eq!(kinds(&draft), [(ProblemKind::Unconfirmed, "velos")]);
    // What is drawn has its values in an annex, under the same id, and everything is proven.
    let ids: Vec<&str> = document.chapters.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["velos", "argent", "methode", "donnees"]);
    for key in ["velos.mois", "argent.cent"] {
        let table = table(document, key);
        assert!(!table.id.is_empty(), "{key}");
        let annex = &document.chapters[3].blocks;
        let found = annex
            .iter()
            .filter(|it| matches!(it, Block::Table(own) if *own == table));
        assert_eq!(found.count(), 1, "{key}");
    }
    let keys: Vec<&str> = document.evidence.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "velos.titre",
            "velos.locations|evolution",
            "velos.mois",
            "velos.recettes",
            "velos.grands.locations",
            "velos.grands.recettes",
            "argent.cent",
            "argent.objectifs"
        ]
    );
    let of = &document.evidence[1];
    assert_eq!(of.sources[0].version, 3);
    assert_eq!(of.formulas[0].1, catalog.indicators["locations"].checksum);
}

fn table(document: &Document, key: &str) -> beffroi_report::Table {
    let blocks = document.chapters.iter().flat_map(|it| &it.blocks);
    let found = blocks.into_iter().find_map(|block| match block {
        Block::Figure(figure) if figure.key == key => Some(figure.table.clone()),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn a_flow_adds_up_to_a_hundred_and_its_table_to_the_whole() {
    let catalog = catalog(REPORT, "public");
    let draft = draft(&catalog, &Said::default(), &Data::default());
    let blocks = &draft.document.chapters[1].blocks;
    let Some(Block::Figure(figure)) = blocks.first() else {
        panic!("the flow is there");
    };
    let Drawing::Flow(flow) = &figure.drawing else {
        panic!("it is drawn");
    };
    let ends: Vec<(&str, &str)> = flow
        .from
        .iter()
        .map(|it| (it.label.as_str(), it.text.as_str()))
        .collect();
    assert_eq!(ends, [("Gare", "75\u{a0}€"), ("Halle", "25\u{a0}€")]);
    assert_eq!(flow.whole, "100\u{a0}€");
    let total = figure.table.rows.iter().find(|it| it.total).unwrap();
    assert_eq!(total.cells[2].value, Some(2640.0));
}

#[test]
fn a_confirmation_holds_as_long_as_the_figures_do() {
    let catalog = catalog(REPORT, "public");
    let first = draft(&catalog, &said("Bien.", None), &Data::default());
    let reading = chapter_reading(&first.document, "velos");
    let confirmed = said("Bien.", Some(reading));
    let right = draft(&catalog, &confirmed, &Data::default());
    assert!(right.is_right(), "{:?}", right.problems);
    let data = Data {
        of_2025: 111.0,
        ..Data::default()
    };
    let moved = draft(&catalog, &confirmed, &data);
    assert_eq!(kinds(&moved), [(ProblemKind::Moved, "velos")]);
    assert!(!moved.is_right());
    // Another version that says the same moves nothing.
    let data = Data {
        version: 4,
        ..Data::default()
    };
    assert!(draft(&catalog, &confirmed, &data).is_right());
}

#[test]
fn a_confirmation_is_of_the_words_of_the_report_too() {
    let before = catalog(REPORT, "public");
    let first = draft(&before, &said("Bien.", None), &Data::default());
    let reading = chapter_reading(&first.document, "velos");
    let changed = REPORT.replace("Après.", "La direction a échoué.");
    let after = catalog(&changed, "public");
    let moved = draft(&after, &said("Bien.", Some(reading)), &Data::default());
    assert_eq!(kinds(&moved), [(ProblemKind::Moved, "velos")]);
}

#[test]
fn a_figure_named_by_the_words_stands_there_and_nowhere_else() {
    let catalog = catalog(REPORT, "public");
    let draft = draft(
        &catalog,
        &said("Voyez :\n\n{{ grands }}\n\n{{ mois }}", None),
        &Data::default(),
    );
    let lines = lines(&draft.document.chapters[0].blocks);
    assert_eq!(
        lines
            .iter()
            .filter(|it| it.contains("[velos.mois]"))
            .count(),
        1
    );
    assert_eq!(lines.iter().filter(|it| it.contains("640 | 2")).count(), 1);
    assert_eq!(
        lines.last().unwrap(),
        "“Voyez : 2\u{202f}640 | 2\u{202f}640\u{a0}€”"
    );
}

#[test]
fn names_that_are_not_reached_are_not_suggested() {
    let whole = catalog(REPORT, "public");
    let mut own = whole.clone();
    own.indicators.shift_remove("recettes");
    let said = said("{{ recette }} {{ recettes }} {{ location }}", None);
    let draft = seen(&whole, &own, &Scopes::default(), &said, &Data::default());
    let told: String = draft.problems.iter().map(|it| it.title.clone()).collect();
    assert!(
        !told.contains("recettes") && told.contains("`locations`"),
        "{told}"
    );
    let text = serde_json::to_string(&draft.document).unwrap();
    assert!(!text.contains("{{ recettes }}"), "{text}");
}

#[test]
fn an_edited_sentence_is_told_when_the_data_say_something_else() {
    let catalog = catalog(REPORT, "public");
    let first = draft(&catalog, &said("Bien.", None), &Data::default());
    let computed = first.sentences["velos.mois"].clone();
    let mut said = said("Bien.", None);
    said.sentences.insert(
        "velos.mois".to_owned(),
        Sentence {
            text: "Une belle année".to_owned(),
            basis: computed,
        },
    );
    let edited = draft(&catalog, &said, &Data::default());
    let Block::Figure(figure) = &edited.document.chapters[0].blocks[1] else {
        panic!("a figure");
    };
    assert_eq!(figure.title, "Une belle année");
    assert_eq!(kinds(&edited), [(ProblemKind::Unconfirmed, "velos")]);
    let data = Data {
        of_2025: 90.0,
        ..Data::default()
    };
    let moved = draft(&catalog, &said, &data);
    assert!(kinds(&moved).contains(&(ProblemKind::Sentence, "velos")));
}

#[test]
fn what_is_wrong_is_told_where_it_stands_and_the_rest_is_read() {
    let report = "title = 'Rapport'\ndepartment = 'mairie'\n\
        [[chapters]]\nid = 'a'\ntitle = '{{ location }}'\ntext = '{{ locations | zzz }} puis {{ locations }}.'\n\
        [[chapters.figures]]\nindicator = 'partie'\nfigure = 'line'\n\
        [[chapters.figures]]\nfigure = 'photo'\nphoto = 'halle.jpg'\n\
        [[chapters.figures]]\nfigure = 'photo'\nphoto = 'perdue.jpg'\nalt = 'La place'\n\
        [[chapters.figures]]\nid = 'ligne'\nindicator = 'recettes'\nfigure = 'line'\n\
        [[chapters]]\nid = 'b'\ntitle = 'B'\ntext = 'Voir {{ vue }} ; {{ recettes | objectif }}'\n\
        [[chapters.figures]]\nid = 'vue'\nindicator = 'locations'\nfigure = 'line'\n";
    let catalog = catalog(report, "public");
    let draft = draft(&catalog, &Said::default(), &Data::default());
    assert_eq!(
        kinds(&draft),
        [
            (ProblemKind::Gone, "a"),
            (ProblemKind::Placeholder, "a"),
            (ProblemKind::Gone, "a"),
            (ProblemKind::AltMissing, "a"),
            (ProblemKind::PictureMissing, "a"),
            (ProblemKind::Placeholder, "b"),
            (ProblemKind::PartMissing, "b"),
        ]
    );
    assert_eq!(
        lines(&draft.document.chapters[0].blocks)[0],
        "!{{ locations | zzz }}! puis 2\u{202f}640."
    );
    assert!(lines(&draft.document.chapters[0].blocks).contains(&"[a.ligne]".to_owned()));
    assert!(lines(&draft.document.chapters[1].blocks).contains(&"[b.vue]".to_owned()));
}

#[test]
fn a_year_without_data_is_told_and_an_older_one_stands_for_it_only_where_it_may() {
    let report = |older: &str| {
        format!(
            "title = 'Rapport'\ndepartment = 'mairie'\n\
             [[chapters]]\nid = 'a'\ntitle = 'A'\ntext = '{{{{ locations }}}} ; {{{{ locations | dernier }}}}'\n\
             [[chapters.figures]]\nindicator = 'locations'\nfigure = 'line'\nperiods = 5\n{older}\n\
             [[chapters.figures]]\nfigure = 'numbers'\nindicators = ['locations']\n{older}\n"
        )
    };
    let data = Data {
        months_of_2025: 0,
        ..Data::default()
    };
    let strict = draft(&catalog(&report(""), "public"), &Said::default(), &data);
    let missing = (ProblemKind::YearMissing, "a");
    assert_eq!(kinds(&strict), [missing; 3]);
    assert_eq!(
        lines(&strict.document.chapters[0].blocks)[0],
        "!{{ locations }}! ; 2\u{202f}400 (2024)"
    );
    let lax = draft(
        &catalog(&report("older = true"), "public"),
        &Said::default(),
        &data,
    );
    assert_eq!(kinds(&lax), [missing]);
}

#[test]
fn a_report_for_everybody_shows_nothing_that_may_not_be_published() {
    let public = REPORT.replace(
        "department = 'mairie'\n",
        "department = 'mairie'\nvisibility = 'public'\n",
    );
    let open = draft(
        &catalog(&public, "public"),
        &said("Bien.", None),
        &Data::default(),
    );
    assert_eq!(kinds(&open), [(ProblemKind::Unconfirmed, "velos")]);
    let closed = draft(
        &catalog(&public, "internal"),
        &said("{{ recettes }}", None),
        &Data::default(),
    );
    let refused = kinds(&closed);
    let refused = refused
        .iter()
        .filter(|(kind, _)| *kind == ProblemKind::NotPublic);
    // The title, the evolution, the line, two numbers, the words, the flow.
    assert_eq!(refused.count(), 7);
    let text = serde_json::to_string(&closed.document).unwrap();
    assert!(!text.contains("640"), "{text}");
}

#[test]
fn who_does_not_reach_a_figure_or_reaches_some_of_its_rows_reads_nothing_of_it() {
    let whole = catalog(REPORT, "public");
    let mut own = whole.clone();
    own.indicators.shift_remove("recettes");
    let district = beffroi_model::Filter {
        dimension: own.indicators["locations"].dimensions[0].clone(),
        values: vec!["gare".to_owned()],
    };
    let id = own.indicators["locations"].id.clone();
    let scopes = Scopes::new([(id, Scope(vec![district]))]);
    let said = said("{{ recettes }} et {{ locations }}", None);
    let draft = seen(&whole, &own, &scopes, &said, &Data::default());
    let text = serde_json::to_string(&draft.document).unwrap();
    for told in ["640", "1\u{202f}980", "+10", "Recettes", "75"] {
        assert!(!text.contains(told), "{told} in {text}");
    }
    assert!(draft.document.evidence.is_empty());
    let told = kinds(&draft);
    assert!(
        told.iter()
            .filter(|(kind, _)| *kind == ProblemKind::NotReached)
            .count()
            >= 6
    );
}

#[test]
fn a_final_report_is_kept_whole_and_told_what_changed_since() {
    let catalog = catalog(REPORT, "public");
    let said = said("Bien : {{ locations }}.", None);
    let now = draft(&catalog, &said, &Data::default());
    let mut frozen = freeze(now.document.clone(), at(9), 1);
    let kept = serde_json::to_vec(&frozen).unwrap();
    let back: Document = serde_json::from_slice(&kept).unwrap();
    assert_eq!(back, frozen);
    assert_eq!(changes(&frozen, &now), []);

    let data = Data {
        of_2025: 120.0,
        version: 4,
        ..Data::default()
    };
    let later = draft(&catalog, &said, &data);
    let found = changes(&frozen, &later);
    let keys: BTreeMap<&str, (&str, &str)> = found
        .iter()
        .map(|it| (it.key.as_str(), (it.then.as_str(), it.now.as_str())))
        .collect();
    assert_eq!(keys["velos.locations"], ("2\u{202f}640", "2\u{202f}880"));
    assert_eq!(keys["velos.titre"].1, "2\u{202f}880 locations");
    assert!(keys["velos.mois"].0.contains("220"), "{keys:?}");
    assert!(found.iter().all(|it| !it.formula && it.can_be_taken));
    assert_eq!(found[0].versions, [("Trajets".to_owned(), 3, 4)]);

    let before = frozen.clone();
    assert!(take_over(&mut frozen, &later, "velos.locations", at(10)));
    assert!(matches!(frozen.edition, Edition::Frozen { number: 2, .. }));
    let told = lines(&frozen.chapters[0].blocks);
    assert_eq!(told.last().unwrap(), "“Bien : 2\u{202f}880.”");
    let text = serde_json::to_string(&frozen.chapters[0].blocks).unwrap();
    assert_eq!(text.matches("\"revised\":true").count(), 1);
    let method = serde_json::to_string(&frozen.chapters[2]).unwrap();
    assert!(method.contains("Trajets (r)") && method.contains("\"Trajets\""));
    // Nothing else moved.
    assert_eq!(frozen.chapters[0].title, before.chapters[0].title);
    assert_eq!(table(&frozen, "velos.mois"), table(&before, "velos.mois"));
    assert_eq!(changes(&frozen, &later).len(), found.len() - 1);

    // What is wrong in the draft is not taken over.
    let mut unsure = said.clone();
    let sentence = Sentence {
        text: "Une belle année".to_owned(),
        basis: "Ce que les données disaient".to_owned(),
    };
    unsure.sentences.insert("velos.mois".to_owned(), sentence);
    let unsure = draft(&catalog, &unsure, &data);
    assert!(!take_over(&mut frozen, &unsure, "velos.mois", at(11)));
    let listed = changes(&frozen, &unsure);
    let listed = listed.iter().find(|it| it.key == "velos.mois").unwrap();
    assert!(!listed.can_be_taken);

    // A figure goes with its values in the annex; what is not there cannot be taken.
    assert!(take_over(&mut frozen, &later, "velos.mois", at(11)));
    let table = table(&later.document, "velos.mois");
    let annex = &frozen.chapters[3].blocks;
    assert!(
        annex
            .iter()
            .any(|it| matches!(it, Block::Table(own) if *own == table))
    );
    assert!(!take_over(&mut frozen, &later, "velos.rien", at(12)));
    for key in [
        "velos.titre",
        "velos.grands.locations",
        "argent.cent",
        "argent.objectifs",
    ] {
        assert!(take_over(&mut frozen, &later, key, at(12)), "{key}");
    }
    let left: Vec<String> = changes(&frozen, &later)
        .into_iter()
        .map(|it| it.key)
        .collect();
    assert_eq!(left, ["velos.locations|evolution", "velos.grands.recettes"]);
}
