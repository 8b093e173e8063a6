//! The views of a series: each takes observations in order of time and gives one for each.

use crate::observation::{Observation, at, crosses, together};
use beffroi_model::{Cell, Coverage, Direction, Grain, Period, Unit, UnitKind};
use chrono::{Datelike, NaiveDate};

/// How a change is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In percent of what was before.
    Percent,
    /// As a difference: between shares, in points.
    Points,
}

impl Change {
    /// How changes of a unit are told.
    #[must_use]
    pub fn of(unit: Unit) -> Self {
        match unit.kind() {
            UnitKind::Share => Self::Points,
            _ => Self::Percent,
        }
    }

    /// The change between two cells. In percent of zero or of a negative value it means nothing.
    #[must_use]
    pub fn between(self, before: Cell, now: Cell) -> Cell {
        now.combine(before, |now, before| match self {
            Self::Points => now - before,
            Self::Percent if before > 0.0 => 100.0 * (now - before) / before,
            Self::Percent => f64::NAN,
        })
    }
}

/// The change since the same period of the year before. Not known where either is a part of its
/// period; without object across a series break.
#[must_use]
pub fn growth(series: &[Observation], change: Change, breaks: &[NaiveDate]) -> Vec<Observation> {
    let of = |now: &Observation| {
        let earlier = now.period.a_year_before();
        let before = at(series, earlier).map_or(Cell::Missing, Observation::whole);
        match change.between(before, now.whole()) {
            Cell::Value(_) if crosses(breaks, earlier, now.period) => Cell::NotApplicable,
            cell => cell,
        }
    };
    series.iter().map(|now| now.with(of(now))).collect()
}

/// The running total within the year (the school year for school years). What is not known stays
/// so to the end of the year, and what is secret too: the total of the others is not the total.
/// Periods in which there was nothing to count add nothing.
#[must_use]
pub fn cumulative(series: &[Observation]) -> Vec<Observation> {
    let mut all: Vec<Observation> = Vec::with_capacity(series.len());
    for now in series {
        let opens = now.period.start() == year_of(now.period).start();
        let before = all
            .last()
            .filter(|last| !opens && last.period.step(1) == now.period);
        let (cell, coverage) = match before {
            Some(before) => (
                add(before.cell, now.cell),
                together(before.coverage, now.coverage),
            ),
            None if opens => (now.cell, now.coverage),
            // The year began before the series does.
            None => (add(Cell::Missing, now.cell), now.coverage),
        };
        all.push(Observation {
            period: now.period,
            cell,
            coverage,
        });
    }
    all
}

/// A sum in which nothing to count adds nothing.
fn add(a: Cell, b: Cell) -> Cell {
    match (a, b) {
        (Cell::NotApplicable, Cell::Value(value)) | (Cell::Value(value), Cell::NotApplicable) => {
            Cell::Value(value)
        }
        _ => a.combine(b, |a, b| a + b),
    }
}

fn year_of(period: Period) -> Period {
    let grain = match period.grain() {
        Grain::SchoolYear => Grain::SchoolYear,
        _ => Grain::Year,
    };
    Period::containing(grain, period.start())
}

/// The mean of the last `count` periods: a value only where all of them are known as a whole and
/// follow each other. Shorter windows at the start are not shown as if they were whole.
#[must_use]
pub fn moving_average(series: &[Observation], count: u32) -> Vec<Observation> {
    let count = count.max(1);
    let of = |now: &Observation| {
        let mut sum = Cell::Value(0.0);
        let mut coverage = Coverage::default();
        for age in 0..count {
            let period = now.period.step(-i32::try_from(age).unwrap_or(i32::MAX));
            let one = at(series, period);
            sum = sum.combine(one.map_or(Cell::Missing, Observation::whole), |a, b| a + b);
            coverage = one.map_or(coverage, |one| together(coverage, one.coverage));
        }
        Observation {
            period: now.period,
            cell: sum.combine(Cell::Value(f64::from(count)), |sum, count| sum / count),
            coverage,
        }
    };
    series.iter().map(of).collect()
}

/// The part in the whole, in percent, period by period. Secret when either is: a share shown
/// beside a hidden whole would tell it. Without object when the whole is not positive, or the part
/// is negative.
#[must_use]
pub fn share(part: &[Observation], whole: &[Observation]) -> Vec<Observation> {
    let of = |part: &Observation| {
        let Some(whole) = at(whole, part.period) else {
            return part.cell.combine(Cell::Missing, |part, _| part);
        };
        let (cell, total) = if alike(part.coverage, whole.coverage) {
            (part.cell, whole.cell)
        } else {
            (part.whole(), whole.whole())
        };
        cell.combine(total, |part, whole| {
            if part >= 0.0 && whole > 0.0 {
                100.0 * part / whole
            } else {
                f64::NAN
            }
        })
    };
    part.iter().map(|part| part.with(of(part))).collect()
}

/// The parts of several members in one whole. In a period in which one of them is secret all are:
/// what the others leave of 100 % would tell it.
#[must_use]
pub fn shares(members: &[Vec<Observation>], whole: &[Observation]) -> Vec<Vec<Observation>> {
    let secret: Vec<Period> = members
        .iter()
        .flatten()
        .filter(|one| one.cell == Cell::Secret)
        .map(|one| one.period)
        .collect();
    let hide = |one: Observation| match one.cell {
        Cell::Value(_) if secret.contains(&one.period) => one.with(Cell::Secret),
        _ => one,
    };
    members
        .iter()
        .map(|member| share(member, whole).into_iter().map(hide).collect())
        .collect()
}

