//! What others moved: the part of a plan that undoes them.
//!
//! Nothing is compared here. A plan says of every difference who made it; this
//! keeps those that nobody wrote into the spec.

use serde::Serialize;

use crate::Diagnostic;
use crate::plan::{Action, Cause, Change, Plan, Reason};

/// The name and version of the form that [`Drift`] has as JSON.
pub const FORMAT: &str = "tenon.drift/1";

/// What others moved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The name of the deployment.
    pub deployment: String,
    /// Its spec files, in the order of merging.
    pub files: Vec<String>,
    /// When it was looked, RFC 3339.
    pub checked_at: String,
    /// Resources that others changed, with the properties that they moved:
    /// `before` is what is live, `after` what the spec says. The rest is what
    /// an apply would do to them.
    pub moved: Vec<Change>,
    /// Resources of the spec that are not there although others of the
    /// deployment are. Without a state file nobody can tell whether they were
    /// deleted or never made.
    pub missing: Vec<Change>,
    /// The number of resources that the spec itself changes.
    pub pending: usize,
    /// The number of resources that are as they should be.
    pub unchanged: usize,
    /// Errors and warnings of the plan.
    pub diagnostics: Vec<Diagnostic>,
}

impl Drift {
    /// Returns the part of a plan that undoes others.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let stands = plan.read.resources > 0;
        let is_missing = |change: &&Change| {
            stands && change.action == Action::Create && change.reason == Reason::Missing
        };
        Self {
            format: FORMAT,
            deployment: plan.deployment.name.clone(),
            files: plan.deployment.files.clone(),
            checked_at: plan.created_at.clone(),
            moved: plan.changes.iter().filter_map(moved).collect(),
            missing: plan.changes.iter().filter(is_missing).cloned().collect(),
            pending: plan
                .changes
                .iter()
                .filter(|change| !is_missing(change) && is_pending(change))
                .count(),
            unchanged: plan.summary.no_op,
            diagnostics: plan.diagnostics.clone(),
        }
    }

    /// Whether nobody moved anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moved.is_empty() && self.missing.is_empty()
    }

    /// The number of properties that others moved.
    #[must_use]
    pub fn properties(&self) -> usize {
        self.moved.iter().map(|one| one.properties.len()).sum()
    }
}

/// Whether a plan does something besides undoing what others changed. What is
/// not there counts: nobody can tell whether it was deleted or never made.
#[must_use]
pub fn is_more_than_drift(plan: &Plan) -> bool {
    plan.changes.iter().any(is_pending)
}

fn moved(change: &Change) -> Option<Change> {
    let mut change = change.clone();
    change
        .properties
        .retain(|property| property.cause == Cause::Drift);
    (!change.properties.is_empty()).then_some(change)
}

/// Whether the spec has a part in it.
fn is_pending(change: &Change) -> bool {
    let mut causes = change.properties.iter().map(|property| property.cause);
    change.properties.is_empty() || causes.any(|cause| cause != Cause::Drift)
}
