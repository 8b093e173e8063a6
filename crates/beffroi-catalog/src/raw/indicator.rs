//! `indicators/ID.toml`.

use super::history::{RawFormula, RawThreshold, breaks, formulas, thresholds};
use super::open;
use crate::diagnostic::code;
use crate::keys::{INDICATOR, example, indicator, target};
use crate::source::{At, Report, SourceFile};
use crate::table::{NumberOrWord, Table, Values};
use crate::{Break, Missing, OverTime, Text};
use beffroi_model::{Direction, Grain, IndicatorId, Target, Unit};
use std::ops::Range;
use toml::de::DeTable;

/// An indicator, as declared.
pub(crate) struct RawIndicator<'a> {
    pub file: &'a SourceFile,
    pub id: IndicatorId,
    pub title: Text,
    pub description: Text,
    pub method: Text,
    pub limits: Text,
    pub department: Option<At<String>>,
    pub owner: String,
    pub dataset: Option<At<String>>,
    pub measure: Option<At<String>>,
    /// `None` when it is wrong.
    pub unit: Option<Unit>,
    pub noun: Option<(Text, Text)>,
    pub decimals: u8,
    /// `None` when not declared.
    pub dimensions: Option<Vec<At<String>>>,
    pub over_time: OverTime,
    /// Where `over_time` is said, else where the measure is.
    pub over_time_span: Range<usize>,
    pub main_grain: Option<At<Grain>>,
    pub direction: Direction,
    pub missing: Missing,
    pub targets: Vec<RawTarget>,
    pub thresholds: Vec<RawThreshold>,
    pub formulas: Vec<RawFormula>,
    pub breaks: Vec<Break>,
    pub declared: Option<At<String>>,
    pub examples: Vec<RawExample>,
}

/// A worked example.
pub(crate) struct RawExample {
    pub title: Text,
    pub rows: Option<Vec<Values>>,
    pub indicators: Option<Values>,
    /// `None` when it is wrong.
    pub result: Option<At<NumberOrWord>>,
    pub span: Range<usize>,
}

/// A target, with its place.
pub(crate) struct RawTarget {
    pub target: Target,
    /// The towns it holds for.
    pub when: Option<At<String>>,
    pub year_span: Range<usize>,
    pub span: Range<usize>,
}

impl<'a> RawIndicator<'a> {
    pub(crate) fn read(
        file: &'a SourceFile,
        report: &'a Report,
        id: IndicatorId,
        entries: &'a DeTable<'a>,
    ) -> Self {
        let table = open(file, report, &INDICATOR, entries);
        let measure = table.line(&indicator::MEASURE);
        let over_time = table.word::<OverTime>(&indicator::OVER_TIME);
        Self {
            file,
            id,
            title: table.text(&indicator::TITLE),
            description: table.text(&indicator::DESCRIPTION),
            method: table.text(&indicator::METHOD),
            limits: table.text(&indicator::LIMITS),
            department: table.line(&indicator::DEPARTMENT),
            owner: table
                .line(&indicator::OWNER)
                .map_or_else(String::new, |owner| owner.value),
            dataset: table.line(&indicator::DATASET),
            over_time_span: over_time
                .as_ref()
                .map(|at| at.span.clone())
                .or_else(|| measure.as_ref().map(|at| at.span.clone()))
                .unwrap_or(0..0),
            measure,
            unit: table.word(&indicator::UNIT).map(|at| at.value),
            noun: table.noun(&indicator::NOUN),
            decimals: table
                .integer(&indicator::DECIMALS)
                .and_then(|at| u8::try_from(at.value).ok())
                .unwrap_or(0),
            dimensions: table
                .span_of(&indicator::DIMENSIONS)
                .map(|_| table.lines(&indicator::DIMENSIONS)),
            over_time: over_time.map(|at| at.value).unwrap_or_default(),
            main_grain: table.word(&indicator::MAIN_GRAIN),
            direction: table
                .word(&indicator::DIRECTION)
                .map(|at| at.value)
                .unwrap_or_default(),
            missing: table
                .word(&indicator::MISSING)
                .map(|at| at.value)
                .unwrap_or_default(),
            targets: table
                .list(&indicator::TARGETS)
                .iter()
                .filter_map(read_target)
                .collect(),
            thresholds: thresholds(&table),
            formulas: formulas(&table),
            breaks: breaks(&table),
            declared: table.line(&indicator::DECLARED),
            examples: table
                .list(&indicator::EXAMPLES)
                .iter()
                .map(|table| RawExample {
                    title: table.text(&example::TITLE),
                    rows: table.rows(&example::ROWS),
                    indicators: table.values(&example::INDICATORS),
                    result: table.number_or_word(&example::RESULT),
                    span: table.span.clone(),
                })
                .collect(),
        }
    }
}

/// How far off still counts as on the way, when it is not said: 10 % of the target.
const TOLERANCE: f64 = 10.0;

fn read_target(table: &Table<'_>) -> Option<RawTarget> {
    let (year, value) = (table.integer(&target::YEAR), table.number(&target::VALUE));
    let tolerance = table.number(&target::TOLERANCE);
    if let Some(tolerance) = tolerance
        .as_ref()
        .filter(|at| !(0.0..=100.0).contains(&at.value))
    {
        table.error(
            &tolerance.span,
            code::OUT_OF_RANGE,
            "`tolerance` va de 0 à 100",
            "En pour cent de la valeur : `10` laisse s'en écarter d'un dixième.".to_owned(),
        );
    }
    let origin = table.line(&target::ORIGIN);
    let voted_on = table.date(&target::VOTED_ON);
    let when = table.line(&target::WHEN);
    let (year, value) = (year?, value?);
    Some(RawTarget {
        target: Target {
            year: i32::try_from(year.value).ok()?,
            value: value.value,
            tolerance: tolerance.map_or(TOLERANCE, |at| at.value),
            origin: origin.map_or_else(String::new, |at| at.value),
            voted_on,
        },
        when,
        year_span: year.span,
        span: table.span.clone(),
    })
}
