//! A signed statement of who asks: a JWT that stands in for a secret.
//!
//! `PS256`, with the certificate's SHA-256 in the header. Source: Microsoft
//! Learn, "Microsoft identity platform application authentication certificate
//! credentials"; MSAL 1.39 signs the same.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PSS_SHA256;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Serialize;
use uuid::Uuid;

use super::Certificate;

/// How long an assertion is good for; the page advises five to ten minutes.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Whether the certificates themselves go along.
///
/// An application that trusts a subject and an issuer, instead of one
/// certificate, needs them to know the certificate by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chain {
    /// Only the fingerprint of the certificate.
    #[default]
    Left,
    /// The certificate and those that the file holds besides it (`x5c`).
    Sent,
}

#[derive(Serialize)]
struct Header {
    alg: &'static str,
    typ: &'static str,
    #[serde(rename = "x5t#S256")]
    fingerprint: String,
    #[serde(rename = "x5c", skip_serializing_if = "Vec::is_empty")]
    chain: Vec<String>,
}

#[derive(Serialize)]
struct Payload<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    exp: i64,
}

/// Signs an assertion of `client_id` for the token endpoint `audience`; none
/// if the key cannot sign.
pub(super) fn sign(
    certificate: &Certificate,
    chain: Chain,
    client_id: &str,
    audience: &str,
    now: Timestamp,
) -> Option<SecretString> {
    let header = Header {
        alg: "PS256",
        typ: "JWT",
        fingerprint: URL_SAFE_NO_PAD.encode(digest(&SHA256, certificate.leaf())),
        chain: match chain {
            Chain::Left => Vec::new(),
            Chain::Sent => certificate
                .chain
                .iter()
                .map(|der| STANDARD.encode(der))
                .collect(),
        },
    };
    let payload = Payload {
        aud: audience,
        iss: client_id,
        sub: client_id,
        jti: Uuid::new_v4().to_string(),
        nbf: now.as_second(),
        exp: now.as_second() + LIFE.as_secs(),
    };
    let text = format!("{}.{}", part(&header)?, part(&payload)?);
    let mut signature = vec![0; certificate.key.public_modulus_len()];
    certificate
        .key
        .sign(
            &RSA_PSS_SHA256,
            &SystemRandom::new(),
            text.as_bytes(),
            &mut signature,
        )
        .ok()?;
    Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

fn part(value: &impl Serialize) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).ok()?))
}
