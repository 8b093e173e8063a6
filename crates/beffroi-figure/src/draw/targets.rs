//! A bar and the mark of what was voted, one row per indicator.

use super::canvas::{Anchor, Canvas};
use super::scale::{Domain, Scale};
use super::text::{fit, width};
use super::{Caption, Level, Room, Spot};
use beffroi_model::Cell;
use beffroi_text::{Lang, absence};

/// The drawing.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    /// From the top to the bottom.
    pub rows: Vec<TargetRow>,
    /// The language of absence signs.
    pub lang: Lang,
}

/// One row, on its own scale: units differ.
#[derive(Debug, Clone)]
pub(crate) struct TargetRow {
    /// The indicator.
    pub label: String,
    /// Its value.
    pub spot: Spot,
    /// The value in words.
    pub value: String,
    /// What was voted.
    pub target: Option<Level>,
}

/// The scale of one value and its target: the larger of both takes most of the room.
pub(super) fn scale(value: Option<f64>, target: Option<f64>, room: f64) -> Scale {
    let high = value
        .into_iter()
        .chain(target)
        .filter(|v| v.is_finite())
        .fold(0.0, f64::max);
    let high = if high > 0.0 {
        (high * 1.14).min(1e300)
    } else {
        1.0
    };
    let domain = Domain {
        low: 0.0,
        high,
        ticks: Vec::new(),
    };
    Scale::new(&domain, 0.0, room, |_| String::new())
}

impl Targets {
    /// Draws it.
    pub fn draw(&self, room: Room, vast: bool, caption: Caption) -> String {
        const PITCH: f64 = 62.0;
        let (size, wide) = (room.text(), room.width());
        #[allow(clippy::cast_precision_loss)]
        let mut canvas = Canvas::new(wide, PITCH * self.rows.len().max(1) as f64);
        for (rank, row) in self.rows.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)]
            let top = PITCH * rank as f64;
            let value = match row.spot.cell {
                Cell::Value(_) => row.value.as_str(),
                absent => absence(self.lang, absent.state()),
            };
            let room_left = wide - width(value, size, true) - 12.0;
            canvas.text(
                "etiq",
                (0.0, top + 14.0),
                Anchor::Start,
                size,
                &fit(&row.label, size * 1.06, room_left),
            );
            canvas.text("", (wide, top + 14.0), Anchor::End, size, value);
            self.bar(&mut canvas, room, row, top);
        }
        canvas.finish(room, vast, caption)
    }

    fn bar(&self, canvas: &mut Canvas, room: Room, row: &TargetRow, top: f64) {
        let (from, to) = (top + 22.0, top + 33.0);
        let wide = room.width();
        let target = row.target.as_ref().map(|target| target.value);
        let x = scale(row.spot.value(), target, wide);
        canvas.rect("piste", None, (0.0, from), (wide, to));
        match row.spot.cell {
            Cell::Value(value) => {
                let class = if row.spot.provisional {
                    "br doux"
                } else {
                    "br"
                };
                let hover = Some(row.spot.hover.clone());
                canvas.rect(class, hover, (0.0, from), (x.at(value.max(0.0)), to));
            }
            Cell::Secret => canvas.rect("bord-s", None, (1.0, from), (wide - 1.0, to)),
            Cell::Missing => canvas.rect("manque", None, (0.0, from), (wide, to)),
            Cell::NotApplicable => {}
        }
        if let Some(target) = &row.target {
            let at = x.at(target.value.max(0.0));
            canvas.line("cible-l", &[(at, from - 4.0), (at, to + 4.0)]);
            let half = width(&target.label, room.small(), true) / 2.0;
            let middle = at.clamp(half.min(wide / 2.0), (wide - half).max(wide / 2.0));
            let place = (middle, top + 50.0);
            canvas.text(
                "t-objectif petit",
                place,
                Anchor::Middle,
                room.small(),
                &target.label,
            );
        }
    }
}
