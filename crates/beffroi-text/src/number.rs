//! Numbers as they are read: `1 284 512`, `8,2 %`, `−0,6 an`, `1,4 million`.

use crate::{Lang, NO_BREAK, THIN_NO_BREAK, t, t_args};
use beffroi_model::{CellState, Unit, UnitKind};
use std::fmt;

/// A number and its unit, which may be shown smaller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Formatted {
    /// The number, with a currency sign where the language puts it first.
    pub number: String,
    /// The unit with the space that comes before it; empty when there is none.
    pub unit: String,
}

/// Number and unit in one.
impl fmt::Display for Formatted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

/// The sign of a cell without value, in every language of figures: `n. d.`, `///`, `s`. A value
/// has none.
#[must_use]
pub fn absence(lang: Lang, state: CellState) -> &'static str {
    match (state, lang) {
        (CellState::Value, _) => "",
        (CellState::Missing, Lang::Fr) => "n.\u{a0}d.",
        (CellState::Missing, Lang::En) => "n/a",
        (CellState::NotApplicable, _) => "///",
        (CellState::Secret, _) => "s",
    }
}

/// A number with that many decimals, rounded half away from zero. What is not a number reads as
/// not known.
#[must_use]
pub fn number(lang: Lang, value: f64, decimals: u8) -> String {
    if !value.is_finite() {
        return absence(lang, CellState::Missing).to_owned();
    }
    if value.abs() >= 1e15 {
        return scientific(lang, value);
    }
    let (whole, fraction) = rounded(value.abs(), decimals);
    grouped(lang, value < 0.0, &whole, &fraction)
}

/// A number in the notation of exports (`-1234.50`), digit by digit whatever its size; zeros at the
/// end of its decimals are left out. What is not a number is left as it is.
#[must_use]
pub fn decimal(lang: Lang, exported: &str) -> String {
    let (is_negative, digits) = match exported.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, exported),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return exported.to_owned();
    }
    grouped(lang, is_negative, whole, fraction.trim_end_matches('0'))
}

fn grouped(lang: Lang, is_negative: bool, whole: &str, fraction: &str) -> String {
    let (group, point) = match lang {
        Lang::Fr => (THIN_NO_BREAK, ','),
        Lang::En => (',', '.'),
    };
    let zero = whole
        .bytes()
        .chain(fraction.bytes())
        .all(|digit| digit == b'0');
    let mut text = String::with_capacity(whole.len() * 2 + fraction.len() + 4);
    if is_negative && !zero {
        text.push('−');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// The digits of a number before and after the point. Works on the fifteen digits that a float
/// is sure of, so that 2.675, stored as 2.67499999…, rounds as it is written.
fn rounded(value: f64, decimals: u8) -> (String, String) {
    let sure: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    let written = format!("{sure}");
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let kept = usize::from(decimals);
    let up = fraction
        .as_bytes()
        .get(kept)
        .is_some_and(|digit| *digit >= b'5');
    let mut digits: Vec<u8> = whole.bytes().collect();
    digits.extend(fraction.bytes().take(kept));
    digits.resize(whole.len() + kept, b'0');
    if up {
        let mut carried = true;
        for digit in digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carried = false;
                break;
            }
        }
        if carried {
            digits.insert(0, b'1');
        }
    }
    let fraction = digits.split_off(digits.len() - kept);
    let text = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
    (text(digits), text(fraction))
}

