//! Measures worked out row after row.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{
    Dataset, Missing, Operand, OverTime, Row, load, parse_expr, worked_figures, worked_row,
    worked_rows,
};
use beffroi_model::{Cell, CellState, ColumnId};
use std::path::Path;

fn dataset() -> Dataset {
    let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worked"));
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    let catalog = loaded
        .catalog
        .unwrap_or_else(|| panic!("{}", told.concat()));
    catalog.datasets["logements"].clone()
}

/// A row as `column = value` pairs, values as measures write them, or the name of a state.
fn row(dataset: &Dataset, cells: &[(&str, &str)]) -> Row {
    let cell = |text: &str| match text {
        "missing" => Err(CellState::Missing),
        "secret" => Err(CellState::Secret),
        "not_applicable" => Err(CellState::NotApplicable),
        "true" | "false" => Ok(Operand::Boolean(text == "true")),
        _ if text.contains('T') => Ok(Operand::Instant(text.parse().unwrap())),
        // More digits than measures can write exactly.
        _ if text.len() > 15 && text.parse::<i64>().is_ok() => Ok(Operand::Exact {
            digits: text.parse().unwrap(),
            scale: 0,
        }),
        _ => {
            let expr = parse_expr(text).unwrap();
            Ok(worked_row(&expr, dataset, &Row::new()).unwrap())
        }
    };
    let cells = cells.iter();
    cells
        .map(|(column, text)| (ColumnId::new(column).unwrap(), cell(text)))
        .collect()
}

/// Two homes in a district, one in another whose number of the vacant is not known.
fn homes(dataset: &Dataset) -> Vec<Row> {
    [
        ["date '2025-03-01'", "'gare'", "10", "1", "3.30"],
        ["date '2025-02-01'", "'gare'", "30", "2", "1.10"],
        ["date '2025-02-01'", "'port'", "20", "missing", "0.20"],
    ]
    .map(|[day, d, homes, vacant, rent]| {
        let cells = [
            ("jour", day),
            ("d", d),
            ("homes", homes),
            ("vacant", vacant),
            ("rent", rent),
        ];
        row(dataset, &cells)
    })
    .into()
}

fn worked(measure: &str, missing: Missing) -> Cell {
    let dataset = dataset();
    let measure = parse_expr(measure).unwrap();
    worked_rows(&measure, &dataset, &homes(&dataset), missing, OverTime::Sum)
}

/// An expression on one row.
fn on_row(expr: &str, cells: &[(&str, &str)]) -> Option<Operand> {
    let dataset = dataset();
    worked_row(&parse_expr(expr).unwrap(), &dataset, &row(&dataset, cells))
}

/// Whether a condition holds on a row with nothing in `vacant`.
fn truth(expr: &str) -> Option<bool> {
    let cells = [("homes", "10"), ("d", "'Été'"), ("rent", "2.50")];
    match on_row(expr, &cells) {
        Some(Operand::Boolean(truth)) => Some(truth),
        None => None,
        other => panic!("{expr}: {other:?}"),
    }
}

#[test]
fn aggregates_are_those_of_the_language() {
    for (measure, expected) in [
        ("count(*)", 3.0),
        ("count(vacant)", 2.0),
        ("count(distinct d)", 2.0),
        ("count(vacant) filter (where d = 'port')", 0.0),
        ("sum(vacant) / sum(homes)", 0.05),
        ("sum(homes) filter (where vacant is null)", 20.0),
        (
            "sum(homes) filter (where d like 'g%' and not homes > 10)",
            10.0,
        ),
        (
            "sum(homes) filter (where d in ('port') or vacant between 2 and 5)",
            50.0,
        ),
        ("sum(homes * coalesce(vacant, 0))", 70.0),
        ("sum(case when d = 'gare' then homes else 0 end)", 40.0),
        ("min(homes)", 10.0),
        ("max(homes)", 30.0),
        ("avg(vacant)", 1.5),
        ("median(homes)", 20.0),
        ("median(vacant)", 1.5),
        ("quantile(homes, 0.9)", 28.0),
        ("quantile(homes, 0)", 10.0),
        ("first(homes)", 30.0),
        ("last(homes)", 10.0),
        ("last(homes) filter (where jour < date '2025-03-01')", 20.0),
        ("abs(-sum(vacant))", 3.0),
        // As floats: 3.3 + 1.1 + 0.2 is 4.6000000000000005.
        ("sum(rent)", 4.6),
        ("greatest(sum(vacant), 5, count(*))", 5.0),
        ("round(sum(rent) / count(*), 1)", 1.5),
        ("sum(share)", 0.1 + 2.0 / 30.0),
        ("count(distinct kind)", 2.0),
        ("count(*) filter (where kind = 'large')", 2.0),
        (
            "sum(homes) filter (where month(jour) = 2 and weekday(jour) = 6)",
            50.0,
        ),
    ] {
        assert_eq!(
            worked(measure, Missing::Partial),
            Cell::Value(expected),
            "{measure}"
        );
    }
}

