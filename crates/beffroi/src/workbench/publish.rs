//! Publication: drafted files take their places among the declarations, brought ones go to the inbox.
//!
//! Each step is done whole or not at all, and is passed over when it is done already: a publication
//! that was interrupted anywhere is completed by doing it again.

use super::{Bench, Files, is_nothing, text_of};
use crate::{
    failure::{io_message, say},
    inbox,
};
use beffroi_catalog::{Catalog, load_over, thing};
use beffroi_model::DatasetId;
use beffroi_web::{Brought, Drafted, Unpublished};
use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The folder of what a publication has put into the inbox.
pub(super) const PUT: &str = "put";
/// What is written first: nothing refers to what is not there yet.
const ORDER: [&str; 4] = ["datasets", "indicators", "boards", "reports"];
/// As readable as this file is a new one beside it.
const MODEL: &str = "town.toml";

impl Bench {
    /// See [`beffroi_web::Workbench::publish`]. Nobody else may publish meanwhile.
    pub(super) fn publish_alone(&self, draft: &Drafted, bases: &Files) -> Result<(), Unpublished> {
        let paths = in_order(&draft.files).map_err(Unpublished::Failed)?;
        let moved = self.moved(draft, bases).map_err(Unpublished::Failed)?;
        if !moved.is_empty() {
            return Err(Unpublished::Moved(moved));
        }
        let loaded = load_over(&self.content, &draft.files);
        let Some(catalog) = loaded.catalog else {
            return Err(Unpublished::Wrong(Arc::new(loaded.diagnostics)));
        };
        self.publish_held(draft, &paths, &catalog)
            .map_err(Unpublished::Failed)
    }

    /// Publishes what was found to hold. The error is a message for users.
    fn publish_held(
        &self,
        draft: &Drafted,
        paths: &[(&str, Option<&str>)],
        catalog: &Catalog,
    ) -> Result<(), String> {
        let mut waiting = Vec::new();
        for file in &draft.deliveries {
            if let Some(dataset) = self.waiting(draft, file, catalog)? {
                waiting.push((file, dataset));
            }
        }
        for (_, dataset) in &waiting {
            self.keep_corrections(draft, dataset)?;
        }
        for (path, text) in paths {
            let place = self.content.join(path);
            let written = match text {
                Some(text) => self.write(&place, text),
                None => remove(&place),
            };
            written.map_err(|error| io_message(&place, &error))?;
        }
        for (file, dataset) in waiting {
            let name = Path::new(&file.name);
            self.put(draft, file, dataset)
                .map_err(|error| io_message(name, &error))?;
        }
        Ok(())
    }

    /// The drafted files that are on disk neither as the draft began from them nor as it has them.
    fn moved(
        &self,
        draft: &Drafted,
        bases: &Files,
    ) -> Result<Vec<(String, Option<String>)>, String> {
        let mut moved = Vec::new();
        for (path, drafted) in &draft.files {
            let place = self.content.join(path);
            let now = text_of(&place).map_err(|error| io_message(&place, &error))?;
            let base = bases.get(path).cloned().flatten();
            if now != base && now != *drafted {
                moved.push((path.clone(), now));
            }
        }
        Ok(moved)
    }

