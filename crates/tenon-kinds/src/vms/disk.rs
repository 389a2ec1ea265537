//! The data disks of a machine.
//!
//! api-version 2025-01-02. Each is a resource of its own that the machine
//! attaches, so that it survives a replace of the machine. Data disks are
//! protected unless the spec says otherwise: they hold what cannot be built
//! again.

use tenon_model::desired::{Declaration, Protect};
use tenon_model::rules::{Absent, Disruption, Loss, Row, Rules, Same, Tags, Update, Usual, View};
use tenon_model::spec::{Entry, Item, Member};
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId, Value};

use super::name as machine_name;
use crate::draft::Draft;
use crate::networks::attributes;
use crate::placement::Placement;
use crate::versions;

/// What is known about disks.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Compute/disks",
    api_version: versions::DISKS,
    noun: "disk",
    lost: &[Loss::Words("data_disk")],
    usual: Usual {
        write: 3,
        delete: 6,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        // 409 OperationNotAllowed while a machine runs with it.
        Row::new("sku", "sku.name", Same::Caseless).costs(Disruption::Deallocate),
        Row::new("zone", "zones", Same::Set).fixed(),
        Row::new("size_gb", "properties.diskSizeGB", Same::Caseless).grows(),
        Row::new(
            "create_option",
            "properties.creationData.createOption",
            Same::Caseless,
        )
        .fixed()
        .seen(View::Plumbing),
    ],
    lists: &[],
    noise: &[
        "etag",
        "sku.tier",
        "properties.uniqueId",
        "properties.timeCreated",
        "properties.diskSizeBytes",
        "properties.diskIOPSReadWrite",
        "properties.diskMBpsReadWrite",
        "properties.encryption",
        "properties.networkAccessPolicy",
        "properties.publicNetworkAccess",
        "properties.dataAccessAuthMode",
        "properties.tier",
        "properties.supportedCapabilities",
        "properties.LastOwnershipUpdateTime",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "managedBy",
        "managedByExtended",
        "sku.tier",
        "properties.provisioningState",
        "properties.uniqueId",
        "properties.timeCreated",
        "properties.diskSizeBytes",
        "properties.diskState",
        "properties.shareInfo",
        "properties.burstingEnabledTime",
        "properties.propertyUpdatesInProgress",
        "properties.LastOwnershipUpdateTime",
    ],
};

/// A data disk as its machine attaches it.
pub(super) struct Attached {
    pub(super) address: Address,
    pub(super) id: ResourceId,
    pub(super) lun: i64,
    pub(super) caching: String,
    pub(super) item: Item,
}

/// The address of a data disk.
pub(super) fn address(entry: &Entry, key: &str) -> Address {
    entry.address.join("disks").join(key)
}

/// The name of a data disk in Azure.
pub(super) fn name(machine: &str, member: &Member) -> String {
    member
        .item
        .text("name")
        .map_or_else(|| format!("{machine}-{}", member.name), str::to_owned)
}

/// Adds the data disks of an entry.
pub(super) fn declare(entry: &Entry, place: &Placement, out: &mut Declaration) -> Vec<Attached> {
    let members = entry.item.get("data_disks").map_or(&[][..], Item::members);
    let mut attached = Vec::new();
    for (member, lun) in numbered(members, &entry.address, out) {
        attached.push(declare_one(entry, member, lun, place, out));
    }
    attached
}

/// The disks with the numbers that they get where the spec says none.
pub(crate) fn numbered<'m>(
    members: &'m [Member],
    address: &Address,
    out: &mut Declaration,
) -> Vec<(&'m Member, i64)> {
    let mut taken: Vec<i64> = members
        .iter()
        .filter_map(|member| member.item.int("lun"))
        .collect();
    duplicate_luns(members, address, out);
    let mut number = |member: &Member| {
        member.item.int("lun").unwrap_or_else(|| {
            let free = (0..64).find(|lun| !taken.contains(lun)).unwrap_or(63);
            taken.push(free);
            free
        })
    };
    members
        .iter()
        .map(|member| (member, number(member)))
        .collect()
}

fn duplicate_luns(members: &[Member], address: &Address, out: &mut Declaration) {
    for (index, member) in members.iter().enumerate() {
        let lun = member.item.int("lun");
        let taken = |other: &&Member| lun.is_some() && other.item.int("lun") == lun;
        let Some(other) = members[..index].iter().find(taken) else {
            continue;
        };
        out.diagnostics.push(
            Diagnostic::error(
                Code::InvalidValue,
                format!(
                    "data disks `{}` and `{}` have the same lun",
                    other.name, member.name
                ),
            )
            .at(member.item.place_of("lun"), "taken")
            .context(other.item.place_of("lun"), "here already")
            .help(Help::text("leave `lun` out, and each gets one of its own"))
            .about(address),
        );
    }
}

fn declare_one(
    entry: &Entry,
    member: &Member,
    lun: i64,
    place: &Placement,
    out: &mut Declaration,
) -> Attached {
    let item = &member.item;
    let address = address(entry, &member.name);
    let id = place.id(RULES.resource_type, &[&name(machine_name(entry), member)]);
    let mut draft = Draft::new(&RULES, address.clone(), id.clone(), entry, place).tracked(place);
    draft.desired().place = member.place.clone();
    draft.set("properties.creationData.createOption", "Empty");
    draft.put_key(item, "size_gb", "size_gb", "properties.diskSizeGB");
    draft.set("sku.name", item.text("sku").unwrap_or("Premium_LRS"));
    draft.at("sku", item.place_of("sku"));
    if let Some(zone) = super::machine::zone(entry) {
        draft.set("zones", vec![Value::Text(zone.0)]);
        draft.at("zone", &zone.1);
    }
    draft.desired().protect = match item.bool("protect") {
        None => Protect::ByDefault,
        Some(true) => Protect::Written(item.place_of("protect").clone()),
        Some(false) => Protect::No,
    };
    let size = item.int("size_gb").unwrap_or_default();
    draft.fact(format!(
        "{size} GiB {}",
        item.text("sku").unwrap_or("Premium_LRS")
    ));
    out.resources.push(draft.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));
    Attached {
        address,
        id,
        lun,
        caching: item.text("caching").unwrap_or("None").to_owned(),
        item: item.clone(),
    }
}
