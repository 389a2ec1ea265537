//! Rules of a network security group, put by themselves or inside it.

use serde_json::{Value, json};

use super::{DURATIONS, subnet};
use crate::arm::conflict::another_operation;
use crate::arm::error::ArmError;
use crate::json;
use crate::providers::{Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Network/networkSecurityGroups/securityRules",
    place: Place::Nested,
    flow: Flow::Network,
    durations: DURATIONS,
    page: 1000,
    hooks: &SecurityRule,
};

struct SecurityRule;

impl Hooks for SecurityRule {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let group = write.id.parent().unwrap_or_default();
        let parent = write.state.store.get(&group.key());
        if let Some(parent) = parent.filter(|parent| parent.operation.is_some()) {
            return Err(another_operation(write.state, parent, &write.after));
        }
        check(write.id.name(), &write.after.body)?;
        let others = write.state.store.children(&group.key(), "securityRules");
        for other in others.filter(|other| other.key() != write.id.key()) {
            check_pair(
                write.id.name(),
                &write.after.body,
                other.name(),
                &other.body,
            )?;
        }
        json::take(&mut write.after.body, "name");
        fill_defaults(&mut write.after.body);
        Ok(())
    }

    fn check_idle(&self, state: &State, resource: &Resource) -> Result<(), ArmError> {
        let busy = resource.operation.is_some();
        if busy {
            Err(another_operation(state, resource, resource))
        } else {
            Ok(())
        }
    }

    fn stored(&self, state: &mut State, key: &str) {
        subnet::touch_parent(state, key);
    }

    fn removed(&self, state: &mut State, gone: &Resource) {
        subnet::touch_parent(state, &gone.key());
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        super::shown(state, resource)
    }
}

/// Checks one rule for itself.
pub(super) fn check(name: &str, rule: &Value) -> Result<(), ArmError> {
    for member in ["protocol", "access", "direction", "priority"] {
        if json::get(rule, &format!("properties.{member}")).is_none() {
            let message = format!(
                "Required security rule parameters are missing for security rule with Id: {name}. Security rule must specify {member}."
            );
            return Err(ArmError::bad_request(
                "SecurityRuleParameterMissing",
                message,
            ));
        }
    }
    for (one, many) in [
        ("sourcePortRange", "sourcePortRanges"),
        ("destinationPortRange", "destinationPortRanges"),
        ("sourceAddressPrefix", "sourceAddressPrefixes"),
        ("destinationAddressPrefix", "destinationAddressPrefixes"),
    ] {
        let named =
            json::text(rule, &format!("properties.{one}")).is_some_and(|text| !text.is_empty());
        let listed = !json::items(rule, &format!("properties.{many}")).is_empty();
        let side = one.trim_end_matches("AddressPrefix");
        let grouped =
            !json::items(rule, &format!("properties.{side}ApplicationSecurityGroups")).is_empty();
        if !named && !listed && !grouped {
            let message = format!(
                "Required security rule parameters are missing for security rule with Id: {name}. Security rule must specify {one} or {many}."
            );
            return Err(ArmError::bad_request(
                "SecurityRuleParameterMissing",
                message,
            ));
        }
    }
    let priority = json::number(rule, "properties.priority").unwrap_or_default();
    if !(100..=4096).contains(&priority) {
        let message = format!(
            "Security rule has invalid Priority. Value provided: {priority} Allowed range 100-4096. RuleName: {name}."
        );
        return Err(ArmError::bad_request(
            "SecurityRuleInvalidPriority",
            message,
        ));
    }
    Ok(())
}

/// Two rules of one direction cannot have one priority.
pub(super) fn check_pair(
    name: &str,
    rule: &Value,
    other_name: &str,
    other: &Value,
) -> Result<(), ArmError> {
    let same = |member: &str| json::get(rule, member) == json::get(other, member);
    if same("properties.priority") && same("properties.direction") {
        let priority = json::number(rule, "properties.priority").unwrap_or_default();
        let direction = json::text(rule, "properties.direction").unwrap_or_default();
        let message = format!(
            "Security rule {name} conflicts with rule {other_name}. Rules cannot have the same Priority and Direction. Priority: {priority}, Direction: {direction}."
        );
        return Err(ArmError::bad_request("SecurityRuleConflict", message));
    }
    Ok(())
}

pub(super) fn fill_defaults(body: &mut Value) {
    for member in [
        "sourcePortRanges",
        "destinationPortRanges",
        "sourceAddressPrefixes",
        "destinationAddressPrefixes",
    ] {
        json::default(body, &format!("properties.{member}"), json!([]));
    }
    json::default(body, "properties.provisioningState", "Succeeded");
}
