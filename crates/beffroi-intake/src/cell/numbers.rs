//! Numbers as people write them, read exactly: `1 234 567,89 €`, `(12,5)`, `1.234,50-`, `3.0`.
//!
//! One mark followed by three digits (`1.234`) says either thousand or decimal. The cell alone
//! cannot tell: [`lex`] says what it can, the survey of the whole column decides the rest.

/// Which mark stands before the decimals in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalMark {
    Comma,
    Point,
}

impl DecimalMark {
    /// The mark itself.
    pub(crate) fn as_char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
        }
    }

    fn of(c: char) -> Self {
        if c == ',' { Self::Comma } else { Self::Point }
    }

    fn other(self) -> Self {
        match self {
            Self::Comma => Self::Point,
            Self::Point => Self::Comma,
        }
    }
}

/// What the marks of one number say about its decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// No mark at all.
    None,
    /// This is the decimal mark.
    Sure(DecimalMark),
    /// This mark stands there once, before three digits: decimal or thousands.
    Either(DecimalMark),
}

/// A text that has the shape of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lexed<'a> {
    negative: bool,
    body: &'a str,
    exponent: i32,
    /// What its marks say.
    pub(crate) evidence: Evidence,
    /// Whether the only marks stand for thousands.
    grouped: bool,
}

/// An exact decimal number: `mantissa` × 10^-`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) mantissa: i128,
    pub(crate) scale: u32,
}

/// How a number fits a column that keeps some digits after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Exactly, or but for the noise of binary floats.
    Exact(i128),
    /// Only when rounded.
    Rounded(i128),
    /// Not at all.
    TooLarge,
}

/// The most separators that a number can have.
const GROUPS: usize = 16;
/// From this many digits on, a number was printed by a program from a binary float…
const FLOAT_DIGITS: u32 = 14;
/// …and with more decimals than this too; no column keeps more.
pub(crate) const MAX_SCALE: u32 = 9;
/// Bodies of so many bytes have a value of 64 bits.
const SHORT: usize = 18;
/// What a Parquet decimal holds.
const MAX_DIGITS: u32 = 38;

/// Reads the shape of a number; `None` for anything else.
pub(crate) fn lex(text: &str) -> Option<Lexed<'_>> {
    bare(text).or_else(|| lex_any(text))
}

/// Digits, with one mark among them and a minus before them at most, as most programs write
/// numbers: the same as [`lex_any`], at once.
fn bare(text: &str) -> Option<Lexed<'_>> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let bytes = body.as_bytes();
    let whole = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let evidence = match bytes.get(whole..)? {
        _ if whole == 0 => return None,
        [] => Evidence::None,
        [mark @ (b',' | b'.'), decimals @ ..] if decimals.iter().all(u8::is_ascii_digit) => {
            let mark = DecimalMark::of(char::from(*mark));
            match decimals.len() {
                0 => return None,
                3 if whole <= 3 && bytes.first() != Some(&b'0') => Evidence::Either(mark),
                _ => Evidence::Sure(mark),
            }
        }
        _ => return None,
    };
    Some(Lexed {
        negative,
        body,
        exponent: 0,
        evidence,
        grouped: false,
    })
}

/// The value of digits alone, few enough for 64 bits: what most cells of most files are.
pub(crate) fn whole(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > SHORT {
        return None;
    }
    text.bytes().try_fold(0, |value: i64, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + i64::from(byte - b'0'))
    })
}

/// The value × 10^`scale` of digits with no more decimals than that, after the decimal mark of
/// their column, and few enough for 64 bits: what most cells of most decimal columns are.
#[inline]
pub(crate) fn scaled(text: &str, mark: DecimalMark, scale: u8) -> Option<i64> {
    let (mark, bytes) = (mark.as_char() as u8, text.as_bytes());
    if bytes.len() > SHORT {
        return None;
    }
    let (mut value, mut after) = (0_i64, None);
    for &byte in bytes {
        if byte.is_ascii_digit() {
            value = value * 10 + i64::from(byte - b'0');
            after = after.map(|digits| digits + 1);
        } else if byte == mark && after.is_none() {
            after = Some(0);
        } else {
            return None;
        }
    }
    let digits = after.unwrap_or(0);
    let is_number = bytes.first()?.is_ascii_digit() && after != Some(0);
    let zeros = u32::from(scale).checked_sub(digits).filter(|_| is_number)?;
    value.checked_mul(10_i64.checked_pow(zeros)?)
}

