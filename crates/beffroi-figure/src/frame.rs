//! What was answered to the questions of a tile, put in order before anything is written.

use crate::context::Context;
use crate::plan::{Asked, Role, asked, is_over_time};
use crate::series::{Point, Series, series};
use crate::view::{self, Beside, break_days};
use crate::writer::Writer;
use beffroi_catalog::{Indicator, Tile};
use beffroi_model::{Answer, Cell, IndicatorId, Period, QueryError, Span, View};
use beffroi_statistics::crosses;
use beffroi_text::{change, t_args};

/// The answers of a tile.
pub(crate) struct Frame<'a> {
    /// The tile.
    pub tile: &'a Tile,
    /// Its page.
    pub ctx: &'a Context<'a>,
    /// What is shown: one series per indicator and member.
    pub main: Vec<Series<'a>>,
    /// The same one year earlier.
    pub before: Vec<Series<'a>>,
    /// The wholes of what is detailed, one per indicator.
    pub totals: Vec<Series<'a>>,
    /// The periods shown, in order; empty for live readings.
    pub periods: Vec<Period>,
    /// The answers themselves, for where they come from.
    pub answers: Vec<&'a Answer>,
    /// What was not answered.
    pub failures: Vec<(&'a Indicator, &'a QueryError)>,
    /// The indicators as the tile's view makes them; none when it shows the values themselves.
    pub viewed: &'a [Indicator],
    /// The first and last parts of the last year, when years are shown as far as it is known.
    pub so_far: Option<(Period, Period)>,
}

/// The series of one answer, before they are read as the tile asks.
struct Read<'a> {
    role: Role,
    series: Vec<Series<'a>>,
    shown: Vec<Period>,
}

