//! A warehouse over another: what it has a folder for, it has; the rest is that of the one beneath,
//! where nothing is ever written.

use crate::{
    Warehouse, WarehouseError, Writer,
    originals::ORIGINALS,
    state::{ASIDES, at, manifest_name},
};
use beffroi_model::{DatasetId, Version};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How often a version is looked for anew: the one found may be swept while it is taken over.
const ATTEMPTS: u32 = 5;

impl Warehouse {
    /// The same over another one.
    #[must_use]
    pub fn over(mut self, beneath: &Self) -> Self {
        self.beneath = Some(Arc::new(beneath.clone()));
        self
    }

    /// The datasets that stand in this state folder itself.
    pub fn own_datasets(&self) -> Result<Vec<DatasetId>, WarehouseError> {
        let folder = self.own_folder(None);
        let mut datasets = Vec::new();
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let name = entry.map_err(at(&folder))?.file_name();
            datasets.extend(name.to_str().and_then(|name| DatasetId::new(name).ok()));
        }
        datasets.sort();
        Ok(datasets)
    }
}

impl Writer {
    /// Has a dataset stand here as it stands beneath, for its next version to start from there: its
    /// current version, in links to the files of the one beneath, or copies where there are no links.
    /// One that stands here already is left alone.
    pub fn take_over(&self, dataset: &DatasetId) -> Result<(), WarehouseError> {
        let warehouse = self.warehouse();
        let folder = warehouse.own_folder(Some(dataset));
        let Some(beneath) = warehouse.beneath.as_deref().filter(|_| !folder.is_dir()) else {
            return Ok(());
        };
        let begun = warehouse.own_folder(None).join(format!(".{dataset}"));
        let mut attempt = 1;
        loop {
            remove(&begun)?;
            fs::create_dir_all(&begun).map_err(at(&begun))?;
            let Some(version) = beneath.current(dataset)? else {
                break;
            };
            match self.link(beneath, &version, &begun) {
                Ok(()) => break,
                Err(error) if attempt == ATTEMPTS || !is_absent(&error) => return Err(error),
                Err(_) => attempt += 1,
            }
        }
        fs::rename(&begun, &folder).map_err(at(&folder))
    }

    /// Forgets a dataset here: it is again what it is beneath.
    pub fn give_back(&self, dataset: &DatasetId) -> Result<(), WarehouseError> {
        let warehouse = self.warehouse();
        remove(&warehouse.own_folder(Some(dataset)))?;
        for aside in ASIDES {
            remove(&warehouse.state().join(aside).join(dataset.as_str()))?;
        }
        Ok(())
    }

    /// Links the files of a version of the warehouse beneath into a folder.
    fn link(
        &self,
        beneath: &Warehouse,
        version: &Version,
        folder: &Path,
    ) -> Result<(), WarehouseError> {
        let from = beneath.folder(&version.dataset);
        let manifest = manifest_name(version.number);
        let parts = version.parts.iter().map(|part| part.file.as_str());
        for name in parts.chain([manifest.as_str()]) {
            link(&from.join(name), &folder.join(name))?;
        }
        let originals = version.sources.iter().filter_map(|it| it.original.as_ref());
        for original in originals {
            let (from, to) = [beneath.originals(&version.dataset), folder.join(ORIGINALS)]
                .map(|folder| folder.join(&original.file))
                .into();
            passed_over(link(&from, &to))?;
        }
        let asides = [&version.rejects, &version.all_findings];
        for aside in asides.into_iter().flatten() {
            let to = self.warehouse().state().join(aside);
            passed_over(link(&beneath.state().join(aside), &to))?;
        }
        Ok(())
    }
}

/// Links a file under another name, or copies it.
fn link(from: &Path, to: &Path) -> Result<(), WarehouseError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(at(from)(error)),
        Err(_) => fs::copy(from, to).map(|_| ()).map_err(at(from)),
    }
}

/// What a version can be without.
fn passed_over(linked: Result<(), WarehouseError>) -> Result<(), WarehouseError> {
    match linked {
        Err(error) if is_absent(&error) => Ok(()),
        linked => linked,
    }
}

fn is_absent(error: &WarehouseError) -> bool {
    matches!(error, WarehouseError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

/// Removes a folder, if it is there.
fn remove(folder: &PathBuf) -> Result<(), WarehouseError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder)(error)),
        _ => Ok(()),
    }
}
