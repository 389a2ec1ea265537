//! Roles that somebody gave already.
//!
//! Azure takes one assignment of a role to a principal on a scope, whatever
//! its name, and refuses another with `RoleAssignmentExists`.

use tenon_model::desired::Desired;
use tenon_model::marker::Ownership;
use tenon_model::rules::Tags;
use tenon_model::snapshot::Live;
use tenon_model::{Code, Diagnostic, Help, ResourceId, Value};

use crate::Inputs;

/// What is wrong with making `desired`, if somebody else's assignment says the
/// same. One of ours goes before it is made.
pub(super) fn already(inputs: &Inputs<'_>, desired: &Desired) -> Option<Diagnostic> {
    if desired.rules.tags != Tags::Described {
        return None;
    }
    let principal = text(&desired.body, "principalId")?;
    let others = inputs.snapshot.given().iter();
    let others = others.chain(
        inputs
            .snapshot
            .iter()
            .filter(|live| is_anothers(inputs, live)),
    );
    others
        .filter(|other| same_role(&desired.id, &desired.body, &other.id, &other.body))
        .find(|other| {
            text(&other.body, "principalId").is_some_and(|one| one.eq_ignore_ascii_case(principal))
        })
        .map(|other| problem(desired, other))
}

fn is_anothers(inputs: &Inputs<'_>, live: &Live) -> bool {
    matches!(&live.ownership, Ownership::Marked(marker) if marker.deployment != inputs.deployment.name)
}

/// Whether two assignments give the same role on the same scope.
pub(crate) fn same_role(
    one: &ResourceId,
    body: &Value,
    other: &ResourceId,
    theirs: &Value,
) -> bool {
    let last = |body: &Value| {
        let role = text(body, "roleDefinitionId")?;
        Some(role.rsplit('/').next()?.to_ascii_lowercase())
    };
    one != other && scope(one) == scope(other) && last(body).is_some() && last(body) == last(theirs)
}

/// What an assignment is on.
fn scope(id: &ResourceId) -> Option<String> {
    let key = id.key();
    let (scope, _) = key.rsplit_once("/providers/microsoft.authorization/roleassignments/")?;
    Some(scope.to_owned())
}

fn text<'b>(body: &'b Value, member: &str) -> Option<&'b str> {
    body.at(&["properties", member])?.as_text()
}

fn problem(desired: &Desired, other: &Live) -> Diagnostic {
    let name = other.id.name();
    let by = match &other.ownership {
        Ownership::Marked(marker) => format!("deployment `{}`", marker.deployment),
        _ => text(&other.body, "createdBy")
            .unwrap_or("somebody")
            .to_owned(),
    };
    let on = text(&other.body, "createdOn").map_or(String::new(), |time| format!(" on {time}"));
    let problem = Diagnostic::error(
        Code::NotOurs,
        format!(
            "the role of `{}` is given already, and tenon did not give it here",
            desired.address
        ),
    )
    .at(&desired.place, "")
    .note(other.id.as_str())
    .note(format!(
        "made by {by}{on}; Azure takes no second one for the same role, principal and scope"
    ));
    let problem = match other.ownership {
        Ownership::Marked(_) => problem,
        _ => problem.help(Help::command(
            format!("to take it over, write  name: {name}  into this entry, and"),
            format!("tenon adopt {}", desired.address),
        )),
    };
    problem
        .help(Help::text(
            "or take this entry out of the spec, and leave the assignment to whoever made it",
        ))
        .help(Help::command(
            "or delete that one, and plan again",
            format!("az role assignment delete --ids {}", other.id),
        ))
        .about(&desired.address)
}
