//! Puts the plan together.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::image::ResolvedImage;
use tenon_model::plan::{
    Action, Cause, Change, FORMAT, Kept, Known, ListFacts, Plan, Reach, ReadFacts, Reason, Step,
    Summary, Tool, TypeFacts,
};
use tenon_model::rules::{Disruption, Loss, Rules};
use tenon_model::snapshot::{Live, Power};
use tenon_model::{Address, Later, Path, Value, diagnostic};

use crate::around::around;
use crate::decide::{Decision, Decisions};
use crate::stops::Stops;
use crate::{Inputs, keep, limits, principals, settle, undecided, unseen};

/// Puts the plan together.
pub(crate) fn assemble(
    inputs: &Inputs<'_>,
    mut decisions: Decisions<'_>,
    steps: Vec<Step>,
) -> Plan {
    let outputs = match settle::value(&Value::Map(inputs.outputs.clone()), &decisions) {
        Value::Map(outputs) => readable(outputs, &decisions),
        _ => tenon_model::Map::new(),
    };
    let mut diagnostics = inputs.diagnostics.clone();
    diagnostics.append(&mut decisions.diagnostics);
    diagnostics.extend(unseen::warnings(inputs));
    let mut changes = changes(inputs, &decisions);
    undecided::tell(&mut changes, &steps);
    diagnostics.extend(limits::check(inputs, &changes));
    diagnostics.sort_by_key(|diagnostic| !diagnostic.is_error());
    let mut plan = Plan {
        format: FORMAT.to_owned(),
        tool: Tool::this(),
        created_at: String::new(),
        digest: String::new(),
        mode: inputs.mode,
        partial: decisions.partial.take(),
        deployment: inputs.deployment.clone(),
        images: images(inputs, &decisions),
        applyable: !diagnostic::has_errors(&diagnostics),
        summary: count(&decisions),
        read: ReadFacts {
            resources: found(&decisions),
            ..ReadFacts::default()
        },
        preflight: Vec::new(),
        takes: None,
        preview: None,
        around: around(&inputs.graph.picture(), &changes),
        changes,
        kept: decisions.kept.clone(),
        types: types(inputs, &decisions),
        known: Vec::new(),
        waves: decisions
            .rolling
            .iter()
            .map(|one| one.waves.clone())
            .collect(),
        steps,
        diagnostics,
        outputs,
    };
    plan.known = known(&plan, &decisions);
    plan.digest = plan.compute_digest();
    plan
}

