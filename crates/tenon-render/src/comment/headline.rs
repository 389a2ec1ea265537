//! What happens, in a line.

use tenon_model::plan::{Mode, Plan};

use super::Page;
use super::markdown::{code, fence};
use crate::plan::header::{left_out, revision};
use crate::plan::summary::counts;
use crate::words::count;

/// Returns what a plan does, in a few words without any name in them: `3
/// replace, 1 create`; for a comment's first line, a status, a notification.
#[must_use]
pub fn headline(plan: &Plan) -> String {
    let errors = plan.diagnostics.iter().filter(|one| one.is_error()).count();
    let mut said = match errors {
        0 => counts(&plan.summary),
        _ => format!("{}, not applyable", count(errors, "error")),
    };
    if plan.preview.is_some() {
        said = format!("{said} (offline preview)");
    }
    if let Some(partial) = &plan.partial {
        said = format!("{said} ({})", left_out(partial));
    }
    said
}

/// The line that is seen first, and with it how an apply ended.
pub(super) fn first(page: &Page<'_>) -> Option<String> {
    let plan = page.plan;
    let name = code(&plan.deployment.name);
    let verb = match plan.mode {
        Mode::Live => "plan",
        Mode::Destroy => "destroy",
    };
    let Some(outcome) = &page.around.outcome else {
        let said = headline(plan);
        let head = format!("### tenon {verb} {name}: {said}");
        return Some(match &plan.preview {
            Some(preview) => format!(
                "{head}\n\n**Offline preview:** compared with the spec of {}, not with Azure. A plan \
                 against Azure follows when somebody with the rights to it starts one.",
                code(&revision(preview))
            ),
            None => head,
        });
    };
    let verb = match plan.mode {
        Mode::Live => "apply",
        Mode::Destroy => "destroy",
    };
    let report = fence("text", &outcome.text.plain());
    let said = &outcome.headline;
    Some(format!("### tenon {verb} {name}: {said}\n\n{report}"))
}
