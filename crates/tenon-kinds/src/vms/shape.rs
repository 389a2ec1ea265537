//! The keys of an entry of `vms`. Names are those of `az vm create`, with
//! underscores.

use tenon_model::rules::LIMITS;
use tenon_model::shape::{Field, Format, Shape};

use crate::{placement, public_ips};

pub(crate) const CACHING: Shape = Shape::OneOf(&["None", "ReadOnly", "ReadWrite"]);
pub(crate) const DISK_SKU: Shape = Shape::OneOf(&[
    "Premium_LRS",
    "Premium_ZRS",
    "StandardSSD_LRS",
    "StandardSSD_ZRS",
    "Standard_LRS",
]);

pub(crate) const OS_DISK: Shape = Shape::Struct(&[
    Field::optional(
        "size_gb",
        Shape::Integer { min: 1, max: 4095 },
        "the image's",
        "Gibibytes, at least as many as the image has.",
    ),
    Field::optional("sku", DISK_SKU, "Azure's choice", "The kind of storage."),
    Field::optional("caching", CACHING, "ReadWrite", "Host caching."),
    Field::optional(
        "delete_option",
        Shape::OneOf(&["Delete", "Detach"]),
        "Delete",
        "Whether it goes with the machine. `Detach` leaves it behind, and nobody's.",
    ),
    Field::optional(
        "security_encryption",
        Shape::OneOf(&["VMGuestStateOnly", "DiskWithVMGuestState"]),
        "VMGuestStateOnly with ConfidentialVM",
        "What of a confidential machine is encrypted: the guest's state, or the disk as well. It implies `ConfidentialVM`.",
    ),
]);

const DATA_DISK: Shape = Shape::Struct(&[
    placement::NAME,
    Field::required(
        "size_gb",
        Shape::Integer {
            min: 1,
            max: 65_536,
        },
        "Gibibytes; it only grows.",
    ),
    Field::optional("sku", DISK_SKU, "Premium_LRS", "The kind of storage."),
    Field::optional("caching", CACHING, "None", "Host caching."),
    Field::optional(
        "lun",
        Shape::Integer { min: 0, max: 63 },
        "by order",
        "The number under which the machine sees it.",
    ),
    Field::optional(
        "protect",
        Shape::Boolean,
        "true",
        "Keeps the disk when its machine goes, and refuses to replace it.",
    ),
]);

pub(crate) const SECURITY: Shape = Shape::Struct(&[
    Field::optional(
        "type",
        Shape::OneOf(&["Standard", "TrustedLaunch", "ConfidentialVM"]),
        "TrustedLaunch where the image says it can",
        "The security type.",
    ),
    Field::optional(
        "secure_boot",
        Shape::Boolean,
        "true with TrustedLaunch and ConfidentialVM",
        "Secure boot.",
    ),
    Field::optional(
        "vtpm",
        Shape::Boolean,
        "true with TrustedLaunch and ConfidentialVM",
        "A virtual TPM.",
    ),
    Field::optional(
        "encryption_at_host",
        Shape::Boolean,
        "false",
        "Whether the host encrypts disks and caches; the subscription needs the feature.",
    ),
]);

pub(crate) const IDENTITY: Shape = Shape::Struct(&[
    Field::optional(
        "system",
        Shape::Boolean,
        "false",
        "Whether Azure makes an identity that goes with the machine; `${vms.name.principal_id}` reads it.",
    ),
    Field::optional(
        "user",
        Shape::OneOrMany(&Shape::Text(Format::Reference)),
        "none",
        "User-assigned identities: names from `identities`, or resource ids. Those that others assigned stay.",
    ),
]);

const PUBLIC_IP: Shape = Shape::Either(&[
    Shape::Boolean,
    Shape::Text(Format::Reference),
    Shape::Struct(&[
        Field::optional(
            "name",
            Shape::Text(Format::Name),
            "the machine's with `PublicIP` behind it",
            "The name in Azure.",
        ),
        public_ips::DNS_NAME,
        Field::optional(
            "sku",
            Shape::OneOf(&["Standard"]),
            "Standard",
            "Basic can no longer be made.",
        ),
        Field::optional(
            "allocation",
            Shape::OneOf(&["Static"]),
            "Static",
            "Standard addresses are static.",
        ),
        public_ips::IDLE_TIMEOUT,
    ]),
]);

const NIC: Shape = Shape::Struct(&[
    Field::optional(
        "name",
        Shape::Text(Format::Name),
        "the machine's with `VMNic` behind it",
        "The name in Azure.",
    ),
    Field::optional(
        "ip_configuration",
        Shape::Text(Format::Name),
        "the machine's with `ipconfig` before it",
        "The name of its address within the interface.",
    ),
]);

