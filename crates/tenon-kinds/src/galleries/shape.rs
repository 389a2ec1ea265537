//! What an entry of `galleries` may say.

use tenon_model::shape::{Field, Fleet, Format, Section, Shape};

use crate::placement;

/// Features of a definition as Azure names them; `security` is the first.
pub(super) const SECURITY_TYPE: &str = "SecurityType";

const TEXT: Shape = Shape::Text(Format::Free);

const COUNTS: Shape = Shape::Struct(&[
    Field::optional("min", AMOUNT, "none", "The least."),
    Field::optional("max", AMOUNT, "none", "The most."),
]);

const AMOUNT: Shape = Shape::Integer {
    min: 1,
    max: 100_000,
};

const STORAGE: Shape = Shape::OneOf(&[
    "Standard_LRS",
    "Standard_ZRS",
    "Premium_LRS",
    "PremiumV2_LRS",
]);

const CACHING: Shape = Shape::OneOf(&["None", "ReadOnly", "ReadWrite"]);

const REPLICAS: Shape = Shape::Integer { min: 1, max: 100 };

const REGION: Shape = Shape::Either(&[
    REPLICAS,
    Shape::Struct(&[
        Field::optional(
            "replicas",
            REPLICAS,
            "1",
            "How many replicas; Azure suggests one for each fifty machines that are made at the same time.",
        ),
        Field::optional(
            "storage",
            STORAGE,
            "that of the version",
            "The storage of the replicas here.",
        ),
        Field::optional(
            "exclude_from_latest",
            Shape::Boolean,
            "false",
            "Whether `latest` passes over it in this region.",
        ),
        Field::optional(
            "disk_encryption_set",
            Shape::Text(Format::ResourceId),
            "none",
            "What encrypts the OS disk here, by its id; in the subscription of the gallery, and in every region or in none.",
        ),
        Field::optional(
            "data_disk_encryption_sets",
            Shape::Keyed(&Shape::Text(Format::ResourceId)),
            "none",
            "The same for data disks, by their numbers.",
        ),
    ]),
]);

const DISK: Shape = Shape::Struct(&[
    Field::required(
        "source",
        Shape::Text(Format::Reference),
        "The disk or snapshot, by its id or as `${resources.name.id}`.",
    ),
    Field::optional("caching", CACHING, "Azure's", "How machines cache it."),
]);

pub(super) const VERSION: Shape = Shape::Struct(&[
    Field::optional(
        "source",
        Shape::Text(Format::Reference),
        "required unless `os_disk` is there",
        "What it is made from, by its id or as `${resources.name.id}`: a managed image, a machine, a disk, a snapshot, or another image version, of another tenant too. Fixed.",
    ),
    Field::optional(
        "os_disk",
        DISK,
        "that of the source",
        "The OS disk, in place of `source`.",
    ),
    Field::optional(
        "data_disks",
        Shape::Keyed(&DISK),
        "those of the source",
        "Data disks by their numbers, beside `os_disk`, or a `source` that is a disk or snapshot.",
    ),
    Field::optional(
        "replicate_to",
        Shape::Keyed(&REGION),
        "the gallery's region, one replica",
        "Regions, each with the number of replicas, or with more to say. The gallery's region has to be among them.",
    ),
    Field::optional(
        "storage",
        STORAGE,
        "`Standard_LRS`",
        "The storage of replicas. Fixed.",
    ),
    Field::optional(
        "mode",
        Shape::OneOf(&["Full", "Shallow"]),
        "`Full`",
        "`Shallow` is there at once and for tests: one region, one replica. Fixed.",
    ),
    Field::optional(
        "exclude_from_latest",
        Shape::Boolean,
        "false",
        "Whether `latest` passes over it.",
    ),
    Field::optional(
        "end_of_life",
        Shape::Text(Format::Date),
        "none",
        "When its life ends: a day, or a time with its zone. Machines can be made from it afterwards.",
    ),
    Field::optional(
        "block_deletion_before_end_of_life",
        Shape::Boolean,
        "false",
        "Whether Azure refuses to delete it before.",
    ),
    Field::optional(
        "allow_deletion_of_replicated_locations",
        Shape::Boolean,
        "Azure's",
        "Whether Azure lets regions be taken out.",
    ),
    placement::TAGS,
    placement::PROTECT,
    placement::IGNORE,
]);

