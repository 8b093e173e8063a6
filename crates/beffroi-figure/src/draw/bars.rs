//! Bars, one per member, sorted, each with last year's mark.

use super::canvas::{Anchor, Canvas};
use super::scale::{Domain, Scale};
use super::text::{fit, width};
use super::{Caption, Level, Room, Spot};
use crate::writer::Writer;
use beffroi_model::Cell;
use beffroi_text::absence;

/// The drawing.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    /// From the top to the bottom.
    pub bars: Vec<Bar>,
    /// What the mark on each bar is (`2024`).
    pub before_label: String,
    /// What was voted.
    pub level: Option<Level>,
    /// How values are written.
    pub writer: Writer,
}

/// One bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// The member.
    pub label: String,
    /// Its value.
    pub spot: Spot,
    /// Its value a year earlier.
    pub before: Option<f64>,
    /// Whether the title speaks of it.
    pub strong: bool,
}

impl Bars {
    /// Draws it.
    pub fn draw(&self, room: Room, vast: bool, caption: Caption) -> String {
        let marked =
            !self.before_label.is_empty() && self.bars.iter().any(|bar| bar.before.is_some());
        let head = if marked || self.level.is_some() {
            20.0
        } else {
            4.0
        };
        let (pitch, thick) = match (room.is_narrow(), self.bars.len()) {
            (true, _) => (44.0, 15.0),
            (false, ..=10) => (33.0, 17.0),
            (false, _) => (27.0, 15.0),
        };
        #[allow(clippy::cast_precision_loss)]
        let height = head + pitch * self.bars.len().max(1) as f64 + 4.0;
        let size = room.text();
        let names = self
            .bars
            .iter()
            .map(|bar| width(&bar.label, size, true))
            .fold(0.0, f64::max);
        let name_room = names.min(room.width() * 0.36);
        let left = if room.is_narrow() {
            0.0
        } else {
            (name_room + 12.0).round()
        };
        let mut canvas = Canvas::new(room.width(), height);
        let x = self.scale(left, room, size);
        for (rank, bar) in self.bars.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            let top = head + pitch * rank as f64;
            let from = if room.is_narrow() {
                top + 22.0
            } else {
                top + (pitch - thick) / 2.0
            };
            let name = if room.is_narrow() {
                (0.0, from - 7.0)
            } else {
                (0.0, from + thick / 2.0 + 5.0)
            };
            let room_left = if room.is_narrow() {
                room.width()
            } else {
                name_room + 4.0
            };
            let label = fit(&bar.label, size, room_left);
            canvas.text("", name, Anchor::Start, size, &label);
            self.bar(&mut canvas, room, &x, bar, from, from + thick);
        }
        let negative = self
            .bars
            .iter()
            .any(|bar| bar.spot.value().is_some_and(|v| v < 0.0));
        if !room.is_narrow() || negative {
            // In the narrow drawing names stand over the bars, where the axis would cross them.
            canvas.line("axe", &[(x.at(0.0), head - 2.0), (x.at(0.0), height - 2.0)]);
        }
        if marked {
            self.name_marks(&mut canvas, room, &x);
        }
        if let Some(level) = &self.level {
            let at = x.at(level.value);
            canvas.line("objectif-ligne", &[(at, 16.0), (at, height - 2.0)]);
            let places = [
                ((at, 12.0), Anchor::Middle),
                ((at, 12.0), Anchor::End),
                ((at, 12.0), Anchor::Start),
                ((room.width(), 12.0), Anchor::End),
            ];
            canvas.place("t-objectif petit", &places, room.small(), &level.label);
        }
        canvas.finish(room, vast, caption)
    }

    /// A scale that leaves room for the figure at the end of the longest bar.
    fn scale(&self, left: f64, room: Room, size: f64) -> Scale {
        let values = self
            .bars
            .iter()
            .flat_map(|bar| [bar.spot.value(), bar.before])
            .flatten();
        let values: Vec<f64> = values
            .chain(self.level.iter().map(|level| level.value))
            .collect();
        let low = values.iter().copied().fold(0.0, f64::min);
        let high = values.iter().copied().fold(0.0, f64::max);
        let figures = self.bars.iter().filter_map(|bar| bar.spot.value());
        let figures = figures
            .map(|value| width(&self.writer.label(value), size, true))
            .fold(0.0, f64::max);
        let domain = Domain {
            low: low.max(-1e300),
            high: if high > low {
                high.min(1e300)
            } else {
                low + 1.0
            },
            ticks: Vec::new(),
        };
        let right = (room.width() - figures - 10.0).max(left + 40.0);
        // Figures of bars to the left of zero stand at their left end.
        let left = if low < 0.0 {
            left + figures + 10.0
        } else {
            left
        };
        Scale::new(&domain, left, right.max(left + 20.0), |_| String::new())
    }

    fn bar(&self, canvas: &mut Canvas, room: Room, x: &Scale, bar: &Bar, top: f64, bottom: f64) {
        let zero = x.at(0.0);
        let baseline = f64::midpoint(top, bottom) + 5.0;
        let size = room.text();
        let hover = Some(bar.spot.hover.clone());
        match bar.spot.cell {
            Cell::Value(value) => {
                let class = match (bar.strong, bar.spot.provisional) {
                    (true, false) => "br",
                    _ => "br doux",
                };
                let end = x.at(value);
                canvas.rect(class, hover, (zero, top), (end, bottom));
                let mark = bar.before.map(|before| x.at(before));
                if let Some(mark) = mark {
                    canvas.line("n1", &[(mark, top - 3.0), (mark, bottom + 3.0)]);
                }
                let label = self.writer.label(value);
                if end < zero {
                    let end = mark.map_or(end, |mark| {
                        if mark < end && end - mark < 60.0 {
                            mark
                        } else {
                            end
                        }
                    });
                    canvas.text("etiq", (end - 8.0, baseline), Anchor::End, size, &label);
                } else {
                    let wide = width(&label, size, true) + 12.0;
                    let end = mark.map_or(end, |mark| {
                        if mark > end && mark < end + wide {
                            mark
                        } else {
                            end
                        }
                    });
                    canvas.text("etiq", (end + 8.0, baseline), Anchor::Start, size, &label);
                }
            }
            absent => {
                let class = match absent {
                    Cell::Secret => Some("bord-s"),
                    Cell::Missing => Some("manque"),
                    _ => None,
                };
                let mut end = zero;
                if let Some(class) = class {
                    end = zero + if room.is_narrow() { 50.0 } else { 63.0 };
                    canvas.rect(class, hover, (zero + 1.0, top), (end, bottom));
                }
                let sign = absence(self.writer.lang, absent.state());
                canvas.text("doux", (end + 8.0, baseline), Anchor::Start, size, sign);
            }
        }
    }

    /// Says once, over the first mark, what marks are.
    fn name_marks(&self, canvas: &mut Canvas, room: Room, x: &Scale) {
        let Some(before) = self.bars.first().and_then(|bar| bar.before) else {
            let label = format!("▏ {}", self.before_label);
            canvas.text(
                "doux petit",
                (room.width(), 12.0),
                Anchor::End,
                room.small(),
                &label,
            );
            return;
        };
        let at = x.at(before);
        let label = format!("{} ▏", self.before_label);
        let places = [
            ((at + 3.0, 12.0), Anchor::End),
            ((at, 12.0), Anchor::Middle),
            ((at, 12.0), Anchor::Start),
        ];
        canvas.place("doux petit", &places, room.small(), &label);
    }
}
