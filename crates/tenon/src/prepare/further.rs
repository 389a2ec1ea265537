//! The problems of a spec that has errors already, so that one run names all of
//! them.

use std::collections::BTreeMap;

use tenon_model::place::Sources;
use tenon_model::spec::{Entry, Spec};
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
        let unread = Unread::of(&self.spec, &self.diagnostics, &self.sources);
        let counts = |problem: &Diagnostic| {
            let reads = match problem.code {
                code if INDEPENDENT.contains(&code) => unread.leaves(problem),
                code => OF_ONE_ENTRY.contains(&code) && !unread.holds(problem),
            };
            reads && !is_known(problem, &self.diagnostics)
        };
        let further = declaration.diagnostics.into_iter();
        let further: Vec<Diagnostic> = further.filter(counts).collect();
        let mut diagnostics = self.diagnostics;
        diagnostics.extend(further);
        diagnostics.sort_by(|one, two| one.place().cmp(&two.place()));
        Trouble {
            diagnostics,
            sources: self.sources,
        }
    }
}

/// Whether something is said already about the same place, or a part of it.
fn is_known(problem: &Diagnostic, known: &[Diagnostic]) -> bool {
    let known = known.iter().filter_map(Diagnostic::place);
    let Some(place) = problem.place() else {
        return false;
    };
    let part =
        |one: &Place| one.file == place.file && place.start <= one.start && one.end <= place.end;
    known.into_iter().any(part)
}

/// The entries in which something could not be read.
struct Unread<'a> {
    entries: Vec<&'a Entry>,
    sources: &'a Sources,
}

impl<'a> Unread<'a> {
    fn of(spec: &'a Spec, problems: &[Diagnostic], sources: &'a Sources) -> Self {
        let has_error = |entry: &&Entry| {
            let mut errors = problems.iter().filter(|problem| problem.is_error());
            errors.any(|error| error.place().is_some_and(|place| is_in(place, entry)))
        };
        let entries = spec.collections.iter().flat_map(|one| &one.entries);
        Self {
            entries: entries.filter(has_error).collect(),
            sources,
        }
    }

    /// Whether a problem is in one of them, or nowhere.
    fn holds(&self, problem: &Diagnostic) -> bool {
        problem
            .place()
            .is_none_or(|place| self.entries.iter().any(|entry| is_in(place, entry)))
    }

    /// Whether a problem would be one if they had been read: it is not about one
    /// of them as a whole, and names none of them.
    fn leaves(&self, problem: &Diagnostic) -> bool {
        let Some(place) = problem.place() else {
            return false;
        };
        let text = self.sources.text(&place.file);
        let written = text.and_then(|text| text.get(place.start..place.end));
        let names = |key: &str| {
            let words = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
            written.is_some_and(|written| written.split(words).any(|word| word == key))
        };
        let is_about = |entry: &Entry| {
            let whole = *place == entry.place || *place == entry.item.place;
            let address = format!("`{}`", entry.address);
            whole
                || problem.message.contains(&address)
                || (!is_in(place, entry) && names(&entry.key))
        };
        !self.entries.iter().any(|entry| is_about(entry))
    }
}

/// Whether a place is in an entry, its name included.
fn is_in(place: &Place, entry: &Entry) -> bool {
    let (name, value) = (&entry.place, &entry.item.place);
    let within =
        |one: &Place| one.file == place.file && one.start <= place.start && place.start <= one.end;
    within(name) || within(value)
}
