//! What stands out in a series, by published methods that each name themselves.
//!
//! Both need enough points and say nothing with fewer. Only shown values of whole periods go in:
//! an absence ends what can be compared across it.

use crate::observation::{Observation, at};
use crate::robust::{median, median_deviation, theil_sen};
use beffroi_model::{Cell, Grain, Period};
use std::collections::BTreeMap;

/// From this modified z-score on a value is an outlier (B. Iglewicz and D. Hoaglin, *How to Detect
/// and Handle Outliers*, 1993).
pub const OUTLIER_SCORE: f64 = 3.5;

/// Fewer differences say nothing of what is usual.
pub const LEAST_DIFFERENCES: usize = 8;

/// A break is told when chance alone would show one as large no more often than this.
pub const BREAK_CHANCE: f64 = 0.01;

/// Fewer points cannot reach [`BREAK_CHANCE`].
pub const LEAST_POINTS: usize = 16;

/// A value far from what the year before lets expect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlier {
    /// When.
    pub period: Period,
    /// The value.
    pub value: f64,
    /// What it would be had it changed as periods usually do: the value a season before plus the
    /// median change.
    pub usual: f64,
    /// The modified z-score of its change.
    pub score: f64,
    /// How many changes it was compared with.
    pub among: usize,
}

/// Values whose change over a season is an outlier among such changes: modified z-score
/// `0.6745 (d − median) / MAD` at [`OUTLIER_SCORE`] or beyond, over the differences with the same
/// month of the year before (the same weekday of the week before, the year before), so that a
/// season is no outlier. The way back from an outlier is not told as a second one. Nothing is told
/// when more than half of the changes are equal: there is then no scale to measure by.
#[must_use]
pub fn outliers(series: &[Observation]) -> Vec<Outlier> {
    let changes: Vec<(Period, f64, f64)> = series
        .iter()
        .filter_map(|now| {
            let before = at(series, a_season_before(now.period))?.whole().value()?;
            Some((now.period, now.whole().value()?, before))
        })
        .collect();
    let differences: Vec<f64> = changes
        .iter()
        .map(|(_, now, before)| now - before)
        .collect();
    if differences.len() < LEAST_DIFFERENCES {
        return Vec::new();
    }
    let (Some(middle), Some(spread)) = (median(&differences), median_deviation(&differences))
    else {
        return Vec::new();
    };
    if spread <= 0.0 {
        return Vec::new();
    }
    let mut found: Vec<Outlier> = Vec::new();
    for (period, value, before) in changes {
        let score = modified_z(value - before, middle, spread);
        if score.abs() < OUTLIER_SCORE {
            continue;
        }
        let way_back = found.iter().any(|earlier| {
            earlier.period == a_season_before(period) && earlier.score * score < 0.0
        });
        if !way_back {
            found.push(Outlier {
                period,
                value,
                usual: before + middle,
                score,
                among: differences.len(),
            });
        }
    }
    found
}

/// The modified z-score of a value: 0.6745 is the quartile of the normal distribution, by which a
/// MAD becomes comparable to a standard deviation.
#[must_use]
pub fn modified_z(value: f64, median: f64, deviation: f64) -> f64 {
    0.6745 * (value - median) / deviation
}

/// The period that a season ago had the same place in it.
fn a_season_before(period: Period) -> Period {
    match period.grain() {
        Grain::Day => period.step(-7),
        _ => period.a_year_before(),
    }
}

/// A level that changed for good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelBreak {
    /// The first period of the new level.
    pub at: Period,
    /// The median before.
    pub before: f64,
    /// The median from then on.
    pub after: f64,
    /// How often chance alone would show as much.
    pub chance: f64,
    /// How many periods were looked at.
    pub points: usize,
}

