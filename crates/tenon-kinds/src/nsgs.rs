//! `nsgs`: network security groups and their rules.
//!
//! api-version 2025-01-01. Rules live inside the group's body; the list of the
//! spec is the whole list, because a rule that somebody opens in the portal is
//! the very thing that a reviewer wants to see undone.

use tenon_model::desired::{Declaration, Relation};
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{
    Absent, Extra, KeyedList, Keys, Row, Rules, Same, Tags, Update, Usual, View,
};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::{Entry, Item, Member};
use tenon_model::{Address, Code, Diagnostic, Help, Map, ResourceId, Value};

use crate::draft::{Draft, set_at};
use crate::networks::attributes;
use crate::placement::{self, placement};
use crate::single;
use crate::versions;
use tenon_model::suggest::nearest;

const PREFIXES: Shape = Shape::OneOrMany(&Shape::Text(Format::AddressPrefix));
const PORTS: Shape = Shape::OneOrMany(&Shape::Text(Format::Port));

const RULE: Shape = Shape::Struct(&[
    Field::required(
        "priority",
        Shape::Integer {
            min: 100,
            max: 4096,
        },
        "The order of the rule, lowest first; each only once per direction.",
    ),
    Field::required(
        "port",
        PORTS,
        "The destination ports: one, a range, `*`, or a list.",
    ),
    Field::required(
        "from",
        PREFIXES,
        "Where the traffic comes from: an address range, a service tag such as `Internet`, or `*`.",
    ),
    Field::optional("to", PREFIXES, "`*`", "Where the traffic goes."),
    Field::optional("source_port", PORTS, "`*`", "The source ports."),
    Field::optional(
        "protocol",
        Shape::OneOf(&["Tcp", "Udp", "Icmp", "Esp", "Ah", "*"]),
        "Tcp",
        "The protocol.",
    ),
    Field::optional(
        "direction",
        Shape::OneOf(&["Inbound", "Outbound"]),
        "Inbound",
        "The direction.",
    ),
    Field::optional(
        "access",
        Shape::OneOf(&["Allow", "Deny"]),
        "Allow",
        "What the rule does.",
    ),
    Field::optional(
        "description",
        Shape::Text(Format::Free),
        "none",
        "Up to 140 characters.",
    ),
]);

static SECTION: Section = Section {
    name: "nsgs",
    noun: "nsg",
    doc: "Network security groups. `rules` is the whole list: a rule that is there and not in the spec is taken out.",
    shape: Shape::Struct(&[
        placement::NAME,
        Field::optional("rules", Shape::Keyed(&RULE), "none", "The rules by name."),
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

macro_rules! rule {
    ($member:literal) => {
        concat!("properties.securityRules[name].properties.", $member)
    };
}

/// What is known about network security groups.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Network/networkSecurityGroups",
    api_version: versions::NETWORK,
    noun: "nsg",
    lost: &[],
    usual: Usual {
        write: 3,
        delete: 12,
    },
    children: &[],
    update: Update::Put,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new(
            "rules.*.name",
            "properties.securityRules[name].name",
            Same::Caseless,
        )
        .seen(View::Plumbing),
        Row::new("rules.*.priority", rule!("priority"), Same::Caseless),
        Row::new("rules.*.direction", rule!("direction"), Same::Caseless),
        Row::new("rules.*.access", rule!("access"), Same::Caseless),
        Row::new("rules.*.protocol", rule!("protocol"), Same::Caseless),
        Row::new("rules.*.description", rule!("description"), Same::Exact).absent(Absent::Removed),
        Row::new("rules.*.source_port", rule!("sourcePortRange"), Same::Set)
            .twin(rule!("sourcePortRanges")),
        Row::new("rules.*.port", rule!("destinationPortRange"), Same::Set)
            .twin(rule!("destinationPortRanges")),
        Row::new("rules.*.from", rule!("sourceAddressPrefix"), Same::Set)
            .twin(rule!("sourceAddressPrefixes")),
        Row::new("rules.*.to", rule!("destinationAddressPrefix"), Same::Set)
            .twin(rule!("destinationAddressPrefixes")),
    ],
    lists: &[KeyedList {
        path: "properties.securityRules",
        key: "name",
        property: "rules.*",
        extra: Extra::Remove,
        keys: Keys::Names,
    }],
    noise: &[
        "etag",
        "properties.resourceGuid",
        "properties.defaultSecurityRules",
        "properties.networkInterfaces",
        "properties.subnets",
        "properties.flowLogs",
        "properties.securityRules[].id",
        "properties.securityRules[].etag",
        "properties.securityRules[].type",
        "properties.securityRules[].properties.provisioningState",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "properties.provisioningState",
        "properties.resourceGuid",
        "properties.defaultSecurityRules",
        "properties.networkInterfaces",
        "properties.subnets",
        "properties.flowLogs",
        "properties.securityRules[].etag",
        "properties.securityRules[].type",
        "properties.securityRules[].properties.provisioningState",
    ],
};

static TYPES: &[&Rules] = &[&RULES];

/// The kind `nsgs`.
pub(crate) struct Nsgs;

impl Kind for Nsgs {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        let name = entry.item.text("name").unwrap_or(&entry.key);
        let id = placement(entry, around).id(RULES.resource_type, &[name]);
        vec![(entry.address.clone(), id)]
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(entry, around);
        let id = around.ids[&entry.address].clone();
        let mut draft =
            Draft::new(&RULES, entry.address.clone(), id.clone(), entry, &place).tracked(&place);
        let rules = entry.item.get("rules").map_or(&[][..], Item::members);
        for rule in rules {
            lint_open(rule, &entry.address, out);
        }
        let bodies: Vec<Value> = rules.iter().map(|rule| body(rule, &mut draft)).collect();
        draft.set("properties.securityRules", bodies);
        draft.depends_on(entry);
        crate::vms::protect(&entry.item, draft.desired());
        draft.fact(match rules.len() {
            1 => "1 rule".to_owned(),
            count => format!("{count} rules"),
        });
        out.resources.push(draft.finish());
        out.attributes
            .insert(entry.address.clone(), attributes(&id, &entry.address));
        duplicate_priorities(rules, &entry.address, out);
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        single::draw(&SECTION, &RULES, found, drawing);
    }
}

