//! What happens to a resource that the spec makes and that is there.

use std::collections::BTreeMap;

use tenon_model::Value;
use tenon_model::desired::{Desired, Protect, Relation};
use tenon_model::marker::{Base, Recorded};
use tenon_model::plan::{Action, Cause, Reason};
use tenon_model::rules::Tags;
use tenon_model::snapshot::Live;

use super::owner::Owner;
use super::{Deciding, Decision, former, problems, seen};
use crate::Inputs;
use crate::behind;
use crate::diff::{self, Difference};
use crate::taken;

impl<'a> Deciding<'_, 'a> {
    pub(super) fn existing(
        &mut self,
        desired: &Desired,
        live: &'a Live,
        decision: &mut Decision<'a>,
    ) {
        let children = self.children(&desired.address);
        let body = seen(desired, live, self.inputs.snapshot);
        match self.owner(desired, live) {
            Owner::Problem(problem) => self.decisions.diagnostics.push(*problem),
            Owner::Foreign(why) => self.decisions.foreign.push(problems::Foreign {
                entry: desired.entry.clone(),
                address: desired.address.clone(),
                kind: desired.kind,
                place: desired.place.clone(),
                live,
                why,
            }),
            Owner::Adopted => self.adopt(desired, live, &body, &children, decision),
            Owner::Us(base) => {
                decision.ours = true;
                decision.difference = diff::compare(desired, &body, &base, &children);
                taken::settle(
                    desired,
                    live,
                    self.inputs.snapshot,
                    &mut decision.difference,
                );
                former::detach(self.inputs, desired, live, &mut decision.difference);
                act(live, decision);
                self.replace_if_asked(desired, decision);
                self.bookkeeping(desired, live, &base, decision);
            }
            Owner::Unmarked => {
                decision.ours = true;
                let base = Base::default();
                decision.difference = diff::compare(desired, &body, &base, &children);
                act(live, decision);
                self.replace_if_asked(desired, decision);
                if decision.action == Action::NoOp {
                    decision.action = Action::Adopt;
                    decision.reason = Reason::Adopted;
                }
            }
            Owner::Parent(recorded, base) => {
                decision.ours = true;
                decision.difference = diff::compare(desired, &body, &base, &children);
                if recorded == Recorded::Same {
                    let changes = &mut decision.difference.changes;
                    changes
                        .iter_mut()
                        .for_each(|change| change.cause = Cause::Drift);
                }
                act(live, decision);
                self.replace_if_asked(desired, decision);
            }
        }
        note_lock(self.inputs, &mut decision.difference);
        self.note_stay(desired, decision);
        match decision.action {
            // Nobody can keep what is going already.
            Action::Replace if matches!(decision.reason, Reason::Unfinished { .. }) => {}
            Action::Replace => self.forbid_replace(desired),
            // Nobody asks again what is as it should be, ten thousand times.
            Action::NoOp => decision.difference = Difference::default(),
            _ => {}
        }
    }

    /// Takes over what is there. What cannot be taken over as it is stays
    /// untouched: nobody who adopts means to delete.
    fn adopt(
        &mut self,
        desired: &Desired,
        live: &Live,
        body: &Value,
        children: &BTreeMap<String, Value>,
        decision: &mut Decision<'a>,
    ) {
        decision.difference = diff::compare(desired, body, &Base::default(), children);
        taken::settle(
            desired,
            live,
            self.inputs.snapshot,
            &mut decision.difference,
        );
        act(live, decision);
        if decision.action == Action::Replace {
            let problem = problems::cannot_adopt(desired, &decision.difference.changes);
            self.decisions.diagnostics.push(problem);
            decision.action = Action::NoOp;
            return;
        }
        decision.ours = true;
        // The marker of a child is on its parent: there is nothing to write.
        if decision.action != Action::NoOp || desired.rules.tags != Tags::Parent {
            decision.action = Action::Adopt;
            decision.reason = Reason::Adopted;
        }
    }

    /// Replaces what is as it should be, or could be changed where it stands,
    /// because the author asked for it.
    fn replace_if_asked(&self, desired: &Desired, decision: &mut Decision<'_>) {
        if behind::reimages(self.inputs, desired) {
            // Its instances are what is made anew.
            return;
        }
        if decision.action != Action::Replace && self.inputs.wishes.replaces(desired) {
            decision.action = Action::Replace;
            decision.reason = Reason::Asked;
        }
    }

    /// A machine that keeps the version of its image.
    fn note_stay(&mut self, desired: &Desired, decision: &Decision<'_>) {
        let image = desired
            .needs
            .iter()
            .find(|need| need.relation == Relation::BuiltFrom);
        if let (Some(version), Some(image)) = (decision.difference.stays, image)
            && decision.action != Action::Replace
        {
            let stay = self.decisions.stay.entry(image.on.clone()).or_default();
            *stay.entry(version).or_default() += 1;
        }
    }

    fn forbid_replace(&mut self, desired: &Desired) {
        if desired.protect != Protect::No {
            self.decisions
                .diagnostics
                .push(problems::protected(desired));
        }
    }
}

/// From what differs to what happens.
fn act(live: &Live, decision: &mut Decision<'_>) {
    let changes = &decision.difference.changes;
    let fixed: Vec<String> = changes
        .iter()
        .filter(|change| change.forces_replace())
        .map(|change| change.path.clone())
        .collect();
    let state = live.provisioning_state().unwrap_or("Succeeded");
    let unfinished = !state.eq_ignore_ascii_case("Succeeded");
    (decision.action, decision.reason) = if state.eq_ignore_ascii_case("Deleting") {
        // A run that was cut off has begun it. It is waited for, and then made.
        let state = state.to_owned();
        (Action::Replace, Reason::Unfinished { state })
    } else if !fixed.is_empty() {
        (
            Action::Replace,
            Reason::ImmutableChanged { properties: fixed },
        )
    } else if unfinished {
        (
            Action::Update,
            Reason::Unfinished {
                state: state.to_owned(),
            },
        )
    } else if !decision.difference.undecided.is_empty() {
        let properties = decision.difference.undecided.clone();
        // What waits is known when there are steps.
        let waiting = Vec::new();
        (
            Action::Update,
            Reason::Undecided {
                properties,
                waiting,
            },
        )
    } else if changes.is_empty() {
        (Action::NoOp, Reason::Differs)
    } else {
        (Action::Update, Reason::Differs)
    };
}

/// An image version that moved because the lock file did.
pub(crate) fn note_lock(inputs: &Inputs<'_>, difference: &mut Difference) {
    for change in &mut difference.changes {
        if change.path != "image.version" || change.cause != Cause::Spec {
            continue;
        }
        let after = change
            .after
            .as_ref()
            .map(Value::to_plain_text)
            .unwrap_or_default();
        let locked = inputs.images.iter().any(|image| {
            image.locked && image.channel != after && image.version.to_string() == after
        });
        if locked {
            change.cause = Cause::Lock;
        }
    }
}