/// The images, with the machines that keep an older version of them.
fn images(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> Vec<ResolvedImage> {
    let mut images = inputs.images.to_vec();
    for image in &mut images {
        let stay = decisions.stay.get(&image.address).cloned();
        image.stay = stay.unwrap_or_default();
    }
    images
}

/// Without those that read what is neither there nor made by this plan: a part
/// of a plan has only a part of the outputs.
fn readable(outputs: tenon_model::Map, decisions: &Decisions<'_>) -> tenon_model::Map {
    if decisions.partial.is_none() {
        return outputs;
    }
    let mut kept = tenon_model::Map::new();
    for (name, value) in outputs.iter() {
        let mut readable = true;
        value.each_later(&mut |later| {
            if let Later::Live { of, .. } = later
                && let Some(decision) = decisions.get(of)
            {
                readable &= decision.action != Action::NoOp || decision.live.is_some();
            }
        });
        if readable {
            kept.insert(name, value.clone());
        }
    }
    kept
}

/// Resources of this deployment that are live.
pub(crate) fn found(decisions: &Decisions<'_>) -> usize {
    // One that is kept may still get another marker.
    let only_kept = |kept: &&Kept| decisions.by_id(&kept.id).is_none();
    decisions
        .iter()
        .filter(|decision| decision.live.is_some() && decision.ours)
        .count()
        + decisions.kept.iter().filter(only_kept).count()
}

/// What a plan says that happens: what is made beside its former form replaces
/// it, and the former form is not told of by itself.
fn told(decisions: &Decisions<'_>, decision: &Decision<'_>) -> Option<Action> {
    let formers = &decisions.formers;
    let is_made = |address: &Address| {
        let by = decisions.get(address);
        by.is_some_and(|by| by.action == Action::Create)
    };
    if formers.successor(&decision.address).is_some_and(is_made) {
        return None;
    }
    let replaces = decision.action == Action::Create && formers.of(&decision.address).is_some();
    Some(if replaces {
        Action::Replace
    } else {
        decision.action
    })
}

fn count(decisions: &Decisions<'_>) -> Summary {
    let mut summary = Summary::default();
    for decision in decisions.iter() {
        let Some(action) = told(decisions, decision) else {
            continue;
        };
        match action {
            Action::Create => summary.create += 1,
            Action::Update => summary.update += 1,
            Action::Replace => summary.replace += 1,
            Action::Delete => summary.delete += 1,
            Action::Adopt => summary.adopt += 1,
            Action::Forget => summary.forget += 1,
            Action::NoOp if decision.ours => summary.no_op += 1,
            Action::NoOp => {}
        }
        summary.drift += decision
            .difference
            .changes
            .iter()
            .filter(|change| change.cause == Cause::Drift)
            .count();
    }
    summary
}

/// In the order of the spec; what it no longer names comes last.
fn changes(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> Vec<Change> {
    let siblings = siblings(decisions);
    let stops = Stops::of(decisions);
    let named = inputs
        .graph
        .written()
        .filter_map(|desired| decisions.get(&desired.address));
    let unnamed = decisions
        .iter()
        .filter(|decision| decision.desired.is_none());
    let mut seen = BTreeSet::new();
    named
        .chain(unnamed)
        .filter(|decision| decision.action != Action::NoOp && seen.insert(&decision.address))
        .filter(|decision| told(decisions, decision).is_some())
        .map(|decision| {
            let mut change = change(inputs, decisions, decision, &siblings);
            if told(decisions, decision) == Some(Action::Replace) {
                replaces(inputs, decisions, decision, &mut change);
            }
            if stands_still(inputs, decisions, &stops, decision) {
                undisturbed(change)
            } else {
                change
            }
        })
        .collect()
}

/// Whether there is nothing to stop: the machine stands still, or nobody has the
/// disk attached.
fn stands_still(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    stops: &Stops,
    decision: &Decision<'_>,
) -> bool {
    let machine = if decision.rules.noun == "disk" {
        match stops
            .machine(&decision.address)
            .and_then(|one| decisions.get(one))
        {
            Some(machine) => machine,
            None => return true,
        }
    } else {
        decision
    };
    machine.goes() && machine.id != decision.id
        || inputs.snapshot.power(&machine.id) == Some(Power::Stopped)
}

/// A machine that stands still is not stopped, and stays as it is.
fn undisturbed(mut change: Change) -> Change {
    let calm = |disruption: &mut Disruption| {
        if matches!(disruption, Disruption::Restart | Disruption::Deallocate) {
            *disruption = Disruption::Hot;
        }
    };
    calm(&mut change.disruption);
    change
        .properties
        .iter_mut()
        .for_each(|property| calm(&mut property.disruption));
    change
}

fn change(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    decision: &Decision<'_>,
    siblings: &BTreeMap<&Address, Vec<String>>,
) -> Change {
    let facts = decision
        .desired
        .as_ref()
        .filter(|_| decision.action == Action::Create)
        .map(|desired| desired.facts.clone());
    let kept = siblings
        .get(&decision.entry)
        .filter(|_| decision.action == Action::Replace && decision.rules.noun == "vm");
    let mut kept = kept.cloned().unwrap_or_default();
    let mut lost = if decision.goes() {
        lost(decision.rules, decision.live)
    } else if matches!(decision.reach, Some(Reach::Reimage { .. })) {
        vec!["os_disks".to_owned()]
    } else {
        decision.difference.gone.clone()
    };
    let keepsake = keep::kind(decision.live, &decision.address);
    if let Some(kind) = keepsake.clone().filter(|_| decision.goes()) {
        lost = vec![kind];
    }
    if let Some((part, words)) = keep::kept(inputs.snapshot, decision) {
        lost.retain(|word| word != part);
        kept.push(words);
    }
    lost.extend(principals::lost(inputs, decisions, decision));
    kept.extend(principals::kept(decision));
    Change {
        address: decision.address.clone(),
        entry: decision.entry.clone(),
        fleet: decision.fleet.clone(),
        kind: keepsake.unwrap_or_else(|| decision.rules.noun.to_owned()),
        resource_type: decision.resource_type.clone(),
        id: decision.id.clone(),
        action: decision.action,
        reason: decision.reason.clone(),
        properties: match decision.action {
            Action::Update | Action::Adopt | Action::Replace => decision.difference.changes.clone(),
            _ => Vec::new(),
        },
        disruption: decision.disruption(),
        lost,
        kept,
        reach: decision.reach.clone(),
        facts: facts.unwrap_or_default(),
        place: decision.place.clone(),
    }
}

/// Says of what is made beside its former form what that means.
fn replaces(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
    decision: &Decision<'_>,
    change: &mut Change,
) {
    let former = decisions.formers.of(&decision.address);
    let Some(former) = former.and_then(|former| decisions.get(former)) else {
        return;
    };
    change.action = Action::Replace;
    change.disruption = Disruption::Replace;
    change.facts.clear();
    change.properties.clone_from(&decision.difference.changes);
    let fixed = change.properties.iter().filter(|one| one.forces_replace());
    let properties: Vec<String> = fixed.map(|one| one.path.clone()).collect();
    change.reason = match properties.as_slice() {
        [] => Reason::Asked,
        _ => Reason::ImmutableChanged { properties },
    };
    change.lost = lost(former.rules, former.live);
    let of_former = principals::lost(inputs, decisions, former);
    change.lost.extend(of_former);
}

/// The parts of each entry that stay, by the rest of their address.
fn siblings<'d>(decisions: &'d Decisions<'_>) -> BTreeMap<&'d Address, Vec<String>> {
    let mut siblings: BTreeMap<&Address, Vec<String>> = BTreeMap::new();
    for decision in decisions.iter() {
        let stays = decision.action == Action::NoOp || decision.action.is_in_place();
        let prefix = format!("{}.", decision.entry);
        let Some(part) = decision.address.as_str().strip_prefix(&prefix) else {
            continue;
        };
        if !stays || decision.live.is_none() {
            continue;
        }
        let parts = siblings.entry(&decision.entry).or_default();
        parts.push(part.to_owned());
        parts.extend(decision.live.and_then(private_ip));
    }
    siblings
}

/// The private address of an interface, which a replace of its machine keeps.
fn private_ip(live: &Live) -> Option<String> {
    let path = Path::parse("properties.ipConfigurations[0].properties.privateIPAddress").ok()?;
    Some(format!("private_ip {}", path.get(&live.body)?.as_text()?))
}

fn lost(rules: &Rules, live: Option<&Live>) -> Vec<String> {
    let value = |path: &str| {
        let path = Path::parse(path).ok()?;
        path.get(&live?.body).map(Value::to_plain_text)
    };
    rules
        .lost
        .iter()
        .map(|loss| match loss {
            Loss::Words(words) => (*words).to_owned(),
            Loss::Value(words, path) => match value(path) {
                Some(value) => format!("{words} {value}"),
                None => (*words).to_owned(),
            },
        })
        .collect()
}

fn types(inputs: &Inputs<'_>, decisions: &Decisions<'_>) -> BTreeMap<String, TypeFacts> {
    let kept = |decision: &Decision<'_>| keep::of(inputs.snapshot, decision);
    let mut types = BTreeMap::new();
    for decision in decisions.iter() {
        let kept = kept(decision);
        if decision.action.is_in_place() || !decision.lets_go.is_empty() || kept.is_some() {
            types.insert(decision.resource_type.clone(), facts(decision.rules));
        }
        if let Some(kept) = kept {
            let rules = kept.at.rules;
            types.insert(rules.resource_type.to_owned(), facts(rules));
        }
    }
    types
}

fn facts(rules: &Rules) -> TypeFacts {
    TypeFacts {
        update: rules.update,
        read_only: rules
            .read_only
            .iter()
            .map(|path| (*path).to_owned())
            .collect(),
        lists: rules
            .lists
            .iter()
            .map(|list| ListFacts {
                path: list.path.to_owned(),
                key: list.key.to_owned(),
                extra: list.extra,
            })
            .collect(),
    }
}

/// Resources that are read at apply although no step touches them.
fn known(plan: &Plan, decisions: &Decisions<'_>) -> Vec<Known> {
    let touched: BTreeSet<&Address> = plan.steps.iter().map(|step| &step.address).collect();
    let mut read = BTreeSet::new();
    let mut note = |value: &Value| {
        value.each_later(&mut |later| {
            if let Later::Live { of, .. } = later {
                read.insert(of.clone());
            }
        });
    };
    plan.outputs.iter().for_each(|(_, value)| note(value));
    plan.steps
        .iter()
        .filter_map(|step| step.request.body.as_ref())
        .for_each(note);
    read.iter()
        .filter(|address| !touched.contains(address))
        .filter_map(|address| decisions.get(address))
        .map(|decision| Known {
            address: decision.address.clone(),
            id: decision.id.clone(),
            api_version: decision.api_version.clone(),
        })
        .collect()
}
