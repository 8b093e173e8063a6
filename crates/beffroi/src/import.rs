//! Files to versions: which have changed, read, set aside what does not fit, commit.

use crate::{
    cli::Folders,
    failure::{Failure, io_message, print, progress, refused, unavailable, warehouse_message},
    rejects::Rejects,
    town,
};
use beffroi_catalog::{Catalog, Dataset, Load, Source};
use beffroi_intake::{Input, Outcome, ReadError, Reject, Sink};
use beffroi_model::{Batch, DatasetId, Decision, Findings, SourceFile, Version};
use beffroi_sources::FoundFile;
use beffroi_warehouse::{Import, ImportMeta, Mode, Warehouse, WarehouseError, Writer};
use chrono::{DateTime, Utc};
use std::{io, path::Path, time::Instant};

/// Largest file read.
pub const FILE_LIMIT: u64 = 4 << 30;
/// Versions kept of a dataset that files feed.
const KEEP: usize = 50;
/// Versions kept of a live dataset, which makes one at each reading.
const KEEP_LIVE: usize = 5;

/// What an import came to.
#[derive(Debug, Default)]
pub struct Report {
    /// New versions.
    pub imported: Vec<DatasetId>,
    /// Datasets with nothing new.
    pub unchanged: usize,
    /// What went wrong, in French, one line for each dataset.
    pub problems: Vec<String>,
}

/// `beffroi import`.
pub fn run(folders: &Folders, only: &[String]) -> Result<(), Failure> {
    let catalog = town::catalog(&folders.content)?;
    for name in only {
        if !catalog.datasets.contains_key(name.as_str()) {
            let known = catalog.datasets.keys().map(DatasetId::as_str);
            let hint = beffroi_model::nearest(name, known)
                .map(|near| format!(" Vouliez-vous dire « {near} » ?"))
                .unwrap_or_default();
            return Err(Failure::usage(format!(
                "Aucun jeu de données « {name} ».{hint}"
            )));
        }
    }
    let warehouse = Warehouse::open(&folders.state)?;
    let writer = warehouse.writer()?;
    let report = all(&writer, &catalog, &folders.data, |id| {
        only.is_empty() || only.iter().any(|name| name == id.as_str())
    });
    for problem in &report.problems {
        progress(problem);
    }
    print(format!(
        "{} importé(s), {} inchangé(s), {} en échec.",
        report.imported.len(),
        report.unchanged,
        report.problems.len()
    ))?;
    match report.problems.len() {
        0 => Ok(()),
        count => Err(Failure::given(format!(
            "{count} jeu(x) de données n’ont pu être importés ; leur version précédente reste en place."
        ))),
    }
}

/// Imports every dataset whose files have changed. One that fails keeps its version, and does not
/// keep the others from being imported.
pub fn all(
    writer: &Writer,
    catalog: &Catalog,
    data: &Path,
    wanted: impl Fn(&DatasetId) -> bool,
) -> Report {
    let mut report = Report::default();
    for dataset in catalog
        .datasets
        .values()
        .filter(|dataset| wanted(&dataset.id))
    {
        match one(writer, dataset, data) {
            Ok(Some(version)) => report.imported.push(version.dataset),
            Ok(None) => report.unchanged += 1,
            Err(reason) => report.problems.push(format!("{} : {reason}", dataset.id)),
        }
    }
    report
}

