//! Pages, forms and API over HTTP.
//!
//! A request is admitted ([`Policy`]) or refused; once admitted it reads one [`Snapshot`] of the
//! town from start to end. What it shows is asked of the engine through a small pool of threads,
//! composed into figures by `beffroi-figure`, and written as HTML or JSON. Pages are complete
//! without any script.
//!
//! [`Town`] → admission → plan → pool → engine → answers → figures → page

mod api;
mod assets;
mod cache;
mod choices;
mod export;
mod failure;
mod figure;
mod freshness;
mod guard;
mod health;
mod layout;
mod live;
mod metrics;
mod pages;
mod parts;
mod pool;
mod requests;
mod server;
mod summaries;
mod tls;
mod town;
mod visit;
mod watch;

pub use assets::STYLE_SHEET;
pub use guard::{Caller, DemoPolicy, Permission, Policy, Reader, Refusal};
pub use health::{Health, Probe};
pub use metrics::Metrics;
pub use server::{Config, ServeError, Site, check_address, serve};
pub use tls::{Tls, TlsError};
pub use town::{Feed, FileUnderWay, Snapshot, Town, UnderWay};
pub use watch::watch;
