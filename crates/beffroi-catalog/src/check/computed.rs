//! Checks of computed columns: row expressions over the columns of the files.

use super::dataset::{CheckedDataset, known_dimension};
use super::measure::{Measured, Measures};
use super::{Known, dataset};
use crate::diagnostic::code;
use crate::expr::{Parsed, ValueType, parse_spanned};
use crate::raw::{RawComputed, RawDataset};
use crate::{ColumnInfo, Computed};
use beffroi_model::{ColumnId, DimensionId};
use indexmap::IndexMap;

/// A computed column with what other checks need, even when something is wrong with it.
pub(crate) struct CheckedComputed {
    /// `None` when it cannot be told.
    pub kind: Option<ValueType>,
    pub dimension: Option<DimensionId>,
    /// `None` when it cannot be made.
    pub computed: Option<Computed>,
}

/// Checks the computed columns of a dataset whose columns of files are checked.
pub(super) fn check(
    dataset: &CheckedDataset<'_>,
    known: &Known<'_>,
) -> IndexMap<ColumnId, CheckedComputed> {
    let raw = dataset.raw;
    let computed = raw.computed.iter();
    computed
        .map(|(id, declared)| (id.clone(), one(dataset, known, id, declared)))
        .collect()
}

/// What users read about a computed column.
pub(super) fn info(declared: &RawComputed) -> ColumnInfo {
    ColumnInfo {
        title: declared.title.clone(),
        description: declared.description.clone(),
        unit: declared.unit,
    }
}

fn one(
    dataset: &CheckedDataset<'_>,
    known: &Known<'_>,
    id: &ColumnId,
    declared: &RawComputed,
) -> CheckedComputed {
    let mut checked = CheckedComputed {
        kind: None,
        dimension: None,
        computed: None,
    };
    let parsed = declared.value.as_ref().and_then(|value| {
        let measured = Measured {
            known,
            file: dataset.raw.file,
            measure: value,
            dataset: Some(dataset),
            indicator: &|_| Measures::of_indicator(None),
        };
        let parsed = parse_spanned(&value.value)
            .map_err(|errors| measured.syntax(errors))
            .ok()?;
        checked.kind = measured.check_row(&parsed, declared.unit);
        Some(parsed)
    });
    checked.dimension = dimension(dataset.raw, known, id, declared, checked.kind);
    if let (Some(Parsed { expr, .. }), Some(kind)) = (parsed, checked.kind) {
        checked.computed = Some(Computed {
            expr,
            text: declared
                .value
                .as_ref()
                .map_or_else(String::new, |at| at.value.clone()),
            kind,
            dimension: checked.dimension.clone(),
        });
    }
    checked
}

/// Its dimension: declared, else its own when it gives texts.
fn dimension(
    raw: &RawDataset<'_>,
    known: &Known<'_>,
    id: &ColumnId,
    declared: &RawComputed,
    kind: Option<ValueType>,
) -> Option<DimensionId> {
    let Some(at) = &declared.dimension else {
        return (kind == Some(ValueType::Text)).then(|| DimensionId::new(id.as_str()).ok())?;
    };
    if !kind.is_none_or(dataset::names_members) {
        known.report.at(
            raw.file,
            &at.span,
            code::DIMENSION_NOT_TEXT,
            format!(
                "`{id}` ne donne ni texte ni nombre entier : elle ne peut pas nommer des membres"
            ),
            "Arrondissez-la (`floor(…)`), ou faites-en un texte : `case when … then 'oui' else \
             'non' end`."
                .to_owned(),
        );
        return None;
    }
    known_dimension(raw, known, id, at)
}
