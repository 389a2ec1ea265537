//! The entries of a plan: what happens to each as a whole.

use std::collections::HashMap;

use tenon_model::Address;
use tenon_model::plan::{Action, Change, Plan};
use tenon_model::rules::Disruption;

use crate::cards::drifted;
use crate::words::{count, noun, noun_of, verb};

/// An entry and what happens to it.
pub(crate) struct Entry<'a> {
    /// Its name.
    pub(crate) address: &'a Address,
    /// Its fleet.
    pub(crate) fleet: Option<&'a Address>,
    /// What it is called.
    pub(crate) noun: String,
    /// What happens.
    pub(crate) action: Action,
    /// What else there is to say.
    pub(crate) notes: Vec<String>,
    /// The name of its tenant.
    pub(crate) tenant: String,
    /// Whether somebody else makes it.
    pub(crate) elsewhere: bool,
}

/// Returns the entries around the changes, then those that change, each in the
/// order of the plan.
pub(crate) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    let same = plan.around.same.iter().map(|neighbour| Entry {
        address: &neighbour.address,
        fleet: neighbour.fleet.as_ref(),
        noun: noun_of(&neighbour.kind),
        action: Action::NoOp,
        notes: Vec::new(),
        tenant: neighbour.tenant.clone(),
        elsewhere: neighbour.elsewhere,
    });
    let mut order: Vec<Vec<&Change>> = Vec::new();
    let mut places: HashMap<&Address, usize> = HashMap::new();
    for change in plan.changes.iter().filter(|c| c.action != Action::NoOp) {
        let place = *places.entry(&change.entry).or_insert(order.len());
        if place == order.len() {
            order.push(Vec::new());
        }
        order[place].push(change);
    }
    same.chain(order.iter().map(|changes| changed(plan, changes)))
        .collect()
}

fn changed<'a>(plan: &'a Plan, changes: &[&'a Change]) -> Entry<'a> {
    let lead = changes.iter().find(|change| change.address == change.entry);
    let first = changes[0];
    let action = match lead {
        Some(lead) => lead.action,
        None if changes.iter().all(|one| one.action == first.action) && changes.len() > 1 => {
            first.action
        }
        // Parts come and go; the entry itself stays.
        None => Action::Update,
    };
    let subscription = first.id.subscription();
    let tenant = plan.scope(&subscription);
    Entry {
        address: &first.entry,
        fleet: first.fleet.as_ref(),
        noun: lead.map_or_else(|| of_collection(first), |lead| noun(lead)),
        action,
        notes: notes(action, changes),
        tenant: tenant.map_or_else(String::new, |scope| {
            super::gather::name(plan, &scope.tenant)
        }),
        elsewhere: false,
    }
}

/// What an entry is called of which only parts are known: `network` of the
/// collection `networks`.
fn of_collection(change: &Change) -> String {
    if change.address == change.entry {
        return noun(change);
    }
    let collection = change.entry.collection();
    noun_of(collection.strip_suffix('s').unwrap_or(collection))
}

fn notes(action: Action, changes: &[&Change]) -> Vec<String> {
    let mut notes = Vec::new();
    if matches!(action, Action::Update | Action::Adopt) {
        let worst = changes.iter().map(|change| change.disruption).max();
        match worst.unwrap_or_default() {
            Disruption::None | Disruption::Hot | Disruption::Replace => {}
            Disruption::Restart => notes.push("restart".to_owned()),
            Disruption::Deallocate => notes.push("stop and start".to_owned()),
        }
        for action in [Action::Delete, Action::Replace, Action::Create] {
            notes.extend(parts(changes, action).map(|parts| format!("{} {parts}", verb(action))));
        }
    }
    if changes.iter().any(|change| drifted(change)) {
        notes.push("drift".to_owned());
    }
    notes
}

/// The parts to which something happens, as nouns: `2 data disks`.
fn parts(changes: &[&Change], action: Action) -> Option<String> {
    let mut found: Vec<(String, usize)> = Vec::new();
    for change in changes.iter().filter(|change| change.action == action) {
        let noun = noun(change);
        match found.iter_mut().find(|(known, _)| *known == noun) {
            Some((_, number)) => *number += 1,
            None => found.push((noun, 1)),
        }
    }
    let said: Vec<String> = found
        .iter()
        .map(|(noun, many)| count(*many, noun))
        .collect();
    (!said.is_empty()).then(|| said.join(" and "))
}
