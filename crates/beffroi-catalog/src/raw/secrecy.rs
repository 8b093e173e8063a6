//! `[secrecy]` of a dataset.

use crate::diagnostic::code;
use crate::keys::{Key, secrecy, secrecy_table};
use crate::source::{At, suggest};
use crate::table::Table;
use crate::words::Named as _;
use beffroi_model::Grain;
use beffroi_secrecy::{NamedRule, Rule};
use std::ops::Range;

/// Statistical secrecy, as declared.
pub(crate) struct RawSecrecy {
    pub named: Option<NamedRule>,
    pub rule: Rule,
    /// Whether anything is asked, even by a word that cannot be read.
    pub asks: bool,
    /// Where the whole is said.
    pub span: Range<usize>,
    pub units: Option<At<String>>,
    pub contributor: Option<At<String>>,
    pub tables: Vec<Vec<At<String>>>,
    pub grains: Vec<At<Grain>>,
}

impl RawSecrecy {
    pub(super) fn read(table: &Table<'_>) -> Self {
        let named = table.word::<NamedRule>(&secrecy::RULE).map(|at| at.value);
        let mut rule = named.map(NamedRule::rule).unwrap_or_default();
        if let Some(least) = table.integer(&secrecy::MIN_UNITS) {
            rule.min_units = least.value.unsigned_abs();
        }
        if let Some(share) = share(table, &secrecy::DOMINANCE) {
            rule.dominance = Some(share).filter(|share| *share < 1.0);
        }
        if let Some(share) = share(table, &secrecy::P_PERCENT) {
            rule.p_percent = Some(share);
        }
        if let Some(least) = table.number(&secrecy::MIN_DENOMINATOR) {
            if least.value > 0.0 {
                rule.min_denominator = Some(least.value);
            } else {
                let message = "un dénominateur minimal est positif";
                table.error(&least.span, code::OUT_OF_RANGE, message, None);
            }
        }
        if let Some(empty) = table.word(&secrecy::EMPTY) {
            rule.empty = empty.value;
        }
        let tables = table.list(&secrecy::TABLES);
        Self {
            named,
            rule,
            asks: ASKING.iter().any(|key| table.span_of(key).is_some()) || rule.dominance.is_some(),
            span: table.span.clone(),
            units: table.line(&secrecy::UNITS),
            contributor: table.line(&secrecy::CONTRIBUTOR),
            tables: tables
                .iter()
                .map(|it| it.lines(&secrecy_table::BY))
                .collect(),
            grains: grains(table),
        }
    }
}

/// The keys that ask something, whatever they say.
const ASKING: [&Key; 4] = [
    &secrecy::RULE,
    &secrecy::MIN_UNITS,
    &secrecy::P_PERCENT,
    &secrecy::MIN_DENOMINATOR,
];

/// A share from a number of percents.
fn share(table: &Table<'_>, key: &Key) -> Option<f64> {
    let percent = table.number(key)?;
    if percent.value > 0.0 && percent.value <= 100.0 {
        return Some(percent.value / 100.0);
    }
    let message = format!("`{}` est une part, en pour cent", key.name);
    let hint = "Entre 0 et 100 : `85` pour 85 %.".to_owned();
    table.error(&percent.span, code::OUT_OF_RANGE, message, hint);
    None
}

fn grains(table: &Table<'_>) -> Vec<At<Grain>> {
    let named = |word: At<String>| match Grain::named(&word.value) {
        Some(grain) => Some(At::new(grain, word.span)),
        None => {
            let message = format!("`{}` n'est pas une période", word.value);
            let hint = suggest(&word.value, Grain::names());
            table.error(&word.span, code::UNKNOWN_WORD, message, hint);
            None
        }
    };
    let words = table.lines(&secrecy::GRAINS);
    words.into_iter().filter_map(named).collect()
}
