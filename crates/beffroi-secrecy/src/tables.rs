//! What could be shown, as one linear system: [`Cell`]s and the [`Relation`]s between them.

use crate::{lattice::Lattice, rule::Rule};

/// A cell's place in [`Tables`].
pub type CellId = usize;

/// What a protected quantity may be, which bounds what can be guessed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An amount or a count: never below zero, and totals are the sums of their parts.
    NonNegative,
    /// An amount of either sign (balances, savings).
    Signed,
    /// A number of different things (`count(distinct …)`), of which one may be in several parts: a
    /// total is at least each of its parts and at most their sum.
    Distinct,
    /// By how many units a cell has grown or shrunk. A few must stay possible to be as many as the
    /// rule asks, in the same direction.
    UnitsMoved,
}

/// One quantity of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Amount {
    /// What would be shown.
    pub value: f64,
    /// The sum of the contributions without their signs: the value itself unless some are negative.
    pub magnitude: f64,
    /// The largest two contributions, without their signs, grouped by whoever is to be protected;
    /// zeros where dominance is not judged.
    pub largest: [f64; 2],
    /// How many units are behind it, where that may be fewer than those of the cell: a sum over
    /// some of them, the others bringing nothing.
    pub units: Option<u64>,
    /// The least that it could be, where its kind does not say: what has changed cannot have taken
    /// away more than there was.
    pub least: Option<f64>,
    /// Whether this value was shown before.
    pub known: Known,
}

impl Amount {
    /// An amount with its two largest contributions.
    #[must_use]
    pub fn of(value: f64, largest: [f64; 2]) -> Self {
        Self {
            value,
            magnitude: value.abs(),
            largest,
            units: None,
            least: None,
            known: Known::No,
        }
    }

    /// How far it can fall, as far as anyone outside knows.
    pub(crate) fn room_below(&self, kind: Kind) -> f64 {
        match (self.least, kind) {
            (Some(least), _) => (self.value - least).max(0.0),
            (None, Kind::Signed | Kind::UnitsMoved) => f64::INFINITY,
            (None, Kind::NonNegative | Kind::Distinct) => self.value,
        }
    }

    /// An amount whose contributions are not judged.
    #[must_use]
    pub fn plain(value: f64) -> Self {
        Self::of(value, [0.0; 2])
    }

    /// Shown before, or not.
    #[must_use]
    pub fn known(mut self, known: Known) -> Self {
        self.known = known;
        self
    }
}

/// What earlier versions and frozen reports have shown of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Known {
    /// Nothing.
    #[default]
    No,
    /// Another value of the same cell. It may be close to this one: it protects nobody else, and
    /// is itself still to be protected.
    Before,
    /// This value. It cannot be un-shown: it protects nobody else, and hiding it protects nothing.
    Now,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// How many units contribute to it.
    pub units: u64,
    /// How many contributors, where these are not the units.
    pub contributors: Option<u64>,
    /// What rates shown for this cell are divided by.
    pub denominator: Option<f64>,
    /// Its quantities, in the order of the kinds of [`Tables`].
    pub amounts: Vec<Amount>,
    /// Never shown, but there to be computed from others: the complement of a filter.
    pub shadow: bool,
    /// Whether its number of units was shown before.
    pub known: Known,
    /// Whether it was hidden before, and is still the same: showing it would tell what it protected.
    pub kept: Kept,
}

/// Whether a cell stays hidden because it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kept {
    /// It does not.
    #[default]
    No,
    /// It does, and so do all that were hidden with it: they protect each other.
    Hidden,
    /// It does, and some of those have changed: it needs protection of its own.
    Needed,
}

impl Cell {
    /// A cell that can be shown.
    #[must_use]
    pub fn new(units: u64, amounts: Vec<Amount>) -> Self {
        Self {
            units,
            contributors: None,
            denominator: None,
            amounts,
            shadow: false,
            known: Known::No,
            kept: Kept::No,
        }
    }

    /// A cell that is never shown.
    #[must_use]
    pub fn shadow(units: u64, amounts: Vec<Amount>) -> Self {
        Self {
            shadow: true,
            ..Self::new(units, amounts)
        }
    }

    /// Whether nobody contributes, and nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.units == 0 && self.amounts.iter().all(|amount| amount.magnitude == 0.0)
    }
}

/// A total and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The whole.
    pub total: CellId,
    /// What it is the sum of; each cell once.
    pub parts: Vec<CellId>,
    /// The quantities of which it holds, [`Tables::units`] among them; `None`: all. (A stock of
    /// December is the year's; a flow of December is not.)
    pub quantities: Option<Vec<usize>>,
}

impl Relation {
    /// A total and its parts, for all quantities.
    #[must_use]
    pub fn new(total: CellId, parts: Vec<CellId>) -> Self {
        Self {
            total,
            parts,
            quantities: None,
        }
    }

    pub(crate) fn holds_of(&self, quantity: usize) -> bool {
        let among = |list: &Vec<usize>| list.contains(&quantity);
        self.quantities.as_ref().is_none_or(among)
    }

    /// The total, then the parts.
    pub(crate) fn cells(&self) -> impl Iterator<Item = CellId> {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }
}

/// Why a set of tables is none.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TablesError {
    /// A cell has not one amount for each kind.
    #[error("cell {cell} has {found} amounts, expected {expected}")]
    Amounts {
        /// The cell.
        cell: CellId,
        /// How many it has.
        found: usize,
        /// How many there are kinds.
        expected: usize,
    },
    /// A number is infinite or none, or below zero where it cannot be.
    #[error("cell {0} has an amount that is not possible")]
    Amount(CellId),
    /// A relation names a cell twice, or one that is not there.
    #[error("relation {0} names a cell twice, or one that does not exist")]
    Cells(usize),
    /// The parts do not make the total: some part is missing.
    #[error("the parts of relation {relation} do not make its total for quantity {quantity}")]
    Unbalanced {
        /// The relation, by its place.
        relation: usize,
        /// The quantity.
        quantity: usize,
    },
}

