//! Whether the trail is as it was written.

use super::{
    Audit, Event, Kind,
    chain::{self, Hash, Segment, hash_of},
    heads::Outside,
    search::{COLUMNS, entry_of},
};
use crate::StoreError;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension};

/// What came of looking at the whole trail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries that were looked at.
    pub entries: u64,
    /// Segments, expired ones included.
    pub segments: u64,
    /// What is wrong, up to a thousand problems.
    pub problems: Vec<Problem>,
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Something wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The segment, as `kind month`; empty when it is the whole trail.
    pub segment: String,
    /// The entry, where there is one.
    pub seq: Option<i64>,
    /// What.
    pub what: What,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// An entry is not what it was.
    Altered,
    /// Entries are missing before this one, or at the end.
    Removed,
    /// An entry is there that was not.
    Inserted,
    /// An entry stands where another did.
    Reordered,
    /// The segment says of itself what its entries do not bear out.
    HeadDiffers,
    /// The segment does not start where the one before it ends.
    StartDiffers,
    /// `audit-heads` is missing, or another has taken its place.
    OutsideMissing,
    /// `audit-heads` says otherwise.
    OutsideDiffers,
}

const MOST_PROBLEMS: usize = 1_000;

impl Audit {
    /// Works out the whole trail again, and compares it with what is written outside of the
    /// database.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        let trail = self.trail();
        // The file first: it is never ahead of the database.
        let outside = trail.heads.read()?;
        Ok(trail.database.read(|reader| {
            let snapshot = reader.unchecked_transaction()?;
            Look::new(&snapshot, &outside).all()
        })?)
    }

    /// Takes the trail as it is for the true one, after a restoration: writes `audit-heads` anew,
    /// and records that it was done, and how many problems there were before.
    pub fn adopt_heads(&self, name: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let before = self.verify()?;
        self.trail().heads.adopt(&self.trail().database)?;
        let problems = format!("problems={}", before.problems.len());
        self.record(Event {
            name: name.to_owned(),
            ..Event::of_program(now, Kind::System, "audit.adopt-heads", "audit", problems)
        })
    }
}

struct Look<'a> {
    reader: &'a Connection,
    outside: &'a Outside,
    verified: Verified,
}

impl<'a> Look<'a> {
    fn new(reader: &'a Connection, outside: &'a Outside) -> Self {
        Self {
            reader,
            outside,
            verified: Verified::default(),
        }
    }

    fn all(mut self) -> rusqlite::Result<Verified> {
        let segments = chain::segments(self.reader)?;
        if !self.outside.is_whole {
            self.problem(String::new(), None, What::OutsideMissing);
        }
        let mut before: Option<&Segment> = None;
        for segment in &segments {
            let start = match before {
                Some(before) if before.kind == segment.kind => before.head,
                _ => chain::genesis(&segment.kind),
            };
            self.segment(segment, &start)?;
            before = Some(segment);
        }
        self.removed_segments(&segments);
        self.strays()?;
        self.verified.segments = segments.len() as u64;
        Ok(self.verified)
    }

    fn segment(&mut self, segment: &Segment, start: &Hash) -> rusqlite::Result<()> {
        let found = self.verified.problems.len();
        let (first, declared): (i64, Hash) = self
            .reader
            .prepare_cached("SELECT first, start FROM audit_segments WHERE id = ?1")?
            .query_row([segment.id], |row| Ok((row.get(0)?, hash_of(row, 1)?)))?;
        if declared != *start {
            self.problem(name_of(segment), None, What::StartDiffers);
        }
        let end = self.entries(segment, declared)?;
        if segment.is_expired {
            if end.count > 0 {
                self.problem(name_of(segment), end.last, What::Inserted);
            }
        } else if self.verified.problems.len() == found {
            if end.count < segment.entries {
                self.problem(name_of(segment), end.last, What::Removed);
            } else if end.head != segment.head
                || end.count != segment.entries
                || end.first != Some(first)
                || end.last != Some(segment.last)
            {
                self.problem(name_of(segment), end.last, What::HeadDiffers);
            }
        }
        self.outside(segment)
    }

