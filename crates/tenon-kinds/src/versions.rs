//! The api-version of every request, in one table.
//!
//! Chosen so that defaults do not shift under a spec. Network: late enough
//! that a network may be written without its subnets (2023-11-01), early
//! enough that new subnets still reach the Internet (private subnets became
//! the default with 2025-07-01). Compute: has entity tags, and does not yet
//! answer `Standard` where no security type was set (2025-11-01). Galleries:
//! before new definitions became generation 2 with trusted launch
//! (2025-03-03).

/// `Microsoft.Authorization/roleAssignments`.
pub const AUTHORIZATION: &str = "2022-04-01";
/// `Microsoft.Compute`: machines, SSH keys, availability sets.
pub const COMPUTE: &str = "2024-11-01";
/// `Microsoft.Compute/disks`.
pub const DISKS: &str = "2025-01-02";
/// `Microsoft.Compute/galleries` and what is in them.
pub const GALLERIES: &str = "2024-03-03";
/// Microsoft Graph, whose versions have no date.
pub const GRAPH: &str = "v1.0";
/// `Microsoft.ManagedIdentity`.
pub const IDENTITIES: &str = "2023-01-31";
/// `Microsoft.Authorization/locks`.
pub const LOCKS: &str = "2020-05-01";
/// `Microsoft.Network`.
pub const NETWORK: &str = "2025-01-01";
/// `Microsoft.Resources`: groups and lists of everything in them.
pub const RESOURCES: &str = "2025-04-01";
/// `Microsoft.Compute/skus`: what sizes count against.
pub const SKUS: &str = "2021-07-01";
/// Subscriptions.
pub const SUBSCRIPTIONS: &str = "2022-12-01";
