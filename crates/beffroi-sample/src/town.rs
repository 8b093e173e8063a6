//! What all files of the town have in common: its districts, its people, the months of its story.

use crate::random::{Random, apportion};

/// First year of every series.
pub(crate) const FIRST_YEAR: i32 = 2019;
/// Last complete year.
pub(crate) const LAST_YEAR: i32 = 2025;
/// The running year.
pub(crate) const RUNNING_YEAR: i32 = 2026;
/// The last month delivered of the running year.
pub(crate) const LAST_MONTH: u32 = 5;

/// The complete years.
pub(crate) fn years() -> std::ops::RangeInclusive<i32> {
    FIRST_YEAR..=LAST_YEAR
}

/// The place of a year in tables that begin with [`FIRST_YEAR`].
pub(crate) fn nth(year: i32) -> usize {
    usize::try_from(year - FIRST_YEAR).unwrap_or(0)
}

/// The months delivered of a year.
pub(crate) fn months_of(year: i32) -> &'static [u32] {
    const MONTHS: [u32; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let last = if year == RUNNING_YEAR { LAST_MONTH } else { 12 };
    &MONTHS[..last as usize]
}

/// All months delivered, as (year, month).
pub(crate) fn months() -> impl Iterator<Item = (i32, u32)> {
    (FIRST_YEAR..=RUNNING_YEAR)
        .flat_map(|year| months_of(year).iter().map(move |month| (year, *month)))
}

/// Days of a month.
pub(crate) fn days_in(year: i32, month: u32) -> i64 {
    match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A district.
pub(crate) struct District {
    pub(crate) name: &'static str,
    /// How departments number it.
    pub(crate) code: &'static str,
    /// Inhabitants in 2025.
    pub(crate) people: i64,
    /// Yearly growth up to 2025, relative.
    growth: f64,
    /// Its middle on the town's drawing, 10 metres a unit.
    middle: (f64, f64),
}

const fn district(
    name: &'static str,
    code: &'static str,
    people: i64,
    growth: f64,
    middle: (f64, f64),
) -> District {
    District {
        name,
        code,
        people,
        growth,
        middle,
    }
}

/// The twelve districts in the order in which the town names them.
pub(crate) const DISTRICTS: [District; 12] = [
    district("Vieux-Bourg", "Q01", 5140, -0.004, (320.9, 260.1)),
    district("La Halle", "Q02", 4620, -0.001, (394.0, 196.2)),
    district("Les Tanneries", "Q03", 3980, 0.008, (245.7, 343.4)),
    district("Saint-Aubin", "Q04", 4310, 0.002, (217.7, 206.1)),
    district("Gare", "Q05", 4870, 0.011, (466.0, 280.2)),
    district("Les Coteaux", "Q06", 3260, 0.001, (120.6, 148.6)),
    district("Pré-aux-Moines", "Q07", 3740, 0.0, (296.1, 101.3)),
    district("La Garenne", "Q08", 4450, -0.003, (456.1, 88.3)),
    district("Bellevue", "Q09", 5230, -0.006, (575.9, 188.3)),
    district("Moulin-Neuf", "Q10", 2980, 0.006, (135.2, 343.8)),
    district("Le Port", "Q11", 3460, 0.004, (373.8, 376.3)),
    district("Les Aulnes", "Q12", 2160, 0.045, (553.2, 362.4)),
];

/// Inhabitants of the whole town, 2019 to 2026 (*population municipale*).
const PEOPLE: [i64; 8] = [
    47_180, 47_320, 47_410, 47_590, 47_800, 48_010, 48_200, 48_390,
];

/// Inhabitants counted apart (boarders, students): with them, the *population totale*.
const APART: [i64; 8] = [735, 738, 741, 744, 747, 750, 750, 752];

/// Inhabitants of each district in a year.
pub(crate) fn people(year: i32) -> Vec<i64> {
    let back = f64::from(LAST_YEAR - year);
    let weights: Vec<f64> = DISTRICTS
        .iter()
        .map(|district| district.people as f64 * (1.0 - district.growth * back))
        .collect();
    apportion(PEOPLE[nth(year).min(PEOPLE.len() - 1)], &weights)
}

/// People counted apart in each district in a year.
pub(crate) fn people_apart(year: i32) -> Vec<i64> {
    let weights: Vec<f64> = people(year).iter().map(|&people| people as f64).collect();
    apportion(APART[nth(year).min(APART.len() - 1)], &weights)
}

/// Inhabitants of the whole town in a year (*population totale*), the base of financial ratios.
pub(crate) fn total_population(year: i32) -> i64 {
    let place = nth(year).min(PEOPLE.len() - 1);
    PEOPLE[place] + APART[place]
}

/// Things that happen in a year: so many in each district, on any day of these months. In the order
/// of their days, as (month, day, district).
pub(crate) fn events(
    random: &mut Random,
    year: i32,
    months: &[u32],
    counts: &[i64],
) -> Vec<(u32, i64, usize)> {
    let districts = counts
        .iter()
        .enumerate()
        .flat_map(|(i, n)| (0..*n).map(move |_| i));
    let mut events: Vec<(u32, i64, usize)> = districts
        .map(|district| {
            let month = random.pick(months).copied().unwrap_or(1);
            (month, random.between(1, days_in(year, month)), district)
        })
        .collect();
    events.sort_unstable();
    events
}

/// A point of a district near its middle, as (longitude, latitude) in millionths of a degree.
pub(crate) fn point_in(district: usize, random: &mut Random) -> (i64, i64) {
    let (x, y) = DISTRICTS[district].middle;
    let (x, y) = (
        x + 32.0 * (2.0 * random.unit() - 1.0),
        y + 32.0 * (2.0 * random.unit() - 1.0),
    );
    // The drawing's corner, and degrees of ten metres at that latitude.
    let longitude = 2_900_000.0 + x * 131.717;
    let latitude = 47_050_000.0 - y * 89.831;
    (longitude as i64, latitude as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_population_of_2025_is_that_of_the_districts() {
        let expected: Vec<i64> = DISTRICTS.iter().map(|district| district.people).collect();
        assert_eq!(people(2025), expected);
        assert_eq!(expected.iter().sum::<i64>(), 48_200);
    }
}
