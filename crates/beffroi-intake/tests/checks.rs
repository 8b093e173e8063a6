//! What a schema asks of cells, rows and keys beyond types.
#![allow(clippy::unwrap_used, clippy::panic)]

use beffroi_intake::{Context, Input, KeySet, Referred, Reject, Sink, read, read_in};
use beffroi_model::{
    Area, Batch, Bound, ColumnId, ColumnSpec, ColumnType, Comparison, Constraints, DatasetId,
    ForeignKey, Form, Format, Grain, Key, Member, Point, Reading, Rule, Schema, Shape, Written,
};
use chrono::NaiveDate;
use std::convert::Infallible;

struct Nowhere;

impl Sink for Nowhere {
    type Error = Infallible;

    fn rows(&mut self, _: Batch) -> Result<(), Infallible> {
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), Infallible> {
        Ok(())
    }
}

fn id(text: &str) -> ColumnId {
    ColumnId::new(text).unwrap()
}

fn column(name: &str, kind: ColumnType, constraints: Constraints) -> ColumnSpec {
    ColumnSpec {
        constraints,
        ..ColumnSpec::new(id(name), kind)
    }
}

fn bound(value: &str) -> Option<Bound> {
    Some(Bound {
        value: value.to_owned(),
        excluded: false,
    })
}

/// `row kind column value → expected`, in groups.
fn found(schema: &Schema, file: &str) -> Vec<String> {
    found_in(schema, file, &Context::default())
}

fn found_in(schema: &Schema, file: &str, context: &Context<'_>) -> Vec<String> {
    let input = Input::held("essai.csv", file.as_bytes());
    let outcome = read_in(input, &Reading::default(), schema, context, &mut Nowhere).unwrap();
    let mut told = Vec::new();
    for (_, group) in outcome.findings.groups() {
        for it in group {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            told.push(format!(
                "{} {} {} [{}] → {}",
                it.row.unwrap_or_default(),
                it.kind.as_str(),
                text(&it.column),
                text(&it.value),
                text(&it.expected)
            ));
        }
    }
    told
}

#[test]
fn cells_are_held_to_the_constraints_of_their_column() {
    let decimal = ColumnType::Decimal { scale: 2 };
    let schema = Schema::of(vec![
        column(
            "montant",
            decimal,
            Constraints {
                minimum: bound("0"),
                maximum: bound("1000.5"),
                filled: true,
                ..Constraints::default()
            },
        ),
        column(
            "jour",
            ColumnType::Date { grain: Grain::Day },
            Constraints {
                minimum: bound("2024-01-01"),
                ..Constraints::default()
            },
        ),
        column(
            "code",
            ColumnType::Code,
            Constraints {
                pattern: Some(r"W\d{3}|X".to_owned()),
                max_length: Some(4),
                unique: true,
                ..Constraints::default()
            },
        ),
        column(
            "nature",
            ColumnType::Text,
            Constraints {
                allowed: vec!["aide en nature".to_owned(), "aide".to_owned()],
                ..Constraints::default()
            },
        ),
        column(
            "siret",
            ColumnType::Code,
            Constraints {
                formats: vec![Format::Siret],
                ..Constraints::default()
            },
        ),
    ]);
    let file = "montant;jour;code;nature;siret\n\
                1 000,50;01/02/2024;W001;aide;21860194600013\n\
                -1;31/12/2023;W0011;aide en natures;21860194600014\n\
                1000,51;01/01/2024;X;aide;\n\
                ;01/01/2024;X;aide;21860194600013\n";
    assert_eq!(
        found(&schema, file),
        [
            "3 too-small montant [-1] → 0",
            "3 too-small jour [31/12/2023] → 2024-01-01",
            "3 too-long code [W0011] → 4",
            r"3 pattern-mismatch code [W0011] → W\d{3}|X",
            "3 not-allowed nature [aide en natures] → aide en nature, aide",
            "3 wrong-form siret [21860194600014] → siret",
            "4 too-large montant [1000,51] → 1000.5",
            "5 empty-cell montant [] → ",
            "5 not-unique code [X] → 4",
        ]
    );
}

#[test]
fn rules_hold_over_the_cells_of_a_row() {
    let integer = |name| column(name, ColumnType::Integer, Constraints::default());
    let columns = ["votants", "pour", "contre", "nuls"].map(integer);
    let mut schema = Schema::of(columns.into());
    schema.rules = vec![
        Rule::Compare {
            column: id("votants"),
            op: Comparison::GreaterOrEqual,
            other: id("pour"),
        },
        Rule::Sum {
            column: id("votants"),
            parts: vec![id("pour"), id("contre")],
        },
        Rule::Together {
            columns: vec![id("pour"), id("contre")],
        },
        Rule::OneOf {
            columns: vec![id("votants"), id("nuls")],
        },
    ];
    let file = "votants;pour;contre;nuls\n40;25;15;0\n20;25;15;0\n41;25;15;0\n40;25;;0\n;25;15;\n";
    assert_eq!(
        found(&schema, file),
        [
            "3 comparison-fails votants, pour [20 < 25] → votants ≥ pour",
            "3 sum-fails votants [20] → 40",
            "4 sum-fails votants [41] → 40",
            "5 not-together pour, contre [] → pour, contre",
            "6 none-filled votants, nuls [] → votants, nuls",
        ]
    );
}

