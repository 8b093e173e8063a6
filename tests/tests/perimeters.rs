//! The figures of somebody who reaches some rows only are those of these rows: whatever perimeters
//! they have, pages' files and the JSON interface give what plain loops over the rows give.

use beffroi_model::{Membership, PerimeterId, Role};
use beffroi_store::{Means, NewPerson, Stage, Store};
use beffroi_tests::{Server, Town, Visitor};
use chrono::Utc;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

/// How many loans the file tells of.
const ROWS: u32 = 400;

/// A row of the file.
struct Loan {
    year: u32,
    month: u32,
    district: String,
    kind: String,
    card: u32,
    loans: u32,
    days: u32,
}

/// Rows that are the same in each run.
fn rows() -> Vec<Loan> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % u64::from(most)) as u32
    };
    let loan = |_| Loan {
        year: 2024 + below(2),
        month: 1 + below(12),
        district: format!("q{}", below(6)),
        kind: format!("g{}", below(3)),
        card: below(80),
        loans: 1 + below(5_000),
        days: below(90_000),
    };
    (0..ROWS).map(loan).collect()
}

fn file(rows: &[Loan]) -> String {
    let mut text = "mois;quartier;genre;carte;prets;jours\n".to_owned();
    for row in rows {
        let _ = writeln!(
            text,
            "{:02}/{};{};{};C{:03};{};{}",
            row.month, row.year, row.district, row.kind, row.card, row.loans, row.days
        );
    }
    text
}

/// What somebody has: districts one by one, or one of the perimeters of two dimensions.
#[derive(Debug, Clone)]
struct Rights(BTreeSet<String>);

impl Rights {
    /// What the total of a dimension is called: by the members that are reached.
    fn total(&self, dimension: &str) -> String {
        let names = ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"];
        let one = |id: &str| self.0.contains(id);
        let reached: Vec<&str> = match dimension {
            "genre" if one("genres") => vec!["Musique", "Films"],
            "quartier" if !one("deux") && !one("genres") => {
                let reached = names.into_iter().enumerate();
                let reached = reached.filter(|(place, _)| one(&format!("q{place}")));
                reached.map(|(_, name)| name).collect()
            }
            _ => return "Ensemble".to_owned(),
        };
        format!("Périmètre : {}", reached.join(", "))
    }

    fn admits(&self, row: &Loan) -> bool {
        self.0.iter().any(|perimeter| match perimeter.as_str() {
            "deux" => ["q1", "q4"].contains(&row.district.as_str()) && row.kind == "g0",
            "genres" => row.kind != "g0",
            district => row.district == district,
        })
    }
}

fn rights() -> impl Strategy<Value = Rights> {
    let districts = proptest::collection::btree_set(0..6_u8, 1..=6)
        .prop_map(|some| some.into_iter().map(|one| format!("q{one}")).collect());
    prop_oneof![
        6 => districts,
        1 => Just(["deux".to_owned()].into()),
        1 => Just(["genres".to_owned()].into()),
    ]
    .prop_map(Rights)
}

/// What is asked: a measure, dimensions of the detail, a filter, by month or year.
#[derive(Debug, Clone)]
struct Asked {
    measure: &'static str,
    by: Vec<&'static str>,
    kind: Option<u8>,
    monthly: bool,
}

fn asked() -> impl Strategy<Value = Asked> {
    let measure = prop_oneof![Just("prets"), Just("lecteurs"), Just("durees")];
    let by = prop_oneof![
        Just(vec![]),
        Just(vec!["quartier"]),
        Just(vec!["genre"]),
        Just(vec!["quartier", "genre"])
    ];
    (measure, by, proptest::option::of(0..3_u8), any::<bool>()).prop_map(
        |(measure, by, kind, monthly)| Asked {
            measure,
            by,
            kind,
            monthly,
        },
    )
}

