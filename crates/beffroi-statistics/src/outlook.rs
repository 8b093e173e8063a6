//! Where a series leads, and what a target still asks for.

use crate::observation::Observation;
use crate::robust::{Slope, theil_sen};
use beffroi_model::{Cell, Direction, Period, Status, Target};
use chrono::{Datelike, NaiveDate};

/// Fewer whole years make no trend.
pub const LEAST_YEARS: usize = 4;

/// What is still needed to reach a target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Needed {
    /// Years from the value to the target.
    pub years: i32,
    /// What is missing, in the unit: negative when it is to go down.
    pub gap: f64,
    /// The same in a year, by equal steps.
    pub per_year: f64,
    /// The same in a year in percent, compounded; `None` unless both ends are positive.
    pub percent_per_year: Option<f64>,
}

/// What is needed each year from a year's value to the target. `None` when it is reached, when
/// there is no way to go, or no year left.
#[must_use]
pub fn needed(value: f64, year: i32, target: &Target, direction: Direction) -> Option<Needed> {
    let years = target.year.checked_sub(year).filter(|years| *years > 0)?;
    match Status::of(Some(value), Some(target), direction) {
        Status::Reached | Status::NoTarget => return None,
        Status::OnTrack | Status::Watch | Status::Late => {}
    }
    let gap = target.value - value;
    let span = f64::from(years);
    let ratio = target.value / value;
    let percent = 100.0 * (ratio.powf(1.0 / span) - 1.0);
    Some(Needed {
        years,
        gap,
        per_year: gap / span,
        percent_per_year: Some(percent)
            .filter(|percent| value > 0.0 && target.value > 0.0 && percent.is_finite()),
    })
}

/// The line through the whole years of a series (Theil–Sen).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    line: Slope,
    /// The first year it rests on.
    pub first: i32,
    /// The last.
    pub last: i32,
    /// How many years it rests on.
    pub points: usize,
    lowest: f64,
}

impl Trend {
    /// The trend of the years that are known as a whole, since the last series break. `None` with
    /// fewer than [`LEAST_YEARS`] of them: two years make a change, not a trend.
    #[must_use]
    pub fn of(years: &[Observation], breaks: &[NaiveDate]) -> Option<Self> {
        let since = breaks.iter().max();
        let points: Vec<(f64, f64)> = years
            .iter()
            .filter(|one| since.is_none_or(|since| one.period.start() >= *since))
            .filter_map(|one| match one.whole() {
                Cell::Value(value) => Some((f64::from(year_of(one.period)), value)),
                _ => None,
            })
            .collect();
        if points.len() < LEAST_YEARS {
            return None;
        }
        let (first, last) = (points.first()?.0, points.last()?.0);
        Some(Self {
            line: theil_sen(&points)?,
            first: first as i32,
            last: last as i32,
            points: points.len(),
            lowest: points.iter().map(|(_, y)| *y).fold(f64::INFINITY, f64::min),
        })
    }

    /// The change in a year, in the unit.
    #[must_use]
    pub fn per_year(&self) -> f64 {
        self.line.slope
    }

    /// Where it leads in a year to come. `None` further ahead than it looks back, and where the
    /// line leaves what there can be: what was never negative does not become so, and no share
    /// goes past `most`.
    #[must_use]
    pub fn project(&self, year: i32, most: Option<f64>) -> Option<f64> {
        let ahead = year.checked_sub(self.last)?;
        if !(1..=self.last - self.first).contains(&ahead) {
            return None;
        }
        let value = self.line.at(f64::from(year));
        let possible = (value >= 0.0 || self.lowest < 0.0) && most.is_none_or(|most| value <= most);
        possible.then_some(value)
    }

    /// The year in which the line reaches a value, at most `within` years after the last one.
    #[must_use]
    pub fn reaches(&self, value: f64, direction: Direction, within: i32) -> Option<i32> {
        (1..=within).map(|ahead| self.last + ahead).find(|year| {
            let there = self.line.at(f64::from(*year));
            match direction {
                Direction::Up => there >= value,
                Direction::Down => there <= value,
                Direction::None => false,
            }
        })
    }
}

/// The year in which a period ends: that which a target is held against.
fn year_of(period: Period) -> i32 {
    period.last_day().year()
}
