//! What changed in how an indicator is counted, and where it is alarming: `[[formulas]]`,
//! `[[breaks]]` and `[[thresholds]]` of `indicators/ID.toml`.

use crate::diagnostic::code;
use crate::keys::{Key, formula, indicator, series_break, threshold};
use crate::source::At;
use crate::table::{Amount, Table};
use crate::{Break, Text, ThresholdLevel, ThresholdSide};
use chrono::NaiveDate;
use std::ops::Range;

/// A version of the formula, as declared.
pub(crate) struct RawFormula {
    /// The first day on which it holds.
    pub from: At<NaiveDate>,
    pub measure: At<String>,
    pub note: Text,
}

/// A threshold, as declared.
pub(crate) struct RawThreshold {
    pub level: ThresholdLevel,
    pub value: f64,
    /// `None` for the side that the direction of the indicator says.
    pub side: Option<ThresholdSide>,
    pub words: Text,
    pub origin: String,
    pub span: Range<usize>,
}

pub(super) fn formulas(table: &Table<'_>) -> Vec<RawFormula> {
    let read = |table: &Table<'_>| {
        let (from, measure) = (day(table, &formula::FROM), table.line(&formula::MEASURE));
        let note = table.text(&formula::NOTE);
        Some(RawFormula {
            from: from?,
            measure: measure?,
            note,
        })
    };
    let all: Vec<RawFormula> = table
        .list(&indicator::FORMULAS)
        .iter()
        .filter_map(read)
        .collect();
    in_order(table, all.iter().map(|it| &it.from));
    all
}

pub(super) fn breaks(table: &Table<'_>) -> Vec<Break> {
    let read = |table: &Table<'_>| {
        let (at, note) = (
            day(table, &series_break::AT),
            table.text(&series_break::NOTE),
        );
        Some((at?, note))
    };
    let all: Vec<(At<NaiveDate>, Text)> = table
        .list(&indicator::BREAKS)
        .iter()
        .filter_map(read)
        .collect();
    in_order(table, all.iter().map(|(at, _)| at));
    all.into_iter()
        .map(|(at, note)| Break { at: at.value, note })
        .collect()
}

pub(super) fn thresholds(table: &Table<'_>) -> Vec<RawThreshold> {
    let read = |table: &Table<'_>| {
        let (level, value) = (
            table.word(&threshold::LEVEL),
            table.number(&threshold::VALUE),
        );
        let side = table.word(&threshold::SIDE).map(|at| at.value);
        let words = table.text(&threshold::WORDS);
        let origin = table.line(&threshold::ORIGIN);
        Some(RawThreshold {
            level: level?.value,
            value: value?.value,
            side,
            words,
            origin: origin.map_or_else(String::new, |at| at.value),
            span: table.span.clone(),
        })
    };
    table
        .list(&indicator::THRESHOLDS)
        .iter()
        .filter_map(read)
        .collect()
}

/// A day, or the first one of a year.
fn day(table: &Table<'_>, key: &Key) -> Option<At<NaiveDate>> {
    let at = table.amount(key)?;
    let day = match &at.value {
        Amount::Day(day) => Some(*day),
        Amount::Number(text) => text
            .parse()
            .ok()
            .filter(|year| (1900..=2200).contains(year))
            .and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1)),
    };
    if day.is_none() {
        table.error(
            &at.span,
            code::OUT_OF_RANGE,
            format!("`{}` attend une année de 1900 à 2200, ou un jour", key.name),
            "`2023`, ou `2023-05-01`.".to_owned(),
        );
    }
    day.map(|day| At::new(day, at.span))
}

/// Days follow each other, no two the same: a reader of the file reads time downwards.
fn in_order<'a>(table: &Table<'_>, days: impl Iterator<Item = &'a At<NaiveDate>>) {
    let mut before: Option<NaiveDate> = None;
    for at in days {
        match before {
            Some(before) if at.value == before => table.error(
                &at.span,
                code::REPEATED,
                "deux changements le même jour",
                "Réunissez-les en un seul.".to_owned(),
            ),
            Some(before) if at.value < before => table.error(
                &at.span,
                code::OUT_OF_RANGE,
                format!("ce changement vient après un autre, du {before}"),
                "Rangez-les du plus ancien au plus récent.".to_owned(),
            ),
            _ => {}
        }
        before = before.max(Some(at.value));
    }
}
