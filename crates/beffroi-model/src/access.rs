//! Who somebody is to the town hall: what the store keeps of people and what the catalog gives
//! rights to.

use crate::{DepartmentId, PerimeterId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What somebody does in the town hall. Someone may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An élu, or whoever reads only.
    Reader,
    /// An agent of one or more departments, who answers for their data.
    Agent,
    /// Who makes boards and indicators.
    Editor,
    /// The head of services.
    Head,
    /// Who watches quality, rights and publication.
    Steward,
    /// Who looks after people and the installation.
    Administrator,
}

impl Role {
    /// All roles, from the one that may do least.
    pub const ALL: [Self; 6] = [
        Self::Reader,
        Self::Agent,
        Self::Editor,
        Self::Head,
        Self::Steward,
        Self::Administrator,
    ];

    /// The word of declarations and of the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Agent => "agent",
            Self::Editor => "editor",
            Self::Head => "head",
            Self::Steward => "steward",
            Self::Administrator => "administrator",
        }
    }

    /// The role of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// What somebody is: roles, departments, and perimeters of their own beside those of their roles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// What they do.
    pub roles: BTreeSet<Role>,
    /// Where they do it.
    pub departments: BTreeSet<DepartmentId>,
    /// Perimeters given to them by name.
    pub perimeters: BTreeSet<PerimeterId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_a_word_of_its_own() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.as_str()), Some(role));
        }
        assert_eq!(Role::from_word("root"), None);
    }
}
