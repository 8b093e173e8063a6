//! Files to versions: which have changed, read, set aside what does not fit, commit.

use crate::{
    cli::Folders,
    failure::{
        Failure, found, io_message, print, progress, refused, unavailable, warehouse_message,
    },
    rejects::Rejects,
    town,
};
use beffroi_catalog::{Catalog, Dataset, Load, Source};
use beffroi_intake::{Input, Outcome, ReadError, Reject, Sink};
use beffroi_model::{Batch, DatasetId, Decision, Findings, Severity, SourceFile, Version};
use beffroi_sources::FoundFile;
use beffroi_warehouse::{Import, ImportMeta, Mode, Warehouse, WarehouseError, Writer};
use chrono::{DateTime, Utc};
use std::{
    collections::{BTreeSet, HashSet},
    io,
    path::Path,
    time::{Duration, Instant},
};

/// Largest file read.
pub const FILE_LIMIT: u64 = 4 << 30;
/// Versions kept of a dataset that files feed.
const KEEP: usize = 50;
/// Versions kept of a live dataset, which makes one at each reading.
const KEEP_LIVE: usize = 5;
/// How long `import` waits for another writer to end.
const PATIENCE: Duration = Duration::from_secs(5);

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
    for name in only {
        if let Some(Source::Replay { .. }) = catalog.datasets.get(name.as_str()).map(|d| &d.source)
        {
            progress(format!(
                "« {name} » est une source en direct : c’est « beffroi serve » qui la lit."
            ));
        }
    }
    let warehouse = Warehouse::open(&folders.state)?;
    let writer = patient_writer(&warehouse)?;
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

/// The right to write, waited for a little: an import of `serve` may be under way.
fn patient_writer(warehouse: &Warehouse) -> Result<Writer, WarehouseError> {
    let start = Instant::now();
    loop {
        match warehouse.writer() {
            Err(WarehouseError::Locked(_)) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(100));
            }
            answer => return answer,
        }
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
    delivered.sort_by(|a, b| a.source.order().cmp(&b.source.order()));
    let is_there = |source: &SourceFile| {
        delivered
            .iter()
            .any(|file| file.source.name == source.name || file.source.sha256 == source.sha256)
    };
    let gone = known.iter().find(|source| !is_there(source));
    let is_corrected = |source: &SourceFile| {
        delivered
            .iter()
            .any(|file| file.source.name == source.name && file.source.sha256 != source.sha256)
    };
    let corrected: HashSet<&str> = known
        .iter()
        .filter(|source| is_corrected(source))
        .map(|source| source.name.as_str())
        .collect();
    let read_anew = match gone {
        _ if dataset.load == Load::Replace => true,
        None => !same_reading || !corrected.is_empty(),
        Some(_) if same_reading => false,
        Some(gone) => {
            return Err(format!(
                "sa déclaration a changé, et il faut tout relire, mais « {} » n’est plus là. \
                 Remettez ce fichier dans « {} ».",
                gone.name,
                data.display()
            ));
        }
    };
    let is_known = |source: &SourceFile| {
        known.iter().any(|known| known.sha256 == source.sha256)
            && !corrected.contains(source.name.as_str())
    };
    leave_out_copies(&mut delivered);
    if same_reading {
        let is_same = match dataset.load {
            Load::Replace => {
                identities(delivered.iter().map(|file| &file.source)) == identities(known)
            }
            Load::Append | Load::ByPeriod => delivered.iter().all(|file| is_known(&file.source)),
        };
        if is_same {
            return Ok(None);
        }
    }
    if !read_anew {
        delivered.retain(|file| !is_known(&file.source));
    }
    let base = base.as_ref().filter(|_| !read_anew);
    let mode = match dataset.load {
        Load::Replace => Mode::Replace,
        Load::Append => Mode::Append,
        Load::ByPeriod => Mode::ByPeriod,
    };
    let version = write(writer, dataset, mode, base, &delivered)?;
    sweep(writer, &dataset.id, KEEP);
    tell(&version, start);
    Ok(Some(version))
}

/// Names and checksums of files.
fn identities<'a>(files: impl IntoIterator<Item = &'a SourceFile>) -> BTreeSet<(&'a str, &'a str)> {
    files
        .into_iter()
        .map(|file| (file.name.as_str(), file.sha256.as_str()))
        .collect()
}

/// Of files that are the same byte for byte, only the first is read.
fn leave_out_copies(delivered: &mut Vec<Delivered>) {
    let mut seen: Vec<(String, String)> = Vec::with_capacity(delivered.len());
    delivered.retain(|file| {
        let source = &file.source;
        let first = seen.iter().find(|(sha256, _)| *sha256 == source.sha256);
        if let Some((_, first)) = first {
            progress(format!(
                "  « {} » est la copie exacte de « {first} » : lu une seule fois.",
                source.name
            ));
            return false;
        }
        seen.push((source.sha256.clone(), source.name.clone()));
        true
    });
}

