//! Numbers of workbooks as text: a number format tells whether a number is a date, a code with
//! leading zeros or a share, and what it counts.

use super::sheet::Value;
use chrono::{Days, NaiveDate, TimeDelta};

/// What a number format makes of numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Format {
    shape: Shape,
    /// `%`, `€`, `k€`, `m²`… when the format writes one beside each number.
    pub(super) unit: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Shape {
    #[default]
    Plain,
    /// Digits that are filled up with zeros, and what stands between them: `00000`,
    /// `0#" "##" "##`.
    Code(Vec<Place>),
    Moment {
        day: bool,
        time: bool,
        /// `[h]`: hours go on beyond a day.
        elapsed: bool,
        /// Seconds have decimals.
        fraction: bool,
    },
}

/// One place of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Digit,
    Literal(char),
}

/// The formats that have a number and no code, as far as they change what is read.
pub(super) fn builtin(id: u32) -> Format {
    match id {
        9 | 10 => Format::of("0%"),
        14..=17 | 27..=31 | 34..=36 | 50..=58 => Format::of("yyyy-mm-dd"),
        18..=21 | 32 | 33 => Format::of("hh:mm:ss"),
        22 => Format::of("yyyy-mm-dd hh:mm"),
        45 => Format::of("mm:ss"),
        46 => Format::of("[h]:mm:ss"),
        47 => Format::of("mm:ss.0"),
        _ => Format::default(),
    }
}

impl Format {
    /// Reads a format code. Only its first section counts: the others are for negative numbers,
    /// zero and text.
    pub(super) fn of(code: &str) -> Self {
        let tokens = tokens(code);
        let has = |wanted: &str| tokens.iter().any(|token| token.is(wanted));
        if has("y") || has("d") || has("h") || has("s") || has("m") || has("e") {
            let elapsed = tokens.iter().any(|token| matches!(token, Token::Elapsed));
            let time = has("h") || has("s") || elapsed;
            let day = has("y") || has("d") || has("e") || !time;
            let fraction = tokens
                .windows(2)
                .any(|pair| matches!(pair, [Token::Char('.' | ','), Token::Char('0')]));
            return Self {
                shape: Shape::Moment {
                    day,
                    time,
                    elapsed,
                    fraction,
                },
                unit: None,
            };
        }
        if tokens.iter().any(|token| matches!(token, Token::Elapsed)) {
            let fraction = false;
            return Self {
                shape: Shape::Moment {
                    day: false,
                    time: true,
                    elapsed: true,
                    fraction,
                },
                unit: None,
            };
        }
        Self {
            shape: code_shape(&tokens).map_or(Shape::Plain, Shape::Code),
            unit: unit(&tokens),
        }
    }

    /// What a cell of this format shows of a number, with all its digits.
    pub(super) fn apply(&self, value: f64, is_1904: bool) -> Value {
        match &self.shape {
            Shape::Plain => Value::Number(decimal(value)),
            Shape::Code(places) => {
                code(value, places).map_or_else(|| Value::Number(decimal(value)), Value::Text)
            }
            Shape::Moment { .. } => self
                .moment(value, is_1904)
                .map_or_else(|| Value::Number(decimal(value)), Value::Text),
        }
    }

