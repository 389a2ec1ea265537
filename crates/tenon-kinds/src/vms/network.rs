//! The subnet and the network security group of a machine: those that the
//! spec names, or some of its own.
//!
//! `az vm create` takes whatever network it finds in the group. A spec must
//! not depend on what else is there, so `tenon` never does.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::kind::Surroundings;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Help, Map, Place, ResourceId, Value};

use super::image::Image;
use super::owner;
use crate::draft::Draft;
use crate::networks::{NETWORK, SUBNETS, attributes};
use crate::nsgs::{self, Named, named, open_to_the_internet, unknown};
use crate::placement::Placement;
use tenon_model::suggest::nearest;

/// Something that the interface joins.
pub(crate) struct Join {
    pub(crate) named: Named,
    pub(crate) place: Place,
}

fn own_network(entry: &Entry) -> bool {
    entry.item.get("subnet").is_none()
}

fn own_group(entry: &Entry) -> bool {
    own_network(entry) && entry.item.get("nsg").is_none()
}

fn network_address(entry: &Entry) -> Address {
    owner(entry).0.join("network")
}

fn group_address(entry: &Entry) -> Address {
    owner(entry).0.join("nsg")
}

fn network_id(entry: &Entry, place: &Placement) -> ResourceId {
    place.id(NETWORK.resource_type, &[&format!("{}VNET", owner(entry).1)])
}

fn group_id(entry: &Entry, place: &Placement) -> ResourceId {
    place.id(
        nsgs::RULES.resource_type,
        &[&format!("{}NSG", owner(entry).1)],
    )
}

/// The ids of what the machine has of its own.
pub(super) fn ids(entry: &Entry, place: &Placement) -> Vec<(Address, ResourceId)> {
    let mut ids = Vec::new();
    if own_network(entry) {
        let network = network_id(entry, place);
        let subnet = network.child("subnets", &format!("{}Subnet", owner(entry).1));
        ids.push((network_address(entry).join("subnet"), subnet));
        ids.push((network_address(entry), network));
    }
    if own_group(entry) {
        ids.push((group_address(entry), group_id(entry, place)));
    }
    ids
}

/// The subnet that the entry names, or one of its own.
pub(crate) fn subnet(
    entry: &Entry,
    around: &Surroundings<'_>,
    place: &Placement,
    out: &mut Declaration,
) -> Option<Join> {
    let Some(item) = entry.item.get("subnet") else {
        return Some(declare_network(entry, place, out));
    };
    let text = item.scalar().and_then(Value::as_text);
    let dotted = text.filter(|text| !text.starts_with('/')).map(|text| {
        let (network, subnet) = text.split_once('/').unwrap_or((text, ""));
        Address::new("networks")
            .join(network)
            .join("subnets")
            .join(subnet)
    });
    let found = match dotted {
        Some(address) => around.ids.get(&address).map(|id| Named {
            value: Value::text(id.as_str()),
            address: Some(address),
        }),
        None => named(item, "networks", around),
    };
    if found.is_none() {
        out.diagnostics
            .push(unknown_subnet(item, around).about(&entry.address));
    }
    Some(Join {
        named: found?,
        place: item.place.clone(),
    })
}

fn unknown_subnet(item: &Item, around: &Surroundings<'_>) -> tenon_model::Diagnostic {
    let text = item.to_value().to_plain_text();
    let known: Vec<String> = around
        .ids
        .keys()
        .filter(|address| address.collection() == "networks")
        .filter_map(|address| {
            let mut parts = address.segments();
            let (_, network) = (parts.next(), parts.next()?);
            (parts.next() == Some("subnets")).then(|| format!("{network}/{}", address.last()))
        })
        .collect();
    let mut problem = unknown(item, "networks", "subnet", around);
    problem.notes.clear();
    problem.helps.clear();
    let nearest = nearest(&text, known.iter().map(String::as_str));
    if let (Some(name), Some(label)) = (nearest, problem.labels.first_mut()) {
        label.message = format!("did you mean `{name}`?");
    }
    let rename = nearest.and_then(|name| Help::rename(&item.place, &text, name));
    let problem = problem.help_if(rename);
    let problem = if known.is_empty() {
        problem
    } else {
        problem.note(format!("known here: {}", known.join(", ")))
    };
    problem.help(Help::text(
        "a subnet reads network/subnet, or is a full resource id",
    ))
}

