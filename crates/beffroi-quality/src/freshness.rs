//! Whether a dataset came when it was promised, and reaches as far as it ought to.

use crate::{Case, Facts, Moment, Verdict, Why};
use beffroi_catalog::{Dataset, Frequency};
use beffroi_model::{Grain, Period, PeriodRange, Version};
use chrono::{DateTime, TimeDelta, Utc};

/// Readings of a live source that may be missed before it counts as silent.
const MISSED_READINGS: u64 = 5;

/// How fresh a dataset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It came in time.
    UpToDate,
    /// The next delivery is late by that many days.
    Late(i64),
    /// A live source no longer speaks.
    Silent,
    /// Nothing came yet.
    Never,
}

impl Freshness {
    /// How fresh a dataset is.
    #[must_use]
    pub fn of(dataset: &Dataset, version: Option<&Version>, moment: Moment) -> Self {
        if let Some(every) = dataset.source.every() {
            return match last_reading(version, moment) {
                Some(at) if moment.now - at <= patience(every) => Self::UpToDate,
                Some(_) => Self::Silent,
                None => Self::Never,
            };
        }
        let Some(source) = version.and_then(Version::newest_source) else {
            return Self::Never;
        };
        let age = (moment.today - source.extracted_on).num_days();
        match dataset.frequency.late_after_days() {
            Some(limit) if age > limit => Self::Late(age - limit),
            _ => Self::UpToDate,
        }
    }

    /// Whether something is to be asked for.
    #[must_use]
    pub fn is_late(self) -> bool {
        self != Self::UpToDate
    }
}

/// The last reading of a live source that is known.
fn last_reading(version: Option<&Version>, moment: Moment) -> Option<DateTime<Utc>> {
    let kept = version.and_then(Version::newest_source);
    moment.last_reading.or(kept.map(|source| source.modified))
}

/// How long a live source may say nothing.
fn patience(every: u64) -> TimeDelta {
    let seconds = every.saturating_mul(MISSED_READINGS).clamp(60, 86_400);
    TimeDelta::seconds(i64::try_from(seconds).unwrap_or(86_400))
}

/// Deliveries received, of those expected since the last one, itself included. One that is not
/// late yet is not expected yet.
pub(crate) fn delivery(case: Case<'_>) -> Verdict {
    if let Some(every) = case.dataset.source.every() {
        let Some(last) = last_reading(case.version, case.moment) else {
            return Verdict::Nothing;
        };
        let age = (case.moment.now - last).num_seconds();
        let step = i64::try_from(every.max(1)).unwrap_or(i64::MAX);
        return Verdict::Measured {
            good: 1,
            of: 1 + missed(age, patience(every).num_seconds(), step),
            facts: Facts::Readings { last, every },
        };
    }
    let Some(version) = case.version else {
        return Verdict::Nothing;
    };
    let frequency = case.dataset.frequency;
    let (Some(limit), Some(step)) = (frequency.late_after_days(), frequency.days()) else {
        return Verdict::LeftOut(Why::NoRhythm);
    };
    let Some(source) = version.newest_source() else {
        return Verdict::LeftOut(Why::NotCounted);
    };
    let last = source.extracted_on;
    let age = (case.moment.today - last).num_days();
    Verdict::Measured {
        good: 1,
        of: 1 + missed(age, limit, step),
        facts: Facts::Deliveries { last },
    }
}

/// How many are late after a last one of that age: the first once the limit is past, and one more
/// for each step beyond.
fn missed(age: i64, limit: i64, step: i64) -> u64 {
    match age - limit {
        late if late > 0 => (late as u64).div_ceil(step.max(1) as u64),
        _ => 0,
    }
}

/// Periods covered, of those expected since the last one covered, itself included. A delivery is
/// expected to cover the periods that ended as long before it as a delivery may be late.
pub(crate) fn period(case: Case<'_>) -> Verdict {
    if case.is_live() {
        return Verdict::LeftOut(Why::NoPeriods);
    }
    let Some(grain) = case.dataset.grain() else {
        return Verdict::LeftOut(Why::NoTime);
    };
    let frequency = case.dataset.frequency;
    let (Some(limit), Some(rhythm)) = (frequency.late_after_days(), rhythm(frequency)) else {
        return Verdict::LeftOut(Why::NoRhythm);
    };
    let Some(version) = case.filled_version() else {
        return Verdict::Nothing;
    };
    let contents = version.parts.iter().flat_map(|part| &part.contents);
    let latest = contents.filter_map(|content| content.start).max();
    let (Some(latest), Some(source)) = (latest, version.newest_source()) else {
        return Verdict::LeftOut(Why::NotCounted);
    };
    // Rows dated to the day, delivered each month, are expected month by month.
    let grain = grain.max(rhythm);
    let latest = Period::containing(grain, latest);
    let delivered = source.extracted_on;
    let expected = Period::containing(grain, delivered - TimeDelta::days(limit)).step(-1);
    let lacking = match latest < expected {
        true => PeriodRange::new(latest, expected).count() - 1,
        false => 0,
    };
    Verdict::Measured {
        good: 1,
        of: 1 + lacking,
        facts: Facts::Reach {
            latest,
            expected,
            delivered,
        },
    }
}

/// The period that a delivery is about; there are no weeks.
fn rhythm(frequency: Frequency) -> Option<Grain> {
    match frequency {
        Frequency::Daily => Some(Grain::Day),
        Frequency::Weekly | Frequency::Monthly => Some(Grain::Month),
        Frequency::Quarterly => Some(Grain::Quarter),
        Frequency::Yearly => Some(Grain::Year),
        Frequency::Live | Frequency::Irregular => None,
    }
}
