//! What is sent again, when, and for how long.
//!
//! One matrix for everybody (`Tries::judge`). Resource Manager's PUT, PATCH,
//! DELETE and GET may be repeated after a lost answer; an action (POST) may
//! not, unless it surely was not processed.
//! Source: Microsoft Learn, "Resource Manager throttling" and
//! "Transient fault handling"; azure-core 1.41 retries the same statuses.

mod after;
mod jitter;
mod patience;

use std::time::Duration;

use tokio::time::Instant;

use crate::errors::ArmError;
use crate::http::{HttpError, HttpResponse, Method};

pub(crate) use after::{date, retry_after};
pub use jitter::Jitter;
pub use patience::Patience;

/// What came of one attempt.
pub(crate) type Outcome = Result<HttpResponse, HttpError>;

/// What repeating a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The same as sending it once.
    Idempotent,
    /// The same; and what hinders it may be about to go.
    Delete,
    /// Something twice.
    Action,
    /// The same; and whoever answers may be on its way up, which it says with
    /// 404 and 410.
    Metadata,
}

impl From<&Method> for Manner {
    fn from(method: &Method) -> Self {
        match *method {
            Method::POST => Self::Action,
            Method::DELETE => Self::Delete,
            _ => Self::Idempotent,
        }
    }
}

/// What to do after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Take it as it is.
    Take,
    /// Fetch new tokens and send again.
    Renew,
    /// Wait and send again.
    Wait { wait: Duration, why: String },
}

/// The attempts of one request.
pub(crate) struct Tries {
    manner: Manner,
    patience: Patience,
    jitter: Jitter,
    started: Instant,
    until: Option<Instant>,
    transient: u32,
    throttled: u32,
    conflicts: u32,
    renewed: bool,
}

impl Tries {
    /// `until` ends all waiting, whatever the patience says.
    pub(crate) fn new(
        manner: Manner,
        patience: Patience,
        jitter: Jitter,
        until: Option<Instant>,
    ) -> Self {
        Self {
            manner,
            patience,
            jitter,
            started: Instant::now(),
            until,
            transient: 0,
            throttled: 0,
            conflicts: 0,
            renewed: false,
        }
    }

    /// The attempts of a request that nobody signs.
    pub(crate) fn anonymous(patience: Patience, jitter: Jitter) -> Self {
        Self::new(Manner::Idempotent, patience, jitter, None)
    }

    /// Sends until the outcome is to be taken.
    pub(crate) async fn run<F: Future<Output = Outcome>>(
        &mut self,
        mut send: impl FnMut() -> F,
    ) -> Outcome {
        loop {
            let outcome = send().await;
            match self.judge(&outcome) {
                Verdict::Wait { wait, .. } => tokio::time::sleep(wait).await,
                Verdict::Take | Verdict::Renew => return outcome,
            }
        }
    }

    /// Decides what an outcome means.
    pub(crate) fn judge(&mut self, outcome: &Outcome) -> Verdict {
        let action = self.manner == Manner::Action;
        match outcome {
            Err(HttpError::Untrusted(_) | HttpError::Unsendable(_)) => Verdict::Take,
            Err(HttpError::Lost(_)) if action => Verdict::Take,
            Err(HttpError::Connect(_)) => self.transient(None, "CannotConnect".to_owned()),
            Err(HttpError::Lost(_)) => self.transient(None, "NoAnswer".to_owned()),
            Ok(response) if response.status.is_success() => Verdict::Take,
            Ok(response) => self.judge_error(response),
        }
    }

