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
mod layout;
mod live;
mod pages;
mod parts;
mod pool;
mod server;
mod summaries;
mod town;
mod visit;

pub use assets::STYLE_SHEET;
pub use guard::{Caller, DemoPolicy, Permission, Policy, Reader, Refusal};
pub use server::{Config, ServeError, Site, check_address, serve};
pub use town::{Feed, FileUnderWay, Snapshot, Town, UnderWay};