#[test]
fn keys_and_references_hold_between_rows() {
    let text = |name| column(name, ColumnType::Text, Constraints::default());
    let mut schema = Schema::of(["rue", "numero", "parent"].map(text).into());
    schema.keys = vec![Key {
        columns: vec![id("rue"), id("numero")],
        primary: true,
    }];
    schema.foreign_keys = vec![ForeignKey {
        columns: vec![id("parent")],
        to: vec![id("rue")],
        dataset: None,
    }];
    let file = "rue;numero;parent\nA;1;B\nB;1;\nA;2;A\nA;1;A\nC;;Z\n";
    assert_eq!(
        found(&schema, file),
        [
            "5 duplicate-key rue + numero [A + 1] → 2",
            "6 empty-cell numero [] → ",
            "6 key-not-found parent [Z] → rue",
        ]
    );
}

#[test]
fn a_form_asked_for_is_kept_to_the_letter() {
    let written = |form, missing: &[&str]| Constraints {
        written: Some(Written {
            form,
            missing: missing.iter().map(|&mark| mark.to_owned()).collect(),
        }),
        minimum: bound("1"),
        ..Constraints::default()
    };
    let integer = Form::Integer {
        bare: true,
        group: None,
    };
    let schema = Schema::of(vec![
        column("places", ColumnType::Integer, written(integer, &["", "NA"])),
        column("nom", ColumnType::Text, Constraints::default()),
    ]);
    let file = "places;nom\n12;a\n1 200;b\nNA;c\n0;d\n;e\nnd;f\n";
    assert_eq!(
        found(&schema, file),
        [
            "3 wrong-form places [1 200] → integer",
            "7 wrong-form places [nd] → integer",
            "5 too-small places [0] → 1",
        ]
    );
}

#[test]
fn bounds_are_read_as_the_schema_or_as_exports_write_them() {
    let day = |name, minimum| {
        let pattern = Form::Date(Shape::Pattern("%d/%m/%Y".to_owned()));
        let constraints = Constraints {
            minimum: bound(minimum),
            written: Some(Written {
                form: pattern,
                missing: vec![String::new()],
            }),
            ..Constraints::default()
        };
        column(name, ColumnType::Date { grain: Grain::Day }, constraints)
    };
    let schema = Schema::of(vec![day("a", "01/02/2024"), day("b", "2024-02-01")]);
    assert_eq!(
        found(
            &schema,
            "a;b\n01/02/2024;01/02/2024\n31/01/2024;31/01/2024\n"
        ),
        [
            "3 too-small a [31/01/2024] → 01/02/2024",
            "3 too-small b [31/01/2024] → 2024-02-01",
        ]
    );
}

#[test]
fn what_cannot_be_checked_is_said() {
    let constraints = Constraints {
        pattern: Some(r"(a)\1".to_owned()),
        ..Constraints::default()
    };
    let schema = Schema::of(vec![column("code", ColumnType::Text, constraints)]);
    assert_eq!(
        found(&schema, "code\nx\n"),
        [r"0 check-left-out code [code : (a)\1] → "]
    );
}

#[test]
fn personal_cells_are_neither_checked_nor_shown() {
    let constraints = Constraints {
        pattern: Some("[A-Z]+".to_owned()),
        unique: true,
        ..Constraints::default()
    };
    let mut name = column("nom", ColumnType::Text, constraints);
    name.personal = true;
    let schema = Schema::of(vec![
        name,
        column("age", ColumnType::Integer, Constraints::default()),
    ]);
    assert_eq!(found(&schema, "nom;age\nDupont;3\nDupont;4\n"), [""; 0]);
}

#[test]
fn dates_later_than_the_delivery_are_told_where_they_are_facts() {
    let date = |name, grain, past| {
        let constraints = Constraints {
            past,
            ..Constraints::default()
        };
        column(name, ColumnType::Date { grain }, constraints)
    };
    let schema = Schema::of(vec![
        date("jour", Grain::Day, None),
        date("echeance", Grain::Day, None),
        date("naissance", Grain::Day, Some(true)),
        column(
            "annee",
            ColumnType::Date { grain: Grain::Year },
            Constraints::default(),
        ),
        column("releve", ColumnType::DateTime, Constraints::default()),
    ]);
    let file = "jour;echeance;naissance;annee;releve\n\
                31/03/2025;01/01/2031;31/03/2025;2026;2025-03-31T23:59:59\n\
                01/04/2025;01/01/2031;01/04/2052;2026;2025-04-01T00:00:00\n";
    let told = |time: &str| {
        let time = id(time);
        let context = Context {
            delivered_on: NaiveDate::from_ymd_opt(2025, 3, 31),
            time: Some(&time),
            ..Context::default()
        };
        found_in(&schema, file, &context)
    };
    let born = "3 in-future naissance [01/04/2052] → 2025-03-31";
    assert_eq!(
        told("jour"),
        ["3 in-future jour [01/04/2025] → 2025-03-31", born]
    );
    assert_eq!(told("annee"), [born], "a year may be told before it begins");
    assert_eq!(
        told("releve"),
        [
            born,
            "3 in-future releve [2025-04-01T00:00:00] → 2025-03-31"
        ]
    );
    assert_eq!(
        found(&schema, file),
        [""; 0],
        "no delivery, no day to hold to"
    );
}

