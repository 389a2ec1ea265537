//! What is not there: subscriptions, groups, providers, regions.

use tenon_model::{Code, Diagnostic, Help, SubscriptionId};

use super::case::Case;

/// Explains what is about what is where.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "SubscriptionNotFound" => subscription_not_found(case),
        "ResourceGroupNotFound" => group_not_found(case),
        "ResourceNotFound" | "NotFound" | "ParentResourceNotFound" | "InvalidResourceReference"
            if case.is_write() =>
        {
            reference_not_found(case)
        }
        "ParentResourceNotFound" | "InvalidResourceReference" => reference_not_found(case),
        "MissingSubscriptionRegistration" => not_registered(case),
        "InvalidSubscriptionRegistrationState" | "MissingRegistrationForLocation" => {
            registering(case)
        }
        "NoRegisteredProviderFound" | "LocationNotAvailableForResourceType" => not_offered(case),
        "InvalidResourceLocation" | "InvalidResourceGroupLocation" => elsewhere(case),
        "ResourceGroupBeingDeleted" => being_deleted(case),
        _ => return by_text(case),
    })
}

fn by_text(case: &Case<'_>) -> Option<Diagnostic> {
    if case.says("not registered to use namespace") || case.says("'Unregistered' state") {
        return Some(not_registered(case));
    }
    if case.says("marked for deletion") || case.says("deprovisioning state") {
        return Some(being_deleted(case));
    }
    if case.says("already exists in location") {
        return Some(elsewhere(case));
    }
    if case.says("not available for resource type") || case.says("is not supported in this region")
    {
        return Some(not_offered(case));
    }
    None
}

fn subscription_not_found(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::SubscriptionNotFound,
        "Azure does not find the subscription",
    );
    let problem = match &case.refusal.tenant {
        Some(tenant) => problem.note(format!(
            "asked with a token of {}",
            case.around.tenant(tenant)
        )),
        None => problem,
    };
    problem.help(Help::text(
        "compare the id; a subscription without any role for the application looks the same",
    ))
    .help(Help::command(
        "those that you see",
        "az account list --all --query \"[].{id:id, name:name, tenant:tenantId}\" --output table",
    ))
}

fn group_not_found(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::ResourceGroupNotFound,
        "the resource group does not exist",
    )
    .help(Help::text(
        "let this spec make it:  resource_group: {name: …, create: true}",
    ))
}

fn reference_not_found(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::ReferencedResourceNotFound,
        format!("{} needs something that is not there", case.subject()),
    );
    let problem = if case.code == "InvalidResourceReference" {
        problem.note("both have to be in the same region")
    } else {
        problem
    };
    let problem = match case.named() {
        Some(id) => problem.help(Help::command(
            "look for it",
            format!("az resource show --ids {id}"),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "correct the id in the spec, or let the spec make it; if somebody deleted it meanwhile, plan again",
    ))
}

/// `Microsoft.Compute`, of any of the texts.
fn namespace<'a>(case: &Case<'a>) -> &'a str {
    let details = case.refusal.details.iter();
    let texts = details.map(|(_, message)| message.as_str());
    texts
        .chain([case.message])
        .find_map(|text| text.split('\'').find(|part| part.starts_with("Microsoft.")))
        .map_or("Microsoft.Compute", |name| {
            name.split('/').next().unwrap_or(name)
        })
}

fn register(case: &Case<'_>) -> String {
    let subscription = case.resource().map(|id| id.subscription());
    let of = subscription.map_or_else(String::new, |id: SubscriptionId| {
        format!(" --subscription {id}")
    });
    format!(
        "az provider register --namespace {}{of} --wait",
        namespace(case)
    )
}

fn not_registered(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::ProviderNotRegistered,
        format!("the subscription is not registered for {}", namespace(case)),
    )
    .help(Help::command(
        "register it, once per subscription",
        register(case),
    ))
}

fn registering(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::ProviderNotRegistered,
        format!(
            "the subscription is not yet registered for {} everywhere",
            namespace(case)
        ),
    )
    .note("a registration goes through the regions one after the other, which takes some minutes")
    .help(Help::command(
        "wait until it is there, and run it again",
        register(case),
    ))
}

fn not_offered(case: &Case<'_>) -> Diagnostic {
    let kind = case.quoted().find(|text| text.starts_with("Microsoft."));
    let (namespace, name) = kind
        .and_then(|kind| kind.split_once('/'))
        .unwrap_or(("<namespace>", "<type>"));
    case.problem(
        Code::NotOfferedHere,
        format!("Azure does not offer {} there, or not in this form", case.subject()),
    )
    .help(Help::command(
        "where it is offered, and by which api-versions",
        format!(
            "az provider show --namespace {namespace} --query \"resourceTypes[?resourceType=='{name}'].{{regions:locations, versions:apiVersions}}\""
        ),
    ))
    .help(Help::text(
        "correct  location  (for an entry of `resources` also the api-version behind the @); some regions are open on request only",
    ))
}

fn elsewhere(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::ExistsElsewhere,
        format!("{} exists already, in another region", case.subject()),
    )
    .note("the region of a resource is fixed when it is made, and its name is taken as long as it is there")
    .help(Help::text(
        "write the  location  that it has, or give the entry another  name",
    ))
    .help(Help::command(
        "look at what is there",
        format!("az resource show --ids {}", case.id("<id>")),
    ))
}

fn being_deleted(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::BeingDeleted,
        format!("{} is being deleted at this moment", case.subject()),
    )
    .help(Help::text(
        "wait until it is gone, then run the same command again: it is made anew",
    ))
    .help(Help::command(
        "wait for that",
        format!("az resource wait --deleted --ids {}", case.id("<id>")),
    ))
}
