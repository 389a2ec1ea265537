//! In which waves the machines of a fleet go down.
//!
//! Those that are down already come first: nothing is lost by them. Then the
//! canaries, then the rest in the order of the fleet, in waves as large as the
//! fleet allows. A machine that is down and stays as it is takes the room of
//! one that could go down.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::desired::Desired;
use tenon_model::marker::Start;
use tenon_model::plan::Action;
use tenon_model::rollout::{Canary, Check, Grows, OnFailure, Rollout, Waves};
use tenon_model::rules::Disruption;
use tenon_model::snapshot::{Agent, Power};
use tenon_model::{Address, Code, Diagnostic, Help};

use crate::Inputs;
use crate::beside::Formers;
use crate::decide::{Decision, Decisions};

/// The waves of a fleet, and the machines that come new.
pub(crate) struct Rolling {
    pub(crate) waves: Waves,
    pub(crate) made: Vec<Address>,
    /// When those are made.
    pub(crate) grows: Grows,
}

/// A fleet of which the plan touches machines, or a machine with a rollout of
/// its own.
struct Fleet<'d, 'a> {
    address: Address,
    rollout: Rollout,
    machines: Vec<(&'d Desired, &'d Decision<'a>)>,
}

/// Adds the waves of all fleets, and what stands in their way.
pub(crate) fn add(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let mut rolling = Vec::new();
    let mut problems = Vec::new();
    for fleet in fleets(decisions) {
        let (mut one, problem) = fleet.waves(inputs, &decisions.formers);
        if let Some(rolling) = one.as_mut().filter(|_| inputs.wishes.rollback.is_some()) {
            // Who goes back goes nowhere from there.
            rolling.waves.on_failure = OnFailure::Stop;
        }
        rolling.extend(one);
        problems.extend(problem);
    }
    decisions.rolling = rolling;
    decisions.diagnostics.extend(problems);
}

/// The live machines of fleets of which others may go down: whether they run
/// decides how many may.
pub(crate) fn count_when_others_go_down(
    inputs: &Inputs<'_>,
    decisions: &Decisions<'_>,
) -> BTreeSet<Address> {
    fleets(decisions)
        .iter()
        .filter(|fleet| fleet.is_fleet())
        .filter(|fleet| {
            let mut machines = fleet.machines.iter();
            machines.any(|(_, machine)| goes_down(inputs, machine))
        })
        .flat_map(|fleet| &fleet.machines)
        .filter(|(_, machine)| machine.live.is_some())
        .map(|(_, machine)| machine.address.clone())
        .collect()
}

fn fleets<'d, 'a>(decisions: &'d Decisions<'a>) -> Vec<Fleet<'d, 'a>> {
    let mut fleets: Vec<Fleet<'_, '_>> = Vec::new();
    let mut known: BTreeMap<&Address, usize> = BTreeMap::new();
    for decision in decisions.iter() {
        let Some(desired) = decision.desired.as_deref() else {
            continue;
        };
        if desired.kind != "vm" || desired.fleet.is_none() && desired.rollout.is_none() {
            continue;
        }
        let address = desired.fleet.as_ref().unwrap_or(&desired.address);
        let at = *known.entry(address).or_insert_with(|| {
            fleets.push(Fleet {
                address: address.clone(),
                rollout: desired.rollout.as_deref().cloned().unwrap_or_default(),
                machines: Vec::new(),
            });
            fleets.len() - 1
        });
        fleets[at].machines.push((desired, decision));
    }
    fleets
}

impl Fleet<'_, '_> {
    /// Whether it is more than a machine by itself.
    fn is_fleet(&self) -> bool {
        self.machines
            .iter()
            .any(|(desired, _)| desired.fleet.is_some())
    }

    /// Its waves; none where no machine goes down or comes up.
    fn waves(
        &self,
        inputs: &Inputs<'_>,
        formers: &Formers,
    ) -> (Option<Rolling>, Option<Diagnostic>) {
        let check = self.check();
        let mut sorted = Sorted::default();
        for (_, machine) in &self.machines {
            let address = machine.address.clone();
            if formers.of(&address).is_some() {
                sorted.beside.push(address);
                continue;
            }
            if machine.live.is_none() {
                continue;
            }
            let well = is_well(inputs, machine, &check);
            match (goes_down(inputs, machine), well) {
                (true, true) => sorted.down_by_us.push(address),
                (true, false) => sorted.down_already.push(address),
                (false, false) => sorted.stay_down.push(address),
                (false, true) => sorted.stay_up.push(address),
            }
        }
        let made = self.machines.iter();
        let made = made.filter(|(_, machine)| {
            machine.action == Action::Create && !sorted.beside.contains(&machine.address)
        });
        let made: Vec<Address> = made.map(|(_, machine)| machine.address.clone()).collect();
        let is_looked_at = self.rollout.health.is_some() && !made.is_empty();
        if sorted.is_empty() && !is_looked_at {
            return (None, None);
        }
        let most_down = self.rollout.most_down.of(self.machines.len());
        let room = match sorted.down_by_us.is_empty() {
            // Nothing goes down for a new machine beside an old one.
            true => most_down,
            false => most_down.saturating_sub(sorted.stay_down.len()),
        };
        let blocked = room == 0 && !sorted.down_by_us.is_empty();
        let problem = blocked.then(|| self.no_room(most_down, &sorted));
        let rolling = Rolling {
            waves: self.in_waves(most_down, room.max(1), sorted),
            made,
            grows: self.rollout.grows,
        };
        (Some(rolling), problem)
    }

