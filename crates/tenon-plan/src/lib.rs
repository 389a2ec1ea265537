//! Decides.
//!
//! From what a spec asks for and what is live it makes a plan in which nothing
//! is left to decide. Same spec and same snapshot, same plan, byte for byte:
//! no time, no chance, no environment, and the order of the spec wherever the
//! graph leaves a choice.

mod around;
mod behind;
mod beside;
mod carried;
mod compare;
mod decide;
mod diff;
mod elsewhere;
mod failed;
mod fit;
mod fresh;
mod graph;
mod in_use;
mod inspect;
mod instances;
mod keep;
mod let_go;
mod limits;
mod looks;
mod members;
mod orphans;
mod power;
mod preflight;
mod principals;
mod published;
mod quota;
mod references;
mod renamed;
mod retention;
mod rollback;
mod select;
mod settle;
mod sole;
mod starts;
mod steps;
mod stops;
mod summary;
mod taken;
mod undecided;
mod unseen;
mod waves;
mod wishes;

use tenon_model::image::ResolvedImage;
use tenon_model::plan::{Deployment, Mode, Plan};
use tenon_model::rules::Rules;
use tenon_model::snapshot::Snapshot;
use tenon_model::{Diagnostic, Map, Place};

pub use beside::Names;
pub use compare::{Difference, differences};
pub use failed::failed;
pub use fit::check_fit;
pub use graph::{ResourceGraph, build};
pub use inspect::inspect;
pub use limits::limit;
pub use looks::{first_looks, second_looks};
pub use power::{Draft, ThirdRound, third_round};
pub use preflight::{
    Applications, Applies, Probing, Question, Tenants, Validation, add_check, conclude_preflight,
    judge_validation, validations,
};
pub use quota::{Quotas, Region, Usage, check_quotas, quota_regions};
pub use retention::{Aged, Fate, Retention, Why, next, retain};
pub use select::known_addresses;
pub use wishes::{LetGo, Rollback, Wishes};

use decide::Decisions;
use select::LeftOut;

/// Everything that a plan is made from.
pub struct Inputs<'a> {
    /// What the spec asks for.
    pub graph: &'a ResourceGraph,
    /// What is live.
    pub snapshot: &'a Snapshot,
    /// What the images resolved to.
    pub images: &'a [ResolvedImage],
    /// What the plan is for.
    pub deployment: Deployment,
    /// Whether the spec is to stand or to go.
    pub mode: Mode,
    /// What the author asked for beside the spec.
    pub wishes: &'a Wishes,
    /// The outputs, names looked up.
    pub outputs: Map,
    /// The beginning of the spec, for what it no longer names.
    pub spec: &'a Place,
    /// What is known about a resource type.
    pub rules_of: fn(&str) -> Option<&'static Rules>,
    /// What is known about types without a table.
    pub any: &'static Rules,
    /// The same for types without tags.
    pub untagged: &'static Rules,
    /// The time, in seconds since 1970, UTC: only what is kept for a while asks
    /// for it.
    pub now: u64,
    /// What was found wrong before.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes the plan.
#[must_use]
pub fn plan(inputs: &Inputs<'_>) -> Plan {
    plan_with(inputs, || {
        Draft(Box::new(power::draft(inputs, &LeftOut::default())))
    })
}

/// Makes the plan of the inputs from which `draft` was made: the same as
/// [`plan`] makes, in less time.
#[must_use]
pub fn plan_from<'a>(inputs: &Inputs<'a>, draft: Draft<'a>) -> Plan {
    plan_with(inputs, || draft)
}

fn plan_with<'a>(inputs: &Inputs<'a>, draft: impl FnOnce() -> Draft<'a>) -> Plan {
    if let Some(asked) = &inputs.wishes.let_go {
        let mut plan = assemble(inputs, let_go::decide(inputs, asked));
        plan.read.resources = let_go::known(inputs).count();
        return plan;
    }
    if let Some(asked) = &inputs.wishes.rollback {
        return assemble(inputs, rollback::decide(inputs, asked));
    }
    if !inputs.wishes.is_partial() {
        return assemble(inputs, conclude(inputs, &LeftOut::default(), *draft().0));
    }
    // What is needed and what depends on what is known only when everything is
    // decided; then it is decided again as if the rest were nobody's business.
    let everything = conclude(inputs, &LeftOut::default(), *draft().0);
    let left_out = select::left_out(inputs, &everything);
    let part = power::draft(inputs, &left_out);
    let mut plan = assemble(inputs, conclude(inputs, &left_out, part));
    plan.read.resources = summary::found(&everything);
    plan
}

/// From what is decided about every resource by itself to what follows from
/// that for others.
fn conclude<'a>(
    inputs: &Inputs<'a>,
    left_out: &LeftOut,
    mut decisions: Decisions<'a>,
) -> Decisions<'a> {
    orphans::add(inputs, left_out, &mut decisions);
    beside::find(inputs, &mut decisions);
    decide::propagate(inputs, &mut decisions);
    sole::settle(inputs, &mut decisions);
    stops::add(&mut decisions);
    starts::add(inputs, &mut decisions);
    behind::add(inputs, &mut decisions);
    carried::refuse_while_stopped(inputs, &mut decisions);
    waves::add(inputs, &mut decisions);
    in_use::refuse(inputs, &mut decisions);
    published::refuse(inputs, &mut decisions);
    decide::mark(inputs, &mut decisions);
    renamed::warn(&mut decisions);
    decisions.partial = left_out.partial(inputs.wishes);
    decisions
}

fn assemble(inputs: &Inputs<'_>, decisions: Decisions<'_>) -> Plan {
    let steps = steps::build(inputs, &decisions);
    summary::assemble(inputs, decisions, steps)
}

#[cfg(test)]
mod tests;
