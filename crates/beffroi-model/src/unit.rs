//! Units of figures.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A unit that figures can have, as users read it (`€/hab`, `%`, `kg/hab`, `jours`), from the
/// list of [`Unit::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit(&'static (&'static str, UnitKind));

/// How figures of a unit are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// Counted things: no symbol after the number.
    Count,
    /// A share: the measure is a fraction, multiplied by 100 (or 1 000 for ‰) when shown;
    /// differences are in points.
    Share,
    /// Money.
    Money,
    /// Anything else: the symbol follows the number.
    Quantity,
}

impl Unit {
    /// Every unit. A town that needs another asks for it: a closed list catches `€/hb`.
    pub const ALL: &'static [(&'static str, UnitKind)] = &[
        ("nombre", UnitKind::Count),
        ("%", UnitKind::Share),
        ("‰", UnitKind::Share),
        ("€", UnitKind::Money),
        ("€/hab", UnitKind::Money),
        ("€/m²", UnitKind::Money),
        ("ans", UnitKind::Quantity),
        ("mois", UnitKind::Quantity),
        ("jours", UnitKind::Quantity),
        ("h", UnitKind::Quantity),
        ("min", UnitKind::Quantity),
        ("t", UnitKind::Quantity),
        ("kg", UnitKind::Quantity),
        ("kg/hab", UnitKind::Quantity),
        ("kWh", UnitKind::Quantity),
        ("MWh", UnitKind::Quantity),
        ("GWh", UnitKind::Quantity),
        ("kWh/hab", UnitKind::Quantity),
        ("kWh/m²", UnitKind::Quantity),
        ("t CO₂e", UnitKind::Quantity),
        ("t CO₂e/hab", UnitKind::Quantity),
        ("m²", UnitKind::Quantity),
        ("m²/hab", UnitKind::Quantity),
        ("m³", UnitKind::Quantity),
        ("ha", UnitKind::Quantity),
        ("km", UnitKind::Quantity),
        ("km/1000 hab", UnitKind::Quantity),
        ("µg/m³", UnitKind::Quantity),
        ("dB", UnitKind::Quantity),
        ("°C", UnitKind::Quantity),
        ("par hab", UnitKind::Quantity),
        ("pour 1000 hab", UnitKind::Quantity),
        ("places", UnitKind::Quantity),
        ("hab", UnitKind::Quantity),
        ("pts", UnitKind::Quantity),
    ];

    /// The unit of that symbol.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == symbol)
            .map(Self)
    }

    /// Plain counting.
    #[must_use]
    pub fn count() -> Self {
        Self(&Self::ALL[0])
    }

    /// The symbol, `nombre` for counts.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.0.0
    }

    /// How it is written.
    #[must_use]
    pub fn kind(self) -> UnitKind {
        self.0.1
    }

    /// What a measure is multiplied by to be in this unit.
    #[must_use]
    pub fn factor(self) -> f64 {
        match self.symbol() {
            "%" => 100.0,
            "‰" => 1000.0,
            _ => 1.0,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl TryFrom<String> for Unit {
    type Error = String;
    fn try_from(symbol: String) -> Result<Self, String> {
        Self::from_symbol(&symbol).ok_or_else(|| format!("unknown unit `{symbol}`"))
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.symbol().to_owned()
    }
}
