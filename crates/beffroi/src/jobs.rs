//! The one thread of jobs of `serve`: it watches declarations, files, versions and feeds, and
//! replaces the snapshot when something has changed. What was good keeps serving meanwhile.

use crate::{
    failure::{progress, unavailable, warehouse_message},
    import::{self, Order},
    inbox::Inbox,
    remote::{self, Gave, Read, Remote},
    town,
    under_way::UnderWay,
};
use arc_swap::ArcSwap;
use beffroi_catalog::{Catalog, Dataset, Diagnostics, Frequency, Source, load};
use beffroi_engine::RollupEngine;
use beffroi_model::{DatasetId, Role};
use beffroi_sources::{FeedError, Replay};
use beffroi_store::{Audit, Event, Kind};
use beffroi_warehouse::{Warehouse, WarehouseError, Writer};
use beffroi_web::{Feed, Metrics, Snapshot, Town};
use chrono::{DateTime, Duration, Local, Utc};
use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Instant, SystemTime},
};

/// How often folders are looked at.
const TICK: std::time::Duration = std::time::Duration::from_millis(500);
/// Ticks between two looks at the data folder.
const DATA_TICKS: u64 = 4;
/// Ticks between two looks at what is to be published.
const PUBLICATION_TICKS: u64 = 6;
/// How much of a recorded feed is read at first, so that its history is not empty.
const HISTORY_HOURS: i64 = 24;

/// The folders and the state of the town between two looks.
pub struct Jobs {
    content: PathBuf,
    data: PathBuf,
    warehouse: Warehouse,
    catalog: Arc<Catalog>,
    engine: Arc<RollupEngine>,
    /// The same, for whoever stands beside.
    engines: Engines,
    versions: Arc<town::Versions>,
    problems: Arc<Diagnostics>,
    /// What the last import could not do.
    import_problems: Vec<String>,
    /// Datasets of which no version can be read.
    version_problems: Vec<String>,
    /// A job that broke off, until an import comes to its end.
    fault: Option<String>,
    /// Whether an import waits for another writer to end.
    pending: bool,
    feeds: BTreeMap<DatasetId, Feed>,
    remote: Remote,
    /// Why sources on other machines could not be read, the last time.
    unread: BTreeMap<DatasetId, String>,
    inbox: Inbox,
    under_way: UnderWay,
    /// What lies refused in the inbox.
    refusals: Vec<String>,
    due: BTreeMap<DatasetId, Instant>,
    serial: u64,
    declared: Fingerprint,
    delivered: Fingerprint,
    /// The newest version numbers, those that cannot be read too.
    numbers: BTreeMap<DatasetId, u32>,
    /// Where imports are counted.
    metrics: Metrics,
    audit: Audit,
    /// What is to be published, published.
    publications: Box<dyn FnMut() + Send>,
}

/// The engine over the newest state of the town.
pub type Engines = Arc<ArcSwap<RollupEngine>>;

