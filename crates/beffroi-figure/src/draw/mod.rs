//! Drawings: plain values in, `<svg>` out.
//!
//! Each kind of drawing is a struct of values and labels, ready to be shown, with a `draw` that
//! is called once for each [`Room`]. Nothing here knows of indicators or answers. Colours are
//! classes of the style sheet; positions come from scales of plotters.

mod bars;
mod canvas;
mod columns;
mod dots;
mod flow;
mod geometry;
mod line;
mod map;
mod mini;
mod scale;
mod svg;
mod targets;
mod text;

pub(crate) use bars::{Bar, Bars};
pub(crate) use canvas::{Caption, Room};
pub(crate) use columns::{Columns, Layer};
pub(crate) use dots::{Dot, Dots};
pub(crate) use flow::draw as flow;
pub(crate) use line::{Goal, Line, Lines};
pub(crate) use map::{Area, AreaMap};
pub(crate) use mini::{Spark, small_multiple, sparkline, target_bar};
pub(crate) use scale::Domain;
pub(crate) use targets::{TargetRow, Targets};

use crate::writer::Writer;
use beffroi_model::{Cell, Grain, Period};
use beffroi_text::{Lang, PeriodStyle, period};
use canvas::{Anchor, Canvas};
use scale::{Scale, Steps};
use text::width;

/// One value to draw.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spot {
    /// The value, or why there is none.
    pub cell: Cell,
    /// Whether it is drawn as provisional.
    pub provisional: bool,
    /// Whether its time has not come: an absence that is nobody's fault.
    pub future: bool,
    /// Shown on hovering.
    pub hover: String,
}

impl Spot {
    /// The value.
    pub fn value(&self) -> Option<f64> {
        self.cell.value()
    }
}

/// A value across the whole drawing: what the council voted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Level {
    /// The value.
    pub value: f64,
    /// What it is.
    pub label: String,
}

/// Both drawings of a plot.
pub(crate) fn both(wide: f64, draw: impl Fn(Room, bool) -> String) -> crate::Plot {
    let vast = wide >= 700.0;
    crate::Plot {
        wide: draw(Room::Wide(wide), vast),
        narrow: draw(Room::Narrow, vast),
        vast,
        narrow_text: None,
    }
}

/// The scale of values from the bottom to the top of a drawing.
fn value_scale(domain: &Domain, bottom: f64, top: f64, writer: &Writer) -> Scale {
    let step = domain
        .ticks
        .windows(2)
        .next()
        .map_or(1.0, |pair| (pair[1] - pair[0]).abs());
    Scale::new(domain, bottom, top, |tick| writer.tick(tick, step))
}

/// The room that the figures of an axis take on its left.
fn axis_room(scale: &Scale, room: Room) -> f64 {
    let widest = scale
        .ticks()
        .iter()
        .map(|(_, label)| width(label, room.small(), false))
        .fold(0.0, f64::max);
    (widest + 10.0).clamp(20.0, 120.0).round()
}

/// The names of periods under an axis: as many as fit, the last one always.
fn period_axis(
    canvas: &mut Canvas,
    room: Room,
    lang: Lang,
    periods: &[Period],
    steps: Steps,
    baseline: f64,
) {
    let one_year = match (periods.first(), periods.last()) {
        (Some(first), Some(last)) => {
            first.start().format("%Y").to_string() == last.start().format("%Y").to_string()
        }
        _ => true,
    };
    let style = match (one_year, room.is_narrow()) {
        (_, true) if one_year || periods.first().is_some_and(|p| p.grain() != Grain::Month) => {
            PeriodStyle::Initial
        }
        (true, _) => PeriodStyle::Bare,
        _ => PeriodStyle::Short,
    };
    let labels: Vec<String> = periods.iter().map(|p| period(lang, *p, style)).collect();
    let widest = labels
        .iter()
        .map(|label| width(label, room.small(), false))
        .fold(0.0, f64::max);
    let every = every(widest + 5.0, steps.step());
    let last = labels.len().saturating_sub(1);
    for (place, label) in labels.iter().enumerate() {
        if (last - place).is_multiple_of(every) {
            #[allow(clippy::cast_precision_loss)]
            let x = steps.at(place as f64);
            canvas.text(
                "doux petit",
                (x, baseline),
                Anchor::Middle,
                room.small(),
                label,
            );
        }
    }
}

/// One label out of how many fits, when each needs `room` and stands `step` from the next.
fn every(room: f64, step: f64) -> usize {
    if step <= 0.0 {
        return usize::MAX;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let every = (room / step).ceil() as usize;
    every.max(1)
}

/// Moves heights apart so that each has `gap` of room, within bounds, keeping their order.
fn spread(heights: &mut [f64], gap: f64, top: f64, bottom: f64) {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|a, b| heights[*a].total_cmp(&heights[*b]));
    let mut floor = top;
    for place in &order {
        heights[*place] = heights[*place].max(floor);
        floor = heights[*place] + gap;
    }
    let mut ceiling = bottom;
    for place in order.iter().rev() {
        heights[*place] = heights[*place].min(ceiling);
        ceiling = heights[*place] - gap;
    }
}

/// Draws the marker of a category (1 to 8), `size` units across.
fn marker(
    canvas: &mut Canvas,
    category: usize,
    hover: Option<String>,
    (x, y): (f64, f64),
    size: f64,
) {
    let class = format!("mk k{category}");
    let half = size / 2.0;
    let moved = |shape: &[(f64, f64)]| -> Vec<(f64, f64)> {
        shape
            .iter()
            .map(|(dx, dy)| (x + dx * size, y + dy * size))
            .collect()
    };
    match category {
        2 => canvas.polygon(
            &class,
            hover,
            &moved(&[(0.0, -0.62), (0.6, 0.44), (-0.6, 0.44)]),
        ),
        3 => canvas.rect(&class, hover, (x - half, y - half), (x + half, y + half)),
        4 => canvas.polygon(
            &class,
            hover,
            &moved(&[(0.0, -0.65), (0.65, 0.0), (0.0, 0.65), (-0.65, 0.0)]),
        ),
        5 => canvas.rect(
            &class,
            hover,
            (x - size * 0.22, y - size * 0.65),
            (x + size * 0.22, y + size * 0.65),
        ),
        6 => canvas.polygon(
            &class,
            hover,
            &moved(&[(0.0, 0.62), (0.6, -0.44), (-0.6, -0.44)]),
        ),
        7 => canvas.polygon(
            &class,
            hover,
            &moved(&[
                (-0.24, -0.6),
                (0.24, -0.6),
                (0.24, -0.24),
                (0.6, -0.24),
                (0.6, 0.24),
                (0.24, 0.24),
                (0.24, 0.6),
                (-0.24, 0.6),
                (-0.24, 0.24),
                (-0.6, 0.24),
                (-0.6, -0.24),
                (-0.24, -0.24),
            ]),
        ),
        8 => canvas.circle("mk creux k8", hover, (x, y), half),
        _ => canvas.circle(&class, hover, (x, y), half),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_moved_apart_in_order() {
        let mut heights = [50.0, 52.0, 51.0, 200.0];
        spread(&mut heights, 16.0, 10.0, 210.0);
        assert_eq!(heights, [50.0, 82.0, 66.0, 200.0]);
        let mut low = [205.0, 206.0];
        spread(&mut low, 16.0, 10.0, 210.0);
        assert_eq!(low, [194.0, 210.0]);
    }
}
