//! Pages, one file per resource.

pub(crate) mod accessibility;
pub(crate) mod administration;
pub(crate) mod board;
pub(crate) mod boards;
pub(crate) mod catalogue;
mod changes;
pub(crate) mod dataset;
pub(crate) mod help;
pub(crate) mod home;
pub(crate) mod indicator;
pub(crate) mod indicators;
mod quality;
mod secrecy;
