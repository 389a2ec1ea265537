//! Machines that start again.
//!
//! A machine is stopped, changed and started by three requests, and a run may
//! be killed between any two. Before it stops a machine, a run says in the
//! marker that it is to be started; after the start it takes that back. A later
//! plan finds the sign and starts the machine. One that somebody else stopped
//! has no sign, and stays as it is.

use tenon_model::marker::{Ownership, Start};
use tenon_model::plan::{Action, Reason};
use tenon_model::rules::Disruption;
use tenon_model::snapshot::Power;

use crate::Inputs;
use crate::decide::{Decision, Decisions, Writes};

/// Whether a run has left the sign on a machine of ours.
pub(crate) fn is_owed(decision: &Decision<'_>) -> bool {
    let ownership = decision.live.map(|live| &live.ownership);
    match ownership {
        Some(Ownership::Marked(marker)) => decision.ours && marker.start == Start::Owed,
        _ => false,
    }
}

/// Decides which machines are started. A sign on a machine that runs is taken
/// off: left there, it would start the machine when somebody stops it.
pub(crate) fn add(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    for index in 0..decisions.len() {
        let decision = decisions.at_mut(index);
        let stays = decision.action == Action::NoOp || decision.action.is_in_place();
        if decision.rules.noun != "vm" || decision.desired.is_none() || !stays {
            continue;
        }
        let owed = is_owed(decision);
        let stopped = inputs.snapshot.power(&decision.id) == Some(Power::Stopped);
        let stops = decision.disruption() == Disruption::Deallocate;
        if owed && stopped || stops && !stopped {
            decision.start = Start::Owed;
        }
        if owed {
            give_reason(decision, stopped);
        }
    }
}

fn give_reason(decision: &mut Decision<'_>, stopped: bool) {
    if decision.action == Action::NoOp {
        decision.action = Action::Update;
        (decision.reason, decision.writes) = if stopped {
            (Reason::LeftStopped, Writes::Nothing)
        } else {
            (Reason::Bookkeeping, Writes::Itself)
        };
    } else if stopped
        && !matches!(
            decision.reason,
            Reason::StopsFor { .. } | Reason::GoesBack { .. } | Reason::NewDisk { .. }
        )
    {
        decision.reason = Reason::LeftStopped;
    }
}
