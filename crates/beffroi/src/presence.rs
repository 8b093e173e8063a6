//! Who serves a town: `serve` holds `serve.lock` as long as it runs, with others who serve the same
//! state; whoever replaces the state wants to be alone. The system gives the lock of a process that
//! died back, so that it is never stale.

use crate::failure::Failure;
use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

const LOCK: &str = "serve.lock";

/// Held by whoever serves.
pub fn serving(state: &Path) -> Result<File, Failure> {
    let path = state.join(LOCK);
    let file = File::create(&path).map_err(|error| Failure::io(&path, &error))?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::machine(
            "Une sauvegarde se remet en place dans ce dossier d’état. Attendez qu’elle y soit.",
        )),
        Err(TryLockError::Error(error)) => Err(Failure::io(&path, &error)),
    }
}

/// Held by whoever must be alone; `None` while somebody serves.
pub fn alone(state: &Path) -> io::Result<Option<File>> {
    let file = File::create(state.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
