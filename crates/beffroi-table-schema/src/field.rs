//! One field of a Table Schema: its type, how it is written, its constraints.

use crate::{Draft, Object, list, missing_values, text, texts};
use beffroi_model::{
    Bound, ColumnId, ColumnSpec, ColumnType, Constraints, FindingKind, Form, Format, Grain, Shape,
    Written,
};
use serde_json::Value;

/// What the whole of a number is rounded to when it is kept.
const SCALE: u8 = 9;
/// A schema that asks for five digits where codes of communes stand has forgotten Corsica.
const FIVE_DIGITS: [&str; 5] = [
    "[0-9]{5}",
    r"\d{5}",
    r"^\d{5}$",
    "^[0-9]{5}$",
    r"^\d\d\d\d\d$",
];
/// The code of a commune as INSEE writes it: `2A004` and `2B033` are in Corsica.
const COMMUNE: &str = r"([013-9]\d|2[AB1-9])\d{3}";

/// Reads a field; `missing` are the marks of the schema.
pub(crate) fn read(field: &Object, missing: &[String], draft: &mut Draft) -> ColumnSpec {
    let name = text(field, "name");
    let missing = match field.get("missingValues") {
        Some(own) => missing_values(Some(own)),
        None => missing.to_vec(),
    };
    let mut constraints = constraints(field, name, draft);
    let form = form(field, name, &mut constraints, draft);
    for key in ["fieldsMatch", "jsonSchema"] {
        if field.contains_key(key) {
            draft.left_out(Some(name), key.to_owned());
        }
    }
    let kind = kind(&form, &constraints);
    let written = Written { form, missing };
    ColumnSpec {
        headers: vec![name.to_owned()],
        missing_marks: written
            .missing
            .iter()
            .filter(|mark| !mark.is_empty())
            .cloned()
            .collect(),
        constraints: Constraints {
            written: Some(written),
            ..constraints
        },
        ..ColumnSpec::new(ColumnId::of_header(name, &mut draft.taken), kind)
    }
}

/// How its cells are written, with what a format adds to its constraints.
fn form(field: &Object, name: &str, constraints: &mut Constraints, draft: &mut Draft) -> Form {
    let format = text(field, "format");
    let bare = field
        .get("bareNumber")
        .and_then(Value::as_bool)
        .unwrap_or(true);
    let group = field
        .get("groupChar")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let words = |key, usual: [&str; 4]| match field.get(key) {
        Some(own) => texts(Some(own)).into_iter().map(str::to_owned).collect(),
        None => usual.map(str::to_owned).to_vec(),
    };
    let shape = || match format {
        "" | "default" => Shape::Iso,
        "any" => Shape::Any,
        // Older schemas write `fmt:%d/%m/%Y`.
        pattern => Shape::Pattern(pattern.strip_prefix("fmt:").unwrap_or(pattern).to_owned()),
    };
    match text(field, "type") {
        "string" | "" => {
            match format {
                "" | "default" => {}
                "email" => constraints.formats.push(Format::Email),
                "uri" => constraints.formats.push(Format::Uri),
                "uuid" => constraints.formats.push(Format::Uuid),
                "binary" => return Form::Binary,
                other => draft.left_out(Some(name), format!("format {other}")),
            }
            Form::Text
        }
        "any" => Form::Text,
        "integer" => Form::Integer { bare, group },
        "number" => Form::Number {
            bare,
            decimal: match text(field, "decimalChar") {
                "" => ".".to_owned(),
                mark => mark.to_owned(),
            },
            group,
        },
        "boolean" => Form::Boolean {
            yes: words("trueValues", ["true", "True", "TRUE", "1"]),
            no: words("falseValues", ["false", "False", "FALSE", "0"]),
        },
        "date" => Form::Date(shape()),
        "datetime" => Form::DateTime(shape()),
        "time" => Form::Time(shape()),
        "year" => Form::Year,
        "yearmonth" => Form::YearMonth,
        "duration" => Form::Duration,
        "geopoint" => match format {
            "array" => Form::GeoPointArray,
            "object" => Form::GeoPointObject,
            _ => Form::GeoPoint,
        },
        "geojson" => Form::GeoJson,
        "array" => Form::Array {
            items: items(field, name, draft),
        },
        "object" => Form::Object,
        "list" => {
            if field.contains_key("itemType") {
                draft.left_out(Some(name), "itemType".to_owned());
            }
            let delimiter = match text(field, "delimiter") {
                "" => ",".to_owned(),
                delimiter => delimiter.to_owned(),
            };
            Form::List { delimiter }
        }
        other => {
            draft.left_out(Some(name), format!("type {other}"));
            Form::Text
        }
    }
}

