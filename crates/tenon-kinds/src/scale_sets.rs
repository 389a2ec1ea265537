//! `scale_sets`: virtual machine scale sets, uniform and flexible.
//!
//! api-version 2024-11-01. One resource: the set, whose body is the model of
//! its machines. Azure makes and deletes the machines themselves; they are
//! nothing that a plan names one by one. Keys are those of `vms`; defaults are
//! those of `az vmss create` (azure-cli 2.91.0), except that the subnet is
//! always written, that nothing is opened to the Internet, and that there is no
//! load balancer.
//!
//! Left out: the maximum price of spot machines, load balancers and their probes.
//! Automatic OS upgrades are refused: a lock chooses versions.

use tenon_model::desired::{Attributes, Declaration, Relation};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::{Fleet, Section, Shape};
use tenon_model::spec::{Entry, Item, Member};
use tenon_model::{Address, Map, Path, ResourceId, Value};

use crate::draft::Draft;
use crate::placement::placement;
use crate::single;
use crate::vms::image::{self, Image};
use crate::vms::network::{self, Join};
use crate::vms::profile::Profile;
use crate::vms::{DEFAULT_SIZE, disk, identity, name};

mod check;
mod rules;
mod shape;
mod shared;
mod upgrade;

/// How many machines `az vmss create` makes when nobody says.
const DEFAULT_CAPACITY: i64 = 2;
/// The most that fit into one placement group.
const ONE_GROUP: i64 = 100;

static SECTION: Section = Section {
    name: "scale_sets",
    noun: "scale set",
    doc: "Virtual machine scale sets: one model, and as many machines of it as `capacity` says.",
    shape: Shape::Struct(shape::SCALE_SET),
    fleet: Fleet::Single,
};

static TYPES: &[&Rules] = &[&rules::TOLD];

/// The kind `scale_sets`.
pub(crate) struct ScaleSets;

impl Kind for ScaleSets {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = placement(entry, around).id(rules::TOLD.resource_type, &[name(entry)]);
        vec![(entry.address.clone(), id)]
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(entry, around);
        let image = image::find(entry, around, &place, out);
        let subnet = network::subnet(entry, around, &place, out);
        let group = network::group(entry, around, &place, &image, out);
        let table = match upgrade::upgrades(&entry.item) {
            None => &rules::TOLD,
            Some(_) => &rules::REACHED,
        };
        let id = around.ids[&entry.address].clone();
        let mut draft =
            Draft::new(table, entry.address.clone(), id.clone(), entry, &place).tracked(&place);
        size(&mut draft, &entry.item);
        let prefix = prefix(name(entry), &image);
        let profile = Profile::of_set(&prefix);
        profile.image(&mut draft, &image);
        shared::note(&mut draft, &image, &place);
        orchestration(&mut draft, &entry.item);
        check::check(entry, out);
        zones(&mut draft, &entry.item);
        profile.os_disk(&mut draft, &entry.item);
        data_disks(&mut draft, entry, out);
        profile.account(&mut draft, entry, around, &image, out);
        profile.security(&mut draft, &entry.item, &image);
        profile.others(&mut draft, &entry.item, around);
        interface(&mut draft, entry, subnet.as_ref(), group.as_ref());
        upgrade::declare(&mut draft, entry, &image, out);
        draft.desired().upgrades = upgrade::upgrades(&entry.item);
        spot(&mut draft, &entry.item);
        identity::declare(&mut draft, entry, around, out);
        draft.depends_on(entry);
        crate::vms::protect(&entry.item, draft.desired());
        shared::check(entry, &image, &place, out);
        out.resources.push(draft.finish());
        let mut named = Map::from([
            ("id", Value::text(id.as_str())),
            ("name", Value::text(name(entry))),
        ]);
        if identity::is_system(entry) {
            let principal = single::live(&entry.address, "identity.principalId");
            named.insert("principal_id", principal);
        }
        let attributes = Attributes {
            named,
            body_of: Some(entry.address.clone()),
        };
        out.attributes.insert(entry.address.clone(), attributes);
    }
}

fn is_flexible(item: &Item) -> bool {
    item.text("orchestration") != Some("Uniform")
}

/// Size and number. A number that the spec does not say is a beginning: what
/// autoscale makes of it afterwards is nobody's business.
fn size(draft: &mut Draft, item: &Item) {
    let size = item.text("size").unwrap_or(DEFAULT_SIZE);
    draft
        .set("sku.name", size)
        .at("size", item.place_of("size"));
    match item.get("capacity") {
        Some(written) => drop(draft.put("capacity", "sku.capacity", written)),
        None => {
            draft.set("sku.capacity", Value::Int(DEFAULT_CAPACITY));
            let path = Path::root().member("sku").member("capacity");
            draft.desired().ignore.push(path);
        }
    }
    let number = capacity(item);
    draft.fact(match number {
        1 => format!("1 machine of {size}"),
        many => format!("{many} machines of {size}"),
    });
}

fn capacity(item: &Item) -> i64 {
    item.int("capacity").unwrap_or(DEFAULT_CAPACITY)
}

/// Computer names end in six digits, and those of Windows have fifteen.
fn prefix(name: &str, image: &Image) -> String {
    let most = if image.is_windows() { 9 } else { 15 };
    let short: String = name.chars().take(most).collect();
    short.trim_end_matches('-').to_owned()
}

