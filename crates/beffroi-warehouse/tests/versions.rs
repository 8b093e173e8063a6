//! Versions: what is kept, what replaces what, what a fault leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use beffroi_model::{
    Batch, CellState, Changes, Column, ColumnData, ColumnId, ColumnSpec, ColumnType, DatasetId,
    Findings, Grain, Original, OriginalForm, Schema, SourceFile, TextColumn, Version,
};
use beffroi_warehouse::{Import, ImportMeta, Mode, Warehouse, WarehouseError, Writer};
use chrono::{NaiveDate, Utc};
use std::{fs, path::Path};

fn id(text: &str) -> ColumnId {
    ColumnId::new(text).unwrap()
}

fn dataset() -> DatasetId {
    DatasetId::new("trips").unwrap()
}

fn column(name: &str, kind: ColumnType) -> ColumnSpec {
    ColumnSpec {
        personal: name == "user",
        ..ColumnSpec::new(id(name), kind)
    }
}

fn schema() -> Schema {
    Schema::of(vec![
        column(
            "month",
            ColumnType::Date {
                grain: Grain::Month,
            },
        ),
        column("station", ColumnType::Text),
        column("trips", ColumnType::Integer),
        column("user", ColumnType::Text),
    ])
}

/// Rows of (month, station, trips).
fn batch(rows: &[(&str, &str, i64)]) -> Batch {
    let days = rows
        .iter()
        .map(|(month, _, _)| Some(month.parse::<NaiveDate>().unwrap().to_epoch_days()))
        .collect();
    let stations: TextColumn = rows.iter().map(|(_, station, _)| Some(*station)).collect();
    let trips = rows.iter().map(|(_, _, trips)| Some(*trips)).collect();
    let column = |name: &str, data| Column {
        id: id(name),
        data,
        states: None,
    };
    Batch {
        columns: vec![
            column("month", ColumnData::Date(days)),
            column("station", ColumnData::Text(stations)),
            column("trips", ColumnData::Integer(trips)),
        ],
    }
}

fn source(name: &str, rows: u64) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        sha256: format!("sha of {name}"),
        bytes: 1,
        modified: Utc::now(),
        extracted_on: NaiveDate::from_ymd_opt(2026, 6, 2).unwrap(),
        rows_read: rows,
        rows_rejected: 0,
        rows_incomplete: 0,
        original: None,
    }
}

fn meta() -> ImportMeta {
    ImportMeta {
        declaration: "d".to_owned(),
        decisions: Vec::new(),
        findings: Findings::default(),
        rejects: None,
        all_findings: None,
        previous: None,
        now: Utc::now(),
    }
}

fn import(writer: &Writer, mode: Mode, name: &str, rows: &[(&str, &str, i64)]) -> Version {
    let base = writer.warehouse().current(&dataset()).unwrap();
    let time = id("month");
    let mut import = Import::begin(
        writer,
        &dataset(),
        &schema(),
        Some(&time),
        mode,
        base.as_ref(),
    )
    .unwrap();
    import.rows(batch(rows)).unwrap();
    import.end_file(source(name, rows.len() as u64)).unwrap();
    import.commit(meta()).unwrap()
}

#[test]
fn rows_of_a_version_are_handed_on_by_column_whatever_part_they_are_in() {
    let state = tempfile::tempdir().unwrap();
    let warehouse = Warehouse::open(state.path()).unwrap();
    let writer = warehouse.writer().unwrap();
    import(&writer, Mode::Append, "a.csv", &[("2026-01-01", "Gare", 3)]);
    let version = import(
        &writer,
        Mode::Append,
        "b.csv",
        &[("2026-02-01", "Halle", 5)],
    );
    let columns = [id("trips"), id("month"), id("gone")];
    let mut rows = Vec::new();
    warehouse
        .rows(&version, &columns, |batch| {
            for row in 0..batch.len() {
                let cells = batch.columns.iter();
                let cells = cells.map(|it| it.data.exported(row).unwrap_or_default());
                rows.push(cells.collect::<Vec<_>>().join(" "));
            }
        })
        .unwrap();
    assert_eq!(rows, ["3 2026-01-01", "5 2026-02-01"]);
}

