//! Ways in which figures under secrecy could be told, each once.

#![allow(clippy::unwrap_used, clippy::panic)]

mod table;

use beffroi_model::{
    Cell, Coverage, DimensionId, Filter, Grain, IndicatorId, Period, PeriodRange, Query, Row, Span,
};
use table::{Asked, Engines, Table};

/// Rows as lines of words, under columns as `name:type`.
fn engines(columns: &str, rows: &str, declared: &str, asked: &[(&str, &str, &str)]) -> Engines {
    let columns = columns.split_whitespace().map(|column| {
        let (name, kind) = column.split_once(':').unwrap();
        (name.to_owned(), kind.to_owned())
    });
    let rows = rows.lines().filter(|line| !line.trim().is_empty());
    let rows = rows.map(|line| line.split_whitespace().map(str::to_owned).collect());
    let table = Table {
        columns: columns.collect(),
        rows: rows.collect(),
        declared: format!("[secrecy]\n{declared}\n"),
        ..Table::default()
    };
    let asked = asked.iter().map(|(id, measure, declared)| Asked {
        id: (*id).to_owned(),
        measure: (*measure).to_owned(),
        declared: (*declared).to_owned(),
    });
    table.engines(&asked.collect::<Vec<_>>())
}

/// The rows of an answer, which both engines give.
fn ask(engines: &Engines, query: &Query) -> Vec<Row> {
    let [prepared, rows] = engines.ask(query);
    let prepared = prepared.unwrap();
    assert_eq!(prepared.rows, rows.unwrap().rows);
    prepared.rows
}

fn query(indicator: &str, first: Period, last: Period, by: &[&str]) -> Query {
    let span = Span::Periods(PeriodRange::new(first, last));
    let query = Query::new(IndicatorId::new(indicator).unwrap(), span);
    by.iter()
        .fold(query, |query, id| query.by(DimensionId::new(id).unwrap()))
}

/// The figures of one year by one dimension.
fn by(engines: &Engines, indicator: &str, year: i32, dimension: &str) -> Vec<(String, Cell)> {
    let year = Period::year(year);
    let rows = ask(engines, &query(indicator, year, year, &[dimension]));
    let rows = rows.into_iter();
    rows.map(|row| (row.keys[0].clone(), row.cell)).collect()
}

fn total(engines: &Engines, indicator: &str, year: i32) -> Cell {
    let year = Period::year(year);
    ask(engines, &query(indicator, year, year, &[]))[0].cell
}

fn hidden(figures: &[(String, Cell)]) -> Vec<&str> {
    let hidden = figures.iter().filter(|(_, cell)| *cell == Cell::Secret);
    hidden.map(|(name, _)| name.as_str()).collect()
}

/// Once `q1` is alone to be hidden in its sector, that sector tells it.
fn no_sector_tells(engines: &Engines, year: i32) {
    let districts = by(engines, "agents", year, "quartier");
    let sectors = by(engines, "agents", year, "secteur");
    let hidden_districts = hidden(&districts);
    assert!(hidden_districts.contains(&"q1"), "{districts:?}");
    for (sector, own) in [("nord", &["q1", "q2", "q3"][..]), ("sud", &["q4", "q5"])] {
        let among = hidden_districts.iter().filter(|id| own.contains(id));
        assert!(
            among.count() != 1 || hidden(&sectors).contains(&sector),
            "{districts:?} {sectors:?}"
        );
    }
}

const DISTRICTS: &str = "annee:year quartier:text secteur:text agents:integer";
const BOTH: &str =
    "[[secrecy.tables]]\nby = [\"quartier\"]\n[[secrecy.tables]]\nby = [\"secteur\"]";

fn of_a_year(year: i32) -> String {
    let rows = [
        "q1 nord 3",
        "q2 nord 70",
        "q3 nord 80",
        "q4 sud 30",
        "q5 sud 95",
    ];
    rows.map(|row| format!("{year}-01-01 {row}\n")).concat()
}

