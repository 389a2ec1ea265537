//! `public_ips`: public IP addresses that outlive what uses them.
//!
//! api-version 2025-01-01. Basic addresses can no longer be made (since
//! 2025-03-31), and Standard ones are static.

use tenon_model::desired::Declaration;
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Loss, Row, Rules, Same, Tags, Update, Usual, View};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, ResourceId};

use crate::draft::Draft;
use crate::{placement, single, versions};

/// The label of an address in Azure's DNS.
pub(crate) const DNS_NAME: Field = Field::optional(
    "dns_name",
    Shape::Text(Format::Free),
    "none",
    "The label of the address in Azure's DNS.",
);
/// How long an idle connection lives.
pub(crate) const IDLE_TIMEOUT: Field = Field::optional(
    "idle_timeout",
    Shape::Integer { min: 4, max: 30 },
    "4",
    "Minutes before an idle connection is dropped.",
);

static SECTION: Section = Section {
    name: "public_ips",
    noun: "public IP",
    doc: "Public IP addresses by themselves: Standard, static. A machine takes one by its name, `public_ip: name`.",
    shape: Shape::Struct(&[
        placement::NAME,
        DNS_NAME,
        IDLE_TIMEOUT,
        Field::optional(
            "zones",
            Shape::List(&Shape::Text(Format::Free)),
            "none",
            "The availability zones that it lies in: one, or all of the region.",
        ),
        placement::SUBSCRIPTION,
        placement::RESOURCE_GROUP,
        placement::LOCATION,
        placement::TAGS,
        placement::PROTECT,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

/// What is known about public IP addresses.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Network/publicIPAddresses",
    api_version: versions::NETWORK,
    noun: "public_ip",
    lost: &[Loss::Value("public_ip", "properties.ipAddress")],
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
        Row::new("sku", "sku.name", Same::Caseless).fixed(),
        Row::new(
            "allocation",
            "properties.publicIPAllocationMethod",
            Same::Caseless,
        )
        .fixed()
        .seen(View::Plumbing),
        Row::new("zones", "zones", Same::Set).fixed(),
        Row::new(
            "idle_timeout",
            "properties.idleTimeoutInMinutes",
            Same::Caseless,
        )
        .absent(Absent::Default("4")),
        Row::new(
            "dns_name",
            "properties.dnsSettings.domainNameLabel",
            Same::Caseless,
        )
        .absent(Absent::Removed),
    ],
    lists: &[],
    noise: &[
        "etag",
        "properties.resourceGuid",
        "properties.ipTags",
        "properties.ddosSettings",
        "sku.tier",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "etag",
        "properties.provisioningState",
        "properties.resourceGuid",
        "properties.ipConfiguration",
        "properties.ipAddress",
        "properties.dnsSettings.fqdn",
    ],
};

static TYPES: &[&Rules] = &[&RULES];

/// The kind `public_ips`.
pub(crate) struct PublicIps;

impl Kind for PublicIps {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        single::ids(&RULES, entry, around)
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let mut draft = single::draft(&RULES, entry, around);
        fill(&mut draft, Some(&entry.item));
        if let Some(zones) = entry.item.get("zones") {
            draft.put("zones", "zones", zones);
        }
        let attributes = single::add(draft, out);
        for (name, member) in [
            ("ip_address", "properties.ipAddress"),
            ("fqdn", "properties.dnsSettings.fqdn"),
        ] {
            let value = single::live(&entry.address, member);
            attributes.named.insert(name, value);
        }
    }
}

/// Writes what every address has, and what `item` says about it.
pub(crate) fn fill(draft: &mut Draft, item: Option<&Item>) {
    draft.set("sku.name", "Standard");
    draft.set("properties.publicIPAllocationMethod", "Static");
    draft.fact("Standard, static");
    let Some(item) = item else { return };
    draft.put_key(
        item,
        "dns_name",
        "dns_name",
        "properties.dnsSettings.domainNameLabel",
    );
    draft.put_key(
        item,
        "idle_timeout",
        "idle_timeout",
        "properties.idleTimeoutInMinutes",
    );
    if let Some(label) = item.get("dns_name").and_then(Item::scalar) {
        draft.fact(label.as_text().unwrap_or_default());
    }
}
