//! The inbox: files that people put into `inbox/` of the state folder, or into `inbox/<dataset>/`.
//!
//! One that is complete is imported and leaves the inbox. One that cannot be goes to
//! `inbox/refused/`, with a text beside it that says why.

use crate::{
    failure::{say, unavailable},
    import::{self, Order, Report},
};
use beffroi_catalog::{Catalog, Dataset, Load, Source};
use beffroi_sources::{Delivered, fits};
use beffroi_warehouse::Writer;
use chrono::{Local, Utc};
use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

const REFUSED: &str = "refused";
/// Ends of names of files that are on their way.
const ON_THEIR_WAY: [&str; 6] = [
    ".part",
    ".partial",
    ".tmp",
    ".crdownload",
    ".filepart",
    ".download",
];
/// Between two looks of a command that does not stay.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// How long an empty file may stay so: its writer may be about to fill it.
const EMPTY_FOR: Duration = Duration::from_secs(60);
/// How many refusals are shown.
const SHOWN: usize = 10;

/// The inbox between two looks.
pub struct Inbox {
    folder: PathBuf,
    /// Sizes and times at the last look.
    seen: BTreeMap<PathBuf, (u64, Option<SystemTime>)>,
}

/// Why a file is refused, in French.
struct Refusal {
    file: PathBuf,
    name: String,
    reason: String,
}

impl Inbox {
    /// That of a state folder; it is made, so that people find it.
    pub fn open(state: &Path) -> Self {
        let folder = state.join("inbox");
        if let Err(error) = fs::create_dir_all(&folder) {
            tracing::warn!(path = %folder.display(), %error, "the inbox cannot be made");
        }
        Self {
            folder,
            seen: BTreeMap::new(),
        }
    }

    /// Looks at the inbox: the files that have not changed since the look before.
    pub fn look(&mut self) -> Vec<PathBuf> {
        let mut now = BTreeMap::new();
        for (path, metadata) in entries(&self.folder) {
            if !metadata.is_dir() {
                now.insert(path, seen(&metadata));
            } else if path.file_name().is_some_and(|name| name != REFUSED) {
                let inner = entries(&path).into_iter();
                now.extend(inner.map(|(path, metadata)| (path, seen(&metadata))));
            }
        }
        let is_empty_yet = |(size, modified): &(u64, Option<SystemTime>)| {
            let age = modified.and_then(|at| at.elapsed().ok());
            *size == 0 && age.is_none_or(|age| age < EMPTY_FOR)
        };
        let complete = now
            .iter()
            .filter(|(path, seen)| self.seen.get(*path) == Some(*seen) && !is_empty_yet(seen))
            .map(|(path, _)| path.clone())
            .collect();
        self.seen = now;
        complete
    }

    /// Imports a complete file, or refuses it. What is said of it is in French.
    pub fn take(
        &self,
        file: &Path,
        writer: &Writer,
        catalog: &Catalog,
        order: Order<'_>,
    ) -> Report {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        match self.import(file, &name, writer, catalog, order) {
            Ok(report) => report,
            Err(refusal) => {
                let told = format!("« {} » : {}", refusal.name, refusal.reason);
                if let Err(error) = self.set_aside(&refusal, &told) {
                    tracing::warn!(%error, "a refused file cannot be set aside");
                }
                Report {
                    problems: vec![told],
                    ..Report::default()
                }
            }
        }
    }

    fn import(
        &self,
        file: &Path,
        name: &str,
        writer: &Writer,
        catalog: &Catalog,
        order: Order<'_>,
    ) -> Result<Report, Refusal> {
        let refusal = |file: &Path, reason: String| Refusal {
            file: file.to_owned(),
            name: name.to_owned(),
            reason,
        };
        let refused = |id: &str, hint: &str| {
            refusal(
                file,
                say(&format!("inbox-{id}"), &[("hint", hint.to_owned())]),
            )
        };
        if is_odd(name) {
            return Err(refused("odd-name", ""));
        }
        match fs::symlink_metadata(file) {
            Ok(metadata) if !metadata.is_file() => return Err(refused("not-a-file", "")),
            Ok(metadata) if metadata.len() == 0 => return Err(refused("empty", "")),
            _ => {}
        }
        let dataset = self
            .dataset(file, name, catalog)
            .map_err(|(id, hint)| refused(id, &hint))?;
        if let Some(id) = not_for_people(dataset) {
            return Err(refused(id, ""));
        }
        let taken = Delivered::new(writer.warehouse().state(), &dataset.id)
            .take(file, name, Utc::now())
            .map_err(|error| refusal(file, unavailable(&error)))?;
        let report = import::all(writer, catalog, order, |id| *id == dataset.id);
        match report.problems.first() {
            // What concerns another file keeps this one waiting.
            Some(problem) if problem.contains(name) => Err(refusal(&taken, problem.clone())),
            _ => Ok(report),
        }
    }

