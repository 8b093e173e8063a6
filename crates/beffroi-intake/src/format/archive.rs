//! Archives (ZIP, GZIP): the one table in them, unpacked aside and opened as if it had come alone.
//!
//! Nothing is ever written under the names that an archive gives: what is unpacked goes to memory
//! or to a temporary file of our own.

use super::{Decided, Grid, Opened};
use crate::{Input, IntakeError, source::Bytes, spool::SpoolWriter};
use beffroi_model::{Confidence, Reading, normalize};
use flate2::read::MultiGzDecoder;
use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
};
use tempfile::NamedTempFile;
use zip::{CompressionMethod, ZipArchive, result::ZipError};

/// How much one file of an archive may hold.
const MAX_UNPACKED: u64 = 16 << 30;
/// From this size on, a file that unpacks to more than [`MAX_RATIO`] times its size is refused.
const SUSPECT: u64 = 256 << 20;
/// Tables seldom shrink to less than a fiftieth; bombs do to a thousandth.
const MAX_RATIO: u64 = 200;
/// How much is held in memory before it goes to disk.
const HELD: usize = 32 << 20;
/// How many files an archive may list.
const MAX_MEMBERS: usize = 20_000;

/// The ends of names of tables, those that are nothing else before those that may be.
const TABLES: [&str; 15] = [
    "csv", "tsv", "tab", "json", "geojson", "ndjson", "jsonl", "parquet", "xlsx", "xlsm", "xlsb",
    "xls", "ods", "fods", "pq",
];
const PERHAPS_TABLES: [&str; 4] = ["txt", "dat", "xml", ""];
const ARCHIVES: [&str; 8] = ["zip", "gz", "tgz", "tar", "7z", "rar", "bz2", "xz"];
/// Words in the names of files that go with a table.
const ABOUT: [&str; 16] = [
    "readme",
    "lisezmoi",
    "lisez",
    "licence",
    "license",
    "notice",
    "meta",
    "metadata",
    "metadonnees",
    "varmod",
    "dictionnaire",
    "documentation",
    "doc",
    "schema",
    "description",
    "changelog",
];

const PACKED_OTHERWISE: IntakeError = IntakeError::Unsupported {
    format: "ZIP (bzip2, LZMA, Deflate64…)",
};

/// Whether bytes are an archive, not a workbook, which is one too.
pub(super) fn is_one(bytes: Bytes<'_>, head: &[u8]) -> bool {
    if head.starts_with(b"\x1f\x8b") || head.starts_with(b"PK\x05\x06") {
        return true;
    }
    if !head.starts_with(b"PK\x03\x04") {
        return false;
    }
    let Ok(archive) = source(bytes).and_then(|source| ZipArchive::new(source).map_err(refused))
    else {
        // What is damaged is called what its first file makes of it.
        let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
        return !has(b"[Content_Types].xml") && !has(b"mimetype") && !has(b"xl/");
    };
    let mut names = archive.file_names_raw();
    !names.any(|name| {
        name.eq_ignore_ascii_case(b"[content_types].xml")
            || name == b"mimetype"
            || name.starts_with(b"xl/")
            || name.starts_with(b"xl\\")
            || name.eq_ignore_ascii_case(b"content.xml")
    })
}

/// Opens the table in an archive. `inner` opens what was unpacked.
pub(super) fn open<'a>(
    input: Input<'_>,
    reading: &Reading,
    inner: impl FnOnce(Input<'_>, &Reading) -> Result<Opened<'static>, IntakeError>,
) -> Result<Opened<'a>, IntakeError> {
    let (unpacked, reading) = unpack(input, reading)?;
    let mut opened = inner(unpacked.input(), &reading)?;
    opened.decisions.insert(0, unpacked.decided);
    Ok(opened)
}

/// What stands in an archive, unpacked.
pub(super) struct Unpacked {
    name: String,
    store: Store,
    decided: Decided,
}

enum Store {
    Held(Vec<u8>),
    OnDisk(NamedTempFile),
}

impl Unpacked {
    pub(super) fn input(&self) -> Input<'_> {
        match &self.store {
            Store::Held(bytes) => Input::held(&self.name, bytes),
            Store::OnDisk(file) => Input::on_disk(&self.name, file.path()),
        }
    }
}

