//! Accounts: who there is, and what they are in the town hall.

use crate::{
    PersonId, Store, StoreError,
    database::{millis, time},
};
use beffroi_model::{DepartmentId, Membership, PerimeterId, Role};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, Transaction};
use std::collections::BTreeSet;

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Which.
    pub id: PersonId,
    /// Their address, in lower case, nobody else's.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// What they are.
    pub membership: Membership,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether this is a person of a demonstration, whom nobody is.
    pub is_demo: bool,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether a code is asked beside the password.
    pub has_totp: bool,
    /// Who they are to the identity provider: `issuer|subject`.
    pub subject: Option<String>,
    /// Since when.
    pub created: DateTime<Utc>,
    /// When a session of theirs was last opened.
    pub last_sign_in: Option<DateTime<Utc>>,
}

/// What is said of somebody to make or change their account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// Their address.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// What they are.
    pub membership: Membership,
}

/// Why an account cannot be made or changed so.
#[derive(Debug, thiserror::Error)]
pub enum PersonError {
    /// Somebody has that address.
    #[error("the address is taken")]
    EmailTaken,
    /// Not an address.
    #[error("not an address")]
    EmailInvalid,
    /// No name.
    #[error("no name")]
    NameEmpty,
    /// A name of more than 200 characters.
    #[error("the name is too long")]
    NameTooLong,
    /// Nobody would be left to look after people.
    #[error("the last administrator")]
    LastAdministrator,
    /// Somebody is that already to the identity provider.
    #[error("the subject is taken")]
    SubjectTaken,
    /// Nobody has that id.
    #[error("no such person")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for PersonError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The longest address, in bytes.
const EMAIL_MAX: usize = 254;
/// The longest name, in characters.
const NAME_MAX: usize = 200;

/// What [`person_of`] reads, of `people p`.
pub(crate) const COLUMNS: &str = "p.id, p.email, p.name, p.roles, p.departments, p.perimeters, \
     p.is_active, p.is_demo, p.password IS NOT NULL, p.totp IS NOT NULL, p.subject, p.created, \
     p.last_sign_in";

const IS_ADMINISTRATOR: &str =
    "is_active AND NOT is_demo AND ' ' || roles || ' ' LIKE '% administrator %'";

impl Store {
    /// Makes an account, active and without a password.
    pub fn add_person(
        &self,
        person: &NewPerson,
        now: DateTime<Utc>,
    ) -> Result<PersonId, PersonError> {
        let person = checked(person)?;
        self.inner.database.write(|tx| add(tx, &person, false, now))
    }

    /// Somebody by their id.
    pub fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        self.one("p.id = ?1", &id)
    }

    /// Somebody by their address, however it is written.
    pub fn person_by_email(&self, email: &str) -> Result<Option<Person>, StoreError> {
        self.one("p.email = ?1", &folded(email))
    }

    /// Somebody by what they are to the identity provider.
    pub fn person_by_subject(&self, subject: &str) -> Result<Option<Person>, StoreError> {
        self.one("p.subject = ?1", &subject)
    }

