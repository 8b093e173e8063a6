//! Looking through the trail, newest first.

use super::{
    Audit, Event, Kind,
    chain::{Hash, hash_of},
};
use crate::{
    PersonId, StoreError,
    database::{millis, time},
};
use beffroi_model::normalize;
use chrono::{DateTime, Local, NaiveDate, NaiveTime, TimeZone as _, Utc};
use rusqlite::{Connection, Row, ToSql, params_from_iter};
use std::collections::BTreeSet;

/// What is looked for. What is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Of these kinds; of all when there is none.
    pub kinds: Vec<Kind>,
    /// By this person.
    pub person: Option<PersonId>,
    /// With all of these words in name, action, object, detail or address, without regard to case
    /// and accents.
    pub words: String,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
    /// Before this entry: the last of the page before.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: usize,
}

impl Search {
    /// From the beginning of one day to the end of another, as the clock here has them.
    #[must_use]
    pub fn days(mut self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Self {
        let start = |day: NaiveDate| {
            let local = Local.from_local_datetime(&day.and_time(NaiveTime::MIN));
            local.earliest().map(|it| it.with_timezone(&Utc))
        };
        self.from = from.and_then(start);
        self.to = to.and_then(|day| start(day.succ_opt()?));
        self
    }
}

/// An entry of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, which grows.
    pub seq: i64,
    /// What was done.
    pub event: Event,
}

/// Entries of a page of [`Export`].
const PAGE: usize = 1_000;

impl Audit {
    /// The newest entries that match.
    pub fn search(&self, search: &Search) -> Result<Vec<Recorded>, StoreError> {
        Ok(self.trail().database.read(|reader| find(reader, search))?)
    }

    /// All entries that match, newest first, up to the limit: read page by page, whatever their
    /// number.
    #[must_use]
    pub fn export(&self, search: &Search) -> Export {
        Export {
            audit: self.clone(),
            left: search.limit,
            search: search.clone(),
            page: Vec::new().into_iter(),
            is_over: false,
        }
    }
}

/// Entries as they are asked for.
#[derive(Debug)]
pub struct Export {
    audit: Audit,
    search: Search,
    left: usize,
    page: std::vec::IntoIter<Recorded>,
    is_over: bool,
}

impl Iterator for Export {
    type Item = Result<Recorded, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.as_slice().is_empty() && !self.is_over {
            self.search.limit = self.left.min(PAGE);
            match self.audit.search(&self.search) {
                Ok(page) => {
                    self.is_over = page.len() < PAGE;
                    self.left -= page.len();
                    self.search.before = page.last().map(|entry| entry.seq);
                    self.page = page.into_iter();
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        self.page.next().map(Ok)
    }
}

/// What [`entry_of`] reads.
pub(super) const COLUMNS: &str =
    "seq, kind, at, person, name, address, action, object, detail, previous, hash";

fn find(reader: &Connection, search: &Search) -> rusqlite::Result<Vec<Recorded>> {
    let words = words_of(&search.words);
    let (sql, values) = question(search);
    let mut statement = reader.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while found.len() < search.limit
        && let Some(row) = rows.next()?
    {
        // A kind that a newer program wrote is not ours to show.
        if let Some(entry) = entry_of(row)?
            && has(&entry.event, &words)
        {
            found.push(Recorded {
                seq: entry.seq,
                event: entry.event,
            });
        }
    }
    Ok(found)
}

/// The question in SQL, so put that rows come newest first without being sorted: each kind along
/// its index, all kinds merged; one person along theirs.
fn question(search: &Search) -> (String, Vec<Box<dyn ToSql>>) {
    let mut selects = Vec::new();
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let kinds: BTreeSet<Kind> = search.kinds.iter().copied().collect();
    if kinds.is_empty() || search.person.is_some() {
        selects.push(select(search, &kinds, &mut values));
    } else {
        for kind in kinds {
            selects.push(select(search, &[kind].into(), &mut values));
        }
    }
    let sql = format!("{} ORDER BY seq DESC", selects.join(" UNION ALL "));
    (sql, values)
}

fn select(search: &Search, kinds: &BTreeSet<Kind>, values: &mut Vec<Box<dyn ToSql>>) -> String {
    let mut sql = format!("SELECT {COLUMNS} FROM audit_entries WHERE 1");
    let mut also = |condition: &str, value: Option<i64>| {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(Box::new(value));
        }
    };
    also(" AND person = ?", search.person.map(|person| person.0));
    also(" AND at >= ?", search.from.map(millis));
    also(" AND at < ?", search.to.map(millis));
    also(" AND seq < ?", search.before);
    match kinds.first() {
        Some(kind) if kinds.len() == 1 => {
            sql.push_str(" AND kind = ?");
            values.push(Box::new(kind.as_str()));
        }
        Some(_) => {
            // A sign keeps the index of kinds out of it.
            let marks = vec!["?"; kinds.len()].join(", ");
            sql.push_str(&format!(" AND +kind IN ({marks})"));
            for kind in kinds {
                values.push(Box::new(kind.as_str()));
            }
        }
        None => {}
    }
    sql
}

fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace()
        .map(normalize)
        .filter(|word| !word.is_empty())
        .collect()
}

fn has(event: &Event, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let from = event.from.map(|from| from.to_string()).unwrap_or_default();
    let text = normalize(&format!(
        "{} {} {} {} {from}",
        event.name, event.action, event.object, event.detail
    ));
    words.iter().all(|word| text.contains(word))
}

/// An entry with what chains it.
pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) event: Event,
    pub(super) previous: Hash,
    pub(super) hash: Hash,
}

/// Reads [`COLUMNS`]; nothing when its kind or its address is none that we write.
pub(super) fn entry_of(row: &Row) -> rusqlite::Result<Option<Entry>> {
    let Some(kind) = Kind::from_word(row.get_ref(1)?.as_str()?) else {
        return Ok(None);
    };
    let from = match row.get_ref(5)?.as_str_or_null()? {
        None => None,
        Some(text) => match text.parse() {
            Ok(address) => Some(address),
            Err(_) => return Ok(None),
        },
    };
    Ok(Some(Entry {
        seq: row.get(0)?,
        event: Event {
            at: time(row.get(2)?),
            person: row.get(3)?,
            name: row.get(4)?,
            from,
            kind,
            action: row.get(6)?,
            object: row.get(7)?,
            detail: row.get(8)?,
        },
        previous: hash_of(row, 9)?,
        hash: hash_of(row, 10)?,
    }))
}
