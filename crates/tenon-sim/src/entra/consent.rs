//! The page where an administrator lets an application into a tenant.
//!
//! There is no browser and no administrator here: the world says what they
//! would answer. Source: "Admin consent on the Microsoft identity platform".

use serde_json::json;

use super::directory::Tenant;
use super::error::EntraError;
use super::token::find_tenant;
use crate::arm::reply::Reply;
use crate::call::{Call, encode};
use crate::graph::edit;
use crate::state::State;
use crate::world::{Consent, ServicePrincipal};

/// Answers `GET /{tenant}/adminconsent?client_id=…`.
pub(super) fn answer(state: &mut State, call: &Call, tenant: &str) -> Reply {
    let found = find_tenant(state, tenant).cloned();
    match found.and_then(|tenant| decide(state, call, &tenant)) {
        Ok(reply) => reply,
        Err(error) => error.reply(state, call),
    }
}

fn decide(state: &mut State, call: &Call, tenant: &Tenant) -> Result<Reply, EntraError> {
    let client = call.query("client_id").unwrap_or_default();
    let place = edit::place_of(&state.directory, client).filter(|place| {
        let found = &state.directory.applications[*place];
        found.deleted.is_none() && (found.multi_tenant || found.home == tenant.id)
    });
    let Some(place) = place else {
        let text = format!(
            "Application with identifier '{client}' was not found in the directory '{}'.",
            tenant.name
        );
        return Err(EntraError::new(400, "unauthorized_client", 700_016, text));
    };
    Ok(match tenant.consent {
        Consent::Automatic => {
            if state.directory.principal(client, &tenant.id).is_none() {
                edit::let_in(state, place, &tenant.id, ServicePrincipal::default());
            }
            let words = format!("admin_consent=True&tenant={}", tenant.id);
            back(call, &words, "The application may sign in to this tenant.")
        }
        Consent::Refused => {
            let words = "error=permission_denied&error_description=The+admin+canceled+the+request";
            back(call, words, "The administrators of this tenant refuse.")
        }
        Consent::Manual => Reply::json(
            200,
            json!({
                "tenant": tenant.id,
                "message": "Nobody is here to agree. Put `consent: automatic` at the tenant in the world file, or make the service principal.",
                "withGraph": {
                    "method": "POST",
                    "url": format!("{}/graph/v1.0/servicePrincipals", call.base),
                    "body": {"appId": client},
                },
            }),
        ),
    })
}

/// Sends the browser back to the application, or says it here when there is no way back.
fn back(call: &Call, words: &str, message: &str) -> Reply {
    let Some(address) = call
        .query("redirect_uri")
        .filter(|address| !address.is_empty())
    else {
        return Reply::json(200, json!({"message": message}));
    };
    let joint = if address.contains('?') { '&' } else { '?' };
    let state = call
        .query("state")
        .map(|state| format!("&state={}", encode(state)));
    let location = format!("{address}{joint}{words}{}", state.unwrap_or_default());
    Reply::empty(302).header("Location", location)
}
