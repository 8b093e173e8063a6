//! What a provider knows of the person who signed in.

use crate::{
    Check, Document, OidcError,
    jwt::{self, Audience, Wrong},
    keys::Key,
};
use serde::Deserialize;

/// Characters of a name that are kept.
const LONGEST_NAME: usize = 200;
/// Bytes of an e-mail address (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// User information (OpenID Connect Core 1.0, section 5; `usual_name`, `siret`: ProConnect).
#[derive(Deserialize)]
pub(crate) struct Userinfo {
    iss: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    iat: Option<f64>,
    sub: Option<String>,
    #[serde(default)]
    email: serde_json::Value,
    #[serde(default)]
    email_verified: serde_json::Value,
    #[serde(default)]
    name: serde_json::Value,
    #[serde(default)]
    given_name: serde_json::Value,
    #[serde(default)]
    usual_name: serde_json::Value,
    #[serde(default)]
    family_name: serde_json::Value,
    #[serde(default)]
    siret: serde_json::Value,
}

/// Reads what is signed.
pub(crate) fn signed(
    text: &str,
    keys: &[Key],
    issuer: &str,
    client: &str,
    now: i64,
) -> Result<Userinfo, Wrong> {
    let read: Userinfo = jwt::verified(text.trim(), keys)?;
    jwt::speaks_for(read.iss.as_deref(), issuer, read.aud.as_ref(), client)?;
    jwt::is_of_now(read.exp, read.iat, now)?;
    Ok(read)
}

/// Reads what is not signed.
pub(crate) fn plain(json: &[u8]) -> Result<Userinfo, OidcError> {
    serde_json::from_slice(json).map_err(|_| OidcError::Unreadable {
        document: Document::Userinfo,
        reason: "it is no user information",
    })
}

impl Userinfo {
    /// It is about the person of the ID token.
    pub(crate) fn is_about(&self, subject: &str) -> Result<(), Check> {
        match self.sub.as_deref() {
            Some(sub) if sub == subject => Ok(()),
            _ => Err(Check::Subject),
        }
    }

    /// An address that a message could be sent to.
    pub(crate) fn email(&self) -> Option<String> {
        let email = self.email.as_str()?.trim();
        let (before, after) = email.rsplit_once('@')?;
        let strange = |c: char| c.is_whitespace() || c.is_control();
        let usable = !before.is_empty()
            && !after.is_empty()
            && email.len() <= LONGEST_EMAIL
            && !email.contains(strange);
        usable.then(|| email.to_owned())
    }

    /// Whether the provider says that the address is the person's; some write it as a text.
    pub(crate) fn email_verified(&self) -> Option<bool> {
        let text = self.email_verified.as_str();
        self.email_verified
            .as_bool()
            .or_else(|| text.and_then(|text| text.parse().ok()))
    }

    /// Given name and usual name, or the one name that there is.
    pub(crate) fn name(&self) -> Option<String> {
        let given = clean(&self.given_name);
        let last = clean(&self.usual_name).or_else(|| clean(&self.family_name));
        match (given, last) {
            (Some(given), Some(last)) => Some(format!("{given} {last}")),
            (given, last) => clean(&self.name).or(last).or(given),
        }
    }

    /// The organisation, without spaces.
    pub(crate) fn siret(&self) -> Option<String> {
        let siret = without_spaces(self.siret.as_str()?);
        (!siret.is_empty()).then_some(siret)
    }
}

pub(crate) fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A text on one line, of bounded length.
fn clean(value: &serde_json::Value) -> Option<String> {
    let words = value
        .as_str()?
        .split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let text: String = words.join(" ").chars().take(LONGEST_NAME).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(json: &str) -> Userinfo {
        plain(json.as_bytes()).unwrap()
    }

    #[test]
    fn a_name_is_made_of_what_there_is() {
        let name = |json: &str| read(json).name();
        let proconnect = r#"{"given_name": "Claire", "usual_name": "Audouin"}"#;
        assert_eq!(name(proconnect).as_deref(), Some("Claire Audouin"));
        let keycloak = r#"{"name": "C. Audouin", "given_name": " ", "family_name": "Audouin"}"#;
        assert_eq!(name(keycloak).as_deref(), Some("C. Audouin"));
        let lines = r#"{"name": "Claire\n\u0000 Audouin"}"#;
        assert_eq!(name(lines).as_deref(), Some("Claire Audouin"));
        assert_eq!(name(r#"{"name": 3}"#), None);
    }

    #[test]
    fn an_address_is_one_that_a_message_could_be_sent_to() {
        let email = |json: &str| read(json).email();
        let good = r#"{"email": "claire.audouin@clairval.fr "}"#;
        assert_eq!(email(good).as_deref(), Some("claire.audouin@clairval.fr"));
        for bad in [
            r#"{}"#,
            r#"{"email": null}"#,
            r#"{"email": ""}"#,
            r#"{"email": "claire"}"#,
            r#"{"email": "@clairval.fr"}"#,
            r#"{"email": "a@b\nBcc: c@d"}"#,
        ] {
            assert_eq!(email(bad), None, "{bad}");
        }
    }

    #[test]
    fn whether_an_address_is_verified_is_known_or_not() {
        let verified = |json: &str| read(json).email_verified();
        assert_eq!(verified(r#"{"email_verified": true}"#), Some(true));
        assert_eq!(verified(r#"{"email_verified": "false"}"#), Some(false));
        assert_eq!(verified(r#"{"email_verified": 1}"#), None);
        assert_eq!(verified("{}"), None);
    }
}
