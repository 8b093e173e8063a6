//! Who reaches what: `access.toml`, checked.

use crate::{Secret, Text};
use beffroi_model::{
    BoardId, DatasetId, DepartmentId, Filter, Membership, PerimeterId, ReportId, Role,
};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// `access.toml`. The default reaches nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Access {
    /// What is reached together, by id.
    pub perimeters: IndexMap<PerimeterId, Perimeter>,
    /// The perimeters of each role.
    pub roles: BTreeMap<Role, BTreeSet<PerimeterId>>,
    /// How people sign in.
    pub sign_in: SignIn,
    /// How long the trail is kept.
    pub retention: Retention,
    /// People whose place a visitor of the sample town may take.
    pub demo: Vec<DemoPerson>,
}

/// Things reached together.
#[derive(Debug, Clone, PartialEq)]
pub struct Perimeter {
    /// Its name.
    pub title: Text,
    /// Departments: their datasets and boards.
    pub departments: Names<DepartmentId>,
    /// Datasets.
    pub datasets: Names<DatasetId>,
    /// Boards, with every figure on them.
    pub boards: Names<BoardId>,
    /// Final reports, with every figure in them.
    pub reports: Names<ReportId>,
    /// Only these rows, in order of dimensions; empty for all.
    pub rows: Vec<Filter>,
    /// Whether indicators without those dimensions are reached too.
    pub whole_town: bool,
    /// Whether rows themselves are reached, beside the figures made of them.
    pub raw: bool,
}

/// All things of a kind, or some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names<T> {
    /// All, those to come among them.
    All,
    /// These.
    These(BTreeSet<T>),
}

impl<T: Ord> Names<T> {
    /// Whether one is among them.
    #[must_use]
    pub fn contains(&self, one: &T) -> bool {
        match self {
            Self::All => true,
            Self::These(these) => these.contains(one),
        }
    }
}

/// How people sign in.
#[derive(Debug, Clone, PartialEq)]
pub struct SignIn {
    /// By an address and a password.
    pub local: bool,
    /// Whom to write to without an account.
    pub contact: Text,
    /// By an identity provider.
    pub oidc: Option<Oidc>,
    /// By a reverse proxy that knows people already.
    pub proxy: Option<Proxy>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            local: true,
            contact: Text::default(),
            oidc: None,
            proxy: None,
        }
    }
}

/// An identity provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Oidc {
    /// Its name on the button.
    pub title: Text,
    /// Its address.
    pub issuer: String,
    /// What it knows this installation by.
    pub client_id: String,
    /// Where the secret is.
    pub secret: Secret,
    /// What it is asked for.
    pub scopes: Vec<String>,
    /// The town's SIRET: people of other organisations are refused.
    pub siret: Option<String>,
    /// Whether what it says of people has to be signed.
    pub signed_userinfo: bool,
}

/// A reverse proxy that knows people already.
#[derive(Debug, Clone, PartialEq)]
pub struct Proxy {
    /// Where it stands.
    pub addresses: Vec<IpAddr>,
    /// The header with the person's address.
    pub header: String,
}

/// How many months the trail is kept, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Reads and sign-ins.
    pub reads: u32,
    /// Refusals.
    pub refusals: u32,
    /// Changes, exports and publications.
    pub changes: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            reads: 6,
            refusals: 12,
            changes: 60,
        }
    }
}

/// Somebody of the sample town.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoPerson {
    /// Their name.
    pub name: String,
    /// What they are.
    pub membership: Membership,
}