pub(super) const IMAGE: Shape = Shape::Struct(&[
    placement::NAME,
    Field::optional(
        "existing",
        Shape::Boolean,
        "false",
        "Whether the definition is somebody else's: versions are made in it, and nothing is done to it.",
    ),
    Field::optional(
        "os_type",
        Shape::OneOf(&["Linux", "Windows"]),
        "required unless `existing`",
        "The operating system. Fixed, as all of these up to `identifier`.",
    ),
    Field::optional(
        "os_state",
        Shape::OneOf(&["Generalized", "Specialized"]),
        "`Generalized`",
        "Whether machines get names and accounts of their own, or come up as copies.",
    ),
    Field::optional(
        "hyper_v_generation",
        Shape::OneOf(&["V1", "V2"]),
        "`V2`",
        "The generation of machines.",
    ),
    Field::optional(
        "architecture",
        Shape::OneOf(&["x64", "Arm64"]),
        "`x64`",
        "The processors.",
    ),
    Field::optional(
        "security",
        Shape::OneOf(&[
            "TrustedLaunch",
            "TrustedLaunchSupported",
            "TrustedLaunchAndConfidentialVmSupported",
            "ConfidentialVM",
            "ConfidentialVmSupported",
        ]),
        "machines with standard security",
        "The feature `SecurityType`.",
    ),
    Field::optional(
        "features",
        Shape::Keyed(&TEXT),
        "none",
        "Further features by their names in Azure: `IsAcceleratedNetworkSupported: true`, `DiskControllerTypes: \"SCSI, NVMe\"`, `IsHibernateSupported: true`.",
    ),
    Field::optional(
        "identifier",
        Shape::Struct(&[
            Field::required("publisher", TEXT, "At most 128 characters."),
            Field::required("offer", TEXT, "At most 64 characters."),
            Field::required("sku", TEXT, "At most 64 characters."),
        ]),
        "required unless `existing`",
        "Three words of your own that no other definition of the gallery has.",
    ),
    Field::optional(
        "purchase_plan",
        Shape::Struct(&[
            Field::required("name", TEXT, "The plan."),
            Field::required("publisher", TEXT, "Its publisher."),
            Field::required("product", TEXT, "Its product."),
        ]),
        "none",
        "The terms of the marketplace image that it was made from. Fixed.",
    ),
    Field::optional("description", TEXT, "none", "For people."),
    Field::optional("eula", TEXT, "none", "The licence of the image."),
    Field::optional("privacy_uri", TEXT, "none", "Its privacy statement."),
    Field::optional("release_notes_uri", TEXT, "none", "Its release notes."),
    Field::optional(
        "end_of_life",
        Shape::Text(Format::Date),
        "none",
        "When the whole image ends.",
    ),
    Field::optional(
        "recommended",
        Shape::Struct(&[
            Field::optional("cpus", COUNTS, "any", "Processors."),
            Field::optional("memory_gb", COUNTS, "any", "Memory in GB."),
        ]),
        "none",
        "What machines should have.",
    ),
    Field::optional(
        "disallowed_disks",
        Shape::List(&TEXT),
        "none",
        "Kinds of storage that machines must not have: `Standard_LRS`.",
    ),
    Field::optional(
        "versions",
        Shape::Keyed(&VERSION),
        "none",
        "Versions by their numbers: `1.4.2`.",
    ),
    placement::TAGS,
    placement::PROTECT,
    placement::IGNORE,
]);

const COMMUNITY: Shape = Shape::Struct(&[
    Field::required(
        "prefix",
        TEXT,
        "The beginning of the public name: five to sixteen letters and digits. Fixed.",
    ),
    Field::required("publisher_uri", TEXT, "The publisher's page."),
    Field::required("contact", TEXT, "The publisher's e-mail address."),
    Field::required("eula", TEXT, "The licence, or where it stands."),
]);

const SHARING: Shape = Shape::Struct(&[
    Field::optional(
        "subscriptions",
        Shape::List(&Shape::Text(Format::Guid)),
        "none",
        "Subscriptions that may use all its images, without a role.",
    ),
    Field::optional(
        "tenants",
        Shape::List(&Shape::Text(Format::Tenant)),
        "none",
        "Tenants whose subscriptions all may: a GUID, a domain, or a name from `tenants`.",
    ),
    Field::optional(
        "community",
        COMMUNITY,
        "none",
        "Everybody may, under a public name.",
    ),
]);

pub(super) static SECTION: Section = Section {
    name: "galleries",
    noun: "gallery",
    doc: "Compute galleries with their image definitions, versions and whom they are shared with.",
    shape: Shape::Struct(&[
        placement::NAME,
        Field::optional(
            "existing",
            Shape::Boolean,
            "false",
            "Whether the gallery is somebody else's: definitions and versions are made in it, and nothing is done to it. Its `location` is where it lies.",
        ),
        Field::optional("description", TEXT, "none", "For people."),
        Field::optional(
            "soft_delete",
            Shape::Boolean,
            "false",
            "Whether deleted versions can be brought back for a while.",
        ),
        Field::optional(
            "sharing",
            SHARING,
            "who has a role",
            "Who may use it without a role: subscriptions and tenants, or everybody. Which of the two is fixed when the gallery is made. For roles there is `access`.",
        ),
        Field::optional(
            "images",
            Shape::Keyed(&IMAGE),
            "none",
            "Image definitions by name.",
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
