//! The store as a whole: opening, copying, what can go wrong.

use crate::{
    audit::Trail,
    database::{self, Database},
    ids::DraftId,
    password::Hashers,
    workshop::limits::Limit,
};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk said no.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The database said no.
    #[error("sqlite: {0}")]
    Database(#[from] rusqlite::Error),
    /// The database was written by a newer Beffroi.
    #[error("{path} has schema {found}, this program knows {known}")]
    TooNew {
        /// The database.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema known.
        known: u32,
    },
    /// The schema could not be brought up to date.
    #[error("{path}: {reason}")]
    Migration {
        /// The database.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(String),
    /// An event was not recorded.
    #[error("not recorded: {0}")]
    NotRecorded(#[source] Arc<StoreError>),
    /// A password could not be hashed, or its kept hash not be read.
    #[error("password hash: {0}")]
    Hash(String),
    /// There is more of something than is kept.
    #[error("too long: {0}")]
    TooLong(Limit),
    /// A draft is looked over, published or given up: its files do not change.
    #[error("draft {0:?} is closed")]
    DraftClosed(DraftId),
    /// There is no such draft.
    #[error("no draft {0}")]
    NoDraft(DraftId),
    /// The edition of that year was opened already.
    #[error("report {report} has an edition of {year}")]
    EditionExists {
        /// Of which report.
        report: String,
        /// Of which year.
        year: i32,
    },
    /// There is no edition of that year.
    #[error("report {report} has no edition of {year}")]
    NoEdition {
        /// Of which report.
        report: String,
        /// Of which year.
        year: i32,
    },
    /// An edition has no such chapter.
    #[error("report {report} of {year} has no chapter {chapter}")]
    NoChapter {
        /// Of which report.
        report: String,
        /// Of which year.
        year: i32,
        /// The chapter.
        chapter: String,
    },
    /// An edition is frozen: what it says does not change.
    #[error("report {report} of {year} is frozen")]
    Frozen {
        /// Of which report.
        report: String,
        /// Of which year.
        year: i32,
    },
    /// A report or a chapter has no such id.
    #[error("not an id: {0:?}")]
    NotAnId(String),
    /// A path that could lead out of its folder.
    #[error("not a path within the folder: {0}")]
    NotWithin(String),
}

impl StoreError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Io { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::Database(error) => {
                error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
            }
            Self::NotRecorded(error) => error.is_disk_full(),
            _ => false,
        }
    }
}

/// Names the file in an I/O error.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    move |source| StoreError::Io {
        path: path.to_owned(),
        source,
    }
}

/// People, sessions, invitations, throttling, the audit trail, the workshop and the annual reports of
/// a state folder. Copies are the same store; several processes may open one.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) database: Arc<Database>,
    pub(crate) hashers: Hashers,
    pub(crate) trail: Trail,
}

impl Store {
    /// The newest schema that this program knows.
    pub const SCHEMA: u32 = database::SCHEMA;

    /// Opens the store of a state folder, making both when missing. A store of an older schema is
    /// brought up to date; one of a newer schema is refused.
    pub fn open(state: &Path) -> Result<Self, StoreError> {
        let database = Arc::new(Database::open(state)?);
        Ok(Self {
            inner: Arc::new(Inner {
                trail: Trail::start(database.clone())?,
                database,
                hashers: Hashers::default(),
            }),
        })
    }

    /// The version of the schema of the database.
    pub fn schema_version(&self) -> Result<u32, StoreError> {
        Ok(self.inner.database.read(database::version_of)?)
    }

    /// Writes a consistent copy of the database while others read and write. The copy is on the
    /// disk when this returns; a file of that name is replaced by a whole one.
    pub fn backup_to(&self, file: &Path) -> Result<(), StoreError> {
        let temporary = temporary(file);
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(at(&temporary)(error));
            }
            _ => {}
        }
        let name = temporary.to_string_lossy().into_owned();
        let copied = self
            .inner
            .database
            .read(|reader| reader.execute("VACUUM INTO ?1", [name]).map(|_| ()));
        if let Err(error) = copied {
            let _ = fs::remove_file(&temporary);
            return Err(error.into());
        }
        put_in_place(&temporary, file)
    }
}

/// The name of a file while it is written.
pub(crate) fn temporary(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".tmp");
    name.into()
}

/// Makes a whole temporary file durable, private, and gives it its name.
pub(crate) fn put_in_place(temporary: &Path, file: &Path) -> Result<(), StoreError> {
    let written = File::options()
        .write(true)
        .open(temporary)
        .map_err(at(temporary))?;
    #[cfg(unix)]
    written
        .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(at(temporary))?;
    written.sync_all().map_err(at(temporary))?;
    drop(written);
    fs::rename(temporary, file).map_err(at(file))?;
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        File::open(folder)
            .and_then(|open| open.sync_all())
            .map_err(at(folder))?;
    }
    Ok(())
}
