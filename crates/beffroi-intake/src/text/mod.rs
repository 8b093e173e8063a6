//! Delimited text: from bytes to rows of cells, before anybody asks what they mean.
//!
//! `encoding` looks at all the bytes and says how they are decoded (`charset`); `dialect` looks at
//! pieces of the text and says how it separates and quotes its cells; `delimited` reads it row by
//! row, each divided by `split`, or by `fixed` where columns are told by their places.

mod charset;
pub(crate) mod delimited;
pub(crate) mod dialect;
pub(crate) mod encoding;
mod fixed;
mod split;
