//! What is next to the changes of a plan: who needs whom, entry by entry.
//!
//! Pictures are made of it. Nothing that is done follows from it, so the
//! digest does not cover it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_false;
use crate::Address;

/// The entries around the changes of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Around {
    /// Entries to which nothing happens, and that need an entry to which
    /// something does, or that it needs. The groups that things lie in are left
    /// out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same: Vec<Neighbour>,
    /// What an entry needs: entries and images. Something happens to one of the
    /// two ends.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needs: BTreeMap<Address, BTreeSet<Address>>,
}

/// An entry to which nothing happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Neighbour {
    /// Its name: `networks.web-vnet`.
    pub address: Address,
    /// Its fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<Address>,
    /// What it is, one word: `network`.
    pub kind: String,
    /// The local name of its tenant.
    pub tenant: String,
    /// Whether somebody else makes it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub elsewhere: bool,
}

impl Around {
    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.same.is_empty() && self.needs.is_empty()
    }
}
