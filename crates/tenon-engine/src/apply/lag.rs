//! Refusals that only mean that Azure has not heard everywhere of what this
//! very run has done.
//!
//! The request itself is the question: it is sent again, with growing pauses,
//! until it is taken or the time is over. Nothing is waited for that this run
//! did not do.

use std::collections::BTreeSet;
use std::time::Duration;

use tenon_model::event::Failure;
use tenon_model::plan::{Does, Step};
use tenon_model::transport::{Progress, Refusal};
use tokio::time::{Instant, sleep};

use super::Run;
use super::step::{PAUSE, refused};

/// How long Azure may say that something is missing which was just made.
const REPLICA: Duration = Duration::from_secs(120);
/// How long a role may not count yet that was just given.
/// Source: Microsoft Learn, "Troubleshoot Azure RBAC": up to ten minutes.
const ROLE: Duration = Duration::from_secs(600);

/// The waits of one request.
pub(super) struct Lag<'a> {
    run: &'a Run<'a>,
    index: usize,
    step: &'a Step,
    began: Instant,
    pause: Duration,
}

impl<'a> Lag<'a> {
    pub(super) fn new(run: &'a Run<'a>, index: usize, step: &'a Step) -> Self {
        Self {
            run,
            index,
            step,
            began: Instant::now(),
            pause: PAUSE.0,
        }
    }

    /// Waits before the request is sent again.
    ///
    /// # Errors
    ///
    /// The refusal, when nothing that this run did explains it, or not any more.
    pub(super) async fn wait(&mut self, refusal: Refusal) -> Result<(), Failure> {
        let longest = self.longest(&refusal);
        if longest.is_none_or(|longest| self.began.elapsed() > longest) {
            return Err(refused(refusal));
        }
        let progress = Progress::Waiting {
            wait: self.pause,
            why: refusal.code,
        };
        self.run.progress(self.index, progress);
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE.1);
        Ok(())
    }

    /// How long such a refusal is waited out.
    fn longest(&self, refusal: &Refusal) -> Option<Duration> {
        match refusal.code.as_str() {
            "ResourceGroupNotFound" | "ParentResourceNotFound" | "InvalidResourceReference" => {
                let made_here = |before: &usize| self.run.plan.steps[*before].does == Does::Create;
                self.step.after.iter().any(made_here).then_some(REPLICA)
            }
            "AuthorizationFailed" | "LinkedAuthorizationFailed" => {
                self.follows_a_role().then_some(ROLE)
            }
            _ => None,
        }
    }

    /// Whether a role assignment was made on the way to this step.
    fn follows_a_role(&self) -> bool {
        let steps = &self.run.plan.steps;
        let mut open = self.step.after.clone();
        let mut seen = BTreeSet::new();
        while let Some(index) = open.pop() {
            let before = &steps[index];
            let kind = before.id.resource_type();
            let role = kind.eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments");
            if role && before.does == Does::Create {
                return true;
            }
            if seen.insert(index) {
                open.extend(before.after.iter().copied());
            }
        }
        false
    }
}