fn lex_any(text: &str) -> Option<Lexed<'_>> {
    let mut body = text.trim();
    let mut negative = false;
    if let Some(inner) = body
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        negative = true;
        body = inner.trim();
    }
    body = without_unit(body);
    if let Some(rest) = body.strip_prefix('+') {
        body = rest;
    } else if let Some(rest) = body.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        (body, negative) = (rest, !negative);
    } else if let Some(rest) = body.strip_suffix(['-', '\u{2212}']) {
        (body, negative) = (rest, !negative);
    }
    let (body, exponent) = split_exponent(without_unit(body.trim()))?;
    let (evidence, grouped) = marks(body)?;
    Some(Lexed {
        negative,
        body,
        exponent,
        evidence,
        grouped,
    })
}

impl Lexed<'_> {
    /// Whether it is a run of digits with a zero in front: a code more than a number.
    pub(crate) fn has_leading_zero(&self) -> bool {
        self.body.len() > 1
            && self.body.starts_with('0')
            && self.body.bytes().all(|b| b.is_ascii_digit())
    }

    /// Whether nothing but digits stands there.
    pub(crate) fn is_plain(&self) -> bool {
        self.exponent == 0 && !self.negative && self.body.bytes().all(|b| b.is_ascii_digit())
    }

    /// More digits than this do not stand after its decimal mark, whichever that is; `None` where
    /// only its value tells.
    pub(crate) fn most_decimals(&self) -> Option<u32> {
        let is_short = self.exponent == 0 && self.body.len() <= SHORT;
        let before = self
            .body
            .find([',', '.'])
            .map_or(self.body.len(), |mark| mark + 1);
        is_short.then(|| (self.body.len() - before) as u32)
    }

    /// Its value, a doubtful mark being read as the column has it; `None` when it has more digits
    /// than can be kept.
    pub(crate) fn value(&self, mark: DecimalMark) -> Option<Decimal> {
        let decimal = match self.evidence {
            Evidence::None => None,
            Evidence::Sure(sure) => (!self.grouped).then_some(sure),
            Evidence::Either(either) => (either == mark).then_some(either),
        };
        if self.exponent == 0 && self.body.len() <= SHORT {
            return Some(self.short_value(decimal));
        }
        let (mut mantissa, mut scale, mut after) = (0_i128, 0_i64, false);
        for c in self.body.chars() {
            if let Some(digit) = c.to_digit(10) {
                mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(digit))?;
                scale += i64::from(after);
            } else if decimal.is_some_and(|decimal| decimal.as_char() == c) {
                after = true;
            }
        }
        if self.negative {
            mantissa = -mantissa;
        }
        scale -= i64::from(self.exponent);
        if scale < 0 {
            mantissa = mantissa.checked_mul(power(scale.unsigned_abs().try_into().ok()?)?)?;
            scale = 0;
        }
        Some(
            Decimal {
                mantissa,
                scale: scale.try_into().ok()?,
            }
            .trimmed(),
        )
    }
}

impl Lexed<'_> {
    /// The value of a body whose digits fit 64 bits.
    fn short_value(&self, decimal: Option<DecimalMark>) -> Decimal {
        let decimal = decimal.map(|mark| mark.as_char() as u8);
        let (mut mantissa, mut scale, mut after) = (0_i64, 0, false);
        for &byte in self.body.as_bytes() {
            if byte.is_ascii_digit() {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u32::from(after);
            } else {
                after |= decimal == Some(byte);
            }
        }
        while scale > 0 && mantissa % 10 == 0 {
            (mantissa, scale) = (mantissa / 10, scale - 1);
        }
        let mantissa = if self.negative { -mantissa } else { mantissa };
        Decimal {
            mantissa: mantissa.into(),
            scale,
        }
    }
}

