//! Numbers read back from the texts that show them, and the number formats of a workbook that
//! show the same.

use beffroi_text::{Lang, number};

/// A number inside of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    /// Where it starts, its sign included, in bytes.
    start: usize,
    end: usize,
    sign: Option<char>,
    value: f64,
    decimals: u8,
    grouped: bool,
}

/// The first number of a text as it is read in that language, without what its unit multiplies it
/// by: 4.2 of `4,2 M€`. Nothing where there is no number.
pub(crate) fn read(lang: Lang, text: &str) -> Option<f64> {
    found(lang, text).map(|found| found.value)
}

/// What a workbook needs to show a text by a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    /// What the cell holds.
    pub value: f64,
    /// The format under which it reads as the text does.
    pub format: String,
}

/// Units by which a text may be shorter than its value, with what a format says of it.
const SCALES: [(f64, &str, bool); 5] = [
    (1.0, "", false),
    (0.01, "", true),
    (1e3, ",", false),
    (1e6, ",,", false),
    (1e9, ",,,", false),
];

/// The number and the format that show a text; nothing where the text does not show the value. A
/// value whose rounding would not read as the text does is rounded as the text is.
pub(crate) fn shown(lang: Lang, text: &str, value: f64) -> Option<Shown> {
    if !value.is_finite() {
        return None;
    }
    let found = found(lang, text)?;
    let (before, after) = (&text[..found.start], &text[found.end..]);
    let half = 0.5 * 10f64.powi(-i32::from(found.decimals));
    let (scale, mark, percent) = SCALES.into_iter().find(|(scale, _, percent)| {
        let scaled = value / scale;
        let fits = (scaled - found.value).abs() <= half * 1.000_001 + scaled.abs() * 1e-12;
        fits && (!percent || after.trim_start().starts_with('%'))
    })?;
    // Excel and we round half away from zero; what was rounded otherwise keeps its text.
    let reads = |value: f64| number(Lang::En, value, found.decimals);
    let is_signed = found.sign.is_some_and(|sign| sign != '+');
    let same = reads(value / scale) == reads(found.value) && (value < 0.0) == is_signed;
    let value = if same { value } else { found.value * scale };
    let mut digits = if found.grouped { "#,##0" } else { "0" }.to_owned();
    if found.decimals > 0 {
        digits.push('.');
        digits.extend(std::iter::repeat_n('0', found.decimals.into()));
    }
    digits.push_str(mark);
    let after = if percent {
        // The sign itself is what multiplies by a hundred.
        let at = after.find('%').unwrap_or(after.len());
        let rest = after.get(at + 1..).unwrap_or_default();
        format!("{}%{}", literal(&after[..at]), literal(rest))
    } else {
        literal(after)
    };
    let plus = if found.sign == Some('+') { "+" } else { "" };
    let minus = found.sign.filter(|sign| *sign != '+').unwrap_or('−');
    let before = literal(before);
    let section = |sign: &str| format!("{before}{}{digits}{after}", literal(sign));
    let format = format!("{};{}", section(plus), section(&minus.to_string()));
    (format.len() <= 200).then_some(Shown { value, format })
}

/// Words inside of a number format.
fn literal(words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    // A quote cannot stand inside of quoted words.
    let parts = words.split('"').map(|part| {
        if part.is_empty() {
            String::new()
        } else {
            format!("\"{part}\"")
        }
    });
    parts.collect::<Vec<_>>().join("\\\"")
}

fn found(lang: Lang, text: &str) -> Option<Found> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let point = match lang {
        Lang::Fr => ',',
        Lang::En => '.',
    };
    let groups = |c: char| match lang {
        Lang::Fr => matches!(c, '\u{202f}' | '\u{a0}' | ' '),
        Lang::En => c == ',',
    };
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let mut end = start + digits(start);
    let mut whole = text[start..end].to_owned();
    let mut grouped = false;
    // Thousands: a mark and exactly three digits, as often as there are.
    while let Some(mark) = text[end..].chars().next().filter(|c| groups(*c)) {
        let after = end + mark.len_utf8();
        if whole.len() > 3 && !grouped || digits(after) != 3 {
            break;
        }
        end = after + 3;
        whole.push_str(&text[after..end]);
        grouped = true;
    }
    let mut decimals = 0;
    if text[end..].starts_with(point) {
        let count = digits(end + 1);
        if count > 0 {
            whole.push('.');
            whole.push_str(&text[end + 1..end + 1 + count]);
            end += 1 + count;
            decimals = u8::try_from(count).ok()?;
        }
    }
    let sign = text[..start]
        .chars()
        .next_back()
        .filter(|sign| matches!(sign, '-' | '−' | '+'));
    let value: f64 = whole.parse().ok()?;
    Some(Found {
        start: start - sign.map_or(0, char::len_utf8),
        end,
        sign,
        value: if matches!(sign, Some('-' | '−')) {
            -value
        } else {
            value
        },
        decimals,
        grouped,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (text, value) in [
            ("1\u{202f}284\u{202f}512 locations", 1_284_512.0),
            ("11,4\u{a0}%", 11.4),
            ("−3,25 pt", -3.25),
            ("+8,2\u{a0}%", 8.2),
            ("61", 61.0),
            ("2025 2026", 2025.0),
        ] {
            assert_eq!(read(Lang::Fr, text), Some(value), "{text}");
        }
        assert_eq!(read(Lang::En, "1,284.5 km"), Some(1284.5));
        assert_eq!(read(Lang::Fr, "n. d."), None);
    }

    #[test]
    fn formats_show_what_the_text_says() {
        let format = |text: &str, value: f64| shown(Lang::Fr, text, value).map(|it| it.format);
        assert_eq!(
            format("1\u{202f}284\u{202f}512", 1_284_512.0).as_deref(),
            Some("#,##0;\"−\"#,##0")
        );
        assert_eq!(
            format("11,4\u{a0}%", 0.1143).as_deref(),
            Some("0.0\"\u{a0}\"%;\"−\"0.0\"\u{a0}\"%")
        );
        assert_eq!(
            format("11,4\u{a0}%", 11.38).as_deref(),
            Some("0.0\"\u{a0}%\";\"−\"0.0\"\u{a0}%\"")
        );
        assert_eq!(
            format("+4,2\u{a0}M€", 4_210_000.0).as_deref(),
            Some("\"+\"0.0,,\"\u{a0}M€\";\"−\"0.0,,\"\u{a0}M€\"")
        );
        assert_eq!(format("12", 13.0), None);
        assert_eq!(format("n. d.", 13.0), None);
        assert_eq!(
            format("5 \"x\"", 5.0).as_deref(),
            Some("0\" \"\\\"\"x\"\\\";\"−\"0\" \"\\\"\"x\"\\\"")
        );
    }

    #[test]
    fn what_was_rounded_otherwise_keeps_its_text() {
        assert_eq!(shown(Lang::Fr, "0,12", 0.125).unwrap().value, 0.12);
        assert_eq!(shown(Lang::Fr, "0,0", -0.04).unwrap().value, 0.0);
        assert_eq!(shown(Lang::Fr, "0,13", 0.125).unwrap().value, 0.125);
    }
}
