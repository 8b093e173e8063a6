//! What was shown of a dataset under statistical secrecy, whatever became of the versions since.
//! What it says is another crate's: here it is bytes.

use crate::state::{Warehouse, WarehouseError, at, write_atomically};
use beffroi_model::DatasetId;
use std::{
    fs::{self, File},
    io,
    path::PathBuf,
};

/// The folder of what was shown.
const FOLDER: &str = "shown";

/// What was shown of one dataset, held by one at a time until dropped: it is read, added to and
/// written as a whole.
#[derive(Debug)]
pub struct Shown {
    path: PathBuf,
    _lock: File,
}

impl Warehouse {
    /// What was shown of a dataset; waits while another holds it.
    pub fn shown(&self, dataset: &DatasetId) -> Result<Shown, WarehouseError> {
        let folder = self.state().join(FOLDER);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let path = folder.join(format!("{dataset}.lock"));
        let lock = File::create(&path).map_err(at(&path))?;
        lock.lock().map_err(at(&path))?;
        Ok(Shown {
            path: folder.join(format!("{dataset}.json")),
            _lock: lock,
        })
    }
}

impl Shown {
    /// What was written last; `None` when nothing ever was. What was written and is gone is an
    /// error: nobody knows any more what was shown.
    pub fn read(&self) -> Result<Option<Vec<u8>>, WarehouseError> {
        match fs::read(&self.path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => match self.mark().exists() {
                true => Err(WarehouseError::Damaged {
                    path: self.path.clone(),
                    reason: "it was there once, and is gone".to_owned(),
                }),
                false => Ok(None),
            },
            Err(source) => Err(WarehouseError::Io {
                path: self.path.clone(),
                source,
            }),
        }
    }

    /// Writes it all anew: on disk when this returns.
    pub fn write(&self, bytes: &[u8]) -> Result<(), WarehouseError> {
        write_atomically(&self.path, bytes)?;
        match self.mark().exists() {
            true => Ok(()),
            false => write_atomically(&self.mark(), b"1"),
        }
    }

    /// What says that something was written.
    fn mark(&self) -> PathBuf {
        self.path.with_extension("mark")
    }
}
