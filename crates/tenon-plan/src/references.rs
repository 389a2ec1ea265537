//! What a live resource needs, as far as its body says.

use tenon_model::snapshot::Live;
use tenon_model::{ResourceId, Value};

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

/// Every resource id that a live body names, its own and those of its children
/// left out. A back reference is no need.
pub(crate) fn named_ids(live: &Live) -> Vec<ResourceId> {
    let mut ids = Vec::new();
    collect(&live.body, &mut ids);
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
