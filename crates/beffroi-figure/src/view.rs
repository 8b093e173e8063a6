//! Tiles that show something else than the values themselves: growth, running totals, places…
//!
//! Stands between the answers and all that is said and drawn of them. [`reach`] and [`beside`]
//! say what to ask for, [`apply`] makes the series to show, [`viewed`] the indicators they are of:
//! with another name and unit, and without what was voted for the values themselves.

use crate::context::Context;
use crate::frame::Frame;
use crate::plan::{Asked, Role, fitting, query};
use crate::sentence::counted;
use crate::series::{Point, Series, capital};
use crate::target::year_of;
use crate::writer::Writer;
use beffroi_catalog::{Expr, Indicator, Measure, OverTime, Text, Tile};
use beffroi_model::{
    Cell, Coverage, Direction, Grain, Period, PeriodRange, Span, Unit, UnitKind, View,
};
use beffroi_statistics::year_to_date::{last_known, up_to};
use beffroi_statistics::{Observation, view as statistics};
use beffroi_text::{
    Arg, Lang, PeriodStyle, change, months_span, number, ordinal, period, period_in, t_args,
};
use chrono::NaiveDate;

/// The periods to ask for, for those to be shown.
pub(crate) fn reach(view: View, indicator: &Indicator, shown: PeriodRange) -> PeriodRange {
    let PeriodRange { first, last } = shown;
    match view {
        View::Growth => PeriodRange::new(first.a_year_before(), last),
        View::MovingAverage(periods) => {
            let before = i32::try_from(periods.saturating_sub(1)).unwrap_or(0);
            PeriodRange::new(first.step(-before), last)
        }
        View::Cumulative => {
            let year = Period::containing(Grain::Year, first.start());
            PeriodRange::new(Period::containing(first.grain(), year.start()), last)
        }
        View::YearToDate => {
            let parts = part_of_years(indicator);
            PeriodRange::new(
                Period::containing(parts, first.start()),
                Period::containing(parts, last.last_day()),
            )
        }
        View::Value
        | View::Share
        | View::Rank
        | View::PerInhabitant
        | View::ConstantEuros
        | View::Index => shown,
    }
}

/// What a year so far is made of.
fn part_of_years(indicator: &Indicator) -> Grain {
    match indicator.grain {
        Grain::Quarter => Grain::Quarter,
        _ => Grain::Month,
    }
}

/// Whether a view is set beside the same a year earlier.
pub(crate) fn compares(view: View) -> bool {
    matches!(
        view,
        View::Value | View::Cumulative | View::MovingAverage(_)
    )
}

/// How many years the population may lag behind what it divides.
const POPULATION_LAG: i32 = 5;

/// What else to ask for: the population, prices.
pub(crate) fn beside<'a>(tile: &Tile, span: Span, ctx: &Context<'a>) -> Option<Asked<'a>> {
    let town = &ctx.catalog.town;
    let Span::Periods(shown) = span else {
        return None;
    };
    let year = |period: Period| Period::year(year_of(period));
    let (first, last) = (year(shown.first), year(shown.last));
    let (id, range, by) = match tile.show {
        View::PerInhabitant => (
            town.population.as_ref()?.indicator.as_ref()?,
            PeriodRange::new(first.step(-POPULATION_LAG), last),
            tile.by.as_ref(),
        ),
        View::ConstantEuros => {
            let base = base_year(ctx)?;
            let range = PeriodRange::new(first.min(base), last.max(base));
            (&town.prices.as_ref()?.indicator, range, None)
        }
        _ => return None,
    };
    let indicator = ctx.catalog.indicators.get(id)?;
    let span = Span::Periods(range);
    Some(Asked {
        indicator,
        role: Role::Beside,
        shown: span,
        query: query(indicator, span, by, ctx),
    })
}

/// The year in whose euros amounts are counted.
fn base_year(ctx: &Context) -> Option<Period> {
    let declared = ctx.catalog.town.prices.as_ref()?.base;
    Some(declared.map_or_else(|| ctx.period_in(Grain::Year), Period::year))
}

/// The indicators of a tile as its view makes them; none for the values themselves.
pub(crate) fn viewed(tile: &Tile, ctx: &Context) -> Vec<Indicator> {
    if tile.show == View::Value {
        return Vec::new();
    }
    tile.indicators
        .iter()
        .filter_map(|id| ctx.catalog.indicators.get(id))
        .map(|indicator| as_viewed(indicator, tile, ctx))
        .collect()
}

