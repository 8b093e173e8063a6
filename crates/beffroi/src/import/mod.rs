//! Files to versions: which have changed, read, set aside what does not fit, commit.
//!
//! Here is decided what to read; `delivery` is one file, `next` the version under way, `feed` the
//! readings of live sources, `referred` what rows refer to in other datasets, `told` what the
//! terminal shows of a version.

mod delivery;
mod feed;
mod next;
mod referred;
mod told;

pub use feed::readings;
pub use referred::{in_order, referred, referred_versions};

use crate::{
    cli::Folders,
    corrections::Corrections,
    deliveries::Deliveries,
    failure::{Failure, print, progress, unavailable, warehouse_message},
    inbox, remote, town,
    under_way::UnderWay,
    versions,
};
use beffroi_catalog::{Catalog, Dataset, Load};
use beffroi_model::{DatasetId, SourceFile, Version};
use beffroi_sources::{FoundFile, SourceError};
use beffroi_warehouse::{Mode, Warehouse, WarehouseError, Writer};
use chrono::{DateTime, Utc};
use delivery::Delivery;
use next::NextVersion;
use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
    time::{Duration, Instant},
};

/// Largest file read.
pub const FILE_LIMIT: u64 = 4 << 30;
/// Versions kept of a dataset that files feed.
pub const KEEP: usize = 50;
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

impl Report {
    /// Adds what another import came to.
    pub fn add(&mut self, other: Self) {
        self.imported.extend(other.imported);
        self.unchanged += other.unchanged;
        self.problems.extend(other.problems);
    }
}

/// What is done with a version once it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It becomes the current one.
    Import,
    /// What it would change is told, and it is forgotten.
    DryRun,
}

/// How files are imported.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// The folder of the departments' files.
    pub data: &'a Path,
    /// What is done with versions.
    pub purpose: Purpose,
    /// Where is told how far it has come.
    pub under_way: &'a UnderWay,
    /// Whether the terminal is told what came of it.
    pub is_told: bool,
}

impl<'a> Order<'a> {
    /// To keep what comes of it.
    pub fn kept(data: &'a Path, under_way: &'a UnderWay) -> Self {
        Self {
            data,
            purpose: Purpose::Import,
            under_way,
            is_told: true,
        }
    }
}

