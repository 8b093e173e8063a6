//! What is said of an indicator before it is published: each rule on a small town.
#![allow(clippy::unwrap_used)]

mod common;

use beffroi_catalog::{Catalog, OverTime};
use beffroi_model::{
    Answer, Cell, ColumnId, Coverage, DatasetId, Findings, IndicatorId, Part, Period,
    PeriodContent, Preview, Row, Unit, Version, VersionColumn,
};
use beffroi_workshop::advice::{Advice, Likeness, Personal, advise, alike};
use chrono::{DateTime, NaiveDate, Utc};

const MONTHLY: &str = r#"
[columns.mois]
type = "month"
[columns.quartier]
type = "text"
dimension = "quartier"
[columns.abonnes]
type = "integer"
title = "Abonnés"
unit = "nombre"
[columns.trajets]
type = "integer"
unit = "nombre"
[columns.taux_panne]
type = "decimal"
[columns.no2]
type = "decimal"
unit = "µg/m³"
[columns.mesures]
type = "integer"
unit = "nombre"
"#;

fn indicator(title: &str, measure: &str, more: &str) -> String {
    format!(
        "title = \"{title}\"\ndescription = \"Ce qu’il dit.\"\nmethod = \"Comment.\"\n\
         department = \"habitat\"\nowner = \"A. B.\"\ndataset = \"velos\"\n\
         measure = \"{measure}\"\n{more}"
    )
}

fn town(indicators: &[(&str, &str)]) -> Catalog {
    let dataset = common::dataset("mois", MONTHLY);
    let named: Vec<(String, &str)> = indicators
        .iter()
        .map(|(id, text)| (format!("indicators/{id}.toml"), *text))
        .collect();
    let mut files = vec![("datasets/velos.toml", dataset.as_str())];
    files.extend(named.iter().map(|(path, text)| (path.as_str(), *text)));
    common::catalog(&files)
}

fn of_one(title: &str, measure: &str, more: &str) -> Vec<Advice> {
    told(title, measure, more, None, None)
}

fn told(
    title: &str,
    measure: &str,
    more: &str,
    version: Option<&Version>,
    answer: Option<&Answer>,
) -> Vec<Advice> {
    let catalog = town(&[("i", &indicator(title, measure, more))]);
    advise(&catalog, &catalog.indicators["i"], version, answer)
}

fn column(id: &str) -> ColumnId {
    ColumnId::new(id).unwrap()
}

fn counted(id: &str, values: u64, missing: u64, min: &str, sum: &str) -> VersionColumn {
    VersionColumn {
        id: column(id),
        values,
        missing,
        not_applicable: 0,
        secret: 0,
        min: Some(min.to_owned()),
        max: None,
        sum: Some(sum.to_owned()),
        categories: Vec::new(),
    }
}

/// A version with so many rows in each month of the years.
fn version(years: std::ops::Range<i32>, rows: u64, columns: Vec<VersionColumn>) -> Version {
    let months = years.flat_map(|year| (1..=12).map(move |month| (year, month)));
    let contents = months.map(|(year, month)| PeriodContent {
        start: NaiveDate::from_ymd_opt(year, month, 1),
        rows,
        digest: 0,
    });
    let contents: Vec<PeriodContent> = contents.collect();
    let all = contents.iter().map(|it| it.rows).sum();
    Version {
        dataset: DatasetId::new("velos").unwrap(),
        number: 1,
        imported_at: DateTime::<Utc>::default(),
        declaration: String::new(),
        sources: Vec::new(),
        parts: vec![Part {
            file: "0.parquet".to_owned(),
            source: String::new(),
            rows: all,
            periods: Vec::new(),
            contents,
        }],
        rows: all,
        columns,
        decisions: Vec::new(),
        findings: Findings::default(),
        preview: Preview::default(),
        rejects: None,
        all_findings: None,
        changes: None,
        restores: None,
        given_up: Vec::new(),
    }
}

fn answer(cells: &[Cell], coverage: Coverage) -> Answer {
    let rows = (2020..).zip(cells).map(|(year, cell)| Row {
        period: Period::year(year),
        at: None,
        keys: Vec::new(),
        cell: *cell,
        coverage,
    });
    Answer {
        indicator: IndicatorId::new("i").unwrap(),
        unit: Unit::count(),
        by: Vec::new(),
        rows: rows.collect(),
        provenance: Vec::new(),
    }
}

#[test]
fn a_sound_indicator_is_told_nothing() {
    let told = of_one("Trajets", "sum(trajets)", "unit = \"nombre\"");
    assert_eq!(told, []);
}

