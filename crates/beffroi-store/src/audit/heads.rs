//! Where each segment stands, outside of the database: `var/audit-heads`.
//!
//! A line is appended after each commit, before it is acknowledged. The file may therefore be
//! behind the database (a kill in between; a line that a power cut took: it is not synced, since
//! the database is), never ahead of it: an entry that a line names and the database lacks was
//! removed. A segment that expires is said to do so before its entries go. Lines only move a
//! segment forward along its chain: after a break, the last line from before it stays, and
//! accuses.

use super::chain::{self, Hash, Segment};
use crate::{
    Store, StoreError,
    database::{Database, held, lock, private},
    store::{at, put_in_place, temporary},
};
use data_encoding::HEXLOWER;
use rusqlite::Connection;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Mutex,
    time::SystemTime,
};

/// The file in a state folder.
pub const FILE: &str = "audit-heads";
const TITLE: &str = "beffroi audit heads 1";
/// A file longer than this is rewritten at opening, with one line for each segment.
const LONG: u64 = 256 * 1024;

/// Where a segment stood when its line was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) hash: Hash,
    pub(super) is_expired: bool,
}

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outside {
    /// Whether it is the file that the store began, rather than one that took its place.
    pub(super) is_whole: bool,
    of: BTreeMap<(String, String), Head>,
}

impl Outside {
    fn parse(text: &str) -> Self {
        let mut outside = Self::default();
        // What does not end in a line break was cut while it was written.
        let lines = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        for (index, line) in lines.lines().enumerate() {
            if index == 0 && line == TITLE {
                outside.is_whole = true;
            } else if let Some((segment, head)) = parse_line(line) {
                outside.of.insert(segment, head);
            }
        }
        outside
    }

    /// The line of a segment.
    pub(super) fn of(&self, kind: &str, month: &str) -> Option<&Head> {
        self.of.get(&(kind.to_owned(), month.to_owned()))
    }

    /// All segments that have a line.
    pub(super) fn segments(&self) -> impl Iterator<Item = (&(String, String), &Head)> {
        self.of.iter()
    }

    fn text(&self) -> String {
        let mut text = format!("{TITLE}\n");
        for ((kind, month), head) in &self.of {
            push_line(&mut text, kind, month, head);
        }
        text
    }
}

fn parse_line(line: &str) -> Option<((String, String), Head)> {
    let mut words = line.split(' ');
    let segment = (words.next()?.to_owned(), words.next()?.to_owned());
    let seq = words.next()?.parse().ok()?;
    let hash = HEXLOWER.decode(words.next()?.as_bytes()).ok()?;
    let is_expired = match (words.next(), words.next()) {
        (None, _) => false,
        (Some("expired"), None) => true,
        _ => return None,
    };
    let hash = hash.try_into().ok()?;
    Some((
        segment,
        Head {
            seq,
            hash,
            is_expired,
        },
    ))
}

fn push_line(text: &mut String, kind: &str, month: &str, head: &Head) {
    let expired = if head.is_expired { " expired" } else { "" };
    let hash = HEXLOWER.encode(&head.hash);
    // Writing to a text does not fail.
    let _ = writeln!(text, "{kind} {month} {} {hash}{expired}", head.seq);
}

/// The file, and what it said when it was last looked at.
#[derive(Debug)]
pub(super) struct Heads {
    state: PathBuf,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    mark: Option<(u64, SystemTime)>,
    outside: Outside,
}

