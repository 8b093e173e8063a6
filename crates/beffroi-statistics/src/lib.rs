//! What is worked out over series of figures.
//!
//! Stands between the engine, which answers period by period, and the figures that are read:
//! [`Observation`]s → views of them ([`view`]), the year so far ([`year_to_date`]), what stands
//! out ([`anomaly`]), where it leads ([`outlook`]), how it compares ([`peers`]). Beside:
//! time-weighted means of polled feeds ([`feed`]) and changes of official codes ([`territory`]).
//!
//! Plain functions over the cells and periods of `beffroi-model`; no catalog. What
//! holds for all of them:
//!
//! - **Cells stay typed.** What is missing, makes no sense or is secret stays so, the stronger
//!   absence winning ([`Cell::combine`]): secret, then missing, then not applicable. A secret cell
//!   carries no value, so nothing here can show one; results over the shown cells alone (ranks,
//!   medians, outliers) say among how many.
//! - **A part of a period is never compared with a whole one**
//!   ([`Coverage::is_complete`](beffroi_model::Coverage::is_complete)).
//! - **A method has a name**, a source, and the least number of points it needs; with fewer it
//!   says nothing.
//!
//! [`Cell::combine`]: beffroi_model::Cell::combine

pub mod anomaly;
pub mod feed;
mod observation;
pub mod outlook;
pub mod peers;
pub mod robust;
pub mod territory;
pub mod view;
pub mod year_to_date;

pub use observation::{Observation, crosses};