#[test]
fn a_row_that_goes_astray_unties_no_other_year() {
    let rows = of_a_year(2023) + "2023-01-01 q1 sud 9\n" + &of_a_year(2024);
    let declared = format!("rule = \"persons_5\"\nunits = \"agents\"\n{BOTH}");
    let engines = engines(
        DISTRICTS,
        &rows,
        &declared,
        &[("agents", "sum(agents)", "")],
    );
    no_sector_tells(&engines, 2024);
}

#[test]
fn a_row_that_goes_astray_unties_no_other_slice() {
    let columns = "annee:year quartier:text secteur:text genre:text agents:integer";
    let rows = of_a_year(2024)
        .replace("nord", "nord f")
        .replace("sud", "sud f");
    let rows = rows + "2024-01-01 q1 sud h 9\n2024-01-01 q2 nord h 40\n2024-01-01 q4 sud h 40\n";
    let declared = format!("rule = \"persons_5\"\nunits = \"agents\"\n{BOTH}");
    let measure = "sum(agents) filter (where genre = 'f')";
    let engines = engines(columns, &rows, &declared, &[("agents", measure, "")]);
    no_sector_tells(&engines, 2024);
}

/// A stock is that of the last reading: what went astray before is not in it.
#[test]
fn a_row_that_goes_astray_before_the_last_reading_unties_no_stock() {
    let columns = DISTRICTS.replace("annee:year", "mois:month");
    let year = of_a_year(2024);
    let mut rows = String::new();
    for month in 1..=12 {
        rows += &year.replace("2024-01", &format!("2024-{month:02}"));
    }
    rows += "2024-01-01 q1 sud 9\n";
    let declared = format!("rule = \"persons_5\"\nunits = \"agents\"\ngrains = [\"year\"]\n{BOTH}");
    let asked = [("agents", "sum(agents)", "over_time = \"last\"")];
    let engines = engines(&columns, &rows, &declared, &asked);
    no_sector_tells(&engines, 2024);
}

/// Where zeros are hidden, a district that is empty this year is still one of its sector.
#[test]
fn an_empty_district_stays_in_its_sector() {
    let rows = of_a_year(2023) + "2023-01-01 q1 sud 1\n" + &of_a_year(2024);
    let rows = rows.replace("2024-01-01 q1 nord 3\n", "");
    let declared = format!("rule = \"persons_5\"\nempty = \"hidden\"\nunits = \"agents\"\n{BOTH}");
    let engines = engines(
        DISTRICTS,
        &rows,
        &declared,
        &[("agents", "sum(agents)", "")],
    );
    no_sector_tells(&engines, 2024);
    assert_eq!(total(&engines, "agents", 2024), Cell::Value(275.0));
    let told = beffroi_model::Engine::protection(
        &engines.prepared,
        &beffroi_model::DatasetId::new("t").unwrap(),
    );
    assert_eq!(told.unwrap().exposed, 0);
}

#[test]
fn a_zero_that_is_hidden_is_protected_whatever_the_number_of_conditions() {
    let columns = "annee:year ecole:text admis:text genre:text eleves:integer";
    let mut rows = String::new();
    for (school, admitted, each) in [
        ("e1", "non", 10),
        ("e2", "oui", 15),
        ("e3", "oui", 15),
        ("e4", "oui", 15),
    ] {
        for gender in ["f", "m"] {
            rows += &format!("2024-01-01 {school} {admitted} {gender} {each}\n");
        }
    }
    let admitted = ("admis", "sum(eleves) filter (where admis = 'oui')", "");
    let girls = ("filles", "sum(eleves) filter (where genre = 'f')", "");
    let girls_admitted = (
        "admises",
        "sum(eleves) filter (where admis = 'oui' and genre = 'f')",
        "",
    );
    for asked in [
        &[admitted][..],
        &[admitted, girls],
        &[admitted, girls, girls_admitted],
    ] {
        let declared = "rule = \"persons_5\"\nempty = \"hidden\"\nunits = \"eleves\"\n[[secrecy.tables]]\nby = [\"ecole\"]";
        let engines = engines(columns, &rows, declared, asked);
        let figures = by(&engines, "admis", 2024, "ecole");
        let hidden = hidden(&figures);
        assert!(hidden.contains(&"e1"), "{figures:?}");
        let is_open = hidden.len() > 1 || total(&engines, "admis", 2024) == Cell::Secret;
        assert!(is_open, "{} conditions: {figures:?}", asked.len());
    }
}

