//! Which cells of a set of linked tables are hidden, and the proof that they stay so.
//!
//! Cells by name ([`KeyedTables`]) or by hand ([`Tables`]) + [`Rule`] → [`protect`] →
//! [`Suppression`]. Nothing is read or kept here; what was shown before comes in, and what is shown
//! now goes out, as a [`Ledger`] that the caller stores.
//!
//! # What is protected
//!
//! All that could be shown of a dataset is one linear system: cells with their quantities, and
//! [`Relation`]s (a total and its parts: over a dimension, over the months of a year, over a filter
//! and what it leaves). A cell is shown or hidden as a whole, with every quantity and every ratio
//! built on it: a ratio beside one of its operands would tell the other. A *shadow* is never shown,
//! but must not be told either: the complement of a filter; the crossing of dimensions that are
//! shown two by two.
//!
//! The attacker sees everything that is shown or was shown before, knows all relations, which cells
//! are empty (unless these are hidden too), and that amounts and counts are not negative; not that
//! counts are whole. Moreover whoever is alone in a cell knows that figure, and who has the second
//! largest contribution knows that one (`p_percent`).
//!
//! # What a rule asks
//!
//! A cell is sensitive by the rules of [`Rule::judge`]. For each quantity X of a sensitive cell, what
//! the attacker can tell is an interval, the feasibility interval; it must reach at least X + U and
//! X − L. In the words of the Handbook on Statistical Disclosure Control (Hundepool et al., second
//! edition, 2024, section 4.2; x₁ ≥ x₂ are the largest contributions) U is the upper protection
//! level:
//!
//! | rule | sensitive when | U | source |
//! |---|---|---|---|
//! | dominance, share k | x₁ > k X | x₁ / k − X | Handbook, (1, k)-rule; Insee's share is 85 % |
//! | p % | X − x₁ − x₂ < p x₁ | p x₁ − (X − x₁ − x₂) | Handbook, p %-rule |
//! | few units, of the cell or behind one of its amounts; small denominator; empty, if hidden | units < n; denominator < m; units = 0 | `margin` × the greater of X and what one unit contributes where there are most | rtauargus, `MAN(10)`; for a figure of nil, τ-Argus' range of zeros |
//! | the number of units itself, shown or not | units < n | n − units, at least 1 | ours, see below |
//!
//! L is U, as is usual, but never below the least possible value; of the number of units it is
//! `margin` times that. A quantity that breaks several rules needs the most demanding U; one that
//! breaks none in a cell hidden for another (dominated in euros, not in persons) needs nothing. For
//! quantities of either sign, X in these formulas is the sum of contributions without their signs,
//! and the interval has no natural end.
//!
//! The handbook asks nothing wider than a point for a frequency rule, Insee's tool 10 %. Neither
//! keeps two small cells from standing for each other: with n = 11, hidden cells of 2 and 3 units
//! whose row tells that they are 5 together are a published aggregate of 5 units. So the number of
//! units of each must stay possible at n.
//!
//! U also holds against someone who is alone in another cell, and so knows that figure (the
//! handbook's singletons, section 4.2.3), except for the number of units. Who is alone in several
//! cells knows them all: in a district and in a category, say, of which no table tells whether they
//! have somebody in common; then it is taken to be the same one. L does not: what someone contributes
//! bounds from below what it is in, whatever is hidden.
//!
//! # How it is decided
//!
//! Sensitive cells are hidden first. Then each need (a [`Need`]: which bound must be open how far)
//! is proven by a *move*: a change of hidden figures, the sensitive one by as much as is needed, that
//! keeps every relation and every natural bound. Where hidden cells allow no such move, the cheapest
//! one over all cells that may be hidden is found by linear programming, and the cells it takes are
//! hidden (Kelly, Golden and Assad 1992; Fischetti and Salazar 2000). A cell costs
//! (1 + ln(1 + units)) × 4 for each relation that it is the total of: small cells go before large
//! ones, and any before totals; ties go by order. At last, hidden cells that turn out not to be
//! needed are shown again, the dearest first.
//!
//! Of large tables (more than [`Limits::large`] cells) moves are first looked for as hypercubes (as
//! in τ-Argus: what is added at one corner is taken at the next, so that no margin changes), as many
//! as their cells have room for: among what is hidden already, then among all. Programs are for what
//! these do not reach, once all else is covered.
//!
//! A move is checked by plain arithmetic, whatever found it, and what is hidden later only widens the
//! intervals: when all needs have their moves, nothing is left to audit. Programs are small, since a
//! move that exists around a cell exists in the whole; they grow where none is found. When the work
//! allowed ([`Limits`]) is spent, needs are met without any: the totals that a sensitive cell is a
//! part of are hidden, up to the last; or else all of its period, with those that hold it; or else
//! all that it is tied to ([`Suppression::coarse`]). The same tables give the same pattern on every
//! machine whose floats are the same.
//!
//! A need that cannot be met is told ([`Suppression::exposed`]): what is known or certain tells the
//! figure, whatever is hidden.
//!
//! # What was shown before
//!
//! A value that was shown cannot be un-shown: it is known, protects no other, and is reported where
//! it is sensitive. A cell that was shown with another value may be close to what it is now: it
//! protects no other, and is still protected. What was hidden and is the same stays hidden
//! ([`Kept`]): shown, it would tell what it protected, even if that one is large enough by now. And
//! what has changed between two versions is a table of its own ([`Ledger::changes`]): a figure that
//! is shown in both tells its change, of which the units are those that came late; so many of them
//! as the rule asks, or the later figure is hidden, and others with it. Such a change is proven open
//! by figures that are hidden in the later version, whatever the earlier one hid: that one may be
//! known by now, and what is shown at last would tell it.
//!
//! The [`Ledger`] knows cells by the names of their dimensions and members, and quantities by their
//! definitions. One that has no such name any more (a member spelled otherwise, a measure written
//! otherwise) is still known by its value.
//!
//! # What is left to who declares
//!
//! A column of units that are persons, and one of contributors that are to be protected, must be told
//! right; of rows that stand for several units, an amount of some of them only (the pay of the
//! women) is not told from an amount of all. Smallest and largest values are figures of one unit:
//! under secrecy they are not shown. Where all of a group have one property (all pupils of a class
//! passed), no cell is small, and nothing is hidden: [`Empty::Hidden`] is for that. Two hidden cells
//! with the same few contributors stand for each other; two datasets of the same people are decided
//! apart. One person who takes the place of another between two versions is not seen.

mod keyed;
mod lattice;
mod ledger;
mod moves;
mod needs;
mod program;
mod protect;
mod rule;
mod tables;

pub use keyed::{Key, KeyedError, KeyedTables, Quantity, Slice, Tie, UnitsOverTime};
pub use ledger::{Ledger, Names};
pub use needs::{Need, needs};
pub use protect::{Exposure, Hidden, Limits, Status, Suppression, protect};
pub use rule::{Empty, MARGIN, NamedRule, Reason, Rule};
pub use tables::{Amount, Cell, CellId, Kept, Kind, Known, Relation, Tables, TablesError};
