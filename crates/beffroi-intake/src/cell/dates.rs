//! Dates as people write them: `31/12/2024`, `2024-12`, `janv. 2024`, `T1 2024`, `2024/2025`,
//! `2024-03-31T02:30:00+02:00`.
//!
//! [`read`] says what one cell can mean; which of day and month comes first is decided on the
//! whole column.

use beffroi_model::{Grain, Period, normalize};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// Which of day and month is written first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum DayOrder {
    #[default]
    DayFirst,
    MonthFirst,
}

/// What one cell can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) date: Shape,
    time: Option<NaiveTime>,
    /// Seconds east of Greenwich.
    offset: Option<i32>,
}

/// The date part of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A day, without doubt.
    Day(NaiveDate),
    /// `05/06/2024`: two numbers of which either is the day.
    Either { first: u32, second: u32, year: i32 },
    /// A month.
    Month(NaiveDate),
    /// `2011-12`: a month or a school year.
    YearAndTwo { year: i32, two: u32 },
    /// A quarter.
    Quarter(NaiveDate),
    /// A year.
    Year(i32),
    /// A school year, by the year in which it starts.
    SchoolYear(i32),
}

/// The longest text that can be a date: `mercredi 31 décembre 2025 à 23 h 59 min 59`.
const LONGEST: usize = 64;
const YEARS: std::ops::RangeInclusive<i32> = 1000..=2999;

/// Reads a cell; `None` when it is no date.
pub(crate) fn read(text: &str) -> Option<Stamp> {
    iso(text.as_bytes()).or_else(|| read_any(text))
}

/// `2024-03-31`, `2024-03-31 02:30:00` and `2024-03-31T02:30:00`, as most programs write them and
/// as files of millions of rows have them: the same as [`read_any`], at once.
fn iso(text: &[u8]) -> Option<Stamp> {
    let two = |at: usize| match text.get(at..at + 2) {
        Some(&[tens @ b'0'..=b'9', units @ b'0'..=b'9']) => {
            Some(u32::from(tens - b'0') * 10 + u32::from(units - b'0'))
        }
        _ => None,
    };
    if text.get(4) != Some(&b'-') || text.get(7) != Some(&b'-') {
        return None;
    }
    let year = i32::try_from(two(0)? * 100 + two(2)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, two(5)?, two(8)?).filter(|_| YEARS.contains(&year))?;
    let time = match text.len() {
        10 => None,
        19 if matches!(text.get(10), Some(b' ' | b'T'))
            && text.get(13) == Some(&b':')
            && text.get(16) == Some(&b':') =>
        {
            Some(NaiveTime::from_hms_opt(two(11)?, two(14)?, two(17)?)?)
        }
        _ => return None,
    };
    Some(Stamp {
        date: Shape::Day(date),
        time,
        offset: None,
    })
}

/// Microseconds since 1970 of `2024-03-31 02:30:00`, as [`read`] and [`Stamp::instant`] have it.
#[inline]
pub(crate) fn iso_instant(text: &str) -> Option<i64> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let is_usual = bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b' ' | b'T')
        && bytes[13] == b':'
        && bytes[16] == b':';
    let mut digits = true;
    let mut two = |at: usize| {
        let (tens, units) = (
            bytes[at].wrapping_sub(b'0'),
            bytes[at + 1].wrapping_sub(b'0'),
        );
        digits &= tens < 10 && units < 10;
        i64::from(tens) * 10 + i64::from(units)
    };
    let year = two(0) * 100 + two(2);
    let (month, day) = (two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    let is_instant = (1000..=2999).contains(&year)
        && (1..=12).contains(&month)
        // Whether a month has more, the long way says.
        && (1..=28).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !(is_usual && digits && is_instant) {
        return None;
    }
    // A year begins in March here, for the day that some have more to be its last.
    let year_of_march = year - i64::from(month < 3);
    let leap_days = year_of_march / 4 - year_of_march / 100 + year_of_march / 400;
    let days_before = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year_of_march * 365 + leap_days + days_before - DAYS_TO_1970;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000)
}

/// From the first of March of the year zero.
const DAYS_TO_1970: i64 = 719_468;

/// Whether a cell cannot be one in which either number may be the day: it starts with a year.
pub(crate) fn starts_with_year(text: &str) -> bool {
    let year = text.as_bytes().first_chunk::<4>();
    year.is_some_and(|year| year.iter().all(u8::is_ascii_digit))
}

