//! One import: rows of one or several files become a version, all or nothing.

use crate::{
    WarehouseError, Writer, changes,
    content::{Contents, day},
    parquet::ParquetFile,
    profile::Counts,
    read_back::{batches, only},
    state::{at, manifest_name, sync_folder},
};
use beffroi_model::{
    Batch, ColumnId, DatasetId, Decision, Findings, Part, PeriodContent, Schema, SourceFile,
    Version, breaks,
};
use chrono::{DateTime, NaiveDate, Utc};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

/// What the rows of a file do to the rows that are there. A file that was there before, by its name
/// or by its bytes, first takes its former rows away, except a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The files of this import are all there is.
    Replace,
    /// Rows are added.
    Append,
    /// Rows are added to those that the same source gave before.
    Feed,
    /// Rows replace those of the same periods, unless those came from a newer file.
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
    /// The file of all that was found, relative to the state folder.
    pub all_findings: Option<String>,
    /// The version of which to tell what changes.
    pub previous: Option<Version>,
    /// When.
    pub now: DateTime<Utc>,
}

/// Above this number of parts, those of one source are merged, unless they are large.
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
    current: Option<NewPart>,
    /// What the current file holds of each period.
    contents: Contents,
    /// What was counted in the parts made by this import, by their names.
    counted: BTreeMap<String, Counts>,
    /// Parts made by this import, for them to go if it fails.
    made: Vec<PathBuf>,
}

