//! Virtual machine scale sets: the model is stored and checked, instances are not made.

use serde_json::Value;

use super::image;
use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::json;
use crate::providers::{Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/virtualMachineScaleSets",
    place: Place::Tracked,
    flow: Flow::Compute,
    durations: Durations {
        create: 60,
        update: 20,
        delete: 60,
        action: 20,
    },
    page: 500,
    hooks: &ScaleSet,
};

const IMAGE: &str = "properties.virtualMachineProfile.storageProfile.imageReference.id";

struct ScaleSet;

impl Hooks for ScaleSet {
    fn links(&self, body: &Value) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(id) = json::text(body, IMAGE) {
            links.push(Link::read(IMAGE, id));
        }
        let interfaces =
            "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations";
        for interface in json::items(body, interfaces) {
            for one in json::items(interface, "properties.ipConfigurations") {
                if let Some(id) = json::text(one, "properties.subnet.id") {
                    let action = "Microsoft.Network/virtualNetworks/subnets/join/action";
                    links.push(Link::join(format!("{interfaces}.subnet.id"), id, action));
                }
            }
        }
        for (id, _) in json::members(body, "identity.userAssignedIdentities") {
            let action = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
            links.push(Link::join("identity.userAssignedIdentities", id, action));
        }
        links
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        if let Some(before) = &write.before {
            json::fill(&mut write.after.body, &before.body);
        }
        if let Some(id) = json::text(&write.after.body, IMAGE) {
            image::of_gallery(write.state, id, write.after.location())?;
        }
        let key = write.after.key();
        let unique = write.state.derived_id(&format!("scale-set/{key}"));
        json::default(&mut write.after.body, "properties.uniqueId", unique);
        for secret in ["adminPassword", "customData"] {
            let path = format!("properties.virtualMachineProfile.osProfile.{secret}");
            json::take(&mut write.after.body, &path);
        }
        Ok(())
    }

    fn view(&self, _: &State, resource: &Resource, _: View<'_>) -> Value {
        resource.shown()
    }
}
