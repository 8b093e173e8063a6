//! The workshop over HTTP: from a file of a department to a board before the élus, and everything
//! that may come between.

mod bounds;
mod edits;
mod hands;
mod journey;
mod stages;
mod uploads;
