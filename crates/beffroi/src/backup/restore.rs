//! `beffroi restore`: a town out of a backup. Everything is unpacked and checked beside what is
//! there; only then do folders change their names. What was there is set aside, never removed.

use super::{
    FOLDER as BACKUPS,
    archive::{Archive, ArchiveError, DECLARATIONS, STATE, told},
    make_private, size_words,
};
use crate::{
    cli::Folders,
    failure::{Failure, print},
    kept, presence,
};
use beffroi_warehouse::Warehouse;
use chrono::Local;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Room that must be left once everything is unpacked.
const MARGIN: u64 = 64 << 20;

/// What was asked for.
pub struct Asked {
    /// The backup.
    pub file: PathBuf,
    /// A folder for the town, instead of those it has.
    pub into: Option<PathBuf>,
    /// Whether what is there may be set aside.
    pub replace: bool,
}

/// A folder to be put in place.
struct Move {
    top: &'static str,
    target: PathBuf,
    /// Where it is unpacked, beside the target.
    beside: TempDir,
}

/// `beffroi restore`.
pub fn run(folders: &Folders, asked: &Asked) -> Result<(), Failure> {
    let (content, state) = match &asked.into {
        Some(into) => (into.join("dashboards"), into.join("var")),
        None => (folders.content.clone(), folders.state.clone()),
    };
    let refused = |error: ArchiveError| match &error {
        ArchiveError::Io { .. } => Failure::machine(told(&error)),
        _ => Failure::given(told(&error)),
    };
    let mut archive = Archive::open(&asked.file).map_err(refused)?;
    let mark = format!("{STATE}/beffroi.json");
    if !archive.manifest().files.iter().any(|it| it.path == mark) {
        return Err(refused(ArchiveError::Missing(mark)));
    }
    for target in [&content, &state] {
        if !asked.replace && !is_empty(target)? {
            return Err(Failure::given(format!(
                "« {} » n’est pas vide : rien n’a été touché. --replace mettra de côté ce qui y \
                 est ; --into DOSSIER remettra la ville ailleurs.",
                target.display()
            )));
        }
    }
    let _alone = hold(&state)?;
    let moves = [(DECLARATIONS, content), (STATE, state.clone())]
        .map(|(top, target)| prepared(top, target));
    let [declarations, kept] = moves;
    let moves = [declarations?, kept?];
    check_room(&archive, &moves[1].beside)?;
    for it in &moves {
        let into = it.beside.path();
        archive.unpack(it.top, into).map_err(refused)?;
    }
    // Before it has its name: whatever happens in between, nobody of then is signed in.
    kept::brought_back(moves[1].beside.path(), archive.manifest().made)?;
    put_in_place(&moves, &state)?;
    let made = archive.manifest().made.with_timezone(&Local);
    print(format!(
        "La sauvegarde du {} est en place : {} fichiers, {}, tous conformes à leur somme de contrôle.",
        made.format("%d/%m/%Y à %H:%M"),
        archive.manifest().files.len(),
        size_words(archive.bytes())
    ))?;
    print("Vérifiez avec « beffroi doctor », puis relancez « beffroi serve ».")
}

/// Keeps everybody else from the state, when there is one.
fn hold(state: &Path) -> Result<Option<(File, beffroi_warehouse::Writer)>, Failure> {
    if !state.join("beffroi.json").is_file() {
        return Ok(None);
    }
    let alone = presence::alone(state).map_err(|error| Failure::io(state, &error))?;
    let Some(alone) = alone else {
        return Err(Failure::machine(format!(
            "« beffroi serve » sert encore « {} » : arrêtez-le d’abord. Rien n’a été touché.",
            state.display()
        )));
    };
    let writer = Warehouse::open(state)?.writer()?;
    Ok(Some((alone, writer)))
}

