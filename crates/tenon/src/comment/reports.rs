//! Files that GitLab reads after a job.
//!
//! Sources: GitLab Docs, "Terraform integration in merge requests"
//! (`artifacts:reports:terraform`) and "Code Quality", "Report format".

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use tenon_model::plan::Plan;

use super::annotations::{Level, Note};

/// The counts that a merge request shows. A replace is both: something is
/// made, and something goes.
pub(crate) fn counts(plan: &Plan) -> Value {
    let summary = &plan.summary;
    json!({
        "create": summary.create + summary.replace,
        "update": summary.update + summary.adopt + summary.forget,
        "delete": summary.delete + summary.replace,
    })
}

/// Notes as a code quality report.
pub(crate) fn quality(notes: &[Note]) -> Value {
    let all = notes.iter().map(|note| {
        json!({
            "description": format!("{}: {}", note.title, note.message),
            "check_name": note.check,
            "fingerprint": fingerprint(note),
            "severity": match note.level {
                Level::Error => "critical",
                Level::Warning => "major",
            },
            "location": {"path": note.file, "lines": {"begin": note.line}},
        })
    });
    all.collect()
}

/// The same note in the next run, although lines were added above it.
fn fingerprint(note: &Note) -> String {
    let what = format!(
        "{}\n{}\n{}\n{}",
        note.check, note.file, note.title, note.message
    );
    let hash = digest(&SHA256, what.as_bytes());
    let bytes = hash.as_ref().iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
