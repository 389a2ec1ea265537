//! `placement_groups`: proximity placement groups, machines that lie near each
//! other.
//!
//! api-version 2024-11-01. What a group intends (its sizes, its zone) is left
//! out: a `PATCH` changes tags only, and of the rest nothing says what it does
//! to members.

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::{Absent, Row, Rules, Same, Tags, Update, Usual, View};
use tenon_model::shape::{Fleet, Section, Shape};
use tenon_model::spec::Entry;
use tenon_model::{Address, ResourceId};

use crate::{placement, single, versions};

static SECTION: Section = Section {
    name: "placement_groups",
    noun: "placement group",
    doc: "Proximity placement groups: what is in one lies near each other in one region.",
    shape: Shape::Struct(&[
        placement::NAME,
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

/// What is known about proximity placement groups.
pub(crate) static RULES: Rules = Rules {
    resource_type: "Microsoft.Compute/proximityPlacementGroups",
    api_version: versions::COMPUTE,
    noun: "placement_group",
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
        Row::new(
            "type",
            "properties.proximityPlacementGroupType",
            Same::Caseless,
        )
        .fixed()
        .seen(View::Plumbing),
    ],
    lists: &[],
    noise: &[
        "properties.virtualMachines",
        "properties.virtualMachineScaleSets",
        "properties.availabilitySets",
        "properties.colocationStatus",
    ],
    read_only: &[
        "id",
        "name",
        "type",
        "systemData",
        "properties.virtualMachines",
        "properties.virtualMachineScaleSets",
        "properties.availabilitySets",
    ],
};

static TYPES: &[&Rules] = &[&RULES];

/// The kind `placement_groups`.
pub(crate) struct PlacementGroups;

impl Kind for PlacementGroups {
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
        let mut draft = single::draft(&RULES, entry, around);
        draft.set("properties.proximityPlacementGroupType", "Standard");
        single::add(draft, out);
    }
}
