//! The annual report.
//!
//! `Report` + [`Said`] → [`queries`] → (engine) → answers → [`compose`] → [`Draft`]: one
//! [`Document`], and what is wrong with it. A document [frozen](freeze) is what the council votes
//! on; [`changes`] tells what the data say since, [`take_over`] takes one of them.
//!
//! A document holds all that is read, to the character: pages, workbook, files and (in
//! `beffroi-typeset`) the PDF add looks, never words. Knows nothing of HTTP, of disks, of engines.

mod annex;
mod compose;
mod convert;
mod document;
mod frozen;
mod markdown;
mod plan;
mod problem;
mod reading;

pub use compose::{Draft, compose};
pub use document::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Evidence, Figure, Flow, FlowEnd, Head,
    Inline, Photo, Picture, Pictures, Row, SourceOf, StatusCount, Table, TableCell,
};
pub use frozen::{Change, changes, chapter_reading, freeze, take_over};
pub use plan::queries;
pub use problem::{Problem, ProblemKind};
pub use reading::{Reading, Said, SaidOf, Sentence};