    fn in_waves(&self, most_down: usize, room: usize, sorted: Sorted) -> Waves {
        let health = self.rollout.health.clone().unwrap_or_default();
        let changing = |address: &&Address| {
            sorted.down_by_us.contains(address) || sorted.beside.contains(address)
        };
        let machines = self.machines.iter().map(|(_, machine)| &machine.address);
        let changing: Vec<Address> = machines.filter(changing).cloned().collect();
        let (canaries, rest): (Vec<_>, Vec<_>) = {
            let chosen = self.canaries(&changing);
            let is_canary = |address: &Address| chosen.contains(address);
            changing.into_iter().partition(is_canary)
        };
        let in_room = |machines: &[Address]| -> Vec<Vec<Address>> {
            machines.chunks(room).map(<[Address]>::to_vec).collect()
        };
        let mut waves = in_room(&sorted.down_already);
        waves.extend(in_room(&canaries));
        waves.extend(in_room(&rest));
        let goes_on = !waves.is_empty() && !health.check.is_azures();
        let mut unwell = sorted.down_already;
        unwell.extend(sorted.stay_down);
        Waves {
            fleet: self.address.clone(),
            most_down,
            machines: self.machines.len(),
            waves,
            canaries,
            unwell,
            beside: sorted.beside,
            looked_at: if goes_on { sorted.stay_up } else { Vec::new() },
            health,
            pause: self.rollout.pause,
            on_failure: self.rollout.on_failure,
        }
    }

    /// Those of `machines` that go first by themselves.
    fn canaries(&self, machines: &[Address]) -> BTreeSet<Address> {
        match &self.rollout.canary {
            Canary::None => BTreeSet::new(),
            Canary::First(share) => {
                let number = share.of(self.machines.len());
                // Those that a run has done already were it.
                let firsts = self.machines.iter().take(number);
                let firsts: BTreeSet<&Address> =
                    firsts.map(|(_, machine)| &machine.address).collect();
                let left = machines.iter().filter(|one| firsts.contains(one));
                left.cloned().collect()
            }
            Canary::Named(named) => named.iter().cloned().collect(),
        }
    }

    fn check(&self) -> Check {
        let health = self.rollout.health.as_ref();
        health.map_or(Check::Running, |health| health.check.clone())
    }

    fn no_room(&self, most_down: usize, sorted: &Sorted) -> Diagnostic {
        let names = |addresses: &[Address]| {
            let names: Vec<String> = addresses.iter().map(|one| format!("`{one}`")).collect();
            match names.as_slice() {
                [] | [_] | [_, _] | [_, _, _] => names.join(", "),
                [first, second, ..] => {
                    format!("{first}, {second} and {} more", names.len() - 2)
                }
            }
        };
        let down = sorted.stay_down.len();
        let (first, _) = self.machines[0];
        Diagnostic::error(
            Code::NoRoomForRollout,
            format!(
                "`{}` may have {most_down} of {} machines down, and {down} {} already",
                self.address,
                self.machines.len(),
                if down == 1 { "is" } else { "are" },
            ),
        )
        .at(&first.place, "no machine can go down")
        .about(&self.address)
        .note(format!(
            "down or not well, and not touched by this plan: {}",
            names(&sorted.stay_down)
        ))
        .note(format!("would go down: {}", names(&sorted.down_by_us)))
        .help(Help::text(format!(
            "start or mend {}, or replace it in the same plan (--replace {})",
            names(&sorted.stay_down),
            sorted.stay_down[0]
        )))
        .help(Help::text(format!(
            "or allow more:  rollout: {{max_unavailable: {}}}",
            most_down + down
        )))
    }
}

/// The live machines of a fleet.
#[derive(Default)]
struct Sorted {
    down_by_us: Vec<Address>,
    /// Down or not well, and changed by the plan.
    down_already: Vec<Address>,
    /// Down or not well, and left so.
    stay_down: Vec<Address>,
    stay_up: Vec<Address>,
    /// Made beside their former form.
    beside: Vec<Address>,
}

impl Sorted {
    /// Whether no machine changes.
    fn is_empty(&self) -> bool {
        self.down_by_us.is_empty() && self.down_already.is_empty() && self.beside.is_empty()
    }
}

/// Whether the plan takes a machine down, or makes one run that is down.
pub(crate) fn goes_down(inputs: &Inputs<'_>, machine: &Decision<'_>) -> bool {
    let stopped = inputs.snapshot.power(&machine.id) == Some(Power::Stopped);
    match machine.action {
        Action::Replace => true,
        Action::Update | Action::Adopt if stopped => machine.start == Start::Owed,
        Action::Update | Action::Adopt => machine.disruption() >= Disruption::Restart,
        _ => false,
    }
}

/// Whether a machine serves, as far as Azure can tell.
fn is_well(inputs: &Inputs<'_>, machine: &Decision<'_>, check: &Check) -> bool {
    let made = machine.live.and_then(|live| live.provisioning_state());
    let failed = made.is_some_and(|state| state.eq_ignore_ascii_case("Failed"));
    let stopped = inputs.snapshot.power(&machine.id) == Some(Power::Stopped);
    let silent = inputs.snapshot.agent(&machine.id) == Some(Agent::NotReady);
    let quiet = silent && check.is_azures();
    !(failed || stopped || quiet)
}
