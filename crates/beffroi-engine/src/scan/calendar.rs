//! The period of each row, as a number.

use super::grid::NONE;
use beffroi_model::{Grain, Period};
use chrono::NaiveDate;

/// Days outside of these years belong to no period.
const YEARS: std::ops::RangeInclusive<i32> = 0..=9999;

/// The periods of one grain between two days, in their order.
pub(crate) struct Calendar {
    first: i32,
    /// The period of each day, from the first on.
    periods: Vec<u32>,
    /// The first day of each period.
    starts: Vec<i32>,
}

impl Calendar {
    /// The periods that hold the days from `first` to `last`, both days since 1970; without a
    /// grain each day stands for itself.
    pub fn new(grain: Option<Grain>, first: i32, last: i32) -> Self {
        let year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let (least, most) = (year(*YEARS.start()), year(*YEARS.end() + 1));
        let first = first.max(least.to_epoch_days());
        let last = last.min(most.to_epoch_days() - 1);
        let mut calendar = Self {
            first,
            periods: Vec::new(),
            starts: Vec::new(),
        };
        let mut day = first;
        while day <= last {
            let Some(date) = NaiveDate::from_epoch_days(day) else {
                break;
            };
            let (start, end) = match grain {
                Some(grain) => {
                    let period = Period::containing(grain, date);
                    (period.start(), period.end().to_epoch_days())
                }
                None => (date, day + 1),
            };
            let number = u32::try_from(calendar.starts.len()).unwrap_or(NONE);
            calendar.starts.push(start.to_epoch_days());
            let end = end.min(last.saturating_add(1));
            let days = usize::try_from(end - day).unwrap_or(0).max(1);
            calendar.periods.extend(std::iter::repeat_n(number, days));
            day = end.max(day + 1);
        }
        calendar
    }

    /// The period of a day.
    pub fn period(&self, day: i32) -> u32 {
        let place = i64::from(day) - i64::from(self.first);
        let period = usize::try_from(place)
            .ok()
            .and_then(|place| self.periods.get(place));
        period.copied().unwrap_or(NONE)
    }

    /// The first day of a period.
    pub fn start(&self, period: u32) -> NaiveDate {
        let day = self.starts.get(period as usize).copied().unwrap_or(0);
        NaiveDate::from_epoch_days(day).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn days_fall_into_the_periods_that_hold_them() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days = |text: &str| day(text).to_epoch_days();
        for grain in Grain::ALL {
            let calendar = Calendar::new(Some(grain), days("2023-11-15"), days("2026-02-03"));
            let mut date = day("2023-11-15");
            while date <= day("2026-02-03") {
                let start = calendar.start(calendar.period(date.to_epoch_days()));
                assert_eq!(start, Period::containing(grain, date).start(), "{date}");
                date = date.succ_opt().unwrap();
            }
            assert_eq!(calendar.period(days("2023-11-14")), NONE);
            assert_eq!(calendar.period(days("2026-02-04")), NONE);
        }
        let endless = Calendar::new(None, i32::MIN, i32::MAX);
        assert_eq!(endless.period(i32::MIN), NONE);
        assert!(endless.periods.len() < 4_000_000);
    }
}
