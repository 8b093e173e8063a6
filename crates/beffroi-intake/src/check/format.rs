//! Texts whose form says what they are: SIRET and SIREN with their check digits, addresses,
//! telephone numbers…

use beffroi_model::{Format, normalize};
use regex::Regex;
use std::sync::LazyLock;

/// The SIREN of La Poste: its establishments follow a rule of their own.
const LA_POSTE: &str = "356000000";
/// The matters of the nomenclature of acts (ACTES), as [`normalize`] leaves them.
const MATTERS: [&str; 9] = [
    "commande_publique",
    "urbanisme",
    "domaine_et_patrimoine",
    "fonction_publique",
    "institutions_et_vie_politique",
    "libertes_publiques_et_pouvoirs_de_police",
    "finances_locales",
    "domaines_de_competences_par_themes",
    "autres_domaines_de_competences",
];
/// Where France is: longitudes and latitudes of the mainland and of each territory overseas.
const FRANCE: [[f64; 4]; 11] = [
    [-5.6, 9.8, 41.2, 51.3],
    [-61.9, -60.7, 14.3, 16.6],
    [-63.2, -62.7, 17.8, 18.2],
    [-54.7, -51.5, 2.0, 5.9],
    [55.1, 55.9, -21.5, -20.8],
    [44.9, 45.4, -13.1, -12.5],
    [-56.5, -56.0, 46.7, 47.2],
    [163.5, 168.2, -22.8, -19.5],
    [-154.8, -134.4, -27.7, -7.8],
    [-178.3, -176.0, -14.5, -13.1],
    [39.6, 78.0, -50.1, -11.5],
];

/// Whether a text is of the format.
pub(super) fn is(format: Format, text: &str) -> bool {
    match format {
        Format::Siret => is_siret(text),
        Format::Siren => is_siren(text),
        Format::Phone => is_phone(text),
        Format::Email => EMAIL.as_ref().is_some_and(|it| it.is_match(text)),
        Format::Uri => is_uri(text),
        Format::Uuid => is_uuid(text),
        Format::YearInterval => is_interval(text),
        Format::YearOrInterval => is_year(text) || is_interval(text),
        Format::ActMatter => {
            let matter = text.trim_start_matches('\'').split('/').next();
            MATTERS.contains(&normalize(matter.unwrap_or_default()).as_str())
        }
        Format::OpeningHours => HOURS.as_ref().is_some_and(|it| it.is_match(text)),
        Format::FrenchPoint => point(text).is_some_and(|(a, b)| in_france(a, b) || in_france(b, a)),
    }
}

/// Compiles an expression of ours.
fn own(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| own(r"^[^\s@,;<>]+@([\w-]+\.)+[\w-]{2,}$"));

/// `24/7`, or days, months and hours, rule after rule.
static HOURS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = r"(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?(?:\[-?\d\])?";
    let month = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
    let date = format!(
        r"(?:\d{{4}} )?{month}(?: \d{{1,2}})?(?: ?- ?(?:\d{{4}} )?(?:{month}(?: \d{{1,2}})?|\d{{1,2}}))?"
    );
    let hour = r"(?:(?:[01]?\d|2[0-9]|4[0-8]):[0-5]\d|sunrise|sunset|dawn|dusk)";
    let hours = format!(r"{hour}(?: ?- ?{hour}|\+)");
    let list = |one: &str| format!(r"{one}(?: ?, ?{one})*");
    let (dates, days, spans) = (list(&date), list(day), list(&hours));
    let when = format!(r#"(?:24/7|{spans}|off|closed|open|"[^"]*")"#);
    let rule = format!(
        r#"(?:(?:{dates}:? ?)?(?:{days}:? )?{when}|{dates}|{days})(?: (?:off|closed|open|"[^"]*"))?"#
    );
    own(&format!(r"^{rule}(?: ?(?:;|\|\||,) ?{rule})*;?$"))
});

fn is_siren(text: &str) -> bool {
    let digits = without_blanks(text);
    digits.len() == 9 && has_luhn(&digits)
}

fn is_siret(text: &str) -> bool {
    let digits = without_blanks(text);
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = digits.chars().filter_map(|c| c.to_digit(10)).sum();
    let is_post = digits.starts_with(LA_POSTE) && sum.is_multiple_of(5);
    is_post || (has_luhn(&digits) && digits.get(..9).is_some_and(has_luhn))
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether digits hold their check digit by Luhn's rule.
fn has_luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (place, c) in digits.chars().rev().enumerate() {
        let Some(digit) = c.to_digit(10) else {
            return false;
        };
        let doubled = digit * (1 + place as u32 % 2);
        sum += doubled / 10 + doubled % 10;
    }
    sum.is_multiple_of(10)
}

