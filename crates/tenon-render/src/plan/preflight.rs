//! What was looked at beforehand: how much of it is well, and what nobody
//! could look at.

use tenon_model::diagnostic::Severity;
use tenon_model::plan::Plan;
use tenon_model::plan::preflight::{Check, Status};

use crate::layout::Layout;
use crate::text::width;
use crate::words::count;
use crate::{Line, Role, Text};

/// Adds `read`, the line above, with the counts beside or below it, and a line
/// for whatever could not be looked at.
pub(super) fn add(plan: &Plan, layout: &Layout, mut read: Line, text: &mut Text) {
    let said = counts(plan);
    if said.is_empty() {
        problems(plan, &mut read);
        text.push(read);
        return;
    }
    let words: usize = said.iter().map(|(_, words)| width(words) + 2).sum();
    if read.width() + 4 + 10 + words > layout.width {
        text.push(std::mem::replace(&mut read, layout.line()));
    } else {
        read.push(Role::Plain, "    ");
    }
    read.push(Role::Dim, "preflight ");
    for (index, (role, words)) in said.iter().enumerate() {
        if index > 0 {
            read.push(Role::Plain, ", ");
        }
        read.push(*role, words);
    }
    text.push(read);
    skipped(plan, layout, text);
}

/// `12 ok`, `1 warning`, `1 failed`, `2 skipped`.
pub(crate) fn counts(plan: &Plan) -> Vec<(Role, String)> {
    let number = |status| {
        let of_status = plan.preflight.iter().filter(|one| one.status == status);
        of_status.count()
    };
    let ok = number(Status::Ok);
    let warned = number(Status::Warning);
    let failed = number(Status::Failed);
    let skipped = number(Status::Skipped);
    [
        (ok, Role::Plain, format!("{ok} ok")),
        (warned, Role::Warning, count(warned, "warning")),
        (failed, Role::Error, format!("{failed} failed")),
        (skipped, Role::Dim, format!("{skipped} skipped")),
    ]
    .into_iter()
    .filter_map(|(number, role, words)| (number > 0).then_some((role, words)))
    .collect()
}

/// Errors and warnings of a plan that says nothing of its checks.
fn problems(plan: &Plan, read: &mut Line) {
    for (severity, noun, role) in [
        (Severity::Error, "error", Role::Error),
        (Severity::Warning, "warning", Role::Warning),
    ] {
        let found = plan.diagnostics.iter().filter(|d| d.severity == severity);
        let number = found.count();
        if number > 0 {
            read.push(Role::Plain, "    ")
                .push(role, count(number, noun));
        }
    }
}

/// `not checked: locks of group ops, group shop (403 AuthorizationFailed)`.
fn skipped(plan: &Plan, layout: &Layout, text: &mut Text) {
    let all = plan.preflight.iter();
    let skipped: Vec<&Check> = all.filter(|one| one.status == Status::Skipped).collect();
    for alike in skipped.chunk_by(|one, two| one.about == two.about && one.reason == two.reason) {
        let subjects: Vec<&str> = alike.iter().map(|one| one.subject.as_str()).collect();
        let reason = alike[0].reason.as_deref().unwrap_or("nobody could look");
        let said = format!(
            "not checked: {} {} ({reason})",
            alike[0].about.words(),
            subjects.join(", ")
        );
        layout.listed(10, "", 0, Role::Dim, &[said], text);
    }
}
