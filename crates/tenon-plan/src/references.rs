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

/// Types that say what they were made from, with the member that says it. What
/// that names may go: it was read once.
const ORIGINS: [(&str, &str); 3] = [
    ("Microsoft.Compute/disks", "creationData"),
    ("Microsoft.Compute/snapshots", "creationData"),
    ("Microsoft.Compute/galleries/images/versions", "source"),
];

/// Whether `id` is a machine. It keeps what it was built from in its body, and
/// runs on without it; a scale set makes new instances from it.
pub(crate) fn outlives_its_image(id: &ResourceId) -> bool {
    let kind = id.resource_type();
    kind.eq_ignore_ascii_case("Microsoft.Compute/virtualMachines")
}

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
                    collect(member, None, &mut ids);
                }
            }
        }
        None => {
            let origin = ORIGINS.iter().find(|(of, _)| kind.eq_ignore_ascii_case(of));
            let origin = origin.map(|(_, member)| *member);
            collect(&live.body, origin, &mut ids);
        }
    }
    let inside = format!("{}/", live.id.key());
    ids.retain(|id| *id != live.id && !id.key().starts_with(&inside));
    ids
}

/// Adds all ids but those of the member `origin`.
fn collect(value: &Value, origin: Option<&str>, ids: &mut Vec<ResourceId>) {
    match value {
        Value::Text(text) if text.starts_with("/subscriptions/") => {
            ids.extend(ResourceId::parse(text));
        }
        Value::List(items) => {
            items.iter().for_each(|item| collect(item, origin, ids));
        }
        Value::Map(map) => {
            for (name, item) in map.iter() {
                // `userAssignedIdentities` has its ids as names.
                if name.starts_with("/subscriptions/") {
                    ids.extend(ResourceId::parse(name));
                }
                if !BACK_REFERENCES.contains(&name) && origin != Some(name) {
                    collect(item, origin, ids);
                }
            }
        }
        _ => {}
    }
}
