//! Sections for tests: small ones in the form of the real ones.

use tenon_model::shape::{Field, Fleet, Format, Section, Shape};

const fn key(name: &'static str, shape: Shape) -> Field {
    Field::optional(name, shape, "nothing", "A key.")
}

const TEXT: Shape = Shape::Text(Format::Free);
const REFERENCE: Shape = Shape::Text(Format::Reference);

const IMAGE: &[Field] = &[
    key("tenant", Shape::Text(Format::Tenant)),
    Field::required(
        "id",
        Shape::Text(Format::ResourceId),
        "The image definition.",
    ),
    key("version", Shape::Text(Format::ImageVersion)),
];

const SUBNET: &[Field] = &[
    key("prefix", Shape::Text(Format::Cidr)),
    key("nsg", REFERENCE),
];

const NETWORK: &[Field] = &[
    key(
        "address_space",
        Shape::OneOrMany(&Shape::Text(Format::Cidr)),
    ),
    key("dns_servers", Shape::List(&Shape::Text(Format::Ip))),
    key("subnets", Shape::Keyed(&Shape::Struct(SUBNET))),
];

const RULE: &[Field] = &[
    Field::required(
        "priority",
        Shape::Integer {
            min: 100,
            max: 4096,
        },
        "Lower comes first.",
    ),
    key("port", Shape::OneOrMany(&Shape::Text(Format::Port))),
    key(
        "from",
        Shape::OneOrMany(&Shape::Text(Format::AddressPrefix)),
    ),
    key("access", Shape::OneOf(&["Allow", "Deny"])),
];

const NSG: &[Field] = &[key("rules", Shape::Keyed(&Shape::Struct(RULE)))];

const DISK: &[Field] = &[
    key(
        "size_gb",
        Shape::Integer {
            min: 1,
            max: 65_536,
        },
    ),
    key(
        "sku",
        Shape::OneOf(&["Standard_LRS", "StandardSSD_LRS", "Premium_LRS"]),
    ),
    key("protect", Shape::Boolean),
];

const PUBLIC_IP: &[Field] = &[
    key("sku", Shape::OneOf(&["Basic", "Standard"])),
    key("dns_name", TEXT),
];

const HEALTH: &[Field] = &[
    key(
        "tcp",
        Shape::Integer {
            min: 1,
            max: 65_535,
        },
    ),
    key("within", Shape::Text(Format::Duration)),
];

const ROLLOUT: &[Field] = &[
    key("max_unavailable", Shape::Integer { min: 1, max: 100 }),
    key("health", Shape::Struct(HEALTH)),
    key("pause", Shape::Text(Format::Duration)),
];

const VM: &[Field] = &[
    Field::required("image", REFERENCE, "What the machine is built from."),
    key("name", Shape::Text(Format::Name)),
    key("location", Shape::Text(Format::Region)),
    key("size", TEXT),
    key("zone", Shape::OneOf(&["1", "2", "3"])),
    key("zones", Shape::OneOrMany(&Shape::OneOf(&["1", "2", "3"]))),
    key("subnet", REFERENCE),
    key(
        "public_ip",
        Shape::Either(&[Shape::Boolean, Shape::Struct(PUBLIC_IP)]),
    ),
    key("nsg_rule", Shape::OneOf(&["SSH", "RDP", "NONE"])),
    key("admin_username", TEXT),
    key("admin_password", Shape::Text(Format::Secret)),
    key("ssh_key", Shape::OneOrMany(&Shape::Text(Format::File))),
    key("user_data", Shape::Text(Format::File)),
    key("data_disks", Shape::Keyed(&Shape::Struct(DISK))),
    key("rollout", Shape::Struct(ROLLOUT)),
    key("depends_on", Shape::OneOrMany(&REFERENCE)),
    key("tags", Shape::Keyed(&TEXT)),
    key("description", TEXT),
    key("protect", Shape::Boolean),
];

const RESOURCE: &[Field] = &[
    key("type", Shape::Text(Format::TypeAtVersion)),
    key("name", Shape::Text(Format::Name)),
    key("body", Shape::Any),
    key("existing", Shape::Text(Format::ResourceId)),
    key("ignore", Shape::List(&TEXT)),
];

const VERSION: &[Field] = &[
    key("source", REFERENCE),
    key(
        "replicate_to",
        Shape::Keyed(&Shape::Integer { min: 1, max: 50 }),
    ),
    key("exclude_from_latest", Shape::Boolean),
    key("end_of_life", TEXT),
    key("protect", Shape::Boolean),
];

const DEFINITION: &[Field] = &[
    Field::required(
        "os_type",
        Shape::OneOf(&["Linux", "Windows"]),
        "Its system.",
    ),
    key("os_state", Shape::OneOf(&["Generalized", "Specialized"])),
    key("hyper_v_generation", Shape::OneOf(&["V1", "V2"])),
    key("architecture", Shape::OneOf(&["x64", "Arm64"])),
    key("security", TEXT),
    key("identifier", Shape::Keyed(&TEXT)),
    key("versions", Shape::Keyed(&Shape::Struct(VERSION))),
];

const GALLERY: &[Field] = &[key("images", Shape::Keyed(&Shape::Struct(DEFINITION)))];

const APP: &[Field] = &[
    key("audience", Shape::OneOf(&["single_tenant", "multi_tenant"])),
    key("redirect_uri", TEXT),
    key("federated", Shape::Keyed(&Shape::Keyed(&TEXT))),
];

const ACCESS: &[Field] = &[
    Field::required("principal", REFERENCE, "Who."),
    Field::required("role", TEXT, "What."),
    Field::required("scope", REFERENCE, "Where."),
];

const fn section(name: &'static str, fields: &'static [Field], fleet: Fleet) -> Section {
    Section {
        name,
        noun: "thing",
        doc: "Things.",
        shape: Shape::Struct(fields),
        fleet,
    }
}

pub(crate) const SECTIONS: &[&Section] = &[
    &section("images", IMAGE, Fleet::Single),
    &section("networks", NETWORK, Fleet::Single),
    &section("nsgs", NSG, Fleet::Single),
    &section("vms", VM, Fleet::Allowed),
    &section("galleries", GALLERY, Fleet::Single),
    &section("apps", APP, Fleet::Single),
    &section("access", ACCESS, Fleet::Single),
    &section("resources", RESOURCE, Fleet::Allowed),
];
