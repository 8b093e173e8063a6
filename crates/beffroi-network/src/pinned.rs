//! Names that are resolved once.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// Whatever name is asked for, the addresses that were looked at: a name that resolves to another
/// address a moment later leads nowhere else.
#[derive(Debug)]
pub struct Pinned(Vec<SocketAddr>);

impl Pinned {
    /// These addresses, and no other.
    #[must_use]
    pub fn to(addresses: Vec<SocketAddr>) -> Self {
        Self(addresses)
    }
}

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses: Addrs = Box::new(self.0.clone().into_iter());
        Box::pin(std::future::ready(Ok(addresses)))
    }
}
