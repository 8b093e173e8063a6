//! Files as they were delivered, kept beside the versions that were made of them.

use crate::{
    WarehouseError, Writer,
    state::{at, sync_folder},
};
use beffroi_model::{DatasetId, SourceFile};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read, Write},
    path::PathBuf,
};

/// How much is copied at once: what is written to disk in larger pieces costs several times as much,
/// for systems look for as much memory in one piece.
const CHUNK: usize = 1 << 17;

/// A file that was kept under its checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl Writer {
    /// Copies bytes into the originals of a dataset, under their checksum, never holding more than
    /// a piece of them. Those that no version names in the end are swept.
    ///
    /// # Errors
    /// The bytes cannot be read (an [`io::Error`] of their own, without path) or written.
    pub fn keep(&self, dataset: &DatasetId, from: &mut dyn Read) -> Result<Kept, KeepError> {
        self.take_over(dataset)?;
        let folder = self.warehouse().originals(dataset);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let temporary = folder.join("incoming.tmp");
        let mut file = File::create(&temporary).map_err(at(&temporary))?;
        let (mut hasher, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
        loop {
            let read = match from.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => chunk.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(KeepError::Source(error)),
            };
            hasher.update(read);
            bytes += read.len() as u64;
            file.write_all(read).map_err(at(&temporary))?;
        }
        let sha256 = hex(&hasher.finalize());
        let kept = folder.join(&sha256);
        if kept.try_exists().map_err(at(&kept))? {
            fs::remove_file(&temporary).map_err(at(&temporary))?;
        } else {
            file.sync_all().map_err(at(&temporary))?;
            fs::rename(&temporary, &kept).map_err(at(&kept))?;
            sync_folder(&kept)?;
        }
        Ok(Kept { sha256, bytes })
    }

    /// Keeps what `write` writes of a file, under a name that tells it from the others.
    ///
    /// # Errors
    /// Those of `write`, and of the disk.
    pub fn keep_as<E: From<WarehouseError>>(
        &self,
        dataset: &DatasetId,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<(), E> {
        self.take_over(dataset)?;
        let folder = self.warehouse().originals(dataset);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let temporary = folder.join("incoming.tmp");
        let file = File::create(&temporary).map_err(at(&temporary))?;
        let mut out = io::BufWriter::new(file);
        write(&mut out)?;
        let file = out
            .into_inner()
            .map_err(|error| at(&temporary)(error.into_error()))?;
        file.sync_all().map_err(at(&temporary))?;
        let kept = folder.join(name);
        fs::rename(&temporary, &kept).map_err(at(&kept))?;
        sync_folder(&kept)?;
        Ok(())
    }
}

impl crate::Warehouse {
    /// The folder of a dataset's originals.
    #[must_use]
    pub fn originals(&self, dataset: &DatasetId) -> PathBuf {
        self.folder(dataset).join(ORIGINALS)
    }

    /// The copy kept of a file, when it is there.
    #[must_use]
    pub fn original(&self, dataset: &DatasetId, source: &SourceFile) -> Option<PathBuf> {
        let path = self
            .originals(dataset)
            .join(&source.original.as_ref()?.file);
        path.is_file().then_some(path)
    }
}

/// Why a file could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The bytes could not be read.
    #[error("the bytes cannot be read")]
    Source(#[source] io::Error),
    /// They could not be written.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
}

pub(crate) const ORIGINALS: &str = "originals";

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
