//! Small drawings: sparklines, the bar of a target, one of many multiples.

use super::canvas::{Anchor, Canvas, Point};
use super::scale::{Domain, Scale, Steps};
use super::targets::scale;
use super::text::width;

/// A sparkline: values in order, absences interrupt it.
#[derive(Debug, Clone)]
pub(crate) struct Spark<'a> {
    /// The values.
    pub values: &'a [Option<f64>],
    /// Whether the last value is provisional.
    pub provisional: bool,
    /// What was voted.
    pub target: Option<f64>,
    /// First and last period, under the line.
    pub ends: Option<(&'a str, &'a str)>,
    /// What it says to those who do not see it.
    pub label: &'a str,
}

/// `128 × 32`, or `300 × 74` when it has ends. Empty when fewer than two values are known.
pub(crate) fn sparkline(spark: &Spark) -> String {
    if spark
        .values
        .iter()
        .flatten()
        .filter(|value| value.is_finite())
        .count()
        < 2
    {
        return String::new();
    }
    let large = spark.ends.is_some();
    let (wide, high, top, bottom, right) = if large {
        (300.0, 74.0, 14.0, 54.0, 290.0)
    } else {
        (128.0, 32.0, 4.0, 28.0, 121.0)
    };
    let target = spark.target.filter(|_| large);
    let y = spark_scale(
        spark.values.iter().flatten().copied().chain(target),
        bottom,
        top,
    );
    let steps = Steps {
        from: 4.0,
        to: right,
        count: spark.values.len(),
        slots: false,
    };
    let mut canvas = Canvas::new(wide, high);
    if let Some(target) = target {
        canvas.line(
            "objectif-ligne",
            &[(0.0, y.at(target)), (wide, y.at(target))],
        );
    }
    let class = if large { "ln donnee" } else { "ln donnee fin" };
    let (first, last) = polyline(
        &mut canvas,
        class,
        spark.values,
        spark.provisional,
        steps,
        &y,
    );
    if let (true, Some(first)) = (large, first) {
        canvas.circle("pt", None, first, 3.0);
    }
    if let Some(last) = last {
        let class = if spark.provisional { "pt creux" } else { "pt" };
        canvas.circle(class, None, last, if large { 5.0 } else { 3.5 });
    }
    if let Some((from, to)) = spark.ends {
        canvas.text("doux", (0.0, 72.0), Anchor::Start, 12.5, from);
        canvas.text("doux", (300.0, 72.0), Anchor::End, 12.5, to);
    }
    canvas.finish_small(if large { "mini courbe" } else { "mini" }, spark.label)
}

/// The scale of a sparkline: its own ends, no graduations.
fn spark_scale(values: impl Iterator<Item = f64>, bottom: f64, top: f64) -> Scale {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(v), high.max(v))
        });
    let (low, high) = (low.max(-1e300), high.min(1e300));
    let (low, high) = if low < high {
        (low, high)
    } else {
        (low - 1.0, low + 1.0)
    };
    let (low, high) = if low < high { (low, high) } else { (0.0, 1.0) };
    Scale::new(
        &Domain {
            low,
            high,
            ticks: Vec::new(),
        },
        bottom,
        top,
        |_| String::new(),
    )
}

/// The line; gives its first and last point.
fn polyline(
    canvas: &mut Canvas,
    class: &str,
    values: &[Option<f64>],
    provisional: bool,
    steps: Steps,
    y: &Scale,
) -> (Option<Point>, Option<Point>) {
    let mut piece: Vec<Point> = Vec::new();
    let (mut first, mut last) = (None, None);
    for (place, value) in values.iter().enumerate() {
        let point = value.filter(|value| value.is_finite()).map(|value| {
            #[allow(clippy::cast_precision_loss)]
            let x = steps.at(place as f64);
            (x, y.at(value))
        });
        let Some(point) = point else {
            if piece.len() > 1 {
                canvas.line(class, &piece);
            }
            piece.clear();
            continue;
        };
        if provisional && place + 1 == values.len() {
            if let Some(before) = piece.last() {
                canvas.line(&format!("{class} provisoire"), &[*before, point]);
            }
        } else {
            piece.push(point);
        }
        first = first.or(Some(point));
        last = Some(point);
    }
    if piece.len() > 1 {
        canvas.line(class, &piece);
    }
    (first, last)
}

/// `152 × 32`: a bar, the mark of the target and its words: the first of those given that fit.
pub(crate) fn target_bar(value: f64, target: f64, words: &[&str], label: &str) -> String {
    let fits = words
        .iter()
        .find(|words| width(words, 11.5, false) <= 152.0);
    let words = fits.or(words.last()).copied().unwrap_or_default();
    let mut canvas = Canvas::new(152.0, 32.0);
    let x = scale(Some(value), Some(target), 152.0);
    canvas.rect("piste", None, (0.0, 3.0), (152.0, 12.0));
    canvas.rect("br", None, (0.0, 3.0), (x.at(value.max(0.0)), 12.0));
    let at = x.at(target.max(0.0));
    canvas.line("cible-l", &[(at, 0.0), (at, 15.0)]);
    let half = width(words, 11.5, false) / 2.0;
    let middle = at.clamp(half.min(76.0), (152.0 - half).max(76.0));
    canvas.text("t-o", (middle, 28.0), Anchor::Middle, 11.5, words);
    canvas.finish_small("mini", label)
}

/// `160 × 86`: one member's line over the town's, on a scale that all share.
pub(crate) fn small_multiple(
    values: &[Option<f64>],
    town: &[Option<f64>],
    domain: &Domain,
    ends: (&str, &str),
    label: &str,
) -> String {
    let mut canvas = Canvas::new(160.0, 86.0);
    let y = Scale::new(domain, 66.0, 4.0, |_| String::new());
    let base = y.at(y.base());
    canvas.line("axe", &[(0.0, base), (160.0, base)]);
    let steps = |count| Steps {
        from: 2.0,
        to: 152.0,
        count,
        slots: false,
    };
    polyline(
        &mut canvas,
        "ln fantome",
        town,
        false,
        steps(town.len()),
        &y,
    );
    let (_, last) = polyline(
        &mut canvas,
        "ln donnee",
        values,
        false,
        steps(values.len()),
        &y,
    );
    if let Some(last) = last {
        canvas.circle("pt", None, last, 4.0);
    }
    canvas.text("doux menu", (0.0, 83.0), Anchor::Start, 11.5, ends.0);
    canvas.text("doux menu", (160.0, 83.0), Anchor::End, 11.5, ends.1);
    canvas.finish_small("trace", label)
}
