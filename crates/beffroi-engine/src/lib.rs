//! `Query` → `Answer`, with Polars.
//!
//! A measure is split in two: **leaves**, the aggregates at its bottom, which need rows; and a
//! **formula** over them, which needs none. For every dataset one streaming scan prepares the
//! leaves of all its indicators as **rollups**: the aggregates by the finest period and the
//! indicator's dimensions, in dense arrays. A query then adds up cells of a rollup by plain loops,
//! whatever its periods, members and filters, and works the formula out over the sums: a ratio is
//! always a ratio of sums, exact decimals stay exact until the end, and what is missing or masked
//! is counted beside what is there.
//!
//! What does not add up (distinct counts, medians) is computed from the version when asked.
//!
//! One [`PolarsEngine`] stands for one state of the town; its successor takes over every rollup
//! whose dataset version and indicators are the same.

mod direct;
mod engine;
mod formula;
mod gather;
mod lower;
mod rollup;
mod sums;
mod time;

pub use engine::PolarsEngine;
