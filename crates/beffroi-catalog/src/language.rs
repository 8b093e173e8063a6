//! The page of the measure language, in French: each form with what it means and an example that
//! is read by the tests.

/// A table of the page: its title, what it is about, and its forms.
struct Chapter {
    title: &'static str,
    doc: &'static str,
    /// How it is written, what it means, an example.
    forms: &'static [(&'static str, &'static str, &'static str)],
}

static CHAPTERS: &[Chapter] = &[
    Chapter {
        title: "Agrégats",
        doc: "Ils réunissent les lignes d'un groupe (un mois, un quartier), et parmi elles celles \
              dont la cellule a une valeur. S'il n'y en a aucune, les comptes valent zéro et les \
              autres n'ont pas de valeur.",
        forms: &[
            (
                "`sum(x)`",
                "La somme, au centime près pour des nombres exacts.",
                "sum(montant)",
            ),
            ("`count(*)`", "Le nombre de lignes.", "count(*)"),
            (
                "`count(x)`",
                "Le nombre de lignes où `x` a une valeur.",
                "count(locations)",
            ),
            (
                "`count(distinct x)`",
                "Le nombre de valeurs différentes ; la casse et les accents comptent.",
                "count(distinct usager)",
            ),
            ("`min(x)`", "La plus petite valeur.", "min(delai)"),
            ("`max(x)`", "La plus grande.", "max(delai)"),
            (
                "`avg(x)`",
                "La moyenne des lignes. Celle d'un taux est refusée : elle donnerait le même poids à \
                 un petit et à un grand.",
                "avg(no2)",
            ),
            (
                "`median(x)`",
                "La valeur du milieu, ou la moyenne des deux du milieu.",
                "median(delai)",
            ),
            (
                "`quantile(x, q)`",
                "La valeur sous laquelle est une part `q` des lignes, de 0 à 1 ; entre deux lignes, \
                 au prorata (comme `CENTILE.INCLURE` dans un tableur).",
                "quantile(delai, 0.9)",
            ),
            (
                "`first(x)`",
                "La valeur de la ligne la plus ancienne, selon la colonne `time` ; parmi celles \
                 d'un même moment, la première lue.",
                "first(encours)",
            ),
            (
                "`last(x)`",
                "Celle de la ligne la plus récente ; parmi celles d'un même moment, la dernière lue.",
                "last(encours)",
            ),
            (
                "`… filter (where c)`",
                "L'agrégat des seules lignes où la condition est vraie.",
                "sum(montant) filter (where section = 'investissement')",
            ),
        ],
    },
    Chapter {
        title: "Conditions",
        doc: "Sur une ligne, une comparaison avec une cellule sans valeur n'est ni vraie ni fausse ; \
              un filtre n'en veut pas. Les textes se comparent caractère par caractère : la casse, \
              les accents et les espaces comptent.",
        forms: &[
            (
                "`= <> < <= > >=`",
                "Compare deux nombres, deux textes, deux dates.",
                "count(*) filter (where delai <= 30)",
            ),
            (
                "`and`, `or`, `not`",
                "Les deux, l'une ou l'autre, le contraire.",
                "count(*) filter (where clos and not (motif = 'doublon' or motif = 'essai'))",
            ),
            (
                "`in (…)`, `not in (…)`",
                "Est, ou n'est pas, dans une liste de valeurs.",
                "sum(tonnage) filter (where flux in ('verre', 'papiers'))",
            ),
            (
                "`between a and b`",
                "De `a` à `b`, compris.",
                "count(*) filter (where age between 3 and 11)",
            ),
            (
                "`like '…%'`",
                "Commence par un texte (`'21%'`), finit par lui (`'%21'`) ou le contient (`'%21%'`).",
                "sum(realise) filter (where nature like '21%')",
            ),
            (
                "`is null`, `is not null`",
                "La cellule n'a pas, ou a, une valeur.",
                "count(*) filter (where ferme is null)",
            ),
        ],
    },
    Chapter {
        title: "Choix et absences",
        doc: "Ce qui se calcule d'une cellule sans valeur n'en a pas non plus, sauf ici.",
        forms: &[
            (
                "`case when c then x … else y end`",
                "Le résultat de la première condition vraie ; sans `else`, sinon rien.",
                "sum(case when gratuit then 0 else prix end)",
            ),
            (
                "`nullif(a, b)`",
                "`a`, et rien s'il est égal à `b`.",
                "sum(depenses) / nullif(sum(places), 0)",
            ),
            (
                "`coalesce(a, b, …)`",
                "La première qui a une valeur. Un agrégat secret le reste.",
                "sum(coalesce(montant, 0))",
            ),
        ],
    },
    Chapter {
        title: "Nombres",
        doc: "Les nombres entiers et décimaux sont exacts jusqu'à 28 chiffres, dont 9 après la \
              virgule ; leurs sommes, différences et produits aussi. Une division ne l'est pas. \
              Une division par zéro n'a pas de valeur, un nombre plus long non plus.",
        forms: &[
            (
                "`+ - * /`",
                "Les quatre opérations, et des parenthèses.",
                "(sum(recettes) - sum(depenses)) / sum(recettes)",
            ),
            ("`abs(x)`", "Sans son signe.", "sum(abs(ecart))"),
            (
                "`round(x)`, `round(x, n)`",
                "Arrondi à `n` chiffres après la virgule (avant elle si `n` est négatif), les demis \
                 en s'éloignant de zéro : 2,5 devient 3, et −2,5 devient −3.",
                "round(sum(montant) / sum(repas), 2)",
            ),
            (
                "`floor(x)`",
                "Le plus grand nombre entier qui ne le dépasse pas.",
                "count(*) filter (where floor(age / 10) = 6)",
            ),
            (
                "`ceil(x)`",
                "Le plus petit nombre entier qui n'est pas au-dessous.",
                "sum(ceil(minutes / 30))",
            ),
            (
                "`greatest(a, b, …)`",
                "Le plus grand ; rien s'il en manque un.",
                "greatest(sum(recettes) - sum(depenses), 0)",
            ),
            (
                "`least(a, b, …)`",
                "Le plus petit ; rien s'il en manque un.",
                "sum(least(duree, 120))",
            ),
        ],
    },
    Chapter {
        title: "Dates",
        doc: "Un mois, un trimestre, une année se comparent par leur premier jour. Un instant \
              comparé à une date compte pour son jour.",
        forms: &[
            (
                "`date '2025-01-31'`",
                "Un jour.",
                "count(*) filter (where ouvert >= date '2025-01-31')",
            ),
            (
                "`a - b`",
                "Les jours entre deux dates ; entre deux instants, avec leurs fractions.",
                "median(ferme - ouvert)",
            ),
            (
                "`year(d)`",
                "L'année.",
                "count(*) filter (where year(ouvert) = 2025)",
            ),
            (
                "`quarter(d)`",
                "Le trimestre, de 1 à 4.",
                "count(*) filter (where quarter(ouvert) = 1)",
            ),
            (
                "`month(d)`",
                "Le mois, de 1 à 12.",
                "count(*) filter (where month(ouvert) in (7, 8))",
            ),
            (
                "`day(d)`",
                "Le jour du mois, de 1 à 31.",
                "count(*) filter (where day(ouvert) = 1)",
            ),
            (
                "`weekday(d)`",
                "Le jour de la semaine, de 1 (lundi) à 7 (dimanche).",
                "count(*) filter (where weekday(ouvert) >= 6)",
            ),
            (
                "`date_trunc('month', d)`",
                "Le premier jour du mois, ou de `'day'`, `'quarter'`, `'year'`, `'school_year'`.",
                "count(*) filter (where date_trunc('month', ouvert) = date_trunc('month', ferme))",
            ),
        ],
    },
    Chapter {
        title: "Textes",
        doc: "Un texte s'écrit entre apostrophes ; une apostrophe s'y double (`'l''école'`). Le texte \
              vide est une valeur.",
        forms: &[
            (
                "`a || b`",
                "L'un, puis l'autre.",
                "count(distinct departement || commune)",
            ),
            (
                "`lower(t)`",
                "En minuscules.",
                "count(distinct lower(courriel))",
            ),
            (
                "`upper(t)`",
                "En majuscules.",
                "count(*) filter (where upper(sens) = 'D')",
            ),
            (
                "`trim(t)`",
                "Sans les blancs des deux bouts.",
                "count(distinct trim(station))",
            ),
            (
                "`left(t, n)`",
                "Ses `n` premiers caractères.",
                "sum(montant) filter (where left(compte, 2) = '64')",
            ),
            (
                "`right(t, n)`",
                "Ses `n` derniers.",
                "count(*) filter (where right(code, 3) = '000')",
            ),
            (
                "`length(t)`",
                "Le nombre de ses caractères.",
                "count(*) filter (where length(siret) <> 14)",
            ),
        ],
    },
    Chapter {
        title: "D'un indicateur à l'autre",
        doc: "Un indicateur sans `dataset` en combine d'autres, aux mêmes périodes et pour les \
              mêmes membres.",
        forms: &[(
            "`indicator('x')`",
            "Un autre indicateur, par le nom de son fichier.",
            "indicator('dette') / nullif(indicator('epargne'), 0)",
        )],
    },
];

