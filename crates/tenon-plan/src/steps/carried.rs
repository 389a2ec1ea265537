//! The steps of what goes with its parent.

use tenon_model::plan::Action;

use super::{Building, order};
use crate::carried;
use crate::decide::Decision;

impl Building<'_, '_> {
    /// Whether a resource goes with its parent, so that nobody deletes it.
    pub(super) fn goes_along(&self, decision: &Decision<'_>) -> bool {
        carried::parent_of(self.inputs, self.decisions, decision).is_some_and(Decision::goes)
    }

    /// What goes with its parent goes in the parent's step.
    pub(super) fn what_is_carried_goes_along(&mut self) {
        let decisions = self.decisions;
        for decision in decisions.iter().filter(|one| one.goes()) {
            let parent = carried::parent_of(self.inputs, decisions, decision);
            if let Some(parent) = parent.filter(|parent| parent.goes()) {
                let delete = self.own(&parent.address).delete;
                let own = self.own.entry(decision.address.clone()).or_default();
                own.delete = delete;
            }
        }
    }

    /// One that goes by itself goes while its machine runs, and before new ones
    /// come: two of one handler are refused.
    pub(super) fn what_is_carried_changes_while_machines_run(&mut self) {
        let decisions = self.decisions;
        let mut waits = Vec::new();
        for decision in decisions.iter().filter(|one| one.goes()) {
            let Some(parent) = carried::parent_of(self.inputs, decisions, decision) else {
                continue;
            };
            if parent.goes() {
                continue;
            }
            let gone = self.own(&decision.address).delete;
            waits.extend(gone.zip(self.own(&parent.address).last));
            for other in decisions.iter().filter(|one| one.action == Action::Create) {
                if other.id.parent().as_ref() == Some(&parent.id) {
                    waits.extend(self.own(&other.address).first.zip(gone));
                }
            }
        }
        order::add(&mut self.drafts, waits);
    }
}
