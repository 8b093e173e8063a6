//! What was decided about a file, with its evidence, told to whoever looks at a preview.

use crate::{
    FirstPass,
    cell::dates::DayOrder,
    cell::numbers::DecimalMark,
    survey::{ColumnSurvey, Interest, Survey},
    unit::{Conversion, HeaderUnit},
};
use beffroi_model::{ColumnSpec, ColumnType, Confidence, Decision, Evidence, Schema};

/// How much of a title is quoted.
const QUOTED: usize = 120;

/// What was decided about a file, in the order in which it is read: as bytes, as a table, column
/// by column.
pub(crate) fn decisions(
    pass: FirstPass<'_>,
    schema: &Schema,
    places: &[Option<usize>],
) -> Vec<Decision> {
    let rows = pass.opened.grid.decisions();
    let opened = pass.opened.decisions.iter().chain(&rows);
    let opened = opened.map(|decided| Decision {
        evidence: decided.evidence.clone(),
        confidence: decided.confidence,
        ..Decision::new(pass.name, decided.subject, decided.value.clone())
    });
    let mut decided: Vec<Decision> = opened.collect();
    if pass.opened.names.is_none() {
        decided.push(header(pass));
        decided.extend(preamble(pass, schema));
    }
    let columns: Vec<Placed<'_>> = schema
        .columns
        .iter()
        .zip(places)
        .filter_map(|(spec, place)| {
            let place = (*place)?;
            Some(Placed {
                spec,
                place,
                name: &pass.layout.headings.get(place)?.name,
                survey: pass.survey.columns.get(place)?,
            })
        })
        .collect();
    decided.extend(marks(pass, &columns));
    decided.extend(orders(pass, &columns));
    decided.extend(columns.iter().filter_map(|column| unit(pass, column)));
    decided
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

/// A column of the schema that is in the file.
struct Placed<'p> {
    spec: &'p ColumnSpec,
    place: usize,
    name: &'p str,
    survey: &'p ColumnSurvey,
}

fn header(pass: FirstPass<'_>) -> Decision {
    let value = match pass.layout.header_lines {
        None => "none".to_owned(),
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}-{last}"),
    };
    Decision {
        evidence: pass.layout.evidence.clone(),
        confidence: pass.layout.confidence,
        ..Decision::new(pass.name, "header", value)
    }
}

/// The rows above the table; what they say is not shown where it may name somebody.
fn preamble(pass: FirstPass<'_>, schema: &Schema) -> Vec<Decision> {
    let Some(preamble) = &pass.layout.preamble else {
        return Vec::new();
    };
    let personal = schema.columns.iter().any(|column| column.personal);
    let evidence = (!personal).then(|| {
        let words: String = preamble.words.chars().take(QUOTED).collect();
        Evidence::new("first-words", [("words", words)])
    });
    let mut told = vec![Decision {
        evidence,
        ..Decision::new(pass.name, "preamble", preamble.rows.to_string())
    }];
    if let Some(unit) = &preamble.unit {
        told.push(Decision {
            evidence: Some(Evidence::new("unit-title", [])),
            confidence: Confidence::Doubtful,
            ..Decision::new(pass.name, "unit", unit.symbol)
        });
    }
    told
}

