//! Passwords: what is too weak, how they are kept, and signing in by them.

use crate::{
    PersonId, Store, StoreError, database::held, people, secret, sessions::end_sessions, throttle,
};
use argon2::{
    Algorithm, Argon2, Block, Params, PasswordVerifier, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use beffroi_model::normalize;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction};
use std::{
    net::IpAddr,
    sync::{Condvar, Mutex, PoisonError},
    thread,
};
use subtle::ConstantTimeEq;
use zxcvbn::{Score, zxcvbn};

/// The longest password, in characters.
pub const LONGEST: usize = 128;

/// Why a password will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weakness {
    /// Too short for what it is made of: at least 12 characters of all four kinds (lower case,
    /// upper case, digits, others), 14 of three, or a sentence of seven words and 20 characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// Made of what is known of the person or the town.
    AboutPerson,
    /// One of those that everybody tries first.
    Common,
    /// Long, but made of what is tried early: repetitions, sequences, dates, common words.
    Guessable,
}

/// What becomes of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// The password is right.
    Accepted(PersonId),
    /// The password is right, and a code is asked.
    CodeNeeded(PersonId),
    /// No; nothing says why.
    Refused,
    /// Too many failures.
    Throttled {
        /// How long to wait.
        seconds: u32,
    },
}

/// Why a password will not do for somebody of whom these are known (address, name, town): CNIL,
/// deliberation 2022-100, with throttling, and what would be guessed early.
#[must_use]
pub fn weakness(password: &str, about: &[&str]) -> Option<Weakness> {
    let length = password.chars().count();
    if length > LONGEST {
        return Some(Weakness::TooLong);
    }
    let kinds = kinds(password);
    let words = password.split_whitespace().count();
    let is_long = (length >= 12 && kinds == 4)
        || (length >= 14 && kinds >= 3)
        || (length >= 20 && words >= 7);
    if !is_long {
        return Some(Weakness::TooShort);
    }
    let known = parts(about);
    if is_made_of(password, &known) {
        return Some(Weakness::AboutPerson);
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    // A capital at the start hides a sequence from the estimate.
    let small = password.to_lowercase();
    if resists(password, &known) && resists(&small, &known) {
        return None;
    }
    if resists(password, &[]) && resists(&small, &[]) {
        return Some(Weakness::AboutPerson);
    }
    Some(if zxcvbn(beginning(&small), &[]).sequence().len() == 1 {
        Weakness::Common
    } else {
        Weakness::Guessable
    })
}

/// How much of a password is looked at for what is guessed early, in characters: the work grows
/// much faster than the length.
const LOOKED_AT: usize = 40;

/// Whether a password is not guessed early by whoever knows these words.
fn resists(password: &str, known: &[&str]) -> bool {
    let words: Vec<&str> = known.iter().chain(&FRENCH).copied().collect();
    zxcvbn(beginning(password), &words).score() >= Score::Three
}

fn beginning(password: &str) -> &str {
    let end = password.char_indices().nth(LOOKED_AT);
    end.map_or(password, |(end, _)| &password[..end])
}

/// What French passwords are made of first; the lists of the estimate are English.
const FRENCH: [&str; 60] = [
    "motdepasse",
    "azerty",
    "azertyuiop",
    "qsdfgh",
    "bonjour",
    "soleil",
    "doudou",
    "loulou",
    "chouchou",
    "coucou",
    "jetaime",
    "marseille",
    "paris",
    "france",
    "nicolas",
    "camille",
    "julien",
    "thomas",
    "alexandre",
    "sandrine",
    "caroline",
    "isabelle",
    "sophie",
    "chocolat",
    "princesse",
    "vacances",
    "bienvenue",
    "mairie",
    "maire",
    "commune",
    "ville",
    "secret",
    "administrateur",
    "tableaudebord",
    "beffroi",
    "passe",
    "code",
    "bureau",
    "service",
    "direction",
    "printemps",
    "ete",
    "automne",
    "hiver",
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "lundi",
    "vendredi",
    "toulouse",
    "bretagne",
];

/// How many of the four kinds of characters there are.
fn kinds(password: &str) -> usize {
    let is_other = |c: char| !c.is_lowercase() && !c.is_uppercase() && !c.is_numeric();
    [
        password.contains(char::is_lowercase),
        password.contains(char::is_uppercase),
        password.contains(char::is_numeric),
        password.contains(is_other),
    ]
    .into_iter()
    .filter(|has| *has)
    .count()
}

/// The words of what is known, without accents and case, the longest first.
fn parts(about: &[&str]) -> Vec<String> {
    let mut parts: Vec<String> = about
        .iter()
        .flat_map(|text| {
            let text = normalize(text);
            text.split(|c: char| !c.is_alphanumeric())
                .filter(|part| part.chars().count() >= 3)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts.dedup();
    parts
}

/// Whether little is left of a password without what is known.
fn is_made_of(password: &str, known: &[String]) -> bool {
    let mut left: String = normalize(password)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let before = left.len();
    for part in known {
        left = left.replace(part.as_str(), "");
    }
    left.len() < before && left.chars().count() < 8
}

/// How many passwords are hashed at once, each in 19 MiB, and how many wait for it.
#[derive(Debug)]
pub(crate) struct Hashers {
    most: usize,
    now: Mutex<Busy>,
    free: Condvar,
}

#[derive(Debug, Default)]
struct Busy {
    running: usize,
    waiting: usize,
    /// Memory of hashes that are done, for the next ones: given back each time, it would pile up
    /// in the allocator, 19 MiB for almost every sign-in.
    spare: Vec<Vec<Block>>,
}

/// Sign-ins that wait for their turn; others are told to come back.
const MOST_WAITING: usize = 64;
/// When to come back, in seconds.
const COME_BACK: u32 = 5;

impl Default for Hashers {
    fn default() -> Self {
        Self {
            most: thread::available_parallelism().map_or(2, Into::into),
            now: Mutex::default(),
            free: Condvar::new(),
        }
    }
}

struct Turn<'a> {
    hashers: &'a Hashers,
    memory: Vec<Block>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut now = held(&self.hashers.now);
        now.running -= 1;
        now.spare.push(std::mem::take(&mut self.memory));
        drop(now);
        self.hashers.free.notify_one();
    }
}

impl Hashers {
    /// Waits for a turn, unless too many do.
    fn turn(&self, most_waiting: usize) -> Option<Turn<'_>> {
        let mut now = held(&self.now);
        if now.running >= self.most && now.waiting >= most_waiting {
            return None;
        }
        now.waiting += 1;
        let mut now = self
            .free
            .wait_while(now, |now| now.running >= self.most)
            .unwrap_or_else(PoisonError::into_inner);
        now.waiting -= 1;
        now.running += 1;
        Some(Turn {
            hashers: self,
            memory: now.spare.pop().unwrap_or_default(),
        })
    }

    /// The hash of a new password.
    pub(crate) fn hash(&self, password: &str) -> Result<String, StoreError> {
        // Nobody who waits for a new password is sent away.
        let Some(mut turn) = self.turn(usize::MAX) else {
            return Err(StoreError::Hash("no turn".to_owned()));
        };
        turn.hash(password)
    }
}

