//! Lines over time: one against last year, one against what was voted, or several.

use super::canvas::{Anchor, Canvas, Point};
use super::scale::{Scale, Steps};
use super::text::{fit, width};
use super::{
    Caption, Domain, Level, Room, Spot, axis_room, marker, period_axis, spread, value_scale,
};
use crate::writer::Writer;
use beffroi_model::{Cell, CellState, Period};
use beffroi_text::absence;

/// The drawing.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// The periods of the axis.
    pub periods: Vec<Period>,
    /// One line, or several categories.
    pub lines: Vec<Line>,
    /// The same a year earlier, drawn behind.
    pub ghost: Option<Line>,
    /// What was voted for some of the periods.
    pub goals: Vec<Goal>,
    /// What was voted, when it holds for all the periods.
    pub level: Option<Level>,
    /// The label of the last goal.
    pub goal_label: String,
    /// The places from which it is counted otherwise.
    pub breaks: Vec<usize>,
    /// Whether the axis may start elsewhere than at zero.
    pub floating: bool,
    /// Whether provisional values are joined to the others: not when they are sums of a part of
    /// their period.
    pub joined: bool,
    /// How values are written.
    pub writer: Writer,
}

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Written at its end.
    pub label: String,
    /// One for each period.
    pub spots: Vec<Spot>,
}

/// A value voted for a period.
#[derive(Debug, Clone)]
pub(crate) struct Goal {
    /// Which period.
    pub place: usize,
    /// The value.
    pub value: f64,
    /// Shown on hovering.
    pub hover: String,
}

/// Where everything stands.
struct Frame {
    room: Room,
    steps: Steps,
    y: Scale,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    #[allow(clippy::cast_precision_loss)]
    fn x(&self, place: usize) -> f64 {
        self.steps.at(place as f64)
    }
}

impl Lines {
    /// Every value that the axis must hold.
    fn values(&self) -> impl Iterator<Item = f64> {
        self.lines
            .iter()
            .chain(&self.ghost)
            .flat_map(|line| line.spots.iter().filter_map(Spot::value))
            .chain(self.goals.iter().map(|goal| goal.value))
            .chain(self.level.iter().map(|level| level.value))
    }

    /// The ends of the axis.
    pub fn domain(&self) -> Domain {
        Domain::of(self.values(), self.floating)
    }

    fn several(&self) -> bool {
        self.lines.len() > 1
    }

    fn frame(&self, room: Room, height: f64) -> Frame {
        let domain = self.domain();
        let (top, bottom) = (16.0, height - 26.0);
        let y = value_scale(&domain, bottom, top, &self.writer);
        let left = axis_room(&y, room);
        let named = self.several() || self.ghost.is_some();
        let names = self.lines.iter().chain(&self.ghost).filter(|_| named);
        let most = if room.is_narrow() { 90.0 } else { 150.0 };
        let names = names
            .map(|line| width(&line.label, room.text(), true))
            .fold(0.0, f64::max);
        let margin = if named { names.min(most) + 12.0 } else { 18.0 };
        // The last period's name is centred under the end of the axis.
        let right = room.width() - margin.max(18.0);
        let steps = Steps {
            from: left,
            to: right,
            count: self.periods.len(),
            slots: false,
        };
        Frame {
            room,
            steps,
            y,
            left,
            right,
            top,
            bottom,
        }
    }

    /// Draws it.
    pub fn draw(&self, room: Room, vast: bool, caption: Caption) -> String {
        let height = match room {
            Room::Wide(width) if width >= 700.0 => 350.0,
            Room::Wide(_) => 290.0,
            Room::Narrow => 270.0,
        };
        let frame = self.frame(room, height);
        let mut canvas = Canvas::new(room.width(), height);
        canvas.y_axis(room, &frame.y, frame.left, frame.right);
        let lang = self.writer.lang;
        period_axis(
            &mut canvas,
            room,
            lang,
            &self.periods,
            frame.steps,
            frame.bottom + 20.0,
        );
        if let [line] = self.lines.as_slice() {
            self.absences(&mut canvas, &frame, line);
        }
        for place in &self.breaks {
            // Between the last period counted in one way and the first in the other.
            let x = frame.x(*place) - frame.steps.step() / 2.0;
            let x = x.max(frame.left);
            canvas.line("rupture", &[(x, frame.top), (x, frame.bottom)]);
        }
        if let Some(level) = &self.level {
            let y = frame.y.at(level.value);
            canvas.line("objectif-ligne", &[(frame.left, y), (frame.right, y)]);
        }
        if let Some(ghost) = &self.ghost {
            stroke(&mut canvas, &frame, "ln fantome", &ghost.spots, self.joined);
        }
        for (rank, line) in self.lines.iter().enumerate() {
            self.line(&mut canvas, &frame, rank, line);
        }
        self.goals(&mut canvas, &frame);
        self.labels(&mut canvas, &frame);
        canvas.finish(room, vast, caption)
    }