/// `beffroi import`.
pub fn run(folders: &Folders, only: &[String], purpose: Purpose) -> Result<(), Failure> {
    let catalog = town::catalog(&folders.content)?;
    for name in only {
        versions::dataset(&catalog, name)?;
    }
    for name in only {
        let dataset = catalog.datasets.get(name.as_str());
        if dataset.is_some_and(|dataset| dataset.source.every().is_some()) {
            progress(format!(
                "« {name} » est une source en direct : c’est « beffroi serve » qui la lit."
            ));
        }
    }
    let warehouse = Warehouse::open(&folders.state)?;
    let is_named = |id: &DatasetId| only.iter().any(|name| name == id.as_str());
    // What is named is fetched now, the rest when its time has come.
    let unfetched = remote::fetch(&folders.state, &catalog, |dataset| {
        is_named(&dataset.id) || only.is_empty() && remote::is_due(&folders.state, dataset)
    });
    let writer = patient_writer(&warehouse)?;
    let under_way = UnderWay::on_terminal();
    let order = Order {
        data: &folders.data,
        purpose,
        under_way: &under_way,
        is_told: true,
    };
    let mut report = all(&writer, &catalog, order, |id| {
        only.is_empty() || is_named(id)
    });
    report.problems.splice(0..0, unfetched);
    if purpose == Purpose::Import && only.is_empty() {
        report.add(inbox::take_all(&writer, &catalog, order));
    }
    for problem in &report.problems {
        progress(problem);
    }
    let done = match purpose {
        Purpose::Import => "importé(s)",
        Purpose::DryRun => "à importer",
    };
    print(format!(
        "{} {done}, {} inchangé(s), {} en échec.",
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
pub fn patient_writer(warehouse: &Warehouse) -> Result<Writer, WarehouseError> {
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
    order: Order<'_>,
    wanted: impl Fn(&DatasetId) -> bool,
) -> Report {
    let mut report = Report::default();
    for dataset in in_order(catalog) {
        if !wanted(&dataset.id) {
            continue;
        }
        match one(writer, dataset, order) {
            Ok(Some(version)) => report.imported.push(version.dataset),
            Ok(None) => report.unchanged += 1,
            Err(reason) => report.problems.push(format!("{} : {reason}", dataset.id)),
        }
    }
    report
}

/// Imports a dataset if its files have changed. The error is a message for users.
pub fn one(
    writer: &Writer,
    dataset: &Dataset,
    order: Order<'_>,
) -> Result<Option<Version>, String> {
    if dataset.source.every().is_some() {
        return Ok(None);
    }
    let deliveries = match Deliveries::of(dataset, order.data, writer.warehouse().state()) {
        // Files that are gone are read again from their copies, when they must be.
        Err(SourceError::NotFound { .. }) if is_read_otherwise(writer, dataset) => {
            Deliveries::default()
        }
        found => found.map_err(|error| unavailable(&error))?,
    };
    if deliveries.files.is_empty() && !is_read_otherwise(writer, dataset) {
        return Ok(None);
    }
    let version = deliver(writer, dataset, &deliveries.files, order)?;
    if order.purpose == Purpose::Import {
        deliveries.settle();
    }
    Ok(version)
}

/// Whether the current version was read under another declaration, or other corrections.
fn is_read_otherwise(writer: &Writer, dataset: &Dataset) -> bool {
    let corrections = Corrections::load(writer.warehouse().state(), &dataset.id);
    let declaration = corrections.map(|it| declaration(writer, dataset, &it));
    match (writer.warehouse().current(&dataset.id), declaration) {
        (Ok(Some(base)), Ok(declaration)) => base.declaration != declaration,
        _ => false,
    }
}

/// Imports the files of a dataset, all that there are of them, if any has changed.
pub fn deliver(
    writer: &Writer,
    dataset: &Dataset,
    files: &[FoundFile],
    order: Order<'_>,
) -> Result<Option<Version>, String> {
    let start = Instant::now();
    let current = writer.warehouse().current(&dataset.id);
    let base = current.map_err(|error| warehouse_message(&error))?;
    let corrections = Corrections::load(writer.warehouse().state(), &dataset.id)?;
    let declaration = declaration(writer, dataset, &corrections);
    let same_reading = base
        .as_ref()
        .is_some_and(|base| base.declaration == declaration);
    if same_reading
        && base
            .as_ref()
            .is_some_and(|base| is_untouched(files, base, dataset.load))
    {
        return Ok(None);
    }
    let read = plan(writer, dataset, files, base.as_ref(), same_reading).and_then(|plan| {
        let Some(plan) = plan else { return Ok(None) };
        let reading = Reading {
            corrections,
            declaration,
        };
        let version = write(writer, dataset, &reading, plan, base.as_ref(), order)?;
        Ok(Some(version))
    });
    // What was copied and not used goes too.
    let swept = !matches!(read, Ok(None));
    if swept {
        sweep(writer, &dataset.id, KEEP);
    }
    if let (true, Ok(Some(version))) = (order.is_told, &read) {
        let state = writer.warehouse().state();
        told::tell(state, dataset, version, order.purpose, start.elapsed());
    }
    read
}

/// What tells one reading of the files of a dataset from another: its declaration, corrections,
/// and what could not be looked up. Once that is there, the files are read again and held to it.
fn declaration(writer: &Writer, dataset: &Dataset, corrections: &Corrections) -> String {
    let declaration = corrections.declaration(dataset);
    let unknown = referred::unknown(writer.warehouse(), dataset);
    if unknown.is_empty() {
        return declaration;
    }
    let unknown: Vec<&str> = unknown.iter().map(|id| id.as_str()).collect();
    let unknown = unknown.join(" ");
    beffroi_sources::sha256_hex(format!("{declaration} without {unknown}").as_bytes())
}

/// How files are read.
struct Reading {
    corrections: Corrections,
    /// What tells it from another one.
    declaration: String,
}

/// What to read.
struct Plan {
    files: Vec<Delivery>,
    /// Whether they are all there is, former rows being read again among them.
    is_whole: bool,
}

/// Which files to read; nothing when all are known.
fn plan(
    writer: &Writer,
    dataset: &Dataset,
    files: &[FoundFile],
    base: Option<&Version>,
    same_reading: bool,
) -> Result<Option<Plan>, String> {
    let known = base.map(|base| base.sources.as_slice()).unwrap_or_default();
    let given_up = base
        .map(|base| base.given_up.as_slice())
        .unwrap_or_default();
    let mut delivered = Vec::with_capacity(files.len());
    for file in files {
        let others = known.iter().chain(given_up).map(|known| known.bytes);
        let others = others.chain(files.iter().map(|file| file.size));
        let is_as_long_as_another = others.filter(|&size| size == file.size).count() > 1;
        let file = Delivery::take(file, is_as_long_as_another)?;
        if !has(given_up, &file.source) {
            delivered.push(file);
            continue;
        }
        // The file of a version that was given up stands for the one that came back.
        let former = known.iter().find(|known| known.name == file.source.name);
        let Some(former) = former else { continue };
        delivered.push(Delivery::kept(writer, dataset, former).ok_or_else(|| gone(former))?);
    }
    leave_out_copies(&mut delivered);
    let corrected: HashSet<&str> = known
        .iter()
        .filter(|known| {
            let mut files = delivered.iter().map(|file| &file.source);
            files.any(|file| file.name == known.name && file.sha256 != known.sha256)
        })
        .map(|known| known.name.as_str())
        .collect();
    let is_known =
        |source: &SourceFile| has(known, source) && !corrected.contains(source.name.as_str());
    if same_reading {
        let is_same = match dataset.load {
            Load::Replace => {
                checksums(delivered.iter().map(|file| &file.source)) == checksums(known)
            }
            Load::Append | Load::ByPeriod => delivered.iter().all(|file| is_known(&file.source)),
        };
        if is_same {
            tell_renamed(&delivered, known);
            return Ok(None);
        }
    }
    let replaces_all = dataset.load == Load::Replace;
    let mut is_whole = replaces_all || !same_reading || !corrected.is_empty();
    if is_whole && (!replaces_all || delivered.is_empty()) {
        // Files that are no longer there are read again from their copies.
        let is_there = |known: &&SourceFile| {
            let mut files = delivered.iter().map(|file| &file.source);
            files.any(|file| file.name == known.name || file.sha256 == known.sha256)
        };
        let absent: Vec<&SourceFile> = known.iter().filter(|known| !is_there(known)).collect();
        let mut copies = Vec::with_capacity(absent.len());
        for source in absent {
            match Delivery::kept(writer, dataset, source) {
                Some(copy) => copies.push(copy),
                None if same_reading => is_whole = false,
                None => return Err(gone(source)),
            }
        }
        if is_whole {
            delivered.extend(copies);
        }
    }
    if !is_whole {
        delivered.retain(|file| !is_known(&file.source));
    }
    // In the order in which departments extracted them: of two that hold March, the later counts.
    delivered.sort_by(|a, b| a.source.order().cmp(&b.source.order()));
    Ok(Some(Plan {
        files: delivered,
        is_whole,
    }))
}

/// Reads files into the next version.
fn write(
    writer: &Writer,
    dataset: &Dataset,
    reading: &Reading,
    plan: Plan,
    current: Option<&Version>,
    order: Order<'_>,
) -> Result<Version, String> {
    let mode = match dataset.load {
        Load::Replace => Mode::Replace,
        Load::Append => Mode::Append,
        Load::ByPeriod => Mode::ByPeriod,
    };
    let mut next = NextVersion::open(
        writer,
        dataset,
        &reading.declaration,
        mode,
        current.filter(|_| !plan.is_whole),
        current.cloned(),
    )?;
    let referred = referred(writer.warehouse(), dataset);
    for file in plan.files {
        let correction = reading.corrections.of(base_name(&file.source.name));
        file.read_into(
            writer,
            dataset,
            &correction,
            &referred,
            order.under_way,
            &mut next,
        )?;
    }
    next.close(order.purpose == Purpose::Import)
}

/// The last part of a path.
fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether files are, by name, size and time, those that the version rests on, or those given up.
fn is_untouched(files: &[FoundFile], base: &Version, load: Load) -> bool {
    let same = |file: &FoundFile| {
        base.sources.iter().chain(&base.given_up).any(|source| {
            source.name == file.name
                && source.bytes == file.size
                && source.modified == DateTime::<Utc>::from(file.modified)
        })
    };
    let is_there = |source: &SourceFile| files.iter().any(|file| file.name == source.name);
    files.iter().all(same) && (load != Load::Replace || base.sources.iter().all(is_there))
}

/// Whether a file is among others, by its bytes.
fn has(files: &[SourceFile], file: &SourceFile) -> bool {
    files.iter().any(|known| known.sha256 == file.sha256)
}

fn checksums<'a>(files: impl IntoIterator<Item = &'a SourceFile>) -> BTreeSet<&'a str> {
    files.into_iter().map(|file| file.sha256.as_str()).collect()
}

/// Of files that are the same byte for byte, only the first is read.
fn leave_out_copies(delivered: &mut Vec<Delivery>) {
    let mut seen: Vec<((String, u64), String)> = Vec::with_capacity(delivered.len());
    delivered.retain(|file| {
        let source = &file.source;
        let bytes = (source.sha256.clone(), source.bytes);
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == bytes) {
            progress(format!(
                "  « {} » est la copie exacte de « {first} » : lu une seule fois.",
                source.name
            ));
            return false;
        }
        seen.push((bytes, source.name.clone()));
        true
    });
}

/// Says of files under another name that they bring nothing new.
fn tell_renamed(delivered: &[Delivery], known: &[SourceFile]) {
    for file in delivered.iter().map(|file| &file.source) {
        let former = known.iter().find(|known| known.sha256 == file.sha256);
        if let Some(former) = former.filter(|former| former.name != file.name) {
            progress(format!(
                "  « {} » est la copie exacte de « {} », déjà importé : rien de nouveau.",
                file.name, former.name
            ));
        }
    }
}

fn gone(source: &SourceFile) -> String {
    format!(
        "sa déclaration a changé, et il faut tout relire, mais « {} » n’est plus là et n’a pas de          copie. Remettez ce fichier dans le dossier de données.",
        source.name
    )
}

/// Forgets old versions. The new one is there: what cannot be removed now waits for the next time.
pub fn sweep(writer: &Writer, dataset: &DatasetId, keep: usize) {
    if let Err(error) = writer.sweep(dataset, keep) {
        tracing::warn!(%dataset, %error, "old versions cannot be removed");
    }
}
