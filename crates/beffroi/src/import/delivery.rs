//! A delivered file: its checksum, how it is read, and what is kept of it to be read again.

use super::{FILE_LIMIT, next::NextVersion};
use crate::{
    failure::{io_message, refused, unavailable, warehouse_message},
    under_way::UnderWay,
};
use beffroi_catalog::Dataset;
use beffroi_intake::{Context, Correction, Input, IntakeError, Referred, StripError, is_archive};
use beffroi_model::{Decision, Original, OriginalForm, Reading, Schema, SourceFile};
use beffroi_sources::{FoundFile, SourceError};
use beffroi_warehouse::{KeepError, Kept, WarehouseError, Writer};
use chrono::{DateTime, Local, NaiveDate, Utc};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    thread,
    time::SystemTime,
};

/// A file to read.
pub struct Delivery {
    /// What the manifest says of it.
    pub source: SourceFile,
    /// Where it is read: in the data folder, or a copy kept of it.
    path: PathBuf,
    /// Size and time of a file of the data folder, for it not to change while it is read.
    watched: Option<(u64, SystemTime)>,
}

impl Delivery {
    /// Takes a file of a department. Where no other file is as long, it is the copy of none: its
    /// checksum is left empty, and found when it is read.
    pub fn take(file: &FoundFile, is_as_long_as_another: bool) -> Result<Self, String> {
        let (sha256, bytes) = match file.size {
            0..=FILE_LIMIT if is_as_long_as_another => checksum(&file.path)?,
            size => (String::new(), size),
        };
        if bytes > FILE_LIMIT {
            return Err(unavailable(&SourceError::TooLarge {
                name: file.name.clone(),
                limit: FILE_LIMIT,
            }));
        }
        Ok(Self {
            path: file.path.clone(),
            watched: Some((file.size, file.modified)),
            source: SourceFile {
                name: file.name.clone(),
                sha256,
                bytes,
                modified: DateTime::<Utc>::from(file.modified),
                extracted_on: beffroi_sources::extracted_on(&file.name, file.modified),
                rows_read: 0,
                rows_rejected: 0,
                rows_incomplete: 0,
                original: None,
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

    /// The day on which it was handed over: the later of those that its name and the disk tell. A
    /// name may hold another date than that of the extraction, a copy of a file an older one.
    fn delivered_on(&self) -> NaiveDate {
        let written = self.source.modified.with_timezone(&Local).date_naive();
        self.source.extracted_on.max(written)
    }

    /// Reads the file into a version, and keeps what may be kept of it. `referred` is what its rows
    /// refer to in other datasets.
    pub fn read_into(
        mut self,
        writer: &Writer,
        dataset: &Dataset,
        correction: &Correction,
        referred: &[Referred],
        under_way: &UnderWay,
        next: &mut NextVersion<'_>,
    ) -> Result<(), String> {
        let former = self.source.original.as_ref();
        let is_stripped = former.is_some_and(|it| it.form == OriginalForm::Rows);
        let schema = correction.schema(&dataset.schema);
        let mut reading = correction.reading(&dataset.reading);
        if is_stripped {
            reading = beffroi_intake::stripped_reading(&reading);
        }
        let name = self.source.name.clone();
        let input = Input::on_disk(&name, &self.path);
        let context = Context {
            delivered_on: Some(self.delivered_on()),
            time: dataset.time.as_ref(),
            referred,
        };
        let (mut outcome, (sha256, original)) = thread::scope(|scope| {
            // What is kept as it is, is copied while it is read.
            let copying = self
                .is_kept_whole(dataset)
                .then(|| scope.spawn(|| self.keep_whole(writer, dataset)));
            let outcome = under_way.read(Some(&dataset.id), &name, |watch| {
                next.read(input.watched(watch), &reading, &schema, &context)
            })?;
            let kept = match copying {
                Some(copying) => copying
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                None => {
                    let form = self.form(dataset, &outcome.decisions);
                    self.keep(writer, dataset, &schema, &reading, form)
                }
            };
            Ok::<_, String>((outcome, kept?))
        })?;
        if self
            .watched
            .is_some_and(|seen| seen_now(&self.path) != Some(seen))
        {
            return Err(changed(&name));
        }
        if is_stripped {
            // What was decided about the file itself still stands.
            outcome.decisions.clear();
        } else {
            correction.mark(&name, &mut outcome.decisions);
        }
        self.source.sha256 = sha256;
        self.source.original = Some(original);
        self.source.rows_read = outcome.rows_read;
        self.source.rows_rejected = outcome.rows_rejected;
        self.source.rows_incomplete = outcome.rows_incomplete;
        next.note(outcome);
        next.end_file(self.source)
    }

    /// Whether all of the file may be kept, for sure: where no markup begins, and none is packed,
    /// there is no budget document.
    fn is_kept_whole(&self, dataset: &Dataset) -> bool {
        let input = Input::on_disk(&self.source.name, &self.path);
        let has_personal = dataset.schema.columns.iter().any(|column| column.personal);
        !has_personal
            && matches!(is_archive(input), Ok(false))
            && head(&self.path, BEGINNING).is_ok_and(|head| !head.contains(&b'<'))
    }

    /// What may be kept of the file: all of it, unless it names persons.
    fn form(&self, dataset: &Dataset, decisions: &[Decision]) -> OriginalForm {
        let is_budget = decided(decisions, "format", "TOTEM");
        if dataset.schema.columns.iter().any(|column| column.personal)
            || (is_budget && !is_markup(&self.path))
        {
            OriginalForm::Rows
        } else if is_budget {
            OriginalForm::WithoutAnnexes
        } else {
            OriginalForm::Whole
        }
    }

    /// Keeps the file in a form. Returns its checksum, and what was kept.
    fn keep(
        &self,
        writer: &Writer,
        dataset: &Dataset,
        schema: &Schema,
        reading: &Reading,
        form: OriginalForm,
    ) -> Result<(String, Original), String> {
        let sha256 = match self.source.sha256.as_str() {
            "" if form != OriginalForm::Whole => checksum(&self.path)?.0,
            known => known.to_owned(),
        };
        let input = Input::on_disk(&self.source.name, &self.path);
        let failed = |error: Fault| match error {
            Fault::Warehouse(error) => warehouse_message(&error),
            Fault::Intake(error) | Fault::Strip(StripError::Intake(error)) => {
                refused(&self.source.name, &error)
            }
            Fault::Strip(StripError::Io(error)) => {
                io_message(&writer.warehouse().originals(&dataset.id), &error)
            }
        };
        let (file, kept) = match form {
            OriginalForm::Whole => return self.keep_whole(writer, dataset),
            OriginalForm::Rows => {
                let declaration = dataset.checksum.get(..8).unwrap_or(&dataset.checksum);
                let file = format!("{sha256}-{declaration}.csv");
                let kept = writer.keep_as(&dataset.id, &file, |out| {
                    Ok(beffroi_intake::strip(input, reading, schema, out)?)
                });
                (file, kept)
            }
            OriginalForm::WithoutAnnexes => {
                let file = format!("{sha256}.xml");
                let kept = writer.keep_as(&dataset.id, &file, |out| {
                    beffroi_intake::stripped(input, out)?;
                    Ok(())
                });
                (file, kept)
            }
        };
        kept.map_err(failed)?;
        Ok((sha256, Original { file, form }))
    }

    /// Keeps the file byte for byte. Returns its checksum, and what was kept.
    fn keep_whole(&self, writer: &Writer, dataset: &Dataset) -> Result<(String, Original), String> {
        let copied = File::open(&self.path).map_err(KeepError::Source);
        let kept = copied.and_then(|mut file| writer.keep(&dataset.id, &mut file));
        let source = &self.source;
        let is_same = |kept: &Kept| match source.sha256.as_str() {
            "" => kept.bytes == source.bytes,
            known => kept.sha256 == known,
        };
        match kept {
            Ok(kept) if is_same(&kept) => {
                let original = Original {
                    file: kept.sha256.clone(),
                    form: OriginalForm::Whole,
                };
                Ok((kept.sha256, original))
            }
            Ok(_) => Err(changed(&self.source.name)),
            Err(KeepError::Source(error)) => Err(io_message(&self.path, &error)),
            Err(KeepError::Warehouse(error)) => Err(warehouse_message(&error)),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Strip(#[from] StripError),
}

/// Markup begins within so many bytes, or nowhere: no text has as many blanks before it.
const BEGINNING: u64 = 1 << 18;

/// The first bytes of a file.
fn head(path: &Path, bytes: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(bytes).read_to_end(&mut head)?;
    Ok(head)
}

fn decided(decisions: &[Decision], subject: &str, value: &str) -> bool {
    let mut all = decisions.iter();
    all.any(|it| it.subject == subject && it.value == value)
}

/// Whether a file starts as markup does, in any encoding.
fn is_markup(path: &Path) -> bool {
    let head = head(path, 64).unwrap_or_default();
    let mark = |byte: &u8| {
        byte.is_ascii_whitespace() || matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff)
    };
    head.iter().find(|byte| !mark(byte)) == Some(&b'<')
}

/// The checksum of a file and its size; of one that is too large, that it is.
fn checksum(path: &Path) -> Result<(String, u64), String> {
    let opened = File::open(path).map(|file| file.take(FILE_LIMIT + 1));
    let summed = opened.and_then(|mut file| beffroi_sources::sha256_of(&mut file));
    summed.map_err(|error| io_message(path, &error))
}

fn changed(name: &str) -> String {
    format!(
        "« {name} » a changé pendant sa lecture : rien n’a été importé, il sera relu au prochain \
         import."
    )
}

fn seen_now(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}
