//! Scales: from values to units of the drawing, with round graduations. Both come from plotters'
//! ranged coordinates.

use super::svg::SCALE;
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

/// A scale with its graduations.
#[derive(Clone)]
pub(super) struct Scale {
    coord: RangedCoordf64,
    /// Ends in pixels of plotters.
    pixels: (i32, i32),
    ticks: Vec<(f64, String)>,
    base: f64,
}

/// The ends of an axis and its graduations.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Domain {
    /// Lowest value.
    pub low: f64,
    /// Highest value.
    pub high: f64,
    /// Round values from one to the other.
    pub ticks: Vec<f64>,
}

impl Domain {
    /// A domain that holds all values: from zero unless `floating`, with ends on graduations.
    pub fn of(values: impl IntoIterator<Item = f64>, floating: bool) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if !floating {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        if high - low <= high.abs().max(low.abs()) * 1e-9 {
            // One value only: room around it, on the side away from zero.
            let room = if high == 0.0 { 1.0 } else { high.abs() };
            if high >= 0.0 {
                high += room
            } else {
                low -= room
            }
        }
        // Beyond half of what a float can hold, sizes of ranges are no longer numbers.
        (low, high) = (low.max(-1e300), high.min(1e300));
        let step = step(high - low);
        let first = (low / step + 1e-9).floor();
        let last = (high / step - 1e-9).ceil();
        let count = (last - first).round().clamp(1.0, 12.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ticks = (0..=count as u32)
            .map(|place| tidy((first + f64::from(place)) * step))
            .collect();
        Self {
            low: tidy(first * step),
            high: tidy((first + count) * step),
            ticks,
        }
    }
}

/// The size of a round step that divides a range into about four: plotters chooses it, on the
/// range brought between 1 and 10 (its comparisons are absolute).
fn step(range: f64) -> f64 {
    let power = 10f64.powf(range.log10().floor());
    if !power.is_finite() || power == 0.0 {
        return range.max(f64::MIN_POSITIVE);
    }
    let points = RangedCoordf64::from(0.0..range / power).key_points(BoldPoints(6));
    match points.as_slice() {
        [first, second, ..] if second > first => (second - first) * power,
        _ => power,
    }
}

/// Without the dust of float arithmetic, and without minus zero.
fn tidy(value: f64) -> f64 {
    let tidy: f64 = format!("{value:.12e}").parse().unwrap_or(value);
    tidy + 0.0
}

impl Scale {
    /// A scale over a domain, from one unit of the drawing to another.
    pub fn new(domain: &Domain, from: f64, to: f64, label: impl Fn(f64) -> String) -> Self {
        #[allow(clippy::cast_possible_truncation)]
        let pixels = ((from * SCALE).round() as i32, (to * SCALE).round() as i32);
        let base = if domain.low <= 0.0 && domain.high >= 0.0 {
            0.0
        } else {
            domain.low
        };
        Self {
            coord: RangedCoordf64::from(domain.low..domain.high),
            pixels,
            ticks: domain
                .ticks
                .iter()
                .map(|tick| (*tick, label(*tick)))
                .collect(),
            base,
        }
    }

    /// Where a value stands.
    pub fn at(&self, value: f64) -> f64 {
        let range = self.coord.range();
        let value = if value.is_finite() {
            value.clamp(range.start, range.end)
        } else {
            self.base
        };
        f64::from(self.coord.map(&value, self.pixels)) / SCALE
    }

    /// Graduations with their labels.
    pub fn ticks(&self) -> &[(f64, String)] {
        &self.ticks
    }

    /// The value that bars start from: zero when the scale holds it.
    pub fn base(&self) -> f64 {
        self.base
    }
}

/// Where the periods of an axis stand, evenly from one unit to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    pub from: f64,
    pub to: f64,
    pub count: usize,
    /// Whether each has a slot of its own (bars) or the first and last stand at the ends (lines).
    pub slots: bool,
}

impl Steps {
    /// The distance between two.
    #[allow(clippy::cast_precision_loss)]
    pub fn step(self) -> f64 {
        let parts = if self.slots {
            self.count
        } else {
            self.count.saturating_sub(1)
        };
        (self.to - self.from) / parts.max(1) as f64
    }

    /// Where one stands; `place` may be between two.
    pub fn at(self, place: f64) -> f64 {
        if !self.slots && self.count == 1 {
            return f64::midpoint(self.from, self.to);
        }
        let half = if self.slots { 0.5 } else { 0.0 };
        self.from + (place + half) * self.step()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_end_on_round_graduations() {
        let domain = |values: &[f64], floating| {
            let domain = Domain::of(values.iter().copied(), floating);
            (domain.low, domain.high, domain.ticks.len())
        };
        assert_eq!(domain(&[68_915.0, 141_920.0], false), (0.0, 150_000.0, 4));
        assert_eq!(domain(&[83.9, 90.2], true), (82.0, 92.0, 6));
        assert_eq!(domain(&[-5.0, 12.0], false), (-5.0, 15.0, 5));
        assert_eq!(domain(&[], false), (0.0, 1.0, 6));
        assert_eq!(domain(&[0.0], false), (0.0, 1.0, 6));
        assert_eq!(domain(&[7.0], false), (0.0, 8.0, 5));
    }

    #[test]
    fn no_value_breaks_a_domain() {
        for values in [
            vec![f64::NAN],
            vec![f64::INFINITY, 1.0],
            vec![f64::MAX, -f64::MAX],
            vec![f64::MIN_POSITIVE],
            vec![1e-300, 2e-300],
            vec![1e15, 1e15 + 1.0],
        ] {
            for floating in [false, true] {
                let domain = Domain::of(values.iter().copied(), floating);
                assert!(domain.low < domain.high, "{values:?} {domain:?}");
                assert!(
                    (2..=13).contains(&domain.ticks.len()),
                    "{values:?} {domain:?}"
                );
                let scale = Scale::new(&domain, 100.0, 0.0, |tick| tick.to_string());
                for value in values.iter().chain(&[f64::NAN, 0.0]) {
                    assert!(
                        (0.0..=100.0).contains(&scale.at(*value)),
                        "{value} {domain:?}"
                    );
                }
            }
        }
    }
}
