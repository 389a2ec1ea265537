//! Images that are not there, not here, or do not fit the machine.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// Explains what is about using an image.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    if case.says("no latest image version exists") || case.says("no latest version") {
        return Some(no_latest(case));
    }
    Some(match case.code {
        "GalleryImageNotFound" => not_found(case),
        "ImageNotFound" | "ImageVersionNotFound" => no_such_image(case),
        "PlatformImageNotFound" => no_platform_image(case),
        "ResourceNotFound" if case.is_of("/galleries/") && !case.is_write() => no_such_image(case),
        "MarketplacePurchaseEligibilityFailed"
        | "VMMarketplaceInvalidInput"
        | "ResourcePurchaseValidationFailed" => purchase_plan(case),
        _ => return by_text(case),
    })
}

/// `InvalidParameter`, `BadRequest` and the like say it in words only.
fn by_text(case: &Case<'_>) -> Option<Diagnostic> {
    if case.says("different plan") || case.says("plan information") {
        return Some(purchase_plan(case));
    }
    if case.says("osProfile' is not allowed") {
        return Some(specialized(case));
    }
    if case.says("Required parameter 'osProfile' is missing") {
        return Some(generalized(case));
    }
    if case.says("OS state") && case.is_of("/virtualmachinescalesets/") {
        return Some(other_state(case));
    }
    if case.says_any(&["Hypervisor Generation", "CPU Architecture"]) && case.says("size") {
        return Some(size(
            case,
            "take a size of the generation and architecture that Azure names above",
        ));
    }
    let security = ["TrustedLaunch", "Trusted Launch", "security type"];
    if case.says("size") && case.says_any(&security) {
        return Some(size(
            case,
            "take a size that has this security type, or write  security: {type: Standard}  where the image allows it",
        ));
    }
    None
}

fn not_found(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::ImageNotReplicated,
        format!(
            "Azure does not find the image of {} in this region",
            case.subject()
        ),
    );
    let problem = if case.says("/sharedgalleries/") {
        problem.note("of a gallery that is shared directly Azure says so as well when it is not shared with this subscription")
    } else {
        problem.note("right after a replication Azure can answer so for a short time although it reports it completed")
    };
    let problem = match definition_of(case) {
        Some(id) => problem.help(Help::command(
            "where its versions are",
            format!(
                "az rest --method get --url \"{id}/versions?api-version=2024-03-03\" --query \"value[].{{version:name, regions:properties.publishingProfile.targetRegions[].name}}\""
            ),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "run it again in a few minutes; what is done is not done twice",
    ))
}

/// The definition that the message names, with or without a version.
fn definition_of(case: &Case<'_>) -> Option<String> {
    let id = case.named()?.to_string();
    let end = id.to_ascii_lowercase().find("/versions/");
    Some(end.map_or(id.clone(), |end| id[..end].to_owned()))
}

fn no_latest(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::NoMatchingVersion,
        format!(
            "the image of {} has no version that counts as latest",
            case.subject()
        ),
    );
    let problem = problem.note(
        "versions that are excluded from latest, not ready, or not in this region do not count",
    );
    let problem = match definition_of(case) {
        Some(id) => problem.help(Help::command(
            "which versions there are",
            format!("az rest --method get --url \"{id}/versions?api-version=2024-03-03\" --query \"value[].{{version:name, excluded:properties.publishingProfile.excludeFromLatest}}\""),
        )),
        None => problem,
    };
    problem.help(Help::text(
        "name a version:  images: {web: {version: 1.4.2}};  or let the publisher count one in:  excludeFromLatest: false",
    ))
}

fn no_such_image(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::ImageNotFound,
        format!("Azure does not find the image of {}", case.subject()),
    )
    .help(Help::command(
        "which images this spec can use, and where they are",
        "tenon images",
    ))
    .help(Help::text(
        "correct  id  or  version  of the image; one that was deleted does not come back",
    ))
}

fn no_platform_image(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::ImageNotFound,
        format!("the marketplace has no such image for {}", case.subject()),
    )
    .note("the id of a gallery does not go into publisher, offer and sku: those name images of the marketplace")
    .help(Help::text(
        "name a gallery's image by its id:  images: {web: {id: /subscriptions/…/galleries/…/images/…}},  and build the machine under `vms:`",
    ))
}

fn purchase_plan(case: &Case<'_>) -> Diagnostic {
    let subscription = case.resource().map(|id| id.subscription().to_string());
    let subscription = subscription.unwrap_or_else(|| "<subscription>".to_owned());
    case.problem(
        Code::PurchasePlan,
        format!("the purchase plan of the image of {} stands in the way", case.subject()),
    )
    .note("an image that was made of a marketplace image keeps its plan: the machine has to name the same one, and its subscription has to accept the terms")
    .help(Help::command(
        "accept the terms, once per subscription",
        format!("az vm image terms accept --publisher <publisher> --offer <offer> --plan <plan> --subscription {subscription}"),
    ))
    .help(Help::text(
        "if the definition in the gallery says another plan than the machine, or none, its publisher has to make one that says it",
    ))
}

fn specialized(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::OsStateDiffers,
        format!(
            "the image of {} is specialized: it brings its accounts",
            case.subject()
        ),
    )
    .help(Help::text(
        "leave out  admin_username, ssh_key, admin_password, computer_name, custom_data",
    ))
}

fn generalized(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::OsStateDiffers,
        format!("the image of {} is generalized: it wants an account", case.subject()),
    )
    .help(Help::text(
        "write  admin_username: azureuser  and  ssh_key: ~/.ssh/id_rsa.pub  (for Windows  admin_password)",
    ))
}

fn other_state(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::OsStateDiffers,
        format!(
            "{} cannot go from generalized to specialized images or back",
            case.subject()
        ),
    )
    .help(Help::text(
        "take an image of the same state, or give the set another `name`, which makes a new one",
    ))
}

fn size(case: &Case<'_>, way_out: &str) -> Diagnostic {
    case.problem(
        Code::SizeDoesNotFitImage,
        format!("the image of {} cannot run on this size", case.subject()),
    )
    .help(Help::text(way_out))
    .help(Help::command(
        "what the sizes of a region can do",
        "az vm list-skus --location <region> --resource-type virtualMachines --query \"[].{size:name, generations:capabilities[?name=='HyperVGenerations'].value|[0], cpu:capabilities[?name=='CpuArchitectureType'].value|[0]}\" --output table",
    ))
}