    /// Goes along the entries of a segment.
    fn entries(&mut self, segment: &Segment, start: Hash) -> rusqlite::Result<End> {
        let mut end = End {
            head: start,
            count: 0,
            first: None,
            last: None,
        };
        let mut statement = self.reader.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM audit_entries WHERE segment = ?1 ORDER BY seq"
        ))?;
        let mut rows = statement.query([segment.id])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            end.count += 1;
            end.first.get_or_insert(seq);
            end.last = Some(seq);
            self.verified.entries += 1;
            // What cannot be read back is not what we wrote.
            let Some(entry) = entry_of(row).ok().flatten() else {
                self.problem(name_of(segment), Some(seq), What::Altered);
                end.head = hash_of(row, 10)?;
                continue;
            };
            if entry.previous != end.head {
                let what = self.break_of(segment, seq, &entry.previous)?;
                self.problem(name_of(segment), Some(seq), what);
            } else if entry.event.kind.as_str() != segment.kind
                || chain::hash(&entry.previous, seq, &entry.event) != entry.hash
            {
                self.problem(name_of(segment), Some(seq), What::Altered);
            }
            end.head = entry.hash;
        }
        Ok(end)
    }

    /// What it means that an entry does not follow the one before it.
    fn break_of(&self, segment: &Segment, seq: i64, previous: &Hash) -> rusqlite::Result<What> {
        let mut statement = self.reader.prepare_cached(
            "SELECT min(seq) FROM audit_entries WHERE segment = ?1 AND hash = ?2",
        )?;
        let follows: Option<i64> = statement.query_row((segment.id, previous), |row| row.get(0))?;
        Ok(match follows {
            None => What::Removed,
            Some(other) if other < seq => What::Inserted,
            Some(_) => What::Reordered,
        })
    }

    /// Compares a segment with its line outside.
    fn outside(&mut self, segment: &Segment) -> rusqlite::Result<()> {
        let Some(head) = self.outside.of(&segment.kind, &segment.month) else {
            // Its first line may have been lost to a kill; an expired one was announced.
            if segment.is_expired && self.outside.is_whole {
                self.problem(name_of(segment), None, What::OutsideDiffers);
            }
            return Ok(());
        };
        if segment.is_expired {
            if !head.is_expired {
                self.problem(name_of(segment), Some(head.seq), What::Removed);
            } else if head.hash != segment.head || head.seq != segment.last {
                self.problem(name_of(segment), Some(head.seq), What::OutsideDiffers);
            }
            return Ok(());
        }
        let hash: Option<Hash> = self
            .reader
            .prepare_cached("SELECT hash FROM audit_entries WHERE seq = ?1 AND segment = ?2")?
            .query_row((head.seq, segment.id), |row| hash_of(row, 0))
            .optional()?;
        match hash {
            None => self.problem(name_of(segment), Some(head.seq), What::Removed),
            Some(hash) if hash != head.hash => {
                self.problem(name_of(segment), Some(head.seq), What::OutsideDiffers);
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Segments of which only the line outside is left.
    fn removed_segments(&mut self, segments: &[Segment]) {
        let outside = self.outside;
        for ((kind, month), head) in outside.segments() {
            let is_there = segments
                .iter()
                .any(|segment| segment.kind == *kind && segment.month == *month);
            if !is_there {
                self.problem(format!("{kind} {month}"), Some(head.seq), What::Removed);
            }
        }
    }

    /// Entries of no segment.
    fn strays(&mut self) -> rusqlite::Result<()> {
        let strays: Vec<i64> = self
            .reader
            .prepare_cached(
                "SELECT seq FROM audit_entries WHERE segment NOT IN \
                 (SELECT id FROM audit_segments) LIMIT 100",
            )?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for seq in strays {
            self.problem(String::new(), Some(seq), What::Inserted);
        }
        Ok(())
    }

    fn problem(&mut self, segment: String, seq: Option<i64>, what: What) {
        if self.verified.problems.len() < MOST_PROBLEMS {
            self.verified.problems.push(Problem { segment, seq, what });
        }
    }
}

/// What the entries of a segment come to.
struct End {
    head: Hash,
    count: i64,
    first: Option<i64>,
    last: Option<i64>,
}

fn name_of(segment: &Segment) -> String {
    format!("{} {}", segment.kind, segment.month)
}
