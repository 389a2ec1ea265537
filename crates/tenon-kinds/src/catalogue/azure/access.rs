//! Roles, denials, policies and locks.

use tenon_model::image::ResolvedImage;
use tenon_model::{Code, Diagnostic, Help, ResourceId};

use super::case::{Case, word};

mod linked;
mod roles;

/// Explains what is about who may do what.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "LinkedAuthorizationFailed" | "AuthorizationFailed" if is_denied(case) => denied(case),
        "LinkedAuthorizationFailed" => linked::explain(case),
        "AuthorizationFailed" => not_authorized(case),
        "RequestDisallowedByPolicy" => policy(case),
        "ScopeLocked" => locked(case),
        "ReadOnlyDisabledSubscription" => subscription_disabled(case),
        _ => return roles::of(case),
    })
}

fn is_denied(case: &Case<'_>) -> bool {
    case.says("deny assignment")
}

/// Roles allow, and a deny assignment forbids: those of managed applications,
/// deployment stacks and blueprints.
fn denied(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::DenyAssignment,
        format!(
            "a deny assignment forbids {}; no role helps against it",
            case.subject()
        ),
    );
    let problem = match case.quoted_after("deny assignment with name") {
        Some(name) => problem.note(format!("it is called {name}")),
        None => problem,
    };
    let id = case.quoted_after("and Id");
    let problem = match id.filter(|id| id.starts_with('/')) {
        Some(id) => problem.help(Help::command(
            "see what it forbids, and to whom",
            format!("az rest --method get --url \"{id}?api-version=2022-04-01\""),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "only what made it can lift it: a managed application, a deployment stack, a blueprint; ask its owner, or use another group",
    ))
}

fn not_authorized(case: &Case<'_>) -> Diagnostic {
    let tenant = case.refusal.tenant.as_ref();
    // A read in the publisher's gallery: the very role that the how-to gives.
    let is_read = case.refusal.request.starts_with("GET ");
    if is_read && case.is_of("/galleries/") && tenant.is_some() {
        let publisher = case.tenant();
        let problem = case.problem(
            Code::ImageNotReadable,
            format!("the image in {publisher} may not be read"),
        );
        let path = case.refusal.request.split_whitespace().last().unwrap_or("");
        let path = path.split('?').next().unwrap_or(path);
        return match ResourceId::parse(path.trim_end_matches("/versions")) {
            Ok(id) => grant_reader(problem, case, &id, &publisher),
            Err(_) => problem,
        };
    }
    let wher = tenant.map_or(String::new(), |tenant| {
        format!(" in {}", case.around.tenant(tenant))
    });
    let problem = case.problem(
        Code::NotAuthorized,
        format!("the application has no role{wher} for {}", case.subject()),
    );
    let scope = scope_of(case.message).unwrap_or("<resource group id>");
    // Contributor may do all but these.
    let role = if case.says("Microsoft.Compute/galleries/share/action") {
        "Compute Gallery Sharing Admin"
    } else if case.says("Microsoft.Authorization/roleAssignments/") {
        "Role Based Access Control Administrator"
    } else {
        "Contributor"
    };
    problem
        .note("Azure answers the same for a scope that does not exist")
        .help(Help::command(
            format!("give it {role} where it works (it can take some minutes to count)"),
            format!(
                "az role assignment create --assignee {} --role {} --scope {}",
                case.application(),
                word(role),
                group_of(scope)
            ),
        ))
}

/// The scope that an `AuthorizationFailed` names.
fn scope_of(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("over scope '")?;
    rest.split('\'').next()
}

fn group_of(scope: &str) -> String {
    match ResourceId::parse(scope) {
        Ok(id) => match id.resource_group() {
            Some(group) => ResourceId::group(&id.subscription(), group).to_string(),
            None => scope.to_owned(),
        },
        Err(_) => scope.to_owned(),
    }
}