/// OWASP's least for Argon2id: 19 MiB, two passes, one lane.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Bytes of a hash.
const LENGTH: usize = 32;

fn params() -> Result<Params, StoreError> {
    Params::new(MEMORY, PASSES, LANES, Some(LENGTH)).map_err(told)
}

fn hasher() -> Result<Argon2<'static>, StoreError> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?))
}

fn told(error: impl std::fmt::Display) -> StoreError {
    StoreError::Hash(error.to_string())
}

impl Turn<'_> {
    fn raw(&mut self, password: &str, salt: &[u8]) -> Result<[u8; LENGTH], StoreError> {
        let hasher = hasher()?;
        self.memory
            .resize(hasher.params().block_count(), Block::default());
        let mut out = [0; LENGTH];
        hasher
            .hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                &mut out,
                self.memory.as_mut_slice(),
            )
            .map_err(told)?;
        Ok(out)
    }

    fn hash(&mut self, password: &str) -> Result<String, StoreError> {
        let salt: [u8; 16] = secret::random()?;
        let out = self.raw(password, &salt)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params()?).map_err(told)?,
            salt: Some(Salt::new(&salt).map_err(told)?),
            hash: Some(Output::new(&out).map_err(told)?),
        };
        Ok(hash.to_string())
    }

    /// Whether a password is the one, and whether its hash is weaker than those made today.
    fn verify(&mut self, password: &str, kept: &str) -> Result<(bool, bool), StoreError> {
        let kept = PasswordHash::new(kept).map_err(told)?;
        let is_current = kept.algorithm == Algorithm::Argon2id.ident()
            && Params::try_from(&kept).is_ok_and(|params| {
                params.m_cost() >= MEMORY && params.t_cost() >= PASSES && params.p_cost() >= LANES
            });
        let is_right = match (is_of_today(&kept), &kept.salt, &kept.hash) {
            (true, Some(salt), Some(hash)) => {
                self.raw(password, salt)?.ct_eq(hash.as_bytes()).into()
            }
            _ => hasher()?
                .verify_password(password.as_bytes(), &kept)
                .is_ok(),
        };
        Ok((is_right, !is_current))
    }
}

