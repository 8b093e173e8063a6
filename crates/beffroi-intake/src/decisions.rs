//! What was decided about a file, told to whoever looks at a preview.

use crate::{
    FirstPass,
    cell::dates::DayOrder,
    cell::numbers::DecimalMark,
    survey::{Interest, Survey},
};
use beffroi_model::{ColumnType, Decision, Schema};
use std::collections::{BTreeMap, HashSet};

/// What was decided about a file, the marks of its columns included.
pub(crate) fn decisions(
    pass: FirstPass<'_>,
    schema: &Schema,
    places: &[Option<usize>],
) -> Vec<Decision> {
    let mut decided = Vec::new();
    if pass.opened.names.is_none() {
        decided.push((
            "header",
            match pass.layout.header_lines {
                None => "none".to_owned(),
                Some((first, last)) if first == last => first.to_string(),
                Some((first, last)) => format!("{first}-{last}"),
            },
        ));
    }
    let mut marks: BTreeMap<char, Vec<&str>> = BTreeMap::new();
    let mut orders = HashSet::new();
    for (column, place) in schema.columns.iter().zip(places) {
        let Some((place, survey)) =
            place.and_then(|place| Some((place, pass.survey.columns.get(place)?)))
        else {
            continue;
        };
        match Interest::of(column.kind) {
            Interest::Numbers if Survey::has_marks(survey) => {
                let name = pass
                    .layout
                    .headings
                    .get(place)
                    .map_or("", |heading| heading.name.as_str());
                marks
                    .entry(mark_of(pass, place, column.kind).as_char())
                    .or_default()
                    .push(name);
            }
            Interest::Dates if survey.has_day_order() => {
                orders.insert(survey.day_order());
            }
            _ => {}
        }
    }
    let only = marks.len() == 1;
    for (mark, columns) in marks {
        let value = match mark {
            _ if !only => format!("{mark} ({})", columns.join(", ")),
            ',' => "comma".to_owned(),
            _ => "point".to_owned(),
        };
        decided.push(("decimal-mark", value));
    }
    for (order, value) in [
        (DayOrder::DayFirst, "day-month"),
        (DayOrder::MonthFirst, "month-day"),
    ] {
        if orders.contains(&order) {
            decided.push(("date-order", value.to_owned()));
        }
    }
    let rows = pass.opened.grid.decisions();
    let opened = pass
        .opened
        .decisions
        .iter()
        .chain(&rows)
        .map(|decided| Decision {
            evidence: decided.evidence.clone(),
            confidence: decided.confidence,
            ..Decision::new(pass.name, decided.subject, decided.value.clone())
        });
    let units = pass.opened.units.iter().filter_map(|(place, unit)| {
        let heading = pass.layout.headings.get(*place)?;
        Some(Decision {
            column: Some(heading.name.clone()),
            ..Decision::new(pass.name, "unit", unit.clone())
        })
    });
    let found = decided
        .into_iter()
        .map(|(subject, value)| Decision::new(pass.name, subject, value));
    opened.chain(found).chain(units).collect()
}

/// The decimal mark of a column of the file.
pub(crate) fn mark_of(pass: FirstPass<'_>, place: usize, kind: ColumnType) -> DecimalMark {
    let whole = kind == ColumnType::Integer;
    match pass.survey.columns.get(place) {
        Some(column) => pass
            .survey
            .decimal_mark(column, whole, pass.opened.delimiter),
        None => DecimalMark::Comma,
    }
}