/// Names, sizes and times of files: equal when nothing has changed.
pub type Fingerprint = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Jobs {
    /// Over folders, with a catalog that was just read, and the fingerprint that the declarations
    /// had before: one that changed while they were read is read again.
    pub fn new(
        content: &Path,
        data: &Path,
        warehouse: Warehouse,
        catalog: Catalog,
        declared: Fingerprint,
        metrics: Metrics,
        audit: Audit,
    ) -> Self {
        let catalog = Arc::new(catalog);
        let numbers = newest(&warehouse, &catalog);
        let (versions, version_problems) = readable(&warehouse, &catalog);
        let engine = Arc::new(RollupEngine::new(
            warehouse.clone(),
            Arc::clone(&catalog),
            Arc::clone(&versions),
            None,
        ));
        let state = warehouse.state().to_owned();
        Self {
            content: content.to_owned(),
            data: data.to_owned(),
            warehouse,
            catalog,
            engines: Arc::new(ArcSwap::new(Arc::clone(&engine))),
            engine,
            versions,
            problems: Arc::default(),
            import_problems: Vec::new(),
            version_problems,
            fault: None,
            pending: false,
            feeds: BTreeMap::new(),
            remote: Remote::new(&state),
            unread: BTreeMap::new(),
            inbox: Inbox::open(&state),
            under_way: UnderWay::on_terminal(),
            refusals: Vec::new(),
            due: BTreeMap::new(),
            serial: 1,
            declared,
            delivered: fingerprint(data),
            numbers,
            metrics,
            audit,
            publications: Box::new(|| {}),
        }
    }

    /// The engine over the newest state of the town, whatever comes.
    pub fn engines(&self) -> Engines {
        Arc::clone(&self.engines)
    }

    /// Has `publications` called every few seconds: it finishes what was interrupted, and publishes
    /// what has its time come.
    pub fn publish_by(&mut self, publications: Box<dyn FnMut() + Send>) {
        self.publications = publications;
    }

    /// Imports what has changed.
    pub fn import(&mut self) {
        self.import_with(Arc::clone(&self.catalog));
    }

    /// Imports what has changed under declarations, which serve from then on. While another process
    /// writes, the import waits for its turn.
    fn import_with(&mut self, catalog: Arc<Catalog>) {
        let start = Instant::now();
        let problems = match self.warehouse.writer() {
            Ok(writer) => {
                let report = import::all(&writer, &catalog, self.order(), |_| true);
                self.count(&report, start);
                self.pending = false;
                self.fault = None;
                report.problems
            }
            Err(error) => {
                let waited = std::mem::replace(&mut self.pending, true);
                if waited && Arc::ptr_eq(&catalog, &self.catalog) && !self.is_outdated() {
                    return;
                }
                vec![warehouse_message(&error)]
            }
        };
        if problems != self.import_problems {
            for problem in &problems {
                progress(format!("  {problem}"));
            }
        }
        self.import_problems = problems;
        self.renew(catalog);
    }

    /// Counts an import.
    fn count(&self, report: &import::Report, start: Instant) {
        let (done, failed) = (report.imported.len(), report.problems.len());
        self.metrics.imported(done, failed, start.elapsed());
    }

    /// How files are imported.
    fn order(&self) -> Order<'_> {
        Order::kept(&self.data, &self.under_way)
    }

    /// The snapshot of now.
    pub fn snapshot(&self) -> Snapshot {
        // An import that met an unreadable version has told of it already.
        let unread = self.version_problems.iter();
        let unread = unread.filter(|problem| !self.import_problems.contains(problem));
        let problems = self.import_problems.iter().chain(unread).cloned();
        let remote = self
            .unread
            .iter()
            .map(|(id, reason)| format!("{id} : {reason}"));
        let problems = problems.chain(remote).chain(self.refusals.iter().cloned());
        Snapshot {
            serial: self.serial,
            catalog: Arc::clone(&self.catalog),
            versions: Arc::new(town::told_to_readers(&self.catalog, &self.versions)),
            engine: Arc::clone(&self.engine) as Arc<dyn beffroi_model::Engine>,
            problems: Arc::clone(&self.problems),
            import_problems: Arc::new(problems.chain(self.fault.clone()).collect()),
            feeds: Arc::new(self.feeds.clone()),
            under_way: Arc::clone(self.under_way.pages()),
        }
    }

    /// Looks at everything until told to stop.
    pub fn run(mut self, town: &Town, stop: &AtomicBool) {
        // What the first pages need is prepared while the server already listens.
        self.guarded(|jobs| jobs.engine.prepare());
        let mut tick: u64 = 0;
        while !stop.load(Ordering::Relaxed) {
            let before = self.serial;
            self.guarded(|jobs| jobs.turn(tick));
            if self.serial != before {
                self.guarded(|jobs| jobs.engine.prepare());
                ArcSwap::store(town, Arc::new(self.snapshot()));
            }
            tick += 1;
            std::thread::sleep(TICK);
        }
    }

    /// Does a job. One that panics is told and given up; the next ones go on, as does what serves.
    fn guarded(&mut self, job: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| job(self))).is_err() {
            tracing::error!("a job panicked");
            let fault = "Une tâche de fond s’est interrompue sur une erreur du programme : ce qui \
                         servait sert encore, mais il se peut qu’un fichier ou une déclaration \
                         n’ait pas été pris en compte. Le journal donne le détail.";
            if self.fault.replace(fault.to_owned()).is_none() {
                self.serial += 1;
            }
        }
    }

    /// Looks once at everything.
    pub fn turn(&mut self, tick: u64) {
        if tick.is_multiple_of(PUBLICATION_TICKS) {
            self.finish_publications();
        }
        self.poll_feeds();
        self.read_remote();
        let declared = fingerprint(&self.content);
        if declared != self.declared {
            self.declared = declared;
            self.reload();
        }
        if tick.is_multiple_of(DATA_TICKS) {
            self.empty_inbox();
            let delivered = fingerprint(&self.data);
            if delivered != self.delivered || self.pending {
                self.delivered = delivered;
                self.import();
            } else if self.is_outdated() {
                self.refresh();
            }
        }
    }

    /// Finishes publications that were interrupted, and makes those whose time has come. What they
    /// write is met by the looks that follow.
    fn finish_publications(&mut self) {
        (self.publications)();
    }

    /// Reads the declarations again. With errors the last good catalog goes on serving.
    fn reload(&mut self) {
        let loaded = load(&self.content);
        match loaded.catalog {
            Some(catalog) => {
                self.problems = Arc::default();
                self.import_with(Arc::new(catalog));
            }
            None => {
                for diagnostic in &loaded.diagnostics {
                    progress(diagnostic);
                }
                self.problems = Arc::new(loaded.diagnostics);
                self.serial += 1;
            }
        }
    }

    /// Whether another process made a version.
    fn is_outdated(&self) -> bool {
        newest(&self.warehouse, &self.catalog) != self.numbers
    }

    /// Takes the newest versions into the next snapshot.
    fn refresh(&mut self) {
        self.renew(Arc::clone(&self.catalog));
    }

    /// Takes declarations and their newest versions into the next snapshot, together.
    fn renew(&mut self, catalog: Arc<Catalog>) {
        // Before the versions: one that comes in between is seen at the next look.
        let numbers = newest(&self.warehouse, &catalog);
        let (versions, problems) = readable(&self.warehouse, &catalog);
        let engine = Arc::new(RollupEngine::new(
            self.warehouse.clone(),
            Arc::clone(&catalog),
            Arc::clone(&versions),
            Some(&self.engine),
        ));
        self.note_access(&catalog);
        self.note_versions(&catalog, &numbers);
        self.catalog = catalog;
        self.versions = versions;
        self.engines.store(Arc::clone(&engine));
        self.engine = engine;
        self.numbers = numbers;
        self.version_problems = problems;
        self.serial += 1;
    }

    /// Rights that change in the file, by whoever writes to it, are in the trail.
    fn note_access(&self, catalog: &Catalog) {
        let (before, after) = (&self.catalog.access, &catalog.access);
        if before == after {
            return;
        }
        let known = before.perimeters.keys().chain(after.perimeters.keys());
        let mut changed: Vec<String> = known
            .filter(|id| before.perimeters.get(*id) != after.perimeters.get(*id))
            .map(ToString::to_string)
            .collect();
        changed.sort();
        changed.dedup();
        let roles = Role::ALL.into_iter();
        let roles = roles.filter(|role| before.roles.get(role) != after.roles.get(role));
        changed.extend(roles.map(|role| role.as_str().to_owned()));
        self.note(
            Kind::System,
            "access.file",
            "access.toml",
            changed.join(" "),
        );
    }

    /// What is put in place for people to read is in the trail; live readings are not, one by one.
    fn note_versions(&self, catalog: &Catalog, numbers: &BTreeMap<DatasetId, u32>) {
        let new = numbers.iter().filter(|(id, number)| {
            let dataset = catalog.datasets.get(*id);
            **number > 0
                && self.numbers.get(*id) != Some(*number)
                && dataset.is_some_and(|it| it.frequency != Frequency::Live)
        });
        let told: Vec<String> = new.map(|(id, number)| format!("{id} {number}")).collect();
        if !told.is_empty() {
            self.note(Kind::Publication, "version", "datasets", told.join(", "));
        }
    }

    fn note(&self, kind: Kind, action: &str, object: &str, detail: String) {
        let event = Event::of_program(Utc::now(), kind, action, object, detail);
        if let Err(error) = self.audit.record(event) {
            tracing::error!(%error, "the trail could not be written");
        }
    }

    /// Takes what sources on other machines gave, and starts reading those whose time has come.
    fn read_remote(&mut self) {
        let catalog = Arc::clone(&self.catalog);
        let mut is_delivered = false;
        for Read { dataset, outcome } in self.remote.finished() {
            let Some(dataset) = catalog.datasets.get(&dataset) else {
                continue;
            };
            let outcome = outcome.and_then(|gave| match gave {
                Gave::File { is_new } => {
                    is_delivered |= is_new;
                    Ok(())
                }
                Gave::Reading(body) => self.keep_reading(dataset, body),
            });
            let now = Utc::now();
            let feed = match dataset.source.every() {
                None => remote::fares(self.warehouse.state(), dataset, outcome.as_ref().err()),
                Some(_) => {
                    let mut feed = self.feeds.remove(&dataset.id).unwrap_or_default();
                    match &outcome {
                        Ok(()) => feed.last_success = Some(now),
                        Err(reason) => feed.last_error = Some((now, reason.clone())),
                    }
                    feed
                }
            };
            self.feeds.insert(dataset.id.clone(), feed);
            match outcome {
                Ok(()) => self.unread.remove(&dataset.id),
                Err(reason) => {
                    if self.unread.get(&dataset.id) != Some(&reason) {
                        progress(format!("  {} : {reason}", dataset.id));
                    }
                    self.unread.insert(dataset.id.clone(), reason)
                }
            };
            self.serial += 1;
        }
        if is_delivered {
            self.import();
        }
        self.remote.start(&catalog);
    }

    /// Adds a reading of a live source to its history.
    fn keep_reading(&mut self, dataset: &Dataset, body: Vec<u8>) -> Result<(), String> {
        let writer = self.warehouse.writer();
        let writer = writer.map_err(|error| warehouse_message(&error))?;
        let place = dataset.source.place();
        let version = import::readings(&writer, dataset, &place, &[(Utc::now(), body)])?;
        drop(writer);
        if version.is_some() {
            self.refresh();
        }
        Ok(())
    }

    /// Imports what was put into the inbox and is complete.
    fn empty_inbox(&mut self) {
        let files = self.inbox.look();
        if !files.is_empty()
            && let Ok(writer) = self.warehouse.writer()
        {
            let start = Instant::now();
            let mut report = import::Report::default();
            for file in files {
                report.add(self.inbox.take(&file, &writer, &self.catalog, self.order()));
            }
            drop(writer);
            self.count(&report, start);
            for problem in &report.problems {
                progress(format!("  {problem}"));
            }
            if !report.imported.is_empty() {
                self.refresh();
            }
        }
        let refusals = self.inbox.refusals();
        if refusals != self.refusals {
            self.refusals = refusals;
            self.serial += 1;
        }
    }

    /// Reads every live source whose time has come.
    pub fn poll_feeds(&mut self) {
        let catalog = Arc::clone(&self.catalog);
        let mut changed = false;
        for dataset in catalog.datasets.values() {
            let Source::Replay { file, every } = &dataset.source else {
                continue;
            };
            if self
                .due
                .get(&dataset.id)
                .is_some_and(|due| Instant::now() < *due)
            {
                continue;
            }
            let writer = match self.warehouse.writer() {
                // Its turn comes when the other writer has ended.
                Err(WarehouseError::Locked(_)) => continue,
                writer => writer,
            };
            let next = Instant::now() + std::time::Duration::from_secs((*every).max(1));
            self.due.insert(dataset.id.clone(), next);
            let now = Utc::now();
            let feed = self.feeds.entry(dataset.id.clone()).or_default();
            let polled = writer
                .map_err(|error| warehouse_message(&error))
                .and_then(|writer| poll(&writer, &self.data, dataset, file, now, &mut changed));
            match polled {
                Ok(()) => {
                    feed.last_success = Some(now);
                    self.serial += 1;
                }
                // The last good value stays; the page tells its age.
                Err(message) => {
                    feed.last_error = Some((now, message));
                    self.serial += 1;
                }
            }
        }
        if changed {
            self.refresh();
        }
    }
}

