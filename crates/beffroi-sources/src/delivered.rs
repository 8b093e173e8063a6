//! What was fetched or put into the inbox: files of the state folder, `delivered/<dataset>/`, each
//! under the instant of its delivery and its name, until they are imported. Nothing is overwritten.

use crate::{FoundFile, SourceError};
use beffroi_model::DatasetId;
use chrono::{DateTime, NaiveDateTime, Utc};
use std::{
    fs,
    fs::File,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// `20261123T060000250`: sorts by time, and is read as the day of extraction when the name after
/// it has none.
const STAMP: &str = "%Y%m%dT%H%M%S%3f";
/// Files given up on their way, hidden from every look.
const PART: &str = ".part";

/// The deliveries of a dataset.
#[derive(Debug, Clone)]
pub struct Delivered {
    folder: PathBuf,
}

/// A file that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When.
    pub at: DateTime<Utc>,
    /// The file, under its own name.
    pub file: FoundFile,
}

impl Delivered {
    /// Those of a dataset, in a state folder.
    #[must_use]
    pub fn new(state: &Path, dataset: &DatasetId) -> Self {
        Self {
            folder: state.join("delivered").join(dataset.as_str()),
        }
    }

    /// All of them, the oldest first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn all(&self) -> Result<Vec<Delivery>, SourceError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(self.error(cause)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|cause| self.error(cause))?;
            let metadata = entry.metadata().map_err(|cause| self.error(cause))?;
            if let Some((at, name)) = entry.file_name().to_str().and_then(stamped)
                && metadata.is_file()
            {
                found.push(Delivery {
                    at,
                    file: FoundFile {
                        name: name.to_owned(),
                        path: entry.path(),
                        size: metadata.len(),
                        modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                    },
                });
            }
        }
        found.sort_by(|a, b| (a.at, &a.file.name).cmp(&(b.at, &b.file.name)));
        Ok(found)
    }

    /// Where a file that is on its way may be written.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn part(&self) -> Result<PathBuf, SourceError> {
        fs::create_dir_all(&self.folder).map_err(|cause| self.error(cause))?;
        Ok(self.folder.join(PART))
    }

    /// Takes in a complete file, under a name. Its time becomes that of the delivery.
    ///
    /// # Errors
    /// The file cannot be moved.
    pub fn take(&self, file: &Path, name: &str, at: DateTime<Utc>) -> Result<PathBuf, SourceError> {
        let (at, path) = self.free(name, at)?;
        let moved = || {
            if let Err(error) = fs::rename(file, &path) {
                if error.kind() != io::ErrorKind::CrossesDevices {
                    return Err(error);
                }
                let part = self.folder.join(PART);
                fs::copy(file, &part)?;
                File::open(&part)?.sync_all()?;
                fs::rename(&part, &path)?;
                fs::remove_file(file)?;
            }
            // Somebody else's file may keep its time.
            let _ = File::options()
                .append(true)
                .open(&path)
                .and_then(|taken| taken.set_modified(at.into()));
            // The move is on the disk before anything is told of it.
            File::open(&self.folder)?.sync_all()
        };
        moved().map_err(|cause| self.error(cause))?;
        Ok(path)
    }

    /// Takes in a complete file that stays where it is, under a name: a link to it, or a copy where
    /// there are no links. It keeps its time.
    ///
    /// # Errors
    /// The file cannot be linked, nor copied.
    pub fn link(&self, file: &Path, name: &str, at: DateTime<Utc>) -> Result<PathBuf, SourceError> {
        let (_, path) = self.free(name, at)?;
        let linked = || {
            if fs::hard_link(file, &path).is_err() {
                let part = self.folder.join(PART);
                let modified = fs::metadata(file)?.modified()?;
                fs::copy(file, &part)?;
                File::options()
                    .append(true)
                    .open(&part)?
                    .set_modified(modified)?;
                fs::rename(&part, &path)?;
            }
            Ok(())
        };
        linked().map_err(|cause| self.error(cause))?;
        Ok(path)
    }

    /// Where a file of that name that comes now is kept, and at which instant.
    fn free(&self, name: &str, at: DateTime<Utc>) -> Result<(DateTime<Utc>, PathBuf), SourceError> {
        fs::create_dir_all(&self.folder).map_err(|cause| self.error(cause))?;
        let mut at = at;
        loop {
            let path = self.folder.join(format!("{}_{name}", at.format(STAMP)));
            if !path.exists() {
                return Ok((at, path));
            }
            at += chrono::TimeDelta::milliseconds(1);
        }
    }

    fn error(&self, cause: io::Error) -> SourceError {
        SourceError::Io {
            path: self.folder.clone(),
            cause,
        }
    }
}

/// The instant and the name of `20261123T060000250_name.csv`.
fn stamped(name: &str) -> Option<(DateTime<Utc>, &str)> {
    let (stamp, name) = name.split_once('_')?;
    let at = NaiveDateTime::parse_from_str(stamp, STAMP).ok()?;
    (!name.is_empty()).then(|| (at.and_utc(), name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_are_kept_side_by_side_in_their_order() {
        let state = tempfile::tempdir().unwrap();
        let delivered = Delivered::new(state.path(), &DatasetId::new("air").unwrap());
        assert_eq!(delivered.all().unwrap(), []);
        let at: DateTime<Utc> = "2026-11-23T06:00:00.250Z".parse().unwrap();
        for (name, text, at) in [
            ("b_2.csv", "2", at + chrono::TimeDelta::days(1)),
            ("a.csv", "1", at),
            ("a.csv", "3", at),
        ] {
            let part = delivered.part().unwrap();
            fs::write(&part, text).unwrap();
            delivered.take(&part, name, at).unwrap();
        }
        fs::write(delivered.part().unwrap(), "half").unwrap();
        let all: Vec<_> = delivered
            .all()
            .unwrap()
            .into_iter()
            .map(|it| {
                (
                    it.at.to_string(),
                    it.file.name,
                    fs::read_to_string(it.file.path).unwrap(),
                )
            })
            .collect();
        let day = |time: &str| format!("2026-11-{time} UTC");
        assert_eq!(
            all,
            [
                (day("23 06:00:00.250"), "a.csv".to_owned(), "1".to_owned()),
                (day("23 06:00:00.251"), "a.csv".to_owned(), "3".to_owned()),
                (day("24 06:00:00.250"), "b_2.csv".to_owned(), "2".to_owned()),
            ]
        );
    }

    #[test]
    fn a_file_that_is_linked_stays_where_it_is_and_keeps_its_time() {
        let state = tempfile::tempdir().unwrap();
        let delivered = Delivered::new(state.path(), &DatasetId::new("air").unwrap());
        let file = state.path().join("upload");
        fs::write(&file, "1").unwrap();
        let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        let opened = File::options().append(true).open(&file).unwrap();
        opened.set_modified(time).unwrap();
        for _ in 0..2 {
            delivered.link(&file, "a.csv", Utc::now()).unwrap();
        }
        let all = delivered.all().unwrap();
        assert_eq!(all.len(), 2);
        for it in all {
            assert_eq!((it.file.name.as_str(), it.file.modified), ("a.csv", time));
            fs::remove_file(it.file.path).unwrap();
        }
        assert_eq!(fs::read_to_string(file).unwrap(), "1");
    }
}