/// The keys of an entry of `vms`.
pub(super) const VM: &[Field] = &[
    placement::NAME,
    Field::required(
        "image",
        Shape::Text(Format::Reference),
        "The image: a name from `images`, or the id of a gallery image or one of its versions.",
    ),
    Field::optional(
        "size",
        Shape::Text(Format::Name),
        "Standard_D2s_v5",
        "The size.",
    ),
    Field::optional(
        "admin_username",
        Shape::Text(Format::Name),
        "your own name; in CI it must be written",
        "The administrator's account.",
    ),
    Field::optional(
        "admin_password",
        Shape::Text(Format::Secret),
        "none; Linux goes by key",
        "The administrator's password, as `${secrets.x}`.",
    ),
    Field::optional(
        "ssh_key",
        Shape::OneOrMany(&Shape::Text(Format::File)),
        "~/.ssh/id_rsa.pub",
        "Public keys: files, texts, or `generate` (`generate_ed25519`) to make `~/.ssh/id_rsa` (`id_ed25519`) when it is missing.",
    ),
    Field::optional(
        "computer_name",
        Shape::Text(Format::Name),
        "the name",
        "The name inside the machine.",
    ),
    Field::optional(
        "zone",
        Shape::Text(Format::Free),
        "none",
        "The availability zone.",
    ),
    Field::optional(
        "zones",
        Shape::List(&Shape::Text(Format::Free)),
        "none",
        "Availability zones that the instances of a fleet take in turn.",
    ),
    Field::optional(
        "availability_set",
        Shape::Text(Format::Reference),
        "none",
        "The availability set: a name from `availability_sets`, or a resource id. It excludes `zone` and spot.",
    ),
    Field::optional(
        "placement_group",
        Shape::Text(Format::Reference),
        "none",
        "The proximity placement group: a name from `placement_groups`, or a resource id.",
    ),
    Field::optional(
        "priority",
        Shape::OneOf(&["Spot", "Regular"]),
        "Regular",
        "`Spot` runs on spare capacity, which Azure may take back.",
    ),
    Field::optional(
        "eviction_policy",
        Shape::OneOf(&["Deallocate", "Delete"]),
        "Deallocate with Spot",
        "What happens to a spot machine when Azure takes it back.",
    ),
    Field::optional(
        "max_price",
        Shape::Text(Format::Free),
        "-1 with Spot",
        "The most that a spot machine may cost, in US dollars for an hour; -1 for whatever it costs.",
    ),
    Field::optional(
        "subnet",
        Shape::Text(Format::Reference),
        "a network of its own, named as `az vm create` does",
        "The subnet: `network/subnet`, or a resource id.",
    ),
    Field::optional(
        "vnet_address_prefix",
        Shape::Text(Format::Cidr),
        "10.0.0.0/16",
        "The addresses of a network of its own.",
    ),
    Field::optional(
        "subnet_address_prefix",
        Shape::Text(Format::Cidr),
        "the first /24 of the network",
        "The addresses of the subnet in a network of its own.",
    ),
    Field::optional(
        "nsg",
        Shape::Text(Format::Reference),
        "one of its own when the network is its own, none with `subnet`",
        "The network security group on the interface: a name from `nsgs`, or a resource id.",
    ),
    Field::optional(
        "nsg_rule",
        Shape::OneOf(&["SSH", "RDP", "NONE"]),
        "SSH on Linux, RDP on Windows",
        "What a network security group of its own lets in, from everywhere.",
    ),
    Field::optional(
        "public_ip",
        PUBLIC_IP,
        "true",
        "Whether it has a public IP address of its own; or one that is made by itself: a name from `public_ips`, or a resource id.",
    ),
    Field::optional(
        "private_ip",
        Shape::Text(Format::Ip),
        "Azure's choice",
        "A fixed private address.",
    ),
    Field::optional(
        "nic",
        NIC,
        "named as `az vm create` does",
        "Names of the interface, for machines that something else has made.",
    ),
    Field::optional(
        "accelerated_networking",
        Shape::Boolean,
        "Azure's choice",
        "Whether the interface bypasses the host.",
    ),
    Field::optional(
        "os_disk",
        OS_DISK,
        "the image's",
        "The OS disk. It goes with the machine.",
    ),
    Field::optional(
        "data_disks",
        Shape::Keyed(&DATA_DISK),
        "none",
        "Empty data disks by name.",
    ),
    Field::optional(
        "extensions",
        super::extension::SHAPE,
        "none",
        "Extensions by name: programs that Azure's agent runs inside of the machine. They go with it.",
    ),
    Field::optional(
        "security",
        SECURITY,
        "by the image",
        "Trusted launch, confidential machines, encryption at the host.",
    ),
    Field::optional("identity", IDENTITY, "none", "Who the machine acts as."),
    Field::optional(
        "user_data",
        Shape::Text(Format::File),
        "none",
        "Data that the machine can read at any time; a file or text.",
    ),
    Field::optional(
        "custom_data",
        Shape::Text(Format::File),
        "none",
        "Data for the first boot; a file or text. A change takes a replace.",
    ),
    Field::optional(
        "license_type",
        Shape::Text(Format::Name),
        "none",
        "A licence that is brought along, e.g. `Windows_Server`.",
    ),
    Field::optional(
        "boot_diagnostics",
        Shape::Boolean,
        "Azure's choice",
        "Whether the console can be looked at, in storage that Azure manages.",
    ),
    Field::optional(
        "rollout",
        super::rollout::SHAPE,
        "one at a time",
        "How changes that take machines down go through a fleet, and when a machine counts as well.",
    ),
    Field::optional(
        "max_disruption",
        LIMITS,
        "that of the spec",
        "The most that a change may do to the machine and its parts; more is an error of the plan.",
    ),
    placement::SUBSCRIPTION,
    placement::RESOURCE_GROUP,
    placement::LOCATION,
    placement::TAGS,
    placement::PROTECT,
    placement::IGNORE,
    placement::DEPENDS_ON,
];
