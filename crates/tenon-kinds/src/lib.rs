//! What `tenon` knows about Azure's resource types, without talking to Azure.
//!
//! One file per kind of entry: the shape it has in a spec, the resources it
//! stands for, the bodies they want, and a table of what is known about their
//! properties. The registry below is the list of rows; whoever adds a kind
//! adds a file and a row. [`catalogue`] turns Azure's refusals into
//! diagnostics.
//!
//! Nothing here sends, waits or reads a clock.

pub mod catalogue;
mod draft;
pub mod groups;
pub mod images;
mod known;
pub mod link;
mod networks;
mod nsgs;
mod placement;
pub mod requests;
mod resources;
mod scale_sets;
pub mod versions;
mod vms;

use tenon_model::desired::Declaration;
use tenon_model::kind::{Kind, Surroundings};
use tenon_model::rules::Rules;
use tenon_model::shape::Section;

/// All kinds, in the order in which a reference lists them.
pub const ALL: &[&dyn Kind] = &[
    &images::Images,
    &networks::Networks,
    &nsgs::Nsgs,
    &vms::Vms,
    &scale_sets::ScaleSets,
    &resources::Resources,
];

/// Files of the user that a machine may take its SSH key from.
pub const KEY_FILES: &[&str] = &["~/.ssh/id_rsa.pub", "~/.ssh/id_ed25519.pub"];

/// The collections of a spec.
#[must_use]
pub fn sections() -> Vec<&'static Section> {
    ALL.iter().map(|kind| kind.section()).collect()
}

/// What is known about types without a table.
#[must_use]
pub fn any_rules() -> &'static Rules {
    &resources::ANY
}

/// The rules of a resource type, compared without regard to case; none for a
/// type without a table.
#[must_use]
pub fn rules_of(resource_type: &str) -> Option<&'static Rules> {
    all_rules().find(|rules| rules.resource_type.eq_ignore_ascii_case(resource_type))
}

/// The rules of all types that have a table.
pub fn all_rules() -> impl Iterator<Item = &'static Rules> {
    ALL.iter()
        .flat_map(|kind| kind.types().iter().copied())
        .chain([&groups::RULES])
}

/// Returns what the spec asks for, with every name inside `${…}` looked up.
#[must_use]
pub fn declare(mut around: Surroundings<'_>) -> Declaration {
    name_all(&mut around);
    let mut out = Declaration::default();
    known::check_defaults(&around, &mut out);
    groups::declare_default(&around, &mut out);
    for (kind, entry) in entries(&around) {
        known::check(kind.section().name, entry, &mut out);
        kind.declare(entry, &around, &mut out);
    }
    groups::declare_missing(&around, &mut out);
    link::link(&around, &mut out);
    for desired in &mut out.resources {
        let all = || around.spec.defaults.max_disruption.clone();
        desired.limit = desired.limit.take().or_else(all);
    }
    out
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
