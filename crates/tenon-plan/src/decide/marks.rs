//! The marker that a resource gets, and when it has to be written again.

use std::collections::BTreeMap;

use tenon_model::Value;
use tenon_model::desired::{Desired, Protect};
use tenon_model::marker::{Base, Children, Marker, Ownership, Protection, Recorded, Start};
use tenon_model::plan::{Action, Reason};
use tenon_model::rules::Tags;
use tenon_model::snapshot::Live;

use super::{Deciding, Decision, Decisions, Marking};
use crate::{Inputs, diff};

/// Gives everything that is written the marker that it gets.
pub(crate) fn mark(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let none = BTreeMap::new();
    for decision in &mut decisions.list {
        let Some(desired) = decision.desired.as_deref() else {
            continue;
        };
        let is_written = matches!(
            decision.action,
            Action::Create | Action::Update | Action::Adopt | Action::Replace
        );
        if is_written && desired.rules.tags != Tags::Parent {
            let children = decisions.families.children.get(&desired.address);
            let children = children.unwrap_or(&none);
            let untabled = decisions.families.untabled(&desired.address);
            let next = marker(inputs, desired, children, untabled.clone());
            decision.marker = if decision.action == Action::Replace && has(decision.live, &next) {
                // Else nobody could tell the new one from the old, and the same
                // plan, run again, would replace the new one as well.
                let mut again = children.clone();
                again.insert("again".to_owned(), Value::Bool(true));
                Some(marker(inputs, desired, &again, untabled))
            } else {
                if decision.start == Start::Owed {
                    decision.marking = Marking::Twice(Marker {
                        start: Start::Owed,
                        ..next.clone()
                    });
                }
                Some(next)
            };
        }
    }
}

fn has(live: Option<&Live>, marker: &Marker) -> bool {
    live.is_some_and(|live| live.ownership == Ownership::Marked(marker.clone()))
}

impl Deciding<'_, '_> {
    /// A marker that no longer says what it must is written again: another
    /// address, another protection, other children.
    pub(super) fn bookkeeping(
        &self,
        desired: &Desired,
        live: &Live,
        base: &Base,
        decision: &mut Decision<'_>,
    ) {
        let Ownership::Marked(old) = &live.ownership else {
            return;
        };
        let mut children = self.children(&desired.address);
        let about = |wanted: Recorded| {
            children.iter().any(|(property, value)| {
                // Left alone, whatever it says.
                *value != Value::Null
                    && base.compare(property, &children) == wanted
                    && diff::recalls(&diff::recorded(&diff::leaves(desired), &children), property)
            })
        };
        let (added, changed) = (about(Recorded::Absent), about(Recorded::Other));
        let leaving = self.families.leaving(desired, base, &children);
        let mut untabled = self.families.untabled(&desired.address);
        let moved = old.address != desired.address || old.protection != protection(desired);
        let added = added || !old.children.cover(&untabled);
        let itself = decision.action != Action::NoOp || moved || added;
        if !itself && !changed && leaving.is_empty() {
            return;
        }
        if decision.action == Action::NoOp {
            decision.action = Action::Update;
            decision.reason = Reason::Bookkeeping;
        }
        decision.marking = if leaving.is_empty() {
            Marking::AtOnce
        } else if itself {
            children.extend(leaving.into_iter().map(|name| (name, Value::Null)));
            untabled.keep_all(&old.children);
            Marking::Twice(marker(self.inputs, desired, &children, untabled))
        } else {
            Marking::Afterwards
        };
    }
}

fn protection(desired: &Desired) -> Protection {
    match desired.protect {
        Protect::No => Protection::Open,
        Protect::ByDefault | Protect::Written(_) => Protection::Protected,
    }
}

fn marker(
    inputs: &Inputs<'_>,
    desired: &Desired,
    children: &BTreeMap<String, Value>,
    untabled: Children,
) -> Marker {
    let recorded = diff::recorded(&diff::leaves(desired), children);
    Marker {
        deployment: inputs.deployment.name.clone(),
        address: desired.address.clone(),
        protection: protection(desired),
        start: Start::NotOwed,
        keepsake: None,
        api_version: desired
            .rules
            .resource_type
            .is_empty()
            .then(|| desired.api_version.clone()),
        children: untabled,
        base: Base::of(&recorded),
    }
}
