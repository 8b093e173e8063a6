//! What must hold between columns, rows and datasets, as declared: `key`, `[[references]]`,
//! `[[rules]]`.

use crate::diagnostic::code;
use crate::keys::{Key, dataset, reference, rule};
use crate::source::{At, list};
use crate::table::Table;
use crate::words::Named as _;
use beffroi_model::Comparison;
use std::ops::Range;

/// A rule, as declared.
pub(crate) enum RawRule {
    Compare {
        column: At<String>,
        op: Comparison,
        other: At<String>,
    },
    Sum {
        total: At<String>,
        parts: Vec<At<String>>,
    },
    Together(Vec<At<String>>),
    OneOf(Vec<At<String>>),
}

/// `[[references]]`.
pub(crate) struct RawReference {
    pub columns: Vec<At<String>>,
    pub dataset: At<String>,
    /// As many as there are columns.
    pub to: Vec<At<String>>,
}

/// `key`.
pub(super) fn key(table: &Table<'_>) -> Vec<At<String>> {
    table.lines(&dataset::KEY)
}

pub(super) fn references(table: &Table<'_>) -> Vec<RawReference> {
    let read = |table: Table<'_>| {
        let columns = table.lines(&reference::COLUMNS);
        let dataset = table.line(&reference::DATASET);
        let to = match table.span_of(&reference::TO) {
            None => columns.clone(),
            Some(span) => {
                let to = table.lines(&reference::TO);
                if to.len() != columns.len() {
                    let message = format!(
                        "`to` nomme {} colonne(s), `columns` {}",
                        to.len(),
                        columns.len()
                    );
                    let hint = "Autant dans l'un que dans l'autre, dans le même ordre.".to_owned();
                    table.error(&span, code::WRONG_COUNT, message, hint);
                    return None;
                }
                to
            }
        };
        Some(RawReference {
            columns,
            dataset: dataset?,
            to,
        })
    };
    let tables = table.list(&dataset::REFERENCES);
    tables.into_iter().filter_map(read).collect()
}

pub(super) fn rules(table: &Table<'_>) -> Vec<RawRule> {
    let tables = table.list(&dataset::RULES);
    tables.iter().filter_map(read_rule).collect()
}

/// What says which rule it is.
const KINDS: [&Key; 4] = [&rule::COMPARE, &rule::TOTAL, &rule::TOGETHER, &rule::ONE_OF];

fn read_rule(table: &Table<'_>) -> Option<RawRule> {
    let there: Vec<(&Key, Range<usize>)> = KINDS
        .into_iter()
        .filter_map(|key| Some((key, table.span_of(key)?)))
        .collect();
    let names = list(&KINDS.map(|key| key.name));
    let Some((kind, _)) = there.first() else {
        let hint = format!("Il lui faut une clé parmi {names}.");
        table.error(
            &table.span,
            code::RULE_KIND,
            "cette règle ne dit rien",
            hint,
        );
        return None;
    };
    if let Some((second, span)) = there.get(1) {
        let message = format!("`{}` et `{}` disent deux règles", kind.name, second.name);
        let hint = "Une règle par `[[rules]]`.".to_owned();
        table.error(span, code::RULE_KIND, message, hint);
        return None;
    }
    if let Some(span) = table.span_of(&rule::PARTS).filter(|_| kind.name != "total") {
        let message = format!("`parts` ne va pas avec `{}`", kind.name);
        table.error(&span, code::MISPLACED_KEY, message, "Ôtez-la.".to_owned());
        return None;
    }
    match kind.name {
        "compare" => compare(table),
        "total" => {
            let total = table.line(&rule::TOTAL)?;
            if table.span_of(&rule::PARTS).is_none() {
                table.missing(&rule::PARTS);
                return None;
            }
            let parts = several(table, &rule::PARTS)?;
            Some(RawRule::Sum { total, parts })
        }
        "together" => several(table, &rule::TOGETHER).map(RawRule::Together),
        _ => several(table, &rule::ONE_OF).map(RawRule::OneOf),
    }
}

fn compare(table: &Table<'_>) -> Option<RawRule> {
    let hint = || "Par exemple `compare = [\"votants\", \"<=\", \"inscrits\"]`.".to_owned();
    let words = table.lines(&rule::COMPARE);
    let span = table.span_of(&rule::COMPARE)?;
    let words: Result<[At<String>; 3], _> = words.try_into();
    let Ok([column, sign, other]) = words else {
        let message = "`compare` attend une colonne, un signe et une colonne";
        table.error(&span, code::WRONG_COUNT, message, hint());
        return None;
    };
    let Some(op) = Comparison::named(&sign.value) else {
        let message = format!("`{}` ne compare rien", sign.value);
        let hint = format!("Possibles : {}.", list(&Comparison::names()));
        table.error(&sign.span, code::UNKNOWN_WORD, message, hint);
        return None;
    };
    Some(RawRule::Compare { column, op, other })
}

/// Two columns at least.
fn several(table: &Table<'_>, key: &Key) -> Option<Vec<At<String>>> {
    let columns = table.lines(key);
    if columns.len() >= 2 {
        return Some(columns);
    }
    table.error(
        &table.span_of(key)?,
        code::WRONG_COUNT,
        format!("`{}` attend deux colonnes au moins", key.name),
        None,
    );
    None
}
