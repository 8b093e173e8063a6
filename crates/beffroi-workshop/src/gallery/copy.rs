//! A board that is there, for another department or another dataset.

use crate::naming::fresh;
use beffroi_catalog::Catalog;
use beffroi_model::{DepartmentId, IndicatorId};
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{Array, DocumentMut, Item, TableLike, TomlError, Value, value};

/// A copy of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The board under an id that no board has, with its text.
    pub board: (String, String),
    /// The indicators that it still shows as before, since nothing was given in their place.
    pub kept: BTreeSet<IndicatorId>,
    /// Ids of indicators that are detailed by an axis they do not have, or held against a target
    /// that they do not have, with the figure changed to what they can show.
    pub changed: BTreeSet<IndicatorId>,
}

/// A copy of a board for a department, whose indicators are those given in place of its own. Its
/// comments, order and sections are kept; ids of tiles are left out, which then are their places.
/// Where an indicator of the catalog has neither the axis nor the target of a tile, it is shown
/// without; filters that none of them has are left out.
///
/// # Errors
/// The text is no TOML.
pub fn board_as_template(
    board_text: &str,
    id: &str,
    catalog: &Catalog,
    department: &DepartmentId,
    replaced: &BTreeMap<IndicatorId, IndicatorId>,
) -> Result<Copied, TomlError> {
    let mut document: DocumentMut = board_text.parse()?;
    let mut copy = Copy {
        catalog,
        replaced,
        kept: BTreeSet::new(),
        changed: BTreeSet::new(),
        axes: BTreeSet::new(),
        is_vague: false,
    };
    let old = document.get_mut("department").and_then(Item::as_value_mut);
    match old {
        Some(old) => set(old, department.as_str().into()),
        None => drop(document.insert("department", value(department.as_str()))),
    }
    let sections = document.get_mut("sections");
    for section in sections.into_iter().flat_map(tables) {
        for tile in section.get_mut("tiles").into_iter().flat_map(tables) {
            copy.tile(tile);
        }
    }
    copy.list(document.get_mut("home"));
    copy.filters(&mut document);
    let board = fresh(id, |id| catalog.boards.contains_key(id));
    Ok(Copied {
        board: (board, document.to_string()),
        kept: copy.kept,
        changed: copy.changed,
    })
}

struct Copy<'a> {
    catalog: &'a Catalog,
    replaced: &'a BTreeMap<IndicatorId, IndicatorId>,
    kept: BTreeSet<IndicatorId>,
    changed: BTreeSet<IndicatorId>,
    /// The axes of what is shown.
    axes: BTreeSet<String>,
    /// Whether something shown is not in the catalog: its axes are not known.
    is_vague: bool,
}

impl Copy<'_> {
    fn tile(&mut self, tile: &mut dyn TableLike) {
        tile.remove("id");
        if let Some(one) = tile.get_mut("indicator").and_then(Item::as_value_mut) {
            self.replace(one);
        }
        self.list(tile.get_mut("indicators"));
        let shown = shown(tile);
        let catalog = self.catalog;
        for id in &shown {
            let Some(indicator) = catalog.indicators.get(id) else {
                self.is_vague = true;
                continue;
            };
            let axes = indicator.dimensions.iter();
            self.axes.extend(axes.map(|axis| axis.as_str().to_owned()));
            let by = tile.get("by").and_then(Item::as_str);
            let lacks_axis = by.is_some_and(|by| indicator.dimension(by).is_none());
            let figure = tile.get("figure").and_then(Item::as_str).unwrap_or("");
            let lacks_target = figure == "target" && indicator.targets.is_empty();
            let compares = matches!(figure, "heat" | "map" | "dots" | "stacked");
            let instead = match (lacks_axis && compares, lacks_target) {
                (_, true) => Some("kpi"),
                (true, _) => Some("bar"),
                _ => None,
            };
            if lacks_axis {
                tile.remove("by");
                tile.remove("top");
                // Both compare members.
                if matches!(
                    tile.get("show").and_then(Item::as_str),
                    Some("rank" | "share")
                ) {
                    tile.remove("show");
                }
            }
            if let (Some(instead), Some(old)) =
                (instead, tile.get_mut("figure").and_then(Item::as_value_mut))
            {
                set(old, instead.into());
            }
            if lacks_axis || lacks_target {
                self.changed.insert(id.clone());
            }
        }
    }

    fn replace(&mut self, old: &mut Value) {
        let Some(id) = old.as_str().and_then(|id| IndicatorId::new(id).ok()) else {
            return;
        };
        match self.replaced.get(&id) {
            Some(new) => set(old, new.as_str().into()),
            None => drop(self.kept.insert(id)),
        }
    }

    fn list(&mut self, item: Option<&mut Item>) {
        if let Some(list) = item.and_then(Item::as_array_mut) {
            list.iter_mut().for_each(|old| self.replace(old));
            // Two that became one are named once.
            let mut named = BTreeSet::new();
            list.retain(|id| id.as_str().is_none_or(|id| named.insert(id.to_owned())));
        }
    }

    fn filters(&self, document: &mut DocumentMut) {
        let Some(filters) = document.get_mut("filters").and_then(Item::as_array_mut) else {
            return;
        };
        if !self.is_vague {
            filters.retain(|axis| axis.as_str().is_some_and(|axis| self.axes.contains(axis)));
        }
        if filters.is_empty() {
            document.remove("filters");
        }
    }
}

fn shown(tile: &dyn TableLike) -> Vec<IndicatorId> {
    let one = tile.get("indicator").and_then(Item::as_str);
    let several = tile.get("indicators").and_then(Item::as_array);
    let several = several.into_iter().flat_map(Array::iter);
    let ids = one.into_iter().chain(several.filter_map(Value::as_str));
    ids.filter_map(|id| IndicatorId::new(id).ok()).collect()
}

/// The tables of a list, however it is written.
fn tables(item: &mut Item) -> Vec<&mut dyn TableLike> {
    match item {
        Item::ArrayOfTables(tables) => tables
            .iter_mut()
            .map(|table| table as &mut dyn TableLike)
            .collect(),
        Item::Value(Value::Array(array)) => array
            .iter_mut()
            .filter_map(|value| Some(value.as_inline_table_mut()? as &mut dyn TableLike))
            .collect(),
        _ => Vec::new(),
    }
}

/// Puts a value in the place of another, with the comments around it.
fn set(old: &mut Value, mut new: Value) {
    *new.decor_mut() = old.decor().clone();
    *old = new;
}
