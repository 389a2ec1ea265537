//! What a token says about itself, read for people and never for trust.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// The middle part of a token, as far as somebody wants to read it. All empty
/// if it is no JWT: its form is Entra's own business.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Claims {
    #[serde(rename = "tid")]
    pub(crate) tenant: Option<String>,
    #[serde(rename = "appid", alias = "azp")]
    pub(crate) application: Option<String>,
    #[serde(rename = "oid")]
    pub(crate) object: Option<String>,
    #[serde(rename = "aud")]
    pub(crate) audience: Option<String>,
    /// Application permissions.
    pub(crate) roles: Vec<String>,
    /// Directory roles, by their template ids.
    #[serde(rename = "wids")]
    pub(crate) directory_roles: Vec<String>,
    /// Permissions of whoever signed in as a person.
    #[serde(rename = "scp")]
    pub(crate) scopes: Option<String>,
    /// Seconds since 1970.
    #[serde(rename = "exp")]
    pub(crate) expires: Option<i64>,
}

impl Claims {
    pub(crate) fn read(token: &str) -> Self {
        let middle = token.split('.').nth(1).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD.decode(middle.trim_end_matches('='));
        let parsed = bytes.ok().map(|bytes| serde_json::from_slice(&bytes));
        parsed.and_then(Result::ok).unwrap_or_default()
    }
}
