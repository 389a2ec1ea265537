//! The machine itself.
//!
//! api-version 2024-11-01. Which of its properties can be changed, and at what
//! cost, is the table below; Microsoft's descriptions do not say. Sources: the
//! behaviour of azurerm's `linux_virtual_machine`, the texts of
//! Microsoft.Compute 2026-04-01, and the errors that users report.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::rules::{
    Absent, Child, Disruption, Extra, Fate, KeptOn, KeyedList, Keys, Loss, Remains, Row, Rules,
    Same, Sole, Tags, Update, Usual, View,
};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Map, Place, Value, time};

use super::disk::Attached;
use super::image::Image;
use super::profile::Profile;
use super::{DEFAULT_SIZE, identity, name, near, nic, rollout, security, spot};
use crate::draft::Draft;
use crate::placement::Placement;
use crate::versions;

macro_rules! os_disk {
    ($member:literal) => {
        concat!("properties.storageProfile.osDisk.", $member)
    };
}
macro_rules! data_disk {
    ($member:literal) => {
        concat!("properties.storageProfile.dataDisks[lun].", $member)
    };
}
macro_rules! os {
    ($member:literal) => {
        concat!("properties.osProfile.", $member)
    };
}

/// Machines that stand still do not show it.
static OS_DISK_SIZE: KeptOn = KeptOn {
    id: os_disk!("managedDisk.id"),
    path: "properties.diskSizeGB",
    rules: &super::disk::RULES,
};

/// Machines that stand still do not show it.
static OS_DISK_SKU: KeptOn = KeptOn {
    id: os_disk!("managedDisk.id"),
    path: "sku.name",
    rules: &super::disk::RULES,
};

/// What a machine leaves behind that does not take its OS disk along. The disk
/// of one with `diffDiskSettings` lies on its host and goes with it.
static OS_DISK_REMAINS: Remains = Remains {
    part: "os_disk",
    id: os_disk!("managedDisk.id"),
    stays: "Detach",
    unless: os_disk!("diffDiskSettings"),
    rules: &super::disk::RULES,
};

