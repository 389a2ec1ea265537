//! How many machines of a fleet are down, and who may go down next.
//!
//! The waits of a plan are enough as long as all goes well. When a machine does
//! not get well, this keeps the others up: none follows it down, or only as
//! many as may be down together with it. Machines that do not serve although
//! Azure says that they run are known only when the run begins: they count, and
//! where they leave no room they go before their wave.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::Address;
use tenon_model::plan::{Does, Plan};
use tenon_model::rollout::{OnFailure, Waves};

/// One fleet that changes in waves.
struct Fleet<'a> {
    waves: &'a Waves,
    /// Machines that are down or not well.
    down: BTreeSet<&'a Address>,
    /// Those of them that did not answer when the run began, and of which
    /// nothing has begun.
    silent: BTreeSet<&'a Address>,
    /// Machines that this run took down and that are not well yet.
    ours: BTreeSet<&'a Address>,
    /// The first step that failed.
    failed: Option<usize>,
    /// Steps that were ready when their machine could not go down.
    waiting: Vec<usize>,
}

impl Fleet<'_> {
    fn goes_on(&self) -> bool {
        self.failed.is_none() || self.waves.on_failure == OnFailure::Continue
    }

    /// Whether a machine may go down now.
    fn admits(&self, machine: &Address) -> bool {
        let is_beside = self.waves.beside.contains(machine);
        if is_beside || self.silent.contains(machine) {
            return self.goes_on() && self.ours.len() < self.waves.most_down;
        }
        self.down.contains(machine) || self.goes_on() && self.down.len() < self.waves.most_down
    }
}

/// All fleets of a plan.
pub(super) struct Fleets<'a> {
    fleets: Vec<Fleet<'a>>,
    /// Which fleet a machine is of.
    of: BTreeMap<&'a Address, usize>,
    /// The machine that a step takes down first.
    takes_down: BTreeMap<usize, &'a Address>,
    /// The machine that a step sees well.
    sees_well: BTreeMap<usize, &'a Address>,
}

impl<'a> Fleets<'a> {
    /// `silent` are machines that do not serve although Azure says that they
    /// run.
    pub(super) fn new(plan: &'a Plan, silent: &BTreeSet<Address>) -> Self {
        let mut of = BTreeMap::new();
        let mut fleets = Vec::new();
        for waves in &plan.waves {
            of.extend(waves.waves.iter().flatten().map(|one| (one, fleets.len())));
            let machines = waves.waves.iter().flatten();
            let silent: BTreeSet<_> = machines.filter(|one| silent.contains(*one)).collect();
            fleets.push(Fleet {
                waves,
                down: waves.unwell.iter().chain(silent.iter().copied()).collect(),
                silent,
                ours: BTreeSet::new(),
                failed: None,
                waiting: Vec::new(),
            });
        }
        let mut takes_down: BTreeMap<usize, &Address> = BTreeMap::new();
        let mut sees_well = BTreeMap::new();
        let mut begun = BTreeSet::new();
        for (index, step) in plan.steps.iter().enumerate() {
            let Some((machine, _)) = of.get_key_value(&step.address) else {
                continue;
            };
            match step.does {
                Does::Check => drop(sees_well.insert(index, *machine)),
                // Only a tag.
                Does::Mark => {}
                _ if begun.insert(*machine) => drop(takes_down.insert(index, *machine)),
                _ => {}
            }
        }
        Self {
            fleets,
            of,
            takes_down,
            sees_well,
        }
    }

    /// Whether a step that is ready may run; one that may not is kept.
    pub(super) fn admits(&mut self, index: usize) -> bool {
        let Some(machine) = self.takes_down.get(&index) else {
            return true;
        };
        let fleet = &mut self.fleets[self.of[machine]];
        if fleet.admits(machine) {
            fleet.silent.remove(machine);
            fleet.ours.insert(machine);
            fleet.down.insert(machine);
            return true;
        }
        fleet.waiting.push(index);
        false
    }

    /// A step ended well: returns those that may try again.
    pub(super) fn done(&mut self, index: usize) -> Vec<usize> {
        let Some(machine) = self.sees_well.get(&index) else {
            return Vec::new();
        };
        let fleet = &mut self.fleets[self.of[machine]];
        fleet.down.remove(machine);
        fleet.ours.remove(machine);
        std::mem::take(&mut fleet.waiting)
    }

    /// A step ended badly.
    pub(super) fn failed(&mut self, index: usize, address: &Address) {
        let of = self.of.iter();
        let mut of = of.filter(|(machine, _)| address.is_within(machine));
        if let Some((_, fleet)) = of.next() {
            self.fleets[*fleet].failed.get_or_insert(index);
        }
    }

    /// Machines that do not answer and take the room of those that would go
    /// down before them, as long as nothing has failed: they may go first.
    pub(super) fn in_the_way(&self) -> BTreeSet<&'a Address> {
        let stuck = self.fleets.iter();
        let stuck = stuck.filter(|fleet| !fleet.waiting.is_empty() && fleet.goes_on());
        let silent = stuck.flat_map(|fleet| {
            let waits = |machine: &&&Address| {
                let mut waiting = fleet.waiting.iter();
                waiting.any(|step| self.takes_down.get(step) == Some(*machine))
            };
            fleet.silent.iter().filter(move |one| !waits(one))
        });
        silent.copied().collect()
    }

    /// The steps that never might run, each with the failure that is the reason.
    /// Where it is no failure in the fleet, it is `elsewhere`: a machine does not
    /// answer and cannot be changed because of it.
    pub(super) fn held_back(&mut self, elsewhere: Option<usize>) -> Vec<(usize, usize)> {
        let held = |fleet: &mut Fleet<'_>| {
            let because = fleet.failed.or(elsewhere);
            let waiting = std::mem::take(&mut fleet.waiting);
            waiting
                .into_iter()
                .filter_map(move |index| Some((index, because?)))
                .collect::<Vec<_>>()
        };
        self.fleets.iter_mut().flat_map(held).collect()
    }
}
