//! Resource groups: the deployment's own, and those it finds.
//!
//! api-version 2025-04-01. A group is made only when the spec says
//! `create: true`; otherwise it must exist, and is never changed or deleted.
//! Deleting a group deletes everything in it, so a group of ours goes last and
//! only when nothing of others is left inside.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::{Declaration, Desired, Places, Protect};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual};
use tenon_model::spec::{Item, Made};
use tenon_model::{Address, Map, Place, ResourceId, SubscriptionId, Value};

use crate::{resource_groups, versions};

/// What is known about resource groups.
pub static RULES: Rules = Rules {
    resource_type: "Microsoft.Resources/resourceGroups",
    api_version: versions::RESOURCES,
    noun: "resource_group",
    lost: &[],
    usual: Usual {
        write: 2,
        delete: 30,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        // Another region is 409 InvalidResourceGroupLocation.
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
    ],
    lists: &[],
    noise: &[],
    read_only: &["id", "name", "type", "properties"],
};

/// The address of a group: `resource_group` for the deployment's own.
#[must_use]
pub fn address(subscription: &SubscriptionId, group: &str, around: &Surroundings<'_>) -> Address {
    let defaults = &around.defaults;
    if *subscription == defaults.subscription
        && group.eq_ignore_ascii_case(&defaults.group.value.name)
    {
        return Address::new("resource_group");
    }
    if let Some(entry) = further(subscription, group, around) {
        return entry;
    }
    // Group names may hold dots, addresses are dotted.
    let name = group.to_ascii_lowercase().replace('.', "_");
    let own = Address::new("resource_group");
    if *subscription == defaults.subscription {
        own.join(&name)
    } else {
        own.join(subscription.as_str()).join(&name)
    }
}

/// The entry of `resource_groups` that is this group.
fn further(
    subscription: &SubscriptionId,
    group: &str,
    around: &Surroundings<'_>,
) -> Option<Address> {
    let mut entries = around.spec.entries(resource_groups::NAME).iter();
    let found = entries.find(|entry| {
        let id = resource_groups::id(entry, around);
        id.name().eq_ignore_ascii_case(group) && id.subscription() == *subscription
    });
    found.map(|entry| entry.address.clone())
}

/// Adds the deployment's own group.
pub fn declare_default(around: &Surroundings<'_>, out: &mut Declaration) {
    let group = &around.defaults.group;
    let id = ResourceId::group(&around.defaults.subscription, &group.value.name);
    let mut desired = bare(Address::new("resource_group"), id, &group.place, around);
    desired.made = group.value.made;
    if desired.made == Made::Here {
        write_body(&mut desired, around);
        desired.facts.push(around.defaults.location.clone());
    }
    out.resources.push(desired);
}

fn write_body(desired: &mut Desired, around: &Surroundings<'_>) {
    let mut tags = Map::new();
    let members = around
        .spec
        .defaults
        .tags
        .as_ref()
        .map_or(&[][..], Item::members);
    for member in members {
        tags.insert(&member.name, member.item.to_value());
        desired
            .places
            .insert(&format!("tags.{}", member.name), &member.item.place);
    }
    let mut body = Map::from([("location", Value::text(around.defaults.location.as_str()))]);
    if !tags.is_empty() {
        body.insert("tags", Value::Map(tags));
    }
    desired.body = Value::Map(body);
}

/// Adds the groups that entries name and that are not the deployment's own.
pub fn declare_missing(around: &Surroundings<'_>, out: &mut Declaration) {
    let present: BTreeSet<Address> = out
        .resources
        .iter()
        .filter(|desired| desired.kind == RULES.noun)
        .map(|desired| desired.address.clone())
        .collect();
    let mut missing: BTreeMap<Address, Desired> = BTreeMap::new();
    for desired in &out.resources {
        let Some(group) = desired.id.resource_group() else {
            continue;
        };
        let subscription = desired.id.subscription();
        let address = address(&subscription, group, around);
        if present.contains(&address) || missing.contains_key(&address) {
            continue;
        }
        let id = ResourceId::group(&subscription, group);
        let mut found = bare(address.clone(), id, &desired.place, around);
        found.tenant = desired.tenant.clone();
        missing.insert(address, found);
    }
    let at = present.len();
    for (index, desired) in missing.into_values().enumerate() {
        out.resources.insert(at + index, desired);
    }
}

fn bare(address: Address, id: ResourceId, place: &Place, around: &Surroundings<'_>) -> Desired {
    Desired {
        entry: address.clone(),
        address,
        fleet: None,
        kind: RULES.noun,
        id,
        tenant: around.defaults.tenant.clone(),
        made: Made::Elsewhere,
        rules: &RULES,
        resource_type: RULES.resource_type.to_owned(),
        api_version: RULES.api_version.to_owned(),
        body: Value::Map(Map::new()),
        place: place.clone(),
        places: Places::default(),
        needs: Vec::new(),
        protect: Protect::No,
        ignore: Vec::new(),
        ignored: Vec::new(),
        moved_by_azure: Vec::new(),
        replace_on: Vec::new(),
        follows: None,
        limit: None,
        keeps: None,
        upgrades: None,
        rollout: None,
        facts: Vec::new(),
    }
}
