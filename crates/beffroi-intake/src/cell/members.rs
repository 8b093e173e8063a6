//! The members of a dimension by the spellings that files have for them.

use beffroi_model::{ColumnSpec, nearest, normalize};
use std::collections::HashMap;

/// How many raw spellings are remembered.
const REMEMBERED: usize = 10_000;

/// Finds members by their spellings.
pub(crate) struct Members<'s> {
    spec: &'s ColumnSpec,
    by_spelling: HashMap<String, usize>,
    /// Cells met before, as they were written.
    met: HashMap<String, Option<usize>>,
}

impl<'s> Members<'s> {
    /// The members declared for a column; `None` when any text will do.
    pub(crate) fn of(spec: &'s ColumnSpec) -> Option<Self> {
        if spec.members.is_empty() {
            return None;
        }
        let mut by_spelling = HashMap::new();
        for (index, member) in spec.members.iter().enumerate() {
            for spelling in member.spellings.iter().chain([&member.key]) {
                by_spelling.entry(normalize(spelling)).or_insert(index);
            }
        }
        // A key is worth more than another's spelling.
        for (index, member) in spec.members.iter().enumerate() {
            by_spelling.insert(normalize(&member.key), index);
        }
        Some(Self {
            spec,
            by_spelling,
            met: HashMap::new(),
        })
    }

    /// The member that a cell names.
    pub(crate) fn find(&mut self, cell: &str) -> Option<usize> {
        if let Some(found) = self.met.get(cell) {
            return *found;
        }
        let found = self.by_spelling.get(&normalize(cell)).copied();
        if self.met.len() < REMEMBERED {
            self.met.insert(cell.to_owned(), found);
        }
        found
    }

    /// What is stored for a member.
    pub(crate) fn key(&self, member: usize) -> Option<&'s str> {
        self.spec
            .members
            .get(member)
            .map(|member| member.key.as_str())
    }

    /// The spelling nearest to a cell that names no member.
    pub(crate) fn nearest(&self, cell: &str) -> Option<&'s str> {
        nearest(
            cell,
            self.spec
                .members
                .iter()
                .flat_map(|member| member.spellings.iter().chain([&member.key]))
                .map(String::as_str),
        )
    }
}
