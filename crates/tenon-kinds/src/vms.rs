//! `vms`: virtual machines with their network interface, public IP, disks and
//! extensions.
//!
//! api-versions 2024-11-01 (machine), 2025-01-02 (disks), 2025-01-01 (network).
//! An entry stands for several resources, each written and owned by itself;
//! what is implicit carries the names that `az vm create` gives. Defaults are
//! those of `az vm create` (azure-cli 2.91.0) except where it would depend on
//! what else lies in the group, and except that nothing is left behind: the OS
//! disk goes with its machine, and what `tenon` made `tenon` deletes.

use tenon_model::desired::{Declaration, Desired, Protect};
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::{Fleet, Section, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, ResourceId};

use crate::placement::placement;
use crate::public_ips;

mod attributes;
pub(crate) mod beside;
pub(crate) mod disk;
mod extension;
mod from_live;
mod health;
pub(crate) mod identity;
pub(crate) mod image;
pub(crate) mod keys;
mod machine;
mod near;
pub(crate) mod network;
mod nic;
pub(crate) mod profile;
mod public_ip;
pub(crate) mod rollout;
mod security;
pub(crate) mod shape;
mod spot;

/// The size that `az vm create` takes when nobody says (azure-cli 2.91.0).
pub(crate) const DEFAULT_SIZE: &str = "Standard_D2s_v5";

static SECTION: Section = Section {
    name: "vms",
    noun: "VM",
    doc: "Virtual machines. `count` and `instances` make a fleet of one entry.",
    shape: Shape::Struct(shape::VM),
    fleet: Fleet::Allowed,
};

static TYPES: &[&Rules] = &[
    &machine::RULES,
    &extension::RULES,
    &nic::RULES,
    &public_ips::RULES,
    &disk::RULES,
];

/// The kind `vms`.
pub(crate) struct Vms;

impl Kind for Vms {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let place = placement(entry, around);
        let machine = place.id(machine::RULES.resource_type, &[name(entry)]);
        let extensions = extension::ids(entry, &machine);
        let mut ids = vec![
            (entry.address.clone(), machine),
            (
                nic::address(entry),
                place.id(nic::RULES.resource_type, &[&nic::name(entry)]),
            ),
        ];
        for member in entry.item.get("data_disks").map_or(&[][..], Item::members) {
            let disk = disk::name(name(entry), member);
            ids.push((
                disk::address(entry, &member.name),
                place.id(disk::RULES.resource_type, &[&disk]),
            ));
        }
        ids.extend(extensions);
        ids.extend(network::ids(entry, &place));
        ids
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(entry, around);
        let image = image::find(entry, around, &place, out);
        let subnet = network::subnet(entry, around, &place, out);
        let group = network::group(entry, around, &place, &image, out);
        let public_ip = public_ip::declare(entry, &place, around, out);
        nic::declare(
            entry,
            &place,
            around,
            &nic::Joins {
                subnet,
                group,
                public_ip,
            },
            out,
        );
        let disks = disk::declare(entry, &place, out);
        machine::declare(entry, &place, around, &image, &disks, out);
        extension::declare(entry, &place, around, out);
        attributes::declare(entry, around, out);
        rollout::reach(entry, out);
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        from_live::draw(found, drawing);
    }
}

/// The name of the machine, or of what else the entry stands for, in Azure.
pub(crate) fn name(entry: &Entry) -> &str {
    // `name` of a fleet would be one name for many; instances go by their key.
    entry.item.text("name").unwrap_or(&entry.key)
}

/// The entry that shared things of a fleet belong to.
fn owner(entry: &Entry) -> (Address, &str) {
    match &entry.fleet {
        Some(fleet) => (fleet.clone(), entry_name(fleet)),
        None => (entry.address.clone(), name(entry)),
    }
}

fn entry_name(address: &Address) -> &str {
    address.last()
}

/// Takes `protect` of an entry in.
pub(crate) fn protect(item: &Item, desired: &mut Desired) {
    if item.bool("protect") == Some(true) {
        desired.protect = Protect::Written(item.place_of("protect").clone());
    }
}
