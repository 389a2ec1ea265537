//! The machine itself.
//!
//! api-version 2024-11-01. Which of its properties can be changed, and at what
//! cost, is the table below; Microsoft's descriptions do not say. Sources: the
//! behaviour of azurerm's `linux_virtual_machine`, the texts of
//! Microsoft.Compute 2026-04-01, and the errors that users report.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::image::Channel;
use tenon_model::kind::Surroundings;
use tenon_model::rules::{
    Absent, Disruption, Extra, KeptOn, KeyedList, Loss, Row, Rules, Same, Tags, Update, Usual, View,
};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Code, Diagnostic, Help, Map, Place, Value};

use super::disk::Attached;
use super::image::Image;
use super::{DEFAULT_SIZE, identity, keys, name, near, nic, security, spot};
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
    children: &[],
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
            "properties.storageProfile.imageReference.id",
            Same::Id,
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
        Row::new("data_disks.*.id", data_disk!("managedDisk.id"), Same::Id),
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
        .costs(Disruption::Deallocate),
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
        },
        KeyedList {
            path: "properties.networkProfile.networkInterfaces",
            key: "id",
            property: "nics.*",
            extra: Extra::Keep,
        },
    ],
    noise: &[
        "etag",
        "properties.vmId",
        "properties.timeCreated",
        "resources",
        "properties.instanceView",
        "properties.storageProfile.imageReference.exactVersion",
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
    use_image(&mut draft, image);
    os_disk(&mut draft, item);
    attach(&mut draft, disks);
    os_profile(&mut draft, entry, around, image, out);
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
    user_data(&mut draft, item, around);
    draft.put_key(
        item,
        "license_type",
        "license_type",
        "properties.licenseType",
    );
    draft.put_key(
        item,
        "boot_diagnostics",
        "boot_diagnostics",
        "properties.diagnosticsProfile.bootDiagnostics.enabled",
    );
    draft.depends_on(entry);
    super::protect(item, draft.desired());
    draft.fact(size);
    if let Some(subnet) = item.text("subnet") {
        draft.fact(format!("subnet {subnet}"));
    }
    if item.bool("public_ip") == Some(false) {
        draft.fact("no public IP");
    }
    unfinished_rollout(entry, out);
    let most = item
        .get("rollout")
        .and_then(|rollout| rollout.int("max_unavailable"));
    draft.desired().max_unavailable = most
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(1);
    out.resources.push(draft.finish());
}

fn use_image(draft: &mut Draft, image: &Image) {
    draft.set(
        "properties.storageProfile.imageReference.id",
        image.reference.clone(),
    );
    draft.at("image", &image.place);
    if let Some(address) = &image.address {
        draft.need(address, Relation::BuiltFrom, &image.place);
    }
    let Some(resolved) = &image.resolved else {
        return;
    };
    if !resolved.locked {
        let channel = Channel::parse(&resolved.channel).ok();
        draft.desired().follows = channel.filter(|channel| channel.moves());
    }
    draft.fact(format!(
        "image {} {}",
        resolved.address.last(),
        resolved.version
    ));
    if let Some(plan) = &resolved.definition.purchase_plan {
        draft.set("plan.name", plan.name.as_str());
        draft.set("plan.publisher", plan.publisher.as_str());
        draft.set("plan.product", plan.product.as_str());
    }
}