impl Asked {
    fn address(&self) -> String {
        let grain = if self.monthly { "month" } else { "year" };
        let mut address = format!(
            "/api/v1/indicateurs/{}?periode=2024..2025&grain={grain}&par={}",
            self.measure,
            self.by.join(",")
        );
        if let Some(kind) = self.kind {
            let _ = write!(address, "&genre=g{kind}");
        }
        address
    }

    fn keeps(&self, row: &Loan) -> bool {
        self.kind.is_none_or(|kind| row.kind == format!("g{kind}"))
    }

    /// The figures by period and members, by plain loops.
    fn expected(&self, rows: &[&Loan]) -> BTreeMap<(String, Vec<String>), f64> {
        let mut cells: BTreeMap<_, Vec<&Loan>> = BTreeMap::new();
        for row in rows.iter().filter(|row| self.keeps(row)) {
            let period = match self.monthly {
                true => format!("{}-{:02}", row.year, row.month),
                false => row.year.to_string(),
            };
            let keys = self.by.iter().map(|dimension| match *dimension {
                "genre" => row.kind.clone(),
                _ => row.district.clone(),
            });
            cells.entry((period, keys.collect())).or_default().push(row);
        }
        let cells = cells.into_iter();
        cells
            .map(|(key, rows)| (key, measured(self.measure, &rows)))
            .collect()
    }
}

fn measured(measure: &str, rows: &[&Loan]) -> f64 {
    let sum = |of: fn(&Loan) -> u32| rows.iter().map(|row| f64::from(of(row))).sum::<f64>();
    match measure {
        "prets" => sum(|row| row.loans),
        "lecteurs" => rows
            .iter()
            .map(|row| row.card)
            .collect::<BTreeSet<_>>()
            .len() as f64,
        _ => sum(|row| row.days) / sum(|row| row.loans),
    }
}

/// The town, served, with a store in which people are added as they come.
struct World {
    _town: Town,
    server: Server,
    store: Store,
    rows: Vec<Loan>,
}

impl World {
    fn new() -> Self {
        let town = Town::of_fixture("quarters");
        let rows = rows();
        fs::create_dir_all(town.data("")).expect("a data folder");
        fs::write(town.data("prets_20260110.csv"), file(&rows)).expect("the file");
        let _ = town.run(&["import"]).assert_code(0);
        let server = town.serve_with(&["--no-demo"]);
        let store = Store::open(&town.state("")).expect("a store");
        Self {
            _town: town,
            server,
            store,
            rows,
        }
    }

    /// Somebody who has these perimeters.
    fn reader(&self, rights: &Rights) -> Visitor {
        let perimeters = rights.0.iter();
        let perimeters = perimeters.map(|id| PerimeterId::new(id).expect("an id"));
        let person = NewPerson {
            email: format!(
                "{}@exemple.invalid",
                beffroi_store::token().expect("a token")
            ),
            name: "Quelqu’un".to_owned(),
            membership: Membership {
                roles: [Role::Reader].into(),
                perimeters: perimeters.collect(),
                ..Membership::default()
            },
        };
        let id = self
            .store
            .add_person(&person, Utc::now())
            .expect("an account");
        let session =
            self.store
                .open_session(id, Means::Password, Stage::Open, "", None, Utc::now());
        let cookie = session.expect("a session");
        Visitor::holding(self.server.address(), &[("beffroi", &cookie)])
    }
}

