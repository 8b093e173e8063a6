//! Keys, and what they sign.

use data_encoding::BASE64URL_NOPAD;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        self, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        KeyPair, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use rsa::{PrivateKey, pkcs8::EncodePrivateKey};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// How the provider signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA with SHA-256, the one of most providers.
    Rs256,
    /// RSA with SHA-512.
    Rs512,
    /// RSA-PSS with SHA-256.
    Ps256,
    /// The curve P-256.
    Es256,
    /// The curve P-384.
    Es384,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }
}

/// A key, and its name.
#[derive(Clone)]
pub(crate) struct Key {
    pub id: String,
    algorithm: Algorithm,
    pair: Pair,
}

#[derive(Clone)]
enum Pair {
    Rsa(Arc<RsaKeyPair>),
    Ec(Arc<EcdsaKeyPair>),
}

impl Key {
    /// The key of a provider. RSA keys are made once in a process: that takes a while.
    pub(crate) fn of(algorithm: Algorithm, id: &str) -> Self {
        static RSA: OnceLock<Arc<RsaKeyPair>> = OnceLock::new();
        Self::made(algorithm, id, || Arc::clone(RSA.get_or_init(rsa)))
    }

    /// A key of somebody else.
    pub(crate) fn of_another(algorithm: Algorithm, id: &str) -> Self {
        static RSA: OnceLock<Arc<RsaKeyPair>> = OnceLock::new();
        Self::made(algorithm, id, || Arc::clone(RSA.get_or_init(rsa)))
    }

    /// A key that nobody has had.
    pub(crate) fn new(algorithm: Algorithm, id: &str) -> Self {
        Self::made(algorithm, id, rsa)
    }

    fn made(algorithm: Algorithm, id: &str, rsa: impl FnOnce() -> Arc<RsaKeyPair>) -> Self {
        let pair = match algorithm {
            Algorithm::Es256 => Pair::Ec(ec(&ECDSA_P256_SHA256_FIXED_SIGNING)),
            Algorithm::Es384 => Pair::Ec(ec(&ECDSA_P384_SHA384_FIXED_SIGNING)),
            _ => Pair::Rsa(rsa()),
        };
        Self {
            id: id.to_owned(),
            algorithm,
            pair,
        }
    }

    /// As it is published.
    pub(crate) fn public(&self) -> Value {
        let mut key = json!({"kid": self.id, "use": "sig", "alg": self.algorithm.name()});
        let text = |bytes: &[u8]| Value::String(BASE64URL_NOPAD.encode(bytes));
        match &self.pair {
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                key["kty"] = "RSA".into();
                key["n"] = text(&public.n);
                key["e"] = text(&public.e);
            }
            Pair::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                key["kty"] = "EC".into();
                key["crv"] = if x.len() == 32 { "P-256" } else { "P-384" }.into();
                key["x"] = text(x);
                key["y"] = text(y);
            }
        }
        key
    }

    /// A signed statement.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let head = json!({"alg": self.algorithm.name(), "kid": self.id, "typ": "JWT"});
        let message = message(&head, claims);
        let signature = self.signature(message.as_bytes());
        format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let encoding: &dyn RsaEncoding = match self.algorithm {
                    Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
                    Algorithm::Ps256 => &signature::RSA_PSS_SHA256,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut made = vec![0; pair.public().modulus_len()];
                pair.sign(encoding, &random, message, &mut made).unwrap();
                made
            }
        }
    }

    /// Signed as if what is public were a secret.
    pub(crate) fn sign_with_what_is_public(&self, claims: &Value) -> String {
        let public = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
        };
        sign_with_secret(&public, &self.id, claims)
    }
}

/// Signed with a secret that is shared.
pub(crate) fn sign_with_secret(secret: &[u8], id: &str, claims: &Value) -> String {
    let message = message(&json!({"alg": "HS256", "kid": id}), claims);
    let tag = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, secret),
        message.as_bytes(),
    );
    format!("{message}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
}

/// A statement that nobody signed.
pub(crate) fn unsigned(claims: &Value) -> String {
    format!("{}.", message(&json!({"alg": "none"}), claims))
}

/// The same signature under something else.
pub(crate) fn changed(token: &str, claims: &Value) -> String {
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    format!("{head}.{}.{signature}", part(claims))
}

fn message(head: &Value, claims: &Value) -> String {
    format!("{}.{}", part(head), part(claims))
}

fn part(json: &Value) -> String {
    BASE64URL_NOPAD.encode(json.to_string().as_bytes())
}

fn rsa() -> Arc<RsaKeyPair> {
    let key = PrivateKey::new(&mut rand::rng(), 2048).unwrap();
    let written = key.to_pkcs8_der().unwrap();
    Arc::new(RsaKeyPair::from_pkcs8(written.as_bytes()).unwrap())
}

fn ec(kind: &'static signature::EcdsaSigningAlgorithm) -> Arc<EcdsaKeyPair> {
    let random = SystemRandom::new();
    let written = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
    Arc::new(EcdsaKeyPair::from_pkcs8(kind, written.as_ref(), &random).unwrap())
}
