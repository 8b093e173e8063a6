//! A delivered file: its copy or its checksum, and how it is read, now and later.

use super::{FILE_LIMIT, next::NextVersion};
use crate::failure::{io_message, refused, unavailable, warehouse_message};
use beffroi_catalog::Dataset;
use beffroi_intake::{Input, StripError};
use beffroi_model::{Original, Reading, SourceFile};
use beffroi_sources::{FoundFile, SourceError};
use beffroi_warehouse::{KeepError, WarehouseError, Writer};
use chrono::{DateTime, Utc};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// A file to read.
pub struct Delivery {
    /// What the manifest says of it.
    pub source: SourceFile,
    /// Where it is read: the copy kept, or the file itself when none may be kept whole.
    path: PathBuf,
    /// Size and time of the file itself, for it not to change while it is read.
    watched: Option<(u64, SystemTime)>,
}

impl Delivery {
    /// Takes a file of a department. It is copied first, and read from the copy: nobody writes to
    /// that one. A file with personal data is not copied, and read where it is.
    pub fn take(writer: &Writer, dataset: &Dataset, file: &FoundFile) -> Result<Self, String> {
        let too_large = || {
            let name = file.name.clone();
            unavailable(&SourceError::TooLarge {
                name,
                limit: FILE_LIMIT,
            })
        };
        if file.size > FILE_LIMIT {
            return Err(too_large());
        }
        let unreadable = |error: &io::Error| io_message(&file.path, error);
        let opened = File::open(&file.path).map_err(|error| unreadable(&error))?;
        let mut limited = opened.take(FILE_LIMIT + 1);
        let is_private = is_private(dataset);
        let (sha256, bytes, original) = if is_private {
            let checked = beffroi_sources::sha256_of(&mut limited);
            let (sha256, bytes) = checked.map_err(|error| unreadable(&error))?;
            (sha256, bytes, None)
        } else {
            let kept = writer.keep(&dataset.id, &mut limited);
            let kept = kept.map_err(|error| match error {
                KeepError::Source(error) => unreadable(&error),
                KeepError::Warehouse(error) => warehouse_message(&error),
            })?;
            let original = Original {
                file: kept.file,
                stripped: false,
            };
            (kept.sha256, kept.bytes, Some(original))
        };
        if bytes > FILE_LIMIT {
            return Err(too_large());
        }
        let originals = writer.warehouse().originals(&dataset.id);
        Ok(Self {
            path: match &original {
                Some(original) => originals.join(&original.file),
                None => file.path.clone(),
            },
            watched: is_private.then_some((file.size, file.modified)),
            source: SourceFile {
                name: file.name.clone(),
                sha256,
                bytes,
                modified: DateTime::<Utc>::from(file.modified),
                extracted_on: beffroi_sources::extracted_on(&file.name, file.modified),
                rows_read: 0,
                rows_rejected: 0,
                original,
            },
        })
    }

    /// A file that was read before, from the copy kept of it; `None` when there is none.
    pub fn kept(writer: &Writer, dataset: &Dataset, source: &SourceFile) -> Option<Self> {
        Some(Self {
            path: writer.warehouse().original(&dataset.id, source)?,
            source: source.clone(),
            watched: None,
        })
    }

    /// Reads the file into a version, and keeps what may be kept of it.
    pub fn read_into(
        mut self,
        writer: &Writer,
        dataset: &Dataset,
        next: &mut NextVersion<'_>,
    ) -> Result<(), String> {
        let is_stripped = self.source.original.as_ref().is_some_and(|it| it.stripped);
        let reading = if is_stripped {
            beffroi_intake::stripped_reading()
        } else {
            dataset.reading.clone()
        };
        let name = self.source.name.clone();
        let input = Input::on_disk(&name, &self.path);
        let mut outcome = next.read(input, &reading, &dataset.schema)?;
        if is_private(dataset) {
            self.source.original = Some(strip(writer, dataset, &self.source, input, &reading)?);
        }
        if self
            .watched
            .is_some_and(|seen| seen_now(&self.path) != Some(seen))
        {
            return Err(format!(
                "« {name} » a changé pendant sa lecture : rien n’a été importé, il sera relu au \
                 prochain import."
            ));
        }
        if is_stripped {
            // What was decided about the file itself still stands.
            outcome.decisions.clear();
        }
        self.source.rows_read = outcome.rows_read;
        self.source.rows_rejected = outcome.rows_rejected;
        next.note(outcome);
        next.end_file(self.source)
    }
}

/// Whether files of a dataset must not be kept as they are.
fn is_private(dataset: &Dataset) -> bool {
    dataset.schema.columns.iter().any(|column| column.personal)
}

/// Keeps a file without its personal data.
fn strip(
    writer: &Writer,
    dataset: &Dataset,
    source: &SourceFile,
    input: Input<'_>,
    reading: &Reading,
) -> Result<Original, String> {
    let declaration = dataset.checksum.get(..8).unwrap_or(&dataset.checksum);
    let copy = format!("{}-{declaration}.csv", source.sha256);
    let kept = writer.keep_stripped(&dataset.id, &copy, |out| {
        beffroi_intake::strip(input, reading, &dataset.schema, out).map_err(StripFault::from)
    });
    kept.map_err(|error| match error {
        StripFault::Warehouse(error) => warehouse_message(&error),
        StripFault::Strip(StripError::Intake(error)) => refused(&source.name, &error),
        StripFault::Strip(StripError::Io(error)) => {
            io_message(&writer.warehouse().originals(&dataset.id), &error)
        }
    })
}

#[derive(Debug, thiserror::Error)]
enum StripFault {
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    #[error(transparent)]
    Strip(#[from] StripError),
}

fn seen_now(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}