fn files(warehouse: &Warehouse) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(warehouse.folder(&dataset()))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn open(path: &Path) -> Warehouse {
    Warehouse::open(path).unwrap()
}

#[test]
fn march_alone_keeps_january_and_february() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    let winter = [("2025-01-01", "a", 1), ("2025-02-01", "a", 2)];
    import(&writer, Mode::ByPeriod, "winter", &winter);
    let version = import(&writer, Mode::ByPeriod, "march", &[("2025-03-01", "a", 3)]);
    assert_eq!(version.rows, 3);
    // A corrected March replaces March alone, even where it stands with others in one part.
    let both = [("2025-02-01", "a", 20), ("2025-03-01", "a", 30)];
    let version = import(&writer, Mode::ByPeriod, "corrected", &both);
    assert_eq!(version.rows, 3);
    let trips: Vec<&str> = version
        .preview
        .rows
        .iter()
        .map(|row| row[2].as_str())
        .collect();
    assert_eq!(trips, ["1", "20", "30"]);
    assert_eq!(version.sources.len(), 3);
}

#[test]
fn replace_leaves_only_the_new_rows_and_append_adds() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    import(&writer, Mode::Replace, "one", &[("2025-01-01", "a", 1)]);
    let version = import(&writer, Mode::Replace, "two", &[("2025-02-01", "b", 2)]);
    assert_eq!(
        (version.number, version.rows, version.sources.len()),
        (2, 1, 1)
    );
    let version = import(&writer, Mode::Append, "three", &[("2025-02-01", "b", 3)]);
    assert_eq!((version.number, version.rows), (3, 2));
    let station = version
        .columns
        .iter()
        .find(|column| column.id.as_str() == "station")
        .unwrap();
    assert_eq!(station.values, 2);
}

#[test]
fn many_small_parts_become_one() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    let mut version = import(&writer, Mode::Feed, "feed", &[("2025-01-01", "a", 1)]);
    for _ in 0..40 {
        version = import(&writer, Mode::Feed, "feed", &[("2025-01-01", "a", 1)]);
    }
    assert_eq!(version.rows, 41);
    assert!(version.parts.len() <= 32, "{}", version.parts.len());
}

/// Imports a file extracted on a day of June 2026.
fn deliver(
    writer: &Writer,
    mode: Mode,
    name: &str,
    day: u32,
    rows: &[(&str, &str, i64)],
) -> Version {
    let base = writer.warehouse().current(&dataset()).unwrap();
    let time = id("month");
    let mut import = Import::begin(
        writer,
        &dataset(),
        &schema(),
        Some(&time),
        mode,
        base.as_ref(),
    )
    .unwrap();
    import.rows(batch(rows)).unwrap();
    let mut source = source(name, rows.len() as u64);
    source.extracted_on = NaiveDate::from_ymd_opt(2026, 6, day).unwrap();
    source.sha256 = format!("{name} {rows:?}");
    import.end_file(source).unwrap();
    import.commit(meta()).unwrap()
}

/// The months and trips of a version, in order.
fn trips(version: &Version) -> Vec<(String, String)> {
    let rows = version.preview.rows.iter();
    let mut trips: Vec<_> = rows.map(|row| (row[0].clone(), row[2].clone())).collect();
    trips.sort();
    trips
}

fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(month, trips)| ((*month).to_owned(), (*trips).to_owned()))
        .collect()
}

#[test]
fn files_are_never_merged_so_that_each_can_be_delivered_again() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    for file in 0..40 {
        import(
            &writer,
            Mode::Append,
            &format!("{file}"),
            &[("2025-01-01", "a", 1)],
        );
    }
    let again = [("2025-01-01", "a", 5), ("2025-01-01", "b", 6)];
    let version = deliver(&writer, Mode::Append, "3", 3, &again);
    assert_eq!((version.rows, version.sources.len()), (41, 40));
}