impl Decimal {
    /// Without the zeros at its end.
    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The number × 10^`power`; `None` when that has too many digits.
    pub(crate) fn times_ten_to(self, power: i32) -> Option<Self> {
        let (mut mantissa, scale) = (self.mantissa, i64::from(self.scale) - i64::from(power));
        if scale < 0 {
            let zeros = u32::try_from(-scale).ok()?;
            mantissa = mantissa.checked_mul(self::power(zeros)?)?;
        }
        Some(Self {
            mantissa,
            scale: u32::try_from(scale.max(0)).ok()?,
        })
    }

    /// Whether it has so many digits that a program must have printed a binary float.
    pub(crate) fn is_printed_float(self) -> bool {
        const LEAST: u128 = 10_u128.pow(FLOAT_DIGITS - 1);
        self.mantissa.unsigned_abs() >= LEAST || self.scale > MAX_SCALE
    }

    /// How many decimals a column must have for this number, the noise of floats put aside.
    pub(crate) fn useful_scale(self) -> u32 {
        if !self.is_printed_float() {
            return self.scale;
        }
        (0..MAX_SCALE.min(self.scale))
            .find(|&scale| matches!(self.fit(scale), Fit::Exact(_)))
            .unwrap_or(MAX_SCALE.min(self.scale))
    }

    /// The number × 10^`scale`, half a unit being rounded away from zero.
    pub(crate) fn fit(self, scale: u32) -> Fit {
        if scale == self.scale && self.mantissa.unsigned_abs() < u64::MAX.into() {
            return Fit::Exact(self.mantissa);
        }
        if scale >= self.scale {
            return match power(scale - self.scale).and_then(|by| self.mantissa.checked_mul(by)) {
                Some(value) if value.unsigned_abs() < 10_u128.pow(MAX_DIGITS) => Fit::Exact(value),
                _ => Fit::TooLarge,
            };
        }
        let Some(by) = power(self.scale - scale) else {
            return Fit::Rounded(0);
        };
        let (kept, rest) = (self.mantissa / by, self.mantissa % by);
        let up = rest.unsigned_abs() >= by.unsigned_abs() / 2;
        let value = if up {
            kept + self.mantissa.signum()
        } else {
            kept
        };
        // Noise: a ten-thousandth of the last digit kept, in a number printed in full.
        let off = if up {
            by.unsigned_abs() - rest.unsigned_abs()
        } else {
            rest.unsigned_abs()
        };
        if self.is_printed_float() && off <= by.unsigned_abs() / 10_000 {
            Fit::Exact(value)
        } else {
            Fit::Rounded(value)
        }
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

/// The text without a currency or percent sign before or after it.
fn without_unit(text: &str) -> &str {
    const SIGNS: [&str; 8] = ["€", "%", "EUR", "euros", "euro", "$", "£", "‰"];
    let plain = |c: char| c.is_ascii_digit();
    if text.starts_with(plain) && text.ends_with(plain) {
        return text;
    }
    for sign in SIGNS {
        let cut = text.len().saturating_sub(sign.len());
        if text
            .get(cut..)
            .is_some_and(|end| end.eq_ignore_ascii_case(sign))
        {
            return text.get(..cut).unwrap_or(text).trim_end();
        }
        if text
            .get(..sign.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(sign))
        {
            return text.get(sign.len()..).unwrap_or(text).trim_start();
        }
    }
    text
}

/// `2,28E+13` → `2,28` and 13.
fn split_exponent(text: &str) -> Option<(&str, i32)> {
    let Some((body, exponent)) = text.split_once(['e', 'E']) else {
        return Some((text, 0));
    };
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((body, exponent.parse().ok()?))
}

/// What the marks of a body of digits say, and whether they only stand for thousands; `None`
/// when they make no number.
fn marks(body: &str) -> Option<(Evidence, bool)> {
    // Each separator with the digits that follow it; the digits before the first.
    let (mut groups, mut count, mut first, mut run) = ([0_usize; GROUPS], 0, 0, 0_usize);
    let mut close = |count: usize, run: usize| match count.checked_sub(1) {
        None => first = run,
        Some(last) => groups[last] = run,
    };
    let mut separators = [' '; GROUPS];
    for c in body.chars() {
        if c.is_ascii_digit() {
            run += 1;
            continue;
        }
        let separator = match c {
            '.' | ',' => c,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}' => ' ',
            _ => return None,
        };
        close(count, run);
        *separators.get_mut(count)? = separator;
        (count, run) = (count + 1, 0);
    }
    close(count, run);
    let digits = first + groups[..count].iter().sum::<usize>();
    if digits == 0 {
        return None;
    }
    let Some(last) = count.checked_sub(1) else {
        return Some((Evidence::None, false));
    };
    let thousands = |upto: usize| {
        (1..=3).contains(&first)
            && groups[..upto].iter().all(|&digits| digits == 3)
            && separators[..upto].windows(2).all(|pair| pair[0] == pair[1])
    };
    let mark = separators[last];
    if mark == ' ' {
        return thousands(count).then_some((Evidence::None, false));
    }
    let decimal = DecimalMark::of(mark);
    if last == 0 {
        let doubtful = groups[0] == 3 && (1..=3).contains(&first) && !body.starts_with('0');
        return Some(if doubtful {
            (Evidence::Either(decimal), false)
        } else {
            (Evidence::Sure(decimal), false)
        });
    }
    if separators[0] == mark {
        return thousands(count).then_some((Evidence::Sure(decimal.other()), true));
    }
    thousands(last).then_some((Evidence::Sure(decimal), false))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, mark: DecimalMark) -> Option<(i128, u32)> {
        let value = lex(text)?.value(mark)?;
        Some((value.mantissa, value.scale))
    }

