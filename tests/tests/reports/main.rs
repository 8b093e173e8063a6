//! Annual reports through the whole program: a year from its opening to the council, and everything
//! that may come between.

mod hands;
mod journey;
