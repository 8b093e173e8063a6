//! `beffroi preview`: what would come of a file, before anything is kept of it.

use crate::{
    cli::Folders,
    correct::settings,
    corrections::Corrections,
    failure::{Failure, found, print, refused, say},
    given, import, town,
    under_way::UnderWay,
    versions,
};
use beffroi_intake::{Context, Declared, Input, Preview, preview};
use beffroi_model::{ColumnType, Grain};
use beffroi_text::{Lang, decimal, decision};
use beffroi_warehouse::Warehouse;
use chrono::{DateTime, Local};
use std::path::Path;

/// Rows shown.
const SHOWN: usize = 10;

/// `beffroi preview`.
pub fn run(folders: &Folders, file: &Path, name: Option<&str>, json: bool) -> Result<(), Failure> {
    given::readable(file)?;
    let title = file
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let catalog = name.map(|_| town::catalog(&folders.content)).transpose()?;
    let dataset = match (&catalog, name) {
        (Some(catalog), Some(name)) => Some(versions::dataset(catalog, name)?),
        _ => None,
    };
    let correction = match dataset {
        Some(dataset) => Corrections::load(&folders.state, &dataset.id)
            .map_err(Failure::machine)?
            .of(&title),
        None => beffroi_intake::Correction::default(),
    };
    // Of a town that has imported nothing there is nothing to refer to.
    let referred = match dataset.filter(|_| folders.state.is_dir()) {
        Some(dataset) => import::referred(&Warehouse::open(&folders.state)?, dataset),
        None => Vec::new(),
    };
    let written = file.metadata().and_then(|it| it.modified()).ok();
    let context = Context {
        delivered_on: written.map(|at| DateTime::<Local>::from(at).date_naive()),
        time: dataset.and_then(|dataset| dataset.time.as_ref()),
        referred: &referred,
    };
    let declared = dataset.map(|dataset| Declared {
        reading: &dataset.reading,
        schema: &dataset.schema,
        context: &context,
    });
    let seen = UnderWay::on_terminal().read(None, &title, |watch| {
        preview(
            Input::on_disk(&title, file).watched(watch),
            declared,
            &correction,
            SHOWN,
        )
    });
    let seen = seen.map_err(|error| Failure::given(refused(&title, &error)))?;
    if json {
        let text = serde_json::to_string_pretty(&seen);
        return print(text.map_err(|error| Failure::machine(error.to_string()))?);
    }
    tell(&seen, name.unwrap_or("JEU"))
}

fn tell(seen: &Preview, dataset: &str) -> Result<(), Failure> {
    for it in &seen.decisions {
        print(decision(Lang::Fr, it))?;
    }
    print(say(
        "preview-rows",
        &[
            ("count", seen.rows_read.to_string()),
            ("rejected", seen.rows_rejected.to_string()),
        ],
    ))?;
    for column in &seen.columns {
        let name = ("name", column.name.clone());
        let count = |count: u64| decimal(Lang::Fr, &count.to_string());
        print(match column.personal {
            true => say("preview-personal", &[name]),
            false => say(
                "preview-column",
                &[
                    name,
                    ("kind", say(type_name(column.kind), &[])),
                    ("values", count(column.values)),
                    ("missing", count(column.missing)),
                    ("secret", count(column.secret)),
                ],
            ),
        })?;
    }
    for row in &seen.rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| start(cell.as_deref().unwrap_or("—")))
            .collect();
        print(format!("  {}", cells.join(" | ")))?;
    }
    for (count, group) in seen.findings.groups() {
        if let Some(first) = group.first() {
            print(found(first, count))?;
        }
    }
    for proposal in &seen.proposals {
        for setting in settings(&proposal.correction) {
            let args = [
                ("dataset", dataset.to_owned()),
                ("correction", format!("\"{setting}\"")),
            ];
            print(say("preview-proposal", &args))?;
        }
    }
    Ok(())
}

/// The start of a cell, as far as it is worth seeing.
fn start(cell: &str) -> String {
    const SEEN: usize = 200;
    match cell.char_indices().nth(SEEN) {
        Some((end, _)) => format!("{}…", cell.get(..end).unwrap_or_default()),
        None => cell.to_owned(),
    }
}

/// The message that names a type.
fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "type-text",
        ColumnType::Code => "type-code",
        ColumnType::Integer => "type-integer",
        ColumnType::Decimal { .. } => "type-decimal",
        ColumnType::Boolean => "type-boolean",
        ColumnType::Date { grain } => match grain {
            Grain::Day => "type-day",
            Grain::Month => "type-month",
            Grain::Quarter => "type-quarter",
            Grain::Year => "type-year",
            Grain::SchoolYear => "type-school-year",
        },
        ColumnType::DateTime => "type-datetime",
    }
}
