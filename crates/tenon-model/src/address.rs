//! Dotted names of things inside a spec.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The dotted name of a thing inside a spec: `vms.web-1`, `vms.web-1.nic`,
/// `networks.web-vnet.subnets.app`.
///
/// Segments hold no dots, so an address needs no quoting in any shell. Cloning
/// is cheap. Order is by text; where people read a list, use the spec's order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Address(Arc<str>);

impl Address {
    /// Returns the address spelled by `text`, e.g. `vms.web-1`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// Returns the address of a part of this thing: `vms.web-1` and `nic` make
    /// `vms.web-1.nic`.
    #[must_use]
    pub fn join(&self, segment: &str) -> Self {
        Self(Arc::from(format!("{}.{segment}", self.0)))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments, first to last.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }

    /// The collection this address belongs to: `vms` of `vms.web-1.nic`.
    #[must_use]
    pub fn collection(&self) -> &str {
        self.segments().next().unwrap_or("")
    }

    /// The last segment: `nic` of `vms.web-1.nic`.
    #[must_use]
    pub fn last(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or("")
    }

    /// Whether this is `other` or a part of it.
    #[must_use]
    pub fn is_within(&self, other: &Address) -> bool {
        self.0
            .strip_prefix(&*other.0)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
