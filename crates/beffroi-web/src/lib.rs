//! Pages, forms and API over HTTP.
//!
//! Somebody comes in ([`Entrance`]), a request of theirs is admitted or refused; once admitted it
//! reads one [`Snapshot`] of the town from start to end, of which it sees what that person reaches. What it shows is asked of the engine through a small pool of threads,
//! composed into figures by `beffroi-figure`, and written as HTML or JSON. Pages are complete
//! without any script.
//!
//! In the workshop declarations are drafted: a draft is laid over the town by a [`Workbench`], which the program gives.
//!
//! [`Town`] → admission → plan → pool → engine → answers → figures → page

mod api;
mod assets;
mod cache;
mod choices;
mod door;
mod entrance;
mod export;
mod failure;
mod figure;
mod forms;
mod freshness;
mod guard;
mod health;
mod layout;
mod live;
mod metrics;
mod pages;
mod parts;
mod pool;
mod reports;
mod requests;
mod rights;
mod server;
mod shelf;
mod summaries;
mod tls;
mod town;
mod trail;
mod visit;
mod watch;
mod workbench;
mod workshop;

pub use assets::STYLE_SHEET;
pub use entrance::{Doorway, Entrance, Reason};
pub use guard::Permission;
pub use health::{Health, Probe};
pub use metrics::Metrics;
pub use rights::{may, member_may, roles_with};
pub use server::{Config, ServeError, Site, serve};
pub use shelf::{Ink, Kept, Paper, Shelf, Unkept, said};
pub use tls::{Tls, TlsError};
pub use town::{Faults, Feed, FileUnderWay, Snapshot, Town, UnderWay};
pub use watch::watch;
pub use workbench::{Brought, Drafted, Looked, Overlaid, Unpublished, Workbench};
pub use workshop::{Outcome, publish_draft, publish_due};
