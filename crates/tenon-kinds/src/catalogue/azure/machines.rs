//! Room, quota, and the life of a machine.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// Explains what is about machines.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    Some(match case.code {
        "SkuNotAvailable"
        | "AllocationFailed"
        | "ZonalAllocationFailed"
        | "OverconstrainedAllocationRequest"
        | "OverconstrainedZonalAllocationRequest" => no_capacity(case),
        "QuotaExceeded" => quota(case),
        "OperationNotAllowed" | "Conflict" => return not_allowed(case),
        "CannotAddOrRemoveNetworkInterfacesFromARunningVirtualMachine" => takes_deallocation(case),
        "OSProvisioningTimedOut" | "OSProvisioningClientError" | "OSProvisioningInternalError" => {
            os_not_ready(case)
        }
        "VMExtensionProvisioningError"
        | "VMExtensionProvisioningTimeout"
        | "VMExtensionHandlerNonTransientError" => extension_failed(case),
        code if code.ends_with("InRollingUpgrade") || code.starts_with("RollingUpgrade") => {
            upgrade_ended(case)
        }
        _ => return None,
    })
}

/// One code for many things that a machine's state does not allow.
fn not_allowed(case: &Case<'_>) -> Option<Diagnostic> {
    if case.code == "OperationNotAllowed" && case.says("quota") {
        return Some(quota(case));
    }
    if case.says("Cannot modify extensions") {
        return Some(machine_stands_still(case));
    }
    let needs_a_stop = [
        "current hardware cluster",
        "Unable to resize",
        "VM is deallocated",
    ];
    if case.says_any(&needs_a_stop) {
        return Some(takes_deallocation(case));
    }
    case.says("is generalized")
        .then(|| machine_generalized(case))
}

fn no_capacity(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::NoCapacity,
        format!("Azure has no room for {} right now", case.subject()),
    );
    let problem = problem
        .help(Help::text(
            "run it again later: it goes on where it stopped",
        ))
        .help(Help::text(
            "or take another zone, size or region, and plan again",
        ));
    match case.quoted_after("in location") {
        Some(region) => problem.help(Help::command(
            "sizes that the subscription may use, zone by zone",
            format!("az vm list-skus --location {region} --resource-type virtualMachines --zone --output table"),
        )),
        None => problem,
    }
}

fn quota(case: &Case<'_>) -> Diagnostic {
    let region = case.message.split("Location: ").nth(1);
    let region = region.and_then(|rest| rest.split([',', ' ']).next());
    let region = region.filter(|region| !region.is_empty());
    case.problem(
        Code::QuotaExceeded,
        format!("not enough quota for {}", case.subject()),
    )
    .help(Help::text(
        "ask for more in the portal under Quotas, or take a size of another family",
    ))
    .help(Help::command(
        "what is used and what is allowed",
        format!(
            "az vm list-usage --location {} --output table",
            region.unwrap_or("<region>")
        ),
    ))
}

/// Azure changes it only while the machine holds no hardware.
fn takes_deallocation(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::TakesDeallocation,
        format!(
            "{} can be changed so only while its machine is deallocated",
            case.subject()
        ),
    );
    problem
        .help(Help::command(
            "deallocate it, apply, and start it",
            format!("az vm deallocate --ids {}", machine(case)),
        ))
        .help(Help::text(
            "a machine that is stopped inside of its system still holds its hardware",
        ))
}

/// The machine that it is about: one that is named, else what was written.
fn machine(case: &Case<'_>) -> String {
    let is_machine = |id: &tenon_model::ResourceId| {
        let lower = id.as_str().to_ascii_lowercase();
        lower.contains("/virtualmachines/")
    };
    let known = case.all_named().find(is_machine);
    let known = known.or_else(|| case.resource().filter(is_machine));
    known.map_or_else(|| "<machine id>".to_owned(), |id| id.to_string())
}

fn machine_generalized(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::MachineGeneralized,
        format!(
            "the machine of {} was generalized and never runs again",
            case.subject()
        ),
    );
    match case.around.address {
        Some(address) => problem.help(Help::command(
            "make it anew",
            format!("tenon plan --replace {address}"),
        )),
        None => problem.help(Help::text("make it anew:  tenon plan --replace <address>")),
    }
}

/// Azure writes extensions only while their machine runs.
fn machine_stands_still(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::MachineStandsStill,
        format!("the machine of {} does not run", case.subject()),
    )
    .help(Help::text(
        "start the machine and run it again; what is done is not done twice",
    ))
}

/// The machine is there and runs; nothing inside of it has reported in.
fn os_not_ready(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::OsNotReady,
        format!(
            "{} was made, and its operating system did not report in",
            case.subject()
        ),
    );
    let id = machine(case);
    problem
        .note("an image that was not generalized, or without the agent or cloud-init, does so; and so does a definition that says Linux of a Windows disk")
        .help(Help::command(
            "see what it says while it starts",
            format!("az vm boot-diagnostics get-boot-log --ids {id}"),
        ))
        .help(Help::text(
            "it may still get well: run the same command again, which looks first; else mend the image and replace the machine",
        ))
}

/// The agent inside of the machine reported it; Azure's message has the words
/// of the extension.
fn extension_failed(case: &Case<'_>) -> Diagnostic {
    let what = match case.code {
        "VMExtensionProvisioningTimeout" => "did not end in time",
        _ => "failed",
    };
    case.problem(
        Code::ExtensionFailed,
        format!("{} {what} inside of the machine", case.subject()),
    )
    .note("the machine itself runs; the extension stays as failed until it is written again")
    .help(Help::text(
        "mend its settings by what its own words above say, and apply again: it is written anew",
    ))
    .help(Help::text(
        "its logs lie in the machine: /var/log/azure on Linux, C:\\WindowsAzure\\Logs\\Plugins on Windows",
    ))
}

/// A rolling upgrade that Azure gave up, or somebody.
fn upgrade_ended(case: &Case<'_>) -> Diagnostic {
    let (what, key) = match case.code {
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
    let problem = case.problem(Code::UpgradeEnded, format!("{}: {what}", case.subject()));
    let problem = match key {
        Some(key) => problem.note(format!("the limit is {key}; what tells is `health`")),
        None => problem,
    };
    let problem = if case.code.starts_with("MaxUnhealthyInstance") {
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
