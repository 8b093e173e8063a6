//! One import: rows of one or several files become a version, all or nothing.

use crate::{
    WarehouseError, Writer,
    parquet::{ParquetFile, scan},
    profile,
    state::{at, sync_folder},
};
use beffroi_model::{
    Batch, ColumnData, ColumnId, DatasetId, Decision, Findings, Part, Schema, SourceFile, Version,
};
use chrono::{DateTime, NaiveDate, Utc};
use polars::prelude as pl;
use polars::prelude::{IntoSeries, NewChunkedArray};
use std::{collections::BTreeSet, fs, path::PathBuf};

/// What the rows of a file do to the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The files of this import are all there is.
    Replace,
    /// Rows are added.
    Append,
    /// Rows replace those of the same periods.
    ByPeriod,
}

/// What is written in the manifest beside the rows.
#[derive(Debug, Clone)]
pub struct ImportMeta {
    /// Checksum of the dataset's declaration.
    pub declaration: String,
    /// What was decided while reading.
    pub decisions: Vec<Decision>,
    /// What was found.
    pub findings: Findings,
    /// The file of rows set aside, relative to the state folder.
    pub rejects: Option<String>,
    /// When.
    pub now: DateTime<Utc>,
}

/// Parts above this number are merged into one, unless they are large.
const PARTS: usize = 32;
/// Rows from which a part is large.
const LARGE: u64 = 250_000;

/// An import under way. Dropped before [`Import::commit`], it leaves nothing.
pub struct Import<'w> {
    writer: &'w Writer,
    dataset: DatasetId,
    schema: Schema,
    time: Option<ColumnId>,
    mode: Mode,
    number: u32,
    sources: Vec<SourceFile>,
    parts: Vec<Part>,
    current: Option<ParquetFile>,
    /// First days met in the current file.
    periods: BTreeSet<i32>,
    /// Parts made by this import, for them to go if it fails.
    made: Vec<PathBuf>,
    committed: bool,
}

impl<'w> Import<'w> {
    /// Starts the next version of a dataset. Its rows and sources start from those of `base`
    /// (except when everything is replaced).
    pub fn begin(
        writer: &'w Writer,
        dataset: &DatasetId,
        schema: &Schema,
        time: Option<&ColumnId>,
        mode: Mode,
        base: Option<&Version>,
    ) -> Result<Self, WarehouseError> {
        let folder = writer.warehouse().folder(dataset);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let base = base.filter(|_| mode != Mode::Replace);
        Ok(Self {
            writer,
            dataset: dataset.clone(),
            schema: schema.clone(),
            time: time.cloned(),
            mode,
            number: writer.warehouse().newest(dataset)? + 1,
            sources: base.map(|base| base.sources.clone()).unwrap_or_default(),
            parts: base.map(|base| base.parts.clone()).unwrap_or_default(),
            current: None,
            periods: BTreeSet::new(),
            made: Vec::new(),
            committed: false,
        })
    }

    /// The number that the version will have.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Adds rows of the current file.
    pub fn rows(&mut self, batch: &Batch) -> Result<(), WarehouseError> {
        if self.mode == Mode::ByPeriod {
            self.note_periods(batch);
        }
        let mut file = match self.current.take() {
            Some(file) => file,
            None => ParquetFile::create(&self.new_part(), &self.schema)?,
        };
        let written = file.write(batch);
        self.current = Some(file);
        written
    }

    fn note_periods(&mut self, batch: &Batch) {
        let Some(time) = &self.time else { return };
        match batch.column(time.as_str()).map(|column| &column.data) {
            Some(ColumnData::Date(days)) => self.periods.extend(days.iter().flatten()),
            Some(ColumnData::DateTime(instants)) => {
                let days = instants
                    .iter()
                    .flatten()
                    .map(|instant| instant.div_euclid(DAY));
                self.periods
                    .extend(days.filter_map(|day| i32::try_from(day).ok()));
            }
            _ => {}
        }
    }

    /// Ends the current file: its rows replace those of the same periods, when periods replace
    /// each other.
    pub fn end_file(&mut self, source: SourceFile) -> Result<(), WarehouseError> {
        let periods = std::mem::take(&mut self.periods);
        if !periods.is_empty() {
            self.supersede(&periods)?;
        }
        if let Some(file) = self.current.take() {
            self.finish_part(file, periods)?;
        }
        // The same file read again stands for itself once.
        self.sources.retain(|known| known.sha256 != source.sha256);
        self.sources.push(source);
        Ok(())
    }