#[test]
fn figures_are_those_of_the_rows_that_are_reached() {
    let world = World::new();
    let mut runner = TestRunner::new_with_rng(
        Config {
            failure_persistence: None,
            ..Config::with_cases(60)
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let questions = proptest::collection::vec(asked(), 4);
    let held = runner.run(&(rights(), questions), |(rights, questions)| {
        let reader = world.reader(&rights);
        let rows: Vec<&Loan> = world.rows.iter().filter(|row| rights.admits(row)).collect();
        for asked in &questions {
            same_by_the_interface(&reader, &rights, asked, &rows)?;
        }
        same_in_files(&reader, &rights, &rows)
    });
    if let Err(error) = held {
        panic!("{error}");
    }
}

fn same_by_the_interface(
    reader: &Visitor,
    rights: &Rights,
    asked: &Asked,
    rows: &[&Loan],
) -> Result<(), TestCaseError> {
    let answer = reader.get(&asked.address());
    // A member of which nothing is reached is not known to them.
    let hidden = match (rights.0.contains("deux"), rights.0.contains("genres")) {
        (true, _) => asked.kind.is_some_and(|kind| kind != 0),
        (_, true) => asked.kind == Some(0),
        _ => false,
    };
    if hidden {
        prop_assert_eq!(answer.status, 400, "{}", asked.address());
        return Ok(());
    }
    prop_assert_eq!(answer.status, 200, "{}: {}", asked.address(), answer.text());
    let mut given = BTreeMap::new();
    for row in answer.json()["rows"].as_array().into_iter().flatten() {
        let keys = asked
            .by
            .iter()
            .map(|dimension| row["keys"][dimension].as_str());
        let keys: Option<Vec<String>> = keys.map(|key| key.map(str::to_owned)).collect();
        // The total beside the detail has no keys.
        let Some(keys) = keys else { continue };
        // Of no row there are no readers: that is a figure too.
        let value = row["value"].as_f64();
        if let Some(value) = value.filter(|it| asked.measure != "lecteurs" || *it != 0.0) {
            let period = row["period"].as_str().unwrap_or_default().to_owned();
            given.insert((period, keys), value);
        }
    }
    let expected = asked.expected(rows);
    prop_assert_eq!(
        given.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>(),
        "{}",
        asked.address()
    );
    for (cell, value) in &expected {
        let close = (given[cell] - value).abs() <= 1e-6 * value.abs().max(1.0);
        prop_assert!(
            close,
            "{} {cell:?}: {} is not {value}",
            asked.address(),
            given[cell]
        );
    }
    Ok(())
}

/// The files of the board hold the figures of 2025.
fn same_in_files(reader: &Visitor, rights: &Rights, rows: &[&Loan]) -> Result<(), TestCaseError> {
    for (tile, measure, by) in [
        ("cle", "prets", vec![]),
        ("annees", "prets", vec![]),
        ("quartiers", "prets", vec!["quartier"]),
        ("genres", "lecteurs", vec!["genre"]),
    ] {
        let asked = Asked {
            measure,
            by,
            kind: None,
            monthly: false,
        };
        let expected = asked.expected(rows);
        let address = format!("/tableaux/bibliotheques/figures/{tile}.csv?periode=2025");
        let answer = reader.get(&address);
        prop_assert_eq!(answer.status, 200);
        let mut given = BTreeMap::new();
        for line in answer.text().lines().skip(1) {
            let quoted = line
                .strip_prefix('"')
                .and_then(|rest| rest.split_once("\","));
            let cells: Vec<&str> = match quoted {
                Some((first, rest)) => [first].into_iter().chain(rest.split(',')).collect(),
                None => line.split(',').collect(),
            };
            let (key, values) = match asked.by.is_empty() {
                true => (vec![], vec![(cells[0], cells[1])]),
                false => (
                    vec![cells[0].to_owned()],
                    vec![("2025", cells[1]), ("2024", cells[2])],
                ),
            };
            for (year, value) in values {
                if let Ok(value) = value.parse::<f64>() {
                    given.insert((year.to_owned(), key.clone()), value);
                }
            }
        }
        // Below the members stands their total, which never passes for that of the whole town.
        let mut expected = expected;
        if let Some(dimension) = asked.by.first() {
            let label = rights.total(dimension);
            let total = Asked {
                by: vec![],
                ..asked
            };
            for ((year, _), value) in total.expected(rows) {
                expected.insert((year, vec![label.clone()]), value);
            }
        }
        prop_assert_eq!(given, expected, "{}", address);
    }
    Ok(())
}
