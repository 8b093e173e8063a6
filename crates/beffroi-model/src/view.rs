//! How a series of figures is read: as it is, or against its past, its whole, its peers.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How a series is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum View {
    /// As it is.
    #[default]
    Value,
    /// From the start of the year to the last month known, beside the same months of the year
    /// before.
    YearToDate,
    /// The running total within the year.
    Cumulative,
    /// The mean of so many periods, the last one included; only where all of them are known.
    MovingAverage(u32),
    /// The change since the same period of the year before: in percent, between shares in points.
    Growth,
    /// The part in the whole, in percent.
    Share,
    /// The place among the members; those that are equal share a place.
    Rank,
    /// Divided by the number of inhabitants.
    PerInhabitant,
    /// In euros of one year, by an index of prices.
    ConstantEuros,
    /// 100 at the first period shown.
    Index,
}

/// How many periods a moving average may hold.
const WINDOW: std::ops::RangeInclusive<u32> = 2..=60;

impl View {
    /// The notations of declarations.
    pub const NOTATIONS: [&'static str; 10] = [
        "value",
        "year_to_date",
        "cumulative",
        "moving_average:12",
        "growth",
        "share",
        "rank",
        "per_inhabitant",
        "constant_euros",
        "index",
    ];
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "value",
            Self::YearToDate => "year_to_date",
            Self::Cumulative => "cumulative",
            Self::MovingAverage(periods) => return write!(f, "moving_average:{periods}"),
            Self::Growth => "growth",
            Self::Share => "share",
            Self::Rank => "rank",
            Self::PerInhabitant => "per_inhabitant",
            Self::ConstantEuros => "constant_euros",
            Self::Index => "index",
        })
    }
}

/// Why a text is not a view.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a view: expected one of value, growth, moving_average:12…")]
pub struct ViewError(pub String);

impl FromStr for View {
    type Err = ViewError;
    fn from_str(text: &str) -> Result<Self, ViewError> {
        let error = || ViewError(text.to_owned());
        if let Some(periods) = text.strip_prefix("moving_average:") {
            let plain = periods.bytes().all(|byte| byte.is_ascii_digit());
            let periods = periods.parse().ok().filter(|n| plain && WINDOW.contains(n));
            return periods.map(Self::MovingAverage).ok_or_else(error);
        }
        [
            Self::Value,
            Self::YearToDate,
            Self::Cumulative,
            Self::Growth,
            Self::Share,
            Self::Rank,
            Self::PerInhabitant,
            Self::ConstantEuros,
            Self::Index,
        ]
        .into_iter()
        .find(|view| view.to_string() == text)
        .ok_or_else(error)
    }
}

impl TryFrom<String> for View {
    type Error = ViewError;
    fn try_from(text: String) -> Result<Self, ViewError> {
        text.parse()
    }
}

impl From<View> for String {
    fn from(view: View) -> Self {
        view.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn notation_round_trips() {
        for text in View::NOTATIONS {
            assert_eq!(text.parse::<View>().expect(text).to_string(), text);
        }
        for text in [
            "",
            "valeur",
            "moving_average",
            "moving_average:1",
            "moving_average:61",
            "moving_average:+3",
        ] {
            assert!(text.parse::<View>().is_err(), "{text}");
        }
    }
}
