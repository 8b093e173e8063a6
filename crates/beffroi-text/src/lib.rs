//! What users read: Fluent messages in French and English, numbers and dates.
//!
//! Used by whatever writes for people (figures, pages, reports, errors). Messages live in
//! `locales/<lang>/*.ftl`; [`t`] and [`t_args`] look them up. Numbers and dates are written by
//! rule, not by message: [`number`], [`with_unit`], [`compact`], [`change`], [`date_long`],
//! [`period`]…

mod date;
mod decision;
mod finding;
mod message;
mod number;
mod progress;
mod spreadsheet;

pub use date::{
    PeriodStyle, age, date_long, date_short, months_span, period, period_in, time_of_day,
};
pub use decision::decision;
pub use finding::{finding, mend};
pub use message::{Arg, t, t_args};
pub use number::{
    Formatted, absence, change, compact, decimal, number, ordinal, unit_words, with_unit, words,
};
pub use progress::{progress, size};
pub use spreadsheet::disarmed;

/// The languages of pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The code used in addresses and in `lang` attributes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language of that code (`fr`, `en`, `en-GB`).
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_']).next().unwrap_or(code);
        Self::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(main))
    }
}

/// Sets apart what belongs together: never broken over two lines.
pub const NO_BREAK: char = '\u{a0}';

/// Groups thousands in French.
pub const THIN_NO_BREAK: char = '\u{202f}';
