//! Periods: a day, a month, a quarter, a year, a school year. Half-open ranges of days.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One day: `2025-03-21`.
    Day,
    /// One month: `2025-03`.
    Month,
    /// Three months: `2025-T1`.
    Quarter,
    /// A calendar year: `2025`.
    Year,
    /// 1 September to 31 August: `2024/2025`.
    SchoolYear,
}

impl Grain {
    /// The name used in declarations and addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::SchoolYear => "school_year",
        }
    }

    /// All grains, finest first.
    pub const ALL: [Self; 5] = [
        Self::Day,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::SchoolYear,
    ];

    /// Whether periods of this grain are made of whole periods of `finer`.
    #[must_use]
    pub fn is_made_of(self, finer: Self) -> bool {
        match (self, finer) {
            (a, b) if a == b => true,
            (_, Self::Day) => true,
            (Self::Quarter | Self::Year | Self::SchoolYear, Self::Month) => true,
            (Self::Year, Self::Quarter) => true,
            _ => false,
        }
    }
}

impl FromStr for Grain {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        Self::ALL
            .into_iter()
            .find(|grain| grain.as_str() == text)
            .ok_or_else(|| PeriodError(text.to_owned()))
    }
}

/// Why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a period: expected 2025, 2025-03, 2025-T1, 2025-03-21 or 2024/2025")]
pub struct PeriodError(pub String);

/// One period of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    grain: Grain,
    start: NaiveDate,
}

impl Period {
    /// The period of this grain that holds a day.
    #[must_use]
    pub fn containing(grain: Grain, day: NaiveDate) -> Self {
        let first = |year: i32, month: u32| NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(day);
        let start = match grain {
            Grain::Day => day,
            Grain::Month => first(day.year(), day.month()),
            Grain::Quarter => first(day.year(), (day.month0() / 3) * 3 + 1),
            Grain::Year => first(day.year(), 1),
            Grain::SchoolYear if day.month() >= 9 => first(day.year(), 9),
            Grain::SchoolYear => first(day.year() - 1, 9),
        };
        Self { grain, start }
    }

    /// The calendar year.
    #[must_use]
    pub fn year(year: i32) -> Self {
        Self::containing(
            Grain::Year,
            NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default(),
        )
    }

    /// The length of this period.
    #[must_use]
    pub fn grain(self) -> Grain {
        self.grain
    }

    /// First day, included.
    #[must_use]
    pub fn start(self) -> NaiveDate {
        self.start
    }

    /// First day after the period.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.step(1).start
    }

    /// Last day, included.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.end().pred_opt().unwrap_or(self.start)
    }

    /// The year in which the period starts.
    #[must_use]
    pub fn start_year(self) -> i32 {
        self.start.year()
    }

    /// The period `count` periods later (earlier when negative).
    #[must_use]
    pub fn step(self, count: i32) -> Self {
        let months = |by: i32| {
            let size = Months::new(by.unsigned_abs() * count.unsigned_abs());
            if count >= 0 {
                self.start.checked_add_months(size)
            } else {
                self.start.checked_sub_months(size)
            }
        };
        let moved = match self.grain {
            Grain::Day if count >= 0 => self
                .start
                .checked_add_days(Days::new(count.unsigned_abs().into())),
            Grain::Day => self
                .start
                .checked_sub_days(Days::new(count.unsigned_abs().into())),
            Grain::Month => months(1),
            Grain::Quarter => months(3),
            Grain::Year | Grain::SchoolYear => months(12),
        };
        Self {
            grain: self.grain,
            start: moved.unwrap_or(self.start),
        }
    }

    /// The same period one year earlier: March 2025 → March 2024.
    #[must_use]
    pub fn a_year_before(self) -> Self {
        match self.grain {
            Grain::Day => Self {
                grain: Grain::Day,
                start: self
                    .start
                    .checked_sub_months(Months::new(12))
                    .unwrap_or(self.start),
            },
            Grain::Month => self.step(-12),
            Grain::Quarter => self.step(-4),
            Grain::Year | Grain::SchoolYear => self.step(-1),
        }
    }

    /// Whether a day lies in the period.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.start <= day && day < self.end()
    }

    /// How many periods of `finer` make this one up; 1 when `finer` does not divide it.
    #[must_use]
    pub fn count_of(self, finer: Grain) -> u32 {
        if !self.grain.is_made_of(finer) {
            return 1;
        }
        let mut count = 0;
        let mut part = Self::containing(finer, self.start);
        let end = self.end();
        while part.start < end {
            count += 1;
            part = part.step(1);
        }
        count
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.start, self.grain).cmp(&(other.start, other.grain))
    }
}

