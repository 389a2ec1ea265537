//! Positions: each step after those it waits for, otherwise as they came.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use tenon_model::plan::{Does, Step};

use super::Draft;

/// Sorts the drafts and gives them positions.
pub(super) fn sort(mut drafts: Vec<Draft>) -> Vec<Step> {
    let order = topological(&drafts);
    one_write_per_network(&mut drafts, &order);
    let position: BTreeMap<usize, usize> = order
        .iter()
        .enumerate()
        .map(|(position, draft)| (*draft, position))
        .collect();
    let mut steps: Vec<Option<Step>> = drafts
        .into_iter()
        .map(|draft| {
            let mut step = draft.step;
            step.after = draft.after.iter().map(|before| position[before]).collect();
            step.after.sort_unstable();
            Some(step)
        })
        .collect();
    order
        .iter()
        .filter_map(|draft| steps[*draft].take())
        .collect()
}

fn topological(drafts: &[Draft]) -> Vec<usize> {
    let mut waits: Vec<usize> = drafts.iter().map(|draft| draft.after.len()).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); drafts.len()];
    for (index, draft) in drafts.iter().enumerate() {
        for before in &draft.after {
            followers[*before].push(index);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..drafts.len())
        .filter(|index| waits[*index] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(drafts.len());
    while let Some(Reverse(index)) = ready.pop() {
        order.push(index);
        for follower in &followers[index] {
            waits[*follower] -= 1;
            if waits[*follower] == 0 {
                ready.push(Reverse(*follower));
            }
        }
    }
    assert_eq!(
        order.len(),
        drafts.len(),
        "steps wait for each other in a circle"
    );
    order
}

/// Azure takes one write at a time per virtual network and answers 429
/// `RetryableErrorDueToAnotherOperation` to a second one.
fn one_write_per_network(drafts: &mut [Draft], order: &[usize]) {
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for index in order {
        let step = &drafts[*index].step;
        if matches!(
            step.does,
            Does::Deallocate | Does::Start | Does::Mark | Does::Keep
        ) {
            continue;
        }
        let Some(network) = network(&step.id) else {
            continue;
        };
        if let Some(before) = last.insert(network, *index) {
            drafts[*index].after.insert(before);
        }
    }
}

fn network(id: &tenon_model::ResourceId) -> Option<String> {
    let kind = id.resource_type().to_ascii_lowercase();
    match kind.as_str() {
        "microsoft.network/virtualnetworks" => Some(id.key()),
        "microsoft.network/virtualnetworks/subnets" => id.parent().map(|parent| parent.key()),
        _ => None,
    }
}

/// Adds waits, each a step and what it waits for, except those that would close
/// a circle with what is there or with one before.
pub(super) fn add(drafts: &mut [Draft], waits: Vec<(usize, usize)>) {
    let order = topological(drafts);
    let mut position = vec![0; drafts.len()];
    for (at, draft) in order.into_iter().enumerate() {
        position[draft] = at;
    }
    // Waits that agree with one order never make a circle, however many.
    let (with, against): (Vec<_>, Vec<_>) = waits
        .into_iter()
        .filter(|(step, before)| step != before)
        .partition(|(step, before)| position[*before] < position[*step]);
    for (step, before) in with {
        drafts[step].after.insert(before);
    }
    for (step, before) in against {
        if !closes_circle(drafts, step, before) {
            drafts[step].after.insert(before);
        }
    }
}

/// Whether adding "`step` after `before`" would close a circle.
fn closes_circle(drafts: &[Draft], step: usize, before: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut stack = vec![before];
    while let Some(index) = stack.pop() {
        if index == step {
            return true;
        }
        if seen.insert(index) {
            stack.extend(drafts[index].after.iter().copied());
        }
    }
    false
}