    /// Everybody, by name.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        let mut people: Vec<Person> = self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!("SELECT {COLUMNS} FROM people p"))?
                .query_map((), |row| person_of(row, 0))?
                .collect()
        })?;
        people.sort_by_cached_key(|person| (beffroi_model::normalize(&person.name), person.id));
        Ok(people)
    }

    /// Changes address, name and membership. Sessions go on, and see it at the next request.
    pub fn update_person(
        &self,
        id: PersonId,
        person: &NewPerson,
        _now: DateTime<Utc>,
    ) -> Result<(), PersonError> {
        let person = checked(person)?;
        self.inner
            .database
            .write(|tx| keeping_an_administrator(tx, |tx| update(tx, id, &person)))
    }

    /// Lets somebody sign in, or not. Who may not has no session and no invitation any more.
    pub fn set_active(
        &self,
        id: PersonId,
        active: bool,
        _now: DateTime<Utc>,
    ) -> Result<(), PersonError> {
        self.inner.database.write(|tx| {
            keeping_an_administrator(tx, |tx| {
                let changed = tx.execute(
                    "UPDATE people SET is_active = ?2 WHERE id = ?1",
                    (id, active),
                )?;
                known(changed)?;
                if !active {
                    tx.execute("DELETE FROM sessions WHERE person = ?1", [id])?;
                    tx.execute("DELETE FROM invitations WHERE person = ?1", [id])?;
                }
                Ok(())
            })
        })
    }

    /// Forgets somebody, with all that is theirs; the audit trail and the workshop keep what
    /// they did, under the name they had.
    pub fn remove_person(&self, id: PersonId) -> Result<(), PersonError> {
        self.inner.database.write(|tx| {
            keeping_an_administrator(tx, |tx| {
                known(tx.execute("DELETE FROM people WHERE id = ?1", [id])?)
            })
        })
    }

    /// Forgets who somebody is to the identity provider: the next sign-in links them anew.
    pub fn unlink_subject(&self, id: PersonId) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute("UPDATE people SET subject = NULL WHERE id = ?1", [id])?;
            Ok(())
        })
    }

    /// Says who somebody is to the identity provider.
    pub fn link_subject(&self, id: PersonId, subject: &str) -> Result<(), PersonError> {
        self.inner.database.write(|tx| {
            let changed = tx
                .execute(
                    "UPDATE people SET subject = ?2 WHERE id = ?1",
                    (id, subject),
                )
                .map_err(|error| taken(error, PersonError::SubjectTaken))?;
            known(changed)
        })
    }

    /// Whether somebody real and active looks after people.
    pub fn has_administrator(&self) -> Result<bool, StoreError> {
        Ok(self.inner.database.read(administrator_exists)?)
    }

    /// Makes these the people of the demonstration, and no others. A real person who has one of
    /// the addresses stays as they are, and that demo person is left out.
    pub fn set_demo_people(
        &self,
        people: &[NewPerson],
        now: DateTime<Utc>,
    ) -> Result<Vec<PersonId>, PersonError> {
        let people = people.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
        self.inner.database.write(|tx| {
            let mut ids = Vec::new();
            for person in &people {
                match by_email(tx, &person.email)? {
                    Some((_, false)) => {}
                    Some((id, true)) => {
                        update(tx, id, person)?;
                        ids.push(id);
                    }
                    None => ids.push(add(tx, person, true, now)?),
                }
            }
            for id in demo_people(tx)? {
                if !ids.contains(&id) {
                    tx.execute("DELETE FROM people WHERE id = ?1", [id])?;
                }
            }
            Ok(ids)
        })
    }

    /// Forgets the people of the demonstration, with their sessions.
    pub fn forget_demo_people(&self) -> Result<(), StoreError> {
        self.inner.database.write(|tx| {
            tx.execute("DELETE FROM people WHERE is_demo", ())?;
            Ok(())
        })
    }

    fn one(&self, condition: &str, value: &dyn ToSql) -> Result<Option<Person>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(&format!("SELECT {COLUMNS} FROM people p WHERE {condition}"))?
                .query_row([value], |row| person_of(row, 0))
                .optional()
        })?)
    }
}

/// An address as it is kept and compared.
pub(crate) fn folded(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The same, fit to be kept.
pub(crate) fn checked(person: &NewPerson) -> Result<NewPerson, PersonError> {
    let email = folded(&person.email);
    let name = person.name.trim();
    if !is_email(&email) {
        return Err(PersonError::EmailInvalid);
    }
    if name.is_empty() {
        return Err(PersonError::NameEmpty);
    }
    if name.chars().count() > NAME_MAX {
        return Err(PersonError::NameTooLong);
    }
    Ok(NewPerson {
        email,
        // A name stands on one line, in pages and in letters.
        name: name.replace(char::is_control, " "),
        membership: person.membership.clone(),
    })
}

/// One `@` with something on both sides, no blank.
fn is_email(text: &str) -> bool {
    text.len() <= EMAIL_MAX
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        })
}

