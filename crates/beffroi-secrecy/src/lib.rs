//! Which cells are hidden.
mod keyed;
mod ledger;
mod moves;
mod needs;
mod program;
mod protect;
mod rule;
mod tables;

pub use keyed::{Key, KeyedError, KeyedTables, Quantity, Slice};
pub use ledger::Ledger;
pub use needs::{Need, needs};
pub use protect::{Exposure, Hidden, Limits, Status, Suppression, protect};
pub use rule::{Empty, MARGIN, NamedRule, Reason, Rule};
pub use tables::{Amount, Cell, CellId, Kind, Known, Relation, Tables, TablesError};