/// What is known about machines.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Compute/virtualMachines",
    api_version: versions::COMPUTE,
    noun: "vm",
    lost: &[Loss::Words("os_disk")],
    usual: Usual {
        write: 45,
        delete: 50,
    },
    children: &[Child {
        path: "resources",
        rules: &super::extension::RULES,
        fate: Fate::WithParent,
    }],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("zone", "zones", Same::Set).fixed(),
        // In place only where the present cluster has the size; stopping first
        // works everywhere (409 OperationNotAllowed otherwise).
        Row::new("size", "properties.hardwareProfile.vmSize", Same::Caseless)
            .costs(Disruption::Deallocate),
        Row::new(
            "image",
            "properties.storageProfile.imageReference",
            Same::Image,
        )
        .fixed()
        .seen(View::Image),
        // An OS disk without it is refused, in a PATCH too.
        Row::new(
            "os_disk.create_option",
            os_disk!("createOption"),
            Same::Caseless,
        )
        .fixed()
        .beside()
        .seen(View::Plumbing),
        Row::new(
            "os_disk.delete_option",
            os_disk!("deleteOption"),
            Same::Caseless,
        )
        .decides(&OS_DISK_REMAINS)
        .seen(View::Plumbing),
        Row::new("os_disk.caching", os_disk!("caching"), Same::Caseless)
            .costs(Disruption::Deallocate),
        // 409 ResizeDiskError through the machine; 409 OperationNotAllowed
        // through the disk while the machine runs.
        Row::new("os_disk.size_gb", os_disk!("diskSizeGB"), Same::Caseless)
            .costs(Disruption::Deallocate)
            .grows()
            .kept_on(&OS_DISK_SIZE),
        Row::new(
            "os_disk.sku",
            os_disk!("managedDisk.storageAccountType"),
            Same::Caseless,
        )
        .costs(Disruption::Deallocate)
        .kept_on(&OS_DISK_SKU),
        Row::new("data_disks.*.lun", data_disk!("lun"), Same::Caseless).seen(View::Plumbing),
        // A disk that was made empty with its machine says so for good; Azure
        // refuses to change it.
        Row::new(
            "data_disks.*.create_option",
            data_disk!("createOption"),
            Same::Origin,
        )
        .seen(View::Plumbing),
        Row::new(
            "data_disks.*.delete_option",
            data_disk!("deleteOption"),
            Same::Caseless,
        )
        .seen(View::Plumbing),
        Row::new(
            "data_disks.*.caching",
            data_disk!("caching"),
            Same::Caseless,
        ),
        Row::new("data_disks.*.id", data_disk!("managedDisk.id"), Same::Id).sole(Sole::Value),
        Row::new("computer_name", os!("computerName"), Same::Caseless).fixed(),
        Row::new("admin_username", os!("adminUsername"), Same::Exact).fixed(),
        Row::new("admin_password", os!("adminPassword"), Same::Exact)
            .fixed()
            .write_only(),
        Row::new("custom_data", os!("customData"), Same::Exact)
            .fixed()
            .write_only(),
        Row::new(
            "ssh_key",
            os!("linuxConfiguration.ssh.publicKeys"),
            Same::SshKey,
        )
        .fixed(),
        Row::new(
            "password_authentication",
            os!("linuxConfiguration.disablePasswordAuthentication"),
            Same::Caseless,
        )
        .fixed()
        .seen(View::Plumbing),
        // Shown only when a read asks for it by name.
        Row::new("user_data", "properties.userData", Same::Exact).write_only(),
        Row::new(
            "nic",
            "properties.networkProfile.networkInterfaces[id].id",
            Same::Id,
        )
        .costs(Disruption::Deallocate)
        .sole(Sole::Value),
        security::TYPE,
        security::SECURE_BOOT,
        security::VTPM,
        security::AT_HOST,
        security::OS_DISK,
        identity::SYSTEM,
        identity::USER,
        spot::PRIORITY,
        spot::EVICTION,
        spot::PRICE,
        near::SET,
        near::GROUP,
        Row::new("license_type", "properties.licenseType", Same::Caseless)
            .absent(Absent::Default("\"None\"")),
        Row::new(
            "boot_diagnostics",
            "properties.diagnosticsProfile.bootDiagnostics.enabled",
            Same::Caseless,
        ),
        Row::new("plan.name", "plan.name", Same::Caseless).fixed(),
        Row::new("plan.publisher", "plan.publisher", Same::Caseless).fixed(),
        Row::new("plan.product", "plan.product", Same::Caseless).fixed(),
    ],
    lists: &[
        KeyedList {
            path: "properties.storageProfile.dataDisks",
            key: "lun",
            property: "data_disks.*",
            // A disk that somebody attached by hand is theirs.
            extra: Extra::Keep,
            keys: Keys::Names,
        },
        KeyedList {
            path: "properties.networkProfile.networkInterfaces",
            key: "id",
            property: "nics.*",
            extra: Extra::Keep,
            keys: Keys::Names,
        },
    ],
    noise: &[
        "etag",
        "properties.vmId",
        "resources",
        "properties.instanceView",
        "properties.storageProfile.diskControllerType",
        "properties.osProfile.secrets",
        "properties.osProfile.allowExtensionOperations",
        "properties.osProfile.requireGuestProvisionSignal",
        "properties.osProfile.linuxConfiguration.patchSettings",
        "properties.osProfile.linuxConfiguration.provisionVMAgent",
        "properties.osProfile.linuxConfiguration.enableVMAgentPlatformUpdates",
        "properties.osProfile.windowsConfiguration",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "resources",
        "properties.vmId",
        "properties.storageProfile.dataDisks[].diskIOPSReadWrite",
        "properties.storageProfile.dataDisks[].diskMBpsReadWrite",
    ],
};

/// The zone of a machine, and where the spec says it.
pub(super) fn zone(entry: &Entry) -> Option<(String, Place)> {
    let text = |item: &Item| Some((item.scalar()?.to_plain_text(), item.place.clone()));
    if let Some(zone) = entry.item.get("zone") {
        return text(zone);
    }
    let zones = entry.item.get("zones")?.elements();
    text(zones.get(entry.index % zones.len().max(1))?)
}

