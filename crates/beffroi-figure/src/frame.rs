//! What was answered to the questions of a tile, put in order before anything is written.

use crate::context::Context;
use crate::plan::{Asked, Role, asked, is_over_time};
use crate::series::{Point, Series, series};
use crate::writer::Writer;
use beffroi_catalog::{Indicator, Tile};
use beffroi_model::{Answer, Cell, Period, QueryError, Span};
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
}

impl<'a> Frame<'a> {
    /// Reads the answers to a tile's plan.
    pub fn read(
        tile: &'a Tile,
        ctx: &'a Context<'a>,
        answers: &'a [Result<Answer, QueryError>],
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
        };
        for (
            Asked {
                indicator,
                role,
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
            let periods: Vec<Period> = match query.span {
                Span::Periods(range) => range.iter().collect(),
                Span::Latest => Vec::new(),
            };
            let by = query.by.first();
            let read = series(answer, indicator, by, &periods, ctx);
            match role {
                Role::Main | Role::Summary => {
                    if periods.len() > frame.periods.len() {
                        frame.periods = periods;
                    }
                    frame.main.extend(read);
                }
                Role::Before => frame.before.extend(read),
                Role::Total => frame.totals.extend(read),
            }
        }
        frame.trim();
        frame
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

/// The change from one point to another, if both hold their whole period.
pub(crate) fn change_between(
    writer: &Writer,
    before: Option<&Point>,
    now: &Point,
) -> Option<String> {
    let (from, to) = (before?.complete()?, now.complete()?);
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
