//! Network security groups. A PUT replaces all rules.

use serde_json::{Value, json};

use super::{DURATIONS, back_references, malformed, security_rule, shown_with_guid};
use crate::arm::conflict::another_operation;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::call::Call;
use crate::json;
use crate::providers::{Flow, Hooks, Kind, Patching, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Network/networkSecurityGroups",
    place: Place::Tracked,
    flow: Flow::Network,
    durations: DURATIONS,
    page: 1000,
    hooks: &SecurityGroup,
};

struct SecurityGroup;

impl Hooks for SecurityGroup {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let rules = json::take(&mut write.after.body, "properties.securityRules");
        if write.patching == Patching::Yes {
            return Ok(());
        }
        let rules = rules
            .and_then(|rules| rules.as_array().cloned())
            .unwrap_or_default();
        check(&rules)?;
        replace_rules(write, rules);
        json::default(&mut write.after.body, "properties", json!({}));
        Ok(())
    }

    fn check_idle(&self, state: &State, resource: &Resource) -> Result<(), ArmError> {
        let rules = state.store.children(&resource.key(), "securityRules");
        let busy = std::iter::once(resource)
            .chain(rules)
            .find(|one| one.operation.is_some());
        busy.map_or(Ok(()), |busy| Err(another_operation(state, busy, resource)))
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let users: Vec<&str> = state
            .store
            .referrers(&resource.key())
            .map(|user| user.id.as_str())
            .collect();
        if users.is_empty() {
            return Ok(());
        }
        let message = format!(
            "Network security group {} cannot be deleted because it is in use by the following resources: {}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.",
            resource.id,
            users.join(", ")
        );
        Err(ArmError::bad_request(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            message,
        ))
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = shown_with_guid(state, resource);
        let key = resource.key();
        let rules = state.store.children(&key, "securityRules");
        let rules: Vec<Value> = rules.map(|rule| super::shown(state, rule)).collect();
        json::set(&mut body, "properties.securityRules", rules);
        json::set(
            &mut body,
            "properties.defaultSecurityRules",
            default_rules(state, resource),
        );
        for (member, type_name) in [
            ("networkInterfaces", "Microsoft.Network/networkInterfaces"),
            ("subnets", "Microsoft.Network/virtualNetworks/subnets"),
        ] {
            let users = back_references(state, &key, type_name);
            if !users.is_empty() {
                json::set(&mut body, &format!("properties.{member}"), users);
            }
        }
        body
    }

    fn look(&self, state: &State, resource: &Resource, word: &str, _: &Call) -> Option<Value> {
        json::same(word, "defaultSecurityRules")
            .then(|| json!({"value": default_rules(state, resource)}))
    }
}

fn check(rules: &[Value]) -> Result<(), ArmError> {
    for (place, rule) in rules.iter().enumerate() {
        let Some(name) = json::text(rule, "name") else {
            return Err(malformed("Cannot parse the request.")
                .detail("MissingNameProperty", "A security rule has no name."));
        };
        security_rule::check(name, rule)?;
        for other in &rules[..place] {
            let other_name = json::text(other, "name").unwrap_or_default();
            security_rule::check_pair(name, rule, other_name, other)?;
        }
    }
    Ok(())
}

fn replace_rules(write: &mut Write<'_>, rules: Vec<Value>) {
    let parent = ResourceId::parse(&write.after.id).unwrap_or_default();
    let now = write.state.now();
    let names: Vec<String> = rules
        .iter()
        .filter_map(|rule| json::text(rule, "name"))
        .map(str::to_ascii_lowercase)
        .collect();
    let gone: Vec<String> = write
        .state
        .store
        .children(&parent.key(), "securityRules")
        .filter(|rule| !names.contains(&rule.name().to_ascii_lowercase()))
        .map(Resource::key)
        .collect();
    for key in gone {
        write.state.store.remove(&key);
    }
    for mut rule in rules {
        let name = json::take(&mut rule, "name").unwrap_or_default();
        let id = parent.child("securityRules", name.as_str().unwrap_or_default());
        for member in ["id", "type", "etag"] {
            json::take(&mut rule, member);
        }
        security_rule::fill_defaults(&mut rule);
        match write.state.store.get(&id.key()).cloned() {
            Some(before) if before.body == rule => {}
            Some(before) => write.state.store.put(Resource {
                body: rule,
                changed: now,
                ..before
            }),
            None => write.state.store.put(Resource::new(&id, rule, now)),
        }
    }
}

/// Name, description, priority, direction, access, source, destination.
const DEFAULT_RULES: [[&str; 7]; 6] = [
    [
        "AllowVnetInBound",
        "Allow inbound traffic from all VMs in VNET",
        "65000",
        "Inbound",
        "Allow",
        "VirtualNetwork",
        "VirtualNetwork",
    ],
    [
        "AllowAzureLoadBalancerInBound",
        "Allow inbound traffic from azure load balancer",
        "65001",
        "Inbound",
        "Allow",
        "AzureLoadBalancer",
        "*",
    ],
    [
        "DenyAllInBound",
        "Deny all inbound traffic",
        "65500",
        "Inbound",
        "Deny",
        "*",
        "*",
    ],
    [
        "AllowVnetOutBound",
        "Allow outbound traffic from all VMs to all VMs in VNET",
        "65000",
        "Outbound",
        "Allow",
        "VirtualNetwork",
        "VirtualNetwork",
    ],
    [
        "AllowInternetOutBound",
        "Allow outbound traffic from all VMs to Internet",
        "65001",
        "Outbound",
        "Allow",
        "*",
        "Internet",
    ],
    [
        "DenyAllOutBound",
        "Deny all outbound traffic",
        "65500",
        "Outbound",
        "Deny",
        "*",
        "*",
    ],
];

fn default_rules(state: &State, group: &Resource) -> Vec<Value> {
    let etag = super::etag(state, group);
    DEFAULT_RULES
        .iter()
        .map(
            |[
                name,
                description,
                priority,
                direction,
                access,
                source,
                destination,
            ]| {
                json!({
                    "name": name,
                    "id": format!("{}/defaultSecurityRules/{name}", group.id),
                    "etag": etag,
                    "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
                    "properties": {
                        "provisioningState": "Succeeded",
                        "description": description,
                        "protocol": "*",
                        "sourcePortRange": "*",
                        "destinationPortRange": "*",
                        "sourceAddressPrefix": source,
                        "destinationAddressPrefix": destination,
                        "access": access,
                        "priority": priority.parse::<u32>().unwrap_or_default(),
                        "direction": direction,
                        "sourcePortRanges": [],
                        "destinationPortRanges": [],
                        "sourceAddressPrefixes": [],
                        "destinationAddressPrefixes": [],
                    },
                })
            },
        )
        .collect()
}
