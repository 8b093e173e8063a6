//! The words by which rows that are no data are known: totals, and notes under the table.

use beffroi_model::normalize;

/// Whether a cell says that its row adds others up.
pub(crate) fn is_total_word(cell: &str) -> bool {
    const WORDS: [&str; 9] = [
        "total",
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
    // This is asked of every cell.
    let first = cell.as_bytes().first();
    matches!(first, Some(b't' | b'T' | b'e' | b'E' | b's' | b'S')) && opens_like_total(cell)
}

fn opens_like_total(cell: &str) -> bool {
    let after = |word: &str| {
        let start = cell.get(..word.len())?;
        start
            .eq_ignore_ascii_case(word)
            .then(|| &cell[word.len()..])
    };
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    // An *ensemble scolaire* is a school.
    let whole =
        |rest: &str| rest.is_empty() || [" d", " D", " :"].iter().any(|of| rest.starts_with(of));
    ["total", "totaux", "sous-total", "sous total", "s/total"]
        .iter()
        .any(|word| after(word).is_some_and(ends))
        || after("ensemble").is_some_and(whole)
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
    if cell.starts_with(['*', '(', '©', '\u{b9}', '\u{b2}', '\u{b3}']) {
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
        ] {
            assert!(starts_like_note(cell), "{cell}");
        }
        for cell in ["", "Source vive", "Notes de l'Aure", "Sourcier", "nord"] {
            assert!(!starts_like_note(cell), "{cell}");
        }
    }
}
