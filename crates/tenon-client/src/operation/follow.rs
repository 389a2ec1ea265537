//! Watching an operation until it ends.

use std::time::Duration;

use tenon_model::Value;
use tenon_model::transport::{Refusal, Stage, Verb, Write};
use tokio::time::{Instant, sleep};

use super::read;
use super::seen::Seen;
use super::target::Target;
use crate::arm::{Arm, Call, Report};
use crate::http::HttpResponse;
use crate::retry::retry_after;

/// A write that is under way.
pub(super) struct Watch<'a> {
    pub(super) arm: &'a Arm,
    pub(super) write: &'a Write,
    pub(super) call: &'a Call<'a>,
    pub(super) report: Report<'a>,
}

impl Watch<'_> {
    /// Looks again and again; returns the last HTTP status and the resource.
    pub(super) async fn to_the_end(
        &self,
        mut target: Target,
        mut wait: Option<Duration>,
    ) -> Result<(u16, Value), Refusal> {
        let began = Instant::now();
        let mut seen_at = began;
        loop {
            self.pause(wait, began).await?;
            let response = self.look(&target).await?;
            wait = retry_after(&response);
            let status = response.status.as_u16();
            match Seen::of(self, &target, &response)? {
                // Replicas of Resource Manager lag, but not for ever.
                Seen::Absent if seen_at.elapsed() > self.arm.patience.settle => {
                    return Err(self.arm.asked(self.call).refused(Stage::Azure, &response));
                }
                Seen::Absent => {}
                Seen::Running => {
                    seen_at = Instant::now();
                    target.move_on(self, &response)?;
                }
                Seen::Forgotten => target = Target::Resource,
                Seen::Gone => return Ok((status, Value::Null)),
                Seen::Done(Some(body)) => return Ok((status, body)),
                Seen::Done(None) => return self.result(status).await,
            }
        }
    }

    /// Waits before the next look: as long as the server asks, else a
    /// twentieth of the time so far, between 1 and 10 s.
    ///
    /// So the end of a longer operation is noticed at most 5 % late, and
    /// Compute's budget for watching one is kept (45 looks at once, then 15 a
    /// minute; Microsoft Learn, "Compute throttling limits").
    async fn pause(&self, asked: Option<Duration>, began: Instant) -> Result<(), Refusal> {
        let usual = (began.elapsed() / 20).clamp(Duration::from_secs(1), Duration::from_secs(10));
        let wait = asked.filter(|wait| !wait.is_zero()).unwrap_or(usual);
        let until = self.call.until.unwrap_or_else(Instant::now);
        let left = until.saturating_duration_since(Instant::now());
        sleep(wait.min(left)).await;
        if wait <= left {
            Ok(())
        } else {
            Err(self.timed_out())
        }
    }

    fn timed_out(&self) -> Refusal {
        let allowed = self.arm.patience.for_operation(self.write);
        let minutes = allowed.as_secs().div_ceil(60);
        let message =
            format!("the operation did not end within {minutes} min; Azure goes on with it");
        let asked = self.arm.asked(self.call);
        asked.bare(Stage::TimedOut, "OperationTimedOut", &message)
    }

    async fn look(&self, target: &Target) -> Result<HttpResponse, Refusal> {
        let url = match target {
            Target::Status(url) | Target::Location(url) => url.clone(),
            Target::Resource => self.call.url.clone(),
        };
        self.arm.answered(&self.call.poll(url), self.report).await
    }

    /// Whether the write leaves a resource behind.
    pub(super) fn makes(&self) -> bool {
        matches!(self.write.verb, Verb::Put | Verb::Patch)
    }

    /// Reads what the operation made. Right after its end a replica of
    /// Resource Manager may not know it yet.
    async fn result(&self, status: u16) -> Result<(u16, Value), Refusal> {
        if !self.makes() {
            return Ok((status, Value::Null));
        }
        let mut call = Call::get(self.call.tenant, self.call.url.clone());
        call.until = self.call.until;
        let patient_until = Instant::now() + self.arm.patience.settle;
        let mut wait = Duration::from_millis(500);
        loop {
            match self.arm.accepted(&call, self.report).await {
                Ok(response) => {
                    let body = read(&response, &self.arm.asked(&call))?;
                    return Ok((response.status.as_u16(), body));
                }
                Err(refusal) if refusal.is_absent() && Instant::now() + wait <= patient_until => {
                    sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(5));
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }
}
