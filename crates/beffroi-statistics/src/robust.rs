//! Small robust statistics: medians, quantiles, spread, slopes.

/// The quantile of finite values, between the two nearest by linear interpolation (type 7 of
/// Hyndman & Fan, *Sample Quantiles in Statistical Packages*, 1996; that of spreadsheets). `None`
/// of nothing.
#[must_use]
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor();
    let low = *sorted.get(below as usize)?;
    let high = sorted.get(below as usize + 1).copied().unwrap_or(low);
    Some(low + (place - below) * (high - low))
}

/// The middle value.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The median distance from the median (MAD).
#[must_use]
pub fn median_deviation(values: &[f64]) -> Option<f64> {
    let middle = median(values)?;
    let distances: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    median(&distances)
}

/// A line: `level + slope × x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// Per unit of x.
    pub slope: f64,
    /// At x = 0.
    pub level: f64,
}

impl Slope {
    /// The line at a place.
    #[must_use]
    pub fn at(self, x: f64) -> f64 {
        self.level + self.slope * x
    }
}

/// The line of Theil and Sen: the median of the slopes between all pairs of points, through the
/// median of what is left (P. K. Sen, *Estimates of the Regression Coefficient Based on Kendall's
/// Tau*, 1968). One wild year among several does not move it. `None` when no two points differ in
/// x.
#[must_use]
pub fn theil_sen(points: &[(f64, f64)]) -> Option<Slope> {
    let mut slopes = Vec::new();
    for (place, (x, y)) in points.iter().enumerate() {
        for (other_x, other_y) in points.iter().skip(place + 1) {
            if x != other_x {
                slopes.push((other_y - y) / (other_x - x));
            }
        }
    }
    let slope = median(&slopes)?;
    let rest: Vec<f64> = points.iter().map(|(x, y)| y - slope * x).collect();
    Some(Slope {
        slope,
        level: median(&rest)?,
    })
}
