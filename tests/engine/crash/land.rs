//! What a run left in the world.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::TenantId;
use tenon_model::transport::{Read, Transport as _};

use crate::support;
use crate::world::World;

const MACHINES: &str = "/virtualMachines/";

/// Ids of everything, in order; the name of an OS disk is new every time.
pub(crate) fn everything(world: &World) -> Vec<String> {
    let ids = world.simulator.resource_ids().into_iter();
    let mut ids: Vec<String> = ids
        .map(|id| id.split("_OsDisk_").next().unwrap_or_default().to_owned())
        .collect();
    ids.sort();
    ids
}

/// The machines with what Azure calls each making of one.
pub(crate) fn machines(world: &World) -> BTreeMap<String, String> {
    let ids = world.simulator.resource_ids().into_iter();
    ids.filter(|id| id.contains(MACHINES))
        .filter_map(|id| {
            let body = world.simulator.resource(&id)?;
            let made = body.pointer("/properties/vmId")?.as_str()?.to_owned();
            Some((id, made))
        })
        .collect()
}

/// The machines that run.
pub(crate) async fn running(world: &World) -> BTreeSet<String> {
    let mut running = BTreeSet::new();
    for id in machines(world).into_keys() {
        let read = Read {
            tenant: TenantId::new(support::CONSUMER),
            path: id.clone(),
            api_version: "2024-07-01".to_owned(),
            query: vec![("$expand".to_owned(), "instanceView".to_owned())],
        };
        let answer = world.client.get(&read).await.expect("it is there");
        if format!("{:?}", answer.body).contains("PowerState/running") {
            running.insert(id);
        }
    }
    running
}

/// What was made (true) and deleted, in order.
fn makings(world: &World) -> Vec<(bool, String)> {
    let log = world.simulator.request_log().into_iter();
    log.filter_map(|request| match (request.method.as_str(), request.status) {
        ("PUT", 201) => Some((true, request.path)),
        ("DELETE", 200..300) => Some((false, request.path)),
        _ => None,
    })
    .collect()
}

/// How many machines were made.
pub(crate) fn machines_made(world: &World) -> usize {
    let makings = makings(world).into_iter();
    makings
        .filter(|(made, id)| *made && id.contains(MACHINES))
        .count()
}

/// What was made although it was there: two times 201 for one id and no delete
/// between them.
pub(crate) fn made_twice(world: &World) -> Vec<String> {
    let mut there = BTreeSet::new();
    let mut twice = Vec::new();
    for (made, id) in makings(world) {
        if !made {
            there.remove(&id);
        } else if !there.insert(id.clone()) {
            twice.push(id);
        }
    }
    twice
}
