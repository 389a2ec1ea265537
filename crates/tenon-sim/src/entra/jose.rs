//! Signed tokens of all kinds: taken apart, verified, written.
//!
//! Access tokens for Resource Manager and Graph are sealed with a secret of
//! the simulator, see [`super::jwt`]: only the simulator reads them, and the
//! same world answers with the same bytes. What has to convince somebody else,
//! assertions and the tokens of issuers, is signed with public keys, here.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use serde_json::Value;

use super::der;
use crate::json;

/// A token in three parts, read but not believed.
#[derive(Debug)]
pub(crate) struct Token<'t> {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Takes a token apart; `None` when it does not have the form of one.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
            serde_json::from_slice::<Value>(&bytes)
                .ok()
                .filter(Value::is_object)
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD
                .decode(signature.trim_end_matches('='))
                .ok()?,
        })
    }

    pub(crate) fn claim(&self, name: &str) -> &str {
        json::text(&self.claims, name).unwrap_or_default()
    }

    /// The audiences; one may stand alone.
    pub(crate) fn audiences(&self) -> Vec<&str> {
        match self.claims.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Seconds since 1970; some issuers write fractions.
    pub(crate) fn moment(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "casts of floats saturate, and the end of time is far"
        )]
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        Algorithm::named(json::text(&self.header, "alg")?)
    }

    /// True when the key's other half signed this, with the algorithm it names.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let Some(algorithm) = self.algorithm() else {
            return false;
        };
        key.verifies(algorithm, self.signed.as_bytes(), &self.signature)
    }
}

/// The algorithms Entra takes from clients and from other issuers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Ps256,
    Es256,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// A public key in whichever form it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// A `SubjectPublicKeyInfo` in DER, or an uncompressed point of P-256.
    Encoded(Vec<u8>),
    /// An RSA key as its two numbers, big-endian without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
}

impl PublicKey {
    /// Reads a JSON Web Key (RFC 7517).
    pub(crate) fn from_jwk(jwk: &Value) -> Option<Self> {
        let bytes = |member: &str| {
            let text = json::text(jwk, member)?.trim_end_matches('=');
            URL_SAFE_NO_PAD.decode(text).ok()
        };
        match json::text(jwk, "kty")? {
            "RSA" => {
                let number = |member: &str| {
                    let bytes = bytes(member)?;
                    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
                    Some(bytes[zeros..].to_vec())
                };
                Some(Self::Rsa {
                    modulus: number("n")?,
                    exponent: number("e")?,
                })
            }
            "EC" if json::text(jwk, "crv") == Some("P-256") => {
                Some(Self::Encoded([vec![4], bytes("x")?, bytes("y")?].concat()))
            }
            _ => None,
        }
    }

    /// Reads every public key and certificate of a PEM text.
    pub(crate) fn from_pem(pem: &str) -> Vec<Self> {
        let bare = SubjectPublicKeyInfoDer::pem_slice_iter(pem.as_bytes())
            .flatten()
            .map(|key| key.to_vec())
            .filter(|key| der::is_public_key(key));
        let certified = CertificateDer::pem_slice_iter(pem.as_bytes())
            .flatten()
            .filter_map(|one| der::certificate(&one))
            .map(|parts| parts.public_key);
        bare.chain(certified).map(Self::Encoded).collect()
    }

    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let rsa = match algorithm {
            Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Algorithm::Es256 => {
                return self.verifies_encoded(&ECDSA_P256_SHA256_FIXED, message, signature);
            }
        };
        match self {
            Self::Encoded(_) => self.verifies_encoded(rsa, message, signature),
            Self::Rsa { modulus, exponent } => RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .verify(rsa, message, signature)
            .is_ok(),
        }
    }

    fn verifies_encoded(
        &self,
        algorithm: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        match self {
            Self::Encoded(bytes) => UnparsedPublicKey::new(algorithm, bytes)
                .verify(message, signature)
                .is_ok(),
            Self::Rsa { .. } => false,
        }
    }
}
