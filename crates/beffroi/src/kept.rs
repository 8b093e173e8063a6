//! What is known of people and what they did (`beffroi.sqlite` and the heads of its trail), as
//! backups, restorations and `doctor` see it. One file knows the store for all three.

use crate::{doctor::Line, failure::Failure};
use std::path::{Path, PathBuf};

/// Whether a file of the state is the store's: it is copied by [`copies`], never as it lies there.
pub fn is_of_store(name: &str) -> bool {
    name.starts_with("beffroi.sqlite") || name.starts_with("audit-heads")
}

/// Consistent copies of the store's files, made in a folder: their names in the state, and where
/// the copies are. The heads come first: they are never ahead of the database.
pub fn copies(_state: &Path, _scratch: &Path) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
    Ok(Vec::new())
}

/// What is found of the store.
pub fn lines(_state: &Path) -> Vec<Line> {
    Vec::new()
}
