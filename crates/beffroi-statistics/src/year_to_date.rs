//! The year so far against the same months of other years.

use crate::observation::{Observation, at, crosses};
use beffroi_model::{Cell, Period};
use chrono::NaiveDate;

/// A flow from the start of a year to the last period known, and the same periods a year earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YearToDate {
    /// The first period counted.
    pub first: Period,
    /// The last period counted.
    pub last: Period,
    /// How many there are…
    pub count: u32,
    /// …of so many in the year.
    pub of: u32,
    /// The total of the year so far.
    pub now: Cell,
    /// That of the same periods a year earlier; without object when a series break lies between.
    pub before: Cell,
}

/// Adds up the parts of a year that are known as a whole, from its first one, and the same ones of
/// the year before. `None` before the first is known.
///
/// Only for flows, whose months add up to a year: a rate of several months is not made of monthly
/// rates.
#[must_use]
pub fn year_to_date(
    parts: &[Observation],
    year: Period,
    breaks: &[NaiveDate],
) -> Option<YearToDate> {
    let last = last_known(parts, year)?;
    let first = Period::containing(last.grain(), year.start());
    let earlier = first.a_year_before();
    let before = match up_to(parts, earlier, last.a_year_before()) {
        Cell::Value(_) if crosses(breaks, earlier, last) => Cell::NotApplicable,
        cell => cell,
    };
    Some(YearToDate {
        first,
        last,
        count: u32::try_from(spans(first, last).count()).unwrap_or(u32::MAX),
        of: year.count_of(last.grain()),
        now: up_to(parts, first, last),
        before,
    })
}

/// The last part of a year that is known as a whole, or secret.
#[must_use]
pub fn last_known(parts: &[Observation], year: Period) -> Option<Period> {
    parts
        .iter()
        .rev()
        .filter(|part| part.period != year && year.contains(part.period.start()))
        .find(|part| matches!(part.whole(), Cell::Value(_) | Cell::Secret))
        .map(|part| part.period)
}

/// The total from one part of a year to another. A part that is not known or secret makes the
/// total so: the sum of the others is not shown in its place. One without object adds nothing.
#[must_use]
pub fn up_to(parts: &[Observation], first: Period, last: Period) -> Cell {
    let mut total = Cell::NotApplicable;
    for part in spans(first, last) {
        let whole = at(parts, part).map_or(Cell::Missing, Observation::whole);
        total = match (total, whole) {
            (Cell::NotApplicable, whole) => whole,
            (total, Cell::NotApplicable) => total,
            (total, whole) => total.combine(whole, |sum, one| sum + one),
        };
    }
    total
}

fn spans(first: Period, last: Period) -> impl Iterator<Item = Period> {
    std::iter::successors(Some(first), |part| Some(part.step(1)))
        .take_while(move |part| *part <= last)
}