#[test]
fn a_file_delivered_again_under_its_name_takes_its_former_rows_away() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    deliver(&writer, Mode::Append, "a", 1, &[("2025-01-01", "a", 1)]);
    deliver(&writer, Mode::Append, "b", 2, &[("2025-02-01", "a", 2)]);
    let version = deliver(&writer, Mode::Append, "a", 1, &[("2025-01-01", "a", 10)]);
    assert_eq!(
        trips(&version),
        pairs(&[("2025-01-01", "10"), ("2025-02-01", "2")])
    );
    assert_eq!(version.sources.len(), 2);
    // Periods too: the month that the corrected file no longer holds is gone.
    let both = [("2025-03-01", "a", 3), ("2025-04-01", "a", 4)];
    deliver(&writer, Mode::Replace, "c", 3, &[("2024-01-01", "a", 0)]);
    deliver(&writer, Mode::ByPeriod, "d", 4, &both);
    let version = deliver(&writer, Mode::ByPeriod, "d", 4, &[("2025-03-01", "a", 30)]);
    assert_eq!(
        trips(&version),
        pairs(&[("2024-01-01", "0"), ("2025-03-01", "30")])
    );
}

#[test]
fn an_older_file_that_comes_late_does_not_supersede_a_newer_one() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    deliver(
        &writer,
        Mode::ByPeriod,
        "newer",
        9,
        &[("2025-03-01", "a", 3)],
    );
    let late = [("2025-02-01", "a", 2), ("2025-03-01", "a", 99)];
    let version = deliver(&writer, Mode::ByPeriod, "older", 1, &late);
    assert_eq!(
        trips(&version),
        pairs(&[("2025-02-01", "2"), ("2025-03-01", "3")])
    );
    let version = deliver(
        &writer,
        Mode::ByPeriod,
        "oldest",
        1,
        &[("2025-03-01", "a", 98)],
    );
    assert_eq!((version.rows, version.sources.len()), (2, 3));
}

#[test]
fn parts_stay_once_the_manifest_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    let mut import =
        Import::begin(&writer, &dataset(), &schema(), None, Mode::Replace, None).unwrap();
    import.rows(batch(&[("2025-01-01", "a", 1)])).unwrap();
    import.end_file(source("x", 1)).unwrap();
    // As when the disk fails between the rename of the manifest and the return of the commit.
    fs::write(warehouse.folder(&dataset()).join("v000001.json"), "{}").unwrap();
    drop(import);
    assert_eq!(files(&warehouse), ["p-000001-0000.parquet", "v000001.json"]);
}

#[test]
fn a_damaged_manifest_leaves_the_version_before_it_and_a_folder_is_not_swept() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    import(&writer, Mode::Replace, "one", &[("2025-01-01", "a", 1)]);
    let damaged = warehouse.folder(&dataset()).join("v000002.json");
    fs::write(&damaged, "{").unwrap();
    assert_eq!(warehouse.current(&dataset()).unwrap().unwrap().number, 1);
    let version = import(&writer, Mode::Replace, "three", &[("2025-01-01", "a", 3)]);
    assert_eq!(version.number, 3);
    fs::create_dir(warehouse.folder(&dataset()).join("lost+found")).unwrap();
    writer.sweep(&dataset(), 1).unwrap();
    assert_eq!(
        files(&warehouse),
        ["lost+found", "p-000003-0000.parquet", "v000003.json"]
    );
    fs::write(warehouse.folder(&dataset()).join("v000003.json"), "{").unwrap();
    assert!(matches!(
        warehouse.current(&dataset()),
        Err(WarehouseError::Damaged { .. })
    ));
}

#[test]
fn an_import_that_is_dropped_leaves_nothing_and_a_killed_one_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    import(&writer, Mode::Replace, "good", &[("2025-01-01", "a", 1)]);
    let before = files(&warehouse);
    let mut failing =
        Import::begin(&writer, &dataset(), &schema(), None, Mode::Replace, None).unwrap();
    failing.rows(batch(&[("2025-02-01", "b", 2)])).unwrap();
    assert_ne!(files(&warehouse), before);
    drop(failing);
    assert_eq!(files(&warehouse), before);
    // What a kill leaves is no part of any version, and goes with the next sweep.
    fs::write(
        warehouse.folder(&dataset()).join("p-000002-0000.parquet"),
        "half",
    )
    .unwrap();
    assert_eq!(warehouse.current(&dataset()).unwrap().unwrap().number, 1);
    writer.sweep(&dataset(), 10).unwrap();
    assert_eq!(files(&warehouse), before);
}

