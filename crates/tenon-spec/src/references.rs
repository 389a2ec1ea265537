//! Names of entries that values use, once all entries are known.

use std::collections::HashSet;

use tenon_model::{Address, Code, Diagnostic, Help};

use crate::check::Checker;
use crate::expression::{Reference, expression_span, renamed};
use crate::fleet::Unfolded;
use crate::words::shown;
use tenon_model::suggest::nearest;

/// Looking for the nearest of ten thousand names takes a while; after this
/// many problems nobody reads suggestions any more.
const SUGGESTIONS: usize = 50;

/// Reports names of entries that the spec does not have.
pub(crate) fn check(checker: &mut Checker<'_, '_>, unfolded: &Unfolded) {
    let entries = unfolded
        .collections
        .iter()
        .flat_map(|collection| &collection.entries);
    let fleets = unfolded.fleets.iter().map(|fleet| &fleet.address);
    let known: HashSet<&Address> = entries
        .map(|entry| &entry.address)
        .chain(fleets)
        .chain(&unfolded.unsure)
        .collect();
    let references = std::mem::take(&mut checker.references);
    let unknown = references.iter().filter(|reference| {
        !known.contains(&reference.of) && !is_unsure(&reference.of, &unfolded.unsure)
    });
    for (number, reference) in unknown.enumerate() {
        if checker.findings.is_full() {
            break;
        }
        let near = (number < SUGGESTIONS)
            .then(|| nearest_of(&reference.of, &known))
            .flatten();
        report(checker, reference, near);
    }
}

fn report(checker: &mut Checker<'_, '_>, reference: &Reference, near: Option<&str>) {
    let span = expression_span(checker.files, reference.span, reference.ordinal);
    let place = checker.files.place(span);
    let label = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    let (name, section) = (reference.of.as_str(), reference.of.collection());
    let mut problem = Diagnostic::error(
        Code::UnknownReference,
        format!("the spec has no entry {}", shown(name)),
    )
    .at(&place, label);
    if let Some(near) = near {
        problem = problem.help(renamed(checker.files, span, name, near));
    }
    let key = reference.of.last();
    checker
        .findings
        .push(problem.help(Help::text(format!("or add `{key}` to `{section}`"))));
}

/// The address of the same section with the nearest key; else the same key in
/// another section.
fn nearest_of<'a>(address: &Address, known: &HashSet<&'a Address>) -> Option<&'a str> {
    let mut known: Vec<&'a Address> = known.iter().copied().collect();
    known.sort_unstable();
    let siblings = known
        .iter()
        .filter(|one| one.collection() == address.collection());
    if let Some(key) = nearest(address.last(), siblings.clone().map(|one| one.last())) {
        return siblings.map(|one| one.as_str()).find(|one| {
            one.ends_with(key) && one.len() == address.collection().len() + 1 + key.len()
        });
    }
    known
        .iter()
        .find(|one| one.last() == address.last())
        .map(|one| one.as_str())
}

/// Whether the name may belong to a fleet whose instances nobody knows.
fn is_unsure(address: &Address, unsure: &HashSet<Address>) -> bool {
    let name = address.as_str();
    !unsure.is_empty()
        && name
            .match_indices('-')
            .any(|(end, _)| unsure.contains(&Address::new(&name[..end])))
}
