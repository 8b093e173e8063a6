//! The measure language: what is read, how it is written again, what its parts are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Aggregate, BinaryOp, Expr, parse_expr};

fn read(text: &str) -> Expr {
    parse_expr(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The canonical text.
fn canonical(text: &str) -> String {
    read(text).to_string()
}

#[test]
fn operators_bind_as_in_sql() {
    for (text, expected) in [
        ("1 + 2 * 3", "1 + 2 * 3"),
        ("(1 + 2) * 3", "(1 + 2) * 3"),
        ("((1 * 2)) + 3", "1 * 2 + 3"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("1 - 2 - 3", "1 - 2 - 3"),
        ("8 / (4 / 2) / 2", "8 / (4 / 2) / 2"),
        ("-sum(a) * -2", "-sum(a) * -2"),
        ("- - 1", "-(-1)"),
        ("-(1 + 2)", "-(1 + 2)"),
        (
            "a = 1 or b = 2 and not c = 3",
            "a = 1 or b = 2 and not c = 3",
        ),
        ("(a = 1 or b = 2) and c", "(a = 1 or b = 2) and c"),
        ("not (a or b)", "not (a or b)"),
        ("a + 1 between 2 and 3 * 4", "a + 1 between 2 and 3 * 4"),
        ("a not between 1 and 2", "not a between 1 and 2"),
    ] {
        assert_eq!(canonical(text), expected);
    }
}

#[test]
fn keywords_and_functions_are_read_in_either_case() {
    assert_eq!(
        canonical("SUM( montant )FILTER(WHERE section='investissement'AND compte LIKE '21%')"),
        "sum(montant) filter (where section = 'investissement' and compte like '21%')"
    );
    assert_eq!(
        canonical("Count(*) / COUNT(DISTINCT usager)"),
        "count(*) / count(distinct usager)"
    );
    assert_eq!(
        canonical("CASE WHEN a IS NOT NULL THEN NullIf(b, 0) ELSE coalesce(c, 0.50) END"),
        "case when a is not null then nullif(b, 0) else coalesce(c, 0.5) end"
    );
    assert_eq!(
        canonical("year(d) <> 2024 and month(d) != 1"),
        "year(d) <> 2024 and month(d) <> 1"
    );
}

#[test]
fn texts_double_their_quotes() {
    let expr = read("a = 'l''école'");
    let Expr::Binary {
        op: BinaryOp::Equal,
        right,
        ..
    } = &expr
    else {
        panic!("{expr:?}")
    };
    assert_eq!(**right, Expr::Text("l'école".to_owned()));
    assert_eq!(expr.to_string(), "a = 'l''école'");
    assert_eq!(
        canonical("a in ('x', '', -1.5, 2)"),
        "a in ('x', '', -1.5, 2)"
    );
}

#[test]
fn parts_are_listed_once_in_the_order_of_the_text() {
    let expr =
        read("sum(b) / nullif(sum(a) filter (where c = 1 and b > 0), 0) + sum(b) * count(*)");
    let columns: Vec<_> = expr
        .columns()
        .iter()
        .map(|column| column.to_string())
        .collect();
    assert_eq!(columns, ["b", "a", "c"]);
    let aggregates: Vec<_> = expr
        .aggregates()
        .iter()
        .map(|part| part.to_string())
        .collect();
    assert_eq!(
        aggregates,
        [
            "sum(b)",
            "sum(a) filter (where c = 1 and b > 0)",
            "count(*)"
        ]
    );
    assert_eq!(expr.indicators().len(), 0);

    let derived = read("indicator('b') / indicator('a') - indicator('b')");
    let indicators: Vec<_> = derived
        .indicators()
        .iter()
        .map(|id| id.to_string())
        .collect();
    assert_eq!(indicators, ["b", "a"]);
}

#[test]
fn an_aggregate_knows_what_it_counts() {
    let Expr::Aggregate {
        function,
        of,
        filter,
    } = read("count(distinct usager)")
    else {
        panic!("an aggregate")
    };
    assert_eq!((function, filter), (Aggregate::CountDistinct, None));
    assert_eq!(of.map(|of| of.to_string()).as_deref(), Some("usager"));
    assert!(matches!(read("count(*)"), Expr::Aggregate { of: None, .. }));
}

#[test]
fn what_is_too_deep_or_too_long_is_refused() {
    let message = |text: &str| parse_expr(text).expect_err("refused")[0].message.clone();
    assert!(message(&"(".repeat(100_000)).contains("imbriquée"));
    assert!(message(&"-".repeat(100_000)).contains("imbriquée"));
    assert!(message(&"case when ".repeat(10_000)).contains("imbriquée"));
    assert!(message(&format!("1{}", " + 1".repeat(100_000))).contains("longue"));
    assert!(message(&format!("a in (1{})", ", 1".repeat(100_000))).contains("longue"));
    let nested = format!("{}1{}", "(".repeat(50), ")".repeat(50));
    assert_eq!(canonical(&nested), "1");
}

#[test]
fn nothing_is_accepted_by_half() {
    for text in [
        "",
        " ",
        "sum(",
        "sum()",
        "sum(a",
        "sum(a))",
        "sum a",
        "a b",
        "1 2",
        "a +",
        "* a",
        "a = ",
        "a in ()",
        "a in (b)",
        "a between 1",
        "a between 1 or 2",
        "a is",
        "a is 3",
        "a like b",
        "a like '%x%y'",
        "a like 'a_b'",
        "case end",
        "case when a then 1",
        "nullif(a)",
        "coalesce(a)",
        "year()",
        "abs(1, 2)",
        "indicator()",
        "indicator(a)",
        "indicator('A')",
        "indicator('a', 'b')",
        "filter (where a)",
        "sum(a) filter a",
        "sum(a) filter (where)",
        "count(distinct)",
        "count(distinct *)",
        "min(*)",
        "a = null",
        "true",
        "'x",
        "1.2.3",
        "1a",
        "Été",
        "a; b",
        "\"a\"",
        "a == 1",
        "a && b",
        "_a",
        "a % 2",
        "a < b < c",
    ] {
        let errors = parse_expr(text).expect_err(text);
        for error in errors {
            assert!(
                error.span.start <= error.span.end && error.span.end <= text.len(),
                "{text}"
            );
            assert!(
                text.get(error.span.clone()).is_some(),
                "{text}: {:?}",
                error.span
            );
            assert!(!error.message.is_empty());
        }
    }
}
