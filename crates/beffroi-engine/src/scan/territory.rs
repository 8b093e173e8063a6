//! Members that are official codes, under the codes of today.

use beffroi_catalog::Catalog;
use beffroi_model::DimensionId;
use beffroi_statistics::territory::{CodeChange, Fate};
use chrono::NaiveDate;
use std::collections::HashMap;

/// What became of the codes of a dimension.
pub(super) struct Territory(beffroi_statistics::territory::Territory);

impl Territory {
    /// Nothing where no code has changed.
    pub fn of(catalog: &Catalog, id: &DimensionId) -> Option<Self> {
        let dimension = catalog.dimensions.get(id)?;
        let changes = dimension.changes.iter().map(|change| CodeChange {
            on: change.on,
            from: change.from.clone(),
            to: change.to.clone(),
        });
        let territory = beffroi_statistics::territory::Territory::new(changes);
        (!dimension.changes.is_empty()).then_some(Self(territory))
    }

    /// The code of today; nothing for one that was split, whose parts nobody knows.
    fn now(&self, code: &str, since: NaiveDate) -> Option<String> {
        match self.0.fate(code, since, NaiveDate::MAX) {
            Fate::One(now) => Some(now),
            Fate::Split(_) => None,
        }
    }

    /// The code of today of rows of any time.
    pub fn whenever(&self, code: &str) -> Option<String> {
        self.now(code, NaiveDate::MIN)
    }

    /// Names, and the place among them of each group, by the codes of today.
    pub fn today(
        &self,
        names: &[Box<str>],
        codes: impl Iterator<Item = u32>,
        days: &[NaiveDate],
    ) -> (Vec<Box<str>>, Vec<u32>) {
        let mut now: Vec<Box<str>> = Vec::new();
        let mut places: HashMap<Box<str>, u32> = HashMap::new();
        let codes = codes.zip(days).map(|(code, day)| {
            let name = names.get(code as usize).map_or("", |name| &**name);
            let name: Box<str> = self.now(name, *day).map_or_else(|| name.into(), Into::into);
            *places.entry(name).or_insert_with_key(|name| {
                now.push(name.clone());
                u32::try_from(now.len() - 1).unwrap_or(u32::MAX)
            })
        });
        let codes = codes.collect();
        (now, codes)
    }
}
