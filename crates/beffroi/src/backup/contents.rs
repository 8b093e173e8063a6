//! What of a town goes into a backup, in an order that keeps it consistent while others write:
//!
//! 1. the store ([`crate::kept`]), then files brought with its drafts: what is published meanwhile
//!    is met again further down, and published once more by whoever takes the town up from there;
//! 2. the declarations;
//! 3. records of sources, then files on their way (inbox, then delivered): a file that moves on
//!    meanwhile is met again further down, not missed;
//! 4. versions: a manifest is read, then the parts it names, which never change; a version that is
//!    swept meanwhile is left out, and newer ones are looked for when none was whole;
//! 5. what was shown, last: it may know of more than the versions kept, never of less.
//!
//! Nobody waits for any of it. What is made again from the rest is left out, as are other backups,
//! locks, files half written, and whatever hides behind a dot or a link.

use super::{
    FOLDER as BACKUPS,
    archive::{ArchiveWriter, DECLARATIONS, STATE, is_plain},
};
use crate::{
    cli::Folders,
    failure::Failure,
    kept,
    workbench::{FOLDER as DRAFTS, STATE as DRAFT_STATE},
};
use beffroi_model::{DatasetId, Version};
use beffroi_warehouse::Warehouse;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// What is told of a backup beside its success.
#[derive(Debug, Default)]
pub struct ToldOf {
    /// Left out on purpose, or as older than what is kept.
    pub asides: Vec<String>,
    /// Should be there, and is not.
    pub lacking: Vec<String>,
}

/// How often versions of a dataset are looked for anew.
const ATTEMPTS: u32 = 5;
/// Folders of the state in the order of what moves through them; the others stand between.
const FIRST: [&str; 3] = ["sources", "inbox", "delivered"];
/// What is written on its own terms.
const OWN_TERMS: [&str; 5] = ["warehouse", "rejects", "findings", "shown", DRAFTS];

/// Adds all of a town. `target` is where backups go: it is never in one.
pub fn add_all(
    writer: &mut ArchiveWriter,
    folders: &Folders,
    target: &Path,
) -> Result<ToldOf, Failure> {
    let warehouse = Warehouse::open(&folders.state)?;
    let out = [&folders.state, target].map(|folder| folder.canonicalize().ok());
    let mut adding = Adding {
        writer,
        told: ToldOf::default(),
        out: out.into_iter().flatten().collect(),
    };
    let state = &folders.state;
    let scratch = tempfile::tempdir_in(target).map_err(|error| Failure::io(target, &error))?;
    for (name, copy) in kept::copies(state, scratch.path())? {
        adding.file(&copy, &format!("{STATE}/{name}"))?;
    }
    adding.drafts(&state.join(DRAFTS))?;
    adding.tree(&folders.content, DECLARATIONS)?;
    let mut names: Vec<String> = entries(state)?.into_iter().map(|(name, _)| name).collect();
    names.retain(|name| {
        !OWN_TERMS.contains(&name.as_str()) && name != BACKUPS && !kept::is_of_store(name)
    });
    names.sort_by_key(|name| {
        let place = FIRST.iter().position(|first| first == name);
        (place.unwrap_or(FIRST.len()), name.clone())
    });
    for name in names {
        adding.tree(&state.join(&name), &format!("{STATE}/{name}"))?;
    }
    let shelf = state.join("warehouse");
    for (name, _) in entries(&shelf)? {
        match DatasetId::new(&name) {
            Ok(dataset) => adding.dataset(&warehouse, &dataset)?,
            Err(_) => adding.aside(&shelf.join(&name), "ce n’est pas un jeu de données"),
        }
    }
    adding.tree(&state.join("shown"), &format!("{STATE}/shown"))?;
    Ok(adding.told)
}

struct Adding<'a> {
    writer: &'a mut ArchiveWriter,
    told: ToldOf,
    /// Folders that are never walked into.
    out: Vec<PathBuf>,
}

