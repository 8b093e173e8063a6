//! Sessions: who is behind a request. The browser holds a token, the store its SHA-256.

use crate::{
    Person, PersonId, Store, StoreError,
    database::{millis, time},
    people, secret,
};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{OptionalExtension, Row, ToSql, Transaction, types::ToSqlOutput};
use sha2::Sha256;
use std::{fmt, net::IpAddr};
use subtle::ConstantTimeEq;

/// How long a session lasts at most.
const LASTS: TimeDelta = TimeDelta::hours(12);
/// How long a session lasts unused.
const IDLE: TimeDelta = TimeDelta::hours(4);
/// How long a code is waited for.
const CODE: TimeDelta = TimeDelta::minutes(5);
/// How exactly it is known when a session was last used.
const SEEN: TimeDelta = TimeDelta::minutes(1);
/// Sessions of one person; the oldest go first.
const MOST: i64 = 500;
/// What is kept of the name of a browser, in characters.
const AGENT_MAX: usize = 200;

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Means {
    /// By their password.
    Password,
    /// Through an identity provider.
    Oidc,
    /// As a person of the demonstration.
    Demo,
    /// By a server in front, which says who they are.
    Proxy,
    /// By a link that was sent to them.
    Invitation,
}

impl Means {
    const ALL: [Self; 5] = [
        Self::Password,
        Self::Oidc,
        Self::Demo,
        Self::Proxy,
        Self::Invitation,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Oidc => "oidc",
            Self::Demo => "demo",
            Self::Proxy => "proxy",
            Self::Invitation => "invitation",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|means| means.as_str() == word)
    }
}

/// How far a sign-in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The password was right, a code is awaited, for five minutes.
    Code,
    /// Signed in.
    Open,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Open => "open",
        }
    }

    /// Whatever is not open waits for something.
    fn from_word(word: &str) -> Self {
        if word == "open" {
            Self::Open
        } else {
            Self::Code
        }
    }
}

/// Which session, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub i64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ToSql for SessionId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

/// A session that holds, with whose it is at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub person: Person,
    /// How they signed in.
    pub means: Means,
    /// How far they have come.
    pub stage: Stage,
    /// Since when.
    pub created: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen: DateTime<Utc>,
    /// What the identity provider wants to see when they sign out.
    pub id_token: Option<String>,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    /// Which.
    pub id: SessionId,
    /// How they signed in.
    pub means: Means,
    /// The name that the browser gives itself.
    pub agent: String,
    /// From where.
    pub from: Option<IpAddr>,
    /// Since when.
    pub created: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen: DateTime<Utc>,
}

impl Store {
    /// Opens a session, and gives the token that the browser shall hold.
    pub fn open_session(
        &self,
        person: PersonId,
        means: Means,
        stage: Stage,
        agent: &str,
        from: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let token = secret::token()?;
        let agent: String = agent.chars().take(AGENT_MAX).collect();
        self.inner.database.write(|tx| {
            tx.prepare_cached(
                "INSERT INTO sessions (token, person, means, stage, agent, address, created, \
                 last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
            )?
            .execute((
                secret::digest(&token),
                person,
                means.as_str(),
                stage.as_str(),
                agent,
                from.map(|address| address.to_string()),
                millis(now),
            ))?;
            keep_newest(tx, person)?;
            signed_in(tx, person, stage, now)
        })?;
        Ok(token)
    }

