//! An identity provider for tests: it speaks OpenID Connect over plain HTTP on this machine, says
//! yes to everybody, signs with keys made for the test, and lies on command.
//!
//! ```text
//! TestProvider::start() ─▶ issuer()   what a town declares, with CLIENT and SECRET
//!                       └▶ lie(Lie)   until lie(Lie::None)
//! ```
//!
//! It is as strict as ProConnect with what it is sent: no parameter that it does not know, `state`
//! and `nonce` of 32 characters at least, a code that works once and for 30 seconds, an access
//! token for 60, proof keys checked. Tests in another language, or by hand, start the program of
//! the same name, which prints its issuer, and command it over HTTP:
//!
//! ```text
//! /test/lie?name=id-token-nonce     lies from now on (`none`: not any more)
//! /test/person?siret=…&email=…      whom it signs in from now on; an empty value removes it
//! /test/rotate                      other keys from now on
//! /test/clock?at=1767225600         the time it writes into what it signs; without `at`, the real one
//! ```

mod http;
mod lie;
mod server;
mod sign;

pub use lie::Lie;
pub use server::{CLIENT, Person, SECRET, TestProvider};
pub use sign::Algorithm;
