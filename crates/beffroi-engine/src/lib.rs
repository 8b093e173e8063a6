//! `Query` → `Answer`.
//!
//! A measure is split in two: **leaves**, the aggregates at its bottom, which need rows; and a
//! **formula** over them, which needs none. For every dataset one pass over its rows prepares the
//! leaves of its indicators as **rollups**: aggregates by period and members, in dense arrays, with
//! bitmaps where different values are counted. A query then adds up cells of a rollup by plain
//! loops, whatever its periods, members and filters, and works the formula out over the sums: a
//! ratio is always a ratio of sums, exact decimals stay exact until the end, and what is missing or
//! masked is counted beside what is there.
//!
//! What no rollup holds (medians; a combination that no board shows, of a dataset too large to
//! prepare all of them) is computed from the version when asked, by the same pass.
//!
//! One [`RollupEngine`] stands for one state of the town; its successor takes over every rollup
//! whose dataset version and indicators are the same.

mod engine;
mod formula;
mod gather;
mod rollup;
mod scan;
mod secrecy;
mod shapes;
mod sizes;
mod sums;
mod time;

pub use engine::RollupEngine;