/// The notation of addresses, files and the API: `2025`, `2025-03`, `2025-T1`, `2025-03-21`,
/// `2024/2025`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.start.year(), self.start.month());
        match self.grain {
            Grain::Day => write!(f, "{}", self.start.format("%Y-%m-%d")),
            Grain::Month => write!(f, "{year:04}-{month:02}"),
            Grain::Quarter => write!(f, "{year:04}-T{}", (month - 1) / 3 + 1),
            Grain::Year => write!(f, "{year:04}"),
            Grain::SchoolYear => write!(f, "{year:04}/{:04}", year + 1),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let error = || PeriodError(text.to_owned());
        let number = |part: &str| -> Result<u32, PeriodError> {
            if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err(error());
            }
            part.parse().map_err(|_| error())
        };
        let year = |part: &str| -> Result<i32, PeriodError> {
            if part.len() != 4 {
                return Err(error());
            }
            number(part)?.try_into().map_err(|_| error())
        };
        let day = |y: i32, m: u32, d: u32| NaiveDate::from_ymd_opt(y, m, d).ok_or_else(error);
        if let Some((from, to)) = text.split_once('/') {
            let from = year(from)?;
            if year(to)? != from + 1 {
                return Err(error());
            }
            return Ok(Self {
                grain: Grain::SchoolYear,
                start: day(from, 9, 1)?,
            });
        }
        let parts: Vec<&str> = text.split('-').collect();
        match parts.as_slice() {
            [y] => Ok(Self {
                grain: Grain::Year,
                start: day(year(y)?, 1, 1)?,
            }),
            [y, part] => match part.strip_prefix('T') {
                Some(quarter) => {
                    let quarter = number(quarter)?;
                    if !(1..=4).contains(&quarter) {
                        return Err(error());
                    }
                    Ok(Self {
                        grain: Grain::Quarter,
                        start: day(year(y)?, quarter * 3 - 2, 1)?,
                    })
                }
                None => Ok(Self {
                    grain: Grain::Month,
                    start: day(year(y)?, number(part)?, 1)?,
                }),
            },
            [y, m, d] => Ok(Self {
                grain: Grain::Day,
                start: day(year(y)?, number(m)?, number(d)?)?,
            }),
            _ => Err(error()),
        }
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;
    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

/// Periods of one grain from `first` to `last`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PeriodRange {
    /// The first period.
    pub first: Period,
    /// The last period, not before `first` and of the same grain.
    pub last: Period,
}

impl PeriodRange {
    /// One period.
    #[must_use]
    pub fn one(period: Period) -> Self {
        Self {
            first: period,
            last: period,
        }
    }

    /// From one period to another, put in order; `last` is brought to the grain of `first`.
    #[must_use]
    pub fn new(first: Period, last: Period) -> Self {
        let last = Period::containing(first.grain, last.last_day());
        if last < first {
            Self {
                first: last,
                last: first,
            }
        } else {
            Self { first, last }
        }
    }

    /// How many periods there are.
    #[must_use]
    pub fn count(self) -> u64 {
        let (first, last) = (self.first.start, self.last.start);
        let months = |of: NaiveDate| i64::from(of.year()) * 12 + i64::from(of.month0());
        let steps = match self.first.grain {
            Grain::Day => (last - first).num_days(),
            Grain::Month => months(last) - months(first),
            Grain::Quarter => (months(last) - months(first)) / 3,
            Grain::Year | Grain::SchoolYear => (months(last) - months(first)) / 12,
        };
        steps.unsigned_abs() + 1
    }

    /// The periods in order.
    pub fn iter(self) -> impl Iterator<Item = Period> {
        std::iter::successors(Some(self.first), |period| Some(period.step(1)))
            .take_while(move |period| *period <= self.last)
            .take(100_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_round_trips() {
        for text in ["2025", "2025-03", "2025-T1", "2025-03-21", "2024/2025"] {
            let period: Period = text.parse().expect(text);
            assert_eq!(period.to_string(), text);
        }
        for text in [
            "",
            "25",
            "2025-13",
            "2025-T5",
            "2024/2026",
            "2025-02-30",
            "20x5",
            "+025",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_is_made_of_twelve_months_four_quarters_and_its_days() {
        let year = Period::year(2024);
        assert_eq!(year.count_of(Grain::Month), 12);
        assert_eq!(year.count_of(Grain::Quarter), 4);
        assert_eq!(year.count_of(Grain::Day), 366);
        assert_eq!(year.count_of(Grain::SchoolYear), 1);
    }

    #[test]
    fn steps_cross_years() {
        let march: Period = "2025-03".parse().expect("a month");
        assert_eq!(march.a_year_before().to_string(), "2024-03");
        assert_eq!(march.step(-3).to_string(), "2024-12");
        assert_eq!(march.end().to_string(), "2025-04-01");
        let school: Period = "2024/2025".parse().expect("a school year");
        assert_eq!(school.last_day().to_string(), "2025-08-31");
        let leap: Period = "2024-02-29".parse().expect("a day");
        assert_eq!(leap.a_year_before().to_string(), "2023-02-28");
    }

    #[test]
    fn a_range_lists_its_periods() {
        let range = PeriodRange::new(Period::year(2019), Period::year(2022));
        assert_eq!(
            range.iter().map(Period::start_year).collect::<Vec<_>>(),
            [2019, 2020, 2021, 2022]
        );
    }

    #[test]
    fn a_range_counts_its_periods_as_it_lists_them() {
        for (first, last) in [
            ("2024-02-27", "2025-03-02"),
            ("2019-11", "2026-05"),
            ("2019-T4", "2026-T1"),
            ("2019", "2019"),
            ("2018/2019", "2025/2026"),
        ] {
            let [first, last] = [first, last].map(|it| it.parse::<Period>().expect(it));
            let range = PeriodRange::new(first, last);
            assert_eq!(range.count(), range.iter().count() as u64, "{range:?}");
        }
    }
}
