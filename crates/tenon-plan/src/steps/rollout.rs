//! The steps that make waves of a fleet's changes.
//!
//! After each machine that went down somebody looks whether it is well, after
//! each wave there may be a pause, and the machines of the next wave wait for
//! both. New machines come before the first wave or after the last.

use std::collections::BTreeSet;

use tenon_model::plan::{Does, Precondition, Request, Step};
use tenon_model::rollout::{Grows, Health, OnFailure, Waves};
use tenon_model::transport::Verb;
use tenon_model::{Address, ResourceId, Value};

use super::{Building, Draft, order};
use crate::settle;
use crate::waves::Rolling;

/// Seconds that a machine usually needs to be well after Azure calls it done.
const USUALLY: u32 = 15;

/// Adds the steps and the waits that keep every fleet to its waves.
pub(super) fn pace(building: &mut Building<'_, '_>) {
    let decisions = building.decisions;
    let mut waits = Vec::new();
    for rolling in &decisions.rolling {
        let waves = &rolling.waves;
        Fleet { waves, building }.pace(rolling, &mut waits);
    }
    order::add(&mut building.drafts, waits);
}

struct Fleet<'w, 'b, 'i, 'a> {
    waves: &'w Waves,
    building: &'b mut Building<'i, 'a>,
}

impl Fleet<'_, '_, '_, '_> {
    fn pace(&mut self, rolling: &Rolling, waits: &mut Vec<(usize, usize)>) {
        let new_come_first = rolling.grows == Grows::First;
        let mut before = self.looks_before();
        if new_come_first {
            before.extend(self.look_after(&rolling.made));
        }
        let last = self.waves.waves.len().saturating_sub(1);
        for (at, machines) in self.waves.waves.iter().enumerate() {
            let down: Vec<usize> = machines.iter().flat_map(|one| self.down(one)).collect();
            waits.extend(self.all_after(&down, &before, 0));
            let (beside, others): (Vec<Address>, Vec<Address>) = machines
                .iter()
                .cloned()
                .partition(|one| self.waves.beside.contains(one));
            let mut up = self.look_after(&others);
            up.extend(self.old_ones_go(&beside, waits));
            let ends_by_itself = at == last || up.len() == 1 && self.needs_no_end();
            before = match ends_by_itself {
                true => up,
                false => vec![self.settle(&up, self.waves.pause)],
            };
        }
        if !new_come_first {
            let made = rolling.made.iter().filter_map(|one| self.own_first(one));
            let made: Vec<usize> = made.collect();
            waits.extend(self.all_after(&made, &before, 0));
            self.look_after(&rolling.made);
        }
    }

    /// Each of `later` after all of `before`; by way of one step where that is
    /// fewer waits.
    fn all_after(&mut self, later: &[usize], before: &[usize], pause: u32) -> Vec<(usize, usize)> {
        let before = if later.len() > 1 && before.len() > 1 {
            vec![self.settle(before, pause)]
        } else {
            before.to_vec()
        };
        let pairs = later
            .iter()
            .flat_map(|later| before.iter().map(|before| (*later, *before)));
        pairs.collect()
    }

    /// Whether a wave of one machine has ended when the machine is well.
    fn needs_no_end(&self) -> bool {
        self.waves.pause == 0 && self.waves.on_failure != OnFailure::Continue
    }

    /// Whether the author asked for more than Azure's own success.
    fn is_asked(&self) -> bool {
        self.waves.health != Health::default()
    }

    /// The looks at machines that stay, before any other goes down.
    fn looks_before(&mut self) -> Vec<usize> {
        let machines = self.waves.looked_at.clone();
        let looks = machines.iter().filter_map(|one| self.look(one, None));
        looks.collect()
    }

    /// The looks at machines when their own steps are done. New ones are looked
    /// at only where the author asked for it: Azure has just called them done.
    fn look_after(&mut self, machines: &[Address]) -> Vec<usize> {
        let went_down: BTreeSet<&Address> = self.waves.waves.iter().flatten().collect();
        let mut up = Vec::with_capacity(machines.len());
        for machine in machines {
            let Some(last) = self.building.own(machine).last else {
                continue;
            };
            let is_looked_at = went_down.contains(machine) || self.is_asked();
            let look = is_looked_at.then(|| self.look(machine, Some(last)));
            up.push(look.flatten().unwrap_or(last));
        }
        up
    }

    /// The ends of the former forms of machines that are well beside them.
    fn old_ones_go(&mut self, machines: &[Address], waits: &mut Vec<(usize, usize)>) -> Vec<usize> {
        let mut gone = Vec::with_capacity(machines.len());
        for machine in machines {
            let last = self.building.own(machine).last;
            let formers = &self.building.decisions.formers;
            let former = formers.of(machine).map(|former| self.building.own(former));
            let look = self.look(machine, last);
            let goes = former.and_then(|former| former.delete);
            waits.extend(goes.zip(look));
            gone.extend(goes.or(look));
        }
        gone
    }

    fn look(&mut self, machine: &Address, after: Option<usize>) -> Option<usize> {
        let decision = self.building.decisions.get(machine)?;
        let health = self.waves.health.clone();
        let seconds = USUALLY.saturating_add(health.min_healthy);
        let mut step = step(
            (machine, &decision.id, &decision.api_version),
            Does::Check,
            Precondition::Healthy(health),
            seconds,
        );
        let desired = decision.desired.as_deref();
        let rollout = desired.and_then(|desired| desired.rollout.as_deref());
        let reach = rollout.map(|rollout| &rollout.reach);
        if let Some(reach) = reach.filter(|reach| reach.iter().next().is_some()) {
            let reach = Value::Map(reach.clone());
            step.request.body = Some(settle::value(&reach, self.building.decisions));
        }
        Some(self.push(step, after))
    }

    /// The end of a wave.
    fn settle(&mut self, after: &[usize], pause: u32) -> usize {
        let last = &self.building.drafts[*after.last().expect("a wave has machines")];
        let (id, version) = (last.step.id.clone(), last.step.request.api_version.clone());
        let ends = Precondition::Settled {
            pause,
            on_failure: self.waves.on_failure,
        };
        let step = step(
            (&self.waves.fleet, &id, &version),
            Does::Settle,
            ends,
            pause,
        );
        self.push(step, after.iter().copied())
    }

    fn push(&mut self, step: Step, after: impl IntoIterator<Item = usize>) -> usize {
        self.building.drafts.push(Draft {
            step,
            after: after.into_iter().collect(),
        });
        self.building.drafts.len() - 1
    }

    /// The step with which a machine goes down; for a new one beside the old one
    /// the steps that make it and what belongs to it.
    fn down(&self, machine: &Address) -> Vec<usize> {
        if self.waves.beside.contains(machine) {
            let own = self.building.own.iter();
            let own = own.filter(|(address, _)| address.is_within(machine));
            return own.filter_map(|(_, own)| own.first).collect();
        }
        let own = self.building.own(machine);
        own.delete.or(own.first).into_iter().collect()
    }

    fn own_first(&self, machine: &Address) -> Option<usize> {
        self.building.own(machine).first
    }
}

/// A step that writes nothing.
fn step(
    (address, id, api_version): (&Address, &ResourceId, &str),
    does: Does,
    precondition: Precondition,
    usually_seconds: u32,
) -> Step {
    Step {
        address: address.clone(),
        id: id.clone(),
        does,
        request: Request {
            verb: Verb::Get,
            path: id.to_string(),
            api_version: api_version.to_owned(),
            body: None,
            remove: Vec::new(),
        },
        after: Vec::new(),
        precondition,
        usually_seconds,
    }
}
