//! Children that go with their parent, such as the extensions of a machine.
//!
//! Azure deletes them with it, whoever made them, so no step of a plan does.
//! And it writes them only while the machine runs (409 `OperationNotAllowed`
//! otherwise): a plan that would have to is refused, because to start a
//! machine that somebody stopped is nothing that a plan does unasked.

use std::collections::BTreeSet;

use tenon_model::marker::Start;
use tenon_model::plan::Action;
use tenon_model::rules::Fate;
use tenon_model::snapshot::Power;
use tenon_model::{Address, Code, Diagnostic, Help, ResourceId};

use crate::Inputs;
use crate::decide::{Decision, Decisions};

/// What `id` goes with; none where it has to be deleted by itself.
pub(crate) fn parent(inputs: &Inputs<'_>, id: &ResourceId) -> Option<ResourceId> {
    let parent = id.parent()?;
    let rules = (inputs.rules_of)(&parent.resource_type())?;
    let child = rules.child(&id.resource_type())?;
    (child.fate == Fate::WithParent).then_some(parent)
}

/// The decision about what a resource goes with.
pub(crate) fn parent_of<'d, 'a>(
    inputs: &Inputs<'_>,
    decisions: &'d Decisions<'a>,
    decision: &Decision<'_>,
) -> Option<&'d Decision<'a>> {
    decisions.by_id(&parent(inputs, &decision.id)?)
}

/// Machines that have to run for what they carry to be written.
pub(crate) fn have_to_run(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> BTreeSet<Address> {
    let written = decisions
        .iter()
        .filter(|one| one.action != Action::NoOp && one.action != Action::Forget);
    written
        .filter_map(|one| parent_of(inputs, decisions, one))
        .filter(|machine| machine.live.is_some() && !machine.goes())
        .map(|machine| machine.address.clone())
        .collect()
}

/// Refuses to write what a machine that stands still carries.
pub(crate) fn refuse_while_stopped(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let mut problems = Vec::new();
    for address in have_to_run(inputs, decisions) {
        let stopped =
            |machine: &&Decision<'_>| inputs.snapshot.power(&machine.id) == Some(Power::Stopped);
        let starts = |machine: &&Decision<'_>| machine.start == Start::Owed;
        let machine = decisions.get(&address).filter(stopped);
        let Some(machine) = machine.filter(|machine| !starts(machine)) else {
            continue;
        };
        let carried: Vec<&Decision<'_>> = decisions
            .iter()
            .filter(|one| one.action != Action::NoOp)
            .filter(|one| parent(inputs, &one.id).as_ref() == Some(&machine.id))
            .collect();
        problems.push(stands_still(machine, &carried));
    }
    decisions.diagnostics.extend(problems);
}

fn stands_still(machine: &Decision<'_>, carried: &[&Decision<'_>]) -> Diagnostic {
    let (noun, place) = carried
        .first()
        .map_or(("extension", &machine.place), |one| {
            (one.rules.noun, &one.place)
        });
    let names: Vec<&str> = carried.iter().map(|one| one.address.as_str()).collect();
    let group = machine.id.resource_group().unwrap_or_default();
    Diagnostic::error(
        Code::MachineStandsStill,
        format!(
            "`{}` stands still, and Azure writes an {noun} only while its machine runs",
            machine.address
        ),
    )
    .at(place, "to be written")
    .help(Help::command(
        "start it, and plan again",
        format!(
            "az vm start --resource-group {group} --name {}",
            machine.id.name()
        ),
    ))
    .help(Help::command(
        "or leave it for later",
        format!("tenon plan --exclude {}", names.join(" --exclude ")),
    ))
    .about(&machine.address)
}
