//! Titles: one sentence that says what is seen, computed from the values. No adjectives; nothing
//! is said that absent values could contradict, and no secret value can be found out from it.

use crate::figure::Figure;
use crate::frame::Frame;
use crate::series::{Point, Series, capital, member, uncapital};
use crate::view::break_days;
use crate::writer::Writer;
use beffroi_catalog::Indicator;
use beffroi_model::{Cell, Grain, Period, UnitKind};
use beffroi_statistics::crosses;
use beffroi_text::{
    Arg, Lang, PeriodStyle, change, compact, number, period, period_in, t, t_args, with_unit, words,
};

/// The tile's own title, or the sentence computed for it.
pub(crate) fn set_title(figure: &mut Figure, frame: &Frame, sentence: String) {
    let own = &frame.tile.title;
    if own.is_empty() {
        figure.title = sentence;
        return;
    }
    let (text, fallback) = own.get(frame.ctx.english());
    figure.title = text.to_owned();
    figure.title_lang = fallback.then_some(Lang::Fr);
}

/// The noun counted, in the plural: *locations*.
pub(crate) fn noun(indicator: &Indicator, lang: Lang) -> Option<&str> {
    let (_, many) = indicator.noun.as_ref()?;
    // A French noun in an English sentence would not be understood.
    let (text, fallback) = many.get(lang == Lang::En);
    (!fallback && !text.is_empty()).then_some(text)
}

/// A value with what is counted: `1 284 512 locations`, `11,4 %`.
pub(crate) fn counted(writer: &Writer, indicator: &Indicator, value: f64) -> String {
    let one = if writer.lang == Lang::Fr {
        value.abs() < 2.0
    } else {
        value.abs() == 1.0
    };
    let noun = indicator.noun.as_ref().and_then(|(single, many)| {
        let (text, fallback) = if one { single } else { many }.get(writer.lang == Lang::En);
        (!fallback && !text.is_empty()).then_some(text)
    });
    match noun {
        Some(noun) if indicator.unit.symbol() == "nombre" => {
            format!("{}\u{a0}{noun}", writer.bare(value))
        }
        _ if indicator.unit.kind() == UnitKind::Money && value.abs() >= 1e6 => {
            compact(writer.lang, value, indicator.unit)
        }
        _ => writer.full(value),
    }
}

/// A year against the one before, month by month: « Onze mois sur douze, 2025 dépasse 2024 ».
pub(crate) fn against_last_year(lang: Lang, now: &[Point], before: &[Point]) -> Option<String> {
    let pairs: Vec<(f64, f64)> = now
        .iter()
        .zip(before)
        .filter_map(|(now, before)| Some((now.complete()?, before.complete()?)))
        .collect();
    if pairs.len() < 2 {
        return None;
    }
    let above = pairs.iter().filter(|(now, before)| now > before).count();
    let (first, last) = (now.first()?.period, now.last()?.period);
    let earlier = before.first()?.period;
    let one_year = first.start_year() == last.start_year();
    let year = |when: Period| period(lang, Period::year(when.start_year()), PeriodStyle::Long);
    let (now_name, before_name) = if one_year {
        (year(first), year(earlier))
    } else {
        (
            t(lang, "period-these").into_owned(),
            t(lang, "period-year-before").into_owned(),
        )
    };
    let args = [
        ("grain", grain_word(first.grain()).into()),
        ("count", words(lang, above).into()),
        ("plural", above.into()),
        ("of", words(lang, pairs.len()).into()),
        ("now", now_name.into()),
        ("before", before_name.into()),
    ];
    let sentence = match above {
        // All that can be compared, but not all there is: say how many.
        _ if pairs.len() < now.len() => t_args(lang, "title-above-known", &args),
        0 => t_args(lang, "title-above-none", &args),
        _ if above == pairs.len() => t_args(lang, "title-above-all", &args),
        _ => t_args(lang, "title-above-some", &args),
    };
    Some(capital(&sentence))
}

fn grain_word(grain: Grain) -> &'static str {
    grain.as_str()
}