#[test]
fn absences_say_why() {
    for (measure, expected) in [
        ("sum(vacant) filter (where d = 'port')", Cell::Missing),
        ("sum(vacant) filter (where d = 'pont')", Cell::Missing),
        (
            "sum(case when homes > 99 then homes end)",
            Cell::NotApplicable,
        ),
        (
            "sum(homes) / count(*) filter (where d = 'pont')",
            Cell::NotApplicable,
        ),
        ("nullif(sum(vacant), 3)", Cell::NotApplicable),
        ("sum(homes / 0)", Cell::NotApplicable),
        ("sum(share) filter (where d = 'port')", Cell::Missing),
    ] {
        assert_eq!(worked(measure, Missing::Partial), expected, "{measure}");
    }
    assert_eq!(worked("sum(vacant)", Missing::Refuse), Cell::Missing);
    assert_eq!(worked("sum(homes)", Missing::Refuse), Cell::Value(60.0));
}

#[test]
fn secrets_hide_and_what_makes_no_sense_is_not_waited_for() {
    let dataset = dataset();
    let rows = ["secret", "not_applicable"];
    let mut rows = rows
        .map(|vacant| row(&dataset, &[("vacant", vacant)]))
        .to_vec();
    let of = |measure: &str, rows: &[Row], missing| {
        worked_rows(
            &parse_expr(measure).unwrap(),
            &dataset,
            rows,
            missing,
            OverTime::Sum,
        )
    };
    assert_eq!(of("sum(vacant)", &rows, Missing::Partial), Cell::Secret);
    assert_eq!(of("count(vacant)", &rows, Missing::Partial), Cell::Secret);
    assert_eq!(
        of("count(vacant)", &rows[1..], Missing::Partial),
        Cell::Value(0.0)
    );
    assert_eq!(
        of("sum(vacant)", &rows[1..], Missing::Partial),
        Cell::NotApplicable
    );
    rows.push(row(&dataset, &[("vacant", "4")]));
    assert_eq!(of("sum(vacant)", &rows, Missing::Partial), Cell::Value(4.0));
    assert_eq!(of("sum(vacant)", &rows, Missing::Refuse), Cell::Secret);
    assert_eq!(
        of("sum(vacant)", &rows[1..], Missing::Refuse),
        Cell::Value(4.0)
    );
}

#[test]
fn conditions_know_three_truths() {
    for (condition, expected) in [
        ("vacant > 1", None),
        ("vacant > 1 and homes > 99", Some(false)),
        ("homes > 99 and vacant > 1", Some(false)),
        ("vacant > 1 or homes > 1", Some(true)),
        ("vacant > 1 or homes > 99", None),
        ("not vacant > 1", None),
        ("vacant in (1, 2)", None),
        ("homes not in (1, 10.0)", Some(false)),
        ("homes between vacant and 5", Some(false)),
        ("homes between 5 and vacant", None),
        ("vacant is null", Some(true)),
        ("rent = 2.5", Some(true)),
        ("rent * 4 = homes", Some(true)),
        ("homes / 4 = rent", Some(true)),
        ("'É' > 'z'", Some(true)),
        ("d like 'Ét%'", Some(true)),
        ("d like '%été%'", Some(false)),
        ("d = 'été'", Some(false)),
    ] {
        assert_eq!(truth(condition), expected, "{condition}");
    }
}

#[test]
fn numbers_are_exact_where_their_types_are() {
    let cells = [("rent", "2.50"), ("homes", "9000000000000000000")];
    let exact = |digits, scale| Some(Operand::Exact { digits, scale });
    for (expr, expected) in [
        ("rent + 1", exact(350, 2)),
        ("rent * 0.125", exact(31_250, 5)),
        ("rent * 0.12345678", Some(Operand::Float(0.308_641_95))),
        ("-rent", exact(-250, 2)),
        ("rent / 0", None),
        ("homes + homes", exact(18_000_000_000_000_000_000, 0)),
        ("homes * 0.1", exact(9_000_000_000_000_000_000, 1)),
        (
            "homes * 999999999",
            exact(8_999_999_991 * 10_i128.pow(18), 0),
        ),
        ("homes * 10000000000", None),
        ("homes * 1000 + 0.0000001", None),
        ("homes * 1000 > 0.0000001", Some(Operand::Boolean(true))),
        ("greatest(homes * 1000, 0.0000001)", None),
        ("least(homes * 1000, 0.0000001)", exact(1, 7)),
        ("round(homes * 100 / 3, 9)", None),
        (
            "round(1500 / 1 * homes, -9)",
            exact(13_500 * 10_i128.pow(18), 0),
        ),
        ("coalesce(vacant, rent)", exact(250, 2)),
        ("coalesce(rent, 1 / 2)", Some(Operand::Float(2.5))),
        ("case when rent > 0 then 1 else rent end", exact(100, 2)),
        ("case when vacant > 0 then 1 end", None),
        ("nullif(rent, 2.5)", None),
        ("nullif(rent, vacant)", exact(250, 2)),
        ("greatest(rent, 2, 2.501)", exact(2_501, 3)),
        ("least(rent, vacant)", None),
        ("round(rent)", exact(3, 0)),
        ("round(-rent)", exact(-3, 0)),
        ("round(rent, 5)", exact(250, 2)),
        ("round(rent * 1000, -3)", exact(3_000, 0)),
        ("round(201 / 200, 2)", exact(101, 2)),
        ("round(1499 / 1, -3)", exact(1_000, 0)),
        ("floor(-rent)", exact(-3, 0)),
        ("ceil(-rent)", exact(-2, 0)),
        ("ceil(rent / 2)", exact(2, 0)),
        ("abs(-rent / 2)", Some(Operand::Float(1.25))),
    ] {
        assert_eq!(on_row(expr, &cells), expected, "{expr}");
    }
}