    /// The session of a token, unless it has expired or its person may not sign in any more.
    pub fn session(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Session>, StoreError> {
        let digest = secret::digest(token);
        let found = self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!(
                    "SELECT s.id, s.means, s.stage, s.created, s.last_seen, s.id_token, {} \
                     FROM sessions s JOIN people p ON p.id = s.person WHERE s.token = ?1",
                    people::COLUMNS
                ))?
                .query_row([digest], session_of)
                .optional()
        })?;
        let Some(session) = found.flatten() else {
            return Ok(None);
        };
        if !session.holds(now) {
            return Ok(None);
        }
        if now - session.last_seen >= SEEN {
            self.seen(session.id, now);
        }
        Ok(Some(session))
    }

    /// Keeps what the identity provider wants to see at the end of a session.
    pub fn set_id_token(&self, session: SessionId, id_token: &str) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute(
                "UPDATE sessions SET id_token = ?2 WHERE id = ?1",
                (session, id_token),
            )?;
            Ok(())
        })
    }

    /// Takes a session that holds to a stage, under a new token; the old one is dead. The session
    /// lasts from now on.
    pub fn rotate(
        &self,
        token: &str,
        stage: Stage,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let Some(session) = self.session(token, now)? else {
            return Ok(None);
        };
        let new = secret::token()?;
        self.inner.database.write(|tx| {
            let changed = tx.execute(
                "UPDATE sessions SET token = ?2, stage = ?3, created = ?4, last_seen = ?4 \
                 WHERE token = ?1",
                (
                    secret::digest(token),
                    secret::digest(&new),
                    stage.as_str(),
                    millis(now),
                ),
            )?;
            if changed == 0 {
                return Ok(None);
            }
            signed_in(tx, session.person.id, stage, now)?;
            Ok(Some(new))
        })
    }

    /// The open sessions of somebody, the one used last first.
    pub fn sessions_of(
        &self,
        person: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionInfo>, StoreError> {
        let sessions = self.inner.database.read(|reader| {
            reader
                .prepare_cached(
                    "SELECT id, means, agent, address, created, last_seen FROM sessions \
                     WHERE person = ?1 AND stage = 'open' AND created > ?2 AND last_seen > ?3 \
                     ORDER BY last_seen DESC, id DESC",
                )?
                .query_map((person, millis(now - LASTS), millis(now - IDLE)), |row| {
                    let address: Option<String> = row.get(3)?;
                    Ok(SessionInfo {
                        id: SessionId(row.get(0)?),
                        means: Means::from_word(row.get_ref(1)?.as_str()?)
                            .unwrap_or(Means::Password),
                        agent: row.get(2)?,
                        from: address.and_then(|text| text.parse().ok()),
                        created: time(row.get(4)?),
                        last_seen: time(row.get(5)?),
                    })
                })?
                .collect()
        })?;
        Ok(sessions)
    }

    /// Ends a session of somebody; whether there was one.
    pub fn revoke(&self, person: PersonId, session: SessionId) -> Result<bool, StoreError> {
        self.inner.database.write(|tx| {
            let ended = tx.execute(
                "DELETE FROM sessions WHERE person = ?1 AND id = ?2",
                (person, session),
            )?;
            Ok(ended > 0)
        })
    }

    /// Ends the sessions of somebody, but for that of a token.
    pub fn revoke_others(&self, person: PersonId, keep: &str) -> Result<(), StoreError> {
        self.inner
            .database
            .write(|tx| Ok(end_sessions(tx, person, Some(keep))?))
    }

    /// Ends the session of a token.
    pub fn end_session(&self, token: &str) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute(
                "DELETE FROM sessions WHERE token = ?1",
                [secret::digest(token)],
            )?;
            Ok(())
        })
    }

    /// Forgets all sessions, links and sign-ins under way: in a store that was brought back, some of
    /// them were ended since.
    pub fn forget_sessions(&self) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute("DELETE FROM sessions", [])?;
            tx.execute("DELETE FROM invitations", [])?;
            tx.execute("DELETE FROM flows", [])?;
            Ok(())
        })
    }

    /// Forgets what has expired: sessions, links, sign-ins under way.
    pub fn purge_sessions(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute(
                "DELETE FROM sessions WHERE created <= ?1 OR last_seen <= ?2 \
                 OR (stage <> 'open' AND created <= ?3)",
                (millis(now - LASTS), millis(now - IDLE), millis(now - CODE)),
            )?;
            tx.execute("DELETE FROM invitations WHERE expires <= ?1", [millis(now)])?;
            tx.execute(
                "DELETE FROM flows WHERE created <= ?1",
                [millis(now - crate::flows::LASTS)],
            )?;
            Ok(())
        })
    }

    /// Notes that a session is in use. A disk that refuses it takes nobody's page away.
    fn seen(&self, session: SessionId, now: DateTime<Utc>) {
        let noted = self.inner.database.write(|tx| {
            tx.prepare_cached(
                "UPDATE sessions SET last_seen = ?2 WHERE id = ?1 AND last_seen < ?2",
            )?
            .execute((session, millis(now)))
        });
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
}

/// A row of [`Store::session`]; nothing when this program does not know the means.
fn session_of(row: &Row) -> rusqlite::Result<Option<Session>> {
    let Some(means) = Means::from_word(row.get_ref(1)?.as_str()?) else {
        return Ok(None);
    };
    Ok(Some(Session {
        id: SessionId(row.get(0)?),
        person: people::person_of(row, 6)?,
        means,
        stage: Stage::from_word(row.get_ref(2)?.as_str()?),
        created: time(row.get(3)?),
        last_seen: time(row.get(4)?),
        id_token: row.get(5)?,
    }))
}

impl Session {
    fn holds(&self, now: DateTime<Utc>) -> bool {
        let age = now - self.created;
        self.person.is_active
            && age < LASTS
            && now - self.last_seen < IDLE
            && (self.stage == Stage::Open || age < CODE)
    }
}

/// Ends the sessions of somebody, but for that of a token.
pub(crate) fn end_sessions(
    tx: &Transaction,
    person: PersonId,
    keep: Option<&str>,
) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM sessions WHERE person = ?1 AND token IS NOT ?2",
        (person, keep.map(secret::digest)),
    )?;
    Ok(())
}

fn keep_newest(tx: &Transaction, person: PersonId) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE person = ?1 \
         ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute((person, MOST))?;
    Ok(())
}

fn signed_in(
    tx: &Transaction,
    person: PersonId,
    stage: Stage,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if stage == Stage::Open {
        tx.execute(
            "UPDATE people SET last_sign_in = ?2 WHERE id = ?1",
            (person, millis(now)),
        )?;
    }
    Ok(())
}

/// What a form of a session carries, so that no other site can send it.
#[must_use]
pub fn csrf(token: &str) -> String {
    BASE64URL_NOPAD.encode(&csrf_bytes(token))
}

/// Whether a form carries what that of a session does, told in constant time.
#[must_use]
pub fn csrf_matches(token: &str, given: &str) -> bool {
    csrf(token).as_bytes().ct_eq(given.as_bytes()).into()
}

fn csrf_bytes(token: &str) -> [u8; 32] {
    // A key of any length will do: there is no other error.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(token.as_bytes()) else {
        return secret::keyed("csrf", token);
    };
    mac.update(b"csrf");
    mac.finalize().into_bytes().into()
}