fn body(rule: &Member, draft: &mut Draft) -> Value {
    let item = &rule.item;
    let name = &rule.name;
    let mut properties = Map::from([
        (
            "protocol",
            Value::text(item.text("protocol").unwrap_or("Tcp")),
        ),
        (
            "direction",
            Value::text(item.text("direction").unwrap_or("Inbound")),
        ),
        (
            "access",
            Value::text(item.text("access").unwrap_or("Allow")),
        ),
    ]);
    for key in ["priority", "description"] {
        if let Some(value) = item.get(key) {
            properties.insert(key, value.to_value());
        }
    }
    for (key, one, many) in [
        ("port", "destinationPortRange", "destinationPortRanges"),
        ("source_port", "sourcePortRange", "sourcePortRanges"),
        ("from", "sourceAddressPrefix", "sourceAddressPrefixes"),
        (
            "to",
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
        ),
    ] {
        match item.get(key).map(Item::elements) {
            None => properties.insert(one, Value::text("*")),
            Some([single]) => properties.insert(one, single.to_value()),
            Some(several) => properties.insert(
                many,
                several
                    .iter()
                    .map(Item::to_value)
                    .collect::<Vec<_>>()
                    .into(),
            ),
        };
    }
    for member in item.members() {
        draft.at(&format!("rules.{name}.{}", member.name), &member.item.place);
        draft.reads(&member.item);
    }
    draft.at(&format!("rules.{name}"), &rule.place);
    let mut body = Value::Map(Map::from([("name", Value::text(name.as_str()))]));
    set_at(&mut body, "properties", Value::Map(properties));
    body
}

/// Attaches the group that `item` names at `path` of the body.
pub(crate) fn attach(
    draft: &mut Draft,
    item: &Item,
    path: &str,
    around: &Surroundings<'_>,
    out: &mut Declaration,
) {
    let Some(named) = named(item, "nsgs", around) else {
        out.diagnostics
            .push(unknown(item, "nsgs", "network security group", around));
        return;
    };
    draft.set(&format!("{path}.id"), named.value);
    draft.at("nsg", &item.place);
    if let Some(address) = named.address {
        draft.need(&address, Relation::Uses, &item.place);
    }
}

/// What a reference stands for.
pub(crate) struct Named {
    /// The id.
    pub(crate) value: Value,
    /// The address, if it is one of this spec.
    pub(crate) address: Option<Address>,
}

/// What `item` names: an entry of the collection `section`, or a full id.
pub(crate) fn named(item: &Item, section: &str, around: &Surroundings<'_>) -> Option<Named> {
    let value = item.scalar()?;
    let Some(text) = value.as_text() else {
        return Some(Named {
            value: value.clone(),
            address: None,
        });
    };
    if let Ok(id) = ResourceId::parse(text) {
        let address = around.ids.iter().find(|(_, known)| **known == id);
        return Some(Named {
            value: Value::text(text),
            address: address.map(|(address, _)| address.clone()),
        });
    }
    let address = Address::new(section).join(text);
    let id = around.ids.get(&address)?;
    Some(Named {
        value: Value::text(id.as_str()),
        address: Some(address),
    })
}

