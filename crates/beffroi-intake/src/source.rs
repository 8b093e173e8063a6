//! Where intake finds the bytes of a file: in memory, or on disk, where they are read as often as
//! needed and never need be held at once.

use std::{
    borrow::Cow,
    fs::{self, File},
    io::{self, Cursor, Read},
    path::Path,
};

/// The bytes of a file.
#[derive(Debug, Clone, Copy)]
pub enum Bytes<'a> {
    /// In memory.
    Held(&'a [u8]),
    /// In a file that nobody changes while it is read.
    OnDisk(&'a Path),
}

impl<'a> Bytes<'a> {
    /// How many there are.
    ///
    /// # Errors
    /// The file cannot be asked.
    pub fn len(self) -> io::Result<u64> {
        match self {
            Self::Held(bytes) => Ok(bytes.len() as u64),
            Self::OnDisk(path) => Ok(fs::metadata(path)?.len()),
        }
    }

    /// Whether there are none.
    ///
    /// # Errors
    /// The file cannot be asked.
    pub fn is_empty(self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Reads them from the first.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn reader(self) -> io::Result<Box<dyn Read + Send + 'a>> {
        match self {
            Self::Held(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Self::OnDisk(path) => Ok(Box::new(File::open(path)?)),
        }
    }

    /// The first bytes, at most `limit`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn head(self, limit: usize) -> io::Result<Cow<'a, [u8]>> {
        match self {
            Self::Held(bytes) => Ok(Cow::Borrowed(bytes.get(..limit).unwrap_or(bytes))),
            Self::OnDisk(path) => {
                let mut head = Vec::new();
                File::open(path)?
                    .take(limit as u64)
                    .read_to_end(&mut head)?;
                Ok(Cow::Owned(head))
            }
        }
    }

    /// All of them at once, for formats that cannot be read otherwise; `None` when there are more
    /// than `limit`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn all(self, limit: u64) -> io::Result<Option<Cow<'a, [u8]>>> {
        match self {
            Self::Held(bytes) => Ok((bytes.len() as u64 <= limit).then_some(Cow::Borrowed(bytes))),
            Self::OnDisk(path) => {
                let mut bytes = Vec::new();
                File::open(path)?
                    .take(limit.saturating_add(1))
                    .read_to_end(&mut bytes)?;
                Ok((bytes.len() as u64 <= limit).then_some(Cow::Owned(bytes)))
            }
        }
    }
}
