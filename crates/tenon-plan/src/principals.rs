//! Who a machine acts as, when it is replaced.
//!
//! The identity that Azure made for it goes with it, and the roles that were
//! given to that one are worth nothing: the new machine has another principal.
//! Identities that exist by themselves stay, with all that was given to them.

use tenon_model::marker::Ownership;
use tenon_model::plan::{Action, Cause, Op, PropertyChange, Reason};
use tenon_model::rules::Disruption;
use tenon_model::snapshot::Live;
use tenon_model::{Address, Later, Map, Path, ResourceId, Value};

use crate::Inputs;
use crate::decide::{Decision, Decisions};

/// Where a live body says who it acts as.
const PRINCIPAL: [&str; 2] = ["identity", "principalId"];

fn own_principal<'l>(decision: &Decision<'l>) -> Option<&'l str> {
    let succeeded = matches!(decision.reason, Reason::Succeeded { .. });
    let replaced = (decision.action == Action::Replace || succeeded) && decision.rules.noun == "vm";
    let live = decision.live.filter(|_| replaced)?;
    live.body.at(&PRINCIPAL)?.as_text()
}

/// What a replace loses with the identity that Azure made: `own_identity`, and
/// every role that the plan can see and does not give anew.
pub(crate) fn lost(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    decision: &Decision<'_>,
) -> Vec<String> {
    let Some(principal) = own_principal(decision) else {
        return Vec::new();
    };
    let is_its = |live: &&Live| {
        let given = live.body.at(&["properties", "principalId"]);
        let given = given.and_then(Value::as_text);
        given.is_some_and(|given| given.eq_ignore_ascii_case(principal))
    };
    let given_anew = |live: &Live| {
        let other = decisions.by_id(&live.id);
        other.is_some_and(|other| other.action == Action::Replace)
    };
    let seen = inputs
        .snapshot
        .iter()
        .filter(|live| is_assignment(&live.id));
    let roles = seen.chain(inputs.snapshot.given()).filter(is_its);
    let roles = roles.filter(|live| !given_anew(live)).map(role);
    std::iter::once("own_identity".to_owned())
        .chain(roles)
        .collect()
}

/// The identities that a replace takes over.
pub(crate) fn kept(decision: &Decision<'_>) -> Vec<String> {
    let live = decision.live.filter(|_| decision.action == Action::Replace);
    let users = live.and_then(|live| live.body.at(&["identity", "userAssignedIdentities"]));
    let users = users.and_then(Value::as_map);
    let names = users.into_iter().flat_map(Map::names);
    names
        .map(|id| format!("identity {}", id.rsplit('/').next().unwrap_or(id)))
        .collect()
}

fn is_assignment(id: &ResourceId) -> bool {
    id.resource_type()
        .eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments")
}

/// `role access.reader`, or by the definition and the name of what it is on.
fn role(assignment: &Live) -> String {
    if let Ownership::Marked(marker) = &assignment.ownership {
        return format!("role {}", marker.address);
    }
    let last = |member: &str| {
        let text = assignment.body.at(&["properties", member]);
        let text = text.and_then(Value::as_text).unwrap_or_default();
        text.rsplit('/').next().unwrap_or_default().to_owned()
    };
    format!("role {} on {}", last("roleDefinitionId"), last("scope"))
}

/// Gives the roles anew that the spec gives to the identity of a machine that
/// is replaced: a new machine never has the principal of the old one.
pub(crate) fn renew(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>, machine: &Address) {
    let machine_goes = decisions.get(machine).and_then(own_principal).is_some();
    if !machine_goes {
        return;
    }
    let dependents: Vec<Address> = inputs
        .graph
        .dependents(machine)
        .map(|(desired, _)| desired.address.clone())
        .collect();
    for dependent in dependents {
        if let Some(index) = decisions.position(&dependent) {
            renew_one(decisions.at_mut(index), machine);
        }
    }
}

fn renew_one(decision: &mut Decision<'_>, machine: &Address) {
    if !is_assignment(&decision.id) || decision.action != Action::Update || !decision.ours {
        return;
    }
    let principal = PRINCIPAL
        .iter()
        .fold(Path::root(), |path, name| path.member(name));
    let is_its = |value: &Value| matches!(value.as_later(), Some(Later::Live { of, path }) if of == machine && *path == principal);
    let fixed = decision.difference.expected.iter();
    let fixed = fixed.filter(|one| one.fixed && one.after.as_ref().is_some_and(is_its));
    let changes: Vec<PropertyChange> = fixed
        .map(|one| PropertyChange {
            path: one.property.clone(),
            op: Op::Change,
            before: one.value.clone(),
            after: one.after.clone(),
            cause: Cause::Reference,
            disruption: Disruption::Replace,
            sensitive: false,
            place: None,
        })
        .collect();
    if changes.is_empty() {
        return;
    }
    decision.action = Action::Replace;
    decision.reason = Reason::ImmutableChanged {
        properties: changes.iter().map(|change| change.path.clone()).collect(),
    };
    decision.difference.undecided.clear();
    decision.difference.changes.extend(changes);
}
