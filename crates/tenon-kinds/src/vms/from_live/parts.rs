//! The live resources that one entry would stand for.

use tenon_model::found::Found;
use tenon_model::image::ImageId;
use tenon_model::snapshot::Live;
use tenon_model::{ResourceId, Value};

use super::{id_at, in_group_of, same_zones, text};

/// The live resources that one entry would stand for.
pub(super) struct Parts<'a> {
    pub(super) machine: &'a Live,
    pub(super) image: ImageId,
    pub(super) nic: &'a Live,
    /// The address within the interface.
    pub(super) address: Value,
    pub(super) subnet: ResourceId,
    pub(super) public_ip: Option<&'a Live>,
    pub(super) disks: Vec<Disk<'a>>,
    /// What belongs to it and is not taken over.
    pub(super) remarks: Vec<String>,
}

/// A data disk and how the machine has attached it.
pub(super) struct Disk<'a> {
    pub(super) live: &'a Live,
    pub(super) attached: Value,
    pub(super) lun: i64,
}

impl<'a> Parts<'a> {
    /// Finds the parts of a machine, or says why it cannot be an entry.
    pub(super) fn of(machine: &'a Live, found: &'a Found) -> Result<Self, String> {
        let image = image(machine)?;
        let nic = nic(machine, found)?;
        let address = list(&nic.body, &["properties", "ipConfigurations"]).first();
        let address = address.cloned().ok_or("its interface has no address")?;
        let subnet = id_at(&address, &["properties", "subnet", "id"]);
        let subnet = subnet.ok_or("its interface is in no subnet")?;
        let mut remarks = Vec::new();
        let others = list(
            &machine.body,
            &["properties", "networkProfile", "networkInterfaces"],
        );
        if others.len() > 1 {
            remarks.push("its further interfaces stay attached as they are".to_owned());
        }
        let public_ip = public_ip(machine, &address, found, &mut remarks);
        let disks = disks(machine, found, &mut remarks);
        Ok(Self {
            machine,
            image,
            nic,
            address,
            subnet,
            public_ip,
            disks,
            remarks,
        })
    }
}

fn list<'v>(body: &'v Value, names: &[&str]) -> &'v [Value] {
    body.at(names).and_then(Value::as_list).unwrap_or(&[])
}

fn image(machine: &Live) -> Result<ImageId, String> {
    let reference = machine
        .body
        .at(&["properties", "storageProfile", "imageReference"]);
    let Some(reference) = reference.filter(|reference| !reference.is_null()) else {
        return Err("it was made from a disk, not from an image".to_owned());
    };
    if let Some(image) = ImageId::of_reference(reference) {
        return Ok(image);
    }
    Err(match id_at(reference, &["id"]) {
        Some(_) => "its image is in no gallery".to_owned(),
        None => "its image is one of the marketplace, which `images` has no key for".to_owned(),
    })
}

fn nic<'a>(machine: &Live, found: &'a Found) -> Result<&'a Live, String> {
    let all = list(
        &machine.body,
        &["properties", "networkProfile", "networkInterfaces"],
    );
    let primary =
        |one: &&Value| one.at(&["properties", "primary"]).and_then(Value::as_bool) == Some(true);
    let one = all.iter().find(primary).or(all.first());
    let id = one
        .and_then(|one| id_at(one, &["id"]))
        .ok_or("it has no interface")?;
    if !in_group_of(&id, &machine.id) {
        return Err(format!("its interface `{}` is in another group", id.name()));
    }
    let live = found.snapshot.get(&id);
    live.ok_or_else(|| format!("its interface `{}` cannot be read", id.name()))
}

/// The public address, if it is one that an entry makes: another one stays
/// where it is, and the entry says that it makes none.
fn public_ip<'a>(
    machine: &Live,
    address: &Value,
    found: &'a Found,
    remarks: &mut Vec<String>,
) -> Option<&'a Live> {
    let id = id_at(address, &["properties", "publicIPAddress", "id"])?;
    let live = found
        .snapshot
        .get(&id)
        .filter(|live| in_group_of(&live.id, &machine.id));
    let zoned = machine
        .body
        .member("zones")
        .is_some_and(|zones| !zones.is_null());
    let fits = |live: &&Live| {
        let is = |names: &[&str], word: &str| {
            text(&live.body, names).is_some_and(|text| text.eq_ignore_ascii_case(word))
        };
        is(&["sku", "name"], "Standard")
            && is(&["properties", "publicIPAllocationMethod"], "Static")
            && (!zoned || same_zones(live, machine))
    };
    let fitting = live.filter(fits);
    if fitting.is_none() {
        remarks.push(format!(
            "its public address `{}` stays as it is: an entry makes static ones of sku Standard, in the machine's group and zone",
            id.name()
        ));
    }
    fitting
}

fn disks<'a>(machine: &Live, found: &'a Found, remarks: &mut Vec<String>) -> Vec<Disk<'a>> {
    let mut disks = Vec::new();
    for attached in list(
        &machine.body,
        &["properties", "storageProfile", "dataDisks"],
    ) {
        let id = id_at(attached, &["managedDisk", "id"]);
        let lun = attached.member("lun").and_then(Value::as_int);
        let (Some(id), Some(lun)) = (id, lun) else {
            continue;
        };
        let live = found.snapshot.get(&id);
        let live = live.filter(|live| {
            let made = ["properties", "creationData", "createOption"];
            let empty = text(&live.body, &made).is_some_and(|how| how == "Empty");
            empty && in_group_of(&live.id, &machine.id) && same_zones(live, machine)
        });
        match live {
            Some(live) => disks.push(Disk {
                live,
                attached: attached.clone(),
                lun,
            }),
            None => remarks.push(format!(
                "its disk `{}` stays attached as it is: an entry makes empty disks in the machine's group and zone",
                id.name()
            )),
        }
    }
    disks.sort_by_key(|disk| disk.lun);
    disks
}
