//! What was shown so far: it cannot be un-shown, and protects nothing any more.

use crate::{keyed::KeyedTables, protect::Suppression, tables::Known};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The cells of one dataset that some version or frozen report has shown. The caller keeps it
/// beside the versions, and writes down what it shows before it shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger {
    /// By quantity (a checksum of its definition), then by cell ([`crate::Key`] as text): the
    /// digests of the values shown, in the order in which they were.
    shown: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Ledger {
    /// What is known of a value: of the quantity that is defined so, in this cell.
    #[must_use]
    pub fn known(&self, cell: &str, definition: &str, value: f64) -> Known {
        let shown = self.shown.get(definition).and_then(|cells| cells.get(cell));
        match shown {
            None => Known::No,
            Some(digests) if digests.contains(&digest(cell, definition, value)) => Known::Now,
            Some(_) => Known::Before,
        }
    }

    /// Writes down everything that this pattern shows. `definitions` tells the quantities of the
    /// tables apart, in their order: a quantity whose definition changed is another one.
    pub fn record(
        &mut self,
        tables: &KeyedTables,
        pattern: &Suppression,
        definitions: &[impl AsRef<str>],
    ) {
        let cells = tables.tables().cells().iter().zip(&pattern.statuses);
        for (key, (cell, _)) in tables
            .keys()
            .zip(cells)
            .filter(|(_, (_, status))| status.is_shown())
        {
            let key = key.to_string();
            for (amount, definition) in cell.amounts.iter().zip(definitions) {
                let definition = definition.as_ref();
                let digest = digest(&key, definition, amount.value);
                let cells = self.shown.entry(definition.to_owned()).or_default();
                let digests = cells.entry(key.clone()).or_default();
                if !digests.contains(&digest) {
                    digests.push(digest);
                }
            }
        }
    }

    /// The same tables, with what is known of them.
    #[must_use]
    pub fn mark(&self, tables: KeyedTables, definitions: &[impl AsRef<str>]) -> KeyedTables {
        tables.known_as(|key, quantity, value| {
            let definition = definitions.get(quantity).map_or("", AsRef::as_ref);
            self.known(key, definition, value)
        })
    }
}

/// Sixteen hexadecimal digits of SHA-256.
fn digest(cell: &str, definition: &str, value: f64) -> String {
    let mut hash = Sha256::new();
    for text in [cell, definition] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    // 0 and -0 are one value.
    hash.update((value + 0.0).to_le_bytes());
    let bytes = hash.finalize();
    bytes
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
