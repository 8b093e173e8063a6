//! The file of a backup: written in one go, and read with distrust. Whatever is not exactly what
//! its manifest says is refused: a name that leads elsewhere, a link, a file too many, one that
//! lacks, a size or a checksum that differs, more than the disk holds.

use crate::failure::io_message;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashSet},
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// The folder of declarations in a backup.
pub const DECLARATIONS: &str = "declarations";
/// The folder of the state in a backup.
pub const STATE: &str = "etat";

const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;
/// The most files of a backup.
const MOST_FILES: usize = 1_000_000;
/// The most bytes of a manifest.
const LARGEST_MANIFEST: u64 = 256 << 20;
/// From this size on, a file that unpacks to more than [`MAX_RATIO`] times its size is refused.
const SUSPECT: u64 = if cfg!(test) { 1 << 20 } else { 256 << 20 };
/// Files of a town seldom shrink to less than a fiftieth; bombs do to a thousandth.
const MAX_RATIO: u64 = 500;
const CHUNK: usize = 128 << 10;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the file.
    pub format: u32,
    /// The version of the program that made it.
    pub program: String,
    /// When.
    pub made: DateTime<Utc>,
    /// What is in it.
    pub files: Vec<Entry>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its path in the backup.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Why a backup cannot be written, read or trusted.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk said no.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a ZIP, or a damaged one.
    #[error("damaged or not an archive: {0}")]
    Damaged(String),
    /// A ZIP without our manifest, or with one that makes no sense.
    #[error("no manifest of a backup")]
    NotOurs,
    /// Made by a newer program.
    #[error("made by version {0}, which is newer")]
    TooNew(String),
    /// A name that leads out of the folder, or would on another system.
    #[error("odd name: {0}")]
    OddName(String),
    /// A link, a folder, a file behind a password.
    #[error("not a plain file: {0}")]
    NotAFile(String),
    /// Listed twice.
    #[error("listed twice: {0}")]
    Twice(String),
    /// In the manifest, but not in the archive.
    #[error("missing: {0}")]
    Missing(String),
    /// In the archive, but not in the manifest.
    #[error("not in the manifest: {0}")]
    Unknown(String),
    /// Another size or checksum than the manifest says.
    #[error("differs from the manifest: {0}")]
    Differs(String),
    /// Far more than its size in the archive lets expect.
    #[error("swells beyond reason: {0}")]
    Bomb(String),
    /// Too many files.
    #[error("too many files")]
    TooMany,
}

/// Why, and what to do, in French.
pub fn told(error: &ArchiveError) -> String {
    let spoilt = "Rien n’a été touché. Prenez une autre sauvegarde.";
    match error {
        ArchiveError::Io { path, source } => io_message(path, source),
        ArchiveError::Damaged(reason) => {
            format!("Ce fichier n’est pas une sauvegarde lisible ({reason}). {spoilt}")
        }
        ArchiveError::NotOurs => {
            format!("Ce fichier n’est pas une sauvegarde de Beffroi. {spoilt}")
        }
        ArchiveError::TooNew(version) => format!(
            "Cette sauvegarde vient de Beffroi {version}, plus récent que ce programme ({}). \
             Mettez le programme à jour. Rien n’a été touché.",
            env!("CARGO_PKG_VERSION")
        ),
        ArchiveError::OddName(name) => format!(
            "La sauvegarde contient un nom qui mène ailleurs : « {name} ». Elle a été fabriquée ou \
             abîmée. {spoilt}"
        ),
        ArchiveError::NotAFile(name) => format!(
            "La sauvegarde contient autre chose qu’un fichier (lien, dossier, fichier chiffré) : \
             « {name} ». {spoilt}"
        ),
        ArchiveError::Twice(name) => {
            format!("La sauvegarde contient deux fois « {name} ». {spoilt}")
        }
        ArchiveError::Missing(name) => format!("Il manque « {name} » à la sauvegarde. {spoilt}"),
        ArchiveError::Unknown(name) => {
            format!("La sauvegarde contient « {name} », que son manifeste ne connaît pas. {spoilt}")
        }
        ArchiveError::Differs(name) => format!(
            "« {name} » n’est pas ce que dit le manifeste (taille ou somme de contrôle) : la \
             sauvegarde est abîmée. {spoilt}"
        ),
        ArchiveError::Bomb(name) => format!(
            "« {name} » grossit démesurément une fois ouvert : cela ressemble à un piège. {spoilt}"
        ),
        ArchiveError::TooMany => format!("La sauvegarde contient trop de fichiers. {spoilt}"),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ArchiveError + '_ {
    move |source| ArchiveError::Io {
        path: path.to_owned(),
        source,
    }
}

/// Whether a path may stand in a backup: relative, plain, the same on every system.
pub fn is_plain(path: &str) -> bool {
    let is_odd = |c: char| c.is_control() || "\\:*?\"<>|\u{fffd}".contains(c);
    path.len() <= 1024
        && !path.contains(is_odd)
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != ".." && part.len() <= 255)
}