#[test]
fn a_derived_rate_over_too_small_a_number_is_hidden() {
    let engines = engines(
        "annee:year secteur:text montant:integer emplois:integer",
        "2024-01-01 bois 1 2\n2024-01-01 eau 100 400\n2024-01-01 fer 50 500\n2024-01-01 lin 30 90\n",
        "min_denominator = 10\n[[secrecy.tables]]\nby = [\"secteur\"]",
        &[
            ("a", "sum(montant)", ""),
            ("b", "sum(emplois)", ""),
            ("demi", "indicator('b') / 2", ""),
            ("taux", "indicator('a') / indicator('b')", ""),
            ("loin", "1 + 2 * indicator('a') / indicator('demi')", ""),
            ("oppose", "indicator('a') / -indicator('b')", ""),
            ("somme", "indicator('b') / (indicator('a') + 30)", ""),
        ],
    );
    for id in ["taux", "loin", "oppose"] {
        let figures = by(&engines, id, 2024, "secteur");
        assert_eq!(hidden(&figures), ["bois"], "{id}: {figures:?}");
    }
    // Those that divide by nothing small are shown.
    for id in ["a", "b", "demi", "somme"] {
        let figures = by(&engines, id, 2024, "secteur");
        assert_eq!(figures.len(), 4);
        assert!(hidden(&figures).is_empty(), "{id}: {figures:?}");
    }
}

#[test]
fn an_amount_of_nobody_is_hidden_and_a_line_of_zeros_is_not() {
    let of = |small: &str| {
        let rows = format!(
            "2024-01-01 petit {small}\n2024-01-01 moyen 20 140\n2024-01-01 grand 90 630\n2024-01-01 autre 60 420\n"
        );
        engines(
            "annee:year service:text agents:integer jours:integer",
            &rows,
            "rule = \"persons_5\"\nunits = \"agents\"\n[[secrecy.tables]]\nby = [\"service\"]",
            &[("agents", "sum(agents)", ""), ("jours", "sum(jours)", "")],
        )
    };
    let figures = by(&of("0 35"), "jours", 2024, "service");
    let hidden_ones = hidden(&figures);
    assert!(hidden_ones.contains(&"petit"), "{figures:?}");
    assert!(hidden_ones.len() > 1, "{figures:?}");
    let figures = by(&of("0 0"), "jours", 2024, "service");
    assert!(hidden(&figures).is_empty(), "{figures:?}");
    assert!(figures.contains(&("petit".to_owned(), Cell::Value(0.0))));
}

fn month(place: u32) -> Period {
    Period::containing(Grain::Month, Period::year(2024).start()).step(i32::try_from(place).unwrap())
}

/// Three years of months; June 2025 was never delivered, and `neuf` came that year and went.
fn with_a_gap(declared: &str) -> Engines {
    let mut rows = String::new();
    for place in (0..36).filter(|place| *place != 17) {
        let day = month(place).start();
        rows += &format!("{day} petit 3\n{day} moyen 20\n{day} grand 90\n{day} autre 60\n");
        if (12..24).contains(&place) {
            rows += &format!("{day} neuf 50\n");
        }
    }
    engines(
        "mois:month service:text agents:integer",
        &rows,
        &format!(
            "rule = \"persons_5\"\nunits = \"agents\"\ngrains = [\"year\"]\n{declared}\n[[secrecy.tables]]\nby = [\"service\"]"
        ),
        &[
            ("agents", "sum(agents)", ""),
            ("lignes", "count(*)", ""),
            ("zero", "coalesce(sum(agents), 0)", ""),
            ("deux", "indicator('agents') + indicator('lignes')", ""),
        ],
    )
}

