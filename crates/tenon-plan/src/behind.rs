//! Scale sets whose instances run with another model than the set has.
//!
//! A change of the model is one thing and its way to the instances another. A
//! run may be killed between the two, and a rolling upgrade may end before it
//! has reached all: a later plan finds the instances that are behind, and
//! brings the model to them.

use tenon_model::Value;
use tenon_model::desired::{Desired, Upgrades};
use tenon_model::plan::{Action, Reach, Reason};
use tenon_model::rollout::Share;
use tenon_model::snapshot::{Form, Health, INSTANCES, Instance, LATEST, Look, RollingUpgrade};

use crate::Inputs;
use crate::decide::{Decision, Decisions, Writes};
use crate::diff::Difference;

/// What has to be read of a scale set to know whether its instances have its
/// model; nothing where nobody would do anything about it.
pub(crate) fn looks(inputs: &Inputs<'_>, decision: &Decision<'_>) -> Vec<Look> {
    let Some(desired) = staying(decision) else {
        return Vec::new();
    };
    let anew = reimages(inputs, desired);
    let told = Upgrades::Told(Share::Number(1));
    let upgrades = desired.upgrades.as_ref().or(anew.then_some(&told));
    let Some(upgrades) = upgrades else {
        return Vec::new();
    };
    let look = |form, below: &str| Look {
        form,
        tenant: desired.tenant.clone(),
        path: format!("{}{below}", desired.id),
        api_version: desired.api_version.clone(),
        query: Vec::new(),
        rules: desired.rules,
    };
    let mut list = look(Form::Instances, INSTANCES);
    match upgrades {
        Upgrades::Policy { .. } => vec![list, look(Form::RollingUpgrade, LATEST)],
        Upgrades::AtOnce => vec![list],
        Upgrades::Told(_) => {
            // Those that are unwell go first.
            list.query.push(("$expand".into(), "instanceView".into()));
            vec![list]
        }
    }
}

/// Whether the author asked to replace a set whose instances can get their OS
/// disks anew in place of that. Azure describes it for uniform sets.
pub(crate) fn reimages(inputs: &Inputs<'_>, desired: &Desired) -> bool {
    let mode = desired.body.at(&["properties", "orchestrationMode"]);
    let uniform = mode.and_then(Value::as_text) == Some("Uniform");
    desired.kind == "scale_set" && uniform && inputs.wishes.replaces(desired)
}

/// What is asked of a set of ours that is there and stays.
fn staying<'d>(decision: &'d Decision<'_>) -> Option<&'d Desired> {
    let desired = decision.desired.as_deref()?;
    let stays = matches!(
        decision.action,
        Action::NoOp | Action::Update | Action::Adopt
    );
    let there = decision.live.is_some() && decision.ours && stays;
    (desired.kind == "scale_set" && there).then_some(desired)
}

/// Decides how models reach instances, and finds those that are behind.
pub(crate) fn add(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    for index in 0..decisions.len() {
        let decision = decisions.at_mut(index);
        let Some(desired) = staying(decision) else {
            continue;
        };
        let all = inputs.snapshot.instances(&decision.id);
        if reimages(inputs, desired) && !moves_model(&decision.difference) && !all.is_empty() {
            let most = match &desired.upgrades {
                Some(Upgrades::Told(most)) => *most,
                Some(Upgrades::Policy { percent, .. }) => {
                    Share::Percent(usize::try_from(*percent).unwrap_or(1))
                }
                Some(Upgrades::AtOnce) => Share::Percent(100),
                None => Share::Number(1),
            };
            let reach = Reach::Reimage {
                most: most.of(all.len()),
                instances: all.len(),
            };
            touch(decision, reach, Reason::Asked);
            continue;
        }
        let Some(upgrades) = &desired.upgrades else {
            continue;
        };
        let moves = moves_model(&decision.difference);
        let behind = |one: &&Instance| moves || !one.latest;
        let instances = all.iter().filter(behind).count();
        // Who takes a set over leaves its instances alone.
        if instances == 0 || decision.action == Action::Adopt && !moves {
            continue;
        }
        let latest = inputs.snapshot.upgrade(&decision.id);
        let reach = match upgrades {
            Upgrades::Policy { percent, pause } => Reach::Policy {
                percent: *percent,
                pause: pause.clone(),
                instances,
                under_way: latest.is_some_and(RollingUpgrade::is_under_way),
            },
            Upgrades::AtOnce => Reach::AtOnce { instances },
            Upgrades::Told(most) => Reach::Batches {
                most: most.of(all.len()),
                instances,
            },
        };
        touch(decision, reach, Reason::Behind { instances });
    }
}

/// Lets something happen to the instances of a set, for this reason if nothing
/// happens to the set itself.
fn touch(decision: &mut Decision<'_>, reach: Reach, reason: Reason) {
    decision.reach = Some(reach);
    if decision.action == Action::NoOp {
        decision.action = Action::Update;
        decision.reason = reason;
        decision.writes = Writes::Nothing;
    }
}

/// Whether a change is one of the model of the instances.
fn moves_model(difference: &Difference) -> bool {
    let changed = difference.paths.iter().chain(&difference.remove);
    let mut changed = changed.map(ToString::to_string);
    changed.any(|path| path == "sku.name" || path.starts_with("properties.virtualMachineProfile"))
}

/// Instances that the set's model does not reach by itself, the unwell ones
/// first: whoever upgrades them takes nothing down that was up.
pub(crate) fn in_order<'i>(inputs: &'i Inputs<'_>, decision: &Decision<'_>) -> Vec<&'i Instance> {
    let anew = matches!(decision.reach, Some(Reach::Reimage { .. }));
    let moves = anew || moves_model(&decision.difference);
    let all = inputs.snapshot.instances(&decision.id).iter();
    let mut behind: Vec<&Instance> = all.filter(|one| moves || !one.latest).collect();
    behind.sort_by_key(|one| one.health == Health::Well);
    behind
}
