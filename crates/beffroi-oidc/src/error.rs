//! Why somebody cannot be signed in by the provider.

use beffroi_network::TrustError;

/// Why the provider did not tell who somebody is. Users read a message by [`code`](Self::code);
/// what is written here is for the log, and holds nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// What the town declares cannot work.
    #[error("the identity provider cannot be used as declared: {reason}")]
    Settings {
        /// Why.
        reason: String,
    },
    /// Nobody answers, not in time, or nobody who may be talked to.
    #[error("the identity provider `{host}` cannot be reached: {reason}")]
    Unreachable {
        /// The machine.
        host: String,
        /// Why, without the address asked for.
        reason: String,
    },
    /// The answer is an error, or leads elsewhere.
    #[error("the identity provider `{host}` answers {status}")]
    Status {
        /// The machine.
        host: String,
        /// The status of HTTP.
        status: u16,
    },
    /// The answer is not one of OpenID Connect.
    #[error("{document} of the identity provider cannot be read: {reason}")]
    Unreadable {
        /// Which answer.
        document: Document,
        /// Why.
        reason: &'static str,
    },
    /// What the provider says cannot be believed.
    #[error("{document} of the identity provider is not believed: {check}")]
    Lies {
        /// Where it says it.
        document: Document,
        /// What is wrong with it.
        check: Check,
    },
    /// The provider, or the person there, says no.
    #[error("the identity provider refuses: {error}")]
    Refuses {
        /// The error of OAuth (`access_denied`, `invalid_grant`…).
        error: String,
    },
    /// The person is of another organisation.
    #[error("the person is not of the organisation that is declared")]
    WrongTown,
    /// The person has no usable address.
    #[error("the identity provider gives no e-mail address")]
    NoEmail,
}

/// Something that the provider says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// What it says of itself (`.well-known/openid-configuration`).
    Discovery,
    /// Its keys.
    Keys,
    /// What the browser brings back.
    Redirect,
    /// The answer to a code.
    Token,
    /// Who signed in, and for whom.
    IdToken,
    /// What is known of the person.
    Userinfo,
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Discovery => "the description",
            Self::Keys => "the key set",
            Self::Redirect => "the redirection",
            Self::Token => "the answer to the code",
            Self::IdToken => "the ID token",
            Self::Userinfo => "the user information",
        })
    }
}

/// What was looked at, and is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// An address that is neither secure nor of this machine.
    Address,
    /// `iss` is another provider.
    Issuer,
    /// `aud` is another program, or others beside.
    Audience,
    /// `azp` is another program.
    AuthorizedParty,
    /// `exp` is past.
    Expired,
    /// `iat` is to come.
    IssuedAt,
    /// `nonce` is that of another sign-in, or absent.
    Nonce,
    /// `sub` is absent, or another than in the ID token.
    Subject,
    /// Signed in a way that is not accepted (`none`, shared secrets…).
    Algorithm,
    /// Signed with a key that the provider does not publish.
    Key,
    /// The signature is wrong.
    Signature,
    /// Not signed where it must be.
    Unsigned,
}

impl Check {
    fn code(self) -> &'static str {
        match self {
            Self::Address => "lies-address",
            Self::Issuer => "lies-issuer",
            Self::Audience => "lies-audience",
            Self::AuthorizedParty => "lies-authorized-party",
            Self::Expired => "lies-expired",
            Self::IssuedAt => "lies-issued-at",
            Self::Nonce => "lies-nonce",
            Self::Subject => "lies-subject",
            Self::Algorithm => "lies-algorithm",
            Self::Key => "lies-key",
            Self::Signature => "lies-signature",
            Self::Unsigned => "lies-unsigned",
        }
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Address => "an address is neither secure nor of this machine",
            Self::Issuer => "it is of another issuer",
            Self::Audience => "it is not for this program alone",
            Self::AuthorizedParty => "it was given to another program",
            Self::Expired => "it has expired",
            Self::IssuedAt => "it is of a time to come",
            Self::Nonce => "it does not belong to this sign-in",
            Self::Subject => "it is about nobody, or somebody else",
            Self::Algorithm => "its signature is of a kind that is not accepted",
            Self::Key => "no published key signs it",
            Self::Signature => "its signature is wrong",
            Self::Unsigned => "it is not signed",
        })
    }
}

impl OidcError {
    /// Stable, for messages and counts: `unreachable`, `refused`, `lies-nonce`…
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "settings",
            Self::Unreachable { .. } => "unreachable",
            Self::Status { .. } => "status",
            Self::Unreadable { .. } => "unreadable",
            Self::Lies { check, .. } => check.code(),
            Self::Refuses { .. } => "refused",
            Self::WrongTown => "wrong-town",
            Self::NoEmail => "no-email",
        }
    }

    /// What the browser brings back as `error=…` instead of a code. Whatever is not a word of
    /// OAuth is left out: it may come from anybody.
    #[must_use]
    pub fn refused(error: &str) -> Self {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '_';
        let known = !error.is_empty() && error.len() <= 64 && error.chars().all(is_word);
        Self::Refuses {
            error: if known { error } else { "unknown" }.to_owned(),
        }
    }

    pub(crate) fn settings(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::Settings { reason }
    }
}

impl From<TrustError> for OidcError {
    fn from(error: TrustError) -> Self {
        Self::settings(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_brings_is_told_only_when_it_is_a_word() {
        let told = |error: &str| OidcError::refused(error).to_string();
        assert_eq!(
            told("access_denied"),
            "the identity provider refuses: access_denied"
        );
        let long = "a".repeat(65);
        for other in ["", "a\nb", "claire.audouin@ville.fr", long.as_str()] {
            assert_eq!(told(other), "the identity provider refuses: unknown");
        }
    }
}