/// Unpacks the table in an archive, and tells how to read it: `reading.sheet` may name a file of
/// the archive, else a sheet in it.
pub(super) fn unpack(
    input: Input<'_>,
    reading: &Reading,
) -> Result<(Unpacked, Reading), IntakeError> {
    let size = input.bytes.len()?;
    if input.bytes.head(2)?.as_ref() == b"\x1f\x8b" {
        let name = input.name.strip_suffix(".gz").unwrap_or(input.name);
        let store = copy(
            MultiGzDecoder::new(input.bytes.reader()?),
            allowance(size),
            "GZIP",
        )?;
        let unpacked = Unpacked {
            name: name.to_owned(),
            store,
            decided: Decided::of("archive", "GZIP"),
        };
        return Ok((unpacked, reading.clone()));
    }
    let mut archive = ZipArchive::new(source(input.bytes)?).map_err(refused)?;
    if archive.len() > MAX_MEMBERS {
        return Err(IntakeError::Unsupported {
            format: "ZIP (> 20 000)",
        });
    }
    // Of two files under one name, programs read either.
    if listed(input.bytes)?.is_some_and(|listed| listed != archive.len()) {
        return Err(IntakeError::Damaged { format: "ZIP" });
    }
    let members = members(&mut archive)?;
    let (member, decided) = choose(&members, reading.sheet.as_deref())?;
    let mut reading = reading.clone();
    if reading
        .sheet
        .as_deref()
        .is_some_and(|sheet| member.is_called(sheet))
    {
        reading.sheet = None;
    }
    let entry = archive.by_index(member.place).map_err(refused)?;
    let packed = [CompressionMethod::Stored, CompressionMethod::Deflated];
    if !packed.contains(&entry.compression()) {
        return Err(PACKED_OTHERWISE);
    }
    let limit = allowance(entry.compressed_size());
    let store = copy(entry, limit, "ZIP")?;
    let name = member.file_name().to_owned();
    Ok((
        Unpacked {
            name,
            store,
            decided,
        },
        reading,
    ))
}

/// How many files the directory of an archive says that it lists.
fn listed(bytes: Bytes<'_>) -> Result<Option<usize>, IntakeError> {
    /// The end of the directory, and the longest comment after it.
    const END: u64 = 22 + 0xffff;
    let mut source = source(bytes)?;
    let length = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut end = Vec::new();
    source.take(END).read_to_end(&mut end)?;
    let count = memchr::memmem::rfind(&end, b"PK\x05\x06")
        .and_then(|at| end.get(at + 10..at + 12)?.try_into().ok())
        .map(u16::from_le_bytes);
    // Larger archives write it elsewhere.
    Ok(count.filter(|&count| count < u16::MAX).map(usize::from))
}

/// A file of an archive.
#[derive(Debug, Clone)]
struct Member {
    place: usize,
    name: String,
    size: u64,
}

impl Member {
    fn file_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    fn extension(&self) -> String {
        let end = self.file_name().rsplit_once('.').map_or("", |(_, end)| end);
        end.to_lowercase()
    }

    fn is_called(&self, name: &str) -> bool {
        let wanted = normalize(name);
        normalize(&self.name) == wanted || normalize(self.file_name()) == wanted
    }

    /// Whether it goes with a table rather than being one.
    fn is_about(&self) -> bool {
        normalize(self.file_name())
            .split('_')
            .any(|word| ABOUT.contains(&word))
    }
}

/// The files, without folders, hidden files and what systems put beside them.
fn members(archive: &mut ZipArchive<impl Read + Seek>) -> Result<Vec<Member>, IntakeError> {
    let mut members = Vec::new();
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(refused)?;
        // A link names a file, and holds nothing else.
        if entry.is_dir() || entry.is_symlink() || entry.size() == 0 {
            continue;
        }
        // Names are shown only, but to people.
        let name: String = entry
            .name()
            .map(|name| name.replace('\\', "/"))
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control() && !is_invisible(*c))
            .collect();
        let name = name
            .split('/')
            .filter(|part| !matches!(*part, "" | "." | ".."))
            .collect::<Vec<_>>()
            .join("/");
        let hidden = name
            .split('/')
            .any(|part| part.starts_with('.') || part.starts_with("__MACOSX"));
        let is_noise = ["thumbs.db", "desktop.ini"]
            .iter()
            .any(|noise| name.to_lowercase().ends_with(noise));
        if !hidden && !is_noise {
            members.push(Member {
                place,
                name,
                size: entry.size(),
            });
        }
    }
    Ok(members)
}

/// Whether a character turns the writing around, or is not seen.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The one file that is a table: the one named, else the only one whose name ends like that of a
/// table, else the one that is by far the largest.
fn choose(members: &[Member], wanted: Option<&str>) -> Result<(Member, Decided), IntakeError> {
    if let Some(named) =
        wanted.and_then(|name| members.iter().find(|member| member.is_called(name)))
    {
        return Ok((named.clone(), Decided::of("archive", &named.name)));
    }
    let of = |ends: &[&str]| -> Vec<&Member> {
        members
            .iter()
            .filter(|member| ends.contains(&member.extension().as_str()))
            .collect()
    };
    let has = |end: &str| members.iter().any(|member| member.extension() == end);
    let mut tables = of(&TABLES);
    if tables.is_empty() && has("shp") {
        return Err(IntakeError::Unsupported {
            format: "Shapefile",
        });
    }
    if tables.is_empty() {
        tables = of(&PERHAPS_TABLES);
    }
    if tables.iter().any(|member| !member.is_about()) {
        tables.retain(|member| !member.is_about());
    }
    tables.sort_by_key(|member| std::cmp::Reverse(member.size));
    let names = |members: &[&Member]| -> Vec<String> {
        members.iter().map(|member| member.name.clone()).collect()
    };
    match tables.as_slice() {
        [] if members
            .iter()
            .any(|m| ARCHIVES.contains(&m.extension().as_str())) =>
        {
            Err(IntakeError::ArchiveInArchive)
        }
        [] if members.is_empty() => Err(IntakeError::Empty),
        [] => Err(IntakeError::NoTableInArchive {
            files: members.iter().map(|member| member.name.clone()).collect(),
        }),
        [only] => {
            let decided = Decided::of("archive", &only.name);
            let decided = if members.len() > 1 {
                let others = (members.len() - 1).to_string();
                decided.because("only-table", &[("count", others)], Confidence::Likely)
            } else {
                decided
            };
            Ok(((*only).clone(), decided))
        }
        [first, second, ..] if first.size / 5 > second.size => {
            let others = names(&tables[1..]).join(", ");
            let decided = Decided::of("archive", &first.name).because(
                "largest-table",
                &[("others", others)],
                Confidence::Doubtful,
            );
            Ok(((*first).clone(), decided))
        }
        several => Err(IntakeError::SeveralTables {
            files: names(several),
        }),
    }
}