    /// A day, an instant, a time of day or a length of time, in ISO notation.
    fn moment(&self, value: f64, is_1904: bool) -> Option<String> {
        let Shape::Moment {
            day,
            time,
            elapsed,
            fraction,
        } = self.shape
        else {
            return None;
        };
        if !value.is_finite() || !(0.0..3_000_000.0).contains(&value) {
            return None;
        }
        let unit = if fraction { 1 } else { 1000 };
        // Instants are fractions of a day: 11:59:59.999 stands for noon.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "within the range just checked"
        )]
        let millis = ((value * 86_400_000.0 / f64::from(unit)).round() as i64) * i64::from(unit);
        // A time of day goes up to 24 hours; beyond, within a year, hours were added up.
        if elapsed || (!day && value < 366.0) || (time && value < 1.0) {
            return Some(clock(millis));
        }
        // No day is the day 0: an absent date that a formula has made 0.
        if value < 1.0 && !is_1904 {
            return None;
        }
        let days = u64::try_from(millis / 86_400_000).ok()?;
        let first = if is_1904 {
            NaiveDate::from_ymd_opt(1904, 1, 1)
        } else if days > 60 {
            // Excel counts a 29 February 1900.
            NaiveDate::from_ymd_opt(1899, 12, 30)
        } else if days < 60 {
            NaiveDate::from_ymd_opt(1899, 12, 31)
        } else {
            None
        };
        let date = first?.checked_add_days(Days::new(days))?;
        if date > NaiveDate::from_ymd_opt(9999, 12, 31)? {
            return None;
        }
        let rest = millis % 86_400_000;
        // A date alone that has a time beneath keeps it: nothing is lost.
        if rest == 0 {
            Some(date.to_string())
        } else {
            let instant = date
                .and_hms_opt(0, 0, 0)?
                .checked_add_signed(TimeDelta::milliseconds(rest))?;
            let pattern = if rest % 1000 == 0 {
                "%Y-%m-%dT%H:%M:%S"
            } else {
                "%Y-%m-%dT%H:%M:%S%.3f"
            };
            Some(instant.format(pattern).to_string())
        }
    }
}

/// A number with the fifteen digits that spreadsheets count with: 0.1 + 0.2 is 0.3 there.
pub(super) fn decimal(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        // Most numbers are whole, and told the same far sooner.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and within the range"
        )]
        return (value as i64).to_string();
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded == 0.0 {
        return "0".to_owned();
    }
    rounded.to_string()
}

fn clock(millis: i64) -> String {
    let seconds = millis / 1000;
    let clock = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    match millis % 1000 {
        0 => clock,
        rest => format!("{clock}.{rest:03}"),
    }
}

/// The digits of a whole number in the places of a code; `None` when they do not fit.
fn code(value: f64, places: &[Place]) -> Option<String> {
    if value < 0.0 || value.fract() != 0.0 || value >= 1e15 {
        return None;
    }
    let digits = format!("{value:.0}");
    let wanted = places
        .iter()
        .filter(|place| matches!(place, Place::Digit))
        .count();
    // More digits than places go before the first.
    let spare = digits.len().saturating_sub(wanted);
    let padded = format!("{digits:0>wanted$}");
    let mut digits = padded.chars();
    let mut text = String::new();
    let mut first = true;
    for place in places {
        match place {
            Place::Literal(literal) => text.push(*literal),
            Place::Digit => {
                let count = if first { spare + 1 } else { 1 };
                text.extend(digits.by_ref().take(count));
                first = false;
            }
        }
    }
    Some(text)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A character of the code.
    Char(char),
    /// A text shown as it is.
    Literal(String),
    /// `[h]`, `[mm]`, `[s]`.
    Elapsed,
    /// `General`.
    General,
}

impl Token {
    fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Char(char) if wanted.starts_with(char.to_ascii_lowercase()))
    }
}

/// The first section of a code.
fn tokens(code: &str) -> Vec<Token> {
    // Codes of more than a few dozen characters are none.
    let mut rest = code.get(..code.len().min(1024)).unwrap_or(code);
    let mut tokens = Vec::new();
    while let Some(char) = rest.chars().next() {
        let mut take = char.len_utf8();
        let after = rest.get(take..).unwrap_or_default();
        match char {
            ';' => break,
            '"' => {
                let literal = after.split('"').next().unwrap_or_default();
                tokens.push(Token::Literal(literal.to_owned()));
                take += literal.len() + 1;
            }
            '\\' => {
                let literal: String = after.chars().take(1).collect();
                take += literal.len();
                tokens.push(Token::Literal(literal));
            }
            // A blank as wide as a character, a character repeated.
            '_' | '*' => {
                take += after.chars().next().map_or(0, char::len_utf8);
                if char == '_' {
                    tokens.push(Token::Literal(" ".to_owned()));
                }
            }
            '[' => {
                let inside = after.split(']').next().unwrap_or_default();
                take += inside.len() + 1;
                if let Some(currency) = inside.strip_prefix('$') {
                    let symbol = currency.split('-').next().unwrap_or_default();
                    if !symbol.is_empty() {
                        tokens.push(Token::Literal(symbol.to_owned()));
                    }
                } else if !inside.is_empty()
                    && inside
                        .chars()
                        .all(|c| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's'))
                {
                    tokens.push(Token::Elapsed);
                }
            }
            'G' | 'g'
                if rest
                    .get(..7)
                    .is_some_and(|word| word.eq_ignore_ascii_case("general")) =>
            {
                take = 7;
                tokens.push(Token::General);
            }
            'A' | 'a'
                if rest
                    .get(..5)
                    .is_some_and(|word| word.eq_ignore_ascii_case("am/pm")) =>
            {
                take = 5;
                tokens.push(Token::Char('h'));
            }
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '(' | ')' | '€' | '$' | '£' => {
                tokens.push(Token::Literal(char.to_string()));
            }
            'E' | 'e' if matches!(after.chars().next(), Some('+' | '-')) => {
                // An exponent, not an era.
                take += 1;
                tokens.push(Token::Char('^'));
            }
            other => tokens.push(Token::Char(other)),
        }
        rest = rest.get(take..).unwrap_or_default();
    }
    tokens
}

