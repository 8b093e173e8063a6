//! GeoJSON contours → [`Map`].

use crate::declared::{Line, Map, Polygon};
use crate::diagnostic::code;
use crate::source::{Report, SourceFile, suggest};
use serde_json::Value;

/// Reads contours in longitude and latitude. `members` are the keys that shapes may have; none:
/// any. What is wrong is told and left out.
pub(crate) fn read<'a>(
    file: &SourceFile,
    report: &Report,
    members: impl Iterator<Item = &'a str> + Clone,
) -> Map {
    let mut map = Map {
        shapes: Default::default(),
        lines: Vec::new(),
    };
    let bad = |at: usize, message: String, hint: &str| {
        report.at(file, &(at..at + 1), code::BAD_MAP, message, hint.to_owned());
    };
    let root: Value = match serde_json::from_str(file.text.trim_start_matches('\u{feff}')) {
        Ok(root) => root,
        Err(error) => {
            let at = file.offset(error.line(), error.column());
            bad(
                at,
                "ce fichier n'est pas du JSON".to_owned(),
                "Exportez-le de nouveau en GeoJSON.",
            );
            return map;
        }
    };
    let Some(features) = root.get("features").and_then(Value::as_array) else {
        bad(
            0,
            "`features` manque".to_owned(),
            "Un contour est une `FeatureCollection` GeoJSON.",
        );
        return map;
    };
    // JSON is read without places: the objects are found again by their type.
    let mut starts = file.text.match_indices("\"Feature\"").map(|(at, _)| at);
    for (index, feature) in features.iter().enumerate() {
        let number = index + 1;
        let start = starts.next().unwrap_or(0);
        let Some(geometry) = feature
            .get("geometry")
            .filter(|geometry| geometry.is_object())
        else {
            bad(
                start,
                format!("l'objet {number} n'a pas de géométrie"),
                "Ôtez-le du fichier.",
            );
            continue;
        };
        let kind = geometry
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
        let (polygons, lines) = match kind {
            "Polygon" => (polygon(coordinates).map(|polygon| vec![polygon]), None),
            "MultiPolygon" => (each(coordinates, polygon), None),
            "LineString" => (None, points(coordinates, 2).map(|line| vec![line])),
            "MultiLineString" => (None, each(coordinates, |line| points(line, 2))),
            _ => (None, None),
        };
        if polygons.is_none() && lines.is_none() {
            bad(
                start,
                format!("l'objet {number} n'est ni un contour ni une ligne : `{kind}`"),
                "Un contour est un `Polygon` ou un `MultiPolygon` d'au moins quatre points ; un \
                 repère, une `LineString`.",
            );
            continue;
        }
        let all = polygons
            .iter()
            .flatten()
            .flatten()
            .chain(lines.iter().flatten())
            .flatten();
        if all.clone().any(|(x, y)| x.abs() > 180.0 || y.abs() > 90.0) {
            report.at(
                file,
                &(start..start + "\"Feature\"".len()),
                code::MAP_NOT_WGS84,
                format!("l'objet {number} n'est pas en longitude et latitude"),
                "Exportez en WGS 84 (EPSG:4326) : un export en Lambert 93 compte en mètres."
                    .to_owned(),
            );
            continue;
        }
        map.lines.extend(lines.into_iter().flatten());
        let Some(polygons) = polygons else { continue };
        let id = feature
            .get("properties")
            .and_then(|properties| properties.get("id"));
        let Some(id) = id.and_then(Value::as_str) else {
            bad(
                start,
                format!("le contour {number} n'a pas de `properties.id`"),
                "Mettez-y la clé du membre qu'il dessine, en texte.",
            );
            continue;
        };
        if members.clone().next().is_some() && !members.clone().any(|member| member == id) {
            let quoted = format!("\"{id}\"");
            let at = file
                .text
                .find(&quoted)
                .map_or(start..start + 1, |at| at..at + quoted.len());
            let message = format!("`{id}` n'est pas un membre de la dimension");
            report.at(
                file,
                &at,
                code::UNKNOWN_MEMBER,
                message,
                suggest(id, members.clone()),
            );
        }
        map.shapes
            .entry(id.to_owned())
            .or_default()
            .extend(polygons);
    }
    map
}

fn polygon(rings: &Value) -> Option<Polygon> {
    each(rings, |ring| points(ring, 4))
}

/// Every item, or nothing when one is wrong or there are none.
fn each<T>(items: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    let read: Option<Vec<T>> = items.as_array()?.iter().map(read).collect();
    read.filter(|items| !items.is_empty())
}

fn points(items: &Value, at_least: usize) -> Option<Line> {
    let line = each(items, |point| {
        Some((point.get(0)?.as_f64()?, point.get(1)?.as_f64()?))
    })?;
    (line.len() >= at_least).then_some(line)
}