    fn line(&self, canvas: &mut Canvas, frame: &Frame, rank: usize, line: &Line) {
        let category = rank % 8 + 1;
        let class = if self.several() {
            format!("ln cat k{category}")
        } else {
            "ln donnee".to_owned()
        };
        stroke(canvas, frame, &class, &line.spots, self.joined);
        let crowded = frame.steps.step() < 7.0;
        for (place, spot) in line.spots.iter().enumerate() {
            let Some(value) = spot.value() else { continue };
            let point = (frame.x(place), frame.y.at(value));
            let hover = Some(spot.hover.clone());
            match (self.several(), spot.provisional) {
                (true, _) => marker(
                    canvas,
                    category,
                    hover,
                    point,
                    if crowded { 4.0 } else { 8.0 },
                ),
                (false, true) => canvas.circle("pt creux", hover, point, 3.5),
                (false, false) => {
                    canvas.circle("pt", hover, point, if crowded { 2.0 } else { 3.5 });
                }
            }
        }
    }

    /// Bands where the line is interrupted, saying why.
    fn absences(&self, canvas: &mut Canvas, frame: &Frame, line: &Line) {
        let half = if frame.steps.count > 1 {
            frame.steps.step() * 0.45
        } else {
            20.0
        };
        for (state, run) in runs(&line.spots) {
            let (first, last) = (*run.start(), *run.end());
            let left = (frame.x(first) - half).max(frame.left);
            let right = (frame.x(last) + half).min(frame.right);
            let class = match state {
                CellState::Missing => "manque",
                CellState::Secret => "bord-s",
                CellState::NotApplicable | CellState::Value => continue,
            };
            canvas.rect(class, None, (left, frame.top), (right, frame.bottom));
            let sign = absence(self.writer.lang, state);
            let middle = f64::midpoint(left, right);
            let size = frame.room.small();
            if width(sign, size, true) <= right - left + 4.0 {
                let place = (middle, frame.bottom - 8.0);
                canvas.text("etiq petit halo", place, Anchor::Middle, size, sign);
            }
        }
    }

    fn goals(&self, canvas: &mut Canvas, frame: &Frame) {
        let points: Vec<Point> = self
            .goals
            .iter()
            .map(|goal| (frame.x(goal.place), frame.y.at(goal.value)))
            .collect();
        if points.len() > 1 {
            canvas.line("objectif-ligne", &points);
        }
        for (goal, (x, y)) in self.goals.iter().zip(&points) {
            let diamond = [(*x, y - 5.0), (x + 5.0, *y), (*x, y + 5.0), (x - 5.0, *y)];
            canvas.polygon("cible", Some(goal.hover.clone()), &diamond);
            canvas.keep_off((x - 6.0, y - 6.0), (x + 6.0, y + 6.0));
        }
    }

    /// Names at the ends of lines, then the label of what was voted where there is room.
    fn labels(&self, canvas: &mut Canvas, frame: &Frame) {
        let size = frame.room.text();
        for line in self.lines.iter().chain(&self.ghost) {
            keep_off_line(canvas, frame, &line.spots);
        }
        if self.several() || self.ghost.is_some() {
            self.end_labels(canvas, frame);
        } else if let Some((place, value)) = self.lines.first().and_then(last_value) {
            let point = (frame.x(place), frame.y.at(value));
            let text = self.writer.label(value);
            around(canvas, "t-donnee halo", point, size, &text);
        }
        let small = frame.room.small();
        if let Some(level) = &self.level {
            let y = frame.y.at(level.value);
            let label = fit(&level.label, small, frame.right - frame.left - 8.0);
            let mut places = Vec::new();
            for dy in [-7.0, 16.0] {
                places.push(((frame.left + 4.0, y + dy), Anchor::Start));
                places.push((
                    (f64::midpoint(frame.left, frame.right), y + dy),
                    Anchor::Middle,
                ));
                places.push(((frame.right, y + dy), Anchor::End));
            }
            force(canvas, "t-objectif petit halo", &places, small, &label);
        }
        if let Some(goal) = self.goals.last() {
            let (x, y) = (frame.x(goal.place), frame.y.at(goal.value));
            let places = [
                ((x + 8.0, y - 11.0), Anchor::Middle),
                ((frame.room.width() - 2.0, y - 11.0), Anchor::End),
                ((x + 6.0, y - 11.0), Anchor::End),
                ((frame.room.width() - 2.0, y + 20.0), Anchor::End),
                ((x - 10.0, y + 4.5), Anchor::End),
            ];
            force(canvas, "t-objectif halo", &places, size, &self.goal_label);
        }
    }

