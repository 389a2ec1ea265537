//! The keys of an entry of `scale_sets`. Those that `vms` has mean the same
//! here; the others are named as `az vmss create` names them.

use tenon_model::rules::LIMITS;
use tenon_model::shape::{Field, Format, Shape};

use crate::placement;
use crate::vms::rollout::SHARE;
use crate::vms::shape::{CACHING, DISK_SKU, IDENTITY, OS_DISK, SECURITY};

const DATA_DISK: Shape = Shape::Struct(&[
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
]);

const PERCENT: Shape = Shape::Integer { min: 5, max: 100 };

const UPGRADE: Shape = Shape::Struct(&[
    Field::optional(
        "mode",
        Shape::OneOf(&["Manual", "Automatic", "Rolling"]),
        "Manual",
        "How a new model reaches machines that run. `Manual`: `tenon` upgrades them, by `rollout`. `Automatic`: Azure does, all at once, in no order. `Rolling`: Azure does, batch by batch.",
    ),
    Field::optional(
        "instances",
        Shape::OneOf(&["Upgrade", "Leave"]),
        "Upgrade",
        "With `mode: Manual`: `Leave` leaves machines that run with the model they have, until somebody else upgrades them.",
    ),
    Field::optional(
        "max_batch_instance_percent",
        PERCENT,
        "20",
        "The most machines of a batch.",
    ),
    Field::optional(
        "max_unhealthy_instance_percent",
        PERCENT,
        "20",
        "With more unwell machines in the set, no batch begins.",
    ),
    Field::optional(
        "max_unhealthy_upgraded_instance_percent",
        Shape::Integer { min: 0, max: 100 },
        "20",
        "With more unwell machines among those that were upgraded, the upgrade ends.",
    ),
    Field::optional(
        "pause_time_between_batches",
        Shape::Text(Format::Duration),
        "0s",
        "The wait between two batches.",
    ),
    Field::optional(
        "prioritize_unhealthy_instances",
        Shape::Boolean,
        "false",
        "Whether unwell machines go first.",
    ),
    Field::optional(
        "max_surge",
        Shape::Boolean,
        "false",
        "Whether new machines are made before old ones go.",
    ),
    Field::optional(
        "enable_cross_zone_upgrade",
        Shape::Boolean,
        "false",
        "Whether a batch may take machines of several zones.",
    ),
    Field::optional(
        "rollback_failed_instances_on_policy_breach",
        Shape::Boolean,
        "false",
        "Whether machines that are unwell get their old model back when the upgrade ends because of them.",
    ),
    Field::optional(
        "automatic_os_upgrade",
        Shape::Any,
        "Azure's choice",
        "`false` keeps Azure from choosing versions by itself; `true` is refused, because the spec and `tenon.lock` choose them.",
    ),
]);

const ROLLOUT: Shape = Shape::Struct(&[Field::optional(
    "max_unavailable",
    SHARE,
    "1",
    "How many machines may be down at the same time: a number, or percent such as `25%`. Machines that are unwell go first and count.",
)]);

const HEALTH: Shape = Shape::Struct(&[
    Field::required(
        "protocol",
        Shape::OneOf(&["http", "https", "tcp"]),
        "How the machine is asked.",
    ),
    Field::required(
        "port",
        Shape::Integer {
            min: 1,
            max: 65_535,
        },
        "The port.",
    ),
    Field::optional(
        "path",
        Shape::Text(Format::Free),
        "/",
        "The path of the request, with http and https.",
    ),
]);

