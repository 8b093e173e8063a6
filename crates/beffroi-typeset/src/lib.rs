//! A report on paper: its document becomes an accessible PDF.
//!
//! The last step of a report's way: [`Document`] → pages of paper. `manuscript` writes down what
//! is to be set, as plain data; `assets/report.typ` says how it looks; Typst sets it, in a world
//! (`world`) that holds nothing but this manuscript, its drawings (`drawing`), its photographs
//! (`photo`) and our typefaces (`typeface`).
//!
//! A frozen report comes out as PDF/UA-1 together with PDF/A-2a, or not at all. A draft comes out
//! whenever it can be set, with what would be refused of a frozen one told beside it.
//!
//! The same document gives the same bytes: nothing is asked of the clock, of the machine's
//! typefaces or of its disk.

mod columns;
mod complaint;
mod drawing;
mod manuscript;
mod photo;
mod press;
mod typeface;
mod words;
mod world;

pub use complaint::{Complaint, ComplaintKind};
pub use photo::photograph;
pub use press::pdf;

#[doc(no_inline)]
pub use beffroi_report::{Document, Pictures};

/// What a report is printed with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The colours of the pages.
    #[default]
    Colour,
    /// Black and greys: series, shades and statuses differ by dashes, hatching and signs.
    BlackAndWhite,
}

/// How a report is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// What it is printed with.
    pub ink: Ink,
}

/// A report that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has, cover included.
    pub pages: usize,
    /// What would be refused of a frozen report; always empty for one.
    pub complaints: Vec<Complaint>,
}