/// The place at which the level of a series changes most, when that is more than chance: the test
/// of A. N. Pettitt (*A Non-Parametric Approach to the Change-Point Problem*, 1979). Of months and
/// quarters the usual one of each is taken off first. A steady slope moves the level too, without a
/// break: none is told when a line (Theil–Sen) fits better than two levels.
///
/// Looks at the last run of known values without a gap.
#[must_use]
pub fn level_break(series: &[Observation]) -> Option<LevelBreak> {
    let run = last_run(series);
    let values = without_seasons(&run);
    let n = values.len();
    if n < LEAST_POINTS {
        return None;
    }
    let test = pettitt(&values)?;
    if test.chance > BREAK_CHANCE {
        return None;
    }
    let (earlier, later) = values.split_at_checked(test.last_before + 1)?;
    let line = theil_sen(
        &(0u32..)
            .zip(&values)
            .map(|(x, y)| (f64::from(x), *y))
            .collect::<Vec<_>>(),
    )?;
    let from_line: f64 = (0u32..)
        .zip(&values)
        .map(|(x, y)| (y - line.at(f64::from(x))).abs())
        .sum();
    let from_levels = distance_from_median(earlier)? + distance_from_median(later)?;
    if from_levels >= from_line {
        return None;
    }
    let of = |part: &[(Period, f64)]| median(&part.iter().map(|(_, y)| *y).collect::<Vec<_>>());
    let (earlier, later) = run.split_at_checked(test.last_before + 1)?;
    Some(LevelBreak {
        at: later.first()?.0,
        before: of(earlier)?,
        after: of(later)?,
        chance: test.chance,
        points: n,
    })
}

/// What Pettitt's test finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pettitt {
    /// The place of the last value before the change.
    pub last_before: usize,
    /// The statistic K: the largest of |U|.
    pub statistic: f64,
    /// How often chance alone would show as much: `2 exp(−6K² / (n³ + n²))`, at most 1; good to
    /// two decimals up to one half.
    pub chance: f64,
}

/// Pettitt's test over values in order, equal ones sharing their mean rank. `None` of fewer than
/// two values.
#[must_use]
pub fn pettitt(values: &[f64]) -> Option<Pettitt> {
    let n = values.len() as f64;
    if values.len() < 2 {
        return None;
    }
    let rank = |value: f64| {
        let below = values.iter().filter(|other| **other < value).count() as f64;
        let equal = values.iter().filter(|other| **other == value).count() as f64;
        below + (equal + 1.0) / 2.0
    };
    let mut sum = 0.0;
    let mut best: Option<(usize, f64)> = None;
    for (place, value) in values.iter().enumerate() {
        sum += rank(*value);
        let u = (2.0 * sum - (place as f64 + 1.0) * (n + 1.0)).abs();
        if best.is_none_or(|(_, most)| u > most) {
            best = Some((place, u));
        }
    }
    let (last_before, statistic) = best?;
    let exponent = -6.0 * statistic * statistic / (n * n * n + n * n);
    Some(Pettitt {
        last_before,
        statistic,
        chance: (2.0 * exponent.exp()).min(1.0),
    })
}

/// The last values that follow each other without a gap.
fn last_run(series: &[Observation]) -> Vec<(Period, f64)> {
    let mut run: Vec<(Period, f64)> = Vec::new();
    for one in series.iter().rev() {
        let follows = run
            .last()
            .is_none_or(|(later, _)| one.period.step(1) == *later);
        match one.whole() {
            Cell::Value(value) if follows => run.push((one.period, value)),
            // The newest periods may not be known yet.
            _ if run.is_empty() => {}
            _ => break,
        }
    }
    run.reverse();
    run
}

/// The values less what is usual at their time of the year.
fn without_seasons(run: &[(Period, f64)]) -> Vec<f64> {
    use chrono::Datelike;
    let season = |period: &Period| match period.grain() {
        Grain::Month | Grain::Quarter => period.start().month(),
        Grain::Day => period.start().weekday().number_from_monday(),
        Grain::Year | Grain::SchoolYear => 0,
    };
    let mut seasons: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (period, value) in run {
        seasons.entry(season(period)).or_default().push(*value);
    }
    if seasons.len() < 2 {
        return run.iter().map(|(_, value)| *value).collect();
    }
    let usual: BTreeMap<u32, f64> = seasons
        .into_iter()
        .filter_map(|(season, values)| Some((season, median(&values)?)))
        .collect();
    run.iter()
        .map(|(period, value)| value - usual.get(&season(period)).copied().unwrap_or(0.0))
        .collect()
}

fn distance_from_median(values: &[f64]) -> Option<f64> {
    let middle = median(values)?;
    Some(values.iter().map(|value| (value - middle).abs()).sum())
}
