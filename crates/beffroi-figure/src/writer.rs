//! How the values of a figure are written: on axes, on drawings, in full.

use beffroi_model::{Unit, UnitKind};
use beffroi_text::{Lang, number, t, with_unit};

/// Language, unit and decimals, with what axis figures are divided by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Writer {
    /// The language.
    pub lang: Lang,
    /// The unit.
    pub unit: Unit,
    /// Digits after the point.
    pub decimals: u8,
    /// 1, a thousand or a million: axes are in thousands, as the subtitle then says.
    pub factor: f64,
}

impl Writer {
    /// A writer whose axis fits values up to `largest`.
    pub fn new(lang: Lang, unit: Unit, decimals: u8, largest: f64) -> Self {
        let large = matches!(unit.kind(), UnitKind::Count) || unit.symbol() == "€";
        let factor = match largest.abs() {
            size if !large || !size.is_finite() => 1.0,
            size if size >= 2e6 => 1e6,
            size if size >= 2e4 => 1e3,
            _ => 1.0,
        };
        Self {
            lang,
            unit,
            decimals,
            factor,
        }
    }

    /// The figure of a graduation, with as many decimals as the step needs.
    pub fn tick(&self, value: f64, step: f64) -> String {
        let step = (step / self.factor).abs();
        let decimals = (0..=3u8)
            .find(|decimals| {
                let scaled = step * 10f64.powi(i32::from(*decimals));
                (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
            })
            .unwrap_or(3);
        let text = number(self.lang, value / self.factor, decimals);
        match self.unit.kind() {
            UnitKind::Share => with_unit(self.lang, value, self.unit, decimals).to_string(),
            _ => text,
        }
    }

    /// The figure of a bar or of a point: exact, with its sign when that is short.
    pub fn label(&self, value: f64) -> String {
        match self.unit.symbol() {
            "%" | "‰" | "€" => self.full(value),
            _ => number(self.lang, value, self.decimals),
        }
    }

    /// The figure for where room is scarce: no decimals from ten on.
    pub fn rounded(&self, value: f64) -> String {
        let decimals = if value.abs() >= 10.0 {
            0
        } else {
            self.decimals.min(1)
        };
        number(self.lang, value, decimals)
    }

    /// The figure with its unit.
    pub fn full(&self, value: f64) -> String {
        with_unit(self.lang, value, self.unit, self.decimals).to_string()
    }

    /// The figure without its unit, for tables whose head says it.
    pub fn bare(&self, value: f64) -> String {
        number(self.lang, value, self.decimals)
    }

    /// What axis figures are in: `en milliers`, `en M€`, `en kWh/m²`; empty when they say it
    /// themselves.
    pub fn axis_unit(&self) -> String {
        let lang = self.lang;
        let money = self.unit.kind() == UnitKind::Money;
        if self.factor >= 1e6 {
            t(
                lang,
                if money {
                    "unit-in-millions-of-euros"
                } else {
                    "unit-in-millions"
                },
            )
            .into_owned()
        } else if self.factor >= 1e3 {
            t(
                lang,
                if money {
                    "unit-in-thousands-of-euros"
                } else {
                    "unit-in-thousands"
                },
            )
            .into_owned()
        } else {
            self.plain_unit()
        }
    }

    /// What labels are in; empty when they carry their sign.
    pub fn label_unit(&self) -> String {
        if self.unit.symbol() == "€" {
            String::new()
        } else {
            self.plain_unit()
        }
    }

    /// The figure in the unit of the axis, short: `71` for 71 240 on an axis in thousands.
    pub fn axis_label(&self, value: f64) -> String {
        let value = value / self.factor;
        let decimals = match value.abs() {
            _ if self.factor == 1.0 => self.decimals,
            size if size >= 10.0 => 0,
            _ => 1,
        };
        number(self.lang, value, decimals)
    }

    /// What the values are in, undivided. Of what counts *per inhabitant* the name says so.
    pub fn plain_unit(&self) -> String {
        let symbol = self.unit.symbol();
        match self.unit.kind() {
            UnitKind::Count | UnitKind::Share => String::new(),
            _ if matches!(symbol, "par hab" | "places" | "hab") => String::new(),
            _ if symbol == "pour 1000 hab" => beffroi_text::unit_words(self.lang, self.unit, 2.0),
            _ => {
                let words = beffroi_text::unit_words(self.lang, self.unit, 2.0);
                beffroi_text::t_args(self.lang, "unit-in", &[("unit", words.into())]).into_owned()
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    fn writer(symbol: &str, decimals: u8, largest: f64) -> Writer {
        Writer::new(
            Lang::Fr,
            Unit::from_symbol(symbol).expect("a unit"),
            decimals,
            largest,
        )
    }

    #[test]
    fn axes_are_in_thousands_when_values_are_large() {
        let trips = writer("nombre", 0, 141_920.0);
        assert_eq!(trips.tick(50_000.0, 50_000.0), "50");
        assert_eq!(trips.axis_unit(), "en milliers");
        assert_eq!(trips.label(141_920.0), "141\u{202f}920");
        let rate = writer("%", 1, 90.2);
        assert_eq!(rate.tick(85.0, 5.0), "85\u{a0}%");
        assert_eq!(rate.axis_unit(), "");
        let small = writer("kg/hab", 1, 2.0);
        assert_eq!(small.tick(0.5, 0.5), "0,5");
        assert_eq!(small.axis_unit(), "en kg/hab.");
    }
}