#[test]
fn a_sweep_keeps_the_newest_versions_whole() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    for number in 1..=5 {
        import(
            &writer,
            Mode::Replace,
            &format!("{number}"),
            &[("2025-01-01", "a", number)],
        );
    }
    writer.sweep(&dataset(), 2).unwrap();
    assert_eq!(warehouse.numbers(&dataset()).unwrap(), [4, 5]);
    for number in [4, 5] {
        let version = warehouse.version(&dataset(), number).unwrap();
        for path in warehouse.part_paths(&version) {
            assert!(path.exists(), "{}", path.display());
        }
    }
}

#[test]
fn one_writer_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let first = warehouse.writer().unwrap();
    assert!(matches!(warehouse.writer(), Err(WarehouseError::Locked(_))));
    drop(first);
    assert!(warehouse.writer().is_ok());
}

#[test]
fn a_folder_of_somebody_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("photos.zip"), "mine").unwrap();
    assert!(matches!(
        Warehouse::open(folder.path()),
        Err(WarehouseError::NotOurs(_))
    ));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    // A first start killed halfway leaves a folder that is still ours to take.
    let halfway = tempfile::tempdir().unwrap();
    fs::write(halfway.path().join("beffroi.tmp"), "").unwrap();
    assert!(Warehouse::open(halfway.path()).is_ok());
    let newer = tempfile::tempdir().unwrap();
    fs::write(newer.path().join("beffroi.json"), r#"{"format":99}"#).unwrap();
    assert!(matches!(
        Warehouse::open(newer.path()),
        Err(WarehouseError::TooNew { .. })
    ));
}

#[test]
fn masks_are_counted_and_personal_columns_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    let mut rows = batch(&[
        ("2025-01-01", "a", 1),
        ("2025-01-01", "b", 2),
        ("2025-01-01", "c", 3),
    ]);
    rows.columns[2] = Column {
        id: id("trips"),
        data: ColumnData::Integer(vec![Some(1), None, None]),
        states: Some(vec![
            CellState::Value,
            CellState::Secret,
            CellState::NotApplicable,
        ]),
    };
    rows.columns.push(Column {
        id: id("user"),
        data: ColumnData::Text([Some("Dupont"); 3].into_iter().collect()),
        states: None,
    });
    let mut import =
        Import::begin(&writer, &dataset(), &schema(), None, Mode::Replace, None).unwrap();
    import.rows(rows).unwrap();
    import.end_file(source("x", 3)).unwrap();
    let version = import.commit(meta()).unwrap();
    let trips = version
        .columns
        .iter()
        .find(|column| column.id.as_str() == "trips")
        .unwrap();
    assert_eq!(
        (
            trips.values,
            trips.missing,
            trips.secret,
            trips.not_applicable
        ),
        (1, 0, 1, 1)
    );
    assert_eq!(version.preview.header, ["month", "station", "trips"]);
    let cells: Vec<&str> = version
        .preview
        .rows
        .iter()
        .map(|row| row[2].as_str())
        .collect();
    assert_eq!(cells, ["1", "s", "so"]);
    for path in warehouse.part_paths(&version) {
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"Dupont"));
    }
}

#[test]
fn a_version_without_rows_keeps_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    let mut import =
        Import::begin(&writer, &dataset(), &schema(), None, Mode::Replace, None).unwrap();
    import.end_file(source("empty", 0)).unwrap();
    let version = import.commit(meta()).unwrap();
    assert_eq!((version.rows, version.columns.len()), (0, 3));
}

