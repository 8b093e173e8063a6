//! How values are written, and whether two say the same.

use toml_edit::{Array, Item, TableLike, Value};

/// Whether two values say the same to a form, however they are written: `25` and `25.0` do.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.value() == b.value(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        (Value::Datetime(a), Value::Datetime(b)) => a.value() == b.value(),
        (Value::Integer(a), Value::Integer(b)) => a.value() == b.value(),
        (Value::Float(a), Value::Float(b)) => a.value().total_cmp(b.value()).is_eq(),
        #[expect(
            clippy::cast_precision_loss,
            reason = "declared numbers are far below 2^53"
        )]
        #[expect(clippy::float_cmp, reason = "whole numbers are exact")]
        (Value::Integer(a), Value::Float(b)) | (Value::Float(b), Value::Integer(a)) => {
            *a.value() as f64 == *b.value()
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        _ => said_of(a) == said_of(b),
    }
}

/// What an item says, in a notation in which two that say the same are equal: keys in order,
/// nothing of comments, blanks and quotes. The digits of numbers count.
pub(crate) fn said(item: &Item) -> String {
    match item {
        Item::None => String::new(),
        Item::Value(value) => said_of(value),
        Item::Table(table) => said_table(table),
        Item::ArrayOfTables(tables) => {
            let tables: Vec<String> = tables.iter().map(|table| said_table(table)).collect();
            format!("[{}]", tables.join(","))
        }
    }
}

/// The same for a table.
pub(crate) fn said_table(table: &dyn TableLike) -> String {
    let mut entries: Vec<String> = table
        .iter()
        .filter(|(_, item)| !item.is_none())
        .map(|(key, item)| format!("{key:?}={}", said(item)))
        .collect();
    entries.sort();
    format!("{{{}}}", entries.join(","))
}

fn said_of(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.value()),
        Value::Integer(whole) => whole.value().to_string(),
        Value::Float(number) => {
            let written = number.display_repr().replace('_', "");
            format!("{}f", written.trim_start_matches('+'))
        }
        Value::Boolean(flag) => flag.value().to_string(),
        Value::Datetime(time) => time.value().to_string(),
        Value::Array(array) => {
            let values: Vec<String> = array.iter().map(said_of).collect();
            format!("[{}]", values.join(","))
        }
        Value::InlineTable(table) => said_table(table),
    }
}

/// An item in plain words: a text without quotes, a list with commas, a table line by line.
pub(crate) fn plain(item: &Item) -> String {
    match item {
        Item::None => String::new(),
        Item::Value(value) => plain_value(value),
        Item::Table(table) => plain_table(table),
        Item::ArrayOfTables(tables) => {
            let tables: Vec<String> = tables.iter().map(|table| plain_table(table)).collect();
            tables.join("\n\n")
        }
    }
}

/// A table line by line.
pub(crate) fn plain_table(table: &dyn TableLike) -> String {
    let lines: Vec<String> = table
        .iter()
        .map(|(key, item)| format!("{key} = {}", plain(item)))
        .collect();
    lines.join("\n")
}

fn plain_value(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        Value::Integer(whole) => whole.value().to_string(),
        Value::Float(number) => number.display_repr().into_owned(),
        Value::Boolean(flag) => flag.value().to_string(),
        Value::Datetime(time) => time.value().to_string(),
        Value::Array(array) => {
            let values: Vec<String> = array.iter().map(plain_value).collect();
            values.join(", ")
        }
        Value::InlineTable(table) => {
            let entries: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{key} = {}", plain_value(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// An element of a list on several lines: what stands in front of it from its line on, and what
/// follows on its line.
struct Piece {
    lead: String,
    tail: String,
}

/// A list with its values in another order, others, or fewer; each comes with its place in the
/// list before, and brings along the comments that it had there.
pub(crate) fn rearranged(old: &Array, values: Vec<(Option<usize>, Value)>) -> Array {
    let kept = values
        .iter()
        .map(|(place, _)| *place)
        .eq((0..old.len()).map(Some));
    if kept {
        let mut array = old.clone();
        for (slot, (_, mut value)) in array.iter_mut().zip(values) {
            *value.decor_mut() = slot.decor().clone();
            *slot = value;
        }
        return array;
    }
    if old.to_string().contains('\n') && !old.is_empty() {
        return on_lines(old, values);
    }
    let mut array = Array::new();
    *array.decor_mut() = old.decor().clone();
    let padding = old
        .get(0)
        .map(|first| raw(first.decor().prefix()))
        .unwrap_or_default();
    for (place, (_, mut value)) in values.into_iter().enumerate() {
        let prefix = if place == 0 {
            padding.clone()
        } else {
            " ".to_owned()
        };
        value.decor_mut().set_prefix(prefix);
        value.decor_mut().set_suffix("");
        array.push_formatted(value);
    }
    if !array.is_empty() {
        array.set_trailing(padding);
    }
    array
}

fn raw(text: Option<&toml_edit::RawString>) -> String {
    text.and_then(toml_edit::RawString::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn on_lines(old: &Array, values: Vec<(Option<usize>, Value)>) -> Array {
    let (pieces, end) = pieces(old);
    let indent = pieces.iter().find_map(|piece| piece.lead.rsplit_once('\n'));
    let indent = indent.map_or_else(|| "\n    ".to_owned(), |(_, last)| format!("\n{last}"));
    let mut array = Array::new();
    *array.decor_mut() = old.decor().clone();
    let mut tail = String::new();
    for (place, mut value) in values {
        let piece = place.and_then(|place| pieces.get(place));
        let lead = piece.map_or(indent.as_str(), |piece| piece.lead.as_str());
        let lead = if lead.contains('\n') {
            lead
        } else {
            indent.as_str()
        };
        value.decor_mut().set_prefix(format!("{tail}{lead}"));
        value.decor_mut().set_suffix("");
        tail = piece.map(|piece| piece.tail.clone()).unwrap_or_default();
        array.push_formatted(value);
    }
    array.set_trailing_comma(true);
    let end = if end.contains('\n') {
        end
    } else {
        "\n".to_owned()
    };
    array.set_trailing(format!("{tail}{end}"));
    array
}

/// The elements of a list, and what stands in front of its bracket.
fn pieces(array: &Array) -> (Vec<Piece>, String) {
    let mut pieces: Vec<Piece> = Vec::new();
    let cut = |pieces: &mut Vec<Piece>, text: String| -> String {
        let Some(last) = pieces.last_mut() else {
            return text;
        };
        let line = text.find('\n').unwrap_or(text.len());
        last.tail.push_str(&text[..line]);
        text[line..].to_owned()
    };
    for value in array {
        let lead = cut(&mut pieces, raw(value.decor().prefix()));
        let tail = raw(value.decor().suffix());
        pieces.push(Piece { lead, tail });
    }
    if !array.trailing_comma()
        && let Some(last) = pieces.last_mut()
    {
        // What follows the last element up to the bracket is its own.
        let (line, rest) = match last.tail.split_once('\n') {
            Some((line, rest)) => (line.to_owned(), format!("\n{rest}")),
            None => (last.tail.clone(), String::new()),
        };
        last.tail = line;
        let end = format!("{rest}{}", raw(Some(array.trailing())));
        return (pieces, end);
    }
    let end = cut(&mut pieces, raw(Some(array.trailing())));
    (pieces, end)
}
