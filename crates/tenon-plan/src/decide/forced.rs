//! Replaces that others force.

use tenon_model::Address;
use tenon_model::desired::{Protect, Relation};
use tenon_model::plan::{Action, Reason};

use super::{Decisions, problems};
use crate::Inputs;

/// Replacing something takes those with it that Azure does not let it go from.
pub(crate) fn propagate(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    for index in 0..decisions.len() {
        if decisions.at(index).action != Action::Replace {
            continue;
        }
        let address = decisions.at(index).address.clone();
        if decisions.at(index).rules.noun == "resource_group" {
            let problem = problems::group_cannot_move(decisions.at(index));
            decisions.diagnostics.push(problem);
            continue;
        }
        let forced: Vec<Address> = inputs
            .graph
            .dependents(&address)
            .filter(|(_, relation)| matches!(relation, Relation::Uses | Relation::Inside))
            .map(|(desired, _)| desired.address.clone())
            .collect();
        for dependent in forced {
            force(decisions, &dependent, &address);
        }
    }
}

/// Dependents stand after what they need, so one pass reaches all of them.
fn force(decisions: &mut Decisions<'_>, dependent: &Address, replaced: &Address) {
    let Some(index) = decisions.position(dependent) else {
        return;
    };
    let decision = decisions.at_mut(index);
    if decision.action == Action::Adopt {
        let problem = decision
            .desired
            .as_ref()
            .map(|desired| problems::uses_replaced(desired, replaced));
        decisions.diagnostics.extend(problem);
        return;
    }
    if !matches!(decision.action, Action::NoOp | Action::Update) || !decision.ours {
        return;
    }
    decision.action = Action::Replace;
    decision.reason = Reason::UsesReplaced {
        address: replaced.clone(),
    };
    let protected = decision
        .desired
        .as_ref()
        .filter(|desired| desired.protect != Protect::No)
        .map(|desired| problems::protected(desired));
    decisions.diagnostics.extend(protected);
}
