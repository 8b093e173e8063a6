//! What names of files, headers and the shape of values tell.

use crate::naming::title_of;
use crate::words::telling;
use beffroi_model::{ColumnType, Grain, normalize};

/// What the name of a file tells.
pub(super) struct FileName {
    /// It without folders.
    pub file: String,
    /// It with `*` for dates and numbers.
    pub pattern: String,
    /// What it is about: words without dates, numbers and ending.
    pub subject: String,
}

const MONTHS: [&str; 24] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
    "janv",
    "fev",
    "fevr",
    "avr",
    "juil",
    "sept",
    "oct",
    "nov",
    "dec",
    "jan",
    "sep",
    "jui",
];

impl FileName {
    pub(super) fn of(name: &str) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let file = &tame(file);
        let (stem, ending) = ending(file);
        let parts = parts(stem);
        let mut pattern = String::new();
        let mut subject = String::new();
        for (index, part) in parts.iter().enumerate() {
            let beside = [index.checked_sub(2), index.checked_add(2)];
            let dated = |other: Option<usize>| {
                other
                    .and_then(|other| parts.get(other))
                    .is_some_and(|other| is_dated(other))
            };
            let is_part_of_date =
                is_dated(part) || (is_turn(part) && beside.into_iter().any(dated));
            if is_part_of_date {
                pattern.push('*');
            } else {
                pattern.push_str(part);
            }
            subject.push_str(if is_part_of_date { " " } else { part });
        }
        let pattern = joined(&pattern);
        let is_blank = !pattern.contains(char::is_alphanumeric);
        let subject = subject.replace(['_', '-', '.', '(', ')'], " ");
        let words: Vec<&str> = subject.split_whitespace().collect();
        Self {
            pattern: match is_blank {
                // Anything at all would be taken for one of these files.
                true => file.to_owned(),
                false => format!("{pattern}{ending}"),
            },
            subject: words.join(" "),
            file: file.to_owned(),
        }
    }
}

/// A name that an inbox takes: not hidden, without stars of its own.
fn tame(file: &str) -> String {
    let name = file.replace(|c: char| c == '*' || c.is_control(), "_");
    match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}

/// A name before and from its ending on, `.csv.gz` being one.
fn ending(file: &str) -> (&str, &str) {
    let is_ending = |text: &str| {
        text.len() <= 8 && !text.is_empty() && text.chars().any(|c| c.is_ascii_alphabetic())
    };
    let Some((stem, last)) = file.rsplit_once('.').filter(|(_, last)| is_ending(last)) else {
        return (file, "");
    };
    let inner = stem.rsplit_once('.');
    let is_packed = matches!(last.to_lowercase().as_str(), "gz" | "zip");
    let stem = match inner.filter(|(_, inner)| is_packed && is_ending(inner)) {
        Some((stem, _)) => stem,
        None => stem,
    };
    file.split_at(stem.len())
}

