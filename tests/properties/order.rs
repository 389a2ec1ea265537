//! Whether the steps of a plan would be right in any order that it allows.

use std::collections::BTreeSet;

use tenon_model::desired::Relation;
use tenon_model::plan::{Does, Plan, Step};
use tenon_model::{Address, ResourceId};

use crate::support::Asked;
use crate::support::cloud::{Cloud, is_within, names};

/// For each step all steps that are done before it.
fn before(plan: &Plan) -> Vec<BTreeSet<usize>> {
    let mut all: Vec<BTreeSet<usize>> = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let mut own = BTreeSet::new();
        for earlier in &step.after {
            assert!(*earlier < index, "step {index} waits for {earlier}");
            own.insert(*earlier);
            own.extend(all[*earlier].iter().copied());
        }
        all.push(own);
    }
    all
}

fn steps<'p>(plan: &'p Plan, does: &'p [Does]) -> impl Iterator<Item = (usize, &'p Step)> {
    let all = plan.steps.iter().enumerate();
    all.filter(move |(_, step)| does.contains(&step.does))
}

/// Everything is made after what it needs, and deleted after what uses it.
pub(crate) fn check(plan: &Plan, asked: &Asked, cloud: &Cloud) {
    let before = before(plan);
    let made =
        |address: &Address| steps(plan, &[Does::Create]).find(|(_, step)| step.address == *address);
    for (index, step) in steps(plan, &[Does::Create, Does::Update]) {
        let Some(desired) = asked.graph.resource(&step.address) else {
            continue;
        };
        for need in &desired.needs {
            if let Some((needed, _)) = made(&need.on) {
                assert!(
                    before[index].contains(&needed),
                    "{} before {}",
                    step.address,
                    need.on
                );
            }
        }
    }
    for (index, step) in steps(plan, &[Does::Delete]) {
        for user in users(cloud, &step.id) {
            let lets_go = steps(plan, &[Does::Delete, Does::Update, Does::Detach])
                .any(|(other, one)| one.id == user && before[index].contains(&other));
            assert!(lets_go, "{} goes while {user} uses it", step.address);
        }
    }
}

/// What names `id`, or lies inside of it.
fn users(cloud: &Cloud, id: &ResourceId) -> Vec<ResourceId> {
    cloud.with(|state| {
        let uses = |(other, body): &(&ResourceId, &tenon_model::Value)| {
            *other != id && (is_within(other, id) || names(body).iter().any(|name| name == id))
        };
        state
            .resources
            .iter()
            .filter(uses)
            .map(|(other, _)| other.clone())
            .collect()
    })
}

/// What was made after another by `depends_on` goes before it.
pub(crate) fn against_depends_on(plan: &Plan, asked: &Asked) {
    let before = before(plan);
    let deleted =
        |address: &Address| steps(plan, &[Does::Delete]).find(|(_, step)| step.address == *address);
    for (index, step) in steps(plan, &[Does::Delete]) {
        for desired in asked.graph.written() {
            let after = desired
                .needs
                .iter()
                .any(|need| need.relation == Relation::After && need.on == step.address);
            if let Some((own, _)) = deleted(&desired.address).filter(|_| after) {
                assert!(
                    before[index].contains(&own),
                    "{} before {}",
                    step.address,
                    desired.address
                );
            }
        }
    }
}