    /// The dataset for which a brought file is still to be put into the inbox.
    fn waiting<'f>(
        &self,
        draft: &Drafted,
        file: &'f Brought,
        catalog: &Catalog,
    ) -> Result<Option<&'f DatasetId>, String> {
        let refused = |reason: String| format!("« {} » : {reason}", file.name);
        let named = |error| io_message(Path::new(&file.name), &error);
        let path = self.brought(draft.id, &file.stored).map_err(named)?;
        if self.mark(draft.id, &file.stored).is_file() {
            return Ok(None);
        }
        let Some(id) = &file.dataset else {
            return Err(refused(say("inbox-nobody-s", &[])));
        };
        let Some(dataset) = catalog.datasets.get(id) else {
            let hint = ("hint", id.to_string());
            return Err(refused(say("inbox-unknown-folder", &[hint])));
        };
        if let Some(reason) = inbox::unfit(&file.name, dataset) {
            return Err(refused(reason));
        }
        match fs::metadata(&path).map_err(named)?.len() {
            0 => Err(refused(say("inbox-empty", &[]))),
            _ => Ok(Some(id)),
        }
    }

    /// Keeps the corrections of brought files for the next ones.
    fn keep_corrections(&self, draft: &Drafted, dataset: &DatasetId) -> Result<(), String> {
        let kept = self.corrections(dataset, std::iter::empty())?;
        let corrections = self.corrections(dataset, super::brought_for(draft, dataset))?;
        match corrections == kept {
            true => Ok(()),
            false => corrections.save(self.warehouse.state(), dataset),
        }
    }

    /// Writes a declaration, whole or not at all; as readable as it was, and no more.
    fn write(&self, place: &Path, text: &str) -> io::Result<()> {
        if text_of(place)?.as_deref() == Some(text) {
            return Ok(());
        }
        // The file itself, where a link stands for it.
        let target = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        let folder = target.parent().unwrap_or(&self.content);
        fs::create_dir_all(folder)?;
        // A name that the watch over declarations does not take for one.
        let mut file = tempfile::Builder::new()
            .prefix(".publication-")
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        if let Some(permissions) = permissions(&target, &self.content.join(MODEL)) {
            file.as_file().set_permissions(permissions)?;
        }
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    }

    /// Puts a brought file into the inbox, once.
    fn put(&self, draft: &Drafted, file: &Brought, dataset: &DatasetId) -> io::Result<()> {
        let from = self.brought(draft.id, &file.stored)?;
        let folder = self.warehouse.state().join("inbox").join(dataset.as_str());
        fs::create_dir_all(&folder)?;
        let part = folder.join(format!(".{}", file.name));
        remove(&part)?;
        if fs::hard_link(&from, &part).is_err() {
            fs::copy(&from, &part)?;
            File::open(&part)?.sync_all()?;
        }
        fs::rename(&part, folder.join(&file.name))?;
        // Of two names of one file, none goes by that.
        remove(&part)?;
        File::open(&folder)?.sync_all()?;
        let mark = self.mark(draft.id, &file.stored);
        let marks = mark.parent().unwrap_or(&folder);
        fs::create_dir_all(marks)?;
        File::create(&mark)?.sync_all()?;
        File::open(marks)?.sync_all()
    }

    /// What says that a brought file was put into the inbox.
    fn mark(&self, draft: i64, stored: &str) -> PathBuf {
        self.place(draft).join(PUT).join(stored)
    }
}

/// Drafted files in the order in which they are written, those that go last, in reverse. Paths of
/// anything but datasets, indicators and boards are refused, in words for users.
pub(super) fn in_order(files: &Files) -> Result<Vec<(&str, Option<&str>)>, String> {
    let mut ordered = Vec::new();
    for (path, text) in files {
        let folder = thing(path).map(|(folder, _)| folder);
        let Some(rank) = ORDER.iter().position(|known| Some(*known) == folder) else {
            return Err(format!(
                "« {path} » n’est pas le fichier d’un jeu de données, d’un indicateur ou d’un tableau : \
                 rien n’a été publié."
            ));
        };
        let rank = match text {
            Some(_) => rank,
            None => 2 * ORDER.len() - rank,
        };
        ordered.push((rank, path.as_str(), text.as_deref()));
    }
    ordered.sort();
    let ordered = ordered.into_iter().map(|(_, path, text)| (path, text));
    Ok(ordered.collect())
}

/// Those of a file that is there, else those of a model.
fn permissions(file: &Path, model: &Path) -> Option<Permissions> {
    let found = fs::metadata(file).or_else(|_| fs::metadata(model));
    found.ok().map(|it| it.permissions())
}

/// Removes a file that may be gone already; that it is lasts.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if is_nothing(&error) => return Ok(()),
        removed => removed?,
    }
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
