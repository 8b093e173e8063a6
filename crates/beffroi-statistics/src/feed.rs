//! Means of polled feeds: readings at irregular moments, weighted by the time each holds.

use beffroi_model::{Cell, Period};
use chrono::{
    DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Europe::Paris;

/// What a feed said at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub cell: Cell,
}

/// A mean over a period, with the time it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeWeighted {
    /// The mean.
    pub cell: Cell,
    /// For how long a value was known…
    pub known: TimeDelta,
    /// …of so long: the period less the time in which there was nothing to read (a car park
    /// closed). A day in Paris may last 23 or 25 hours.
    pub of: TimeDelta,
}

/// The mean of a feed over a period in Paris: each value counts for the time until the next
/// reading, and no longer than `stale_after`, past which nothing is known. A reading before the
/// period goes on into it. Readings come in any order; of several at one instant the last one
/// given holds. One secret reading makes the mean secret.
#[must_use]
pub fn time_weighted_mean(
    readings: &[Reading],
    period: Period,
    stale_after: TimeDelta,
) -> TimeWeighted {
    let (start, end) = bounds(period);
    let mut sorted = readings.to_vec();
    sorted.sort_by_key(|reading| reading.at);
    let mut sum = 0.0;
    let (mut known, mut void) = (TimeDelta::zero(), TimeDelta::zero());
    let mut secret = false;
    for (place, reading) in sorted.iter().enumerate() {
        let next = sorted.get(place + 1).map_or(end, |next| next.at);
        let stale = reading.at.checked_add_signed(stale_after).unwrap_or(end);
        let time = next.min(stale).min(end) - reading.at.max(start);
        if time <= TimeDelta::zero() {
            continue;
        }
        match reading.cell {
            Cell::Value(value) if value.is_finite() => {
                sum += value * seconds(time);
                known += time;
            }
            Cell::Secret => secret = true,
            Cell::NotApplicable => void += time,
            Cell::Value(_) | Cell::Missing => {}
        }
    }
    let of = end - start - void;
    let cell = if secret {
        Cell::Secret
    } else if known > TimeDelta::zero() {
        Cell::Value(sum / seconds(known))
    } else if of <= TimeDelta::zero() {
        Cell::NotApplicable
    } else {
        Cell::Missing
    };
    TimeWeighted { cell, known, of }
}

fn seconds(time: TimeDelta) -> f64 {
    time.num_milliseconds() as f64 / 1000.0
}

/// The instants at which a period begins and ends in Paris.
#[must_use]
pub fn bounds(period: Period) -> (DateTime<Utc>, DateTime<Utc>) {
    (midnight(period.start()), midnight(period.end()))
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN);
    // Clocks change at two or three in the morning: midnight is there, once.
    instant(local, None).unwrap_or_else(|| local.and_utc())
}

/// The instant of a time read on a clock in Paris. In the hour that comes twice in autumn, the
/// first one that is not before the reading before it; the hour that is left out in spring is no
/// instant.
#[must_use]
pub fn instant(local: NaiveDateTime, before: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match Paris.from_local_datetime(&local) {
        LocalResult::Single(instant) => Some(instant.to_utc()),
        LocalResult::Ambiguous(first, second) => {
            let first = first.to_utc();
            let gone = before.is_some_and(|before| first < before);
            Some(if gone { second.to_utc() } else { first })
        }
        LocalResult::None => None,
    }
}
