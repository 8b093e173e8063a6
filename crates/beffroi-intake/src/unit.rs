//! The unit that the name of a column tells: `Montant (€)`, `Recettes en k€`, `Surface [ha]`,
//! `conso_mwh`, `Montant (en milliers d'euros)`.
//!
//! A column declared in euros whose file counts in thousands of euros would be a thousand times
//! too small, and nobody would see it: what differs by a power of ten is converted and told, what
//! measures another thing is told.

use beffroi_model::{Unit, normalize};

/// The unit to declare for a column of that header: the one it tells, or the nearest of the list
/// that measures the same thing (`€` for `k€`), to which numbers are converted when they are read.
#[must_use]
pub fn unit_of_header(header: &str) -> Option<Unit> {
    let told = HeaderUnit::of(header)?;
    let known = Unit::ALL.iter();
    let known = known.filter_map(|(symbol, _)| Unit::from_symbol(symbol));
    let alike = known.filter_map(|unit| {
        let own = HeaderUnit::named(unit.symbol())?;
        (own.quantity == told.quantity).then_some((told.power - own.power, unit))
    });
    alike
        .min_by_key(|(power, _)| power.abs())
        .map(|(_, unit)| unit)
}

/// A unit as a header tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderUnit {
    /// Its symbol: `k€`.
    pub(crate) symbol: &'static str,
    quantity: Quantity,
    power: i32,
}

/// What a column of a declared unit makes of the unit in its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// They are the same, or nothing is known of one.
    None,
    /// Numbers are multiplied by that power of ten.
    Power(i32),
    /// They measure different things.
    Other,
}

/// What a unit measures. Units of one quantity differ by powers of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    /// Anything: `en milliers`.
    Any,
    Money,
    Mass,
    Energy,
    Area,
    Length,
    Volume,
    Share,
    Duration(&'static str),
}

/// Units of headers: how they are written there ([`normalize`]d, or symbols alone), what they
/// measure, and the power of ten to the first unit of their quantity.
const UNITS: &[(&str, Quantity, i32, &[&str])] = &[
    ("€", Quantity::Money, 0, &["€", "eur", "euro", "euros"]),
    (
        "k€",
        Quantity::Money,
        3,
        &[
            "k€",
            "keur",
            "k_eur",
            "keuros",
            "milliers_d_euros",
            "milliers_euros",
            "millier_d_euros",
        ],
    ),
    (
        "M€",
        Quantity::Money,
        6,
        &[
            "m€",
            "meur",
            "m_eur",
            "meuros",
            "millions_d_euros",
            "millions_euros",
            "million_d_euros",
        ],
    ),
    (
        "Md€",
        Quantity::Money,
        9,
        &["md€", "mds€", "milliards_d_euros", "milliard_d_euros"],
    ),
    ("g", Quantity::Mass, -3, &["g", "grammes"]),
    (
        "kg",
        Quantity::Mass,
        0,
        &["kg", "kgs", "kilos", "kilogrammes"],
    ),
    ("t", Quantity::Mass, 3, &["t", "tonne", "tonnes"]),
    ("kt", Quantity::Mass, 6, &["kt", "milliers_de_tonnes"]),
    ("Wh", Quantity::Energy, -3, &["wh"]),
    ("kWh", Quantity::Energy, 0, &["kwh"]),
    ("MWh", Quantity::Energy, 3, &["mwh"]),
    ("GWh", Quantity::Energy, 6, &["gwh"]),
    ("m²", Quantity::Area, 0, &["m2", "m_2", "metres_carres"]),
    ("ha", Quantity::Area, 4, &["ha", "hectare", "hectares"]),
    ("km²", Quantity::Area, 6, &["km2", "km_2"]),
    (
        "m",
        Quantity::Length,
        -3,
        &["m", "ml", "metre", "metres", "metres_lineaires"],
    ),
    ("km", Quantity::Length, 0, &["km", "kms", "kilometres"]),
    ("l", Quantity::Volume, -3, &["l", "litre", "litres"]),
    ("m³", Quantity::Volume, 0, &["m3", "m_3", "metres_cubes"]),
    (
        "%",
        Quantity::Share,
        0,
        &["%", "pourcent", "pour_cent", "pourcentage"],
    ),
    ("‰", Quantity::Share, -1, &["‰", "pour_mille"]),
    ("h", Quantity::Duration("h"), 0, &["h", "heures"]),
    (
        "min",
        Quantity::Duration("min"),
        0,
        &["min", "minutes", "mn"],
    ),
    ("jours", Quantity::Duration("jours"), 0, &["j", "jours"]),
    ("mois", Quantity::Duration("mois"), 0, &["mois"]),
    ("ans", Quantity::Duration("ans"), 0, &["ans", "annees"]),
    ("milliers", Quantity::Any, 3, &["milliers", "millier"]),
    ("millions", Quantity::Any, 6, &["millions", "million"]),
];

/// Units that a name may end with after an underscore (`surface_m2`): those that are no word.
const SUFFIXES: &[&str] = &[
    "eur", "keur", "meur", "euros", "kg", "kwh", "mwh", "gwh", "m2", "ha", "km", "m3",
];

