//! Answers put in order: one series per indicator and member, one point per period.

use crate::context::Context;
use crate::draw::Spot;
use crate::writer::Writer;
use beffroi_catalog::Indicator;
use beffroi_model::{Answer, Cell, Coverage, DimensionId, Grain, Period};
use beffroi_text::{Lang, PeriodStyle, absence, period};
use chrono::{NaiveDate, NaiveDateTime};

/// One figure of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// When.
    pub period: Period,
    /// The instant of a live reading.
    pub at: Option<NaiveDateTime>,
    /// The figure; what is not a number is not known.
    pub cell: Cell,
    /// What it rests on.
    pub coverage: Coverage,
    /// Whether the period has not begun, or is not over and nothing is known of it yet.
    pub future: bool,
}

impl Point {
    /// The value.
    pub fn value(&self) -> Option<f64> {
        self.cell.value()
    }

    /// Whether the value is that of a part of the period.
    pub fn is_provisional(&self) -> bool {
        matches!(self.cell, Cell::Value(_)) && !self.coverage.is_complete()
    }

    /// The value, if the whole period is in it.
    pub fn complete(&self) -> Option<f64> {
        if self.is_provisional() {
            None
        } else {
            self.value()
        }
    }
}

/// An indicator over time, for the whole or for one member.
#[derive(Debug, Clone)]
pub(crate) struct Series<'a> {
    /// The indicator.
    pub indicator: &'a Indicator,
    /// The member; `None` for the whole.
    pub key: Option<String>,
    /// What it is called: the member's name, or the indicator's.
    pub label: String,
    /// One point for each period asked for, in order.
    pub points: Vec<Point>,
}

impl Series<'_> {
    /// The last point.
    pub fn last(&self) -> Option<&Point> {
        self.points.last()
    }

    /// The last value.
    pub fn last_value(&self) -> Option<f64> {
        self.last()?.value()
    }

    /// Values in order.
    pub fn values(&self) -> Vec<Option<f64>> {
        self.points.iter().map(Point::value).collect()
    }

    /// The points as they are drawn.
    pub fn spots(&self, writer: &Writer, named: bool) -> Vec<Spot> {
        self.points
            .iter()
            .map(|point| self.spot(point, writer, named))
            .collect()
    }

    /// A point as it is drawn.
    pub fn spot(&self, point: &Point, writer: &Writer, named: bool) -> Spot {
        let when = period(writer.lang, point.period, PeriodStyle::Long);
        let value = match point.cell {
            Cell::Value(value) => writer.full(value),
            absent => absence(writer.lang, absent.state()).to_owned(),
        };
        let mark = if point.is_provisional() { " (p)" } else { "" };
        let name = if named {
            format!("{}, ", self.label)
        } else {
            String::new()
        };
        let colon = colon(writer.lang);
        Spot {
            cell: point.cell,
            provisional: point.is_provisional(),
            future: point.future,
            hover: format!("{name}{when}{colon} {value}{mark}"),
        }
    }
}

/// The series of an answer, in the order of its keys, each with all the periods asked for.
pub(crate) fn series<'a>(
    answer: &Answer,
    indicator: &'a Indicator,
    by: Option<&DimensionId>,
    periods: &[Period],
    ctx: &Context,
) -> Vec<Series<'a>> {
    let mut all: Vec<Series> = Vec::new();
    if by.is_none() {
        // The whole is there even when nothing was found: its points are then missing.
        all.push(Series {
            indicator,
            key: None,
            label: title(ctx, indicator),
            points: Vec::new(),
        });
    }
    for row in &answer.rows {
        let key = by.and_then(|_| row.keys.first());
        if by.is_some() && key.is_none() {
            continue;
        }
        let place = match all.iter().position(|series| series.key.as_ref() == key) {
            Some(place) => place,
            None => {
                all.push(Series {
                    indicator,
                    key: key.cloned(),
                    label: key.map_or_else(String::new, |key| member(ctx, by, key)),
                    points: Vec::new(),
                });
                all.len() - 1
            }
        };
        let cell = match row.cell {
            Cell::Value(value) if !value.is_finite() => Cell::Missing,
            cell => cell,
        };
        all[place].points.push(Point {
            period: row.period,
            at: row.at,
            cell,
            coverage: row.coverage,
            future: false,
        });
    }
    if !periods.is_empty() {
        for series in &mut all {
            series.points = periods
                .iter()
                .map(|period| pick(&series.points, *period))
                .collect();
            mark_future(&mut series.points, ctx.today);
        }
    }
    all
}

/// The point of a period.
fn pick(points: &[Point], period: Period) -> Point {
    points
        .iter()
        .find(|point| point.period == period)
        .copied()
        .unwrap_or(Point {
            period,
            at: None,
            cell: Cell::Missing,
            coverage: Coverage::default(),
            future: false,
        })
}

/// Marks the absences at the end of which nothing is to be said yet: the period is not over, or
/// its figures are not due.
fn mark_future(points: &mut [Point], today: NaiveDate) {
    for point in points.iter_mut().rev() {
        let days_to_deliver = match point.period.grain() {
            Grain::Day => 2,
            Grain::Month | Grain::Quarter => 46,
            Grain::Year | Grain::SchoolYear => 0,
        };
        let age = today
            .signed_duration_since(point.period.last_day())
            .num_days();
        point.future = point.cell == Cell::Missing && age <= days_to_deliver;
        if !point.future {
            break;
        }
    }
}

/// The name of a member.
pub(crate) fn member(ctx: &Context, dimension: Option<&DimensionId>, key: &str) -> String {
    dimension
        .and_then(|dimension| ctx.catalog.dimensions.get(dimension))
        .and_then(|dimension| dimension.members.get(key))
        .map_or_else(
            || key.to_owned(),
            |member| member.title.get(ctx.english()).0.to_owned(),
        )
}

/// The name of an indicator.
pub(crate) fn title(ctx: &Context, indicator: &Indicator) -> String {
    indicator.title.get(ctx.english()).0.to_owned()
}

/// The name of a dimension.
pub(crate) fn dimension(ctx: &Context, dimension: &DimensionId) -> String {
    let declared = ctx.catalog.dimensions.get(dimension);
    declared.map_or_else(
        || dimension.to_string(),
        |declared| declared.title.get(ctx.english()).0.to_owned(),
    )
}

/// With a lower-case first letter, to stand inside a sentence. Initials stay (*RSA*).
pub(crate) fn uncapital(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => first
            .to_lowercase()
            .chain(std::iter::once(second))
            .chain(chars)
            .collect(),
        _ => text.to_owned(),
    }
}

/// With a capital first letter, to open a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A colon with the space that comes before it.
pub(crate) fn colon(lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => "\u{a0}:",
        Lang::En => ":",
    }
}

/// A semicolon with the space that comes before it.
pub(crate) fn semicolon(lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => "\u{a0};",
        Lang::En => ";",
    }
}
