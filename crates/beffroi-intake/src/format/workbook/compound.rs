//! Compound files (MS-CFB): the small file system that old XLS workbooks lie in.
//!
//! Every chain of sectors is followed within the file and never in a circle.

use super::{
    binary::{u16_at, u32_at},
    unreadable,
};
use crate::IntakeError;

/// The stream of an XLS workbook.
pub(super) fn workbook(bytes: &[u8]) -> Result<Vec<u8>, IntakeError> {
    // The stream of a locked XLSX; its name is seen even when the rest is broken.
    let locked: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    if memchr::memmem::find(bytes, &locked).is_some() {
        return Err(IntakeError::Encrypted);
    }
    let broken = || unreadable("broken compound file");
    let file = Compound::open(bytes).ok_or_else(broken)?;
    let Some(entry) = file.entry("Workbook").or_else(|| file.entry("Book")) else {
        let format = match file.entry("WordDocument") {
            Some(_) => "Word",
            None => "OLE",
        };
        return Err(IntakeError::Unsupported { format });
    };
    file.stream(entry).ok_or_else(broken)
}

/// A compound file (MS-CFB), as far as the stream of an XLS workbook needs it.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    directory: Vec<u8>,
}

/// The last sector of a chain points here or beyond.
const END: u32 = 0xffff_fffa;
/// Smaller streams are kept in the mini stream.
const MINI_CUTOFF: usize = 4096;
const MINI_SECTOR: usize = 64;

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file = Self {
            bytes,
            sector,
            fat: Vec::new(),
            directory: Vec::new(),
        };
        // The sectors of the FAT: 109 in the header, others in a chain of their own.
        let mut listed: Vec<u32> = numbers(bytes.get(76..512)?).collect();
        let (mut next, mut steps) = (u32_at(bytes, 68)?, 0);
        while next < END {
            let mut more: Vec<u32> = numbers(file.at(next)?).collect();
            next = more.pop()?;
            listed.extend(more);
            steps += 1;
            if steps > bytes.len() / sector {
                return None;
            }
        }
        listed.retain(|&id| id < END);
        // More sectors than there are would be the same ones again and again.
        if listed.len() > bytes.len() / sector {
            return None;
        }
        for id in listed {
            let part: Vec<u32> = numbers(file.at(id)?).collect();
            file.fat.extend(part);
        }
        file.directory = file.chain(u32_at(bytes, 48)?, usize::MAX)?;
        Some(file)
    }

    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        self.directory.chunks_exact(128)
    }

    /// The stream or folder of that name.
    fn entry(&self, wanted: &str) -> Option<&[u8]> {
        self.entries().find(|entry| {
            let name: Vec<u8> = entry
                .iter()
                .step_by(2)
                .copied()
                .take_while(|&byte| byte != 0)
                .take(32)
                .collect();
            name.eq_ignore_ascii_case(wanted.as_bytes())
        })
    }

    fn stream(&self, entry: &[u8]) -> Option<Vec<u8>> {
        let (start, length) = (u32_at(entry, 116)?, self.length(entry)?);
        if length >= MINI_CUTOFF {
            return self.chain(start, length);
        }
        let root = self.entries().next()?;
        let mini_stream = self.chain(u32_at(root, 116)?, self.length(root)?)?;
        let mini_fat = self.chain(u32_at(self.bytes, 60)?, usize::MAX)?;
        let mini_fat: Vec<u32> = numbers(&mini_fat).collect();
        let at = |id: u32| {
            let from = usize::try_from(id).ok()?.checked_mul(MINI_SECTOR)?;
            mini_stream.get(from..mini_stream.len().min(from.checked_add(MINI_SECTOR)?))
        };
        follow(start, length, &mini_fat, at)
    }

    fn length(&self, entry: &[u8]) -> Option<usize> {
        let high = if self.sector == 512 {
            0
        } else {
            u32_at(entry, 124)?
        };
        usize::try_from(u64::from(high) << 32 | u64::from(u32_at(entry, 120)?)).ok()
    }

    fn at(&self, id: u32) -> Option<&'a [u8]> {
        let from = usize::try_from(id)
            .ok()?
            .checked_add(1)?
            .checked_mul(self.sector)?;
        let end = self.bytes.len().min(from.checked_add(self.sector)?);
        self.bytes.get(from..end)
    }

    fn chain(&self, start: u32, length: usize) -> Option<Vec<u8>> {
        follow(start, length, &self.fat, |id| self.at(id))
    }
}

/// The bytes of a chain of sectors; `None` when it leaves the file or runs in a circle.
fn follow<'b>(
    start: u32,
    length: usize,
    fat: &[u32],
    at: impl Fn(u32) -> Option<&'b [u8]>,
) -> Option<Vec<u8>> {
    let (mut stream, mut id) = (Vec::new(), start);
    let mut seen = vec![false; fat.len()];
    while id < END {
        let sector = at(id)?;
        let seen = seen.get_mut(usize::try_from(id).ok()?)?;
        if std::mem::replace(seen, true) {
            return None;
        }
        let part = sector.get(..sector.len().min(length - stream.len()))?;
        stream.extend_from_slice(part);
        if stream.len() == length {
            break;
        }
        id = *fat.get(usize::try_from(id).ok()?)?;
    }
    Some(stream)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| {
        word.iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u32::from(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_runs_in_a_circle_is_refused() {
        let sectors = [b"ab".as_slice(), b"cd"];
        let at = |id: u32| sectors.get(usize::try_from(id).ok()?).copied();
        assert_eq!(
            follow(0, 3, &[1, END], at).as_deref(),
            Some(b"abc".as_slice())
        );
        assert_eq!(
            follow(0, 9, &[1, END], at).as_deref(),
            Some(b"abcd".as_slice())
        );
        assert_eq!(follow(0, usize::MAX, &[1, 0], at), None);
        // However little of it is asked for.
        assert_eq!(follow(0, 6, &[1, 0], at), None);
        assert_eq!(follow(7, 3, &[1, END], at), None);
    }
}
