//! User-assigned identities.

use serde_json::{Value, json};

use super::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::arm::error::ArmError;
use crate::json;
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.ManagedIdentity/userAssignedIdentities",
    place: Place::Tracked,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &Identity,
};

/// Federated credentials of an identity.
pub(crate) const CREDENTIAL: Kind = Kind {
    type_name: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
    place: Place::Nested,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &Credential,
};

/// How many credentials an identity can have.
const MOST_CREDENTIALS: usize = 20;

struct Credential;

impl Hooks for Credential {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        for member in ["issuer", "subject", "audiences"] {
            if json::get(&write.after.body, &format!("properties.{member}")).is_none() {
                let message = format!(
                    "The property '{member}' of the federated identity credential is missing."
                );
                return Err(ArmError::bad_request("BadRequest", message));
            }
        }
        let parent = write.id.parent().unwrap_or_default();
        let others = write
            .state
            .store
            .children(&parent.key(), "federatedIdentityCredentials");
        if write.before.is_none() && others.count() >= MOST_CREDENTIALS {
            let message = format!(
                "Too many Federated Identity Credentials: an identity can have {MOST_CREDENTIALS}."
            );
            return Err(ArmError::bad_request("BadRequest", message));
        }
        Ok(())
    }
}

struct Identity;

impl Hooks for Identity {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        fill(write.state, &mut write.after);
        Ok(())
    }

    fn view(&self, _: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = resource.shown();
        json::take(&mut body, "properties.provisioningState");
        body
    }
}

/// Gives an identity its ids.
pub(crate) fn fill(state: &State, identity: &mut Resource) {
    let key = identity.key();
    let subscription = key.split('/').nth(2).unwrap_or_default();
    let tenant = state
        .directory
        .tenant_of(subscription)
        .unwrap_or_default()
        .to_owned();
    let id = |what: &str| state.derived_id(&format!("{what}/{key}/{}", identity.created));
    let (principal, client) = (id("principal"), id("client"));
    json::default(&mut identity.body, "properties.tenantId", tenant);
    json::default(&mut identity.body, "properties.principalId", principal);
    json::default(&mut identity.body, "properties.clientId", client);
}

/// The principal and client ids of an identity, as what uses it shows them.
pub(crate) fn ids(state: &State, id: &str) -> Value {
    let found = state.store.find(id);
    let get = |member: &str| {
        let path = format!("properties.{member}");
        found
            .and_then(|found| json::get(&found.body, &path))
            .cloned()
            .unwrap_or_default()
    };
    json!({"principalId": get("principalId"), "clientId": get("clientId")})
}