/// A backup that is being written.
pub struct ArchiveWriter {
    zip: ZipWriter<BufWriter<File>>,
    files: Vec<Entry>,
    names: HashSet<String>,
}

impl ArchiveWriter {
    /// Into a file.
    pub fn new(file: File) -> Self {
        Self {
            zip: ZipWriter::new(BufWriter::new(file)),
            files: Vec::new(),
            names: HashSet::new(),
        }
    }

    /// Whether a path is in it already.
    pub fn has(&self, path: &str) -> bool {
        self.names.contains(path)
    }

    /// Adds what is read, under a path that [`is_plain`].
    pub fn add(&mut self, path: &str, mut from: impl Read) -> io::Result<()> {
        // Parquet is compressed already.
        let method = match path.ends_with(".parquet") {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .large_file(true);
        self.zip.start_file(path, options)?;
        let (bytes, sha256) = copy(&mut from, &mut self.zip, u64::MAX)?;
        self.names.insert(path.to_owned());
        self.files.push(Entry {
            path: path.to_owned(),
            bytes,
            sha256,
        });
        Ok(())
    }

    /// Writes the manifest, and everything to the disk.
    pub fn finish(mut self, made: DateTime<Utc>) -> Result<(), ArchiveError> {
        let manifest = Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made,
            files: self.files,
        };
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let written = self
            .zip
            .start_file(MANIFEST, options)
            .map_err(io::Error::from)
            .and_then(|()| Ok(serde_json::to_writer_pretty(&mut self.zip, &manifest)?))
            .and_then(|()| self.zip.finish()?.into_inner()?.sync_all());
        written.map_err(at(Path::new("sauvegarde")))
    }
}

/// A backup, its names and sizes found to be what its manifest says.
pub struct Archive {
    zip: ZipArchive<BufReader<File>>,
    manifest: Manifest,
}

impl Archive {
    /// Opens a backup and looks at everything but the bytes of its files.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let file = File::open(path).map_err(at(path))?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
        if zip.len() > MOST_FILES {
            return Err(ArchiveError::TooMany);
        }
        let manifest = manifest(&mut zip)?;
        let mut archive = Self { zip, manifest };
        archive.compare()?;
        Ok(archive)
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Bytes of all its files.
    pub fn bytes(&self) -> u64 {
        let sizes = self.manifest.files.iter().map(|file| file.bytes);
        sizes.fold(0, u64::saturating_add)
    }

    /// Holds the names, kinds and sizes in the archive against the manifest.
    fn compare(&mut self) -> Result<(), ArchiveError> {
        let mut awaited: BTreeMap<&str, u64> = BTreeMap::new();
        for file in &self.manifest.files {
            let top = file.path.split('/').next().unwrap_or_default();
            if !is_plain(&file.path) || ![DECLARATIONS, STATE].contains(&top) {
                return Err(ArchiveError::OddName(file.path.clone()));
            }
            if awaited.insert(&file.path, file.bytes).is_some() {
                return Err(ArchiveError::Twice(file.path.clone()));
            }
        }
        for place in 0..self.zip.len() {
            let entry = self.zip.by_index_raw(place).map_err(damaged)?;
            let name = entry.name().map_err(damaged)?.into_owned();
            if !is_plain(name.strip_suffix('/').unwrap_or(&name)) {
                return Err(ArchiveError::OddName(name));
            }
            if !entry.is_file() || entry.is_symlink() || entry.encrypted() || is_special(&entry) {
                return Err(ArchiveError::NotAFile(name));
            }
            if name == MANIFEST {
                continue;
            }
            match awaited.remove(name.as_str()) {
                Some(bytes) if bytes == entry.size() => {}
                Some(_) => return Err(ArchiveError::Differs(name)),
                None => return Err(ArchiveError::Unknown(name)),
            }
            if entry.size() > SUSPECT && entry.size() / MAX_RATIO > entry.compressed_size() {
                return Err(ArchiveError::Bomb(name));
            }
        }
        match awaited.keys().next() {
            Some(name) => Err(ArchiveError::Missing((*name).to_owned())),
            None => Ok(()),
        }
    }

    /// Reads every byte of every file.
    pub fn check(&mut self) -> Result<(), ArchiveError> {
        for place in 0..self.manifest.files.len() {
            self.read(place, &mut io::sink())?;
        }
        Ok(())
    }