/// A folder beside the target, on the same disk.
fn prepared(top: &'static str, target: PathBuf) -> Result<Move, Failure> {
    let target = std::path::absolute(&target).map_err(|error| Failure::io(&target, &error))?;
    let parent = target.parent().unwrap_or(Path::new("/")).to_owned();
    let made = || -> io::Result<TempDir> {
        make_private(&parent)?;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let mut builder = tempfile::Builder::new();
        let prefix = format!(".{name}-restauration-");
        // Declarations are for several to write; the state is the program's alone.
        #[cfg(unix)]
        if top == DECLARATIONS {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o755));
        }
        builder.prefix(&prefix).tempdir_in(&parent)
    };
    let beside = made().map_err(|error| Failure::io(&parent, &error))?;
    Ok(Move {
        top,
        target,
        beside,
    })
}

fn check_room(archive: &Archive, beside: &TempDir) -> Result<(), Failure> {
    let free = free_space(beside.path()).map_err(|error| Failure::io(beside.path(), &error))?;
    let needed = archive.bytes().saturating_add(MARGIN);
    if needed > free {
        return Err(Failure::machine(format!(
            "La sauvegarde demande {} une fois ouverte, et il reste {} : rien n’a été touché. \
             Libérez de la place.",
            size_words(archive.bytes()),
            size_words(free)
        )));
    }
    Ok(())
}

/// Bytes that may still be written beside a path.
pub fn free_space(path: &Path) -> io::Result<u64> {
    let room = rustix::fs::statvfs(path)?;
    Ok(room.f_bavail.saturating_mul(room.f_frsize))
}

/// Gives both folders their names. When one cannot have its, the other gets its former one back.
fn put_in_place(moves: &[Move; 2], state: &Path) -> Result<(), Failure> {
    let stamp = Local::now().format("%Y-%m-%d-%H%M%S").to_string();
    let mut done: Vec<(&Move, Option<PathBuf>)> = Vec::new();
    for it in moves {
        match swap(it, &stamp) {
            Ok(former) => done.push((it, former)),
            Err(error) => {
                for (it, former) in done {
                    undo(it, former);
                }
                return Err(Failure::machine(format!(
                    "« {} » ne peut être remplacé ({error}) : tout est resté comme avant. \
                     --into DOSSIER remet la ville ailleurs.",
                    it.target.display()
                )));
            }
        }
    }
    for (it, former) in &done {
        if let Some(former) = former {
            print(format!(
                "Ce qui était dans « {} » est maintenant dans « {} ».",
                it.target.display(),
                former.display()
            ))?;
        }
    }
    // Backups stay where the next ones are made.
    if let Some((_, Some(former))) = done.last() {
        let _ = fs::rename(former.join(BACKUPS), state.join(BACKUPS));
    }
    Ok(())
}

/// Sets aside what is there, and puts the new in its place; where the former went.
fn swap(it: &Move, stamp: &str) -> io::Result<Option<PathBuf>> {
    let target = &it.target;
    let former = match fs::symlink_metadata(target) {
        Ok(_) if is_without_entries(target) => {
            fs::remove_dir(target)?;
            None
        }
        Ok(_) => {
            let name = target.file_name().unwrap_or_default().to_string_lossy();
            let aside = target.with_file_name(format!("{name}.avant-{stamp}"));
            fs::rename(target, &aside)?;
            Some(aside)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // The folder stays when its keeper goes: its name is another by then.
    let renamed = fs::rename(it.beside.path(), target).and_then(|()| {
        let parent = target.parent().unwrap_or(Path::new("/"));
        File::open(parent)?.sync_all()
    });
    if let Err(error) = renamed {
        undo(it, former);
        return Err(error);
    }
    Ok(former)
}

fn undo(it: &Move, former: Option<PathBuf>) {
    if it.target.exists() {
        let _ = fs::rename(&it.target, it.beside.path());
    }
    if let Some(former) = former {
        let _ = fs::rename(former, &it.target);
    }
}

/// Whether nothing would be lost of a folder.
fn is_empty(folder: &Path) -> Result<bool, Failure> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Failure::io(folder, &error)),
    }
}

fn is_without_entries(folder: &Path) -> bool {
    matches!(is_empty(folder), Ok(true))
}
