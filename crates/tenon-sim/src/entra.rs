//! The sign-in side: tenants, applications, tokens, and the documents clients discover.

mod assertion;
pub(crate) mod audience;
pub(crate) mod certificate;
mod client;
mod consent;
mod der;
pub(crate) mod directory;
pub(crate) mod discovery;
pub(crate) mod error;
pub(crate) mod federation;
pub(crate) mod identities;
pub(crate) mod issue;
pub(crate) mod issuers;
mod jose;
pub(crate) mod jwt;
pub(crate) mod keys;
pub(crate) mod token;

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::state::State;
use token::Version;

/// Answers a request to the sign-in side, or `None` when it is not one.
pub(crate) fn answer(state: &mut State, call: &Call) -> Option<Reply> {
    let segments = call.segments();
    let lower: Vec<String> = segments
        .iter()
        .map(|segment| segment.to_ascii_lowercase())
        .collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match lower.as_slice() {
        ["common", "discovery", "instance"] => Some(discovery::instance(call)),
        [_, "v2.0", ".well-known", "openid-configuration"]
        | [_, ".well-known", "openid-configuration"] => {
            Some(discovery::openid_configuration(state, call, segments[0]))
        }
        [_, "discovery", "v2.0", "keys"] | [_, "discovery", "keys"] => {
            Some(discovery::keys(state, call, segments[0]))
        }
        [_, "oauth2", "v2.0", "token"] => {
            Some(token::answer(state, call, segments[0], Version::V2))
        }
        [_, "oauth2", "token"] => Some(token::answer(state, call, segments[0], Version::V1)),
        [_, "adminconsent"] | [_, "v2.0", "adminconsent"] => {
            Some(consent::answer(state, call, segments[0]))
        }
        _ => None,
    }
}
