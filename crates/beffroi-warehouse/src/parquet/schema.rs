//! The columns of a part: of which type each is, and where its cells stand in a batch.

use crate::state_column;
use beffroi_model::{ColumnSpec, ColumnType, Schema};
use parquet::{
    basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Stored},
    errors::Result,
    schema::types::{ColumnDescPtr, SchemaDescriptor, Type, TypePtr},
};
use std::sync::Arc;

/// Digits that a decimal column can hold in all.
const PRECISION: i32 = 38;
/// The bytes that they take.
const DECIMAL_BYTES: i32 = 16;

/// A column of a part.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// The column of the batch.
    pub(super) column: String,
    /// Its place there.
    pub(super) place: usize,
    /// Whether it holds the states of the cells, not the cells.
    pub(super) is_state: bool,
    /// What the file says of it.
    pub(super) description: ColumnDescPtr,
}

impl Leaf {
    /// How its cells are stored.
    pub(super) fn stored(&self) -> Stored {
        self.description.physical_type()
    }
}

/// Whether a column has a state column beside it: masks stand in numbers, and wherever marks are
/// declared.
pub(crate) fn has_states(column: &ColumnSpec) -> bool {
    column.kind.is_number()
        || !(column.secret_marks.is_empty() && column.not_applicable_marks.is_empty())
}

/// The columns of a part, and the same as Parquet describes them. Personal columns have none.
pub(super) fn leaves(schema: &Schema) -> Result<(Vec<Leaf>, TypePtr)> {
    let (mut sources, mut fields) = (Vec::new(), Vec::new());
    for (place, spec) in kept(schema).enumerate() {
        let name = spec.id.to_string();
        fields.push(value_field(&name, spec.kind)?);
        sources.push((name.clone(), place, false));
        if has_states(spec) {
            fields.push(state_field(&name)?);
            sources.push((name, place, true));
        }
    }
    described(sources, fields)
}

/// The same for people: under the names that they know, and without states.
pub(super) fn named_leaves(schema: &Schema, names: &[String]) -> Result<(Vec<Leaf>, TypePtr)> {
    let (mut sources, mut fields) = (Vec::new(), Vec::new());
    for (place, (spec, name)) in kept(schema).zip(names).enumerate() {
        fields.push(value_field(name, spec.kind)?);
        sources.push((spec.id.to_string(), place, false));
    }
    described(sources, fields)
}

fn kept(schema: &Schema) -> impl Iterator<Item = &ColumnSpec> {
    schema.columns.iter().filter(|column| !column.personal)
}

fn described(
    sources: Vec<(String, usize, bool)>,
    fields: Vec<Type>,
) -> Result<(Vec<Leaf>, TypePtr)> {
    let root = Arc::new(
        Type::group_type_builder("schema")
            .with_fields(fields.into_iter().map(Arc::new).collect())
            .build()?,
    );
    let described = SchemaDescriptor::new(root.clone());
    let leaf = |((column, place, is_state), description): (_, &ColumnDescPtr)| Leaf {
        column,
        place,
        is_state,
        description: description.clone(),
    };
    let leaves = sources.into_iter().zip(described.columns()).map(leaf);
    Ok((leaves.collect(), root))
}

fn state_field(column: &str) -> Result<Type> {
    Type::primitive_type_builder(&state_column(column), Stored::INT32)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

fn value_field(name: &str, kind: ColumnType) -> Result<Type> {
    let (stored, logical) = match kind {
        ColumnType::Text | ColumnType::Code => (Stored::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnType::Integer => (Stored::INT64, None),
        ColumnType::Decimal { scale } => (
            Stored::FIXED_LEN_BYTE_ARRAY,
            Some(LogicalType::decimal(scale.into(), PRECISION)),
        ),
        ColumnType::Boolean => (Stored::BOOLEAN, None),
        ColumnType::Date { .. } => (Stored::INT32, Some(LogicalType::Date)),
        ColumnType::DateTime => (
            Stored::INT64,
            Some(LogicalType::timestamp(false, TimeUnit::MICROS)),
        ),
    };
    let mut field = Type::primitive_type_builder(name, stored)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    if let ColumnType::Decimal { scale } = kind {
        field = field
            .with_converted_type(ConvertedType::DECIMAL)
            .with_length(DECIMAL_BYTES)
            .with_precision(PRECISION)
            .with_scale(scale.into());
    }
    field.build()
}
