//! The API: the same answers as the pages, as JSON. One shape of error, made by
//! [`Failure`](crate::failure::Failure).

pub(crate) mod dataset;
pub(crate) mod datasets;
pub(crate) mod import;
pub(crate) mod indicator;
pub(crate) mod indicators;
pub(crate) mod openapi;

use beffroi_catalog::Text;
use serde_json::{Value, json};

/// A declared text in its languages.
fn text(text: &Text) -> Value {
    json!({ "fr": text.fr, "en": text.en })
}