/// The keys of an entry of `scale_sets`.
pub(super) const SCALE_SET: &[Field] = &[
    placement::NAME,
    Field::required(
        "image",
        Shape::Text(Format::Reference),
        "The image: a name from `images`, or the id of a gallery image or one of its versions.",
    ),
    Field::required(
        "subnet",
        Shape::Text(Format::Reference),
        "The subnet: `network/subnet`, or a resource id.",
    ),
    Field::optional(
        "capacity",
        Shape::Integer { min: 0, max: 1000 },
        "2 when it is made; afterwards nobody's business, so that autoscale may move it",
        "How many machines there are. Fewer than before means that some are deleted.",
    ),
    Field::optional(
        "size",
        Shape::Text(Format::Name),
        "Standard_D2s_v5",
        "The size.",
    ),
    Field::optional(
        "orchestration",
        Shape::OneOf(&["Flexible", "Uniform"]),
        "Flexible",
        "Whether its machines are ordinary ones, or exist only inside of the set. Images of another tenant are documented for `Uniform` only.",
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
        "computer_name_prefix",
        Shape::Text(Format::Name),
        "the beginning of the name",
        "What the names inside the machines begin with; six digits follow.",
    ),
    Field::optional(
        "zones",
        Shape::List(&Shape::Text(Format::Free)),
        "none",
        "Availability zones that the machines are spread over. More can be added later.",
    ),
    Field::optional(
        "zone_balance",
        Shape::Boolean,
        "Azure's choice",
        "Whether the set stops rather than being uneven over its zones.",
    ),
    Field::optional(
        "fault_domains",
        Shape::Integer { min: 1, max: 5 },
        "1 with `Flexible`, Azure's choice with `Uniform`",
        "Fault domains; 1 spreads as far as Azure can.",
    ),
    Field::optional(
        "single_placement_group",
        Shape::Boolean,
        "false with `Flexible` or more than 100 machines, else Azure's choice",
        "Whether all machines are in one placement group. It can be given up, not gained.",
    ),
    Field::optional(
        "overprovision",
        Shape::Boolean,
        "Azure's choice",
        "Whether Azure makes more machines than asked for and keeps the fastest; `Uniform` only.",
    ),
    Field::optional(
        "nsg",
        Shape::Text(Format::Reference),
        "none",
        "The network security group on the interfaces: a name from `nsgs`, or a resource id.",
    ),
    Field::optional(
        "public_ip",
        Shape::Boolean,
        "false",
        "Whether each machine has a public IP address.",
    ),
    Field::optional(
        "accelerated_networking",
        Shape::Boolean,
        "Azure's choice",
        "Whether the interfaces bypass the host.",
    ),
    Field::optional(
        "os_disk",
        OS_DISK,
        "the image's",
        "The OS disk. It goes with its machine.",
    ),
    Field::optional(
        "data_disks",
        Shape::Keyed(&DATA_DISK),
        "none",
        "Empty data disks that each machine gets. They go with their machine.",
    ),
    Field::optional("security", SECURITY, "by the image", "Trusted launch."),
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
        "Data for the first boot; a file or text. A change holds for machines that are made afterwards.",
    ),
    Field::optional(
        "upgrade",
        UPGRADE,
        "by `tenon`",
        "How a new model reaches machines that run.",
    ),
    Field::optional(
        "rollout",
        ROLLOUT,
        "one at a time",
        "With `upgrade.mode: Manual`: how `tenon` upgrades machines that run.",
    ),
    Field::optional(
        "health",
        HEALTH,
        "none",
        "How the Application Health extension asks a machine whether it is well; `mode: Rolling` needs it.",
    ),
    Field::optional("identity", IDENTITY, "none", "Who the machines act as."),
    Field::optional(
        "priority",
        Shape::OneOf(&["Spot", "Regular"]),
        "Regular",
        "Whether Azure may take the machines away.",
    ),
    Field::optional(
        "eviction_policy",
        Shape::OneOf(&["Deallocate", "Delete"]),
        "Azure's choice",
        "What happens to a spot machine that Azure takes away.",
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
        "max_disruption",
        LIMITS,
        "that of the spec",
        "The most that a change may do to the machines; more is an error of the plan.",
    ),
    placement::SUBSCRIPTION,
    placement::RESOURCE_GROUP,
    placement::LOCATION,
    placement::TAGS,
    placement::PROTECT,
    placement::IGNORE,
    placement::DEPENDS_ON,
];