/// Words and what stands between them, in turn, words first.
fn parts(stem: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut in_word = true;
    for c in stem.chars() {
        if c.is_alphanumeric() != in_word {
            in_word = !in_word;
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// Whether a word is a number, a date or a month: it starts with a digit, or names a month.
fn is_dated(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || MONTHS.contains(&normalize(word).as_str())
}

/// Whether a word is the quarter, the half or the version beside a date: `T1`, `S2`, `v3`.
fn is_turn(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters
        .next()
        .is_some_and(|c| matches!(c, 'T' | 't' | 'S' | 's' | 'Q' | 'q' | 'v' | 'V'));
    let digits = letters.as_str();
    first && !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|c| c.is_ascii_digit())
}

/// A pattern in which stars with nothing but signs between them are one.
fn joined(pattern: &str) -> String {
    let mut out = String::new();
    let mut held = String::new();
    for c in pattern.chars() {
        match c {
            '*' if out.ends_with('*') => held.clear(),
            '*' => {
                out.push_str(&held);
                held.clear();
                out.push('*');
            }
            c if c.is_alphanumeric() => {
                out.push_str(&held);
                held.clear();
                out.push(c);
            }
            c => held.push(c),
        }
    }
    // A bracket that closes after a number goes with it.
    if !out.ends_with('*') {
        out.push_str(&held);
    }
    out
}

/// A header without its unit, as a title.
pub(super) fn without_unit(header: &str) -> String {
    let trimmed = header.trim();
    let bare = match trimmed.strip_suffix([')', ']']) {
        Some(open) if beffroi_intake::unit_of_header(trimmed).is_some() => open
            .rsplit_once(['(', '['])
            .map_or(trimmed, |(before, _)| before),
        _ => trimmed,
    };
    title_of(bare)
}

/// Words that name or reach a person, whatever stands beside.
const PERSONAL: &[&str] = &[
    "prenom",
    "courriel",
    "mail",
    "email",
    "mel",
    "telephone",
    "tel",
    "portable",
    "nir",
    "iban",
    "rib",
    "bic",
    "secu",
    "patronyme",
    "matricule",
    "petitionnaire",
    "demandeur",
];

/// What makes a name that of a person.
const WHOSE: &[&str] = &[
    "usage",
    "usuel",
    "naissance",
    "famille",
    "jeune",
    "fille",
    "agent",
    "demandeur",
    "enfant",
    "parent",
    "responsable",
    "contact",
    "prenom",
    "patronyme",
    "usager",
    "representant",
    "pere",
    "mere",
    "allocataire",
    "locataire",
    "proprietaire",
    "complet",
    "marital",
    "abonne",
    "gestionnaire",
    "titulaire",
    "eleve",
    "adherent",
    "lecteur",
    "emprunteur",
    "patient",
    "candidat",
    "electeur",
    "conjoint",
];

/// Whether a header is that of something personal.
pub(super) fn is_personal(header: &str) -> bool {
    let words = telling(header);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let spelled = normalize(header);
    let is = |word: &str| words.iter().any(|own| own == word);
    let counted = spelled.starts_with("nb_") || spelled.starts_with("nombre_");
    !counted
        && (has(PERSONAL)
            || (is("nom") && (words.len() == 1 || has(WHOSE)))
            || (is("naissance") && (is("date") || is("lieu") || is("commune") || is("ne")))
            || (is("adresse") && (has(WHOSE) || is("personnelle") || is("domicile")))
            || spelled.contains("securite_sociale")
            || matches!(spelled.as_str(), "ne_le" | "ne_e_le" | "domicile"))
}

/// How many of the values must have a shape.
const SHAPED: f64 = 0.6;

/// Whether values are addresses to write or call to, numbers of persons or of accounts.
pub(super) fn are_personal(values: &[&str]) -> bool {
    let kinds: [fn(&str) -> bool; 4] = [is_mail, is_phone, is_nir, is_iban];
    let all = u32::try_from(values.len()).unwrap_or(u32::MAX);
    all > 0
        && kinds.iter().any(|kind| {
            let shaped = values.iter().filter(|value| kind(value)).count();
            f64::from(u32::try_from(shaped).unwrap_or(0)) >= SHAPED * f64::from(all)
        })
}

fn is_mail(value: &str) -> bool {
    let Some((user, host)) = value.trim().split_once('@') else {
        return false;
    };
    !user.is_empty() && host.contains('.') && !value.trim().contains(char::is_whitespace)
}

fn compact(value: &str) -> String {
    let kept = value
        .chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}' | '\u{202f}'));
    kept.collect()
}

fn is_phone(value: &str) -> bool {
    let value = compact(value);
    let local = value
        .strip_prefix("+33")
        .or_else(|| value.strip_prefix("0033"))
        .or_else(|| value.strip_prefix('0'));
    let has_signs = value.starts_with('+') || value.starts_with('0');
    local.is_some_and(|local| {
        has_signs
            && local.len() == 9
            && !local.starts_with('0')
            && local.bytes().all(|c| c.is_ascii_digit())
    })
}

/// The number of a person for social security: sex, year, month, place, order, and its key.
fn is_nir(value: &str) -> bool {
    let value = compact(value);
    let digits = value
        .bytes()
        .all(|c| c.is_ascii_digit() || matches!(c, b'A' | b'B'));
    let sex = value.starts_with(['1', '2']);
    let month = value.get(3..5).and_then(|month| month.parse::<u8>().ok());
    let is_month = month.is_some_and(|month| matches!(month, 1..=12 | 20..=42 | 50..=99));
    // Fourteen digits are a SIRET.
    digits && sex && is_month && matches!(value.len(), 13 | 15)
}

fn is_iban(value: &str) -> bool {
    let value = compact(value).to_uppercase();
    if !(15..=34).contains(&value.len()) || !value.is_ascii() {
        return false;
    }
    let (head, tail) = value.split_at(4);
    let (country, key) = head.split_at(2);
    let is_shaped = country.bytes().all(|c| c.is_ascii_uppercase())
        && key.bytes().all(|c| c.is_ascii_digit())
        && tail.bytes().all(|c| c.is_ascii_alphanumeric());
    let digits = tail
        .chars()
        .chain(head.chars())
        .filter_map(|c| c.to_digit(36));
    let rest = digits.fold(0, |rest, digit| match digit {
        0..=9 => (rest * 10 + digit) % 97,
        _ => (rest * 100 + digit) % 97,
    });
    is_shaped && rest == 1
}

/// Whether a column names each row by itself, or tells it in words.
pub(super) fn names_one(header: &str) -> bool {
    const ONE: &[&str] = &[
        "adresse",
        "commentaire",
        "description",
        "id",
        "identifiant",
        "nom",
        "numero",
        "objet",
        "observation",
        "reference",
        "siret",
        "uid",
        "url",
        "uuid",
    ];
    telling(header)
        .iter()
        .any(|word| ONE.contains(&word.as_str()))
}

/// Whether a date is of something around what happens: a birth, an update, an end.
pub(super) fn is_aside(header: &str) -> bool {
    const ASIDE: &[&str] = &[
        "cloture",
        "creation",
        "fin",
        "maj",
        "mise",
        "modification",
        "naissance",
        "publication",
        "echeance",
    ];
    telling(header)
        .iter()
        .any(|word| ASIDE.contains(&word.as_str()))
}

/// The unit that words let suppose, of a column of numbers up to `largest`.
pub(super) fn unit_of_words(header: &str, kind: ColumnType, largest: f64) -> Option<&'static str> {
    let words = telling(header);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if has(&[
        "latitude",
        "longitude",
        "lat",
        "lon",
        "coordonnee",
        "code",
        "numero",
        "annee",
    ]) {
        return None;
    }
    if has(&["taux", "pourcentage", "pct", "part"]) {
        // Fractions are no percents.
        return (largest > 1.0 && largest <= 100.0).then_some("%");
    }
    let is_count = normalize(header).starts_with("nb_") || normalize(header).starts_with("nombre_");
    if is_count {
        return Some(if has(&["habitant"]) { "hab" } else { "nombre" });
    }
    if has(&["population", "habitant"]) {
        return Some("hab");
    }
    if has(&["tonnage", "tonne"]) {
        return Some("t");
    }
    if has(&[
        "montant",
        "depense",
        "recette",
        "subvention",
        "prix",
        "cout",
        "encours",
        "loyer",
    ]) {
        return Some("€");
    }
    if has(&["surface", "superficie"]) {
        return Some("m²");
    }
    if has(&["delai"]) {
        return Some("jours");
    }
    (kind == ColumnType::Integer).then_some("nombre")
}

