//! Asks an identity provider who somebody is: OpenID Connect, with a code that the browser brings
//! and a proof key, for ProConnect and Keycloak.
//!
//! ```text
//! Provider::begin ─▶ Started ─▶ browser ─▶ provider ─▶ browser ─▶ check_issuer, finish ─▶ Identity
//! ```
//!
//! Who calls this keeps `state`, `nonce` and `verifier` between the two, compares `state`, and
//! decides what the person may do here. It knows no HTTP server, no database, no catalog. Nothing
//! is asked of the provider before somebody signs in; what it says of itself is kept for an hour,
//! and its keys are asked for again when one is not known, at most once a minute.
//!
//! Signed statements are verified here, with `ring`. The library that there is for OpenID Connect
//! takes signed user information by RS256 only (ProConnect also has ES256), does not look at its
//! `exp` nor at `azp`, and panics on an access token that fits in no header.
//!
//! # ProConnect
//!
//! From its documentation for service providers, and what its published source code accepts:
//!
//! - The issuer is `https://DOMAIN/api/v2`; the description there gives the addresses.
//! - `state` and `nonce` have 32 characters at least. Ours have 43.
//! - A parameter that it does not know is an error (`Y000400`): only `response_type`, `client_id`,
//!   `redirect_uri`, `scope`, `state` and `nonce` are sent, and no `acr_values`. Its documentation
//!   does not name the two parameters of proof keys, its source code accepts them: they are sent
//!   where the description lists `S256`, and only there.
//! - `redirect_uri` and `post_logout_redirect_uri` are compared to the letter, the last `/` too.
//! - The secret goes with the form. A code lives 30 seconds, an access token 60.
//! - The ID token and user information are signed as was asked for at registration: RS256, ES256
//!   or HS256. Ask for one of the first two: HS256 is a secret that is shared, and is refused here.
//! - User information is a signed statement (`application/jwt`); the ID token holds no name. Scopes:
//!   `given_name usual_name email uid siret idp_id`.
//! - A session there lasts 12 hours: who signs in here again meanwhile is not asked anything.
//! - Signing out takes `id_token_hint`, `state` and `post_logout_redirect_uri`, by the browser.

mod description;
mod error;
mod jwt;
mod keys;
mod known;
mod person;
mod provider;
mod random;
mod settings;
mod web;

pub use error::{Check, Document, OidcError};
pub use provider::{Identity, Provider, Started};
pub use settings::Settings;