fn declare_network(entry: &Entry, place: &Placement, out: &mut Declaration) -> Join {
    let address = network_address(entry);
    let id = network_id(entry, place);
    let subnet_id = id.child("subnets", &format!("{}Subnet", owner(entry).1));
    let subnet = address.join("subnet");
    let join = Join {
        named: Named {
            value: Value::text(subnet_id.as_str()),
            address: Some(subnet.clone()),
        },
        place: entry.place.clone(),
    };
    // Another machine of the fleet has brought it already.
    if out.attributes.contains_key(&address) {
        return join;
    }
    let written = |key: &str| entry.item.text(key).map(str::to_owned);
    let mut network = shared(&NETWORK, &address, &id, entry, place).tracked(place);
    let space = written("vnet_address_prefix").unwrap_or_else(|| "10.0.0.0/16".to_owned());
    let range = written("subnet_address_prefix").unwrap_or_else(|| first_of(&space));
    network.fact(space.as_str());
    network.at("address_space", entry.item.place_of("vnet_address_prefix"));
    network.set(
        "properties.addressSpace.addressPrefixes",
        vec![Value::Text(space)],
    );
    out.resources.push(network.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));

    let mut draft = shared(&SUBNETS, &subnet, &subnet_id, entry, place);
    draft.fact(range.as_str());
    draft.at("prefix", entry.item.place_of("subnet_address_prefix"));
    draft.set("properties.addressPrefix", Value::Text(range));
    draft.need(&address, Relation::Inside, &entry.place);
    out.resources.push(draft.finish());
    out.attributes
        .insert(subnet.clone(), attributes(&subnet_id, &subnet));
    join
}

/// The first /24 of a space, or all of a smaller one.
fn first_of(space: &str) -> String {
    let parts = space.split_once('/');
    let parts = parts.and_then(|(address, length)| Some((address, length.parse::<u8>().ok()?)));
    match parts {
        Some((address, length)) if length < 24 => format!("{address}/24"),
        _ => space.to_owned(),
    }
}

/// A resource that the machines of a fleet share.
fn shared(
    rules: &'static tenon_model::rules::Rules,
    address: &Address,
    id: &ResourceId,
    entry: &Entry,
    place: &Placement,
) -> Draft {
    let mut draft = Draft::new(rules, address.clone(), id.clone(), entry, place);
    let desired = draft.desired();
    desired.entry = owner(entry).0;
    desired.fleet = None;
    draft
}

/// The network security group that the entry names, or one of its own.
pub(crate) fn group(
    entry: &Entry,
    around: &Surroundings<'_>,
    place: &Placement,
    image: &Image,
    out: &mut Declaration,
) -> Option<Join> {
    if let Some(item) = entry.item.get("nsg") {
        let found = named(item, "nsgs", around);
        if found.is_none() {
            let problem = unknown(item, "nsgs", "network security group", around);
            out.diagnostics.push(problem.about(&entry.address));
        }
        return Some(Join {
            named: found?,
            place: item.place.clone(),
        });
    }
    own_group(entry).then(|| declare_group(entry, image, place, out))
}

fn declare_group(entry: &Entry, image: &Image, place: &Placement, out: &mut Declaration) -> Join {
    let address = group_address(entry);
    let id = group_id(entry, place);
    let join = Join {
        named: Named {
            value: Value::text(id.as_str()),
            address: Some(address.clone()),
        },
        place: entry.place.clone(),
    };
    // Another machine of the fleet has brought it already.
    if out.attributes.contains_key(&address) {
        return join;
    }
    let mut draft = shared(&nsgs::RULES, &address, &id, entry, place).tracked(place);
    let opening = opening(entry, image);
    let rules = opening.map(|opening| {
        out.diagnostics.push(lint(entry, opening).about(&address));
        draft.fact(format!("lets {} in from everywhere", opening.service));
        rule(opening)
    });
    draft.set(
        "properties.securityRules",
        rules.into_iter().collect::<Vec<_>>(),
    );
    out.resources.push(draft.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));
    join
}

#[derive(Clone, Copy)]
struct Opening {
    rule: &'static str,
    service: &'static str,
    port: u16,
}

const SSH: Opening = Opening {
    rule: "default-allow-ssh",
    service: "SSH",
    port: 22,
};
const RDP: Opening = Opening {
    rule: "rdp",
    service: "RDP",
    port: 3389,
};

fn opening(entry: &Entry, image: &Image) -> Option<Opening> {
    match entry.item.text("nsg_rule") {
        Some("NONE") => None,
        Some("RDP") => Some(RDP),
        Some(_) => Some(SSH),
        None => Some(if image.is_windows() { RDP } else { SSH }),
    }
}

fn lint(entry: &Entry, opening: Opening) -> tenon_model::Diagnostic {
    open_to_the_internet(opening.service, opening.port)
        .at(entry.item.place_of("nsg_rule"), "its own security group lets everybody in, as `az vm create` does")
        .help(tenon_model::Help::text(
            "let nobody in: nsg_rule: NONE; or write a group under `nsgs:` and name it: nsg: my-nsg",
        ))
}

fn rule(opening: Opening) -> Value {
    let text = |text: &str| Value::text(text);
    let properties = Map::from([
        ("priority", Value::Int(1000)),
        ("protocol", text("Tcp")),
        ("direction", text("Inbound")),
        ("access", text("Allow")),
        ("sourceAddressPrefix", text("*")),
        ("sourcePortRange", text("*")),
        ("destinationAddressPrefix", text("*")),
        (
            "destinationPortRange",
            Value::Text(opening.port.to_string()),
        ),
    ]);
    Value::Map(Map::from([
        ("name", text(opening.rule)),
        ("properties", Value::Map(properties)),
    ]))
}
