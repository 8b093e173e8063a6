//! The custom checks of French schemas, as Validata knows them.

use crate::{Draft, Object, list, text, texts};
use beffroi_model::{Comparison, Format, Rule};
use serde_json::Value;

/// Checks of one column, by name.
const FORMATS: [(&str, Format); 9] = [
    ("french-siret-value", Format::Siret),
    ("french-siren-value", Format::Siren),
    ("phone-number-value", Format::Phone),
    ("nomenclature-actes-value", Format::ActMatter),
    ("opening-hours-value", Format::OpeningHours),
    ("french-gps-coordinates", Format::FrenchPoint),
    ("email-value", Format::Email),
    ("url-value", Format::Uri),
    ("uuid-value", Format::Uuid),
];

/// Reads the custom checks of a schema.
pub(crate) fn read(schema: &Object, draft: &mut Draft) {
    let both = ["custom_checks", "customChecks"];
    for check in both.into_iter().flat_map(|key| list(schema, key)) {
        let name = check
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let params = check.get("params").and_then(Value::as_object);
        let known = params.and_then(|params| one(name, params, draft));
        if known.is_none() {
            let column = params.map(|params| text(params, "column"));
            draft.left_out(column.filter(|it| !it.is_empty()), name.to_owned());
        }
    }
}

/// Takes one check; `None` when it is not known, or names a column that is not there.
fn one(name: &str, params: &Object, draft: &mut Draft) -> Option<()> {
    let column = text(params, "column");
    let listed = |key| texts(params.get(key));
    let rule = match name {
        "compare-columns-value" => {
            let signs = &Comparison::ALL;
            let op = text(params, "op");
            Rule::Compare {
                column: draft.id(column)?,
                op: signs.iter().find(|(_, sign, _)| *sign == op)?.0,
                other: draft.id(text(params, "column2"))?,
            }
        }
        "sum-columns-value" => Rule::Sum {
            column: draft.id(column)?,
            parts: draft.ids(&listed("columns"))?,
        },
        "cohesive-columns-value" => {
            let others = listed("othercolumns");
            let all: Vec<&str> = std::iter::once(column).chain(others).collect();
            Rule::Together {
                columns: draft.ids(&all)?,
            }
        }
        "one-of-required" => Rule::OneOf {
            columns: draft.ids(&[text(params, "column1"), text(params, "column2")])?,
        },
        _ => return format(name, column, params, draft),
    };
    draft.schema.rules.push(rule);
    Some(())
}

fn format(name: &str, column: &str, params: &Object, draft: &mut Draft) -> Option<()> {
    let format = match name {
        "year-interval-value" => match params.get("allow-year-only") {
            Some(Value::Bool(true)) => Format::YearOrInterval,
            Some(Value::String(word)) if matches!(word.as_str(), "true" | "yes") => {
                Format::YearOrInterval
            }
            _ => Format::YearInterval,
        },
        _ => FORMATS.iter().find(|(known, _)| *known == name)?.1,
    };
    let id = draft.id(column)?;
    let columns = &mut draft.schema.columns;
    let column = columns.iter_mut().find(|it| it.id == id)?;
    column.constraints.formats.push(format);
    Some(())
}
