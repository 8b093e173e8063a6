//! What a schema asks of cells, rows and keys beyond types.
#![allow(clippy::unwrap_used, clippy::panic)]

use beffroi_intake::{Input, Reject, Sink, read};
use beffroi_model::{
    Batch, Bound, ColumnId, ColumnSpec, ColumnType, Comparison, Constraints, ForeignKey, Form,
    Format, Grain, Key, Reading, Rule, Schema, Written,
};
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
    let input = Input::held("essai.csv", file.as_bytes());
    let outcome = read(input, &Reading::default(), schema, &mut Nowhere).unwrap();
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
            "3 comparison-fails votants [20 < 25] → votants ≥ pour",
            "3 sum-fails votants [20] → 40",
            "4 sum-fails votants [41] → 40",
            "5 not-together pour [] → pour, contre",
            "6 none-filled votants [] → votants, nuls",
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
