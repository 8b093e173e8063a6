//! What units measure: `€/hab` is money per inhabitant, a tonne is a thousand kilograms.

use crate::Unit;
use std::{
    fmt,
    ops::{Div, Mul},
};

/// A product of powers of base quantities, and how much of it one is: a tonne is 1 000 000 of
/// mass, `km/1000 hab` one of length per inhabitant.
///
/// Counted things (`nombre`, `places`) and shares are pure numbers; inhabitants are not, for
/// `€/hab` to be told from `€`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// The power of each of [`BASES`].
    powers: [i8; BASES.len()],
    size: f64,
}

/// Base quantities, each by the unit that names it where no unit of the list does.
const BASES: [&str; 9] = ["€", "hab", "m", "kg", "jours", "kWh", "t CO₂e", "°C", "dB"];
const MONEY: usize = 0;
const INHABITANTS: usize = 1;
const LENGTH: usize = 2;
const MASS: usize = 3;
const TIME: usize = 4;
const ENERGY: usize = 5;
const WARMING: usize = 6;
const TEMPERATURE: usize = 7;
const SOUND: usize = 8;

/// The words that units are made of: what each measures, to which power, and how much it is.
const WORDS: &[(&str, usize, i8, f64)] = &[
    ("€", MONEY, 1, 1.0),
    ("hab", INHABITANTS, 1, 1.0),
    ("1000 hab", INHABITANTS, 1, 1e3),
    ("m", LENGTH, 1, 1.0),
    ("km", LENGTH, 1, 1e3),
    ("m²", LENGTH, 2, 1.0),
    ("ha", LENGTH, 2, 1e4),
    ("m³", LENGTH, 3, 1.0),
    ("µg", MASS, 1, 1e-6),
    ("kg", MASS, 1, 1e3),
    ("t", MASS, 1, 1e6),
    ("min", TIME, 1, 1.0 / 1440.0),
    ("h", TIME, 1, 1.0 / 24.0),
    ("jours", TIME, 1, 1.0),
    ("mois", TIME, 1, 365.25 / 12.0),
    ("ans", TIME, 1, 365.25),
    ("kWh", ENERGY, 1, 1.0),
    ("MWh", ENERGY, 1, 1e3),
    ("GWh", ENERGY, 1, 1e6),
    ("t CO₂e", WARMING, 1, 1.0),
    ("°C", TEMPERATURE, 1, 1.0),
    ("dB", SOUND, 1, 1.0),
];

/// Units that are pure numbers, and how much one is.
const PURE: &[(&str, f64)] = &[
    ("nombre", 1.0),
    ("places", 1.0),
    ("%", 1e-2),
    ("pts", 1e-2),
    ("‰", 1e-3),
];

impl Quantity {
    /// A pure number: a ratio of two alike.
    pub const PURE: Self = Self {
        powers: [0; BASES.len()],
        size: 1.0,
    };

    /// How much of its base quantities one is.
    #[must_use]
    pub fn size(self) -> f64 {
        self.size
    }

    /// The same things, but so much at a time.
    #[must_use]
    pub fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// Whether both measure the same things, at whatever size.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        self.powers == other.powers
    }

    /// The same without inhabitants and days: what is counted without saying what may be those.
    #[must_use]
    pub fn regardless_of_counts(mut self) -> Self {
        self.powers[INHABITANTS] = 0;
        self.powers[TIME] = 0;
        self
    }

    /// Whether the same power of time is in both.
    #[must_use]
    pub fn has_time_of(self, other: Self) -> bool {
        self.powers[TIME] == other.powers[TIME]
    }

    /// Whether it is a pure number, at whatever size.
    #[must_use]
    pub fn is_pure(self) -> bool {
        self.is_like(Self::PURE)
    }

    /// Whether it is a time, and nothing else.
    #[must_use]
    pub fn is_time(self) -> bool {
        self.is_like(Self::of_word("jours").unwrap_or(Self::PURE))
    }

    /// Whether time has a part in it. Months and years then have no exact size.
    #[must_use]
    pub fn has_time(self) -> bool {
        self.powers[TIME] != 0
    }

    fn of_word(word: &str) -> Option<Self> {
        if let Some((_, size)) = PURE.iter().find(|(known, _)| *known == word) {
            return Some(Self::PURE.sized(*size));
        }
        let (_, base, power, size) = WORDS.iter().find(|(known, ..)| *known == word)?;
        let mut quantity = Self::PURE.sized(*size);
        quantity.powers[*base] = *power;
        Some(quantity)
    }

    /// What a symbol made of words measures: `kWh/m²`, `par hab`, `pour 1000 hab`.
    fn of_symbol(symbol: &str) -> Option<Self> {
        if let Some(below) = symbol
            .strip_prefix("par ")
            .or_else(|| symbol.strip_prefix("pour "))
        {
            return Some(Self::PURE / Self::of_word(below)?);
        }
        let mut words = symbol.split('/');
        let first = Self::of_word(words.next()?)?;
        words.try_fold(first, |quantity, word| {
            Some(quantity / Self::of_word(word)?)
        })
    }
}

