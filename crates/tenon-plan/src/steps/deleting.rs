//! What deleting waits for: that nothing uses it any more.

use std::collections::BTreeMap;

use tenon_model::desired::Relation;
use tenon_model::plan::Expected;
use tenon_model::rules::Same;
use tenon_model::{Address, ResourceId, Value};

use super::{Building, order};
use crate::decide::{self, Decision};
use crate::references;

impl Building<'_, '_> {
    pub(super) fn deleting_follows_use(&mut self) {
        let going: BTreeMap<ResourceId, Address> = self
            .decisions
            .iter()
            .filter(|decision| decision.goes())
            .map(|decision| (decision.id.clone(), decision.address.clone()))
            .collect();
        if going.is_empty() {
            return;
        }
        // What the spec says first: live bodies may name each other.
        self.reverse_of_depends_on(&going);
        let decisions = self.decisions;
        let mut waits = self.locks_go_first(&going);
        for decision in decisions.iter() {
            let user = self.own(&decision.address);
            // Who goes lets go by going, who stays by its update.
            let Some(by_itself) = user.delete.or(user.last) else {
                continue;
            };
            for (used, address) in used_by(decision, &going) {
                let used_again = |one: &Expected| {
                    let id = Value::text(used.as_str());
                    one.value
                        .as_ref()
                        .is_some_and(|value| Same::Id.same(value, &id))
                };
                let detach = user
                    .detach
                    .filter(|_| decision.lets_go.iter().any(used_again));
                let lets_go = detach.unwrap_or(by_itself);
                waits.extend(self.own(&address).delete.map(|delete| (delete, lets_go)));
            }
        }
        order::add(&mut self.drafts, waits);
    }

    /// A lock counts for all that lies in what it is on.
    /// Source: learn.microsoft.com, "Lock your resources", on inheritance.
    fn locks_go_first(&self, going: &BTreeMap<ResourceId, Address>) -> Vec<(usize, usize)> {
        let mut waits = Vec::new();
        let locks = going.iter().filter(|(id, _)| is_lock(id));
        for (lock, address) in locks {
            let lifted = self.own(address).delete;
            let Some(locked) = decide::outer_of(lock) else {
                continue;
            };
            let inside = going.iter().filter(|(id, _)| id.is_inside(&locked));
            for (_, address) in inside.filter(|(id, _)| !is_lock(id)) {
                waits.extend(self.own(address).delete.zip(lifted));
            }
        }
        waits
    }

    /// What was made later by `depends_on` or by reading goes earlier.
    fn reverse_of_depends_on(&mut self, going: &BTreeMap<ResourceId, Address>) {
        for desired in self.inputs.graph.resources() {
            if !going.contains_key(&desired.id) {
                continue;
            }
            let own = self.own(&desired.address);
            for need in &desired.needs {
                let needed = self.own(&need.on);
                let both_end = need.relation != Relation::BuiltFrom
                    && own.first.is_none()
                    && needed.first.is_none();
                if both_end {
                    self.wait(needed.delete, own.delete);
                }
            }
        }
    }
}

fn is_lock(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Authorization/locks")
}

/// What goes and is used by the live resource of a decision.
fn used_by(
    decision: &Decision<'_>,
    going: &BTreeMap<ResourceId, Address>,
) -> Vec<(ResourceId, Address)> {
    let Some(live) = decision.live else {
        return Vec::new();
    };
    let group = live
        .id
        .resource_group()
        .map(|group| ResourceId::group(&live.id.subscription(), group))
        .filter(|group| *group != live.id);
    references::named_ids(live)
        .into_iter()
        .chain(live.id.parent())
        .chain(group)
        .filter_map(|id| {
            let address = going.get(&id)?.clone();
            Some((id, address))
        })
        .filter(|(_, address)| *address != decision.address)
        .collect()
}
