//! A small town made by hand.

#![allow(dead_code, reason = "each test file uses its part")]

use crate::table::{self, column};
use beffroi_catalog::{Catalog, Operand};
use beffroi_engine::RollupEngine;
use beffroi_model::{
    Answer, Batch, Cell, CellState, DatasetId, DimensionId, Engine, Filter, Period, PeriodRange,
    Query, QueryError, Span,
};
use beffroi_warehouse::Warehouse;
use chrono::NaiveDate;
use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

/// One row of the dataset `visites`.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub month: NaiveDate,
    pub place: &'static str,
    pub kind: &'static str,
    /// In cents.
    pub amount: Result<i64, CellState>,
    pub visitors: Result<i64, CellState>,
}

pub fn row(
    month: &str,
    place: &'static str,
    kind: &'static str,
    cents: i64,
    visitors: i64,
) -> Visit {
    Visit {
        month: format!("{month}-01").parse().unwrap(),
        place,
        kind,
        amount: Ok(cents),
        visitors: Ok(visitors),
    }
}

const TOWN: &str = r#"
name = "Essai"
insee = "00000"
mandate = { from = 2026, to = 2032 }
[departments.d]
title = "Service"
[dimensions.lieu]
title = "Lieu"
[dimensions.lieu.members.sud]
title = "Sud"
[dimensions.lieu.members.nord]
title = "Nord"
[dimensions.lieu.members.ouest]
title = "Ouest"
"#;

const VISITS: &str = r#"
title = "Visites"
row = "une visite"
department = "d"
steward = "x"
licence = "Licence Ouverte 2.0"
frequency = "monthly"
source = "visites.csv"
time = "mois"
[columns.mois]
type = "month"
[columns.lieu]
type = "text"
[columns.genre]
type = "text"
[columns.montant]
type = "decimal"
scale = 2
[columns.visiteurs]
type = "integer"
"#;

const POPULATION: &str = r#"
title = "Population"
row = "un lieu et une année"
department = "d"
steward = "x"
licence = "Licence Ouverte 2.0"
frequency = "yearly"
source = "population.csv"
time = "annee"
[columns.annee]
type = "year"
[columns.lieu]
type = "text"
[columns.habitants]
type = "integer"
"#;

/// Indicators by id: measure and what else is declared.
pub const INDICATORS: &[(&str, &str)] = &[
    (
        "somme",
        "dataset = \"visites\"\nmeasure = \"sum(montant)\"\nunit = \"€\"",
    ),
    (
        "nombre",
        "dataset = \"visites\"\nmeasure = \"count(*)\"\nunit = \"nombre\"",
    ),
    (
        "ratio",
        "dataset = \"visites\"\nmeasure = \"sum(montant) / sum(visiteurs)\"\nunit = \"€\"",
    ),
    (
        "part",
        "dataset = \"visites\"\nmeasure = \"sum(visiteurs) filter (where genre = 'a') / sum(visiteurs)\"\nunit = \"%\"",
    ),
    (
        "stock",
        "dataset = \"visites\"\nmeasure = \"sum(visiteurs)\"\nunit = \"nombre\"\nover_time = \"last\"",
    ),
    (
        "niveau",
        "dataset = \"visites\"\nmeasure = \"sum(visiteurs)\"\nunit = \"nombre\"\nover_time = \"mean\"",
    ),
    (
        "genres",
        "dataset = \"visites\"\nmeasure = \"count(distinct genre)\"\nunit = \"nombre\"",
    ),
    (
        "mediane",
        "dataset = \"visites\"\nmeasure = \"median(montant)\"\nunit = \"€\"",
    ),
    (
        "extremes",
        "dataset = \"visites\"\nmeasure = \"max(montant) - min(montant)\"\nunit = \"€\"",
    ),
    (
        "genres_dernier",
        "dataset = \"visites\"\nmeasure = \"count(distinct genre)\"\nunit = \"nombre\"\nover_time = \"last\"",
    ),
    (
        "produit",
        "dataset = \"visites\"\nmeasure = \"sum(montant * montant)\"\nunit = \"€\"",
    ),
    (
        "nombre_grand",
        "dataset = \"visites\"\nmeasure = \"sum(visiteurs)\"\nunit = \"nombre\"",
    ),
    (
        "cas",
        "dataset = \"visites\"\nmeasure = \"sum(case when genre = 'a' then montant end)\"\nunit = \"€\"",
    ),
    (
        "genre_a",
        "dataset = \"visites\"\nmeasure = \"sum(montant) filter (where genre = 'a')\"\nunit = \"€\"",
    ),
    (
        "nombre_a",
        "dataset = \"visites\"\nmeasure = \"count(*) filter (where genre = 'a')\"\nunit = \"nombre\"",
    ),
    (
        "stricte",
        "dataset = \"visites\"\nmeasure = \"sum(montant)\"\nunit = \"€\"\nmissing = \"refuse\"",
    ),
    (
        "habitants",
        "dataset = \"population\"\nmeasure = \"sum(habitants)\"\nunit = \"nombre\"\nover_time = \"last\"\ndimensions = [\"lieu\"]",
    ),
    (
        "selon_la_methode",
        "dataset = \"visites\"\nmeasure = \"sum(montant)\"\nunit = \"€\"\ndimensions = [\"lieu\", \"genre\"]\n[[formulas]]\nfrom = 2025\nmeasure = \"sum(montant) filter (where genre = 'a')\"\nnote = \"Sans le genre b.\"",
    ),
    (
        "avec_ou_sans",
        "measure = \"indicator('nombre') + coalesce(indicator('habitants'), 0)\"\nunit = \"nombre\"\ndimensions = [\"lieu\"]",
    ),
    (
        "par_habitant",
        "measure = \"indicator('somme') / indicator('habitants')\"\nunit = \"€/hab\"\ndimensions = [\"lieu\"]",
    ),
];

