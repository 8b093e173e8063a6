//! A table with the measures asked of it, imported, on every engine.

#![allow(dead_code, reason = "each test file uses its part")]

use beffroi_catalog::{
    Aggregate, Catalog, CodeChange, Dataset, Expr, Indicator, Operand, OverTime, Row, ValueType,
    load, worked_row, worked_rows,
};
use beffroi_engine::RollupEngine;
use beffroi_model::{
    Answer, Batch, Cell, CellState, Column, ColumnData, ColumnId, DatasetId, Engine, Findings,
    Grain, Period, Query, QueryError, SourceFile, Span, TextColumn, Version,
};
use beffroi_warehouse::{Import, ImportMeta, Mode, Warehouse};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Utc};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write},
    fs,
    path::Path,
    sync::Arc,
};

/// Columns with their types (`day`, `text`, `integer`, `decimal2`, `boolean`, `datetime`), the
/// first being the time; computed ones; rows of cells as they are written.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub columns: Vec<(String, String)>,
    pub computed: Vec<(String, String)>,
    pub rows: Vec<Vec<String>>,
    /// The rows before which another file begins.
    pub files: Vec<usize>,
    /// Declared members by dimension, in their order.
    pub members: Vec<(String, Vec<String>)>,
    /// Codes that became others: dimension, day, from, to.
    pub changes: Vec<[String; 4]>,
    /// More of the dataset's declaration: `[secrecy]`.
    pub declared: String,
    /// The day of the last delivery; `None` for one after all rows.
    pub extracted: Option<NaiveDate>,
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

/// One cell of an answer by the reference: its members, its period, the rows it is of.
pub struct Expected<'a> {
    pub keys: Vec<String>,
    pub period: Period,
    pub rows: Vec<&'a Row>,
}

/// Cells of one column.
pub type Cells = Vec<Result<Operand, CellState>>;

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

