//! What is around: who holds the state, the clock, the port, the certificate, backups.

use super::Line;
use crate::{
    backup::{self, Archive},
    cli::Folders,
    presence,
    serve::{Serving, unusable},
};
use beffroi_web::Tls;
use chrono::{DateTime, Local, TimeDelta, TimeZone, Utc};
use std::{
    fs,
    io::ErrorKind,
    net::TcpListener,
    path::{Path, PathBuf},
};

/// Before this no clock is right.
const BUILT: i32 = 2026;
/// A clock may be so much behind what another machine wrote.
const DRIFT: TimeDelta = TimeDelta::minutes(5);
/// Between two backups.
const OLD_BACKUP: TimeDelta = TimeDelta::days(8);
/// Before a certificate ends.
const SOON: TimeDelta = TimeDelta::days(21);

pub fn lines(folders: &Folders, serving: &Serving) -> Vec<Line> {
    let is_served = is_served(&folders.state);
    let mut lines = vec![match is_served {
        true => Line::fine("served", "« beffroi serve » sert cette ville."),
        false => Line::fine(
            "served",
            "Personne ne sert cette ville, et rien ne la retient.",
        ),
    }];
    lines.push(clock(&folders.state, Utc::now()));
    lines.push(port(serving, is_served));
    lines.extend(certificate(serving, Utc::now()));
    lines
}

fn is_served(state: &Path) -> bool {
    state.join("beffroi.json").is_file() && matches!(presence::alone(state), Ok(None))
}

fn clock(state: &Path, now: DateTime<Utc>) -> Line {
    let earliest = Utc.with_ymd_and_hms(BUILT, 1, 1, 0, 0, 0).single();
    let newest = newest(&state.join("warehouse"));
    let found = format!(
        "Horloge : {}.",
        now.with_timezone(&Local).format("%d/%m/%Y %H:%M")
    );
    let is_behind = newest.is_some_and(|newest| newest > now + DRIFT);
    if earliest.is_some_and(|earliest| now < earliest) || is_behind {
        return Line::broken(
            "clock",
            format!("{found} Elle est en retard sur ce que l’état contient."),
            "Mettez la machine à l’heure (timedatectl set-ntp true) : fraîcheur, horaires et sessions en dépendent.",
        );
    }
    Line::fine("clock", found)
}

/// When something of a folder was last written.
fn newest(folder: &Path) -> Option<DateTime<Utc>> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let times = entries.filter_map(|entry| entry.metadata().ok()?.modified().ok());
    times.max().map(DateTime::from)
}

fn port(serving: &Serving, is_served: bool) -> Line {
    let listen = serving.listen;
    match TcpListener::bind(listen) {
        Ok(_) => Line::fine("port", format!("Port : {listen} est libre.")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && is_served => Line::fine(
            "port",
            format!("Port : {listen} est pris, sans doute par ce Beffroi."),
        ),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Line::watch(
            "port",
            format!("Port : {listen} est pris par un autre programme."),
            format!(
                "« ss -ltnp 'sport = :{}' » dit lequel ; --listen en choisit un autre.",
                listen.port()
            ),
        ),
        Err(error) => Line::broken(
            "port",
            format!("Port : écouter sur {listen} est impossible ({error})."),
            "Sous 1024 il faut un droit (AmbientCapabilities=CAP_NET_BIND_SERVICE) ; l’adresse doit être celle de cette machine.",
        ),
    }
}

fn certificate(serving: &Serving, now: DateTime<Utc>) -> Option<Line> {
    let (Some(certificate), Some(key)) = (&serving.tls_cert, &serving.tls_key) else {
        return None;
    };
    let tls = match Tls::open(certificate, key) {
        Ok(tls) => tls,
        Err(error) => {
            let found = format!("Certificat : {}", unusable(&error));
            return Some(Line::broken(
                "certificate",
                found,
                "Redemandez-le à qui le fournit.",
            ));
        }
    };
    let ends = tls.ends()?;
    let day = ends.with_timezone(&Local).format("%d/%m/%Y");
    Some(if ends < now {
        Line::broken(
            "certificate",
            format!("Certificat : fini depuis le {day}, les navigateurs le refusent."),
            "Renouvelez-le : il sera relu sans redémarrer.",
        )
    } else if ends < now + SOON {
        Line::watch(
            "certificate",
            format!("Certificat : il finit le {day}."),
            "Renouvelez-le : il sera relu sans redémarrer.",
        )
    } else {
        Line::fine("certificate", format!("Certificat : bon jusqu’au {day}."))
    })
}

/// The backups in the state folder.
pub fn backups(state: &Path, is_deep: bool) -> Vec<Line> {
    if !state.join("beffroi.json").is_file() {
        return Vec::new();
    }
    let Some((made, path)) = backup::automatic(&state.join(backup::FOLDER))
        .into_iter()
        .next()
    else {
        return vec![Line::watch(
            "backup",
            "Sauvegarde : aucune dans l’état.",
            "« beffroi backup --keep 7 » chaque nuit ; copiez-les sur une autre machine.",
        )];
    };
    let found = format!(
        "Sauvegarde : la dernière est du {}.",
        made.format("%d/%m/%Y à %H:%M")
    );
    let age = Local::now().naive_local() - made;
    let mut lines = vec![match age > OLD_BACKUP {
        true => Line::watch("backup", found, "« beffroi backup --keep 7 » chaque nuit."),
        false => Line::fine("backup", found),
    }];
    if is_deep {
        lines.push(read_back(path));
    }
    lines
}

fn read_back(path: PathBuf) -> Line {
    let place = path.display();
    match Archive::open(&path).and_then(|mut archive| archive.check()) {
        Ok(()) => Line::fine(
            "backup_content",
            format!("Sauvegarde relue : « {place} » est entière."),
        ),
        Err(error) => Line::broken(
            "backup_content",
            format!(
                "Sauvegarde : « {place} » ne vaut rien. {}",
                backup::told(&error)
            ),
            "Faites-en une autre maintenant, et faites examiner le disque.",
        ),
    }
}
