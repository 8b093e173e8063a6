//! Reports on disk and on paper.
//!
//! ```text
//! var/reports/ID/YEAR/NUMBER/document.json   a final report: everything that is read in it
//!                            rapport.pdf     as it was set that day
//!                            photos/…        the photographs that it shows
//! ```
//!
//! A final report is written whole under another name, then renamed: it is there or it is not. It is
//! never written again; taking over a change makes the next number.

mod command;
mod paper;

pub use command::{Asked, Output, run};
pub use paper::serve_order;

use crate::failure::io_message;
use beffroi_model::ReportId;
use beffroi_report::{Document, Edition, Pictures, Problem, photographs};
use beffroi_web::{Ink, Kept, Paper, Shelf, Unkept};
use moka::sync::Cache;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DOCUMENT: &str = "document.json";
const PAPER: &str = "rapport.pdf";
const PHOTOS: &str = "photos";
/// How the folder of one that is being written begins.
const UNDER_WAY: &str = ".en-cours-";
/// The folder of photographs, in the declarations.
const PICTURES: &str = "pictures";
/// Bytes of a photograph.
const LARGEST_PICTURE: u64 = 24 << 20;
/// How many final reports are held in memory.
const HELD: u64 = 32;

/// Where reports are kept.
pub struct Shelves {
    content: PathBuf,
    reports: PathBuf,
    held: Cache<PathBuf, Arc<Kept>>,
}

impl Shelves {
    /// Those of a town.
    pub fn new(content: &Path, state: &Path) -> Self {
        Self {
            content: content.to_owned(),
            reports: state.join("reports"),
            held: Cache::new(HELD),
        }
    }

    fn year(&self, report: &str, year: i32) -> PathBuf {
        self.reports.join(report).join(year.to_string())
    }

    /// Where a photograph lies; `None` for what is no plain name of a file.
    fn picture_file(&self, name: &str) -> Option<PathBuf> {
        let is_name = Path::new(name).file_name()?.to_str()? == name && !name.starts_with('.');
        is_name.then(|| self.content.join(PICTURES).join(name))
    }

    fn place(&self, document: &Document) -> Option<PathBuf> {
        match document.edition {
            Edition::Frozen { number, .. } => {
                let year = self.year(&document.report, document.year);
                Some(year.join(number.to_string()))
            }
            Edition::Draft { .. } => None,
        }
    }

    fn read(&self, place: &Path) -> Result<Kept, String> {
        let path = place.join(DOCUMENT);
        let failed = |error: &io::Error| io_message(&path, error);
        let bytes = fs::read(&path).map_err(|error| failed(&error))?;
        let document: Document = serde_json::from_slice(&bytes)
            .map_err(|error| format!("{} ne se lit pas : {error}", path.display()))?;
        let mut pictures = Pictures::new();
        for name in photographs(&document) {
            let path = place.join(PHOTOS).join(&name);
            let bytes = fs::read(&path).map_err(|error| io_message(&path, &error))?;
            pictures.insert(name, bytes);
        }
        Ok(Kept { document, pictures })
    }

    /// The photographs of a draft that are there.
    pub fn pictures(&self, document: &Document) -> Pictures {
        photographs(document)
            .into_iter()
            .filter_map(|name| {
                let bytes = self.picture(&name)?;
                Some((name, bytes))
            })
            .collect()
    }
}

/// Numbers that name the folders of a folder; none where it is not there.
fn numbers(folder: &Path) -> Result<Vec<i32>, String> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_message(folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| io_message(folder, &error))?;
        let name = entry.file_name();
        // A folder that was not finished has a name that is no number.
        found.extend(name.to_string_lossy().parse::<i32>().ok());
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

impl Shelf for Shelves {
    fn newest(&self, report: &ReportId, year: i32) -> Result<Option<Arc<Kept>>, String> {
        let folder = self.year(report.as_str(), year);
        let Some(number) = numbers(&folder)?.first().copied() else {
            return Ok(None);
        };
        let place = folder.join(number.to_string());
        if let Some(held) = self.held.get(&place) {
            return Ok(Some(held));
        }
        let kept = Arc::new(self.read(&place)?);
        self.held.insert(place, Arc::clone(&kept));
        Ok(Some(kept))
    }

    fn years(&self, report: &ReportId) -> Result<Vec<i32>, String> {
        let folder = self.reports.join(report.as_str());
        let mut years = Vec::new();
        for year in numbers(&folder)? {
            if !numbers(&folder.join(year.to_string()))?.is_empty() {
                years.push(year);
            }
        }
        Ok(years)
    }

    fn keep(&self, kept: &Kept, paper: &Paper) -> Result<(), Unkept> {
        let Some(place) = self.place(&kept.document) else {
            return Err(Unkept::Failed("un projet ne se garde pas".to_owned()));
        };
        write(&place, kept, &paper.bytes).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => Unkept::Taken,
            _ => Unkept::Failed(io_message(&place, &error)),
        })
    }

    fn paper(&self, kept: &Kept) -> Result<Vec<u8>, String> {
        let Some(place) = self.place(&kept.document) else {
            return Err("un projet n’a pas de PDF gardé".to_owned());
        };
        let path = place.join(PAPER);
        fs::read(&path).map_err(|error| io_message(&path, &error))
    }

    fn has_picture(&self, name: &str) -> bool {
        self.picture_file(name).is_some_and(|path| path.is_file())
    }

    fn picture(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(self.picture_file(name)?)
            .ok()?
            .take(LARGEST_PICTURE + 1)
            .read_to_end(&mut bytes)
            .ok()?;
        let fits = bytes.len() as u64 <= LARGEST_PICTURE;
        // One that cannot be read is told by the press, as it is.
        fits.then(|| beffroi_typeset::photograph(&bytes).unwrap_or(bytes))
    }

    fn set(&self, kept: &Kept, ink: Ink) -> Result<Paper, Vec<Problem>> {
        paper::set_apart(kept, ink)
    }
}

/// Writes a final report whole, then gives it its name. One that has that name is left as it is.
fn write(place: &Path, kept: &Kept, paper: &[u8]) -> io::Result<()> {
    let year = place.parent().unwrap_or(place);
    fs::create_dir_all(year)?;
    // Those above are as lasting as what is put into them.
    for folder in year.ancestors().skip(1).take(2) {
        File::open(folder)?.sync_all()?;
    }
    // What an earlier one that was cut short has left.
    for entry in fs::read_dir(year)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNDER_WAY) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    let scratch = tempfile::Builder::new()
        .prefix(UNDER_WAY)
        .tempdir_in(year)?;
    let inside = scratch.path();
    let document = serde_json::to_vec(&kept.document)?;
    write_file(&inside.join(DOCUMENT), &document)?;
    write_file(&inside.join(PAPER), paper)?;
    if !kept.pictures.is_empty() {
        fs::create_dir(inside.join(PHOTOS))?;
        for (name, bytes) in &kept.pictures {
            write_file(&inside.join(PHOTOS).join(name), bytes)?;
        }
        File::open(inside.join(PHOTOS))?.sync_all()?;
    }
    File::open(inside)?.sync_all()?;
    if place.exists() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists));
    }
    fs::rename(inside, place)?;
    File::open(year)?.sync_all()
}

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
