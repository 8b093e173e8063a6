//! Files of the data folder: found by a declared pattern, never outside the folder.

use crate::{SourceError, sink};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Component, Path, PathBuf},
    time::SystemTime,
};

/// A file found under the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path relative to the data folder, with `/`.
    pub name: String,
    /// Where it is, links resolved.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written.
    pub modified: SystemTime,
}

/// The files under `root` that fit a declared path, sorted by name. `*` stands for any characters
/// in the last part of the path. Hidden files, and the locks that office suites leave beside open
/// documents, fit no pattern with `*`.
///
/// # Errors
/// The pattern leaves the folder, or no file fits it, or one is a link to somewhere else.
pub fn files(root: &Path, pattern: &str) -> Result<Vec<FoundFile>, SourceError> {
    let (folder, last) = split(pattern)?;
    let root = canonical(root)?;
    let not_found = || SourceError::NotFound {
        pattern: pattern.to_owned(),
    };
    let inside = match root.join(folder).canonicalize() {
        Ok(inside) => inside,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(not_found()),
        Err(cause) => {
            return Err(SourceError::Io {
                path: root.join(folder),
                cause,
            });
        }
    };
    if !inside.starts_with(&root) {
        return Err(SourceError::Outside {
            name: folder.to_owned(),
        });
    }
    let io_error = |cause| SourceError::Io {
        path: inside.clone(),
        cause,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&inside).map_err(io_error)? {
        let entry = entry.map_err(io_error)?;
        let Ok(file_name) = entry.file_name().into_string() else {
            continue;
        };
        if !fits(last, &file_name) {
            continue;
        }
        let name = if folder.is_empty() {
            file_name
        } else {
            format!("{folder}/{file_name}")
        };
        let path = canonical(&entry.path())?;
        if !path.starts_with(&root) {
            return Err(SourceError::Outside { name });
        }
        let metadata = fs::metadata(&path).map_err(|cause| SourceError::Io {
            path: path.clone(),
            cause,
        })?;
        if metadata.is_file() {
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            found.push(FoundFile {
                name,
                path,
                size: metadata.len(),
                modified,
            });
        }
    }
    if found.is_empty() {
        return Err(not_found());
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The bytes of a file, if they are no more than `limit`.
///
/// # Errors
/// The file is larger, or cannot be read any more.
pub fn read_file(file: &FoundFile, limit: u64) -> Result<Vec<u8>, SourceError> {
    let io_error = |cause| SourceError::Io {
        path: file.path.clone(),
        cause,
    };
    let too_large = || SourceError::TooLarge {
        name: file.name.clone(),
        limit,
    };
    let opened = File::open(&file.path).map_err(io_error)?;
    let size = opened.metadata().map_err(io_error)?.len();
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    // The file may grow while it is read.
    opened
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(io_error)?;
    if bytes.len() as u64 > limit {
        Err(too_large())
    } else {
        Ok(bytes)
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    sink::hex(&Sha256::digest(bytes))
}

/// The SHA-256 of what a reader gives, in hexadecimal, and its size.
///
/// # Errors
/// Those of the reader.
pub fn sha256_of(reader: &mut dyn Read) -> io::Result<(String, u64)> {
    let (mut hasher, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok((sink::hex(&hasher.finalize()), bytes)),
            Ok(read) => {
                hasher.update(chunk.get(..read).unwrap_or_default());
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The folder and the last part of a pattern, refusing what could leave the data folder.
fn split(pattern: &str) -> Result<(&str, &str), SourceError> {
    let bad = || SourceError::BadPattern {
        pattern: pattern.to_owned(),
    };
    let plain = Path::new(pattern)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !plain || pattern.contains(['\\', '\0']) {
        return Err(bad());
    }
    let (folder, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
    if last.is_empty() || folder.contains('*') {
        Err(bad())
    } else {
        Ok((folder, last))
    }
}

fn canonical(path: &Path) -> Result<PathBuf, SourceError> {
    path.canonicalize().map_err(|cause| SourceError::Io {
        path: path.to_owned(),
        cause,
    })
}

/// Whether a file name fits the last part of a pattern.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == name;
    }
    if name.starts_with(['.', '~']) {
        return false;
    }
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| name.strip_prefix(start)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir_all(data.join("velos")).unwrap();
        for name in [
            "velos/trajets_2025.csv",
            "velos/trajets_2024.csv",
            "velos/stations.csv",
            "velos/.trajets_x.csv",
            "velos/~$trajets_y.csv",
            "dette.csv",
        ] {
            fs::write(data.join(name), name).unwrap();
        }
        fs::create_dir(data.join("velos/trajets_dossier.csv")).unwrap();
        fs::write(folder.path().join("secret.csv"), "s").unwrap();
        folder
    }

    fn names(root: &Path, pattern: &str) -> Result<Vec<String>, &'static str> {
        files(root, pattern)
            .map(|found| found.into_iter().map(|file| file.name).collect())
            .map_err(|error| error.code())
    }

    #[test]
    fn a_pattern_finds_its_files_in_order() {
        let folder = folder();
        let root = folder.path().join("data");
        assert_eq!(names(&root, "dette.csv").unwrap(), ["dette.csv"]);
        assert_eq!(
            names(&root, "velos/trajets_*.csv").unwrap(),
            ["velos/trajets_2024.csv", "velos/trajets_2025.csv"]
        );
        assert_eq!(
            names(&root, "velos/*s*2025*").unwrap(),
            ["velos/trajets_2025.csv"]
        );
        assert_eq!(names(&root, "velos/x*.csv"), Err("not-found"));
        assert_eq!(names(&root, "nulle/part.csv"), Err("not-found"));
        assert_eq!(
            names(&folder.path().join("absent"), "a.csv"),
            Err("unreadable")
        );
    }

    #[test]
    fn nothing_outside_the_folder_is_reached() {
        let folder = folder();
        let root = folder.path().join("data");
        for pattern in [
            "../secret.csv",
            "velos/../../secret.csv",
            "/etc/passwd",
            "./dette.csv",
            "",
            "velos/",
            "a\\b",
            "*/trajets.csv",
        ] {
            assert_eq!(names(&root, pattern), Err("bad-pattern"), "{pattern}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret.csv"), root.join("lien.csv"))
                .unwrap();
            std::os::unix::fs::symlink(folder.path(), root.join("dossier")).unwrap();
            assert_eq!(names(&root, "lien.csv"), Err("outside"));
            assert_eq!(names(&root, "dossier/secret.csv"), Err("outside"));
        }
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let folder = folder();
        let file = files(&folder.path().join("data"), "dette.csv")
            .unwrap()
            .remove(0);
        assert_eq!(read_file(&file, 9).unwrap(), b"dette.csv");
        assert_eq!(file.size, 9);
        assert!(matches!(
            read_file(&file, 8),
            Err(SourceError::TooLarge { limit: 8, .. })
        ));
        fs::remove_file(&file.path).unwrap();
        assert_eq!(read_file(&file, 9).unwrap_err().code(), "unreadable");
    }

    #[test]
    fn checksums_are_those_of_sha_256() {
        // FIPS 180-4, the example "abc".
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
