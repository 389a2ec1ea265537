//! What time heals: other operations, throttling, a moment lost.

use tenon_model::{Code, Diagnostic, Help};

use super::case::Case;

/// Explains what has a code of its own.
pub(super) fn of(case: &Case<'_>) -> Option<Diagnostic> {
    if case.says("Too many requests on source") {
        return Some(source_throttled(case));
    }
    is_busy(case).then(|| busy(case))
}

/// Explains what only the status tells.
pub(super) fn by_status(case: &Case<'_>) -> Option<Diagnostic> {
    match case.refusal.status {
        412 => Some(moved_meanwhile(case)),
        429 => Some(throttled(case)),
        _ => None,
    }
}

/// Whether something else is at work on the same resource. Some of these are
/// waited for first; what is left has lasted longer than that.
fn is_busy(case: &Case<'_>) -> bool {
    let in_progress = case.says("another operation") || case.says("in progress");
    matches!(
        case.code,
        "AnotherOperationInProgress"
            | "OperationPreempted"
            | "NicReservedForAnotherVm"
            | "DeploymentActiveAndUneditable"
            | "OperationNotAllowedOnVMImageAsVMsBeingProvisioned"
            | "ReferencedResourceNotProvisioned"
    ) || case.code.starts_with("RetryableError")
        || case.refusal.status == 409
            && matches!(case.code, "Conflict" | "OperationNotAllowed")
            && in_progress
}

fn busy(case: &Case<'_>) -> Diagnostic {
    let problem = case.problem(
        Code::AnotherOperation,
        format!("another operation is at work on {}", case.subject()),
    );
    let problem = match case.code {
        "NicReservedForAnotherVm" => {
            problem.note("an interface stays with its machine for three minutes after that went")
        }
        "OperationNotAllowedOnVMImageAsVMsBeingProvisioned" => {
            problem.note("machines are being made of this image")
        }
        _ => problem.note("another run, somebody in the portal, or Azure itself"),
    };
    problem
        .help(Help::text(
            "run it again when the other one is done: what is done is not done twice",
        ))
        .help(Help::text(
            "if it is another run, let one write at a time: `lock:` in the spec, see docs/locks.md",
        ))
}

/// A condition of the request did not hold, and yet nothing that the plan
/// expects has moved.
fn moved_meanwhile(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::StalePlan,
        format!(
            "{} was changed in this very moment, and was left alone",
            case.subject()
        ),
    )
    .note("another run, somebody in the portal, or Azure itself")
    .help(Help::text(
        "run it again: what is done is not done twice, and what has moved is named",
    ))
}

fn throttled(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::Throttled,
        "Azure throttles, for longer than this run waits",
    )
    .help(Help::text("run it again: what is done is not done twice"))
}

/// Many versions are being made of one disk or machine.
fn source_throttled(case: &Case<'_>) -> Diagnostic {
    case.problem(
        Code::Throttled,
        format!(
            "too much is being made of the source of {} at once",
            case.subject()
        ),
    )
    .help(Help::text(
        "run it again later: what is done is not done twice; or make fewer versions of one source at once:  --parallelism 1",
    ))
}