/// The problem that `item` names nothing of the collection `section`.
pub(crate) fn unknown(
    item: &Item,
    section: &str,
    noun: &str,
    around: &Surroundings<'_>,
) -> Diagnostic {
    let text = item.to_value().to_plain_text();
    let prefix = format!("{section}.");
    let known: Vec<&str> = around
        .ids
        .keys()
        .filter_map(|address| address.as_str().strip_prefix(&prefix))
        .filter(|name| !name.contains('.'))
        .collect();
    let problem = Diagnostic::error(
        Code::UnknownReference,
        format!("`{text}` is no {noun} of this spec"),
    );
    let near = nearest(&text, known.iter().copied());
    let message = near.map_or(String::new(), |name| format!("did you mean `{name}`?"));
    let rename = near.and_then(|name| Help::rename(&item.place, &text, name));
    let problem = problem.at(&item.place, message).help_if(rename);
    if known.is_empty() {
        return problem.help(Help::text(format!(
            "add it under `{section}:`, or write a full resource id"
        )));
    }
    problem
        .note(format!("known here: {}", known.join(", ")))
        .help(Help::text("a full resource id works as well"))
}

fn is_everywhere(item: &Item) -> bool {
    item.elements().iter().any(|one| {
        one.scalar().and_then(Value::as_text).is_some_and(|text| {
            text == "*"
                || text == "0.0.0.0/0"
                || text == "::/0"
                || text.eq_ignore_ascii_case("internet")
        })
    })
}

fn opens(item: &Item, wanted: u16) -> bool {
    item.elements().iter().any(|one| {
        let text = one.to_value().to_plain_text();
        match text.split_once('-') {
            Some((from, to)) => {
                let (from, to) = (from.parse::<u16>(), to.parse::<u16>());
                matches!((from, to), (Ok(from), Ok(to)) if (from..=to).contains(&wanted))
            }
            None => text == "*" || text.parse() == Ok(wanted),
        }
    })
}

fn lint_open(rule: &Member, address: &Address, out: &mut Declaration) {
    let item = &rule.item;
    let inbound = item
        .text("direction")
        .is_none_or(|direction| direction == "Inbound");
    let allows = item.text("access").is_none_or(|access| access == "Allow");
    let from_everywhere = item.get("from").is_some_and(is_everywhere);
    if !(inbound && allows && from_everywhere) {
        return;
    }
    let Some(port) = item.get("port") else { return };
    for (number, service) in [(22, "SSH"), (3389, "RDP")] {
        if opens(port, number) {
            out.diagnostics.push(
                open_to_the_internet(service, number)
                    .at(&item.get("from").unwrap_or(item).place, "every address")
                    .help(Help::text(
                        "write the range that your people come from: from: 203.0.113.0/24",
                    ))
                    .about(address),
            );
        }
    }
}

/// The lint about a door that is open to everybody.
pub(crate) fn open_to_the_internet(service: &str, port: u16) -> Diagnostic {
    Diagnostic::warning(
        Code::OpenToTheInternet,
        format!("{service} (port {port}) is open to every address on the Internet"),
    )
}

fn duplicate_priorities(rules: &[Member], address: &Address, out: &mut Declaration) {
    let key = |rule: &Member| {
        let direction = rule.item.text("direction").unwrap_or("Inbound").to_owned();
        rule.item
            .int("priority")
            .map(|priority| (direction, priority))
    };
    for (index, rule) in rules.iter().enumerate() {
        let Some(own) = key(rule) else { continue };
        let Some(other) = rules[..index]
            .iter()
            .find(|other| key(other).as_ref() == Some(&own))
        else {
            continue;
        };
        out.diagnostics.push(
            Diagnostic::error(
                Code::InvalidValue,
                format!(
                    "rules `{}` and `{}` have the same priority {}",
                    other.name, rule.name, own.1
                ),
            )
            .at(
                &rule.item.get("priority").unwrap_or(&rule.item).place,
                "taken",
            )
            .context(
                &other.item.get("priority").unwrap_or(&other.item).place,
                "here already",
            )
            .note(format!(
                "Azure wants each priority once per direction ({})",
                own.0
            ))
            .about(address),
        );
    }
}
