//! Whether the database is whole.

use crate::{Store, StoreError};

impl Store {
    /// What SQLite finds wrong with the database: nothing when it is whole. Reads all of it.
    pub fn faults(&self) -> Result<Vec<String>, StoreError> {
        let mut told = self.inner.database.read(|reader| {
            let mut checks = reader.prepare("PRAGMA integrity_check(20)")?;
            let told = checks.query_map((), |row| row.get::<_, String>(0))?;
            told.collect::<Result<Vec<_>, _>>()
        })?;
        told.retain(|line| line != "ok");
        Ok(told)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::FileExt};

    #[test]
    fn a_spoilt_page_is_found() {
        let state = tempfile::tempdir().unwrap();
        drop(Store::open(state.path()).unwrap());
        let copy = tempfile::tempdir().unwrap();
        let store = Store::open(state.path()).unwrap();
        assert_eq!(store.faults().unwrap(), Vec::<String>::new());
        store
            .backup_to(&copy.path().join("beffroi.sqlite"))
            .unwrap();
        let file = copy.path().join("beffroi.sqlite");
        let pages = fs::metadata(&file).unwrap().len() / 4096;
        let file = fs::File::options().write(true).open(file).unwrap();
        for page in 2..pages {
            file.write_all_at(&[0x55; 64], page * 4096).unwrap();
        }
        let spoilt = Store::open(copy.path()).and_then(|store| store.faults());
        assert!(spoilt.map_or(true, |faults| !faults.is_empty()));
    }
}
