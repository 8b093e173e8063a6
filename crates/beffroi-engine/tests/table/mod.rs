//! A small table with the measures asked of it, on every engine.

#![allow(dead_code, reason = "each test file uses its part")]

use beffroi_catalog::{Catalog, Missing, Operand, Row, load, worked_rows};
use beffroi_engine::RollupEngine;
use beffroi_model::{
    Answer, Batch, Cell, CellState, Column, ColumnData, ColumnId, DatasetId, Engine, Findings,
    Period, Query, QueryError, SourceFile, TextColumn,
};
use beffroi_warehouse::{Import, ImportMeta, Mode, Warehouse};
use chrono::{NaiveDate, NaiveDateTime, Utc};
use std::{collections::BTreeMap, fmt::Write, fs, sync::Arc};

/// Columns with their types (`day`, `text`, `integer`, `decimal2`, `boolean`, `datetime`), the
/// first being the time; computed ones; rows of cells as they are written.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub columns: Vec<(String, String)>,
    pub computed: Vec<(String, String)>,
    pub rows: Vec<Vec<String>>,
    /// Declared members by dimension, in their order.
    pub members: Vec<(String, Vec<String>)>,
    /// More of the dataset's declaration: `[secrecy]`.
    pub declared: String,
}

/// A measure, with the lines of its declaration (`over_time = "last"`).
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub id: String,
    pub measure: String,
    pub declared: String,
}

pub struct Engines {
    folder: tempfile::TempDir,
    pub catalog: Arc<Catalog>,
    pub prepared: RollupEngine,
    pub rows_only: RollupEngine,
    pub rows: Vec<Row>,
}

const TOWN: &str = "name = \"Essai\"\ninsee = \"00000\"\nmandate = { from = 2026, to = 2032 }\n[departments.d]\ntitle = \"Service\"\n";

/// A text that is no value: `-` missing, `s` secret, `/` not applicable.
fn state(cell: &str) -> Option<CellState> {
    match cell {
        "-" => Some(CellState::Missing),
        "s" => Some(CellState::Secret),
        "/" => Some(CellState::NotApplicable),
        _ => None,
    }
}

/// A text in quotes may be any.
pub fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.unwrap_or(text)
}

fn scaled(cell: &str, scale: u8) -> i64 {
    let (whole, part) = cell.split_once('.').unwrap_or((cell, ""));
    format!("{whole}{part:0<width$}", width = usize::from(scale))
        .parse()
        .unwrap()
}

/// The scale of a number column.
fn scale(kind: &str) -> Option<u8> {
    match kind.strip_prefix("decimal") {
        Some(digits) => digits.parse().ok(),
        None => (kind == "integer").then_some(0),
    }
}

fn operand(kind: &str, cell: &str) -> Operand {
    match kind {
        "text" => Operand::Text(unquoted(cell).to_owned()),
        "boolean" => Operand::Boolean(cell == "true"),
        "datetime" => Operand::Instant(cell.parse().unwrap()),
        _ => match scale(kind) {
            Some(scale) => Operand::Exact {
                digits: scaled(cell, scale),
                scale,
            },
            None => Operand::Day(cell.parse().unwrap()),
        },
    }
}

fn column(kind: &str, cells: &[Result<Operand, CellState>]) -> ColumnData {
    let value = |cell: &Result<Operand, CellState>| cell.as_ref().ok().cloned();
    let cells: Vec<Option<Operand>> = cells.iter().map(value).collect();
    let digits = |cell: &Option<Operand>| match cell {
        Some(Operand::Exact { digits, .. }) => Some(*digits),
        _ => None,
    };
    match (kind, scale(kind)) {
        ("integer", _) => ColumnData::Integer(cells.iter().map(digits).collect()),
        (_, Some(scale)) => ColumnData::Decimal {
            scale,
            values: cells
                .iter()
                .map(|cell| digits(cell).map(i128::from))
                .collect(),
        },
        ("text", _) => {
            let texts = cells.iter().map(|cell| match cell {
                Some(Operand::Text(text)) => Some(text.as_str()),
                _ => None,
            });
            ColumnData::Text(texts.collect::<TextColumn>())
        }
        ("boolean", _) => ColumnData::Boolean(
            cells
                .iter()
                .map(|cell| match cell {
                    Some(Operand::Boolean(truth)) => Some(*truth),
                    _ => None,
                })
                .collect(),
        ),
        ("datetime", _) => ColumnData::DateTime(
            cells
                .iter()
                .map(|cell| match cell {
                    Some(Operand::Instant(at)) => Some(at.and_utc().timestamp_micros()),
                    _ => None,
                })
                .collect(),
        ),
        _ => ColumnData::Date(
            cells
                .iter()
                .map(|cell| match cell {
                    Some(Operand::Day(day)) => Some(day.to_epoch_days()),
                    _ => None,
                })
                .collect(),
        ),
    }
}