    fn judge_error(&mut self, response: &HttpResponse) -> Verdict {
        let after = retry_after(response);
        let action = self.manner == Manner::Action;
        let error = ArmError::read(response);
        let code = error.code.clone();
        match response.status.as_u16() {
            // A lock of the network service, not a rate: nobody else needs to
            // wait because of it.
            429 if code.starts_with("RetryableError") => self.conflict(after, code),
            429 => self.throttled(after, code),
            503 if action && after.is_some() => self.transient(after, code),
            408 | 500 | 502 | 503 | 504 if !action => self.transient(after, code),
            404 if self.manner == Manner::Metadata => self.transient(after, code),
            410 if self.manner == Manner::Metadata => self.updating(code),
            401 if is_expired(&error) && !self.renewed => {
                self.renewed = true;
                Verdict::Renew
            }
            409 if code == "AnotherOperationInProgress" || code.starts_with("RetryableError") => {
                self.conflict(after, code)
            }
            400 | 409 if self.manner == Manner::Delete => self.hindered(code),
            _ => Verdict::Take,
        }
    }

    /// A deletion that something stands in the way of. What used a resource
    /// stays visible to its service for some seconds after it is gone.
    fn hindered(&mut self, code: String) -> Verdict {
        // After a machine that failed to start, its NIC stays reserved for
        // 180 s.
        if code == "NicReservedForAnotherVm" {
            return self.conflict(None, code);
        }
        if code == "Conflict" || code.contains("InUse") {
            let growing = self.growing(Duration::from_secs(2), self.conflicts, 15);
            self.conflicts += 1;
            return self.wait(growing, self.patience.settle, code);
        }
        Verdict::Take
    }

    /// The metadata service is updated, which it says takes up to 70 s. No
    /// number of tries ends that, only time.
    fn updating(&mut self, code: String) -> Verdict {
        let growing = self.growing(Duration::from_secs(2), self.conflicts, 15);
        self.conflicts += 1;
        self.wait(growing, self.patience.request, code)
    }

    fn transient(&mut self, after: Option<Duration>, why: String) -> Verdict {
        if self.transient >= self.patience.tries {
            return Verdict::Take;
        }
        let growing = self.growing(Duration::from_secs(1), self.transient, 30);
        self.transient += 1;
        let wait = after.map_or(growing, |least| self.at_least(least.max(growing)));
        self.wait(wait, self.patience.request, why)
    }

    fn throttled(&mut self, after: Option<Duration>, why: String) -> Verdict {
        let growing = self.growing(Duration::from_secs(2), self.throttled, 60);
        self.throttled += 1;
        let asked = after.filter(|least| !least.is_zero());
        let wait = asked.map_or(growing, |least| self.at_least(least));
        self.wait(wait, self.patience.throttled, why)
    }

    fn conflict(&mut self, after: Option<Duration>, why: String) -> Verdict {
        let growing = self.growing(Duration::from_secs(2), self.conflicts, 15);
        self.conflicts += 1;
        let wait = after.map_or(growing, |least| self.at_least(least.max(growing)));
        self.wait(wait, self.patience.conflict, why)
    }

    /// `first` doubled for every time before, at most `longest` seconds; the
    /// upper half of it is left to chance.
    fn growing(&self, first: Duration, times: u32, longest: u64) -> Duration {
        let whole = first.saturating_mul(1 << times.min(16));
        let whole = whole.min(Duration::from_secs(longest));
        whole / 2 + (whole / 2).mul_f64(self.jitter.next())
    }

    /// What the server asked for and a little more, so that not everybody
    /// comes back in the same instant.
    fn at_least(&self, asked: Duration) -> Duration {
        let more = (asked / 10).min(Duration::from_secs(2));
        asked + more.mul_f64(self.jitter.next())
    }

    fn wait(&self, wait: Duration, bound: Duration, why: String) -> Verdict {
        let again = Instant::now() + wait;
        let too_late = self.until.is_some_and(|until| again > until);
        if too_late || again > self.started + bound {
            return Verdict::Take;
        }
        Verdict::Wait { wait, why }
    }
}

/// Whether a token came too late. Graph has one code for all that is wrong with one.
fn is_expired(error: &ArmError) -> bool {
    error.code == "ExpiredAuthenticationToken"
        || (error.code == "InvalidAuthenticationToken" && error.message.contains("is expired"))
}

#[cfg(test)]
mod tests;
