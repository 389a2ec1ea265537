//! Managed identities: those the world names, and those that are resources.

use super::directory::{Application, Principal};
use crate::json::{self, same};
use crate::state::State;
use crate::store::Resource;
use crate::world::FederatedCredential;

/// The type of the identities that are resources.
const TYPE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// A managed identity with its ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// Its home, and the one tenant that it can sign in to.
    pub(crate) tenant: String,
    pub(crate) client_id: String,
    pub(crate) object_id: String,
    /// The resource it belongs to, or is; empty when the world does not say.
    pub(crate) resource_id: String,
}

impl Identity {
    fn of(resource: &Resource) -> Option<Self> {
        let text = |member: &str| {
            let path = format!("properties.{member}");
            json::text(&resource.body, &path).map(str::to_owned)
        };
        Some(Self {
            name: resource.id.rsplit('/').next()?.to_owned(),
            tenant: text("tenantId")?,
            client_id: text("clientId")?,
            object_id: text("principalId")?,
            resource_id: resource.id.clone(),
        })
    }

    /// True when it comes and goes with another resource, instead of being one.
    pub(crate) fn is_system_assigned(&self) -> bool {
        let id = self.resource_id.to_ascii_lowercase();
        !id.is_empty() && !id.contains("/userassignedidentities/")
    }

    /// Its presence in its tenant.
    pub(crate) fn principal(&self) -> Principal {
        Principal {
            tenant: self.tenant.clone(),
            application: self.client_id.clone(),
            object_id: self.object_id.clone(),
            deleted: None,
            disabled: false,
            graph_roles: Vec::new(),
        }
    }

    /// The application that it is at the token endpoint, where it has no secrets
    /// and trusts whom its resource trusts.
    pub(crate) fn application(&self, state: &State) -> Application {
        Application {
            id: self.client_id.clone(),
            object_id: String::new(),
            name: self.name.clone(),
            home: self.tenant.clone(),
            unique_name: String::new(),
            multi_tenant: false,
            deleted: None,
            owners: Vec::new(),
            secrets: Vec::new(),
            certificates: Vec::new(),
            federated: trust(state, &self.resource_id.to_ascii_lowercase()),
        }
    }
}

/// The federated credentials below an identity's resource.
fn trust(state: &State, key: &str) -> Vec<FederatedCredential> {
    if key.is_empty() {
        return Vec::new();
    }
    let children = state.store.children(key, "federatedIdentityCredentials");
    let read = children.filter_map(|child| {
        let mut credential = child.body.get("properties")?.clone();
        json::take(&mut credential, "provisioningState");
        json::set(&mut credential, "name", child.id.rsplit('/').next()?);
        serde_json::from_value(credential).ok()
    });
    read.collect()
}

/// The identities that are resources.
pub(crate) fn stored(state: &State) -> impl Iterator<Item = Identity> + use<'_> {
    let subscriptions = state.directory.subscriptions.iter();
    subscriptions
        .flat_map(|one| state.store.of_type(&one.id, None, TYPE))
        .filter_map(Identity::of)
}

/// Every identity, those of the world first.
pub(crate) fn all(state: &State) -> impl Iterator<Item = Identity> + use<'_> {
    let declared = state.directory.identities.iter().cloned();
    declared.chain(stored(state))
}

pub(crate) fn by_client(state: &State, client: &str) -> Option<Identity> {
    all(state).find(|one| same(&one.client_id, client))
}
