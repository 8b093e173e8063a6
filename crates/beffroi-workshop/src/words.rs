//! What the names of columns and indicators let suppose: stocks, flows, rates, persons.

use beffroi_model::normalize;

/// Words that tell nothing of what a name is about.
const EMPTY: &[&str] = &[
    "a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "et", "l", "la",
    "le", "les", "leur", "nb", "nbre", "nombre", "ou", "par", "pour", "qui", "sa", "se", "ses",
    "son", "sous", "sur", "total", "totale", "un", "une", "y",
];

/// What is there at a moment: two readings of it do not add up.
const STOCKS: &[&str] = &[
    "abonne",
    "adherent",
    "agent",
    "capacite",
    "effectif",
    "eleve",
    "encours",
    "habitant",
    "inscrit",
    "licencie",
    "lit",
    "logement",
    "longueur",
    "parc",
    "place",
    "population",
    "residence",
    "restant",
    "stock",
    "superficie",
    "surface",
    "titulaire",
    "tresorerie",
];

/// What happens over a time.
const FLOWS: &[&str] = &[
    "achat",
    "admission",
    "arrivee",
    "consommation",
    "cout",
    "deces",
    "demande",
    "depart",
    "depense",
    "emis",
    "entree",
    "facture",
    "location",
    "mandate",
    "mariage",
    "montant",
    "naissance",
    "passage",
    "production",
    "realise",
    "recette",
    "recu",
    "recue",
    "repas",
    "sortie",
    "subvention",
    "tonnage",
    "trajet",
    "vente",
    "versement",
    "visite",
];

/// What is divided already.
const RATES: &[&str] = &[
    "moyen",
    "moyenne",
    "part",
    "pct",
    "pourcent",
    "pourcentage",
    "proportion",
    "ratio",
    "taux",
];

/// Who is counted.
const PERSONS: &[&str] = &[
    "abonne",
    "adherent",
    "agent",
    "allocataire",
    "assure",
    "beneficiaire",
    "chomeur",
    "demandeur",
    "electeur",
    "eleve",
    "emprunteur",
    "enfant",
    "etudiant",
    "foyer",
    "habitant",
    "jeune",
    "licencie",
    "locataire",
    "menage",
    "patient",
    "personne",
    "retraite",
    "salarie",
    "senior",
    "stagiaire",
    "usager",
    "victime",
];

/// The words of a text that tell something, compared without case, accents or plural.
pub(crate) fn telling(text: &str) -> Vec<String> {
    let spelled = normalize(text);
    let words = spelled.split('_').map(singular);
    words
        .filter(|word| !word.is_empty() && !EMPTY.contains(word))
        .map(str::to_owned)
        .collect()
}

fn singular(word: &str) -> &str {
    match word.strip_suffix(['s', 'x']) {
        Some(short)
            if short.len() > 2 && !matches!(word, "repas" | "deces" | "taux" | "encours") =>
        {
            short
        }
        _ => word,
    }
}

fn among(text: &str, known: &[&str]) -> bool {
    let words = telling(text);
    words.iter().any(|word| known.contains(&word.as_str()))
}

/// Whether a name is that of something that is there at a moment.
pub(crate) fn tells_stock(text: &str) -> bool {
    (among(text, STOCKS) || normalize(text).contains("en_service")) && !tells_flow(text)
}

/// Whether a name is that of something that happens over a time.
pub(crate) fn tells_flow(text: &str) -> bool {
    among(text, FLOWS)
}

/// Whether a name is that of a rate.
pub(crate) fn tells_rate(text: &str) -> bool {
    among(text, RATES)
}

/// Whether a name is that of persons who are counted.
pub(crate) fn tells_persons(text: &str) -> bool {
    among(text, PERSONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_plural_or_little_words() {
        assert_eq!(telling("Nombre d’élèves des écoles"), ["eleve", "ecole"]);
        assert_eq!(telling("Taux de l'année"), ["taux", "annee"]);
        assert_eq!(telling("—"), Vec::<String>::new());
    }

    #[test]
    fn names_tell_stocks_flows_rates_and_persons() {
        assert!(tells_stock("capital_restant_du") && tells_stock("Logements vacants"));
        assert!(tells_flow("Dépenses de personnel") && !tells_stock("Dépenses par habitant"));
        assert!(tells_rate("Taux de vacance (%)") && tells_persons("Agents permanents"));
        assert!(!tells_stock("Montant") && !tells_persons("Tonnage"));
    }
}
