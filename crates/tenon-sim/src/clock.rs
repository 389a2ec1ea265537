//! The clock everything in a simulator runs on.
//!
//! Operations, tokens, replicas, role propagation and throttling all ask this
//! clock. It sits on tokio's own clock, so a test that pauses and moves tokio
//! time moves the simulated Azure with it; on top of that it can run faster
//! than the wall, or be moved by hand.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// How simulated time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockMode {
    /// So many simulated seconds pass in each second of tokio's clock.
    RealTime {
        /// Simulated seconds per second; 0 counts as 1.
        speed: u32,
    },
    /// Time stands still until it is moved with `advance`.
    Manual,
}

impl Default for ClockMode {
    fn default() -> Self {
        Self::RealTime { speed: 1 }
    }
}

/// Simulated time: an epoch, what has passed since, and what was added by hand.
#[derive(Debug)]
pub(crate) struct Clock {
    epoch: Timestamp,
    started: Instant,
    mode: ClockMode,
    advanced: Duration,
    /// The moment at which something is being caught up with.
    held: Option<Timestamp>,
}

impl Clock {
    pub(crate) fn starting_at(epoch: Timestamp, mode: ClockMode) -> Self {
        Self {
            epoch,
            started: Instant::now(),
            mode,
            advanced: Duration::ZERO,
            held: None,
        }
    }

    /// Holds time at a moment of the past, or lets it go with `None`.
    ///
    /// What was due a while ago happens only when somebody asks; whatever it
    /// starts has to start at its own time and not at that of the question.
    pub(crate) fn hold(&mut self, moment: Option<Timestamp>) {
        self.held = moment;
    }

    pub(crate) fn now(&self) -> Timestamp {
        if let Some(held) = self.held {
            return held;
        }
        let passed = match self.mode {
            ClockMode::RealTime { speed } => self.started.elapsed().saturating_mul(speed.max(1)),
            ClockMode::Manual => Duration::ZERO,
        };
        later(self.epoch, passed.saturating_add(self.advanced))
    }

    /// The moments that a client may take for now when it dates something itself:
    /// its own clock is the wall's, however fast this one runs.
    pub(crate) fn moments(&self) -> Vec<Timestamp> {
        match self.mode {
            ClockMode::RealTime { .. } => vec![self.now(), Timestamp::now()],
            ClockMode::Manual => vec![self.now()],
        }
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.advanced = self.advanced.saturating_add(by);
    }

    /// How many simulated seconds a client sees pass in one of its own.
    pub(crate) fn speed(&self) -> u32 {
        match self.mode {
            ClockMode::RealTime { speed } => speed.max(1),
            ClockMode::Manual => 1,
        }
    }

    /// The headers that tell a client to wait, in its own time.
    ///
    /// On a fast clock whole seconds are too coarse; the header in
    /// milliseconds, which most of Azure's SDKs read, says it. Zero seconds
    /// are never told: the SDK for Python takes them for nothing and waits for
    /// half a minute.
    pub(crate) fn wait(&self, seconds: u64) -> Vec<(&'static str, String)> {
        let speed = u64::from(self.speed());
        let mut headers = vec![("Retry-After", seconds.div_ceil(speed).max(1).to_string())];
        if speed != 1 {
            let milliseconds = (seconds * 1000 / speed).max(1);
            headers.push(("x-ms-retry-after-ms", milliseconds.to_string()));
        }
        headers
    }
}

/// The moment `by` after `moment`, or the end of time.
pub(crate) fn later(moment: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| moment.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

/// The time as Azure writes it in most bodies: seven digits of a second and an offset.
pub(crate) fn stamp(moment: Timestamp) -> String {
    let whole = moment.strftime("%Y-%m-%dT%H:%M:%S");
    format!(
        "{whole}.{:07}+00:00",
        moment.subsec_nanosecond().unsigned_abs() / 100
    )
}

/// The time in whole seconds with a `Z`, as tokens and identity errors show it.
pub(crate) fn plain_stamp(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The time as an HTTP `Date` header has it.
pub(crate) fn http_date(moment: Timestamp) -> String {
    moment.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests;
