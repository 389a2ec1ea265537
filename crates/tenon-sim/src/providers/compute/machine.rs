//! Virtual machines.

mod account;
mod actions;
mod attached;
mod change;
mod checks;
mod create;
mod disks;
pub(crate) mod identities;
mod spot;
mod surroundings;
mod view;

use serde_json::Value;

use super::image::{self, Image};
use crate::arm::conflict;
use crate::arm::error::ArmError;
use crate::arm::id::ResourceId;
use crate::arm::linked::Link;
use crate::arm::operations;
use crate::arm::reply::Reply;
use crate::call::Call;
use crate::json;
use crate::providers::resources::usages;
use crate::providers::{Action, Durations, Flow, Hooks, Kind, Place, View, Write};
use crate::state::State;
use crate::store::Resource;
use crate::world::Size;

pub(crate) use checks::missing;
pub(crate) use create::{account_defaults, fingerprint};

pub(crate) const KIND: Kind = Kind {
    type_name: "Microsoft.Compute/virtualMachines",
    place: Place::Tracked,
    flow: Flow::Compute,
    durations: Durations {
        create: 25,
        update: 10,
        delete: 30,
        action: 15,
    },
    page: 500,
    hooks: &Machine,
};

const IMAGE: &str = "properties.storageProfile.imageReference.id";
const INTERFACES: &str = "properties.networkProfile.networkInterfaces";
const DATA_DISKS: &str = "properties.storageProfile.dataDisks";
const OS_DISK: &str = "properties.storageProfile.osDisk";

struct Machine;

impl Hooks for Machine {
    fn links(&self, body: &Value) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(id) = json::text(body, IMAGE) {
            links.push(Link::read(IMAGE, id));
        }
        for (place, one) in json::items(body, INTERFACES).iter().enumerate() {
            if let Some(id) = json::text(one, "id") {
                let action = "Microsoft.Network/networkInterfaces/join/action";
                links.push(Link::join(format!("{INTERFACES}[{place}].id"), id, action));
            }
        }
        for (place, disk) in json::items(body, DATA_DISKS).iter().enumerate() {
            if let Some(id) = json::text(disk, "managedDisk.id") {
                links.push(Link::read(
                    format!("{DATA_DISKS}[{place}].managedDisk.id"),
                    id,
                ));
            }
        }
        for (id, _) in json::members(body, "identity.userAssignedIdentities") {
            let action = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
            links.push(Link::join("identity.userAssignedIdentities", id, action));
        }
        links
    }

    fn preflight(&self, state: &State, id: &ResourceId, body: &Value) -> Result<(), ArmError> {
        if state.store.get(&id.key()).is_some() {
            return Ok(());
        }
        checks::size(state, body)?;
        let machine = Resource::new(id, body.clone(), state.now());
        usages::check_machine(state, &machine, None)
    }

    fn shape(&self, write: &mut Write<'_>) -> Result<(), ArmError> {
        if write.before.is_some() {
            change::shape(write)
        } else {
            create::shape(write)
        }
    }

    fn check_idle(&self, _: &State, resource: &Resource) -> Result<(), ArmError> {
        check_idle(resource, "Put")
    }

    fn settled(&self, state: &mut State, key: &str) {
        state.store.update(key, |machine| {
            let failed = machine.state() == "Failed";
            json::set(&mut machine.hidden, "failed", failed);
        });
    }

    fn removed(&self, state: &mut State, gone: &Resource) {
        reserve_interfaces(state, gone);
        for key in taken_along(state, gone) {
            operations::remove(state, &key);
        }
    }

    fn view(&self, state: &State, resource: &Resource, view: View<'_>) -> Value {
        view::shown(state, resource, view)
    }

    fn act(&self, action: &mut Action<'_>) -> Option<Result<Reply, ArmError>> {
        actions::act(action)
    }

    fn look(&self, state: &State, resource: &Resource, word: &str, _: &Call) -> Option<Value> {
        match word.to_ascii_lowercase().as_str() {
            "instanceview" => Some(view::instance(state, resource)),
            "vmsizes" => Some(actions::sizes(state, resource)),
            _ => None,
        }
    }
}