/// A part being written, its rows counted.
struct NewPart {
    file: ParquetFile,
    counts: Counts,
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
        writer.take_over(dataset)?;
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
            contents: Contents::default(),
            counted: BTreeMap::new(),
            made: Vec::new(),
        })
    }

    /// The number that the version will have.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Adds rows of the current file.
    pub fn rows(&mut self, batch: Batch) -> Result<(), WarehouseError> {
        if self.time.is_some() && self.mode != Mode::Feed {
            self.contents
                .add_rows(&self.schema, self.time.as_ref(), &batch);
        }
        let mut part = match self.current.take() {
            Some(part) => part,
            None => self.new_part()?,
        };
        let written = part.write(&self.schema, batch);
        self.current = Some(part);
        written
    }

    /// Forgets the rows of the current file: they come again, read otherwise.
    pub fn forget_rows(&mut self) -> Result<(), WarehouseError> {
        self.contents = Contents::default();
        let Some(part) = self.current.take() else {
            return Ok(());
        };
        let path = part.file.path().to_owned();
        drop(part);
        fs::remove_file(&path).map_err(at(&path))?;
        self.made.retain(|made| *made != path);
        Ok(())
    }

    /// Ends the current file: its rows stand for this source, and replace those of the same
    /// periods, when periods replace each other.
    pub fn end_file(&mut self, source: SourceFile) -> Result<(), WarehouseError> {
        let contents = std::mem::take(&mut self.contents);
        let periods: BTreeSet<NaiveDate> = match self.mode {
            Mode::ByPeriod => contents.days().collect(),
            Mode::Replace | Mode::Append | Mode::Feed => BTreeSet::new(),
        };
        let (former, others): (Vec<SourceFile>, Vec<SourceFile>) =
            std::mem::take(&mut self.sources)
                .into_iter()
                .partition(|known| known.name == source.name || known.sha256 == source.sha256);
        self.sources = others;
        if self.mode != Mode::Feed {
            self.parts
                .retain(|part| !former.iter().any(|known| known.name == part.source));
        }
        let newer = self.held_by_newer(&source);
        let own: BTreeSet<NaiveDate> = periods.difference(&newer).copied().collect();
        if !own.is_empty() {
            self.supersede(&own)?;
        }
        if let Some(part) = self.current.take() {
            if own.len() == periods.len() {
                self.finish_part(part, own, contents.listed(), &source.name)?;
            } else {
                // A file that comes late: what newer ones say of a period counts.
                let path = part.file.path().to_owned();
                part.file.finish()?;
                if !own.is_empty() {
                    let contents = of_periods(contents.listed(), &own);
                    self.write_part(&[path], own, contents, &source.name)?;
                }
            }
        }
        self.sources.push(source);
        Ok(())
    }

    /// The periods that sources newer than this one hold.
    fn held_by_newer(&self, source: &SourceFile) -> BTreeSet<NaiveDate> {
        let newer: BTreeSet<&str> = self
            .sources
            .iter()
            .filter(|known| known.order() > source.order())
            .map(|known| known.name.as_str())
            .collect();
        self.parts
            .iter()
            .filter(|part| newer.contains(part.source.as_str()))
            .flat_map(|part| part.periods.iter().copied())
            .collect()
    }

    /// Takes the rows of some periods out of every part that holds them.
    fn supersede(&mut self, periods: &BTreeSet<NaiveDate>) -> Result<(), WarehouseError> {
        for part in std::mem::take(&mut self.parts) {
            let held: BTreeSet<NaiveDate> = part.periods.iter().copied().collect();
            if held.is_disjoint(periods) {
                self.parts.push(part);
                continue;
            }
            let left: BTreeSet<NaiveDate> = held.difference(periods).copied().collect();
            if left.is_empty() {
                continue;
            }
            let folder = self.writer.warehouse().folder(&self.dataset);
            let contents = of_periods(part.contents, &left);
            self.write_part(&[folder.join(&part.file)], left, contents, &part.source)?;
        }
        Ok(())
    }

    /// Writes the rows of some files to one part; where periods replace each other, only those of
    /// the periods named.
    fn write_part(
        &mut self,
        from: &[PathBuf],
        periods: BTreeSet<NaiveDate>,
        contents: Vec<PeriodContent>,
        source: &str,
    ) -> Result<(), WarehouseError> {
        let mut part = self.new_part()?;
        for path in from {
            for batch in batches(path, &self.schema)? {
                let batch = self.of_periods(batch?, &periods);
                part.write(&self.schema, batch)?;
            }
        }
        self.finish_part(part, periods, contents, source)
    }

    /// The rows of a batch that are of some periods.
    fn of_periods(&self, batch: Batch, periods: &BTreeSet<NaiveDate>) -> Batch {
        let time = self.time.as_ref().filter(|_| self.mode == Mode::ByPeriod);
        let Some(time) = time.and_then(|time| batch.column(time.as_str())) else {
            return batch;
        };
        let within = |row| day(&time.data, row).is_some_and(|day| periods.contains(&day));
        let keep: Vec<bool> = (0..batch.len()).map(within).collect();
        only(batch, &keep)
    }

    fn finish_part(
        &mut self,
        part: NewPart,
        periods: BTreeSet<NaiveDate>,
        contents: Vec<PeriodContent>,
        source: &str,
    ) -> Result<(), WarehouseError> {
        let NewPart { file, counts } = part;
        let name = file
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let rows = file.finish()?;
        self.counted.insert(name.clone(), counts);
        self.parts.push(Part {
            file: name,
            source: source.to_owned(),
            rows,
            periods: periods.into_iter().collect(),
            contents,
        });
        Ok(())
    }

    /// One more part. No manifest names it yet: a leftover of a killed writer under the same name
    /// is simply replaced.
    fn new_part(&mut self) -> Result<NewPart, WarehouseError> {
        let name = format!("p-{:06}-{:04}.parquet", self.number, self.made.len());
        let path = self.writer.warehouse().folder(&self.dataset).join(name);
        self.made.push(path.clone());
        Ok(NewPart {
            file: ParquetFile::create(&path, &self.schema)?,
            counts: Counts::default(),
        })
    }

    /// What the columns of some parts hold: counted as they were written, or read back.
    fn counts(&mut self, parts: &[Part]) -> Result<Counts, WarehouseError> {
        let folder = self.writer.warehouse().folder(&self.dataset);
        let mut counts = Counts::default();
        for part in parts {
            counts.merge(match self.counted.remove(&part.file) {
                Some(counted) => counted,
                None => Counts::of_part(&folder.join(&part.file), &self.schema)?,
            });
        }
        Ok(counts)
    }

    /// Merges small parts when there are many, never those of two sources: each must be able to
    /// go alone.
    fn compact(&mut self) -> Result<(), WarehouseError> {
        if self.parts.len() <= PARTS {
            return Ok(());
        }
        let mut small: BTreeMap<String, Vec<Part>> = BTreeMap::new();
        for part in std::mem::take(&mut self.parts) {
            if part.rows >= LARGE {
                self.parts.push(part);
            } else {
                small.entry(part.source.clone()).or_default().push(part);
            }
        }
        let folder = self.writer.warehouse().folder(&self.dataset);
        for (source, mut parts) in small {
            if parts.len() == 1 {
                self.parts.append(&mut parts);
                continue;
            }
            let from: Vec<PathBuf> = parts.iter().map(|part| folder.join(&part.file)).collect();
            let periods = parts.iter().flat_map(|part| part.periods.iter().copied());
            let mut contents = Contents::default();
            contents.add_all(parts.iter().flat_map(|part| &part.contents));
            self.write_part(&from, periods.collect(), contents.listed(), &source)?;
        }
        Ok(())
    }

    /// Puts the version together without making it the current one: what it changes can be told
    /// before it is accepted.
    pub fn prepare(&mut self, meta: ImportMeta) -> Result<Version, WarehouseError> {
        self.compact()?;
        if self.parts.is_empty() {
            // A version without rows still has its columns.
            self.write_part(&[], BTreeSet::new(), Vec::new(), "")?;
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
            all_findings: meta.all_findings,
            changes: None,
            restores: None,
            given_up: Vec::new(),
        };
        let mut counts = self.counts(&version.parts)?;
        version.preview = counts.preview(&self.schema);
        version.columns = counts.listed(&self.schema);
        version.findings.forget_breaks();
        if let Some(previous) = &meta.previous {
            for finding in breaks(previous, &version) {
                version.findings.push(finding);
            }
        }
        version.changes = meta
            .previous
            .map(|previous| changes::between(&previous, &version));
        Ok(version)
    }

    /// Makes a version that was prepared the current one.
    pub fn publish(self, version: &Version) -> Result<(), WarehouseError> {
        if let Some(path) = self.made.last() {
            sync_folder(path)?;
        }
        self.writer.publish(version)
    }

    /// Makes the version the current one.
    pub fn commit(mut self, meta: ImportMeta) -> Result<Version, WarehouseError> {
        let version = self.prepare(meta)?;
        self.publish(&version)?;
        Ok(version)
    }
}

impl NewPart {
    fn write(&mut self, schema: &Schema, batch: Batch) -> Result<(), WarehouseError> {
        self.counts.add(schema, &batch);
        self.file.write(batch)
    }
}

impl Drop for Import<'_> {
    fn drop(&mut self) {
        drop(self.current.take());
        let folder = self.writer.warehouse().folder(&self.dataset);
        let manifest = folder.join(manifest_name(self.number));
        // Once the manifest is there the version is the current one, whatever failed after.
        if manifest.try_exists().unwrap_or(true) {
            return;
        }
        for path in &self.made {
            // Best effort: the next sweep takes what stays.
            let _ = fs::remove_file(path);
        }
    }
}

/// What is held of some periods.
fn of_periods(
    mut contents: Vec<PeriodContent>,
    periods: &BTreeSet<NaiveDate>,
) -> Vec<PeriodContent> {
    contents.retain(|content| content.start.is_some_and(|start| periods.contains(&start)));
    contents
}
