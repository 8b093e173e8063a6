//! Sources on other machines, read beside the thread of jobs: a slow server holds up nothing else.

use crate::failure::{progress, unavailable};
use beffroi_catalog::{Catalog, Dataset};
use beffroi_model::DatasetId;
use beffroi_sources::{Limits, Record, SourceError};
use beffroi_web::Feed;
use chrono::{DateTime, Utc};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

/// How long one reading of a live source may take.
const READING: Duration = Duration::from_secs(20);
/// The least time between two attempts, whatever the record says.
const PAUSE: Duration = Duration::from_secs(30);
/// Between two looks at a schedule.
const LOOK: Duration = Duration::from_secs(5);
/// How many are read at once.
const AT_ONCE: usize = 4;

/// What a source gave.
pub enum Gave {
    /// A file, new or not, is where deliveries are.
    File {
        /// Whether it is new.
        is_new: bool,
    },
    /// A reading of a live source.
    Reading(Vec<u8>),
}

/// How a source was read.
pub struct Read {
    /// The dataset.
    pub dataset: DatasetId,
    /// What it gave, or why it did not, in French.
    pub outcome: Result<Gave, String>,
}

/// Readings under way.
pub struct Remote {
    state: PathBuf,
    running: BTreeMap<DatasetId, JoinHandle<Result<Gave, SourceError>>>,
    /// When each may be tried next.
    due: BTreeMap<DatasetId, Instant>,
}

impl Remote {
    pub fn new(state: &Path) -> Self {
        Self {
            state: state.to_owned(),
            running: BTreeMap::new(),
            due: BTreeMap::new(),
        }
    }

    /// Starts reading what is due.
    pub fn start(&mut self, catalog: &Arc<Catalog>) {
        for dataset in catalog.datasets.values() {
            if self.running.len() >= AT_ONCE {
                return;
            }
            let pace = every(dataset);
            let is_early = |due: &Instant| Instant::now() < *due;
            if pace.is_none() && !dataset.source.is_fetched()
                || self.running.contains_key(&dataset.id)
                || self.due.get(&dataset.id).is_some_and(is_early)
            {
                continue;
            }
            let is_due = pace.is_some() || is_due(&self.state, dataset);
            let wait = pace.unwrap_or(if is_due { PAUSE } else { LOOK });
            self.due.insert(dataset.id.clone(), Instant::now() + wait);
            if is_due {
                self.spawn(catalog, &dataset.id);
            }
        }
    }

    fn spawn(&mut self, catalog: &Arc<Catalog>, id: &DatasetId) {
        let (state, catalog, id) = (self.state.clone(), Arc::clone(catalog), id.clone());
        let wanted = id.clone();
        let spawned = Builder::new().name(format!("fetch {id}")).spawn(move || {
            let Some(dataset) = catalog.datasets.get(&wanted) else {
                return Ok(Gave::File { is_new: false });
            };
            read(&state, &catalog, dataset)
        });
        match spawned {
            Ok(handle) => {
                self.running.insert(id, handle);
            }
            Err(error) => tracing::error!(%error, "no thread to fetch with"),
        }
    }

    /// What has come since.
    pub fn finished(&mut self) -> Vec<Read> {
        let over = self
            .running
            .extract_if(.., |_, handle| handle.is_finished());
        over.map(|(dataset, handle)| Read {
            outcome: match handle.join() {
                Ok(Ok(gave)) => Ok(gave),
                Ok(Err(error)) => {
                    tracing::warn!(%dataset, error = chain(&error), "a source cannot be read");
                    Err(unavailable(&error))
                }
                Err(_) => {
                    Err("La lecture s’est interrompue sur une erreur du programme.".to_owned())
                }
            },
            dataset,
        })
        .collect()
    }
}

/// Fetches what is wanted among the sources on other machines, one after the other. Tells what
/// could not be had, in French.
pub fn fetch(state: &Path, catalog: &Catalog, wanted: impl Fn(&Dataset) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    let fetched = catalog
        .datasets
        .values()
        .filter(|dataset| dataset.source.is_fetched());
    for dataset in fetched.filter(|dataset| wanted(dataset)) {
        progress(format!(
            "  {} : lecture de « {} »…",
            dataset.id,
            dataset.source.place()
        ));
        if let Err(error) = read(state, catalog, dataset) {
            tracing::warn!(dataset = %dataset.id, error = chain(&error), "a source cannot be read");
            problems.push(format!("{} : {}", dataset.id, unavailable(&error)));
        }
    }
    problems
}

/// Whether the time of a source has come.
pub fn is_due(state: &Path, dataset: &Dataset) -> bool {
    let now = Utc::now();
    next(state, dataset, now).is_some_and(|next| next <= now)
}

/// How the source of a dataset fares, for the page that shows it.
pub fn fares(state: &Path, dataset: &Dataset, error: Option<&String>) -> Feed {
    let record = Record::load(state, dataset);
    Feed {
        last_success: record.succeeded,
        last_error: record.tried.zip(error.cloned()),
        next: next(state, dataset, Utc::now()),
    }
}

fn next(state: &Path, dataset: &Dataset, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let schedule = dataset
        .schedule
        .as_ref()
        .filter(|_| dataset.source.is_fetched())?;
    Some(Record::load(state, dataset).next(schedule, now))
}

/// The pace of a live source on another machine.
fn every(dataset: &Dataset) -> Option<Duration> {
    let is_remote = matches!(dataset.source, beffroi_catalog::Source::Url { .. });
    let every = dataset.source.every().filter(|_| is_remote)?;
    Some(Duration::from_secs(every.max(1)))
}

fn read(state: &Path, catalog: &Catalog, dataset: &Dataset) -> Result<Gave, SourceError> {
    let network = &catalog.town.network;
    if every(dataset).is_some() {
        let limits = Limits {
            total: READING,
            idle: READING / 2,
            attempts: 1,
            ..Limits::default()
        };
        beffroi_sources::reading(state, network, dataset, limits).map(Gave::Reading)
    } else {
        beffroi_sources::fetch(state, network, dataset, Limits::default())
            .map(|is_new| Gave::File { is_new })
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}
