//! What is known of people, what they did, and what the workshop keeps (`beffroi.sqlite` and the heads
//! of its trail), as backups and `doctor` see it. A town that nobody has signed into has none of it.

use crate::{
    doctor::Line,
    failure::{Failure, io_message},
};
use beffroi_store::{Event, Kind, Store, StoreError};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

const DATABASE: &str = "beffroi.sqlite";
const HEADS: &str = "audit-heads";

/// Whether a file of the state is the store's: it is copied by [`copies`], never as it lies there.
pub fn is_of_store(name: &str) -> bool {
    name.starts_with(DATABASE) || name.starts_with(HEADS)
}

/// Consistent copies of the store's files, made in a folder: their names in the state, and where
/// the copies are. The heads come first: they are never ahead of the database.
pub fn copies(state: &Path, scratch: &Path) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
    if !state.join(DATABASE).exists() {
        return Ok(Vec::new());
    }
    let (heads, database) = (scratch.join(HEADS), scratch.join(DATABASE));
    let copied = Store::open(state).and_then(|store| {
        store.backup_heads_to(&heads)?;
        store.backup_to(&database)
    });
    copied.map_err(|error| Failure::machine(store_message(&error)))?;
    Ok(vec![(HEADS, heads), (DATABASE, database)])
}

/// Whether anybody has signed in.
pub fn exists(state: &Path) -> bool {
    state.join(DATABASE).exists()
}

/// The store of a town that somebody has signed into.
pub fn open(state: &Path) -> Result<Store, Failure> {
    if !state.join(DATABASE).exists() {
        return Err(Failure::given(format!(
            "« {} » ne garde encore ni compte ni journal : ils naissent au premier « beffroi serve ».",
            state.display()
        )));
    }
    Store::open(state).map_err(|error| failure(&error))
}

/// Why the store does not do what is asked of it.
pub fn failure(error: &StoreError) -> Failure {
    let message = store_message(error);
    Failure::machine(format!("Comptes et journal : {message}"))
}

/// What is to be done with a store that was brought back: who was signed in then is not now, and
/// the trail says that it was brought back.
pub fn brought_back(state: &Path, made: DateTime<Utc>) -> Result<(), Failure> {
    if !state.join(DATABASE).exists() {
        return Ok(());
    }
    let store = open(state)?;
    let made = made.to_rfc3339();
    let event = Event::of_program(Utc::now(), Kind::System, "restored", "store", made);
    store
        .forget_sessions()
        .and_then(|()| store.audit().record(event))
        .map_err(|error| failure(&error))
}

/// What is found of the store.
pub fn lines(state: &Path) -> Vec<Line> {
    if !state.join(DATABASE).exists() {
        return Vec::new();
    }
    let todo = "« beffroi restore » remet la dernière sauvegarde ; gardez la base abîmée de côté.";
    let store = match Store::open(state) {
        Ok(store) => store,
        Err(error) => {
            let found = format!("Base des personnes : {}", store_message(&error));
            return vec![Line::broken("store", found, todo)];
        }
    };
    vec![integrity(&store, todo), trail(&store, todo)]
}

fn integrity(store: &Store, todo: &str) -> Line {
    match (store.faults(), store.schema_version()) {
        (Ok(faults), Ok(schema)) if faults.is_empty() => Line::fine(
            "store",
            format!("Base des personnes : entière, schéma {schema}."),
        ),
        (Ok(faults), Ok(_)) => Line::broken(
            "store",
            format!(
                "Base des personnes : SQLite la dit abîmée ({}).",
                faults.join(" ; ")
            ),
            todo,
        ),
        (Err(error), _) | (_, Err(error)) => Line::broken(
            "store",
            format!("Base des personnes : {}", store_message(&error)),
            todo,
        ),
    }
}

fn trail(store: &Store, todo: &str) -> Line {
    match store.audit().verify() {
        Ok(verified) if verified.is_sound() => Line::fine(
            "audit",
            format!(
                "Journal d’audit : {} entrée(s), chaîne intacte.",
                verified.entries
            ),
        ),
        Ok(verified) => Line::broken(
            "audit",
            format!(
                "Journal d’audit : {} endroit(s) où il n’est plus ce qui fut écrit.",
                verified.problems.len()
            ),
            "Gardez l’état tel quel et comparez-le à la dernière sauvegarde : quelqu’un a pu y toucher.",
        ),
        Err(error) => Line::broken(
            "audit",
            format!("Journal d’audit : {}", store_message(&error)),
            todo,
        ),
    }
}

/// What went wrong with the store, and what to do.
fn store_message(error: &StoreError) -> String {
    match error {
        error if error.is_disk_full() => {
            "le disque est plein. Libérez de la place, puis recommencez.".to_owned()
        }
        StoreError::Io { path, source } => io_message(path, source),
        StoreError::TooNew { path, .. } => format!(
            "« {} » vient d’une version plus récente de Beffroi. Mettez le programme à jour.",
            path.display()
        ),
        error => format!("« {DATABASE} » est illisible ({error})."),
    }
}
