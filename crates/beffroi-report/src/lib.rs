//! The annual report.
//!
//! `Report` + [`Said`] → [`queries`] → (engine) → answers → [`compose`] → [`Draft`]: one
//! [`Document`], and what is wrong with it. A document [frozen](freeze) is what the council votes
//! on; [`changes`] tells what the data say since, [`take_over`] takes one of them.
//!
//! A document holds all that is read, to the character. Outputs add looks, never words: fragments
//! of pages ([`html`]), pages that stand by themselves ([`html::site`]), a workbook ([`xlsx`]),
//! files ([`zip`]) and, in `beffroi-typeset`, the PDF. They share the list of its tables
//! ([`tables`]) and the few words that they add ([`words`]).
//!
//! What each kind of report has to contain is listed in [`requirements()`], and told where it is
//! [`missing`]; [`templates()`] are reports ready to be taken, made of the indicators a town has.
//!
//! Knows nothing of HTTP, of disks, of engines.

mod annex;
mod archive;
mod compose;
mod convert;
mod document;
mod frozen;
pub mod html;
mod markdown;
mod number;
mod plan;
mod problem;
mod reading;
mod requirements;
mod tables;
mod templates;
pub mod words;
mod xlsx;

pub use archive::{ArchiveFailure, bundle, zip};
pub use compose::{Draft, compose};
pub use document::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Evidence, Figure, Flow, FlowEnd, Head,
    Inline, Photo, Picture, Pictures, Row, SourceOf, StatusCount, Table, TableCell, photographs,
};
pub use frozen::{Change, changes, chapter_reading, freeze, take_over};
pub use plan::queries;
pub use problem::{Problem, ProblemKind};
pub use reading::{Reading, Said, SaidOf, Sentence};
pub use requirements::{Requirement, missing, requirements};
pub use tables::{Listed, tables};
pub use templates::{Made, Template, instantiate, templates};
pub use words::reading_order;
pub use xlsx::{XlsxFailure, xlsx};
