//! A template as it is written.

use super::{Part, Template, Wanted, Wish};
use beffroi_catalog::ReportKind;
use beffroi_model::Unit;
use std::collections::BTreeMap;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, TableLike};

/// Reads a template; nothing when a part of it is not what it should be.
pub(super) fn template(text: &str) -> Option<Template> {
    let document: DocumentMut = text.parse().ok()?;
    let table: &dyn TableLike = document.as_table();
    Some(Template {
        kind: kind(&string(table, "kind")?)?,
        id: string(table, "id")?,
        title: string(table, "title")?,
        summary: string(table, "summary")?,
        calendar: list(table, "calendar")?,
        chapters: each(table.get("chapters")?.as_array_of_tables()?, part)?,
    })
}

/// Reads what is wished for, by name.
pub(super) fn wishes(text: &str) -> Option<BTreeMap<String, Wish>> {
    let document: DocumentMut = text.parse().ok()?;
    let wishes = document.iter();
    wishes
        .map(|(name, item)| Some((name.to_owned(), wish(item.as_table_like()?)?)))
        .collect()
}

fn kind(word: &str) -> Option<ReportKind> {
    Some(match word {
        "activity" => ReportKind::Activity,
        "financial" => ReportKind::Financial,
        "orientation" => ReportKind::Orientation,
        "sustainable" => ReportKind::Sustainable,
        "accounts" => ReportKind::Accounts,
        "waste" => ReportKind::Waste,
        _ => return None,
    })
}

/// The word of a kind of report.
pub(super) fn word(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Activity => "activity",
        ReportKind::Financial => "financial",
        ReportKind::Orientation => "orientation",
        ReportKind::Sustainable => "sustainable",
        ReportKind::Accounts => "accounts",
        ReportKind::Waste => "waste",
    }
}

fn each<T>(tables: &ArrayOfTables, read: impl Fn(&dyn TableLike) -> Option<T>) -> Option<Vec<T>> {
    tables.iter().map(|table| read(table)).collect()
}

fn string(table: &dyn TableLike, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

/// A text that may be left out.
fn text(table: &dyn TableLike, key: &str) -> Option<String> {
    let Some(item) = table.get(key) else {
        return Some(String::new());
    };
    item.as_str().map(str::to_owned)
}

/// A list that may be left out.
fn list(table: &dyn TableLike, key: &str) -> Option<Vec<String>> {
    let Some(item) = table.get(key) else {
        return Some(Vec::new());
    };
    strings(item.as_array()?)
}

fn strings(array: &Array) -> Option<Vec<String>> {
    let values = array.iter();
    values
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

/// A number that may be left out; `None` inside where it is.
fn integer(table: &dyn TableLike, key: &str) -> Option<Option<i64>> {
    let Some(item) = table.get(key) else {
        return Some(None);
    };
    item.as_integer().map(Some)
}

fn flag(table: &dyn TableLike, key: &str) -> Option<bool> {
    let Some(item) = table.get(key) else {
        return Some(false);
    };
    item.as_bool()
}

fn part(table: &dyn TableLike) -> Option<Part> {
    let from = integer(table, "from")?.map(u32::try_from);
    let figures = match table.get("figures") {
        Some(figures) => each(figures.as_array_of_tables()?, wanted)?,
        None => Vec::new(),
    };
    Some(Part {
        id: string(table, "id")?,
        is_each: match table.get("each").map(Item::as_str) {
            None => false,
            Some(Some("department")) => true,
            Some(_) => return None,
        },
        from: from.transpose().ok()?,
        subject: text(table, "subject")?,
        title: string(table, "title")?,
        departments: list(table, "departments")?,
        due: string(table, "due")?,
        ask: string(table, "ask")?,
        text: text(table, "text")?,
        covers: list(table, "covers")?,
        figures,
    })
}

fn wanted(table: &dyn TableLike) -> Option<Wanted> {
    let flows = match table.get("flows") {
        None => Vec::new(),
        Some(flows) => {
            let pairs = flows.as_array()?.iter();
            let pairs = pairs.map(|pair| match strings(pair.as_array()?)?.as_slice() {
                [from, to] => Some((from.clone(), to.clone())),
                _ => None,
            });
            pairs.collect::<Option<_>>()?
        }
    };
    Some(Wanted {
        id: match table.get("id") {
            Some(id) => Some(id.as_str()?.to_owned()),
            None => None,
        },
        figure: string(table, "figure")?,
        of: list(table, "of")?,
        by: list(table, "by")?,
        otherwise: text(table, "otherwise")?,
        flows,
        from_by: list(table, "from_by")?,
        to_by: list(table, "to_by")?,
        title: text(table, "title")?,
        note: text(table, "note")?,
        periods: integer(table, "periods")?,
        top: integer(table, "top")?,
        width: integer(table, "width")?,
        older: flag(table, "older")?,
    })
}

fn wish(table: &dyn TableLike) -> Option<Wish> {
    let units = list(table, "units")?;
    let units = units.iter().map(|symbol| Unit::from_symbol(symbol));
    Some(Wish {
        says: string(table, "says")?,
        units: units.collect::<Option<_>>()?,
        words: list(table, "words")?,
        not: list(table, "not")?,
    })
}
