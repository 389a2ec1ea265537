//! Whether what a step wants is there already.

use tenon_model::Value;
use tenon_model::event::Failure;
use tenon_model::plan::{Does, Expected, Precondition, Step};

use super::super::Run;
use super::super::overtaken::overtaken;
use super::look::{is_finished, look};
use super::send::resolved;
use crate::check;

/// Whether what stands there is what this plan makes after its delete.
pub(super) fn is_new(run: &Run<'_>, step: &Step, live: &Value) -> bool {
    let deletes = run.plan.steps.iter();
    let mut deletes = deletes.filter(|one| one.does == Does::Delete && one.id == step.id);
    deletes.any(|delete| match &delete.precondition {
        Precondition::Present { values } => {
            matches!(check::present(values, live), check::Verdict::Done)
        }
        _ => false,
    })
}

/// Whether everything is replaced already that the step `index` lets go of.
pub(super) async fn is_replaced(run: &Run<'_>, index: usize) -> Result<bool, Failure> {
    let mut replaced = false;
    for (at, step) in run.plan.steps.iter().enumerate() {
        if step.does != Does::Delete || !step.after.contains(&index) {
            continue;
        }
        let (Precondition::Present { values }, Some(live)) =
            (&step.precondition, look(run, at, step).await?)
        else {
            return Ok(false);
        };
        let verdict = check::present(values, &live);
        replaced = matches!(verdict, check::Verdict::Done) && is_finished(&live);
        if !replaced {
            break;
        }
    }
    Ok(replaced)
}

/// Whether what a step wants is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Stands,
    IsToCome,
}

/// Compares what is live with what the step `index` expects.
///
/// # Errors
///
/// What has moved, unless it was this plan itself.
pub(super) fn target(
    run: &Run<'_>,
    index: usize,
    values: &[Expected],
    live: &Value,
) -> Result<Target, Failure> {
    match check::present(values, live) {
        check::Verdict::Done => Ok(Target::Stands),
        check::Verdict::Go => Ok(Target::IsToCome),
        check::Verdict::Refuse(_) if overtaken(run.plan, index, values, live) => Ok(Target::Stands),
        check::Verdict::Refuse(failure) => Err(failure),
    }
}

/// The stop of the machine that the step `index` marks for it.
pub(super) fn stops_next(run: &Run<'_>, index: usize) -> Option<usize> {
    let steps = &run.plan.steps;
    steps.iter().position(|step| {
        step.does == Does::Deallocate
            && step.after.contains(&index)
            && steps[index].does == Does::Mark
            && step.id == steps[index].id
    })
}

/// Whether all that a machine stops for has happened: it may be the change of
/// a disk, of which the machine itself shows nothing.
pub(super) async fn is_over(run: &Run<'_>, stop: usize) -> Result<bool, Failure> {
    let mut over = false;
    for (index, step) in run.plan.steps.iter().enumerate() {
        if step.does != Does::Update || !step.after.contains(&stop) {
            continue;
        }
        let Precondition::Present { values } = &step.precondition else {
            return Ok(false);
        };
        let Some(live) = look(run, index, step).await? else {
            return Ok(false);
        };
        let values = resolved(run, values).await?;
        let target = target(run, index, &values, &live);
        over = matches!(target, Ok(Target::Stands)) && is_finished(&live);
        if !over {
            break;
        }
    }
    Ok(over)
}