    fn end_labels(&self, canvas: &mut Canvas, frame: &Frame) {
        let size = frame.room.text();
        let room = frame.room.width() - frame.right - 10.0;
        let last_place = self.periods.len().saturating_sub(1);
        let mut early: Vec<(&Line, &str, Point)> = Vec::new();
        let mut lines: Vec<(&Line, &str, f64)> = Vec::new();
        for (line, class) in self
            .lines
            .iter()
            .map(|line| (line, if self.several() { "t-cat" } else { "t-donnee" }))
            .chain(self.ghost.iter().map(|line| (line, "t-fantome")))
        {
            let Some((place, value)) = last_value(line) else {
                continue;
            };
            let y = frame.y.at(value);
            if place < last_place && !self.several() {
                early.push((line, class, (frame.x(place), y)));
            } else {
                lines.push((line, class, y + 4.5));
            }
        }
        let mut heights: Vec<f64> = lines.iter().map(|(_, _, height)| *height).collect();
        spread(&mut heights, size + 1.5, frame.top, frame.bottom + 4.0);
        for ((line, class, _), height) in lines.iter().zip(heights) {
            let label = fit(&line.label, size * 1.06, room);
            canvas.text(
                class,
                (frame.right + 10.0, height),
                Anchor::Start,
                size,
                &label,
            );
        }
        // A line that ends before the axis is named where it ends.
        for (line, class, point) in early {
            around(canvas, &format!("{class} halo"), point, size, &line.label);
        }
    }
}

/// The line through the values; absences interrupt it, provisional ends are dashed.
fn stroke(canvas: &mut Canvas, frame: &Frame, class: &str, spots: &[Spot], joined: bool) {
    let mut piece: Vec<Point> = Vec::new();
    let mut last: Option<Point> = None;
    for (place, spot) in spots.iter().enumerate() {
        let point = spot
            .value()
            .map(|value| (frame.x(place), frame.y.at(value)));
        match (point, spot.provisional) {
            (Some(point), false) => piece.push(point),
            (Some(point), true) => {
                if let Some(before) = last.filter(|_| joined) {
                    canvas.line(&format!("{class} provisoire"), &[before, point]);
                }
                flush(canvas, class, &mut piece);
            }
            (None, _) => flush(canvas, class, &mut piece),
        }
        last = point;
    }
    flush(canvas, class, &mut piece);
}

fn flush(canvas: &mut Canvas, class: &str, piece: &mut Vec<Point>) {
    if piece.len() > 1 {
        canvas.line(class, piece);
    }
    piece.clear();
}

fn last_value(line: &Line) -> Option<(usize, f64)> {
    line.spots
        .iter()
        .enumerate()
        .rev()
        .find_map(|(place, spot)| Some((place, spot.value()?)))
}

/// Runs of absences of the same kind; those to come are not told.
fn runs(spots: &[Spot]) -> Vec<(CellState, std::ops::RangeInclusive<usize>)> {
    let mut runs: Vec<(CellState, std::ops::RangeInclusive<usize>)> = Vec::new();
    for (place, spot) in spots.iter().enumerate() {
        if spot.future || matches!(spot.cell, Cell::Value(_)) {
            continue;
        }
        let state = spot.cell.state();
        match runs.last_mut() {
            Some((known, run)) if *known == state && *run.end() + 1 == place => {
                *run = *run.start()..=place;
            }
            _ => runs.push((state, place..=place)),
        }
    }
    runs
}

/// Keeps labels off a line.
fn keep_off_line(canvas: &mut Canvas, frame: &Frame, spots: &[Spot]) {
    let mut last: Option<Point> = None;
    for (place, spot) in spots.iter().enumerate() {
        let point = spot
            .value()
            .map(|value| (frame.x(place), frame.y.at(value)));
        if let Some((x, y)) = point {
            canvas.keep_off((x - 4.0, y - 4.0), (x + 4.0, y + 4.0));
            if let Some((from_x, from_y)) = last {
                for part in 1..6 {
                    let share = f64::from(part) / 6.0;
                    let (x, y) = (from_x + (x - from_x) * share, from_y + (y - from_y) * share);
                    canvas.keep_off((x - 2.0, y - 2.0), (x + 2.0, y + 2.0));
                }
            }
        }
        last = point;
    }
}

/// Writes a text by a point, wherever there is room.
fn around(canvas: &mut Canvas, class: &str, (x, y): Point, size: f64, text: &str) {
    let places = [
        ((x, y - 11.0), Anchor::Middle),
        ((x + 4.0, y - 11.0), Anchor::End),
        ((x, y + size + 8.0), Anchor::Middle),
        ((x + 4.0, y + size + 8.0), Anchor::End),
        ((x - 10.0, y + 4.5), Anchor::End),
        ((x + 10.0, y + 4.5), Anchor::Start),
        ((x + 4.0, y - 26.0), Anchor::End),
    ];
    force(canvas, class, &places, size, text);
}

/// Writes a text at the first free place; where there is none, at that on the sheet which touches
/// least, so that no text leaves its figure.
fn force(canvas: &mut Canvas, class: &str, places: &[(Point, Anchor)], size: f64, text: &str) {
    let touched = |(point, anchor): &&(Point, Anchor)| {
        canvas
            .touched(*point, *anchor, size, text)
            .unwrap_or(usize::MAX)
    };
    if let Some((point, anchor)) = places.iter().min_by_key(touched).copied() {
        canvas.text(class, point, anchor, size, text);
    }
}