/// `1,5 × 10^18`: no town counts that far, but nothing may break.
fn scientific(lang: Lang, value: f64) -> String {
    let written = format!("{value:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let mantissa = number(lang, mantissa.parse().unwrap_or(0.0), 1);
    format!("{mantissa}{NO_BREAK}×{NO_BREAK}10^{exponent}")
}

/// The unit as it is read after a number, without its space: `ans`, `kg/hab`; empty for counts.
/// `value` chooses between `an` and `ans`.
#[must_use]
pub fn unit_words(lang: Lang, unit: Unit, value: f64) -> String {
    let id = match unit.symbol() {
        "nombre" => return String::new(),
        "ans" => "unit-years",
        "mois" => "unit-months",
        "jours" => "unit-days",
        "places" => "unit-places",
        "hab" => "unit-inhabitants",
        "pts" => "unit-points",
        "€/hab" => "unit-euros-per-inhabitant",
        "kg/hab" => "unit-kg-per-inhabitant",
        "kWh/hab" => "unit-kwh-per-inhabitant",
        "t CO₂e/hab" => "unit-co2-per-inhabitant",
        "m²/hab" => "unit-m2-per-inhabitant",
        "km/1000 hab" => "unit-km-per-1000-inhabitants",
        "par hab" => "unit-per-inhabitant",
        "pour 1000 hab" => "unit-per-1000-inhabitants",
        symbol => return symbol.replace(' ', "\u{a0}"),
    };
    t_args(lang, id, &[("count", value.abs().into())]).into_owned()
}

/// A number and its unit apart.
#[must_use]
pub fn with_unit(lang: Lang, value: f64, unit: Unit, decimals: u8) -> Formatted {
    set_unit(lang, number(lang, value, decimals), value, unit)
}

fn set_unit(lang: Lang, number: String, value: f64, unit: Unit) -> Formatted {
    if !value.is_finite() {
        return Formatted {
            number,
            unit: String::new(),
        };
    }
    let words = unit_words(lang, unit, value);
    match (lang, unit.kind()) {
        _ if words.is_empty() => Formatted {
            number,
            unit: words,
        },
        (Lang::En, UnitKind::Money) => {
            let number = match number.strip_prefix('−') {
                Some(number) => format!("−€{number}"),
                None => format!("€{number}"),
            };
            let rest = words.strip_prefix('€').unwrap_or(&words).to_owned();
            Formatted { number, unit: rest }
        }
        (Lang::En, UnitKind::Share) => Formatted {
            number,
            unit: words,
        },
        _ => Formatted {
            number,
            unit: format!("{NO_BREAK}{words}"),
        },
    }
}

/// A short form for axes and targets, three digits at most for large numbers: `1,4 million`,
/// `21,4 M€`, `450 €`, `8 ans`.
#[must_use]
pub fn compact(lang: Lang, value: f64, unit: Unit) -> String {
    let size = value.abs();
    if !value.is_finite() || size >= 1e15 {
        return with_unit(lang, value, unit, 0).to_string();
    }
    // A billion has the same name in neither language; a town's figures rarely get there.
    let (scale, letter) = match size {
        _ if size >= 1e9 => (1e9, "Md"),
        _ if size >= 1e6 => (1e6, "M"),
        _ => {
            return set_unit(lang, short(lang, value, 2), value, unit).to_string();
        }
    };
    let short = short(lang, value / scale, if size / scale < 10.0 { 2 } else { 1 });
    match (unit.kind(), lang, letter) {
        (UnitKind::Money, Lang::Fr, letter) => {
            let words = unit_words(lang, unit, value);
            format!("{short}{NO_BREAK}{letter}{words}")
        }
        (UnitKind::Money, Lang::En, letter) => {
            let letter = if letter == "Md" { "bn" } else { "m" };
            let Formatted { number, unit } = set_unit(lang, short, value, unit);
            format!("{number}{letter}{unit}")
        }
        (_, _, letter) => {
            let id = if letter == "Md" {
                "number-billions"
            } else {
                "number-millions"
            };
            let number = t_args(
                lang,
                id,
                &[("count", (size / scale).into()), ("text", short.into())],
            );
            set_unit(lang, number.into_owned(), value, unit).to_string()
        }
    }
}

/// At most that many decimals, without zeros at the end.
fn short(lang: Lang, value: f64, decimals: u8) -> String {
    let mut text = number(lang, value, decimals);
    if text.contains([',', '.']) && decimals > 0 {
        let point = if lang == Lang::Fr { ',' } else { '.' };
        if let Some((whole, fraction)) = text.rsplit_once(point) {
            let fraction = fraction.trim_end_matches('0');
            text = if fraction.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}{point}{fraction}")
            };
        }
    }
    text
}

