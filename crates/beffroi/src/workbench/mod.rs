//! The program's side of the workshop: files of drafts looked at without being shown to anybody, the
//! town as it would be with a draft, and publication.
//!
//! ```text
//! var/workshop/<draft>/…             files brought with the draft
//! var/workshop/<draft>/put/…         which of them a publication has put into the inbox
//! var/workshop/<draft>/state/        its warehouse, over that of the town, made again when needed
//! ```

mod look;
mod overlay;
mod publish;
mod scratch;

use crate::{backup::make_private, corrections::Corrections, failure::unavailable, jobs::Engines};
use beffroi_catalog::{Catalog, Diagnostics, Network, Source, load_over, thing};
use beffroi_engine::RollupEngine;
use beffroi_intake::Correction;
use beffroi_model::DatasetId;
use beffroi_sources::{Limits, Request, Validators, Web, fits};
use beffroi_warehouse::Warehouse;
use beffroi_web::{Brought, Drafted, Looked, Overlaid, Town, Unpublished, Workbench};
use moka::sync::Cache;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
    time::Duration,
};
use url::Url;

/// The folder of drafts in the state folder.
pub const FOLDER: &str = "workshop";
/// The folder of a draft's warehouse in its own.
pub const STATE: &str = "state";

/// How many towns with a draft are kept.
const MOST_OVERLAYS: u64 = 16;
/// How many files that were looked at are kept.
const MOST_LOOKS: u64 = 64;
/// How long anything is kept that nobody asks for.
const IDLE: Duration = Duration::from_secs(3_600);
/// How long a file that could not be read is not tried again.
const REFUSED_FOR: Duration = Duration::from_secs(600);
/// How long whoever typed an address waits for what is there.
const FETCHED_WITHIN: Duration = Duration::from_secs(60);
/// The first serial of a town with a draft: the town itself never comes so far.
const FIRST_SERIAL: u64 = 1 << 63;

/// Drafted files by their paths.
type Files = BTreeMap<String, Option<String>>;

/// The bench on which drafts lie.
pub struct Bench {
    content: PathBuf,
    data: PathBuf,
    warehouse: Warehouse,
    town: Town,
    engine: Engines,
    declared: Cache<(Files, u64), Arc<Declared>>,
    looks: Cache<look::Asked, Arc<look::Look>>,
    overlays: Cache<(Drafted, u64), Overlaid>,
    /// The last engine of each draft: what it prepared serves the next one.
    engines: Cache<i64, Arc<RollupEngine>>,
    /// Why datasets of drafts could not be read, by what they would have been made of.
    refusals: Cache<(i64, String), String>,
    /// Held by whoever writes to the warehouse of a draft.
    hands: Mutex<BTreeMap<i64, Arc<Mutex<()>>>>,
    /// One publication at a time.
    publishing: Mutex<()>,
    serial: AtomicU64,
}

/// What declarations with drafted files over them come to.
struct Declared {
    catalog: Option<Arc<Catalog>>,
    problems: Arc<Diagnostics>,
}

impl Bench {
    /// Beside a town that is served from these folders.
    pub fn new(
        content: &Path,
        data: &Path,
        warehouse: Warehouse,
        town: Town,
        engine: Engines,
    ) -> Self {
        fn kept<K, V>(most: u64) -> Cache<K, V>
        where
            K: std::hash::Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
        {
            Cache::builder()
                .max_capacity(most)
                .time_to_idle(IDLE)
                .support_invalidation_closures()
                .build()
        }
        Self {
            content: content.to_owned(),
            data: data.to_owned(),
            warehouse,
            town,
            engine,
            declared: kept(MOST_OVERLAYS),
            looks: kept(MOST_LOOKS),
            overlays: kept(MOST_OVERLAYS),
            engines: kept(MOST_OVERLAYS),
            refusals: Cache::builder()
                .max_capacity(256)
                .time_to_live(REFUSED_FOR)
                .build(),
            hands: Mutex::default(),
            publishing: Mutex::default(),
            serial: AtomicU64::new(FIRST_SERIAL),
        }
    }

    /// The declarations with drafted files over them, while the town is at some serial.
    fn declared_with(&self, files: &Files, serial: u64) -> Arc<Declared> {
        self.declared.get_with((files.clone(), serial), || {
            let loaded = load_over(&self.content, files);
            Arc::new(Declared {
                catalog: loaded.catalog.map(Arc::new),
                problems: Arc::new(loaded.diagnostics),
            })
        })
    }

    /// Where a draft's files lie, whether the folder is there or not.
    fn place(&self, draft: i64) -> PathBuf {
        let folder = self.warehouse.state().join(FOLDER);
        folder.join(draft.to_string())
    }