pub(crate) fn add(
    tx: &Transaction,
    person: &NewPerson,
    is_demo: bool,
    now: DateTime<Utc>,
) -> Result<PersonId, PersonError> {
    let words = Words::of(&person.membership);
    tx.execute(
        "INSERT INTO people (email, name, roles, departments, perimeters, is_demo, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            &person.email,
            &person.name,
            words.roles,
            words.departments,
            words.perimeters,
            is_demo,
            millis(now),
        ),
    )
    .map_err(|error| taken(error, PersonError::EmailTaken))?;
    Ok(PersonId(tx.last_insert_rowid()))
}

fn update(tx: &Transaction, id: PersonId, person: &NewPerson) -> Result<(), PersonError> {
    let words = Words::of(&person.membership);
    let changed = tx
        .execute(
            "UPDATE people SET email = ?2, name = ?3, roles = ?4, departments = ?5, \
             perimeters = ?6 WHERE id = ?1",
            (
                id,
                &person.email,
                &person.name,
                words.roles,
                words.departments,
                words.perimeters,
            ),
        )
        .map_err(|error| taken(error, PersonError::EmailTaken))?;
    known(changed)
}

/// Does something, unless it would take the last administrator away.
fn keeping_an_administrator(
    tx: &Transaction,
    work: impl FnOnce(&Transaction) -> Result<(), PersonError>,
) -> Result<(), PersonError> {
    let before = administrator_exists(tx)?;
    work(tx)?;
    if before && !administrator_exists(tx)? {
        return Err(PersonError::LastAdministrator);
    }
    Ok(())
}

pub(crate) fn administrator_exists(connection: &Connection) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM people WHERE {IS_ADMINISTRATOR})"
        ))?
        .query_row((), |row| row.get(0))
}

fn by_email(tx: &Transaction, email: &str) -> rusqlite::Result<Option<(PersonId, bool)>> {
    tx.query_row(
        "SELECT id, is_demo FROM people WHERE email = ?1",
        [email],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
    .optional()
}

fn demo_people(tx: &Transaction) -> rusqlite::Result<Vec<PersonId>> {
    tx.prepare("SELECT id FROM people WHERE is_demo")?
        .query_map((), |row| row.get(0))?
        .collect()
}

fn known(changed: usize) -> Result<(), PersonError> {
    if changed == 0 {
        return Err(PersonError::Unknown);
    }
    Ok(())
}

/// What a breach of uniqueness means.
fn taken(error: rusqlite::Error, meaning: PersonError) -> PersonError {
    match error.sqlite_error() {
        Some(code) if code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE => meaning,
        _ => error.into(),
    }
}

/// A membership as it is kept.
struct Words {
    roles: String,
    departments: String,
    perimeters: String,
}

impl Words {
    fn of(membership: &Membership) -> Self {
        Self {
            roles: joined(membership.roles.iter().map(|role| role.as_str())),
            departments: joined(membership.departments.iter().map(DepartmentId::as_str)),
            perimeters: joined(membership.perimeters.iter().map(PerimeterId::as_str)),
        }
    }
}

pub(crate) fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn split<T: Ord>(words: &str, read: impl Fn(&str) -> Option<T>) -> BTreeSet<T> {
    words.split_ascii_whitespace().filter_map(read).collect()
}

/// Reads [`COLUMNS`], which start at that place of the row.
pub(crate) fn person_of(row: &Row, start: usize) -> rusqlite::Result<Person> {
    let text =
        |index: usize| -> rusqlite::Result<&str> { Ok(row.get_ref(start + index)?.as_str()?) };
    Ok(Person {
        id: row.get(start)?,
        email: row.get(start + 1)?,
        name: row.get(start + 2)?,
        membership: Membership {
            roles: split(text(3)?, Role::from_word),
            departments: split(text(4)?, |word| DepartmentId::new(word).ok()),
            perimeters: split(text(5)?, |word| PerimeterId::new(word).ok()),
        },
        is_active: row.get(start + 6)?,
        is_demo: row.get(start + 7)?,
        has_password: row.get(start + 8)?,
        has_totp: row.get(start + 9)?,
        subject: row.get(start + 10)?,
        created: time(row.get(start + 11)?),
        last_sign_in: row.get::<_, Option<i64>>(start + 12)?.map(time),
    })
}
