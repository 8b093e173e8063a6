//! What an old XLS workbook may cost, found out before it is opened.
//!
//! The library of workbooks believes what a file says of itself: a few damaged bytes can make it
//! ask for more memory than there is, which no one can catch. So what it will believe is looked
//! at first: the chains of sectors, the declared dimensions and the places of cells.

use crate::IntakeError;
/// How many cells a sheet may span.
const MAX_CELLS: usize = 30_000_000;

pub(super) const TOO_MANY_CELLS: IntakeError = IntakeError::TooManyCells { limit: MAX_CELLS };

/// Refuses an XLS workbook that is locked, broken, or would cost too much.
pub(super) fn check_xls(bytes: &[u8]) -> Result<(), IntakeError> {
    // The name of the stream of a locked XLSX, in UTF-16.
    let locked: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    if memchr::memmem::find(bytes, &locked).is_some() {
        return Err(IntakeError::Encrypted);
    }
    let stream = Compound::open(bytes).and_then(|file| file.workbook());
    check_records(&stream.ok_or_else(|| unreadable("broken compound file"))?)
}

/// Whether a sheet that spans so many cells can be held.
pub(super) fn can_hold(cells: usize) -> bool {
    cells <= MAX_CELLS
}

pub(super) fn unreadable(error: impl ToString) -> IntakeError {
    IntakeError::UnreadableWorkbook {
        reason: error.to_string(),
    }
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
        for id in listed.into_iter().filter(|&id| id < END) {
            let part: Vec<u32> = numbers(file.at(id)?).collect();
            file.fat.extend(part);
        }
        file.directory = file.chain(u32_at(bytes, 48)?, usize::MAX)?;
        Some(file)
    }

    /// The stream of the workbook.
    fn workbook(&self) -> Option<Vec<u8>> {
        let entries = || self.directory.chunks_exact(128);
        let root = entries().next()?;
        let named = |wanted: &str| {
            entries().find(|entry| {
                let name: Vec<u8> = entry
                    .iter()
                    .step_by(2)
                    .copied()
                    .take_while(|&b| b != 0)
                    .take(32)
                    .collect();
                name.eq_ignore_ascii_case(wanted.as_bytes())
            })
        };
        // No chain that will be followed may run in a circle.
        let has_mini = u32_at(self.bytes, 64)? > 0;
        let mini_stream = if has_mini {
            self.chain(u32_at(root, 116)?, self.length(root)?)?
        } else {
            Vec::new()
        };
        let mini_fat = if has_mini {
            self.chain(u32_at(self.bytes, 60)?, usize::MAX)?
        } else {
            Vec::new()
        };
        let entry = named("Workbook").or_else(|| named("Book"))?;
        let (start, length) = (u32_at(entry, 116)?, self.length(entry)?);
        if length >= MINI_CUTOFF {
            return self.chain(start, length);
        }
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
    let (mut stream, mut id, mut steps) = (Vec::new(), start, 0);
    while id < END {
        let sector = at(id)?;
        let part = sector.get(..sector.len().min(length - stream.len()))?;
        stream.extend_from_slice(part);
        if stream.len() == length {
            break;
        }
        id = *fat.get(usize::try_from(id).ok()?)?;
        steps += 1;
        if steps > fat.len() {
            return None;
        }
    }
    Some(stream)
}

/// Refuses a workbook whose sheets say that they span more cells than can be held.
fn check_records(stream: &[u8]) -> Result<(), IntakeError> {
    let mut starts = vec![0];
    for (kind, record) in records(stream) {
        // BoundSheet8: where a sheet starts.
        if kind == 0x85 {
            starts.extend(u32_at(record, 0).and_then(|at| usize::try_from(at).ok()));
        }
    }
    for start in starts {
        let (mut rows, mut columns) = (0_usize, 0_usize);
        for (kind, record) in records(stream.get(start..).unwrap_or_default()) {
            let word = |at: usize| u16_at(record, at).map_or(0, usize::from);
            let (row, column) = match kind {
                // Dimensions: first row, last row, first column, last column, ends excluded.
                0x200 => {
                    let long = |at: usize| {
                        u32_at(record, at)
                            .and_then(|n| usize::try_from(n).ok())
                            .unwrap_or(0)
                    };
                    let (first, row, column) = match record.len() {
                        10 => (word(0), word(2), word(6)),
                        _ => (long(0), long(4), word(10)),
                    };
                    if first > row {
                        return Err(unreadable("the rows of a sheet run backwards"));
                    }
                    (row, column)
                }
                // MulRk: the last column stands at the end.
                0xbd => (word(0), word(record.len().saturating_sub(2)).max(word(2))),
                // Number, Label, RString, BoolErr, Rk, LabelSst, Formula.
                0x203 | 0x204 | 0xd6 | 0x205 | 0x27e | 0xfd | 0x06 => (word(0), word(2)),
                _ => continue,
            };
            (rows, columns) = (rows.max(row + 1), columns.max(column + 1));
            if !can_hold(rows.saturating_mul(columns)) {
                return Err(TOO_MANY_CELLS);
            }
        }
    }
    Ok(())
}

/// The records of a BIFF stream, to the first that is cut.
fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let length = usize::from(u16_at(stream, at + 2)?);
        let record = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, record))
    })
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| {
        word.iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u32::from(byte))
    })
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..at + 2)?
        .try_into()
        .ok()
        .map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..at + 4)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
        [kind.to_le_bytes().as_slice(), &length.to_le_bytes(), data].concat()
    }

    #[test]
    fn a_sheet_may_not_claim_more_than_can_be_held() {
        let number = |row: u16, column: u16| {
            record(
                0x203,
                &[
                    row.to_le_bytes().as_slice(),
                    &column.to_le_bytes(),
                    &[0; 10],
                ]
                .concat(),
            )
        };
        assert_eq!(check_records(&number(65_535, 255)), Ok(()));
        assert_eq!(
            check_records(&[number(65_535, 0), number(0, 60_000)].concat()),
            Err(TOO_MANY_CELLS)
        );
        let dimensions = |first: u32, last: u32, columns: u16| {
            let bounds = [first.to_le_bytes(), last.to_le_bytes()].concat();
            record(
                0x200,
                &[bounds.as_slice(), &[0, 0], &columns.to_le_bytes(), &[0, 0]].concat(),
            )
        };
        assert_eq!(check_records(&dimensions(0, 65_536, 256)), Ok(()));
        assert_eq!(
            check_records(&dimensions(0, u32::MAX, 256)),
            Err(TOO_MANY_CELLS)
        );
        assert!(check_records(&dimensions(9, 2, 1)).is_err());
        assert_eq!(check_records(&[1, 2, 3]), Ok(()));
    }

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
        assert_eq!(follow(7, 3, &[1, END], at), None);
    }
}