const OPENING: &str = "\n## Langage des mesures\n\n\
    Une mesure (`measure`) réunit des lignes par des agrégats, puis les combine : \
    `sum(vacants) / sum(logements)`. Une colonne calculée (`value`) porte sur une ligne : elle \
    n'a pas d'agrégat. Noms de fonctions et mots du langage s'écrivent en minuscules ou en \
    majuscules.\n";

const UNITS: &str = "\n### Unités\n\n\
    Les unités déclarées pour les colonnes et les indicateurs se suivent à travers le calcul. On \
    n'ajoute ni ne compare des tonnes et des euros ; pour des tonnes et des kilogrammes, le \
    facteur à écrire est dit. Des euros divisés par des habitants (`unit = \"hab\"` pour la colonne) \
    sont des `€/hab` : l'unité de l'indicateur doit être celle que donne sa mesure. Un nombre écrit \
    dans la mesure n'a pas d'unité : `1000 * sum(tonnes)` est en `kg` si l'indicateur l'est. Avec \
    `%`, la mesure est un rapport de deux choses de même unité ; une colonne en `%`, elle, compte 12 \
    pour 12 %. D'une colonne sans unité, rien n'est dit.\n";

/// The page, to be put behind that of the keys.
pub(crate) fn page() -> String {
    let mut out = OPENING.to_owned();
    for chapter in CHAPTERS {
        out.push_str(&format!("\n### {}\n\n{}\n\n", chapter.title, chapter.doc));
        out.push_str("| Forme | Sens | Exemple |\n|---|---|---|\n");
        for (form, meaning, example) in chapter.forms {
            // In a table, what stands between two signs is a cell.
            let [form, example] = [form, example].map(|text| text.replace('|', "\\|"));
            out.push_str(&format!("| {form} | {meaning} | `{example}` |\n"));
        }
    }
    out.push_str(UNITS);
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::{Aggregate, Function, parse_expr};

    #[test]
    fn every_function_has_an_example_that_uses_it() {
        for name in Aggregate::NAMES.into_iter().chain(Function::NAMES) {
            let call = format!("{name}(");
            let mut forms = CHAPTERS.iter().flat_map(|chapter| chapter.forms);
            assert!(
                forms.any(|(form, _, example)| form.contains(&call) && example.contains(&call)),
                "{name}"
            );
        }
    }

    #[test]
    fn every_example_is_read_as_it_is_written() {
        for (_, _, example) in CHAPTERS.iter().flat_map(|chapter| chapter.forms) {
            let expr = parse_expr(example).expect(example);
            assert_eq!(expr.to_string(), *example);
        }
    }
}