/// How much a file of that size may unpack to.
fn allowance(compressed: u64) -> u64 {
    MAX_UNPACKED.min(SUSPECT.max(compressed.saturating_mul(MAX_RATIO)))
}

/// What a file is that unpacks to more than that.
fn beyond(limit: u64) -> IntakeError {
    if limit < MAX_UNPACKED {
        IntakeError::Swells { times: MAX_RATIO }
    } else {
        IntakeError::TooLarge { limit }
    }
}

/// Unpacks, within a limit.
fn copy(from: impl Read, limit: u64, format: &'static str) -> Result<Store, IntakeError> {
    let mut from = from.take(limit + 1);
    let mut held = Vec::new();
    let damaged = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::PermissionDenied => error.into(),
        _ => IntakeError::Damaged { format },
    };
    from.by_ref()
        .take(HELD as u64 + 1)
        .read_to_end(&mut held)
        .map_err(damaged)?;
    if held.len() as u64 > limit {
        return Err(beyond(limit));
    }
    if held.len() <= HELD {
        return Ok(Store::Held(held));
    }
    let mut file = NamedTempFile::new()?;
    file.write_all(&held)?;
    let rest = io::copy(&mut from, &mut file).map_err(damaged)?;
    if held.len() as u64 + rest > limit {
        return Err(beyond(limit));
    }
    file.flush()?;
    Ok(Store::OnDisk(file))
}

trait Source: Read + Seek {}
impl Source for File {}
impl Source for Cursor<&[u8]> {}

fn source<'a>(bytes: Bytes<'a>) -> Result<Box<dyn Source + 'a>, IntakeError> {
    Ok(match bytes {
        Bytes::Held(bytes) => Box::new(Cursor::new(bytes)),
        Bytes::OnDisk(path) | Bytes::Watched(path, _) => Box::new(File::open(path)?),
    })
}

fn refused(error: ZipError) -> IntakeError {
    match error {
        ZipError::UnsupportedArchive(reason) if reason == ZipError::PASSWORD_REQUIRED => {
            IntakeError::Encrypted
        }
        ZipError::InvalidPassword => IntakeError::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            PACKED_OTHERWISE
        }
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => IntakeError::Damaged { format: "ZIP" },
    }
}

/// A file opened whose rows no longer need the bytes they came from.
pub(super) fn settled(opened: Opened<'_>) -> Result<Opened<'static>, IntakeError> {
    let mut decisions = opened.decisions;
    let grid = match opened.grid {
        Grid::Delimited(delimited) => {
            let mut writer = SpoolWriter::default();
            let mut rows = delimited.rows();
            while let Some(row) = rows.next() {
                writer.push(row)?;
            }
            drop(rows);
            if let Some(failure) = delimited.failure() {
                return Err(failure.clone());
            }
            decisions.extend(delimited.decisions());
            Grid::Spooled(writer.finish(None)?)
        }
        Grid::Sheet(sheet) => Grid::Sheet(sheet),
        Grid::Spooled(spool) => Grid::Spooled(spool),
    };
    Ok(Opened {
        grid,
        decisions,
        beside: opened.beside,
        names: opened.names,
        ragged: opened.ragged,
        delimiter: opened.delimiter,
        damaged: opened.damaged,
        serial_days: opened.serial_days,
        header: opened.header,
        units: opened.units,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_swells_beyond_reason_is_refused_wherever_it_goes() {
        assert_eq!(allowance(1), SUSPECT);
        assert_eq!(allowance(10 << 20), 2000 << 20);
        assert_eq!(allowance(u64::MAX), MAX_UNPACKED);
        let endless = || io::repeat(b'0');
        let held = HELD as u64;
        for limit in [9, held + 9] {
            assert_eq!(
                copy(endless(), limit, "ZIP").err(),
                Some(IntakeError::Swells { times: MAX_RATIO })
            );
            let whole = copy(endless().take(limit), limit, "ZIP").unwrap();
            assert_eq!(matches!(whole, Store::OnDisk(_)), limit > held);
        }
    }
}
