//! Points of rows, held to an area.

use super::{CellAt, Checked, Fault, Held, amount::Amount};
use beffroi_model::{Area, FindingKind, Point};

/// What is wrong with the point that some columns hold. A cell that tells no place is told where
/// it is read; only texts are read here.
pub(super) fn check(
    point: &Point,
    area: &Area,
    columns: &[(&Checked<'_>, &Held<'_>, &CellAt<'_>)],
) -> Option<Fault> {
    let (first, others) = columns.split_first()?;
    let (longitude, latitude) = match point {
        Point::Pair { .. } => (degrees(first.1)?, degrees(others.first()?.1)?),
        Point::LongitudeFirst(_) | Point::LatitudeFirst(_) => {
            if *first.1 == Held::Empty {
                return None;
            }
            let is_swapped = matches!(point, Point::LatitudeFirst(_));
            match (parse(first.2.text), is_swapped) {
                (Some((longitude, latitude)), false) => (longitude, latitude),
                (Some((latitude, longitude)), true) => (longitude, latitude),
                // A published schema says by itself how a point is written.
                (None, _) if first.0.constraints.written.is_some() => return None,
                (None, _) => {
                    let form = match is_swapped {
                        true => "geopoint-latitude-first",
                        false => "geopoint",
                    };
                    let fault = Fault::new(FindingKind::WrongForm, &first.0.name, first.2.text);
                    return Some(fault.expecting(form));
                }
            }
        }
    };
    if area.holds(longitude, latitude) {
        return None;
    }
    let names: Vec<&str> = columns.iter().map(|it| it.0.name.as_str()).collect();
    let texts: Vec<&str> = columns.iter().map(|it| it.2.text).collect();
    let fault = Fault::new(
        FindingKind::OutsideArea,
        &names.join(", "),
        &texts.join(" ; "),
    );
    Some(fault.expecting(&area.name))
}

fn degrees(held: &Held<'_>) -> Option<f64> {
    match held {
        #[expect(clippy::cast_precision_loss, reason = "degrees are far below 2^53")]
        Held::Value(Amount::Number(value)) => Some(*value as f64 / 1e12),
        _ => None,
    }
}

/// Two numbers, in brackets or not: `47.03, 2.95`, `[2.95, 47.03]`, `47,03 ; 2,95`.
fn parse(text: &str) -> Option<(f64, f64)> {
    let inner = text.trim().trim_matches(['[', ']', '(', ')']).trim();
    let (a, b) = inner
        .split_once(';')
        .or_else(|| inner.split_once(char::is_whitespace))
        .or_else(|| inner.split_once(','))?;
    let number = |text: &str| {
        let text = text.trim().trim_end_matches(',').replace(',', ".");
        text.parse::<f64>().ok().filter(|it| it.is_finite())
    };
    Some((number(a)?, number(b)?))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn points_are_read_as_people_write_them() {
        for text in [
            "47.03, 2.95",
            "47.03,2.95",
            "[47.03, 2.95]",
            "47,03 ; 2,95",
            "47,03 2,95",
            "(47.03 2.95)",
            "47,03, 2,95",
        ] {
            assert_eq!(parse(text), Some((47.03, 2.95)), "{text}");
        }
        for text in ["", "47.03", "nord", "47.03, est", "inf, nan"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
