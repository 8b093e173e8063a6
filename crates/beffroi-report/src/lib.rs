//! The annual report.

mod document;

pub use document::{
    BigNumber, Block, Chapter, Document, Drawing, Edition, Evidence, Figure, Flow, FlowEnd, Head,
    Inline, Photo, Picture, Pictures, Row, SourceOf, StatusCount, Table, TableCell,
};
