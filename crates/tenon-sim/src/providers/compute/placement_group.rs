//! Proximity placement groups.

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::call::Call;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Patching, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/proximityPlacementGroups",
    place: Place::Tracked,
    flow: Flow::Sync,
    durations: Durations {
        create: 0,
        update: 0,
        delete: 0,
        action: 0,
    },
    page: 0,
    hooks: &PlacementGroup,
};

/// Where members name their group.
pub(crate) const MEMBERSHIP: &str = "properties.proximityPlacementGroup.id";

/// Members by type, and the list in which the group shows them.
const MEMBERS: [(&str, &str); 3] = [
    ("Microsoft.Compute/virtualMachines", "virtualMachines"),
    (
        "Microsoft.Compute/virtualMachineScaleSets",
        "virtualMachineScaleSets",
    ),
    ("Microsoft.Compute/availabilitySets", "availabilitySets"),
];

struct PlacementGroup;

impl Hooks for PlacementGroup {
    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        let path = "properties.proximityPlacementGroupType";
        // The description of PATCH knows tags only.
        if let (Patching::Yes, Some(before)) = (write.patching, &write.before) {
            write.after.body["properties"] = before.body["properties"].clone();
            return Ok(());
        }
        for (_, list) in MEMBERS {
            json::take(&mut write.after.body, &format!("properties.{list}"));
        }
        json::take(&mut write.after.body, "properties.colocationStatus");
        json::default(&mut write.after.body, path, "Standard");
        let kind = json::text(&write.after.body, path).unwrap_or_default();
        if !["Standard", "Ultra"]
            .iter()
            .any(|known| json::same(known, kind))
        {
            let message = format!(
                "The value '{kind}' of parameter 'proximityPlacementGroupType' is invalid."
            );
            return Err(ArmError::invalid_parameter(
                "proximityPlacementGroupType",
                message,
            ));
        }
        let then = write
            .before
            .as_ref()
            .map(|before| json::text(&before.body, path).unwrap_or_default());
        if then.is_some_and(|then| !json::same(then, kind)) {
            return Err(ArmError::property_change("proximityPlacementGroupType"));
        }
        Ok(())
    }

    fn check_delete(&self, state: &State, resource: &Resource, _: &Call) -> Result<(), ArmError> {
        let member = MEMBERS
            .iter()
            .find_map(|(kind, _)| members(state, resource, kind).next());
        let Some(member) = member else { return Ok(()) };
        let message = format!(
            "The proximity placement group '{}' cannot be deleted since it still has resources associated with it, such as '{}'.",
            resource.name(),
            member.id
        );
        Err(ArmError::conflict("OperationNotAllowed", message))
    }

    fn view(&self, state: &State, resource: &Resource, _: View<'_>) -> Value {
        let mut body = resource.shown();
        json::take(&mut body, "properties.provisioningState");
        for (kind, list) in MEMBERS {
            let all: Vec<Value> = members(state, resource, kind)
                .map(|member| json!({"id": member.parsed().shouted()}))
                .collect();
            json::set(&mut body, &format!("properties.{list}"), all);
        }
        body
    }
}

fn members<'s>(
    state: &'s State,
    group: &Resource,
    kind: &'static str,
) -> impl Iterator<Item = &'s Resource> {
    let key = group.key();
    let referrers: Vec<&Resource> = state.store.referrers(&key).collect();
    referrers.into_iter().filter(move |one| {
        let own = json::text(&one.body, MEMBERSHIP).unwrap_or_default();
        one.is(kind) && json::same(own, &key)
    })
}

/// A reference without an id is none: the member leaves its group.
pub(crate) fn leave(write: &mut Write<'_>) {
    let path = "properties.proximityPlacementGroup";
    let sent = json::get(&write.sent, path);
    if sent.is_some_and(|sent| json::text(sent, "id").is_none_or(str::is_empty)) {
        json::take(&mut write.after.body, path);
    }
}

/// Refuses a group that is not there, or is in another region.
pub(crate) fn check(write: &Write<'_>) -> Result<(), ArmError> {
    let Some(id) = json::text(&write.after.body, MEMBERSHIP) else {
        return Ok(());
    };
    let found = write
        .state
        .store
        .find(id)
        .filter(|found| found.is(KIND.type_name));
    let Some(found) = found else {
        let message = format!("The proximity placement group '{id}' cannot be found.");
        return Err(ArmError::not_found("ResourceNotFound", message));
    };
    if found.location() == write.after.location() {
        return Ok(());
    }
    let message = format!(
        "The proximity placement group '{}' is in the region '{}' and cannot take '{}' in the region '{}'.",
        found.name(),
        found.location(),
        write.id.name(),
        write.after.location()
    );
    Err(ArmError::bad_request("BadRequest", message))
}
