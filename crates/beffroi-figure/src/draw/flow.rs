//! Money on its way: where it comes from, the whole, where it goes. Thickness is proportion.

use super::canvas::{Anchor, Canvas, Point};
use super::text::{fit, width};
use super::{Caption, Room, both};
use crate::figure::{Plot, Strand};

/// Between two strands of a side.
const GAP: f64 = 9.0;
/// Least room of a strand for its words.
const LINE: f64 = 19.0;
/// Where the strands and the whole stand in the wide drawing.
const WIDE: f64 = 740.0;
const EDGES: [f64; 4] = [280.0, 374.0, 410.0, 504.0];
/// Steps of a bent edge.
const STEPS: u32 = 24;

/// Both drawings.
pub(crate) fn draw(
    from: (&str, &[Strand]),
    to: (&str, &[Strand]),
    whole: &str,
    caption: Caption,
) -> Plot {
    both(WIDE, |room, vast| match room {
        Room::Wide(_) => wide(from, to, whole, vast, caption),
        Room::Narrow => narrow(from, to, caption),
    })
}

fn total(strands: &[Strand]) -> f64 {
    strands.iter().map(|strand| strand.weight.max(0.0)).sum()
}

/// Units of height for one of weight, and the height of the whole.
fn proportion(from: &[Strand], to: &[Strand]) -> (f64, f64) {
    let most = from.len().max(to.len()).max(1);
    #[allow(clippy::cast_precision_loss)]
    let high = (most as f64 * 40.0).clamp(240.0, 560.0);
    let largest = total(from).max(total(to));
    (if largest > 0.0 { high / largest } else { 0.0 }, high)
}

fn wide(
    from: (&str, &[Strand]),
    to: (&str, &[Strand]),
    whole: &str,
    vast: bool,
    caption: Caption,
) -> String {
    let (unit, high) = proportion(from.1, to.1);
    let extent = |strands: &[Strand]| -> f64 {
        let own = strands
            .iter()
            .map(|strand| (strand.weight * unit).max(LINE));
        #[allow(clippy::cast_precision_loss)]
        let gaps = GAP * strands.len().saturating_sub(1) as f64;
        own.sum::<f64>() + gaps
    };
    let head = 30.0;
    let inner = high.max(extent(from.1)).max(extent(to.1));
    let mut canvas = Canvas::new(WIDE, head + inner + 6.0);
    let room = Room::Wide(WIDE);
    let title = |canvas: &mut Canvas, x: f64, anchor: Anchor, text: &str| {
        canvas.text("etiq", (x, 14.0), anchor, room.text(), text);
    };
    title(&mut canvas, EDGES[0] - 10.0, Anchor::End, from.0);
    title(&mut canvas, EDGES[3] + 10.0, Anchor::Start, to.0);
    for (side, strands) in [from.1, to.1].into_iter().enumerate() {
        let (outer, inside) = if side == 0 {
            (EDGES[0], EDGES[1])
        } else {
            (EDGES[3], EDGES[2])
        };
        let mut outer_top = head + (inner - extent(strands)) / 2.0;
        let mut inner_top = head + (inner - total(strands) * unit) / 2.0;
        for (rank, strand) in strands.iter().enumerate() {
            let thick = strand.weight * unit;
            let slot = thick.max(LINE);
            let top = outer_top + (slot - thick) / 2.0;
            // The largest are darker: the eye finds them first.
            let class = match rank {
                0 => "zone q4",
                1 | 2 => "zone q3",
                _ => "zone q2",
            };
            let hover = format!("{} : {}", strand.label, strand.text);
            let points = ribbon((outer, top), (inside, inner_top), thick);
            canvas.polygon(class, Some(hover), &points);
            label(
                &mut canvas,
                side == 0,
                outer,
                outer_top + slot / 2.0,
                strand,
            );
            outer_top += slot + GAP;
            inner_top += thick;
        }
    }
    let center = inner.min(high);
    let top = head + (inner - center) / 2.0;
    canvas.rect("zone q6", None, (EDGES[1], top), (EDGES[2], top + center));
    let middle = f64::midpoint(EDGES[1], EDGES[2]);
    canvas.text(
        "etiq",
        (middle, top - 8.0),
        Anchor::Middle,
        room.text(),
        whole,
    );
    canvas.finish(room, vast, caption)
}

/// The name and the amount beside a strand.
fn label(canvas: &mut Canvas, left: bool, edge: f64, middle: f64, strand: &Strand) {
    let size = Room::Wide(WIDE).text();
    let amount = width(&strand.text, size, true);
    let baseline = middle + 5.0;
    let room = if left { EDGES[0] } else { WIDE - EDGES[3] } - 10.0 - amount - 8.0;
    let name = fit(&strand.label, size, room);
    if left {
        let right = edge - 10.0;
        canvas.text("etiq", (right, baseline), Anchor::End, size, &strand.text);
        canvas.text(
            "",
            (right - amount - 8.0, baseline),
            Anchor::End,
            size,
            &name,
        );
    } else {
        let from = edge + 10.0;
        canvas.text("etiq", (from, baseline), Anchor::Start, size, &strand.text);
        canvas.text(
            "",
            (from + amount + 8.0, baseline),
            Anchor::Start,
            size,
            &name,
        );
    }
}

/// A band that bends from one height to another.
fn ribbon(from: Point, to: Point, thick: f64) -> Vec<Point> {
    let edge = |below: f64| {
        (0..=STEPS).map(move |step| {
            let along = f64::from(step) / f64::from(STEPS);
            let bent = along * along * (3.0 - 2.0 * along);
            (
                from.0 + (to.0 - from.0) * along,
                from.1 + (to.1 - from.1) * bent + below,
            )
        })
    };
    let back: Vec<Point> = edge(thick).collect();
    edge(0.0).chain(back.into_iter().rev()).collect()
}

/// One bar under another, each under its name.
fn narrow(from: (&str, &[Strand]), to: (&str, &[Strand]), caption: Caption) -> String {
    let room = Room::Narrow;
    let size = room.text();
    let (head, pitch) = (30.0, 42.0);
    #[allow(clippy::cast_precision_loss)]
    let high = |strands: &[Strand]| head + pitch * strands.len() as f64;
    let mut canvas = Canvas::new(room.width(), high(from.1) + high(to.1) + 6.0);
    let largest = from.1.iter().chain(to.1).map(|strand| strand.weight);
    let largest = largest.fold(0.0, f64::max);
    let mut top = 0.0;
    for (title, strands) in [from, to] {
        canvas.text("etiq", (0.0, top + 16.0), Anchor::Start, size, title);
        top += head;
        for (rank, strand) in strands.iter().enumerate() {
            let amount = width(&strand.text, size, true);
            let name = fit(&strand.label, size, room.width() - amount - 12.0);
            canvas.text("", (0.0, top + 12.0), Anchor::Start, size, &name);
            let right = (room.width(), top + 12.0);
            canvas.text("etiq", right, Anchor::End, size, &strand.text);
            let long = if largest > 0.0 {
                strand.weight / largest * room.width()
            } else {
                0.0
            };
            let class = if rank == 0 { "br" } else { "br doux" };
            canvas.rect(class, None, (0.0, top + 18.0), (long.max(1.0), top + 30.0));
            top += pitch;
        }
    }
    canvas.finish(room, false, caption)
}
