//! Azure DevOps: `POST /_devops/oidctoken`, the address that
//! `SYSTEM_OIDCREQUESTURI` has to hold.
//! Source: the REST reference "Distributedtask - Oidctoken - Create", 7.1.

use serde_json::json;

use super::{carries, document, nowhere, sign, unauthorized};
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::entra::issuers::dev_ops_issuer;
use crate::json::same;
use crate::state::State;
use crate::world::{AzureDevOpsIssuer, TOKEN_EXCHANGE};

pub(super) fn answer(state: &mut State, call: &Call, path: &[&str]) -> Reply {
    let Some(dev_ops) = state.world.issuers.azure_dev_ops.clone() else {
        return nowhere();
    };
    let issuer = dev_ops_issuer(&state.world, &dev_ops);
    match (call.method.as_str(), path) {
        ("POST", ["oidctoken"]) => token(state, call, &dev_ops, &issuer),
        ("GET", [".well-known", name]) => {
            let found = document(state, call, &issuer, (name, "devops"));
            found.unwrap_or_else(nowhere)
        }
        _ => nowhere(),
    }
}

fn token(state: &mut State, call: &Call, dev_ops: &AzureDevOpsIssuer, issuer: &str) -> Reply {
    if !carries(call, &dev_ops.access_token) {
        let suppressed = call
            .header("x-tfs-fedauthredirect")
            .is_some_and(|value| same(value, "Suppress"));
        if suppressed {
            return unauthorized("The access token is missing or wrong.");
        }
        // Who does not say that it is a program is sent to the sign-in page.
        let page = "https://app.vssps.visualstudio.com/_signin";
        return Reply::empty(302).header("Location", page);
    }
    if call.api_version().is_empty() {
        let message = "No api-version was supplied for the request.";
        return Reply::json(400, json!({"message": message})).coded("VssVersionNotSpecified");
    }
    let connection = call.query("serviceconnectionid").unwrap_or_default();
    if !dev_ops.service_connection.is_empty() && !same(&dev_ops.service_connection, connection) {
        let message = format!("The service connection '{connection}' was not found.");
        return Reply::json(404, json!({"message": message})).coded("ServiceConnectionNotFound");
    }
    let claims = json!({"iss": issuer, "sub": dev_ops.subject, "aud": TOKEN_EXCHANGE});
    let token = sign(state, "devops", claims);
    Reply::json(200, json!({"oidcToken": token}))
}
