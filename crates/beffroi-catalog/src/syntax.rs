//! TOML text → tree, errors of syntax in French. Reading goes on after an error.

use crate::diagnostic::code;
use crate::source::{Report, SourceFile};
use toml::de::DeTable;

/// The tree of a file, with what could be read of it.
pub(crate) fn parse<'a>(file: &'a SourceFile, report: &Report) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let (code, message, hint) = translate(error.message());
        report.syntax(file, &span, code, message, hint.map(str::to_owned));
    }
    table.into_inner()
}

const QUOTES: &str = "Un texte s'écrit entre guillemets droits : `title = \"Logements\"`.";
const ARRAY: &str = "Une liste s'écrit `[\"a\", \"b\"]`, avec des virgules entre ses éléments.";
const INLINE: &str = "Une table sur une ligne s'écrit `{ from = 2026, to = 2032 }`.";
const HEADER: &str =
    "Un titre de table s'écrit `[reading]`, ou `[[targets]]` pour une liste, seul sur sa ligne.";
const PAIR: &str = "Une ligne s'écrit `clé = valeur`.";
const NUMBER: &str = "Un nombre s'écrit `1400000`, `0.5` ou `-3` ; une date, `2026-06-10`.";
const NAME: &str =
    "Une clé sans guillemets n'a que des lettres sans accent, des chiffres, `_` et `-`.";
const TWICE: &str = "Gardez l'une des deux. La version anglaise d'un texte s'écrit avec des guillemets : `\"title.en\" = \"…\"`.";

/// What the reader of TOML says, by the start of its message; the longest start first.
const MESSAGES: [(&str, &str, Option<&str>); 22] = [
    (
        "string values must be quoted",
        "ce texte n'est pas entre guillemets",
        Some(QUOTES),
    ),
    (
        "invalid basic string",
        "ce texte n'est pas fermé, ou contient un caractère interdit",
        Some(QUOTES),
    ),
    (
        "invalid literal string",
        "ce texte n'est pas fermé, ou contient un caractère interdit",
        Some(QUOTES),
    ),
    (
        "invalid multi-line",
        "ce texte sur plusieurs lignes n'est pas fermé",
        Some("Il se termine par trois guillemets."),
    ),
    (
        "missing escaped value",
        "après `\\`, ce caractère n'a pas de sens",
        Some("Une barre oblique inverse s'écrit `\\\\` ; ou mettez le texte entre apostrophes."),
    ),
    (
        "too few unicode",
        "après `\\u`, il faut quatre chiffres hexadécimaux",
        None,
    ),
    (
        "missing opening quote",
        "un guillemet ouvrant manque",
        Some(QUOTES),
    ),
    ("unclosed array table", "`]]` manque", Some(HEADER)),
    ("unclosed table", "`]` manque", Some(HEADER)),
    (
        "unclosed array",
        "cette liste n'est pas fermée",
        Some(ARRAY),
    ),
    (
        "unclosed inline table",
        "cette table n'est pas fermée",
        Some(INLINE),
    ),
    ("extra comma in array", "virgule en trop", Some(ARRAY)),
    (
        "extra comma in inline table",
        "virgule en trop",
        Some(INLINE),
    ),
    (
        "missing comma between array elements",
        "une virgule manque",
        Some(ARRAY),
    ),
    (
        "missing comma between key-value pairs",
        "une virgule manque",
        Some(INLINE),
    ),
    ("missing assignment", "`=` manque", Some(PAIR)),
    (
        "key with no value",
        "cette clé n'a pas de valeur",
        Some(PAIR),
    ),
    ("missing value", "une valeur manque", Some(PAIR)),
    ("extra ", "`=` en trop", Some(PAIR)),
    (
        "invalid unquoted key",
        "cette clé contient un caractère interdit",
        Some(NAME),
    ),
    (
        "unquoted keys cannot be empty",
        "une clé manque",
        Some(PAIR),
    ),
    (
        "cannot recurse further",
        "tables ou listes trop imbriquées",
        None,
    ),
];

fn translate(message: &str) -> (&'static str, &'static str, Option<&'static str>) {
    if message.starts_with("duplicate key") || message.ends_with("with a dotted key") {
        return (
            code::DUPLICATE_KEY,
            "cette clé est déjà dans la table",
            Some(TWICE),
        );
    }
    let known = MESSAGES
        .iter()
        .find(|(start, _, _)| message.starts_with(start));
    match known {
        Some((_, french, hint)) => (code::TOML_SYNTAX, french, *hint),
        None if [
            "number", "float", "digit", "zero", "sign", "radix", "date", "mantissa", "fraction",
            "exponent", "`_`",
        ]
        .iter()
        .any(|word| message.contains(word)) =>
        {
            (
                code::TOML_SYNTAX,
                "ce nombre ou cette date est mal écrit",
                Some(NUMBER),
            )
        }
        None => (
            code::TOML_SYNTAX,
            "cette ligne n'est pas du TOML",
            Some(PAIR),
        ),
    }
}
