//! The world file: what exists before the first request, and how it behaves.
//!
//! A world is YAML (or JSON, which is YAML). Unknown keys are errors, names
//! stand in for ids wherever one thing refers to another, and every id that
//! is left out is derived from the name and the world's `seed`, so that the
//! same file always makes the same ids.
//!
//! The file is the *initial* world. Once a simulator keeps its state in a
//! file, the world lives there and the world file is not read again.
//!
//! ```
//! let world = tenon_sim::WorldFile::from_yaml(r"
//! tenants:
//!   - {name: publisher, domains: [publisher.example]}
//!   - {name: consumer}
//! applications:
//!   - name: deployer
//!     tenant: publisher            # its home
//!     multiTenant: true
//!     secrets: [{value: not-so-secret}]
//!     federatedCredentials:
//!       - {name: main, issuer: 'https://oidc.example', subject: 'repo:acme/infra:ref:refs/heads/main'}
//!     servicePrincipals: [{tenant: publisher}, {tenant: consumer}]
//! managedIdentities:
//!   - {name: runner, tenant: publisher}
//! issuers:
//!   github: {requestToken: a-request-token, subject: 'repo:acme/infra:ref:refs/heads/main'}
//! subscriptions:
//!   - {name: images, tenant: publisher}
//!   - {name: workload, tenant: consumer, quotas: {cores: 100, westeurope/standardDSv5Family: 40}}
//! roleAssignments:
//!   - {scope: /subscriptions/images/resourceGroups/images, principal: deployer, role: Reader}
//!   - {scope: /subscriptions/workload/resourceGroups/web, principal: deployer, role: Contributor}
//! resourceGroups:
//!   - {subscription: workload, name: web, location: westeurope, tags: {owner: team}}
//! galleries:
//!   - subscription: images
//!     resourceGroup: images
//!     name: golden
//!     location: westeurope
//!     images:
//!       - name: web
//!         features: {SecurityType: TrustedLaunchSupported}
//!         versions:
//!           - name: 1.4.2
//!             osDiskSizeGb: 30
//!             regions:
//!               - {name: westeurope, replicas: 2}
//!               - {name: northeurope, state: Replicating}
//! resources:
//!   - id: /subscriptions/workload/resourceGroups/web/providers/Microsoft.Network/networkSecurityGroups/front
//!     body: {location: westeurope}
//! sizes:
//!   - {name: Standard_Tiny, family: standardTinyFamily, cpus: 1, memoryGb: 0.5, restricted: [northeurope]}
//! settings:
//!   tokenLifetime: 10m
//!   rolePropagation: 90s
//!   replicaLag: 30m
//!   durations:
//!     Microsoft.Compute/virtualMachines: {create: 40s, delete: 1m}
//!     default: {update: 5s}
//!   pageSizes: {Microsoft.Compute/virtualMachines: 100, default: 500}
//!   throttling: {enabled: true, writes: {size: 20, refillPerSecond: 1}}
//! faults:
//!   - name: no-room
//!     match: {method: PUT, type: Microsoft.Compute/virtualMachines, id: '*/web-3'}
//!     skip: 1
//!     times: 2
//!     action: {do: failOperation, code: AllocationFailed, message: No room.}
//!   - match: {id: '*/oauth2/v2.0/token'}
//!     action: {do: respond, status: 503, code: Busy, headers: {Retry-After: '2'}}
//! drift:
//!   - id: /subscriptions/workload/resourceGroups/web/providers/Microsoft.Network/networkSecurityGroups/front
//!     after: 5m
//!     change: {do: patch, body: {tags: {owner: somebody else}}}
//! ").expect("a world");
//! assert!(tenon_sim::Simulator::new(world, tenon_sim::ClockMode::Manual).is_ok());
//! ```

pub(crate) mod build;
pub(crate) mod directory;
pub(crate) mod extend;
pub(crate) mod gallery;
pub(crate) mod settings;
pub(crate) mod sizes;
pub(crate) mod span;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::drift::{DriftChange, DriftRule};
pub use crate::faults::rule::{FaultAction, FaultMatch, FaultRule, LoggedFault, Moment};
pub use crate::machines::Sickness;
pub(crate) use directory::TOKEN_EXCHANGE;
pub use directory::{
    AppService, Application, AzureDevOpsIssuer, Certificate, Cloud, Consent, FederatedCredential,
    GithubIssuer, Issuer, Issuers, ManagedIdentity, Secret, ServicePrincipal, Tenant,
};
pub use gallery::{
    Gallery, GalleryImage, ImageDataDisk, ImageIdentifier, ImageVersion, PurchasePlan, SharedWith,
    TargetRegion,
};
pub use settings::{ActionDurations, Bucket, Settings, Throttling};
pub use sizes::Size;
pub use span::Span;

