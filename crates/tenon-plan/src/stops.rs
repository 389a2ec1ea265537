//! Machines that stop for a change of something else.
//!
//! Azure refuses to change the kind of storage of a disk while a machine that
//! runs has it attached (409 `OperationNotAllowed`). What stops is the machine
//! that has the disk now, whatever the spec says about both.

use std::collections::BTreeMap;

use tenon_model::Address;
use tenon_model::plan::{Action, Reason};
use tenon_model::rules::Disruption;

use crate::decide::{Decisions, Writes};
use crate::references::named_ids;

/// Disks that only change while nobody runs with them, by the machine that has
/// them attached.
#[derive(Default)]
pub(crate) struct Stops(BTreeMap<Address, Vec<Address>>);

impl Stops {
    /// Finds them.
    pub(crate) fn of(decisions: &Decisions<'_>) -> Self {
        let mut disks: BTreeMap<_, Address> = BTreeMap::new();
        for decision in decisions.iter() {
            if decision.rules.noun == "disk"
                && decision.action.is_in_place()
                && decision.disruption() == Disruption::Deallocate
            {
                disks.insert(&decision.id, decision.address.clone());
            }
        }
        let mut stops = Self::default();
        if disks.is_empty() {
            return stops;
        }
        for decision in decisions.iter().filter(|one| one.rules.noun == "vm") {
            let live = decision.live.filter(|_| decision.ours);
            let named = live.map(named_ids).unwrap_or_default();
            let own: Vec<Address> = named.iter().filter_map(|id| disks.remove(id)).collect();
            if !own.is_empty() {
                stops.0.insert(decision.address.clone(), own);
            }
        }
        stops
    }

    /// The disks that a machine stops for.
    pub(crate) fn disks(&self, machine: &Address) -> &[Address] {
        self.0.get(machine).map_or(&[], Vec::as_slice)
    }

    /// The machine that stops for a disk; none where nobody has it attached.
    pub(crate) fn machine(&self, disk: &Address) -> Option<&Address> {
        let has = |(_, disks): &(&Address, &Vec<Address>)| disks.contains(disk);
        self.0.iter().find(has).map(|(machine, _)| machine)
    }

    /// Machines with the disks that they stop for.
    fn iter(&self) -> impl Iterator<Item = (&Address, &[Address])> {
        self.0
            .iter()
            .map(|(machine, disks)| (machine, disks.as_slice()))
    }
}

/// Lets the machines stop that have to. One that goes anyway lets go of its
/// disks by going.
pub(crate) fn add(decisions: &mut Decisions<'_>) {
    let stops = Stops::of(decisions);
    for (machine, disks) in stops.iter() {
        let Some(index) = decisions.position(machine) else {
            continue;
        };
        let decision = decisions.at_mut(index);
        match decision.action {
            Action::NoOp => {
                decision.action = Action::Update;
                decision.writes = Writes::Nothing;
                decision.reason = Reason::StopsFor {
                    addresses: disks.to_vec(),
                };
            }
            Action::Update | Action::Adopt => {}
            _ => continue,
        }
        decision.stops_for = disks.to_vec();
    }
}
