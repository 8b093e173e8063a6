//! The words by which rows that are no data are known: totals, notes under the table, lines drawn
//! across it, page numbers.

use crate::record::Record;
use beffroi_model::normalize;

/// Whether a row is a line drawn under a header or around a table: `-----+-----`.
pub(crate) fn is_ruler(row: &Record) -> bool {
    let is_drawn = |cell: &str| {
        let mut bytes = cell.bytes();
        cell.len() > 2
            && bytes.all(|b| matches!(b, b'-' | b'=' | b'_' | b'+' | b':' | b'|' | b'*' | b' '))
    };
    let mut filled = row.cells().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(is_drawn)
}

/// Whether a cell numbers the pages of a listing: `Page 2/3`, `Page : 4`.
pub(crate) fn is_page(cell: &str) -> bool {
    let word = cell
        .get(..4)
        .filter(|word| word.eq_ignore_ascii_case("page"));
    let Some(rest) = word.and(cell.get(4..)) else {
        return false;
    };
    let rest = rest.replace(['/', ':', '-', '\u{b0}'], " ");
    let mut words = rest.split_whitespace().peekable();
    let is_joint = |word: &str| matches!(word, "sur" | "of" | "de" | "n");
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    words.peek().is_some() && words.all(|word| is_number(word) || is_joint(word))
}

/// Whether a cell says that its row adds others up.
pub(crate) fn is_total_word(cell: &str) -> bool {
    const WORDS: [&str; 13] = [
        "total",
        "grand_total",
        "subtotal",
        "a_reporter",
        "report",
        "totaux",
        "total_general",
        "sous_total",
        "ensemble",
        "total_ville",
        "total_commune",
        "ensemble_de_la_ville",
        "ensemble_de_la_commune",
    ];
    starts_like_total(cell) && WORDS.contains(&normalize(cell).as_str())
}

/// Whether a cell starts as a total does: `Total 2024`, `Ensemble des quartiers`, `Sous-total`.
#[inline]
pub(crate) fn starts_like_total(cell: &str) -> bool {
    // First letters come first: this is asked of every cell.
    let letters = cell.as_bytes().first_chunk::<2>();
    letters.is_some_and(may_open_a_total) && opens_like_total(cell)
}

fn may_open_a_total(letters: &[u8; 2]) -> bool {
    matches!(
        letters.map(|byte| byte.to_ascii_lowercase()),
        [b't', b'o']
            | [b's', b'o' | b'u' | b'/']
            | [b'g', b'r']
            | [b'e', b'n']
            | [b'r', b'e']
            | [b'a', b' ']
            | [0xc3, _]
    )
}

fn opens_like_total(cell: &str) -> bool {
    // What a page of accounts hands on to the next; a *report à nouveau* is an account.
    const CARRIED: [&str; 5] = [
        "report",
        "reports",
        "a reporter",
        "à reporter",
        "À reporter",
    ];
    let totals: &[&str] = match cell.as_bytes() {
        [b't' | b'T', b'o' | b'O', ..] => &["total", "totaux", "totals"],
        [b's' | b'S', ..] => &[
            "sous-total",
            "sous total",
            "s/total",
            "subtotal",
            "sub-total",
        ],
        [b'g' | b'G', ..] => &["grand total"],
        [b'e' | b'E', ..] => {
            // An *ensemble scolaire* is a school.
            let whole = |rest: &str| {
                rest.is_empty() || [" d", " D", " :"].iter().any(|of| rest.starts_with(of))
            };
            return after(cell, "ensemble").is_some_and(whole);
        }
        [b'r' | b'R' | b'a' | b'A' | 0xc3, ..] => {
            return CARRIED.iter().any(|word| after(cell, word) == Some(""));
        }
        _ => return false,
    };
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    totals
        .iter()
        .any(|word| after(cell, word).is_some_and(ends))
}

/// What follows a word with which a cell starts.
fn after<'c>(cell: &'c str, word: &str) -> Option<&'c str> {
    let start = cell.get(..word.len())?;
    start
        .eq_ignore_ascii_case(word)
        .then(|| &cell[word.len()..])
}

/// Whether a cell reads as a sentence or a numbered remark: `2. Chiffres provisoires.`.
pub(crate) fn is_sentence(cell: &str) -> bool {
    let rest = cell.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = rest.len() < cell.len() && (rest.starts_with(". ") || rest.starts_with(") "));
    let has_words = cell.contains(' ');
    is_numbered || has_words && (cell.ends_with('.') || cell.contains(" : ") || cell.contains(": "))
}

/// Whether a cell opens a note under a table.
pub(crate) fn starts_like_note(cell: &str) -> bool {
    const WORDS: [&str; 16] = [
        "source",
        "sources",
        "note",
        "notes",
        "champ",
        "lecture",
        "nota",
        "avertissement",
        "remarque",
        "remarques",
        "legende",
        "donnees",
        "extraction",
        "edite",
        "export",
        "mise_a_jour",
    ];
    if cell.starts_with(['*', '#', '(', '©', '\u{b9}', '\u{b2}', '\u{b3}']) || is_page(cell) {
        return true;
    }
    let start: String = cell.chars().take(16).collect();
    let start = normalize(&start);
    let says_more = cell.contains(':') || cell.chars().count() > 24;
    let opens = |word: &&str| {
        start
            .strip_prefix(*word)
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with('_') && says_more))
    };
    WORDS.iter().any(opens)
        || ["s :", "nd :", "n.d. :", "s:", "nd:"].iter().any(|mark| {
            cell.get(..mark.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(mark))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_known_by_their_first_word() {
        for cell in [
            "Total",
            "TOTAL 2024",
            "Sous-total nord",
            "Ensemble",
            "s/total",
            "Grand total",
            "Subtotal",
            "À REPORTER",
            "Report",
        ] {
            assert!(starts_like_total(cell), "{cell}");
        }
        for cell in [
            "",
            "Totalité",
            "Le total",
            "Ensembles",
            "Ensemble scolaire",
            "sous-sol",
            "Report à nouveau",
            "Gare",
            "12",
        ] {
            assert!(!starts_like_total(cell), "{cell}");
        }
        assert!(is_total_word("Total général") && is_total_word("Ensemble"));
        assert!(
            !is_total_word("Total Énergies") && !is_total_word("Ensemble scolaire Jean-Moulin")
        );
    }

    #[test]
    fn notes_are_known_by_how_they_open() {
        for cell in [
            "Source : INSEE",
            "* hors foyers",
            "(1) provisoire",
            "nd : non délivré",
            "Note",
            "# fin",
            "Page 2/3",
        ] {
            assert!(starts_like_note(cell), "{cell}");
        }
        for cell in [
            "",
            "Source vive",
            "Notes de l'Aure",
            "Sourcier",
            "nord",
            "Page d'accueil",
            "Page",
        ] {
            assert!(!starts_like_note(cell), "{cell}");
        }
    }

    #[test]
    fn lines_drawn_across_a_table_are_no_data() {
        let row = |cells: &[&str]| {
            let mut row = Record::default();
            cells.iter().for_each(|cell| row.push(cell));
            row
        };
        for cells in [&["-----", "====="][..], &["", ":---:", ""], &["+-----+"]] {
            assert!(is_ruler(&row(cells)), "{cells:?}");
        }
        for cells in [&["---", "12"][..], &["-", "-"], &["", ""]] {
            assert!(!is_ruler(&row(cells)), "{cells:?}");
        }
    }
}
