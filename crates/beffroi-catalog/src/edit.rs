//! Declarations changed from the browser: `access.toml` with its comments and its order, in which
//! only what was changed is changed.

use crate::{Names, Perimeter};
use beffroi_model::{Filter, PerimeterId, Role};
use std::collections::BTreeSet;
use std::fmt::Display;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

/// Why `access.toml` cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is no TOML: somebody is changing it by hand.
    #[error("access.toml is not TOML")]
    Syntax(#[from] toml_edit::TomlError),
    /// A key is not what it should be.
    #[error("`{0}` of access.toml is not a table")]
    NotATable(&'static str),
}

/// The text with a perimeter as given, added or changed, and had by these roles only.
///
/// # Errors
/// See [`EditError`].
pub fn set_perimeter(
    text: &str,
    id: &PerimeterId,
    perimeter: &Perimeter,
    roles: &BTreeSet<Role>,
) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    let all = tables(&mut document, "perimeters")?;
    let entry = all
        .entry(id.as_str())
        .or_insert_with(|| Item::Table(Table::new()));
    let table = entry
        .as_table_like_mut()
        .ok_or(EditError::NotATable("perimeters"))?;
    put(table, "title", Some(value(&perimeter.title.fr)));
    put(table, "title.en", perimeter.title.en.as_ref().map(value));
    put(table, "departments", names(&perimeter.departments));
    put(table, "datasets", names(&perimeter.datasets));
    put(table, "boards", names(&perimeter.boards));
    put(table, "reports", names(&perimeter.reports));
    put(table, "rows", rows(&perimeter.rows));
    put(
        table,
        "whole_town",
        perimeter.whole_town.then(|| value(true)),
    );
    put(table, "raw", perimeter.raw.then(|| value(true)));
    give(&mut document, id, roles)?;
    Ok(document.to_string())
}

/// The text without a perimeter, which no role has any more.
///
/// # Errors
/// See [`EditError`].
pub fn remove_perimeter(text: &str, id: &PerimeterId) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse()?;
    tables(&mut document, "perimeters")?.remove(id.as_str());
    give(&mut document, id, &BTreeSet::new())?;
    Ok(document.to_string())
}

fn tables<'a>(
    document: &'a mut DocumentMut,
    name: &'static str,
) -> Result<&'a mut dyn TableLike, EditError> {
    let item = document.entry(name).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(name == "perimeters");
        Item::Table(table)
    });
    item.as_table_like_mut().ok_or(EditError::NotATable(name))
}