/// A series since its start: « Taux d’épargne brute : 11,4 % en 2025, +2,3 pts depuis 2019 ».
pub(crate) fn trend(writer: &Writer, series: &Series) -> String {
    let lang = writer.lang;
    let title = capital(&series.label);
    let known = |point: &&Point| point.complete().is_some();
    let last = series.points.iter().rev().find(known);
    let breaks = break_days(series.indicator);
    let comparable = |point: &&Point| {
        last.is_some_and(|last| {
            point.period == last.period || !crosses(&breaks, point.period, last.period)
        })
    };
    let mut comparable = series.points.iter().filter(known).filter(comparable);
    let first = comparable.next();
    let (Some(first), Some(last)) = (first, last) else {
        return absent_title(lang, &title, &series.points);
    };
    let (Some(from), Some(to)) = (first.value(), last.value()) else {
        return absent_title(lang, &title, &series.points);
    };
    let when = period_in(lang, last.period);
    let since = period(lang, first.period, PeriodStyle::Long);
    let value = counted(writer, series.indicator, to);
    let base = [
        ("title", Arg::from(title)),
        ("value", value.into()),
        ("when", when.into()),
        ("first", since.into()),
    ];
    let with = |name: &'static str, text: String| {
        let mut args = base.to_vec();
        args.push((name, text.into()));
        args
    };
    if first.period == last.period {
        return t_args(lang, "title-single", &base).into_owned();
    }
    if let Some(times) = times(lang, from, to).filter(|_| series.indicator.unit.factor() == 1.0) {
        return t_args(lang, "title-times-since", &with("times", times)).into_owned();
    }
    match change(lang, from, to, writer.unit, writer.decimals) {
        Some(change) => t_args(lang, "title-change-since", &with("change", change)).into_owned(),
        None => t_args(lang, "title-single", &base).into_owned(),
    }
}

/// How many times as much, from twice on: `2,3`.
fn times(lang: Lang, from: f64, to: f64) -> Option<String> {
    let ratio = to / from;
    (from > 0.0 && ratio.is_finite() && ratio >= 1.95).then(|| {
        let decimals = if ratio >= 10.0 { 0 } else { 1 };
        let text = number(lang, ratio, decimals);
        text.strip_suffix(",0")
            .or(text.strip_suffix(".0"))
            .map_or(text.clone(), str::to_owned)
    })
}

fn absent_title(lang: Lang, title: &str, points: &[Point]) -> String {
    let args = [("title", title.into())];
    if points.iter().any(|point| point.cell == Cell::Secret) {
        t_args(lang, "title-secret", &args).into_owned()
    } else {
        t_args(lang, "title-unknown", &args).into_owned()
    }
}

/// A figure without a single value.
pub(crate) fn without_values(frame: &Frame) -> String {
    let points: Vec<Point> = frame
        .main
        .iter()
        .flat_map(|series| series.points.iter().copied())
        .collect();
    absent_title(frame.ctx.lang, &capital(&names(frame)), &points)
}

/// What a figure is about: the names of its indicators.
pub(crate) fn names(frame: &Frame) -> String {
    let names: Vec<String> = frame
        .tile
        .indicators
        .iter()
        .filter_map(|id| frame.title(id))
        .enumerate()
        .map(
            |(rank, name)| {
                if rank == 0 { name } else { uncapital(&name) }
            },
        )
        .collect();
    names.join(", ")
}

/// Several series over time: who leads, and since when.
pub(crate) fn leaders(writer: &Writer, series: &[Series]) -> Option<String> {
    let lang = writer.lang;
    let leader_at = |place: usize| -> Option<&Series> {
        series
            .iter()
            .filter(|series| {
                series
                    .points
                    .get(place)
                    .is_some_and(|p| p.complete().is_some())
            })
            .max_by(|a, b| {
                let value = |series: &Series| series.points[place].value().unwrap_or(f64::MIN);
                value(a).total_cmp(&value(b))
            })
    };
    let count = series
        .iter()
        .map(|series| series.points.len())
        .max()
        .unwrap_or(0);
    let (last, leader) = (0..count)
        .rev()
        .find_map(|place| Some((place, leader_at(place)?)))?;
    let value = leader.points[last].value().unwrap_or_default();
    let mut since = last;
    let mut former: Option<&Series> = None;
    for place in (0..last).rev() {
        match leader_at(place) {
            Some(other) if other.label != leader.label => {
                former = Some(other);
                break;
            }
            Some(_) => since = place,
            None => break,
        }
    }
    // The one left behind must be known since then: otherwise it may lead without being seen.
    let overtaken = former.filter(|former| {
        (since..=last).all(|place| {
            former
                .points
                .get(place)
                .is_some_and(|p| p.value().is_some())
        })
    });
    let args = [
        ("leader", Arg::from(leader.label.as_str())),
        (
            "former",
            overtaken.map_or("", |former| former.label.as_str()).into(),
        ),
        (
            "since",
            period(lang, leader.points[since].period, PeriodStyle::Long).into(),
        ),
        ("value", counted(writer, leader.indicator, value).into()),
        ("when", period_in(lang, leader.points[last].period).into()),
    ];
    let sentence = match overtaken {
        Some(_) => t_args(lang, "title-overtakes", &args),
        None => t_args(lang, "title-leads", &args),
    };
    Some(capital(&sentence))
}

