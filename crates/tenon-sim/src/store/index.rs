//! What the store looks things up by besides the key.
//!
//! Everything here can be rebuilt from the resources, so none of it is
//! written to disk: who refers to whom, which resources of a type a
//! subscription holds, who holds which role, which addresses are taken.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde_json::Value;

use super::resource::Resource;
use crate::arm::id::ResourceId;
use crate::json;

/// A role somebody holds at a scope.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) assignment: String,
    pub(crate) scope: String,
    /// The role's GUID in lower case.
    pub(crate) role: String,
    /// When the assignment has spread far enough to count.
    pub(crate) effective: Option<Timestamp>,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    by_type: HashMap<(String, String), BTreeSet<String>>,
    referrers: HashMap<String, BTreeSet<String>>,
    grants: HashMap<String, Vec<Grant>>,
    addresses: HashMap<String, BTreeMap<Ipv4Addr, String>>,
}

impl Index {
    pub(crate) fn add(&mut self, key: &str, resource: &Resource) {
        self.by_type
            .entry(type_key(key, resource))
            .or_default()
            .insert(key.to_owned());
        for target in references(&resource.body) {
            self.referrers
                .entry(target)
                .or_default()
                .insert(key.to_owned());
        }
        if let Some((principal, grant)) = grant(key, resource) {
            self.grants.entry(principal).or_default().push(grant);
        }
        for (subnet, address, configuration) in addresses(resource) {
            self.addresses
                .entry(subnet)
                .or_default()
                .insert(address, configuration);
        }
    }

    pub(crate) fn remove(&mut self, key: &str, resource: &Resource) {
        if let Some(keys) = self.by_type.get_mut(&type_key(key, resource)) {
            keys.remove(key);
        }
        for target in references(&resource.body) {
            if let Some(sources) = self.referrers.get_mut(&target) {
                sources.remove(key);
            }
        }
        if let Some((principal, grant)) = grant(key, resource)
            && let Some(grants) = self.grants.get_mut(&principal)
        {
            grants.retain(|held| held.assignment != grant.assignment);
        }
        for (subnet, address, _) in addresses(resource) {
            if let Some(taken) = self.addresses.get_mut(&subnet) {
                taken.remove(&address);
            }
        }
    }

    /// The keys of a subscription's resources of one type, in order.
    pub(crate) fn of_type(&self, subscription: &str, type_name: &str) -> Option<&BTreeSet<String>> {
        self.by_type.get(&(
            subscription.to_ascii_lowercase(),
            type_name.to_ascii_lowercase(),
        ))
    }

    pub(crate) fn referrers(&self, key: &str) -> impl Iterator<Item = &str> + use<'_> {
        self.referrers
            .get(key)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    pub(crate) fn grants(&self, principal: &str) -> &[Grant] {
        self.grants.get(principal).map_or(&[], Vec::as_slice)
    }

    /// The addresses taken in a subnet, with the id of the configuration that holds each.
    pub(crate) fn addresses(&self, subnet: &str) -> Option<&BTreeMap<Ipv4Addr, String>> {
        self.addresses.get(subnet)
    }
}

fn type_key(key: &str, resource: &Resource) -> (String, String) {
    let subscription = key.split('/').nth(2).unwrap_or_default();
    (
        subscription.to_owned(),
        resource.type_name.to_ascii_lowercase(),
    )
}

/// Every id that stands anywhere in a body, in lower case.
fn references(body: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(body, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => note(text, found),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.iter().for_each(|(name, item)| {
            note(name, found);
            collect(item, found);
        }),
        _ => {}
    }
}

fn note(text: &str, found: &mut BTreeSet<String>) {
    let start = text.as_bytes().get(..15);
    if start.is_some_and(|start| start.eq_ignore_ascii_case(b"/subscriptions/")) {
        found.insert(text.to_ascii_lowercase());
    }
}

fn grant(key: &str, resource: &Resource) -> Option<(String, Grant)> {
    if !resource.is("Microsoft.Authorization/roleAssignments") {
        return None;
    }
    let principal = json::text(&resource.body, "properties.principalId")?;
    let role = json::text(&resource.body, "properties.roleDefinitionId")?
        .rsplit('/')
        .next()?;
    let effective = json::text(&resource.hidden, "effective").and_then(|text| text.parse().ok());
    let scope = ResourceId::parse(&resource.id)?.scope().key();
    let grant = Grant {
        assignment: key.to_owned(),
        scope,
        role: role.to_ascii_lowercase(),
        effective,
    };
    Some((principal.to_ascii_lowercase(), grant))
}

/// The pool public addresses come from, beside the subnets.
pub(crate) const PUBLIC: &str = "public";

/// Subnet, address and configuration id of each address a network interface
/// holds; pool, address and id of a public one.
fn addresses(resource: &Resource) -> Vec<(String, Ipv4Addr, String)> {
    if resource.is("Microsoft.Network/publicIPAddresses") {
        let address = json::text(&resource.body, "properties.ipAddress");
        let address = address.and_then(|address| address.parse().ok());
        let entry = address.map(|address| (PUBLIC.to_owned(), address, resource.id.clone()));
        return entry.into_iter().collect();
    }
    if !resource.is("Microsoft.Network/networkInterfaces") {
        return Vec::new();
    }
    let read = |configuration: &Value| {
        let subnet = json::text(configuration, "properties.subnet.id")?.to_ascii_lowercase();
        let address = json::text(configuration, "properties.privateIPAddress")?
            .parse()
            .ok()?;
        let name = json::text(configuration, "name")?;
        Some((
            subnet,
            address,
            format!("{}/ipConfigurations/{name}", resource.id),
        ))
    };
    json::items(&resource.body, "properties.ipConfigurations")
        .iter()
        .filter_map(read)
        .collect()
}
