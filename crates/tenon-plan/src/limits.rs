//! Changes that do more to what runs than was allowed.

use tenon_model::plan::{Action, Change, Plan, Reason};
use tenon_model::rules::Disruption;
use tenon_model::spec::Placed;
use tenon_model::{Code, Diagnostic, Help, diagnostic};

use crate::Inputs;

/// Forbids, in a plan that was made, whatever does more than `most`: the plan
/// gets an error for each such change and cannot be applied.
pub fn limit(plan: &mut Plan, most: Disruption) {
    let above: Vec<Diagnostic> = plan
        .changes
        .iter()
        .filter(|change| exceeds(change, most))
        .map(|change| problem(change, most).note("`--max-disruption` asks for that"))
        .collect();
    plan.diagnostics.splice(0..0, above);
    plan.applyable = !diagnostic::has_errors(&plan.diagnostics);
    plan.digest = plan.compute_digest();
}

/// What the spec itself forbids.
pub(crate) fn check(inputs: &Inputs<'_>, changes: &[Change]) -> Vec<Diagnostic> {
    let limited = changes.iter().filter_map(|change| {
        let limit = inputs.graph.resource(&change.address)?.limit.as_ref()?;
        exceeds(change, limit.value).then_some((change, limit))
    });
    limited
        .map(|(change, limit)| forbidden(change, limit))
        .collect()
}

/// To make and to delete is no disruption; `protect` is for what must not go.
fn exceeds(change: &Change, most: Disruption) -> bool {
    let stays = change.action.is_in_place() || change.action == Action::Replace;
    // Its disks say it already.
    let follows = matches!(change.reason, Reason::StopsFor { .. });
    stays && !follows && change.disruption > most
}

fn forbidden(change: &Change, limit: &Placed<Disruption>) -> Diagnostic {
    problem(change, limit.value).context(&limit.place, "the limit")
}

fn problem(change: &Change, most: Disruption) -> Diagnostic {
    let worst = change
        .properties
        .iter()
        .filter(|property| property.disruption == change.disruption);
    let names: Vec<&str> = worst.clone().map(|one| one.path.as_str()).collect();
    let place = worst.into_iter().find_map(|one| one.place.as_ref());
    let mut problem = Diagnostic::error(
        Code::TooDisruptive,
        format!(
            "`{}` would take `{}`, and at most `{}` is allowed",
            change.address,
            change.disruption.word(),
            most.word()
        ),
    )
    .at(place.unwrap_or(&change.place), "because of this")
    .about(&change.address);
    if !names.is_empty() {
        problem = problem.note(format!("it is {} that takes it", names.join(", ")));
    }
    problem.help(Help::text(format!(
        "allow it with  max_disruption: {}  or take the change back",
        change.disruption.word()
    )))
}
