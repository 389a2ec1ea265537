//! `LinkedAuthorizationFailed`: one code of Azure's, five texts, four causes.
//!
//! No token for the image's tenant; a token without a role there; no role on
//! a subnet, an identity or the like in the own tenant; a subscription in an id
//! that does not exist. The fifth, a deny assignment, is told apart before.

use tenon_model::image::ResolvedImage;
use tenon_model::{Code, Diagnostic, Help, ResourceId};

use super::super::case::{Case, word};
use super::{grant_reader, image};

/// Tells the texts apart.
pub(super) fn explain(case: &Case<'_>) -> Diagnostic {
    if case.says("is not authorized to access linked subscription") {
        return auxiliary_missing(case);
    }
    if case.says("linked subscription") && case.says("was not found") {
        return subscription_missing(case);
    }
    if case.says("galleries/images")
        && let Some(image) = image(case)
    {
        return image_not_readable(case, image);
    }
    scope_not_authorized(case)
}

fn auxiliary_missing(case: &Case<'_>) -> Diagnostic {
    let sent: Vec<String> = case
        .refusal
        .auxiliary
        .iter()
        .map(|tenant| case.around.tenant(tenant))
        .collect();
    let how = if sent.is_empty() {
        "no token of that tenant came along"
    } else {
        "Azure took none of the tokens that came along for that"
    };
    let problem = case.problem(
        Code::AuxiliaryTokenMissing,
        format!(
            "{} uses an image of another tenant, and {how}",
            case.subject()
        ),
    );
    let problem = if sent.is_empty() {
        problem.note("no auxiliary token was sent")
    } else {
        problem
            .note(format!(
                "auxiliary tokens were sent for {}",
                sent.join(", ")
            ))
            .help(Help::command("see what they say", "tenon doctor"))
    };
    problem
        .note("roles are not the matter here: Azure never got as far as asking for one")
        .help(Help::text(
            "say in which tenant the gallery lives:  images: {web: {tenant: <publisher's tenant>, id: …}}",
        ))
        .help(Help::text("and build the machine under `vms:`, with  image: web"))
}

/// An id names a subscription that is not there.
fn subscription_missing(case: &Case<'_>) -> Diagnostic {
    let subscription = case.quoted_after("linked subscription");
    let subscription = subscription.unwrap_or("<subscription>");
    case.problem(
        Code::SubscriptionNotFound,
        format!(
            "{} names something in subscription {subscription}, which Azure does not find",
            case.subject()
        ),
    )
    .help(Help::command(
        "look for it among those that you see",
        format!("az account list --all --query \"[?id=='{subscription}']\""),
    ))
    .help(Help::text(
        "correct the subscription in the id of the image, subnet or disk; a subscription that was deleted looks the same",
    ))
}

fn image_not_readable(case: &Case<'_>, image: &ResolvedImage) -> Diagnostic {
    let publisher = case.around.tenant(&image.tenant);
    let problem = Diagnostic::error(
        Code::ImageNotReadable,
        format!(
            "{} may be created, but its image in {publisher} may not be read",
            case.subject()
        ),
    );
    let problem = match case.around.image_places.get(&image.address) {
        Some(place) => problem.at(place, format!("{} {}", image.address.last(), image.version)),
        None => case.around.at(problem),
    };
    let problem = match case.around.address {
        Some(address) => problem.about(address),
        None => problem,
    };
    match image.id.definition.resource() {
        Some(definition) => grant_reader(problem, case, definition, &publisher),
        None => problem,
    }
}

fn scope_not_authorized(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::LinkedScopeNotAuthorized,
        format!("no role for what {} links to", case.subject()),
    );
    let scope = linked_scope(case);
    let role = role_for(case, scope.as_ref());
    let shown = scope.map_or_else(|| "<linked scope>".to_owned(), |scope| scope.to_string());
    problem
        .help(Help::command(
            format!("on what Azure names as linked scope, give the application {role} (it can take some minutes to count)"),
            format!(
                "az role assignment create --assignee {} --role {} --scope {shown}",
                case.application(),
                word(role)
            ),
        ))
        .help(Help::text(
            "or take what lies where the application has a role already",
        ))
}

/// The first of the scopes that the message lists behind "linked scope(s)".
fn linked_scope(case: &Case<'_>) -> Option<ResourceId> {
    let listed = case.quoted_after("linked scope(s)")?;
    ResourceId::parse(listed.split(',').next()?.trim()).ok()
}

/// The least built-in role that may use such a thing.
fn role_for(case: &Case<'_>, scope: Option<&ResourceId>) -> &'static str {
    let lower = scope.map_or_else(String::new, |scope| scope.as_str().to_ascii_lowercase());
    if lower.contains("microsoft.network/") || case.says("/join/action") {
        "Network Contributor"
    } else if lower.contains("microsoft.managedidentity/") {
        "Managed Identity Operator"
    } else if lower.contains("/diskencryptionsets/") || lower.contains("/galleries/") {
        "Reader"
    } else {
        "Contributor"
    }
}
