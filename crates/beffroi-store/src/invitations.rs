//! Links that work once: for the first administrator, to choose a password, to choose another.

use crate::{
    NewPerson, Person, PersonError, PersonId, Store, StoreError, database::millis, password,
    people, secret, sessions::end_sessions, throttle,
};
use beffroi_model::Role;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To make the account of the first administrator.
    FirstAdministrator,
    /// To choose one's first password.
    Invitation,
    /// To choose another password.
    Reset,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::FirstAdministrator => "first_administrator",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::FirstAdministrator, Self::Invitation, Self::Reset]
            .into_iter()
            .find(|purpose| purpose.as_str() == word)
    }

    /// How long a link for it holds.
    #[must_use]
    pub fn lasts(self) -> TimeDelta {
        match self {
            Self::FirstAdministrator | Self::Reset => TimeDelta::hours(24),
            Self::Invitation => TimeDelta::days(7),
        }
    }
}

/// Why the first administrator could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// The link is unknown, used or too old, or there is an administrator.
    #[error("the link does not hold")]
    Gone,
    /// The account cannot be made so; the link still holds.
    #[error(transparent)]
    Person(#[from] PersonError),
}

impl From<rusqlite::Error> for RedeemError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Person(error.into())
    }
}

impl From<StoreError> for RedeemError {
    fn from(error: StoreError) -> Self {
        Self::Person(error.into())
    }
}

impl Store {
    /// A link for the first administrator, which takes the place of any before. It holds for a
    /// day, and only while there is no administrator.
    pub fn first_administrator_link(&self, now: DateTime<Utc>) -> Result<String, StoreError> {
        self.link(Purpose::FirstAdministrator, None, now)
    }

    /// Makes the account of the first administrator, whatever else they are.
    pub fn redeem_first(
        &self,
        token: &str,
        person: &NewPerson,
        password: &str,
        now: DateTime<Utc>,
    ) -> Result<PersonId, RedeemError> {
        let mut person = people::checked(person)?;
        person.membership.roles.insert(Role::Administrator);
        if !matches!(
            self.invitation(token, now)?,
            Some((Purpose::FirstAdministrator, _))
        ) {
            return Err(RedeemError::Gone);
        }
        let hash = self.inner.hashers.hash(password)?;
        self.inner.database.write(|tx| {
            take(tx, token, now)?.ok_or(RedeemError::Gone)?;
            if people::administrator_exists(tx)? {
                return Err(RedeemError::Gone);
            }
            let id = people::add(tx, &person, false, now)?;
            password::keep(tx, id, &hash)?;
            tx.execute(
                "DELETE FROM invitations WHERE purpose = ?1",
                [Purpose::FirstAdministrator.as_str()],
            )?;
            Ok(id)
        })
    }

    /// A link for somebody, which takes the place of any before.
    pub fn invite(
        &self,
        person: PersonId,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        self.link(purpose, Some(person), now)
    }

    /// What a link is for, and for whom, while it holds.
    pub fn invitation(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<(Purpose, Option<Person>)>, StoreError> {
        let Some((purpose, id)) = self
            .inner
            .database
            .read(|reader| look(reader, token, now))?
        else {
            return Ok(None);
        };
        let Some(id) = id else {
            let is_open = !self.has_administrator()?;
            return Ok(is_open.then_some((purpose, None)));
        };
        let person = self.person(id)?.filter(|person| person.is_active);
        Ok(person.map(|person| (purpose, Some(person))))
    }

    /// Uses a link: sets the password of its person, ends their sessions and what they have to
    /// wait for. Nothing when it does not hold.
    pub fn redeem(
        &self,
        token: &str,
        password: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<PersonId>, StoreError> {
        let Some((_, Some(person))) = self.invitation(token, now)? else {
            return Ok(None);
        };
        let hash = self.inner.hashers.hash(password)?;
        self.inner.database.write(|tx| {
            let Some((_, Some(id))) = take(tx, token, now)? else {
                return Ok(None);
            };
            password::keep(tx, id, &hash)?;
            end_sessions(tx, id, None)?;
            throttle::forget(tx, &throttle::account(&person.email))?;
            Ok(Some(id))
        })
    }

    fn link(
        &self,
        purpose: Purpose,
        person: Option<PersonId>,
        now: DateTime<Utc>,
    ) -> Result<String, StoreError> {
        let token = secret::token()?;
        self.inner.database.write(|tx| {
            tx.execute("DELETE FROM invitations WHERE person IS ?1", [person])?;
            tx.execute("DELETE FROM invitations WHERE expires <= ?1", [millis(now)])?;
            tx.execute(
                "INSERT INTO invitations (token, purpose, person, expires) VALUES (?1, ?2, ?3, ?4)",
                (
                    secret::digest(&token),
                    purpose.as_str(),
                    person,
                    millis(now + purpose.lasts()),
                ),
            )?;
            Ok::<_, StoreError>(())
        })?;
        Ok(token)
    }
}

type Link = (Purpose, Option<PersonId>);

fn look(
    connection: &rusqlite::Connection,
    token: &str,
    now: DateTime<Utc>,
) -> rusqlite::Result<Option<Link>> {
    let found = connection
        .prepare_cached(
            "SELECT purpose, person FROM invitations WHERE token = ?1 AND expires > ?2",
        )?
        .query_row((secret::digest(token), millis(now)), |row| {
            Ok((
                Purpose::from_word(row.get_ref(0)?.as_str()?),
                row.get::<_, Option<PersonId>>(1)?,
            ))
        })
        .optional()?;
    Ok(found.and_then(|(purpose, person)| Some((purpose?, person))))
}

/// Looks at a link that holds, and makes it hold no more.
fn take(tx: &Transaction, token: &str, now: DateTime<Utc>) -> rusqlite::Result<Option<Link>> {
    let link = look(tx, token, now)?;
    tx.execute(
        "DELETE FROM invitations WHERE token = ?1",
        [secret::digest(token)],
    )?;
    Ok(link)
}