/// The places of a code: at least two of them, the first filled with a zero, and nothing of a
/// number about them.
fn code_shape(tokens: &[Token]) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    for token in tokens {
        match token {
            Token::Char('0') => places.push(Place::Digit),
            // `0#" "##`: the first digit is a zero, the others are always there.
            Token::Char('#' | '?') if places.contains(&Place::Digit) => places.push(Place::Digit),
            Token::Literal(literal) => places.extend(literal.chars().map(Place::Literal)),
            _ => return None,
        }
    }
    let digits = places
        .iter()
        .filter(|place| matches!(place, Place::Digit))
        .count();
    if digits < 2 {
        return None;
    }
    let is_blank = |place: &Place| matches!(place, Place::Literal(c) if c.is_whitespace());
    while places.last().is_some_and(is_blank) {
        places.pop();
    }
    let lead = places.iter().take_while(|place| is_blank(place)).count();
    places.drain(..lead);
    Some(places)
}

/// What a format writes beside numbers that says what they count.
fn unit(tokens: &[Token]) -> Option<String> {
    if tokens.iter().any(|token| matches!(token, Token::Char('%'))) {
        return Some("%".to_owned());
    }
    let digit = |token: &Token| matches!(token, Token::Char('0' | '#' | '?') | Token::General);
    let last = tokens.iter().rposition(digit)?;
    let after = tokens.get(last + 1..).unwrap_or_default();
    // A comma after the last digit divides by a thousand: the unit shown is not that of the value.
    if after.iter().any(|token| matches!(token, Token::Char(','))) {
        return None;
    }
    let written = |tokens: &[Token]| -> Option<String> {
        let text: String = tokens
            .iter()
            .filter_map(|token| match token {
                Token::Literal(literal) => Some(literal.as_str()),
                _ => None,
            })
            .collect();
        let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '(' | ')'));
        let fits = text
            .chars()
            .any(|c| c.is_alphabetic() || matches!(c, '€' | '$' | '£' | '°'));
        (fits && text.chars().count() <= 20).then(|| text.to_owned())
    };
    let first = tokens.iter().position(digit)?;
    written(after).or_else(|| {
        // Only a currency stands before a number.
        let before = written(tokens.get(..first).unwrap_or_default())?;
        matches!(before.as_str(), "€" | "$" | "£" | "EUR" | "USD").then_some(before)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str, value: f64) -> String {
        match Format::of(code).apply(value, false) {
            Value::Text(text) => format!("'{text}"),
            Value::Number(number) => number,
        }
    }

    #[test]
    fn numbers_have_the_digits_of_a_spreadsheet() {
        assert_eq!(decimal(0.1 + 0.2), "0.3");
        assert_eq!(decimal(2.280_000_140_001_6e13), "22800001400016");
        assert_eq!(decimal(-1234.5), "-1234.5");
        assert_eq!(decimal(3.0), "3");
        assert_eq!(decimal(-0.0), "0");
    }

    #[test]
    fn a_code_keeps_the_zeros_of_its_format() {
        for (format, value, text) in [
            ("00000", 1234.0, "'01234"),
            ("00000", 34172.0, "'34172"),
            ("00000", 341_720.0, "'341720"),
            ("00", 1.0, "'01"),
            (
                "0#\" \"##\" \"##\" \"##\" \"##",
                467_123_456.0,
                "'04 67 12 34 56",
            ),
            ("0#\\ ##\\ ##\\ ##\\ ##", 467_123_456.0, "'04 67 12 34 56"),
            ("\"P\"000", 7.0, "'P007"),
            (
                "000\\ 000\\ 000\\ 00000",
                2_280_000_140_001.0,
                "'022 800 001 40001",
            ),
            ("00000", 12.5, "12.5"),
            ("0", 7.0, "7"),
            ("#,##0", 1234.0, "1234"),
            ("#\" \"##0", 1234.0, "1234"),
            ("0.00", 1234.5, "1234.5"),
            ("000,000", 12.0, "12"),
            ("0.00E+00", 1234.0, "1234"),
            ("00%", 0.12, "0.12"),
            ("General", 12.0, "12"),
            ("[<=9999]0000;General", 12.0, "'0012"),
        ] {
            assert_eq!(shown(format, value), text, "{format} {value}");
        }
    }

    #[test]
    fn moments_are_in_iso_notation() {
        for (format, value, text) in [
            ("dd/mm/yyyy", 45_292.0, "'2024-01-01"),
            ("mmm\\-yy", 45_292.0, "'2024-01-01"),
            ("[$-40C]d\\ mmmm\\ yyyy;@", 45_292.0, "'2024-01-01"),
            ("dd/mm/yyyy hh:mm", 45_292.5, "'2024-01-01T12:00:00"),
            ("dd/mm/yyyy", 45_292.5, "'2024-01-01T12:00:00"),
            (
                "dd/mm/yyyy hh:mm",
                45_292.499_999_99,
                "'2024-01-01T12:00:00",
            ),
            (
                "dd/mm/yyyy hh:mm:ss.000",
                45_292.500_001,
                "'2024-01-01T12:00:00.086",
            ),
            ("hh:mm", 0.75, "'18:00:00"),
            ("hh:mm", 1.5, "'36:00:00"),
            ("h:mm AM/PM", 0.75, "'18:00:00"),
            ("[h]:mm", 1.5, "'36:00:00"),
            ("[mm]", 0.5, "'12:00:00"),
            ("dd/mm/yyyy", 1.0, "'1900-01-01"),
            ("dd/mm/yyyy", 59.0, "'1900-02-28"),
            ("dd/mm/yyyy", 61.0, "'1900-03-01"),
            ("dd/mm/yyyy", 60.0, "60"),
            ("dd/mm/yyyy", 0.0, "0"),
            ("dd/mm/yyyy", -3.0, "-3"),
            ("dd/mm/yyyy", 1e300, decimal(1e300).as_str()),
            ("[Red]0.00", 5.0, "5"),
            ("\"de\" 0", 5.0, "5"),
            ("yyyy", 45_292.0, "'2024-01-01"),
        ] {
            assert_eq!(shown(format, value), text, "{format} {value}");
        }
        assert_eq!(
            Format::of("d/m/yy").apply(0.0, true),
            Value::Text("1904-01-01".to_owned())
        );
    }

    #[test]
    fn formats_say_what_is_counted() {
        for (format, unit) in [
            ("0.0%", Some("%")),
            ("#,##0.00 €", Some("€")),
            ("#,##0.00\\ \"€\"", Some("€")),
            ("#,##0.00\\ [$€-40C];[Red]\\-#,##0.00\\ [$€-40C]", Some("€")),
            ("_-* #,##0.00\\ \"€\"_-;\\-* #,##0.00\\ \"€\"_-", Some("€")),
            ("[$$-409]#,##0", Some("$")),
            ("0\" k€\"", Some("k€")),
            ("#,##0,\" k€\"", None),
            ("0\" m²\"", Some("m²")),
            ("0.00", None),
            ("General", None),
            ("\"Lot \"0", None),
        ] {
            assert_eq!(Format::of(format).unit.as_deref(), unit, "{format}");
        }
    }
}
