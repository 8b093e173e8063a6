//! `beffroi new`: a starter town that runs at once, to be replaced file by file.

use crate::failure::{Failure, print};
use std::{fs, path::Path};

macro_rules! starter {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!("../starter/", $path)))),+]
    };
}

/// The files of the starter town.
const FILES: &[(&str, &[u8])] = starter![
    "dashboards/town.toml",
    "dashboards/access.toml",
    "dashboards/datasets/demandes.toml",
    "dashboards/indicators/demandes_recues.toml",
    "dashboards/indicators/demandes_a_temps.toml",
    "dashboards/boards/accueil.toml",
    "data/demandes_2026-01-12.csv",
];

/// `beffroi new`. A folder that holds anything is left alone.
pub fn run(folder: &Path) -> Result<(), Failure> {
    let taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(Failure::io(folder, &error)),
    };
    if taken {
        return Err(Failure::given(format!(
            "« {} » n’est pas vide : rien n’y a été écrit. Donnez le nom d’un nouveau dossier.",
            folder.display()
        )));
    }
    for (name, bytes) in FILES {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| Failure::io(parent, &error))?;
        fs::write(&path, bytes).map_err(|error| Failure::io(&path, &error))?;
    }
    let folder = folder.display();
    print(format!(
        "« {folder} » est prêt : une commune, un jeu de données, deux indicateurs, un tableau.\n\n\
         Pour la voir :\n  beffroi --content {folder}/dashboards --data {folder}/data --state {folder}/var\n\n\
         Pour la faire vôtre : le nom de la commune est dans dashboards/town.toml ; déposez votre \
         fichier dans data/, décrivez-le dans dashboards/datasets/. Les pages suivent à chaque \
         enregistrement."
    ))
}
