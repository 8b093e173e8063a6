//! The statistical secrecy of a dataset, as declared.

use beffroi_model::{ColumnId, DimensionId, Grain};
use beffroi_secrecy::{NamedRule, Rule};

/// What may be shown of a dataset under statistical secrecy. All figures that rest on it obey.
#[derive(Debug, Clone, PartialEq)]
pub struct Secrecy {
    /// The rule of its source, if it goes by a name.
    pub named: Option<NamedRule>,
    /// What is asked of a figure.
    pub rule: Rule,
    /// What its units are.
    pub units: Units,
    /// The column that tells contributors apart.
    pub contributor: Option<ColumnId>,
    /// The tables that are shown, each by the dimensions that it crosses, in order; their margins
    /// are shown too.
    pub tables: Vec<Vec<DimensionId>>,
    /// The grains of the periods that are shown.
    pub grains: Vec<Grain>,
}

/// What is counted as a unit (a person, an enterprise).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Units {
    /// Each row is one, different from all others.
    Rows,
    /// As many as this column says; from one period to the next they may be the same.
    Column(ColumnId),
    /// Each different contributor is one.
    Contributors,
}

impl Secrecy {
    /// Whether figures by these dimensions, and of periods of this grain, are among those shown.
    #[must_use]
    pub fn shows(&self, dimensions: &[&DimensionId], grain: Grain) -> bool {
        let among = |table: &Vec<DimensionId>| dimensions.iter().all(|id| table.contains(id));
        self.grains.contains(&grain) && (dimensions.is_empty() || self.tables.iter().any(among))
    }
}
