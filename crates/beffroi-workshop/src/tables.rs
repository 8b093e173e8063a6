//! What is proposed, written as the TOML of a declaration.

use beffroi_catalog::{Figure, Load, OverTime};
use beffroi_model::{ColumnType, DimensionId};
use std::fmt::Display;
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// A list of names.
pub(crate) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> Item {
    let names: Array = names.into_iter().map(|name| name.to_string()).collect();
    value(names)
}

/// Dimensions, nothing for none.
pub(crate) fn dimensions(to: &mut Table, dimensions: &[DimensionId]) {
    if !dimensions.is_empty() {
        to.insert("dimensions", list(dimensions));
    }
}

/// The text of a document whose tables stand apart.
pub(crate) fn text(mut document: DocumentMut) -> String {
    document.set_trailing("");
    document.to_string()
}

/// The word of a type of column, and its digits after the point.
pub(crate) fn column_type(kind: ColumnType) -> (&'static str, Option<u8>) {
    match kind {
        ColumnType::Text => ("text", None),
        ColumnType::Code => ("code", None),
        ColumnType::Integer => ("integer", None),
        ColumnType::Decimal { scale } => ("decimal", Some(scale)),
        ColumnType::Boolean => ("boolean", None),
        ColumnType::Date { grain } => (grain.as_str(), None),
        ColumnType::DateTime => ("datetime", None),
    }
}

/// The word of a way of adding up over time.
pub(crate) fn over_time(over_time: OverTime) -> &'static str {
    match over_time {
        OverTime::Sum => "sum",
        OverTime::Last => "last",
        OverTime::Mean => "mean",
    }
}

/// The word of a load.
pub(crate) fn load(load: Load) -> &'static str {
    match load {
        Load::Replace => "replace",
        Load::Append => "append",
        Load::ByPeriod => "by_period",
    }
}

/// The word of a figure.
pub(crate) fn figure(figure: Figure) -> &'static str {
    let known = Figure::ALL.into_iter();
    let mut known = known.filter(|(of, _)| *of == figure);
    known.next().map_or("table", |(_, word)| word)
}