/// The image of another tenant that the refusal is about: the one it names,
/// else the first one.
fn image<'a>(case: &Case<'a>) -> Option<&'a ResolvedImage> {
    let text = case.message.to_ascii_lowercase();
    // Nobody needs a role for what is open to others.
    let read_with_a_role = || {
        let images = case.around.images.iter();
        images.filter_map(|image| Some((image, image.id.definition.resource()?)))
    };
    let named = read_with_a_role().find(|(_, definition)| {
        let gallery = gallery_of(definition).to_ascii_lowercase();
        text.contains(&gallery) || text.contains(definition.subscription().as_str())
    });
    let found = named.or_else(|| read_with_a_role().next());
    found.map(|(image, _)| image)
}

/// The id of the gallery that an image lies in. The group may be called
/// `images` as well.
fn gallery_of(image: &ResourceId) -> &str {
    let text = image.as_str();
    let lower = text.to_ascii_lowercase();
    let gallery = lower
        .find("/galleries/")
        .map_or(0, |at| at + "/galleries/".len());
    let end = lower[gallery..]
        .find('/')
        .map_or(text.len(), |end| gallery + end);
    &text[..end]
}

/// The command that lets an application read a gallery.
fn grant_reader(
    problem: Diagnostic,
    case: &Case<'_>,
    image: &ResourceId,
    publisher: &str,
) -> Diagnostic {
    problem
        .help(Help::command(
            format!("in {publisher}, give the application Reader on the gallery (it can take some minutes to count)"),
            format!("az role assignment create --assignee {} --role Reader --scope {}", case.application(), gallery_of(image)),
        ))
        .help(Help::text("`Compute Gallery Image Reader` is enough, and is the least"))
}

fn policy(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::PolicyDenied,
        format!("an Azure policy forbids {}", case.subject()),
    );
    let problem = match assignment(case) {
        Some(id) => problem.help(Help::command(
            "see who assigned it, and what it asks for",
            format!("az rest --method get --url \"{id}?api-version=2023-04-01\""),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "change what the policy objects to, or ask its owner for an exemption",
    ))
}

/// The assignment, of the identifiers that the message quotes as JSON:
/// `Policy identifiers: '[{"policyAssignment":{"name":"…","id":"…"}, …}]'`.
fn assignment(case: &Case<'_>) -> Option<ResourceId> {
    let at = case.message.find("policyAssignment\"")?;
    let rest = case.message.get(at..)?;
    let id = rest.split("\"id\":\"").nth(1)?.split('"').next()?;
    ResourceId::parse(id).ok()
}

fn locked(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::ScopeLocked,
        format!("a lock forbids this for {}", case.subject()),
    );
    let scope = case.quoted_after("are locked:");
    let scope = scope.and_then(|scope| ResourceId::parse(scope).ok());
    let problem = match scope.as_ref() {
        Some(scope) => problem.help(Help::command(
            "see the locks, and why they are there",
            format!(
                "az rest --method get --url \"{scope}/providers/Microsoft.Authorization/locks?api-version=2020-05-01\" --query \"value[].{{id:id, level:properties.level, notes:properties.notes}}\""
            ),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "remove the lock that Azure names (az lock delete --ids <id>), apply, and put it back",
    ))
}

fn subscription_disabled(case: &Case<'_>) -> Diagnostic {
    let subscription = case.quoted().next().unwrap_or("<subscription>");
    case.problem(
        Code::SubscriptionNotEnabled,
        format!(
            "the subscription is disabled: {} cannot be written",
            case.subject()
        ),
    )
    .note("a bill that was not paid, a spending limit, or an owner who cancelled it")
    .help(Help::command(
        "see its state",
        format!(
            "az account list --all --query \"[?id=='{subscription}'].{{name:name, state:state}}\""
        ),
    ))
    .help(Help::text(
        "its owner reactivates it in the portal, under Subscriptions; then run it again",
    ))
}
