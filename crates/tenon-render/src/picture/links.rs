//! The lines of a picture: who needs whom, and what goes first although
//! nothing binds the two.

use std::collections::{BTreeSet, HashMap};

use tenon_model::Address;
use tenon_model::plan::Plan;

use super::{Link, Why};

/// Returns the lines in order.
pub(crate) fn links(
    plan: &Plan,
    card_of: &HashMap<&Address, usize>,
    groups: &BTreeSet<usize>,
) -> Vec<Link> {
    let mut needs = BTreeSet::new();
    for (from, all) in &plan.around.needs {
        for on in all {
            if let (Some(who), Some(what)) = (card_of.get(from), card_of.get(on))
                && who != what
            {
                needs.insert((*what, *who));
            }
        }
    }
    let needs = without_detours(&needs, groups);
    let waits = waits(plan, card_of);
    let bound = Reach::of(&needs, waits.iter().flat_map(|(from, to)| [*from, *to]));
    let mut links: Vec<Link> = needs
        .iter()
        .map(|(from, to)| Link {
            from: *from,
            to: *to,
            why: Why::Needs,
        })
        .collect();
    for (from, to) in waits {
        if !bound.has(from, to) && !bound.has(to, from) {
            links.push(Link {
                from,
                to,
                why: Why::First,
            });
        }
    }
    links.sort_unstable();
    links
}

/// Everything lies in a group. The line from it is left out where another way
/// leads there.
pub(crate) fn without_detours(
    needs: &BTreeSet<(usize, usize)>,
    groups: &BTreeSet<usize>,
) -> BTreeSet<(usize, usize)> {
    let others = needs.iter().filter(|(from, _)| !groups.contains(from));
    let reached: BTreeSet<usize> = others.map(|(_, to)| *to).collect();
    let needless = |(from, to): &&(usize, usize)| groups.contains(from) && reached.contains(to);
    needs
        .iter()
        .filter(|need| !needless(need))
        .copied()
        .collect()
}

/// Which cards wait for which, by the steps of the plan. A step that stands for
/// no card, such as the end of a wave, hands on what it waits for.
fn waits(plan: &Plan, card_of: &HashMap<&Address, usize>) -> BTreeSet<(usize, usize)> {
    let card_of_change: HashMap<&Address, usize> = plan
        .changes
        .iter()
        .filter_map(|change| Some((&change.address, *card_of.get(&change.entry)?)))
        .collect();
    let mut handed: HashMap<usize, BTreeSet<usize>> = HashMap::new();
    let mut found = BTreeSet::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let mut before = BTreeSet::new();
        for index in &step.after {
            let step = plan.steps.get(*index);
            match step.and_then(|step| card_of_change.get(&step.address)) {
                Some(card) => drop(before.insert(*card)),
                None => before.extend(handed.get(index).into_iter().flatten()),
            }
        }
        match card_of_change.get(&step.address) {
            Some(card) => {
                let others = before.iter().filter(|other| *other != card);
                found.extend(others.map(|other| (*other, *card)));
            }
            None => drop(handed.insert(at, before)),
        }
    }
    // Two cards that wait for each other, such as the waves of two fleets, say
    // nothing with arrows in both directions.
    let one_way = |(from, to): &&(usize, usize)| !found.contains(&(*to, *from));
    found.iter().filter(one_way).copied().collect()
}

/// Who is reached from some.
struct Reach {
    from: HashMap<usize, BTreeSet<usize>>,
}

impl Reach {
    fn of(needs: &BTreeSet<(usize, usize)>, starts: impl Iterator<Item = usize>) -> Self {
        let mut next: HashMap<usize, Vec<usize>> = HashMap::new();
        for (from, to) in needs {
            next.entry(*from).or_default().push(*to);
        }
        let reached = |start: usize| {
            let mut seen = BTreeSet::new();
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                for to in next.get(&at).into_iter().flatten() {
                    if seen.insert(*to) {
                        open.push(*to);
                    }
                }
            }
            seen
        };
        Self {
            from: starts
                .collect::<BTreeSet<usize>>()
                .into_iter()
                .map(|start| (start, reached(start)))
                .collect(),
        }
    }

    fn has(&self, from: usize, to: usize) -> bool {
        let reached = self.from.get(&from);
        reached.is_some_and(|reached| reached.contains(&to))
    }
}
