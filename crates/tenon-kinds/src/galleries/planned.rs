//! What a gallery of this spec will show of an image: machines may be built
//! from a version that the same plan makes.

use std::collections::BTreeMap;

use tenon_model::desired::{Declaration, Desired, Need, Relation};
use tenon_model::image::{MadeHere, MadeVersion};
use tenon_model::rules::Tags;
use tenon_model::{Address, ResourceId, Value};

use super::rules::VERSION;
use crate::images::{definition_facts, version_facts};

/// Notes at each image what this spec itself makes of it.
pub(crate) fn note_images(out: &mut Declaration) {
    let made: Vec<Option<MadeHere>> = out
        .images
        .iter()
        .map(|image| planned(image.definition.resource()?, out))
        .collect();
    for (image, made) in out.images.iter_mut().zip(made) {
        image.made = made.map(Box::new);
    }
}

/// Lets whatever is built from a version of this spec wait for the roles that
/// this spec gives on the gallery: its image is read with them.
pub(crate) fn rights_first(out: &mut Declaration) {
    let versions: BTreeMap<Address, ResourceId> = out
        .resources
        .iter()
        .filter(|one| one.rules.resource_type == VERSION.resource_type)
        .map(|one| (one.address.clone(), one.id.clone()))
        .collect();
    if versions.is_empty() {
        return;
    }
    let given: Vec<(Address, ResourceId)> = out
        .resources
        .iter()
        .filter(|one| one.rules.tags == Tags::Described)
        .filter_map(|one| Some((one.address.clone(), one.id.parent()?)))
        .collect();
    for desired in &mut out.resources {
        let built: Vec<&ResourceId> = desired
            .needs
            .iter()
            .filter(|need| need.relation == Relation::Uses)
            .filter_map(|need| versions.get(&need.on))
            .collect();
        let rights: Vec<Need> = given
            .iter()
            .filter(|(_, scope)| built.iter().any(|id| *id == scope || id.is_inside(scope)))
            .map(|(address, _)| Need {
                on: address.clone(),
                relation: Relation::After,
                place: desired.place.clone(),
            })
            .collect();
        desired.needs.extend(rights);
    }
}

/// What `out` makes of the image definition `id`; none where it makes no such
/// definition.
fn planned(id: &ResourceId, out: &Declaration) -> Option<MadeHere> {
    let definition = out.resources.iter().find(|one| one.id == *id)?;
    let inside =
        |one: &&Desired| one.rules.resource_type == VERSION.resource_type && one.id.is_inside(id);
    let versions = out.resources.iter().filter(inside).filter_map(|one| {
        let mut body = one.body.clone();
        body.as_map_mut()?
            .insert("name", Value::text(one.id.name()));
        let mut facts = version_facts(&body)?;
        // As it will be when whoever needs it gets there.
        let done = |region: &String| (region.clone(), "Completed".to_owned());
        facts.replicas = Some(facts.targets.iter().map(done).collect());
        Some(MadeVersion {
            address: one.address.clone(),
            facts,
        })
    });
    Some(MadeHere {
        tenant: definition.tenant.clone(),
        definition: definition_facts(&definition.body),
        versions: versions.collect(),
    })
}