fn orchestration(draft: &mut Draft, item: &Item) {
    let flexible = is_flexible(item);
    let mode = if flexible { "Flexible" } else { "Uniform" };
    draft.set("properties.orchestrationMode", mode);
    draft.at("orchestration", item.place_of("orchestration"));
    draft.fact(mode.to_lowercase());
    draft.put_key(
        item,
        "fault_domains",
        "fault_domains",
        "properties.platformFaultDomainCount",
    );
    draft.put_key(
        item,
        "single_placement_group",
        "single_placement_group",
        "properties.singlePlacementGroup",
    );
    draft.put_key(
        item,
        "overprovision",
        "overprovision",
        "properties.overprovision",
    );
    if flexible && item.get("fault_domains").is_none() {
        // Azure wants it said; one means that it spreads as far as it can.
        draft.set("properties.platformFaultDomainCount", Value::Int(1));
    }
    let many = capacity(item) > ONE_GROUP;
    if (flexible || many) && item.get("single_placement_group").is_none() {
        draft.set("properties.singlePlacementGroup", Value::Bool(false));
    }
}

fn zones(draft: &mut Draft, item: &Item) {
    draft.put_key(item, "zones", "zones", "zones");
    draft.put_key(
        item,
        "zone_balance",
        "zone_balance",
        "properties.zoneBalance",
    );
}

fn data_disks(draft: &mut Draft, entry: &Entry, out: &mut Declaration) {
    let members = entry.item.get("data_disks").map_or(&[][..], Item::members);
    if members.is_empty() {
        return;
    }
    let numbered = disk::numbered(members, &entry.address, out);
    let bodies: Vec<Value> = numbered
        .into_iter()
        .map(|(member, lun)| data_disk(draft, member, lun))
        .collect();
    draft.set(
        "properties.virtualMachineProfile.storageProfile.dataDisks",
        bodies,
    );
}

fn data_disk(draft: &mut Draft, member: &Member, lun: i64) -> Value {
    let item = &member.item;
    for key in ["size_gb", "sku", "caching"] {
        draft.at(&format!("data_disks.{lun}.{key}"), item.place_of(key));
    }
    draft.reads(item);
    let text = |key: &str, default: &str| Value::text(item.text(key).unwrap_or(default));
    let storage = Map::from([("storageAccountType", text("sku", "Premium_LRS"))]);
    let size = item.get("size_gb").map_or(Value::Null, Item::to_value);
    Value::Map(Map::from([
        ("lun", Value::Int(lun)),
        ("createOption", Value::text("Empty")),
        ("diskSizeGB", size),
        ("caching", text("caching", "None")),
        ("managedDisk", Value::Map(storage)),
    ]))
}

/// The one interface that each machine gets.
fn interface(draft: &mut Draft, entry: &Entry, subnet: Option<&Join>, group: Option<&Join>) {
    let item = &entry.item;
    let own = name(entry);
    let id = |value: &Value| Value::Map(Map::from([("id", value.clone())]));
    let mut address = Map::from([("primary", Value::Bool(true))]);
    if let Some(subnet) = subnet {
        join(draft, subnet, "subnet");
        address.insert("subnet", id(&subnet.named.value));
    }
    if item.bool("public_ip") == Some(true) {
        draft.at("public_ip", item.place_of("public_ip"));
        draft.fact("a public IP each");
        let public = Map::from([("name", Value::Text(format!("{own}PublicIP")))]);
        address.insert("publicIPAddressConfiguration", Value::Map(public));
    }
    let configuration = Map::from([
        ("name", Value::Text(format!("{own}IPConfig"))),
        ("properties", Value::Map(address)),
    ]);
    let mut properties = Map::from([
        ("primary", Value::Bool(true)),
        (
            "ipConfigurations",
            Value::List(vec![Value::Map(configuration)]),
        ),
    ]);
    if let Some(group) = group {
        join(draft, group, "nsg");
        properties.insert("networkSecurityGroup", id(&group.named.value));
    }
    if let Some(fast) = item.get("accelerated_networking") {
        draft.at("accelerated_networking", &fast.place).reads(fast);
        properties.insert("enableAcceleratedNetworking", fast.to_value());
    }
    let interface = Map::from([
        ("name", Value::Text(format!("{own}Nic"))),
        ("properties", Value::Map(properties)),
    ]);
    draft.set(
        "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations",
        vec![Value::Map(interface)],
    );
    if is_flexible(item) {
        // The only value there is, and flexible sets are refused without it.
        draft.set(
            "properties.virtualMachineProfile.networkProfile.networkApiVersion",
            "2020-11-01",
        );
    }
}

fn join(draft: &mut Draft, join: &Join, property: &str) {
    draft.at(property, &join.place);
    if let Some(address) = &join.named.address {
        draft.need(address, Relation::Uses, &join.place);
    }
}

fn spot(draft: &mut Draft, item: &Item) {
    let at = |member: &str| format!("properties.virtualMachineProfile.{member}");
    let priority = item.text("priority").unwrap_or("Regular");
    draft.set(&at("priority"), priority);
    draft.at("priority", item.place_of("priority"));
    let path = at("evictionPolicy");
    draft.put_key(item, "eviction_policy", "eviction_policy", &path);
    if priority == "Spot" {
        draft.fact("spot");
    }
}
