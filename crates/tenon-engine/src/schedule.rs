//! What runs next.
//!
//! Of the steps that are ready the one with the longest way to go comes first,
//! so that the whole takes as long as its longest chain and no longer. Ties go
//! by position.

use std::collections::{BTreeSet, BinaryHeap};

use tenon_model::Address;
use tenon_model::plan::{Does, Plan, Precondition, Step};
use tenon_model::rollout::OnFailure;

use fleets::Fleets;

mod fleets;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Ready {
    way_to_go: u64,
    /// Lower positions first.
    position: std::cmp::Reverse<usize>,
}

/// The steps of a plan and how far they are.
pub(crate) struct Schedule<'a> {
    steps: &'a [Step],
    waits: Vec<usize>,
    followers: Vec<Vec<usize>>,
    way_to_go: Vec<u64>,
    ready: BinaryHeap<Ready>,
    settled: BTreeSet<usize>,
    /// The machines that were stopped on the way and did not start again.
    down: BTreeSet<&'a Address>,
    fleets: Fleets<'a>,
    /// Machines that do not wait for their wave.
    ahead: BTreeSet<&'a Address>,
    /// The first step that failed.
    failed: Option<usize>,
}

impl<'a> Schedule<'a> {
    /// `silent` are the machines that do not serve although they run.
    pub(crate) fn new(plan: &'a Plan, silent: &BTreeSet<Address>) -> Self {
        let steps = &plan.steps;
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
        for (index, step) in steps.iter().enumerate() {
            for before in &step.after {
                followers[*before].push(index);
            }
        }
        // Steps stand after those they wait for, so one pass from the end
        // knows the way to go of all followers.
        let mut way_to_go = vec![0; steps.len()];
        for index in (0..steps.len()).rev() {
            let longest = followers[index].iter().map(|next| way_to_go[*next]).max();
            way_to_go[index] = longest.unwrap_or(0) + u64::from(steps[index].usually_seconds);
        }
        let mut schedule = Self {
            steps,
            waits: steps.iter().map(|step| step.after.len()).collect(),
            followers,
            way_to_go,
            ready: BinaryHeap::new(),
            settled: BTreeSet::new(),
            down: BTreeSet::new(),
            fleets: Fleets::new(plan, silent),
            ahead: BTreeSet::new(),
            failed: None,
        };
        for index in 0..steps.len() {
            schedule.offer(index);
        }
        schedule
    }

    fn offer(&mut self, index: usize) {
        if self.waits[index] == 0 && !self.settled.contains(&index) {
            let position = std::cmp::Reverse(index);
            self.ready.push(Ready {
                way_to_go: self.way_to_go[index],
                position,
            });
        }
    }

    /// The next step that can run.
    pub(crate) fn next(&mut self) -> Option<usize> {
        loop {
            let index = self.ready.pop()?.position.0;
            if self.fleets.admits(index) {
                return Some(index);
            }
        }
    }

    /// The next step that brings a machine back that was stopped on the way.
    /// All others are forgotten: this is for a run that is to end.
    pub(crate) fn next_owed(&mut self) -> Option<usize> {
        while let Some(index) = self.next() {
            if self.is_owed(index) {
                return Some(index);
            }
        }
        None
    }

    /// Whether a step is of a machine that is down, or what the machine waits
    /// for before it starts: the change of a disk. Who has started it takes the
    /// sign off, too.
    fn is_owed(&self, index: usize) -> bool {
        let starts = |next: &usize| self.brings_back(*next);
        self.down.contains(&self.steps[index].address)
            || self.followers[index].iter().any(starts)
            || self.ends_a_start(index)
    }

    /// Whether a step says of a machine that it was started.
    fn ends_a_start(&self, index: usize) -> bool {
        let step = &self.steps[index];
        let is_start = |before: &usize| {
            let before = &self.steps[*before];
            before.does == Does::Start && before.address == step.address
        };
        step.does == Does::Mark && step.after.iter().any(is_start)
    }