/// Imports a dataset if its files have changed. The error is a message for users.
fn one(writer: &Writer, dataset: &Dataset, data: &Path) -> Result<Option<Version>, String> {
    let Source::File(pattern) = &dataset.source else {
        return Ok(None);
    };
    let warehouse = writer.warehouse();
    let base = warehouse
        .current(&dataset.id)
        .map_err(|error| warehouse_message(&error))?;
    let files = beffroi_sources::files(data, pattern).map_err(|error| unavailable(&error))?;
    let same_reading = base
        .as_ref()
        .is_some_and(|base| base.declaration == dataset.checksum);
    let known = base
        .as_ref()
        .map(|base| base.sources.as_slice())
        .unwrap_or_default();
    if same_reading && is_untouched(&files, known, dataset.load) {
        return Ok(None);
    }
    let start = Instant::now();
    let mut delivered = Vec::with_capacity(files.len());
    for file in &files {
        delivered.push(Delivered::read(file)?);
    }
    // In the order in which departments extracted them: of two that hold March, the later counts.
    delivered.sort_by(|a, b| {
        (a.source.extracted_on, &a.source.name).cmp(&(b.source.extracted_on, &b.source.name))
    });
    let is_known = |file: &Delivered| {
        known
            .iter()
            .any(|source| source.sha256 == file.source.sha256)
    };
    let all_known = delivered.iter().all(is_known);
    if same_reading
        && all_known
        && (dataset.load != Load::Replace || known.len() == delivered.len())
    {
        return Ok(None);
    }
    let base = if dataset.load == Load::Replace {
        None
    } else if same_reading {
        delivered.retain(|file| !is_known(file));
        base
    } else {
        // Read anew from the first file on: every former file must still be there.
        let gone = known.iter().find(|source| {
            !delivered
                .iter()
                .any(|file| file.source.sha256 == source.sha256)
        });
        if let Some(gone) = gone {
            return Err(format!(
                "sa déclaration a changé, et il faut tout relire, mais « {} » n’est plus là. \
                 Remettez ce fichier dans « {} ».",
                gone.name,
                data.display()
            ));
        }
        None
    };
    let mode = match dataset.load {
        Load::Replace => Mode::Replace,
        Load::Append => Mode::Append,
        Load::ByPeriod => Mode::ByPeriod,
    };
    let version = write(writer, dataset, mode, base.as_ref(), &delivered)?;
    writer
        .sweep(&dataset.id, KEEP)
        .map_err(|error| warehouse_message(&error))?;
    tell(&version, start);
    Ok(Some(version))
}

/// Whether files are, by name, size and time, those that the version rests on.
fn is_untouched(files: &[FoundFile], known: &[SourceFile], load: Load) -> bool {
    let same = |file: &FoundFile| {
        known.iter().any(|source| {
            source.name == file.name
                && source.bytes == file.size
                && source.modified == DateTime::<Utc>::from(file.modified)
        })
    };
    files.iter().all(same) && (load != Load::Replace || files.len() == known.len())
}

/// A file in memory.
struct Delivered {
    source: SourceFile,
    bytes: Vec<u8>,
}

impl Delivered {
    fn read(file: &FoundFile) -> Result<Self, String> {
        let bytes =
            beffroi_sources::read_file(file, FILE_LIMIT).map_err(|error| unavailable(&error))?;
        let modified = DateTime::<Utc>::from(file.modified);
        let source = SourceFile {
            name: file.name.clone(),
            sha256: beffroi_sources::sha256_hex(&bytes),
            bytes: bytes.len() as u64,
            modified,
            extracted_on: beffroi_sources::extracted_on(&file.name, file.modified),
            rows_read: 0,
            rows_rejected: 0,
        };
        Ok(Self { source, bytes })
    }
}

/// Reads files into the next version.
fn write(
    writer: &Writer,
    dataset: &Dataset,
    mode: Mode,
    base: Option<&Version>,
    files: &[Delivered],
) -> Result<Version, String> {
    let begun = Import::begin(
        writer,
        &dataset.id,
        &dataset.schema,
        dataset.time.as_ref(),
        mode,
        base,
    );
    let mut import = begun.map_err(|error| warehouse_message(&error))?;
    let relative = format!("rejects/{}/v{:06}.csv", dataset.id, import.number());
    let mut rejects = Rejects::new(writer.warehouse().state().join(&relative));
    let mut findings = base.map(|base| base.findings.clone()).unwrap_or_default();
    let mut decisions = base.map(|base| base.decisions.clone()).unwrap_or_default();
    for file in files {
        let outcome = read_into(
            dataset,
            &file.source.name,
            &file.bytes,
            &mut import,
            &mut rejects,
        )?;
        let mut source = file.source.clone();
        source.rows_read = outcome.rows_read;
        source.rows_rejected = outcome.rows_rejected;
        note(&mut findings, &mut decisions, outcome);
        import
            .end_file(source)
            .map_err(|error| warehouse_message(&error))?;
    }
    let at = writer.warehouse().state().join(&relative);
    let has_rejects = rejects.finish().map_err(|error| io_message(&at, &error))?;
    let former = base.and_then(|base| base.rejects.clone());
    let meta = ImportMeta {
        declaration: dataset.checksum.clone(),
        decisions,
        findings,
        rejects: if has_rejects { Some(relative) } else { former },
        now: Utc::now(),
    };
    import
        .commit(meta)
        .map_err(|error| warehouse_message(&error))
}

fn note(findings: &mut Findings, decisions: &mut Vec<Decision>, outcome: Outcome) {
    findings.extend(outcome.findings);
    // What was decided about a file read again is decided anew.
    decisions.retain(|known| {
        !outcome
            .decisions
            .iter()
            .any(|new| new.source == known.source)
    });
    decisions.extend(outcome.decisions);
}

