//! What a plan is for, and how requests for it are signed in.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lease::LeaseAt;
use crate::spec::Credential;
use crate::{SubscriptionId, TenantId};

/// A subscription and the tokens that requests in it carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Tenants whose tokens every write carries besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auxiliary: Vec<TenantId>,
}

impl Scope {
    /// Returns the scope of a tenant's directory, which counts as one of its
    /// subscriptions.
    #[must_use]
    pub fn directory(tenant: &TenantId) -> Self {
        Self {
            subscription: SubscriptionId::new(tenant.as_str()),
            tenant: tenant.clone(),
            // No other tenant's token ever goes to Microsoft Graph.
            auxiliary: Vec::new(),
        }
    }

    /// Whether it is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.subscription.as_str() == self.tenant.as_str()
    }
}

/// What the plan is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// The cloud that the spec names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<String>,
    /// The subscriptions it reaches, the default one first.
    pub scopes: Vec<Scope>,
    /// The tenants in whose directories it has something, each as the
    /// subscription that [`ResourceId::subscription`](crate::ResourceId::subscription)
    /// makes of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directories: Vec<Scope>,
    /// The lease that a run takes before it writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<LeaseAt>,
    /// Local names of tenants by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tenant_names: BTreeMap<TenantId, String>,
    /// How tenants are signed in to that have a credential of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<TenantId, Credential>,
    /// The default resource group.
    pub resource_group: String,
    /// The default region.
    pub location: String,
    /// The spec files, in the order of merging.
    pub files: Vec<String>,
}

impl Deployment {
    /// Everything that is looked through for what is ours: subscriptions, then
    /// directories.
    #[must_use]
    pub fn places(&self) -> Vec<Scope> {
        let all = self.scopes.iter().chain(&self.directories);
        all.cloned().collect()
    }
}
