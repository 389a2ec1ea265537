//! What `tenon` knows about Azure's resource types, without talking to Azure.
//!
//! One file per kind of entry: the shape it has in a spec, the resources it
//! stands for, the bodies they want, and a table of what is known about their
//! properties. The registry below is the list of rows; whoever adds a kind
//! adds a file and a row. [`catalogue`] turns Azure's refusals into
//! diagnostics.
//!
//! Nothing here sends, waits or reads a clock.

mod access;
mod apps;
mod availability_sets;
pub mod catalogue;
mod checks;
mod directory;
mod draft;
mod galleries;
pub mod groups;
mod identities;
mod ignore;
pub mod images;
mod inverse;
mod known;
pub mod link;
mod networks;
mod nsgs;
mod once;
mod placement;
mod placement_groups;
mod public_ips;
mod refer;
pub mod requests;
mod resource_groups;
mod resources;
mod scale_sets;
mod scope;
mod service_principals;
mod single;
pub mod sizes;
mod ssh_keys;
pub mod versions;
mod vms;

use std::collections::BTreeSet;

use tenon_model::desired::Declaration;
use tenon_model::found::{Drawing, Found};
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::marker::Ownership;
use tenon_model::rules::Rules;
use tenon_model::shape::Section;

/// All kinds, in the order in which a reference lists them.
pub const ALL: &[&dyn Kind] = &[
    &images::Images,
    &resource_groups::ResourceGroups,
    &networks::Networks,
    &nsgs::Nsgs,
    &public_ips::PublicIps,
    &identities::Identities,
    &ssh_keys::SshKeys,
    &placement_groups::PlacementGroups,
    &availability_sets::AvailabilitySets,
    &vms::Vms,
    &scale_sets::ScaleSets,
    &galleries::Galleries,
    &apps::Apps,
    &service_principals::ServicePrincipals,
    &access::AccessKind,
    &resources::Resources,
];

/// Files of the user that a machine may take its SSH key from.
pub const KEY_FILES: &[&str] = &["~/.ssh/id_rsa.pub", "~/.ssh/id_ed25519.pub"];

/// The collections of a spec.
#[must_use]
pub fn sections() -> Vec<&'static Section> {
    ALL.iter().map(|kind| kind.section()).collect()
}

pub use access::roles_to_ask;
pub use directory::directories;
pub use vms::beside::beside;

/// What is known about types without a table.
#[must_use]
pub fn any_rules() -> &'static Rules {
    &resources::ANY
}

/// What is known about types without a table that take no tags.
#[must_use]
pub fn untagged_rules() -> &'static Rules {
    &resources::ANY_UNTAGGED
}

/// The rules of a resource type, compared without regard to case; none for a
/// type without a table.
#[must_use]
pub fn rules_of(resource_type: &str) -> Option<&'static Rules> {
    all_rules().find(|rules| rules.resource_type.eq_ignore_ascii_case(resource_type))
}

/// The rules of all types that have a table, each once.
pub fn all_rules() -> impl Iterator<Item = &'static Rules> {
    let mut seen = BTreeSet::new();
    ALL.iter()
        .flat_map(|kind| kind.types().iter().copied())
        .chain([&groups::RULES])
        .filter(move |rules| seen.insert(rules.resource_type))
}

/// Returns what the spec asks for, with every name inside `${…}` looked up.
#[must_use]
pub fn declare(mut around: Surroundings<'_>) -> Declaration {
    name_all(&mut around);
    let originals = images::copy::redirect(&mut around);
    let mut out = Declaration::default();
    known::check_defaults(&around, &mut out);
    groups::declare_default(&around, &mut out);
    for (kind, entry) in entries(&around) {
        known::check(kind.section().name, entry, &mut out);
        kind.declare(entry, &around, &mut out);
    }
    images::copy::declare(&around, &originals, &mut out);
    groups::declare_missing(&around, &mut out);
    galleries::note_images(&mut out);
    galleries::rights_first(&mut out);
    link::link(&around, &mut out);
    ignore::declare(&around, &mut out);
    checks::check(&around, &mut out);
    for desired in &mut out.resources {
        let all = || around.spec.defaults.max_disruption.clone();
        desired.limit = desired.limit.take().or_else(all);
    }
    once::for_a_fleet(around.spec, &mut out.diagnostics);
    out
}

/// Writes entries for what lies in a group: what others name before what names
/// it, and what no kind knows as it is.
#[must_use]
pub fn from_live(found: &Found) -> Drawing {
    let mut drawing = Drawing::default();
    others(found, &mut drawing);
    let named_by_all = |kind: &dyn Kind| kind.section().name != "nsgs";
    let mut kinds = ALL.to_vec();
    kinds.sort_by_key(|kind| named_by_all(*kind));
    for kind in kinds {
        kind.draw(found, &mut drawing);
    }
    inverse::lift_tags(&mut drawing.sections);
    drawing
}

/// What another deployment has marked is its own.
fn others(found: &Found, drawing: &mut Drawing) {
    for live in found.snapshot.iter() {
        if let Ownership::Marked(marker) = &live.ownership
            && marker.deployment != found.deployment
        {
            let owner = format!("it belongs to the deployment `{}`", marker.deployment);
            drawing.leave_out(&live.id, owner);
        }
    }
}

/// Finds the ids of everything that has a name. A child has one when its
/// parent has, wherever in the spec that stands.
fn name_all(around: &mut Surroundings<'_>) {
    let mut open: Vec<_> = entries(around).collect();
    loop {
        let before = open.len();
        open.retain(|(kind, entry)| {
            let ids = kind.ids(entry, around);
            let unnamed = ids.is_empty();
            around.ids.extend(ids);
            unnamed
        });
        if open.is_empty() || open.len() == before {
            return;
        }
    }
}

/// Entries with their kinds, in the order of the spec; images first, because
/// machines say in which regions they need them.
fn entries<'a>(
    around: &Surroundings<'a>,
) -> impl Iterator<Item = (&'static dyn Kind, &'a tenon_model::spec::Entry)> {
    let is_image = |section: &str| section == "images";
    let spec = around.spec;
    let images = spec
        .all_entries()
        .filter(move |(section, _)| is_image(section));
    let others = spec
        .all_entries()
        .filter(move |(section, _)| !is_image(section));
    images.chain(others).filter_map(|(section, entry)| {
        let kind = ALL.iter().find(|kind| kind.section().name == section)?;
        Some((*kind, entry))
    })
}

#[cfg(test)]
mod tests;
