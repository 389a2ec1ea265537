//! Replaces that others force.

use tenon_model::desired::{Protect, Relation};
use tenon_model::plan::{Action, Expected, Reason};
use tenon_model::rules::{Absent, Disruption, Same};
use tenon_model::{Address, ResourceId, Value};

use super::{Decision, Decisions, problems};
use crate::{Inputs, diff, principals, references};

/// Replacing something takes those with it that Azure does not let it go from.
/// What can do without it for a while lets go of it, and takes the new one.
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
        principals::renew(inputs, decisions, &address);
        let id = decisions.at(index).id.clone();
        for dependent in forced {
            match decisions
                .get(&dependent)
                .and_then(|one| references(one, &id))
            {
                Some(references) => let_go(decisions, &dependent, references, &address),
                None => force(decisions, &dependent, &address),
            }
        }
    }
}

/// What a resource that stays would let go of, and take again, to do without
/// `replaced` for a while; none if it cannot. Nothing, if it does not have it
/// yet.
fn references(decision: &Decision<'_>, replaced: &ResourceId) -> Option<Vec<Expected>> {
    let (Some(live), Some(desired)) = (decision.live, decision.desired.as_deref()) else {
        return None;
    };
    let stays = matches!(decision.action, Action::NoOp | Action::Update);
    if !stays || !decision.ours {
        return None;
    }
    let wanted = Value::text(replaced.as_str());
    let leaves = diff::leaves(desired);
    let named: Vec<_> = leaves
        .iter()
        .filter(|leaf| Same::Id.same(leaf.value, &wanted))
        .collect();
    let optional = named.iter().all(|leaf| {
        leaf.row
            .is_some_and(|row| row.absent == Absent::Removed && row.change <= Disruption::Hot)
    });
    if named.is_empty() || !optional {
        return None;
    }
    let has = |value: &Value| Same::Id.same(value, &wanted);
    let references: Vec<Expected> = named
        .iter()
        .filter_map(|leaf| {
            let value = leaf.live(&live.body).filter(|value| has(value))?;
            Some(Expected {
                property: leaf.property.clone(),
                path: leaf.path.clone(),
                twin: None,
                same: Same::Id,
                value: Some(value.clone()),
                after: None,
                fixed: false,
            })
        })
        .collect();
    let ids = references::named_ids(live);
    let all = ids.iter().filter(|id| *id == replaced).count();
    (all == references.len()).then_some(references)
}

fn let_go(
    decisions: &mut Decisions<'_>,
    dependent: &Address,
    references: Vec<Expected>,
    replaced: &Address,
) {
    let Some(index) = decisions
        .position(dependent)
        .filter(|_| !references.is_empty())
    else {
        return;
    };
    let decision = decisions.at_mut(index);
    match &mut decision.reason {
        Reason::TakesAnew { addresses } => addresses.push(replaced.clone()),
        _ if decision.action == Action::Update => {}
        reason => {
            *reason = Reason::TakesAnew {
                addresses: vec![replaced.clone()],
            };
            decision.action = Action::Update;
        }
    }
    let expected = &mut decision.difference.expected;
    expected.retain(|one| references.iter().all(|other| other.path != one.path));
    // Its update finds that the reference is gone, and puts it back.
    expected.extend(references.iter().map(|one| Expected {
        value: None,
        after: one.value.clone(),
        ..one.clone()
    }));
    decision.lets_go.extend(references);
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
