//! Where bytes come from: files of a folder, replayed or live feeds.
//!
//! First in the way of the data: what is found here goes, as bytes with a name, to intake. What
//! the bytes mean is the business of others.

mod error;
mod extracted;
mod files;
mod replay;

pub use error::SourceError;
pub use extracted::extracted_on;
pub use files::{FoundFile, files, read_file, sha256_hex};
pub use replay::{FeedError, Replay};
