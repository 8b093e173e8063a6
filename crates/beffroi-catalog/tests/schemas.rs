//! Datasets over published schemas: what the schema gives, what the declaration changes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Dataset, load, load_files};
use beffroi_model::{Area, Bound, ColumnType, FindingKind, Format, Grain, Point, Rule, normalize};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/base")
}

/// A dataset of the base town, a text of one of its files replaced.
fn changed(id: &str, file: &str, from: &str, to: &str) -> Dataset {
    let mut files = Vec::new();
    for folder in [
        "",
        "datasets",
        "indicators",
        "boards",
        "reports",
        "maps",
        "schemas",
    ] {
        for entry in fs::read_dir(base().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(base()).unwrap().to_owned();
                let mut text = fs::read_to_string(&path).unwrap();
                if name == Path::new(file) {
                    assert!(text.contains(from), "{file} has no {from}");
                    text = text.replace(from, to);
                }
                files.push((name, text.into_bytes()));
            }
        }
    }
    let loaded = load_files(files);
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    let catalog = loaded
        .catalog
        .unwrap_or_else(|| panic!("{}", told.concat()));
    catalog.datasets[id].clone()
}

fn dataset(id: &str) -> Dataset {
    load(&base()).catalog.expect("no error").datasets[id].clone()
}

#[test]
fn every_national_schema_makes_a_dataset_by_itself() {
    for name in beffroi_table_schema::names() {
        let schema = format!("\"{name}\"");
        let file = "datasets/lampadaires.toml";
        let dataset = changed("lampadaires", file, "\"lampadaires.json\"", &schema);
        let published = beffroi_table_schema::named(name).unwrap();
        let (columns, asked) = (&dataset.schema.columns, &published.schema.columns);
        assert_eq!(columns.len(), asked.len(), "{name}");
        for (column, asked) in columns.iter().zip(asked) {
            assert_eq!(column.id, asked.id, "{name}");
            assert_eq!(column.kind, asked.kind, "{name}");
            assert_eq!(column.headers[0], asked.headers[0], "{name}");
            assert_eq!(column.constraints, asked.constraints, "{name}");
        }
        assert_eq!(dataset.schema.rules, published.schema.rules, "{name}");
        assert_eq!(dataset.schema.remarks, published.schema.remarks, "{name}");
        assert_eq!(dataset.columns.len(), asked.len(), "{name}");
    }
}

#[test]
fn a_schema_of_the_town_gives_titles_and_meanings_too() {
    let dataset = dataset("lampadaires");
    let follows = dataset.follows.expect("a schema");
    assert_eq!(
        (follows.title.as_str(), follows.version.as_str()),
        ("Lampadaires", "1.0.0")
    );
    let pose = &dataset.columns["date_de_pose"];
    assert_eq!(pose.title.fr, "Date de pose");
    assert_eq!(pose.description.fr, "Voir la notice.");
    let column = dataset.schema.column("date_de_pose").expect("a column");
    assert_eq!(column.kind, ColumnType::Date { grain: Grain::Day });
    assert!(dataset.schema.keys[0].primary);
}

#[test]
fn what_is_declared_of_a_column_takes_the_place_of_what_the_schema_says() {
    let dataset = dataset("subventions");
    let ids: Vec<&str> = (dataset.schema.columns.iter())
        .map(|column| column.id.as_str())
        .collect();
    assert_eq!(
        ids[3], "reference",
        "the id declared, at the place of the schema"
    );
    assert_eq!(
        &ids[16..],
        ["verse", "reste", "theme", "contact", "quartier"]
    );
    let column = |id: &str| dataset.schema.column(id).expect("a column");

    let reference = column("reference");
    assert_eq!(reference.headers[0], "referenceDecision");
    assert_eq!(reference.headers.last().unwrap(), "reference");
    assert_eq!(dataset.columns["reference"].title.fr, "Référence");
    assert!(
        reference.constraints.written.is_some(),
        "the rest is the schema's"
    );
    assert!(reference.constraints.filled);

    let amount = column("montant");
    assert_eq!(amount.kind, ColumnType::Decimal { scale: 2 });
    assert_eq!(
        amount.constraints.written, None,
        "its way of writing goes with its type"
    );
    assert!(amount.constraints.filled, "asked by the schema");
    let bound = |value: &str| {
        Some(Bound {
            value: value.to_owned(),
            excluded: false,
        })
    };
    assert_eq!(amount.constraints.minimum, bound("0.01"));
    assert_eq!(amount.constraints.maximum, bound("10000000"));
    let day = column("dateconvention");
    assert!(day.required, "the time column always is");
    assert_eq!(day.constraints.minimum, bound("2000-01-01"));
    assert!(column("conditionsversement").constraints.is_empty());
    assert_eq!(column("contact").constraints.formats, [Format::Email]);

    let key: Vec<&str> = (dataset.schema.keys[0].columns.iter())
        .map(|id| id.as_str())
        .collect();
    assert_eq!(key, ["reference", "idbeneficiaire"]);
    let reference = &dataset.schema.foreign_keys[0];
    assert_eq!(reference.dataset.as_ref().unwrap().as_str(), "trajets");
    assert_eq!(
        dataset.schema.rules.len(),
        5,
        "one of the schema, four declared"
    );
}

