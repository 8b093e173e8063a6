//! What is known of people and of their work, in one SQLite file.
//!
//! ```text
//! var/beffroi.sqlite     accounts, sessions, invitations, throttling, the audit trail, what the
//!                        workshop and the annual reports keep
//! var/audit-heads        where each chain of the audit trail stands, outside of what it vouches for
//! var/store.lock         held for moments: while opening, and while heads are written
//! ```
//!
//! Stands beside the way of the data: pages ask it who somebody is, and tell it what was done. It
//! knows roles and memberships by [`beffroi_model`], and gives no rights itself. Secrets that
//! browsers hold (sessions, links, codes) are kept as SHA-256, passwords as Argon2id.
//!
//! All calls block. The time is always given, so that tests hold it.

pub mod audit;
mod database;
mod flows;
mod ids;
mod integrity;
mod invitations;
pub mod password;
mod people;
pub mod reports;
mod secret;
mod sessions;
mod store;
mod throttle;
mod totp;
pub mod workshop;

pub use audit::{Audit, Event, Kind};
pub use flows::Flow;
pub use ids::{CommentId, CommentaryId, DeliveryId, DraftId, PersonId, RequestId, RevisionId};
pub use invitations::{Purpose, RedeemError};
pub use password::SignIn;
pub use people::{NewPerson, Person, PersonError};
pub use reports::Reports;
pub use secret::token;
pub use sessions::{Means, Session, SessionId, SessionInfo, Stage, csrf, csrf_matches};
pub use store::{Store, StoreError};
pub use throttle::network;
pub use totp::{CodeCheck, TotpStart};
