//! `beffroi convert`: any file, found out by itself, written as CSV, Parquet or JSON.
//!
//! Each cell's text is written as it stands, unless types are asked for. What was decided goes to
//! standard error.

use crate::failure::{Failure, found, io_message, progress, refused, say};
use beffroi_intake::{Input, Outcome, ReadError, Recognised, Reject, Sink, recognise};
use beffroi_model::{Batch, ColumnData, ColumnType, Reading, Severity};
use beffroi_warehouse::{ParquetFile, WarehouseError};
use chrono::{DateTime, NaiveDate};
use clap::ValueEnum;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// CSV, UTF-8, virgule
    Csv,
    /// Parquet
    Parquet,
    /// JSON, une liste d’objets
    Json,
}

/// `beffroi convert`.
pub fn run(file: &Path, format: Format, output: &Path, typed: bool) -> Result<(), Failure> {
    // A message of the system, with the whole path.
    File::open(file).map_err(|error| Failure::given(io_message(file, &error)))?;
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let mut table = recognise(Input::on_disk(&name, file), &Reading::default())
        .map_err(|error| Failure::given(refused(&name, &error)))?;
    for decision in &table.decisions {
        let id = format!("decision-{}", decision.subject);
        progress(format!(
            "  {}",
            say(&id, &[("value", decision.value.clone())])
        ));
    }
    if !typed {
        for column in &mut table.schema.columns {
            column.kind = ColumnType::Text;
        }
    }
    let stdout = output == Path::new("-");
    if stdout && format == Format::Parquet {
        return Err(Failure::usage(
            "Le Parquet s’écrit dans un fichier : ajoutez -o fichier.parquet",
        ));
    }
    let place = if stdout { None } else { Some(output) };
    let written = write(&table, &name, format, place);
    if written.is_err()
        && let Some(path) = place
    {
        // Half a file is worse than none.
        let _ = fs::remove_file(temporary(path));
    }
    let rows = written?;
    progress(format!("  {rows} ligne(s) écrite(s)"));
    Ok(())
}

fn write(
    table: &Recognised<'_>,
    name: &str,
    format: Format,
    place: Option<&Path>,
) -> Result<u64, Failure> {
    let (out, path): (Box<dyn Write>, PathBuf) = match place {
        Some(path) => {
            let path = temporary(path);
            let file = File::create(&path).map_err(|error| Failure::io(&path, &error))?;
            (Box::new(BufWriter::new(file)), path)
        }
        None => (Box::new(BufWriter::new(io::stdout())), PathBuf::from("-")),
    };
    let mut rows = 0;
    let outcome = match copy(table, out, &path, format, &mut rows) {
        Ok(outcome) => outcome,
        // A reader that went away (`| head`) is no failure.
        Err(ReadError::Sink(Fault::Io(error)))
            if place.is_none() && error.kind() == io::ErrorKind::BrokenPipe =>
        {
            return Ok(rows);
        }
        Err(ReadError::Intake(error)) => return Err(Failure::given(refused(name, &error))),
        Err(ReadError::Sink(Fault::Io(error))) => {
            return Err(Failure::machine(io_message(&path, &error)));
        }
        Err(ReadError::Sink(Fault::Warehouse(error))) => return Err(error.into()),
    };
    if let Some(place) = place {
        fs::rename(temporary(place), place).map_err(|error| Failure::io(place, &error))?;
    }
    for (count, group) in outcome.findings.groups() {
        if let Some(first) = group
            .first()
            .filter(|first| first.severity >= Severity::Note)
        {
            progress(format!("  {}", found(first, count)));
        }
    }
    Ok(rows)
}

/// Reads a table into a writer, counting rows as they are written.
fn copy(
    table: &Recognised<'_>,
    out: Box<dyn Write>,
    path: &Path,
    format: Format,
    rows: &mut u64,
) -> Result<Outcome, ReadError<Fault>> {
    let names: Vec<String> = table
        .schema
        .columns
        .iter()
        .map(|column| {
            column
                .headers
                .first()
                .cloned()
                .unwrap_or_else(|| column.id.to_string())
        })
        .collect();
    let mut writer = match format {
        Format::Csv => Writer::csv(out, &names),
        Format::Json => Writer::json(out, names),
        Format::Parquet => ParquetFile::create(path, &table.schema)
            .map(|file| Writer::Parquet(Box::new(file)))
            .map_err(Fault::from),
    }
    .map_err(ReadError::Sink)?;
    let outcome = table.read(&mut Counted {
        writer: &mut writer,
        rows,
    })?;
    writer.finish().map_err(ReadError::Sink)?;
    Ok(outcome)
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    PathBuf::from(name)
}