#[derive(Default)]
struct Keys(KeySet);

impl Sink for Keys {
    type Error = Infallible;

    fn rows(&mut self, batch: Batch) -> Result<(), Infallible> {
        let columns: Vec<ColumnId> = batch.columns.iter().map(|it| it.id.clone()).collect();
        self.0.add(&batch, &columns);
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), Infallible> {
        Ok(())
    }
}

#[test]
fn references_to_another_dataset_are_looked_for_among_its_rows() {
    let mut quartier = column("quartier", ColumnType::Text, Constraints::default());
    quartier.members = vec![Member {
        key: "gare".to_owned(),
        spellings: vec!["gare".to_owned(), "La Gare".to_owned()],
    }];
    let other = Schema::of(vec![
        quartier.clone(),
        column("code", ColumnType::Integer, Constraints::default()),
    ]);
    let input = Input::held("stations.csv", b"quartier;code\nGare;7\nGare;1200\n");
    let mut known = Keys::default();
    read(input, &Reading::default(), &other, &mut known).unwrap();

    let code = column(
        "numero",
        ColumnType::Decimal { scale: 1 },
        Constraints::default(),
    );
    let mut schema = Schema::of(vec![quartier, code]);
    schema.foreign_keys = vec![ForeignKey {
        columns: vec![id("quartier"), id("numero")],
        to: vec![id("quartier"), id("code")],
        dataset: DatasetId::new("stations").ok(),
    }];
    let file = "quartier;numero\nla gare;7,0\nGARE;1 200\ngare;8\n;\ngare;x\n";
    let told = |keys| {
        let referred = [Referred {
            dataset: DatasetId::new("stations").unwrap(),
            columns: vec![id("quartier"), id("code")],
            keys,
        }];
        let context = Context {
            referred: &referred,
            ..Context::default()
        };
        found_in(&schema, file, &context)
    };
    let unread = "6 not-a-number numero [x] → ";
    let target = "stations.quartier + code";
    assert_eq!(
        told(known.0),
        [
            format!("4 key-not-found quartier + numero [gare + 8] → {target}"),
            unread.to_owned()
        ]
    );
    assert_eq!(
        told(KeySet::overflowing()),
        [
            format!("0 check-left-out quartier + numero [quartier + numero : {target}] → "),
            unread.to_owned()
        ]
    );
    assert_eq!(
        found(&schema, file),
        [
            format!("0 reference-unchecked quartier + numero [] → {target}"),
            unread.to_owned()
        ],
        "the other dataset has no version"
    );
}

#[test]
fn points_outside_of_the_area_are_told() {
    let degrees = |name| {
        column(
            name,
            ColumnType::Decimal { scale: 6 },
            Constraints::default(),
        )
    };
    let text = |name| column(name, ColumnType::Text, Constraints::default());
    let mut schema = Schema::of(vec![
        degrees("longitude"),
        degrees("latitude"),
        text("point"),
    ]);
    let area = Area {
        name: "Clairval".to_owned(),
        west: 2_900_000,
        east: 3_000_000,
        south: 47_000_000,
        north: 47_100_000,
    };
    let pair = Point::Pair {
        longitude: id("longitude"),
        latitude: id("latitude"),
    };
    let points = [pair, Point::LatitudeFirst(id("point"))];
    schema.rules = points
        .map(|point| Rule::Inside {
            point,
            area: area.clone(),
        })
        .into();
    let file = "longitude;latitude;point\n\
                2,95;47,05;47.05, 2.95\n\
                47,05;2,95;2.95, 47.05\n\
                2,9;47,1;[47.1,2.9]\n\
                2,899999;47,05;place de la Halle\n\
                ;47,05;\n\
                0;0;0,0\n";
    assert_eq!(
        found(&schema, file),
        [
            "3 outside-area longitude, latitude [47,05 ; 2,95] → Clairval",
            "5 outside-area longitude, latitude [2,899999 ; 47,05] → Clairval",
            "7 outside-area longitude, latitude [0 ; 0] → Clairval",
            "3 outside-area point [2.95, 47.05] → Clairval",
            "7 outside-area point [0,0] → Clairval",
            "5 wrong-form point [place de la Halle] → geopoint-latitude-first",
        ]
    );
}
