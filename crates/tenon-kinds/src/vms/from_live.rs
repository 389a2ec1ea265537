//! A live machine with its interface, address and disks as one entry.
//!
//! What cannot be one entry is refused with a reason; the kinds after this one
//! keep it as something that exists.

use tenon_model::found::{Drawing, Found};
use tenon_model::outline::{Outline, Written};
use tenon_model::rules::Same;
use tenon_model::snapshot::Live;
use tenon_model::{ResourceId, Value};

use super::{disk, machine, nic, security};
use crate::inverse::{self, id_at};
use crate::public_ips;

mod image;
mod parts;

use parts::{Disk, Parts};

/// Writes an entry for every machine that can be one.
pub(super) fn draw(found: &Found, drawing: &mut Drawing) {
    // Azure makes it with its machine; also that of a machine which stays with
    // somebody else needs no entry.
    for live in found.snapshot.iter() {
        let os_disk = [
            "properties",
            "storageProfile",
            "osDisk",
            "managedDisk",
            "id",
        ];
        drawing.settled.extend(id_at(&live.body, &os_disk));
    }
    for live in found.open(machine::RULES.resource_type, drawing) {
        match Parts::of(live, found) {
            Ok(parts) => enter(&parts, found, drawing),
            Err(reason) => {
                drawing.refused.insert(live.id.clone(), reason);
            }
        }
    }
}

fn enter(parts: &Parts<'_>, found: &Found, drawing: &mut Drawing) {
    let live = parts.machine;
    let written_here = ["image", "nic", "nsg", "ssh_key", "data_disks", "security"];
    let shape = &super::SECTION.shape;
    let mut entry = Outline::default();
    entry.set("image", image::key(&parts.image, found, drawing));
    inverse::add_properties(&machine::RULES, shape, live, &written_here, &mut entry);
    network(parts, drawing, &mut entry);
    inverse::add_properties(&nic::RULES, shape, parts.nic, &written_here, &mut entry);
    security(parts, found, &mut entry);
    let stays = ["properties", "storageProfile", "osDisk", "deleteOption"];
    if text(&live.body, &stays).is_some_and(|option| option.eq_ignore_ascii_case("Detach")) {
        entry.set_at("os_disk.delete_option", "Detach");
    }
    let secret = access(live, drawing, &mut entry);
    data_disks(parts, &mut entry);
    let mut all = vec![live, parts.nic];
    all.extend(parts.public_ip);
    all.extend(parts.disks.iter().map(|disk| disk.live));
    inverse::place(found, &all, &mut entry);
    let key = drawing.enter("vms", &live.id, entry);
    for remark in parts.remarks.iter().chain(&secret) {
        drawing.sections.map("vms").remark(&key, remark.as_str());
    }
    drawing
        .settled
        .extend(all.iter().map(|part| part.id.clone()));
}

fn network(parts: &Parts<'_>, drawing: &Drawing, entry: &mut Outline) {
    let machine = parts.machine.id.name();
    let subnet = match parts.subnet.parent().and_then(|id| drawing.keys.get(&id)) {
        Some((_, network)) => format!("{network}/{}", parts.subnet.name()),
        None => parts.subnet.to_string(),
    };
    entry.set("subnet", subnet.as_str());
    let group = id_at(
        &parts.nic.body,
        &["properties", "networkSecurityGroup", "id"],
    );
    if let Some(group) = group {
        entry.set("nsg", inverse::reference(drawing, &group));
    }
    match parts.public_ip {
        None => entry.set("public_ip", false),
        Some(address) => {
            let shape = inverse::field(&super::SECTION.shape, "public_ip");
            let shape = shape.map(|field| &field.shape);
            let mut own = Outline::default();
            if address.id.name() != format!("{machine}PublicIP") {
                own.set("name", address.id.name());
            }
            if let Some(shape) = shape {
                inverse::add_properties(&public_ips::RULES, shape, address, &[], &mut own);
            }
            if !own.is_empty() {
                entry.set("public_ip", own);
            }
        }
    }
    let is_static = text(&parts.address, &["properties", "privateIPAllocationMethod"]);
    if is_static.is_some_and(|method| method.eq_ignore_ascii_case("Static"))
        && let Some(address) = text(&parts.address, &["properties", "privateIPAddress"])
    {
        entry.set("private_ip", address);
    }
    if parts.nic.id.name() != format!("{machine}VMNic") {
        entry.set_at("nic.name", parts.nic.id.name());
    }
    let own = text(&parts.address, &["name"]).unwrap_or_default();
    if own != format!("ipconfig{machine}") {
        entry.set_at("nic.ip_configuration", own);
    }
}

