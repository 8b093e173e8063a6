//! The names of columns, from the rows of a header.

use crate::record::Record;
use beffroi_model::normalize;
use std::collections::{HashMap, HashSet};

/// The name of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heading {
    /// As the file has it, its rows joined, or `col_0` and so on; unique in the file.
    pub(crate) name: String,
    /// As the file has it, its rows joined; empty when it gives none.
    pub(crate) title: String,
    /// The lower row alone, of a header of two rows.
    pub(crate) lower: Option<String>,
    /// Whether the file gives no name.
    pub(crate) unnamed: bool,
}

/// A name before it is made unique: all rows joined, and the lowest alone when there are several.
pub(crate) type Name = (String, Option<String>);

/// The rows of a header as one: a title that spans columns stands before the name of each. Rows
/// that say the same twice say it once, unless they are wholly alike and `keep` asks for both.
pub(crate) fn joined(rows: &[&Record], keep: bool) -> Vec<Name> {
    let width = rows.iter().map(|row| row.width()).max().unwrap_or(0);
    let alike = rows
        .windows(2)
        .all(|pair| pair[0] == pair[1] || same(pair[0], pair[1]));
    let merge = !(keep && alike);
    // For each cell, the place of the last one up to it that is filled.
    let filled = |row: &&Record| {
        let mut last = None;
        let place = |index: usize| {
            last = Some(index).filter(|&at| !row.get(at).is_empty()).or(last);
            last
        };
        (0..width).map(place).collect::<Vec<_>>()
    };
    let filled: Vec<_> = rows.iter().map(filled).collect();
    (0..width)
        .map(|index| name(rows, &filled, index, merge))
        .collect()
}

/// Whether two rows hold the same cells.
pub(crate) fn same(row: &Record, other: &Record) -> bool {
    (0..row.len().max(other.len())).all(|index| row.get(index) == other.get(index))
}

fn name(rows: &[&Record], filled: &[Vec<Option<usize>>], index: usize, merge: bool) -> Name {
    let mut parts: Vec<String> = Vec::new();
    // A title reaches to the right as far as the title above it does.
    let mut from = 0;
    for (level, (row, filled)) in rows.iter().zip(filled).enumerate() {
        let below = rows.get(level + 1..).unwrap_or_default();
        let own = row.get(index);
        let filled = filled.get(index).copied().flatten();
        let filled = filled.filter(|&left| left >= from);
        let spans = below.iter().any(|lower| !lower.get(index).is_empty());
        let part = match filled {
            Some(left) if own.is_empty() && spans => row.get(left),
            _ => own,
        };
        if let Some(left) = filled {
            from = left;
        }
        let part = one_line(part);
        let said = merge
            && parts
                .last()
                .is_some_and(|last| normalize(last) == normalize(&part));
        if !part.is_empty() && !said {
            parts.push(part);
        }
    }
    let lower = (parts.len() > 1).then(|| parts.last().cloned()).flatten();
    (parts.join(" "), lower)
}

/// A header broken over lines, on one.
fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Headings with a name for those that have none, and a number for those that have another's.
pub(crate) fn unique(names: Vec<Name>) -> Vec<Heading> {
    // The next number of each name: a thousand columns of one name are not each tried in turn.
    let (mut seen, mut numbers) = (HashSet::new(), HashMap::new());
    let mut lowers: HashMap<String, usize> = HashMap::new();
    for (_, lower) in &names {
        if let Some(lower) = lower {
            *lowers.entry(normalize(lower)).or_default() += 1;
        }
    }
    let heading = |(index, (name, lower)): (usize, Name)| {
        let unnamed = name.is_empty();
        let base = if unnamed {
            format!("col_{index}")
        } else {
            name.clone()
        };
        let title = name;
        let mut name = base.clone();
        let number = numbers.entry(normalize(&base)).or_insert(2);
        while !seen.insert(normalize(&name)) {
            name = format!("{base} ({number})");
            *number += 1;
        }
        // Only a name that no other column shares can stand for the column.
        let lower = lower.filter(|lower| lowers.get(&normalize(lower)) == Some(&1));
        Heading {
            name,
            title,
            lower,
            unnamed,
        }
    };
    names.into_iter().enumerate().map(heading).collect()
}
