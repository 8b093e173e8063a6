//! Comparing names as people write them.

/// A name without case, accents, punctuation or spaces around: `" Année (N) "` → `annee_n`. Two
/// headers, or two spellings of a district, are the same when these are equal.
#[must_use]
pub fn normalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if matches!(c, '\u{300}'..='\u{36f}') {
            continue; // a combining accent of decomposed text
        }
        let plain = plain(c);
        if plain.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if gap {
            out.push('_');
            gap = false;
        }
        out.push_str(&plain);
    }
    out
}

/// The letters a character stands for, lower-case and without accent; empty for anything that is
/// neither letter nor digit.
fn plain(c: char) -> String {
    let folded = match c {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'À' | 'Â' | 'Ä' | 'Á' | 'Ã' | 'Å' => "a",
        'ç' | 'Ç' => "c",
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => "e",
        'î' | 'ï' | 'í' | 'ì' | 'Î' | 'Ï' | 'Í' | 'Ì' => "i",
        'ñ' | 'Ñ' => "n",
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'Ô' | 'Ö' | 'Ó' | 'Ò' | 'Õ' => "o",
        'ù' | 'û' | 'ü' | 'ú' | 'Ù' | 'Û' | 'Ü' | 'Ú' => "u",
        'ÿ' | 'ý' | 'Ÿ' | 'Ý' => "y",
        'œ' | 'Œ' => "oe",
        'æ' | 'Æ' => "ae",
        '²' => "2",
        '³' => "3",
        c if c.is_alphanumeric() => return c.to_lowercase().collect(),
        _ => return String::new(),
    };
    folded.to_owned()
}

/// The nearest of some names to one that is not among them, when one is near enough to be meant:
/// at most a third of its letters differ.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = normalize(name);
    known
        .into_iter()
        .map(|candidate| (distance(&wanted, &normalize(candidate)), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= wanted.chars().count().max(3) / 3)
        .map(|(_, candidate)| candidate)
}

/// Edits (insertions, deletions, replacements, swaps of neighbours) from one text to another.
fn distance(a: &str, b: &str) -> usize {
    strsim::osa_distance(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_accents_or_punctuation() {
        assert_eq!(normalize("  Année (N) "), "annee_n");
        assert_eq!(normalize("Pré-aux-Moines"), normalize("PRE AUX MOINES"));
        assert_eq!(normalize("Cœur de ville"), "coeur_de_ville");
        assert_eq!(normalize("e\u{301}te\u{301}"), normalize("été"));
        assert_eq!(normalize("—"), "");
    }

    #[test]
    fn the_nearest_name_must_be_near() {
        let known = ["logements", "vacants", "annee"];
        assert_eq!(nearest("logement", known), Some("logements"));
        assert_eq!(nearest("vacnats", known), Some("vacants"));
        assert_eq!(nearest("population", known), None);
    }
}