    /// Where a file of a draft lies. A name that leads out of its folder, or to what is made there
    /// by us, is refused.
    fn brought(&self, draft: i64, stored: &str) -> io::Result<PathBuf> {
        let is_ours = matches!(stored, STATE | publish::PUT);
        if stored.is_empty() || is_ours || stored.starts_with('.') || stored.contains(['/', '\\']) {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        Ok(self.place(draft).join(stored))
    }

    /// The corrections of a dataset: those kept, and over them those of files brought for it. The
    /// error is a message for users.
    fn corrections<'b>(
        &self,
        dataset: &DatasetId,
        brought: impl Iterator<Item = &'b Brought>,
    ) -> Result<Corrections, String> {
        let mut corrections = Corrections::load(self.warehouse.state(), dataset)?;
        for file in brought.filter(|file| !file.correction.is_empty()) {
            let correction: Correction = serde_json::from_str(&file.correction)
                .map_err(|_| format!("La correction de « {} » est illisible.", file.name))?;
            corrections.add(correction);
        }
        Ok(corrections)
    }

    /// Holds the warehouse of a draft, with who else would write to it.
    fn hand(&self, draft: i64) -> Arc<Mutex<()>> {
        let mut hands = locked(&self.hands);
        Arc::clone(hands.entry(draft).or_default())
    }
}

/// What is kept of a lock whose holder panicked is as good as what is kept of any other: all that it
/// guards is on disk, where it is there whole or not at all.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The files of a draft that are for a dataset.
fn brought_for<'d>(
    draft: &'d Drafted,
    dataset: &'d DatasetId,
) -> impl Iterator<Item = &'d Brought> {
    let files = draft.deliveries.iter();
    files.filter(move |file| file.dataset.as_ref() == Some(dataset))
}

/// The text of a file; `None` when there is none.
fn text_of(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_nothing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether nothing is there.
fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

impl Workbench for Bench {
    fn folder(&self, draft: i64) -> io::Result<PathBuf> {
        let folder = self.place(draft);
        make_private(&folder)?;
        keep_private(&folder)?;
        Ok(folder)
    }

    fn declared(&self, path: &str) -> io::Result<Option<String>> {
        match thing(path) {
            Some(_) => text_of(&self.content.join(path)),
            None => Err(io::ErrorKind::InvalidFilename.into()),
        }
    }

    fn look(&self, draft: &Drafted, file: &Brought, patience: Duration) -> Looked {
        self.look_at(draft, file, patience)
    }

    fn overlay(&self, draft: &Drafted) -> Overlaid {
        let town = self.town.load_full();
        let key = (draft.clone(), town.serial);
        let overlaid = self
            .overlays
            .get_with(key.clone(), || self.overlaid(draft, &town));
        if overlaid.snapshot.is_none() {
            // What does not hold is known, and what the disk refused is asked of it again.
            self.overlays.invalidate(&key);
        }
        overlaid
    }

    fn claiming(&self, name: &str) -> Vec<DatasetId> {
        let town = self.town.load();
        let datasets = town.catalog.datasets.values();
        let claims = datasets.filter(|it| match &it.source {
            Source::Inbox(pattern) => fits(pattern, name),
            Source::File(path) => fits(path.rsplit('/').next().unwrap_or(path), name),
            _ => false,
        });
        claims.map(|it| it.id.clone()).collect()
    }

    fn fetch(&self, address: &str, into: &Path, most: u64) -> Result<String, String> {
        let url = Url::parse(address)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or("Une adresse complète est attendue : https://…")?;
        // What a declaration opens to one dataset is not opened to whoever types an address.
        let network = Network {
            allow: Vec::new(),
            ..self.town.load().catalog.town.network.clone()
        };
        let limits = Limits {
            bytes: most,
            total: FETCHED_WITHIN,
            attempts: 1,
            ..Limits::default()
        };
        let request = Request {
            url,
            header: None,
            known: Validators::default(),
            name: None,
            fallback: "fichier".to_owned(),
        };
        let web = Web::new(&network, limits).map_err(|error| unavailable(&error))?;
        match web.fetch(&request, into) {
            Ok(Some(fetched)) => Ok(fetched.name),
            Ok(None) => Err("Cette adresse ne donne rien.".to_owned()),
            Err(error) => Err(unavailable(&error)),
        }
    }

    fn publish(
        &self,
        draft: &Drafted,
        bases: &BTreeMap<String, Option<String>>,
    ) -> Result<(), Unpublished> {
        let _alone = locked(&self.publishing);
        self.publish_alone(draft, bases)
    }

    fn forget(&self, draft: i64) {
        let hand = self.hand(draft);
        let _alone = locked(&hand);
        let folder = self.place(draft);
        match fs::remove_dir_all(&folder) {
            Err(error) if !is_nothing(&error) => {
                tracing::warn!(path = %folder.display(), %error, "files of a draft stay");
            }
            _ => {}
        }
        self.engines.invalidate(&draft);
        let overlays = &self.overlays;
        // What they are asked is whether an entry is of the draft: they are built to be.
        let forgotten = [
            overlays.invalidate_entries_if(move |(it, _), _| it.id == draft),
            self.looks
                .invalidate_entries_if(move |it, _| it.draft == draft),
        ];
        for error in forgotten.into_iter().filter_map(Result::err) {
            tracing::warn!(%error, "what is kept of a draft stays until it is pushed out");
        }
    }
}

/// Takes the rights of others to a folder away: one that was brought back has those of the day.
#[cfg(unix)]
fn keep_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(folder)?.permissions().mode();
    match mode & 0o077 {
        0 => Ok(()),
        _ => fs::set_permissions(folder, fs::Permissions::from_mode(0o700)),
    }
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
