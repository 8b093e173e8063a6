//! Declarations made and changed in the browser: the same TOML as by hand, its comments and its
//! order kept.
//!
//! A form ([`DatasetForm`], [`IndicatorForm`], [`BoardForm`]) is read from the text of a file and
//! written into it again: what it does not know, and what it does not change, stays as it is
//! written. [`merge()`] puts together what two people changed of one text, [`differences`] says
//! what a change is, [`id_from_title`] names what is new.
//!
//! For whoever never wrote a declaration, `propose` describes a file and gives a dataset its first
//! figures, `measure` says an indicator without an expression, `gallery` has boards ready for the
//! usual subjects, and `advice` says what a statistician would.
//!
//! Everything here is texts and plain values: no disk, no HTTP, no SQL.

pub mod advice;
mod board;
mod dataset;
mod difference;
mod document;
pub mod gallery;
mod ids;
mod indicator;
pub mod measure;
mod merge;
mod naming;
pub mod propose;
mod rows;
mod tables;
mod words;
mod written;

pub use board::{BoardForm, SectionForm, TileForm};
pub use dataset::{ColumnForm, DatasetForm, SourceForm};
pub use difference::{Difference, DifferenceKind, differences};
pub use document::EditError;
pub use ids::id_from_title;
pub use indicator::{IndicatorForm, TargetForm};
pub use merge::{Conflict, Merged, merge};
