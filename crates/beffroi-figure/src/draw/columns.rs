//! Columns over time: one measure against last year, or several parts stacked.

use super::canvas::{Anchor, Canvas};
use super::scale::{Scale, Steps};
use super::text::{fit, width};
use super::{Caption, Domain, Level, Room, Spot, axis_room, period_axis, spread, value_scale};
use crate::writer::Writer;
use beffroi_model::{Cell, CellState, Period};
use beffroi_text::absence;

/// The drawing.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    /// The periods of the axis.
    pub periods: Vec<Period>,
    /// From the bottom to the top; a single one is not named.
    pub layers: Vec<Layer>,
    /// The same a year earlier, as a mark on each column.
    pub before: Option<Vec<Option<f64>>>,
    /// What was voted.
    pub level: Option<Level>,
    /// How values are written.
    pub writer: Writer,
}

/// One part of the columns.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    /// Its name.
    pub label: String,
    /// One for each period.
    pub spots: Vec<Spot>,
}

/// A column in the making: how far its parts reach above and below zero.
#[derive(Default, Clone, Copy)]
struct Reach {
    up: f64,
    down: f64,
}

impl Reach {
    /// Puts a part on top of the others; says from where to where it goes.
    fn add(&mut self, value: f64) -> (f64, f64) {
        let side = if value < 0.0 {
            &mut self.down
        } else {
            &mut self.up
        };
        let from = *side;
        *side += value;
        (from, *side)
    }
}

impl Columns {
    fn stacked(&self) -> bool {
        self.layers.len() > 1
    }

    fn reaches(&self) -> Vec<Reach> {
        (0..self.periods.len())
            .map(|place| {
                let mut reach = Reach::default();
                for value in self
                    .layers
                    .iter()
                    .filter_map(|layer| layer.spots.get(place)?.value())
                {
                    reach.add(value);
                }
                reach
            })
            .collect()
    }

    fn domain(&self) -> Domain {
        let reaches = self.reaches();
        let before = self.before.iter().flatten().flatten().copied();
        let level = self.level.iter().map(|level| level.value);
        Domain::of(
            reaches
                .iter()
                .flat_map(|reach| [reach.up, reach.down])
                .chain(before)
                .chain(level),
            false,
        )
    }

    /// Draws it.
    pub fn draw(&self, room: Room, vast: bool, caption: Caption) -> String {
        let height = match room {
            Room::Wide(width) if width >= 700.0 => 350.0,
            Room::Wide(_) => 300.0,
            Room::Narrow => 280.0,
        };
        let top = if self.level.is_some() { 42.0 } else { 24.0 };
        // Figures under columns that go below zero stand between them and the periods' names.
        let under = self.reaches().iter().any(|reach| reach.down < 0.0);
        let bottom = height - if under { 44.0 } else { 26.0 };
        let y = value_scale(&self.domain(), bottom, top, &self.writer);
        let left = axis_room(&y, room);
        let most = if room.is_narrow() { 90.0 } else { 150.0 };
        let names = if self.stacked() {
            self.layers
                .iter()
                .map(|layer| width(&layer.label, room.text(), true))
                .fold(0.0, f64::max)
        } else {
            0.0
        };
        let right = room.width()
            - if self.stacked() {
                names.min(most) + 12.0
            } else {
                2.0
            };
        let steps = Steps {
            from: left,
            to: right,
            count: self.periods.len(),
            slots: true,
        };
        let mut canvas = Canvas::new(room.width(), height);
        canvas.y_axis(room, &y, left, right);
        period_axis(
            &mut canvas,
            room,
            self.writer.lang,
            &self.periods,
            steps,
            height - 6.0,
        );
        let half = (steps.step() * 0.34).min(34.0);
        for place in 0..self.periods.len() {
            #[allow(clippy::cast_precision_loss)]
            self.column(&mut canvas, &y, place, steps.at(place as f64), half);
        }
        canvas.line("axe", &[(left, y.at(0.0)), (right, y.at(0.0))]);
        if let Some(level) = &self.level {
            let height = y.at(level.value);
            canvas.line("objectif-ligne", &[(left, height), (right, height)]);
            // Columns leave no room beside the line: it is named above them, with a piece of it.
            canvas.line("objectif-ligne", &[(left, 10.0), (left + 22.0, 10.0)]);
            let label = fit(&level.label, room.small(), right - left - 30.0);
            let place = (left + 28.0, 14.0);
            canvas.text(
                "t-objectif petit",
                place,
                Anchor::Start,
                room.small(),
                &label,
            );
        }
        self.totals(&mut canvas, room, &y, steps);
        if self.stacked() {
            self.names(&mut canvas, room, &y, right, top, bottom);
        }
        canvas.finish(room, vast, caption)
    }

