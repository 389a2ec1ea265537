//! The problems of a spec that has errors already, so that one run names all of
//! them.

use std::collections::BTreeMap;

use tenon_model::spec::Spec;
use tenon_model::{Code, Diagnostic, Place};

use super::loaded::{Loaded, Trouble};

/// What is so whatever else could not be read.
const INDEPENDENT: &[Code] = &[
    Code::UnknownReference,
    Code::DuplicateResource,
    Code::ConflictingKeys,
];

/// What follows from an entry alone: in one that was read without an error it
/// is so whatever is wrong with others.
const OF_ONE_ENTRY: &[Code] = &[
    Code::MissingKey,
    Code::InvalidValue,
    Code::SelfReference,
    Code::NameNotAllowed,
    Code::AccountNotAllowed,
    Code::TooMuchData,
    Code::NoLongerMade,
];

impl Loaded {
    /// What the kinds find in a spec that has errors already. What may follow
    /// from something that could not be read is left out.
    pub(super) fn further_problems(self) -> Trouble {
        let settled = self.placeholder();
        let declaration = tenon_kinds::declare(self.surroundings(settled, BTreeMap::new()));
        let unread = unread(&self.spec, &self.diagnostics);
        let mut diagnostics = self.diagnostics;
        let counts = |problem: &Diagnostic| {
            let is_whole = |place| !unread.iter().any(|entry| holds(entry, place));
            let of_entry = OF_ONE_ENTRY.contains(&problem.code);
            INDEPENDENT.contains(&problem.code) || of_entry && problem.place().is_some_and(is_whole)
        };
        let further: Vec<Diagnostic> = declaration
            .diagnostics
            .into_iter()
            .filter(|problem| counts(problem) && !is_known(problem, &diagnostics))
            .collect();
        diagnostics.extend(further);
        diagnostics.sort_by(|one, two| one.place().cmp(&two.place()));
        Trouble {
            diagnostics,
            sources: self.sources,
        }
    }
}

/// Whether something is said about the same place already.
fn is_known(problem: &Diagnostic, known: &[Diagnostic]) -> bool {
    let place = problem.place();
    place.is_some() && known.iter().any(|known| known.place() == place)
}

/// The stretches of the entries in which something could not be read.
fn unread(spec: &Spec, problems: &[Diagnostic]) -> Vec<Place> {
    let entries = spec.collections.iter().flat_map(|one| &one.entries);
    let stretches = entries.map(|entry| Place {
        end: entry.item.place.end.max(entry.place.end),
        ..entry.place.clone()
    });
    let has_error = |stretch: &Place| {
        let mut errors = problems.iter().filter(|problem| problem.is_error());
        errors.any(|error| error.place().is_some_and(|place| holds(stretch, place)))
    };
    stretches.filter(has_error).collect()
}

fn holds(stretch: &Place, place: &Place) -> bool {
    stretch.file == place.file && stretch.start <= place.start && place.start <= stretch.end
}
