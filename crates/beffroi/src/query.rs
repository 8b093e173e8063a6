//! `beffroi query`: the values of an indicator on the terminal or for another program.

use crate::{
    cli::{Folders, QueryFormat},
    failure::{Failure, print},
    town,
};
use beffroi_catalog::{Catalog, Indicator};
use beffroi_model::{
    Answer, Cell, DimensionId, Engine, Filter, IndicatorId, Period, PeriodRange, Query, QueryError,
    Span, nearest,
};
use beffroi_text::{Lang, absence, with_unit};
use beffroi_warehouse::Warehouse;
use std::sync::Arc;

/// What was asked on the command line.
#[derive(Debug)]
pub struct Asked {
    /// The indicator.
    pub indicator: String,
    /// Dimensions.
    pub by: Vec<String>,
    /// A period or `first..last`.
    pub period: Option<String>,
    /// `dimension=value`.
    pub filters: Vec<String>,
    /// How to answer.
    pub format: QueryFormat,
}

/// Years shown when no period is asked.
const YEARS: i32 = 10;

/// `beffroi query`.
pub fn run(folders: &Folders, asked: &Asked) -> Result<(), Failure> {
    let catalog = Arc::new(town::catalog(&folders.content)?);
    let indicator = find(&catalog, &asked.indicator)?;
    let query = understood(&catalog, indicator, asked)?;
    let warehouse = Warehouse::open(&folders.state)?;
    let engine = town::engine(&warehouse, &catalog);
    let mut answer = match engine.answer(std::slice::from_ref(&query), None).pop() {
        Some(Ok(answer)) => answer,
        Some(Err(error)) => return Err(Failure::given(refusal(&error, indicator))),
        None => return Err(Failure::given("Le moteur n’a rien répondu.")),
    };
    if asked.period.is_none() {
        trim(&mut answer);
    }
    match asked.format {
        QueryFormat::Json => {
            let text = serde_json::to_string_pretty(&answer)
                .map_err(|error| Failure::given(error.to_string()))?;
            print(text)
        }
        QueryFormat::Csv => print(csv(&answer).trim_end()),
        QueryFormat::Table => print(table(&catalog, indicator, &answer)),
    }
}

fn find<'a>(catalog: &'a Catalog, name: &str) -> Result<&'a Indicator, Failure> {
    catalog.indicators.get(name).ok_or_else(|| {
        let known = catalog.indicators.keys().map(IndicatorId::as_str);
        let hint = match nearest(name, known.clone()) {
            Some(near) => format!("Vouliez-vous dire « {near} » ?"),
            None => format!(
                "Les indicateurs sont : {}.",
                known.collect::<Vec<_>>().join(", ")
            ),
        };
        Failure::usage(format!("Aucun indicateur « {name} ». {hint}"))
    })
}

fn understood(catalog: &Catalog, indicator: &Indicator, asked: &Asked) -> Result<Query, Failure> {
    let today = town::today(catalog);
    let range = match &asked.period {
        Some(text) => {
            let (first, last) = text.split_once("..").unwrap_or((text, text));
            let read = |text: &str| {
                text.parse::<Period>().map_err(|_| {
                    Failure::usage(format!(
                        "« {text} » n’est pas une période. Écrivez 2025, 2025-03, 2025-T1, \
                         2025-03-21, 2024/2025, ou une suite : 2019..2025."
                    ))
                })
            };
            PeriodRange::new(read(first)?, read(last)?)
        }
        None => {
            let last = Period::containing(indicator.main_grain, today);
            let back = match last.grain() {
                beffroi_model::Grain::Month => 12 * YEARS,
                beffroi_model::Grain::Quarter => 4 * YEARS,
                beffroi_model::Grain::Day => 366,
                _ => YEARS,
            };
            PeriodRange::new(last.step(-back), last)
        }
    };
    let dimension = |name: &str| -> Result<DimensionId, Failure> {
        indicator.dimension(name).cloned().ok_or_else(|| {
            let known: Vec<&str> = indicator
                .dimensions
                .iter()
                .map(DimensionId::as_str)
                .collect();
            let known = match known.as_slice() {
                [] => "il n’a aucun détail".to_owned(),
                known => format!("il se détaille par {}", known.join(", ")),
            };
            Failure::usage(format!(
                "« {} » ne se détaille pas par « {name} » : {known}.",
                indicator.id
            ))
        })
    };
    let mut query = Query::new(indicator.id.clone(), Span::Periods(range));
    for name in &asked.by {
        query.by.push(dimension(name)?);
    }
    for filter in &asked.filters {
        let Some((name, value)) = filter.split_once('=') else {
            return Err(Failure::usage(format!(
                "« {filter} » n’est pas un filtre. Écrivez dimension=valeur, par exemple quartier=gare."
            )));
        };
        let dimension = dimension(name)?;
        match query
            .filters
            .iter_mut()
            .find(|known| known.dimension == dimension)
        {
            Some(known) => known.values.push(value.to_owned()),
            None => query.filters.push(Filter {
                dimension,
                values: vec![value.to_owned()],
            }),
        }
    }
    for filter in &mut query.filters {
        filter.values.sort();
    }
    Ok(query)
}