impl HeaderUnit {
    /// The unit in the name of a column: between brackets at its end, after `en`, or as its last
    /// word where that is no ordinary word.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.trim();
        bracketed(name)
            .or_else(|| {
                let lower = name.to_lowercase();
                let (_, after) = lower.rsplit_once(" en ")?;
                Self::named(after)
            })
            .or_else(|| {
                let last = name.rsplit([' ', '_']).next()?;
                let is_symbol =
                    last.chars().count() <= 4 && last.ends_with(['€', '%', '‰', '²', '³']);
                let is_suffix =
                    SUFFIXES.contains(&last.to_lowercase().as_str()) && last.len() < name.len();
                (is_symbol || is_suffix).then(|| Self::named(last))?
            })
    }

    /// The unit that a text is.
    fn named(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let text = text.strip_prefix("en ").unwrap_or(&text).trim();
        let spelled = normalize(text);
        let is_so = |name: &&&str| text == **name || (!spelled.is_empty() && spelled == **name);
        let symbol = text.replace([' ', '\u{a0}', '\u{202f}'], "");
        UNITS.iter().find_map(|(shown, quantity, power, names)| {
            let named = names.iter().any(|name| is_so(&name) || symbol == *name);
            named.then_some(Self {
                symbol: shown,
                quantity: *quantity,
                power: *power,
            })
        })
    }

    /// Whether it counts by more than one: `k€`, `milliers`.
    pub(crate) fn is_multiple(&self) -> bool {
        matches!(self.quantity, Quantity::Any | Quantity::Money) && self.power > 0
    }

    /// What it makes of the numbers of a column declared in `unit`.
    pub(crate) fn to(&self, unit: Unit) -> Conversion {
        if self.quantity == Quantity::Any {
            return Conversion::Power(self.power);
        }
        let Some(declared) = Self::named(unit.symbol()) else {
            return Conversion::None;
        };
        match (
            declared.quantity == self.quantity,
            self.power - declared.power,
        ) {
            (true, 0) => Conversion::None,
            (true, power) => Conversion::Power(power),
            (false, _) => Conversion::Other,
        }
    }
}

fn bracketed(name: &str) -> Option<HeaderUnit> {
    let pairs = [('(', ')'), ('[', ']')];
    pairs.into_iter().find_map(|(open, close)| {
        let inside = name.strip_suffix(close)?;
        HeaderUnit::named(inside.rsplit_once(open)?.1)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn symbol(name: &str) -> Option<&'static str> {
        HeaderUnit::of(name).map(|unit| unit.symbol)
    }

    #[test]
    fn names_tell_their_unit() {
        for (name, unit) in [
            ("Montant (€)", "€"),
            ("Montant en k€", "k€"),
            ("Montant (en K€)", "k€"),
            ("Dépenses (en milliers d'euros)", "k€"),
            ("Dépenses en milliers d’euros", "k€"),
            ("Recettes [M€]", "M€"),
            ("Recettes (M €)", "M€"),
            ("Surface (m²)", "m²"),
            ("Surface en ha", "ha"),
            ("surface_m2", "m²"),
            ("Tonnage (t)", "t"),
            ("Part (%)", "%"),
            ("Taux %", "%"),
            ("Montant €", "€"),
            ("conso_mwh", "MWh"),
            ("Population (en milliers)", "milliers"),
            ("Durée (min)", "min"),
        ] {
            assert_eq!(symbol(name), Some(unit), "{name}");
        }
    }

    #[test]
    fn words_are_no_units() {
        for name in [
            "Montant",
            "Mois",
            "Ha",
            "km",
            "Part",
            "Nombre d'heures",
            "Mise en service",
            "Entrée en vigueur",
            "Logement (T)x",
            "Type (m/f)",
            "Année",
            "Quartier (nord)",
            "rue_du_port",
            "euros",
        ] {
            assert_eq!(symbol(name), None, "{name}");
        }
    }

    #[test]
    fn the_unit_to_declare_is_the_nearest_of_the_list() {
        for (name, unit) in [
            ("Montant (€)", Some("€")),
            ("Montant en k€", Some("€")),
            ("conso_mwh", Some("MWh")),
            ("Longueur (m)", Some("km")),
            ("Taux (%)", Some("%")),
            ("Population (en milliers)", None),
            ("Montant", None),
        ] {
            assert_eq!(unit_of_header(name).map(Unit::symbol), unit, "{name}");
        }
    }

    #[test]
    fn what_differs_by_a_power_of_ten_is_converted() {
        let to = |name: &str, unit: &str| {
            HeaderUnit::of(name)
                .unwrap()
                .to(Unit::from_symbol(unit).unwrap())
        };
        assert_eq!(to("Montant (k€)", "€"), Conversion::Power(3));
        assert_eq!(to("Montant (€)", "€"), Conversion::None);
        assert_eq!(to("Poids (kg)", "t"), Conversion::Power(-3));
        assert_eq!(to("Surface (ha)", "m²"), Conversion::Power(4));
        assert_eq!(to("Montant (milliers)", "€"), Conversion::Power(3));
        assert_eq!(to("Longueur (m)", "km"), Conversion::Power(-3));
        assert_eq!(to("Poids (kg)", "€"), Conversion::Other);
        assert_eq!(to("Durée (h)", "jours"), Conversion::Other);
        // Nothing says how this one is made up.
        assert_eq!(to("Montant (€)", "€/hab"), Conversion::None);
        assert_eq!(to("Taux (‰)", "%"), Conversion::Power(-1));
    }
}
