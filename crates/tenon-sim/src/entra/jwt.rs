//! Access tokens: made, and believed only when made here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    pub(crate) iss: String,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) appid: String,
    pub(crate) appidacr: String,
    pub(crate) idp: String,
    pub(crate) idtyp: String,
    pub(crate) oid: String,
    /// Application permissions, in tokens for Graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
    pub(crate) sub: String,
    pub(crate) tid: String,
    pub(crate) uti: String,
    pub(crate) ver: String,
    /// The resource that a managed identity belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) xms_mirid: Option<String>,
}

fn signature(seed: &str, signed: &str) -> Vec<u8> {
    let key = format!("tenon-sim signing key of {seed}");
    // An HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return Vec::new();
    };
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A short signature for anything handed out, such as polling addresses.
pub(crate) fn seal(seed: &str, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(signature(seed, text))
}

/// Writes a token.
pub(crate) fn issue(seed: &str, claims: &Claims) -> String {
    let header = json!({"typ": "JWT", "alg": "HS256", "kid": "tenon-sim"}).to_string();
    let payload = json!(claims).to_string();
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let seal = seal(seed, &signed);
    format!("{signed}.{seal}")
}

/// Reads a token; `None` when it was not made here.
pub(crate) fn read(seed: &str, token: &str) -> Option<Claims> {
    let (signed, seal_given) = token.rsplit_once('.')?;
    if seal(seed, signed) != seal_given {
        return None;
    }
    let (_, payload) = signed.split_once('.')?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
