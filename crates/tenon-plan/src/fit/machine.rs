//! A machine, or the machines of a scale set, as the spec asks for them.

use std::collections::BTreeMap;

use tenon_model::desired::{Desired, Relation};
use tenon_model::image::ResolvedImage;
use tenon_model::rules::region;
use tenon_model::{Place, ResourceId, Value};

use crate::quota::Region;

const MACHINES: &str = "Microsoft.Compute/virtualMachines";
const SETS: &str = "Microsoft.Compute/virtualMachineScaleSets";

/// What the spec makes, by id.
pub(super) type Parts<'a> = BTreeMap<ResourceId, &'a Desired>;

/// What a plan does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// It is made, from its image.
    New,
    /// It stands, with the disks that it was made with, and changes.
    Resized,
}

/// A disk that a machine is to have.
pub(super) struct Disk<'a> {
    /// What messages call it.
    pub(super) name: String,
    /// Its kind of storage, where the spec says it.
    pub(super) sku: Option<&'a str>,
    /// Where the spec says that.
    pub(super) place: &'a Place,
}

/// A machine, or the machines of a scale set.
pub(super) struct Machine<'a> {
    pub(super) desired: &'a Desired,
    pub(super) made: Made,
    pub(super) image: Option<&'a ResolvedImage>,
    pub(super) region: Region,
    profile: &'a Value,
}

impl<'a> Machine<'a> {
    /// Reads what is asked for; none if it is something else.
    pub(super) fn of(
        desired: &'a Desired,
        made: Made,
        images: &'a [ResolvedImage],
    ) -> Option<Self> {
        let is = |kind: &str| desired.resource_type.eq_ignore_ascii_case(kind);
        let profile = match (is(MACHINES), is(SETS)) {
            (true, _) => desired.body.member("properties")?,
            (_, true) => desired.body.at(&["properties", "virtualMachineProfile"])?,
            _ => return None,
        };
        let location = desired.body.member("location")?.as_text()?;
        let from = |need: &&tenon_model::desired::Need| need.relation == Relation::BuiltFrom;
        let from = desired.needs.iter().find(from).map(|need| &need.on);
        let image = images.iter().find(|image| Some(&image.address) == from);
        // The new model of a set is for new machines.
        let made = if is(SETS) { Made::New } else { made };
        Some(Self {
            desired,
            made,
            image,
            region: Region {
                subscription: desired.id.subscription(),
                location: region(location),
            },
            profile,
        })
    }

    /// Where the spec says `property`, or the entry where it does not.
    pub(super) fn place(&self, property: &str) -> &'a Place {
        let places = &self.desired.places;
        let Some(place) = places.get(property) else {
            return &self.desired.place;
        };
        // A key that is not written has the place of all that is.
        let around = |other: &Place| place.start < other.start && other.end <= place.end;
        match places.get("image") {
            Some(other) if around(other) => &self.desired.place,
            _ => place,
        }
    }

    pub(super) fn text(&self, path: &[&str]) -> Option<&'a str> {
        self.profile.at(path)?.as_text()
    }

    pub(super) fn is_true(&self, path: &[&str]) -> bool {
        self.profile.at(path).and_then(Value::as_bool) == Some(true)
    }

    /// The size that is asked for.
    pub(super) fn size(&self) -> Option<&'a str> {
        let own = self.text(&["hardwareProfile", "vmSize"]);
        own.or_else(|| self.desired.body.at(&["sku", "name"])?.as_text())
    }

    /// The availability zones that are asked for.
    pub(super) fn zones(&self) -> Vec<&'a str> {
        let zones = self.desired.body.member("zones").and_then(Value::as_list);
        let zones = zones.unwrap_or_default().iter();
        zones.filter_map(Value::as_text).collect()
    }

    /// The security type; `Standard` where the spec asks for none.
    pub(super) fn security(&self) -> &'a str {
        self.text(&["securityProfile", "securityType"])
            .unwrap_or("Standard")
    }

    pub(super) fn is_spot(&self) -> bool {
        let priority = self.text(&["priority"]);
        priority.is_some_and(|priority| !priority.eq_ignore_ascii_case("Regular"))
    }

    /// The OS disk, as far as the spec says something about it.
    pub(super) fn os_disk(&self) -> Disk<'a> {
        let sku = [
            "storageProfile",
            "osDisk",
            "managedDisk",
            "storageAccountType",
        ];
        Disk {
            name: "OS disk".to_owned(),
            sku: self.text(&sku),
            place: self.place("os_disk.sku"),
        }
    }

    /// The size of the OS disk in GiB, where the spec says it.
    pub(super) fn os_disk_gb(&self) -> Option<i64> {
        let path = ["storageProfile", "osDisk", "diskSizeGB"];
        self.profile.at(&path)?.as_int()
    }

    /// The data disks of the spec.
    pub(super) fn data_disks(&self, parts: &Parts<'a>) -> Vec<Disk<'a>> {
        let list = self.list(&["storageProfile", "dataDisks"]).iter();
        list.map(|one| self.data_disk(one, parts)).collect()
    }

    fn data_disk(&self, one: &'a Value, parts: &Parts<'a>) -> Disk<'a> {
        let attached = part(one.at(&["managedDisk", "id"]), parts);
        if let Some(disk) = attached {
            let sku = disk.body.at(&["sku", "name"]);
            return Disk {
                name: format!("data disk `{}`", disk.address.last()),
                sku: sku.and_then(Value::as_text),
                place: disk.places.get("sku").unwrap_or(&disk.place),
            };
        }
        let lun = one
            .member("lun")
            .map_or(String::new(), Value::to_plain_text);
        let sku = one.at(&["managedDisk", "storageAccountType"]);
        Disk {
            name: format!("data disk at lun {lun}"),
            sku: sku.and_then(Value::as_text),
            place: self.place(&format!("data_disks.{lun}.sku")),
        }
    }

    /// How many interfaces it has, and where the spec wants one of them to
    /// bypass the host.
    pub(super) fn interfaces(&self, parts: &Parts<'a>) -> (usize, Option<&'a Place>) {
        let fast = ["properties", "enableAcceleratedNetworking"];
        let is_fast = |body: &Value| body.at(&fast).and_then(Value::as_bool) == Some(true);
        let of_profile = |name: &str| self.list(&["networkProfile", name]);
        let named = of_profile("networkInterfaces");
        let own = of_profile("networkInterfaceConfigurations");
        let mut parts = named.iter().filter_map(|one| part(one.member("id"), parts));
        let place = parts
            .find(|interface| is_fast(&interface.body))
            .map(|interface| {
                let place = interface.places.get("accelerated_networking");
                place.unwrap_or(&interface.place)
            });
        let own_place = || self.place("accelerated_networking");
        let place = place.or_else(|| own.iter().any(is_fast).then(own_place));
        (named.len() + own.len(), place)
    }

    fn list(&self, path: &[&str]) -> &'a [Value] {
        let list = self.profile.at(path).and_then(Value::as_list);
        list.unwrap_or_default()
    }
}

fn part<'a>(id: Option<&Value>, parts: &Parts<'a>) -> Option<&'a Desired> {
    let id = ResourceId::parse(id?.as_text()?).ok()?;
    parts.get(&id).copied()
}
