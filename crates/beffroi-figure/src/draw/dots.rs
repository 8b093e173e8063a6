//! One dot per member on one scale, with the median: towns compared.

use super::canvas::{Anchor, Canvas};
use super::scale::{Domain, Scale};
use super::text::{fit, width};
use super::{Caption, Room, Spot, value_scale};
use crate::writer::Writer;
use beffroi_model::Cell;
use beffroi_text::absence;

/// The drawing.
#[derive(Debug, Clone)]
pub(crate) struct Dots {
    /// From the top to the bottom.
    pub dots: Vec<Dot>,
    /// The median and its label.
    pub median: Option<(f64, String)>,
    /// How values are written.
    pub writer: Writer,
}

/// One dot.
#[derive(Debug, Clone)]
pub(crate) struct Dot {
    /// The member.
    pub label: String,
    /// Its value.
    pub spot: Spot,
    /// Whether it is the town itself.
    pub own: bool,
}

impl Dots {
    /// Draws it.
    pub fn draw(&self, room: Room, vast: bool, caption: Caption) -> String {
        const PITCH: f64 = 29.0;
        let size = room.text();
        let names = self
            .dots
            .iter()
            .map(|dot| width(&dot.label, size, dot.own))
            .fold(0.0, f64::max);
        let name_room = names.min(room.width() * 0.4);
        let left = (name_room + 14.0).round();
        let figures = self.dots.iter().filter_map(|dot| dot.spot.value());
        let figures = figures
            .map(|value| width(&self.writer.label(value), size, true))
            .fold(0.0, f64::max);
        let right = (room.width() - figures - 14.0).max(left + 40.0);
        #[allow(clippy::cast_precision_loss)]
        let bottom = 24.0 + PITCH * self.dots.len().max(1) as f64;
        let values = self.dots.iter().filter_map(|dot| dot.spot.value());
        let x = value_scale(&Domain::of(values, false), left, right, &self.writer);
        let mut canvas = Canvas::new(room.width(), bottom + 22.0);
        self.graduations(&mut canvas, room, &x, bottom);
        for (rank, dot) in self.dots.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            let y = 24.0 + PITCH * (rank as f64 + 0.5);
            let class = if dot.own { "etiq" } else { "" };
            let label = fit(&dot.label, size, name_room + 4.0);
            canvas.text(class, (0.0, y + 5.0), Anchor::Start, size, &label);
            self.dot(&mut canvas, room, &x, dot, y);
        }
        canvas.finish(room, vast, caption)
    }

    fn graduations(&self, canvas: &mut Canvas, room: Room, x: &Scale, bottom: f64) {
        let small = room.small();
        for (value, label) in x.ticks() {
            let at = x.at(*value);
            let class = if *value == x.base() { "axe" } else { "grl" };
            canvas.line(class, &[(at, 24.0), (at, bottom)]);
            // Figures that would touch the one before are left out.
            canvas.place(
                "doux petit",
                &[((at, bottom + 16.0), Anchor::Middle)],
                small,
                label,
            );
        }
        if let Some((value, label)) = &self.median {
            let at = x.at(*value);
            canvas.dashed("rappel", &[(at, 18.0), (at, bottom)]);
            let places = [
                ((at, 12.0), Anchor::Middle),
                ((at + 4.0, 12.0), Anchor::End),
                ((at - 4.0, 12.0), Anchor::Start),
            ];
            canvas.place("petit", &places, small, label);
        }
    }

    fn dot(&self, canvas: &mut Canvas, room: Room, x: &Scale, dot: &Dot, y: f64) {
        let size = room.text();
        match dot.spot.cell {
            Cell::Value(value) => {
                let at = x.at(value);
                canvas.line("grl", &[(x.at(x.base()), y), (at, y)]);
                let (class, radius, text) = match dot.own {
                    true => ("pt", 7.0, "halo t-donnee"),
                    false => ("pt fantome", 5.5, "halo"),
                };
                canvas.circle(class, Some(dot.spot.hover.clone()), (at, y), radius);
                let label = self.writer.label(value);
                canvas.text(text, (at + 11.0, y + 5.0), Anchor::Start, size, &label);
            }
            absent => {
                let sign = absence(self.writer.lang, absent.state());
                let at = (x.at(x.base()) + 8.0, y + 5.0);
                canvas.text("doux", at, Anchor::Start, size, sign);
            }
        }
    }
}