fn as_viewed(indicator: &Indicator, tile: &Tile, ctx: &Context) -> Indicator {
    let view = tile.show;
    let mut it = Indicator {
        title: Text {
            fr: name(indicator, tile, ctx, Lang::Fr),
            en: Some(name(indicator, tile, ctx, Lang::En)),
        },
        targets: Vec::new(),
        thresholds: Vec::new(),
        declared: None,
        ..indicator.clone()
    };
    let unit = |symbol| Unit::from_symbol(symbol).unwrap_or(indicator.unit);
    match view {
        View::Value | View::YearToDate | View::ConstantEuros | View::MovingAverage(_) => {}
        View::Cumulative => it.over_time = OverTime::Last,
        View::Growth => {
            it.unit = match statistics::Change::of(indicator.unit) {
                statistics::Change::Percent => unit("%"),
                statistics::Change::Points => unit("pts"),
            };
            it.decimals = it.decimals.max(1);
        }
        View::Share => {
            it.unit = unit("%");
            it.decimals = 1;
        }
        View::Rank => {
            it.unit = Unit::count();
            it.decimals = 0;
            it.direction = Direction::Down;
        }
        View::Index => {
            it.unit = Unit::count();
            it.decimals = 1;
        }
        View::PerInhabitant => {
            it.unit = statistics::unit_per_inhabitant(indicator.unit).0;
            it.decimals = match it.unit.kind() {
                UnitKind::Money => it.decimals,
                _ => it.decimals.max(1),
            };
        }
    }
    let kept = matches!(
        view,
        View::Value | View::YearToDate | View::Cumulative | View::ConstantEuros
    );
    if !kept {
        // Neither members nor months of it add up.
        it.measure = Measure::Derived {
            expr: Expr::Indicator(indicator.id.clone()),
            text: indicator.measure.text().to_owned(),
        };
        it.formulas = Vec::new();
    }
    if it.unit != indicator.unit || matches!(view, View::Rank | View::Index) {
        it.noun = None;
    }
    it
}

/// What is shown, in words: `Locations, évolution en un an`.
fn name(indicator: &Indicator, tile: &Tile, ctx: &Context, lang: Lang) -> String {
    let grain = fitting(indicator, tile.grain.unwrap_or(ctx.period.grain()));
    let population = ctx.catalog.town.population.as_ref();
    let kind = population.map_or("", |population| population.kind.as_str());
    let base = base_year(ctx).map_or_else(String::new, |base| base.to_string());
    let mut args = vec![
        ("title", Arg::from(indicator.title.get(lang == Lang::En).0)),
        ("grain", grain.as_str().into()),
        ("kind", kind.into()),
        ("base", base.into()),
    ];
    let id = match tile.show {
        View::Value => return indicator.title.get(lang == Lang::En).0.to_owned(),
        View::YearToDate => "view-year-to-date",
        View::Cumulative => "view-cumulative",
        View::MovingAverage(periods) => {
            args.push(("count", periods.into()));
            "view-moving-average"
        }
        View::Growth => "view-growth",
        View::Share => "view-share",
        View::Rank => "view-rank",
        View::PerInhabitant => "view-per-inhabitant",
        View::ConstantEuros => "view-constant-euros",
        View::Index => "view-index",
    };
    t_args(lang, id, &args).into_owned()
}

/// What the series of one answer are read with.
pub(crate) struct Beside<'s, 'a> {
    /// The wholes, one per indicator.
    pub totals: &'s [Series<'a>],
    /// The population or prices.
    pub others: &'s [Series<'a>],
}

/// The series to show, from those that were asked for. The first and last parts of a year so far
/// come with them.
pub(crate) fn apply<'a>(
    view: View,
    asked: Vec<Series<'a>>,
    shown: &[Period],
    beside: &Beside<'_, 'a>,
    ctx: &Context,
) -> (Vec<Series<'a>>, Option<(Period, Period)>) {
    if view == View::Value {
        return (asked, None);
    }
    let so_far = (view == View::YearToDate)
        .then(|| so_far(&asked, shown))
        .flatten();
    let mut all: Vec<Series<'a>> = asked
        .into_iter()
        .map(|series| {
            let read = match so_far {
                Some(so_far) => years_so_far(&observations(&series), shown, so_far),
                None => one(view, &series, shown, beside, ctx),
            };
            let points = shown.iter().map(|period| point(&series, &read, *period));
            Series {
                points: points.collect(),
                ..series
            }
        })
        .collect();
    match view {
        View::Rank => rank(&mut all),
        View::Share => share(&mut all, beside),
        _ => {}
    }
    // A year that is over is told as a year.
    let under_way = |(_, last): &(Period, Period)| {
        let year = shown.last();
        year.is_some_and(|year| last.end() < year.end())
    };
    (all, so_far.filter(under_way))
}

