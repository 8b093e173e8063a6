//! What a series tells beyond its values: what stands out, what changed, what a target still needs
//! and where the trend leads, what the source declares.

use crate::context::Context;
use crate::figure::{ChangeLine, DeclaredLine, Notice, NoticeKind};
use crate::formula::measure_words;
use crate::plan::{back, is_live, query};
use crate::series::{Point, Series, capital};
use crate::target::{kind, status_word, target_of, year_of};
use crate::view::{break_days, observations, so_far_words};
use crate::writer::Writer;
use beffroi_catalog::{Indicator, Text, Threshold, ThresholdLevel, ThresholdSide};
use beffroi_model::{Cell, Grain, Period, Query, Span, Status, Target, UnitKind};
use beffroi_statistics::Observation;
use beffroi_statistics::anomaly::{LevelBreak, level_break, outliers};
use beffroi_statistics::outlook::{Trend, needed};
use beffroi_statistics::year_to_date::year_to_date;
use beffroi_text::{
    Arg, Lang, PeriodStyle, absence, change, date_long, number, period, t_args, with_unit,
};
use chrono::{Datelike, NaiveDate};

/// Months looked at for what stands out.
const MONTHS: u32 = 60;
/// How many unusual values are told at the most, the newest ones.
const UNUSUAL: usize = 2;
/// A change of level by less than this part is not told.
const SEEN: f64 = 0.05;

/// The months behind a sheet: what stands out, and the year so far. None for what is not known by
/// the month.
pub(crate) fn months_query(indicator: &Indicator, ctx: &Context) -> Option<Query> {
    let known = Grain::Month.is_made_of(indicator.grain) && !is_live(indicator, ctx.catalog);
    known.then(|| {
        let range = back(Period::containing(Grain::Month, ctx.today), MONTHS);
        query(indicator, Span::Periods(range), None, ctx)
    })
}

/// The year under way in a sentence, when its first month is known and its last one is not.
pub(crate) fn so_far(months: &Series, ctx: &Context) -> Option<String> {
    let indicator = months.indicator;
    if !indicator.adds_over_time() {
        return None;
    }
    let year = Period::containing(Grain::Year, ctx.today);
    let so_far = year_to_date(&observations(months), year, &break_days(indicator))?;
    if so_far.count >= so_far.of {
        return None;
    }
    let title = indicator.title.get(ctx.english()).0;
    let (span, cells) = ((so_far.first, so_far.last), (so_far.before, so_far.now));
    let said = so_far_words(ctx.lang, indicator, title, span, cells)?;
    Some(format!("{said}."))
}

/// Values and changes of level that stand out among the months, else among the years.
pub(crate) fn unusual(months: Option<&Series>, years: &Series, ctx: &Context) -> Vec<Notice> {
    let series = months.unwrap_or(years);
    let lang = ctx.lang;
    let indicator = series.indicator;
    let writer = Writer::new(lang, indicator.unit, indicator.decimals, 0.0);
    // A declared change needs no test to be found, and what rests on a part of its data is told as
    // such already.
    let last_break = break_days(indicator).into_iter().max();
    let read: Vec<Observation> = observations(series)
        .into_iter()
        .filter(|one| last_break.is_none_or(|day| one.period.start() >= day))
        .filter(|one| one.coverage.is_full())
        .collect();
    let level = level_break(&read);
    // Against the level of before, every value since would stand out.
    let since = level.and_then(|found| read.iter().position(|one| one.period == found.at));
    let now = read.get(since.unwrap_or(0)..).unwrap_or_default();
    let mut notices = Vec::new();
    for outlier in outliers(now).into_iter().rev().take(UNUSUAL) {
        let when = capital(&period(lang, outlier.period, PeriodStyle::Long));
        let args = [
            ("when", Arg::from(when)),
            ("value", writer.full(outlier.value).into()),
            ("usual", writer.full(outlier.usual).into()),
            ("score", number(lang, outlier.score.abs(), 1).into()),
            ("among", outlier.among.into()),
            ("grain", outlier.period.grain().as_str().into()),
        ];
        notices.push(notice("unusual", NoticeKind::Unusual, lang, &args));
    }
    if let Some(found) = level.filter(is_seen) {
        let chance = if found.chance < 0.001 {
            format!("< {}", number(lang, 0.001, 3))
        } else {
            format!("= {}", number(lang, found.chance, 3))
        };
        let args = [
            ("when", Arg::from(period(lang, found.at, PeriodStyle::Long))),
            ("before", writer.full(found.before).into()),
            ("after", writer.full(found.after).into()),
            ("chance", chance.into()),
            ("points", found.points.into()),
            ("grain", found.at.grain().as_str().into()),
        ];
        notices.push(notice("level", NoticeKind::Unusual, lang, &args));
    }
    notices
}

