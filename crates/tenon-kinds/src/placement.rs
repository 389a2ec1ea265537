//! Where an entry's resources lie: the spec's defaults, or what the entry says
//! instead.

use std::collections::BTreeMap;

use tenon_model::kind::Surroundings;
use tenon_model::shape::{Field, Format, Shape};
use tenon_model::spec::{Entry, Item};
use tenon_model::{Address, Place, ResourceId, SubscriptionId, TenantId};

use crate::groups;

/// Where an entry's resources lie.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    pub(crate) tenant: TenantId,
    pub(crate) subscription: SubscriptionId,
    pub(crate) group: String,
    pub(crate) group_address: Address,
    pub(crate) location: String,
    pub(crate) location_place: Option<Place>,
    pub(crate) tags: BTreeMap<String, Item>,
}

/// Where the entry's resources lie.
pub(crate) fn placement(entry: &Entry, around: &Surroundings<'_>) -> Placement {
    let item = &entry.item;
    let defaults = &around.defaults;
    let subscription = item
        .text("subscription")
        .map_or_else(|| defaults.subscription.clone(), SubscriptionId::new);
    let tenant = defaults
        .tenants
        .get(&subscription)
        .unwrap_or(&defaults.tenant)
        .clone();
    let group = item
        .text("resource_group")
        .unwrap_or(&defaults.group.value.name)
        .to_owned();
    let location = item
        .text("location")
        .unwrap_or(&defaults.location)
        .to_owned();
    let location_place = item
        .member("location")
        .map(|member| member.item.place.clone());
    let top = around.spec.defaults.location.as_ref();
    Placement {
        tenant,
        group_address: groups::address(&subscription, &group, around),
        subscription,
        group,
        location,
        location_place: location_place.or_else(|| top.map(|placed| placed.place.clone())),
        tags: tags(item, around),
    }
}

/// Tags of the deployment, with those of the entry over them. Azure compares
/// tag names without regard to case.
fn tags(item: &Item, around: &Surroundings<'_>) -> BTreeMap<String, Item> {
    let mut tags: BTreeMap<String, Item> = BTreeMap::new();
    let layers = around.spec.defaults.tags.iter().chain(item.get("tags"));
    layers.for_each(|layer| lay_tags(&mut tags, layer));
    tags
}

fn lay_tags(tags: &mut BTreeMap<String, Item>, layer: &Item) {
    for member in layer.members() {
        tags.retain(|name, _| !name.eq_ignore_ascii_case(&member.name));
        tags.insert(member.name.clone(), member.item.clone());
    }
}

impl Placement {
    /// The same with the tags of a part of the entry over those of the entry.
    pub(crate) fn with_tags_of(&self, part: &Item) -> Self {
        let mut placement = self.clone();
        if let Some(layer) = part.get("tags") {
            lay_tags(&mut placement.tags, layer);
        }
        placement
    }
}

impl Placement {
    /// The id of a resource here.
    pub(crate) fn id(&self, resource_type: &str, names: &[&str]) -> ResourceId {
        ResourceId::in_group(&self.subscription, &self.group, resource_type, names)
    }
}

/// The keys that every entry with resources of its own may have.
pub(crate) const NAME: Field = Field::optional(
    "name",
    Shape::Text(Format::Name),
    "the key",
    "The name in Azure.",
);
pub(crate) const SUBSCRIPTION: Field = Field::optional(
    "subscription",
    Shape::Text(Format::Guid),
    "the deployment's",
    "The subscription of this entry.",
);
pub(crate) const RESOURCE_GROUP: Field = Field::optional(
    "resource_group",
    Shape::Text(Format::Name),
    "the deployment's",
    "The resource group of this entry. One that is not the deployment's must exist.",
);
pub(crate) const LOCATION: Field = Field::optional(
    "location",
    Shape::Text(Format::Region),
    "the deployment's",
    "The region of this entry.",
);
pub(crate) const TAGS: Field = Field::optional(
    "tags",
    Shape::Keyed(&Shape::Text(Format::Free)),
    "the deployment's",
    "Tags, laid over the deployment's. Tags that others set stay.",
);
pub(crate) const DEPENDS_ON: Field = Field::optional(
    "depends_on",
    Shape::OneOrMany(&Shape::Text(Format::Free)),
    "nothing",
    "Addresses that must be done first, where no reference says so already.",
);
pub(crate) const IGNORE: Field = Field::optional(
    "ignore",
    Shape::List(&Shape::Text(Format::Free)),
    "none",
    "Properties that count only when it is made: what becomes of them later is nobody's business. Their names are those of plans, e.g. `tags.owner`; those of a part begin with its name.",
);
pub(crate) const PROTECT: Field = Field::optional(
    "protect",
    Shape::Boolean,
    "false",
    "Refuses to replace it, and keeps it when the spec lets go of it.",
);