/// Imports a file by period and tells what it changes, as (month, rows before, rows after).
fn changes(writer: &Writer, name: &str, day: u32, rows: &[(&str, &str, i64)]) -> Changes {
    let base = writer.warehouse().current(&dataset()).unwrap();
    let time = id("month");
    let mut import = Import::begin(
        writer,
        &dataset(),
        &schema(),
        Some(&time),
        Mode::ByPeriod,
        base.as_ref(),
    )
    .unwrap();
    import.rows(batch(rows)).unwrap();
    let mut source = source(name, rows.len() as u64);
    source.extracted_on = NaiveDate::from_ymd_opt(2026, 6, day).unwrap();
    source.sha256 = format!("{name} {rows:?}");
    import.end_file(source).unwrap();
    let meta = ImportMeta {
        previous: base,
        ..meta()
    };
    import.commit(meta).unwrap().changes.unwrap_or_default()
}

fn periods(changes: &Changes) -> Vec<(String, u64, u64)> {
    let periods = changes.periods.iter();
    periods
        .map(|it| {
            let start = it.start.map(|day| day.format("%Y-%m").to_string());
            (start.unwrap_or_default(), it.before, it.after)
        })
        .collect()
}

#[test]
fn what_a_delivery_changes_is_told_by_period_and_by_total() {
    let folder = tempfile::tempdir().unwrap();
    let writer = open(folder.path()).writer().unwrap();
    let winter = [
        ("2025-01-01", "a", 1),
        ("2025-02-01", "a", 2),
        ("2025-02-01", "b", 3),
    ];
    let first = changes(&writer, "winter", 1, &winter);
    assert_eq!(first, Changes::default(), "nothing was there before");
    let march = changes(&writer, "march", 2, &[("2025-03-01", "a", 4)]);
    assert_eq!(periods(&march), [("2025-03".to_owned(), 0, 1)]);
    assert_eq!((march.rows_before, march.rows_after), (3, 4));
    let total = &march.totals[0];
    assert_eq!(
        (total.before.as_deref(), total.after.as_deref()),
        (Some("6"), Some("10"))
    );
    // February alone is replaced: January, moved to another part, is what it was. The same count
    // and the same total are a change all the same.
    let february = [("2025-02-01", "a", 2), ("2025-02-01", "z", 3)];
    let corrected = changes(&writer, "february", 3, &february);
    assert_eq!(periods(&corrected), [("2025-02".to_owned(), 2, 2)]);
    assert_eq!(corrected.totals, []);
    // In another order the rows are the same.
    let turned = [("2025-02-01", "z", 3), ("2025-02-01", "a", 2)];
    let turned = changes(&writer, "february", 4, &turned);
    assert!(turned.is_empty(), "{turned:?}");
}

#[test]
fn an_older_version_comes_back_as_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    let first = import(&writer, Mode::Replace, "one", &[("2025-01-01", "a", 1)]);
    import(&writer, Mode::Replace, "two", &[("2025-01-01", "a", 2)]);
    let restored = writer.restore(&dataset(), 1, Utc::now()).unwrap();
    assert_eq!((restored.number, restored.restores), (3, Some(1)));
    assert_eq!(
        (&restored.parts, &restored.sources),
        (&first.parts, &first.sources)
    );
    let given_up: Vec<&str> = restored
        .given_up
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    assert_eq!(given_up, ["two"]);
    assert_eq!(warehouse.numbers(&dataset()).unwrap(), [1, 2, 3]);
    // The part stays though the version that made it goes.
    writer.sweep(&dataset(), 1).unwrap();
    let current = warehouse.current(&dataset()).unwrap().unwrap();
    assert!(
        warehouse
            .part_paths(&current)
            .iter()
            .all(|path| path.exists())
    );
    assert!(matches!(
        writer.restore(&dataset(), 2, Utc::now()),
        Err(WarehouseError::Io { .. })
    ));
}

