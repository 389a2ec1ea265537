//! `networks`: virtual networks and their subnets.
//!
//! api-version 2025-01-01. A network is written without its subnets, each
//! subnet by itself: since 2023-11-01 a body without `subnets` leaves them
//! alone, so a subnet that somebody else adds is never swept away
//! (bicep-types-az issue 1687). Subnets carry no tags; the marker of their
//! network names those that are ours.

use tenon_model::desired::{Attributes, Declaration, Relation};
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::outline::Outline;
use tenon_model::rules::{Absent, Child, Fate, Only, Row, Rules, Same, Sole, Tags, Update, Usual};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::snapshot::Live;
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Map, ResourceId, Value};

use crate::draft::Draft;
use crate::inverse;
use crate::nsgs;
use crate::placement::{self, Placement, placement};
use crate::versions;

const SUBNET: Shape = Shape::Struct(&[
    Field::required(
        "prefix",
        Shape::Text(Format::Cidr),
        "The addresses of the subnet.",
    ),
    Field::optional(
        "nsg",
        Shape::Text(Format::Reference),
        "none",
        "The network security group of the subnet: a name from `nsgs`, or a resource id.",
    ),
]);

static SECTION: Section = Section {
    name: "networks",
    noun: "network",
    doc: "Virtual networks with their subnets.",
    shape: Shape::Struct(&[
        placement::NAME,
        Field::optional(
            "address_space",
            Shape::OneOrMany(&Shape::Text(Format::Cidr)),
            "10.0.0.0/16",
            "The addresses of the network.",
        ),
        Field::optional(
            "subnets",
            Shape::Keyed(&SUBNET),
            "none",
            "The subnets by name.",
        ),
        Field::optional(
            "dns_servers",
            Shape::List(&Shape::Text(Format::Ip)),
            "Azure's",
            "Name servers that machines are told, in this order.",
        ),
        placement::SUBSCRIPTION,
        placement::RESOURCE_GROUP,
        placement::LOCATION,
        placement::TAGS,
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

/// What is known about virtual networks.
pub(crate) static NETWORK: Rules = Rules {
    resource_type: "Microsoft.Network/virtualNetworks",
    api_version: versions::NETWORK,
    noun: "network",
    lost: &[],
    usual: Usual {
        write: 4,
        delete: 12,
    },
    children: &[Child {
        path: "properties.subnets",
        rules: &SUBNETS,
        fate: Fate::Own,
    }],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new(
            "address_space",
            "properties.addressSpace.addressPrefixes",
            Same::Set,
        ),
        Row::new(
            "dns_servers",
            "properties.dhcpOptions.dnsServers",
            Same::Caseless,
        )
        .absent(Absent::Removed),
    ],
    lists: &[],
    noise: &[
        "etag",
        "properties.resourceGuid",
        "properties.virtualNetworkPeerings",
        "properties.subnets",
    ],
    // Subnets are left out so that they stay as they are.
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "properties.provisioningState",
        "properties.resourceGuid",
        "properties.subnets",
        "properties.flowLogs",
        "properties.defaultPublicNatGateway",
        "properties.virtualNetworkPeerings[].etag",
        "properties.virtualNetworkPeerings[].properties.provisioningState",
        "properties.virtualNetworkPeerings[].properties.remoteVirtualNetworkEncryption",
        "properties.virtualNetworkPeerings[].properties.resourceGuid",
    ],
};

/// What is known about subnets.
pub(crate) static SUBNETS: Rules = Rules {
    resource_type: "Microsoft.Network/virtualNetworks/subnets",
    api_version: versions::NETWORK,
    noun: "subnet",
    lost: &[],
    usual: Usual {
        write: 4,
        delete: 12,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Parent,
    rows: &[
        // 400 InUsePrefixCannotBeDeleted otherwise.
        Row::new("prefix", "properties.addressPrefix", Same::Set)
            .twin("properties.addressPrefixes")
            .sole(Sole::Ranges)
            .only(Only::Unused("properties.ipConfigurations")),
        Row::new("nsg", "properties.networkSecurityGroup.id", Same::Id).absent(Absent::Removed),
    ],
    lists: &[],
    noise: &[
        "etag",
        "properties.ipConfigurationProfiles",
        "properties.privateEndpoints",
        "properties.purpose",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "properties.provisioningState",
        "properties.ipConfigurations",
        "properties.ipConfigurationProfiles",
        "properties.privateEndpoints",
        "properties.purpose",
        "properties.resourceNavigationLinks",
        "properties.serviceAssociationLinks",
        "properties.delegations[].etag",
        "properties.delegations[].properties.actions",
        "properties.delegations[].properties.provisioningState",
        "properties.serviceEndpoints[].provisioningState",
    ],
};

static TYPES: &[&Rules] = &[&NETWORK, &SUBNETS];

/// The kind `networks`.
pub(crate) struct Networks;

fn network_id(entry: &Entry, place: &Placement) -> ResourceId {
    let name = entry.item.text("name").unwrap_or(&entry.key);
    place.id(NETWORK.resource_type, &[name])
}

fn subnet_address(network: &Address, name: &str) -> Address {
    network.join("subnets").join(name)
}

impl Kind for Networks {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let id = network_id(entry, &placement(entry, around));
        let subnets = subnets(&entry.item).map(|(name, _)| {
            (
                subnet_address(&entry.address, name),
                id.child("subnets", name),
            )
        });
        std::iter::once((entry.address.clone(), id.clone()))
            .chain(subnets)
            .collect()
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(entry, around);
        let id = network_id(entry, &place);
        let mut draft =
            Draft::new(&NETWORK, entry.address.clone(), id.clone(), entry, &place).tracked(&place);
        match entry.item.get("address_space") {
            Some(space) => {
                draft.put(
                    "address_space",
                    "properties.addressSpace.addressPrefixes",
                    space,
                );
                let prefixes: Vec<Value> = space.elements().iter().map(Item::to_value).collect();
                draft.set("properties.addressSpace.addressPrefixes", prefixes);
            }
            None => {
                draft.set(
                    "properties.addressSpace.addressPrefixes",
                    vec![Value::text("10.0.0.0/16")],
                );
            }
        }
        draft.put_key(
            &entry.item,
            "dns_servers",
            "dns_servers",
            "properties.dhcpOptions.dnsServers",
        );
        draft.depends_on(entry);
        crate::vms::protect(&entry.item, draft.desired());
        let space = draft
            .desired()
            .body
            .at(&["properties", "addressSpace", "addressPrefixes"]);
        let space = space.and_then(Value::as_list).unwrap_or(&[]).iter();
        let space = space
            .map(Value::to_plain_text)
            .collect::<Vec<_>>()
            .join(", ");
        draft.fact(space);
        out.resources.push(draft.finish());
        out.attributes
            .insert(entry.address.clone(), attributes(&id, &entry.address));
        for (name, item) in subnets(&entry.item) {
            declare_subnet(entry, name, item, &id, around, &place, out);
        }
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        for live in found.open(NETWORK.resource_type, drawing) {
            let mut entry = inverse::properties(&NETWORK, &SECTION.shape, live, &[]);
            let mut written = Vec::new();
            for subnet in children(found, &live.id) {
                entry
                    .map("subnets")
                    .set(subnet.id.name(), subnet_from_live(subnet, drawing));
                written.push(subnet.id.clone());
            }
            inverse::place(found, &[live], &mut entry);
            drawing.enter(SECTION.name, &live.id, entry);
            drawing.settled.extend(written);
        }
    }
}

fn children<'a>(found: &'a Found, network: &ResourceId) -> impl Iterator<Item = &'a Live> {
    let network = network.clone();
    found.snapshot.iter().filter(move |live| {
        live.id
            .resource_type()
            .eq_ignore_ascii_case(SUBNETS.resource_type)
            && live.id.parent().as_ref() == Some(&network)
    })
}