impl Heads {
    /// Begins the file with the trail, writes the lines that are missing, shortens a long file.
    pub(super) fn open(database: &Database) -> Result<Self, StoreError> {
        let heads = Self {
            state: database.state().to_owned(),
            known: Mutex::default(),
        };
        let _alone = lock(&heads.state)?;
        let segments = database.read(chain::segments)?;
        let file = heads.file();
        match fs::metadata(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A trail that has lost its file is not given another: that must be seen.
                if segments.is_empty() {
                    heads.replace(&Outside {
                        is_whole: true,
                        ..Outside::default()
                    })?;
                }
                return Ok(heads);
            }
            Err(error) => return Err(at(&file)(error)),
            Ok(found) if found.len() > LONG => {
                let outside = heads.read()?;
                if outside.is_whole {
                    heads.replace(&outside)?;
                }
            }
            Ok(_) => {}
        }
        heads.append(database, &segments)?;
        Ok(heads)
    }

    fn file(&self) -> PathBuf {
        self.state.join(FILE)
    }

    /// What the file says now.
    pub(super) fn read(&self) -> Result<Outside, StoreError> {
        let file = self.file();
        match fs::read(&file) {
            Ok(bytes) => Ok(Outside::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Outside::default()),
            Err(error) => Err(at(&file)(error)),
        }
    }

    /// Says where segments stand that have been committed.
    pub(super) fn moved(
        &self,
        database: &Database,
        segments: &[Segment],
    ) -> Result<(), StoreError> {
        let _alone = lock(&self.state)?;
        self.append(database, segments)
    }

    fn append(&self, database: &Database, segments: &[Segment]) -> Result<(), StoreError> {
        let mut known = held(&self.known);
        let (mut file, ends_well) = self.open_to_append(&mut known)?;
        let mut text = String::new();
        if !ends_well {
            text.push('\n');
        }
        for segment in segments {
            let before = known.outside.of(&segment.kind, &segment.month);
            if !database.read(|reader| is_ahead(reader, before, segment))? {
                continue;
            }
            let head = Head {
                seq: segment.last,
                hash: segment.head,
                is_expired: false,
            };
            push_line(&mut text, &segment.kind, &segment.month, &head);
            known
                .outside
                .of
                .insert((segment.kind.clone(), segment.month.clone()), head);
        }
        self.write(&mut known, &mut file, &text)
    }

    /// Says that segments are about to expire.
    pub(super) fn expiring(&self, segments: &[Segment]) -> Result<(), StoreError> {
        let _alone = lock(&self.state)?;
        let mut known = held(&self.known);
        let (mut file, ends_well) = self.open_to_append(&mut known)?;
        let mut text = String::new();
        if !ends_well {
            text.push('\n');
        }
        for segment in segments {
            let stood = known.outside.of(&segment.kind, &segment.month);
            let head = Head {
                seq: stood.map_or(segment.last, |head| head.seq),
                hash: stood.map_or(segment.head, |head| head.hash),
                is_expired: true,
            };
            push_line(&mut text, &segment.kind, &segment.month, &head);
            known
                .outside
                .of
                .insert((segment.kind.clone(), segment.month.clone()), head);
        }
        self.write(&mut known, &mut file, &text)?;
        file.sync_all().map_err(at(&self.file()))
    }

    /// Takes what the database says for true, from now on.
    pub(super) fn adopt(&self, database: &Database) -> Result<(), StoreError> {
        let _alone = lock(&self.state)?;
        let mut outside = Outside {
            is_whole: true,
            ..Outside::default()
        };
        for segment in database.read(chain::segments)? {
            outside.of.insert(
                (segment.kind, segment.month),
                Head {
                    seq: segment.last,
                    hash: segment.head,
                    is_expired: segment.is_expired,
                },
            );
        }
        self.replace(&outside)
    }

    /// Opens the file, and reads it when another process has written to it.
    fn open_to_append(&self, known: &mut Known) -> Result<(File, bool), StoreError> {
        let path = self.file();
        let mut options = private();
        options.create(true).read(true).append(true);
        let mut file = options.open(&path).map_err(at(&path))?;
        let mark = mark_of(&file).map_err(at(&path))?;
        if known.mark == Some(mark) {
            return Ok((file, true));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(at(&path))?;
        known.outside = Outside::parse(&String::from_utf8_lossy(&bytes));
        Ok((file, bytes.is_empty() || bytes.ends_with(b"\n")))
    }

    fn write(&self, known: &mut Known, file: &mut File, text: &str) -> Result<(), StoreError> {
        known.mark = None;
        let path = self.file();
        file.write_all(text.as_bytes()).map_err(at(&path))?;
        known.mark = Some(mark_of(file).map_err(at(&path))?);
        Ok(())
    }

    fn replace(&self, outside: &Outside) -> Result<(), StoreError> {
        held(&self.known).mark = None;
        write_whole(&self.file(), &outside.text())
    }
}

fn mark_of(file: &File) -> io::Result<(u64, SystemTime)> {
    let found = file.metadata()?;
    Ok((found.len(), found.modified()?))
}

fn write_whole(file: &Path, text: &str) -> Result<(), StoreError> {
    let temporary = temporary(file);
    let mut options = private();
    options.create(true).truncate(true).write(true);
    options
        .open(&temporary)
        .and_then(|mut open| open.write_all(text.as_bytes()))
        .map_err(at(&temporary))?;
    put_in_place(&temporary, file)
}

/// Whether a segment has gone on from where it stood.
fn is_ahead(
    reader: &Connection,
    before: Option<&Head>,
    segment: &Segment,
) -> rusqlite::Result<bool> {
    let Some(before) = before else {
        return Ok(!segment.is_expired);
    };
    if before.is_expired || segment.is_expired || segment.last <= before.seq {
        return Ok(false);
    }
    reader
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM audit_entries WHERE seq = ?1 AND segment = ?2 \
             AND hash = ?3)",
        )?
        .query_row((before.seq, segment.id, before.hash), |row| row.get(0))
}

impl Store {
    /// Copies `audit-heads` as it is. A backup takes it before the database, so that it is not
    /// ahead of it.
    pub fn backup_heads_to(&self, file: &Path) -> Result<(), StoreError> {
        let outside = self.inner.trail.heads.read()?;
        write_whole(file, &outside.text())
    }
}
