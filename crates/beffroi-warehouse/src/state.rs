//! The state folder: whose it is, who writes, which versions there are.

use crate::changes;
use beffroi_model::{DatasetId, SourceFile, Version};
use chrono::{DateTime, Utc};
use std::{
    collections::HashSet,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// What can go wrong on the shelf.
#[derive(Debug, thiserror::Error)]
pub enum WarehouseError {
    /// The disk said no.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder has files, and none says that it is Beffroi's.
    #[error("{0} is not a state folder of Beffroi")]
    NotOurs(PathBuf),
    /// The folder was written by a newer Beffroi.
    #[error("{path} has format {found}, this program knows {known}")]
    TooNew {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// Another process is writing.
    #[error("another process is writing to {0}")]
    Locked(PathBuf),
    /// A manifest that cannot be read.
    #[error("{path}: {reason}")]
    Damaged {
        /// The manifest.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A part cannot be read.
    #[error("parquet: {0}")]
    Unreadable(#[source] parquet::errors::ParquetError),
    /// A part cannot be written.
    #[error("parquet: {0}")]
    Unwritten(#[from] parquet::errors::ParquetError),
}

impl WarehouseError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Io { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::Unwritten(error) => error.to_string().contains("No space left"),
            _ => false,
        }
    }
}

/// Names the file in an I/O error.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> WarehouseError + '_ {
    move |source| WarehouseError::Io {
        path: path.to_owned(),
        source,
    }
}

const FORMAT: u32 = 1;
const MARK: &str = "beffroi.json";
const FOLDER: &str = "warehouse";

#[derive(serde::Serialize, serde::Deserialize)]
struct Mark {
    format: u32,
}

/// The versions of all datasets in a state folder.
#[derive(Debug, Clone)]
pub struct Warehouse {
    state: PathBuf,
    /// The one whose datasets are seen where this one has none of its own.
    pub(crate) beneath: Option<Arc<Warehouse>>,
}

impl Warehouse {
    /// Opens a state folder, making it when it is absent or empty. A folder with files that does
    /// not bear our mark is refused: it may be anything.
    pub fn open(state: &Path) -> Result<Self, WarehouseError> {
        let mark = state.join(MARK);
        match fs::read(&mark) {
            Ok(bytes) => {
                let found: Mark = serde_json::from_slice(&bytes)
                    .map_err(|_| WarehouseError::NotOurs(state.to_owned()))?;
                if found.format > FORMAT {
                    return Err(WarehouseError::TooNew {
                        path: state.to_owned(),
                        found: found.format,
                        known: FORMAT,
                    });
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_private(state).map_err(at(state))?;
                for entry in fs::read_dir(state).map_err(at(state))? {
                    // A first start may have been killed between writing the mark and naming it.
                    if entry.map_err(at(state))?.path() != temporary(&mark) {
                        return Err(WarehouseError::NotOurs(state.to_owned()));
                    }
                }
                let bytes = serde_json::to_vec(&Mark { format: FORMAT }).unwrap_or_default();
                write_atomically(&mark, &bytes)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(WarehouseError::NotOurs(state.to_owned()));
            }
            Err(source) => return Err(WarehouseError::Io { path: mark, source }),
        }
        let folder = state.join(FOLDER);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        Ok(Self {
            state: state.to_owned(),
            beneath: None,
        })
    }

    /// The state folder.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The folder of a dataset: here, or in the warehouse beneath when it stands there alone.
    #[must_use]
    pub fn folder(&self, dataset: &DatasetId) -> PathBuf {
        let own = self.own_folder(Some(dataset));
        match &self.beneath {
            Some(beneath) if !own.is_dir() => beneath.folder(dataset),
            _ => own,
        }
    }

    /// The folder of a dataset in this very state folder, or that of all of them.
    pub(crate) fn own_folder(&self, dataset: Option<&DatasetId>) -> PathBuf {
        let folder = self.state.join(FOLDER);
        match dataset {
            Some(dataset) => folder.join(dataset.as_str()),
            None => folder,
        }
    }

    /// The Parquet files of a version.
    #[must_use]
    pub fn part_paths(&self, version: &Version) -> Vec<PathBuf> {
        let folder = self.folder(&version.dataset);
        version
            .parts
            .iter()
            .map(|part| folder.join(&part.file))
            .collect()
    }

    /// The number of the newest version, without reading it; 0 when there is none.
    pub fn newest(&self, dataset: &DatasetId) -> Result<u32, WarehouseError> {
        Ok(self.numbers(dataset)?.pop().unwrap_or(0))
    }

    /// The newest version whose manifest can be read. The error is that of the newest one, when
    /// there are versions and none can be read.
    pub fn current(&self, dataset: &DatasetId) -> Result<Option<Version>, WarehouseError> {
        let mut first = None;
        for number in self.numbers(dataset)?.into_iter().rev() {
            match self.version(dataset, number) {
                Ok(version) => return Ok(Some(version)),
                Err(error) => {
                    tracing::warn!(%dataset, number, %error, "manifest cannot be read");
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(None), Err)
    }

    /// A version by its number.
    pub fn version(&self, dataset: &DatasetId, number: u32) -> Result<Version, WarehouseError> {
        let path = self.folder(dataset).join(manifest_name(number));
        let bytes = fs::read(&path).map_err(at(&path))?;
        serde_json::from_slice(&bytes).map_err(|error| WarehouseError::Damaged {
            path,
            reason: error.to_string(),
        })
    }

    /// The numbers of the versions kept, in order.
    pub fn numbers(&self, dataset: &DatasetId) -> Result<Vec<u32>, WarehouseError> {
        let folder = self.folder(dataset);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                return Err(WarehouseError::Io {
                    path: folder,
                    source,
                });
            }
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry.map_err(at(&folder))?.file_name();
            let number: Option<u32> = name
                .to_str()
                .and_then(|name| name.strip_prefix('v')?.strip_suffix(".json"))
                .and_then(|digits| digits.parse().ok());
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The right to write, held by one process at a time. A process that died holds nothing: the
    /// system gave its lock back.
    pub fn writer(&self) -> Result<Writer, WarehouseError> {
        let path = self.state.join("writer.lock");
        let file = File::create(&path).map_err(at(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Writer {
                warehouse: self.clone(),
                _lock: file,
            }),
            Err(TryLockError::WouldBlock) => Err(WarehouseError::Locked(self.state.clone())),
            Err(TryLockError::Error(source)) => Err(WarehouseError::Io { path, source }),
        }
    }
}

/// The one who may write, until dropped.
#[derive(Debug)]
pub struct Writer {
    warehouse: Warehouse,
    _lock: File,
}

impl Writer {
    /// The versions.
    #[must_use]
    pub fn warehouse(&self) -> &Warehouse {
        &self.warehouse
    }

    /// Writes a manifest: from this instant the version is the current one.
    pub(crate) fn publish(&self, version: &Version) -> Result<(), WarehouseError> {
        let path = self
            .warehouse
            .folder(&version.dataset)
            .join(manifest_name(version.number));
        let bytes =
            serde_json::to_vec_pretty(version).map_err(|error| WarehouseError::Damaged {
                path: path.clone(),
                reason: error.to_string(),
            })?;
        write_atomically(&path, &bytes)
    }

    /// Makes an older version current again: a new manifest that names its parts, so that history
    /// is never rewritten. The files of the versions given up are remembered.
    pub fn restore(
        &self,
        dataset: &DatasetId,
        number: u32,
        now: DateTime<Utc>,
    ) -> Result<Version, WarehouseError> {
        self.take_over(dataset)?;
        let mut version = self.warehouse.version(dataset, number)?;
        let current = self.warehouse.current(dataset)?;
        version.restores = Some(version.restores.unwrap_or(version.number));
        version.number = self.warehouse.newest(dataset)? + 1;
        version.imported_at = now;
        if let Some(current) = current {
            version.changes = Some(changes::between(&current, &version));
            version.given_up = current.given_up;
            for source in current.sources {
                let is_listed = |known: &SourceFile| known.sha256 == source.sha256;
                if !version.given_up.iter().any(is_listed) {
                    version.given_up.push(source);
                }
            }
            let sources = &version.sources;
            version
                .given_up
                .retain(|file| sources.iter().all(|source| source.sha256 != file.sha256));
        }
        self.publish(&version)?;
        Ok(version)
    }

    /// Forgets all but the newest `keep` versions of a dataset, then every file that no version
    /// names, among them what a killed writer left.
    pub fn sweep(&self, dataset: &DatasetId, keep: usize) -> Result<(), WarehouseError> {
        self.take_over(dataset)?;
        let folder = self.warehouse.folder(dataset);
        let mut numbers = self.warehouse.numbers(dataset)?;
        let kept = numbers.split_off(numbers.len().saturating_sub(keep.max(1)));
        let mut named = HashSet::new();
        for number in kept {
            named.insert(folder.join(manifest_name(number)));
            let version = self.warehouse.version(dataset, number)?;
            named.extend(self.warehouse.part_paths(&version));
            let originals = version
                .sources
                .iter()
                .filter_map(|source| source.original.as_ref());
            named.extend(originals.map(|it| self.warehouse.originals(dataset).join(&it.file)));
            let asides = [version.rejects, version.all_findings];
            named.extend(
                asides
                    .into_iter()
                    .flatten()
                    .map(|it| self.warehouse.state.join(it)),
            );
        }
        // Manifests first: a part must not go while a manifest names it.
        let mut unnamed = files_in(&folder)?;
        unnamed.sort_by_key(|path| path.extension().is_none_or(|kind| kind != "json"));
        unnamed.extend(files_in(&self.warehouse.originals(dataset))?);
        for aside in ASIDES {
            unnamed.extend(files_in(
                &self.warehouse.state.join(aside).join(dataset.as_str()),
            )?);
        }
        for path in unnamed.iter().filter(|path| !named.contains(*path)) {
            fs::remove_file(path).map_err(at(path))?;
        }
        Ok(())
    }
}

/// Folders beside the warehouse with files of each version: rows set aside, all that was found.
pub(crate) const ASIDES: [&str; 2] = ["rejects", "findings"];

/// The files of a folder; none when there is no such folder.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, WarehouseError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    Ok(entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()))
        .map(|entry| entry.path())
        .collect())
}

/// Makes a folder that is not there; only its owner gets in.
fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The file name of a manifest.
pub(crate) fn manifest_name(number: u32) -> String {
    format!("v{number:06}.json")
}

/// Writes a file so that it is there whole or not at all.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WarehouseError> {
    let temporary = temporary(path);
    let mut file = File::create(&temporary).map_err(at(&temporary))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(at(&temporary))?;
    fs::rename(&temporary, path).map_err(at(path))?;
    sync_folder(path)
}

/// Where a file is written before it has its name.
fn temporary(path: &Path) -> PathBuf {
    path.with_extension("tmp")
}

/// Makes a rename last.
pub(crate) fn sync_folder(path: &Path) -> Result<(), WarehouseError> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at(folder))
}
