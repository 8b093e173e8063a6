//! What fuzz targets reach of the inside; there with `--cfg fuzzing` only.

use crate::{name, opendatasoft};
use url::Url;

/// How many records an answer of a portal says there are, and those in it, each in one line.
#[must_use]
pub fn page(answer: &[u8]) -> Option<(u64, Vec<String>)> {
    opendatasoft::page(answer)
}

/// The name of a file that came with a `Content-Disposition`, from some address.
#[must_use]
pub fn name(disposition: &str, url: &Url) -> String {
    name::of(Some(disposition), url, Some("text/csv"), "jeu")
}