impl Unit {
    /// What it measures.
    #[must_use]
    pub fn quantity(self) -> Quantity {
        Quantity::of_symbol(self.symbol()).unwrap_or(Quantity::PURE)
    }
}

impl Mul for Quantity {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let powers =
            std::array::from_fn(|base| self.powers[base].saturating_add(other.powers[base]));
        Self {
            powers,
            size: self.size * other.size,
        }
    }
}

impl Div for Quantity {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let powers =
            std::array::from_fn(|base| self.powers[base].saturating_sub(other.powers[base]));
        Self {
            powers,
            size: self.size / other.size,
        }
    }
}

/// The unit of the list that it is, else one made up of its base quantities (`€/kg`, whatever the
/// size).
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_known = |unit: &Unit| {
            let known = unit.quantity();
            known.is_like(*self) && (known.size / self.size - 1.0).abs() < 1e-9
        };
        let mut known = Unit::ALL
            .iter()
            .filter_map(|(symbol, _)| Unit::from_symbol(symbol));
        if let Some(unit) = known.find(is_known) {
            return f.write_str(unit.symbol());
        }
        let side = |sign: i8| {
            let bases = BASES.iter().zip(self.powers);
            let words: Vec<String> = bases
                .filter(|(_, power)| power.signum() == sign)
                .map(|(base, power)| match power.abs() {
                    1 => (*base).to_owned(),
                    2 => format!("{base}²"),
                    3 => format!("{base}³"),
                    power => format!("{base}^{power}"),
                })
                .collect();
            words.join("·")
        };
        let (above, below) = (side(1), side(-1));
        match (above.is_empty(), below.is_empty()) {
            (_, true) if above.is_empty() => f.write_str("nombre"),
            (_, true) => f.write_str(&above),
            (true, _) => write!(f, "1/{below}"),
            _ => write!(f, "{above}/{below}"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(symbol: &str) -> Quantity {
        Unit::from_symbol(symbol).unwrap().quantity()
    }

    #[test]
    fn every_unit_measures_something_known() {
        for (symbol, _) in Unit::ALL {
            assert!(Quantity::of_symbol(symbol).is_some(), "{symbol}");
            // Those of the same size have one name: `places` are counted, `pts` are hundredths.
            let name = of(symbol).to_string();
            let has_its_own = !matches!(*symbol, "places" | "pts");
            assert!(name == *symbol || !has_its_own, "{symbol}: {name}");
        }
    }

    #[test]
    fn ratios_are_units() {
        assert_eq!(of("€") / of("hab"), of("€/hab"));
        assert_eq!((of("€") / of("€")).to_string(), "nombre");
        assert_eq!((of("nombre") / of("hab")).to_string(), "par hab");
        assert_eq!((of("kWh") / of("m²")).to_string(), "kWh/m²");
        assert_eq!((of("€") / of("t")).to_string(), "€/kg");
        assert_eq!((of("€") * of("h")).to_string(), "€·jours");
        assert!((of("m²") * of("m²") / of("km")).is_like(of("m³")));
    }

    #[test]
    fn sizes_tell_units_of_one_quantity_apart() {
        assert!(of("t").is_like(of("kg")));
        assert_eq!(of("t").size() / of("kg").size(), 1000.0);
        assert_eq!(of("ha").size() / of("m²").size(), 10_000.0);
        assert_eq!(of("km/1000 hab").size(), 1.0);
        assert_eq!(of("pour 1000 hab").size(), 1e-3);
        assert!(!of("t").is_like(of("t CO₂e")));
        assert!(of("min").is_time() && !of("€/hab").is_time());
    }
}
