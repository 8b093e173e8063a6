//! Pages, one file per resource.

pub(crate) mod access;
pub(crate) mod accessibility;
pub(crate) mod account;
pub(crate) mod administration;
pub(crate) mod board;
pub(crate) mod boards;
pub(crate) mod catalogue;
pub(crate) mod changes;
pub(crate) mod dataset;
pub(crate) mod demonstration;
pub(crate) mod help;
pub(crate) mod home;
pub(crate) mod indicator;
pub(crate) mod indicators;
pub(crate) mod invitation;
pub(crate) mod people;
pub(crate) mod perimeter;
mod quality;
mod reached;
mod secrecy;
pub(crate) mod sign_in;
pub(crate) mod trail;