impl Adding<'_> {
    /// Adds a file, or a folder and all below. What is not there (any more) is passed over.
    fn tree(&mut self, path: &Path, name: &str) -> Result<(), Failure> {
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Failure::io(path, &error)),
        };
        // The folder of declarations itself may be a link to where it is.
        let is_folder = metadata.is_dir() || name == DECLARATIONS && path.is_dir();
        if is_folder {
            let canonical = path.canonicalize().ok();
            if name != STATE && canonical.is_some_and(|it| self.out.contains(&it)) {
                return Ok(());
            }
            for (inner, path) in entries(path)? {
                self.tree(&path, &format!("{name}/{inner}"))?;
            }
            return Ok(());
        }
        if !metadata.is_file() {
            self.aside(path, "ce n’est ni un fichier ni un dossier");
            return Ok(());
        }
        self.file(path, name).map(|_| ())
    }

    /// Adds the files brought with drafts, whatever they are named; not the warehouses of drafts,
    /// which are made again from them.
    fn drafts(&mut self, path: &Path) -> Result<(), Failure> {
        for (draft, path) in entries(path)? {
            for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name != DRAFT_STATE && !name.starts_with('.') {
                    let place = format!("{STATE}/{DRAFTS}/{draft}/{name}");
                    self.tree(&entry.path(), &place)?;
                }
            }
        }
        Ok(())
    }

    /// Adds a file, once; whether it is there.
    fn file(&mut self, path: &Path, name: &str) -> Result<bool, Failure> {
        if self.writer.has(name) {
            return Ok(true);
        }
        if !is_plain(name) {
            self.aside(path, "son nom ne vaut pas partout");
            return Ok(true);
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Failure::io(path, &error)),
        };
        let added = self.writer.add(name, file);
        added.map_err(|error| Failure::io(path, &error))?;
        Ok(true)
    }

    /// Adds the versions of a dataset.
    fn dataset(&mut self, warehouse: &Warehouse, dataset: &DatasetId) -> Result<(), Failure> {
        for attempt in 1..=ATTEMPTS {
            let numbers = warehouse.numbers(dataset)?;
            let mut has_newest = numbers.is_empty();
            for (age, number) in numbers.into_iter().rev().enumerate() {
                let is_whole = self.version(warehouse, dataset, number)?;
                has_newest |= is_whole && age == 0;
                if !is_whole && attempt == ATTEMPTS {
                    let told = format!("{dataset} : la version {number} n’est plus entière");
                    match age {
                        0 => self.told.lacking.push(told),
                        _ => self.told.asides.push(told),
                    }
                }
            }
            if has_newest {
                break;
            }
        }
        Ok(())
    }

    /// Adds a version, its manifest last; whether it is whole.
    fn version(
        &mut self,
        warehouse: &Warehouse,
        dataset: &DatasetId,
        number: u32,
    ) -> Result<bool, Failure> {
        let folder = warehouse.folder(dataset);
        let manifest = format!("v{number:06}.json");
        let bytes = match fs::read(folder.join(&manifest)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Failure::io(&folder.join(&manifest), &error)),
        };
        let Ok(version) = serde_json::from_slice::<Version>(&bytes) else {
            return Ok(false);
        };
        let place = format!("{STATE}/warehouse/{dataset}");
        for part in &version.parts {
            if !self.file(&folder.join(&part.file), &format!("{place}/{}", part.file))? {
                return Ok(false);
            }
        }
        for original in version.sources.iter().filter_map(|it| it.original.as_ref()) {
            let path = warehouse.originals(dataset).join(&original.file);
            self.file(&path, &format!("{place}/originals/{}", original.file))?;
        }
        for aside in [&version.rejects, &version.all_findings]
            .into_iter()
            .flatten()
        {
            self.file(&warehouse.state().join(aside), &format!("{STATE}/{aside}"))?;
        }
        let name = format!("{place}/{manifest}");
        if !self.writer.has(&name) {
            let added = self.writer.add(&name, bytes.as_slice());
            added.map_err(|error| Failure::io(&folder, &error))?;
        }
        Ok(true)
    }

    fn aside(&mut self, path: &Path, why: &str) {
        let told = format!("« {} » n’y est pas : {why}.", path.display());
        self.told.asides.push(told);
    }
}

/// What is in a folder, by name, but for locks, what is half written, and what hides.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io(folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::io(folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_passing = [".lock", ".tmp", ".part"]
            .iter()
            .any(|end| name.ends_with(end));
        if !is_passing && !name.starts_with('.') {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    Ok(found)
}
