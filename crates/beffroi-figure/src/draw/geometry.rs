//! Plane geometry for maps: where a label stands best in a polygon, how much room it has there.

/// A point in units.
pub(super) type Point = (f64, f64);

/// Whether a point lies inside rings (even-odd: inner rings are holes).
pub(super) fn contains(rings: &[Vec<Point>], (x, y): Point) -> bool {
    let mut inside = false;
    for ring in rings {
        for (from, to) in edges(ring) {
            if (from.1 > y) != (to.1 > y) {
                let cross = from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0);
                if x < cross {
                    inside = !inside;
                }
            }
        }
    }
    inside
}

fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    let last = ring.last().copied();
    last.into_iter()
        .chain(ring.iter().copied())
        .zip(ring.iter().copied())
}

/// How far an inner point is from every edge, squared; `None` when that is no more than `least`,
/// which is known after a few edges for most points, or when the point is outside.
fn depth(rings: &[Vec<Point>], point: Point, least: f64) -> Option<f64> {
    let mut nearest = f64::INFINITY;
    for (from, to) in rings.iter().flat_map(|ring| edges(ring)) {
        nearest = nearest.min(distance(point, from, to));
        if nearest <= least {
            return None;
        }
    }
    (nearest.is_finite() && contains(rings, point)).then_some(nearest)
}

/// The distance from a point to a stretch, squared.
fn distance((x, y): Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let share = if length > 0.0 {
        (((x - from.0) * dx + (y - from.1) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (off_x, off_y) = (x - from.0 - share * dx, y - from.1 - share * dy);
    off_x * off_x + off_y * off_y
}

/// Left, top, right, bottom of points; `None` when there are none.
pub(super) fn bounds<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<[f64; 4]> {
    let mut bounds: Option<[f64; 4]> = None;
    for (x, y) in points {
        if !x.is_finite() || !y.is_finite() {
            continue;
        }
        let [left, top, right, bottom] = bounds.get_or_insert([*x, *y, *x, *y]);
        *left = left.min(*x);
        *top = top.min(*y);
        *right = right.max(*x);
        *bottom = bottom.max(*y);
    }
    bounds
}

/// The pole of inaccessibility: the inner point farthest from every edge. Found on a grid that is
/// refined around its best point, which is exact enough for a label.
pub(super) fn pole(rings: &[Vec<Point>]) -> Option<Point> {
    let [left, top, right, bottom] = bounds(rings.first()?)?;
    let mut best = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    let mut best_depth = depth(rings, best, 0.0).unwrap_or(0.0);
    let (mut width, mut height) = (right - left, bottom - top);
    for _ in 0..4 {
        let center = best;
        for row in 0..=12 {
            for column in 0..=12 {
                let point = (
                    center.0 + width * (f64::from(column) / 12.0 - 0.5),
                    center.1 + height * (f64::from(row) / 12.0 - 0.5),
                );
                if let Some(depth) = depth(rings, point, best_depth) {
                    (best, best_depth) = (point, depth);
                }
            }
        }
        width /= 5.0;
        height /= 5.0;
    }
    Some(best)
}

/// How far one can go left and right of a point at its height without leaving the polygon: the
/// smaller of both, twice.
pub(super) fn level_room(rings: &[Vec<Point>], (x, y): Point) -> f64 {
    let (mut left, mut right) = (f64::INFINITY, f64::INFINITY);
    for (from, to) in rings.iter().flat_map(|ring| edges(ring)) {
        if (from.1 > y) != (to.1 > y) {
            let cross = from.0 + (y - from.1) / (to.1 - from.1) * (to.0 - from.0);
            if cross < x {
                left = left.min(x - cross);
            } else {
                right = right.min(cross - x);
            }
        }
    }
    let room = 2.0 * left.min(right);
    if room.is_finite() { room } else { 0.0 }
}

/// The pieces of a line that lie in a rectangle (left, top, right, bottom), by Liang and Barsky's
/// method. Plotters would bring what lies outside to the edge.
pub(super) fn clipped(line: &[Point], [left, top, right, bottom]: [f64; 4]) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut last_end: Option<Point> = None;
    for pair in line.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let (dx, dy) = (to_x - x, to_y - y);
        let (mut from, mut to) = (0.0f64, 1.0f64);
        for (way, room) in [
            (-dx, x - left),
            (dx, right - x),
            (-dy, y - top),
            (dy, bottom - y),
        ] {
            if way == 0.0 {
                if room < 0.0 {
                    from = 2.0;
                }
            } else if way < 0.0 {
                from = from.max(room / way);
            } else {
                to = to.min(room / way);
            }
        }
        if from > to || !from.is_finite() || !to.is_finite() {
            last_end = None;
            continue;
        }
        let start = (x + dx * from, y + dy * from);
        let end = (x + dx * to, y + dy * to);
        match pieces.last_mut() {
            Some(piece) if last_end == Some(start) => piece.push(end),
            _ => pieces.push(vec![start, end]),
        }
        last_end = (to >= 1.0).then_some(end);
    }
    pieces
}

/// The surface of a ring, by the shoelace formula.
pub(super) fn surface(ring: &[Point]) -> f64 {
    edges(ring)
        .map(|(from, to)| from.0 * to.1 - to.0 * from.1)
        .sum::<f64>()
        .abs()
        / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pole_of_an_l_is_in_its_thick_part() {
        let l = vec![vec![
            (0.0, 0.0),
            (40.0, 0.0),
            (40.0, 100.0),
            (200.0, 100.0),
            (200.0, 200.0),
            (0.0, 200.0),
        ]];
        let pole = pole(&l).unwrap_or_default();
        assert!(contains(&l, pole));
        assert!(pole.1 > 130.0, "{pole:?}");
        assert!(level_room(&l, pole) >= 90.0);
        assert!((surface(&l[0]) - 24_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_line_is_cut_at_the_edges() {
        let line = [
            (-10.0, 5.0),
            (5.0, 5.0),
            (5.0, 20.0),
            (8.0, 20.0),
            (8.0, 5.0),
        ];
        let pieces = clipped(&line, [0.0, 0.0, 10.0, 10.0]);
        assert_eq!(
            pieces,
            [
                vec![(0.0, 5.0), (5.0, 5.0), (5.0, 10.0)],
                vec![(8.0, 10.0), (8.0, 5.0)]
            ]
        );
    }

    #[test]
    fn degenerate_polygons_do_not_break() {
        assert_eq!(pole(&[]), None);
        assert_eq!(pole(&[vec![]]), None);
        assert!(pole(&[vec![(1.0, 1.0)]]).is_some());
        assert!(pole(&[vec![(0.0, 0.0), (10.0, 0.0)]]).is_some());
        assert_eq!(level_room(&[vec![(1.0, 1.0)]], (1.0, 1.0)), 0.0);
    }
}
