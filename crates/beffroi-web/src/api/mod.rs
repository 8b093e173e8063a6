//! The API: the same answers as the pages, as JSON. One shape of error, made by
//! [`Failure`](crate::failure::Failure).

pub(crate) mod indicator;
pub(crate) mod indicators;
pub(crate) mod openapi;
