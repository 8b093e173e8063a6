//! Which addresses may be reached. A declaration that names `http://169.254.169.254/` or a host
//! that resolves to the intranet must not turn the program into a way in: every address is looked
//! at after names are resolved, and the connection is made to that very address.

use crate::SourceError;
use beffroi_catalog::{Allowed, Network};
use beffroi_network::is_public;
use std::net::{IpAddr, SocketAddr};

/// The public internet, and what the town allows beside it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    allow: Vec<Allowed>,
}

impl Guard {
    pub(crate) fn new(network: &Network) -> Self {
        Self {
            allow: network.allow.clone(),
        }
    }

    /// The addresses of a host that may be reached.
    pub(crate) async fn resolve(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Vec<SocketAddr>, SourceError> {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => tokio::net::lookup_host((host, port))
                .await
                .map_err(|cause| SourceError::UnknownHost {
                    host: host.to_owned(),
                    cause,
                })?
                .collect(),
        };
        let reachable: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| self.allows(host, address.ip()))
            .collect();
        if reachable.is_empty() {
            return Err(SourceError::PrivateAddress {
                host: host.to_owned(),
            });
        }
        Ok(reachable)
    }

    fn allows(&self, host: &str, address: IpAddr) -> bool {
        if is_public(address) {
            return true;
        }
        let address = address.to_canonical();
        let host = host.trim_end_matches('.');
        !address.is_multicast()
            && self.allow.iter().any(|allowed| match allowed {
                Allowed::Range(range) => range.contains(&address),
                Allowed::Host(name) => !address.is_unspecified() && name.eq_ignore_ascii_case(host),
            })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_town_allows_ranges_and_hosts_and_nothing_more() {
        let guard = Guard {
            allow: vec![
                Allowed::Range("10.1.0.0/16".parse().unwrap()),
                Allowed::Host("base.ville.fr".to_owned()),
            ],
        };
        let allows = |host: &str, address: &str| guard.allows(host, address.parse().unwrap());
        assert!(allows("autre.fr", "10.1.2.3"));
        assert!(allows("autre.fr", "::ffff:10.1.2.3"));
        assert!(!allows("autre.fr", "10.2.0.1"));
        assert!(allows("BASE.ville.fr.", "192.168.1.1"));
        assert!(!allows("base.ville.fr.autre.fr", "192.168.1.1"));
        assert!(!allows("base.ville.fr", "0.0.0.0"));
        assert!(!allows("base.ville.fr", "224.0.0.1"));
    }
}
