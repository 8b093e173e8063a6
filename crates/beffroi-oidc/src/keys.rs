//! The keys that a provider publishes (JWK Set, RFC 7517), as far as they can verify.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;

/// Keys of a set that are looked at.
const MOST: usize = 100;

/// How something is signed (RFC 7518). Those that nobody but the provider can make, and no other:
/// neither `none` nor a secret that is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
}

impl Algorithm {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            _ => return None,
        })
    }
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub id: Option<String>,
    /// The only algorithm that it is for.
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point, uncompressed.
    P256(Vec<u8>),
    P384(Vec<u8>),
}

impl Key {
    /// Whether something signed that way may be of this key.
    pub(crate) fn is_for(&self, algorithm: Algorithm) -> bool {
        use Algorithm::{Es256, Es384};
        let fits = match self.material {
            Material::Rsa { .. } => !matches!(algorithm, Es256 | Es384),
            Material::P256(_) => algorithm == Es256,
            Material::P384(_) => algorithm == Es384,
        };
        fits && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// Whether this key made a signature. RSA keys of less than 2048 bits never do.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.is_for(algorithm) {
            return false;
        }
        let verified = match &self.material {
            Material::Rsa { modulus, exponent } => {
                let parameters = match algorithm {
                    Algorithm::Rs256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                    Algorithm::Rs384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                    Algorithm::Rs512 => &signature::RSA_PKCS1_2048_8192_SHA512,
                    Algorithm::Ps256 => &signature::RSA_PSS_2048_8192_SHA256,
                    Algorithm::Ps384 => &signature::RSA_PSS_2048_8192_SHA384,
                    Algorithm::Ps512 => &signature::RSA_PSS_2048_8192_SHA512,
                    Algorithm::Es256 | Algorithm::Es384 => return false,
                };
                let key = RsaPublicKeyComponents {
                    n: modulus,
                    e: exponent,
                };
                key.verify(parameters, message, signature)
            }
            Material::P256(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
            }
            Material::P384(point) => {
                UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, point)
                    .verify(message, signature)
            }
        };
        verified.is_ok()
    }
}

/// Reads a key set; keys of other kinds and for other uses are left out. `None` if it is none.
pub(crate) fn read(json: &[u8]) -> Option<Vec<Key>> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(json).ok()?;
    let read = |key| serde_json::from_value::<Written>(key).ok()?.key();
    Some(set.keys.into_iter().take(MOST).filter_map(read).collect())
}

/// A key as it is written.
#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    used: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Written {
    fn key(self) -> Option<Key> {
        let verifies = |uses: &Vec<String>| uses.iter().any(|used| used == "verify");
        if self.used.as_ref().is_some_and(|used| used != "sig")
            || self.key_ops.as_ref().is_some_and(|uses| !verifies(uses))
        {
            return None;
        }
        let algorithm = match &self.alg {
            Some(name) => Some(Algorithm::parse(name)?),
            None => None,
        };
        let material = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => Material::Rsa {
                modulus: number(self.n)?,
                exponent: number(self.e)?,
            },
            ("EC", Some("P-256")) => Material::P256(point(self.x, self.y, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(self.x, self.y, 48)?),
            _ => return None,
        };
        Some(Key {
            id: self.kid,
            algorithm,
            material,
        })
    }
}

fn bytes(text: Option<String>) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text?.as_bytes()).ok()
}

/// A number without the zeros that some write before it.
fn number(text: Option<String>) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[start..].to_vec())
}

fn point(x: Option<String>, y: Option<String>, size: usize) -> Option<Vec<u8>> {
    let (x, y) = (bytes(x)?, bytes(y)?);
    (x.len() == size && y.len() == size).then(|| [&[4][..], &x, &y].concat())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_that_is_shared_and_no_signature_at_all_are_accepted() {
        for refused in [
            "none", "None", "HS256", "HS384", "HS512", "rs256", "ES512", "",
        ] {
            assert_eq!(Algorithm::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn keys_of_other_kinds_and_uses_are_left_out_and_the_others_kept() {
        let set = r#"{"keys": [
            {"kty": "oct", "kid": "secret", "k": "AAAA"},
            {"kty": "RSA", "kid": "crypt", "use": "enc", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "oaep", "alg": "RSA-OAEP", "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "makes", "key_ops": ["sign"], "n": "AQAB", "e": "AQAB"},
            {"kty": "RSA", "kid": "broken", "n": "=", "e": "AQAB"},
            {"kty": "EC", "kid": "short", "crv": "P-256", "x": "AQAB", "y": "AQAB"},
            "no key",
            {"kty": "RSA", "kid": "good", "use": "sig", "alg": "RS256", "n": "AAEAAQ", "e": "AQAB"}
        ]}"#;
        let keys = read(set.as_bytes()).unwrap();
        let ids: Vec<_> = keys.iter().map(|key| key.id.as_deref()).collect();
        assert_eq!(ids, [Some("good")]);
        assert!(keys[0].is_for(Algorithm::Rs256));
        assert!(!keys[0].is_for(Algorithm::Ps256));
        assert!(!keys[0].is_for(Algorithm::Es256));
        let modulus = vec![1, 0, 1];
        assert!(matches!(&keys[0].material, Material::Rsa { modulus: m, .. } if *m == modulus));
        assert_eq!(read(b"{}"), None);
    }
}
