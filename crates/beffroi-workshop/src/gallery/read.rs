//! A template as it is written.

use super::{Counted, Part, Role, RoleKind, Shown, Template};
use beffroi_model::Unit;
use std::collections::BTreeMap;
use toml_edit::{ArrayOfTables, DocumentMut, Item, TableLike};

/// Reads a template; nothing when a part of it is not what it should be.
pub(super) fn template(text: &str) -> Option<Template> {
    let document: DocumentMut = text.parse().ok()?;
    let table: &dyn TableLike = document.as_table();
    Some(Template {
        id: string(table, "id")?,
        title: string(table, "title")?,
        summary: string(table, "summary")?,
        roles: each(table, "roles", role)?,
        indicators: each(table, "indicators", indicator)?,
        sections: each(table, "sections", section)?,
    })
}

fn each<T>(
    table: &dyn TableLike,
    key: &str,
    read: impl Fn(&dyn TableLike) -> Option<T>,
) -> Option<Vec<T>> {
    let tables: &ArrayOfTables = table.get(key)?.as_array_of_tables()?;
    tables.iter().map(|table| read(table)).collect()
}

fn string(table: &dyn TableLike, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

fn strings(item: &Item) -> Option<Vec<String>> {
    let values = item.as_array()?.iter();
    values
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

/// A list that may be left out.
fn list(table: &dyn TableLike, key: &str) -> Option<Vec<String>> {
    table.get(key).map_or(Some(Vec::new()), strings)
}

fn flag(table: &dyn TableLike, key: &str) -> bool {
    table.get(key).and_then(Item::as_bool).unwrap_or(false)
}

fn integer(table: &dyn TableLike, key: &str) -> Option<i64> {
    table.get(key)?.as_integer()
}

fn role(table: &dyn TableLike) -> Option<Role> {
    let units = list(table, "units")?;
    let units = units.iter().map(|symbol| Unit::from_symbol(symbol));
    let values: Option<BTreeMap<String, Vec<String>>> = match table.get("values") {
        None => Some(BTreeMap::new()),
        Some(item) => item
            .as_table_like()?
            .iter()
            .map(|(key, item)| Some((key.to_owned(), strings(item)?)))
            .collect(),
    };
    Some(Role {
        id: string(table, "id")?,
        title: string(table, "title")?,
        kind: match table.get("kind")?.as_str()? {
            "number" => RoleKind::Number,
            "text" => RoleKind::Text,
            "time" => RoleKind::Time,
            _ => return None,
        },
        optional: flag(table, "optional"),
        units: units.collect::<Option<_>>()?,
        headers: list(table, "headers")?,
        values: values?,
    })
}

fn indicator(table: &dyn TableLike) -> Option<Counted> {
    Some(Counted {
        id: string(table, "id")?,
        title: string(table, "title")?,
        description: string(table, "description")?,
        method: string(table, "method")?,
        measure: string(table, "measure")?,
        unit: string(table, "unit")?,
        decimals: u8::try_from(integer(table, "decimals").unwrap_or(0)).ok()?,
        dimensions: list(table, "dimensions")?,
        over_time: string(table, "over_time"),
        direction: string(table, "direction"),
    })
}

fn section(table: &dyn TableLike) -> Option<Part> {
    Some(Part {
        title: string(table, "title")?,
        tiles: each(table, "tiles", tile)?,
    })
}

fn tile(table: &dyn TableLike) -> Option<Shown> {
    Some(Shown {
        indicators: list(table, "indicators")?,
        figure: string(table, "figure")?,
        show: string(table, "show"),
        by: string(table, "by"),
        needs_by: flag(table, "needs_by"),
        grain: string(table, "grain"),
        periods: integer(table, "periods"),
        top: integer(table, "top"),
        width: integer(table, "width"),
    })
}
