//! Asks Azure what a plan does not need and its reviewer wants to know: whether
//! everything may be written, whether there is room, whether something is locked.

use std::collections::BTreeSet;

use tenon_engine::{ask, validate};
use tenon_model::plan::{Plan, Scope};
use tenon_model::snapshot::Snapshot;
use tenon_model::transport::Transport as _;
use tenon_plan::{Applications, Applies, Probing, Tenants};

use super::Preparing;

impl Preparing<'_> {
    /// Asks, in at most two rounds, and notes in the plan what came of it.
    pub(super) async fn probe(
        &self,
        plan: &mut Plan,
        snapshot: &Snapshot,
        tenants: &Tenants,
        applies: Applies,
    ) {
        if applies == Applies::Never {
            return;
        }
        let probing = Probing::of(plan, snapshot, tenants.clone());
        let first = probing.questions(plan, snapshot);
        if first.is_empty() {
            return;
        }
        let mut answers = ask(&first, self.client).await;
        let further = probing.further(plan, &answers);
        answers.append(&mut ask(&further, self.client).await);
        let applications = self.applications(plan).await;
        probing.judge(plan, snapshot, &answers, &applications, applies);
    }

    /// Lets Azure look at what the plan makes, and notes what came of it.
    pub(super) async fn validate(&self, plan: &mut Plan) {
        for asked in tenon_plan::validations(plan) {
            let answer = validate(&asked.write, self.client).await;
            tenon_plan::judge_validation(plan, &asked, answer);
        }
    }

    /// Who signed in; no request, for everybody has.
    async fn applications(&self, plan: &Plan) -> Applications {
        let mut applications = Applications::new();
        let written = plan.steps.iter().filter_map(|step| step.id.directory());
        let directories = written.collect::<BTreeSet<_>>();
        let directories = directories.iter().map(Scope::directory);
        for scope in plan.deployment.scopes.iter().cloned().chain(directories) {
            if let Ok(identity) = self.client.sign_in(&scope.tenant).await {
                applications.insert(scope.tenant.clone(), identity.application);
            }
        }
        applications
    }
}