fn is_phone(text: &str) -> bool {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '.' | '-' | '(' | ')'))
        .collect();
    let all = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let international = digits
        .strip_prefix('+')
        .or_else(|| digits.strip_prefix("00"));
    if let Some(rest) = international {
        // A zero in brackets, as many write it: +33 (0)1…
        let rest = rest.replacen("330", "33", usize::from(rest.starts_with("330")));
        let codes = ["33", "262", "508", "590", "594", "596", "681", "687", "689"];
        return codes.iter().any(|code| {
            rest.strip_prefix(code)
                .is_some_and(|rest| (6..=9).contains(&rest.len()) && all(rest))
        });
    }
    // Ten digits, or the short numbers of services: 3949, 118 218, 15.
    all(&digits)
        && match digits.len() {
            10 => digits.starts_with('0') && !digits.starts_with("00"),
            4 => digits.starts_with(['1', '3']),
            6 => digits.starts_with("118") || digits.starts_with("116"),
            2 | 3 => digits.starts_with('1'),
            _ => false,
        }
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    let has_host = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" | "ftp" => rest
            .strip_prefix("//")
            .is_some_and(|rest| rest.starts_with(|c: char| !matches!(c, '/' | '?' | '#' | ':'))),
        _ => !rest.is_empty(),
    };
    is_scheme
        && has_host
        && !text.contains(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c))
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

pub(super) fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_interval(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(from, to)| is_year(from) && is_year(to) && from < to)
}

/// Two numbers, in square brackets or not.
fn point(text: &str) -> Option<(f64, f64)> {
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let (a, b) = inner.split_once(',')?;
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}

fn in_france(longitude: f64, latitude: f64) -> bool {
    FRANCE.iter().any(|&[west, east, south, north]| {
        (west..=east).contains(&longitude) && (south..=north).contains(&latitude)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_good_from_bad() {
        for (format, good, bad) in [
            (
                Format::Siret,
                &[
                    "21860194600013",
                    "356 000 000 00048",
                    "35600000049837",
                    "13002526500013",
                ][..],
                &["21860194600014", "2186019460001", "2186019460001A", ""][..],
            ),
            (
                Format::Siren,
                &["130025265", "356000000", "732 829 320"],
                &["130025266", "13002526", "13002526X"],
            ),
            (
                Format::Phone,
                &[
                    "0111111111",
                    "01 11 11 11 11",
                    "+33111111111",
                    "+33 (0)1 11 11 11 11",
                    "3949",
                ],
                &["111111111", "01111111112", "+491111111", "zéro"],
            ),
            (
                Format::Email,
                &["contact@ville.fr", "a.b+c@sous.ville.fr"],
                &["contact@ville", "contact", "a b@ville.fr", "@ville.fr"],
            ),
            (
                Format::Uri,
                &["https://ville.fr/a?b=c", "mailto:a@b.fr", "ftp://x"],
                &["ville.fr", "https:///a", "https://ville.fr/a b", "http:"],
            ),
            (
                Format::Uuid,
                &["65d5b6c7-102c-4440-ac3b-768f708edc0a"],
                &[
                    "65d5b6c7102c4440ac3b768f708edc0a",
                    "65d5b6c7-102c-4440-ac3b-768f708edc0g",
                ],
            ),
            (
                Format::YearOrInterval,
                &["2017", "2017/2018"],
                &["2018/2017", "17", "2017/", "2017/2017"],
            ),
            (Format::YearInterval, &["2017/2018"], &["2017"]),
            (
                Format::ActMatter,
                &[
                    "Finances locales/Subventions",
                    "'domaines de compétences par thèmes/culture",
                ],
                &["Culture", ""],
            ),
            (
                Format::OpeningHours,
                &[
                    "24/7",
                    "Mo-Fr 08:00-12:00,Mo-Fr 14:00-18:00,Th 08:00-18:00",
                    "Mo-Fr 08:00-18:00; Sa 09:00-12:00; PH off",
                    "Apr-Oct Mo,We 10:00-19:00",
                ],
                &["lundi 8h-12h", "8h", "Mo-Fr 8-12", "08:00-99:00"],
            ),
            (
                Format::FrenchPoint,
                &["[2.35, 48.85]", "48.85,2.35", "55.5, -21.1"],
                &["[13.4, 52.5]", "2.35", "652000, 6860000"],
            ),
        ] {
            for text in good {
                assert!(is(format, text), "{format:?} {text}");
            }
            for text in bad {
                assert!(!is(format, text), "{format:?} {text}");
            }
        }
    }
}
