//! Sentences of figures, written anew by hand.

use super::{Reports, Signature, StepKind, editions::keep_step, open, signature_of};
use crate::{
    StoreError,
    database::millis,
    workshop::{Author, limits},
};
use chrono::{DateTime, Utc};

/// A sentence that takes the place of a computed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Of which figure.
    pub key: String,
    /// What it says.
    pub text: String,
    /// The computed sentence that it replaced: when that has changed, it needs a look.
    pub basis: String,
    /// When, by whom.
    pub by: Signature,
}

/// A sentence that is to take the place of a computed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSentence<'a> {
    /// Of which figure.
    pub key: &'a str,
    /// What it says.
    pub text: &'a str,
    /// The computed sentence that it replaces.
    pub basis: &'a str,
}

impl Reports {
    /// Writes the sentence of a figure anew, instead of a former one if there is one.
    pub fn set_sentence(
        &self,
        report: &str,
        year: i32,
        sentence: &NewSentence,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        limits::KEY.check(sentence.key)?;
        limits::SENTENCE.check(sentence.text)?;
        limits::SENTENCE.check(sentence.basis)?;
        by.check()?;
        self.database().write(|tx| {
            let edition = open(tx, report, year)?;
            tx.execute(
                "INSERT OR REPLACE INTO report_sentences (edition, key, text, basis, at, person, \
                 name) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (
                    edition,
                    sentence.key,
                    sentence.text,
                    sentence.basis,
                    millis(now),
                    by.person,
                    by.name,
                ),
            )?;
            let what = StepKind::Edited;
            Ok(keep_step(tx, edition, what, sentence.key, by, now)?)
        })
    }

    /// Leaves the sentence of a figure as it is computed; whether there was another.
    pub fn drop_sentence(
        &self,
        report: &str,
        year: i32,
        key: &str,
        by: Author,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        by.check()?;
        self.database().write(|tx| {
            let edition = open(tx, report, year)?;
            let dropped = tx.execute(
                "DELETE FROM report_sentences WHERE edition = ?1 AND key = ?2",
                (edition, key),
            )?;
            if dropped > 0 {
                keep_step(tx, edition, StepKind::Dropped, key, by, now)?;
            }
            Ok(dropped > 0)
        })
    }

    /// The sentences of an edition that were written anew, by key.
    pub fn sentences(&self, report: &str, year: i32) -> Result<Vec<Sentence>, StoreError> {
        Ok(self.database().read(|reader| {
            reader
                .prepare_cached(
                    "SELECT key, text, basis, sentences.at, sentences.person, sentences.name \
                     FROM report_sentences AS sentences JOIN report_editions AS editions \
                     ON editions.id = edition WHERE report = ?1 AND year = ?2 ORDER BY key",
                )?
                .query_map((report, year), |row| {
                    Ok(Sentence {
                        key: row.get(0)?,
                        text: row.get(1)?,
                        basis: row.get(2)?,
                        by: signature_of(row, 3)?,
                    })
                })?
                .collect()
        })?)
    }
}
