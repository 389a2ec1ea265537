//! What Azure would refuse, seen in what a spec asks for.
//!
//! Each of these is a rule of Azure's own, so each is an error: names, accounts,
//! how much data a machine takes, ranges and addresses, and what is no longer
//! made. A value that only Azure knows is not judged. Rules that need to know
//! sizes or images are the planner's, which knows what is made.

mod accounts;
mod gone;
mod names;
mod ranges;

use tenon_model::desired::{Declaration, Desired};
use tenon_model::kind::Surroundings;
use tenon_model::spec::{Entry, Made};
use tenon_model::{Diagnostic, Place};

/// Adds what Azure would refuse.
pub(crate) fn check(around: &Surroundings<'_>, out: &mut Declaration) {
    let mut found = Found::default();
    for desired in made(out) {
        names::check(desired, around, &mut found);
        accounts::check(desired, around, &mut found);
        gone::check(desired, &mut found);
    }
    ranges::check(out, &mut found);
    out.diagnostics.extend(found.0);
}

fn made(out: &Declaration) -> impl Iterator<Item = &Desired> {
    let all = out.resources.iter();
    all.filter(|desired| desired.made == Made::Here)
}

/// What was found. The instances of a fleet have one line in the spec, and one
/// message.
#[derive(Default)]
struct Found(Vec<Diagnostic>);

impl Found {
    fn add(&mut self, problem: Diagnostic) {
        let same = |known: &&mut Diagnostic| {
            known.code == problem.code
                && known.place() == problem.place()
                && known.message == problem.message
        };
        match self.0.iter_mut().rev().find(same) {
            Some(known) => known.addresses.extend(problem.addresses),
            None => self.0.push(problem),
        }
    }
}

/// Where the spec says `property`, or the resource where it does not.
fn place<'d>(desired: &'d Desired, property: &str) -> &'d Place {
    desired.places.get(property).unwrap_or(&desired.place)
}

/// The entry that a resource is a part of.
fn entry<'a>(desired: &Desired, around: &Surroundings<'a>) -> Option<&'a Entry> {
    let mut all = around.spec.all_entries();
    let found = all.find(|(_, entry)| entry.address == desired.entry);
    found.map(|(_, entry)| entry)
}
