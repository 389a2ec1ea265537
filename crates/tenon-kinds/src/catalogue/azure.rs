//! Resource Manager and the resource providers.

use tenon_model::image::ResolvedImage;
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Code, Diagnostic, Help, ResourceId};

use super::Around;

/// Resource Manager refused, or an operation ended badly.
pub(super) fn explain(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    match refusal.code.as_str() {
        "LinkedAuthorizationFailed" => linked(refusal, around),
        "AuthorizationFailed" => not_authorized(refusal, around),
        "InvalidAuthenticationTokenTenant" => wrong_tenant(refusal, around),
        "InvalidAuthenticationToken"
            if !refusal.auxiliary.is_empty() && speaks_of_auxiliary(refusal) =>
        {
            auxiliary_refused(refusal, around)
        }
        "SubscriptionNotFound" => subscription_not_found(refusal, around),
        "ResourceGroupNotFound" => group_not_found(refusal, around),
        "GalleryImageNotFound" => image_not_found(around),
        "PropertyChangeNotAllowed" => hole_in_our_table(refusal, around),
        "MissingSubscriptionRegistration" => not_registered(refusal, around),
        "RequestDisallowedByPolicy" => policy(around),
        "ScopeLocked" => locked(around),
        "RoleAssignmentExists" => assigned_already(refusal, around),
        "SkuNotAvailable"
        | "AllocationFailed"
        | "ZonalAllocationFailed"
        | "OverconstrainedAllocationRequest" => no_capacity(around),
        "QuotaExceeded" => quota(around),
        "OperationNotAllowed" if refusal.message.contains("quota") => quota(around),
        "OperationNotAllowed" if refusal.message.contains("Cannot modify extensions") => {
            machine_stands_still(around)
        }
        "VMExtensionProvisioningError"
        | "VMExtensionProvisioningTimeout"
        | "VMExtensionHandlerNonTransientError" => extension_failed(refusal, around),
        code if code.ends_with("InRollingUpgrade") || code.starts_with("RollingUpgrade") => {
            upgrade_ended(refusal, around)
        }
        "BadRequest"
            if refusal.message.contains("Hypervisor Generation")
                || refusal.message.contains("CPU Architecture") =>
        {
            size_does_not_fit(around)
        }
        _ if refusal.status == 412 => moved_meanwhile(around),
        _ if is_busy(refusal) => busy(around),
        _ if refusal.status == 429 => throttled(around),
        _ => other(refusal, around),
    }
}

fn subject(around: &Around<'_>) -> String {
    around
        .address
        .map_or_else(|| "this".to_owned(), |address| format!("`{address}`"))
}

/// The same role for the same principal on the same scope, under another
/// name: Azure takes only one. A plan sees that before, unless the principal
/// is known only when it is carried out.
fn assigned_already(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let problem = around.at(Diagnostic::error(
        Code::NotOurs,
        format!(
            "the role of {} is given already, and tenon did not give it here",
            subject(around)
        ),
    ));
    let problem = match (existing_assignment(&refusal.message), around.address) {
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

fn speaks_of_auxiliary(refusal: &Refusal) -> bool {
    refusal.message.to_ascii_lowercase().contains("auxiliary")
}

/// The image of another tenant that the refusal is about: the one it names,
/// else the first one.
fn image<'a>(refusal: &Refusal, around: &Around<'a>) -> Option<&'a ResolvedImage> {
    let text = refusal.message.to_ascii_lowercase();
    // Nobody needs a role for what is open to others.
    let read_with_a_role = || {
        let images = around.images.iter();
        images.filter_map(|image| Some((image, image.id.definition.resource()?)))
    };
    let named = read_with_a_role().find(|(_, definition)| {
        let gallery = gallery_of(definition).to_ascii_lowercase();
        text.contains(&gallery) || text.contains(definition.subscription().as_str())
    });
    let found = named.or_else(|| read_with_a_role().next());
    found.map(|(image, _)| image)
}

/// Two texts, two causes: no token for the image's tenant, or a token without
/// a role there.
fn linked(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let no_token = refusal
        .message
        .contains("is not authorized to access linked subscription");
    let of_image = refusal
        .message
        .to_ascii_lowercase()
        .contains("galleries/images");
    if no_token {
        return auxiliary_missing(refusal, around);
    }
    if of_image && let Some(image) = image(refusal, around) {
        return image_not_readable(refusal, image, around);
    }
    around
        .at(Diagnostic::error(
            Code::LinkedScopeNotAuthorized,
            format!("no role for what {} links to", subject(around)),
        ))
        .help(Help::text("on what Azure names as linked scope, give the application a role that may join or assign it, e.g. Network Contributor"))
}

