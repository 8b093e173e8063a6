//! What a form says comes out as the measure meant, whatever it holds.
#![allow(clippy::unwrap_used)]

mod common;

use beffroi_catalog::{OverTime, parse_expr};
use beffroi_model::{ColumnId, IndicatorId, Unit};
use beffroi_workshop::measure::{
    Calc, Condition, Literal, Simple, Test, choices, decimals_of, over_time_of, per_inhabitant,
    per_inhabitant_units, unit_of, units_of,
};
use chrono::NaiveDate;
use proptest::prelude::*;

fn column() -> impl Strategy<Value = ColumnId> {
    "c[a-z]{0,3}(_[0-9])?".prop_map(|id| ColumnId::new(&id).unwrap())
}

fn indicator() -> impl Strategy<Value = IndicatorId> {
    "i[a-z]{0,5}".prop_map(|id| IndicatorId::new(&id).unwrap())
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        prop::num::f64::NORMAL.prop_map(Literal::Number),
        (-1000_i32..1000).prop_map(|n| Literal::Number(f64::from(n) / 4.0)),
        any::<String>().prop_map(Literal::Text),
        "['\") ;orwhe%-]{0,12}".prop_map(Literal::Text),
        (0_i32..60_000).prop_map(|days| {
            let day = NaiveDate::from_num_days_from_ce_opt(690_000 + days);
            Literal::Day(day.unwrap())
        }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let test = prop_oneof![
        literal().prop_map(Test::Is),
        literal().prop_map(Test::IsNot),
        literal().prop_map(Test::AtLeast),
        literal().prop_map(Test::AtMost),
        prop::collection::vec(literal(), 1..4).prop_map(Test::In),
        any::<bool>().prop_map(Test::Holds),
    ];
    (column(), test).prop_map(|(column, test)| Condition { column, test })
}

fn simple() -> impl Strategy<Value = Simple> {
    let calc = prop_oneof![
        Just(Calc::Count),
        column().prop_map(|column| Calc::Sum { column }),
        column().prop_map(|column| Calc::Mean { column }),
        column().prop_map(|column| Calc::Distinct { column }),
        column().prop_map(|column| Calc::Min { column }),
        column().prop_map(|column| Calc::Max { column }),
        column().prop_map(|column| Calc::Median { column }),
        (column(), column()).prop_map(|(above, below)| Calc::Ratio { above, below }),
        (prop::option::of(column()), condition())
            .prop_map(|(of, condition)| Calc::Share { of, condition }),
    ];
    let of_rows = (calc, prop::collection::vec(condition(), 0..4))
        .prop_map(|(calc, filters)| Simple { calc, filters });
    let divided = (indicator(), indicator(), 1_u32..=1000).prop_map(|(of, population, per)| {
        Simple::of(Calc::PerInhabitant {
            of,
            population,
            per,
        })
    });
    prop_oneof![9 => of_rows, 1 => divided]
}

proptest! {
    #[test]
    fn the_text_is_read_as_the_tree_meant(simple in simple()) {
        let text = simple.to_text();
        prop_assert_eq!(parse_expr(&text), Ok(simple.to_expr()), "{}", text);
    }

    #[test]
    fn what_is_said_is_recognised(simple in simple()) {
        let read = parse_expr(&simple.to_text()).unwrap();
        prop_assert_eq!(Simple::from_expr(&read), Some(simple));
    }

    #[test]
    fn what_is_recognised_is_said_the_same(text in "(sum|avg|count)\\((a|b)\\)( filter \\(where (a = 'x'|not b|a <= -1)( and (b|a in \\('y'\\)))?\\))?( / (sum|count)\\((a|b)\\))?") {
        if let Ok(expr) = parse_expr(&text)
            && let Some(simple) = Simple::from_expr(&expr)
        {
            prop_assert_eq!(simple.to_expr(), expr);
        }
    }
}

#[test]
fn measures_of_the_sample_town_are_recognised_or_left_alone() {
    let said = |text: &str| Simple::from_expr(&parse_expr(text).unwrap());
    for text in [
        "count(*)",
        "sum(tonnage) filter (where flux <> 'gravats')",
        "sum(vacants) / sum(logements)",
        "count(*) filter (where contre = 0) / count(*)",
        "count(*) filter (where cour_vegetalisee)",
        "indicator('emissions_total') / indicator('population')",
        "1000 * indicator('dechets_tonnes') / indicator('population')",
    ] {
        assert_eq!(said(text).unwrap().to_text(), text);
    }
    for text in [
        "count(locations)",
        "sum(consommation) / 1000000",
        "sum(a) + sum(b)",
        "sum(a * b)",
        "sum(a) filter (where b like '21%')",
        "sum(a) filter (where b = 'x' or b = 'y')",
        "sum(a) filter (where b not in ('x'))",
        "sum(a) filter (where c = 'x') / sum(b)",
        "quantile(a, 0.9)",
        "last(a)",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
}

#[test]
fn a_quote_in_a_value_stays_in_the_value() {
    let simple = Simple {
        calc: Calc::Count,
        filters: vec![Condition {
            column: ColumnId::new("nom").unwrap(),
            test: Test::Is(Literal::Text("l'été') or (1 = 1".to_owned())),
        }],
    };
    let text = "count(*) filter (where nom = 'l''été'') or (1 = 1')";
    assert_eq!(simple.to_text(), text);
}

#[test]
fn nothing_chosen_is_no_condition_and_no_number_is_no_measure() {
    let of = |test| Simple {
        calc: Calc::Count,
        filters: vec![Condition {
            column: ColumnId::new("a").unwrap(),
            test,
        }],
    };
    assert_eq!(of(Test::In(Vec::new())).to_text(), "count(*)");
    let text = of(Test::Is(Literal::Number(f64::NEG_INFINITY))).to_text();
    assert!(parse_expr(&text).is_err(), "{text}");
}

const COLUMNS: &str = r#"
[columns.annee]
type = "year"
[columns.quartier]
type = "text"
dimension = "quartier"
[columns.logements]
type = "integer"
unit = "nombre"
[columns.vacants]
type = "integer"
unit = "nombre"
[columns.depense]
type = "decimal"
unit = "€"
[columns.surface]
type = "decimal"
unit = "m²"
[columns.taux]
type = "decimal"
unit = "%"
[columns.bruit]
type = "decimal"
unit = "dB"
[columns.proprietaire]
type = "text"
personal = true
[columns.occupe]
type = "boolean"
[columns.longitude]
type = "decimal"
[columns.end]
type = "integer"
"#;

fn ids(list: &[beffroi_workshop::measure::Choice]) -> Vec<&str> {
    list.iter().map(|choice| choice.column.as_str()).collect()
}

#[test]
fn only_what_makes_sense_of_a_column_is_offered() {
    let text = common::dataset("annee", COLUMNS);
    let catalog = common::catalog(&[("datasets/parc.toml", &text)]);
    let choices = choices(&catalog.datasets["parc"]);
    assert_eq!(
        ids(&choices.summed),
        ["logements", "vacants", "depense", "surface"]
    );
    let averaged = ["logements", "vacants", "depense", "surface", "bruit"];
    assert_eq!(ids(&choices.averaged), averaged);
    assert_eq!(ids(&choices.measured), averaged);
    assert!(!ids(&choices.told_apart).contains(&"occupe"));
    let filtered = ids(&choices.filtered);
    assert!(filtered.contains(&"occupe") && filtered.contains(&"quartier"));
    assert!(!filtered.contains(&"proprietaire") && !filtered.contains(&"end"));
}

#[test]
fn what_is_offered_in_a_unit_is_what_the_catalog_takes() {
    for (symbol, _) in Unit::ALL {
        let columns = format!(
            "[columns.annee]\ntype = \"year\"\n[columns.valeur]\ntype = \"decimal\"\nunit = \"{symbol}\"\n"
        );
        let text = common::dataset("annee", &columns);
        let catalog = common::catalog(&[("datasets/d.toml", &text)]);
        let dataset = &catalog.datasets["d"];
        let choices = choices(dataset);
        let column = ColumnId::new("valeur").unwrap();
        let cases = [
            (
                ids(&choices.summed),
                Calc::Sum {
                    column: column.clone(),
                },
            ),
            (
                ids(&choices.averaged),
                Calc::Mean {
                    column: column.clone(),
                },
            ),
            (
                ids(&choices.measured),
                Calc::Max {
                    column: column.clone(),
                },
            ),
            (
                ids(&choices.measured),
                Calc::Median {
                    column: column.clone(),
                },
            ),
        ];
        for (offered, calc) in cases {
            let simple = Simple::of(calc);
            let unit = unit_of(&simple, dataset).map_or(*symbol, Unit::symbol);
            let indicator = measured(&simple.to_text(), unit);
            let loaded = common::loaded(&[
                ("datasets/d.toml", &text),
                ("indicators/i.toml", &indicator),
            ]);
            let taken = loaded.catalog.is_some();
            assert_eq!(!offered.is_empty(), taken, "{symbol}: {}", simple.to_text());
        }
    }
}

fn measured(measure: &str, unit: &str) -> String {
    format!(
        "title = \"I\"\ndescription = \"I.\"\ndepartment = \"habitat\"\nowner = \"A. B.\"\n\
         dataset = \"d\"\nmeasure = \"{measure}\"\nunit = \"{unit}\"\n"
    )
}

#[test]
fn every_unit_offered_for_a_ratio_is_one_that_the_catalog_takes() {
    for (above, _) in Unit::ALL {
        let symbols: Vec<&str> = Unit::ALL.iter().map(|(symbol, _)| *symbol).collect();
        for below in &symbols {
            let columns = format!(
                "[columns.annee]\ntype = \"year\"\n[columns.a]\ntype = \"decimal\"\nunit = \"{above}\"\n\
                 [columns.b]\ntype = \"decimal\"\nunit = \"{below}\"\n"
            );
            let text = common::dataset("annee", &columns);
            let catalog = common::catalog(&[("datasets/d.toml", &text)]);
            let dataset = &catalog.datasets["d"];
            if choices(dataset).summed.len() < 2 {
                continue;
            }
            let simple = Simple::of(Calc::Ratio {
                above: ColumnId::new("a").unwrap(),
                below: ColumnId::new("b").unwrap(),
            });
            for unit in units_of(&simple, dataset) {
                let indicator = measured(&simple.to_text(), unit.symbol());
                let files = [
                    ("datasets/d.toml", &*text),
                    ("indicators/i.toml", &indicator),
                ];
                let loaded = common::loaded(&files);
                assert!(loaded.catalog.is_some(), "{above} / {below}: {unit}");
            }
        }
    }
}

#[test]
fn units_time_and_digits_follow_from_what_is_counted() {
    let text = common::dataset("annee", COLUMNS);
    let catalog = common::catalog(&[("datasets/parc.toml", &text)]);
    let dataset = &catalog.datasets["parc"];
    let column = |id: &str| ColumnId::new(id).unwrap();
    let ratio = |above: &str, below: &str| {
        Simple::of(Calc::Ratio {
            above: column(above),
            below: column(below),
        })
    };
    let told = |simple: &Simple| {
        let unit = unit_of(simple, dataset)?;
        let over_time = over_time_of(simple, dataset);
        Some((unit.symbol(), over_time, decimals_of(simple, unit)))
    };
    let sum = |id: &str| Simple::of(Calc::Sum { column: column(id) });
    assert_eq!(told(&sum("depense")), Some(("€", OverTime::Sum, 0)));
    assert_eq!(told(&sum("logements")), Some(("nombre", OverTime::Last, 0)));
    assert_eq!(
        told(&ratio("vacants", "logements")),
        Some(("%", OverTime::Last, 1))
    );
    assert_eq!(
        told(&ratio("depense", "surface")),
        Some(("€/m²", OverTime::Last, 0))
    );
    assert_eq!(told(&ratio("surface", "depense")), None);
    let bruit = Simple::of(Calc::Mean {
        column: column("bruit"),
    });
    assert_eq!(told(&bruit), Some(("dB", OverTime::Mean, 1)));
}

#[test]
fn amounts_per_inhabitant_are_two_measures_in_a_known_unit() {
    let units = |symbol: &str| {
        let units = per_inhabitant_units(Unit::from_symbol(symbol).unwrap());
        let units = units.into_iter().map(|(per, unit)| (per, unit.symbol()));
        units.collect::<Vec<_>>()
    };
    assert_eq!(units("€"), [(1, "€/hab")]);
    assert_eq!(units("t"), [(1000, "kg/hab")]);
    assert_eq!(units("nombre"), [(1, "par hab"), (1000, "pour 1000 hab")]);
    assert_eq!(units("km"), [(1000, "km/1000 hab")]);
    assert_eq!(units("°C"), []);
    let indicator = |id: &str| IndicatorId::new(id).unwrap();
    let (sum, divided) = per_inhabitant(
        ColumnId::new("tonnage").unwrap(),
        Vec::new(),
        indicator("tonnes"),
        indicator("population"),
        1000,
    );
    assert_eq!(sum.to_text(), "sum(tonnage)");
    let text = "1000 * indicator('tonnes') / indicator('population')";
    assert_eq!(divided.to_text(), text);
}