/// Adds the machine of an entry.
pub(super) fn declare(
    entry: &Entry,
    place: &Placement,
    around: &Surroundings<'_>,
    image: &Image,
    disks: &[Attached],
    out: &mut Declaration,
) {
    let item = &entry.item;
    let id = around.ids[&entry.address].clone();
    let mut draft = Draft::new(&RULES, entry.address.clone(), id, entry, place).tracked(place);
    let size = item.text("size").unwrap_or(DEFAULT_SIZE);
    draft.set("properties.hardwareProfile.vmSize", size);
    draft.at("size", item.place_of("size"));
    let profile = Profile::of_machine(name(entry));
    profile.image(&mut draft, image);
    profile.os_disk(&mut draft, item);
    what_becomes_of_the_disk(&mut draft, item);
    attach(&mut draft, disks);
    profile.account(&mut draft, entry, around, image, out);
    security::declare(&mut draft, entry, image, out);
    identity::declare(&mut draft, entry, around, out);
    spot::declare(&mut draft, entry, out);
    near::declare(&mut draft, entry, around, out);
    interface(&mut draft, entry, around);
    if let Some((zone, at)) = zone(entry) {
        draft.at("zone", &at);
        draft.fact(format!("zone {zone}"));
        draft.set("zones", vec![Value::Text(zone)]);
    }
    profile.others(&mut draft, item, around);
    draft.depends_on(entry);
    super::protect(item, draft.desired());
    draft.fact(size);
    if let Some(subnet) = item.text("subnet") {
        draft.fact(format!("subnet {subnet}"));
    }
    if item.bool("public_ip") == Some(false) {
        draft.fact("no public IP");
    }
    draft.desired().rollout = rollout::declare(entry, around, out).map(Box::new);
    draft.desired().keeps = keeps(item);
    out.resources.push(draft.finish());
}

/// For how many seconds a replace keeps the old OS disk.
fn keeps(item: &Item) -> Option<u64> {
    let rollout = item.get("rollout");
    let span = rollout.and_then(|rollout| rollout.text("keep_os_disk"));
    let seconds = time::seconds(span.unwrap_or(rollout::KEEP_OS_DISK))?;
    (seconds > 0).then_some(seconds)
}

fn what_becomes_of_the_disk(draft: &mut Draft, item: &Item) {
    let disk = item.get("os_disk");
    let stays = disk.and_then(|disk| disk.text("delete_option"));
    draft.set(os_disk!("deleteOption"), stays.unwrap_or("Delete"));
    if let Some(disk) = disk {
        draft.at("os_disk.delete_option", disk.place_of("delete_option"));
    }
}

fn attach(draft: &mut Draft, disks: &[Attached]) {
    if disks.is_empty() {
        return;
    }
    let mut bodies = Vec::with_capacity(disks.len());
    for disk in disks {
        draft.need(&disk.address, Relation::Uses, &disk.item.place);
        for key in ["caching", "lun"] {
            draft.at(
                &format!("data_disks.{}.{key}", disk.lun),
                disk.item.place_of(key),
            );
        }
        bodies.push(Value::Map(Map::from([
            ("lun", Value::Int(disk.lun)),
            ("createOption", Value::text("Attach")),
            ("deleteOption", Value::text("Detach")),
            ("caching", Value::text(disk.caching.as_str())),
            ("managedDisk", crate::networks::reference(&disk.id)),
        ])));
    }
    draft.set("properties.storageProfile.dataDisks", bodies);
}

fn interface(draft: &mut Draft, entry: &Entry, around: &Surroundings<'_>) {
    let address = nic::address(entry);
    let id = &around.ids[&address];
    let properties = Map::from([("primary", Value::Bool(true))]);
    let body = Map::from([
        ("id", Value::text(id.as_str())),
        ("properties", Value::Map(properties)),
    ]);
    draft.set(
        "properties.networkProfile.networkInterfaces",
        vec![Value::Map(body)],
    );
    draft.need(&address, Relation::Uses, &entry.place);
}
