//! The one thread of jobs of `serve`: it watches declarations, files, versions and feeds, and
//! replaces the snapshot when something has changed. What was good keeps serving meanwhile.

use crate::{
    failure::{progress, unavailable, warehouse_message},
    import::{self, Report},
    town,
};
use arc_swap::ArcSwap;
use beffroi_catalog::{Catalog, Dataset, Diagnostics, Source, load};
use beffroi_engine::PolarsEngine;
use beffroi_model::DatasetId;
use beffroi_sources::{FeedError, Replay};
use beffroi_warehouse::{Warehouse, WarehouseError};
use beffroi_web::{Feed, Snapshot, Town};
use chrono::{DateTime, Duration, Local, Utc};
use std::{
    collections::BTreeMap,
    fs,
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
/// How much of a recorded feed is read at first, so that its history is not empty.
const HISTORY_HOURS: i64 = 24;

/// The folders and the state of the town between two looks.
pub struct Jobs {
    content: PathBuf,
    data: PathBuf,
    warehouse: Warehouse,
    catalog: Arc<Catalog>,
    engine: Arc<PolarsEngine>,
    versions: Arc<town::Versions>,
    problems: Arc<Diagnostics>,
    import_problems: Arc<Vec<String>>,
    feeds: BTreeMap<DatasetId, Feed>,
    due: BTreeMap<DatasetId, Instant>,
    serial: u64,
    declared: Fingerprint,
    delivered: Fingerprint,
}

/// Names, sizes and times of files: equal when nothing has changed.
type Fingerprint = Vec<(PathBuf, u64, Option<SystemTime>)>;

impl Jobs {
    /// Over folders, with a catalog that was just read.
    pub fn new(
        content: &Path,
        data: &Path,
        warehouse: Warehouse,
        catalog: Catalog,
    ) -> Result<Self, WarehouseError> {
        let catalog = Arc::new(catalog);
        let versions = Arc::new(town::versions(&warehouse, &catalog)?);
        let engine = Arc::new(PolarsEngine::new(
            warehouse.clone(),
            Arc::clone(&catalog),
            Arc::clone(&versions),
            None,
        ));
        Ok(Self {
            content: content.to_owned(),
            data: data.to_owned(),
            warehouse,
            catalog,
            engine,
            versions,
            problems: Arc::default(),
            import_problems: Arc::default(),
            feeds: BTreeMap::new(),
            due: BTreeMap::new(),
            serial: 1,
            declared: fingerprint(content),
            delivered: fingerprint(data),
        })
    }

    /// Imports what has changed.
    pub fn import(&mut self) {
        let report = match self.warehouse.writer() {
            Ok(writer) => import::all(&writer, &self.catalog, &self.data, |_| true),
            Err(error) => Report {
                problems: vec![warehouse_message(&error)],
                ..Report::default()
            },
        };
        for problem in &report.problems {
            progress(format!("  {problem}"));
        }
        self.import_problems = Arc::new(report.problems);
        self.refresh();
    }

    /// The snapshot of now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            serial: self.serial,
            catalog: Arc::clone(&self.catalog),
            versions: Arc::clone(&self.versions),
            engine: Arc::clone(&self.engine) as Arc<dyn beffroi_model::Engine>,
            problems: Arc::clone(&self.problems),
            import_problems: Arc::clone(&self.import_problems),
            feeds: Arc::new(self.feeds.clone()),
        }
    }

    /// Looks at everything until told to stop.
    pub fn run(mut self, town: &Town, stop: &AtomicBool) {
        // What the first pages need is prepared while the server already listens.
        self.engine.prepare();
        let mut tick: u64 = 0;
        while !stop.load(Ordering::Relaxed) {
            let before = self.serial;
            self.poll_feeds();
            if fingerprint(&self.content) != self.declared {
                self.reload();
            }
            if tick.is_multiple_of(DATA_TICKS) {
                let delivered = fingerprint(&self.data);
                if delivered != self.delivered {
                    self.delivered = delivered;
                    self.import();
                } else if self.is_outdated() {
                    self.refresh();
                }
            }
            if self.serial != before {
                self.engine.prepare();
                ArcSwap::store(town, Arc::new(self.snapshot()));
            }
            tick += 1;
            std::thread::sleep(TICK);
        }
    }

    /// Reads the declarations again. With errors the last good catalog goes on serving.
    fn reload(&mut self) {
        self.declared = fingerprint(&self.content);
        let loaded = load(&self.content);
        match loaded.catalog {
            Some(catalog) => {
                self.catalog = Arc::new(catalog);
                self.problems = Arc::default();
                self.import();
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
        self.catalog.datasets.keys().any(|id| {
            let known = self.versions.get(id).map_or(0, |version| version.number);
            self.warehouse
                .newest(id)
                .is_ok_and(|newest| newest != known)
        })
    }

    /// Takes the newest versions into the next snapshot.
    fn refresh(&mut self) {
        match town::versions(&self.warehouse, &self.catalog) {
            Ok(versions) => {
                self.versions = Arc::new(versions);
                self.engine = Arc::new(PolarsEngine::new(
                    self.warehouse.clone(),
                    Arc::clone(&self.catalog),
                    Arc::clone(&self.versions),
                    Some(&self.engine),
                ));
                self.serial += 1;
            }
            Err(error) => {
                let mut problems = self.import_problems.as_ref().clone();
                problems.push(warehouse_message(&error));
                self.import_problems = Arc::new(problems);
                self.serial += 1;
            }
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
            let next = Instant::now() + std::time::Duration::from_secs((*every).max(1));
            self.due.insert(dataset.id.clone(), next);
            let now = Utc::now();
            let feed = self.feeds.entry(dataset.id.clone()).or_default();
            match poll(&self.warehouse, &self.data, dataset, file, now) {
                Ok(()) => {
                    feed.last_success = Some(now);
                    changed = true;
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

/// One reading of a recorded feed, or its last day when there is no history yet.
fn poll(
    warehouse: &Warehouse,
    data: &Path,
    dataset: &Dataset,
    file: &str,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let found = beffroi_sources::files(data, file).map_err(|error| unavailable(&error))?;
    let found = found
        .first()
        .ok_or_else(|| format!("« {file} » est introuvable."))?;
    let bytes = beffroi_sources::read_file(found, import::FILE_LIMIT)
        .map_err(|error| unavailable(&error))?;
    let replay = Replay::load(&bytes).map_err(|error| unavailable(&error))?;
    let writer = warehouse
        .writer()
        .map_err(|error| warehouse_message(&error))?;
    let has_history = warehouse
        .newest(&dataset.id)
        .map_err(|error| warehouse_message(&error))?
        > 0;
    let read = |at: DateTime<Utc>| replay.at(at.with_timezone(&Local).naive_local());
    let bodies = if has_history {
        vec![(now, read(now).map_err(|error| unanswered(&error))?)]
    } else {
        let step = replay
            .every()
            .and_then(|every| i64::try_from(every).ok())
            .unwrap_or(600);
        let step = Duration::seconds(step.max(60));
        let mut bodies = Vec::new();
        let mut at = now - Duration::hours(HISTORY_HOURS);
        while at <= now {
            bodies.extend(read(at).ok().map(|body| (at, body)));
            at += step;
        }
        bodies
    };
    import::readings(&writer, dataset, file, &bodies).map(|_| ())
}

/// Why a live source gives nothing just now.
fn unanswered(error: &FeedError) -> String {
    match error {
        FeedError::Status(status) => format!("La source répond par une erreur {status}."),
        FeedError::Failed(words) => format!("La source ne répond pas : {words}."),
    }
}

/// Names, sizes and times of the files below a folder.
fn fingerprint(folder: &Path) -> Fingerprint {
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
