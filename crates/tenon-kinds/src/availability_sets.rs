//! `availability_sets`: machines that do not fail together.
//!
//! api-version 2024-11-01. Always `Aligned`: the other sort, which Azure makes
//! when nobody says, takes no machine with managed disks. How many domains
//! there are is fixed when it is made; regions have two or three for faults.

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Only, Row, Rules, Same, Tags, Update, Usual, View};
use tenon_model::shape::{Field, Fleet, Format, Section, Shape};
use tenon_model::spec::Entry;
use tenon_model::{Address, ResourceId, Value};

use crate::refer::{PLACEMENT_GROUP, refer};
use crate::{placement, single, versions};

static SECTION: Section = Section {
    name: "availability_sets",
    noun: "availability set",
    doc: "Availability sets for machines with managed disks.",
    shape: Shape::Struct(&[
        placement::NAME,
        Field::optional(
            "fault_domains",
            Shape::Integer { min: 1, max: 3 },
            "2",
            "Over how many racks the machines go; some regions have two.",
        ),
        Field::optional(
            "update_domains",
            Shape::Integer { min: 1, max: 20 },
            "5",
            "In how many groups Azure restarts them for its own updates.",
        ),
        Field::optional(
            "placement_group",
            Shape::Text(Format::Reference),
            "none",
            "The proximity placement group: a name from `placement_groups`, or a resource id.",
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

/// What is known about availability sets.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Compute/availabilitySets",
    api_version: versions::COMPUTE,
    noun: "availability_set",
    lost: &[],
    usual: Usual {
        write: 2,
        delete: 2,
    },
    children: &[],
    update: Update::Patch,
    tags: Tags::Own,
    rows: &[
        Row::new("location", "location", Same::Region).fixed(),
        Row::new("tags.*", "tags.*", Same::Exact).absent(Absent::Removed),
        Row::new("sku", "sku.name", Same::Caseless).seen(View::Plumbing),
        Row::new(
            "fault_domains",
            "properties.platformFaultDomainCount",
            Same::Caseless,
        )
        .fixed(),
        Row::new(
            "update_domains",
            "properties.platformUpdateDomainCount",
            Same::Caseless,
        )
        .fixed(),
        // 409 OperationNotAllowed while a machine of the set has a host.
        Row::new("placement_group", PLACEMENT_GROUP.path, Same::Id)
            .absent(Absent::Removed)
            .only(Only::Deallocated("properties.virtualMachines")),
    ],
    lists: &[],
    noise: &["properties.statuses"],
    read_only: &[
        "id",
        "name",
        "type",
        "systemData",
        "properties.virtualMachines",
        "properties.statuses",
    ],
};

static TYPES: &[&Rules] = &[&RULES];

/// The kind `availability_sets`.
pub(crate) struct AvailabilitySets;

impl Kind for AvailabilitySets {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        single::ids(&RULES, entry, around)
    }

    fn draw(&self, found: &Found, drawing: &mut Drawing) {
        single::draw(&SECTION, &RULES, found, drawing);
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let item = &entry.item;
        let mut draft = single::draft(&RULES, entry, around);
        draft.set("sku.name", "Aligned");
        for (key, path, default) in [
            ("fault_domains", "properties.platformFaultDomainCount", 2),
            ("update_domains", "properties.platformUpdateDomainCount", 5),
        ] {
            draft.at(key, item.place_of(key));
            draft.set(path, Value::Int(item.int(key).unwrap_or(default)));
        }
        refer(&mut draft, entry, &PLACEMENT_GROUP, around, out);
        single::add(draft, out);
    }
}
