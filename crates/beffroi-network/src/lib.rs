//! What every client of the network has to respect: which addresses are those of the public
//! internet, that a connection is made to the very address that was looked at, and whose
//! certificates are trusted. Who may be reached beside the public internet, and what is asked of
//! whom, is the business of others.

mod address;
mod pinned;
mod trust;

pub use address::is_public;
pub use pinned::Pinned;
pub use trust::{TrustError, trust};