    /// Takes the rows of some periods out of every part that holds them.
    fn supersede(&mut self, periods: &BTreeSet<i32>) -> Result<(), WarehouseError> {
        let Some(time) = self.time.clone() else {
            return Ok(());
        };
        for part in std::mem::take(&mut self.parts) {
            let held: BTreeSet<i32> = part.periods.iter().copied().map(days).collect();
            if held.is_disjoint(periods) {
                self.parts.push(part);
                continue;
            }
            let left: BTreeSet<i32> = held.difference(periods).copied().collect();
            if left.is_empty() {
                continue;
            }
            let keep: Vec<i32> = left.iter().copied().collect();
            let kept_days = pl::Int32Chunked::from_slice("kept".into(), &keep)
                .into_date()
                .into_series();
            let day = pl::col(time.as_str()).cast(pl::DataType::Date);
            let path = self
                .writer
                .warehouse()
                .folder(&self.dataset)
                .join(&part.file);
            let rows = scan(&[path])?
                .filter(day.is_in(pl::lit(kept_days).implode(false), false))
                .collect()?;
            self.write_part(vec![rows], left)?;
        }
        Ok(())
    }

    fn write_part(
        &mut self,
        frames: Vec<pl::DataFrame>,
        periods: BTreeSet<i32>,
    ) -> Result<(), WarehouseError> {
        let mut file = ParquetFile::create(&self.new_part(), &self.schema)?;
        for frame in frames {
            file.write_frame(frame)?;
        }
        self.finish_part(file, periods)
    }

    fn finish_part(
        &mut self,
        file: ParquetFile,
        periods: BTreeSet<i32>,
    ) -> Result<(), WarehouseError> {
        let name = file
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let rows = file.finish()?;
        self.parts.push(Part {
            file: name,
            rows,
            periods: periods.into_iter().filter_map(date).collect(),
        });
        Ok(())
    }

    /// A path for one more part. No manifest names it yet: a leftover of a killed writer under
    /// the same name is simply replaced.
    fn new_part(&mut self) -> PathBuf {
        let name = format!("p-{:06}-{:04}.parquet", self.number, self.made.len());
        let path = self.writer.warehouse().folder(&self.dataset).join(name);
        self.made.push(path.clone());
        path
    }

    /// Merges small parts when there are many.
    fn compact(&mut self) -> Result<(), WarehouseError> {
        if self.parts.len() <= PARTS {
            return Ok(());
        }
        let (large, small): (Vec<Part>, Vec<Part>) = std::mem::take(&mut self.parts)
            .into_iter()
            .partition(|part| part.rows >= LARGE);
        self.parts = large;
        let folder = self.writer.warehouse().folder(&self.dataset);
        let mut frames = Vec::with_capacity(small.len());
        for part in &small {
            frames.push(scan(&[folder.join(&part.file)])?.collect()?);
        }
        let periods = small
            .iter()
            .flat_map(|part| part.periods.iter().copied().map(days));
        self.write_part(frames, periods.collect())
    }

    /// Makes the version the current one.
    pub fn commit(mut self, meta: ImportMeta) -> Result<Version, WarehouseError> {
        self.compact()?;
        if self.parts.is_empty() {
            // A version without rows still has its columns.
            self.write_part(Vec::new(), BTreeSet::new())?;
        }
        let mut version = Version {
            dataset: self.dataset.clone(),
            number: self.number,
            imported_at: meta.now,
            declaration: meta.declaration,
            sources: std::mem::take(&mut self.sources),
            rows: self.parts.iter().map(|part| part.rows).sum(),
            parts: std::mem::take(&mut self.parts),
            columns: Vec::new(),
            decisions: meta.decisions,
            findings: meta.findings,
            preview: beffroi_model::Preview::default(),
            rejects: meta.rejects,
        };
        let paths = self.writer.warehouse().part_paths(&version);
        let (columns, preview) = profile::profile(&paths, &self.schema)?;
        version.columns = columns;
        version.preview = preview;
        if let Some(path) = self.made.last() {
            sync_folder(path)?;
        }
        self.writer.publish(&version)?;
        self.committed = true;
        Ok(version)
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        if !self.committed {
            drop(self.current.take());
            for path in &self.made {
                // Best effort: the next sweep takes what stays.
                let _ = fs::remove_file(path);
            }
        }
    }
}

const DAY: i64 = 86_400_000_000;

fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}