/// Whether two figures hold as many sub-periods: parts of one period may then be compared.
fn alike(a: Coverage, b: Coverage) -> bool {
    (a.is_complete() && b.is_complete())
        || (a.periods, a.periods_expected) == (b.periods, b.periods_expected)
}

/// Places at one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The place of each, from 1, in the order given.
    pub places: Vec<Cell>,
    /// How many have a place: a place is one among these.
    pub among: usize,
}

/// The place of each member at one period: 1 for the best, which is the lowest when lower is
/// better, else the highest. Those that are equal share a place, and leave those after it empty
/// (1, 1, 3).
///
/// Places are counted **among the members whose value is shown**. Were those of secret values left
/// empty (1, 2, 4), each would lie between two values that can be read: nothing of a secret value
/// goes into a place, neither its own nor another's. When members hold their period in part, only
/// those that hold most of it are compared.
#[must_use]
pub fn rank(members: &[Observation], direction: Direction) -> Ranking {
    let held = |one: &Observation| match one.coverage {
        coverage if coverage.is_complete() => u32::MAX,
        coverage => coverage.periods,
    };
    let known = |one: &&Observation| one.cell.value().is_some_and(f64::is_finite);
    let most = members.iter().filter(known).map(held).max();
    let compared = |one: &Observation| one.cell.value().filter(|_| Some(held(one)) == most);
    let values: Vec<f64> = members.iter().filter_map(compared).collect();
    let place = |own: f64| {
        let ahead = values.iter().filter(|other| match direction {
            Direction::Down => **other < own,
            Direction::Up | Direction::None => **other > own,
        });
        1.0 + ahead.count() as f64
    };
    let places = members
        .iter()
        .map(|one| match (compared(one), one.cell) {
            (Some(own), _) => Cell::Value(place(own)),
            (None, Cell::Value(_)) => Cell::Missing,
            (None, absent) => absent,
        })
        .collect();
    Ranking {
        places,
        among: values.len(),
    }
}

/// A series divided by another, with the period of the divisor of its last figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// The figures.
    pub series: Vec<Observation>,
    /// The period of the divisor of the last figure that has a value; to be stated.
    pub by: Option<Period>,
}

/// The unit of what is divided by the number of inhabitants, and what to multiply by to be in it.
#[must_use]
pub fn unit_per_inhabitant(unit: Unit) -> (Unit, f64) {
    let (symbol, factor) = match unit.symbol() {
        "€" => ("€/hab", 1.0),
        "kg" => ("kg/hab", 1.0),
        "t" => ("kg/hab", 1e3),
        "kWh" => ("kWh/hab", 1.0),
        "MWh" => ("kWh/hab", 1e3),
        "GWh" => ("kWh/hab", 1e6),
        "t CO₂e" => ("t CO₂e/hab", 1.0),
        "m²" => ("m²/hab", 1.0),
        "ha" => ("m²/hab", 1e4),
        "km" => ("km/1000 hab", 1e3),
        _ => ("par hab", 1.0),
    };
    Unit::from_symbol(symbol).map_or((unit, 1.0), |unit| (unit, factor))
}

/// Divided by the population of the year in which each period ends; the official one is known
/// late: failing that, by the last one known before it, which [`Scaled::by`] tells. Months are not
/// brought to a year.
#[must_use]
pub fn per_inhabitant(series: &[Observation], population: &[Observation]) -> Scaled {
    let mut by = None;
    let mut of = |now: &Observation| {
        let year = now.period.last_day().year();
        let inhabitants = population.iter().rev().find(|known| {
            known.period.start_year() <= year && !matches!(known.whole(), Cell::Missing)
        });
        let divisor = inhabitants.map_or(Cell::Missing, Observation::whole);
        let cell = now.cell.combine(divisor, |value, inhabitants| {
            if inhabitants > 0.0 {
                value / inhabitants
            } else {
                f64::NAN
            }
        });
        if let (Cell::Value(_), Some(inhabitants)) = (cell, inhabitants) {
            by = Some(inhabitants.period);
        }
        now.with(cell)
    };
    let series = series.iter().map(&mut of).collect();
    Scaled { series, by }
}

/// In euros of the base period: each value times the price index of the base over that of its own
/// period (or of the year that holds it, when prices are known by the year). A period whose prices
/// are not known has no value in constant euros: prices are not guessed.
#[must_use]
pub fn constant_euros(
    series: &[Observation],
    prices: &[Observation],
    base: Period,
) -> Vec<Observation> {
    let price = |period: Period| {
        let year = Period::containing(Grain::Year, period.last_day());
        let found = at(prices, period).or_else(|| at(prices, year));
        match found.map_or(Cell::Missing, Observation::whole) {
            Cell::Value(price) if price <= 0.0 => Cell::NotApplicable,
            cell => cell,
        }
    };
    let base = price(base);
    series
        .iter()
        .map(|now| {
            let deflator = base.combine(price(now.period), |base, own| base / own);
            now.with(
                now.cell
                    .combine(deflator, |value, deflator| value * deflator),
            )
        })
        .collect()
}

/// 100 at the base period. Secret throughout when the base is: any figure of it would tell the
/// base by the value beside it.
#[must_use]
pub fn index(series: &[Observation], base: Period) -> Vec<Observation> {
    let base = match at(series, base).map_or(Cell::Missing, Observation::whole) {
        Cell::Value(value) if value <= 0.0 => Cell::NotApplicable,
        cell => cell,
    };
    series
        .iter()
        .map(|now| {
            now.with(
                now.whole()
                    .combine(base, |value, base| 100.0 * value / base),
            )
        })
        .collect()
}
