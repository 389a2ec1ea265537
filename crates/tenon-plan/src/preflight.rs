//! What was looked at before a plan may be carried out.
//!
//! Two sorts of checks: those that follow from the spec and what is live
//! anyway, and probes, which ask Azure something more. A probe is made only
//! when a step needs it, so a plan in which nothing happens asks nothing.

use std::collections::{BTreeMap, BTreeSet};

use tenon_model::plan::preflight::{About, Check};
use tenon_model::plan::{Plan, Scope};
use tenon_model::probe::{Answer, Probe};
use tenon_model::snapshot::Snapshot;
use tenon_model::{Diagnostic, SubscriptionId, TenantId, diagnostic};

mod counts;
mod directories;
mod fixed;
mod interfaces;
mod locks;
mod needs;
mod providers;
mod question;
mod range;
mod rights;
mod scope;
mod sources;
mod subnets;
mod validation;

pub use question::Question;
pub use rights::Applications;
pub use validation::{Validation, judge_validation, validations};

use needs::Needs;
use scope::Made;

/// When the plan is carried out, as far as that says by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Applies {
    /// Later, perhaps by somebody who may do more.
    #[default]
    Later,
    /// At once, by whoever plans.
    Now,
    /// Not at all: somebody only looks.
    Never,
}

/// The questions that a plan raises, and who judges the answers.
#[derive(Debug)]
pub struct Probing {
    made: Made,
    needs: Needs,
    tenants: Tenants,
}

/// The tenants of subscriptions that a plan only reads from.
pub type Tenants = BTreeMap<SubscriptionId, TenantId>;

impl Probing {
    /// Looks at what a plan does.
    #[must_use]
    pub fn of(plan: &Plan, snapshot: &Snapshot, tenants: Tenants) -> Self {
        let made = Made::of(plan);
        let needs = Needs::of(plan, snapshot, &made);
        Self {
            made,
            needs,
            tenants,
        }
    }

    /// The first round. A plan without a step asks nothing.
    #[must_use]
    pub fn questions(&self, plan: &Plan, snapshot: &Snapshot) -> BTreeMap<Question, Probe> {
        let mut all = providers::questions(plan);
        all.extend(rights::questions(&self.needs));
        all.extend(directories::questions(plan));
        all.extend(locks::questions(plan, &self.made));
        all.extend(counts::questions(plan, snapshot));
        all.extend(subnets::questions(plan, snapshot, &self.made));
        all.extend(fixed::questions(plan, snapshot, &self.made));
        all.extend(sources::questions(plan, &self.made));
        self.probes(plan, all)
    }

    /// The second round: what the first left open.
    #[must_use]
    pub fn further(
        &self,
        plan: &Plan,
        answers: &BTreeMap<Question, Answer>,
    ) -> BTreeMap<Question, Probe> {
        let mut all = rights::further(&self.needs, &self.made, answers);
        all.extend(locks::further(plan, &self.made, answers));
        all.retain(|question| !answers.contains_key(question));
        self.probes(plan, all)
    }

    fn probes(&self, plan: &Plan, questions: Vec<Question>) -> BTreeMap<Question, Probe> {
        let asked = questions.into_iter();
        asked
            .filter_map(|question| {
                let probe = question.probe(plan, &self.tenants)?;
                Some((question, probe))
            })
            .collect()
    }

    /// Judges what Azure answered, and notes what it did not.
    pub fn judge(
        &self,
        plan: &mut Plan,
        snapshot: &Snapshot,
        answers: &BTreeMap<Question, Answer>,
        applications: &Applications,
        applies: Applies,
    ) {
        providers::judge(plan, answers);
        rights::judge(plan, &self.needs, answers, applications, applies);
        directories::judge(plan, answers, applications, applies);
        locks::judge(plan, &self.made, answers);
        counts::judge(plan, snapshot, answers);
        subnets::judge(plan, snapshot, &self.made, answers);
        fixed::judge(plan, snapshot, &self.made, answers);
        sources::judge(plan, snapshot, &self.made, answers);
    }
}

/// What is looked at whenever something happens, without a request of its own.
const ALWAYS: &[About] = &[
    About::References,
    About::Ownership,
    About::Limits,
    About::InUse,
    About::Orphans,
];

/// Adds what a check found: the problems, and that the check was made. A plan
/// with an error cannot be applied.
pub fn add_check(plan: &mut Plan, check: Check, problems: Vec<Diagnostic>) {
    plan.preflight.push(check);
    if problems.is_empty() {
        return;
    }
    plan.diagnostics.extend(problems);
    plan.diagnostics.sort_by_key(|one| !one.is_error());
    let applyable = !diagnostic::has_errors(&plan.diagnostics);
    // Of what was found the digest covers no more than that.
    if plan.applyable != applyable {
        plan.applyable = applyable;
        plan.digest = plan.compute_digest();
    }
}

/// Concludes the list of checks: adds those that every plan makes, and puts all
/// of them in order. What a check found that is there already stays as it is.
pub fn conclude_preflight(plan: &mut Plan) {
    let made: BTreeSet<About> = plan.preflight.iter().map(|check| check.about).collect();
    let mut checks = Vec::new();
    for tenant in tenants(plan) {
        let names = &plan.deployment.tenant_names;
        let name = names.get(tenant).cloned();
        checks.push(Check::ok(
            About::SignIn,
            name.unwrap_or_else(|| tenant.short()),
        ));
    }
    for image in &plan.images {
        let subject = format!("{} {}", image.address.last(), image.version);
        checks.push(Check::ok(About::Image, &subject));
        let of_image = of(plan, About::ImageLife)
            .filter(|one| one.addresses.is_empty() || one.addresses.contains(&image.address));
        checks.push(Check::found(About::ImageLife, &subject, of_image));
    }
    if !plan.images.is_empty() && !made.contains(&About::Size) {
        checks.push(Check::found(About::Size, "", of(plan, About::Size)));
    }
    let always = if plan.is_empty() { &[] } else { ALWAYS };
    for about in About::ALL {
        let known = made.contains(about) || checks.iter().any(|check| check.about == *about);
        let found = of(plan, *about).next().is_some();
        if !known && (found || always.contains(about)) {
            checks.push(Check::found(*about, "", of(plan, *about)));
        }
    }
    plan.preflight.append(&mut checks);
    plan.preflight
        .sort_by(|one, two| (one.about, &one.subject).cmp(&(two.about, &two.subject)));
}

/// What a check found.
fn of(plan: &Plan, about: About) -> impl Iterator<Item = &Diagnostic> {
    let all = plan.diagnostics.iter();
    all.filter(move |one| About::of(one.code) == about)
}

/// The tenants that were signed in to.
fn tenants(plan: &Plan) -> BTreeSet<&TenantId> {
    let deployment = &plan.deployment;
    // Of directories those that are written to; others may be closed.
    let written = |scope: &&Scope| {
        let steps = &mut plan.steps.iter();
        steps.any(|step| step.id.directory().as_ref() == Some(&scope.tenant))
    };
    let directories = deployment.directories.iter().filter(written);
    let scopes = deployment.scopes.iter().chain(directories);
    scopes
        .flat_map(|scope| std::iter::once(&scope.tenant).chain(&scope.auxiliary))
        .collect()
}
