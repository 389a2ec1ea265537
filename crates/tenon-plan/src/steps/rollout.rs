//! How many machines of a fleet may be down at the same time.
//!
//! New machines of the fleet come first; then, machine by machine in the order
//! of the fleet, the next goes down only when one that was down is up again.

use std::collections::BTreeMap;

use tenon_model::Address;
use tenon_model::plan::Action;
use tenon_model::rules::Disruption;

use super::{Building, order};

#[derive(Default)]
struct Fleet {
    most_down: usize,
    created: Vec<Address>,
    disturbed: Vec<Address>,
}

/// Adds the waits that keep every fleet within its limit.
pub(super) fn pace(building: &mut Building<'_, '_>) {
    let mut waits = Vec::new();
    for fleet in fleets(building).into_values() {
        for (index, address) in fleet.disturbed.iter().enumerate() {
            let own = building.own(address);
            let down = own.delete.or(own.first);
            let before: Vec<Option<usize>> = if index < fleet.most_down {
                fleet
                    .created
                    .iter()
                    .map(|new| building.own(new).last)
                    .collect()
            } else {
                vec![building.own(&fleet.disturbed[index - fleet.most_down]).last]
            };
            waits.extend(before.into_iter().filter_map(|up| Some((down?, up?))));
        }
    }
    order::add(&mut building.drafts, waits);
}

fn fleets(building: &Building<'_, '_>) -> BTreeMap<Address, Fleet> {
    let mut fleets: BTreeMap<Address, Fleet> = BTreeMap::new();
    for desired in building
        .inputs
        .graph
        .written()
        .filter(|desired| desired.kind == "vm")
    {
        let (Some(name), Some(decision)) =
            (&desired.fleet, building.decisions.get(&desired.address))
        else {
            continue;
        };
        let fleet = fleets.entry(name.clone()).or_default();
        fleet.most_down = desired.max_unavailable.max(1);
        match (decision.action, decision.disruption()) {
            (Action::Create, _) => fleet.created.push(desired.address.clone()),
            (Action::Replace, _)
            | (Action::Update | Action::Adopt, Disruption::Restart | Disruption::Deallocate) => {
                fleet.disturbed.push(desired.address.clone());
            }
            _ => {}
        }
    }
    fleets
}
