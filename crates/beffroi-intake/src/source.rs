//! Where intake finds the bytes of a file: in memory, or on disk, where they are read as often as
//! needed and never need be held at once.

use crate::progress::{Watch, Watched};
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
    /// The same, of which somebody is told how far its reading has come.
    Watched(&'a Path, &'a Watch<'a>),
}

/// Reads until a buffer is full or nothing comes any more; gives how much was read. In large pieces,
/// into memory that serves again: systems hand large files over several times faster so.
pub(crate) fn fill(reader: &mut dyn Read, mut buffer: &mut [u8]) -> io::Result<usize> {
    let wanted = buffer.len();
    while !buffer.is_empty() {
        match reader.read(buffer) {
            Ok(0) => break,
            Ok(read) => buffer = buffer.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(wanted - buffer.len())
}

/// Reads up to so many bytes after those that are held; gives how much was read.
pub(crate) fn append(
    reader: &mut dyn Read,
    held: &mut Vec<u8>,
    wanted: usize,
) -> io::Result<usize> {
    let start = held.len();
    held.resize(start + wanted, 0);
    let (_, free) = held.split_at_mut(start);
    let read = fill(reader, free)?;
    held.truncate(start + read);
    Ok(read)
}

impl<'a> Bytes<'a> {
    /// How many there are.
    ///
    /// # Errors
    /// The file cannot be asked.
    pub fn len(self) -> io::Result<u64> {
        match self {
            Self::Held(bytes) => Ok(bytes.len() as u64),
            Self::OnDisk(path) | Self::Watched(path, _) => Ok(fs::metadata(path)?.len()),
        }
    }

    /// Whether there are none.
    ///
    /// # Errors
    /// The file cannot be asked.
    pub fn is_empty(self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Who is told how far their reading has come.
    pub(crate) fn watch(self) -> Option<&'a Watch<'a>> {
        match self {
            Self::Watched(_, watch) => Some(watch),
            Self::Held(_) | Self::OnDisk(_) => None,
        }
    }

    /// Reads them from the first.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn reader(self) -> io::Result<Box<dyn Read + Send + 'a>> {
        match self {
            Self::Held(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Self::OnDisk(path) => Ok(Box::new(File::open(path)?)),
            Self::Watched(path, watch) => Ok(Box::new(Watched {
                bytes: File::open(path)?,
                read: 0,
                watch,
            })),
        }
    }

    /// The first bytes, at most `limit`.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn head(self, limit: usize) -> io::Result<Cow<'a, [u8]>> {
        match self {
            Self::Held(bytes) => Ok(Cow::Borrowed(bytes.get(..limit).unwrap_or(bytes))),
            Self::OnDisk(path) | Self::Watched(path, _) => {
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
            Self::OnDisk(_) | Self::Watched(..) => {
                let mut bytes = Vec::new();
                self.reader()?
                    .take(limit.saturating_add(1))
                    .read_to_end(&mut bytes)?;
                Ok((bytes.len() as u64 <= limit).then_some(Cow::Owned(bytes)))
            }
        }
    }
}
