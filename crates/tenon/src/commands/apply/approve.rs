//! Whether a plan may be carried out: what forbids it, and who says yes.

use std::io::{BufRead as _, IsTerminal as _};

use tenon_model::plan::{Action, Mode, Plan, Preview, Reason};
use tenon_model::{Code, Diagnostic, Help};
use tenon_render::{Answer, Depth};

use crate::arguments::Approval;
use crate::output::{self, Output};

use super::ready::{Origin, Ready};

/// Why a plan must not be carried out.
pub(super) fn refuse(plan: &Plan, expected: Option<&str>) -> Option<Diagnostic> {
    if let Some(expected) = expected.filter(|expected| !same_digest(expected, &plan.digest)) {
        return Some(
            Diagnostic::error(
                Code::DigestDiffers,
                "this is not the plan that was reviewed; nothing was changed",
            )
            .note(format!("reviewed {expected}"))
            .note(format!("now      {}", plan.digest))
            .help(Help::command(
                "look again and decide",
                "tenon plan --out plan.tenon",
            )),
        );
    }
    if let Some(preview) = &plan.preview {
        return Some(of_preview(preview));
    }
    if plan.applyable {
        return None;
    }
    Some(
        Diagnostic::error(
            Code::NotApplyable,
            "the plan has errors; nothing was changed",
        )
        .help(Help::text("mend what it names above and plan again")),
    )
}

/// A preview says what a spec changes, not what Azure needs.
fn of_preview(preview: &Preview) -> Diagnostic {
    Diagnostic::error(
        Code::PlanIsPreview,
        "this is a preview without Azure; nothing was changed",
    )
    .note(format!(
        "it was compared with the spec of `{}`, not with what is live",
        preview.base
    ))
    .help(Help::command(
        "make a plan that can be applied",
        "tenon plan --out plan.tenon",
    ))
}

/// Whether two digests are the same, with or without the name of the hash.
pub(crate) fn same_digest(expected: &str, digest: &str) -> bool {
    let bare = |text: &str| {
        text.trim()
            .trim_start_matches("sha256:")
            .to_ascii_lowercase()
    };
    bare(expected) == bare(digest)
}

/// Asks a person, or takes what the options say for their answer.
pub(super) fn approve(
    ready: &Ready,
    approval: &Approval,
    output: &Output,
) -> Result<(), Box<Diagnostic>> {
    let confirmation = tenon_render::confirmation(&ready.plan, &output.options(Depth::Normal));
    let named = approval.confirm.as_deref() == Some(ready.plan.deployment.name.as_str());
    if approval.auto_approve || named {
        return Ok(());
    }
    let asks = std::io::stdin().is_terminal() && !approval.no_input && !output::in_ci();
    if !asks {
        // A saved plan that is applied where nobody can answer was approved
        // when it was reviewed.
        if ready.origin == Origin::File && approval.confirm.is_none() {
            return Ok(());
        }
        return Err(Box::new(unapproved(ready, approval, &confirmation.answer)));
    }
    output.tell(&confirmation.text);
    output::print_error(&format!("{} ", confirmation.question));
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    if read.is_ok() && confirmation.answer.accepts(&typed) {
        return Ok(());
    }
    Err(Box::new(Diagnostic::error(
        Code::NotApproved,
        "not approved; nothing was changed",
    )))
}

fn unapproved(ready: &Ready, approval: &Approval, answer: &Answer) -> Diagnostic {
    let name = &ready.plan.deployment.name;
    if let Some(other) = &approval.confirm {
        return Diagnostic::error(
            Code::NotApproved,
            format!(
                "`--confirm {other}` is not the name of this deployment, `{name}`; nothing was changed"
            ),
        );
    }
    let problem = Diagnostic::error(
        Code::NotApproved,
        "nobody can be asked here, and nothing says that this plan is approved; nothing was changed",
    );
    let let_go = ready
        .plan
        .changes
        .iter()
        .find(|change| change.action == Action::Forget);
    let mut goes_back = ready.plan.changes.iter();
    let goes_back = goes_back.any(|change| matches!(change.reason, Reason::GoesBack { .. }));
    let (command, saved) = match (ready.plan.mode, let_go.map(|change| &change.reason)) {
        (_, Some(Reason::HandedOver { .. })) => (
            "tenon transfer … --to …",
            Some("tenon transfer … --to … --out plan.tenon"),
        ),
        _ if goes_back => (
            "tenon rollback …",
            Some("tenon rollback … --out plan.tenon"),
        ),
        (_, Some(_)) => ("tenon forget …", Some("tenon forget … --out plan.tenon")),
        (Mode::Live, _) => ("tenon apply", Some("tenon plan --out plan.tenon")),
        (Mode::Destroy, _) => (
            "tenon destroy",
            Some("tenon plan --destroy --out plan.tenon"),
        ),
    };
    let problem = match answer {
        Answer::Yes => problem,
        Answer::Name(name) => problem.help(Help::command(
            "approve what will be gone by name",
            format!("{command} --confirm {name}"),
        )),
    };
    let problem = problem.help(Help::command(
        "approve whatever the plan is",
        format!("{command} --auto-approve"),
    ));
    match saved {
        None => problem,
        Some(saved) => problem.help(Help::command(
            "or review a saved plan first",
            format!("{saved}, then tenon apply plan.tenon"),
        )),
    }
}