impl Table {
    pub fn dimensions(&self) -> Vec<&str> {
        let texts = self.columns.iter().filter(|(_, kind)| kind == "text");
        texts.map(|(name, _)| name.as_str()).collect()
    }

    fn cells(&self, place: usize) -> Vec<Result<Operand, CellState>> {
        let kind = &self.columns[place].1;
        let cells = self.rows.iter().map(|row| match state(&row[place]) {
            Some(state) => Err(state),
            None => Ok(operand(kind, &row[place])),
        });
        cells.collect()
    }

    /// The table imported, on every engine.
    pub fn engines(&self, asked: &[Asked]) -> Engines {
        self.engines_in(tempfile::tempdir().unwrap(), asked)
    }

    fn engines_in(&self, folder: tempfile::TempDir, asked: &[Asked]) -> Engines {
        let dashboards = folder.path().join("dashboards");
        for kind in ["datasets", "indicators", "boards"] {
            fs::create_dir_all(dashboards.join(kind)).unwrap();
        }
        let mut town = TOWN.to_owned();
        for (dimension, members) in &self.members {
            write!(town, "[dimensions.{dimension}]\ntitle = \"x\"\n").unwrap();
            for member in members {
                write!(
                    town,
                    "[dimensions.{dimension}.members.\"{member}\"]\ntitle = \"{member}\"\n"
                )
                .unwrap();
            }
        }
        fs::write(dashboards.join("town.toml"), town).unwrap();
        let time = &self.columns[0].0;
        let mut text = format!(
            "title = \"T\"\nrow = \"x\"\ndepartment = \"d\"\nsteward = \"x\"\nlicence = \"Licence Ouverte 2.0\"\nfrequency = \"monthly\"\nsource = \"t.csv\"\ntime = \"{time}\"\n"
        );
        for (name, kind) in &self.columns {
            writeln!(text, "[columns.{name}]").unwrap();
            match kind.strip_prefix("decimal") {
                Some(scale) => writeln!(text, "type = \"decimal\"\nscale = {scale}").unwrap(),
                None => writeln!(text, "type = \"{kind}\"").unwrap(),
            }
        }
        for (name, value) in &self.computed {
            writeln!(text, "[columns.{name}]\nvalue = \"{value}\"").unwrap();
        }
        text.push_str(&self.declared);
        fs::write(dashboards.join("datasets/t.toml"), text).unwrap();
        for it in asked {
            let dataset = match it.measure.contains("indicator(") {
                true => "",
                false => "dataset = \"t\"\n",
            };
            let text = format!(
                "title = \"{}\"\ndescription = \"x\"\nmethod = \"x\"\ndepartment = \"d\"\nowner = \"x\"\nunit = \"nombre\"\n{dataset}measure = \"\"\"{}\"\"\"\ndimensions = {:?}\n{}\n",
                it.id,
                it.measure,
                self.dimensions(),
                it.declared
            );
            fs::write(dashboards.join(format!("indicators/{}.toml", it.id)), text).unwrap();
        }
        let loaded = load(&dashboards);
        let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
        let catalog = Arc::new(
            loaded
                .catalog
                .unwrap_or_else(|| panic!("{}", told.join("\n"))),
        );
        let warehouse = Warehouse::open(&folder.path().join("var")).unwrap();
        let version = self.import(&warehouse, &catalog);
        let versions = Arc::new(BTreeMap::from([(
            DatasetId::new("t").unwrap(),
            Arc::new(version),
        )]));
        let all: Vec<_> = (0..self.columns.len())
            .map(|place| self.cells(place))
            .collect();
        let rows = (0..self.rows.len()).map(|row| {
            let cells = self.columns.iter().zip(&all);
            cells
                .map(|((name, _), cells)| (ColumnId::new(name).unwrap(), cells[row].clone()))
                .collect()
        });
        let rows = rows.collect();
        Engines {
            prepared: RollupEngine::new(
                warehouse.clone(),
                Arc::clone(&catalog),
                Arc::clone(&versions),
                None,
            ),
            rows_only: RollupEngine::unprepared(warehouse, Arc::clone(&catalog), versions),
            folder,
            catalog,
            rows,
        }
    }

