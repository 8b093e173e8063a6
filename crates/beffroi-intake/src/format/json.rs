//! JSON: a list of records somewhere in a document, one record a line (NDJSON), or GeoJSON.

use super::{Decided, Grid, Opened, geojson};
use crate::{IntakeError, record::Record};
use beffroi_model::Reading;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

/// A JSON value; objects keep the order of their members.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As written shortest.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// A document: one value, or one for each line.
pub(super) enum Document {
    One(Json),
    Lines(Vec<(u64, Json)>),
}

/// A record under construction: names and values, flat.
pub(super) type Flat = Vec<(String, Json)>;

/// How deep a list of records is looked for.
const DEPTH: usize = 5;

impl Json {
    /// The member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        if let Self::List(items) = self {
            Some(items)
        } else {
            None
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(text) = self {
            text.parse().ok()
        } else {
            None
        }
    }

    fn is_records(&self) -> bool {
        self.list().is_some_and(|items| {
            !items.is_empty() && items.iter().all(|item| matches!(item, Self::Object(_)))
        })
    }
}

/// Reads a document, or one value a line.
pub(super) fn parse(text: &str) -> Result<Document, IntakeError> {
    let text = text.trim_start_matches('\u{feff}');
    match serde_json::from_str(text) {
        Ok(value) => Ok(Document::One(value)),
        Err(whole) => lines(text)
            .map(Document::Lines)
            .ok_or(IntakeError::BrokenJson {
                line: whole.line(),
                column: whole.column(),
            }),
    }
}

/// One object on each line; `None` when some line is none.
fn lines(text: &str) -> Option<Vec<(u64, Json)>> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let value: Json = serde_json::from_str(text).ok()?;
        if !matches!(value, Json::Object(_)) {
            return None;
        }
        rows.push((line, value));
    }
    (rows.len() > 1).then_some(rows)
}

/// Finds the records of a document and lays them flat.
pub(super) fn open<'a>(
    document: Document,
    reading: &Reading,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Result<Opened<'a>, IntakeError> {
    let not_found = || IntakeError::RecordsNotFound {
        path: reading.records.clone(),
    };
    let mut decisions = Vec::new();
    let rows: Vec<(u64, Flat)> = match &document {
        Document::Lines(lines) => {
            decisions.push(Decided::of("format", "NDJSON"));
            lines
                .iter()
                .map(|(line, value)| (*line, flat(value)))
                .collect()
        }
        Document::One(value)
            if value.get("features").is_some_and(Json::is_records) && reading.records.is_none() =>
        {
            decisions.push(Decided::of("format", "GeoJSON"));
            let features = value
                .get("features")
                .and_then(Json::list)
                .unwrap_or_default();
            (1..).zip(features.iter().map(geojson::flat)).collect()
        }
        Document::One(value) => {
            decisions.push(Decided::of("format", "JSON"));
            let path = match &reading.records {
                Some(declared) => declared
                    .split('.')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
                None => find_records(value).ok_or_else(not_found)?,
            };
            let (records, above) = at_path(value, &path, is_wanted).ok_or_else(not_found)?;
            if !path.is_empty() {
                decisions.push(Decided::of("records", path.join(".")));
            }
            let laid = records.iter().map(|record| {
                let mut row = flat(fields_of(record));
                for (name, value) in &above {
                    if !row.iter().any(|(other, _)| other == name) {
                        row.push((name.clone(), value.clone()));
                    }
                }
                row
            });
            (1..).zip(laid).collect()
        }
    };
    let (names, records) = table(&rows);
    if names.is_empty() {
        return Err(if rows.is_empty() {
            IntakeError::Empty
        } else {
            IntakeError::NotATable
        });
    }
    Ok(Opened {
        grid: Grid::Held(records),
        names: Some(names),
        ragged: false,
        delimiter: None,
        damaged: false,
        serial_days: false,
        units: BTreeMap::new(),
        decisions,
    })
}

/// The path to the longest list of objects, the nearest to the root among equals.
fn find_records(root: &Json) -> Option<Vec<String>> {
    let mut best: Option<(usize, Vec<String>)> = None;
    let mut level = vec![(Vec::new(), root)];
    for _ in 0..DEPTH {
        let mut below = Vec::new();
        for (path, value) in level {
            if value.is_records() {
                let length = value.list().map_or(0, <[Json]>::len);
                if best.as_ref().is_none_or(|(most, _)| length > *most) {
                    best = Some((length, path));
                }
            } else if let Json::Object(members) = value {
                below.extend(members.iter().map(|(name, value)| {
                    let mut path: Vec<String> = path.clone();
                    path.push(name.clone());
                    (path, value)
                }));
            }
        }
        level = below;
    }
    best.map(|(_, path)| path)
}

/// The records at a path, and the scalars above them that are wanted as columns.
fn at_path<'j>(
    root: &'j Json,
    path: &[String],
    is_wanted: &dyn Fn(&str) -> bool,
) -> Option<(&'j [Json], Flat)> {
    let (mut value, mut above) = (root, Vec::new());
    for name in path {
        if let Json::Object(members) = value {
            above.extend(
                members
                    .iter()
                    .filter(|(name, value)| {
                        !matches!(value, Json::Object(_) | Json::List(_)) && is_wanted(name)
                    })
                    .cloned(),
            );
        }
        value = value.get(name)?;
    }
    Some((value.list()?, above))
}