fn read_any(text: &str) -> Option<Stamp> {
    if text.len() > LONGEST || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    // Years and months that a program took for numbers: 2024.0
    let whole = text
        .strip_suffix(".0")
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let text = whole.unwrap_or(text);
    if let Some(instant) = posix(text) {
        return Some(Stamp {
            date: Shape::Day(instant.date()),
            time: Some(instant.time()),
            offset: None,
        });
    }
    let (date, clock) = split_time(text);
    let (time, offset) = match clock {
        Some(clock) => read_time(clock).map(|(time, offset)| (Some(time), offset))?,
        None => (None, None),
    };
    Some(Stamp {
        date: shape(date)?,
        time,
        offset,
    })
}

impl Stamp {
    /// Whether it tells the time of day.
    pub(crate) fn has_time(&self) -> bool {
        self.time.is_some()
    }

    /// Whether it names a period of that very grain.
    pub(crate) fn is_of(&self, grain: Grain) -> bool {
        match self.date {
            Shape::Day(_) | Shape::Either { .. } => grain == Grain::Day,
            Shape::Month(_) => grain == Grain::Month,
            Shape::YearAndTwo { year, two } => match grain {
                Grain::Month => (1..=12).contains(&two),
                Grain::SchoolYear => follows(year, two),
                _ => false,
            },
            Shape::Quarter(_) => grain == Grain::Quarter,
            Shape::Year(_) => grain == Grain::Year,
            Shape::SchoolYear(_) => grain == Grain::SchoolYear,
        }
    }

    /// The first day of the period of that grain which the cell names, or which holds the day or
    /// the finer period that it names; `None` when the cell says too little.
    pub(crate) fn period(&self, grain: Grain, order: DayOrder) -> Option<NaiveDate> {
        // The school year of January 1000 began in no year that is read.
        let holding = |day: NaiveDate| {
            Some(Period::containing(grain, day).start())
                .filter(|first| YEARS.contains(&first.year()))
        };
        match self.date {
            Shape::Day(_) | Shape::Either { .. } => holding(self.instant(order)?.date()),
            Shape::YearAndTwo { year, two } if grain == Grain::SchoolYear && follows(year, two) => {
                NaiveDate::from_ymd_opt(year, 9, 1)
            }
            Shape::YearAndTwo { year, two } if grain != Grain::Day => {
                holding(NaiveDate::from_ymd_opt(year, two, 1)?)
            }
            Shape::Month(first) if grain != Grain::Day => holding(first),
            Shape::Quarter(first) if matches!(grain, Grain::Quarter | Grain::Year) => {
                holding(first)
            }
            Shape::Year(year) if grain == Grain::Year => NaiveDate::from_ymd_opt(year, 1, 1),
            // By the year of the *rentrée*, as schools say it.
            Shape::Year(year) | Shape::SchoolYear(year) if grain == Grain::SchoolYear => {
                NaiveDate::from_ymd_opt(year, 9, 1)
            }
            _ => None,
        }
    }

    /// The instant in local time; a day without time is its midnight.
    pub(crate) fn instant(&self, order: DayOrder) -> Option<NaiveDateTime> {
        let day = match (self.date, order) {
            (Shape::Day(day), _) => day,
            (
                Shape::Either {
                    first,
                    second,
                    year,
                },
                DayOrder::DayFirst,
            ) => NaiveDate::from_ymd_opt(year, second, first)?,
            (
                Shape::Either {
                    first,
                    second,
                    year,
                },
                DayOrder::MonthFirst,
            ) => NaiveDate::from_ymd_opt(year, first, second)?,
            _ => return None,
        };
        let local = day.and_time(self.time.unwrap_or_default());
        match self.offset {
            Some(offset) => paris(local.checked_sub_signed(TimeDelta::seconds(offset.into()))?),
            None => Some(local),
        }
    }
}

/// Whether two digits are those of the year after.
fn follows(year: i32, two: u32) -> bool {
    i64::from(two) == i64::from((year + 1).rem_euclid(100))
}

