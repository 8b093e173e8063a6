//! Districts shaded, each with its name and its value written in it.

use super::canvas::{Anchor, Canvas};
use super::geometry::{Point, bounds, clipped, level_room, pole, surface};
use super::text::width;
use super::{Caption, Room, Spot};
use crate::writer::Writer;
use beffroi_model::Cell;
use beffroi_text::absence;

/// The drawing.
#[derive(Debug, Clone)]
pub(crate) struct AreaMap<'a> {
    /// The districts.
    pub areas: Vec<Area<'a>>,
    /// Lines for orientation, in degrees.
    pub lines: &'a [Vec<(f64, f64)>],
    /// How values are written.
    pub writer: Writer,
}

/// One district.
#[derive(Debug, Clone)]
pub(crate) struct Area<'a> {
    /// Its name.
    pub label: String,
    /// Its value.
    pub spot: Spot,
    /// Whether it is among those chosen: the others are only drawn and named.
    pub chosen: bool,
    /// Its shade, 0 to 5.
    pub shade: Option<u8>,
    /// Its polygons, each a list of rings of (longitude, latitude) in degrees.
    pub shape: &'a [Vec<Vec<(f64, f64)>>],
}

/// From degrees to units: a plane tangent to the middle of the town, north upwards.
struct Projection {
    west: f64,
    north: f64,
    squeeze: f64,
    zoom: f64,
    offset: Point,
}

impl Projection {
    fn point(&self, (longitude, latitude): (f64, f64)) -> Point {
        (
            (longitude - self.west) * self.squeeze * self.zoom + self.offset.0,
            (self.north - latitude) * self.zoom + self.offset.1,
        )
    }
}

impl AreaMap<'_> {
    const WIDTH: f64 = 700.0;
    const MARGIN: f64 = 8.0;

    /// The projection and the height of the drawing.
    fn projection(&self) -> (Projection, f64) {
        let points = self
            .areas
            .iter()
            .flat_map(|area| area.shape)
            .flatten()
            .flatten();
        let [west, south, east, north] = bounds(points).unwrap_or([0.0, 0.0, 1.0, 1.0]);
        let squeeze = f64::midpoint(south, north)
            .to_radians()
            .cos()
            .abs()
            .max(0.05);
        let (wide, high) = ((east - west) * squeeze, north - south);
        let room = Self::WIDTH - 2.0 * Self::MARGIN;
        let zoom = (room / wide.max(1e-9)).min(540.0 / high.max(1e-9));
        let offset = (Self::MARGIN + (room - wide * zoom) / 2.0, Self::MARGIN);
        let height = (high * zoom + 2.0 * Self::MARGIN)
            .clamp(120.0, 560.0)
            .round();
        (
            Projection {
                west,
                north,
                squeeze,
                zoom,
                offset,
            },
            height,
        )
    }

    /// Draws it. The narrow drawing keeps the same units, with larger figures and without names.
    pub fn draw(&self, room: Room, vast: bool, caption: Caption) -> String {
        let (projection, height) = self.projection();
        let mut canvas = Canvas::new(Self::WIDTH, height);
        let mut polygons: Vec<(usize, Vec<Vec<Point>>)> = Vec::new();
        for (place, area) in self.areas.iter().enumerate() {
            for polygon in area.shape {
                let rings: Vec<Vec<Point>> = polygon
                    .iter()
                    .map(|ring| ring.iter().map(|point| projection.point(*point)).collect())
                    .collect();
                polygons.push((place, rings));
            }
        }
        // The largest first: a district that lies in the hole of another is drawn over it.
        let size = |rings: &Vec<Vec<Point>>| rings.first().map_or(0.0, |ring| surface(ring));
        polygons.sort_by(|(_, a), (_, b)| size(b).total_cmp(&size(a)));
        for (place, rings) in &polygons {
            self.zone(&mut canvas, &self.areas[*place], rings);
        }
        // Outlines of what is masked, over the borders of neighbours.
        for (place, rings) in &polygons {
            if let (Cell::Secret, Some(outer)) = (self.areas[*place].spot.cell, rings.first()) {
                canvas.polygon("bord-s", None, outer);
            }
        }
        for line in self.lines {
            let points: Vec<Point> = line.iter().map(|point| projection.point(*point)).collect();
            for piece in clipped(&points, [0.0, 0.0, Self::WIDTH, height]) {
                canvas.thick("riviere", 6.0, &piece);
            }
        }
        let mut named = vec![false; self.areas.len()];
        for (place, rings) in &polygons {
            if !std::mem::replace(&mut named[*place], true) {
                label(&mut canvas, room, &self.writer, &self.areas[*place], rings);
            }
        }
        canvas.finish(room, vast, caption)
    }

    fn zone(&self, canvas: &mut Canvas, area: &Area, rings: &[Vec<Point>]) {
        let Some(outer) = rings.first() else { return };
        let class = match (area.spot.cell, area.shade) {
            (Cell::Value(_), Some(shade)) => format!("zone q{}", shade.min(5) + 1),
            (Cell::Missing, _) => "zone manque".to_owned(),
            _ => "zone piste".to_owned(),
        };
        canvas.polygon(&class, Some(area.spot.hover.clone()), outer);
    }
}