#[test]
fn stocks_and_levels_are_those_of_their_readings() {
    let dataset = dataset();
    let rows = homes(&dataset);
    for (measure, over_time, expected) in [
        ("sum(homes)", OverTime::Last, 10.0),
        ("median(homes)", OverTime::Last, 10.0),
        // February has 50, March 10.
        ("sum(homes)", OverTime::Mean, 30.0),
        ("count(*)", OverTime::Mean, 1.5),
        ("count(*) filter (where d = 'port')", OverTime::Mean, 0.5),
        ("count(distinct d)", OverTime::Mean, 1.5),
        ("median(homes)", OverTime::Mean, 17.5),
        ("sum(homes) filter (where d = 'port')", OverTime::Mean, 20.0),
        ("max(homes)", OverTime::Mean, 30.0),
        ("avg(homes)", OverTime::Mean, 20.0),
        ("last(homes)", OverTime::Mean, 10.0),
    ] {
        let expr = parse_expr(measure).unwrap();
        let found = worked_rows(&expr, &dataset, &rows, Missing::Partial, over_time);
        assert_eq!(found, Cell::Value(expected), "{measure} {over_time:?}");
    }
}

#[test]
fn texts_are_their_characters() {
    let cells = [("d", "' Été\u{a0}'")];
    let text = |text: &str| Some(Operand::Text(text.to_owned()));
    for (expr, expected) in [
        ("trim(d)", text("Été")),
        ("upper(trim(d)) || '!'", text("ÉTÉ!")),
        ("lower('ÉTÉ')", text("été")),
        ("upper('ß')", text("SS")),
        ("left(trim(d), 2)", text("Ét")),
        ("right(trim(d), 9)", text("Été")),
        ("right('abc', 2)", text("bc")),
        ("coalesce(nullif(d, d), '')", text("")),
        (
            "length(d)",
            Some(Operand::Exact {
                digits: 5,
                scale: 0,
            }),
        ),
    ] {
        assert_eq!(on_row(expr, &cells), expected, "{expr}");
    }
}

#[test]
fn days_are_counted_and_cut() {
    let cells = [
        ("jour", "date '2025-02-28'"),
        ("opened", "2025-02-27T18:00:00"),
        ("closed", "2025-03-01T06:00:00"),
    ];
    let whole = |digits| Some(Operand::Exact { digits, scale: 0 });
    let day = |day: &str| Some(Operand::Day(day.parse().unwrap()));
    for (expr, expected) in [
        ("date '2025-03-01' - jour", whole(1)),
        ("closed - jour", whole(1)),
        ("closed - opened", Some(Operand::Float(1.5))),
        ("year(jour) * 100 + quarter(jour)", whole(202_501)),
        ("month(closed) * 100 + day(closed)", whole(301)),
        ("weekday(date '2025-03-02')", whole(7)),
        ("date_trunc('month', opened)", day("2025-02-01")),
        ("date_trunc('year', jour)", day("2025-01-01")),
        ("greatest(jour, date '2024-01-01')", day("2025-02-28")),
        (
            "opened <= date '2025-02-27' and closed > jour",
            Some(Operand::Boolean(true)),
        ),
        ("closed - opened > 1.4", Some(Operand::Boolean(true))),
    ] {
        assert_eq!(on_row(expr, &cells), expected, "{expr}");
    }
}

#[test]
fn figures_of_indicators_are_combined() {
    let measure = "case when indicator('s') > 0 then indicator('d') / indicator('s') end";
    let of = |figures: &[(&str, Cell)]| {
        worked_figures(&parse_expr(measure).unwrap(), &|id| {
            let figure = figures.iter().find(|(known, _)| *known == id.as_str());
            figure.map_or(Cell::Missing, |(_, figure)| *figure)
        })
    };
    let d = ("d", Cell::Value(6.0));
    assert_eq!(of(&[d, ("s", Cell::Value(2.0))]), Cell::Value(3.0));
    assert_eq!(of(&[d, ("s", Cell::Value(-2.0))]), Cell::NotApplicable);
    assert_eq!(of(&[d]), Cell::Missing);
    assert_eq!(of(&[d, ("s", Cell::Secret)]), Cell::Secret);
}
