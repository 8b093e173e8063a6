//! Ids and titles made of the names that people give to files and columns.

use beffroi_model::{is_id, normalize};

/// The longest id.
const LONGEST: usize = 64;

/// An id made of a text, `otherwise` where nothing of it can be kept.
pub(crate) fn id_of(text: &str, otherwise: &str) -> String {
    let spelled = normalize(text);
    let plain = spelled
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_');
    let mut id: String = plain.collect();
    while id.contains("__") {
        id = id.replace("__", "_");
    }
    let id = id.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let id: String = id.chars().take(LONGEST - 8).collect();
    let id = id.trim_end_matches('_');
    match is_id(id) {
        true => id.to_owned(),
        false => otherwise.to_owned(),
    }
}

/// The id, or the first of `id_2`, `id_3`… that is not taken.
pub(crate) fn fresh(id: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut found = id.to_owned();
    let mut number = 2_u32;
    while is_taken(&found) {
        let kept: String = id.chars().take(LONGEST - 8).collect();
        found = format!("{}_{number}", kept.trim_end_matches('_'));
        number += 1;
    }
    found
}

/// A title of what a header or a file name says: words apart, a capital letter first.
pub(crate) fn title_of(name: &str) -> String {
    let is_snake = !name.contains(' ');
    let apart = match is_snake {
        true => name.replace(['_', '-'], " "),
        false => name.to_owned(),
    };
    let words: Vec<&str> = apart.split_whitespace().collect();
    let text = words.join(" ");
    let is_shouted = text.len() > 3 && text.chars().all(|c| !c.is_lowercase());
    let text = match is_shouted {
        true => text.to_lowercase(),
        false => text,
    };
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_titles_are_made_of_names() {
        assert_eq!(id_of("Vélos & trajets 2026", "x"), "velos_trajets_2026");
        assert_eq!(id_of("2026", "donnees"), "donnees");
        assert_eq!(id_of("2026 budget", "x"), "budget");
        assert_eq!(id_of("__", "x"), "x");
        assert_eq!(title_of("nombre_de_repas"), "Nombre de repas");
        assert_eq!(title_of("MONTANT MANDATE"), "Montant mandate");
        assert_eq!(title_of("Nom d-usage court"), "Nom d-usage court");
        assert!(is_id(&id_of(&"très long ".repeat(40), "x")));
    }

    #[test]
    fn an_id_that_is_taken_gets_a_number() {
        assert_eq!(fresh("a", |id| matches!(id, "a" | "a_2")), "a_3");
        let long = "a".repeat(64);
        let made = fresh(&long, |id| id == long);
        assert!(is_id(&made), "{made}");
    }
}