fn auxiliary_missing(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let sent: Vec<String> = refusal
        .auxiliary
        .iter()
        .map(|tenant| around.tenant(tenant))
        .collect();
    let problem = around.at(Diagnostic::error(
        Code::AuxiliaryTokenMissing,
        format!(
            "{} uses an image of another tenant, and no token of that tenant came along",
            subject(around)
        ),
    ));
    let problem = if sent.is_empty() {
        problem.note("no auxiliary token was sent")
    } else {
        problem.note(format!(
            "auxiliary tokens were sent for {}",
            sent.join(", ")
        ))
    };
    problem
        .note("roles are not the matter here: Azure never got as far as asking for one")
        .help(Help::text(
            "say in which tenant the gallery lives:  images: {web: {tenant: <publisher's tenant>, id: …}}",
        ))
        .help(Help::text("and build the machine under `vms:`, with  image: web"))
}

fn auxiliary_refused(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let sent: Vec<String> = refusal
        .auxiliary
        .iter()
        .map(|tenant| around.tenant(tenant))
        .collect();
    around
        .at(Diagnostic::error(
            Code::AuxiliaryTokenMissing,
            format!("Azure did not accept the token of {}", sent.join(", ")),
        ))
        .help(Help::text(
            "run it again; if it stays, look at the clock of this machine",
        ))
}

fn image_not_readable(refusal: &Refusal, image: &ResolvedImage, around: &Around<'_>) -> Diagnostic {
    let publisher = around.tenant(&image.tenant);
    let problem = Diagnostic::error(
        Code::ImageNotReadable,
        format!(
            "{} may be created, but its image in {publisher} may not be read",
            subject(around)
        ),
    );
    let problem = match around.image_places.get(&image.address) {
        Some(place) => problem.at(place, format!("{} {}", image.address.last(), image.version)),
        None => around.at(problem),
    };
    let problem = match around.address {
        Some(address) => problem.about(address),
        None => problem,
    };
    match image.id.definition.resource() {
        Some(definition) => grant_reader(problem, refusal, definition, &publisher),
        None => problem,
    }
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
    refusal: &Refusal,
    image: &ResourceId,
    publisher: &str,
) -> Diagnostic {
    let assignee = refusal.application.as_deref().unwrap_or("<application id>");
    problem
        .help(Help::command(
            format!("in {publisher}, give the application Reader on the gallery (it can take some minutes to count)"),
            format!("az role assignment create --assignee {assignee} --role Reader --scope {}", gallery_of(image)),
        ))
        .help(Help::text("`Compute Gallery Image Reader` is enough, and is the least"))
}

fn not_authorized(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let tenant = refusal.tenant.as_ref();
    // A read in the publisher's gallery: the very role that the how-to gives.
    let gallery = refusal.request.to_ascii_lowercase().contains("/galleries/");
    if gallery && let Some(tenant) = tenant {
        let publisher = around.tenant(tenant);
        let problem = around.at(Diagnostic::error(
            Code::ImageNotReadable,
            format!("the image in {publisher} may not be read"),
        ));
        let path = refusal.request.split_whitespace().last().unwrap_or("");
        let path = path.split('?').next().unwrap_or(path);
        return match ResourceId::parse(path.trim_end_matches("/versions")) {
            Ok(id) => grant_reader(problem, refusal, &id, &publisher),
            Err(_) => problem,
        };
    }
    let wher = tenant.map_or(String::new(), |tenant| {
        format!(" in {}", around.tenant(tenant))
    });
    let problem = around.at(Diagnostic::error(
        Code::NotAuthorized,
        format!("the application has no role{wher} for {}", subject(around)),
    ));
    let assignee = refusal.application.as_deref().unwrap_or("<application id>");
    let scope = scope_of(&refusal.message).unwrap_or("<resource group id>");
    // Contributor may do all but this.
    let gives_roles = refusal
        .message
        .contains("Microsoft.Authorization/roleAssignments/");
    let role = if gives_roles {
        "Role Based Access Control Administrator"
    } else {
        "Contributor"
    };
    problem
        .note("Azure answers the same for a scope that does not exist")
        .help(Help::command(
            format!("give it {role} where it works (it can take some minutes to count)"),
            format!(
                "az role assignment create --assignee {assignee} --role {} --scope {}",
                quoted(role),
                group_of(scope)
            ),
        ))
}

