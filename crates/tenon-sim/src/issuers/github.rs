//! GitHub Actions: `GET /_github/token?audience=…`, the address that
//! `ACTIONS_ID_TOKEN_REQUEST_URL` has to hold, with any query behind it.
//! Source: "OpenID Connect reference" of GitHub Actions.

use serde_json::json;

use super::{carries, document, nowhere, sign, unauthorized};
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::state::State;
use crate::world::GithubIssuer;

pub(super) fn answer(state: &mut State, call: &Call, path: &[&str]) -> Reply {
    let Some(github) = state.world.issuers.github.clone() else {
        return nowhere();
    };
    match (call.method.as_str(), path) {
        ("GET", ["token"]) => token(state, call, &github),
        ("GET", [".well-known", name]) => {
            let found = document(state, call, &github.issuer, (name, "github"));
            found.unwrap_or_else(nowhere)
        }
        _ => nowhere(),
    }
}

fn token(state: &mut State, call: &Call, github: &GithubIssuer) -> Reply {
    if !carries(call, &github.request_token) {
        return unauthorized("The request token is missing or wrong.");
    }
    // repo:owner/name:…
    let repository = github.subject.split(':').nth(1).unwrap_or_default();
    let owner = repository.split('/').next().unwrap_or_default();
    let default = format!("https://github.com/{owner}");
    let claims = json!({
        "iss": github.issuer,
        "sub": github.subject,
        "aud": call.query("audience").unwrap_or(&default),
        "repository": repository,
        "repository_owner": owner,
    });
    let token = sign(state, "github", claims);
    Reply::json(200, json!({"count": token.len(), "value": token}))
}
