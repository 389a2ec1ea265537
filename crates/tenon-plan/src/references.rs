//! What a live resource needs, as far as its body says.

use tenon_model::snapshot::Live;
use tenon_model::{Map, ResourceId, Value};

/// Members by which Azure says who uses a resource, or what lies inside of it.
const BACK_REFERENCES: [&str; 9] = [
    "managedBy",
    "managedByExtended",
    "virtualMachine",
    "virtualMachines",
    "ipConfiguration",
    "backendIPConfigurations",
    "privateEndpointConnections",
    "subnets",
    "resources",
];

const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";

/// Every resource id that a live body names, its own and those of its children
/// left out. A back reference is no need.
pub(crate) fn named_ids(live: &Live) -> Vec<ResourceId> {
    let mut ids = Vec::new();
    let kind = live.id.resource_type();
    match live
        .body
        .as_map()
        .filter(|_| kind.eq_ignore_ascii_case(SUBNET))
    {
        // It shows the addresses in it under the name of what interfaces have.
        Some(subnet) => {
            let properties = subnet.get("properties").and_then(Value::as_map);
            for (name, member) in properties.into_iter().flat_map(Map::iter) {
                if name != "ipConfigurations" {
                    collect(member, &mut ids);
                }
            }
        }
        None => collect(&live.body, &mut ids),
    }
    let inside = format!("{}/", live.id.key());
    ids.retain(|id| *id != live.id && !id.key().starts_with(&inside));
    ids
}

fn collect(value: &Value, ids: &mut Vec<ResourceId>) {
    match value {
        Value::Text(text) if text.starts_with("/subscriptions/") => {
            ids.extend(ResourceId::parse(text));
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Map(map) => {
            for (name, item) in map.iter() {
                // `userAssignedIdentities` has its ids as names.
                if name.starts_with("/subscriptions/") {
                    ids.extend(ResourceId::parse(name));
                }
                if !BACK_REFERENCES.contains(&name) {
                    collect(item, ids);
                }
            }
        }
        _ => {}
    }
}