/// Cells and relations that hold together.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    kinds: Vec<Kind>,
    cells: Vec<Cell>,
    relations: Vec<Relation>,
    around: Vec<Vec<usize>>,
    /// Where cells stand, when they have names.
    lattice: Option<Lattice>,
}

/// Sums of floats are compared to within this share of their terms.
const ROUNDING: f64 = 1e-6;

impl Tables {
    /// Checks that every relation holds.
    pub fn new(
        kinds: Vec<Kind>,
        cells: Vec<Cell>,
        relations: Vec<Relation>,
    ) -> Result<Self, TablesError> {
        for (id, cell) in cells.iter().enumerate() {
            check_cell(id, cell, &kinds)?;
        }
        let mut around = vec![Vec::new(); cells.len()];
        for (place, relation) in relations.iter().enumerate() {
            for cell in relation.cells() {
                let around = around.get_mut(cell).ok_or(TablesError::Cells(place))?;
                if around.last() == Some(&place) {
                    return Err(TablesError::Cells(place));
                }
                around.push(place);
            }
        }
        let tables = Self {
            kinds,
            cells,
            relations,
            around,
            lattice: None,
        };
        for relation in 0..tables.relations.len() {
            for quantity in 0..=tables.units() {
                if !tables.balanced(relation, quantity) {
                    return Err(TablesError::Unbalanced { relation, quantity });
                }
            }
        }
        Ok(tables)
    }

    /// The cells, by id.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(crate) fn lattice(&self) -> Option<&Lattice> {
        self.lattice.as_ref()
    }

    pub(crate) fn set_lattice(&mut self, lattice: Lattice) {
        self.lattice = Some(lattice);
    }

    pub(crate) fn cells_mut(&mut self) -> &mut [Cell] {
        &mut self.cells
    }

    /// The relations.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// What the quantities are.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The place of the number of contributing units among the quantities: after the others. It is
    /// protected whether it is shown or not, as a [`Kind::Distinct`].
    #[must_use]
    pub fn units(&self) -> usize {
        self.kinds.len()
    }

    /// The relations that a cell is in.
    pub(crate) fn around(&self, cell: CellId) -> &[usize] {
        self.around.get(cell).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn kind(&self, quantity: usize) -> Kind {
        self.kinds.get(quantity).copied().unwrap_or(Kind::Distinct)
    }

    /// A quantity of a cell; units for [`Tables::units`].
    pub(crate) fn amount(&self, cell: CellId, quantity: usize) -> Amount {
        let Some(cell) = self.cells.get(cell) else {
            return Amount::plain(0.0);
        };
        let units = || {
            // What is shown of a cell tells something of how many there are.
            let mut amounts = cell.amounts.iter();
            let some = amounts.any(|amount| amount.known != Known::No);
            let known = match cell.known {
                Known::No if some => Known::Before,
                known => known,
            };
            Amount::plain(cell.units as f64).known(known)
        };
        cell.amounts.get(quantity).copied().unwrap_or_else(units)
    }

    /// How many relations a cell is the total of.
    pub(crate) fn height(&self, cell: CellId) -> usize {
        let is_total = |place: &&usize| self.relations[**place].total == cell;
        self.around(cell).iter().filter(is_total).count()
    }

    /// Cells that are sensitive, with why.
    pub(crate) fn sensitive(&self, rule: &Rule) -> Vec<Option<crate::Reason>> {
        self.cells.iter().map(|cell| rule.judge(cell)).collect()
    }

    fn balanced(&self, relation: usize, quantity: usize) -> bool {
        let relation = &self.relations[relation];
        if !relation.holds_of(quantity) {
            return true;
        }
        let total = self.amount(relation.total, quantity);
        let parts = relation
            .parts
            .iter()
            .map(|part| self.amount(*part, quantity));
        let (mut sum, mut size, mut most) = (0.0, total.value.abs(), 0.0_f64);
        for part in parts {
            sum += part.value;
            size += part.value.abs();
            most = most.max(part.value);
        }
        let slack = size * ROUNDING + ROUNDING;
        match self.kind(quantity) {
            Kind::NonNegative | Kind::Signed | Kind::UnitsMoved => {
                (total.value - sum).abs() <= slack
            }
            Kind::Distinct => total.value <= sum + slack && total.value + slack >= most,
        }
    }
}

fn check_cell(id: CellId, cell: &Cell, kinds: &[Kind]) -> Result<(), TablesError> {
    if cell.amounts.len() != kinds.len() {
        return Err(TablesError::Amounts {
            cell: id,
            found: cell.amounts.len(),
            expected: kinds.len(),
        });
    }
    let possible = |(amount, kind): (&Amount, &Kind)| {
        let numbers = [
            amount.value,
            amount.magnitude,
            amount.largest[0],
            amount.largest[1],
        ];
        let signed = matches!(kind, Kind::Signed | Kind::UnitsMoved);
        numbers
            .iter()
            .all(|number| number.is_finite() && number.abs() < 1e15)
            && numbers.iter().skip(1).all(|number| *number >= 0.0)
            && (signed || amount.value >= 0.0)
            && amount.least.is_none_or(f64::is_finite)
    };
    let denominator = cell.denominator.is_none_or(f64::is_finite);
    if denominator && cell.amounts.iter().zip(kinds).all(possible) {
        Ok(())
    } else {
        Err(TablesError::Amount(id))
    }
}
