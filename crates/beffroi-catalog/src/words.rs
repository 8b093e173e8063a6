//! The words of declarations (`monthly`, `by_period`, `kpi`…) and what they stand for.

use crate::raw::Coordinate;
use crate::{
    Figure, Frequency, Load, Missing, OverTime, ReportFigureKind, ReportKind, ThresholdLevel,
    ThresholdSide, Visibility,
};
use beffroi_model::{CellState, ColumnType, Comparison, Direction, Format, Grain, Unit};
use beffroi_secrecy::{Empty, NamedRule};

/// Something that declarations name by one word out of a list.
pub(crate) trait Named: Copy + 'static {
    /// Each with its word.
    fn all() -> Vec<(&'static str, Self)>;

    /// The words.
    fn names() -> Vec<&'static str> {
        Self::all().into_iter().map(|(name, _)| name).collect()
    }

    /// Its word.
    fn name(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::all()
            .into_iter()
            .find(|(_, value)| *value == self)
            .map_or("", |(name, _)| name)
    }

    /// What a word stands for.
    fn named(word: &str) -> Option<Self> {
        Self::all()
            .into_iter()
            .find(|(name, _)| *name == word)
            .map(|(_, value)| value)
    }
}

macro_rules! named {
    ($($type:ident: $($word:literal = $variant:ident),+;)+) => {$(
        impl Named for $type {
            fn all() -> Vec<(&'static str, Self)> {
                vec![$(($word, Self::$variant)),+]
            }
        }
    )+};
}

named! {
    Frequency: "live" = Live, "daily" = Daily, "weekly" = Weekly, "monthly" = Monthly,
        "quarterly" = Quarterly, "yearly" = Yearly, "irregular" = Irregular;
    Visibility: "public" = Public, "internal" = Internal;
    ReportKind: "activity" = Activity, "financial" = Financial, "orientation" = Orientation,
        "sustainable" = Sustainable, "accounts" = Accounts, "waste" = Waste;
    Load: "replace" = Replace, "append" = Append, "by_period" = ByPeriod;
    OverTime: "sum" = Sum, "last" = Last, "mean" = Mean;
    Missing: "refuse" = Refuse, "partial" = Partial, "ignore" = Ignore;
    ThresholdLevel: "alert" = Alert, "critical" = Critical;
    ThresholdSide: "below" = Below, "above" = Above;
    Direction: "up" = Up, "down" = Down, "none" = None;
    Coordinate: "longitude" = Longitude, "latitude" = Latitude,
        "longitude_latitude" = LongitudeLatitude, "latitude_longitude" = LatitudeLongitude;
    Format: "siret" = Siret, "siren" = Siren, "phone" = Phone, "email" = Email, "uri" = Uri,
        "uuid" = Uuid, "year_or_interval" = YearOrInterval, "year_interval" = YearInterval,
        "act_matter" = ActMatter, "opening_hours" = OpeningHours, "french_point" = FrenchPoint;
    Empty: "shown" = Shown, "hidden" = Hidden;
    CellState: "not_applicable" = NotApplicable, "missing" = Missing;
    Comparison: "<" = Less, "<=" = LessOrEqual, "=" = Equal, "<>" = Different,
        ">=" = GreaterOrEqual, ">" = Greater;
}

impl Named for Figure {
    fn all() -> Vec<(&'static str, Self)> {
        Self::ALL
            .iter()
            .map(|(figure, name)| (*name, *figure))
            .collect()
    }
}

impl Named for ReportFigureKind {
    fn all() -> Vec<(&'static str, Self)> {
        let tiles = Figure::all().into_iter();
        let tiles = tiles.map(|(name, figure)| (name, Self::Tile(figure)));
        let own = [
            ("numbers", Self::Numbers),
            ("targets", Self::Targets),
            ("indicators", Self::Indicators),
            ("hundred", Self::Hundred),
            ("flow", Self::Flow),
            ("photo", Self::Photo),
        ];
        // On a board `target` is one gauge; in a report `targets` are all of them.
        tiles.chain(own).collect()
    }
}

impl Named for NamedRule {
    fn all() -> Vec<(&'static str, Self)> {
        Self::ALL
            .iter()
            .map(|rule| (rule.as_str(), *rule))
            .collect()
    }
}

impl Named for Grain {
    fn all() -> Vec<(&'static str, Self)> {
        Self::ALL
            .iter()
            .map(|grain| (grain.as_str(), *grain))
            .collect()
    }
}

impl Named for Unit {
    fn all() -> Vec<(&'static str, Self)> {
        let known = Self::ALL.iter();
        known
            .filter_map(|(symbol, _)| Some((*symbol, Self::from_symbol(symbol)?)))
            .collect()
    }
}

impl Named for ColumnType {
    fn all() -> Vec<(&'static str, Self)> {
        let dates = Grain::ALL
            .iter()
            .map(|grain| (grain.as_str(), Self::Date { grain: *grain }));
        let mut all = vec![
            ("text", Self::Text),
            ("code", Self::Code),
            ("integer", Self::Integer),
            ("decimal", Self::Decimal { scale: 2 }),
            ("boolean", Self::Boolean),
        ];
        all.extend(dates);
        all.push(("datetime", Self::DateTime));
        all
    }
}

/// Types of columns.
pub(crate) fn column_types() -> Vec<&'static str> {
    ColumnType::names()
}

/// Formats of texts.
pub(crate) fn formats() -> Vec<&'static str> {
    Format::names()
}

/// What columns tell of points.
pub(crate) fn coordinates() -> Vec<&'static str> {
    Coordinate::names()
}

/// Why an example has no result.
pub(crate) fn absences() -> Vec<&'static str> {
    CellState::names()
}

/// Rules of statistical secrecy by the source of the data.
pub(crate) fn secrecy_rules() -> Vec<&'static str> {
    NamedRule::names()
}

/// What becomes of figures that nobody contributes to.
pub(crate) fn empties() -> Vec<&'static str> {
    Empty::names()
}

/// Symbols of units.
pub(crate) fn units() -> Vec<&'static str> {
    Unit::names()
}

/// Kinds of figures in reports.
pub(crate) fn report_figures() -> Vec<&'static str> {
    ReportFigureKind::names()
}

/// Grains of periods.
pub(crate) fn grains() -> Vec<&'static str> {
    Grain::names()
}

/// Grains under which an indicator may be shown first.
pub(crate) fn main_grains() -> Vec<&'static str> {
    [Grain::Year, Grain::SchoolYear, Grain::Quarter, Grain::Month]
        .map(Grain::as_str)
        .to_vec()
}

/// Grains of the period filter of a board.
pub(crate) fn board_grains() -> Vec<&'static str> {
    [Grain::Year, Grain::SchoolYear].map(Grain::as_str).to_vec()
}
