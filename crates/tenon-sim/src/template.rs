//! The template language of Resource Manager: reading, checking, evaluating.
//!
//! Everything here is pure. What a template asks of the world (a resource
//! group, the state of a resource) comes in through [`Place`] and
//! [`Runtime`], so that the language can be tested with values alone. It is
//! written from Microsoft's public pages on template structure and functions
//! (learn.microsoft.com, `azure-resource-manager/templates`).
//!
//! Left out: linked templates, key vault references, user-defined functions,
//! `list*` functions, the time and chance functions, deployment scopes other
//! than one resource group, type definitions of language version 2.0.

mod document;
mod evaluate;
mod expand;
mod expression;
mod functions;
mod parameters;
mod schedule;

pub(crate) use document::Template;
pub(crate) use evaluate::Scope;
pub(crate) use expand::{Declared, declared};
pub(crate) use parameters::Parameters;
pub(crate) use schedule::dependencies;

use serde_json::Value;

/// Why something in a template has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The template is wrong; the text is a part of a message.
    Invalid(String),
    /// The value depends on a resource that does not exist yet.
    Later,
}

impl Problem {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }
}

/// Where a template is deployed, as its scope functions show it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// What `resourceGroup()` returns.
    pub(crate) group: Value,
    /// What `subscription()` returns.
    pub(crate) subscription: Value,
    /// What `deployment()` returns.
    pub(crate) deployment: Value,
    /// Display names of all regions.
    pub(crate) locations: Vec<&'static str>,
}

impl Place {
    pub(crate) fn group_id(&self) -> &str {
        crate::json::text(&self.group, "id").unwrap_or_default()
    }
}

/// The state of resources while a template runs.
pub(crate) trait Runtime {
    /// What `reference(…)` returns for a resource, given by id or by name.
    fn reference(
        &self,
        resource: &str,
        version: Option<&str>,
        full: Full,
    ) -> Result<Value, Problem>;
}

/// How much of a resource `reference` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The whole resource.
    Yes,
    /// Its properties.
    No,
}

/// The runtime before anything runs: nothing is known yet.
pub(crate) struct Nothing;

impl Runtime for Nothing {
    fn reference(&self, _: &str, _: Option<&str>, _: Full) -> Result<Value, Problem> {
        Err(Problem::Later)
    }
}

#[cfg(test)]
mod tests;
