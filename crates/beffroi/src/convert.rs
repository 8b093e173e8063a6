//! `beffroi convert`: any file, found out by itself, written as CSV, Parquet or JSON.
//!
//! Each cell's text is written as it stands, unless types are asked for. What was decided goes to
//! standard error (see [`explain`](crate::explain)).

use crate::{
    explain::{Explain, Told},
    failure::{Failure, io_message, refused},
    given,
    under_way::UnderWay,
};
use beffroi_intake::{
    Forgets, Input, IntakeError, Outcome, ReadError, Recognised, Reject, Sink, recognise, suppose,
};
use beffroi_model::{Batch, ColumnData, ColumnType, Reading, Schema};
use beffroi_warehouse::{ParquetFile, WarehouseError};
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

/// What is asked of `beffroi convert`.
pub struct Asked<'a> {
    /// The file to read.
    pub file: &'a Path,
    /// What to write.
    pub format: Format,
    /// Where; `-` for standard output.
    pub output: &'a Path,
    /// Whether numbers and dates are written as such.
    pub typed: bool,
    /// How to say what was decided.
    pub explain: Explain,
}

/// `beffroi convert`.
pub fn run(asked: &Asked<'_>) -> Result<(), Failure> {
    let &Asked { file, explain, .. } = asked;
    let stdout = asked.output == Path::new("-");
    if stdout && asked.format == Format::Parquet {
        return Err(Failure::usage(
            "Le Parquet s’écrit dans un fichier : ajoutez -o fichier.parquet",
        ));
    }
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let mut told = Told::new(&name);
    let result = convert(asked, (!stdout).then_some(asked.output), &name, &mut told);
    if let Err(failure) = &result {
        told.failure = Some(failure.to_string());
    }
    told.tell(explain);
    match result {
        // It has been told.
        Err(failure) if explain == Explain::Json => Err(failure.silent()),
        result => result,
    }
}

fn convert(
    asked: &Asked<'_>,
    place: Option<&Path>,
    name: &str,
    told: &mut Told,
) -> Result<(), Failure> {
    given::readable(asked.file)?;
    let under_way = UnderWay::beside_output(place.is_none());
    let written = under_way.read(None, name, |watch| {
        let input = Input::on_disk(name, asked.file).watched(watch);
        let reading = Reading::default();
        // What is written to a file can be written anew.
        let recognised = match place {
            Some(_) => suppose(input, &reading),
            None => recognise(input, &reading),
        };
        let table = match recognised {
            Ok(table) => Some(table),
            Err(IntakeError::Empty) => None,
            Err(error) => return Err(Failure::given(refused(name, &error))),
        };
        write(table, name, asked, place, told)
    });
    if written.is_err()
        && let Some(path) = place
    {
        // Half a file is worse than none.
        let _ = fs::remove_file(temporary(path));
    }
    written
}

/// Writes the table, an empty one when there is none.
fn write(
    mut table: Option<Recognised<'_>>,
    name: &str,
    asked: &Asked<'_>,
    place: Option<&Path>,
    told: &mut Told,
) -> Result<(), Failure> {
    let path = place.map_or_else(|| PathBuf::from("-"), temporary);
    let mut rows = 0;
    let copied = match &mut table {
        Some(table) => copy(table, &path, asked, &mut rows).map(Some),
        None => Writer::new(asked.format, &path, &Schema::default(), Vec::new())
            .and_then(Writer::finish)
            .map(|()| None)
            .map_err(ReadError::Sink),
    };
    let table = table.as_ref();
    match copied {
        Ok(outcome) => told.read(table, outcome, rows, asked.typed),
        // A reader that went away (`| head`) is no failure.
        Err(ReadError::Sink(Fault::Io(error)))
            if place.is_none() && error.kind() == io::ErrorKind::BrokenPipe =>
        {
            told.read(table, None, rows, asked.typed);
            return Ok(());
        }
        Err(ReadError::Intake(error)) => return Err(Failure::given(refused(name, &error))),
        Err(ReadError::Sink(Fault::Io(error))) => {
            return Err(Failure::machine(io_message(&path, &error)));
        }
        Err(ReadError::Sink(Fault::Warehouse(error))) => return Err(error.into()),
    }
    if let Some(place) = place {
        fs::rename(temporary(place), place).map_err(|error| Failure::io(place, &error))?;
    }
    Ok(())
}

/// Reads a table into a writer, counting rows as they are written. What was written of a table that
/// was not as supposed is written over.
fn copy(
    table: &mut Recognised<'_>,
    path: &Path,
    asked: &Asked<'_>,
    rows: &mut u64,
) -> Result<Outcome, ReadError<Fault>> {
    loop {
        let mut writer = writer(table, path, asked).map_err(ReadError::Sink)?;
        *rows = 0;
        let mut sink = Counted {
            writer: &mut writer,
            rows,
        };
        if let Some(outcome) = table.read_once(!asked.typed, &mut sink)? {
            writer.finish().map_err(ReadError::Sink)?;
            return Ok(outcome);
        }
    }
}

/// A writer of the columns of a table.
fn writer(table: &Recognised<'_>, path: &Path, asked: &Asked<'_>) -> Result<Writer, Fault> {
    let mut schema = table.schema.clone();
    // A CSV may have two columns of one name, or a column of none; the others may not.
    let names = if asked.format == Format::Csv && !asked.typed {
        table.titles().map(str::to_owned).collect()
    } else {
        let names = schema.columns.iter();
        names
            .flat_map(|column| column.headers.first().cloned())
            .collect()
    };
    if !asked.typed {
        for column in &mut schema.columns {
            column.kind = ColumnType::Text;
        }
    }
    Writer::new(asked.format, path, &schema, names)
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
    fn new(
        format: Format,
        path: &Path,
        schema: &Schema,
        names: Vec<String>,
    ) -> Result<Self, Fault> {
        match format {
            Format::Csv => Self::csv(opened(path)?, &names),
            Format::Json => Self::json(opened(path)?, names),
            Format::Parquet => Ok(Self::Parquet(Box::new(ParquetFile::export(
                path, schema, &names,
            )?))),
        }
    }

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

    fn write(&mut self, batch: Batch) -> Result<(), Fault> {
        match self {
            Self::Parquet(file) => file.write(batch)?,
            Self::Csv(out) => {
                for row in 0..batch.len() {
                    let cells = batch.columns.iter().map(|column| column.data.exported(row));
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

/// Where text goes; `-` for standard output.
fn opened(path: &Path) -> io::Result<Box<dyn Write>> {
    Ok(match path == Path::new("-") {
        true => Box::new(BufWriter::new(io::stdout())),
        false => Box::new(BufWriter::new(File::create(path)?)),
    })
}

struct Counted<'a> {
    writer: &'a mut Writer,
    rows: &'a mut u64,
}

impl Sink for Counted<'_> {
    type Error = Fault;

    fn rows(&mut self, batch: Batch) -> Result<(), Fault> {
        let rows = batch.len() as u64;
        self.writer.write(batch)?;
        *self.rows += rows;
        Ok(())
    }

    /// The schema was made for this file, so that every row fits; one that does not is told with
    /// the findings.
    fn reject(&mut self, _: Reject) -> Result<(), Fault> {
        Ok(())
    }
}

impl Forgets for Counted<'_> {
    /// A table that was not as supposed is written anew, by another writer.
    fn forget(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}

fn json(data: &ColumnData, row: usize) -> String {
    match (data, data.exported(row)) {
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
