//! Keys the simulator signs with, for whoever verifies with a public key.
//!
//! They are made from the world's seed, so that the same world has the same
//! keys after a restart and nothing secret has to be kept. That is why they
//! are of P-256 and tokens say ES256, where GitHub and Entra say RS256: a key
//! of this curve is any number, while the library makes RSA keys by chance only.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::jose::PublicKey;

/// A key pair of the simulator.
#[derive(Debug)]
pub(crate) struct SigningKey {
    /// `None` only when the library refuses every number, which has not been seen.
    pair: Option<EcdsaKeyPair>,
}

/// `ECPrivateKey` (RFC 5915) around a number: version 1, the number, the curve P-256.
const BEFORE: [u8; 7] = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
const AFTER: [u8; 12] = [
    0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
];

impl SigningKey {
    /// The key of an issuer in the world with this seed.
    pub(crate) fn of(seed: &str, issuer: &str) -> Self {
        // A number beyond the order of the curve is no key; that is one in 2^32.
        let attempts = (0..8).map(|attempt| {
            let text = format!("tenon-sim key {attempt} of {issuer} in {seed}");
            let number: [u8; 32] = Sha256::digest(text.as_bytes()).into();
            [&BEFORE[..], &number, &AFTER].concat()
        });
        let mut pairs = attempts.filter_map(|der| {
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()
        });
        Self { pair: pairs.next() }
    }

    fn point(&self) -> &[u8] {
        self.pair
            .as_ref()
            .map_or(&[], |pair| pair.public_key().as_ref())
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::Encoded(self.point().to_vec())
    }

    fn id(&self) -> String {
        let hash = Sha256::digest(self.point());
        URL_SAFE_NO_PAD.encode(&hash[..20])
    }

    /// The public half as a JSON Web Key.
    pub(crate) fn jwk(&self) -> Value {
        let numbers = self.point().get(1..).unwrap_or_default();
        let (x, y) = numbers.split_at(numbers.len() / 2);
        json!({
            "kty": "EC",
            "use": "sig",
            "alg": "ES256",
            "crv": "P-256",
            "kid": self.id(),
            "x": URL_SAFE_NO_PAD.encode(x),
            "y": URL_SAFE_NO_PAD.encode(y),
        })
    }

    /// Writes a signed token.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": "ES256", "kid": self.id()}).to_string();
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = self
            .pair
            .as_ref()
            .and_then(|pair| pair.sign(&SystemRandom::new(), signed.as_bytes()).ok());
        let signature = signature.as_ref().map_or(&[][..], AsRef::as_ref);
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
