//! The audit trail: who did what, appended and never altered.
//!
//! Entries of a kind and month form a segment, each entry carrying the SHA-256 of the one before
//! and of itself; a segment starts from the head of the one before it. The database refuses to
//! alter or remove entries, and where each segment stands is written outside of it too
//! ([`HEADS_FILE`]), so that whoever meddles with the database, or cuts its end, is found by
//! [`Audit::verify`]. One thread writes, many events in one transaction.

mod chain;
mod expire;
mod heads;
mod reads;
mod search;
mod verify;
mod writer;

pub use expire::{Expired, Retention};
pub use heads::FILE as HEADS_FILE;
pub use search::{Export, Recorded, Search};
pub use verify::{Problem, Verified, What};

use crate::{PersonId, Store, StoreError, database::Database};
use chrono::{DateTime, Utc};
use heads::Heads;
use reads::Reads;
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, sync::Arc};
use writer::Writer;

/// What sort of thing was done; each has its own chain and is kept for its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody signed in or out, or tried to.
    SignIn,
    /// Something was read.
    Read,
    /// Something was taken away as a file.
    Export,
    /// Something was changed.
    Change,
    /// Something was made public.
    Publication,
    /// Something was refused.
    Refusal,
    /// The program did something by itself, or its operator did.
    System,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::SignIn,
        Self::Read,
        Self::Export,
        Self::Change,
        Self::Publication,
        Self::Refusal,
        Self::System,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Read => "read",
            Self::Export => "export",
            Self::Change => "change",
            Self::Publication => "publication",
            Self::Refusal => "refusal",
            Self::System => "system",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, kept to the millisecond.
    pub at: DateTime<Utc>,
    /// By whom, when they have an account.
    pub person: Option<PersonId>,
    /// How they are called, as it was then.
    pub name: String,
    /// From where.
    pub from: Option<IpAddr>,
    /// What sort of thing.
    pub kind: Kind,
    /// What: a short word (`sign-in`, `export.csv`).
    pub action: String,
    /// To what: `board:logement`.
    pub object: String,
    /// What else is worth knowing.
    pub detail: String,
}

/// What is kept of a name, an action, an object, in characters.
const WORD_MAX: usize = 300;
/// What is kept of a detail, in characters.
const DETAIL_MAX: usize = 4_000;

impl Event {
    /// Something that the program does by itself, or for whoever runs it.
    #[must_use]
    pub fn of_program(
        at: DateTime<Utc>,
        kind: Kind,
        action: impl Into<String>,
        object: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            at,
            person: None,
            name: String::new(),
            from: None,
            kind,
            action: action.into(),
            object: object.into(),
            detail: detail.into(),
        }
    }

    fn bounded(mut self) -> Self {
        cut(&mut self.name, WORD_MAX);
        cut(&mut self.action, WORD_MAX);
        cut(&mut self.object, WORD_MAX);
        cut(&mut self.detail, DETAIL_MAX);
        self
    }
}

fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

/// What the store keeps for its trail.
#[derive(Debug)]
pub(crate) struct Trail {
    database: Arc<Database>,
    heads: Arc<Heads>,
    reads: Arc<Reads>,
    writer: Writer,
}

impl Trail {
    /// Writes outside what a killed process did not, and starts the thread that writes.
    pub(crate) fn start(database: Arc<Database>) -> Result<Self, StoreError> {
        let heads = Arc::new(Heads::open(&database)?);
        let reads = Arc::new(Reads::default());
        let writer = Writer::start(database.clone(), heads.clone(), reads.clone())?;
        Ok(Self {
            database,
            heads,
            reads,
            writer,
        })
    }
}

/// The audit trail of a [`Store`].
#[derive(Debug, Clone)]
pub struct Audit {
    store: Store,
}

impl Store {
    /// The audit trail.
    #[must_use]
    pub fn audit(&self) -> Audit {
        Audit {
            store: self.clone(),
        }
    }
}

impl Audit {
    fn trail(&self) -> &Trail {
        &self.store.inner.trail
    }

    /// Records an event. It is on the disk when this returns.
    pub fn record(&self, event: Event) -> Result<(), StoreError> {
        self.trail().writer.record(event.bounded())
    }

    /// Notes that something was read: once an hour for the same person, action and object. Waits
    /// for nothing; it is on the disk within two seconds.
    pub fn read(&self, event: Event) {
        if let Some(urgent) = self.trail().reads.note(event.bounded()) {
            self.trail().writer.wake(urgent);
        }
    }

    /// Waits until all that was noted as read before is on the disk.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.trail().writer.flush()
    }

    /// How many events noted as read were lost, since the disk refused them for long.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.trail().reads.dropped()
    }
}