#[test]
fn originals_and_asides_go_with_the_last_version_that_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path());
    let writer = warehouse.writer().unwrap();
    for (number, text) in [(1, "one"), (2, "two"), (3, "two")] {
        let kept = writer.keep(&dataset(), &mut text.as_bytes()).unwrap();
        assert_eq!((kept.bytes, kept.sha256.len()), (3, 64));
        let rejects = format!("rejects/trips/v{number:06}.csv");
        let path = folder.path().join(&rejects);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
        let mut import =
            Import::begin(&writer, &dataset(), &schema(), None, Mode::Replace, None).unwrap();
        let mut source = source("x", 0);
        source.original = Some(Original {
            file: kept.sha256,
            form: OriginalForm::Whole,
        });
        import.end_file(source).unwrap();
        let meta = ImportMeta {
            rejects: Some(rejects),
            ..meta()
        };
        import.commit(meta).unwrap();
    }
    let count = |path: &Path| fs::read_dir(path).unwrap().count();
    let originals = warehouse.originals(&dataset());
    let rejects = folder.path().join("rejects/trips");
    assert_eq!((count(&originals), count(&rejects)), (2, 3));
    writer.sweep(&dataset(), 2).unwrap();
    assert_eq!((count(&originals), count(&rejects)), (1, 2));
    let current = warehouse.current(&dataset()).unwrap().unwrap();
    let path = warehouse.original(&dataset(), &current.sources[0]).unwrap();
    assert_eq!(fs::read(path).unwrap(), b"two");
}

#[test]
fn a_break_with_the_version_before_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = Warehouse::open(folder.path()).unwrap();
    let writer = warehouse.writer().unwrap();
    let months = ["2025-01-01", "2025-02-01", "2025-03-01"];
    let deliver = |factor: i64| -> Version {
        let rows = months.map(|month| (month, "Gare", 120 * factor));
        let (base, mode) = (warehouse.current(&dataset()).unwrap(), Mode::Replace);
        let mut import = Import::begin(&writer, &dataset(), &schema(), None, mode, None).unwrap();
        import.rows(batch(&rows)).unwrap();
        import.end_file(source("a.csv", 3)).unwrap();
        let meta = ImportMeta {
            previous: base,
            ..meta()
        };
        import.commit(meta).unwrap()
    };
    let first = deliver(1000);
    let trips = |version: &Version| {
        version
            .columns
            .iter()
            .find(|it| it.id == id("trips"))
            .cloned()
    };
    let stations = first.columns.iter().find(|it| it.id == id("station"));
    assert_eq!(trips(&first).unwrap().sum.as_deref(), Some("360000"));
    assert_eq!(stations.unwrap().categories, [("Gare".to_owned(), 3)]);
    assert!(first.findings.is_empty());

    let kinds = |version: &Version| -> Vec<&str> {
        let groups = version.findings.groups();
        groups.map(|(_, first)| first[0].kind.as_str()).collect()
    };
    assert_eq!(kinds(&deliver(1)), ["sum-break"]);
    assert_eq!(kinds(&deliver(1)), [""; 0]);
}

/// Every file below a folder, with what it holds.
fn tree(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(tree(&path)),
            false => found.push((path.clone(), fs::read(&path).unwrap())),
        }
    }
    found.sort();
    found
}

