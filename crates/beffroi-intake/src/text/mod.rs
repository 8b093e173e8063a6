//! Delimited text: from bytes to rows of cells, before anybody asks what they mean.

pub(crate) mod delimited;
pub(crate) mod encoding;