/// A view of one series alone.
fn one(
    view: View,
    series: &Series,
    shown: &[Period],
    beside: &Beside,
    ctx: &Context,
) -> Vec<Observation> {
    let read = observations(series);
    let indicator = series.indicator;
    match view {
        View::Growth => {
            let change = statistics::Change::of(indicator.unit);
            statistics::growth(&read, change, &break_days(indicator))
        }
        View::Cumulative => statistics::cumulative(&read),
        View::MovingAverage(periods) => statistics::moving_average(&read, periods),
        View::PerInhabitant => {
            let mut scaled = statistics::per_inhabitant(&read, &inhabitants(series, beside, ctx));
            let (_, factor) = statistics::unit_per_inhabitant(indicator.unit);
            for one in &mut scaled.series {
                one.cell = one
                    .cell
                    .combine(Cell::Value(factor), |value, by| value * by);
            }
            scaled.series
        }
        View::ConstantEuros => {
            let prices = beside.others.first().map(observations).unwrap_or_default();
            match base_year(ctx) {
                Some(base) => statistics::constant_euros(&read, &prices, base),
                None => read,
            }
        }
        View::Index => match first_known(&read, shown) {
            Some(base) => statistics::index(&read, base),
            None => read,
        },
        View::Value | View::YearToDate | View::Share | View::Rank => read,
    }
}

/// The population behind a series: of its member, within the same filters. Where the population
/// cannot be filtered as the series is, dividing by it would mean nothing.
fn inhabitants(series: &Series, beside: &Beside, ctx: &Context) -> Vec<Observation> {
    let own = beside.others.iter().find(|other| other.key == series.key);
    let Some(own) = own else {
        return Vec::new();
    };
    let (filters, _) = ctx.filters_of(series.indicator);
    let alike = filters
        .iter()
        .all(|filter| own.indicator.dimensions.contains(&filter.dimension));
    let mut population = observations(own);
    if !alike {
        for one in &mut population {
            one.cell = Cell::NotApplicable;
        }
    }
    population
}

fn first_known(read: &[Observation], shown: &[Period]) -> Option<Period> {
    read.iter()
        .filter(|one| shown.contains(&one.period))
        .find(|one| one.whole() != Cell::Missing)
        .map(|one| one.period)
}

/// The first and last parts of the last year shown, for all series together.
fn so_far(asked: &[Series], shown: &[Period]) -> Option<(Period, Period)> {
    let year = *shown.last()?;
    let last = asked
        .iter()
        .filter_map(|series| last_known(&observations(series), year))
        .max()?;
    Some((Period::containing(last.grain(), year.start()), last))
}

/// Each year as far as the last one is known.
fn years_so_far(
    read: &[Observation],
    shown: &[Period],
    (first, last): (Period, Period),
) -> Vec<Observation> {
    let mut years = Vec::new();
    let (mut first, mut last) = (first, last);
    for year in shown.iter().rev() {
        years.push(Observation::new(*year, up_to(read, first, last)));
        (first, last) = (first.a_year_before(), last.a_year_before());
    }
    years.reverse();
    years
}

/// Parts in the whole.
fn share(all: &mut [Series], beside: &Beside) {
    let Some(first) = all.first() else { return };
    let whole = beside
        .totals
        .iter()
        .find(|total| total.indicator.id == first.indicator.id);
    let whole = whole.map(observations).unwrap_or_default();
    let members: Vec<Vec<Observation>> = all.iter().map(observations).collect();
    for (series, shares) in all.iter_mut().zip(statistics::shares(&members, &whole)) {
        for (point, share) in series.points.iter_mut().zip(shares) {
            point.cell = share.cell;
        }
    }
}

/// Places among the members, period by period.
fn rank(all: &mut [Series]) {
    let count = all.iter().map(|series| series.points.len()).max();
    for place in 0..count.unwrap_or(0) {
        let members: Vec<Observation> = all
            .iter()
            .filter_map(|series| series.points.get(place))
            .map(observation)
            .collect();
        let Some(first) = all.first() else { return };
        let places = statistics::rank(&members, first.indicator.direction).places;
        for (series, cell) in all.iter_mut().zip(places) {
            if let Some(point) = series.points.get_mut(place) {
                point.cell = cell;
            }
        }
    }
}

/// The days across which an indicator is not compared.
pub(crate) fn break_days(indicator: &Indicator) -> Vec<NaiveDate> {
    indicator.changes().iter().map(|(day, _)| *day).collect()
}

pub(crate) fn observations(series: &Series) -> Vec<Observation> {
    series.points.iter().map(observation).collect()
}

pub(crate) fn observation(point: &Point) -> Observation {
    Observation {
        period: point.period,
        cell: point.cell,
        coverage: point.coverage,
    }
}

