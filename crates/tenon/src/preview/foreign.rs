//! What a spec takes for granted beside itself: networks of another team,
//! identities, disks.
//!
//! Only their ids are known. A passing world gets something of each type under
//! that id, so that what refers to it can be made; nobody looks at it closer.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::{Value as Json, json};
use tenon_model::desired::{Declaration, Desired};
use tenon_model::image::ImageId;
use tenon_model::{ResourceId, Value};
use tenon_sim::world::{RawResource, ResourceGroup, WorldFile};

/// Where a body says no region.
const HOME: &str = "westeurope";

/// Adds to a world what the resources of these declarations refer to and none
/// of them makes.
pub(super) fn add(world: &mut WorldFile, declarations: &[Declaration]) {
    let all = || declarations.iter().flat_map(|one| &one.resources);
    let own: BTreeSet<&ResourceId> = all().map(|resource| &resource.id).collect();
    let mut found: BTreeMap<ResourceId, Json> = BTreeMap::new();
    for resource in all() {
        let around = Around::of(resource);
        for id in ids_in(&resource.body) {
            // What it lies in comes first.
            for id in id.parent().into_iter().chain([id]) {
                let known = own.contains(&id);
                if !known && id.resource_group().is_some() {
                    found.entry(id.clone()).or_insert_with(|| around.body(&id));
                }
            }
        }
    }
    let groups: BTreeSet<(String, String)> = found
        .keys()
        .filter_map(|id| {
            Some((
                id.subscription().to_string(),
                id.resource_group()?.to_owned(),
            ))
        })
        .collect();
    for (subscription, name) in groups {
        let known = |group: &ResourceGroup| {
            group.subscription.eq_ignore_ascii_case(&subscription)
                && group.name.eq_ignore_ascii_case(&name)
        };
        if !world.resource_groups.iter().any(known) && has(world, &subscription) {
            world.resource_groups.push(ResourceGroup {
                subscription,
                name,
                location: HOME.to_owned(),
                ..ResourceGroup::default()
            });
        }
    }
    for (id, body) in found {
        if has(world, id.subscription().as_str()) {
            let id = id.to_string();
            world.resources.push(RawResource { id, body });
        }
    }
}

/// Whether the world has the subscription; nobody reads in any other.
fn has(world: &WorldFile, subscription: &str) -> bool {
    let mut all = world.subscriptions.iter();
    all.any(|one| one.id.eq_ignore_ascii_case(subscription) || one.name == subscription)
}

/// Every id in a body that is no image's.
fn ids_in(body: &Value) -> BTreeSet<ResourceId> {
    let mut found = BTreeSet::new();
    each_text(body, &mut |text| {
        let is_image = ImageId::parse(text).is_ok();
        if text.starts_with("/subscriptions/")
            && !is_image
            && let Ok(id) = ResourceId::parse(text)
            && id.resource_type() != "Microsoft.Resources/resourceGroups"
        {
            found.insert(id);
        }
    });
    found
}

fn each_text<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a str)) {
    match value {
        Value::Text(text) => visit(text),
        Value::List(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Map(map) => map.iter().for_each(|(_, item)| each_text(item, visit)),
        _ => {}
    }
}

/// What a resource that refers to others says of where they are.
struct Around {
    location: String,
    range: &'static str,
}

impl Around {
    fn of(resource: &Desired) -> Self {
        let location = resource.body.member("location").and_then(Value::as_text);
        let mut range = "10.0.0.0/8";
        each_text(&resource.body, &mut |text| {
            if let Ok(address) = text.parse::<Ipv4Addr>() {
                range = private(address);
            }
        });
        Self {
            location: location.unwrap_or(HOME).to_owned(),
            range,
        }
    }

    /// A body that the simulated Azure takes for one of the type.
    fn body(&self, id: &ResourceId) -> Json {
        let range = self.range;
        let kind = id.resource_type().to_ascii_lowercase();
        let properties = match kind.as_str() {
            "microsoft.network/virtualnetworks" => {
                json!({"addressSpace": {"addressPrefixes": [range]}})
            }
            "microsoft.network/virtualnetworks/subnets" => json!({"addressPrefix": range}),
            "microsoft.network/publicipaddresses" => {
                json!({"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"})
            }
            _ => json!({}),
        };
        if kind.matches('/').count() > 1 {
            return json!({"properties": properties});
        }
        let sku = match kind.as_str() {
            "microsoft.network/publicipaddresses" | "microsoft.network/loadbalancers" => "Standard",
            "microsoft.compute/availabilitysets" => "Aligned",
            _ => return json!({"location": self.location, "properties": properties}),
        };
        json!({"location": self.location, "sku": {"name": sku}, "properties": properties})
    }
}

/// The private range that an address lies in; RFC 1918.
fn private(address: Ipv4Addr) -> &'static str {
    match address.octets() {
        [172, 16..=31, ..] => "172.16.0.0/12",
        [192, 168, ..] => "192.168.0.0/16",
        _ => "10.0.0.0/8",
    }
}