    fn column(&self, canvas: &mut Canvas, y: &Scale, place: usize, x: f64, half: f64) {
        let mut reach = Reach::default();
        for (rank, layer) in self.layers.iter().enumerate() {
            let Some(spot) = layer.spots.get(place) else {
                continue;
            };
            let Some(value) = spot.value() else { continue };
            let class = match (self.stacked(), spot.provisional) {
                (true, _) => format!("br cat k{}", rank % 8 + 1),
                (false, true) => "br doux".to_owned(),
                (false, false) => "br".to_owned(),
            };
            let (from, to) = reach.add(value);
            // A hair of background between parts, so that they are told apart without colour.
            let gap = if self.stacked() && y.at(from) - y.at(to) > 3.0 {
                1.0
            } else {
                0.0
            };
            let hover = Some(spot.hover.clone());
            canvas.rect(
                &class,
                hover,
                (x - half, y.at(from) - gap),
                (x + half, y.at(to)),
            );
        }
        let states = self
            .layers
            .iter()
            .filter_map(|layer| layer.spots.get(place));
        let absent = states
            .filter(|spot| !spot.future)
            .map(|spot| spot.cell)
            .find(|cell| matches!(cell, Cell::Missing | Cell::Secret));
        if let Some(cell) = absent {
            self.absence(canvas, y, cell.state(), x, half, reach);
        }
        let before = self
            .before
            .as_ref()
            .and_then(|before| before.get(place).copied().flatten());
        if let Some(before) = before {
            let height = y.at(before);
            canvas.line("n1", &[(x - half - 3.0, height), (x + half + 3.0, height)]);
        }
    }

    /// A part that is not known stands on top of those that are.
    fn absence(
        &self,
        canvas: &mut Canvas,
        y: &Scale,
        state: CellState,
        x: f64,
        half: f64,
        reach: Reach,
    ) {
        let alone = reach.up == 0.0 && reach.down == 0.0;
        let from = y.at(reach.up);
        let to = if alone {
            y.at(y.ticks().last().map_or(0.0, |tick| tick.0))
        } else {
            from - 12.0
        };
        let class = if state == CellState::Secret {
            "bord-s"
        } else {
            "manque"
        };
        canvas.rect(class, None, (x - half, from), (x + half, to));
        if alone {
            let sign = absence(self.writer.lang, state);
            canvas.text(
                "etiq petit halo",
                (x, from - 8.0),
                Anchor::Middle,
                12.0,
                sign,
            );
        }
    }

    /// The value of each column on top of it, where all fit; else of the last one.
    fn totals(&self, canvas: &mut Canvas, room: Room, y: &Scale, steps: Steps) {
        let reaches = self.reaches();
        let complete = |place: usize| {
            self.layers.iter().all(|layer| {
                layer
                    .spots
                    .get(place)
                    .is_some_and(|spot| matches!(spot.cell, Cell::Value(_) | Cell::NotApplicable))
            }) && self
                .layers
                .iter()
                .any(|layer| layer.spots[place].value().is_some())
        };
        let size = room.small();
        let written = |label: &dyn Fn(f64) -> String| -> Vec<Option<String>> {
            let sums = reaches
                .iter()
                .map(|reach| reach.up + reach.down)
                .enumerate();
            sums.map(|(place, sum)| complete(place).then(|| label(sum)))
                .collect()
        };
        let fits = |texts: &[Option<String>]| {
            let widths = texts.iter().flatten().map(|text| width(text, size, true));
            widths.fold(0.0, f64::max) + 4.0 <= steps.step()
        };
        let exact = written(&|sum| self.writer.label(sum));
        let short = written(&|sum| self.writer.axis_label(sum));
        let (texts, all) = match (fits(&exact), fits(&short)) {
            (true, _) => (exact, true),
            (false, true) => (short, true),
            (false, false) => (exact, false),
        };
        let last = texts.iter().rposition(Option::is_some);
        for (place, text) in texts.iter().enumerate() {
            let Some(text) = text else { continue };
            // Alone, the last figure may reach over the column before, if that one is lower.
            let over = place
                .checked_sub(1)
                .is_none_or(|p| reaches[p].up <= reaches[place].up);
            if !all && (Some(place) != last || !over) {
                continue;
            }
            let reach = reaches[place];
            let before = self
                .before
                .as_ref()
                .and_then(|before| before.get(place).copied().flatten());
            let top = reach.up.max(before.unwrap_or(0.0));
            let height = if reach.up == 0.0 && reach.down < 0.0 {
                y.at(reach.down) + size + 3.0
            } else {
                y.at(top) - 6.0
            };
            #[allow(clippy::cast_precision_loss)]
            let x = steps.at(place as f64);
            let (x, anchor) = if all {
                (x, Anchor::Middle)
            } else {
                (x + steps.step() / 2.0, Anchor::End)
            };
            canvas.text("etiq petit halo", (x, height), anchor, size, text);
        }
    }

    /// The name of each part beside the last column.
    fn names(&self, canvas: &mut Canvas, room: Room, y: &Scale, right: f64, top: f64, bottom: f64) {
        let size = room.text();
        let mut reach = Reach::default();
        let mut named: Vec<(usize, f64)> = Vec::new();
        let last = (0..self.periods.len()).rev().find(|place| {
            self.layers
                .iter()
                .any(|layer| layer.spots.get(*place).is_some_and(|s| s.value().is_some()))
        });
        for (rank, layer) in self.layers.iter().enumerate() {
            let spot = last.and_then(|last| layer.spots.get(last));
            let Some(value) = spot.and_then(Spot::value) else {
                continue;
            };
            let (from, to) = reach.add(value);
            named.push((rank, f64::midpoint(y.at(from), y.at(to)) + 4.5));
        }
        let mut heights: Vec<f64> = named.iter().map(|(_, height)| *height).collect();
        spread(&mut heights, size + 1.5, top, bottom + 4.0);
        for ((rank, _), height) in named.iter().zip(heights) {
            let label = fit(
                &self.layers[*rank].label,
                size * 1.06,
                room.width() - right - 12.0,
            );
            canvas.text("t-cat", (right + 8.0, height), Anchor::Start, size, &label);
        }
    }
}