/// That it is not complete is a fact of the source. Nothing else is told.
#[test]
fn an_incomplete_period_is_missing_and_tells_what_the_source_covers() {
    let gap = Coverage {
        periods: 11,
        periods_expected: 12,
        ..Coverage::default()
    };
    for declared in ["", "empty = \"hidden\""] {
        let engines = with_a_gap(declared);
        for id in ["agents", "lignes", "zero", "deux"] {
            let all = query(id, Period::year(2024), Period::year(2026), &[]);
            let rows = ask(&engines, &all);
            let told: Vec<_> = rows.iter().map(|row| (row.cell, row.coverage)).collect();
            assert!(told[0].0.value().is_some(), "{id}: {told:?}");
            assert_eq!(told[1], (Cell::Missing, gap), "{id}");
            assert!(told[2].0.value().is_some(), "{id}: {told:?}");

            // By service too, whoever is in it: all years, then that one alone.
            for (first, last) in [(2024, 2026), (2025, 2025)] {
                let years = (Period::year(first), Period::year(last));
                let rows = ask(&engines, &query(id, years.0, years.1, &["service"]));
                let that = rows.iter().filter(|row| row.period == Period::year(2025));
                let told: Vec<_> = that.map(|row| (row.cell, row.coverage)).collect();
                assert_eq!(told, [(Cell::Missing, gap); 4], "{id} {first}");
                assert!(rows.iter().all(|row| row.keys != ["neuf"]), "{rows:?}");
            }
        }
        let figures = by(&engines, "agents", 2024, "service");
        assert_eq!(hidden(&figures), ["moyen", "petit"], "{declared}");
    }
}

/// Rows dated after the delivery are of periods that the source does not cover yet.
#[test]
fn rows_of_days_to_come_are_not_told() {
    let table = Table {
        columns: [("jour", "day"), ("service", "text"), ("agents", "integer")]
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .to_vec(),
        rows: ["2025-01-02", "2026-03-02"]
            .map(|day| vec![day.to_owned(), "petit".to_owned(), "3".to_owned()])
            .to_vec(),
        declared: "[secrecy]\nrule = \"persons_5\"\nunits = \"agents\"\ngrains = [\"month\"]\n"
            .to_owned(),
        ..Table::default()
    };
    let asked = Asked {
        id: "agents".to_owned(),
        measure: "sum(agents)".to_owned(),
        declared: String::new(),
    };
    let engines = table.engines(&[asked]);
    let march = Period::containing(Grain::Month, "2026-03-02".parse().unwrap());
    let rows = ask(&engines, &query("agents", march, march, &[]));
    assert_eq!(rows[0].cell, Cell::Missing);
    let mut one = query("agents", march, march, &[]);
    one.filters = vec![Filter {
        dimension: DimensionId::new("service").unwrap(),
        values: vec!["petit".to_owned()],
    }];
    assert_eq!(ask(&engines, &one)[0].cell, Cell::Missing);
}

/// Members that nobody is in are not told from those of few by what is said beside.
#[test]
fn a_hidden_zero_rests_on_as_many_periods_as_the_others() {
    let engines = engines(
        "annee:year service:text agents:integer",
        "2023-01-01 a 20\n2023-01-01 b 30\n2023-01-01 c 3\n2024-01-01 a 20\n2024-01-01 b 3\n",
        "rule = \"persons_5\"\nempty = \"hidden\"\nunits = \"agents\"\n[[secrecy.tables]]\nby = [\"service\"]",
        &[("agents", "sum(agents)", "")],
    );
    let year = Period::year(2024);
    let rows = ask(&engines, &query("agents", year, year, &["service"]));
    let few = rows.iter().find(|row| row.keys == ["b"]).unwrap();
    let nobody = rows.iter().find(|row| row.keys == ["c"]).unwrap();
    assert_eq!(
        (nobody.cell, nobody.coverage),
        (few.cell, few.coverage),
        "{rows:?}"
    );
    assert_eq!(few.cell, Cell::Secret);
}
