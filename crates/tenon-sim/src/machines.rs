//! The machines themselves, as far as somebody can ask them something.
//!
//! The simulator is an HTTP proxy into its virtual networks: `CONNECT` to a
//! port of a machine that runs, or a plain request to it, which it answers with
//! 200. Nothing in Azure corresponds to that: it stands for being inside of the
//! network.

use serde::{Deserialize, Serialize};

use crate::arm::reply::Reply;
use crate::call::Call;
use crate::faults::rule::glob;
use crate::json;
use crate::state::State;
use crate::store::Resource;

/// Machines that do not answer as they should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sickness {
    /// Their ids; `*` for anything.
    pub machines: String,
    /// The images that make them so, by id; all when absent.
    #[serde(default = "anything")]
    pub image: String,
    /// The status that they answer; no port is open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u16>,
}

fn anything() -> String {
    "*".to_owned()
}

/// Answers what is meant for an address in a virtual network, or `None` when it
/// is for the simulator.
pub(crate) fn answer(state: &State, call: &Call) -> Option<Reply> {
    let (_, authority) = call.base.split_once("://")?;
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    let host: std::net::Ipv4Addr = host.parse().ok()?;
    if host.is_loopback() || host.is_unspecified() {
        return None;
    }
    let connects = call.method == "CONNECT";
    let Some(machine) = machine_at(state, &host.to_string()) else {
        // Or somebody reaches the simulator itself by an address.
        return connects.then(|| Reply::empty(502));
    };
    let sickness = state
        .world
        .settings
        .sick
        .iter()
        .find(|one| has(state, machine, one));
    Some(match sickness.map(|one| one.answers) {
        Some(None) => Reply::empty(502),
        Some(Some(status)) if !connects => Reply::empty(status),
        _ => Reply::empty(200),
    })
}

/// What a machine runs is what its OS disk was made of: the machine's own
/// reference stays when the disk is swapped.
fn has(state: &State, machine: &Resource, sickness: &Sickness) -> bool {
    let disk = json::text(
        &machine.body,
        "properties.storageProfile.osDisk.managedDisk.id",
    );
    let disk = disk.and_then(|id| state.store.find(id));
    let made_of = disk.and_then(|disk| {
        json::text(
            &disk.body,
            "properties.creationData.galleryImageReference.id",
        )
    });
    let written = json::text(&machine.body, "properties.storageProfile.imageReference.id");
    let image = made_of.or(written);
    glob(&sickness.machines, &machine.id)
        && (sickness.image == "*" || image.is_some_and(|image| glob(&sickness.image, image)))
}

/// The machine that runs behind an address.
fn machine_at<'s>(state: &'s State, address: &str) -> Option<&'s Resource> {
    let behind = |configuration: &serde_json::Value| {
        let own = json::text(configuration, "properties.privateIPAddress");
        let public = json::text(configuration, "properties.publicIPAddress.id")
            .and_then(|id| state.store.find(id))
            .and_then(|public| json::text(&public.body, "properties.ipAddress"));
        own == Some(address) || public == Some(address)
    };
    let all = state.store.all().map(|(_, resource)| resource);
    let mut interfaces = all.filter(|resource| {
        let configurations = json::items(&resource.body, "properties.ipConfigurations");
        configurations.iter().any(behind)
    });
    let machine = interfaces.find_map(|interface| {
        let mut users = state.store.referrers(&interface.key());
        users.find(|user| user.id.to_ascii_lowercase().contains("/virtualmachines/"))
    })?;
    let power = json::text(&machine.hidden, "power").unwrap_or("running");
    (power == "running" && machine.state() == "Succeeded").then_some(machine)
}