/// The object that holds a record's own columns: Opendatasoft wraps them in `fields`.
fn fields_of(record: &Json) -> &Json {
    match record.get("fields") {
        Some(fields @ Json::Object(_))
            if record.get("recordid").is_some() || record.get("datasetid").is_some() =>
        {
            fields
        }
        _ => record,
    }
}

/// An object with its nested objects' members joined by `_`, and its lists as text.
pub(super) fn flat(value: &Json) -> Flat {
    let mut out = Vec::new();
    flatten("", value, &mut out);
    out
}

fn flatten(name: &str, value: &Json, out: &mut Flat) {
    match value {
        Json::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() {
                    member.clone()
                } else {
                    format!("{name}_{member}")
                };
                flatten(&name, value, out);
            }
        }
        Json::List(items) => {
            let text = items.iter().map(text).collect::<Vec<_>>().join(", ");
            out.push((name.to_owned(), Json::Text(text)));
        }
        scalar => out.push((name.to_owned(), scalar.clone())),
    }
}

/// A value as text, lists and objects in brackets.
fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Bool(value) => value.to_string(),
        Json::Number(text) | Json::Text(text) => text.clone(),
        Json::List(items) => format!(
            "[{}]",
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{name}: {}", text(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The union of the records' names in their order of appearance, and a row for each record.
fn table(rows: &[(u64, Flat)]) -> (Vec<String>, Vec<Record>) {
    let (mut names, mut places) = (Vec::new(), HashMap::new());
    for (name, _) in rows.iter().flat_map(|(_, row)| row) {
        if !places.contains_key(name.as_str()) {
            places.insert(name.as_str(), names.len());
            names.push(name.clone());
        }
    }
    let mut cells: Vec<&Json> = Vec::new();
    let records = rows.iter().map(|(line, row)| {
        cells.clear();
        cells.resize(names.len(), &Json::Null);
        for (name, value) in row {
            if let Some(cell) = places
                .get(name.as_str())
                .and_then(|&place| cells.get_mut(place))
            {
                *cell = value;
            }
        }
        let mut record = Record::at(*line);
        for cell in &cells {
            match cell {
                Json::Number(number) => record.push_number(number),
                other => record.push(&text(other)),
            }
        }
        record
    });
    let records = records.collect();
    (names, records)
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = Json;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Number(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Number(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Number(value.to_string()))
            }
            fn visit_str<E>(self, value: &str) -> Result<Json, E> {
                Ok(Json::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Json::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
                let mut object = Vec::new();
                while let Some(member) = members.next_entry()? {
                    object.push(member);
                }
                Ok(Json::Object(object))
            }
        }
        deserializer.deserialize_any(AnyValue)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str, records: Option<&str>) -> (Vec<String>, Vec<Vec<String>>) {
        let reading = Reading {
            records: records.map(str::to_owned),
            ..Reading::default()
        };
        let opened = open(parse(text).unwrap(), &reading, &|name| {
            name == "last_updated"
        })
        .unwrap();
        let mut rows = opened.grid.rows();
        let mut cells = Vec::new();
        while let Some(row) = rows.next() {
            cells.push(row.cells().map(str::to_owned).collect());
        }
        (opened.names.unwrap(), cells)
    }

    #[test]
    fn records_are_found_wherever_they_are() {
        for text in [
            r#"[{"a":1,"b":"x"}]"#,
            r#"{"total_count":1,"results":[{"a":1,"b":"x"}]}"#,
            r#"{"nhits":1,"records":[{"recordid":"z","fields":{"a":1,"b":"x"}}]}"#,
            r#"{"ttl":0,"data":{"stations":[{"a":1,"b":"x"}]}}"#,
        ] {
            assert_eq!(
                read(text, None),
                (
                    vec!["a".into(), "b".into()],
                    vec![vec!["1".into(), "x".into()]]
                ),
                "{text}"
            );
        }
        let (names, rows) = read("{\"a\":1}\n\n{\"b\":{\"c\":[1,2]}}\n", None);
        assert_eq!(names, ["a", "b_c"]);
        assert_eq!(rows, [["1", ""], ["", "1, 2"]]);
    }

    #[test]
    fn a_wanted_scalar_above_the_records_is_a_column() {
        let (names, rows) = read(
            r#"{"last_updated":7,"ttl":60,"data":{"x":[{"a":1},{"a":2}]}}"#,
            Some("data.x"),
        );
        assert_eq!(names, ["a", "last_updated"]);
        assert_eq!(rows, [["1", "7"], ["2", "7"]]);
    }

    #[test]
    fn broken_json_says_where() {
        assert_eq!(
            parse("{\"a\":\n 1,}").err(),
            Some(IntakeError::BrokenJson { line: 2, column: 4 })
        );
        assert!(parse(&"[".repeat(100_000)).is_err());
        let reading = Reading {
            records: Some("x.y".into()),
            ..Reading::default()
        };
        assert!(matches!(
            open(parse("{}").unwrap(), &reading, &|_| false),
            Err(IntakeError::RecordsNotFound { path: Some(_) })
        ));
    }
}
