//! Annual reports through the whole program: a year from its opening to the council, and everything
//! that may come between.

mod agree;
mod command;
mod faults;
mod frozen;
mod hands;
mod journey;
mod keeping;
mod moving;
mod outputs;
mod rights;
mod secrecy;
mod templates;
#[path = "../../../crates/beffroi-typeset/tests/common/tree.rs"]
mod tree;