    /// The dataset that a file is for: its folder says, else its name.
    fn dataset<'a>(
        &self,
        file: &Path,
        name: &str,
        catalog: &'a Catalog,
    ) -> Result<&'a Dataset, (&'static str, String)> {
        let folder = file.parent().filter(|folder| *folder != self.folder);
        if let Some(folder) = folder.and_then(Path::file_name) {
            let folder = folder.to_string_lossy();
            let dataset = catalog.datasets.get(folder.as_ref());
            return dataset.ok_or_else(|| ("unknown-folder", folder.into_owned()));
        }
        let claims = |dataset: &&Dataset| match &dataset.source {
            Source::Inbox(pattern) => fits(pattern, name),
            Source::File(path) => fits(path.rsplit('/').next().unwrap_or(path), name),
            _ => false,
        };
        let claiming: Vec<&Dataset> = catalog.datasets.values().filter(claims).collect();
        match claiming.as_slice() {
            [dataset] => Ok(dataset),
            [] => Err(("nobody-s", String::new())),
            several => {
                let ids: Vec<&str> = several.iter().map(|dataset| dataset.id.as_str()).collect();
                Err(("ambiguous", ids.join(", ")))
            }
        }
    }

    /// Moves a file to those refused, with the reason beside it.
    fn set_aside(&self, refusal: &Refusal, told: &str) -> io::Result<()> {
        let folder = self.folder.join(REFUSED);
        fs::create_dir_all(&folder)?;
        let now = Local::now();
        let kept = format!("{}_{}", now.format("%Y%m%d-%H%M%S%3f"), refusal.name);
        fs::rename(&refusal.file, folder.join(&kept))?;
        let when = now.format("%d/%m/%Y %H:%M").to_string();
        let end = say("inbox-mend", &[("date", when)]);
        // Notepad takes a file without mark for an old one.
        let text = format!("\u{feff}{told}\r\n\r\n{end}\r\n");
        fs::write(folder.join(format!("{kept}.txt")), text)
    }

    /// What was refused and still lies there, the last first.
    pub fn refusals(&self) -> Vec<String> {
        let mut texts: Vec<PathBuf> = entries(&self.folder.join(REFUSED))
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
            .collect();
        texts.sort();
        let texts = texts.iter().rev().take(SHOWN);
        texts
            .filter_map(|path| {
                let text = fs::read_to_string(path).ok()?;
                let first = text.trim_start_matches('\u{feff}').lines().next()?;
                Some(say("inbox-refused", &[("hint", first.to_owned())]))
            })
            .collect()
    }
}

/// Imports what is complete in the inbox, looked at twice.
pub fn take_all(writer: &Writer, catalog: &Catalog, order: Order<'_>) -> Report {
    let mut inbox = Inbox::open(writer.warehouse().state());
    let mut report = Report::default();
    inbox.look();
    if !inbox.seen.is_empty() {
        std::thread::sleep(BETWEEN_LOOKS);
    }
    for file in inbox.look() {
        report.add(inbox.take(&file, writer, catalog, order));
    }
    report
}

/// Why a file of that name would never be imported from the inbox, in French.
pub fn unfit(name: &str, dataset: &Dataset) -> Option<String> {
    let is_named = !name.is_empty() && !name.contains('/') && !is_on_its_way(name);
    let id = match is_named && !is_odd(name) {
        true => not_for_people(dataset)?,
        false => "odd-name",
    };
    Some(say(&format!("inbox-{id}"), &[]))
}

/// Whether a name does not do for a file everywhere.
fn is_odd(name: &str) -> bool {
    let is_odd = |c: char| c.is_control() || "\\:*?\"<>|\u{fffd}".contains(c);
    name.contains(is_odd) || name.len() > 200
}

/// Why nobody may put files of a dataset into the inbox.
fn not_for_people(dataset: &Dataset) -> Option<&'static str> {
    let is_file = matches!(dataset.source, Source::File(_));
    let has_personal = dataset.schema.columns.iter().any(|column| column.personal);
    if dataset.source.every().is_some() {
        return Some("live");
    }
    // It would have to be kept as it is.
    (is_file && has_personal && dataset.load == Load::Replace).then_some("personal")
}

/// Whether a name is that of a file on its way, or hidden.
fn is_on_its_way(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(['.', '~']) || ON_THEIR_WAY.iter().any(|end| name.ends_with(end))
}

/// What is in a folder and is not on its way. Links are not followed.
fn entries(folder: &Path) -> Vec<(PathBuf, Metadata)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| !is_on_its_way(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| Some((entry.path(), fs::symlink_metadata(entry.path()).ok()?)))
        .collect()
}

fn seen(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}
