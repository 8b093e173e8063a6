//! A sign-in, from the address that the browser is sent to until it is known who came back.

use crate::{
    Check, Document, OidcError, Settings,
    jwt::{self, IdToken, Wrong},
    keys::Key,
    known::{Knowledge, Known},
    person::{self, Userinfo, without_spaces},
    random,
    web::{Answer, Call, Web},
};
use chrono::{DateTime, Utc};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use form_urlencoded::{Serializer, byte_serialize};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use std::{fmt, sync::Arc};
use url::Url;

/// An identity provider, asked only when somebody signs in.
pub struct Provider {
    settings: Settings,
    web: Web,
    knowledge: Knowledge,
}

/// A sign-in that has begun. All but the address is kept, secretly, until the browser is back.
pub struct Started {
    /// Where to send the browser.
    pub address: Url,
    /// What it must bring back.
    pub state: String,
    /// What the ID token must hold.
    pub nonce: String,
    /// What proves that who began it ends it (RFC 7636).
    pub verifier: String,
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").finish_non_exhaustive()
    }
}

/// Who signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider. Together with `subject`, it is one person for ever; an address is not.
    pub issuer: String,
    /// The person, as the provider calls them.
    pub subject: String,
    /// Where to write to them.
    pub email: String,
    /// Whether the provider says that the address is theirs.
    pub email_verified: Option<bool>,
    /// How to call them; their address where no name is known.
    pub name: String,
    /// Their organisation (14 digits).
    pub siret: Option<String>,
    /// What signing out there needs.
    pub id_token: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl Provider {
    /// A provider as declared. Nothing is asked of it yet. `allow_private` lets it have an address
    /// that is not of the public internet, as a Keycloak of the town has, or one of a test.
    ///
    /// # Errors
    /// What is declared cannot work.
    pub fn new(settings: Settings, allow_private: bool) -> Result<Self, OidcError> {
        settings.check()?;
        let tls = beffroi_network::trust(settings.certificates.as_deref())?;
        Ok(Self {
            settings,
            web: Web::new(tls, allow_private),
            knowledge: Knowledge::default(),
        })
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// The provider does not say where to.
    pub async fn begin(&self) -> Result<Started, OidcError> {
        let known = self.known().await?;
        let (state, nonce, verifier) = (random::text()?, random::text()?, random::text()?);
        let mut address = known.description.authorization.clone();
        let mut query = address.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", self.settings.redirect.as_str())
            .append_pair("scope", &self.settings.scope())
            .append_pair("state", &state)
            .append_pair("nonce", &nonce);
        if known.description.proof_keys {
            let challenge = digest(&SHA256, verifier.as_bytes());
            query
                .append_pair(
                    "code_challenge",
                    &BASE64URL_NOPAD.encode(challenge.as_ref()),
                )
                .append_pair("code_challenge_method", "S256");
        }
        drop(query);
        Ok(Started {
            address,
            state,
            nonce,
            verifier,
        })
    }

    /// Looks at the parameter `iss` that the browser brings back (RFC 9207): another provider may
    /// have sent it. To be called before [`finish`](Self::finish).
    ///
    /// # Errors
    /// It is another provider, or none where this one always says who it is.
    pub fn check_issuer(&self, iss: Option<&str>) -> Result<(), OidcError> {
        let known = self.knowledge.last();
        let right = match (iss, &known) {
            (Some(iss), Some(known)) => iss == known.description.issuer,
            (Some(iss), None) => crate::description::names(iss, &self.settings.issuer),
            (None, known) => !known
                .as_ref()
                .is_some_and(|known| known.description.names_itself),
        };
        right.then_some(()).ok_or(OidcError::Lies {
            document: Document::Redirect,
            check: Check::Issuer,
        })
    }

    /// Ends a sign-in: who brought this code? `nonce` and `verifier` are those of its beginning.
    ///
    /// # Errors
    /// The provider does not say, is not believed, or it is nobody who may sign in.
    pub async fn finish(
        &self,
        code: &str,
        nonce: &str,
        verifier: &str,
        now: DateTime<Utc>,
    ) -> Result<Identity, OidcError> {
        let known = self.known().await?;
        let now = now.timestamp();
        let tokens = self.redeem(&known, code, verifier).await?;
        let issuer = known.description.issuer.as_str();
        let client = self.settings.client_id.as_str();
        let says = |keys: &[Key]| {
            let token: IdToken = jwt::verified(&tokens.id_token, keys)?;
            token.check(issuer, client, nonce, now)?;
            Ok(token.sub.unwrap_or_default())
        };
        let subject = self.verified(&known, Document::IdToken, says).await?;
        let userinfo = self.userinfo(&known, &tokens.access_token, now).await?;
        let about = userinfo.is_about(&subject);
        about.map_err(|check| told(Document::Userinfo, check.into()))?;
        self.identity(issuer, subject, &userinfo, tokens.id_token)
    }

    /// Where to send the browser so that the person is signed out of the provider too; it comes
    /// back with `state`. `None` where the provider does not do that, or cannot be asked.
    pub async fn logout_address(&self, id_token: &str, state: &str) -> Option<Url> {
        let after = self.settings.after_logout.as_ref()?;
        let known = match self.knowledge.last() {
            Some(known) => known,
            None => self.known().await.ok()?,
        };
        let mut address = known.description.end_session.clone()?;
        address
            .query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("post_logout_redirect_uri", after.as_str())
            .append_pair("state", state);
        Some(address)
    }

    async fn known(&self) -> Result<Arc<Known>, OidcError> {
        self.knowledge.get(&self.web, &self.settings.issuer).await
    }

    /// Gives a code for tokens.
    async fn redeem(&self, known: &Known, code: &str, verifier: &str) -> Result<Tokens, OidcError> {
        let description = &known.description;
        let Settings {
            client_id, secret, ..
        } = &self.settings;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", self.settings.redirect.as_str());
        if description.proof_keys {
            form.append_pair("code_verifier", verifier);
        }
        let mut authorization = None;
        if description.secret_in_form {
            form.append_pair("client_id", client_id)
                .append_pair("client_secret", secret);
        } else {
            // Both are written as in a form before (RFC 6749, section 2.3.1).
            let written = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let both = format!("{}:{}", written(client_id), written(secret));
            authorization = Some(format!("Basic {}", BASE64.encode(both.as_bytes())));
        }
        let call = Call {
            url: description.token.clone(),
            accept: "application/json",
            form: Some(form.finish()),
            authorization,
        };
        let answer = self.web.call(call).await?;
        if let Some(error) = refusal(&answer) {
            return Err(error);
        }
        tokens(&answer.expect_ok(&description.token)?)
    }

    async fn userinfo(
        &self,
        known: &Known,
        access_token: &str,
        now: i64,
    ) -> Result<Userinfo, OidcError> {
        let url = &known.description.userinfo;
        let call = Call {
            url: url.clone(),
            accept: if self.settings.signed_userinfo {
                "application/jwt"
            } else {
                "application/json, application/jwt"
            },
            form: None,
            authorization: Some(format!("Bearer {access_token}")),
        };
        let answer = self.web.call(call).await?.expect_ok(url)?;
        let (issuer, client) = (&known.description.issuer, &self.settings.client_id);
        if answer.content_type == "application/jwt" {
            let text = String::from_utf8_lossy(&answer.body);
            let says = |keys: &[Key]| person::signed(&text, keys, issuer, client, now);
            return self.verified(known, Document::Userinfo, says).await;
        }
        if self.settings.signed_userinfo {
            return Err(told(Document::Userinfo, Check::Unsigned.into()));
        }
        person::plain(&answer.body)
    }

    /// What something signed says. A key that is not known may be new: the keys are asked for
    /// again, once.
    async fn verified<T>(
        &self,
        known: &Known,
        document: Document,
        says: impl Fn(&[Key]) -> Result<T, Wrong>,
    ) -> Result<T, OidcError> {
        let keys = self.knowledge.keys_of(known);
        let said = match says(&keys) {
            Err(Wrong::Check(Check::Key)) => {
                match self.knowledge.newer_keys(&self.web, known, &keys).await? {
                    Some(keys) => says(&keys),
                    None => Err(Check::Key.into()),
                }
            }
            said => said,
        };
        said.map_err(|wrong| told(document, wrong))
    }

    fn identity(
        &self,
        issuer: &str,
        subject: String,
        userinfo: &Userinfo,
        id_token: String,
    ) -> Result<Identity, OidcError> {
        let siret = userinfo.siret();
        if let Some(town) = &self.settings.siret
            && siret.as_deref() != Some(without_spaces(town).as_str())
        {
            return Err(OidcError::WrongTown);
        }
        let email = userinfo.email().ok_or(OidcError::NoEmail)?;
        Ok(Identity {
            issuer: issuer.to_owned(),
            subject,
            name: userinfo.name().unwrap_or_else(|| email.clone()),
            email,
            email_verified: userinfo.email_verified(),
            siret,
            id_token,
        })
    }
}

fn told(document: Document, wrong: Wrong) -> OidcError {
    match wrong {
        Wrong::Unreadable(reason) => OidcError::Unreadable { document, reason },
        Wrong::Check(check) => OidcError::Lies { document, check },
    }
}

/// What a code is worth.
struct Tokens {
    access_token: String,
    id_token: String,
}

fn tokens(answer: &Answer) -> Result<Tokens, OidcError> {
    #[derive(Deserialize)]
    struct Written {
        access_token: String,
        token_type: String,
        id_token: String,
    }
    let unreadable = |reason| OidcError::Unreadable {
        document: Document::Token,
        reason,
    };
    let written: Written =
        serde_json::from_slice(&answer.body).map_err(|_| unreadable("it holds no tokens"))?;
    if !written.token_type.eq_ignore_ascii_case("bearer") {
        return Err(unreadable("its token is of a kind that is not known"));
    }
    Ok(Tokens {
        access_token: written.access_token,
        id_token: written.id_token,
    })
}

/// The error of OAuth in an answer (RFC 6749, section 5.2).
fn refusal(answer: &Answer) -> Option<OidcError> {
    #[derive(Deserialize)]
    struct Written {
        error: String,
    }
    if !matches!(answer.status, 400 | 401) {
        return None;
    }
    let written: Written = serde_json::from_slice(&answer.body).ok()?;
    Some(OidcError::refused(&written.error))
}
