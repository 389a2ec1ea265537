//! Issuers outside of Entra: GitHub Actions and Azure DevOps.
//!
//! Each has a path of its own, where a job asks for a token and where anybody
//! finds the keys. The `iss` claim is the real issuer's unless the world says
//! otherwise, so that a federated credential reads here as it does on Azure.

mod azure_dev_ops;
mod github;

use std::time::Duration;

use serde_json::{Value, json};

use crate::arm::authentication::bearer;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::clock::later;
use crate::entra::keys::SigningKey;
use crate::state::State;

/// How long their tokens live, in the client's seconds.
const LIFETIME: Duration = Duration::from_secs(300);

/// Answers a request to one of them, or `None` when it is not one.
pub(crate) fn answer(state: &mut State, call: &Call) -> Option<Reply> {
    match call.segments().as_slice() {
        ["_github", rest @ ..] => Some(github::answer(state, call, rest)),
        ["_devops", rest @ ..] => Some(azure_dev_ops::answer(state, call, rest)),
        _ => None,
    }
}

/// What an issuer publishes about itself.
fn document(state: &State, call: &Call, issuer: &str, (path, key): (&str, &str)) -> Option<Reply> {
    match path {
        "openid-configuration" => Some(Reply::json(
            200,
            json!({
                "issuer": issuer,
                "jwks_uri": format!("{}/_{key}/.well-known/jwks", call.base),
                "subject_types_supported": ["public", "pairwise"],
                "response_types_supported": ["id_token"],
                "claims_supported": ["sub", "aud", "exp", "iat", "iss", "jti", "nbf"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "scopes_supported": ["openid"],
            }),
        )),
        "jwks" => {
            let jwk = SigningKey::of(state.world.seed(), key).jwk();
            Some(Reply::json(200, json!({"keys": [jwk]})))
        }
        _ => None,
    }
}

/// True when the request carries this token.
fn carries(call: &Call, token: &str) -> bool {
    let given = call.header("authorization");
    given.and_then(|header| bearer(header, &["bearer"])) == Some(token)
}

/// Signs claims, with the dates and the id that every token has.
fn sign(state: &mut State, key: &str, mut claims: Value) -> String {
    let now = state.now();
    let ends = later(now, LIFETIME.saturating_mul(state.clock.speed()));
    claims["iat"] = json!(now.as_second());
    claims["nbf"] = json!(now.as_second());
    claims["exp"] = json!(ends.as_second());
    claims["jti"] = json!(state.fresh_id("token"));
    SigningKey::of(state.world.seed(), key).sign(&claims)
}

fn nowhere() -> Reply {
    let message = "There is nothing here, or the world has no such issuer.";
    Reply::json(404, json!({"message": message})).coded("NotFound")
}

fn unauthorized(message: &str) -> Reply {
    Reply::json(401, json!({"message": message})).coded("Unauthorized")
}
