//! `beffroi ratios`: the ratios that the law asks of a commune, from its accounts in the TOTEM
//! format, beside those that the documents declare.
//!
//! Nothing is computed here: a town of which nothing is known but its accounts is declared in
//! `accounts/` (three datasets, an indicator for each ratio), the folder is imported into a state
//! that is forgotten, and the indicators are asked. A town can take these declarations over.

use crate::{
    cli::{Folders, RatioFormat},
    failure::{Failure, print, progress},
    import, town,
    under_way::UnderWay,
};
use beffroi_catalog::{Catalog, load_files};
use beffroi_model::{Answer, Cell, Engine, Grain, IndicatorId, Period, PeriodRange, Query, Span};
use beffroi_text::{Lang, with_unit};
use beffroi_warehouse::Warehouse;
use chrono::{Datelike, Local, NaiveDate};
use std::{collections::BTreeSet, path::Path, sync::Arc};

macro_rules! accounts {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!("../accounts/", $path)))),+]
    };
}

const DECLARATIONS: &[(&str, &[u8])] = accounts![
    "town.toml",
    "datasets/emprunts.toml",
    "datasets/informations.toml",
    "datasets/lignes.toml",
    "indicators/capacite_desendettement.toml",
    "indicators/capital.toml",
    "indicators/declare_dette_hab.toml",
    "indicators/declare_dette_rrf.toml",
    "indicators/declare_drf_hab.toml",
    "indicators/declare_equipement_rrf.toml",
    "indicators/declare_equipement_sans_204_hab.toml",
    "indicators/declare_marge_autofinancement.toml",
    "indicators/declare_personnel_drf.toml",
    "indicators/declare_rrf_hab.toml",
    "indicators/declare_taux_epargne_brute.toml",
    "indicators/dette.toml",
    "indicators/dette_hab.toml",
    "indicators/dette_rrf.toml",
    "indicators/drf.toml",
    "indicators/drf_hab.toml",
    "indicators/epargne_brute.toml",
    "indicators/equipement_avec_204.toml",
    "indicators/equipement_avec_204_hab.toml",
    "indicators/equipement_rrf.toml",
    "indicators/equipement_sans_204.toml",
    "indicators/equipement_sans_204_hab.toml",
    "indicators/marge_autofinancement.toml",
    "indicators/personnel.toml",
    "indicators/personnel_drf.toml",
    "indicators/population.toml",
    "indicators/rrf.toml",
    "indicators/rrf_hab.toml",
    "indicators/taux_epargne_brute.toml",
];

/// What is told, in the order of the law.
const RATIOS: [&str; 15] = [
    "population",
    "drf",
    "rrf",
    "epargne_brute",
    "taux_epargne_brute",
    "drf_hab",
    "rrf_hab",
    "equipement_sans_204_hab",
    "equipement_avec_204_hab",
    "dette_hab",
    "personnel_drf",
    "marge_autofinancement",
    "equipement_rrf",
    "dette_rrf",
    "capacite_desendettement",
];

/// The first year of accounts that are looked for.
const SINCE: i32 = 2000;

/// `beffroi ratios`.
pub fn run(accounts: &Path, format: RatioFormat) -> Result<(), Failure> {
    let files = DECLARATIONS.iter();
    let loaded = load_files(
        files
            .map(|(path, bytes)| (path.into(), bytes.to_vec()))
            .collect(),
    );
    let Some(catalog) = loaded.catalog.map(Arc::new) else {
        let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
        return Err(Failure::machine(told.join("\n")));
    };
    let state = tempfile::tempdir().map_err(|error| Failure::machine(error.to_string()))?;
    let folders = Folders {
        content: "accounts".into(),
        data: accounts.to_owned(),
        state: state.path().to_owned(),
    };
    let answers = answers(&folders, &catalog)?;
    let years: BTreeSet<Period> = answers
        .iter()
        .flat_map(|(_, answer)| &answer.rows)
        .filter(|row| row.cell != Cell::Missing)
        .map(|row| row.period)
        .collect();
    if years.is_empty() {
        return Err(Failure::given(format!(
            "Aucun compte administratif ni compte financier n’a été trouvé dans « {} ». Déposez-y \
             les documents budgétaires XML (TOTEM) de la commune.",
            accounts.display()
        )));
    }
    match format {
        RatioFormat::Table => print(table(&catalog, &answers, &years)),
        RatioFormat::Csv => print(csv(&answers, &years).trim_end()),
    }
}