/// The wall clock of Europe/Paris: one hour ahead of UTC, two from the last Sunday of March,
/// 01:00 UTC, to the last Sunday of October, 01:00 UTC (directive 2000/84/EC).
fn paris(utc: NaiveDateTime) -> Option<NaiveDateTime> {
    let switch = |month: u32| {
        let last = NaiveDate::from_ymd_opt(utc.year(), month, 31)?;
        let sunday = last - TimeDelta::days(last.weekday().num_days_from_sunday().into());
        sunday.and_hms_opt(1, 0, 0)
    };
    let summer = switch(3)? <= utc && utc < switch(10)?;
    utc.checked_add_signed(TimeDelta::hours(if summer { 2 } else { 1 }))
}

/// Seconds or milliseconds since 1970, written as ten or thirteen digits.
fn posix(text: &str) -> Option<NaiveDateTime> {
    if !matches!(text.len(), 10 | 13) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let seconds = if text.len() == 13 {
        number / 1000
    } else {
        number
    };
    paris(DateTime::from_timestamp(seconds, 0)?.naive_utc())
}

/// Parts a text at its time of day: `31/12/2024 à 14h30` → `31/12/2024` and `14h30`.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mark = (1..bytes.len()).find(|&at| {
        let hour = matches!(bytes[at], b'h' | b'H')
            || (bytes[at] == b' ' && matches!(bytes.get(at + 1), Some(b'h')));
        is_digit(at - 1) && ((bytes[at] == b':' && is_digit(at + 1)) || hour)
    });
    let Some(mark) = mark else {
        return (text, None);
    };
    let start = if mark >= 2 && is_digit(mark - 2) {
        mark - 2
    } else {
        mark - 1
    };
    let (date, time) = text.split_at(start);
    let date =
        date.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, 'T' | ',' | 'à' | '-'));
    (date, Some(time))
}

/// `14:30:05.123+02:00`, `14h30`, `14 h`.
fn read_time(text: &str) -> Option<(NaiveTime, Option<i32>)> {
    let (mut numbers, mut rest) = ([0_u32; 3], text);
    for (index, slot) in numbers.iter_mut().enumerate() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 && index > 0 {
            break;
        }
        if !(1..=2).contains(&digits) {
            return None;
        }
        *slot = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let after = rest.trim_start();
        rest = match (index, after.strip_prefix([':', 'h', 'H'])) {
            (0 | 1, Some(after)) => after.trim_start(),
            _ => match after
                .strip_prefix("min")
                .or_else(|| after.strip_prefix("mn"))
            {
                Some(after) if index == 1 => after.trim_start(),
                _ => break,
            },
        };
    }
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let time = NaiveTime::from_hms_opt(numbers[0], numbers[1], numbers[2])?;
    Some((time, read_offset(rest.trim())?))
}