    fn import(&self, warehouse: &Warehouse, catalog: &Catalog) -> beffroi_model::Version {
        let dataset = &catalog.datasets["t"];
        let columns = self
            .columns
            .iter()
            .enumerate()
            .map(|(place, (name, kind))| {
                let cells = self.cells(place);
                let state = |cell: &Result<Operand, CellState>| {
                    cell.as_ref().err().copied().unwrap_or(CellState::Value)
                };
                Column {
                    id: ColumnId::new(name).unwrap(),
                    data: column(kind, &cells),
                    states: Some(cells.iter().map(state).collect()),
                }
            });
        let batch = Batch {
            columns: columns.collect(),
        };
        let writer = warehouse.writer().unwrap();
        let mut import = Import::begin(
            &writer,
            &dataset.id,
            &dataset.schema,
            dataset.time.as_ref(),
            Mode::Replace,
            None,
        )
        .unwrap();
        let rows_read = batch.len() as u64;
        import.rows(batch).unwrap();
        import
            .end_file(SourceFile {
                name: "t.csv".to_owned(),
                sha256: String::new(),
                bytes: 0,
                modified: Utc::now(),
                extracted_on: NaiveDate::from_ymd_opt(2026, 1, 2).unwrap(),
                rows_read,
                rows_rejected: 0,
                rows_incomplete: 0,
                original: None,
            })
            .unwrap();
        import
            .commit(ImportMeta {
                declaration: dataset.checksum.clone(),
                decisions: Vec::new(),
                findings: Findings::default(),
                rejects: None,
                all_findings: None,
                previous: None,
                now: Utc::now(),
            })
            .unwrap()
    }
}

impl Engines {
    /// The state folder.
    pub fn state(&self) -> std::path::PathBuf {
        self.folder.path().join("var")
    }

    /// New engines over the same versions.
    pub fn again(self) -> Self {
        let warehouse = Warehouse::open(&self.state()).unwrap();
        let versions = self.catalog.datasets.keys().map(|id| {
            let version = warehouse.current(id).unwrap().unwrap();
            (id.clone(), Arc::new(version))
        });
        let versions: Arc<BTreeMap<_, _>> = Arc::new(versions.collect());
        let catalog = Arc::clone(&self.catalog);
        Self {
            prepared: RollupEngine::new(
                warehouse.clone(),
                Arc::clone(&catalog),
                Arc::clone(&versions),
                None,
            ),
            rows_only: RollupEngine::unprepared(warehouse, catalog, versions),
            ..self
        }
    }

    /// The next delivery of the same dataset.
    pub fn next(self, table: &Table, asked: &[Asked]) -> Self {
        table.engines_in(self.folder, asked)
    }

    /// The answers of rollups and of rows.
    pub fn ask(&self, query: &Query) -> [Result<Answer, QueryError>; 2] {
        let of = |engine: &RollupEngine| {
            engine
                .answer(std::slice::from_ref(query), None)
                .pop()
                .unwrap()
        };
        [of(&self.prepared), of(&self.rows_only)]
    }

    /// The reference: the plain walk over the rows of one period and members; `None` where there
    /// is no row.
    pub fn reference(
        &self,
        query: &Query,
        period: Period,
        keys: &[String],
        missing: Missing,
    ) -> Option<Cell> {
        let indicator = &self.catalog.indicators[&query.indicator];
        let dataset = &self.catalog.datasets["t"];
        let text = |row: &Row, column: &str| match row.get(column) {
            Some(Ok(Operand::Text(text))) => text.clone(),
            _ => String::new(),
        };
        let time = dataset.time.as_ref().unwrap();
        let inside = |row: &&Row| {
            let day = match &row[time] {
                Ok(Operand::Day(day)) => *day,
                Ok(Operand::Instant(at)) => NaiveDateTime::date(at),
                _ => return false,
            };
            let is =
                |(id, key): (&beffroi_model::DimensionId, &String)| text(row, id.as_str()) == *key;
            Period::containing(period.grain(), day) == period
                && query.by.iter().zip(keys).all(is)
                && query.filters.iter().all(|filter| {
                    filter
                        .values
                        .contains(&text(row, filter.dimension.as_str()))
                })
        };
        let rows: Vec<Row> = self.rows.iter().filter(inside).cloned().collect();
        (!rows.is_empty()).then(|| worked_rows(indicator.measure.expr(), dataset, &rows, missing))
    }
}