/// The name and the value of a district, where it is widest.
fn label(canvas: &mut Canvas, room: Room, writer: &Writer, area: &Area, rings: &[Vec<Point>]) {
    let Some((x, y)) = pole(rings) else { return };
    let dark = area.shade.is_some_and(|shade| shade >= 4);
    let tone = match (area.spot.cell, dark) {
        (Cell::Value(_), true) => "sur-fonce",
        (Cell::Value(_), false) => "sur-clair",
        _ => "doux",
    };
    let value = match area.spot.cell {
        Cell::Value(value) if room.is_narrow() => writer.rounded(value),
        Cell::Value(value) => writer.label(value),
        absent => absence(writer.lang, absent.state()).to_owned(),
    };
    if room.is_narrow() {
        if !area.chosen {
            return;
        }
        canvas.text(
            &format!("{tone} z-gros"),
            (x, y + 9.0),
            Anchor::Middle,
            25.0,
            &value,
        );
        return;
    }
    let lines = name_lines(&area.label, level_room(rings, (x, y - 6.0)));
    #[allow(clippy::cast_precision_loss)]
    let block = 15.0 * lines.len() as f64 + 17.0;
    let mut baseline = y - block / 2.0 + 12.0;
    for (line, size) in &lines {
        let small = if *size < 14.0 { " petit" } else { "" };
        canvas.text(
            &format!("{tone}{small}"),
            (x, baseline),
            Anchor::Middle,
            *size,
            line,
        );
        baseline += 15.0;
    }
    if !area.chosen {
        return;
    }
    canvas.text(
        &format!("{tone} z-val"),
        (x, baseline + 3.0),
        Anchor::Middle,
        16.0,
        &value,
    );
}

/// A name on one line, on two, or not at all, with its size.
fn name_lines(name: &str, room: f64) -> Vec<(String, f64)> {
    // Labels may come close to borders: what is read is the middle of the district.
    let room = room * 0.98;
    for size in [14.0, 12.5] {
        if width(name, size, false) <= room {
            return vec![(name.to_owned(), size)];
        }
    }
    let middle = name.len() / 2;
    let cut = name
        .char_indices()
        .filter(|(_, c)| *c == ' ' || *c == '-')
        .min_by_key(|(at, _)| at.abs_diff(middle));
    if let Some((at, c)) = cut {
        let (first, second) = name.split_at(at + c.len_utf8());
        let lines = [first.trim_end(), second];
        if lines.iter().all(|line| width(line, 12.5, false) <= room) {
            return lines
                .iter()
                .map(|line| ((*line).to_owned(), 12.5))
                .collect();
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_take_two_lines_or_none_when_there_is_no_room() {
        let lines = |name, room| -> Vec<String> {
            name_lines(name, room)
                .into_iter()
                .map(|(line, _)| line)
                .collect()
        };
        assert_eq!(lines("Pré-aux-Moines", 120.0), ["Pré-aux-Moines"]);
        assert_eq!(lines("Pré-aux-Moines", 70.0), ["Pré-aux-", "Moines"]);
        assert_eq!(lines("Pré-aux-Moines", 20.0), Vec::<String>::new());
    }
}