fn scaled(cell: &str, scale: u8) -> i128 {
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

/// A column of a type with its cells.
pub fn column(name: &str, kind: &str, cells: &Cells) -> Column {
    let state = |cell: &Result<Operand, CellState>| match cell {
        Ok(_) => CellState::Value,
        Err(state) => *state,
    };
    Column {
        id: ColumnId::new(name).unwrap(),
        data: data(kind, cells),
        states: Some(cells.iter().map(state).collect()),
    }
}

fn data(kind: &str, cells: &Cells) -> ColumnData {
    let value = |cell: &Result<Operand, CellState>| cell.as_ref().ok().cloned();
    let cells: Vec<Option<Operand>> = cells.iter().map(value).collect();
    let digits = |cell: &Option<Operand>| match cell {
        Some(Operand::Exact { digits, .. }) => Some(*digits),
        _ => None,
    };
    match (kind, scale(kind)) {
        ("integer", _) => {
            let whole = |cell| Some(i64::try_from(digits(cell)?).unwrap());
            ColumnData::Integer(cells.iter().map(whole).collect())
        }
        (_, Some(scale)) => ColumnData::Decimal {
            scale,
            values: cells.iter().map(digits).collect(),
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

/// What a folder declares.
pub fn catalog(folder: &Path) -> Arc<Catalog> {
    let loaded = load(folder);
    let told: Vec<String> = loaded.diagnostics.iter().map(ToString::to_string).collect();
    let catalog = loaded.catalog;
    Arc::new(catalog.unwrap_or_else(|| panic!("{}", told.join("\n"))))
}

/// Files imported into a dataset.
pub fn import(
    warehouse: &Warehouse,
    dataset: &Dataset,
    files: Vec<Batch>,
    extracted_on: NaiveDate,
) -> Version {
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
    for (number, batch) in files.into_iter().enumerate() {
        let name = format!("{}_{number}.csv", dataset.id);
        let rows_read = batch.len() as u64;
        import.rows(batch).unwrap();
        let source = SourceFile {
            sha256: name.clone(),
            name,
            bytes: 0,
            modified: Utc::now(),
            extracted_on,
            rows_read,
            rows_rejected: 0,
            rows_incomplete: 0,
            original: None,
        };
        import.end_file(source).unwrap();
    }
    let meta = ImportMeta {
        declaration: dataset.checksum.clone(),
        decisions: Vec::new(),
        findings: Findings::default(),
        rejects: None,
        all_findings: None,
        previous: None,
        now: Utc::now(),
    };
    import.commit(meta).unwrap()
}

impl Table {
    /// The dimensions: texts and what is computed to name members.
    pub fn dimensions(&self) -> Vec<&str> {
        let texts = self.columns.iter().filter(|(_, kind)| kind == "text");
        let computed = self
            .computed
            .iter()
            .filter(|(name, _)| name.starts_with("par_"));
        texts
            .chain(computed)
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn cells(&self, place: usize) -> Cells {
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
        for [dimension, on, from, to] in &self.changes {
            if !town.contains(&format!("[dimensions.{dimension}]")) {
                write!(town, "[dimensions.{dimension}]\ntitle = \"x\"\n").unwrap();
            }
            write!(
                town,
                "[[dimensions.{dimension}.changes]]\non = {on}\nfrom = \"{from}\"\nto = \"{to}\"\n"
            )
            .unwrap();
        }
        fs::write(dashboards.join("town.toml"), town).unwrap();
        let time = &self.columns[0].0;
        let mut text = format!(
            "title = \"T\"\nrow = \"x\"\ndepartment = \"d\"\nsteward = \"x\"\nlicence = \"Licence Ouverte 2.0\"\nfrequency = \"monthly\"\nsource = \"t.csv\"\ntime = \"{time}\"\n"
        );
        for (name, kind) in &self.columns {
            writeln!(text, "[columns.{name}]").unwrap();
            // Of what is no number it is kept why it is not there where that is declared.
            if name != time {
                writeln!(text, "secret = [\"s\"]\nnot_applicable = [\"/\"]").unwrap();
            }
            match kind.strip_prefix("decimal") {
                Some(scale) => writeln!(text, "type = \"decimal\"\nscale = {scale}").unwrap(),
                None => writeln!(text, "type = \"{kind}\"").unwrap(),
            }
        }
        for (name, value) in &self.computed {
            writeln!(text, "[columns.{name}]\nvalue = \"\"\"{value}\"\"\"").unwrap();
            if name.starts_with("par_") {
                writeln!(text, "dimension = \"{name}\"").unwrap();
            }
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
        let catalog = catalog(&dashboards);
        let warehouse = Warehouse::open(&folder.path().join("var")).unwrap();
        let all: Vec<Cells> = (0..self.columns.len())
            .map(|place| self.cells(place))
            .collect();
        let ends = self.files.iter().copied().chain([self.rows.len()]);
        let starts = std::iter::once(0).chain(self.files.iter().copied());
        let file = |(start, end): (usize, usize)| Batch {
            columns: self
                .columns
                .iter()
                .zip(&all)
                .map(|((name, kind), cells)| column(name, kind, &cells[start..end].to_vec()))
                .collect(),
        };
        let files = starts.zip(ends).map(file).collect();
        let extracted = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        let extracted = self.extracted.unwrap_or(extracted);
        let version = import(&warehouse, &catalog.datasets["t"], files, extracted);
        let versions = Arc::new(BTreeMap::from([(
            DatasetId::new("t").unwrap(),
            Arc::new(version),
        )]));
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
}

/// As fixtures write it.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self
            .columns
            .iter()
            .map(|(name, kind)| format!("{name}:{kind}"));
        writeln!(f, "columns {}", columns.collect::<Vec<_>>().join(" | "))?;
        for (name, value) in &self.computed {
            writeln!(f, "computed {name} = {value}")?;
        }
        for (place, row) in self.rows.iter().enumerate() {
            for _ in self.files.iter().filter(|start| **start == place) {
                writeln!(f, "file")?;
            }
            writeln!(f, "row {}", row.join(" | "))?;
        }
        Ok(())
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

    fn dataset(&self) -> &Dataset {
        &self.catalog.datasets["t"]
    }

    pub fn indicator(&self, query: &Query) -> &Indicator {
        &self.catalog.indicators[&query.indicator]
    }

    /// The reference: the rows of each cell of an answer, by plain loops.
    pub fn reference(&self, query: &Query) -> Vec<Expected<'_>> {
        let measure = self.indicator(query).measure.expr();
        let over_time = self.indicator(query).over_time;
        let dated = self.dated(query);
        let slot = |row: &Row| match query.span {
            Span::Latest => None,
            Span::Periods(range) => Some(self.period(range.first.grain(), row)),
        };
        // The last reading that the source has in each period.
        let mut lasts: BTreeMap<Option<Period>, NaiveDateTime> = BTreeMap::new();
        for row in &dated {
            let last = lasts.entry(slot(row)).or_insert(self.time(row).unwrap());
            *last = (*last).max(self.time(row).unwrap());
        }
        let filters: Vec<_> = query.filters.iter().chain(&query.scope.0).collect();
        let inside = |row: &&Row| {
            let of_the_last = over_time != OverTime::Last
                || query.span == Span::Latest
                || Some(&self.time(row).unwrap()) == lasts.get(&slot(row));
            let in_range = match (query.span, slot(row)) {
                (Span::Periods(range), Some(slot)) => range.first <= slot && slot <= range.last,
                _ => true,
            };
            let passes = filters.iter().all(|filter| {
                let member = self.member(row, filter.dimension.as_str());
                filter.values.contains(&member)
            });
            of_the_last && in_range && passes
        };
        let mut lines: BTreeMap<Vec<String>, Vec<&Row>> = BTreeMap::new();
        if query.by.is_empty() {
            lines.insert(Vec::new(), Vec::new());
        }
        for row in dated.iter().copied().filter(inside) {
            let keys = query.by.iter().map(|by| self.member(row, by.as_str()));
            lines.entry(keys.collect()).or_default().push(row);
        }
        // Members that the measure is not about are not in the answer.
        let concerns = |rows: &[&Row]| {
            measure
                .aggregates()
                .into_iter()
                .any(|aggregate| match aggregate {
                    Expr::Aggregate {
                        function: Aggregate::Count | Aggregate::CountDistinct,
                        ..
                    } => true,
                    Expr::Aggregate {
                        filter: Some(filter),
                        ..
                    } => rows.iter().any(|row| {
                        worked_row(filter, self.dataset(), row) == Some(Operand::Boolean(true))
                    }),
                    _ => !rows.is_empty(),
                })
        };
        lines.retain(|_, rows| query.by.is_empty() || concerns(rows));
        let mut expected = Vec::new();
        for (keys, rows) in lines {
            match query.span {
                Span::Periods(range) => expected.extend(range.iter().map(|period| {
                    Expected {
                        keys: keys.clone(),
                        period,
                        rows: rows
                            .iter()
                            .copied()
                            .filter(|row| slot(row) == Some(period))
                            .collect(),
                    }
                })),
                Span::Latest => {
                    let among = if rows.is_empty() { &dated } else { &rows };
                    let last = among.iter().filter_map(|row| self.time(row)).max();
                    expected.push(Expected {
                        keys,
                        period: Period::containing(Grain::Day, last.unwrap_or_default().date()),
                        rows,
                    });
                }
            }
        }
        expected
    }

    /// What the rows of a cell come to.
    pub fn worked(&self, query: &Query, measure: &Expr, rows: &[&Row]) -> Cell {
        let rows: Vec<Row> = rows.iter().map(|row| (*row).clone()).collect();
        let indicator = self.indicator(query);
        let over_time = match query.span {
            Span::Latest => OverTime::Sum,
            Span::Periods(_) => indicator.over_time,
        };
        worked_rows(measure, self.dataset(), &rows, indicator.missing, over_time)
    }

    /// The rows that have a time; of a live source each reading once, as it was given last, and
    /// only the latest of each series where that is asked.
    fn dated(&self, query: &Query) -> Vec<&Row> {
        let dated = self.rows.iter().filter(|row| self.time(row).is_some());
        let time = self.dataset().time.as_ref().unwrap();
        if self.dataset().value_type(time.as_str()) != Some(ValueType::Instant) {
            return dated.collect();
        }
        let columns = self.dataset().schema.columns.iter();
        let names: Vec<_> = columns
            .filter(|column| column.dimension.is_some())
            .map(|column| column.id.as_str())
            .collect();
        let series = |row: &Row| -> Vec<String> {
            names.iter().map(|name| self.member(row, name)).collect()
        };
        let mut readings: BTreeMap<(Vec<String>, NaiveDateTime), usize> = BTreeMap::new();
        let mut latest: BTreeMap<Vec<String>, NaiveDateTime> = BTreeMap::new();
        let dated: Vec<&Row> = dated.collect();
        for (place, row) in dated.iter().enumerate() {
            let time = self.time(row).unwrap();
            readings.insert((series(row), time), place);
            let known = latest.entry(series(row)).or_insert(time);
            *known = (*known).max(time);
        }
        let asked = readings.iter().filter(|((series, time), _)| {
            query.span != Span::Latest || latest.get(series) == Some(time)
        });
        let places: BTreeSet<usize> = asked.map(|(_, place)| *place).collect();
        places.into_iter().map(|place| dated[place]).collect()
    }

    /// The member that a row names, by the code of today; the empty one without a value.
    fn member(&self, row: &Row, name: &str) -> String {
        let mut member = self.written(row, name);
        let day = self.time(row).map(|time| time.date());
        let dimension = &self.catalog.dimensions[name];
        let first = member.clone();
        for change in &dimension.changes {
            let same = |other: &&CodeChange| other.on == change.on && other.from == change.from;
            if day.is_none_or(|day| day < change.on) && member == change.from {
                if dimension.changes.iter().filter(same).count() > 1 {
                    return first;
                }
                member = change.to.clone();
            }
        }
        member
    }

    fn written(&self, row: &Row, name: &str) -> String {
        let column = Expr::Column(ColumnId::new(name).unwrap());
        match worked_row(&column, self.dataset(), row) {
            Some(Operand::Text(text)) => text,
            Some(Operand::Exact { digits, scale: 0 }) => digits.to_string(),
            _ => String::new(),
        }
    }

    fn time(&self, row: &Row) -> Option<NaiveDateTime> {
        match row.get(self.dataset().time.as_ref()?)?.as_ref().ok()? {
            Operand::Day(day) => Some(day.and_time(NaiveTime::MIN)),
            Operand::Instant(at) => Some(*at),
            _ => None,
        }
    }

    fn period(&self, grain: Grain, row: &Row) -> Period {
        Period::containing(grain, self.time(row).unwrap().date())
    }
}
