//! Reading and writing plan documents: the same gate in both directions.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::document::{of, says};
use super::{Action, Change, FORMAT, Plan, PropertyChange, Step};
use crate::{Address, ResourceId, canonical};

/// Why a plan document cannot be used.
#[derive(Debug, Error)]
pub enum PlanError {
    /// It is no JSON, or not of the right shape.
    #[error("it is not a plan document")]
    Shape(#[source] serde_json::Error),
    /// Another format.
    #[error("it has format `{0}`; this program reads `{FORMAT}`")]
    Format(String),
    /// What it says is not what its digest says.
    #[error("its digest says {written}, its content {computed}")]
    Tampered {
        /// The digest in the document.
        written: String,
        /// The digest of what it holds.
        computed: String,
    },
    /// What it says about its changes is not what its steps do.
    #[error("what it says about its changes does not follow from its steps")]
    Retold,
    /// The steps are no execution graph.
    #[error("step {0} waits for a step that does not come before it")]
    Order(usize),
}

/// What the digest covers of a change: what would be done, not how it is
/// worded or where the spec says it.
#[derive(Serialize)]
struct Done<'a> {
    address: &'a Address,
    action: Action,
    id: &'a ResourceId,
    resource_type: &'a str,
    properties: Vec<DoneProperty<'a>>,
}

#[derive(Serialize)]
struct DoneProperty<'a> {
    path: &'a str,
    before: &'a Option<crate::Value>,
    after: &'a Option<crate::Value>,
}

#[derive(Serialize)]
struct DoneStep<'a> {
    address: &'a Address,
    id: &'a ResourceId,
    does: super::Does,
    request: &'a super::Request,
    precondition: &'a super::Precondition,
    after: Vec<(&'a Address, super::Does)>,
}

impl Plan {
    /// The digest of what this plan would do.
    #[must_use]
    pub fn compute_digest(&self) -> String {
        let mut changes: Vec<Done<'_>> = self.changes.iter().map(done).collect();
        changes.sort_by_key(|change| change.address);
        let mut steps: Vec<DoneStep<'_>> = self
            .steps
            .iter()
            .map(|step| done_step(step, &self.steps))
            .collect();
        steps.sort_by_key(|step| (step.address, step.does as u8));
        let deployment = &self.deployment;
        let whole = (
            (&self.format, self.mode, self.applyable),
            (
                &deployment.name,
                // Tokens are sent there, and secrets read from there.
                (&deployment.cloud, &deployment.credentials),
                &deployment.scopes,
                &deployment.resource_group,
                &deployment.location,
            ),
            changes,
            steps,
            &self.types,
        );
        // How much is left out moves with what nobody asked about.
        let digest = match &self.partial {
            None => canonical::digest(&whole),
            Some(partial) => canonical::digest(&(whole, &partial.targets, &partial.excluded)),
        };
        // Most plans reach no directory.
        let digest = match deployment.directories.as_slice() {
            [] => digest,
            directories => canonical::digest(&(digest, directories)),
        };
        // A token is sent there, too; most plans have none.
        match &deployment.lock {
            None => digest,
            Some(lock) => canonical::digest(&(digest, lock)),
        }
    }

    /// Whether every step waits only for steps that stand before it.
    fn check_order(&self) -> Result<(), PlanError> {
        let late = self
            .steps
            .iter()
            .enumerate()
            .find(|(index, step)| step.after.iter().any(|before| before >= index));
        late.map_or(Ok(()), |(index, _)| Err(PlanError::Order(index)))
    }
}

fn done(change: &Change) -> Done<'_> {
    Done {
        address: &change.address,
        action: change.action,
        id: &change.id,
        resource_type: &change.resource_type,
        properties: change.properties.iter().map(done_property).collect(),
    }
}

fn done_property(property: &PropertyChange) -> DoneProperty<'_> {
    DoneProperty {
        path: &property.path,
        before: &property.before,
        after: &property.after,
    }
}

fn done_step<'a>(step: &'a Step, steps: &'a [Step]) -> DoneStep<'a> {
    let mut after: Vec<(&Address, super::Does)> = step
        .after
        .iter()
        .filter_map(|index| steps.get(*index))
        .map(|before| (&before.address, before.does))
        .collect();
    after.sort_by_key(|(address, does)| (*address, *does as u8));
    DoneStep {
        address: &step.address,
        id: &step.id,
        does: step.does,
        request: &step.request,
        precondition: &step.precondition,
        after,
    }
}

#[derive(Deserialize)]
struct Head {
    format: String,
}

/// Returns the plan document of `plan`, as programs and policies read it.
///
/// # Errors
///
/// When the steps are no execution graph, or the plan cannot be written.
pub fn document(plan: &Plan) -> Result<serde_json::Value, PlanError> {
    plan.check_order()?;
    of(plan).map_err(PlanError::Shape)
}

/// Returns the text of the plan document of `plan`, indented JSON.
///
/// # Errors
///
/// As [`document`].
pub fn write(plan: &Plan) -> Result<String, PlanError> {
    let document = document(plan)?;
    let mut text = serde_json::to_string_pretty(&document).map_err(PlanError::Shape)?;
    text.push('\n');
    Ok(text)
}

/// Reads a plan document.
///
/// # Errors
///
/// When it has another format, is not of the right shape, does not match its
/// own digest, says of a change what its steps do not, or holds steps that are
/// no execution graph.
pub fn read(text: &str) -> Result<Plan, PlanError> {
    let head: Head = serde_json::from_str(text).map_err(PlanError::Shape)?;
    if head.format != FORMAT {
        return Err(PlanError::Format(head.format));
    }
    let plan: Plan = serde_json::from_str(text).map_err(PlanError::Shape)?;
    plan.check_order()?;
    let computed = plan.compute_digest();
    if computed != plan.digest {
        return Err(PlanError::Tampered {
            written: plan.digest,
            computed,
        });
    }
    // The digest covers what would be done. What programs read besides is
    // derived from it, and must still be what it is derived to.
    let written = serde_json::from_str(text).map_err(PlanError::Shape)?;
    let derived = of(&plan).map_err(PlanError::Shape)?;
    if !says(&written, &derived) {
        return Err(PlanError::Retold);
    }
    Ok(plan)
}
