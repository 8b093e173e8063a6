//! Names of new things.

use beffroi_model::{is_id, normalize};

/// Characters of an id made from a title.
const LONGEST: usize = 40;
/// How many ids are tried.
const MOST: u32 = 1_000;

/// An id made from a title: its words joined by `_`, and a number after them when the id is taken.
/// Nothing when the title has no letter to begin with.
#[must_use]
pub fn id_from_title(title: &str, is_taken: impl Fn(&str) -> bool) -> Option<String> {
    let word: String = normalize(title)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let parts: Vec<&str> = word.split('_').filter(|part| !part.is_empty()).collect();
    let joined = parts.join("_");
    let stem = joined.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    (1..=MOST)
        .map(|number| numbered(stem, number))
        .find(|id| is_id(id) && !is_taken(id))
}

/// The stem, cut so that its number fits behind it.
fn numbered(stem: &str, number: u32) -> String {
    let end = match number {
        1 => String::new(),
        number => format!("_{number}"),
    };
    let room = LONGEST.saturating_sub(end.len()).min(stem.len());
    let start = stem.get(..room).unwrap_or_default().trim_end_matches('_');
    if start.is_empty() {
        return String::new();
    }
    format!("{start}{end}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn free(title: &str) -> Option<String> {
        id_from_title(title, |_| false)
    }

    #[test]
    fn an_id_is_made_of_the_words_of_a_title() {
        assert_eq!(free("Locations de vélos").unwrap(), "locations_de_velos");
        assert_eq!(free("  L’Île (été) ").unwrap(), "l_ile_ete");
        assert_eq!(free("2025 : le budget").unwrap(), "le_budget");
        assert_eq!(free("2025"), None);
        assert_eq!(free("…"), None);
        assert_eq!(free(""), None);
    }

    #[test]
    fn a_taken_id_gets_a_number_and_stays_short() {
        let taken = |id: &str| matches!(id, "velos" | "velos_2");
        assert_eq!(id_from_title("Vélos", taken).unwrap(), "velos_3");
        let long = "a".repeat(60);
        let first = free(&long).unwrap();
        assert_eq!(first.len(), 40);
        let second = id_from_title(&long, |id| id == first).unwrap();
        assert_eq!(second, format!("{}_2", "a".repeat(38)));
    }

    proptest! {
        #[test]
        fn what_is_made_is_an_id_that_is_free(title in ".{0,80}", taken in 0_usize..4) {
            let mut ids: Vec<String> = Vec::new();
            for _ in 0..=taken {
                let Some(id) = id_from_title(&title, |id| ids.iter().any(|it| it == id)) else {
                    prop_assert!(ids.is_empty());
                    break;
                };
                prop_assert!(is_id(&id) && id.len() <= LONGEST);
                prop_assert!(!ids.contains(&id));
                ids.push(id);
            }
        }
    }
}
