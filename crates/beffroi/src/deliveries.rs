//! What there is to import of a dataset: files of the data folder, and what was fetched or put into
//! the inbox since the last import.

use beffroi_catalog::{Dataset, Load, Source};
use beffroi_sources::{Delivered, Delivery, FoundFile, SourceError};
use chrono::{DateTime, Utc};
use std::{fs, path::Path};

/// The files of a dataset.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// Those to import.
    pub files: Vec<FoundFile>,
    /// Those of the state folder that an import makes superfluous.
    done: Vec<FoundFile>,
}

impl Deliveries {
    /// Those of a dataset; none for a live source, which is read otherwise.
    pub fn of(dataset: &Dataset, data: &Path, state: &Path) -> Result<Self, SourceError> {
        if dataset.source.every().is_some() {
            return Ok(Self::default());
        }
        let waiting = Delivered::new(state, &dataset.id).all()?;
        let lying = match &dataset.source {
            Source::File(pattern) => match beffroi_sources::files(data, pattern) {
                Err(error) if !waiting.is_empty() && is_absent(&error) => Vec::new(),
                found => found?,
            },
            _ => Vec::new(),
        };
        Ok(Self::among(dataset, lying, waiting))
    }

    /// Which of the files that lie in the data folder and of those that wait count.
    fn among(dataset: &Dataset, lying: Vec<FoundFile>, waiting: Vec<Delivery>) -> Self {
        let all = |waiting: Vec<Delivery>| waiting.into_iter().map(|it| it.file).collect();
        let replaces = dataset.load == Load::Replace;
        if !replaces && !dataset.source.is_fetched() {
            // Of those that came under one name, the last.
            let mut files = lying;
            let (mut waiting, mut done): (Vec<FoundFile>, Vec<FoundFile>) =
                (all(waiting), Vec::new());
            while let Some(file) = waiting.pop() {
                if !done.iter().any(|later| later.name == file.name) {
                    files.push(file.clone());
                }
                done.push(file);
            }
            return Self { files, done };
        }
        let newest = |files: &[FoundFile]| files.iter().map(|file| file.modified).max();
        let Some(last) = waiting.last().cloned() else {
            return Self {
                files: lying,
                done: Vec::new(),
            };
        };
        let mut done: Vec<FoundFile> = all(waiting);
        if newest(&lying).map(DateTime::<Utc>::from) > Some(last.at) {
            return Self { files: lying, done };
        }
        if !lying.is_empty() {
            // It stands for what lies in the data folder as long as that does not change.
            done.retain(|file| file.path != last.file.path);
        }
        let mut file = last.file;
        if !replaces {
            // What is fetched again under one name adds to what came before.
            let stamped = file.path.file_name().map(|name| name.to_string_lossy());
            file.name = stamped.map_or(file.name, std::borrow::Cow::into_owned);
        }
        Self {
            files: vec![file],
            done,
        }
    }

    /// Forgets files that are imported: the warehouse keeps what is to be kept of them.
    pub fn settle(self) {
        for file in self.done {
            if let Err(error) = fs::remove_file(&file.path) {
                tracing::warn!(path = %file.path.display(), %error, "an imported file stays");
            }
        }
    }
}

/// Whether nothing is there, not even the folder.
pub fn is_absent(error: &SourceError) -> bool {
    match error {
        SourceError::NotFound { .. } => true,
        SourceError::Io { cause, .. } => cause.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}