fn os_disk(draft: &mut Draft, item: &Item) {
    draft.set(os_disk!("createOption"), "FromImage");
    let disk = item.get("os_disk");
    let stays = disk.and_then(|disk| disk.text("delete_option"));
    draft.set(os_disk!("deleteOption"), stays.unwrap_or("Delete"));
    let caching = disk
        .and_then(|disk| disk.text("caching"))
        .unwrap_or("ReadWrite");
    draft.set(os_disk!("caching"), caching);
    let Some(disk) = disk else { return };
    draft.at("os_disk.caching", disk.place_of("caching"));
    draft.at("os_disk.delete_option", disk.place_of("delete_option"));
    draft.put_key(disk, "size_gb", "os_disk.size_gb", os_disk!("diskSizeGB"));
    draft.put_key(
        disk,
        "sku",
        "os_disk.sku",
        os_disk!("managedDisk.storageAccountType"),
    );
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

fn os_profile(
    draft: &mut Draft,
    entry: &Entry,
    around: &Surroundings<'_>,
    image: &Image,
    out: &mut Declaration,
) {
    let definition = image.resolved.as_ref().map(|image| &image.definition);
    let specialized = definition
        .is_some_and(|definition| definition.os_state.eq_ignore_ascii_case("Specialized"));
    if specialized {
        // Azure refuses any osProfile: accounts and names are those inside.
        refuse_accounts(entry, out);
        return;
    }
    let item = &entry.item;
    match item.get("computer_name") {
        Some(name) => draft.put("computer_name", os!("computerName"), name),
        None => draft.set(os!("computerName"), name(entry)),
    };
    admin(draft, entry, around, out);
    draft.put_key(
        item,
        "admin_password",
        "admin_password",
        os!("adminPassword"),
    );
    if let Some(text) = file_text(item, "custom_data", around) {
        draft.at("custom_data", item.place_of("custom_data"));
        draft.set(os!("customData"), base64(&text));
    }
    if image.is_windows() {
        // Nothing else is said: Azure installs the agent unless told not to,
        // and what it shows of its own settings is nobody's business.
        needs_password(entry, out);
    } else {
        linux(draft, entry, around, out);
    }
}

fn admin(draft: &mut Draft, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
    if let Some(name) = entry.item.get("admin_username") {
        draft.put("admin_username", os!("adminUsername"), name);
    } else if let Some(name) = &around.defaults.admin_username {
        draft.set(os!("adminUsername"), name.as_str());
    } else {
        out.diagnostics.push(
            Diagnostic::error(
                Code::MissingDefault,
                format!("`{}` has no `admin_username`", entry.address),
            )
            .at(&entry.place, "whose account will it have?")
            .note("without it the account takes your own name, and a plan must not depend on who makes it")
            .help(Help::text("add  admin_username: azureuser"))
            .about(&entry.address),
        );
    }
}

fn linux(draft: &mut Draft, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
    let has_password = entry.item.get("admin_password").is_some();
    let only_password = has_password && entry.item.get("ssh_key").is_none();
    draft.set(
        os!("linuxConfiguration.disablePasswordAuthentication"),
        Value::Bool(!has_password),
    );
    if only_password {
        return;
    }
    let user = draft
        .desired()
        .body
        .at(&["properties", "osProfile", "adminUsername"])
        .map_or(String::new(), Value::to_plain_text);
    let keys: Vec<Value> = keys::public_keys(entry, around, out)
        .into_iter()
        .map(|key| {
            Value::Map(Map::from([
                // Azure takes no other path.
                (
                    "path",
                    Value::Text(format!("/home/{user}/.ssh/authorized_keys")),
                ),
                ("keyData", key),
            ]))
        })
        .collect();
    if keys.is_empty() {
        return;
    }
    draft.at("ssh_key", entry.item.place_of("ssh_key"));
    draft.set(os!("linuxConfiguration.ssh.publicKeys"), keys);
}

/// Windows has no other way in.
fn needs_password(entry: &Entry, out: &mut Declaration) {
    if entry.item.get("admin_password").is_some() {
        return;
    }
    out.diagnostics.push(
        Diagnostic::error(
            Code::MissingDefault,
            format!("`{}` runs Windows and has no `admin_password`", entry.address),
        )
        .at(&entry.place, "needs a password")
        .help(Help::text(
            "name a secret:  secrets: {admin: {env: ADMIN_PASSWORD}}, and here  admin_password: ${secrets.admin}",
        ))
        .about(&entry.address),
    );
}

fn refuse_accounts(entry: &Entry, out: &mut Declaration) {
    for key in [
        "admin_username",
        "admin_password",
        "ssh_key",
        "computer_name",
        "custom_data",
    ] {
        let Some(member) = entry.item.member(key) else {
            continue;
        };
        out.diagnostics.push(
            Diagnostic::error(
                Code::ConflictingKeys,
                format!("a specialized image brings its own accounts: `{key}` cannot be set"),
            )
            .at(
                &member.place,
                "Azure would answer: Parameter 'osProfile' is not allowed",
            )
            .help(Help::text(format!("leave `{key}` out")))
            .about(&entry.address),
        );
    }
}

fn user_data(draft: &mut Draft, item: &Item, around: &Surroundings<'_>) {
    if let Some(text) = file_text(item, "user_data", around) {
        draft.at("user_data", item.place_of("user_data"));
        draft.set("properties.userData", base64(&text));
    }
}

/// The text of a key that names a file or carries the text itself.
fn file_text(item: &Item, key: &str, around: &Surroundings<'_>) -> Option<String> {
    let text = item.text(key)?;
    let is_text = text.contains('\n') || text.starts_with('#');
    if is_text {
        Some(text.to_owned())
    } else {
        around.files.get(text).cloned()
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Says that parts of `rollout` are read and not acted on.
fn unfinished_rollout(entry: &Entry, out: &mut Declaration) {
    let Some(rollout) = entry.item.get("rollout") else {
        return;
    };
    if entry.index > 0 {
        return;
    }
    let idle: Vec<&str> = ["health", "pause"]
        .into_iter()
        .filter(|key| rollout.get(key).is_some())
        .chain((rollout.bool("create_before") == Some(false)).then_some("create_before"))
        .collect();
    if idle.is_empty() {
        return;
    }
    out.diagnostics.push(
        Diagnostic::warning(
            Code::NotActedOn,
            format!(
                "`rollout` is kept only in part: {} not acted on yet",
                match idle.as_slice() {
                    [one] => format!("`{one}` is"),
                    more => format!("`{}` are", more.join("` and `")),
                }
            ),
        )
        .at(
            entry.item.place_of("rollout"),
            "replaces wait for Azure's own success only",
        )
        .note("`max_unavailable` is kept")
        .about(entry.fleet.as_ref().unwrap_or(&entry.address)),
    );
}