/// Whether a change of level is large enough for anyone to see: with many months a test finds small
/// ones too.
fn is_seen(found: &LevelBreak) -> bool {
    let larger = found.before.abs().max(found.after.abs());
    (found.after - found.before).abs() >= SEEN * larger
}

/// The message `notice-NAME` with its text `notice-NAME-text`.
fn notice(name: &str, kind: NoticeKind, lang: Lang, args: &[(&'static str, Arg)]) -> Notice {
    Notice {
        kind,
        title: t_args(lang, &format!("notice-{name}"), args).into_owned(),
        text: t_args(lang, &format!("notice-{name}-text"), args).into_owned(),
    }
}

/// The changes in how an indicator is counted that lie within some periods.
pub(crate) fn breaks(indicator: &Indicator, periods: &[Period], ctx: &Context) -> Vec<Notice> {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return Vec::new();
    };
    let within = |day: &NaiveDate| first.start() < *day && *day < last.end();
    indicator
        .changes()
        .into_iter()
        .filter(|(day, _)| within(day))
        .map(|(day, note)| {
            let args = [
                ("since", Arg::from(since(day, ctx.lang))),
                ("note", note.get(ctx.english()).0.into()),
            ];
            notice("break", NoticeKind::Break, ctx.lang, &args)
        })
        .collect()
}

/// The first place of an axis that is counted anew, for each change.
pub(crate) fn break_places(indicator: &Indicator, periods: &[Period]) -> Vec<usize> {
    let mut places: Vec<usize> = break_days(indicator)
        .into_iter()
        .filter_map(|day| {
            let place = periods.iter().position(|period| period.end() > day)?;
            // What changed before the axis begins is not on it.
            (place > 0 || periods.first().is_some_and(|first| first.start() < day)).then_some(place)
        })
        .collect();
    places.dedup();
    places
}

/// All changes in how an indicator is counted.
pub(crate) fn changes(indicator: &Indicator, ctx: &Context) -> Vec<ChangeLine> {
    let line = |day, note: &Text| {
        let (text, fallback) = note.get(ctx.english());
        let version = indicator.formulas.iter().find(|it| it.from == day);
        ChangeLine {
            since: since(day, ctx.lang),
            note: text.to_owned(),
            note_lang: fallback.then_some(Lang::Fr),
            formula: version.map_or_else(String::new, |version| {
                measure_words(&version.measure, ctx.catalog, ctx.lang)
            }),
        }
    };
    let changes = indicator.changes().into_iter();
    changes.map(|(day, note)| line(day, note)).collect()
}

/// A year that begins, or a day.
fn since(day: NaiveDate, lang: Lang) -> String {
    let year = Period::year(day.year());
    if year.start() == day {
        period(lang, year, PeriodStyle::Long)
    } else {
        date_long(lang, day)
    }
}

/// The most alarming threshold that a value has crossed, with what is to be told of it.
pub(crate) fn alarm(
    indicator: &Indicator,
    point: &Point,
    ctx: &Context,
) -> Option<(ThresholdLevel, Notice)> {
    let value = point.complete().filter(|_| ctx.is_whole_town(indicator))?;
    let crossed = indicator
        .thresholds
        .iter()
        .filter(|threshold| threshold.is_crossed(value))
        .max_by_key(|threshold| threshold.level)?;
    let Threshold {
        level, side, words, ..
    } = crossed;
    let args = [
        (
            "level",
            Arg::from(match level {
                ThresholdLevel::Alert => "alert",
                ThresholdLevel::Critical => "critical",
            }),
        ),
        (
            "side",
            match side {
                ThresholdSide::Below => "below",
                ThresholdSide::Above => "above",
            }
            .into(),
        ),
        (
            "value",
            with_unit(ctx.lang, value, indicator.unit, indicator.decimals)
                .to_string()
                .into(),
        ),
        (
            "threshold",
            threshold_value(crossed, indicator, ctx.lang).into(),
        ),
        ("origin", crossed.origin.as_str().into()),
    ];
    let mut found = notice("threshold", NoticeKind::Threshold, ctx.lang, &args);
    let words = words.get(ctx.english()).0;
    if !words.is_empty() {
        found.text = format!("{} {words}", found.text);
    }
    Some((*level, found))
}

fn threshold_value(threshold: &Threshold, indicator: &Indicator, lang: Lang) -> String {
    let whole = threshold.value.fract() == 0.0;
    let decimals = if whole { 0 } else { indicator.decimals.max(1) };
    with_unit(lang, threshold.value, indicator.unit, decimals).to_string()
}

/// What the next target still needs, and where the trend leads.
pub(crate) fn sentences(years: &Series, ctx: &Context) -> Vec<String> {
    let indicator = years.indicator;
    let Some(last) = years.points.iter().rev().find(|p| p.complete().is_some()) else {
        return Vec::new();
    };
    let year = year_of(last.period);
    // What is voted for a year that is over needs nothing any more.
    let next = Period::year(year + 1);
    let target = target_of(indicator, next, ctx).filter(|target| target.year > year);
    let Some((target, value)) = target.zip(last.complete()) else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    sentences.extend(needed_words(indicator, value, year, target, ctx.lang));
    sentences.extend(projection(years, target, ctx.lang));
    sentences
}

/// `Pour atteindre l’objectif de 2026 : +115 488 par an pendant un an (+9,0 % par an).`
fn needed_words(
    indicator: &Indicator,
    value: f64,
    year: i32,
    target: &Target,
    lang: Lang,
) -> Option<String> {
    let needed = needed(value, year, target, indicator.direction)?;
    let percent = needed
        .percent_per_year
        .filter(|_| indicator.unit.kind() != UnitKind::Share)
        .and_then(|percent| {
            let unit = beffroi_model::Unit::from_symbol("%")?;
            let sign = if percent < 0.0 { '−' } else { '+' };
            Some(format!("{sign}{}", with_unit(lang, percent.abs(), unit, 1)))
        });
    let args = [
        ("kind", Arg::from(kind(indicator.direction))),
        ("year", target.year.to_string().into()),
        ("step", signed(needed.per_year, indicator, lang).into()),
        ("years", usize::try_from(needed.years).unwrap_or(0).into()),
        (
            "relative",
            if percent.is_some() { "yes" } else { "no" }.into(),
        ),
        ("percent", percent.unwrap_or_default().into()),
    ];
    Some(t_args(lang, "outlook-needed", &args).into_owned())
}

/// A change in the unit of the indicator, with its sign; between shares in points.
pub(crate) fn signed(size: f64, indicator: &Indicator, lang: Lang) -> String {
    let points = beffroi_model::Unit::from_symbol("pts");
    let unit = match (indicator.unit.kind(), points) {
        (UnitKind::Share, Some(points)) if indicator.unit.symbol() == "%" => points,
        _ => indicator.unit,
    };
    // A small step is written finely enough to be seen.
    let fine = if size.abs() < 10.0 { 1 } else { 0 };
    let decimals = indicator.decimals.max(fine);
    let sign = if size < 0.0 { '−' } else { '+' };
    format!("{sign}{}", with_unit(lang, size.abs(), unit, decimals))
}

/// `Si la tendance de 2019 à 2025 se poursuit (droite de Theil–Sen, 7 ans) : 22,1 % en 2028.`
fn projection(years: &Series, target: &Target, lang: Lang) -> Option<String> {
    let indicator = years.indicator;
    let trend = Trend::of(&observations(years), &break_days(indicator))?;
    let most = (indicator.unit.symbol() == "%").then_some(100.0);
    let value = trend.project(target.year, most)?;
    let status = Status::of(Some(value), Some(target), indicator.direction);
    let args = [
        ("first", Arg::from(trend.first.to_string())),
        ("last", trend.last.to_string().into()),
        ("points", trend.points.into()),
        ("year", target.year.to_string().into()),
        (
            "value",
            with_unit(lang, value, indicator.unit, indicator.decimals)
                .to_string()
                .into(),
        ),
        ("status", status_word(lang, status).to_lowercase().into()),
    ];
    Some(t_args(lang, "outlook-trend", &args).into_owned())
}

/// What is computed beside what the source declares, for the years that either knows, the newest
/// first.
pub(crate) fn declared(computed: &Series, declared: &Series, ctx: &Context) -> Vec<DeclaredLine> {
    let lang = ctx.lang;
    let indicator = computed.indicator;
    let writer = Writer::new(lang, indicator.unit, indicator.decimals, 0.0);
    let text = |cell: Cell| match cell {
        Cell::Value(value) => writer.full(value),
        absent => absence(lang, absent.state()).to_owned(),
    };
    computed
        .points
        .iter()
        .rev()
        .filter_map(|own| {
            let other = declared.points.iter().find(|it| it.period == own.period)?;
            other.value()?;
            let both = own.complete().zip(other.complete());
            let difference = both.and_then(|(own, other)| {
                change(lang, other, own, indicator.unit, indicator.decimals)
            });
            Some(DeclaredLine {
                period: capital(&period(lang, own.period, PeriodStyle::Long)),
                computed: text(own.cell),
                declared: text(other.cell),
                difference: difference.unwrap_or_default(),
            })
        })
        .collect()
}
