//! Giving roles: to whom, which, and once only.

use tenon_model::{Code, Diagnostic, Help};

use super::super::case::Case;

/// Explains what is about role assignments.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "RoleAssignmentExists" => assigned_already(case),
        "PrincipalNotFound" | "InvalidPrincipalId" | "UnmatchedPrincipalType" => {
            principal_not_found(case)
        }
        "RoleDefinitionDoesNotExist" => role_not_found(case),
        _ => return None,
    })
}

/// The same role for the same principal on the same scope, under another
/// name: Azure takes only one. A plan sees that before, unless the principal
/// is known only when it is carried out.
fn assigned_already(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::NotOurs,
        format!(
            "the role of {} is given already, and tenon did not give it here",
            case.subject()
        ),
    );
    let problem = match (existing_assignment(case.message), case.around.address) {
        (Some(name), Some(address)) => problem.help(Help::command(
            format!("to take it over, write  name: {name}  into this entry, and"),
            format!("tenon adopt {address}"),
        )),
        _ => problem,
    };
    problem
        .help(Help::text(
            "or take this entry out of the spec, and leave the assignment to whoever made it",
        ))
        .help(Help::command(
            "who that is, and since when",
            "az role assignment list --all --query \"[].{name:name, scope:scope, by:createdBy, on:createdOn}\" --output table",
        ))
}

/// The GUID at the end of Azure's message, which has it without hyphens.
fn existing_assignment(message: &str) -> Option<String> {
    let letters = |word: &&str| word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit());
    let hex = message
        .split(|c: char| !c.is_alphanumeric())
        .find(letters)?;
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    Some(parts.join("-"))
}

/// Every tenant knows an application under another object id, and the id of
/// the application is none of them.
fn principal_not_found(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::PrincipalNotFound,
        format!(
            "{} does not know whom {} gives a role to",
            case.tenant(),
            case.subject()
        ),
    );
    let guid = |word: &&str| tenon_model::id::is_guid(word);
    let mut words = case
        .message
        .split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    let principal = words.find(guid).unwrap_or("<application id>");
    let problem = if case.code == "UnmatchedPrincipalType" {
        problem.help(Help::text(
            "say what it is:  principal_type: ServicePrincipal  (or User, or Group)",
        ))
    } else {
        problem
    };
    problem
        .note("a role is given to the object id of a service principal in the tenant of the scope; an application's own id and its object id elsewhere are other ids")
        .help(Help::command(
            "if it is the id of an application, its object id in this tenant is",
            format!("az ad sp show --id {principal} --query id --output tsv"),
        ))
        .help(Help::text(
            "if it was made a moment ago, run it again: a new principal takes a while until all of Azure knows it",
        ))
}

fn role_not_found(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::RoleNotFound,
        format!("the role that {} gives does not exist", case.subject()),
    );
    problem
        .note("a custom role exists in the scopes that its definition lists, and nowhere else")
        .help(Help::command(
            "those that can be given there",
            "az role definition list --query \"[].{role:roleName, id:name}\" --output table",
        ))
}
