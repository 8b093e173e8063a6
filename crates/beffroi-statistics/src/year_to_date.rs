//! The year so far against the same months of the year before.

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
/// the year before. `None` before the first is known. A part that is not known or secret in
/// between makes the total so: the sum of the others is not shown in its place.
///
/// Only for flows, whose months add up to a year: a rate of several months is not made of monthly
/// rates.
#[must_use]
pub fn year_to_date(
    parts: &[Observation],
    year: Period,
    breaks: &[NaiveDate],
) -> Option<YearToDate> {
    let last = parts
        .iter()
        .rev()
        .filter(|part| part.period != year && year.contains(part.period.start()))
        .find(|part| matches!(part.whole(), Cell::Value(_) | Cell::Secret))?
        .period;
    let first = Period::containing(last.grain(), year.start());
    let mut count = 0;
    let (mut now, mut before) = (Cell::Value(0.0), Cell::Value(0.0));
    let mut part = first;
    while part <= last {
        let whole = |period| at(parts, period).map_or(Cell::Missing, Observation::whole);
        now = now.combine(whole(part), |sum, one| sum + one);
        before = before.combine(whole(part.a_year_before()), |sum, one| sum + one);
        count += 1;
        part = part.step(1);
    }
    if matches!(before, Cell::Value(_)) && crosses(breaks, first.a_year_before(), last) {
        before = Cell::NotApplicable;
    }
    Some(YearToDate {
        first,
        last,
        count,
        of: year.count_of(last.grain()),
        now,
        before,
    })
}
