//! A schema for a file that nobody described: the type of each column, from all its cells.

use crate::{
    cell::numbers::MAX_SCALE,
    layout::Layout,
    survey::{ColumnSurvey, Survey},
};
use beffroi_model::{ColumnId, ColumnSpec, ColumnType, Grain, Schema, normalize};
use std::collections::HashSet;

/// The schema of the columns that hold something or have a name, with their places in the file.
pub(crate) fn schema(
    layout: &Layout,
    survey: &Survey,
    delimiter: Option<u8>,
) -> (Schema, Vec<Option<usize>>) {
    let mut ids = HashSet::new();
    let named = layout.headings.iter().zip(&survey.columns);
    let (places, columns) = named
        .enumerate()
        .filter(|(_, (heading, column))| !heading.unnamed || column.filled > 0)
        .map(|(place, (heading, column))| {
            let spec = ColumnSpec {
                headers: vec![heading.name.clone()],
                ..ColumnSpec::new(
                    ColumnId::of_header(&heading.name, &mut ids),
                    kind(&heading.name, survey, column, delimiter),
                )
            };
            (Some(place), spec)
        })
        .unzip();
    (Schema::of(columns), places)
}

/// The type under which every cell can be read.
fn kind(header: &str, survey: &Survey, column: &ColumnSurvey, delimiter: Option<u8>) -> ColumnType {
    let shapes = &column.shapes;
    let values = column.typed - column.marks;
    if values == 0 {
        return ColumnType::Text;
    }
    let header = normalize(header);
    let says = |words: &[&str]| header.split('_').any(|word| words.contains(&word));
    if shapes.booleans == column.typed {
        return ColumnType::Boolean;
    }
    if shapes.plain == values && shapes.leading_zeros == 0 {
        let grain = match shapes.longest {
            4 if says(&["annee", "exercice", "year", "millesime", "an", "annees"]) => {
                Some(Grain::Year)
            }
            6 if says(&["mois", "periode", "month"]) => Some(Grain::Month),
            8 if says(&["date", "jour", "day"]) => Some(Grain::Day),
            _ => None,
        };
        if let Some(grain) = grain.filter(|grain| shapes.periods[place(*grain)] == values) {
            return ColumnType::Date { grain };
        }
        if shapes.instants == values
            && says(&[
                "date",
                "timestamp",
                "horodate",
                "horodatage",
                "reported",
                "updated",
                "heure",
            ])
        {
            return ColumnType::DateTime;
        }
    }
    if shapes.numbers == values && shapes.leading_zeros == 0 && !is_code_by_name(&says, column) {
        let whole_scale = shapes.scale.iter().min().copied().unwrap_or(0);
        let mark = survey.decimal_mark(column, whole_scale == 0, delimiter);
        let scale = shapes.scale[usize::from(mark.as_char() == '.')];
        return match scale {
            0 if shapes.longest <= 18 => ColumnType::Integer,
            scale if scale <= MAX_SCALE => ColumnType::Decimal {
                scale: u8::try_from(scale).unwrap_or(0),
            },
            // More digits than any number column keeps.
            _ => ColumnType::Text,
        };
    }
    if shapes.plain < values {
        if shapes.instants > 0 && shapes.instants + shapes.periods[place(Grain::Day)] == values {
            return ColumnType::DateTime;
        }
        if let Some(grain) = Grain::ALL
            .into_iter()
            .find(|grain| shapes.periods[place(*grain)] == values)
        {
            return ColumnType::Date { grain };
        }
    }
    // Marks are words of the column here: `s` may be a code.
    if shapes.codes + column.marks >= column.typed && shapes.codes > 0 {
        return ColumnType::Code;
    }
    ColumnType::Text
}

fn place(grain: Grain) -> usize {
    Grain::ALL
        .iter()
        .position(|other| *other == grain)
        .unwrap_or(0)
}

/// Whether digits are a code by the name of their column, or by their fixed length.
fn is_code_by_name(says: &dyn Fn(&[&str]) -> bool, column: &ColumnSurvey) -> bool {
    let shapes = &column.shapes;
    let names = says(&[
        "code",
        "cod",
        "codgeo",
        "siret",
        "siren",
        "insee",
        "cp",
        "postal",
        "rna",
        "uai",
        "rne",
        "iris",
        "nic",
        "id",
        "identifiant",
        "depcom",
        "com",
        "dep",
        "reg",
        "fonction",
        "compte",
        "nature",
        "telephone",
        "tel",
    ]);
    let whole = shapes.plain == column.typed - column.marks;
    whole && (names || (shapes.shortest == 14 && shapes.longest == 14))
}
