//! What the law or the house asks of a cell: [`Rule`], and the thresholds known by name.

use crate::tables::{Amount, Cell, Kept};
use serde::{Deserialize, Serialize};

/// What makes a cell sensitive. A cell that breaks one of these is hidden, and protected by hiding
/// others. The least is a rule that asks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The fewest contributing units that a cell may show. 0 or 1: no such rule.
    pub min_units: u64,
    /// The largest share of a cell's value that one contributor may hold, between 0 and 1; a larger
    /// one is sensitive.
    pub dominance: Option<f64>,
    /// The p % rule, as a share: sensitive when the second largest contributor can tell the largest
    /// contribution to within this share of it.
    pub p_percent: Option<f64>,
    /// The smallest denominator that a rate may show.
    pub min_denominator: Option<f64>,
    /// What becomes of cells without any unit.
    pub empty: Empty,
    /// How far from the true value, as a share of it, the bounds of a cell hidden for its few units
    /// must stay on each side.
    pub margin: f64,
}

/// What becomes of a cell to which nobody contributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Empty {
    /// Its zero is shown, and hides nobody else's figure: everyone is taken to know it.
    #[default]
    Shown,
    /// It is hidden like a cell of few units: that nobody is there may tell something of those
    /// who could be (no pupil of this school passed).
    Hidden,
}

/// The margin asked on each side of a cell hidden for its few units: the one that Insee's own tool,
/// rtauargus, asks of τ-Argus where nothing else is said (`MAN(10)`).
pub const MARGIN: f64 = 0.1;

impl Default for Rule {
    fn default() -> Self {
        Self {
            min_units: 0,
            dominance: None,
            p_percent: None,
            min_denominator: None,
            empty: Empty::default(),
            margin: MARGIN,
        }
    }
}

impl Rule {
    /// At least so many units.
    #[must_use]
    pub fn units(min_units: u64) -> Self {
        Self {
            min_units,
            ..Self::default()
        }
    }

    /// No contributor above this share.
    #[must_use]
    pub fn dominance(mut self, share: f64) -> Self {
        self.dominance = Some(share);
        self
    }

    /// Why this cell is sensitive, if it is: the first reason in the order of [`Reason`].
    #[must_use]
    pub fn judge(&self, cell: &Cell) -> Option<Reason> {
        if cell.is_empty() {
            let kept = (cell.kept != Kept::No).then_some(Reason::Kept);
            return (self.empty == Empty::Hidden)
                .then_some(Reason::Empty)
                .or(kept);
        }
        let few = |units: u64| 0 < units && units < self.min_units;
        let mut behind = cell.amounts.iter().filter_map(|amount| amount.units);
        if cell.units < self.min_units || behind.any(few) {
            return Some(Reason::FewUnits);
        }
        if let (Some(least), Some(denominator)) = (self.min_denominator, cell.denominator)
            && denominator < least
        {
            return Some(Reason::SmallDenominator);
        }
        let mut amounts = cell.amounts.iter();
        if amounts.any(|amount| self.dominated(amount) > 0.0) {
            return Some(Reason::Dominance);
        }
        let mut amounts = cell.amounts.iter();
        let told = amounts.any(|amount| self.told(amount) > 0.0);
        if told {
            return Some(Reason::PPercent);
        }
        (cell.kept != Kept::No).then_some(Reason::Kept)
    }

    /// By how much the upper bound of this amount must exceed it under the dominance rule
    /// (x₁ / k − X); 0 where one contributor holds no more than the share.
    pub(crate) fn dominated(&self, amount: &Amount) -> f64 {
        let over = |share: f64| amount.largest[0] / share - amount.magnitude;
        let noise = amount.magnitude * 1e-12;
        let over = self.dominance.map_or(0.0, over);
        if over > noise { over } else { 0.0 }
    }

    /// The same under the p % rule (p x₁ − (X − x₁ − x₂)).
    pub(crate) fn told(&self, amount: &Amount) -> f64 {
        let [first, second] = amount.largest;
        let over = |p: f64| p * first - (amount.magnitude - first - second);
        let noise = amount.magnitude * 1e-12;
        let over = self.p_percent.map_or(0.0, over);
        if over > noise { over } else { 0.0 }
    }
}

/// Why a cell is sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody contributes, and the rule hides that too.
    Empty,
    /// Fewer units than `min_units`.
    FewUnits,
    /// A rate over a denominator below `min_denominator`.
    SmallDenominator,
    /// One contributor holds more than the share allowed.
    Dominance,
    /// The second largest contributor could tell the largest contribution too closely.
    PPercent,
    /// It was hidden before, and is still the same.
    Kept,
}