/// Puts a value, or takes the key away; one that says the same is left as it is written.
fn put(table: &mut dyn TableLike, key: &str, new: Option<Item>) {
    let Some(new) = new else {
        table.remove(key);
        return;
    };
    match table.get_mut(key) {
        Some(old) if same(old, &new) => {}
        Some(Item::Value(old)) => {
            if let Item::Value(mut new) = new {
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
        }
        _ => {
            table.insert(key, new);
        }
    }
}

/// Whether two values say the same, however they are written.
fn same(old: &Item, new: &Item) -> bool {
    let said = |item: &Item| {
        let mut item = item.clone();
        if let Item::Value(value) = &mut item {
            undress(value);
        }
        item.to_string()
    };
    said(old) == said(new)
}

/// Takes from a value how it is written: blanks, comments, kinds of quotes.
fn undress(value: &mut Value) {
    match value {
        Value::Array(array) => {
            array.set_trailing("");
            array.set_trailing_comma(false);
            array.iter_mut().for_each(undress);
            // All lists here are of things that have no order.
            array.sort_by_key(ToString::to_string);
            array.iter_mut().for_each(undress);
        }
        Value::InlineTable(table) => {
            table.sort_values();
            table.iter_mut().for_each(|(_, value)| undress(value));
        }
        Value::String(text) => *value = Value::from(text.value().as_str()),
        _ => {}
    }
    value.decor_mut().clear();
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Array {
    items.into_iter().map(|item| item.to_string()).collect()
}

/// A list of ids; nothing for none.
fn names<T: Display>(names: &Names<T>) -> Option<Item> {
    match names {
        Names::All => Some(value(list(["*"]))),
        Names::These(these) if these.is_empty() => None,
        Names::These(these) => Some(value(list(these))),
    }
}

fn rows(rows: &[Filter]) -> Option<Item> {
    let mut table = InlineTable::new();
    for filter in rows {
        table.insert(
            filter.dimension.as_str(),
            Value::Array(list(&filter.values)),
        );
    }
    (!rows.is_empty()).then(|| value(table))
}

/// Gives a perimeter to these roles, and takes it from all others.
fn give(
    document: &mut DocumentMut,
    id: &PerimeterId,
    roles: &BTreeSet<Role>,
) -> Result<(), EditError> {
    let table = tables(document, "roles")?;
    for role in Role::ALL {
        let wanted = roles.contains(&role);
        let entry = table.get_mut(role.as_str()).and_then(Item::as_array_mut);
        match entry {
            Some(array) => {
                let place = array.iter().position(|it| it.as_str() == Some(id.as_str()));
                match (place, wanted) {
                    (None, true) => array.push(id.as_str()),
                    (Some(place), false) => {
                        array.remove(place);
                    }
                    _ => {}
                }
            }
            None if wanted => {
                table.insert(role.as_str(), value(list([id])));
            }
            None => {}
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Text;
    use beffroi_model::DimensionId;

    const BEFORE: &str = "\
# Who reaches what.

[roles]
reader = [\"ville\"] # everybody
head = [\"ville\"]

# The whole of it.
[perimeters.ville]
title = 'Toute la ville'
departments = [ \"*\" ] # all

[sign_in]
contact = \"Poste 4210\"
";

    fn perimeter(title: &str) -> Perimeter {
        Perimeter {
            title: Text {
                fr: title.to_owned(),
                en: None,
            },
            departments: Names::All,
            datasets: Names::These(BTreeSet::new()),
            boards: Names::These(BTreeSet::new()),
            reports: Names::These(BTreeSet::new()),
            rows: Vec::new(),
            whole_town: false,
            raw: false,
        }
    }

    #[test]
    fn what_is_not_changed_stays_as_it_is_written() {
        let id = PerimeterId::new("ville").unwrap();
        let same = perimeter("Toute la ville");
        let roles = [Role::Reader, Role::Head].into();
        assert_eq!(set_perimeter(BEFORE, &id, &same, &roles).unwrap(), BEFORE);
        let renamed = perimeter("La ville \"entière\"");
        let after = set_perimeter(BEFORE, &id, &renamed, &[Role::Head].into()).unwrap();
        let expected = BEFORE
            .replace("'Toute la ville'", "'La ville \"entière\"'")
            .replace("reader = [\"ville\"]", "reader = []");
        assert_eq!(after, expected);
    }

    #[test]
    fn a_perimeter_is_added_and_removed() {
        let id = PerimeterId::new("gare").unwrap();
        let mut gare = perimeter("La Gare");
        gare.rows = vec![Filter {
            dimension: DimensionId::new("quartier").unwrap(),
            values: vec!["gare".to_owned(), "port".to_owned()],
        }];
        let added = set_perimeter(BEFORE, &id, &gare, &[Role::Agent].into()).unwrap();
        assert!(added.contains("[perimeters.gare]"), "{added}");
        assert!(
            added.contains("rows = { quartier = [\"gare\", \"port\"] }"),
            "{added}"
        );
        assert!(added.contains("agent = [\"gare\"]"), "{added}");
        assert!(added.contains("# The whole of it."), "{added}");
        let removed = remove_perimeter(&added, &id).unwrap();
        assert!(!removed.contains("gare"), "{removed}");
        let nothing = set_perimeter("", &id, &gare, &BTreeSet::new()).unwrap();
        assert!(nothing.contains("[perimeters.gare]"), "{nothing}");
        assert!(set_perimeter("[perimeters", &id, &gare, &BTreeSet::new()).is_err());
    }
}
