//! Classes of shade for maps and heat tables: six at most, with round bounds.

use crate::figure::Legend;
use crate::writer::Writer;
use beffroi_model::Cell;
use beffroi_text::t_args;

/// Bounds between classes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shades {
    bounds: Vec<f64>,
}

impl Shades {
    /// Classes that hold about as many values each.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values
            .into_iter()
            .filter(|value| value.is_finite() && value.abs() < 1e300)
            .collect();
        values.sort_by(f64::total_cmp);
        let mut distinct = values.clone();
        distinct.dedup();
        let (Some(low), Some(high)) = (values.first().copied(), values.last().copied()) else {
            return Self { bounds: Vec::new() };
        };
        let count = distinct.len().min(6);
        let unit = round_unit((high - low) / 6.0);
        let mut bounds: Vec<f64> = (1..count)
            .map(|rank| quantile(&values, rank, count))
            .map(|bound| (bound / unit).round() * unit)
            .filter(|bound| *bound > low && *bound <= high)
            .map(|bound| format!("{bound:.12e}").parse().unwrap_or(bound))
            .collect();
        bounds.dedup();
        Self { bounds }
    }

    /// The shade of a value, 0 to 5.
    pub fn of_value(&self, value: f64) -> u8 {
        self.spread(self.bounds.iter().filter(|bound| value >= **bound).count())
    }

    /// With fewer classes than six, those used are as far apart as can be.
    fn spread(&self, class: usize) -> u8 {
        let last = self.bounds.len();
        // The middle shade when there is one class only.
        let shade = (class * 5 + last / 2).checked_div(last).unwrap_or(2);
        u8::try_from(shade).unwrap_or(5).min(5)
    }

    /// What the shades mean.
    pub fn legend<'a>(&self, writer: &Writer, cells: impl IntoIterator<Item = &'a Cell>) -> Legend {
        let lang = writer.lang;
        let bound = |place: usize| {
            let value = self.bounds.get(place).copied().unwrap_or_default();
            let whole = self.bounds.iter().all(|bound| bound.fract() == 0.0);
            let decimals = if whole { 0 } else { writer.decimals.max(1) };
            beffroi_text::with_unit(lang, value, writer.unit, decimals)
        };
        let short = |place: usize| bound(place).number;
        let last = self.bounds.len();
        let classes = (0..=last)
            .filter(|_| last > 0)
            .map(|class| {
                let words = match class {
                    0 => t_args(lang, "scale-below", &[("high", short(0).into())]),
                    _ if class == last => {
                        t_args(lang, "scale-above", &[("low", short(class - 1).into())])
                    }
                    _ => t_args(
                        lang,
                        "scale-between",
                        &[
                            ("low", short(class - 1).into()),
                            ("high", short(class).into()),
                        ],
                    ),
                };
                (self.spread(class), words.into_owned())
            })
            .collect();
        let mut legend = Legend {
            classes,
            missing: false,
            not_applicable: false,
            secret: false,
        };
        for cell in cells {
            match cell {
                Cell::Value(_) => {}
                Cell::Missing => legend.missing = true,
                Cell::NotApplicable => legend.not_applicable = true,
                Cell::Secret => legend.secret = true,
            }
        }
        legend
    }
}

/// A round unit that divides a class width into a few.
fn round_unit(width: f64) -> f64 {
    let power = 10f64.powf(width.abs().log10().floor());
    if !power.is_finite() || power <= 0.0 {
        return 1.0;
    }
    match width / power {
        lead if lead >= 4.0 => power,
        lead if lead >= 2.0 => power / 2.0,
        _ => power / 5.0,
    }
}

fn quantile(sorted: &[f64], rank: usize, of: usize) -> f64 {
    let place = (sorted.len() - 1) * rank;
    let (whole, rest) = (place / of, place % of);
    let low = sorted[whole];
    let high = sorted.get(whole + 1).copied().unwrap_or(low);
    #[allow(clippy::cast_precision_loss)]
    let share = rest as f64 / of as f64;
    low + (high - low) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_classes_have_round_bounds() {
        let values = [
            38.2, 41.5, 28.4, 27.1, 44.6, 11.3, 18.9, 14.2, 15.7, 12.8, 29.7, 25.8,
        ];
        let shades = Shades::of(values);
        assert_eq!(shades.bounds, [14.0, 18.0, 26.0, 29.0, 39.0]);
        assert_eq!(shades.of_value(11.3), 0);
        assert_eq!(shades.of_value(14.0), 1);
        assert_eq!(shades.of_value(44.6), 5);
    }

    #[test]
    fn few_values_have_few_classes_far_apart() {
        let shades = Shades::of([1.0, 2.0]);
        assert_eq!((shades.of_value(1.0), shades.of_value(2.0)), (0, 5));
        assert_eq!(Shades::of([3.0, 3.0]).of_value(3.0), 2);
        assert_eq!(Shades::of([]).of_value(3.0), 2);
        assert_eq!(Shades::of([f64::NAN, f64::MAX, -f64::MAX]).of_value(3.0), 2);
    }
}