#[test]
fn a_warehouse_over_another_goes_on_from_there_and_writes_nothing_beneath() {
    let [beneath, above] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let main = Warehouse::open(beneath.path()).unwrap();
    let rows = [("2026-01-01", "Gare", 3), ("2026-02-01", "Gare", 5)];
    let writer = main.writer().unwrap();
    import(&writer, Mode::ByPeriod, "a.csv", &rows);
    let kept = writer.keep(&dataset(), &mut &b"original"[..]).unwrap();
    let rejects = "rejects/trips/v000002.csv".to_owned();
    fs::create_dir_all(beneath.path().join("rejects/trips")).unwrap();
    fs::write(beneath.path().join(&rejects), "set aside").unwrap();
    let base = main.current(&dataset()).unwrap();
    let (schema, time) = (schema(), id("month"));
    let (mode, base) = (Mode::ByPeriod, base.as_ref());
    let mut next = Import::begin(&writer, &dataset(), &schema, Some(&time), mode, base).unwrap();
    next.rows(batch(&[("2026-02-01", "Halle", 7)])).unwrap();
    next.end_file(SourceFile {
        original: Some(Original {
            file: kept.sha256,
            form: OriginalForm::Whole,
        }),
        ..source("b.csv", 1)
    })
    .unwrap();
    let rejects = Some(rejects);
    next.commit(ImportMeta { rejects, ..meta() }).unwrap();
    drop(writer);
    let before = tree(beneath.path());

    let layer = Warehouse::open(above.path()).unwrap().over(&main);
    let now = |warehouse: &Warehouse| warehouse.current(&dataset()).unwrap();
    assert_eq!(now(&layer), now(&main));
    assert_eq!(layer.own_datasets().unwrap(), []);
    let writer = layer.writer().unwrap();
    let version = import(
        &writer,
        Mode::ByPeriod,
        "c.csv",
        &[("2026-03-01", "Gare", 9)],
    );
    writer.sweep(&dataset(), 1).unwrap();
    assert_eq!(version.number, 3);
    assert_eq!(layer.own_datasets().unwrap(), [dataset()]);
    let mut trips = Vec::new();
    layer
        .rows(&version, &[id("trips")], |batch| {
            if let ColumnData::Integer(values) = &batch.columns[0].data {
                trips.extend(values.iter().flatten().copied());
            }
        })
        .unwrap();
    trips.sort_unstable();
    assert_eq!(trips, [3, 7, 9]);
    let original = layer.original(&dataset(), &version.sources[1]).unwrap();
    assert!(original.starts_with(above.path()));
    assert_eq!(fs::read(original).unwrap(), b"original");
    assert_eq!(main.newest(&dataset()).unwrap(), 2);

    writer.give_back(&dataset()).unwrap();
    assert_eq!(now(&layer), now(&main));
    writer.take_over(&dataset()).unwrap();
    writer.take_over(&dataset()).unwrap();
    assert_eq!(now(&layer), now(&main));
    assert!(layer.folder(&dataset()).starts_with(above.path()));
    assert_eq!(
        fs::read(above.path().join("rejects/trips/v000002.csv")).unwrap(),
        b"set aside"
    );
    assert_eq!(tree(beneath.path()), before);
}

#[test]
fn a_dataset_that_is_not_beneath_begins_above() {
    let [beneath, above] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let main = Warehouse::open(beneath.path()).unwrap();
    let layer = Warehouse::open(above.path()).unwrap().over(&main);
    let writer = layer.writer().unwrap();
    let version = import(&writer, Mode::Append, "a.csv", &[("2026-01-01", "Gare", 3)]);
    assert_eq!(version.number, 1);
    assert_eq!(layer.current(&dataset()).unwrap(), Some(version));
    assert_eq!(main.current(&dataset()).unwrap(), None);
    // Whoever writes beneath is not in the way, nor in anybody's.
    assert!(main.writer().is_ok());
}

#[test]
fn what_was_shown_above_starts_from_what_was_shown_beneath() {
    let [beneath, above] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let main = Warehouse::open(beneath.path()).unwrap();
    let layer = Warehouse::open(above.path()).unwrap().over(&main);
    assert_eq!(layer.shown(&dataset()).unwrap().read().unwrap(), None);
    layer.shown(&dataset()).unwrap().write(b"draft").unwrap();
    let read = || layer.shown(&dataset()).unwrap().read().unwrap();
    assert_eq!(read().as_deref(), Some(&b"draft"[..]));
    assert_eq!(
        fs::read_dir(beneath.path().join("shown")).map_or(0, Iterator::count),
        0
    );

    main.shown(&dataset()).unwrap().write(b"one").unwrap();
    assert_eq!(read().as_deref(), Some(&b"one"[..]));
    layer
        .shown(&dataset())
        .unwrap()
        .write(b"one, draft")
        .unwrap();
    assert_eq!(read().as_deref(), Some(&b"one, draft"[..]));
    let shown = main.shown(&dataset()).unwrap();
    // It is read while somebody holds it beneath.
    shown.write(b"two").unwrap();
    assert_eq!(read().as_deref(), Some(&b"two"[..]));
    assert_eq!(shown.read().unwrap().as_deref(), Some(&b"two"[..]));
    fs::remove_file(beneath.path().join("shown/trips.json")).unwrap();
    let lost = layer.shown(&dataset());
    assert!(matches!(lost, Err(WarehouseError::Damaged { .. })));
}
