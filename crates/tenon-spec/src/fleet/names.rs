//! The names of a fleet's instances, no two alike in a section.

use std::collections::HashMap;

use crate::check::{Checker, is_key};
use crate::source::Span;
use crate::yaml::{Node, Pair};

/// One instance before it has a value.
pub(crate) struct Instance<'t> {
    pub(crate) name: String,
    /// Where the name stands; the fleet's key for counted ones.
    pub(crate) span: Span,
    pub(crate) overrides: Option<Node<'t>>,
}

/// The names that a section uses so far, and where.
pub(crate) struct Names {
    section: &'static str,
    taken: HashMap<String, Span>,
}

impl Names {
    /// Returns the names of a section before fleets are unfolded.
    pub(crate) fn new(section: &'static str, pairs: &[Pair<'_>]) -> Self {
        let taken = pairs
            .iter()
            .map(|pair| (pair.key.to_string(), pair.span))
            .collect();
        Self { section, taken }
    }

    /// The instances of one fleet; nothing if their names were refused.
    pub(crate) fn instances<'t>(
        &mut self,
        checker: &mut Checker<'_, 't>,
        fleet: &Pair<'t>,
        count: usize,
        named: &[Pair<'t>],
    ) -> Option<Vec<Instance<'t>>> {
        let mut by_name: HashMap<&str, &Pair<'t>> =
            named.iter().map(|pair| (&*pair.key, pair)).collect();
        let mut instances = Vec::with_capacity(count + named.len());
        for number in 1..=count {
            let name = format!("{}-{number}", &*fleet.key);
            let pair = by_name.remove(name.as_str());
            instances.push(Instance {
                name,
                span: pair.map_or(fleet.span, |pair| pair.span),
                overrides: pair.and_then(overrides),
            });
        }
        for pair in named.iter().filter(|pair| by_name.contains_key(&*pair.key)) {
            instances.push(Instance {
                name: pair.key.to_string(),
                span: pair.span,
                overrides: overrides(pair),
            });
        }
        let mut fine = true;
        for pair in named.iter().filter(|pair| !is_key(&pair.key)) {
            checker.check_key(pair, self.section);
            fine = false;
        }
        for instance in &instances {
            fine &= self.take(checker, instance);
        }
        fine.then_some(instances)
    }

    /// Takes a name; reports one that is taken already.
    fn take<'t>(&mut self, checker: &mut Checker<'_, 't>, instance: &Instance<'t>) -> bool {
        let Some(other) = self.taken.insert(instance.name.clone(), instance.span) else {
            return true;
        };
        let (place, other) = (
            checker.files.place(instance.span),
            checker.files.place(other),
        );
        checker
            .findings
            .push(super::taken(&instance.name, &place, &other));
        false
    }
}

fn overrides<'t>(pair: &Pair<'t>) -> Option<Node<'t>> {
    (!pair.value.is_null()).then(|| pair.value.clone())
}