/// Reads the bytes of one file into an import.
fn read_into(
    dataset: &Dataset,
    name: &str,
    bytes: &[u8],
    import: &mut Import<'_>,
    rejects: &mut Rejects,
) -> Result<Outcome, String> {
    let mut rows = Rows {
        import,
        rejects,
        source: name,
    };
    beffroi_intake::read(
        Input { name, bytes },
        &dataset.reading,
        &dataset.schema,
        &mut rows,
    )
    .map_err(|error| match error {
        ReadError::Intake(error) => refused(name, &error),
        ReadError::Sink(Fault::Warehouse(error)) => warehouse_message(&error),
        ReadError::Sink(Fault::Rejects(error)) => io_message(&rejects_path(dataset), &error),
    })
}

fn rejects_path(dataset: &Dataset) -> std::path::PathBuf {
    Path::new("rejects").join(dataset.id.as_str())
}

/// Where intake's rows go.
struct Rows<'a, 'w> {
    import: &'a mut Import<'w>,
    rejects: &'a mut Rejects,
    source: &'a str,
}

/// What can go wrong there.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    #[error(transparent)]
    Rejects(#[from] io::Error),
}

impl Sink for Rows<'_, '_> {
    type Error = Fault;

    fn rows(&mut self, batch: Batch) -> Result<(), Fault> {
        Ok(self.import.rows(&batch)?)
    }

    fn reject(&mut self, reject: Reject) -> Result<(), Fault> {
        Ok(self.rejects.push(self.source, &reject)?)
    }
}

fn tell(version: &Version, start: Instant) {
    let rejected = match version.rows_rejected() {
        0 => String::new(),
        count => format!(", {count} écartée(s)"),
    };
    progress(format!(
        "  {} : version {}, {} ligne(s){rejected} ({:.1} s)",
        version.dataset,
        version.number,
        version.rows,
        start.elapsed().as_secs_f32()
    ));
}

/// Adds readings of a live source, each under the instant at which it was read. The error is a
/// message for users.
pub fn readings(
    writer: &Writer,
    dataset: &Dataset,
    file: &str,
    bodies: &[(DateTime<Utc>, Vec<u8>)],
) -> Result<Version, String> {
    let warehouse = writer.warehouse();
    let base = warehouse
        .current(&dataset.id)
        .map_err(|error| warehouse_message(&error))?;
    // Another declaration cannot read what is no longer there: its history starts anew.
    let base = base.filter(|base| base.declaration == dataset.checksum);
    let begun = Import::begin(
        writer,
        &dataset.id,
        &dataset.schema,
        dataset.time.as_ref(),
        Mode::Append,
        base.as_ref(),
    );
    let mut import = begun.map_err(|error| warehouse_message(&error))?;
    let relative = format!("rejects/{}/v{:06}.csv", dataset.id, import.number());
    let mut rejects = Rejects::new(writer.warehouse().state().join(&relative));
    let mut findings = Findings::default();
    let mut decisions = Vec::new();
    // One source stands for all readings of the feed; its counts go on.
    let former = base.as_ref().and_then(|base| base.sources.first());
    let mut source = SourceFile {
        name: file.to_owned(),
        sha256: String::new(),
        bytes: 0,
        modified: Utc::now(),
        extracted_on: chrono::Local::now().date_naive(),
        rows_read: former.map_or(0, |former| former.rows_read),
        rows_rejected: former.map_or(0, |former| former.rows_rejected),
    };
    let mut failed = None;
    let mut good = 0;
    for (at, body) in bodies {
        match read_into(dataset, file, body, &mut import, &mut rejects) {
            Ok(outcome) => {
                good += 1;
                source.bytes += body.len() as u64;
                source.modified = *at;
                source.rows_read += outcome.rows_read;
                source.rows_rejected += outcome.rows_rejected;
                note(&mut findings, &mut decisions, outcome);
            }
            Err(message) => failed = Some(message),
        }
    }
    if let (0, Some(message)) = (good, failed) {
        return Err(message);
    }
    import
        .end_file(source)
        .map_err(|error| warehouse_message(&error))?;
    let at = writer.warehouse().state().join(&relative);
    let has_rejects = rejects.finish().map_err(|error| io_message(&at, &error))?;
    let meta = ImportMeta {
        declaration: dataset.checksum.clone(),
        decisions,
        findings,
        rejects: has_rejects.then_some(relative),
        now: Utc::now(),
    };
    let version = import
        .commit(meta)
        .map_err(|error| warehouse_message(&error))?;
    writer
        .sweep(&dataset.id, KEEP_LIVE)
        .map_err(|error| warehouse_message(&error))?;
    Ok(version)
}
