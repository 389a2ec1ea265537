//! What happens to each resource that the spec asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tenon_model::desired::Desired;
use tenon_model::marker::{self as marker_of, Start};
use tenon_model::plan::{Action, Mode, Reason};
use tenon_model::rules::Tags;
use tenon_model::snapshot::{Live, Snapshot};
use tenon_model::spec::Made;
use tenon_model::{Address, Value};

use crate::diff::Difference;
use crate::select::LeftOut;
use crate::{Inputs, elsewhere, settle, taken};

mod decision;
mod existing;
mod families;
mod forced;
mod former;
mod given;
mod marks;
mod owner;
pub(crate) mod problems;

pub(crate) use decision::{Decision, Decisions, Marking, Wanted, Writes};
pub(crate) use existing::note_lock;
pub(crate) use families::{child_property, named_children, outer_of, speaker, without};
pub(crate) use forced::propagate;
pub(crate) use given::same_role;
pub(crate) use marks::mark;

use families::Families;

/// Decides for everything that the spec names. Nothing is asked for when the
/// deployment is to go.
pub(crate) fn decide<'a>(inputs: &Inputs<'a>, left_out: &LeftOut) -> Decisions<'a> {
    let mut decisions = Decisions::default();
    if inputs.mode == Mode::Destroy {
        return decisions;
    }
    let families = Families::of(inputs, left_out);
    decisions.expect(inputs.graph.resources().count());
    for desired in inputs.graph.resources() {
        let desired = settle::settle(desired, &decisions);
        let decision = Deciding {
            inputs,
            families: &families,
            left_out,
            decisions: &mut decisions,
        }
        .resource(desired);
        decisions.push(decision);
    }
    decisions.families = families;
    let foreign = std::mem::take(&mut decisions.foreign);
    decisions.diagnostics.extend(problems::not_ours(&foreign));
    decisions
}

struct Deciding<'d, 'a> {
    inputs: &'d Inputs<'a>,
    families: &'d Families,
    left_out: &'d LeftOut,
    decisions: &'d mut Decisions<'a>,
}

impl<'a> Deciding<'_, 'a> {
    fn resource(&mut self, desired: Cow<'a, Desired>) -> Decision<'a> {
        let live = live_of(&desired, self.inputs.snapshot);
        let mut decision = Decision {
            address: desired.address.clone(),
            entry: desired.entry.clone(),
            fleet: desired.fleet.clone(),
            id: desired.id.clone(),
            rules: desired.rules,
            resource_type: desired.resource_type.clone(),
            api_version: desired.api_version.clone(),
            live,
            action: Action::NoOp,
            reason: Reason::Differs,
            difference: Difference::default(),
            marker: None,
            marking: Marking::AtOnce,
            ours: false,
            place: desired.place.clone(),
            lets_go: Vec::new(),
            stops_for: Vec::new(),
            writes: Writes::Itself,
            reach: None,
            start: Start::NotOwed,
            taken: None,
            fresh: None,
            desired: None,
        };
        let unspoken = desired.made == Made::Here
            && !self.left_out.has(&desired.id)
            && desired.rules.tags == Tags::Parent
            && !self.families.parents.contains_key(&desired.address);
        if unspoken {
            let problem = problems::nobody_speaks(&desired);
            self.decisions.diagnostics.push(problem);
        }
        match (desired.made, live) {
            _ if self.left_out.has(&desired.id) => {}
            (Made::Here, Some(_)) if unspoken => {}
            (Made::Elsewhere, None) => self
                .decisions
                .diagnostics
                .push(problems::not_there(&desired)),
            (Made::Elsewhere, Some(_)) => {}
            (Made::Here, None) => {
                let given = given::already(self.inputs, &desired);
                self.decisions.diagnostics.extend(given);
                decision.action = Action::Create;
                decision.reason = Reason::Missing;
                decision.ours = true;
            }
            (Made::Here, Some(live)) => self.existing(&desired, live, &mut decision),
        }
        if decision.action == Action::NoOp {
            // Most resources of most plans; nobody asks what was expected.
            decision.difference = Difference::default();
        }
        decision.desired = Some(desired.into());
        decision
    }

    fn children(&self, address: &Address) -> BTreeMap<String, Value> {
        self.families
            .children
            .get(address)
            .cloned()
            .unwrap_or_default()
    }
}

/// The live body as its author wrote it, with what other resources say of it.
pub(crate) fn seen<'b>(desired: &Desired, live: &'b Live, snapshot: &Snapshot) -> Cow<'b, Value> {
    match desired.rules.tags {
        Tags::Described => Cow::Owned(marker_of::undescribed(&live.body)),
        Tags::Own | Tags::Parent => {
            let body = elsewhere::body(desired, live, snapshot);
            taken::body(desired, live, body, snapshot)
        }
    }
}

fn live_of<'a>(desired: &Desired, snapshot: &'a Snapshot) -> Option<&'a Live> {
    snapshot.get(&desired.id)
}