    /// A step ended well: those that waited for it may be ready.
    pub(crate) fn done(&mut self, index: usize) {
        self.settled.insert(index);
        let step = &self.steps[index];
        match step.does {
            Does::Deallocate => drop(self.down.insert(&step.address)),
            Does::Start => drop(self.down.remove(&step.address)),
            _ => {}
        }
        for waiting in self.fleets.done(index) {
            self.offer(waiting);
        }
        for follower in self.waiting_for(index) {
            self.waits[follower] -= 1;
            self.offer(follower);
        }
    }

    /// The steps that wait for a step.
    fn waiting_for(&self, index: usize) -> Vec<usize> {
        let followers = self.followers[index].iter().copied();
        followers
            .filter(|follower| self.waits_for(*follower, index))
            .collect()
    }

    /// Whether a step waits for one before it: a machine that goes ahead of its
    /// wave does not wait for the looks at others.
    fn waits_for(&self, index: usize, before: usize) -> bool {
        let (step, before) = (&self.steps[index], &self.steps[before]);
        let is_of_waves = matches!(before.does, Does::Check | Does::Settle);
        !(is_of_waves && before.address != step.address && self.ahead.contains(&step.address))
    }

    /// Lets machines go ahead of their wave that do not answer, where they take
    /// all the room: returns whether there are any.
    pub(crate) fn let_ahead(&mut self) -> bool {
        let machines = self.fleets.in_the_way();
        let new = machines.difference(&self.ahead).next().is_some();
        self.ahead.extend(machines);
        for index in 0..self.steps.len() {
            let is_ahead = self.ahead.contains(&self.steps[index].address);
            if new && is_ahead && !self.settled.contains(&index) {
                self.recount(index);
            }
        }
        new
    }

    /// A step ended badly: returns those that can no longer run because of
    /// it, in the order of the plan. A machine that was stopped for the step
    /// is still started, as it is; nothing that waits for the change follows.
    pub(crate) fn failed(&mut self, index: usize) -> Vec<usize> {
        self.settled.insert(index);
        self.failed.get_or_insert(index);
        self.fleets.failed(index, &self.steps[index].address);
        let mut lost = self.lose_followers(index);
        let starts: Vec<usize> = lost
            .iter()
            .copied()
            .filter(|one| self.brings_back(*one))
            .collect();
        for start in starts {
            self.revive(start, &mut lost);
            for next in self.followers[start].clone() {
                if self.ends_a_start(next) {
                    self.revive(next, &mut lost);
                }
            }
        }
        lost.into_iter().collect()
    }

    /// Gives up what comes after a step. A wave of a fleet that goes on ends
    /// however its machines end.
    fn lose_followers(&mut self, index: usize) -> BTreeSet<usize> {
        let mut lost = BTreeSet::new();
        let mut stack = vec![index];
        while let Some(at) = stack.pop() {
            for follower in self.waiting_for(at) {
                if self.goes_on(follower) {
                    self.waits[follower] -= 1;
                    self.offer(follower);
                } else if self.settled.insert(follower) {
                    lost.insert(follower);
                    stack.push(follower);
                }
            }
        }
        lost
    }

    fn goes_on(&self, index: usize) -> bool {
        let on_failure = OnFailure::Continue;
        matches!(&self.steps[index].precondition,
            Precondition::Settled { on_failure: word, .. } if *word == on_failure)
    }

    /// The steps that were ready and never might run, and what came after
    /// them, each with the failure that is the reason.
    pub(crate) fn held_back(&mut self) -> Vec<(usize, usize)> {
        let mut held = Vec::new();
        for (index, because) in self.fleets.held_back(self.failed) {
            if !self.settled.insert(index) {
                continue;
            }
            held.push((index, because));
            let lost = self.lose_followers(index);
            held.extend(lost.into_iter().map(|one| (one, because)));
        }
        held
    }

    fn revive(&mut self, index: usize, lost: &mut BTreeSet<usize>) {
        lost.remove(&index);
        self.settled.remove(&index);
        self.recount(index);
    }

    /// What it waits for is what is still under way or to come.
    fn recount(&mut self, index: usize) {
        let before = self.steps[index].after.iter();
        let before = before.filter(|one| self.waits_for(index, **one));
        self.waits[index] = before.filter(|one| !self.settled.contains(one)).count();
        self.offer(index);
    }

    fn brings_back(&self, index: usize) -> bool {
        let step = &self.steps[index];
        step.does == Does::Start && self.down.contains(&step.address)
    }
}