fn subnet_from_live(live: &Live, drawing: &Drawing) -> Outline {
    let mut subnet = inverse::properties(&SUBNETS, &SUBNET, live, &["nsg"]);
    let group = inverse::id_at(&live.body, &["properties", "networkSecurityGroup", "id"]);
    if let Some(group) = group {
        subnet.set("nsg", inverse::reference(drawing, &group));
    }
    subnet
}

fn subnets(item: &Item) -> impl Iterator<Item = (&str, &Item)> {
    item.get("subnets")
        .map_or(&[][..], Item::members)
        .iter()
        .map(|member| (member.name.as_str(), &member.item))
}

fn declare_subnet(
    entry: &Entry,
    name: &str,
    item: &Item,
    network: &ResourceId,
    around: &Surroundings<'_>,
    place: &Placement,
    out: &mut Declaration,
) {
    let address = subnet_address(&entry.address, name);
    let id = network.child("subnets", name);
    let mut draft = Draft::new(&SUBNETS, address.clone(), id.clone(), entry, place);
    draft.desired().place = item.place.clone();
    draft.need(&entry.address, Relation::Inside, &item.place);
    draft.put_key(item, "prefix", "prefix", "properties.addressPrefix");
    if let Some(group) = item.get("nsg") {
        nsgs::attach(
            &mut draft,
            group,
            "properties.networkSecurityGroup",
            around,
            out,
        );
    }
    draft.fact(
        item.get("prefix")
            .map_or(String::new(), |prefix| prefix.to_value().to_plain_text()),
    );
    out.resources.push(draft.finish());
    out.attributes
        .insert(address.clone(), attributes(&id, &address));
}

/// What every resource lets others read: its id, its name, its live body.
pub(crate) fn attributes(id: &ResourceId, address: &Address) -> Attributes {
    Attributes {
        named: Map::from([
            ("id", Value::text(id.as_str())),
            ("name", Value::text(id.name())),
        ]),
        body_of: Some(address.clone()),
    }
}

/// A reference to another resource, as Azure wants it.
pub(crate) fn reference(id: &ResourceId) -> Value {
    Value::Map(Map::from([("id", Value::text(id.as_str()))]))
}