/// A town with its engine; the folder goes with it.
pub struct Town {
    pub folder: tempfile::TempDir,
    pub engine: RollupEngine,
    pub catalog: Arc<Catalog>,
}

pub fn catalog(folder: &Path) -> Arc<Catalog> {
    for kind in ["datasets", "indicators", "boards"] {
        fs::create_dir_all(folder.join(kind)).unwrap();
    }
    fs::write(folder.join("town.toml"), TOWN).unwrap();
    fs::write(folder.join("datasets/visites.toml"), VISITS).unwrap();
    fs::write(folder.join("datasets/population.toml"), POPULATION).unwrap();
    for (id, definition) in INDICATORS {
        let dimensions = if definition.contains("dimensions") {
            ""
        } else {
            "dimensions = [\"lieu\", \"genre\"]"
        };
        let text = format!(
            "title = \"{id}\"\ndescription = \"x\"\nmethod = \"x\"\ndepartment = \"d\"\nowner = \"x\"\n{definition}\n{dimensions}\n"
        );
        fs::write(folder.join(format!("indicators/{id}.toml")), text).unwrap();
    }
    table::catalog(folder)
}

pub fn town(visits: &[Visit], population: &[(i32, &str, i64)]) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog(&folder.path().join("dashboards"));
    let warehouse = Warehouse::open(&folder.path().join("var")).unwrap();
    let text = |text: &str| Ok(Operand::Text(text.to_owned()));
    let number = |scale| {
        move |number: i64| Operand::Exact {
            digits: number.into(),
            scale,
        }
    };
    let visits = visits.iter();
    let visits = Batch {
        columns: vec![
            column(
                "mois",
                "month",
                &visits.clone().map(|v| Ok(Operand::Day(v.month))).collect(),
            ),
            column(
                "lieu",
                "text",
                &visits.clone().map(|v| text(v.place)).collect(),
            ),
            column(
                "genre",
                "text",
                &visits.clone().map(|v| text(v.kind)).collect(),
            ),
            column(
                "montant",
                "decimal2",
                &visits.clone().map(|v| v.amount.map(number(2))).collect(),
            ),
            column(
                "visiteurs",
                "integer",
                &visits.map(|v| v.visitors.map(number(0))).collect(),
            ),
        ],
    };
    let years = population.iter();
    let year = |year: i32| Ok(Operand::Day(Period::year(year).start()));
    let population = Batch {
        columns: vec![
            column(
                "annee",
                "year",
                &years.clone().map(|(it, _, _)| year(*it)).collect(),
            ),
            column(
                "lieu",
                "text",
                &years.clone().map(|(_, place, _)| text(place)).collect(),
            ),
            column(
                "habitants",
                "integer",
                &years.map(|(_, _, it)| Ok(number(0)(*it))).collect(),
            ),
        ],
    };
    let extracted = NaiveDate::from_ymd_opt(2026, 6, 2).unwrap();
    let mut versions = BTreeMap::new();
    for (name, batch) in [("visites", visits), ("population", population)] {
        let dataset = &catalog.datasets[name];
        let version = table::import(&warehouse, dataset, vec![batch], extracted);
        versions.insert(DatasetId::new(name).unwrap(), Arc::new(version));
    }
    let engine = RollupEngine::new(warehouse, Arc::clone(&catalog), Arc::new(versions), None);
    Town {
        folder,
        engine,
        catalog,
    }
}

pub fn query(indicator: &str, period: &str) -> Query {
    let (first, last) = period.split_once("..").unwrap_or((period, period));
    let range = PeriodRange::new(first.parse().unwrap(), last.parse().unwrap());
    Query::new(
        beffroi_model::IndicatorId::new(indicator).unwrap(),
        Span::Periods(range),
    )
}

pub fn dimension(name: &str) -> DimensionId {
    DimensionId::new(name).unwrap()
}

pub fn filter(name: &str, values: &[&str]) -> Filter {
    Filter {
        dimension: dimension(name),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    }
}

impl Town {
    pub fn ask(&self, query: &Query) -> Result<Answer, QueryError> {
        self.engine
            .answer(std::slice::from_ref(query), None)
            .pop()
            .unwrap()
    }

    pub fn cell(&self, indicator: &str, period: &str) -> Cell {
        self.ask(&query(indicator, period)).unwrap().rows[0].cell
    }
}