/// Rules by the source of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedRule {
    /// Enterprises (Insee): 3 units, nobody above 85 %.
    Enterprises,
    /// Tax data on persons (DGFiP): 11 units, nobody above 85 %.
    Tax,
    /// Tax on wealth: 50 taxpayers, nobody above 85 %. It also wants communes of more than 20 000
    /// inhabitants, which the town itself is or is not.
    WealthTax,
    /// Rents: 50 observations, whose number is shown beside.
    Rents,
    /// Figures by IRIS: 2 000 inhabitants.
    Iris,
    /// Health data (SNDS): 11 persons.
    Health,
    /// Staff and schools, the house's rule: 5 persons.
    Persons5,
    /// Staff and schools, the stricter one: 11 persons.
    Persons11,
}

impl NamedRule {
    /// All, in the order in which they are documented.
    pub const ALL: [Self; 8] = [
        Self::Enterprises,
        Self::Tax,
        Self::WealthTax,
        Self::Rents,
        Self::Iris,
        Self::Health,
        Self::Persons5,
        Self::Persons11,
    ];

    /// The name used in declarations.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enterprises => "enterprises",
            Self::Tax => "tax",
            Self::WealthTax => "wealth_tax",
            Self::Rents => "rents",
            Self::Iris => "iris",
            Self::Health => "health",
            Self::Persons5 => "persons_5",
            Self::Persons11 => "persons_11",
        }
    }

    /// What it asks.
    #[must_use]
    pub fn rule(self) -> Rule {
        const INSEE_SHARE: f64 = 0.85;
        match self {
            Self::Enterprises => Rule::units(3).dominance(INSEE_SHARE),
            Self::Tax => Rule::units(11).dominance(INSEE_SHARE),
            Self::WealthTax => Rule::units(50).dominance(INSEE_SHARE),
            Self::Rents => Rule::units(50),
            Self::Iris => Rule::units(2_000),
            Self::Health | Self::Persons11 => Rule::units(11),
            Self::Persons5 => Rule::units(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(units: u64, value: f64, largest: [f64; 2]) -> Cell {
        Cell::new(units, vec![Amount::of(value, largest)])
    }

    #[test]
    fn enterprises_need_three_units_and_nobody_above_85_percent() {
        let rule = NamedRule::Enterprises.rule();
        let judge = |units, value, first| rule.judge(&cell(units, value, [first, 0.0]));
        assert_eq!(judge(2, 100.0, 60.0), Some(Reason::FewUnits));
        assert_eq!(judge(3, 100.0, 85.0), None);
        assert_eq!(judge(3, 100.0, 86.0), Some(Reason::Dominance));
        assert_eq!(judge(0, 0.0, 0.0), None);
    }

    /// Examples 1, 2 and 4 of the handbook's chapter on magnitude tables.
    #[test]
    fn protection_levels_are_those_of_the_handbook() {
        let one_85 = Rule::default().dominance(0.85);
        let over = one_85.dominated(&Amount::of(330.0, [300.0, 20.0]));
        assert!((over - 22.94).abs() < 0.01, "{over}");
        let p_10 = Rule {
            p_percent: Some(0.1),
            ..Rule::default()
        };
        let safe = Amount::of(110_000.0, [52_000.0, 50_000.0]);
        assert!(p_10.told(&safe) <= 0.0);
        let close = Amount::of(100_000.0, [50_000.0, 49_000.0]);
        assert!((p_10.told(&close) - 4_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_small_denominator_and_an_empty_cell_are_sensitive_where_the_rule_says_so() {
        let mut small = cell(40, 3.0, [1.0, 1.0]);
        small.denominator = Some(9.0);
        let rule = Rule {
            min_denominator: Some(10.0),
            empty: Empty::Hidden,
            ..Rule::units(5)
        };
        assert_eq!(rule.judge(&small), Some(Reason::SmallDenominator));
        assert_eq!(rule.judge(&cell(0, 0.0, [0.0; 2])), Some(Reason::Empty));
        assert_eq!(Rule::units(5).judge(&small), None);
    }

    #[test]
    fn an_amount_of_nobody_is_not_empty() {
        let rule = Rule::units(5);
        assert_eq!(rule.judge(&cell(0, 35.0, [0.0; 2])), Some(Reason::FewUnits));
        let mut balanced = cell(0, 0.0, [0.0; 2]);
        balanced.amounts[0].magnitude = 70.0;
        assert_eq!(rule.judge(&balanced), Some(Reason::FewUnits));
        assert_eq!(rule.judge(&cell(0, 0.0, [0.0; 2])), None);
    }
}