/// What can go wrong while writing.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
}

impl From<csv::Error> for Fault {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            other => Self::Io(io::Error::other(format!("{other:?}"))),
        }
    }
}

enum Writer {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Json {
        out: Box<dyn Write>,
        names: Vec<String>,
        started: bool,
    },
    Parquet(Box<ParquetFile>),
}

impl Writer {
    fn csv(out: Box<dyn Write>, names: &[String]) -> Result<Self, Fault> {
        let mut out = csv::Writer::from_writer(out);
        if !names.is_empty() {
            out.write_record(names)?;
        }
        Ok(Self::Csv(Box::new(out)))
    }

    fn json(mut out: Box<dyn Write>, names: Vec<String>) -> Result<Self, Fault> {
        out.write_all(b"[")?;
        Ok(Self::Json {
            out,
            names,
            started: false,
        })
    }

    fn write(&mut self, batch: &Batch) -> Result<(), Fault> {
        match self {
            Self::Parquet(file) => file.write(batch)?,
            Self::Csv(out) => {
                for row in 0..batch.len() {
                    let cells = batch.columns.iter().map(|column| text(&column.data, row));
                    out.write_record(cells.map(Option::unwrap_or_default))?;
                }
            }
            Self::Json {
                out,
                names,
                started,
            } => {
                for row in 0..batch.len() {
                    out.write_all(if *started { b",\n{" } else { b"\n{" })?;
                    *started = true;
                    for (place, (name, column)) in names.iter().zip(&batch.columns).enumerate() {
                        if place > 0 {
                            out.write_all(b",")?;
                        }
                        write!(out, "{}:{}", json_text(name), json(&column.data, row))?;
                    }
                    out.write_all(b"}")?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Fault> {
        match self {
            Self::Csv(mut out) => Ok(out.flush()?),
            Self::Json { mut out, .. } => {
                out.write_all(b"\n]\n")?;
                Ok(out.flush()?)
            }
            Self::Parquet(file) => {
                file.finish()?;
                Ok(())
            }
        }
    }
}

struct Counted<'a> {
    writer: &'a mut Writer,
    rows: &'a mut u64,
}

impl Sink for Counted<'_> {
    type Error = Fault;

    fn rows(&mut self, batch: Batch) -> Result<(), Fault> {
        self.writer.write(&batch)?;
        *self.rows += batch.len() as u64;
        Ok(())
    }

    /// The schema was made for this file, so that every row fits; one that does not is told with
    /// the findings.
    fn reject(&mut self, _: Reject) -> Result<(), Fault> {
        Ok(())
    }
}

/// A cell in the notation of exports; `None` without value.
fn text(data: &ColumnData, row: usize) -> Option<String> {
    match data {
        ColumnData::Text(text) => text.get(row).map(str::to_owned),
        ColumnData::Integer(values) => (*values.get(row)?).map(|value| value.to_string()),
        ColumnData::Decimal { scale, values } => {
            (*values.get(row)?).map(|value| decimal(value, *scale))
        }
        ColumnData::Boolean(values) => (*values.get(row)?).map(|value| value.to_string()),
        ColumnData::Date(values) => {
            NaiveDate::from_epoch_days((*values.get(row)?)?).map(|day| day.to_string())
        }
        ColumnData::DateTime(values) => DateTime::from_timestamp_micros((*values.get(row)?)?)
            .map(|at| at.naive_utc().format("%Y-%m-%dT%H:%M:%S").to_string()),
    }
}

fn decimal(value: i128, scale: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!(
        "{:0>width$}",
        value.unsigned_abs(),
        width = usize::from(scale) + 1
    );
    let (whole, part) = digits.split_at(digits.len() - usize::from(scale));
    match scale {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part}"),
    }
}

fn json(data: &ColumnData, row: usize) -> String {
    match (data, text(data, row)) {
        (_, None) => "null".to_owned(),
        (
            ColumnData::Integer(_) | ColumnData::Decimal { .. } | ColumnData::Boolean(_),
            Some(bare),
        ) => bare,
        (_, Some(text)) => json_text(&text),
    }
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(123_456, 2), "1234.56");
        assert_eq!(decimal(7, 0), "7");
    }
}
