//! The questions that a plan may raise, and how Azure is asked.

use tenon_model::plan::Plan;
use tenon_model::probe::{Answers, Probe};
use tenon_model::transport::Read;
use tenon_model::{ResourceId, SubscriptionId, TenantId};

use super::Tenants;

/// The api-version of permissions.
/// Source: Azure REST API reference, "Permissions - List For Resource Group".
const PERMISSIONS: &str = "2022-04-01";
/// The api-version of locks.
/// Source: Azure REST API reference, "Management Locks".
const LOCKS: &str = "2020-05-01";
/// The api-version of providers.
const RESOURCES: &str = "2025-04-01";
/// The api-version of subscriptions.
const SUBSCRIPTIONS: &str = "2022-12-01";
/// The version of Microsoft Graph.
const GRAPH: &str = "v1.0";
/// The api-version of networks.
const NETWORK: &str = "2025-01-01";

/// The api-version of machines and managed images.
const COMPUTE: &str = "2024-11-01";
/// The api-version of disks and snapshots.
const DISKS: &str = "2025-01-02";
/// The api-version of galleries.
const GALLERIES: &str = "2024-03-03";

/// What a plan asks beside what it needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The state of a subscription.
    Subscription(SubscriptionId),
    /// What the caller may do at a scope: a subscription, a group or a resource.
    Rights(ResourceId),
    /// What the caller may do in the directory of a tenant. The client reads
    /// that in its own token.
    Directory(TenantId),
    /// Whether a provider is registered.
    Provider(SubscriptionId, String),
    /// The locks at a scope and below it.
    Locks(ResourceId),
    /// How many addresses of the subnets of a network are taken.
    Usages(ResourceId),
    /// How many networks, interfaces and public addresses there are in a region.
    Counts(SubscriptionId, String),
    /// Whether an address of a network is free.
    Address(ResourceId, String),
    /// What an image version is to be made from.
    Source(ResourceId),
}

impl Question {
    /// How it is asked; none where nobody knows whose subscription it is.
    pub(super) fn probe(&self, plan: &Plan, tenants: &Tenants) -> Option<Probe> {
        let of = |id: &ResourceId, tail: &str| format!("{id}{tail}");
        let (subscription, path, api_version, answers) = match self {
            Self::Subscription(subscription) => {
                let path = format!("/subscriptions/{subscription}");
                (subscription.clone(), path, SUBSCRIPTIONS, Answers::One)
            }
            Self::Rights(scope) => {
                let path = of(scope, "/providers/Microsoft.Authorization/permissions");
                (scope.subscription(), path, PERMISSIONS, Answers::Pages)
            }
            Self::Directory(tenant) => {
                let path = format!("/tenants/{tenant}");
                (
                    SubscriptionId::new(tenant.as_str()),
                    path,
                    GRAPH,
                    Answers::One,
                )
            }
            Self::Provider(subscription, namespace) => {
                let path = format!("/subscriptions/{subscription}/providers/{namespace}");
                (subscription.clone(), path, RESOURCES, Answers::One)
            }
            Self::Locks(scope) => {
                let path = of(scope, "/providers/Microsoft.Authorization/locks");
                (scope.subscription(), path, LOCKS, Answers::Pages)
            }
            Self::Usages(network) => {
                let path = of(network, "/usages");
                (network.subscription(), path, NETWORK, Answers::Pages)
            }
            Self::Counts(subscription, location) => {
                let path = format!(
                    "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}/usages"
                );
                (subscription.clone(), path, NETWORK, Answers::Pages)
            }
            Self::Source(id) => {
                let kind = id.resource_type().to_ascii_lowercase();
                let version = match kind.as_str() {
                    "microsoft.compute/disks" | "microsoft.compute/snapshots" => DISKS,
                    "microsoft.compute/galleries/images/versions" => GALLERIES,
                    _ => COMPUTE,
                };
                (id.subscription(), of(id, ""), version, Answers::One)
            }
            Self::Address(network, _) => {
                let path = of(network, "/CheckIPAddressAvailability");
                (network.subscription(), path, NETWORK, Answers::One)
            }
        };
        let query = match self {
            Self::Address(_, address) => vec![("ipAddress".to_owned(), address.clone())],
            // Only this view says whether a machine was generalized.
            Self::Source(id) if is_machine(id) => {
                vec![("$expand".to_owned(), "instanceView".to_owned())]
            }
            _ => Vec::new(),
        };
        let read = Read {
            tenant: match plan.scope(&subscription) {
                Some(scope) => scope.tenant.clone(),
                None => tenants.get(&subscription)?.clone(),
            },
            path,
            api_version: api_version.to_owned(),
            query,
        };
        Some(Probe { read, answers })
    }
}

/// Whether something is a machine.
pub(super) fn is_machine(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Compute/virtualMachines")
}
