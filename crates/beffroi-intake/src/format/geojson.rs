//! GeoJSON features as rows: their properties, and what can be said of their geometry.

use super::json::{Flat, Json, flat as flat_json};

/// Mean radius of the Earth in metres (IUGG).
const EARTH: f64 = 6_371_008.8;

/// The properties of a feature, with `longitude` and `latitude` (of a point, or the middle of
/// anything else) and, for lines, `longueur_m`, where the properties do not say them already.
pub(super) fn flat(feature: &Json) -> Flat {
    let mut row = feature.get("properties").map(flat_json).unwrap_or_default();
    if let Some(id @ (Json::Number(_) | Json::Text(_))) = feature.get("id") {
        add(&mut row, "id", id.clone());
    }
    if let Some(measure) = feature.get("geometry").and_then(measure) {
        add(
            &mut row,
            "longitude",
            Json::Number(format!("{:.6}", measure.longitude)),
        );
        add(
            &mut row,
            "latitude",
            Json::Number(format!("{:.6}", measure.latitude)),
        );
        if let Some(length) = measure.length {
            add(&mut row, "longueur_m", Json::Number(format!("{length:.1}")));
        }
    }
    row
}

fn add(row: &mut Flat, name: &str, value: Json) {
    if !row.iter().any(|(other, _)| other == name) {
        row.push((name.to_owned(), value));
    }
}

/// A middle in degrees and, for lines, a length in metres.
struct Measure {
    longitude: f64,
    latitude: f64,
    length: Option<f64>,
}

type Point = (f64, f64);

fn measure(geometry: &Json) -> Option<Measure> {
    let Some(Json::Text(kind)) = geometry.get("type") else {
        return None;
    };
    let coordinates = geometry.get("coordinates");
    match kind.as_str() {
        "Point" => middle(&[point(coordinates?)?], None),
        "MultiPoint" => middle(&points(coordinates?)?, None),
        "LineString" => along(&[points(coordinates?)?]),
        "MultiLineString" => along(&rings(coordinates?)?),
        "Polygon" => inside(&[rings(coordinates?)?]),
        "MultiPolygon" => inside(
            &coordinates?
                .list()?
                .iter()
                .map(rings)
                .collect::<Option<Vec<_>>>()?,
        ),
        _ => None,
    }
}

fn point(value: &Json) -> Option<Point> {
    let [x, y, ..] = value.list()? else {
        return None;
    };
    Some((x.number()?, y.number()?))
}

fn points(value: &Json) -> Option<Vec<Point>> {
    value.list()?.iter().map(point).collect()
}

fn rings(value: &Json) -> Option<Vec<Vec<Point>>> {
    value.list()?.iter().map(points).collect()
}

/// The mean of points.
fn middle(points: &[Point], length: Option<f64>) -> Option<Measure> {
    weighted(points.iter().map(|&point| (point, 1.0)), length)
}

/// The middle of lines, each stretch weighing its length.
fn along(lines: &[Vec<Point>]) -> Option<Measure> {
    let stretches = lines.iter().flat_map(|line| line.windows(2)).map(|pair| {
        (
            ((pair[0].0 + pair[1].0) / 2.0, (pair[0].1 + pair[1].1) / 2.0),
            haversine(pair[0], pair[1]),
        )
    });
    let length = stretches.clone().map(|(_, length)| length).sum::<f64>();
    weighted(stretches, Some(length)).or_else(|| middle(lines.first()?, Some(length)))
}

/// The centroid of polygons by their outer rings.
fn inside(polygons: &[Vec<Vec<Point>>]) -> Option<Measure> {
    let outer: Vec<&Vec<Point>> = polygons.iter().filter_map(|rings| rings.first()).collect();
    let &&origin = &outer.first()?.first()?;
    let triangles = outer.iter().flat_map(|ring| ring.windows(2)).map(|pair| {
        let (a, b) = (pair[0], pair[1]);
        let area = (a.0 - origin.0) * (b.1 - origin.1) - (b.0 - origin.0) * (a.1 - origin.1);
        (
            ((origin.0 + a.0 + b.0) / 3.0, (origin.1 + a.1 + b.1) / 3.0),
            area,
        )
    });
    weighted(triangles, None).or_else(|| middle(outer.first()?, None))
}

fn weighted(parts: impl Iterator<Item = (Point, f64)>, length: Option<f64>) -> Option<Measure> {
    let (mut x, mut y, mut sum) = (0.0, 0.0, 0.0);
    for (point, weight) in parts {
        x += point.0 * weight;
        y += point.1 * weight;
        sum += weight;
    }
    let (longitude, latitude) = (x / sum, y / sum);
    (longitude.is_finite() && latitude.is_finite()).then_some(Measure {
        longitude,
        latitude,
        length,
    })
}

/// The distance in metres between two points in degrees, on a sphere.
fn haversine(a: Point, b: Point) -> f64 {
    let (from, to) = (a.1.to_radians(), b.1.to_radians());
    let (north, east) = (
        ((to - from) / 2.0).sin(),
        ((b.0 - a.0).to_radians() / 2.0).sin(),
    );
    let h = north * north + from.cos() * to.cos() * east * east;
    2.0 * EARTH * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        flat(&Json::parse(text).unwrap())
            .into_iter()
            .map(|(name, value)| (name, format!("{value:?}")))
            .collect()
    }

    fn cell(row: &[(String, String)], name: &str) -> Option<String> {
        row.iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| {
                value
                    .trim_start_matches("Number(\"")
                    .trim_end_matches("\")")
                    .to_owned()
            })
    }

    #[test]
    fn a_line_has_a_middle_and_a_length() {
        let row = read(
            r#"{"properties":{"n":1},"geometry":{"type":"LineString","coordinates":[[2.0,48.0],[2.0,49.0]]}}"#,
        );
        assert_eq!(cell(&row, "longitude").unwrap(), "2.000000");
        assert_eq!(cell(&row, "latitude").unwrap(), "48.500000");
        // One degree of a great circle: 6 371 008.8 × π / 180.
        assert_eq!(cell(&row, "longueur_m").unwrap(), "111195.1");
    }

    #[test]
    fn a_polygon_has_its_centroid_and_no_length() {
        let row = read(
            r#"{"properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,2],[0,2],[0,0]]]}}"#,
        );
        assert_eq!(cell(&row, "longitude").unwrap(), "2.000000");
        assert_eq!(cell(&row, "latitude").unwrap(), "1.000000");
        assert_eq!(cell(&row, "longueur_m"), None);
    }

    #[test]
    fn odd_geometries_say_nothing() {
        for geometry in [
            "null",
            r#"{"type":"Point","coordinates":[]}"#,
            r#"{"type":"LineString","coordinates":[]}"#,
            r#"{"type":"Polygon","coordinates":[[]]}"#,
            r#"{"type":"GeometryCollection"}"#,
        ] {
            let row = read(&format!(
                r#"{{"properties":{{"a":1}},"geometry":{geometry}}}"#
            ));
            assert_eq!(row.len(), 1, "{geometry}");
        }
        let row = read(
            r#"{"properties":{"longitude":9},"geometry":{"type":"Point","coordinates":[1,2]}}"#,
        );
        assert_eq!(cell(&row, "longitude").unwrap(), "9");
    }
}
