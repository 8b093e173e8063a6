//! Signed statements (JWT, RFC 7519), read only once their signature is found right.

use crate::{
    Check,
    keys::{Algorithm, Key},
};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, de::DeserializeOwned};

/// Seconds by which the clocks of two machines may differ.
pub(crate) const LEEWAY: i64 = 60;

/// Why a statement is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is none, or lacks something.
    Unreadable(&'static str),
    /// It cannot be believed.
    Check(Check),
}

impl From<Check> for Wrong {
    fn from(check: Check) -> Self {
        Self::Check(check)
    }
}

/// What a statement says, if one of the keys signed it.
pub(crate) fn verified<T: DeserializeOwned>(token: &str, keys: &[Key]) -> Result<T, Wrong> {
    let parts: Vec<&str> = token.split('.').collect();
    let [head, body, signature] = parts[..] else {
        return Err(Wrong::Unreadable("it is no signed token"));
    };
    let header: Header = decoded(head)?;
    if header.crit.is_some() {
        return Err(Wrong::Unreadable("it asks for what is not known"));
    }
    let algorithm = Algorithm::parse(&header.alg).ok_or(Check::Algorithm)?;
    let signature = bytes(signature)?;
    let message = &token.as_bytes()[..head.len() + 1 + body.len()];
    let mut signers = keys.iter().filter(|key| key.is_for(algorithm));
    let verifies = |key: &Key| key.verifies(algorithm, message, &signature);
    match &header.kid {
        Some(id) => {
            let key = signers.find(|key| key.id.as_ref() == Some(id));
            if !verifies(key.ok_or(Check::Key)?) {
                return Err(Check::Signature.into());
            }
        }
        None => {
            if !signers.any(verifies) {
                return Err(Check::Key.into());
            }
        }
    }
    decoded(body)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

fn bytes(text: &str) -> Result<Vec<u8>, Wrong> {
    let decoded = BASE64URL_NOPAD.decode(text.as_bytes());
    decoded.map_err(|_| Wrong::Unreadable("it is not in base64url"))
}

fn decoded<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    let wrong = |_| Wrong::Unreadable("it lacks something, or says it twice");
    serde_json::from_slice(&bytes(text)?).map_err(wrong)
}

/// `aud`: one, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// For this program, and for no other, which could use the statement too.
    pub(crate) fn is_only(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Several(all) => !all.is_empty() && all.iter().all(|one| one == client),
        }
    }
}

/// What an ID token says (OpenID Connect Core 1.0, section 2).
#[derive(Deserialize)]
pub(crate) struct IdToken {
    iss: Option<String>,
    pub sub: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
}

impl IdToken {
    /// The checks of OpenID Connect Core 1.0, section 3.1.3.7. `now` in seconds since 1970.
    pub(crate) fn check(
        &self,
        issuer: &str,
        client: &str,
        nonce: &str,
        now: i64,
    ) -> Result<(), Check> {
        speaks_for(self.iss.as_deref(), issuer, self.aud.as_ref(), client)?;
        if self.azp.as_ref().is_some_and(|azp| azp != client) {
            return Err(Check::AuthorizedParty);
        }
        is_of_now(Some(self.exp), Some(self.iat), now)?;
        if self.nonce.as_deref() != Some(nonce) || nonce.is_empty() {
            return Err(Check::Nonce);
        }
        let sub = self.sub.as_deref().unwrap_or_default();
        if sub.is_empty() || sub.len() > 255 {
            return Err(Check::Subject);
        }
        Ok(())
    }
}

/// Said by the provider, to this program.
pub(crate) fn speaks_for(
    iss: Option<&str>,
    issuer: &str,
    aud: Option<&Audience>,
    client: &str,
) -> Result<(), Check> {
    if iss != Some(issuer) {
        return Err(Check::Issuer);
    }
    if !aud.is_some_and(|aud| aud.is_only(client)) {
        return Err(Check::Audience);
    }
    Ok(())
}

/// Not of the past, nor of a time to come.
pub(crate) fn is_of_now(exp: Option<f64>, iat: Option<f64>, now: i64) -> Result<(), Check> {
    let now = now as f64;
    let leeway = LEEWAY as f64;
    if exp.is_some_and(|exp| exp + leeway <= now) {
        return Err(Check::Expired);
    }
    if iat.is_some_and(|iat| iat - leeway > now) {
        return Err(Check::IssuedAt);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn token(head: &str, body: &str) -> String {
        let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        format!("{}.{}.{}", part(head), part(body), part("signature"))
    }

    fn refused(token: &str) -> Wrong {
        verified::<serde_json::Value>(token, &[]).unwrap_err()
    }

    #[test]
    fn nothing_is_read_before_its_signature_is_right() {
        assert_eq!(
            refused(&token(r#"{"alg":"none"}"#, "{}")),
            Check::Algorithm.into()
        );
        assert_eq!(
            refused(&token(r#"{"alg":"HS256"}"#, "{}")),
            Check::Algorithm.into()
        );
        assert_eq!(
            refused(&token(r#"{"alg":"RS256"}"#, "{}")),
            Check::Key.into()
        );
        let known = token(r#"{"alg":"RS256","kid":"a"}"#, "{}");
        assert_eq!(refused(&known), Check::Key.into());
        for unreadable in [
            "",
            "a.b",
            "a.b.c.d",
            "é.é.é",
            &token("{}", "{}"),
            &token(r#"{"alg":"RS256","alg":"none"}"#, "{}"),
            &token(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, "{}"),
        ] {
            assert!(
                matches!(refused(unreadable), Wrong::Unreadable(_)),
                "{unreadable}"
            );
        }
    }

    #[test]
    fn clocks_may_differ_by_a_minute() {
        assert_eq!(is_of_now(Some(1000.0), Some(940.0), 1059), Ok(()));
        assert_eq!(
            is_of_now(Some(1000.0), Some(940.0), 1060),
            Err(Check::Expired)
        );
        assert_eq!(is_of_now(Some(2000.0), Some(1060.0), 1000), Ok(()));
        assert_eq!(
            is_of_now(Some(2000.0), Some(1061.0), 1000),
            Err(Check::IssuedAt)
        );
    }

    #[test]
    fn an_audience_is_this_program_alone() {
        let only = |json: &str| {
            let audience: Audience = serde_json::from_str(json).unwrap();
            audience.is_only("beffroi")
        };
        assert!(only(r#""beffroi""#));
        assert!(only(r#"["beffroi"]"#));
        assert!(!only(r#"["beffroi", "autre"]"#));
        assert!(!only(r#""autre""#));
        assert!(!only("[]"));
    }
}
