//! What was shown of a dataset under statistical secrecy, whatever became of the versions since.
//! What it says is another crate's: here it is bytes.

use crate::{
    originals::hex,
    state::{Warehouse, WarehouseError, at, write_atomically},
};
use beffroi_model::DatasetId;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
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
    /// What was shown of a dataset; waits while another holds it. Over another warehouse it starts
    /// from what was shown beneath, and anew whenever that has changed.
    pub fn shown(&self, dataset: &DatasetId) -> Result<Shown, WarehouseError> {
        let folder = self.state().join(FOLDER);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let path = folder.join(format!("{dataset}.lock"));
        let lock = File::create(&path).map_err(at(&path))?;
        lock.lock().map_err(at(&path))?;
        let shown = Shown {
            path: folder.join(format!("{dataset}.json")),
            _lock: lock,
        };
        if let Some(beneath) = &self.beneath {
            let path = beneath.state().join(FOLDER).join(format!("{dataset}.json"));
            shown.start_from(read(&path)?)?;
        }
        Ok(shown)
    }
}

impl Shown {
    /// What was written last; `None` when nothing ever was. What was written and is gone is an
    /// error: nobody knows any more what was shown.
    pub fn read(&self) -> Result<Option<Vec<u8>>, WarehouseError> {
        read(&self.path)
    }

    /// Writes it all anew: on disk when this returns.
    pub fn write(&self, bytes: &[u8]) -> Result<(), WarehouseError> {
        write_atomically(&self.path, bytes)?;
        match mark(&self.path).exists() {
            true => Ok(()),
            false => write_atomically(&mark(&self.path), b"1"),
        }
    }

    /// Takes what was shown in the warehouse beneath for what was shown here, unless that is done.
    fn start_from(&self, beneath: Option<Vec<u8>>) -> Result<(), WarehouseError> {
        let bytes = beneath.unwrap_or_default();
        let sum = hex(&Sha256::digest(&bytes));
        let started = self.path.with_extension("beneath");
        if fs::read(&started).is_ok_and(|known| known == sum.as_bytes()) {
            return Ok(());
        }
        if bytes.is_empty() {
            for path in [mark(&self.path), self.path.clone()] {
                match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(at(&path)(error));
                    }
                    _ => {}
                }
            }
        } else {
            self.write(&bytes)?;
        }
        write_atomically(&started, sum.as_bytes())
    }
}

/// What a file of what was shown says.
fn read(path: &Path) -> Result<Option<Vec<u8>>, WarehouseError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match mark(path).exists() {
            true => Err(WarehouseError::Damaged {
                path: path.to_owned(),
                reason: "it was there once, and is gone".to_owned(),
            }),
            false => Ok(None),
        },
        Err(source) => Err(at(path)(source)),
    }
}

/// What says that something was written.
fn mark(path: &Path) -> PathBuf {
    path.with_extension("mark")
}