impl<'a> Frame<'a> {
    /// Reads the answers to a tile's plan. `viewed` are the indicators as the tile's view makes
    /// them ([`viewed`](crate::view::viewed)).
    pub fn read(
        tile: &'a Tile,
        ctx: &'a Context<'a>,
        answers: &'a [Result<Answer, QueryError>],
        viewed: &'a [Indicator],
    ) -> Self {
        let mut frame = Self {
            tile,
            ctx,
            main: Vec::new(),
            before: Vec::new(),
            totals: Vec::new(),
            periods: Vec::new(),
            answers: Vec::new(),
            failures: Vec::new(),
            viewed,
            so_far: None,
        };
        let mut all: Vec<Read> = Vec::new();
        for (
            Asked {
                indicator,
                role,
                shown,
                query,
            },
            answer,
        ) in asked(tile, ctx).into_iter().zip(answers)
        {
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    // What is only compared with, or summed up, can be done without.
                    if matches!(role, Role::Main | Role::Summary) {
                        frame.failures.push((indicator, error));
                    }
                    continue;
                }
            };
            frame.answers.push(answer);
            let periods = |span| -> Vec<Period> {
                match span {
                    Span::Periods(range) => range.iter().collect(),
                    Span::Latest => Vec::new(),
                }
            };
            let by = query.by.first();
            all.push(Read {
                role,
                series: series(answer, indicator, by, &periods(query.span), ctx),
                shown: periods(shown),
            });
        }
        frame.place(all);
        frame.trim();
        frame
    }

    /// Puts the series of all answers where they belong, read as the tile asks.
    fn place(&mut self, all: Vec<Read<'a>>) {
        let of = |role: Role| -> Vec<Series<'a>> {
            let wanted = all.iter().filter(|read| read.role == role);
            wanted.flat_map(|read| read.series.clone()).collect()
        };
        let view = self.tile.show;
        let (totals, others) = (of(Role::Total), of(Role::Beside));
        let beside = Beside {
            totals: &totals,
            others: &others,
        };
        for read in all {
            if read.role == Role::Beside {
                continue;
            }
            let (mut series, so_far) =
                view::apply(view, read.series, &read.shown, &beside, self.ctx);
            for series in &mut series {
                self.rename(series);
            }
            match read.role {
                Role::Main | Role::Summary => {
                    if read.shown.len() > self.periods.len() {
                        self.periods = read.shown;
                    }
                    self.so_far = self.so_far.max(so_far);
                    self.main.extend(series);
                }
                Role::Before => self.before.extend(series),
                // The share of the whole in itself says nothing, nor does its place.
                Role::Total if !matches!(view, View::Share | View::Rank) => {
                    self.totals.extend(series);
                }
                Role::Total | Role::Beside => {}
            }
        }
    }

    /// Gives a series the indicator that its view makes.
    fn rename(&self, series: &mut Series<'a>) {
        let made = self.viewed.iter();
        if let Some(viewed) = made.clone().find(|it| it.id == series.indicator.id) {
            series.indicator = viewed;
            if series.key.is_none() {
                series.label = crate::series::title(self.ctx, viewed);
            }
        }
    }

    /// The name of an indicator of the tile, as it is shown.
    pub fn title(&self, id: &IndicatorId) -> Option<String> {
        let viewed = self.viewed.iter().find(|it| it.id == *id);
        let indicator = viewed.or_else(|| self.ctx.catalog.indicators.get(id))?;
        Some(crate::series::title(self.ctx, indicator))
    }

    /// Whether changes of what is shown are told: those of a change are not, nor those of places.
    pub fn shows_changes(&self) -> bool {
        !matches!(self.tile.show, View::Growth | View::Rank)
    }

    /// The change from one point to another, if changes are told.
    pub fn change(
        &self,
        writer: &Writer,
        indicator: &Indicator,
        before: Option<&Point>,
        now: &Point,
    ) -> Option<String> {
        self.shows_changes()
            .then(|| change_between(writer, indicator, before, now))
            .flatten()
    }

    /// Leaves out the first periods of which nothing at all is known: nothing is missing before a
    /// series begins.
    fn trim(&mut self) {
        if !is_over_time(self.tile) {
            return;
        }
        let begins = |place: usize| {
            self.main.iter().any(|series| {
                series
                    .points
                    .get(place)
                    .is_some_and(|point| point.cell != Cell::Missing)
            })
        };
        let Some(first) = (0..self.periods.len()).find(|place| begins(*place)) else {
            return;
        };
        self.periods.drain(..first);
        for series in self
            .main
            .iter_mut()
            .chain(&mut self.before)
            .chain(&mut self.totals)
        {
            series.points.drain(..first.min(series.points.len()));
        }
    }

    /// The first indicator, whose unit and decimals are those of the figure.
    pub fn indicator(&self) -> Option<&'a Indicator> {
        self.main.first().map(|series| series.indicator)
    }

    /// The indicators shown, each once.
    pub fn indicators(&self) -> Vec<&'a Indicator> {
        let mut indicators: Vec<&Indicator> = Vec::new();
        for series in &self.main {
            if !indicators
                .iter()
                .any(|known| known.id == series.indicator.id)
            {
                indicators.push(series.indicator);
            }
        }
        indicators
    }

    /// Whether all that is shown is in one unit: only that can be drawn on one scale.
    pub fn has_one_unit(&self) -> bool {
        self.main
            .windows(2)
            .all(|pair| pair[0].indicator.unit == pair[1].indicator.unit)
    }

    /// Whether there is any value to show.
    pub fn has_values(&self) -> bool {
        self.main
            .iter()
            .any(|series| series.points.iter().any(|point| point.value().is_some()))
    }

    /// How values are written. `summed` when parts are stacked: the axis is as long as they are.
    pub fn writer(&self, summed: bool) -> Option<Writer> {
        let indicator = self.indicator()?;
        let values = || {
            self.main
                .iter()
                .chain(&self.before)
                .flat_map(Series::values)
                .flatten()
        };
        let largest = if summed {
            (0..self.periods.len())
                .map(|place| {
                    self.main
                        .iter()
                        .filter_map(|series| series.points.get(place)?.value())
                        .sum()
                })
                .fold(0.0, f64::max)
        } else {
            values().map(f64::abs).fold(0.0, f64::max)
        };
        Some(Writer::new(
            self.ctx.lang,
            indicator.unit,
            indicator.decimals,
            largest,
        ))
    }

    /// The series of the same indicator and member one year earlier.
    pub fn before_of(&self, series: &Series) -> Option<&Series<'a>> {
        self.before
            .iter()
            .find(|before| before.indicator.id == series.indicator.id && before.key == series.key)
    }

    /// The whole that a series is a part of.
    pub fn total_of(&self, series: &Series) -> Option<&Series<'a>> {
        self.totals
            .iter()
            .find(|total| total.indicator.id == series.indicator.id)
    }
}

/// The change from one point to another, if both hold their whole period and no series break lies
/// between.
pub(crate) fn change_between(
    writer: &Writer,
    indicator: &Indicator,
    before: Option<&Point>,
    now: &Point,
) -> Option<String> {
    let before = before?;
    let (from, to) = (before.complete()?, now.complete()?);
    if crosses(&break_days(indicator), before.period, now.period) {
        return None;
    }
    change(writer.lang, from, to, writer.unit, writer.decimals)
}

/// `+8,2 % en un an`.
pub(crate) fn in_a_year(writer: &Writer, change: String) -> String {
    t_args(
        writer.lang,
        "change-in-a-year",
        &[("change", change.into())],
    )
    .into_owned()
}