    /// Unpacks the files below one of its folders into a folder that is empty, each on the disk
    /// and what it should be when this returns.
    pub fn unpack(&mut self, top: &str, into: &Path) -> Result<(), ArchiveError> {
        for place in 0..self.manifest.files.len() {
            let path = self.manifest.files.get(place).map(|it| it.path.clone());
            let path = path.unwrap_or_default();
            let Some(inner) = path.strip_prefix(top).and_then(|it| it.strip_prefix('/')) else {
                continue;
            };
            let target = into.join(inner);
            if let Some(folder) = target.parent() {
                let made = match top {
                    STATE => super::make_private(folder),
                    _ => fs::create_dir_all(folder),
                };
                made.map_err(at(folder))?;
            }
            let mut options = File::options();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if top == STATE {
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            }
            let mut file = options.open(&target).map_err(at(&target))?;
            self.read(place, &mut file)?;
            file.sync_all().map_err(at(&target))?;
        }
        sync_folders(into).map_err(at(into))
    }

    /// Reads a file, and holds it against the manifest.
    fn read(&mut self, place: usize, to: &mut impl Write) -> Result<(), ArchiveError> {
        let Some(file) = self.manifest.files.get(place) else {
            return Ok(());
        };
        let mut entry = self.zip.by_name(&file.path).map_err(damaged)?;
        let most = file.bytes.saturating_add(1);
        let read = copy(&mut entry, to, most);
        // The checksum of ZIP itself and streams that break off are found on the way.
        let (bytes, sha256) = read.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull => at(Path::new(&file.path))(error),
            _ => ArchiveError::Differs(file.path.clone()),
        })?;
        match bytes == file.bytes && sha256 == file.sha256 {
            true => Ok(()),
            false => Err(ArchiveError::Differs(file.path.clone())),
        }
    }
}

fn manifest(zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, ArchiveError> {
    let entry = match zip.by_name(MANIFEST) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Err(ArchiveError::NotOurs),
        Err(error) => return Err(damaged(error)),
    };
    let mut bytes = Vec::new();
    let read = entry.take(LARGEST_MANIFEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| ArchiveError::Damaged(error.to_string()))?;
    if bytes.len() as u64 > LARGEST_MANIFEST {
        return Err(ArchiveError::TooMany);
    }
    // A newer form may hold anything else: the little that is sure is read first.
    #[derive(Deserialize)]
    struct Head {
        format: u32,
        program: String,
    }
    let head: Head = serde_json::from_slice(&bytes).map_err(|_| ArchiveError::NotOurs)?;
    let ours = numbers(env!("CARGO_PKG_VERSION"));
    if head.format > FORMAT || numbers(&head.program) > ours {
        return Err(ArchiveError::TooNew(head.program));
    }
    serde_json::from_slice(&bytes).map_err(|_| ArchiveError::NotOurs)
}

/// The numbers of a version.
fn numbers(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    plain
        .split('.')
        .map(|number| number.parse().unwrap_or(0))
        .collect()
}

/// Whether an entry is a device, a pipe or the like.
fn is_special(entry: &zip::read::ZipFile<'_, BufReader<File>>) -> bool {
    const KIND: u32 = 0o170_000;
    const REGULAR: u32 = 0o100_000;
    entry
        .unix_mode()
        .is_some_and(|mode| ![0, REGULAR].contains(&(mode & KIND)))
}

fn damaged(error: ZipError) -> ArchiveError {
    ArchiveError::Damaged(error.to_string())
}

/// Copies at most so many bytes; how many there were, and their checksum.
fn copy(from: &mut impl Read, to: &mut impl Write, most: u64) -> io::Result<(u64, String)> {
    let (mut hasher, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
    let mut from = from.take(most);
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => chunk.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(read);
        to.write_all(read)?;
        bytes += read.len() as u64;
    }
    Ok((bytes, data_encoding::HEXLOWER.encode(&hasher.finalize())))
}

