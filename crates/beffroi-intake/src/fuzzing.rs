//! What fuzz targets reach of the inside; there with `--cfg fuzzing` only, which `fuzz/run` sets.

use crate::{
    cell::{
        dates::{self, DayOrder},
        numbers::{self, DecimalMark},
    },
    express::ORDINARY,
};
use beffroi_model::Grain;
use chrono::{NaiveDate, NaiveDateTime};

/// A number: its digits as a whole number, and how many of them are decimals. `point` tells how a
/// mark that may stand for thousands is read.
#[must_use]
pub fn number(text: &str, point: bool) -> Option<(i128, u32)> {
    let mark = if point {
        DecimalMark::Point
    } else {
        DecimalMark::Comma
    };
    let number = numbers::lex(text)?.value(mark)?;
    for scale in 0..4 {
        number.fit(scale);
    }
    Some((number.mantissa, number.scale))
}

/// The first day of the period of a grain that a text names.
#[must_use]
pub fn period(text: &str, grain: Grain, month_first: bool) -> Option<NaiveDate> {
    dates::read(text)?.period(grain, order(month_first))
}

/// The instant that a text names, on the clocks of Paris.
#[must_use]
pub fn instant(text: &str, month_first: bool) -> Option<NaiveDateTime> {
    dates::read(text)?.instant(order(month_first))
}

/// Does something with the express way of texts closed.
pub fn ordinarily<T>(work: impl FnOnce() -> T) -> T {
    ORDINARY.set(true);
    let done = work();
    ORDINARY.set(false);
    done
}

fn order(month_first: bool) -> DayOrder {
    if month_first {
        DayOrder::MonthFirst
    } else {
        DayOrder::DayFirst
    }
}
