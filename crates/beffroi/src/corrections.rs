//! Corrections of how files are read, kept in the state folder for the next ones: one file for
//! each dataset, `var/corrections/<dataset>.json`.

use crate::failure::{io_message, say};
use beffroi_catalog::Dataset;
use beffroi_intake::Correction;
use beffroi_model::DatasetId;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

const FORMAT: u32 = 1;
/// The pattern of corrections that hold for every file of a dataset.
pub const ALL: &str = "*";

/// The corrections of a dataset, by the pattern of file names for which they hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corrections {
    format: u32,
    /// `*` comes first; where two speak of the same, the later one counts.
    pub files: BTreeMap<String, Correction>,
}

impl Default for Corrections {
    fn default() -> Self {
        Self {
            format: FORMAT,
            files: BTreeMap::new(),
        }
    }
}

impl Corrections {
    /// Those kept of a dataset. The error is a message for users.
    pub fn load(state: &Path, dataset: &DatasetId) -> Result<Self, String> {
        let path = path(state, dataset);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(io_message(&path, &error)),
        };
        let damaged =
            |error: serde_json::Error| io_message(&path, &io::Error::other(error.to_string()));
        let format: serde_json::Value = serde_json::from_slice(&bytes).map_err(damaged)?;
        if format["format"]
            .as_u64()
            .is_some_and(|it| it > FORMAT.into())
        {
            return Err(say(
                "correct-too-new",
                &[("path", path.display().to_string())],
            ));
        }
        serde_json::from_value(format).map_err(damaged)
    }

    /// Keeps them, whole or not at all.
    pub fn save(&self, state: &Path, dataset: &DatasetId) -> Result<(), String> {
        let path = path(state, dataset);
        let written = || -> io::Result<()> {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let temporary = path.with_extension("tmp");
            let mut file = File::create(&temporary)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        };
        written().map_err(|error| io_message(&path, &error))
    }

    /// One correction alone, as JSON; an empty text has none. `None` when it cannot be read.
    pub fn of_one(json: &str) -> Option<Self> {
        let mut corrections = Self::default();
        if !json.is_empty() {
            corrections.add(serde_json::from_str(json).ok()?);
        }
        Some(corrections)
    }

    /// Adds a correction that holds for every file, over those that do.
    pub fn add(&mut self, correction: Correction) {
        if !correction.is_empty() {
            let all = self.files.entry(ALL.to_owned()).or_default();
            all.extend(correction);
        }
    }

    /// What is corrected of a file.
    pub fn of(&self, name: &str) -> Correction {
        let mut correction = Correction::default();
        for (pattern, it) in &self.files {
            if beffroi_sources::fits(pattern, name) {
                correction.extend(it.clone());
            }
        }
        correction
    }

    /// What decides how files of a dataset are read: its declaration, and these corrections.
    pub fn declaration(&self, dataset: &Dataset) -> String {
        if self.files.values().all(Correction::is_empty) {
            return dataset.checksum.clone();
        }
        let corrections = serde_json::to_string(&self.files).unwrap_or_default();
        beffroi_sources::sha256_hex(format!("{}{corrections}", dataset.checksum).as_bytes())
    }
}

fn path(state: &Path, dataset: &DatasetId) -> PathBuf {
    state.join("corrections").join(format!("{dataset}.json"))
}