/// Whether a hash is made just as [`Turn::hash`] does.
fn is_of_today(kept: &PasswordHash) -> bool {
    kept.algorithm == Algorithm::Argon2id.ident()
        && kept.version == Some(Version::V0x13.into())
        && kept
            .hash
            .is_some_and(|hash| hash.as_bytes().len() == LENGTH)
        && Params::try_from(kept).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY, PASSES, LANES)
        })
}

/// Keeps the hash of somebody's password.
pub(crate) fn keep(tx: &Transaction, id: PersonId, hash: &str) -> rusqlite::Result<()> {
    tx.execute("UPDATE people SET password = ?2 WHERE id = ?1", (id, hash))?;
    Ok(())
}

/// What is needed to let somebody in.
struct Account {
    id: PersonId,
    hash: String,
    has_totp: bool,
}

impl Store {
    /// Sets somebody's password, and ends their sessions but for that of a token, and their
    /// invitations. Whether it is strong enough is for [`weakness`] to say, before.
    pub fn set_password(
        &self,
        id: PersonId,
        password: &str,
        keep_token: Option<&str>,
        _now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let hash = self.inner.hashers.hash(password)?;
        self.inner.database.write(|tx| {
            keep(tx, id, &hash)?;
            end_sessions(tx, id, keep_token)?;
            tx.execute("DELETE FROM invitations WHERE person = ?1", [id])?;
            Ok(())
        })
    }

    /// Signs somebody in by their password. Who is unknown, inactive, of the demonstration or
    /// without a password gets the same answer after the same work as a wrong password.
    pub fn sign_in(
        &self,
        email: &str,
        password: &str,
        from: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<SignIn, StoreError> {
        let Some(mut turn) = self.inner.hashers.turn(MOST_WAITING) else {
            return Ok(SignIn::Throttled { seconds: COME_BACK });
        };
        let email = people::folded(email);
        let keys = [throttle::account(&email), throttle::address(from)];
        if let Some(seconds) = self.reserve(&keys, now)? {
            return Ok(SignIn::Throttled { seconds });
        }
        let Some(account) = self.account(&email)? else {
            turn.hash(password)?;
            return Ok(SignIn::Refused);
        };
        let (is_right, is_old) = turn.verify(password, &account.hash)?;
        if !is_right {
            return Ok(SignIn::Refused);
        }
        let better = if is_old {
            Some(turn.hash(password)?)
        } else {
            None
        };
        self.inner.database.write(|tx| {
            throttle::forget(tx, &keys[0])?;
            throttle::refund(tx, &keys[1], now)?;
            if let Some(better) = better {
                tx.execute(
                    "UPDATE people SET password = ?3 WHERE id = ?1 AND password = ?2",
                    (account.id, &account.hash, better),
                )?;
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(if account.has_totp {
            SignIn::CodeNeeded(account.id)
        } else {
            SignIn::Accepted(account.id)
        })
    }

    fn account(&self, email: &str) -> Result<Option<Account>, StoreError> {
        Ok(self.inner.database.read(|reader| {
            reader
                .prepare_cached(
                    "SELECT id, password, totp IS NOT NULL FROM people WHERE email = ?1 \
                     AND is_active AND NOT is_demo AND password IS NOT NULL",
                )?
                .query_row([email], |row| {
                    Ok(Account {
                        id: row.get(0)?,
                        hash: row.get(1)?,
                        has_totp: row.get(2)?,
                    })
                })
                .optional()
        })?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_used_again_changes_no_hash() {
        let hashers = Hashers::default();
        let passwords = ["Tilleul-37-gabarit-mauve", "Cormoran-82-ficelle-ocre", ""];
        for password in passwords {
            let kept = hashers.hash(password).unwrap();
            // The library alone, in memory of its own, says the same.
            let parsed = PasswordHash::new(&kept).unwrap();
            let alone = hasher().unwrap();
            assert!(alone.verify_password(password.as_bytes(), &parsed).is_ok());
            let mut turn = hashers.turn(0).unwrap();
            assert_eq!(turn.verify(password, &kept).unwrap(), (true, false));
            assert_eq!(turn.verify("another", &kept).unwrap(), (false, false));
        }
        assert_eq!(held(&hashers.now).spare.len(), 1, "one memory for all");
    }
}