/// The decimal marks, columns of one mark together.
fn marks(pass: FirstPass<'_>, columns: &[Placed<'_>]) -> Vec<Decision> {
    let numbers = columns.iter().filter(|column| {
        Interest::of(column.spec.kind) == Interest::Numbers && Survey::has_marks(column.survey)
    });
    let numbers: Vec<(DecimalMark, &Placed<'_>)> = numbers
        .map(|column| (mark_of(pass, column.place, column.spec.kind), column))
        .collect();
    let told = [DecimalMark::Comma, DecimalMark::Point].map(|mark| {
        let with: Vec<&Placed<'_>> = numbers
            .iter()
            .filter(|(its, _)| *its == mark)
            .map(|(_, column)| *column)
            .collect();
        if with.is_empty() {
            return None;
        }
        let value = match (with.len() == numbers.len(), mark) {
            (false, mark) => {
                let names: Vec<&str> = with.iter().map(|column| column.name).collect();
                format!("{} ({})", mark.as_char(), names.join(", "))
            }
            (true, DecimalMark::Comma) => "comma".to_owned(),
            (true, DecimalMark::Point) => "point".to_owned(),
        };
        let (mut sure, mut against) = (0, 0);
        for column in with {
            let (own, other) = column.survey.sure_marks(mark);
            sure += own;
            against += other;
        }
        let (code, confidence) = match (sure, against) {
            (0, _) => ("mark-usual", Confidence::Doubtful),
            (_, 0) => ("mark-cells", Confidence::Sure),
            _ => ("mark-mixed", Confidence::Doubtful),
        };
        let args = [("count", sure.to_string()), ("other", against.to_string())];
        Some(Decision {
            evidence: Some(Evidence::new(code, args)),
            confidence,
            ..Decision::new(pass.name, "decimal-mark", value)
        })
    });
    told.into_iter().flatten().collect()
}

/// The orders of day and month, columns of one order together.
fn orders(pass: FirstPass<'_>, columns: &[Placed<'_>]) -> Vec<Decision> {
    let told = [
        (DayOrder::DayFirst, "day-month"),
        (DayOrder::MonthFirst, "month-day"),
    ]
    .map(|(order, value)| {
        let dates = columns.iter().filter(|column| {
            Interest::of(column.spec.kind) == Interest::Dates
                && column.survey.asks_for_order()
                && column.survey.day_order() == order
        });
        let (mut columns, mut sure, mut against) = (0, 0, 0);
        for column in dates {
            let (own, other) = column.survey.sure_orders(order);
            columns += 1;
            sure += own;
            against += other;
        }
        let (code, confidence) = match (sure, against) {
            _ if columns == 0 => return None,
            (0, _) => ("order-usual", Confidence::Doubtful),
            (_, 0) => ("order-cells", Confidence::Sure),
            _ => ("order-mixed", Confidence::Doubtful),
        };
        let args = [("count", sure.to_string()), ("other", against.to_string())];
        Some(Decision {
            evidence: Some(Evidence::new(code, args)),
            confidence,
            ..Decision::new(pass.name, "date-order", value)
        })
    });
    told.into_iter().flatten().collect()
}

/// The unit of a column: in its header, which may differ from the unit declared, or in the format
/// of its cells.
fn unit(pass: FirstPass<'_>, column: &Placed<'_>) -> Option<Decision> {
    let told = |value: &str, code: &str, args: &[(&str, String)]| Decision {
        column: Some(column.name.to_owned()),
        evidence: Some(Evidence::new(code, args.iter().cloned())),
        ..Decision::new(pass.name, "unit", value)
    };
    let of_header = HeaderUnit::of(column.name).filter(|_| column.spec.kind.is_number());
    if let Some(unit) = of_header {
        let declared = column.spec.unit;
        return Some(
            match (declared, declared.map(|declared| unit.to(declared))) {
                (Some(declared), Some(Conversion::Power(power))) => {
                    let args = [
                        ("declared", declared.to_string()),
                        ("factor", power_of_ten(power)),
                    ];
                    told(unit.symbol, "unit-converted", &args)
                }
                (Some(declared), Some(Conversion::Other)) => Decision {
                    confidence: Confidence::Doubtful,
                    ..told(
                        unit.symbol,
                        "unit-other",
                        &[("declared", declared.to_string())],
                    )
                },
                _ => told(unit.symbol, "unit-header", &[]),
            },
        );
    }
    let of_cells = pass.opened.units.get(&column.place)?;
    Some(told(of_cells, "unit-format", &[]))
}

/// `1000`, `0,001`.
fn power_of_ten(power: i32) -> String {
    let zeros = "0".repeat(power.unsigned_abs() as usize);
    match power {
        ..0 => format!("0,{}1", zeros.get(1..).unwrap_or_default()),
        _ => format!("1{zeros}"),
    }
}