/// What the image decides by itself is left out.
fn security(parts: &Parts<'_>, found: &Found, entry: &mut Outline) {
    // What an open gallery says about the image is not read here.
    let definition = parts.image.definition.resource();
    let by_image = definition.and_then(|id| found.definitions.get(id));
    let by_image = by_image.map(security::launches_trusted);
    let by_image = by_image.unwrap_or(definition.is_none());
    let profile = parts.machine.body.at(&["properties", "securityProfile"]);
    let kind = profile.and_then(|profile| text(profile, &["securityType"]));
    let trusted = kind.is_some_and(|kind| kind.eq_ignore_ascii_case("TrustedLaunch"));
    if !trusted {
        if by_image {
            entry.set_at("security.type", "Standard");
        }
        return;
    }
    let on = |name: &str| {
        let value = profile.and_then(|profile| profile.at(&["uefiSettings", name]));
        value.and_then(Value::as_bool) == Some(true)
    };
    let (boot, tpm) = (on("secureBootEnabled"), on("vTpmEnabled"));
    if by_image && definition.is_some() && boot && tpm {
        return;
    }
    entry.set_at("security.type", "TrustedLaunch");
    for (key, on) in [("secure_boot", boot), ("vtpm", tpm)] {
        if !on {
            entry.set_at(&format!("security.{key}"), false);
        }
    }
}

/// Accounts: keys as they are, a password as a secret that somebody has to
/// know. Returns what a reader should know of it.
fn access(live: &Live, drawing: &mut Drawing, entry: &mut Outline) -> Option<String> {
    let profile = live.body.at(&["properties", "osProfile"])?;
    let linux = profile.member("linuxConfiguration");
    let keys = linux
        .and_then(|linux| linux.at(&["ssh", "publicKeys"])?.as_list())
        .unwrap_or(&[]);
    let keys: Vec<Written> = keys
        .iter()
        .filter_map(|key| Some(text(key, &["keyData"])?.trim().into()))
        .collect();
    match keys.as_slice() {
        [] => {}
        [one] => entry.set("ssh_key", one.clone()),
        _ => entry.set("ssh_key", keys),
    }
    let no_password = linux
        .and_then(|linux| linux.member("disablePasswordAuthentication"))
        .and_then(Value::as_bool);
    if no_password == Some(true) {
        return None;
    }
    let name = drawing.free_key("secrets", &format!("{}_password", live.id.name()));
    let variable: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let mut source = Outline::default();
    source.set("env", variable.to_ascii_uppercase().as_str());
    drawing.sections.map("secrets").set(&name, source);
    entry.set(
        "admin_password",
        Written::Expression(format!("secrets.{name}")),
    );
    Some(
        "the password cannot be read back: the secret is asked for when the machine is made anew"
            .to_owned(),
    )
}

fn data_disks(parts: &Parts<'_>, entry: &mut Outline) {
    let shape = inverse::field(&super::SECTION.shape, "data_disks").map(|field| &field.shape);
    let Some(tenon_model::shape::Shape::Keyed(shape)) = shape else {
        return;
    };
    for (
        index,
        Disk {
            live,
            attached,
            lun,
        },
    ) in parts.disks.iter().enumerate()
    {
        let mut own = Outline::default();
        let machine = parts.machine.id.name();
        let name = live.id.name();
        let short = name.strip_prefix(&format!("{machine}-")).unwrap_or(name);
        let key = disk_key(short, entry);
        if format!("{machine}-{key}") != name {
            own.set("name", name);
        }
        inverse::add_properties(&disk::RULES, shape, live, &[], &mut own);
        let caching = text(attached, &["caching"]).unwrap_or("None");
        if !caching.eq_ignore_ascii_case("None") {
            own.set("caching", caching);
        }
        if i64::try_from(index) != Ok(*lun) {
            own.set("lun", *lun);
        }
        entry.map("data_disks").set(&key, own);
    }
}

fn disk_key(name: &str, entry: &mut Outline) -> String {
    let key = tenon_model::found::key_of_name(name);
    let taken = entry.get("data_disks");
    let taken = |key: &str| matches!(taken, Some(Written::Map(map)) if map.get(key).is_some());
    let numbered = (2..).map(|number| format!("{key}-{number}"));
    let mut keys = std::iter::once(key.clone()).chain(numbered);
    keys.find(|key| !taken(key)).unwrap_or(key)
}

fn text<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    value.at(names)?.as_text()
}

/// Whether two places of a body name the same zones.
fn same_zones(one: &Live, other: &Live) -> bool {
    let zones = |live: &Live| live.body.member("zones").cloned().unwrap_or_default();
    Same::Set.same(&zones(one), &zones(other))
}

fn in_group_of(id: &ResourceId, machine: &ResourceId) -> bool {
    let group = |id: &ResourceId| id.resource_group().map(str::to_ascii_lowercase);
    id.subscription() == machine.subscription() && group(id) == group(machine)
}
