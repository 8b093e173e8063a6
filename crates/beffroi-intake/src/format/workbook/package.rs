//! The parts of a zipped workbook, unpacked one at a time within one allowance for them all.

use super::{MAX_RATIO, MAX_UNPACKED, SUSPECT, TOO_LARGE, unreadable, xml::Markup};
use crate::IntakeError;
use std::{
    collections::{HashMap, HashSet},
    io::{self, BufReader, Cursor, Read},
};
use zip::{ZipArchive, read::ZipFile};

/// A zipped workbook.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Entries by name, in lower case with plain slashes: programs differ.
    places: HashMap<String, usize>,
    /// Names under which there are several: programs differ in which one they read.
    doubled: HashSet<String>,
    left: u64,
    /// What it is when more is unpacked.
    beyond: IntakeError,
}

/// A part being unpacked.
pub(super) type Part<'p, 'a> = BufReader<Allowed<'p, ZipFile<'p, Cursor<&'a [u8]>>>>;

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, IntakeError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        let (mut places, mut doubled) = (HashMap::new(), HashSet::new());
        for (place, name) in archive.file_names_raw().enumerate() {
            let name = key(&String::from_utf8_lossy(name));
            if places.insert(name.clone(), place).is_some() {
                doubled.insert(name);
            }
        }
        let swollen = SUSPECT.max(bytes.len() as u64 * MAX_RATIO);
        Ok(Self {
            places,
            doubled,
            archive,
            left: MAX_UNPACKED.min(swollen),
            beyond: if swollen < MAX_UNPACKED {
                IntakeError::Swells { times: MAX_RATIO }
            } else {
                TOO_LARGE
            },
        })
    }

    /// Whether there is a part of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&key(name))
    }

    /// The names of the parts, in lower case.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// A part; `None` when there is none of that name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'a>>, IntakeError> {
        let name = key(name);
        let Some(&place) = self.places.get(&name) else {
            return Ok(None);
        };
        if self.doubled.contains(&name) {
            return Err(unreadable(format!("two parts are called {name}")));
        }
        let file = self.archive.by_index(place).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(reason)
                if reason == zip::result::ZipError::PASSWORD_REQUIRED =>
            {
                IntakeError::Encrypted
            }
            other => unreadable(other),
        })?;
        Ok(Some(BufReader::new(Allowed {
            reader: file,
            left: &mut self.left,
            beyond: &self.beyond,
        })))
    }

    /// A part as XML.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Markup<Part<'_, 'a>>>, IntakeError> {
        Ok(self.part(name)?.map(Markup::new))
    }

    /// A part without which nothing can be read, as XML.
    pub(super) fn needed(&mut self, name: &str) -> Result<Markup<Part<'_, 'a>>, IntakeError> {
        self.xml(name)?
            .ok_or_else(|| unreadable(format!("no part {name}")))
    }
}

fn key(name: &str) -> String {
    name.trim_start_matches(['/', '\\'])
        .replace('\\', "/")
        .to_lowercase()
}

/// A reader that ends in an error when it gives more than is left.
pub(super) struct Allowed<'p, R> {
    reader: R,
    left: &'p mut u64,
    beyond: &'p IntakeError,
}

impl<R: Read> Read for Allowed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        let left = self.left.checked_sub(count as u64);
        *self.left = left.ok_or_else(|| io::Error::other(self.beyond.clone()))?;
        Ok(count)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::{ZipWriter, write::SimpleFileOptions};

    #[test]
    fn parts_share_one_allowance() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["A.xml", "b/c.xml"] {
            writer
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(&[b' '; 60_000]).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let mut package = Package::open(&bytes).unwrap();
        package.left = 100_000;
        let mut read = |name: &str| {
            let mut part = package.part(name).unwrap().unwrap();
            std::io::copy(&mut part, &mut std::io::sink()).map_err(IntakeError::from)
        };
        assert_eq!(read("/a.XML"), Ok(60_000));
        let swells = IntakeError::Swells { times: MAX_RATIO };
        assert_eq!(read("b\\c.xml"), Err(swells));
        assert!(package.part("d.xml").unwrap().is_none());
    }
}
