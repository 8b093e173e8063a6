//! The written forms of Table Schema, read to the letter.

use super::amount::Amount;
use super::format::is_year;
use crate::cell::dates;
use beffroi_model::{Form, Shape};
use chrono::{
    DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike,
    format::{Parsed, StrftimeItems, parse},
};
use regex::Regex;
use serde_json::Value as Json;
use std::sync::LazyLock;

/// The value of a cell; `None` when it is not of the form.
pub(super) fn read<'c>(form: &Form, cell: &'c str) -> Option<Amount<'c>> {
    let text = |good: bool| good.then_some(Amount::Text(cell));
    match form {
        Form::Text | Form::List { .. } => text(true),
        Form::Binary => text(is_base64(cell)),
        Form::Integer { bare, group } => {
            let number = plain(cell, *bare, group.as_deref(), ".")?;
            let digits = number.strip_prefix(['-', '+']).unwrap_or(&number);
            let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            whole.then(|| Amount::number(&number).unwrap_or(Amount::Text(cell)))
        }
        Form::Number {
            bare,
            decimal,
            group,
        } => {
            let special = ["NaN", "nan", "INF", "-INF", "Infinity", "-Infinity"];
            if special.contains(&cell) {
                return text(true);
            }
            let number = plain(cell, *bare, group.as_deref(), decimal)?;
            let known = NUMBER.as_ref().is_some_and(|it| it.is_match(&number));
            known.then(|| Amount::number(&number).unwrap_or(Amount::Text(cell)))
        }
        Form::Boolean { yes, no } => text(yes.iter().chain(no).any(|word| word == cell)),
        Form::Date(shape) => day(shape, cell).map(|day| instant(day.and_time(NaiveTime::MIN))),
        Form::DateTime(shape) => moment(shape, cell).map(instant),
        Form::Time(shape) => time(shape, cell).map(|time| {
            let micros = i64::from(time.num_seconds_from_midnight()) * 1_000_000;
            Amount::Time(micros + i64::from(time.nanosecond() / 1000))
        }),
        Form::Year => is_year(cell).then(|| Amount::number(cell))?,
        Form::YearMonth => {
            let first = NaiveDate::parse_from_str(&format!("{cell}-01"), "%Y-%m-%d").ok()?;
            (cell.len() == 7).then(|| instant(first.and_time(NaiveTime::MIN)))
        }
        Form::Duration => text(
            DURATION.as_ref().is_some_and(|it| it.is_match(cell))
                && cell.ends_with(|c: char| c.is_ascii_alphabetic())
                && !cell.ends_with(['P', 'T']),
        ),
        Form::GeoPoint => {
            let (lon, lat) = cell.split_once(',')?;
            text(is_point(lon.trim().parse().ok()?, lat.trim().parse().ok()?))
        }
        Form::GeoPointArray => match json(cell)? {
            Json::Array(both) => match both.as_slice() {
                [lon, lat] => text(is_point(coordinate(lon)?, coordinate(lat)?)),
                _ => None,
            },
            _ => None,
        },
        Form::GeoPointObject => {
            let point = json(cell)?;
            let known = point.as_object().is_some_and(|it| it.len() == 2);
            let (lon, lat) = (
                coordinate(point.get("lon")?)?,
                coordinate(point.get("lat")?)?,
            );
            text(known && is_point(lon, lat))
        }
        Form::GeoJson => text(json(cell)?.get("type").is_some_and(Json::is_string)),
        Form::Array { items } => match json(cell)? {
            Json::Array(found) => {
                text(items.is_empty() || found.iter().all(|it| is_among(it, items)))
            }
            _ => None,
        },
        Form::Object => text(json(cell)?.is_object()),
    }
}

/// How long the value of a cell is: characters, or items of a list.
pub(super) fn length(form: Option<&Form>, cell: &str) -> usize {
    match form {
        Some(Form::Array { .. }) => match json(cell) {
            Some(Json::Array(items)) => items.len(),
            _ => 0,
        },
        Some(Form::List { delimiter }) => cell.split(delimiter.as_str()).count(),
        _ => cell.chars().count(),
    }
}

static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$").ok());

static DURATION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let part = |unit| format!(r"(?:\d+(?:[.,]\d+)?{unit})?");
    let days: String = ["Y", "M", "W", "D"].map(part).concat();
    let times: String = ["H", "M", "S"].map(part).concat();
    Regex::new(&format!("^-?P{days}(?:T{times})?$")).ok()
});