/// Members at one moment, the largest first: who leads, how far. `strong` says whether the title
/// speaks of the first alone.
pub(crate) struct Members {
    pub sentence: String,
    pub strong: bool,
}

/// What is to be said of members, sorted from the largest to the smallest, absences last.
/// `total` is that of all members; shares mean something only if there is one.
pub(crate) fn members(
    writer: &Writer,
    sorted: &[Series],
    total: Option<f64>,
    filtered: bool,
) -> Option<Members> {
    let lang = writer.lang;
    let known: Vec<(&Series, f64)> = sorted
        .iter()
        .filter_map(|series| Some((series, series.last_value()?)))
        .collect();
    let absent = sorted.iter().any(|series| {
        series
            .last()
            .is_none_or(|p| !matches!(p.cell, Cell::Value(_) | Cell::NotApplicable))
    });
    let (leader, high) = *known.first()?;
    let (trailer, low) = *known.last()?;
    let value = counted(writer, leader.indicator, high);
    let mut args = vec![
        ("leader", Arg::from(leader.label.as_str())),
        ("trailer", trailer.label.as_str().into()),
        ("value", value.clone().into()),
        ("count", known.len().into()),
        ("low", writer.label(low).into()),
        ("high", writer.label(high).into()),
    ];
    if known.len() == 1 {
        let sentence = t_args(lang, "title-one-member", &args);
        return Some(Members {
            sentence: sentence.into_owned(),
            strong: false,
        });
    }
    if absent {
        let sentence = t_args(lang, "title-first-known", &args);
        return Some(Members {
            sentence: sentence.into_owned(),
            strong: true,
        });
    }
    let share = total
        .filter(|total| *total > 0.0 && low >= 0.0)
        .map(|total| high / total);
    if let Some(share) = share.filter(|share| *share <= 1.0) {
        let decimals = if share >= 0.1 { 0 } else { 1 };
        let percent = beffroi_model::Unit::from_symbol("%")?;
        let share = with_unit(lang, 100.0 * share, percent, decimals).to_string();
        let whole = match (filtered, noun(leader.indicator, lang)) {
            (true, _) => t(lang, "whole-selection").into_owned(),
            (false, Some(noun)) => {
                t_args(lang, "whole-noun", &[("noun", noun.into())]).into_owned()
            }
            (false, None) => t(lang, "whole-total").into_owned(),
        };
        args.extend([("share", share.into()), ("whole", whole.into())]);
        let sentence = t_args(lang, "title-share", &args);
        return Some(Members {
            sentence: sentence.into_owned(),
            strong: true,
        });
    }
    if let Some(times) = times(lang, low, high) {
        args.push(("times", times.into()));
        let sentence = t_args(lang, "title-times-member", &args);
        return Some(Members {
            sentence: sentence.into_owned(),
            strong: true,
        });
    }
    let sentence = t_args(lang, "title-range", &args);
    Some(Members {
        sentence: sentence.into_owned(),
        strong: false,
    })
}

