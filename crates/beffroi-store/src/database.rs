//! The SQLite file: how it is opened, one connection that writes, a few that read.

use crate::store::{StoreError, at};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{Error as MigrationError, M, MigrationDefinitionError, Migrations};
use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The database in a state folder.
pub(crate) const FILE: &str = "beffroi.sqlite";
const LOCK: &str = "store.lock";

/// Each step of the schema, in order: the version is how many there are.
const MIGRATIONS: [M<'static>; SCHEMA as usize] = [
    M::up(include_str!("migrations/01.sql")),
    M::up(include_str!("migrations/02.sql")),
    M::up(include_str!("migrations/03.sql")),
];

/// The newest schema known.
pub(crate) const SCHEMA: u32 = 3;

/// Readers that wait for work; more are opened when needed, and closed after.
const READERS_KEPT: usize = 4;
const STATEMENTS_KEPT: usize = 64;
const BUSY: Duration = Duration::from_secs(10);

/// An open database.
#[derive(Debug)]
pub(crate) struct Database {
    state: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens the database of a state folder, making both when missing, and brings its schema up to
    /// date.
    pub(crate) fn open(state: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(state).map_err(at(state))?;
        let _alone = lock(state)?;
        let file = state.join(FILE);
        make_private(&file)?;
        let mut writer = Connection::open_with_flags(
            &file,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        writer.busy_timeout(BUSY)?;
        writer.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        // What was erased is overwritten: a trail that has expired is gone.
        writer.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
        )?;
        // A step of the schema may make a table anew.
        writer.execute_batch("PRAGMA foreign_keys = OFF;")?;
        migrate(&file, &mut writer)?;
        writer.execute_batch("PRAGMA foreign_keys = ON;")?;
        Ok(Self {
            state: state.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
        })
    }

    /// The state folder.
    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    /// Takes what was written into the file itself, and empties the log of writes.
    pub(crate) fn fold_log(&self) -> rusqlite::Result<()> {
        held(&self.writer).query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
    }

    /// One transaction that writes, alone among processes; undone when it fails.
    pub(crate) fn write<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = held(&self.writer);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Reads what was committed last.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let kept = held(&self.readers).pop();
        let reader = match kept {
            Some(reader) => reader,
            None => self.new_reader()?,
        };
        let done = work(&reader);
        let mut readers = held(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        done
    }

    fn new_reader(&self) -> rusqlite::Result<Connection> {
        let reader = Connection::open_with_flags(
            self.state.join(FILE),
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        reader.busy_timeout(BUSY)?;
        reader.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        reader.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")?;
        Ok(reader)
    }
}

/// Keeps other processes from opening and from writing heads, until it is dropped.
pub(crate) fn lock(state: &Path) -> Result<File, StoreError> {
    let path = state.join(LOCK);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(at(&path))?;
    file.lock().map_err(at(&path))?;
    Ok(file)
}

/// Locks what no panic leaves half done: transactions are undone, lists stay lists.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a file is made that only its owner reads.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the database private; SQLite gives its companions the same mode.
fn make_private(file: &Path) -> Result<(), StoreError> {
    let open = private()
        .create(true)
        .truncate(false)
        .write(true)
        .open(file)
        .map_err(at(file))?;
    #[cfg(unix)]
    open.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(at(file))?;
    drop(open);
    Ok(())
}

fn migrate(file: &Path, writer: &mut Connection) -> Result<(), StoreError> {
    match Migrations::from_slice(&MIGRATIONS).to_latest(writer) {
        Ok(()) => Ok(()),
        Err(MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead)) => {
            Err(StoreError::TooNew {
                path: file.to_owned(),
                found: version_of(writer)?,
                known: SCHEMA,
            })
        }
        Err(error) => Err(StoreError::Migration {
            path: file.to_owned(),
            reason: error.to_string(),
        }),
    }
}

/// The version of the schema of an open database.
pub(crate) fn version_of(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", (), |row| row.get(0))
}

/// A time as it is kept.
pub(crate) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A kept time.
pub(crate) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}
