//! `beffroi quality`: what datasets are worth, criterion by criterion.

use crate::{
    cli::Folders,
    failure::{Failure, print, progress, say, warehouse_message},
    town, versions,
};
use beffroi_catalog::{Catalog, Dataset};
use beffroi_model::Version;
use beffroi_quality::{Family, Moment, Quality, quality, sentence, words};
use beffroi_text::Lang;
use beffroi_warehouse::Warehouse;
use chrono::Utc;

/// `beffroi quality`.
pub fn run(folders: &Folders, name: Option<&str>) -> Result<(), Failure> {
    let catalog = town::catalog(&folders.content)?;
    let dataset = name
        .map(|name| versions::dataset(&catalog, name))
        .transpose()?;
    let warehouse = Warehouse::open(&folders.state)?;
    let (versions, errors) = town::versions(&warehouse, &catalog);
    for (id, error) in &errors {
        progress(format!("{id} : {}", warehouse_message(error)));
    }
    let moment = Moment {
        today: town::today(&catalog),
        now: Utc::now(),
        // Only `serve` reads live sources: the version tells of the last reading that it keeps.
        last_reading: None,
    };
    let judge = |dataset: &Dataset| {
        let version: Option<&Version> = versions.get(&dataset.id).map(AsRef::as_ref);
        quality(dataset, version, moment)
    };
    match dataset {
        Some(dataset) => one(dataset, &judge(dataset)),
        None => all(&catalog, judge),
    }
}

/// Every dataset in a line, with the marks of its families of criteria.
fn all(catalog: &Catalog, judge: impl Fn(&Dataset) -> Quality) -> Result<(), Failure> {
    let mut head = vec![say("catalogue-dataset", &[]), say("quality-title", &[])];
    head.extend(Family::ALL.map(|family| say(&format!("quality-{}", family.as_str()), &[])));
    let rows = catalog.datasets.values().map(|dataset| {
        let quality = judge(dataset);
        let mut row = vec![dataset.id.to_string(), quality.total().to_string()];
        row.extend(Family::ALL.map(|family| mark(quality.of(family))));
        row
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    for line in table(&rows) {
        print(line)?;
    }
    print(format!("\n{}", say("quality-rule", &[])))
}

/// One dataset: a sentence, and each criterion with its figures.
fn one(dataset: &Dataset, quality: &Quality) -> Result<(), Failure> {
    let worth = sentence(Lang::Fr, quality);
    print(format!("{} : {worth}\n", dataset.title.fr))?;
    let mut rows = vec![
        ["quality-criterion", "quality-mark", "quality-weight"]
            .map(|id| say(id, &[]))
            .into(),
    ];
    let mut told = vec![Vec::new()];
    for family in Family::ALL {
        let name = say(&format!("quality-{}", family.as_str()), &[]);
        rows.push(vec![name, mark(quality.of(family)), String::new()]);
        told.push(Vec::new());
        for judged in quality.family(family) {
            let words = words(Lang::Fr, dataset, judged);
            let weight = judged.mark().map(|_| judged.criterion.weight().to_string());
            rows.push(vec![
                format!("  {}", words.name),
                mark(judged.mark()),
                weight.unwrap_or_default(),
            ]);
            told.push(std::iter::once(words.figures).chain(words.raise).collect());
        }
    }
    for (line, below) in table(&rows).into_iter().zip(told) {
        print(line)?;
        for text in below {
            print(format!("      {text}"))?;
        }
    }
    print(format!("\n{}", say("quality-rule", &[])))
}

fn mark(mark: Option<u8>) -> String {
    match mark {
        Some(mark) => mark.to_string(),
        None => say("quality-left-out", &[]),
    }
}

/// Columns of text: the first to the left, the others to the right.
fn table(rows: &[Vec<String>]) -> Vec<String> {
    let width = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(place, (cell, &width))| match place {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        let line: Vec<String> = cells.collect();
        line.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