/// How much a figure changed: in points for a share, in percent for money and large counts, as a
/// difference for small counts, durations and what has no meaningful percentage. `None` when one
/// of the values is not a number.
#[must_use]
pub fn change(lang: Lang, from: f64, to: f64, unit: Unit, decimals: u8) -> Option<String> {
    let difference = to - from;
    if !from.is_finite() || !to.is_finite() || !difference.is_finite() {
        return None;
    }
    let relative = match unit.kind() {
        UnitKind::Share => false,
        UnitKind::Count => from.max(to) >= 100.0 && decimals == 0,
        UnitKind::Money => true,
        UnitKind::Quantity => !matches!(
            unit.symbol(),
            "ans" | "mois" | "jours" | "h" | "min" | "dB" | "°C"
        ),
    };
    let (size, decimals, words) = if relative && from > 0.0 && to >= 0.0 {
        let percent = 100.0 * difference / from;
        let decimals = if percent.abs() >= 99.95 { 0 } else { 1 };
        let sign = if lang == Lang::Fr { "\u{a0}%" } else { "%" };
        (percent, decimals, sign.to_owned())
    } else if unit.symbol() == "%" {
        let decimals = decimals.max(1);
        let shown = size_shown(difference, decimals);
        let points = t_args(lang, "unit-points", &[("count", shown.into())]);
        (difference, decimals, format!("{NO_BREAK}{points}"))
    } else {
        let written = if unit.kind() == UnitKind::Money && difference.abs() >= 1e6 {
            compact(lang, difference.abs(), unit)
        } else {
            with_unit(lang, difference.abs(), unit, decimals).to_string()
        };
        if is_zero(difference, decimals) {
            return Some(t(lang, "change-none").into_owned());
        }
        let sign = if difference < 0.0 { '−' } else { '+' };
        return Some(format!("{sign}{written}"));
    };
    if !size.is_finite() {
        return None;
    }
    if is_zero(size, decimals) {
        return Some(t(lang, "change-none").into_owned());
    }
    let sign = if size < 0.0 { '−' } else { '+' };
    Some(format!(
        "{sign}{}{words}",
        number(lang, size.abs(), decimals)
    ))
}

fn is_zero(value: f64, decimals: u8) -> bool {
    let (whole, fraction) = rounded(value.abs(), decimals);
    whole
        .bytes()
        .chain(fraction.bytes())
        .all(|digit| digit == b'0')
}

/// The value as it will be shown, so that the plural agrees with what is read.
fn size_shown(value: f64, decimals: u8) -> f64 {
    let (whole, fraction) = rounded(value.abs(), decimals);
    format!("{whole}.{fraction}0").parse().unwrap_or(value)
}

/// A small whole number in words (`onze`), digits above twenty.
#[must_use]
pub fn words(lang: Lang, count: usize) -> String {
    const FR: [&str; 21] = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
        "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit",
        "dix-neuf", "vingt",
    ];
    const EN: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    let names = if lang == Lang::Fr { FR } else { EN };
    match names.get(count) {
        Some(name) => (*name).to_owned(),
        #[allow(clippy::cast_precision_loss)]
        None => number(lang, count as f64, 0),
    }
}