/// Why a world cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The text is not a world file; the message says what and where.
    #[error("the world file is wrong{}: {message}", place(*line, *column))]
    Syntax {
        /// What the reader found.
        message: String,
        /// The line, counted from 1; 0 when unknown.
        line: usize,
        /// The column, counted from 1; 0 when unknown.
        column: usize,
    },
    /// A name that refers to nothing.
    #[error("{place} names the {kind} `{name}`, which the world does not have")]
    Unknown {
        /// Where the reference stands.
        place: String,
        /// What it should name.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// Something that is there but cannot be used.
    #[error("{place}: {message}")]
    Invalid {
        /// Where it stands.
        place: String,
        /// What is wrong with it.
        message: String,
    },
}

fn place(line: usize, column: usize) -> String {
    if line == 0 {
        String::new()
    } else {
        format!(" at line {line}, column {column}")
    }
}

/// A whole world. Every list may be left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct WorldFile {
    /// What derived ids are made from; two worlds with one seed share ids. Default: `tenon-sim`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub seed: String,
    /// When simulated time begins; the wall clock's time when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Timestamp>,
    /// The cloud that this is; tenants of other clouds cannot sign in here.
    #[serde(skip_serializing_if = "directory::is_default")]
    pub cloud: Cloud,
    /// The directories.
    pub tenants: Vec<Tenant>,
    /// App registrations with their secrets and service principals.
    pub applications: Vec<Application>,
    /// Managed identities of the host that clients run on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub managed_identities: Vec<ManagedIdentity>,
    /// Who else issues tokens that the directories may trust.
    pub issuers: Issuers,
    /// Subscriptions and what is registered and allowed in them.
    pub subscriptions: Vec<Subscription>,
    /// Who may do what where.
    pub role_assignments: Vec<RoleAssignment>,
    /// Resource groups; a group that only a resource or gallery names is made for it.
    pub resource_groups: Vec<ResourceGroup>,
    /// Compute galleries with their image definitions and versions.
    pub galleries: Vec<Gallery>,
    /// Any other resources, as a PUT would have left them.
    pub resources: Vec<RawResource>,
    /// Virtual machine sizes that are added to, or replace, the built-in ones.
    pub sizes: Vec<Size>,
    /// Marketplace images as `publisher:offer:sku`, added to the built-in ones.
    pub platform_images: Vec<String>,
    /// Durations, delays, page sizes, throttling.
    pub settings: Settings,
    /// What shall go wrong.
    pub faults: Vec<FaultRule>,
    /// What shall change by itself.
    pub drift: Vec<DriftRule>,
}

impl WorldFile {
    /// Reads a world from YAML.
    ///
    /// # Errors
    /// When the text is not YAML or does not have the form of a world; line
    /// and column point at the place.
    pub fn from_yaml(text: &str) -> Result<Self, WorldError> {
        serde_yaml::from_str(text).map_err(|error| {
            let place = error.location();
            WorldError::Syntax {
                message: error.to_string(),
                line: place.as_ref().map_or(0, serde_yaml::Location::line),
                column: place.as_ref().map_or(0, serde_yaml::Location::column),
            }
        })
    }

    pub(crate) fn seed(&self) -> &str {
        if self.seed.is_empty() {
            "tenon-sim"
        } else {
            &self.seed
        }
    }

    /// The world without what becomes resources of its own: what is kept while it runs.
    pub(crate) fn frame(&self) -> Self {
        Self {
            role_assignments: Vec::new(),
            resource_groups: Vec::new(),
            galleries: Vec::new(),
            resources: Vec::new(),
            faults: Vec::new(),
            drift: Vec::new(),
            ..self.clone()
        }
    }
}

/// A subscription.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Subscription {
    /// The name other entries use; also the display name.
    pub name: String,
    /// The subscription id; derived when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The tenant's name or id.
    pub tenant: String,
    /// `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`; empty means `Enabled`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// Registration state by provider namespace, laid over the default, in
    /// which Compute, Network, Resources, ManagedIdentity and Authorization are `Registered`.
    pub providers: BTreeMap<String, String>,
    /// Limits by usage name (`cores`, `standardDSv5Family`, …), everywhere or as `{location}/{name}`.
    pub quotas: BTreeMap<String, i64>,
}

/// A role held by a principal at a scope.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct RoleAssignment {
    /// A resource id; `{name}` after `/subscriptions/` may be a subscription's name.
    pub scope: String,
    /// An object id, an application's name (its principal in the scope's
    /// tenant), a managed identity's name, or a user-assigned identity's id.
    pub principal: String,
    /// A built-in role's name, or a role definition's GUID or id.
    pub role: String,
}

/// A resource group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ResourceGroup {
    /// The subscription's name or id.
    pub subscription: String,
    /// The group's name.
    pub name: String,
    /// Where its metadata lies.
    pub location: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// A resource as it stands.
///
/// The body is used as it is, with `provisioningState` `Succeeded` added when
/// it says none; nothing is validated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RawResource {
    /// The full id; the part after `/subscriptions/` may be a subscription's name.
    pub id: String,
    /// The body a GET would show, without `id`, `name` and `type`.
    pub body: Value,
}

#[cfg(test)]
mod tests;