/// `Z`, `+02:00`, `-0500`, nothing.
fn read_offset(text: &str) -> Option<Option<i32>> {
    if text.is_empty() || text == "s" {
        return Some(None);
    }
    if ["z", "utc", "gmt"]
        .iter()
        .any(|zone| zone.eq_ignore_ascii_case(text))
    {
        return Some(Some(0));
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text
        .strip_prefix(['+', '-'])?
        .chars()
        .filter(|&c| c != ':')
        .collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits
        .get(2..)
        .filter(|m| !m.is_empty())
        .map_or(Ok(0), str::parse)
        .ok()?;
    (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

/// A piece of the date part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A number and how many digits it is written with.
    Number(u32, usize),
    /// A month by its name.
    Month(u32),
    /// `T` or *trimestre*.
    Quarter,
    /// *Rentrée*.
    SchoolStart,
}

/// Reads the date part from the pieces it is made of.
fn shape(text: &str) -> Option<Shape> {
    let (tokens, count) = tokens(text)?;
    let spaced = !text.contains(['/', '-', '.']);
    let day =
        |y: u32, m: u32, d: u32| NaiveDate::from_ymd_opt(year_of(y, 4)?, m, d).map(Shape::Day);
    let month = |y: u32, digits: usize, m: u32| {
        NaiveDate::from_ymd_opt(year_of(y, digits)?, m, 1).map(Shape::Month)
    };
    let quarter = |y: u32, q: u32| {
        let first = (1..=4).contains(&q).then(|| q * 3 - 2)?;
        NaiveDate::from_ymd_opt(year_of(y, 4)?, first, 1).map(Shape::Quarter)
    };
    match *tokens.get(..count)? {
        [Token::Number(y, 4)] => year_of(y, 4).map(Shape::Year),
        [Token::Number(n, 6)] => month(n / 100, 4, n % 100),
        [Token::Number(n, 8)] => day(n / 10_000, n / 100 % 100, n % 100),
        [
            Token::Number(y, 4),
            Token::Number(m, 1 | 2),
            Token::Number(d, 1 | 2),
        ] => day(y, m, d),
        [
            Token::Number(first, 1 | 2),
            Token::Number(second, 1 | 2),
            Token::Number(y, digits),
        ] if digits == 4 || (digits == 2 && !spaced) => {
            let year = year_of(y, digits)?;
            let fits = |d, m| NaiveDate::from_ymd_opt(year, m, d).is_some();
            (fits(first, second) || fits(second, first)).then_some(Shape::Either {
                first,
                second,
                year,
            })
        }
        [Token::Number(m, 1 | 2), Token::Number(y, 4)] => month(y, 4, m),
        [Token::Number(y, 4), Token::Number(two, digits @ (1 | 2))] => {
            let year = year_of(y, 4)?;
            ((1..=12).contains(&two) || (digits == 2 && follows(year, two)))
                .then_some(Shape::YearAndTwo { year, two })
        }
        [Token::Number(from, 4), Token::Number(to, 4)] => {
            (to == from + 1).then(|| year_of(from, 4).map(Shape::SchoolYear))?
        }
        [Token::Month(m), Token::Number(y, digits @ (2 | 4))]
        | [Token::Number(y, digits @ 4), Token::Month(m)] => month(y, digits, m),
        [
            Token::Number(d, 1 | 2),
            Token::Month(m),
            Token::Number(y, digits @ (2 | 4)),
        ] => NaiveDate::from_ymd_opt(year_of(y, digits)?, m, d).map(Shape::Day),
        [Token::Number(y, 4), Token::Quarter, Token::Number(q, 1)]
        | [Token::Quarter, Token::Number(q, 1), Token::Number(y, 4)]
        | [Token::Number(q, 1), Token::Quarter, Token::Number(y, 4)]
        | [Token::Number(y, 4), Token::Number(q, 1), Token::Quarter] => quarter(y, q),
        [Token::SchoolStart, Token::Number(y, 4)] => year_of(y, 4).map(Shape::SchoolYear),
        _ => None,
    }
}

/// A year from its digits; two digits are the nearest to 2018, as POSIX has it.
fn year_of(number: u32, digits: usize) -> Option<i32> {
    let number = i32::try_from(number).ok()?;
    let year = match digits {
        4 => number,
        2 if number < 69 => 2000 + number,
        2 => 1900 + number,
        _ => return None,
    };
    YEARS.contains(&year).then_some(year)
}

/// The pieces of a date part and how many there are; `None` when there is one that no date has.
fn tokens(text: &str) -> Option<([Token; 3], usize)> {
    let (mut tokens, mut count) = ([Token::Quarter; 3], 0);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = |is: fn(char) -> bool| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        if c.is_ascii_digit() {
            let (digits, after) = rest.split_at(length(|c| c.is_ascii_digit()));
            *tokens.get_mut(count)? = Token::Number(digits.parse().ok()?, digits.len());
            count += 1;
            rest = after;
        } else if c.is_alphabetic() {
            let (word, after) = rest.split_at(length(char::is_alphabetic));
            if let Some(token) = word_token(word)? {
                *tokens.get_mut(count)? = token;
                count += 1;
            }
            rest = after;
        } else if c.is_whitespace() || matches!(c, '/' | '-' | '.' | ',' | '\u{2013}') {
            rest = rest.get(c.len_utf8()..)?;
        } else {
            return None;
        }
    }
    Some((tokens, count))
}

/// What a word of a date says, `Some(None)` for one that says nothing (a weekday, `1er`).
fn word_token(word: &str) -> Option<Option<Token>> {
    const MONTHS: [&[&str]; 12] = [
        &["janvier", "janv", "jan", "january"],
        &["fevrier", "fevr", "fev", "february", "feb"],
        &["mars", "mar", "march"],
        &["avril", "avr", "april", "apr"],
        &["mai", "may"],
        &["juin", "june", "jun"],
        &["juillet", "juil", "july", "jul"],
        &["aout", "aou", "august", "aug"],
        &["septembre", "sept", "sep", "september"],
        &["octobre", "oct", "october"],
        &["novembre", "nov", "november"],
        &["decembre", "dec", "december"],
    ];
    const SILENT: [&str; 19] = [
        "er", "e", "eme", "re", "ere", "nd", "nde", "le", "lundi", "mardi", "mercredi", "jeudi",
        "vendredi", "samedi", "dimanche", "annee", "scolaire", "exercice", "an",
    ];
    let word = normalize(word);
    if let Some(index) = MONTHS
        .iter()
        .position(|names| names.contains(&word.as_str()))
    {
        return Some(Some(Token::Month(u32::try_from(index).ok()? + 1)));
    }
    match word.as_str() {
        "t" | "q" | "trim" | "trimestre" => Some(Some(Token::Quarter)),
        "rentree" => Some(Some(Token::SchoolStart)),
        word if SILENT.contains(&word) => Some(None),
        _ => None,
    }
}

/// The day that Excel counts as `serial`, when a cell of days lost its format; 1900 epoch.
pub(crate) fn from_serial(serial: i64) -> Option<NaiveDate> {
    // 1954 to 2119: other numbers are no dates.
    if !(20_000..80_000).contains(&serial) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(TimeDelta::days(serial))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn period(text: &str, grain: Grain) -> Option<String> {
        read(text)?
            .period(grain, DayOrder::DayFirst)
            .map(|day| Period::containing(grain, day).to_string())
    }

    #[test]
    fn periods_are_read_in_all_their_notations() {
        for (text, grain, expected) in [
            ("2024-12-31", Grain::Day, "2024-12-31"),
            ("31/12/2024", Grain::Day, "2024-12-31"),
            ("31-12-2024", Grain::Day, "2024-12-31"),
            ("31.12.24", Grain::Day, "2024-12-31"),
            ("1/2/1969", Grain::Day, "1969-02-01"),
            ("2024/12/31", Grain::Day, "2024-12-31"),
            ("20241231", Grain::Day, "2024-12-31"),
            ("1er janvier 2024", Grain::Day, "2024-01-01"),
            ("mardi 31 décembre 2024", Grain::Day, "2024-12-31"),
            ("2024-12-31T23:30:00", Grain::Day, "2024-12-31"),
            ("2024-12-31T23:30:00Z", Grain::Day, "2025-01-01"),
            ("12/2024", Grain::Month, "2024-12"),
            ("2024-12", Grain::Month, "2024-12"),
            ("2024/1", Grain::Month, "2024-01"),
            ("202412", Grain::Month, "2024-12"),
            ("janvier 2024", Grain::Month, "2024-01"),
            ("janv. 2024", Grain::Month, "2024-01"),
            ("déc-24", Grain::Month, "2024-12"),
            ("Août 2024", Grain::Month, "2024-08"),
            ("15/03/2024", Grain::Month, "2024-03"),
            ("2024-T1", Grain::Quarter, "2024-T1"),
            ("T4 2024", Grain::Quarter, "2024-T4"),
            ("2T2024", Grain::Quarter, "2024-T2"),
            ("1er trimestre 2024", Grain::Quarter, "2024-T1"),
            ("4e trimestre 2024", Grain::Quarter, "2024-T4"),
            ("2024-05", Grain::Quarter, "2024-T2"),
            ("2024", Grain::Year, "2024"),
            ("Exercice 2024", Grain::Year, "2024"),
            ("31/12/2024", Grain::Year, "2024"),
            ("2024.0", Grain::Year, "2024"),
            ("2024/2025", Grain::SchoolYear, "2024/2025"),
            ("2024-2025", Grain::SchoolYear, "2024/2025"),
            ("2024-25", Grain::SchoolYear, "2024/2025"),
            ("2011-12", Grain::SchoolYear, "2011/2012"),
            ("2011-12", Grain::Month, "2011-12"),
            ("Rentrée 2024", Grain::SchoolYear, "2024/2025"),
            ("2024", Grain::SchoolYear, "2024/2025"),
            ("15/03/2025", Grain::SchoolYear, "2024/2025"),
        ] {
            assert_eq!(period(text, grain).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_or_says_too_little_is_refused() {
        for (text, grain) in [
            ("", Grain::Day),
            ("31/02/2024", Grain::Day),
            ("2024-13-01", Grain::Day),
            ("12/2024", Grain::Day),
            ("2024", Grain::Month),
            ("2024-T1", Grain::Month),
            ("2024-T5", Grain::Quarter),
            ("2024-2026", Grain::SchoolYear),
            ("2024/2025", Grain::Year),
            ("12,5", Grain::Year),
            ("0000", Grain::Year),
            ("marché 2024", Grain::Month),
            ("Total 2024", Grain::Year),
            ("01 02 03", Grain::Day),
            ("T1", Grain::Quarter),
            ("T0 2024", Grain::Quarter),
            ("100008", Grain::SchoolYear),
        ] {
            assert_eq!(period(text, grain), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_the_column_s() {
        let stamp = read("05/06/2024").unwrap();
        let day = |order| stamp.period(Grain::Day, order).unwrap().to_string();
        assert_eq!(day(DayOrder::DayFirst), "2024-06-05");
        assert_eq!(day(DayOrder::MonthFirst), "2024-05-06");
    }

    #[test]
    fn instants_are_brought_to_the_wall_clock_of_paris() {
        for (text, expected) in [
            ("2024-01-15T12:00:00Z", "2024-01-15T13:00:00"),
            ("2024-07-15T12:00:00+02:00", "2024-07-15T12:00:00"),
            ("2024-07-15T12:00:00.250-0500", "2024-07-15T19:00:00"),
            // The two odd nights: 2 h does not exist, then exists twice.
            ("2024-03-31T00:59:59Z", "2024-03-31T01:59:59"),
            ("2024-03-31T01:00:00Z", "2024-03-31T03:00:00"),
            ("2024-10-27T00:30:00Z", "2024-10-27T02:30:00"),
            ("2024-10-27T01:30:00Z", "2024-10-27T02:30:00"),
            ("2024-07-15 08:05", "2024-07-15T08:05:00"),
            ("15/07/2024 08:05:09", "2024-07-15T08:05:09"),
            ("15/07/2024 à 8h05", "2024-07-15T08:05:00"),
            ("15/07/2024 8 h", "2024-07-15T08:00:00"),
            ("1721030400", "2024-07-15T10:00:00"),
            ("1721030400000", "2024-07-15T10:00:00"),
            ("15/07/2024", "2024-07-15T00:00:00"),
        ] {
            let read = read(text).and_then(|stamp| stamp.instant(DayOrder::DayFirst));
            let read = read.map(|instant| instant.format("%Y-%m-%dT%H:%M:%S").to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for text in [
            "15/07/2024 25:00",
            "15/07/2024 12:61",
            "12:30",
            "2024-07-15T12:00:00+99:00",
        ] {
            assert_eq!(
                read(text).and_then(|stamp| stamp.instant(DayOrder::DayFirst)),
                None,
                "{text}"
            );
        }
    }

    #[test]
    fn a_day_that_lost_its_format_is_a_serial_number() {
        assert_eq!(from_serial(45_292).unwrap().to_string(), "2024-01-01");
        assert_eq!(from_serial(2024), None);
    }

    proptest! {
        #[test]
        fn what_is_read_at_once_is_read_the_same_at_length(
            text in "[0-3][0-9]{3}-[01][0-9]-[0-3][0-9]([ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9])?"
        ) {
            if let Some(at_once) = iso(text.as_bytes()) {
                prop_assert_eq!(Some(at_once), read_any(&text));
            }
        }

        #[test]
        fn what_starts_with_a_year_is_not_read_in_either_order(text in "[0-9]{4}[0-9a-zA-Zéà/:. T+-]{0,20}") {
            prop_assert!(starts_with_year(&text));
            let date = read(&text).map(|stamp| stamp.date);
            let is_either = matches!(date, Some(Shape::Either { .. }));
            prop_assert!(!is_either, "{}", text);
        }

        #[test]
        fn any_text_is_read_without_fault(text in "[0-9a-zA-Zéà/:. T+-]{0,24}|\\PC{0,24}") {
            if let Some(stamp) = read(&text) {
                for grain in Grain::ALL {
                    stamp.period(grain, DayOrder::DayFirst);
                    stamp.period(grain, DayOrder::MonthFirst);
                }
            }
        }
    }
}