/// The only items of a list, when they are listed.
fn items(field: &Object, name: &str, draft: &mut Draft) -> Vec<String> {
    let Some(item) = field.get("arrayItem").and_then(Value::as_object) else {
        return Vec::new();
    };
    let rules = item.get("constraints").and_then(Value::as_object);
    let listed = rules.map_or(&[][..], |rules| list(rules, "enum"));
    let listed = if listed.is_empty() {
        list(item, "enum")
    } else {
        listed
    };
    let others = rules.into_iter().flat_map(|rules| rules.keys());
    for key in others.filter(|key| !["enum", "required"].contains(&key.as_str())) {
        draft.left_out(Some(name), format!("arrayItem {key}"));
    }
    listed.iter().map(plain).collect()
}

fn constraints(field: &Object, name: &str, draft: &mut Draft) -> Constraints {
    let mut read = Constraints::default();
    let given = field.get("constraints").and_then(Value::as_object);
    for (key, value) in given.into_iter().flatten() {
        let length = value.as_u64().and_then(|it| u32::try_from(it).ok());
        let bound = |excluded| {
            Some(Bound {
                value: plain(value),
                excluded,
            })
        };
        match key.as_str() {
            "required" => read.filled = value.as_bool().unwrap_or_default(),
            "unique" => read.unique = value.as_bool().unwrap_or_default(),
            "minimum" => read.minimum = bound(false),
            "maximum" => read.maximum = bound(false),
            "exclusiveMinimum" => read.minimum = bound(true),
            "exclusiveMaximum" => read.maximum = bound(true),
            "minLength" => read.min_length = length,
            "maxLength" => read.max_length = length,
            "enum" => read.allowed = value.as_array().into_iter().flatten().map(plain).collect(),
            "pattern" => read.pattern = value.as_str().map(|it| pattern(it, name, draft)),
            other => draft.left_out(Some(name), format!("constraints.{other}")),
        }
    }
    let categories = list(field, "categories").iter();
    read.allowed
        .extend(categories.map(|it| plain(it.get("value").unwrap_or(it))));
    read
}

/// A pattern, mended where it is known not to say what it means.
fn pattern(pattern: &str, name: &str, draft: &mut Draft) -> String {
    let is_commune = name.to_lowercase().contains("insee");
    if is_commune && FIVE_DIGITS.contains(&pattern) {
        let value = format!("{pattern} → {COMMUNE}");
        draft.remark(FindingKind::SchemaMended, Some(name), value);
        return COMMUNE.to_owned();
    }
    pattern.to_owned()
}

/// A value of JSON as a cell would hold it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What is kept of such cells.
fn kind(form: &Form, constraints: &Constraints) -> ColumnType {
    match form {
        Form::Integer { .. } => ColumnType::Integer,
        Form::Number { .. } => ColumnType::Decimal { scale: SCALE },
        Form::Boolean { .. } => ColumnType::Boolean,
        Form::Date(shape) => ColumnType::Date {
            grain: grain(shape),
        },
        Form::DateTime(_) => ColumnType::DateTime,
        Form::Year => ColumnType::Date { grain: Grain::Year },
        Form::YearMonth => ColumnType::Date {
            grain: Grain::Month,
        },
        Form::Text if constraints.pattern.is_some() => ColumnType::Code,
        _ => ColumnType::Text,
    }
}

/// How long a period a date of that shape names.
fn grain(shape: &Shape) -> Grain {
    match shape {
        Shape::Pattern(pattern) if !pattern.contains("%m") && pattern.contains("%Y") => Grain::Year,
        Shape::Pattern(pattern) if pattern.contains("%m") && !pattern.contains("%d") => {
            Grain::Month
        }
        _ => Grain::Day,
    }
}
