//! What the plan document says besides what the engine needs.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::Address;
use crate::rollout::Order;

/// Of the plan as a whole.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OfPlan {
    /// What the spec was compared with.
    pub(crate) mode: Compared,
}

/// What a spec was compared with.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Compared {
    /// What is live in Azure.
    Live,
    /// The spec of another revision, see `preview`.
    Offline,
}

/// Of a change.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OfChange<'a> {
    /// How many steps have to come before its first one, that one included; 0
    /// if it has none.
    pub(crate) wave: usize,
    /// The digest of what its steps expect to find.
    #[schemars(extend("pattern" = "^sha256:[0-9a-f]{64}$"))]
    pub(crate) precondition: String,
    /// What it waits for.
    pub(crate) depends_on: BTreeSet<&'a Address>,
    /// What it does to what runs.
    pub(crate) effects: Effects<'a>,
    /// The api-version of its first request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_version: Option<&'a str>,
    /// Which form comes first where it is made anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replace_order: Option<Order>,
}

/// What a change does to what runs.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Effects<'a> {
    /// What happens to the machine.
    pub(crate) restart: Restart,
    /// What is gone afterwards, in words of the spec: `os_disk`.
    pub(crate) lost: &'a [String],
    /// What survives.
    pub(crate) kept: &'a [String],
}

/// What happens to a machine.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Restart {
    /// It runs on.
    None,
    /// It restarts.
    Reboot,
    /// It stops, loses its host, and starts again.
    Deallocate,
}

/// Of a property that changes.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OfProperty {
    /// Whether changing it takes a replace.
    pub(crate) forces_replace: bool,
    /// Whether what it will be is known only when the plan runs.
    pub(crate) unknown: bool,
}
