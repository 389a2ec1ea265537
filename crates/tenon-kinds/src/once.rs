//! What is wrong with the template of a fleet is wrong with each of its
//! machines, and said of the first.

use std::collections::BTreeMap;

use tenon_model::spec::Spec;
use tenon_model::{Address, Diagnostic};

/// Leaves out what was said of another machine of the same fleet, in the same
/// words and for the same place, and counts it there.
pub(crate) fn for_a_fleet(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    let fleets = spec.fleets.iter();
    let fleet_of: BTreeMap<&Address, &Address> = fleets
        .flat_map(|fleet| fleet.instances.iter().map(|one| (one, &fleet.address)))
        .collect();
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    let mut more: BTreeMap<usize, usize> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for problem in std::mem::take(diagnostics) {
        if let Some(words) = words(&problem, &fleet_of) {
            if let Some(first) = said.get(&words) {
                *more.entry(*first).or_default() += 1;
                kept[*first].addresses.extend(problem.addresses);
                continue;
            }
            said.insert(words, kept.len());
        }
        kept.push(problem);
    }
    for (index, others) in more {
        let note = format!("the same goes for {others} more of its fleet");
        kept[index].notes.push(note);
    }
    *diagnostics = kept;
}

/// What a problem says, without the machine that it says it of; none for what
/// is about no machine of a fleet.
fn words(problem: &Diagnostic, fleet_of: &BTreeMap<&Address, &Address>) -> Option<String> {
    let machine = problem.addresses.first()?;
    let (fleet, place) = (fleet_of.get(machine)?, problem.place()?);
    let message = problem.message.replace(machine.as_str(), "");
    let code = problem.code;
    let (file, line, column) = (&place.file, place.line, place.column);
    Some(format!("{fleet} {code} {file}:{line}:{column} {message}"))
}
