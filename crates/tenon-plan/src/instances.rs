//! What Azure makes for a flexible scale set: machines, their interfaces,
//! addresses and disks, which go with the set.
//!
//! They are resources of their own, with the tags of the set and so a copy of
//! its marker. Azure names them after the set and after what its model calls
//! interfaces and addresses, and a list of a group shows no more than names.
//! Whoever deletes a group looks at what is really in it right before.

use tenon_model::snapshot::Live;
use tenon_model::{ResourceId, Value};

use crate::Inputs;

/// What belongs to the instances of some flexible sets, by the beginning of
/// its id in small letters.
pub(crate) struct Instances(Vec<String>);

impl Instances {
    /// Of the flexible sets among `ids`.
    pub(crate) fn of<'i>(inputs: &Inputs<'_>, ids: impl Iterator<Item = &'i ResourceId>) -> Self {
        let sets = ids
            .filter(|id| is_scale_set(id))
            .filter_map(|id| inputs.snapshot.get(id))
            .filter(|live| is_flexible(live));
        Self(sets.flat_map(beginnings).collect())
    }

    /// Whether a resource is one of them.
    pub(crate) fn has(&self, id: &ResourceId) -> bool {
        let key = id.key();
        self.0.iter().any(|beginning| {
            key.strip_prefix(beginning.as_str())
                .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
        })
    }
}

fn is_scale_set(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Compute/virtualMachineScaleSets")
}

fn is_flexible(live: &Live) -> bool {
    let mode = live.body.at(&["properties", "orchestrationMode"]);
    mode.and_then(Value::as_text) == Some("Flexible")
}

fn beginnings(live: &Live) -> Vec<String> {
    let group = live.id.resource_group().unwrap_or_default();
    let in_group = |kind: &str, name: &str, end: char| {
        let id = ResourceId::in_group(&live.id.subscription(), group, kind, &[name]);
        format!("{}{end}", id.key())
    };
    let own = live.id.name();
    let mut all = vec![
        in_group("Microsoft.Compute/virtualMachines", own, '_'),
        in_group("Microsoft.Compute/disks", own, '_'),
    ];
    let interfaces = live.body.at(&[
        "properties",
        "virtualMachineProfile",
        "networkProfile",
        "networkInterfaceConfigurations",
    ]);
    for interface in elements(interfaces) {
        let name = name_of(interface);
        all.extend(name.map(|name| in_group("Microsoft.Network/networkInterfaces", name, '-')));
        for address in elements(interface.at(&["properties", "ipConfigurations"])) {
            let public = address.at(&["properties", "publicIPAddressConfiguration"]);
            let name = public.and_then(name_of);
            all.extend(name.map(|name| in_group("Microsoft.Network/publicIPAddresses", name, '-')));
        }
    }
    all
}

fn elements(list: Option<&Value>) -> &[Value] {
    list.and_then(Value::as_list).unwrap_or(&[])
}

fn name_of(value: &Value) -> Option<&str> {
    value.member("name")?.as_text()
}
