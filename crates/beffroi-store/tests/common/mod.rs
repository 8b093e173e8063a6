//! A store in a folder of its own, and people to put into it.

#![allow(clippy::unwrap_used, dead_code)]

use beffroi_model::{DepartmentId, Membership, PerimeterId, Role};
use beffroi_store::{NewPerson, PersonId, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::{net::IpAddr, path::Path};
use tempfile::TempDir;

pub const PASSWORD: &str = "Les 4 platanes, place du Marché";

/// A store, and where it is.
pub struct Town {
    pub folder: TempDir,
    pub store: Store,
}

impl Town {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        Self { folder, store }
    }

    pub fn state(&self) -> &Path {
        self.folder.path()
    }

    /// A second look at the same files, as another process has.
    pub fn again(&self) -> Store {
        Store::open(self.state()).unwrap()
    }

    /// Looks at, or meddles with, the database behind the store's back.
    pub fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.state().join("beffroi.sqlite")).unwrap()
    }

    pub fn add(&self, email: &str, roles: &[Role]) -> PersonId {
        self.store
            .add_person(&person(email, roles), noon())
            .unwrap()
    }

    /// Somebody who can sign in with [`PASSWORD`].
    pub fn add_with_password(&self, email: &str, roles: &[Role]) -> PersonId {
        let id = self.add(email, roles);
        self.store.set_password(id, PASSWORD, None, noon()).unwrap();
        id
    }
}

pub fn person(email: &str, roles: &[Role]) -> NewPerson {
    NewPerson {
        email: email.into(),
        name: format!("Personne {email}"),
        membership: Membership {
            roles: roles.iter().copied().collect(),
            departments: [DepartmentId::new("voirie").unwrap()].into(),
            perimeters: [PerimeterId::new("nord").unwrap()].into(),
        },
    }
}

pub fn noon() -> DateTime<Utc> {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

pub fn after(seconds: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(seconds)
}

pub fn home() -> IpAddr {
    "192.0.2.7".parse().unwrap()
}