fn quoted(name: &str) -> String {
    if name.contains(' ') {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
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

fn wrong_tenant(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let used = refusal.tenant.as_ref();
    let wanted = refusal
        .message
        .split("sts.windows.net/")
        .nth(2)
        .and_then(|rest| rest.split('/').next())
        .filter(|id| tenon_model::id::is_guid(id))
        .map(tenon_model::TenantId::new);
    let used_name = used.map_or("another tenant".to_owned(), |tenant| around.tenant(tenant));
    let problem = Diagnostic::error(
        Code::WrongTenant,
        format!("the subscription does not belong to {used_name}"),
    );
    let problem = match used {
        Some(tenant) => around.at_tenant(problem, tenant),
        None => around.at(problem),
    };
    match wanted {
        Some(wanted) => problem
            .note(format!("it belongs to {}", around.tenant(&wanted)))
            .help(Help::text(format!("write  tenant: {wanted}"))),
        None => problem.help(Help::text(
            "compare `tenant` and `subscription`; they may be swapped with those of the image",
        )),
    }
}

fn subscription_not_found(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::SubscriptionNotFound,
            "Azure does not find the subscription",
        ))
        .note(format!(
            "asked with a token of {}",
            refusal
                .tenant
                .as_ref()
                .map_or(String::new(), |tenant| around.tenant(tenant))
        ))
        .help(Help::text(
            "compare the id; a subscription without any role for the application looks the same",
        ))
}

fn group_not_found(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let _ = refusal;
    around
        .at(Diagnostic::error(
            Code::ResourceGroupNotFound,
            "the resource group does not exist",
        ))
        .help(Help::text(
            "let this spec make it:  resource_group: {name: …, create: true}",
        ))
}

fn image_not_found(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::ImageNotReplicated,
            format!("Azure does not find the image of {} in this region", subject(around)),
        ))
        .note("right after a replication Azure can answer so for a short time although it reports it completed")
        .help(Help::text("run it again in a few minutes; what is done is not done twice"))
}

fn hole_in_our_table(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let property = refusal.target.as_deref().unwrap_or("a property");
    around
        .at(Diagnostic::error(
            Code::PropertyChangeNotAllowed,
            format!("Azure does not let {property} of {} be changed, and tenon should have known", subject(around)),
        ))
        .note("this is a hole in tenon's table of what can be changed; please report it with these lines")
        .help(Help::text("take the change back, or delete the resource so that it is made anew"))
}

fn not_registered(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let namespace = refusal
        .details
        .first()
        .map(|(_, message)| message.as_str())
        .into_iter()
        .chain([refusal.message.as_str()])
        .find_map(|text| text.split('\'').find(|part| part.starts_with("Microsoft.")))
        .unwrap_or("Microsoft.Compute");
    around
        .at(Diagnostic::error(
            Code::ProviderNotRegistered,
            format!("the subscription is not registered for {namespace}"),
        ))
        .help(Help::command(
            "register it, once per subscription",
            format!("az provider register --namespace {namespace} --wait"),
        ))
}

fn policy(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::PolicyDenied,
            format!("an Azure policy forbids {}", subject(around)),
        ))
        .help(Help::text(
            "change what the policy objects to, or ask its owner for an exemption",
        ))
}

fn locked(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::ScopeLocked,
            format!("a lock forbids this for {}", subject(around)),
        ))
        .help(Help::text(
            "remove the lock that Azure names, apply, and put it back",
        ))
}

fn no_capacity(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::NoCapacity,
            format!("Azure has no room for {} right now", subject(around)),
        ))
        .help(Help::text(
            "run it again later: it goes on where it stopped",
        ))
        .help(Help::text(
            "or take another zone, size or region, and plan again",
        ))
}

fn quota(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::QuotaExceeded,
            format!("not enough quota for {}", subject(around)),
        ))
        .help(Help::text(
            "ask for more in the portal under Quotas, or take a size of another family",
        ))
}

fn size_does_not_fit(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::SizeDoesNotFitImage,
            format!("the image of {} cannot run on this size", subject(around)),
        ))
        .help(Help::text(
            "take a size of the generation and architecture that Azure names above",
        ))
}

