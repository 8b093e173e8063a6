//! Days, periods and ages as they are read.

use crate::{Lang, NO_BREAK, ordinal, t, t_args};
use beffroi_model::{Grain, Period};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

const MONTHS: [[&str; 12]; 2] = [
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

const MONTHS_SHORT: [[&str; 12]; 2] = [
    [
        "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
];

fn month_of(names: &[[&'static str; 12]; 2], lang: Lang, day: NaiveDate) -> &'static str {
    let names = match lang {
        Lang::Fr => &names[0],
        Lang::En => &names[1],
    };
    names.get(day.month0() as usize).copied().unwrap_or("")
}

/// `10 juin 2026`, `1ᵉʳ juin 2026`; `10 June 2026`.
#[must_use]
pub fn date_long(lang: Lang, day: NaiveDate) -> String {
    format!(
        "{}{NO_BREAK}{} {}",
        day_of_month(lang, day),
        month_of(&MONTHS, lang, day),
        day.year()
    )
}

fn day_of_month(lang: Lang, day: NaiveDate) -> String {
    match (lang, day.day()) {
        (Lang::Fr, 1) => ordinal(lang, 1),
        (_, day) => day.to_string(),
    }
}

/// `10/06/2026`, in both languages.
#[must_use]
pub fn date_short(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// `14 h 32`; `14:32`.
#[must_use]
pub fn time_of_day(lang: Lang, at: NaiveDateTime) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    match lang {
        Lang::Fr => format!("{hour}{NO_BREAK}h{NO_BREAK}{minute:02}"),
        Lang::En => format!("{hour}:{minute:02}"),
    }
}

/// How much of a period is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodStyle {
    /// `2025`, `mars 2025`, `1ᵉʳ trimestre 2025`, `2024/2025`, `10 juin 2026`.
    Long,
    /// For axes of several years: `2025`, `mars 25`, `T1 25`, `2024/25`, `10/06`.
    Short,
    /// For axes within one year: `mars`, `T1`, otherwise as short.
    Bare,
    /// For narrow axes: `’25`, `M`, `T1`, `’24/25`, `10`.
    Initial,
}

/// A period.
#[must_use]
pub fn period(lang: Lang, period: Period, style: PeriodStyle) -> String {
    let start = period.start();
    let year = start.year();
    let two = |year: i32| year.rem_euclid(100);
    let quarter = usize::try_from(start.month0() / 3).unwrap_or(0) + 1;
    let quarter_sign = if lang == Lang::Fr { 'T' } else { 'Q' };
    match (period.grain(), style) {
        (Grain::Year, PeriodStyle::Initial) => format!("’{:02}", two(year)),
        (Grain::Year, _) => year.to_string(),
        (Grain::SchoolYear, PeriodStyle::Long) => format!("{year}/{}", year + 1),
        (Grain::SchoolYear, PeriodStyle::Initial) => {
            format!("’{:02}/{:02}", two(year), two(year + 1))
        }
        (Grain::SchoolYear, _) => format!("{year}/{:02}", two(year + 1)),
        (Grain::Quarter, PeriodStyle::Long) => {
            let rank = ordinal(lang, quarter);
            t_args(
                lang,
                "period-quarter",
                &[("rank", rank.into()), ("year", year.to_string().into())],
            )
            .into_owned()
        }
        (Grain::Quarter, PeriodStyle::Short) => {
            format!("{quarter_sign}{quarter}{NO_BREAK}{:02}", two(year))
        }
        (Grain::Quarter, _) => format!("{quarter_sign}{quarter}"),
        (Grain::Month, PeriodStyle::Long) => format!("{} {year}", month_of(&MONTHS, lang, start)),
        (Grain::Month, PeriodStyle::Short) => {
            format!(
                "{}{NO_BREAK}{:02}",
                month_of(&MONTHS_SHORT, lang, start),
                two(year)
            )
        }
        (Grain::Month, PeriodStyle::Bare) => month_of(&MONTHS_SHORT, lang, start).to_owned(),
        (Grain::Month, PeriodStyle::Initial) => month_of(&MONTHS, lang, start)
            .chars()
            .take(1)
            .flat_map(char::to_uppercase)
            .collect(),
        (Grain::Day, PeriodStyle::Long) => date_long(lang, start),
        (Grain::Day, PeriodStyle::Initial) => start.day().to_string(),
        (Grain::Day, _) => start.format("%d/%m").to_string(),
    }
}

/// A period as it is said in a sentence: `en 2025`, `en mars 2025`, `au 1ᵉʳ trimestre 2025`,
/// `le 10 juin 2026`.
#[must_use]
pub fn period_in(lang: Lang, when: Period) -> String {
    let text = period(lang, when, PeriodStyle::Long);
    let id = match when.grain() {
        Grain::Day => "period-on-day",
        Grain::Quarter => "period-in-quarter",
        Grain::Month | Grain::Year | Grain::SchoolYear => "period-in",
    };
    t_args(lang, id, &[("period", text.into())]).into_owned()
}

/// Periods that follow each other: `mars à mai 2025`, `2024 et 2025`, or the one.
#[must_use]
pub fn months_span(lang: Lang, first: Period, last: Period) -> String {
    let to = period(lang, last, PeriodStyle::Long);
    if first == last {
        return to;
    }
    let same_year = first.start().year() == last.start().year();
    let from = match first.grain() {
        Grain::Month if same_year => month_of(&MONTHS, lang, first.start()).to_owned(),
        _ => period(lang, first, PeriodStyle::Long),
    };
    let args = [("from", from.into()), ("to", to.into())];
    if first.step(1) == last {
        return t_args(lang, "period-pair", &args).into_owned();
    }
    t_args(lang, "period-span", &args).into_owned()
}

/// How long ago: `il y a 3 min`, `il y a 17 mois`. An instant to come reads as now.
#[must_use]
pub fn age(lang: Lang, at: NaiveDateTime, now: NaiveDateTime) -> String {
    let elapsed = now.signed_duration_since(at);
    let (minutes, days) = (elapsed.num_minutes(), elapsed.num_days());
    let (id, count) = match (minutes, days) {
        (..1, _) => return t(lang, "age-now").into_owned(),
        (1..60, _) => ("age-minutes", minutes),
        (_, 0) => ("age-hours", minutes / 60),
        (_, 1..60) => ("age-days", days),
        // A month is 30.44 days long on average.
        (_, 60..730) => ("age-months", days * 100 / 3044),
        _ => ("age-years", days * 100 / 36525),
    };
    t_args(lang, id, &[("count", count.into())]).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn days_are_written_long_and_short() {
        assert_eq!(date_long(Lang::Fr, day("2026-06-10")), "10\u{a0}juin 2026");
        assert_eq!(date_long(Lang::Fr, day("2026-06-01")), "1ᵉʳ\u{a0}juin 2026");
        assert_eq!(date_long(Lang::En, day("2026-06-01")), "1\u{a0}June 2026");
        assert_eq!(date_short(day("2026-06-10")), "10/06/2026");
    }

    #[test]
    fn periods_are_written_in_every_style() {
        use PeriodStyle::{Bare, Initial, Long, Short};
        let cases = [
            ("2025", ["2025", "2025", "2025", "’25"], "en 2025"),
            (
                "2025-03",
                ["mars 2025", "mars\u{a0}25", "mars", "M"],
                "en mars 2025",
            ),
            (
                "2025-T1",
                ["1ᵉʳ trimestre 2025", "T1\u{a0}25", "T1", "T1"],
                "au 1ᵉʳ trimestre 2025",
            ),
            (
                "2024/2025",
                ["2024/2025", "2024/25", "2024/25", "’24/25"],
                "en 2024/2025",
            ),
            (
                "2026-06-10",
                ["10\u{a0}juin 2026", "10/06", "10/06", "10"],
                "le 10\u{a0}juin 2026",
            ),
        ];
        for (notation, styles, sentence) in cases {
            let when: Period = notation.parse().expect("a period");
            let written = [Long, Short, Bare, Initial].map(|style| period(Lang::Fr, when, style));
            assert_eq!(written, styles);
            assert_eq!(period_in(Lang::Fr, when), sentence);
        }
        let quarter: Period = "2025-T2".parse().expect("a quarter");
        assert_eq!(period(Lang::En, quarter, Long), "2nd quarter of 2025");
        assert_eq!(period_in(Lang::En, quarter), "in the 2nd quarter of 2025");
    }

    #[test]
    fn spans_say_the_year_once() {
        let span = |from: &str, to: &str| {
            months_span(
                Lang::Fr,
                from.parse().expect("from"),
                to.parse().expect("to"),
            )
        };
        assert_eq!(span("2025-03", "2025-05"), "mars à mai 2025");
        assert_eq!(span("2024", "2025"), "2024 et 2025");
        assert_eq!(span("2024-11", "2025-01"), "novembre 2024 à janvier 2025");
        assert_eq!(span("2018", "2025"), "2018 à 2025");
        assert_eq!(span("2025-03", "2025-03"), "mars 2025");
    }

    #[test]
    fn ages_are_told_in_the_unit_that_fits() {
        let now = day("2026-06-10").and_hms_opt(14, 32, 0).expect("a time");
        let ago = |minutes: i64| age(Lang::Fr, now - chrono::Duration::minutes(minutes), now);
        assert_eq!(ago(0), "à l’instant");
        assert_eq!(ago(-5), "à l’instant");
        assert_eq!(ago(3), "il y a 3\u{a0}min");
        assert_eq!(ago(60 * 5), "il y a 5\u{a0}h");
        assert_eq!(ago(60 * 24), "il y a 1\u{a0}jour");
        assert_eq!(ago(60 * 24 * 9), "il y a 9\u{a0}jours");
        assert_eq!(ago(60 * 24 * 514), "il y a 16\u{a0}mois");
        assert_eq!(ago(60 * 24 * 1200), "il y a 3\u{a0}ans");
        assert_eq!(time_of_day(Lang::Fr, now), "14\u{a0}h\u{a0}32");
    }
}