/// A rank: `1ᵉʳ`, `4ᵉ`; `1st`, `4th`.
#[must_use]
pub fn ordinal(lang: Lang, rank: usize) -> String {
    match lang {
        Lang::Fr if rank == 1 => "1ᵉʳ".to_owned(),
        Lang::Fr => format!("{rank}ᵉ"),
        Lang::En => {
            let ending = match (rank % 10, rank % 100) {
                (_, 11..=13) => "th",
                (1, _) => "st",
                (2, _) => "nd",
                (3, _) => "rd",
                _ => "th",
            };
            format!("{rank}{ending}")
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn exported_decimals_keep_every_digit() {
        for (exported, read) in [
            (
                "-1234567890123456789012.50",
                "−1\u{202f}234\u{202f}567\u{202f}890\u{202f}123\u{202f}456\u{202f}789\u{202f}012,5",
            ),
            ("0.00", "0"),
            ("-0", "0"),
            ("999", "999"),
            ("1e3", "1e3"),
            ("", ""),
        ] {
            assert_eq!(decimal(Lang::Fr, exported), read);
        }
    }

    fn unit(symbol: &str) -> Unit {
        Unit::from_symbol(symbol).expect("a unit")
    }

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        let cases = [
            (1_284_512.0, 0, "1\u{202f}284\u{202f}512", "1,284,512"),
            (11.4, 1, "11,4", "11.4"),
            (-0.6, 1, "−0,6", "−0.6"),
            (999.0, 0, "999", "999"),
            (1000.0, 2, "1\u{202f}000,00", "1,000.00"),
            (-1234.5, 1, "−1\u{202f}234,5", "−1,234.5"),
            (0.0, 0, "0", "0"),
            (999_999.5, 0, "1\u{202f}000\u{202f}000", "1,000,000"),
            (f64::NAN, 1, "n.\u{a0}d.", "n/a"),
            (f64::INFINITY, 1, "n.\u{a0}d.", "n/a"),
            (
                -2.5e18,
                1,
                "−2,5\u{a0}×\u{a0}10^18",
                "−2.5\u{a0}×\u{a0}10^18",
            ),
        ];
        for (value, decimals, french, english) in cases {
            assert_eq!(number(Lang::Fr, value, decimals), french);
            assert_eq!(number(Lang::En, value, decimals), english);
        }
    }

    #[test]
    fn halves_round_away_from_zero_as_they_are_written() {
        for (value, decimals, expected) in [
            (0.5, 0, "1"),
            (1.5, 0, "2"),
            (2.5, 0, "3"),
            (-2.5, 0, "−3"),
            (2.675, 2, "2,68"),
            (1.005, 2, "1,01"),
            (0.1 + 0.2, 1, "0,3"),
            (8.25, 1, "8,3"),
            (9.96, 1, "10,0"),
        ] {
            assert_eq!(number(Lang::Fr, value, decimals), expected, "{value}");
        }
    }

    #[test]
    fn there_is_no_minus_zero() {
        assert_eq!(number(Lang::Fr, -0.0, 0), "0");
        assert_eq!(number(Lang::Fr, -0.04, 1), "0,0");
        assert_eq!(
            change(Lang::Fr, 100.0, 99.999, unit("€"), 0).unwrap(),
            "stable"
        );
    }

    #[test]
    fn units_stand_where_each_language_puts_them() {
        let cases = [
            (11.4, "%", 1, "11,4\u{a0}%", "11.4%"),
            (87.4, "km", 1, "87,4\u{a0}km", "87.4\u{a0}km"),
            (
                444.0,
                "€/hab",
                0,
                "444\u{a0}€/hab.",
                "€444\u{a0}per\u{a0}inhab.",
            ),
            (-12.0, "€", 0, "−12\u{a0}€", "−€12"),
            (6.2, "ans", 1, "6,2\u{a0}ans", "6.2\u{a0}years"),
            (1.4, "ans", 1, "1,4\u{a0}an", "1.4\u{a0}years"),
            (1.0, "ans", 0, "1\u{a0}an", "1\u{a0}year"),
            (
                1_284_512.0,
                "nombre",
                0,
                "1\u{202f}284\u{202f}512",
                "1,284,512",
            ),
            (412.0, "places", 0, "412\u{a0}places", "412\u{a0}spaces"),
            (
                1.8,
                "t CO₂e",
                1,
                "1,8\u{a0}t\u{a0}CO₂e",
                "1.8\u{a0}t\u{a0}CO₂e",
            ),
            (3.2, "‰", 1, "3,2\u{a0}‰", "3.2‰"),
        ];
        for (value, symbol, decimals, french, english) in cases {
            assert_eq!(
                with_unit(Lang::Fr, value, unit(symbol), decimals).to_string(),
                french
            );
            assert_eq!(
                with_unit(Lang::En, value, unit(symbol), decimals).to_string(),
                english
            );
        }
        let apart = with_unit(Lang::Fr, 87.4, unit("km"), 1);
        assert_eq!(
            (apart.number.as_str(), apart.unit.as_str()),
            ("87,4", "\u{a0}km")
        );
    }

    #[test]
    fn large_numbers_have_a_short_form() {
        let cases = [
            (
                1_400_000.0,
                "nombre",
                "1,4\u{a0}million",
                "1.4\u{a0}million",
            ),
            (
                3_100_000.0,
                "nombre",
                "3,1\u{a0}millions",
                "3.1\u{a0}million",
            ),
            (21_400_000.0, "€", "21,4\u{a0}M€", "€21.4m"),
            (-1_250_000.0, "€", "−1,25\u{a0}M€", "−€1.25m"),
            (2.5e9, "€", "2,5\u{a0}Md€", "€2.5bn"),
            (450.0, "€", "450\u{a0}€", "€450"),
            (4_000.0, "nombre", "4\u{202f}000", "4,000"),
            (17.5, "GWh", "17,5\u{a0}GWh", "17.5\u{a0}GWh"),
            (25.0, "%", "25\u{a0}%", "25%"),
            (f64::NAN, "%", "n.\u{a0}d.", "n/a"),
        ];
        for (value, symbol, french, english) in cases {
            assert_eq!(compact(Lang::Fr, value, unit(symbol)), french);
            assert_eq!(compact(Lang::En, value, unit(symbol)), english);
        }
    }

    #[test]
    fn changes_are_told_in_the_terms_that_fit() {
        let cases = [
            (
                1_187_164.0,
                1_284_512.0,
                "nombre",
                0,
                "+8,2\u{a0}%",
                "+8.2%",
            ),
            (10.6, 11.4, "%", 1, "+0,8\u{a0}pt", "+0.8\u{a0}pts"),
            (33.0, 38.4, "%", 1, "+5,4\u{a0}pts", "+5.4\u{a0}pts"),
            (6.8, 6.2, "ans", 1, "−0,6\u{a0}an", "−0.6\u{a0}years"),
            (54.0, 61.0, "nombre", 0, "+7", "+7"),
            (431.0, 444.0, "€", 0, "+3,0\u{a0}%", "+3.0%"),
            (-2.0e6, 3.9e6, "€", 0, "+5,9\u{a0}M€", "+€5.9m"),
            (0.0, 12.0, "€", 0, "+12\u{a0}€", "+€12"),
            (-5.0, 5.0, "€", 0, "+10\u{a0}€", "+€10"),
            (100.0, 300.0, "nombre", 0, "+200\u{a0}%", "+200%"),
            (5.0, 5.0, "nombre", 0, "stable", "no change"),
        ];
        for (from, to, symbol, decimals, french, english) in cases {
            assert_eq!(
                change(Lang::Fr, from, to, unit(symbol), decimals).unwrap(),
                french
            );
            assert_eq!(
                change(Lang::En, from, to, unit(symbol), decimals).unwrap(),
                english
            );
        }
        assert_eq!(change(Lang::Fr, f64::NAN, 1.0, unit("%"), 1), None);
        assert_eq!(change(Lang::Fr, -f64::MAX, f64::MAX, unit("€"), 0), None);
    }

    #[test]
    fn ranks_and_words() {
        assert_eq!(ordinal(Lang::Fr, 1), "1ᵉʳ");
        assert_eq!(ordinal(Lang::Fr, 4), "4ᵉ");
        assert_eq!(
            [1, 2, 3, 11, 22].map(|rank| ordinal(Lang::En, rank)),
            ["1st", "2nd", "3rd", "11th", "22nd"]
        );
        assert_eq!(words(Lang::Fr, 11), "onze");
        assert_eq!(words(Lang::En, 40), "40");
    }
}
