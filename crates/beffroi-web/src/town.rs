//! The state of the town that requests read: one immutable snapshot, replaced as a whole by the
//! program when a declaration or a version changes.

use crate::guard::Permission;
use crate::rights::member_may;
use arc_swap::{ArcSwap, ArcSwapOption};
use beffroi_catalog::{Catalog, Diagnostic, Diagnostics, Reach};
use beffroi_model::{DatasetId, Engine, Membership, Progress, Role, Version};
use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything a request needs to know of the town, at one instant.
pub struct Snapshot {
    /// Grows each time anything below changes: what cached pages depend on.
    pub serial: u64,
    /// What the town declares: the newest catalog without errors.
    pub catalog: Arc<Catalog>,
    /// The current version of each dataset that has one.
    pub versions: Arc<BTreeMap<DatasetId, Arc<Version>>>,
    /// Answers queries over exactly this catalog and these versions.
    pub engine: Arc<dyn Engine>,
    /// Errors of the newest reading of the declarations; when there are any, `catalog` is an
    /// older one.
    pub problems: Arc<Diagnostics>,
    /// What kept files from being imported, in French, one line each.
    pub import_problems: Arc<Vec<String>>,
    /// How the live sources fare.
    pub feeds: Arc<BTreeMap<DatasetId, Feed>>,
    /// The file being read, which moves while the rest stands still: no page that tells of it may
    /// be kept.
    pub under_way: UnderWay,
}

impl Snapshot {
    /// The town as whoever reaches this much sees it: what they do not reach is not there, and of
    /// what they reach no more is told than they may know. What goes wrong is for those who can
    /// mend it.
    #[must_use]
    pub fn within(&self, reach: &Reach, faults: Faults) -> Self {
        let catalog = self.catalog.within(reach);
        let versions = self.versions.iter().filter_map(|(id, version)| {
            reach.datasets.get(id)?;
            let told = if reach.raw.contains_key(id) || !version.tells_content() {
                Arc::clone(version)
            } else if reach.counted.contains(id) {
                Arc::new(version.without_rows())
            } else {
                Arc::new(version.without_content())
            };
            Some((id.clone(), told))
        });
        let versions: BTreeMap<DatasetId, Arc<Version>> = versions.collect();
        let feeds = self.feeds.iter();
        let feeds = feeds.filter(|(id, _)| reach.datasets.contains_key(*id));
        let feeds: BTreeMap<DatasetId, Feed> =
            feeds.map(|(id, feed)| (id.clone(), feed.clone())).collect();
        let problems = match faults {
            Faults::None => Arc::default(),
            Faults::All => Arc::clone(&self.problems),
            Faults::Reached => {
                let told = self.problems.iter().filter(|it| self.is_of(it, reach));
                Arc::new(told.cloned().collect())
            }
        };
        let import_problems = match faults {
            Faults::None => Arc::default(),
            Faults::All => Arc::clone(&self.import_problems),
            Faults::Reached => {
                let lines = self.import_problems.iter();
                let told = lines.filter(|line| match line.split_once(" : ") {
                    Some((id, _)) if self.catalog.datasets.contains_key(id) => {
                        reach.datasets.contains_key(id)
                    }
                    _ => true,
                });
                Arc::new(told.cloned().collect())
            }
        };
        Self {
            serial: self.serial,
            catalog: Arc::new(catalog),
            versions: Arc::new(versions),
            engine: Arc::clone(&self.engine),
            problems,
            import_problems,
            feeds: Arc::new(feeds),
            under_way: Arc::clone(&self.under_way),
        }
    }

    /// Whether an error of the declarations is about something that is reached, or that is new and
    /// nobody's yet. Those of who reaches what are for administrators.
    fn is_of(&self, problem: &Diagnostic, reach: &Reach) -> bool {
        let Some(place) = &problem.place else {
            return true;
        };
        let file = place.file_name();
        let stem = place.file.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.as_ref();
        let known = &self.catalog;
        match file.split('/').next().unwrap_or_default() {
            "access.toml" => false,
            "datasets" => reach.datasets.contains_key(stem) || !known.datasets.contains_key(stem),
            "indicators" => {
                reach.indicators.contains_key(stem) || !known.indicators.contains_key(stem)
            }
            "boards" => reach.boards.contains_key(stem) || !known.boards.contains_key(stem),
            _ => true,
        }
    }

    /// The day at which the town is seen.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        crate::layout::today(&self.catalog.town)
    }

    /// The clock, in local time: what live readings are held against, even in a town that is seen
    /// at another day.
    #[must_use]
    pub fn now(&self) -> NaiveDateTime {
        Local::now().naive_local()
    }
}

/// How much somebody sees of what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Faults {
    /// Nothing.
    None,
    /// What concerns the datasets that they reach, or all of them.
    Reached,
    /// All.
    All,
}

impl Faults {
    /// How much people of a membership see.
    #[must_use]
    pub fn of(member: &Membership) -> Self {
        if member.roles.contains(&Role::Administrator) {
            Self::All
        } else if member_may(member, Permission::ReadAdmin) {
            Self::Reached
        } else {
            Self::None
        }
    }
}

/// How a source that is read again and again fares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// The last reading that came in.
    pub last_success: Option<DateTime<Utc>>,
    /// The last failure: when, and what happened in French.
    pub last_error: Option<(DateTime<Utc>, String)>,
    /// When it is read next, where that is known.
    pub next: Option<DateTime<Utc>>,
}

impl Feed {
    /// Whether the last reading failed.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        let failed = self.last_error.as_ref().map(|(at, _)| *at);
        failed.is_some_and(|failed| self.last_success.is_none_or(|read| read < failed))
    }
}

/// A file being read for a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUnderWay {
    /// The dataset.
    pub dataset: DatasetId,
    /// The file, as the department named it.
    pub file: String,
    /// How far its reading has come.
    pub progress: Progress,
}

/// Where whoever imports tells of the file being read, and pages look; none between two files.
pub type UnderWay = Arc<ArcSwapOption<FileUnderWay>>;

/// The current snapshot. A request loads it once and keeps it to its end.
pub type Town = Arc<ArcSwap<Snapshot>>;