/// Whether something else is at work on the same resource. Some of these are
/// waited for first; what is left has lasted longer than that.
fn is_busy(refusal: &Refusal) -> bool {
    let code = refusal.code.as_str();
    let message = refusal.message.to_ascii_lowercase();
    let in_progress = message.contains("another operation") || message.contains("in progress");
    matches!(code, "AnotherOperationInProgress" | "OperationPreempted")
        || code.starts_with("RetryableError")
        || refusal.status == 409
            && matches!(code, "Conflict" | "OperationNotAllowed")
            && in_progress
}

fn busy(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::AnotherOperation,
            format!("another operation is at work on {}", subject(around)),
        ))
        .note("another run, somebody in the portal, or Azure itself")
        .help(Help::text(
            "run it again when the other one is done: what is done is not done twice",
        ))
        .help(Help::text(
            "if it is another run, let one write at a time: `lock:` in the spec, see docs/locks.md",
        ))
}

/// A condition of the request did not hold, and yet nothing that the plan
/// expects has moved.
fn moved_meanwhile(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::StalePlan,
            format!(
                "{} was changed in this very moment, and was left alone",
                subject(around)
            ),
        ))
        .note("another run, somebody in the portal, or Azure itself")
        .help(Help::text(
            "run it again: what is done is not done twice, and what has moved is named",
        ))
}

/// Azure writes extensions only while their machine runs.
fn machine_stands_still(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::MachineStandsStill,
            format!("the machine of {} does not run", subject(around)),
        ))
        .help(Help::text(
            "start the machine and run it again; what is done is not done twice",
        ))
}

/// The agent inside of the machine reported it; Azure's message has the words
/// of the extension.
fn extension_failed(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let what = match refusal.code.as_str() {
        "VMExtensionProvisioningTimeout" => "did not end in time",
        _ => "failed",
    };
    around
        .at(Diagnostic::error(
            Code::ExtensionFailed,
            format!("{} {what} inside of the machine", subject(around)),
        ))
        .note("the machine itself runs; the extension stays as failed until it is written again")
        .help(Help::text(
            "mend its settings by what its own words above say, and apply again: it is written anew",
        ))
        .help(Help::text(
            "its logs lie in the machine: /var/log/azure on Linux, C:\\WindowsAzure\\Logs\\Plugins on Windows",
        ))
}

/// A rolling upgrade that Azure gave up, or somebody.
fn upgrade_ended(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let (what, key) = match refusal.code.as_str() {
        code if code.starts_with("MaxUnhealthyUpgraded") => (
            "instances with the new model are not well, and the upgrade ended",
            Some("upgrade.max_unhealthy_upgraded_instance_percent"),
        ),
        code if code.starts_with("MaxUnhealthyInstance") => (
            "too many instances are not well, and no batch began",
            Some("upgrade.max_unhealthy_instance_percent"),
        ),
        "RollingUpgradeNotBegun" => ("Azure begins no rolling upgrade", None),
        "RollingUpgradeCancelled" => ("somebody cancelled the rolling upgrade", None),
        _ => ("the rolling upgrade ended before its time", None),
    };
    let problem = around.at(Diagnostic::error(
        Code::UpgradeEnded,
        format!("{}: {what}", subject(around)),
    ));
    let problem = match key {
        Some(key) => problem.note(format!("the limit is {key}; what tells is `health`")),
        None => problem,
    };
    let problem = if refusal.code.starts_with("MaxUnhealthyInstance") {
        problem.help(Help::text(
            "to let it begin all the same, as for the way back: upgrade: {max_unhealthy_instance_percent: 100}",
        ))
    } else {
        problem
    };
    problem
        .note("the model is the new one; instances that the upgrade did not reach keep the old one")
        .help(Help::text(
            "mend what makes them unwell, or go back to the model before, and apply again: the upgrade begins anew for instances that are behind",
        ))
}

fn throttled(around: &Around<'_>) -> Diagnostic {
    around
        .at(Diagnostic::error(
            Code::Throttled,
            "Azure throttles, for longer than this run waits",
        ))
        .help(Help::text("run it again: what is done is not done twice"))
}

fn other(refusal: &Refusal, around: &Around<'_>) -> Diagnostic {
    let (code, words) = match refusal.stage {
        Stage::Operation => (Code::OperationFailed, "Azure began and did not finish"),
        _ => (Code::AzureRefused, "Azure refused"),
    };
    around
        .at(Diagnostic::error(
            code,
            format!("{words}: {}", subject(around)),
        ))
        .help(Help::text(
            "mend what Azure names above and run it again; what is done is not done twice",
        ))
}