fn point(series: &Series, read: &[Observation], period: Period) -> Point {
    let future = series
        .points
        .iter()
        .any(|point| point.period == period && point.future);
    let found = read.iter().find(|one| one.period == period);
    Point {
        period,
        at: None,
        cell: found.map_or(Cell::Missing, |one| one.cell),
        coverage: found.map_or(Coverage::default(), |one| one.coverage),
        future,
    }
}

/// What a view has to say beside the periods: that years are cut at the same month.
pub(crate) fn remark(frame: &Frame) -> Option<String> {
    let (first, last) = frame.so_far?;
    let lang = frame.ctx.lang;
    let months = months_span(lang, first, last);
    Some(t_args(lang, "remark-so-far", &[("months", months.into())]).into_owned())
}

/// The title of a view that has one of its own.
pub(crate) fn sentence(frame: &Frame, writer: &Writer) -> Option<String> {
    let series = frame.main.first()?;
    match frame.tile.show {
        View::Growth if frame.tile.by.is_none() && frame.main.len() == 1 => {
            last_growth(series, writer)
        }
        View::YearToDate if frame.main.len() == 1 => so_far_sentence(frame, series),
        View::Rank => first_place(frame),
        _ => None,
    }
}

/// `Locations, évolution en un an : +8,2 % en 2025`.
fn last_growth(series: &Series, writer: &Writer) -> Option<String> {
    let lang = writer.lang;
    let last = series.points.iter().rev().find(|p| p.value().is_some())?;
    let value = last.value()?;
    let sign = if value > 0.0 { "+" } else { "" };
    let args = [
        ("title", Arg::from(capital(&series.label))),
        ("value", format!("{sign}{}", writer.full(value)).into()),
        ("when", period_in(lang, last.period).into()),
    ];
    Some(t_args(lang, "title-single", &args).into_owned())
}

/// `Locations, de janvier à mai 2026 : 498 200 locations, +7 % à mois égaux`.
pub(crate) fn so_far_sentence(frame: &Frame, series: &Series) -> Option<String> {
    let (first, last) = frame.so_far?;
    let lang = frame.ctx.lang;
    let [.., before, now] = series.points.as_slice() else {
        return None;
    };
    let original = frame.ctx.catalog.indicators.get(&series.indicator.id)?;
    let title = original.title.get(frame.ctx.english()).0;
    so_far_words(
        lang,
        series.indicator,
        title,
        (first, last),
        (before.cell, now.cell),
    )
}

/// A year so far in words; `None` when it is not known.
pub(crate) fn so_far_words(
    lang: Lang,
    indicator: &Indicator,
    title: &str,
    (first, last): (Period, Period),
    (before, now): (Cell, Cell),
) -> Option<String> {
    let writer = Writer::new(lang, indicator.unit, indicator.decimals, 0.0);
    let now = now.value()?;
    let mut args = vec![
        ("title", Arg::from(capital(title))),
        ("months", months_span(lang, first, last).into()),
        ("value", counted(&writer, indicator, now).into()),
    ];
    let crossed = beffroi_statistics::crosses(&break_days(indicator), first.a_year_before(), last);
    let change = before
        .value()
        .filter(|_| !crossed)
        .and_then(|before| change(lang, before, now, indicator.unit, indicator.decimals));
    Some(match change {
        Some(change) => {
            args.push(("change", change.into()));
            let year = Period::year(first.a_year_before().start_year());
            args.push(("before", period(lang, year, PeriodStyle::Long).into()));
            t_args(lang, "title-so-far-change", &args).into_owned()
        }
        None => t_args(lang, "title-so-far", &args).into_owned(),
    })
}

/// `En 2025, Gare est au premier rang sur 12`.
fn first_place(frame: &Frame) -> Option<String> {
    let lang = frame.ctx.lang;
    let last = frame.main.first()?.points.len().checked_sub(1)?;
    let place = |series: &Series| series.points.get(last).and_then(Point::value);
    let known: Vec<&Series> = frame.main.iter().filter(|s| place(s).is_some()).collect();
    let first: Vec<&str> = known
        .iter()
        .filter(|series| place(series) == Some(1.0))
        .map(|series| series.label.as_str())
        .collect();
    let when = frame.main.first()?.points.get(last)?.period;
    let title = frame
        .viewed
        .first()
        .map_or("", |it| it.title.get(frame.ctx.english()).0);
    let args = [
        ("title", Arg::from(capital(title))),
        ("members", first.join(", ").into()),
        ("place", ordinal(lang, 1).to_lowercase().into()),
        ("among", number(lang, known.len() as f64, 0).into()),
        ("when", period_in(lang, when).into()),
    ];
    (!first.is_empty()).then(|| t_args(lang, "title-rank", &args).into_owned())
}