/// The newest version number of each dataset.
fn newest(warehouse: &Warehouse, catalog: &Catalog) -> BTreeMap<DatasetId, u32> {
    let numbers = catalog.datasets.keys().map(|id| {
        let number = warehouse.newest(id).unwrap_or_default();
        (id.clone(), number)
    });
    numbers.collect()
}

/// The versions that can be read, and in French why others cannot.
fn readable(warehouse: &Warehouse, catalog: &Catalog) -> (Arc<town::Versions>, Vec<String>) {
    let (versions, errors) = town::versions(warehouse, catalog);
    let problems = errors
        .iter()
        .map(|(dataset, error)| format!("{dataset} : {}", warehouse_message(error)));
    (Arc::new(versions), problems.collect())
}

/// One reading of a recorded feed, after its last day when there is no history yet. Says whether
/// there is a new version, which there may be even when the source fails just now.
fn poll(
    writer: &Writer,
    data: &Path,
    dataset: &Dataset,
    file: &str,
    now: DateTime<Utc>,
    changed: &mut bool,
) -> Result<(), String> {
    let found = beffroi_sources::files(data, file).map_err(|error| unavailable(&error))?;
    let found = found
        .first()
        .ok_or_else(|| format!("« {file} » est introuvable."))?;
    let bytes = beffroi_sources::read_file(found, import::FILE_LIMIT)
        .map_err(|error| unavailable(&error))?;
    let replay = Replay::load(&bytes).map_err(|error| unavailable(&error))?;
    let read = |at: DateTime<Utc>| replay.at(at.with_timezone(&Local).naive_local());
    let current = writer
        .warehouse()
        .current(&dataset.id)
        .map_err(|error| warehouse_message(&error))?;
    // A history that was read under another declaration starts anew.
    let has_history = current.is_some_and(|version| version.declaration == dataset.checksum);
    if !has_history {
        let step = replay
            .every()
            .and_then(|every| i64::try_from(every).ok())
            .unwrap_or(600);
        let step = Duration::seconds(step.max(60));
        let mut bodies = Vec::new();
        let mut at = now - Duration::hours(HISTORY_HOURS);
        while at < now {
            bodies.extend(read(at).ok().map(|body| (at, body)));
            at += step;
        }
        if !bodies.is_empty() {
            *changed |= import::readings(writer, dataset, file, &bodies)?.is_some();
        }
    }
    let body = read(now).map_err(|error| unanswered(&error))?;
    *changed |= import::readings(writer, dataset, file, &[(now, body)])?.is_some();
    Ok(())
}

/// Why a live source gives nothing just now.
fn unanswered(error: &FeedError) -> String {
    match error {
        FeedError::Status(status) => format!("La source répond par une erreur {status}."),
        FeedError::Failed(words) => format!("La source ne répond pas : {words}."),
    }
}

/// Names, sizes and times of the files below a folder.
pub fn fingerprint(folder: &Path) -> Fingerprint {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => {
                    found.push((entry.path(), metadata.len(), metadata.modified().ok()));
                }
                Err(_) => {}
            }
        }
    }
    found.sort();
    found
}
