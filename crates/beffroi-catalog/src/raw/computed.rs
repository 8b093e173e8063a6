//! `[columns.ID]` with a `value`: a column that no file has, worked out from others.

use crate::Text;
use crate::diagnostic::code;
use crate::keys::{COLUMN, column};
use crate::source::At;
use crate::table::Table;
use beffroi_model::Unit;
use std::ops::Range;

/// A computed column, as declared.
pub(crate) struct RawComputed {
    /// The expression; `None` when it is not a text.
    pub value: Option<At<String>>,
    pub title: Text,
    pub description: Text,
    pub unit: Option<Unit>,
    pub dimension: Option<At<String>>,
    /// Where it is declared.
    pub span: Range<usize>,
}

/// Whether a column is worked out.
pub(super) fn is_computed(table: &Table<'_>) -> bool {
    table.span_of(&column::VALUE).is_some()
}

/// Reads it. What only columns of files may say is told.
pub(super) fn read(table: &Table<'_>, name: &At<String>) -> RawComputed {
    let own = [
        &column::VALUE,
        &column::TITLE,
        &column::DESCRIPTION,
        &column::UNIT,
        &column::DIMENSION,
    ];
    for key in COLUMN.keys {
        if let Some(span) = table.span_of(key)
            && own.iter().all(|own| own.name != key.name)
        {
            table.error(
                &span,
                code::MISPLACED_KEY,
                format!("`{}` ne va pas avec `value`", key.name),
                "Une colonne calculée n'est pas dans les fichiers, et son type découle de son \
                 calcul : ôtez cette ligne."
                    .to_owned(),
            );
        }
    }
    let title = table.text(&column::TITLE);
    RawComputed {
        value: table.line(&column::VALUE),
        title: match title.is_empty() {
            true => Text {
                fr: name.value.clone(),
                en: None,
            },
            false => title,
        },
        description: table.text(&column::DESCRIPTION),
        unit: table.word(&column::UNIT).map(|at| at.value),
        dimension: table.line(&column::DIMENSION),
        span: name.span.clone(),
    }
}