/// Forgets old versions. The new one is there: what cannot be removed now waits for the next time.
fn sweep(writer: &Writer, dataset: &DatasetId, keep: usize) {
    if let Err(error) = writer.sweep(dataset, keep) {
        tracing::warn!(%dataset, %error, "old versions cannot be removed");
    }
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
            original: None,
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
    let state = writer.warehouse().state();
    let former = base.and_then(|base| base.rejects.clone());
    let mut rejects = Rejects::new(
        state.join(&relative),
        former.as_ref().map(|former| state.join(former)),
    );
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
    let has_rejects = rejects
        .finish()
        .map_err(|error| io_message(&state.join(&relative), &error))?;
    let meta = ImportMeta {
        declaration: dataset.checksum.clone(),
        decisions,
        findings,
        rejects: if has_rejects { Some(relative) } else { former },
        all_findings: None,
        previous: writer
            .warehouse()
            .current(&dataset.id)
            .map_err(|error| warehouse_message(&error))?,
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
        kept: 0,
    };
    let outcome = beffroi_intake::read(
        Input::held(name, bytes),
        &dataset.reading,
        &dataset.schema,
        &mut rows,
    )
    .map_err(|error| match error {
        ReadError::Intake(error) => refused(name, &error),
        ReadError::Sink(Fault::Warehouse(error)) => warehouse_message(&error),
        ReadError::Sink(Fault::Rejects(error)) => io_message(&rejects_path(dataset), &error),
    })?;
    if outcome.rows_read > 0 && rows.kept == 0 {
        return Err(nothing_kept(name, &outcome));
    }
    Ok(outcome)
}

/// Of a file with rows of which none fits: most often its shape has changed.
fn nothing_kept(name: &str, outcome: &Outcome) -> String {
    let reason = outcome
        .findings
        .groups()
        .filter_map(|(_, group)| group.first())
        .find(|finding| finding.severity == Severity::Error)
        .map(|finding| format!(" Première raison : {}", found(finding, 1)))
        .unwrap_or_default();
    format!(
        "« {name} » : aucune de ses {} ligne(s) ne convient, rien n’a été changé.{reason}",
        outcome.rows_read
    )
}

fn rejects_path(dataset: &Dataset) -> std::path::PathBuf {
    Path::new("rejects").join(dataset.id.as_str())
}

/// Where intake's rows go.
struct Rows<'a, 'w> {
    import: &'a mut Import<'w>,
    rejects: &'a mut Rejects,
    source: &'a str,
    kept: usize,
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
        self.kept += batch.len();
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

/// Adds readings of a live source, each with the instant at which it was read, and leaves out those
/// that say what the one before said. Nothing when all did. The error is a message for users.
pub fn readings(
    writer: &Writer,
    dataset: &Dataset,
    file: &str,
    bodies: &[(DateTime<Utc>, Vec<u8>)],
) -> Result<Option<Version>, String> {
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
        Mode::Feed,
        base.as_ref(),
    );
    let mut import = begun.map_err(|error| warehouse_message(&error))?;
    let relative = format!("rejects/{}/v{:06}.csv", dataset.id, import.number());
    let mut rejects = Rejects::new(writer.warehouse().state().join(&relative), None);
    let mut findings = Findings::default();
    let mut decisions = Vec::new();
    // One source stands for all readings of the feed; its counts go on.
    let former = base.as_ref().and_then(|base| base.sources.first());
    let mut source = SourceFile {
        name: file.to_owned(),
        sha256: former.map_or_else(String::new, |former| former.sha256.clone()),
        bytes: 0,
        modified: Utc::now(),
        extracted_on: chrono::Local::now().date_naive(),
        rows_read: former.map_or(0, |former| former.rows_read),
        rows_rejected: former.map_or(0, |former| former.rows_rejected),
        original: None,
    };
    let mut failed = None;
    let (mut good, mut same) = (0_u32, 0_u32);
    for (at, body) in bodies {
        let sha256 = beffroi_sources::sha256_hex(body);
        if sha256 == source.sha256 {
            same += 1;
            continue;
        }
        match read_into(dataset, file, body, &mut import, &mut rejects) {
            Ok(outcome) => {
                good += 1;
                source.sha256 = sha256;
                source.bytes += body.len() as u64;
                source.modified = *at;
                source.rows_read += outcome.rows_read;
                source.rows_rejected += outcome.rows_rejected;
                note(&mut findings, &mut decisions, outcome);
            }
            Err(message) => failed = Some(message),
        }
    }
    match (good, same, failed) {
        (0, _, Some(message)) => return Err(message),
        (0, 0, None) => return Err("La source n’a rien donné.".to_owned()),
        (0, ..) => return Ok(None),
        _ => {}
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
        rejects: if has_rejects {
            Some(relative)
        } else {
            base.and_then(|base| base.rejects)
        },
        all_findings: None,
        previous: None,
        now: Utc::now(),
    };
    let version = import
        .commit(meta)
        .map_err(|error| warehouse_message(&error))?;
    sweep(writer, &dataset.id, KEEP_LIVE);
    Ok(Some(version))
}
