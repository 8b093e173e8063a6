//! Ids of declared things: short, lower-case, stable, fit for a file name and an address.

use crate::normalize;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt, sync::Arc};

/// Why a text cannot be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: expected a lower-case letter, then lower-case letters, digits or `_`")]
pub struct IdError(pub String);

/// Whether a text may be an id: a lower-case ASCII letter, then letters, digits or `_`, at most 64;
/// no `__`, which sets apart the state column beside a column.
#[must_use]
pub fn is_id(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= 64
        && !text.contains("__")
        && chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads an id, refusing what [`is_id`] refuses.
            pub fn new(text: &str) -> Result<Self, IdError> {
                if is_id(text) { Ok(Self(text.into())) } else { Err(IdError(text.to_owned())) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }
    )+};
}

ids! {
    /// A perimeter of `dashboards/access.toml`.
    PerimeterId,
    /// A dataset: `dashboards/datasets/<id>.toml`.
    DatasetId,
    /// An indicator: `dashboards/indicators/<id>.toml`.
    IndicatorId,
    /// A board: `dashboards/boards/<id>.toml`.
    BoardId,
    /// A report: `dashboards/reports/<id>.toml`.
    ReportId,
    /// A column of a dataset.
    ColumnId,
    /// A dimension shared by datasets: a district, a school, a type of bike.
    DimensionId,
    /// A department of the town hall.
    DepartmentId,
}

impl ColumnId {
    /// An id made of a header, of those not yet taken: `Libellé nature` → `libelle_nature`.
    #[must_use]
    pub fn of_header(header: &str, taken: &mut HashSet<String>) -> Self {
        let mut base: String = normalize(header)
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(56)
            .collect();
        if !base.starts_with(|c: char| c.is_ascii_lowercase()) {
            base.insert_str(0, "c_");
        }
        // `__` sets apart the state column.
        while base.contains("__") {
            base = base.replace("__", "_");
        }
        let mut id = base.clone();
        let mut number = 2;
        while !taken.insert(id.clone()) {
            id = format!("{}_{number}", base.trim_end_matches('_'));
            number += 1;
        }
        Self(id.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_ids_that_are_fit_and_differ() {
        let mut taken = HashSet::new();
        let mut id = |header: &str| ColumnId::of_header(header, &mut taken).to_string();
        assert_eq!(id("Libellé nature"), "libelle_nature");
        assert_eq!(id("2019"), "c_2019");
        assert_eq!(id("€"), "c_");
        assert_eq!(id("libelle NATURE"), "libelle_nature_2");
        for header in ["€", "$", "a__b", "__", "très long "] {
            let id = id(&header.repeat(40));
            assert!(is_id(&id), "{id}");
        }
    }

    #[test]
    fn an_id_is_fit_for_a_file_name() {
        for good in ["a", "velos_2024", "x1"] {
            assert!(DatasetId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a__state", "1a", "Vélos", "a-b", "../etc", "a b", "_a"] {
            assert!(DatasetId::new(bad).is_err(), "{bad}");
        }
    }
}