/// What usual axes are called in a sentence, each with its article.
const ARTICLES: &[(&str, &str)] = &[
    ("quartier", "un quartier"),
    ("station", "une station"),
    ("ecole", "une école"),
    ("etablissement", "un établissement"),
    ("direction", "une direction"),
    ("service", "un service"),
    ("flux", "un flux"),
    ("type", "un type"),
    ("categorie", "une catégorie"),
    ("nature", "une nature"),
    ("fonction", "une fonction"),
    ("secteur", "un secteur"),
    ("ligne", "une ligne"),
    ("batiment", "un bâtiment"),
    ("equipement", "un équipement"),
    ("commune", "une commune"),
    ("ville", "une ville"),
    ("rue", "une rue"),
    ("parking", "un parking"),
    ("theme", "un thème"),
    ("age", "une tranche d’âge"),
    ("tranche", "une tranche"),
    ("sexe", "un sexe"),
    ("statut", "un statut"),
    ("filiere", "une filière"),
    ("famille", "une famille"),
    ("compteur", "un compteur"),
    ("energie", "une énergie"),
    ("usage", "un usage"),
    ("section", "une section"),
    ("sens", "un sens"),
    ("politique", "une politique"),
];

/// What an axis is called with its article, by the first word of its header that is known.
pub(super) fn with_article(header: &str) -> Option<&'static str> {
    telling(header).iter().find_map(|word| {
        let mut known = ARTICLES.iter().filter(|(known, _)| known == word);
        known.next().map(|(_, phrase)| *phrase)
    })
}

