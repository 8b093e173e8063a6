//! What is too old goes: whole segments, whose row stays so that the chain goes on.

use super::{
    Audit, Event, Kind,
    chain::{self, Segment, month_number, number_of},
};
use crate::{StoreError, database::millis};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// For how many months entries are kept, by kind; without a number they are kept for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Full months after that of the entry.
    pub months: BTreeMap<Kind, u32>,
}

impl Default for Retention {
    /// A year for what people did (CNIL, deliberation 2021-122: six months to a year), three for
    /// what the town's figures and the installation owe an account of.
    fn default() -> Self {
        let months = Kind::ALL.map(|kind| {
            let months = match kind {
                Kind::SignIn | Kind::Read | Kind::Export | Kind::Refusal => 12,
                Kind::Change | Kind::Publication | Kind::System => 36,
            };
            (kind, months)
        });
        Self {
            months: months.into(),
        }
    }
}

/// A segment that has gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expired {
    /// Its kind.
    pub kind: Kind,
    /// Its month: `2025-11`.
    pub month: String,
    /// How many entries it had.
    pub entries: u64,
}

impl Audit {
    /// Removes the segments that are older than they are kept for, and records it.
    pub fn expire(
        &self,
        now: DateTime<Utc>,
        retention: &Retention,
    ) -> Result<Vec<Expired>, StoreError> {
        let trail = self.trail();
        let gone = trail.database.write(|tx| {
            let old: Vec<(Kind, Segment)> = chain::segments(tx)?
                .into_iter()
                .filter_map(|segment| is_old(&segment, now, retention).map(|kind| (kind, segment)))
                .collect();
            if old.is_empty() {
                return Ok(Vec::new());
            }
            let segments: Vec<Segment> = old.iter().map(|(_, segment)| segment.clone()).collect();
            // Announced before it is done: a kill in between leaves entries that may go.
            trail.heads.expiring(&segments)?;
            for segment in &segments {
                tx.execute(
                    "UPDATE audit_segments SET expired = ?2 WHERE id = ?1",
                    (segment.id, millis(now)),
                )?;
                tx.execute("DELETE FROM audit_entries WHERE segment = ?1", [segment.id])?;
            }
            Ok::<_, StoreError>(old)
        })?;
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        // Nothing of it stays behind in the log of writes.
        trail.database.fold_log()?;
        let gone: Vec<Expired> = gone.into_iter().map(Expired::from).collect();
        for segment in &gone {
            self.record(segment.event(now))?;
        }
        Ok(gone)
    }
}

impl From<(Kind, Segment)> for Expired {
    fn from((kind, segment): (Kind, Segment)) -> Self {
        Self {
            kind,
            month: segment.month,
            entries: segment.entries.try_into().unwrap_or(0),
        }
    }
}

impl Expired {
    fn event(&self, now: DateTime<Utc>) -> Event {
        let object = format!("audit:{}:{}", self.kind.as_str(), self.month);
        let entries = format!("entries={}", self.entries);
        Event::of_program(now, Kind::System, "audit.expire", object, entries)
    }
}

fn is_old(segment: &Segment, now: DateTime<Utc>, retention: &Retention) -> Option<Kind> {
    let kind = Kind::from_word(&segment.kind)?;
    let months = *retention.months.get(&kind)?;
    let age = month_number(now) - number_of(&segment.month)?;
    (!segment.is_expired && age > i64::from(months)).then_some(kind)
}