/// Imports the accounts and asks for every indicator, year by year.
fn answers(
    folders: &Folders,
    catalog: &Arc<Catalog>,
) -> Result<Vec<(IndicatorId, Answer)>, Failure> {
    let warehouse = Warehouse::open(&folders.state)?;
    let writer = warehouse.writer()?;
    let order = import::Order {
        data: &folders.data,
        purpose: import::Purpose::Import,
        under_way: &UnderWay::on_terminal(),
        is_told: false,
    };
    let report = import::all(&writer, catalog, order, |_| true);
    for problem in &report.problems {
        progress(problem);
    }
    let engine = town::engine(&warehouse, catalog);
    let year = |year| {
        Period::containing(
            Grain::Year,
            NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default(),
        )
    };
    let span = Span::Periods(PeriodRange::new(year(SINCE), year(Local::now().year())));
    let queries: Vec<Query> = catalog
        .indicators
        .keys()
        .map(|id| Query {
            indicator: id.clone(),
            by: Vec::new(),
            span,
            filters: Vec::new(),
            scope: Default::default(),
        })
        .collect();
    let answers = engine.answer(&queries, None).into_iter();
    let answers = answers.filter_map(Result::ok);
    Ok(answers
        .map(|answer| (answer.indicator.clone(), answer))
        .collect())
}

fn cell(answers: &[(IndicatorId, Answer)], id: &str, year: Period) -> Cell {
    let answer = answers.iter().find(|(known, _)| known.as_str() == id);
    let mut rows = answer.into_iter().flat_map(|(_, answer)| &answer.rows);
    rows.find(|row| row.period == year)
        .map_or(Cell::Missing, |row| row.cell)
}

fn declared(answers: &[(IndicatorId, Answer)], id: &str, year: Period) -> Option<f64> {
    match cell(answers, &format!("declare_{id}"), year) {
        Cell::Value(value) => Some(value),
        _ => None,
    }
}

/// A line for each ratio, a column for each year; what the document declares in brackets.
fn table(catalog: &Catalog, answers: &[(IndicatorId, Answer)], years: &BTreeSet<Period>) -> String {
    let mut lines = vec![
        std::iter::once("Calculé (déclaré)".to_owned())
            .chain(years.iter().map(ToString::to_string))
            .collect::<Vec<_>>(),
    ];
    for indicator in RATIOS.iter().filter_map(|id| catalog.indicators.get(*id)) {
        let cells = years.iter().map(|year| {
            let computed = match cell(answers, indicator.id.as_str(), *year) {
                Cell::Value(value) => {
                    let shown = with_unit(Lang::Fr, value, indicator.unit, indicator.decimals);
                    format!("{}{}", shown.number, shown.unit)
                }
                Cell::NotApplicable => "sans objet".to_owned(),
                _ => "—".to_owned(),
            };
            match declared(answers, indicator.id.as_str(), *year) {
                Some(value) => {
                    let shown = beffroi_text::decimal(Lang::Fr, &value.to_string());
                    format!("{computed} ({shown})")
                }
                None => computed,
            }
        });
        lines.push(
            std::iter::once(indicator.title.fr.clone())
                .chain(cells)
                .collect(),
        );
    }
    let widths: Vec<usize> = (0..=years.len())
        .map(|place| {
            let cells = lines.iter().filter_map(|line| line.get(place));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &Vec<String>| {
        let padded = cells.iter().zip(&widths).enumerate();
        let padded = padded.map(|(place, (cell, &width))| match place {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        padded.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `exercice,ratio,calcule,declare`.
fn csv(answers: &[(IndicatorId, Answer)], years: &BTreeSet<Period>) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = out.write_record(["exercice", "ratio", "calcule", "declare"]);
    for year in years {
        for id in RATIOS {
            let computed = match cell(answers, id, *year) {
                Cell::Value(value) => format!("{value:.2}"),
                Cell::NotApplicable => "so".to_owned(),
                _ => String::new(),
            };
            let declared = declared(answers, id, *year);
            let declared = declared.map(|value| value.to_string()).unwrap_or_default();
            let _ = out.write_record([&year.to_string(), id, &computed, &declared]);
        }
    }
    String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
}
