//! Marks that stand where a value is not: `s`, `nd`, `///`; and yes or no.

use beffroi_model::{CellState, ColumnSpec};

/// The usual marks of secrecy.
const SECRET: [&str; 2] = ["s", "secret"];
/// The usual marks of a value that is not known.
const MISSING: [&str; 24] = [
    "nd", "n.d.", "n.d", "n. d.", "nc", "n.c.", "n.c", "n. c.", "na", "n/a", "#n/a", "#n/d", "-",
    "\u{2013}", "\u{2014}", "..", "...", "\u{2026}", "null", "nan", "none", "?", "néant", "(vide)",
];
/// The usual marks of a value that makes no sense.
const NOT_APPLICABLE: [&str; 5] = ["so", "s.o.", "s.o", "///", "sans objet"];

/// How many bytes the longest of them has.
const LONGEST: usize = 10;

/// The state that a cell of a number, date or yes/no column is in by the usual marks; `None` when
/// it is no such mark.
pub(crate) fn usual(cell: &str) -> Option<CellState> {
    // Faults of formulas: #DIV/0!, #REF!, #VALEUR!
    if cell.is_empty() || (cell.starts_with('#') && cell.ends_with(['!', '?'])) {
        return Some(CellState::Missing);
    }
    if cell.len() > LONGEST || !cell.as_bytes().first().is_some_and(may_open_a_mark) {
        return None;
    }
    let is = |mark: &&str| mark.eq_ignore_ascii_case(cell);
    if SECRET.iter().any(is) {
        Some(CellState::Secret)
    } else if NOT_APPLICABLE.iter().any(is) {
        Some(CellState::NotApplicable)
    } else if MISSING.iter().any(is) {
        Some(CellState::Missing)
    } else {
        None
    }
}

/// Whether some usual mark starts with that byte: this is asked of every cell.
fn may_open_a_mark(byte: &u8) -> bool {
    matches!(
        byte,
        b's' | b'S' | b'n' | b'N' | b'-' | b'.' | b'?' | b'(' | b'/' | b'#' | 0xe2
    )
}

/// The marks declared for one column.
pub(crate) struct OwnMarks<'s>(&'s ColumnSpec);

impl<'s> OwnMarks<'s> {
    pub(crate) fn of(spec: &'s ColumnSpec) -> Self {
        Self(spec)
    }

    /// Whether the column declares any.
    pub(crate) fn any(&self) -> bool {
        !(self.0.secret_marks.is_empty()
            && self.0.missing_marks.is_empty()
            && self.0.not_applicable_marks.is_empty())
    }

    /// The state that a cell is in by these marks.
    pub(crate) fn state(&self, cell: &str) -> Option<CellState> {
        let among = |marks: &[String]| {
            marks
                .iter()
                .any(|mark| mark.trim().eq_ignore_ascii_case(cell))
        };
        if among(&self.0.secret_marks) {
            Some(CellState::Secret)
        } else if among(&self.0.not_applicable_marks) {
            Some(CellState::NotApplicable)
        } else if among(&self.0.missing_marks) {
            Some(CellState::Missing)
        } else {
            None
        }
    }
}

/// Yes or no, as files say it.
pub(crate) fn boolean(cell: &str) -> Option<bool> {
    const YES: [&str; 11] = [
        "oui", "vrai", "true", "yes", "o", "v", "t", "y", "1", "x", "\u{2713}",
    ];
    const NO: [&str; 8] = ["non", "faux", "false", "no", "n", "f", "0", "0.0"];
    if YES.iter().any(|yes| yes.eq_ignore_ascii_case(cell)) || cell == "1.0" {
        Some(true)
    } else if NO.iter().any(|no| no.eq_ignore_ascii_case(cell)) {
        Some(false)
    } else {
        None
    }
}

/// Whether a cell is a pair of words that only yes/no columns have: what a guess may rest on.
pub(crate) fn is_boolean_word(cell: &str) -> bool {
    ["oui", "non", "vrai", "faux", "true", "false", "yes"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_usual_mark_has_its_state() {
        for (cell, state) in [
            ("s", CellState::Secret),
            ("S", CellState::Secret),
            ("n.d.", CellState::Missing),
            ("ND", CellState::Missing),
            ("-", CellState::Missing),
            ("", CellState::Missing),
            ("#DIV/0!", CellState::Missing),
            ("#N/A", CellState::Missing),
            ("///", CellState::NotApplicable),
            ("Sans objet", CellState::NotApplicable),
        ] {
            assert_eq!(usual(cell), Some(state), "{cell}");
        }
        for cell in ["0", "Sud", "nord", "12"] {
            assert_eq!(usual(cell), None, "{cell}");
        }
    }

    #[test]
    fn no_mark_is_too_long_to_be_found() {
        for mark in SECRET.iter().chain(&MISSING).chain(&NOT_APPLICABLE) {
            assert!(usual(mark).is_some(), "{mark}");
        }
    }

    #[test]
    fn yes_and_no_have_many_words() {
        for (cell, expected) in [
            ("OUI", Some(true)),
            ("faux", Some(false)),
            ("X", Some(true)),
            ("0", Some(false)),
            ("peut-être", None),
        ] {
            assert_eq!(boolean(cell), expected, "{cell}");
        }
    }
}