/// A number with its groups undone, its mark a point, and what stands around it taken off when it
/// is not bare.
fn plain(cell: &str, bare: bool, group: Option<&str>, decimal: &str) -> Option<String> {
    let mut text = cell;
    if !bare {
        text = text.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '-' && c != '+');
        text = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    }
    let mut text = text.to_owned();
    if let Some(group) = group.filter(|group| !group.is_empty()) {
        text = text.replace(group, "");
    }
    if decimal != "." && !decimal.is_empty() {
        if text.contains('.') {
            return None;
        }
        text = text.replace(decimal, ".");
    }
    Some(text)
}

fn instant(at: NaiveDateTime) -> Amount<'static> {
    Amount::Time(at.and_utc().timestamp_micros())
}

fn day(shape: &Shape, cell: &str) -> Option<NaiveDate> {
    match shape {
        Shape::Iso => iso_day(cell),
        Shape::Any => Some(
            dates::read(cell)?
                .instant(dates::DayOrder::DayFirst)?
                .date(),
        ),
        Shape::Pattern(pattern) => {
            let parsed = by_pattern(pattern, cell)?;
            let (year, month, day) = (parsed.year, parsed.month, parsed.day);
            // `%Y` alone is the first of January.
            let date = match (parsed.to_naive_date(), year) {
                (Ok(date), _) => date,
                (Err(_), Some(year)) => {
                    NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?
                }
                _ => return None,
            };
            (1..=9999)
                .contains(&chrono::Datelike::year(&date))
                .then_some(date)
        }
    }
}

/// `2024-03-31`, and nothing else.
fn iso_day(cell: &str) -> Option<NaiveDate> {
    (cell.len() == 10)
        .then(|| NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok())
        .flatten()
}

fn moment(shape: &Shape, cell: &str) -> Option<NaiveDateTime> {
    match shape {
        Shape::Iso => {
            if cell.as_bytes().get(10) != Some(&b'T') {
                return None;
            }
            let zoned = DateTime::parse_from_rfc3339(cell).map(|at| at.naive_utc());
            let local = |format| NaiveDateTime::parse_from_str(cell, format);
            zoned
                .or_else(|_| {
                    DateTime::parse_from_str(cell, "%Y-%m-%dT%H:%M:%S%.f%z")
                        .map(|at| at.naive_utc())
                })
                .or_else(|_| local("%Y-%m-%dT%H:%M:%S%.f"))
                .ok()
        }
        Shape::Any => dates::read(cell)?.instant(dates::DayOrder::DayFirst),
        Shape::Pattern(pattern) => {
            let parsed = by_pattern(pattern, cell)?;
            let offset = parsed.offset.unwrap_or(0);
            parsed.to_naive_datetime_with_offset(offset).ok()
        }
    }
}

fn time(shape: &Shape, cell: &str) -> Option<NaiveTime> {
    match shape {
        Shape::Iso | Shape::Any => {
            let zone = cell.find(['Z', '+', '-']).unwrap_or(cell.len());
            let clock = cell.get(..zone)?;
            let full = NaiveTime::parse_from_str(clock, "%H:%M:%S%.f").ok();
            full.filter(|_| clock.as_bytes().get(2) == Some(&b':'))
        }
        Shape::Pattern(pattern) => by_pattern(pattern, cell)?.to_naive_time().ok(),
    }
}

fn by_pattern(pattern: &str, cell: &str) -> Option<Parsed> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, cell, StrftimeItems::new(pattern)).ok()?;
    Some(parsed)
}

fn json(cell: &str) -> Option<Json> {
    serde_json::from_str(cell).ok()
}

fn coordinate(value: &Json) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn is_point(longitude: f64, latitude: f64) -> bool {
    longitude.abs() <= 180.0 && latitude.abs() <= 90.0
}

fn is_among(item: &Json, items: &[String]) -> bool {
    match item {
        Json::String(text) => items.contains(text),
        other => items.contains(&other.to_string()),
    }
}