/// Parts over time: what the largest is of the whole at the end.
pub(crate) fn parts(writer: &Writer, series: &[Series]) -> Option<String> {
    let lang = writer.lang;
    let count = series.iter().map(|series| series.points.len()).max()?;
    let last = (0..count).rev().find(|place| {
        series
            .iter()
            .any(|s| s.points.get(*place).is_some_and(|p| p.value().is_some()))
    })?;
    let values: Vec<(&Series, Option<f64>)> = series
        .iter()
        .map(|series| (series, series.points.get(last).and_then(Point::value)))
        .collect();
    let whole: Option<f64> = values
        .iter()
        .map(|(series, value)| {
            let nothing = series
                .points
                .get(last)
                .is_some_and(|point| point.cell == Cell::NotApplicable);
            value.or(nothing.then_some(0.0))
        })
        .sum();
    let (leader, high) = values
        .iter()
        .filter_map(|(series, value)| Some((*series, (*value)?)))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let when = leader.points[last].period;
    let mut args = vec![
        ("leader", Arg::from(leader.label.as_str())),
        ("value", counted(writer, leader.indicator, high).into()),
        ("when", period_in(lang, when).into()),
    ];
    let sentence = match whole.filter(|whole| *whole > 0.0 && high >= 0.0 && high <= *whole) {
        Some(whole) => {
            let percent = beffroi_model::Unit::from_symbol("%")?;
            let share = with_unit(lang, 100.0 * high / whole, percent, 0).to_string();
            args.push(("share", share.into()));
            t_args(lang, "title-part", &args)
        }
        None => t_args(lang, "title-leads", &args),
    };
    Some(capital(&sentence))
}

/// The town among others: above or under the median.
pub(crate) fn against_median(
    writer: &Writer,
    own: Option<(&str, f64)>,
    median: f64,
    (low, high): (f64, f64),
) -> String {
    let lang = writer.lang;
    let side = own.map(|(_, value)| {
        // Compared as written: what reads the same is the same.
        if writer.bare(value) == writer.bare(median) {
            "at"
        } else if value > median {
            "above"
        } else {
            "below"
        }
    });
    let args = [
        ("town", own.map_or("", |(name, _)| name).into()),
        (
            "value",
            own.map_or(String::new(), |(_, value)| writer.label(value))
                .into(),
        ),
        ("median", writer.label(median).into()),
        ("low", writer.label(low).into()),
        ("high", writer.label(high).into()),
        ("side", side.unwrap_or("none").into()),
    ];
    match side {
        Some(_) => t_args(lang, "title-median-own", &args),
        None => t_args(lang, "title-median", &args),
    }
    .into_owned()
}

/// Members × periods: whether the gap between the ends grows.
pub(crate) fn gap(writer: &Writer, sorted: &[Series]) -> Option<String> {
    let lang = writer.lang;
    let known: Vec<&Series> = sorted
        .iter()
        .filter(|series| series.last_value().is_some())
        .collect();
    let (top, bottom) = (*known.first()?, *known.last()?);
    if known.len() < 2 {
        return None;
    }
    let both = |place: usize| {
        Some((
            top.points.get(place)?.complete()?,
            bottom.points.get(place)?.complete()?,
        ))
    };
    let last = top.points.len().checked_sub(1)?;
    let first = (0..last).find(|place| both(*place).is_some())?;
    let (now, then) = (both(last)?, both(first)?);
    let (now, then) = (now.0 - now.1, then.0 - then.1);
    let args = [
        ("top", Arg::from(top.label.as_str())),
        ("bottom", bottom.label.as_str().into()),
        (
            "since",
            period(lang, top.points[first].period, PeriodStyle::Long).into(),
        ),
    ];
    let sentence = if now > then.abs() * 1.05 {
        t_args(lang, "title-gap-grows", &args)
    } else if now < then.abs() * 0.95 {
        t_args(lang, "title-gap-shrinks", &args)
    } else {
        t_args(lang, "title-gap-stays", &args)
    };
    Some(sentence.into_owned())
}

/// The chosen members of filters, for subtitles: `Gare, Le Port`.
pub(crate) fn chosen_members(frame: &Frame) -> Option<String> {
    let indicator = frame.indicator()?;
    let (filters, _) = frame.ctx.filters_of(indicator);
    let names: Vec<String> = filters
        .iter()
        .flat_map(|filter| {
            filter
                .values
                .iter()
                .map(|key| member(frame.ctx, Some(&filter.dimension), key))
        })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}
