//! Virtual machine scale sets.
//!
//! The set's own body is the model. Its instances are children that exist only
//! inside of it (`Uniform`), or ordinary machines with interfaces and disks of
//! their own that name it (`Flexible`). What is simplified: with `Automatic`
//! all instances have the new model at once when the write of it ends; disks of
//! uniform instances are known by id only.

mod actions;
mod change;
mod check;
mod flexible;
mod health;
mod instances;
pub(crate) mod rolling;
pub(crate) mod uniform;
mod view;

use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::linked::Link;
use crate::arm::operations;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::json;
use crate::providers::compute::machine;
use crate::providers::{Action, Durations, Flow, Hooks, Kind, Place, View, Write};
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

const PROFILE: &str = "properties.virtualMachineProfile";
const IMAGE: &str = "properties.virtualMachineProfile.storageProfile.imageReference.id";
const INTERFACES: &str =
    "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations";

struct ScaleSet;

impl Hooks for ScaleSet {
    fn links(&self, body: &Value) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(id) = json::text(body, IMAGE) {
            links.push(Link::read(IMAGE, id));
        }
        for interface in json::items(body, INTERFACES) {
            if let Some(id) = json::text(interface, "properties.networkSecurityGroup.id") {
                let action = "Microsoft.Network/networkSecurityGroups/join/action";
                links.push(Link::join(
                    format!("{INTERFACES}.networkSecurityGroup.id"),
                    id,
                    action,
                ));
            }
            for one in json::items(interface, "properties.ipConfigurations") {
                if let Some(id) = json::text(one, "properties.subnet.id") {
                    let action = "Microsoft.Network/virtualNetworks/subnets/join/action";
                    links.push(Link::join(format!("{INTERFACES}.subnet.id"), id, action));
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
        change::keep(write);
        change::check(write)?;
        check::settings(write)?;
        machine::identities::shape(write)?;
        let model = check::model(write)?;
        fill(write);
        json::set(&mut write.after.hidden, "written", true);
        instances::reconcile(write, model.as_ref())
    }

    fn settled(&self, state: &mut State, key: &str) {
        instances::settled(state, key);
    }

    fn removed(&self, state: &mut State, gone: &Resource) {
        for machine in flexible::of(state, gone) {
            operations::remove(state, &machine.key());
        }
    }

    fn view(&self, _: &State, resource: &Resource, view: View<'_>) -> Value {
        view::shown(resource, view)
    }

    fn act(&self, action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
        actions::act(action)
    }

    fn look(&self, state: &State, resource: &Resource, word: &str, call: &Call) -> Option<Value> {
        match word.to_ascii_lowercase().as_str() {
            "instanceview" => Some(view::instances(state, resource)),
            // Uniform ones are children, and listed as such.
            "virtualmachines" if is_flexible(resource) => {
                let all = flexible::of(state, resource);
                let shown = all.iter().map(|one| flexible::member(state, one, call));
                Some(json!({"value": shown.collect::<Vec<_>>()}))
            }
            _ => None,
        }
    }
}

fn is_flexible(set: &Resource) -> bool {
    json::text(&set.body, "properties.orchestrationMode") == Some("Flexible")
}

fn capacity(body: &Value) -> i64 {
    json::number(body, "sku.capacity").unwrap_or_default()
}

/// What an instance is compared with to say whether it has the latest model.
fn model_of(set: &Resource) -> Value {
    let mut profile = json::get(&set.body, PROFILE).cloned().unwrap_or_default();
    json::take(&mut profile, "timeCreated");
    json!({
        "size": json::text(&set.body, "sku.name"),
        "profile": profile,
        "secrets": json::get(&set.hidden, "secrets"),
    })
}

/// The body that a machine of the set has, but for names and interfaces.
fn machine_body(set: &Resource, number: usize) -> Value {
    let mut properties = json::get(&set.body, PROFILE).cloned().unwrap_or_default();
    for member in ["networkProfile", "extensionProfile", "timeCreated"] {
        json::take(&mut properties, member);
    }
    if json::get(&properties, "osProfile").is_some() {
        let prefix = json::take(&mut properties, "osProfile.computerNamePrefix");
        let prefix = prefix.as_ref().and_then(Value::as_str).unwrap_or_default();
        let name = format!("{prefix}{}", six_digits(number));
        json::set(&mut properties, "osProfile.computerName", name);
    }
    let size = json::text(&set.body, "sku.name").unwrap_or_default();
    json::set(&mut properties, "hardwareProfile.vmSize", size);
    let mut body = json!({"location": set.location(), "properties": properties});
    for member in ["tags", "plan"] {
        if let Some(value) = set.body.get(member) {
            body[member] = value.clone();
        }
    }
    let zones = json::items(&set.body, "zones");
    if !zones.is_empty() {
        body["zones"] = json!([zones[number % zones.len()]]);
    }
    body
}

/// Six digits in base 36, as computer names end.
fn six_digits(number: usize) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut rest = number;
    let mut name = [b'0'; 6];
    for place in name.iter_mut().rev() {
        *place = digits[rest % 36];
        rest /= 36;
    }
    name.iter().map(|&digit| char::from(digit)).collect()
}

fn fill(write: &mut Write<'_>) {
    let (key, now) = (write.after.key(), write.state.now());
    let unique = write.state.derived_id(&format!("scale-set/{key}/{now}"));
    let stamp = crate::clock::stamp(now);
    let flexible = is_flexible(&write.after);
    let body = &mut write.after.body;
    json::default(body, "properties.uniqueId", unique);
    json::default(body, "properties.timeCreated", stamp.as_str());
    json::default(body, "sku.tier", "Standard");
    if !flexible {
        json::default(body, "properties.overprovision", true);
        json::default(
            body,
            "properties.doNotRunExtensionsOnOverprovisionedVMs",
            false,
        );
    }
    if json::get(body, PROFILE).is_some() {
        json::set(body, &format!("{PROFILE}.timeCreated"), stamp.as_str());
        json::default(
            body,
            &format!("{PROFILE}.storageProfile.dataDisks"),
            json!([]),
        );
    }
}
