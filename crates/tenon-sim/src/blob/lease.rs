//! The lease of a blob: who has it, until when, and what may be done in which
//! state. Source: "Lease Blob", with its tables of outcomes by state.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::StorageError;
use crate::clock::later;
use crate::json::same;

/// The lengths that a lease may have, in seconds.
const LENGTHS: std::ops::RangeInclusive<i64> = 15..=60;
/// Never ends by itself.
const INFINITE: i64 = -1;
/// The longest break period, in seconds.
const LONGEST_BREAK: u64 = 60;

/// A lease, as it was left by the last thing that was done to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    id: Option<String>,
    /// In seconds, -1 without an end.
    length: i64,
    /// When it ends, or, while it breaks, when it is broken.
    ends: Option<Timestamp>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Stage {
    #[default]
    Available,
    Leased,
    Broken,
    Breaking,
}

/// The states that storage tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeaseState {
    Available,
    Leased,
    Expired,
    Breaking,
    Broken,
}

impl LeaseState {
    /// As `x-ms-lease-state` says it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Leased => "leased",
            Self::Expired => "expired",
            Self::Breaking => "breaking",
            Self::Broken => "broken",
        }
    }

    /// As `x-ms-lease-status` says it.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Leased | Self::Breaking => "locked",
            Self::Available | Self::Expired | Self::Broken => "unlocked",
        }
    }
}

/// Now, and how many simulated seconds one of the client's has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    pub(super) now: Timestamp,
    pub(super) speed: u32,
}

impl Time {
    fn after(self, seconds: u64) -> Timestamp {
        let real = Duration::from_secs(seconds);
        later(self.now, real.saturating_mul(self.speed))
    }

    fn until(self, moment: Timestamp) -> u64 {
        let left = moment.duration_since(self.now).as_secs();
        u64::try_from(left).unwrap_or_default() / u64::from(self.speed.max(1))
    }
}

fn conflict<T>(code: &str, message: &str) -> Result<T, StorageError> {
    Err(StorageError::new(409, code, message))
}

impl Lease {
    pub(super) fn state(&self, now: Timestamp) -> LeaseState {
        let over = self.ends.is_some_and(|ends| ends <= now);
        match self.stage {
            Stage::Available => LeaseState::Available,
            Stage::Leased if over => LeaseState::Expired,
            Stage::Leased => LeaseState::Leased,
            Stage::Breaking if over => LeaseState::Broken,
            Stage::Breaking => LeaseState::Breaking,
            Stage::Broken => LeaseState::Broken,
        }
    }

    /// `fixed` or `infinite`, while it is leased.
    pub(super) fn length(&self, now: Timestamp) -> Option<&'static str> {
        let leased = self.state(now) == LeaseState::Leased;
        leased.then_some(if self.length == INFINITE {
            "infinite"
        } else {
            "fixed"
        })
    }

    fn is(&self, id: &str) -> bool {
        self.id.as_deref().is_some_and(|own| same(own, id))
    }

    pub(super) fn acquire(
        &mut self,
        id: &str,
        length: i64,
        time: Time,
    ) -> Result<(), StorageError> {
        if length != INFINITE && !LENGTHS.contains(&length) {
            return Err(StorageError::bad_header("x-ms-lease-duration"));
        }
        match self.state(time.now) {
            LeaseState::Leased if !self.is(id) => {
                conflict("LeaseAlreadyPresent", "There is already a lease present.")
            }
            LeaseState::Breaking if self.is(id) => conflict(
                "LeaseIsBreakingAndCannotBeAcquired",
                "The lease ID matched, but the lease is currently in breaking state and cannot be acquired until it is broken.",
            ),
            LeaseState::Breaking => {
                conflict("LeaseAlreadyPresent", "There is already a lease present.")
            }
            _ => {
                self.id = Some(id.to_owned());
                self.length = length;
                self.stage = Stage::Leased;
                self.restart(time);
                Ok(())
            }
        }
    }

    fn restart(&mut self, time: Time) {
        self.ends = u64::try_from(self.length)
            .ok()
            .map(|length| time.after(length));
    }

    pub(super) fn renew(&mut self, id: &str, time: Time) -> Result<(), StorageError> {
        let state = self.state(time.now);
        if !self.is(id) || state == LeaseState::Available {
            return mismatch();
        }
        if matches!(state, LeaseState::Breaking | LeaseState::Broken) {
            return conflict(
                "LeaseIsBrokenAndCannotBeRenewed",
                "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
            );
        }
        self.restart(time);
        Ok(())
    }

    pub(super) fn release(&mut self, id: &str) -> Result<(), StorageError> {
        if !self.is(id) {
            return mismatch();
        }
        *self = Self::default();
        Ok(())
    }

    /// Breaks it; returns the seconds until it is broken.
    pub(super) fn break_it(
        &mut self,
        period: Option<u64>,
        time: Time,
    ) -> Result<u64, StorageError> {
        if period.is_some_and(|period| period > LONGEST_BREAK) {
            return Err(StorageError::bad_header("x-ms-lease-break-period"));
        }
        let left = match self.state(time.now) {
            LeaseState::Available => {
                return conflict(
                    "LeaseNotPresentWithLeaseOperation",
                    "There is currently no lease on the blob.",
                );
            }
            LeaseState::Expired | LeaseState::Broken => 0,
            LeaseState::Leased | LeaseState::Breaking => {
                let left = self.ends.map_or(0, |ends| time.until(ends));
                match (period, self.length) {
                    (Some(period), INFINITE) => period,
                    (Some(period), _) => period.min(left),
                    (None, _) => left,
                }
            }
        };
        self.stage = if left == 0 {
            Stage::Broken
        } else {
            Stage::Breaking
        };
        self.ends = Some(time.after(left));
        Ok(left)
    }

    /// Whether a write may go on that names this lease, or none.
    pub(super) fn admit_write(&self, id: Option<&str>, now: Timestamp) -> Result<(), StorageError> {
        let refused = |code: &str, message: &str| Err(StorageError::new(412, code, message));
        let state = self.state(now);
        match (id, state) {
            (None, LeaseState::Leased | LeaseState::Breaking) => refused(
                "LeaseIdMissing",
                "There is currently a lease on the blob and no lease ID was specified in the request.",
            ),
            (Some(_), LeaseState::Available) => refused(
                "LeaseNotPresentWithBlobOperation",
                "There is currently no lease on the blob.",
            ),
            (Some(id), _) if !self.is(id) => refused(
                "LeaseIdMismatchWithBlobOperation",
                "The lease ID specified did not match the lease ID for the blob.",
            ),
            (Some(_), LeaseState::Expired | LeaseState::Broken) => refused(
                "LeaseLost",
                "A lease ID was specified, but the lease for the blob has expired.",
            ),
            _ => Ok(()),
        }
    }

    /// A write past an expired or broken lease ends it: it cannot be renewed.
    pub(super) fn written(&mut self, now: Timestamp) {
        if matches!(self.state(now), LeaseState::Expired | LeaseState::Broken) {
            *self = Self::default();
        }
    }
}

fn mismatch<T>() -> Result<T, StorageError> {
    conflict(
        "LeaseIdMismatchWithLeaseOperation",
        "The lease ID specified did not match the lease ID for the blob.",
    )
}
