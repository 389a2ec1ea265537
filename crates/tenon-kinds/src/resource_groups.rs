//! `resource_groups`: groups beside the deployment's own, which this spec
//! makes: in another region, in another subscription.
//!
//! api-version 2025-04-01. As with the deployment's own, deleting one deletes
//! everything in it, so it goes last and only when nothing of others is left
//! inside.

use tenon_model::desired::Declaration;
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::{Fleet, Section, Shape};
use tenon_model::spec::Entry;
use tenon_model::{Address, ResourceId, SubscriptionId};

use crate::draft::Draft;
use crate::placement::{self, placement};
use crate::{groups, single};

/// The collection of a spec.
pub(crate) const NAME: &str = "resource_groups";

static SECTION: Section = Section {
    name: NAME,
    noun: "resource group",
    doc: "Further resource groups that this spec makes. Entries lie in one when their `resource_group` (and `subscription`) name it.",
    shape: Shape::Struct(&[
        placement::NAME,
        placement::SUBSCRIPTION,
        placement::LOCATION,
        placement::TAGS,
        placement::PROTECT,
        placement::IGNORE,
        placement::DEPENDS_ON,
    ]),
    fleet: Fleet::Single,
};

static TYPES: &[&Rules] = &[&groups::RULES];

/// The kind `resource_groups`.
pub(crate) struct ResourceGroups;

/// The id of the group that an entry makes.
pub(crate) fn id(entry: &Entry, around: &Surroundings<'_>) -> ResourceId {
    let subscription = entry.item.text("subscription").map(SubscriptionId::new);
    let subscription = subscription.as_ref();
    let name = entry.item.text("name").unwrap_or(&entry.key);
    ResourceId::group(subscription.unwrap_or(&around.defaults.subscription), name)
}

impl Kind for ResourceGroups {
    fn section(&self) -> &'static Section {
        &SECTION
    }

    fn types(&self) -> &'static [&'static Rules] {
        TYPES
    }

    fn ids(&self, entry: &Entry, around: &Surroundings<'_>) -> Vec<(Address, ResourceId)> {
        vec![(entry.address.clone(), id(entry, around))]
    }

    fn declare(&self, entry: &Entry, around: &Surroundings<'_>, out: &mut Declaration) {
        let place = placement(entry, around);
        let id = id(entry, around);
        let mut draft =
            Draft::new(&groups::RULES, entry.address.clone(), id, entry, &place).tracked(&place);
        // A group lies in nothing.
        draft.desired().needs.clear();
        draft.fact(place.location.as_str());
        draft.depends_on(entry);
        crate::vms::protect(&entry.item, draft.desired());
        single::add(draft, out);
    }
}