#[test]
fn a_mean_of_rates_is_told_by_the_name_of_the_column() {
    let told = of_one("Pannes", "avg(taux_panne)", "unit = \"nombre\"");
    let column = column("taux_panne");
    let expected = [
        Advice::MeanOfRates {
            column: column.clone(),
        },
        Advice::UnitUnsaid { column },
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_stock_added_up_over_months_is_told() {
    let stock = Advice::StockSummed {
        column: column("abonnes"),
    };
    assert_eq!(
        of_one("Abonnés", "sum(abonnes)", "unit = \"nombre\""),
        [stock]
    );
    let last = "unit = \"nombre\"\nover_time = \"last\"";
    assert_eq!(of_one("Abonnés", "sum(abonnes)", last), []);
    let monthly = "unit = \"nombre\"\nmain_grain = \"month\"";
    assert_eq!(of_one("Abonnés", "sum(abonnes)", monthly), []);
    let ratio = "unit = \"nombre\"\ndirection = \"up\"";
    let told = of_one("Par abonné", "sum(trajets) / sum(abonnes)", ratio);
    assert_eq!(told, [Advice::NoTarget]);
}

#[test]
fn a_flow_worth_its_last_month_and_a_level_worth_its_last_are_told() {
    let unlikely = |likely| Advice::OverTimeUnlikely {
        declared: OverTime::Last,
        likely,
    };
    let last = "unit = \"nombre\"\nover_time = \"last\"";
    assert_eq!(
        of_one("Trajets", "sum(trajets)", last),
        [unlikely(OverTime::Sum)]
    );
    let last = "unit = \"µg/m³\"\nover_time = \"last\"\ndirection = \"none\"";
    assert_eq!(of_one("Air", "avg(no2)", last), [unlikely(OverTime::Mean)]);
}

#[test]
fn an_addition_of_which_one_unit_is_not_said_is_told() {
    let told = of_one(
        "Somme",
        "sum(trajets) + sum(taux_panne)",
        "unit = \"nombre\"",
    );
    assert!(told.contains(&Advice::MixedUnits {
        with: column("trajets"),
        without: column("taux_panne"),
    }));
}

#[test]
fn a_small_denominator_is_told_with_its_periods_and_its_member() {
    let share = "unit = \"%\"\ndirection = \"up\"\ndimensions = [\"quartier\"]";
    let measure = "count(*) filter (where trajets >= 10) / count(*)";
    let tiny = |version: &Version| {
        let told = told("Actives", measure, share, Some(version), None);
        told.into_iter()
            .find(|advice| matches!(advice, Advice::TinyDenominator { .. }))
    };
    let whole = Advice::TinyDenominator {
        least: 24.0,
        periods: 4,
        member: None,
    };
    assert_eq!(tiny(&version(2020..2024, 2, Vec::new())), Some(whole));
    assert_eq!(tiny(&version(2020..2024, 5, Vec::new())), None);
    let mut by = counted("quartier", 240, 0, "gare", "0");
    by.categories = vec![("gare".to_owned(), 200), ("port".to_owned(), 40)];
    let of_member = Advice::TinyDenominator {
        least: 10.0,
        periods: 4,
        member: Some(("quartier".to_owned().try_into().unwrap(), "port".to_owned())),
    };
    assert_eq!(tiny(&version(2020..2024, 5, vec![by])), Some(of_member));
}

#[test]
fn the_denominator_of_a_ratio_is_its_column() {
    let version = version(2020..2024, 5, vec![counted("mesures", 240, 0, "0", "48")]);
    let more = "unit = \"nombre\"\ndirection = \"up\"";
    let told = told(
        "Moyenne",
        "sum(trajets) / sum(mesures)",
        more,
        Some(&version),
        None,
    );
    assert_eq!(
        told[0],
        Advice::TinyDenominator {
            least: 12.0,
            periods: 4,
            member: None
        }
    );
}

#[test]
fn few_persons_in_a_cell_or_in_a_figure_ask_for_secrecy() {
    let more = "unit = \"nombre\"\nover_time = \"last\"";
    let needed = |reason| [Advice::SecrecyNeeded { reason }];
    let version = version(2020..2024, 5, vec![counted("abonnes", 240, 0, "3", "9000")]);
    let in_cell = Personal::FewInCell {
        column: column("abonnes"),
        least: 3.0,
    };
    let told_of = |version, answer| told("Abonnés", "sum(abonnes)", more, version, answer);
    assert_eq!(told_of(Some(&version), None), needed(in_cell));
    let cells = [0.0, 7.0, 40.0].map(Cell::Value);
    let answer = answer(&cells, Coverage::default());
    let in_figure = Personal::FewInFigure { least: 7.0 };
    assert_eq!(told_of(None, Some(&answer)), needed(in_figure));
}

#[test]
fn rows_of_persons_counted_by_district_ask_for_secrecy() {
    let columns = "[columns.jour]\ntype = \"day\"\n[columns.quartier]\ntype = \"text\"\n\
                   [columns.nom]\ntype = \"text\"\npersonal = true\n";
    let dataset = common::dataset("jour", columns);
    let with = |secrecy: &str| {
        let dataset = format!("{dataset}{secrecy}");
        let more = "unit = \"nombre\"\ndimensions = [\"quartier\"]";
        let catalog = common::catalog(&[
            ("datasets/velos.toml", &dataset),
            (
                "indicators/i.toml",
                &indicator("Dossiers", "count(*)", more),
            ),
        ]);
        advise(&catalog, &catalog.indicators["i"], None, None)
    };
    let reason = Personal::Columns(vec![column("nom")]);
    assert_eq!(with(""), [Advice::SecrecyNeeded { reason }]);
    assert_eq!(with("[secrecy]\nrule = \"persons_11\"\n"), []);
}

#[test]
fn twins_are_told_by_measure_then_by_words() {
    let of = |title: &str, measure: &str| indicator(title, measure, "unit = \"nombre\"");
    let filtered = "sum(trajets) filter (where quartier = 'gare' and mesures >= 1)";
    let turned = "sum(trajets) filter (where mesures >= 1 and quartier = 'gare')";
    let catalog = town(&[
        ("i", &of("Trajets à vélo", filtered)),
        ("same", &of("Autre chose", turned)),
        ("nearly", &of("Les trajets en vélo", "sum(trajets)")),
        ("far", &of("Tout le monde", "sum(trajets)")),
        ("words", &of("Vélos : trajet", "sum(mesures)")),
    ]);
    let told = advise(&catalog, &catalog.indicators["i"], None, None);
    let twin = |other: &str, how| Advice::SaysTheSame {
        other: IndicatorId::new(other).unwrap(),
        how,
    };
    let mut twins: Vec<&Advice> = told.iter().collect();
    twins.sort_by_key(|advice| format!("{advice:?}"));
    let expected = [
        twin("nearly", Likeness::SameUpToFilter),
        twin("same", Likeness::SameMeasure),
        twin("words", Likeness::SameWords),
    ];
    assert_eq!(twins, expected.iter().collect::<Vec<_>>());
}

#[test]
fn what_the_declaration_lacks_is_told() {
    let catalog = town(&[(
        "i",
        &indicator("Moyenne", "sum(trajets) / sum(mesures)", "unit = \"%\"")
            .replace("method = \"Comment.\"\n", ""),
    )]);
    let told = advise(&catalog, &catalog.indicators["i"], None, None);
    assert_eq!(told, [Advice::NoMethod, Advice::DirectionMissing]);
}

#[test]
fn few_periods_and_many_missing_cells_are_told() {
    let coverage = Coverage {
        cells: 8,
        cells_expected: 10,
        periods: 12,
        periods_expected: 12,
    };
    let cells = [Cell::Value(1.0), Cell::Value(2.0), Cell::Missing];
    let answer = answer(&cells, coverage);
    let more = "unit = \"nombre\"";
    let of_answer = told("Trajets", "sum(trajets)", more, None, Some(&answer));
    let [
        Advice::FewPeriods { periods: 2 },
        Advice::MissingMuch { share },
    ] = of_answer[..]
    else {
        unreachable!("{of_answer:?}")
    };
    assert!((share - 0.2).abs() < 1e-9);
    let version = version(2024..2025, 5, vec![counted("trajets", 30, 30, "0", "9")]);
    let of_version = told("Trajets", "sum(trajets)", more, Some(&version), None);
    let half = Advice::MissingMuch { share: 0.5 };
    assert_eq!(of_version, [Advice::FewPeriods { periods: 1 }, half]);
}

#[test]
fn an_unusual_year_is_told() {
    let mut values: Vec<f64> = (0..14)
        .map(|year| f64::from(100 + 3 * year + year * year % 11))
        .collect();
    values[10] = 900.0;
    let cells: Vec<Cell> = values.into_iter().map(Cell::Value).collect();
    let answer = answer(&cells, Coverage::default());
    let told = told(
        "Trajets",
        "sum(trajets)",
        "unit = \"nombre\"",
        None,
        Some(&answer),
    );
    let [Advice::StandsOut { period, value, .. }] = told[..] else {
        unreachable!("{told:?}")
    };
    assert_eq!((period, value), (Period::year(2030), 900.0));
}

#[test]
fn what_is_alike_is_found_by_its_words_and_its_dataset() {
    let catalog = common::sound(beffroi_catalog::load_files(common::sample()));
    let first = |words: &str, dataset: Option<&str>| {
        let dataset = dataset.map(|id| DatasetId::new(id).unwrap());
        let found = alike(&catalog, words, dataset.as_ref());
        found.first().map(|(id, _)| id.to_string())
    };
    assert_eq!(
        first("nombre de logements vacants", None).as_deref(),
        Some("vacance_taux")
    );
    assert_eq!(
        first("Tonnes de déchets", Some("dechets")).as_deref(),
        Some("dechets_tonnes")
    );
    assert_eq!(
        first("élèves par classe", None).as_deref(),
        Some("eleves_par_classe")
    );
    assert_eq!(first("girafes", Some("dechets")), None);
    assert!(first("", Some("logements")).is_some());
    assert_eq!(first("", None), None);
}

#[test]
fn every_indicator_of_the_sample_town_can_be_looked_at() {
    let catalog = common::sound(beffroi_catalog::load_files(common::sample()));
    for indicator in catalog.indicators.values() {
        let told = advise(&catalog, indicator, None, None);
        let same = |advice: &&Advice| {
            matches!(
                advice,
                Advice::SaysTheSame {
                    how: Likeness::SameMeasure,
                    ..
                }
            )
        };
        assert_eq!(told.iter().find(same), None, "{}", indicator.id);
    }
}