    #[test]
    fn numbers_are_read_as_the_french_write_them() {
        for (text, expected) in [
            ("0", (0, 0)),
            ("1 234 567,89 €", (123_456_789, 2)),
            ("1\u{202f}234,5", (12_345, 1)),
            ("1\u{a0}234", (1234, 0)),
            ("-12,50", (-125, 1)),
            ("\u{2212}3", (-3, 0)),
            ("(12,5)", (-125, 1)),
            ("1.234,50-", (-12_345, 1)),
            ("+7", (7, 0)),
            ("12,5 %", (125, 1)),
            ("€ 5", (5, 0)),
            ("1.234.567", (1_234_567, 0)),
            ("1,234.5", (12_345, 1)),
            (",5", (5, 1)),
            ("5,", (5, 0)),
            ("3.0", (3, 0)),
            ("2,28E+13", (22_800_000_000_000, 0)),
            ("1E-2", (1, 2)),
            ("0,125", (125, 3)),
            ("0123", (123, 0)),
            ("1'234", (1234, 0)),
            ("71139.5999999999", (711_395_999_999_999, 10)),
        ] {
            assert_eq!(read(text, DecimalMark::Comma), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_not_read_as_one() {
        for text in [
            "",
            "-",
            "abc",
            "12 34",
            "06 12 34 56 78",
            "1.2.3",
            "41.9. 8.75",
            "31/12/2024",
            "2A",
            "12 t",
            "1e",
            "e5",
            "()",
            "1 2345",
            "1,2,3",
            "--5",
            "€",
            "1.23,4,5",
            "12 345.678.901 2",
        ] {
            assert_eq!(lex(text), None, "{text}");
        }
        assert_eq!(read("9".repeat(60).as_str(), DecimalMark::Comma), None);
        assert_eq!(read("1E99", DecimalMark::Comma), None);
    }

    #[test]
    fn one_mark_before_three_digits_is_read_as_the_column_has_it() {
        assert_eq!(
            lex("1.234").unwrap().evidence,
            Evidence::Either(DecimalMark::Point)
        );
        assert_eq!(read("1.234", DecimalMark::Comma), Some((1234, 0)));
        assert_eq!(read("1.234", DecimalMark::Point), Some((1234, 3)));
        assert_eq!(
            lex("1 234,567").unwrap().evidence,
            Evidence::Sure(DecimalMark::Comma)
        );
        assert_eq!(
            lex("1234.567").unwrap().evidence,
            Evidence::Sure(DecimalMark::Point)
        );
        assert_eq!(
            lex("1.234.567").unwrap().evidence,
            Evidence::Sure(DecimalMark::Comma)
        );
    }

    #[test]
    fn the_noise_of_floats_is_no_decimal() {
        let scale = |text: &str| {
            lex(text)
                .unwrap()
                .value(DecimalMark::Point)
                .unwrap()
                .useful_scale()
        };
        assert_eq!(scale("71139.5999999999"), 1);
        assert_eq!(scale("0.43892715000000004"), 8);
        assert_eq!(scale("90.11027509751591"), 9);
        assert_eq!(scale("12.345"), 3);
    }

    #[test]
    fn a_decimal_fits_its_column_exactly_or_says_so() {
        let fit = |text: &str, scale| {
            lex(text)
                .unwrap()
                .value(DecimalMark::Comma)
                .unwrap()
                .fit(scale)
        };
        assert_eq!(fit("12,5", 2), Fit::Exact(1250));
        assert_eq!(fit("12,500", 2), Fit::Exact(1250));
        assert_eq!(fit("12,345", 2), Fit::Rounded(1235));
        assert_eq!(fit("-12,345", 2), Fit::Rounded(-1235));
        assert_eq!(fit("71139.5999999999", 2), Fit::Exact(7_113_960));
        assert_eq!(fit("90.11027509751591", 2), Fit::Rounded(9011));
        assert_eq!(
            fit("9".repeat(38).as_str(), 0),
            Fit::Exact(10_i128.pow(38) - 1)
        );
        assert_eq!(fit("9".repeat(38).as_str(), 2), Fit::TooLarge);
    }

    proptest! {
        #[test]
        fn what_is_read_at_once_is_read_the_same_at_length(text in "-?[0-9]{0,20}[.,]?[0-9]{0,9}") {
            if let Some(at_once) = bare(&text) {
                prop_assert_eq!(Some(at_once), lex_any(&text));
                // A body too long for 64 bits takes the long way.
                let padded = format!("{:0>20}{}", "", at_once.body);
                let long = Lexed { body: &padded, ..at_once };
                for mark in [DecimalMark::Comma, DecimalMark::Point] {
                    prop_assert_eq!(at_once.value(mark), long.value(mark));
                }
            }
        }

        #[test]
        fn any_text_is_read_without_fault(text in "\\PC{0,24}") {
            if let Some(lexed) = lex(&text) {
                for mark in [DecimalMark::Comma, DecimalMark::Point] {
                    if let Some(value) = lexed.value(mark) {
                        value.fit(2);
                        value.fit(0);
                    }
                }
            }
        }

        #[test]
        fn what_is_written_is_read_back(units in -1_000_000_000_i64..1_000_000_000, scale in 0_u32..4) {
            let (sign, abs) = (if units < 0 { "-" } else { "" }, units.unsigned_abs());
            let by = 10_u64.pow(scale);
            let text = if scale == 0 { format!("{sign}{abs}") } else {
                format!("{sign}{},{:0width$}", abs / by, abs % by, width = scale as usize)
            };
            let value = lex(&text).unwrap().value(DecimalMark::Comma).unwrap();
            prop_assert_eq!(value.fit(scale), Fit::Exact(units.into()));
        }
    }
}
