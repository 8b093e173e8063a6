//! Where bytes come from: files of a folder, servers, databases, replayed or live feeds.
//!
//! First in the way of the data: what is found here goes, as bytes with a name, to intake. What
//! the bytes mean is the business of others.

mod delivered;
mod error;
mod extracted;
mod fetch;
mod files;
#[cfg(fuzzing)]
pub mod fuzzing;
mod guard;
mod name;
mod opendatasoft;
mod postgres;
mod replay;
mod sink;
mod web;

pub use delivered::{Delivered, Delivery};
pub use error::SourceError;
pub use extracted::extracted_on;
pub use fetch::{Record, fetch, reading};
pub use files::{FoundFile, files, fits, read_file, sha256_hex, sha256_of};
pub use replay::{FeedError, Replay};
pub use web::{Fetched, Limits, Request, Validators, Web};
