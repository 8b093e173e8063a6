//! `beffroi backup`: the whole town in one file, while it is served and imports.
//!
//! ```text
//! declarations/…   the folder of declarations
//! etat/…           the state, but for what is made again from the rest
//! manifest.json    program, date, and the size and SHA-256 of each file
//! ```
//!
//! A ZIP, for it opens anywhere. It has its name only once it was read back.

mod archive;
mod contents;
mod restore;

pub use archive::{Archive, ArchiveError, told};
pub use restore::{Asked, free_space, run as restore};

use crate::{
    cli::Folders,
    failure::{Failure, print, progress},
};
use archive::ArchiveWriter;
use chrono::{Local, NaiveDateTime, Utc};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Where backups are, in the state folder.
pub const FOLDER: &str = "backups";

const BEFORE: &str = "beffroi-";
const AFTER: &str = ".zip";
const STAMP: &str = "%Y-%m-%d-%H%M%S";

/// `beffroi backup`.
pub fn run(folders: &Folders, file: Option<&Path>, keep: Option<usize>) -> Result<(), Failure> {
    let target = target(&folders.state, file)?;
    let folder = target.parent().unwrap_or(Path::new("")).to_owned();
    let folder = match folder.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => folder,
    };
    make_private(&folder).map_err(|error| Failure::io(&folder, &error))?;
    if target.exists() {
        return Err(Failure::given(format!(
            "« {} » existe déjà : une sauvegarde n’en remplace pas une autre. Donnez un autre nom.",
            target.display()
        )));
    }
    let unwritten = |error: &ArchiveError| Failure::machine(told(error));
    let temporary = tempfile::Builder::new()
        .prefix(".beffroi-")
        .suffix(".part")
        .tempfile_in(&folder)
        .map_err(|error| Failure::io(&folder, &error))?;
    let out = temporary
        .reopen()
        .map_err(|error| Failure::io(&target, &error))?;
    let mut writer = ArchiveWriter::new(out);
    let told_of = contents::add_all(&mut writer, folders, &folder)?;
    writer
        .finish(Utc::now())
        .map_err(|error| unwritten(&error))?;
    let mut archive = Archive::open(temporary.path()).map_err(|error| unwritten(&error))?;
    archive.check().map_err(|error| unwritten(&error))?;
    let (files, bytes) = (archive.manifest().files.len(), archive.bytes());
    drop(archive);
    temporary
        .persist_noclobber(&target)
        .map_err(|error| Failure::io(&target, &error.error))?;
    // The name lasts too.
    File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Failure::io(&folder, &error))?;
    let size = fs::metadata(&target).map_or(0, |it| it.len());
    print(format!(
        "Sauvegarde faite et relue : « {} » ({files} fichiers, {} ; {} une fois ouverte).",
        target.display(),
        size_words(size),
        size_words(bytes)
    ))?;
    if let Some(keep) = keep {
        remove_older(&folder, keep)?;
    }
    for line in &told_of.asides {
        progress(format!("  {line}"));
    }
    match told_of.lacking.as_slice() {
        [] => Ok(()),
        lacking => Err(Failure::given(format!(
            "La sauvegarde est faite, mais il y manque ce que l’état n’a plus :\n  {}\n\
             « beffroi doctor » dit quoi faire.",
            lacking.join("\n  ")
        ))),
    }
}

/// The file to write: a given one, or one named after the time, in a given folder or in the
/// state's.
fn target(state: &Path, file: Option<&Path>) -> Result<PathBuf, Failure> {
    let own = state.join(FOLDER);
    let folder = match file {
        Some(file) if !file.is_dir() => return Ok(file.to_owned()),
        Some(folder) => folder,
        None => &own,
    };
    if !state.join("beffroi.json").is_file() {
        return Err(Failure::given(format!(
            "« {} » n’est pas l’état d’une ville : il n’y a rien à sauvegarder. Donnez-le par --state.",
            state.display()
        )));
    }
    let name = format!("{BEFORE}{}{AFTER}", Local::now().format(STAMP));
    Ok(folder.join(name))
}

/// Makes a folder that nobody else reads, if it is not there.
pub fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Backups that were named after their time, the newest first.
pub fn automatic(folder: &Path) -> Vec<(NaiveDateTime, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(NaiveDateTime, PathBuf)> = entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| Some((stamped(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    found.sort();
    found.reverse();
    found
}

fn stamped(name: &str) -> Option<NaiveDateTime> {
    let stamp = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    NaiveDateTime::parse_from_str(stamp, STAMP).ok()
}

/// Removes the older ones of those that were named after their time, and what was broken off.
fn remove_older(folder: &Path, keep: usize) -> Result<(), Failure> {
    for (_, path) in automatic(folder).into_iter().skip(keep.max(1)) {
        fs::remove_file(&path).map_err(|error| Failure::io(&path, &error))?;
        print(format!(
            "Sauvegarde ancienne retirée : « {} ».",
            path.display()
        ))?;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_broken_off(&entry) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Whether a file is what a backup that was killed a day ago left.
fn is_broken_off(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    let modified = entry.metadata().and_then(|it| it.modified());
    let age = modified
        .ok()
        .and_then(|at| SystemTime::now().duration_since(at).ok());
    name.starts_with(".beffroi-")
        && name.ends_with(".part")
        && age.is_some_and(|age| age.as_secs() > 86_400)
}

/// `12 Ko`, `3,4 Go`.
pub fn size_words(bytes: u64) -> String {
    let units = ["octets", "Ko", "Mo", "Go", "To"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 1000.0 && unit + 1 < units.len() {
        size /= 1000.0;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    match unit == 0 || size >= 100.0 {
        true => format!("{size:.0} {name}"),
        false => format!("{size:.1} {name}").replace('.', ","),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_backups_named_after_their_time_are_removed_and_the_newest_stay() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "beffroi-2026-11-24-020000.zip",
            "beffroi-2026-11-25-020000.zip",
            "beffroi-2026-11-26-020000.zip",
            "beffroi-avant-travaux.zip",
            "notes.txt",
        ];
        for name in names {
            fs::write(folder.path().join(name), "").unwrap();
        }
        remove_older(folder.path(), 2).unwrap();
        let left: Vec<bool> = names
            .iter()
            .map(|name| folder.path().join(name).exists())
            .collect();
        assert_eq!(left, [false, true, true, true, true]);
        remove_older(folder.path(), 0).unwrap();
        assert_eq!(automatic(folder.path()).len(), 1, "never the last one");
    }

    #[test]
    fn sizes_are_told_in_words() {
        assert_eq!(size_words(12), "12 octets");
        assert_eq!(size_words(1_540), "1,5 Ko");
        assert_eq!(size_words(3_400_000_000), "3,4 Go");
    }
}