/// Makes the names in a folder and below last.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const A: &str = "etat/a.json";

    fn entry(path: &str, text: &str) -> Entry {
        Entry {
            path: path.to_owned(),
            bytes: text.len() as u64,
            sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(text)),
        }
    }

    fn manifest_of(files: Vec<Entry>) -> Manifest {
        Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made: Utc::now(),
            files,
        }
    }

    /// An archive as somebody else would write it.
    fn forged(folder: &TempDir, files: &[(&str, &str)], manifest: &Manifest) -> PathBuf {
        let path = folder.path().join("forged.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        let options = SimpleFileOptions::default();
        for (name, text) in files {
            match text.strip_prefix("->") {
                Some(target) => zip.add_symlink(*name, target, options).unwrap(),
                None => {
                    zip.start_file(*name, options).unwrap();
                    zip.write_all(text.as_bytes()).unwrap();
                }
            }
        }
        zip.start_file(MANIFEST, options).unwrap();
        serde_json::to_writer(&mut zip, manifest).unwrap();
        zip.finish().unwrap();
        path
    }

    fn refusal(files: &[(&str, &str)], manifest: &Manifest) -> ArchiveError {
        let folder = tempfile::tempdir().unwrap();
        let path = forged(&folder, files, manifest);
        let opened = Archive::open(&path).and_then(|mut archive| archive.check());
        opened.unwrap_err()
    }

    #[test]
    fn what_was_written_is_read_and_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.zip");
        let mut writer = ArchiveWriter::new(File::create(&path).unwrap());
        let large = vec![7_u8; 3 * CHUNK + 11];
        writer.add("etat/w/p.parquet", large.as_slice()).unwrap();
        writer.add("declarations/town.toml", &b"x = 1"[..]).unwrap();
        writer.finish(Utc::now()).unwrap();
        let mut archive = Archive::open(&path).unwrap();
        archive.check().unwrap();
        let into = folder.path().join("into");
        archive.unpack(STATE, &into).unwrap();
        assert_eq!(fs::read(into.join("w/p.parquet")).unwrap(), large);
        assert_eq!(fs::read_dir(&into).unwrap().count(), 1);
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in [
            "etat/../../evil",
            "/etc/passwd",
            "etat//a",
            "etat/./a",
            "etat\\..\\evil",
            "C:/evil",
            "etat/a\nb",
            "",
            "ailleurs/a",
            "manifest.json",
        ] {
            let manifest = manifest_of(vec![entry(name, "x")]);
            let error = refusal(&[(A, "x")], &manifest);
            assert!(matches!(error, ArchiveError::OddName(_)), "{name}: {error}");
        }
        let error = refusal(
            &[(A, "x"), ("etat/../b", "x")],
            &manifest_of(vec![entry(A, "x")]),
        );
        assert!(matches!(error, ArchiveError::OddName(_)), "{error}");
    }

    #[test]
    fn what_is_not_as_its_manifest_says_is_refused() {
        let one = || manifest_of(vec![entry(A, "x")]);
        let error = refusal(
            &[(A, "->/etc/passwd")],
            &manifest_of(vec![entry(A, "/etc/passwd")]),
        );
        assert!(matches!(error, ArchiveError::NotAFile(_)), "{error}");
        let error = refusal(&[], &one());
        assert!(matches!(error, ArchiveError::Missing(_)), "{error}");
        let error = refusal(&[(A, "x"), ("etat/b", "y")], &one());
        assert!(matches!(error, ArchiveError::Unknown(_)), "{error}");
        let error = refusal(&[(A, "xx")], &one());
        assert!(matches!(error, ArchiveError::Differs(_)), "{error}");
        let error = refusal(&[(A, "y")], &one());
        assert!(matches!(error, ArchiveError::Differs(_)), "{error}");
        let twice = manifest_of(vec![entry(A, "x"), entry(A, "x")]);
        let error = refusal(&[(A, "x")], &twice);
        assert!(matches!(error, ArchiveError::Twice(_)), "{error}");
    }

    #[test]
    fn a_newer_program_is_told_whatever_else_its_manifest_holds() {
        let mut newer = manifest_of(vec![entry(A, "x")]);
        newer.program = "99.0.0".to_owned();
        let error = refusal(&[(A, "x")], &newer);
        assert!(matches!(error, ArchiveError::TooNew(version) if version == "99.0.0"));
        assert!(numbers("0.10.0") > numbers("0.9.9"));
    }

    #[test]
    fn what_is_no_archive_or_nobody_s_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        fs::write(&path, "no archive").unwrap();
        assert!(matches!(
            Archive::open(&path),
            Err(ArchiveError::Damaged(_))
        ));
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        zip.start_file("a", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap();
        assert!(matches!(Archive::open(&path), Err(ArchiveError::NotOurs)));
    }

    #[test]
    fn what_swells_beyond_reason_is_refused_before_it_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bomb.zip");
        let mut writer = ArchiveWriter::new(File::create(&path).unwrap());
        writer.add(A, io::repeat(0).take(SUSPECT + 1)).unwrap();
        writer.finish(Utc::now()).unwrap();
        assert!(matches!(Archive::open(&path), Err(ArchiveError::Bomb(_))));
    }

    #[test]
    fn any_byte_that_changed_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.zip");
        let mut writer = ArchiveWriter::new(File::create(&path).unwrap());
        writer
            .add("etat/p.parquet", &b"some bytes as they are"[..])
            .unwrap();
        writer.finish(Utc::now()).unwrap();
        let whole = fs::read(&path).unwrap();
        let at = whole.windows(4).position(|it| it == b"some").unwrap();
        let mut spoilt = whole.clone();
        spoilt[at] ^= 1;
        fs::write(&path, &spoilt).unwrap();
        let error = Archive::open(&path).unwrap().check().unwrap_err();
        assert!(matches!(error, ArchiveError::Differs(_)), "{error}");
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(Archive::open(&path).is_err(), "cut short");
    }
}
