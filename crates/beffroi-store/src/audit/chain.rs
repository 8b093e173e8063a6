//! How entries are chained and appended.

use super::{Event, Kind};
use crate::database::millis;
use chrono::{DateTime, Datelike, Utc};
use rusqlite::{OptionalExtension, Transaction};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A SHA-256.
pub(super) type Hash = [u8; 32];

/// A hash as it is kept. One that was meddled with, so that it is none, equals no other.
pub(super) fn hash_of(row: &rusqlite::Row, column: usize) -> rusqlite::Result<Hash> {
    let kept = row.get_ref(column)?.as_blob_or_null()?.unwrap_or_default();
    Ok(kept.try_into().unwrap_or_default())
}

/// What the first segment of a kind starts from.
pub(super) fn genesis(kind: &str) -> Hash {
    let mut hash = Sha256::new();
    field(&mut hash, b"beffroi audit 1");
    field(&mut hash, kind.as_bytes());
    hash.finalize().into()
}

/// The hash of an entry: of the one before, and of each field with its length, so that no two
/// entries give the same bytes.
pub(super) fn hash(previous: &Hash, seq: i64, event: &Event) -> Hash {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(seq.to_be_bytes());
    hash.update(millis(event.at).to_be_bytes());
    match event.person {
        Some(person) => field(&mut hash, &person.0.to_be_bytes()),
        None => field(&mut hash, b""),
    }
    field(&mut hash, event.name.as_bytes());
    let from = event.from.map(|from| from.to_string()).unwrap_or_default();
    field(&mut hash, from.as_bytes());
    field(&mut hash, event.kind.as_str().as_bytes());
    field(&mut hash, event.action.as_bytes());
    field(&mut hash, event.object.as_bytes());
    field(&mut hash, event.detail.as_bytes());
    hash.finalize().into()
}

fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// A month, as segments are named and sorted: `2026-11`.
pub(super) fn month_of(time: DateTime<Utc>) -> String {
    month_name(month_number(time))
}

/// Months since the year 0.
pub(super) fn month_number(time: DateTime<Utc>) -> i64 {
    i64::from(time.year()) * 12 + i64::from(time.month0())
}

/// The number of a named month.
pub(super) fn number_of(month: &str) -> Option<i64> {
    let (year, month) = month.split_once('-')?;
    Some(year.parse::<i64>().ok()? * 12 + month.parse::<i64>().ok()? - 1)
}

fn month_name(number: i64) -> String {
    // Four digits, so that names sort like months.
    let number = number.clamp(0, 9999 * 12 + 11);
    format!("{:04}-{:02}", number / 12, number % 12 + 1)
}

/// Where a segment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) id: i64,
    pub(super) kind: String,
    pub(super) month: String,
    pub(super) last: i64,
    pub(super) entries: i64,
    pub(super) head: Hash,
    pub(super) is_expired: bool,
}

/// Appends events in their order, and gives the segments they went to.
pub(super) fn append(tx: &Transaction, events: &[Event]) -> rusqlite::Result<Vec<Segment>> {
    let mut newest: BTreeMap<Kind, Segment> = BTreeMap::new();
    let mut seq = last_seq(tx)?;
    for event in events {
        seq += 1;
        let before = match newest.remove(&event.kind) {
            Some(segment) => Some(segment),
            None => newest_of(tx, event.kind)?,
        };
        let mut segment = segment_for(tx, before, event, seq)?;
        let entry = hash(&segment.head, seq, event);
        insert(tx, &segment, seq, event, &entry)?;
        segment.last = seq;
        segment.entries += 1;
        segment.head = entry;
        advance(tx, &segment)?;
        newest.insert(event.kind, segment);
    }
    Ok(newest.into_values().collect())
}

/// The segment that an event goes to: that of its month, or the newest when the clock went back.
/// What has expired is not opened again.
fn segment_for(
    tx: &Transaction,
    before: Option<Segment>,
    event: &Event,
    seq: i64,
) -> rusqlite::Result<Segment> {
    let month = month_of(event.at);
    let Some(before) = before else {
        return new_segment(tx, event.kind, month, genesis(event.kind.as_str()), seq);
    };
    if month > before.month {
        return new_segment(tx, event.kind, month, before.head, seq);
    }
    if before.is_expired {
        let next = number_of(&before.month).map_or(month, |number| month_name(number + 1));
        return new_segment(tx, event.kind, next, before.head, seq);
    }
    Ok(before)
}

fn new_segment(
    tx: &Transaction,
    kind: Kind,
    month: String,
    start: Hash,
    seq: i64,
) -> rusqlite::Result<Segment> {
    tx.execute(
        "INSERT INTO audit_segments (kind, month, start, first, last, entries, head) \
         VALUES (?1, ?2, ?3, ?4, ?4, 0, ?3)",
        (kind.as_str(), &month, start, seq),
    )?;
    Ok(Segment {
        id: tx.last_insert_rowid(),
        kind: kind.as_str().to_owned(),
        month,
        last: seq,
        entries: 0,
        head: start,
        is_expired: false,
    })
}

fn insert(
    tx: &Transaction,
    segment: &Segment,
    seq: i64,
    event: &Event,
    hash: &Hash,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO audit_entries (seq, segment, kind, at, person, name, address, action, object, \
         detail, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute((
        seq,
        segment.id,
        event.kind.as_str(),
        millis(event.at),
        event.person,
        &event.name,
        event.from.map(|from| from.to_string()),
        &event.action,
        &event.object,
        &event.detail,
        segment.head,
        hash,
    ))?;
    Ok(())
}

fn advance(tx: &Transaction, segment: &Segment) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE audit_segments SET last = ?2, entries = ?3, head = ?4 WHERE id = ?1",
    )?
    .execute((segment.id, segment.last, segment.entries, segment.head))?;
    Ok(())
}

/// The last number that was given, whether or not its entry is still there.
fn last_seq(tx: &Transaction) -> rusqlite::Result<i64> {
    tx.prepare_cached(
        "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'audit_entries'), 0), \
         coalesce((SELECT max(last) FROM audit_segments), 0))",
    )?
    .query_row((), |row| row.get(0))
}

const SEGMENT: &str = "id, kind, month, last, entries, head, expired IS NOT NULL";

fn newest_of(tx: &Transaction, kind: Kind) -> rusqlite::Result<Option<Segment>> {
    tx.prepare_cached(&format!(
        "SELECT {SEGMENT} FROM audit_segments WHERE kind = ?1 ORDER BY month DESC LIMIT 1"
    ))?
    .query_row([kind.as_str()], segment_of)
    .optional()
}

/// All segments, by kind and month.
pub(super) fn segments(connection: &rusqlite::Connection) -> rusqlite::Result<Vec<Segment>> {
    connection
        .prepare_cached(&format!(
            "SELECT {SEGMENT} FROM audit_segments ORDER BY kind, month"
        ))?
        .query_map((), segment_of)?
        .collect()
}

fn segment_of(row: &rusqlite::Row) -> rusqlite::Result<Segment> {
    Ok(Segment {
        id: row.get(0)?,
        kind: row.get(1)?,
        month: row.get(2)?,
        last: row.get(3)?,
        entries: row.get(4)?,
        head: hash_of(row, 5)?,
        is_expired: row.get(6)?,
    })
}