fn is_base64(cell: &str) -> bool {
    let body = cell.trim_end_matches('=');
    cell.len().is_multiple_of(4)
        && cell.len() - body.len() <= 2
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn forms_are_read_to_the_letter() {
        let pattern = |pattern: &str| Shape::Pattern(pattern.to_owned());
        let number = |decimal: &str, group: Option<&str>, bare| Form::Number {
            bare,
            decimal: decimal.to_owned(),
            group: group.map(str::to_owned),
        };
        let integer = |bare| Form::Integer { bare, group: None };
        for (form, good, bad) in [
            (
                integer(true),
                &["0", "-12", "+7", "007"][..],
                &["1.0", "1 000", "", "-", "12€", "1e3"][..],
            ),
            (integer(false), &["12 €", "n° 7", "-3%"], &["", "1.5€"]),
            (
                number(".", None, true),
                &["1", "-1.5", ".5", "5.", "1e-3", "NaN", "INF"],
                &["1,5", "1 000.5", "12€", ".", ""],
            ),
            (
                number(",", Some(" "), true),
                &["1 234,5", "12"],
                &["1.5", "1,2,3"],
            ),
            (number(".", None, false), &["€ 12.5", "45%"], &["abc"]),
            (
                Form::Boolean {
                    yes: words(&["oui"]),
                    no: words(&["non"]),
                },
                &["oui", "non"],
                &["OUI", "true", "1", ""],
            ),
            (
                Form::Date(Shape::Iso),
                &["2024-02-29"],
                &[
                    "2023-02-29",
                    "29/02/2024",
                    "2024-2-9",
                    "2024-02-29T00:00:00",
                ],
            ),
            (
                Form::Date(pattern("%d/%m/%Y")),
                &["31/12/2024"],
                &["2024-12-31", "31/13/2024"],
            ),
            (Form::Date(pattern("%Y")), &["2024"], &["24-", "20240101"]),
            (
                Form::Date(Shape::Any),
                &["31/12/2024", "2024-12-31", "3 mars 2024"],
                &["hier"],
            ),
            (
                Form::DateTime(Shape::Iso),
                &[
                    "2024-03-31T12:00:00Z",
                    "2024-03-31T12:00:00.5+02:00",
                    "2024-03-31T12:00:00",
                ],
                &["2024-03-31", "2024-03-31 12:00:00", "2024-03-31T25:00:00Z"],
            ),
            (
                Form::DateTime(pattern("%Y-%m-%d %H:%M")),
                &["2024-03-31 12:00"],
                &["2024-03-31T12:00"],
            ),
            (
                Form::Time(Shape::Iso),
                &["12:00:00", "23:59:59.25", "12:00:00Z"],
                &["12:00", "24:00:00", "1:00:00"],
            ),
            (Form::Year, &["2024"], &["24", "20245", "abcd"]),
            (
                Form::YearMonth,
                &["2024-12"],
                &["2024-13", "2024", "2024-1"],
            ),
            (
                Form::Duration,
                &["P1Y2M", "PT12H", "P1DT0.5S", "-P3D", "P2W"],
                &["P", "PT", "P1DT", "1Y", "P1H"],
            ),
            (
                Form::GeoPoint,
                &["2.35, 48.85", "2.35,48.85"],
                &["48.85", "2,35, 48,85", "200, 48", "[2.35, 48.85]"],
            ),
            (
                Form::GeoPointArray,
                &["[2.35, 48.85]", "[\"2.35\",\"48.85\"]"],
                &["2.35, 48.85", "[2.35]", "[2.35,48.85,0]", "[2.35, 98]"],
            ),
            (
                Form::GeoPointObject,
                &[r#"{"lon": 2.35, "lat": 48.85}"#],
                &[r#"{"lon": 2.35}"#, r#"{"lon":2,"lat":4,"z":1}"#, "[2,4]"],
            ),
            (
                Form::GeoJson,
                &[r#"{"type":"Point","coordinates":[2,48]}"#],
                &["{}", "POINT(2 48)"],
            ),
            (
                Form::Array {
                    items: words(&["lait", "soja"]),
                },
                &[r#"["lait"]"#, "[]"],
                &["lait", r#"["blé"]"#, "{}"],
            ),
            (Form::Object, &["{}"], &["[]", "texte"]),
            (Form::Binary, &["YWJj", "YQ=="], &["YQ=", "é", "Y==="]),
        ] {
            for cell in good {
                assert!(read(&form, cell).is_some(), "{form:?} {cell}");
            }
            for cell in bad {
                assert!(read(&form, cell).is_none(), "{form:?} {cell}");
            }
        }
    }
}
