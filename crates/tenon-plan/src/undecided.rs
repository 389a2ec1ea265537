//! What hangs on something that only apply can decide.
//!
//! If it comes to a replace, apply stops there, and nothing begins that comes
//! after it. Who reads the plan should know what that would be.

use std::collections::BTreeSet;

use tenon_model::Address;
use tenon_model::plan::{Change, Reason, Step};

/// Writes into each undecided change which others wait for it.
pub(crate) fn tell(changes: &mut [Change], steps: &[Step]) {
    for change in changes {
        if let Reason::Undecided { waiting, .. } = &mut change.reason {
            *waiting = after(&change.address, steps);
        }
    }
}

/// What has a step that waits for one of `address`, by itself or through
/// others, in the order of the steps.
fn after(address: &Address, steps: &[Step]) -> Vec<Address> {
    let mut waits = vec![false; steps.len()];
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let is_own = step.address == *address;
        waits[index] = is_own || step.after.iter().any(|before| waits[*before]);
        if waits[index] && !is_own && seen.insert(&step.address) {
            found.push(step.address.clone());
        }
    }
    found
}
