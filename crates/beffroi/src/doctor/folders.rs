//! The three folders: there, ours, writable, nobody else's; what is declared in them.

use super::Line;
use crate::{backup::size_words, cli::Folders, failure::io_message};
use beffroi_catalog::load;
use std::{
    fs,
    io::{self, Write},
    path::Path,
};

/// Below so many bytes nothing can be relied upon.
const LEAST: u64 = 200 << 20;
/// Below so many, imports and backups will soon fail.
const LITTLE: u64 = 2 << 30;

pub fn lines(folders: &Folders) -> Vec<Line> {
    let mut lines = vec![declarations(&folders.content), data(&folders.data)];
    let state = &folders.state;
    if !state.exists() {
        lines.push(Line::watch(
            "state",
            format!("État : « {} » n’existe pas encore.", state.display()),
            "« beffroi serve » ou « beffroi import » le fera ; si la ville existait, vérifiez --state.",
        ));
        return lines;
    }
    if !state.join("beffroi.json").is_file() {
        lines.push(Line::broken(
            "state",
            format!(
                "État : « {} » n’est pas un dossier de Beffroi.",
                state.display()
            ),
            "Donnez le bon dossier par --state, ou un dossier vide.",
        ));
        return lines;
    }
    lines.push(writable(state));
    lines.extend(rights(state));
    lines.extend(space(state));
    lines
}

fn declarations(content: &Path) -> Line {
    let loaded = load(content);
    let place = content.display();
    match loaded.catalog {
        Some(catalog) => Line::fine(
            "declarations",
            format!(
                "Déclarations : « {place} », {} jeux de données, {} indicateurs, {} tableaux.",
                catalog.datasets.len(),
                catalog.indicators.len(),
                catalog.boards.len()
            ),
        ),
        None if !content.is_dir() => Line::broken(
            "declarations",
            format!("Déclarations : « {place} » n’existe pas."),
            "Donnez leur dossier par --content, ou commencez par « beffroi new ».",
        ),
        None => Line::broken(
            "declarations",
            format!(
                "Déclarations : {} erreur(s) dans « {place} ».",
                loaded.diagnostics.len()
            ),
            "« beffroi check » montre chacune à sa place, avec quoi faire.",
        ),
    }
}

fn data(data: &Path) -> Line {
    match fs::read_dir(data) {
        Ok(_) => Line::fine(
            "data",
            format!("Fichiers des services : « {} ».", data.display()),
        ),
        Err(error) => Line::watch(
            "data",
            format!("Fichiers des services : {}", io_message(data, &error)),
            "Les versions déjà importées servent toujours. Montez le partage, ou donnez le dossier par --data.",
        ),
    }
}

fn writable(state: &Path) -> Line {
    let tried = tempfile::tempfile_in(state).and_then(|mut file| file.write_all(b"ok"));
    match tried {
        Ok(()) => Line::fine(
            "state",
            format!("État : « {} », on peut y écrire.", state.display()),
        ),
        Err(error) => Line::broken(
            "state",
            format!(
                "État : rien ne peut s’y écrire. {}",
                io_message(state, &error)
            ),
            "Rendez le dossier et ce qu’il contient au compte qui lance Beffroi (chown -R), et vérifiez que le disque n’est ni plein ni en lecture seule.",
        ),
    }
}

/// Whether only the owner reads the state.
#[cfg(unix)]
fn rights(state: &Path) -> Option<Line> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(state).ok()?.permissions().mode();
    Some(match mode & 0o077 {
        0 => Line::fine(
            "rights",
            "Droits : l’état n’est lisible que par son compte.",
        ),
        _ => Line::watch(
            "rights",
            format!(
                "Droits : d’autres comptes de la machine peuvent lire l’état ({:o}).",
                mode & 0o777
            ),
            format!("chmod 700 {}", state.display()),
        ),
    })
}

#[cfg(not(unix))]
fn rights(_: &Path) -> Option<Line> {
    None
}

fn space(state: &Path) -> io::Result<Line> {
    let free = crate::backup::free_space(state)?;
    let found = format!("Place : {} libres.", size_words(free));
    Ok(match free {
        0..LEAST => Line::broken(
            "space",
            found,
            "Libérez de la place : plus rien ne peut être importé.",
        ),
        LEAST..LITTLE => Line::watch(
            "space",
            found,
            "Libérez de la place, ou mettez les sauvegardes ailleurs (beffroi backup DOSSIER).",
        ),
        _ => Line::fine("space", found),
    })
}