#[test]
fn rules_of_the_schema_follow_the_ids_that_are_declared() {
    let file = "datasets/subventions.toml";
    let own = "[columns.quartier]";
    let siret = "[columns.siret]\nheaders = [\"idBeneficiaire\"]\n\n[columns.quartier]";
    let of_rule = |dataset: &Dataset| {
        let mut rules = dataset.schema.rules.iter();
        let rule = rules.find(|rule| matches!(rule, Rule::OneOf { .. }));
        let rule = rule.expect("a rule").columns();
        rule.map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        of_rule(&dataset("subventions")),
        ["idbeneficiaire", "rnabeneficiaire"]
    );
    let key = "key = [\"reference\", \"idbeneficiaire\"]\n";
    let without_key = fs::read_to_string(base().join(file))
        .unwrap()
        .replace(key, "");
    let whole = fs::read_to_string(base().join(file)).unwrap();
    let renamed = without_key.replace(own, siret);
    let dataset = changed("subventions", file, &whole, &renamed);
    assert_eq!(of_rule(&dataset), ["siret", "rnabeneficiaire"]);

    // Of a personal column nothing is kept: what is asked of it is said to be left out.
    let hidden = without_key.replace(
        own,
        "[columns.idbeneficiaire]\npersonal = true\n\n[columns.quartier]",
    );
    let dataset = changed("subventions", file, &whole, &hidden);
    assert_eq!(
        of_rule(&dataset),
        ["verse", "reste"],
        "only the declared one"
    );
    let remark = dataset.schema.remarks.last().expect("a remark");
    assert_eq!(remark.kind, FindingKind::CheckLeftOut);
    assert_eq!(remark.value, "idbeneficiaire, rnabeneficiaire");
}

#[test]
fn a_header_in_the_wild_goes_to_the_column_that_declares_it() {
    let known_as = |dataset: &Dataset, id: &str| {
        let column = dataset.schema.column(id).expect("a column");
        column.headers.iter().any(|it| normalize(it) == "n_siret")
    };
    let dataset = dataset("subventions");
    assert!(known_as(&dataset, "idattribuant") && known_as(&dataset, "idbeneficiaire"));
    let dataset = changed(
        "subventions",
        "datasets/subventions.toml",
        "[columns.quartier]",
        "[columns.idbeneficiaire]\nheaders = [\"N° SIRET\"]\n\n[columns.quartier]",
    );
    assert!(!known_as(&dataset, "idattribuant") && known_as(&dataset, "idbeneficiaire"));
}

#[test]
fn points_are_held_to_the_area_declared_else_to_the_contours() {
    let area = |dataset: &Dataset| -> Area {
        let rules = dataset.schema.rules.iter();
        let mut areas = rules.filter_map(|rule| match rule {
            Rule::Inside { area, .. } => Some(area.clone()),
            _ => None,
        });
        areas.next().expect("an area")
    };
    let declared = dataset("bancs");
    assert_eq!(
        area(&declared),
        Area {
            name: "Valmont".to_owned(),
            west: 8_600_000,
            east: 8_800_000,
            south: 41_850_000,
            north: 42_000_000,
        }
    );
    let points: Vec<&Point> = (declared.schema.rules.iter())
        .filter_map(|rule| match rule {
            Rule::Inside { point, .. } => Some(point),
            _ => None,
        })
        .collect();
    assert!(matches!(points[0], Point::LatitudeFirst(id) if id.as_str() == "entree"));
    assert!(matches!(points[1], Point::Pair { .. }));

    let town = fs::read_to_string(base().join("town.toml")).unwrap();
    let (without, _) = town.split_once("[area]").unwrap();
    let contours = area(&changed("bancs", "town.toml", &town, without));
    let map = fs::read_to_string(base().join("maps/quartiers.geojson")).unwrap();
    assert!(
        contours.west < contours.east && contours.south < contours.north,
        "{map}"
    );
    assert_ne!(contours, area(&declared));
}

#[test]
fn checksums_follow_what_is_checked() {
    let differs = |id: &str, file: &str, from: &str, to: &str| {
        changed(id, file, from, to).checksum != dataset(id).checksum
    };
    let file = "datasets/subventions.toml";
    assert!(differs("subventions", file, "0.01", "0.02"));
    assert!(differs("subventions", file, "\"<=\"", "\"<\""));
    assert!(differs("subventions", file, "\"depart\"", "\"compte\""));
    assert!(!differs(
        "subventions",
        file,
        "\"Référence\"",
        "\"Décision\""
    ));
    let schema = "schemas/lampadaires.json";
    assert!(differs(
        "lampadaires",
        schema,
        "\"minimum\": 0",
        "\"minimum\": 1"
    ));
    assert!(!differs("lampadaires", schema, "notice]", "note]"));
    assert!(differs("bancs", "town.toml", "west = 8.6", "west = 8.5"));
    assert!(!differs(
        "subventions",
        "town.toml",
        "west = 8.6",
        "west = 8.5"
    ));
}