pub(super) fn period_with_article(grain: Grain) -> &'static str {
    match grain {
        Grain::Day => "un jour",
        Grain::Month => "un mois",
        Grain::Quarter => "un trimestre",
        Grain::Year => "une année",
        Grain::SchoolYear => "une année scolaire",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_of_a_file_name_become_stars() {
        for (name, pattern, subject) in [
            ("velos_2026-06-02.xlsx", "velos_*.xlsx", "velos"),
            (
                "C:\\depot\\Budget M57 2025.csv",
                "Budget M57 *.csv",
                "Budget M57",
            ),
            ("effectifs-T1-2025.ods", "effectifs-*.ods", "effectifs"),
            (
                "2025_09_cantine_repas.csv",
                "*_cantine_repas.csv",
                "cantine repas",
            ),
            ("export juin 2025 (3).csv.gz", "export *.csv.gz", "export"),
            ("rapport v2.csv", "rapport v2.csv", "rapport v2"),
            ("logements.csv", "logements.csv", "logements"),
            ("2025.csv", "2025.csv", ""),
            ("tous*.csv", "tous_.csv", "tous"),
            ("sans_ending", "sans_ending", "sans ending"),
        ] {
            let told = FileName::of(name);
            assert_eq!(
                (&*told.pattern, &*told.subject),
                (pattern, subject),
                "{name}"
            );
        }
    }

    #[test]
    fn headers_of_persons_are_told_from_those_of_things() {
        for header in [
            "Nom",
            "NOM",
            "Prénom",
            "Nom de naissance",
            "Nom de l’agent",
            "Nom de l’abonné",
            "Courriel",
            "E-mail",
            "Téléphone",
            "Date de naissance",
            "N° sécurité sociale",
            "NIR",
            "IBAN",
            "Adresse personnelle",
            "Adresse du demandeur",
            "nom_prenom",
            "Né(e) le",
        ] {
            assert!(is_personal(header), "{header}");
        }
        for header in [
            "Nom de la station",
            "nom_commune",
            "Nombre de naissances",
            "Naissances",
            "Adresse",
            "Date",
            "Telle",
            "Montant",
            "nomBeneficiaire",
            "Nombre de demandeurs",
        ] {
            assert!(!is_personal(header), "{header}");
        }
    }

    #[test]
    fn values_of_persons_are_told_by_their_shape() {
        assert!(are_personal(&["a.b@ville.fr", "c@d.org", "—"]));
        assert!(are_personal(&["06 12 34 56 78", "+33 1 23 45 67 89"]));
        assert!(are_personal(&["2 84 05 75 123 456 78", "184057512345678"]));
        assert!(are_personal(&["FR14 2004 1010 0505 0001 3M02 606"]));
        assert!(!are_personal(&["12345678901234", "99148", "2026-06-01"]));
        assert!(!are_personal(&["FR14 2004 1010 0505 0001 3M02 607"]));
        assert!(!are_personal(&[]));
    }

    #[test]
    fn words_let_suppose_a_unit() {
        let whole = ColumnType::Integer;
        let decimal = ColumnType::Decimal { scale: 2 };
        let unit = |header, kind, largest| unit_of_words(header, kind, largest);
        assert_eq!(unit("Montant mandaté", decimal, 1e6), Some("€"));
        assert_eq!(unit("Taux d’occupation", decimal, 97.0), Some("%"));
        assert_eq!(unit("Taux d’occupation", decimal, 0.97), None);
        assert_eq!(unit("Population municipale", whole, 900.0), Some("hab"));
        assert_eq!(unit("Nombre de subventions", whole, 9.0), Some("nombre"));
        assert_eq!(unit("Indice", decimal, 9.0), None);
        assert_eq!(unit("Latitude", decimal, 48.0), None);
    }
}
