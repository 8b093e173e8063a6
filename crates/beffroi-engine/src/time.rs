//! Which readings fall into which period, and whether a period is complete.

use beffroi_catalog::OverTime;
use beffroi_model::{Coverage, Grain, Period, PeriodRange};
use chrono::NaiveDate;

/// How complete a period is, from the readings that the source has of it (of anyone: a district
/// without rows in March does not make March incomplete for the town).
///
/// Sources by the day have no row for a day on which nothing happened: their sub-periods are the
/// months from the first reading of all to the extraction.
pub(crate) fn coverage(
    period: Period,
    native: Grain,
    over_time: OverTime,
    readings: &[NaiveDate],
    extracted_on: NaiveDate,
) -> Coverage {
    if native == Grain::Day {
        if period.grain() == Grain::Day {
            let known = readings
                .first()
                .is_some_and(|first| *first <= period.start())
                && period.start() <= extracted_on;
            return Coverage {
                periods: known.into(),
                periods_expected: 1,
                ..Coverage::default()
            };
        }
        let months = PeriodRange::new(
            Period::containing(Grain::Month, period.start()),
            Period::containing(Grain::Month, period.last_day()),
        );
        let known = |month: &Period| {
            readings.first().is_some_and(|first| *first < month.end())
                && month.last_day() <= extracted_on
        };
        return Coverage {
            periods: u32::try_from(months.iter().filter(known).count()).unwrap_or(u32::MAX),
            periods_expected: period.count_of(Grain::Month),
            ..Coverage::default()
        };
    }
    let expected = period.count_of(native);
    let first = readings.partition_point(|reading| *reading < period.start());
    let last = readings.partition_point(|reading| *reading < period.end());
    let held = readings.get(first..last).unwrap_or_default();
    let mut present = u32::try_from(held.len()).unwrap_or(u32::MAX).min(expected);
    // A stock is known at the end of a period as soon as its last reading is.
    if over_time == OverTime::Last
        && held
            .last()
            .is_some_and(|reading| Period::containing(native, *reading).end() >= period.end())
    {
        present = expected;
    }
    Coverage {
        periods: present,
        periods_expected: expected,
        ..Coverage::default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_with_eleven_months_is_not_complete() {
        let months: Vec<NaiveDate> = (1..=11)
            .filter_map(|month| NaiveDate::from_ymd_opt(2025, month, 1))
            .collect();
        let year = Period::year(2025);
        let flow = coverage(
            year,
            Grain::Month,
            OverTime::Sum,
            &months,
            day("2025-12-31"),
        );
        assert_eq!((flow.periods, flow.periods_expected), (11, 12));
        let december = [day("2025-12-01")];
        let stock = coverage(
            year,
            Grain::Month,
            OverTime::Last,
            &december,
            day("2026-01-05"),
        );
        assert!(stock.is_complete());
    }

    #[test]
    fn days_without_rows_do_not_make_a_year_incomplete() {
        let year = Period::year(2025);
        let first = [day("2024-03-17")];
        let of = |year, extracted| {
            let covered = coverage(year, Grain::Day, OverTime::Sum, &first, day(extracted));
            (covered.periods, covered.periods_expected)
        };
        assert_eq!(of(year, "2026-02-01"), (12, 12));
        assert_eq!(of(year, "2025-06-10"), (5, 12));
        // Before the first reading nothing is known, not even that nothing happened.
        assert_eq!(of(Period::year(2024), "2026-02-01"), (10, 12));
        assert_eq!(of(Period::year(2023), "2026-02-01"), (0, 12));
        let a_day = |text| Period::containing(Grain::Day, day(text));
        assert_eq!(of(a_day("2025-05-01"), "2025-06-10"), (1, 1));
        assert_eq!(of(a_day("2025-07-01"), "2025-06-10"), (0, 1));
    }
}