/// Refuses an operation on a machine on which another one is at work.
fn check_idle(machine: &Resource, operation: &str) -> Result<(), ArmError> {
    if machine.operation.is_some() && machine.is_deleting() {
        let message = format!(
            "Operation '{operation}' is not allowed on VM '{}' since the VM is marked for deletion. You can only retry the Delete operation (or wait for an ongoing one to complete).",
            machine.name()
        );
        return Err(ArmError::conflict("OperationNotAllowed", message));
    }
    conflict::check_own(machine)
}

/// Whether an account has been checked before: what is never shown again cannot
/// be looked at twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    New,
    Known,
}

/// What a machine must fulfil before it has a place: its size, its image, its
/// account, its disks. Scale sets ask for their model.
pub(crate) fn check_model(
    state: &State,
    machine: &Resource,
    account: Account,
) -> Result<(Size, Image), ArmError> {
    let body = &machine.body;
    let size = checks::size(state, body)?;
    let reference = json::get(body, "properties.storageProfile.imageReference");
    let reference = reference.ok_or_else(|| missing("imageReference"))?;
    if json::get(body, OS_DISK).is_some()
        && json::text(body, &format!("{OS_DISK}.createOption")).is_none()
    {
        return Err(missing("osDisk.createOption"));
    }
    let consumer = machine.parsed().subscription.unwrap_or_default();
    let image = image::resolve(state, reference, machine.location(), &consumer)?;
    if account == Account::New {
        account::check(body, &image)?;
    }
    checks::fit(body, &size, &image)?;
    checks::plan(machine, &image)?;
    checks::os_disk(body, &size, &image)?;
    checks::data_disks(body, &size)?;
    Ok((size, image))
}

/// Completes a machine whose model was checked.
pub(crate) fn make(write: &mut Write<'_>, size: &Size, image: &Image) -> Result<(), ArmError> {
    disks::add_image_disks(&mut write.after.body, image);
    surroundings::interfaces(write, size)?;
    create::complete(write, size, image);
    Ok(())
}

/// True when a reference says that its target goes with the machine.
fn goes_along(reference: &Value, path: &str) -> bool {
    json::text(reference, path).is_some_and(|option| json::same(option, "Delete"))
}

/// The keys of the disks, interfaces and addresses that go with a machine.
fn taken_along(state: &State, gone: &Resource) -> Vec<String> {
    let mut keys = Vec::new();
    let os_disk = json::get(&gone.body, OS_DISK);
    let disks = os_disk
        .into_iter()
        .chain(json::items(&gone.body, DATA_DISKS));
    for disk in disks.filter(|disk| goes_along(disk, "deleteOption")) {
        keys.extend(json::text(disk, "managedDisk.id").map(str::to_ascii_lowercase));
    }
    for one in json::items(&gone.body, INTERFACES) {
        if !goes_along(one, "properties.deleteOption") {
            continue;
        }
        let Some(interface) = json::text(one, "id").and_then(|id| state.store.find(id)) else {
            continue;
        };
        keys.push(interface.key());
        for one in json::items(&interface.body, "properties.ipConfigurations") {
            let address = json::get(one, "properties.publicIPAddress");
            let address = address.filter(|address| goes_along(address, "properties.deleteOption"));
            let id = address.and_then(|address| json::text(address, "id"));
            keys.extend(id.map(str::to_ascii_lowercase));
        }
    }
    keys
}

/// The interfaces of a machine that never came up stay reserved for its name for a while.
fn reserve_interfaces(state: &mut State, gone: &Resource) {
    if json::truth(&gone.hidden, "failed") != Some(true) {
        return;
    }
    let until = state.in_seconds(180).to_string();
    let interfaces = json::items(&gone.body, INTERFACES).iter();
    let keys: Vec<String> = interfaces
        .filter_map(|one| json::text(one, "id"))
        .map(str::to_ascii_lowercase)
        .collect();
    for key in keys {
        state.store.update(&key, |interface| {
            json::set(&mut interface.hidden, "reservedUntil", until.as_str());
            json::set(&mut interface.hidden, "reservedFor", gone.key());
        });
    }
}

/// The power state a machine is in.
fn power(machine: &Resource) -> &str {
    json::text(&machine.hidden, "power").unwrap_or("running")
}
