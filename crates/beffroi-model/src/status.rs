//! Where a figure stands against what the council voted.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Which way is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Higher is better: a target is a goal to reach (*objectif*).
    Up,
    /// Lower is better: a target is a ceiling to keep under (*plafond*).
    Down,
    /// Neither: a figure of context, without status.
    #[default]
    None,
}

/// A value voted for a year, in the unit of the indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The year at whose end it is to be reached.
    pub year: i32,
    /// The value.
    pub value: f64,
    /// How far off, in percent of the target, still counts as on the way.
    pub tolerance: f64,
    /// The deliberation or law it comes from.
    pub origin: String,
    /// When it was voted.
    pub voted_on: Option<NaiveDate>,
}

/// The five words, always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// *Atteint*: the value is on the good side of the target.
    Reached,
    /// *En bonne voie*: off by no more than the tolerance.
    OnTrack,
    /// *À surveiller*: off by no more than three times the tolerance.
    Watch,
    /// *En retard*: further off.
    Late,
    /// *Sans objectif*: no target, no direction, or no value.
    NoTarget,
}

impl Status {
    /// All of them, best first.
    pub const ALL: [Self; 5] = [
        Self::Reached,
        Self::OnTrack,
        Self::Watch,
        Self::Late,
        Self::NoTarget,
    ];

    /// Compares a value with its target. The gap is measured in percent of the target; a target
    /// of zero is reached or late.
    #[must_use]
    pub fn of(value: Option<f64>, target: Option<&Target>, direction: Direction) -> Self {
        let (Some(value), Some(target)) = (value, target) else {
            return Self::NoTarget;
        };
        let gap = match direction {
            Direction::Up => target.value - value,
            Direction::Down => value - target.value,
            Direction::None => return Self::NoTarget,
        };
        if gap <= 0.0 {
            return Self::Reached;
        }
        let percent = 100.0 * gap / target.value.abs();
        // Compared with a hair's breadth of room: 10 % off is within a tolerance of 10 %.
        if percent <= target.tolerance + 1e-9 {
            Self::OnTrack
        } else if percent <= 3.0 * target.tolerance + 1e-9 {
            Self::Watch
        } else {
            Self::Late
        }
    }
}

/// The target that a year is held against: that year's own, else the next one to come, else the
/// last one voted (which goes on holding).
impl Target {
    /// Picks the target for a year.
    #[must_use]
    pub fn for_year(targets: &[Self], year: i32) -> Option<&Self> {
        targets
            .iter()
            .filter(|target| target.year >= year)
            .min_by_key(|target| target.year)
            .or_else(|| targets.iter().max_by_key(|target| target.year))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(year: i32, value: f64) -> Target {
        Target {
            year,
            value,
            tolerance: 10.0,
            origin: String::new(),
            voted_on: None,
        }
    }

    #[test]
    fn the_status_follows_the_gap() {
        let goal = target(2026, 100.0);
        let up = |value| Status::of(Some(value), Some(&goal), Direction::Up);
        assert_eq!(up(100.0), Status::Reached);
        assert_eq!(up(90.0), Status::OnTrack);
        assert_eq!(up(89.9), Status::Watch);
        assert_eq!(up(69.0), Status::Late);
        let down = |value| Status::of(Some(value), Some(&goal), Direction::Down);
        assert_eq!(down(100.0), Status::Reached);
        assert_eq!(down(110.0), Status::OnTrack);
        assert_eq!(down(140.0), Status::Late);
        assert_eq!(
            Status::of(None, Some(&goal), Direction::Up),
            Status::NoTarget
        );
        assert_eq!(
            Status::of(Some(1.0), Some(&target(2026, 0.0)), Direction::Down),
            Status::Late
        );
    }

    #[test]
    fn a_year_is_held_against_its_own_target_or_the_next() {
        let targets = [target(2024, 1.0), target(2026, 2.0)];
        let year = |year| Target::for_year(&targets, year).map(|target| target.year);
        assert_eq!(year(2024), Some(2024));
        assert_eq!(year(2025), Some(2026));
        assert_eq!(year(2030), Some(2026));
        assert_eq!(Target::for_year(&[], 2025), None);
    }
}
