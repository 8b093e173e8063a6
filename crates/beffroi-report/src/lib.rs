//! The annual report.
//!
//! A [`Document`] is the whole report as a value; everything else here makes an output of it:
//! fragments of pages ([`html`]), pages that stand by themselves ([`html::site`]), a workbook
//! ([`xlsx`]), files ([`zip`]). They share the list of its tables ([`tables`]) and the words they
//! add to it ([`words`]).

mod archive;
mod document;
pub mod html;
mod number;
mod tables;
pub mod words;
mod xlsx;

pub use archive::{ArchiveFailure, zip};
pub use document::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Evidence, Figure, Flow, FlowEnd, Head,
    Inline, Photo, Picture, Pictures, Row, SourceOf, StatusCount, Table, TableCell,
};
pub use tables::{Listed, tables};
pub use words::reading_order;
pub use xlsx::{XlsxFailure, xlsx};