fn refusal(error: &QueryError, indicator: &Indicator) -> String {
    match error {
        QueryError::NoVersion(dataset) => format!(
            "Rien n’a encore été importé pour « {dataset} ». Lancez d’abord : beffroi import"
        ),
        QueryError::TooFine { .. } => format!(
            "« {} » n’est pas connu à une échelle de temps aussi fine : le plus fin est « {} ».",
            indicator.id,
            indicator.grain.as_str()
        ),
        QueryError::TimedOut => "Le calcul a pris trop de temps.".to_owned(),
        QueryError::UnknownIndicator(id) => format!("Aucun indicateur « {id} »."),
        QueryError::UnknownDimension { dimension, .. } => {
            format!(
                "« {} » ne se détaille pas par « {dimension} ».",
                indicator.id
            )
        }
        QueryError::Internal(reason) => {
            tracing::error!(indicator = %indicator.id, reason, "engine failure");
            format!(
                "« {} » n’a pas pu être calculé : le moteur a rencontré une erreur, que le journal \
                 donne en détail.",
                indicator.id
            )
        }
    }
}

/// Leaves out periods before the first and after the last of which anything is known.
fn trim(answer: &mut Answer) {
    let known = |row: &&beffroi_model::Row| row.coverage.periods > 0 || row.cell != Cell::Missing;
    let first = answer.rows.iter().filter(known).map(|row| row.period).min();
    let last = answer.rows.iter().filter(known).map(|row| row.period).max();
    let (Some(first), Some(last)) = (first, last) else {
        return;
    };
    answer
        .rows
        .retain(|row| first <= row.period && row.period <= last);
}

fn csv(answer: &Answer) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let head = std::iter::once("periode")
        .chain(answer.by.iter().map(DimensionId::as_str))
        .chain(["valeur", "motif", "unite"]);
    // Writing to memory cannot fail.
    let _ = out.write_record(head);
    for row in &answer.rows {
        let (value, reason) = match row.cell {
            Cell::Value(value) => (value.to_string(), ""),
            Cell::Missing => (String::new(), "nd"),
            Cell::NotApplicable => (String::new(), "so"),
            Cell::Secret => (String::new(), "s"),
        };
        let period = row.period.to_string();
        let cells = std::iter::once(period.as_str())
            .chain(row.keys.iter().map(String::as_str))
            .chain([value.as_str(), reason, answer.unit.symbol()]);
        let _ = out.write_record(cells);
    }
    String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn table(catalog: &Catalog, indicator: &Indicator, answer: &Answer) -> String {
    let title = |dimension: &DimensionId| {
        let known = catalog.dimensions.get(dimension);
        known.map_or_else(
            || dimension.to_string(),
            |dimension| dimension.title.fr.clone(),
        )
    };
    let mut lines: Vec<Vec<String>> = vec![
        std::iter::once("Période".to_owned())
            .chain(answer.by.iter().map(title))
            .chain(["Valeur".to_owned(), String::new()])
            .collect(),
    ];
    for row in &answer.rows {
        let value = match row.cell {
            Cell::Value(value) => {
                let shown = with_unit(Lang::Fr, value, indicator.unit, indicator.decimals);
                format!("{}{}", shown.number, shown.unit)
            }
            cell => absence(Lang::Fr, cell.state()).to_owned(),
        };
        let mut notes = Vec::new();
        if !row.coverage.is_complete() {
            notes.push(format!(
                "{} sur {} périodes",
                row.coverage.periods, row.coverage.periods_expected
            ));
        }
        if !row.coverage.is_full() {
            notes.push(format!(
                "{} cellules sur {}",
                row.coverage.cells, row.coverage.cells_expected
            ));
        }
        let keys = row.keys.iter().zip(&answer.by).map(|(key, dimension)| {
            let member = catalog
                .dimensions
                .get(dimension)
                .and_then(|known| known.members.get(key));
            member.map_or_else(|| key.clone(), |member| member.title.fr.clone())
        });
        lines.push(
            std::iter::once(row.period.to_string())
                .chain(keys)
                .chain([value, notes.join(", ")])
                .collect(),
        );
    }
    let mut out = format!("{}\n\n", indicator.title.fr);
    let count = lines.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for line in &lines {
        let mut text = String::new();
        for (place, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // Values are aligned on the right.
            let cell = match place + 2 == count {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            };
            text.push_str(&cell);
            text.push_str("  ");
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    for source in &answer.provenance {
        out.push_str(&format!(
            "\nSource : {} (version {}), {}, extrait le {}",
            source.dataset,
            source.version,
            source.source,
            source.extracted_on.format("%d/%m/%Y"),
        ));
        if let (Some(read), Some(rejected)) = (source.rows_read, source.rows_rejected) {
            out.push_str(&format!(", {read} lignes lues, {rejected} écartées"));
        }
    }
    out
}
