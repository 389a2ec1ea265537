//! Availability sets.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::call::Call;
use crate::json;
use crate::providers::compute::placement_group;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/availabilitySets",
    place: Place::Tracked,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &AvailabilitySet,
};

struct AvailabilitySet;

impl Hooks for AvailabilitySet {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let body = &mut write.after.body;
        json::default(body, "sku.name", "Classic");
        json::default(body, "properties.platformUpdateDomainCount", 5);
        let faults = if json::text(body, "sku.name") == Some("Aligned") {
            2
        } else {
            3
        };
        json::default(body, "properties.platformFaultDomainCount", faults);
        json::take(body, "properties.virtualMachines");
        let range = |member: &str, most: i64| {
            let path = format!("properties.{member}");
            let value = json::number(body, &path).unwrap_or(1);
            if (1..=most).contains(&value) {
                return Ok(());
            }
            let message = format!(
                "The value of parameter {member} is invalid. It must be between 1 and {most}."
            );
            Err(ArmError::invalid_parameter(member, message))
        };
        range("platformFaultDomainCount", 3)?;
        range("platformUpdateDomainCount", 20)?;
        placement_group::leave(write);
        placement_group::check(write)?;
        check_fixed(write)
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        if members(state, resource).is_empty() {
            return Ok(());
        }
        let message = format!(
            "Availability Set '{}' cannot be deleted. Before deleting an Availability Set please ensure that it does not contain any VM.",
            resource.name()
        );
        Err(ArmError::conflict("OperationNotAllowed", message))
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = resource.shown();
        json::take(&mut body, "properties.provisioningState");
        json::set(
            &mut body,
            "properties.virtualMachines",
            members(state, resource),
        );
        body
    }
}

fn check_fixed(write: &Write<'_>) -> Result<(), ArmError> {
    let Some(before) = &write.before else {
        return Ok(());
    };
    check_sku(write, before)?;
    check_group(write, before)?;
    for member in ["platformFaultDomainCount", "platformUpdateDomainCount"] {
        let path = format!("properties.{member}");
        let sent = json::get(&write.sent, &path);
        if sent.is_some() && sent != json::get(&before.body, &path) {
            return Err(ArmError::property_change(member));
        }
    }
    Ok(())
}

/// A set for managed disks stays one.
fn check_sku(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let sku = |body| json::text(body, "sku.name").unwrap_or("Classic").to_owned();
    if sku(&before.body) == "Aligned" && sku(&write.after.body) != "Aligned" {
        return Err(ArmError::property_change("sku.name"));
    }
    Ok(())
}

/// The proximity placement group changes while all machines stand still.
fn check_group(write: &Write<'_>, before: &Resource) -> Result<(), ArmError> {
    let path = placement_group::MEMBERSHIP;
    let group = |body| {
        json::text(body, path)
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    if group(&write.after.body) == group(&before.body) {
        return Ok(());
    }
    let running = write.state.store.referrers(&before.key()).any(|machine| {
        machine.is("Microsoft.Compute/virtualMachines")
            && json::text(&machine.hidden, "power") != Some("deallocated")
    });
    if !running {
        return Ok(());
    }
    let message = format!(
        "The proximity placement group of Availability Set '{}' cannot be changed while it has virtual machines that are not deallocated.",
        before.name()
    );
    Err(ArmError::conflict("OperationNotAllowed", message))
}

fn members(state: &State, set: &Resource) -> Vec<Value> {
    let key = set.key();
    let machines = state.store.referrers(&key);
    machines
        .filter(|machine| machine.is("Microsoft.Compute/virtualMachines"))
        .map(|machine| json!({"id": machine.parsed().shouted()}))
        .collect()
}
