//! `beffroi versions`: the history of a dataset, and the way back.

use crate::{
    changes,
    cli::Folders,
    failure::{Failure, print, progress, say},
    import::{self, KEEP, Order},
    town,
    under_way::UnderWay,
};
use beffroi_catalog::{Catalog, Dataset, Source};
use beffroi_model::{DatasetId, Version};
use beffroi_text::{Lang, date_short, decimal, time_of_day};
use beffroi_warehouse::Warehouse;
use chrono::{Local, Utc};

/// `beffroi versions`.
pub fn list(folders: &Folders, name: &str) -> Result<(), Failure> {
    let catalog = town::catalog(&folders.content)?;
    let dataset = dataset(&catalog, name)?;
    let warehouse = Warehouse::open(&folders.state)?;
    let numbers = warehouse.numbers(&dataset.id)?;
    if numbers.is_empty() {
        return print(say("versions-none", &[("dataset", name.to_owned())]));
    }
    let current = warehouse
        .current(&dataset.id)?
        .map(|version| version.number);
    for number in numbers.into_iter().rev() {
        match warehouse.version(&dataset.id, number) {
            Ok(version) => print(line(&version, current == Some(number)))?,
            Err(_) => print(say("versions-damaged", &[("number", number.to_string())]))?,
        }
    }
    print(say("versions-kept", &[("count", KEEP.to_string())]))
}

/// `beffroi versions --restore`.
pub fn restore(folders: &Folders, name: &str, number: u32) -> Result<(), Failure> {
    let catalog = town::catalog(&folders.content)?;
    let dataset = dataset(&catalog, name)?;
    if matches!(
        dataset.source,
        Source::Replay { .. } | Source::Url { every: Some(_), .. }
    ) {
        return Err(Failure::given(say(
            "restore-live",
            &[("dataset", name.to_owned())],
        )));
    }
    let warehouse = Warehouse::open(&folders.state)?;
    let writer = import::patient_writer(&warehouse)?;
    let current = warehouse.current(&dataset.id)?;
    let args = [("dataset", name.to_owned()), ("number", number.to_string())];
    if !warehouse.numbers(&dataset.id)?.contains(&number) {
        return Err(Failure::given(say("restore-unknown", &args)));
    }
    if current
        .as_ref()
        .is_some_and(|current| current.number == number)
    {
        return print(say("restore-current", &args));
    }
    let version = writer.restore(&dataset.id, number, Utc::now())?;
    if let Some(changes) = &version.changes {
        for line in changes::lines(dataset, changes) {
            progress(format!("    {line}"));
        }
    }
    // Its files are read as they are declared and corrected today, not as they were then.
    let under_way = UnderWay::on_terminal();
    let order = Order::kept(&folders.data, &under_way);
    import::one(&writer, dataset, order).map_err(Failure::given)?;
    import::sweep(&writer, &dataset.id, KEEP);
    print(say("restore-done", &args))?;
    match current {
        Some(current) => print(say(
            "restore-undo",
            &[
                ("dataset", name.to_owned()),
                ("number", current.number.to_string()),
            ],
        )),
        None => Ok(()),
    }
}

/// The dataset of that name, or a failure that names the nearest one.
pub fn dataset<'c>(catalog: &'c Catalog, name: &str) -> Result<&'c Dataset, Failure> {
    catalog.datasets.get(name).ok_or_else(|| {
        let known = catalog.datasets.keys().map(DatasetId::as_str);
        let hint = beffroi_model::nearest(name, known)
            .map(|near| format!(" Vouliez-vous dire « {near} » ?"))
            .unwrap_or_default();
        Failure::usage(format!("Aucun jeu de données « {name} ».{hint}"))
    })
}

/// A version in a line: number, instant, rows, findings, files.
fn line(version: &Version, is_current: bool) -> String {
    let at = version.imported_at.with_timezone(&Local).naive_local();
    let files: Vec<&str> = version.sources.iter().map(|it| it.name.as_str()).collect();
    let marks = [
        is_current.then(|| say("versions-current", &[])),
        version
            .restores
            .map(|number| say("versions-restores", &[("number", number.to_string())])),
    ];
    let marks: Vec<String> = marks.into_iter().flatten().collect();
    let text = say(
        "versions-line",
        &[
            ("number", version.number.to_string()),
            ("day", date_short(at.date())),
            ("time", time_of_day(Lang::Fr, at)),
            ("rows", decimal(Lang::Fr, &version.rows.to_string())),
            ("findings", version.findings.total().to_string()),
            ("files", files.join(", ")),
        ],
    );
    match marks.is_empty() {
        true => text,
        false => format!("{text} [{}]", marks.join(", ")),
    }
}
