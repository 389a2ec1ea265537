//! Resource Manager's budgets, kept on this side, so that a large apply runs
//! at the speed Azure allows instead of into refusals.
//!
//! Resource Manager refills a bucket of requests per subscription, principal
//! and class of operation; watching an operation counts as reading. A request
//! that is refused because its bucket is empty may make the wait longer, so it
//! is better not sent. The published sizes are where a bucket starts; headers
//! and refusals correct it.
//! Source: Microsoft Learn, "Understand how Azure Resource Manager throttles
//! requests" (05/2025).
//!
//! Compute counts once more behind it, per subscription and region and by
//! what is done to machines; such a request needs room in both.
//!
//! A server that never says how much is left is not asked to be paced: then
//! nothing here waits.

mod bucket;
mod compute;
mod report;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tenon_model::TenantId;
use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, timeout_at};

use crate::http::HttpResponse;
use bucket::{Bucket, Place};
pub(crate) use compute::Policy;

/// Whose budget.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account(String);

impl Account {
    pub(crate) fn subscription(id: &str) -> Self {
        Self(id.to_ascii_lowercase())
    }

    pub(crate) fn tenant(tenant: &TenantId) -> Self {
        Self(format!("tenant {tenant}"))
    }
}

/// The class of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    Read,
    /// Reads from the same budget, after everybody else.
    Poll,
    Write,
    Delete,
}

impl Class {
    /// Size and refill per second of its bucket in the public cloud. Other
    /// clouds have larger ones that refill by the hour; their headers say so.
    fn published(self) -> (f64, f64) {
        match self {
            Self::Read | Self::Poll => (250.0, 25.0),
            Self::Write | Self::Delete => (200.0, 10.0),
        }
    }
}

/// Who counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Meter {
    /// Resource Manager.
    Front(Class),
    /// Compute.
    Compute(Policy),
}

/// All budgets of one client.
#[derive(Default)]
pub(crate) struct Budgets(Mutex<HashMap<(Account, Meter), Arc<Lane>>>);

/// The requests of one class in one account.
struct Lane {
    bucket: Mutex<Bucket>,
    // Whoever holds a queue is the next to go; the others wait in order.
    first: Queue<()>,
    second: Queue<()>,
    changed: Notify,
}

/// The right to send one request.
pub(crate) struct Permit {
    lane: Arc<Lane>,
    meter: Meter,
    place: Place,
}

impl Budgets {
    /// Waits until the budget allows one more request.
    pub(crate) async fn acquire(&self, account: Account, class: Class) -> Permit {
        let counted = match class {
            Class::Poll => Class::Read,
            other => other,
        };
        let lane = self.lane(account, Meter::Front(counted));
        let place = match class {
            Class::Poll => lane.second().await,
            Class::Read | Class::Write | Class::Delete => lane.first().await,
        };
        Permit {
            lane,
            meter: Meter::Front(class),
            place,
        }
    }

    /// Waits until Compute allows one more request of a policy.
    pub(crate) async fn acquire_compute(&self, account: Account, policy: Policy) -> Permit {
        let meter = Meter::Compute(policy);
        let lane = self.lane(account, meter);
        let place = lane.first().await;
        Permit { lane, meter, place }
    }

    fn lane(&self, account: Account, meter: Meter) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry((account, meter));
        Arc::clone(lane.or_insert_with(|| Arc::new(Lane::new(meter))))
    }
}

impl Lane {
    fn new(meter: Meter) -> Self {
        let (size, per_second) = match meter {
            Meter::Front(class) => class.published(),
            Meter::Compute(policy) => policy.published(),
        };
        Self {
            bucket: Mutex::new(Bucket::new(size, per_second)),
            first: Queue::new(()),
            second: Queue::new(()),
            changed: Notify::new(),
        }
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn first(&self) -> Place {
        let _waiting = Waiting::begin(self, |bucket| &mut bucket.waiting);
        let _turn = self.first.lock().await;
        self.until(Bucket::take_first).await
    }

    /// Knowing a little later that an operation ended holds up less than not
    /// beginning one, so whoever watches waits for the others.
    async fn second(&self) -> Place {
        let _waiting = Waiting::begin(self, |bucket| &mut bucket.watching);
        let _turn = self.second.lock().await;
        self.until(Bucket::take_second).await
    }

    async fn until(&self, take: impl Fn(&mut Bucket, Instant) -> Result<(), Instant>) -> Place {
        loop {
            // Listening begins before looking: nothing is missed in between.
            let changed = self.changed.notified();
            match self.attempt(&take) {
                Ok(place) => return place,
                Err(until) => drop(timeout_at(until, changed).await),
            }
        }
    }

    fn attempt(
        &self,
        take: impl Fn(&mut Bucket, Instant) -> Result<(), Instant>,
    ) -> Result<Place, Instant> {
        let now = Instant::now();
        let mut bucket = self.bucket();
        take(&mut bucket, now)?;
        Ok(bucket.place(now))
    }
}

/// Somebody in a queue, for as long as this lives.
struct Waiting<'a> {
    lane: &'a Lane,
    count: fn(&mut Bucket) -> &mut u32,
}

impl<'a> Waiting<'a> {
    fn begin(lane: &'a Lane, count: fn(&mut Bucket) -> &mut u32) -> Self {
        *count(&mut lane.bucket()) += 1;
        Self { lane, count }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        *(self.count)(&mut self.lane.bucket()) -= 1;
        self.lane.changed.notify_waiters();
    }
}

impl Permit {
    /// Corrects the budget by what the answer says.
    pub(crate) fn learn(&self, response: &HttpResponse) {
        let now = Instant::now();
        let mut bucket = self.lane.bucket();
        match report::left(response, self.meter) {
            Some(left) => bucket.correct(left, &self.place, now),
            None if response.status.is_success() => bucket.uncounted(),
            None => {}
        }
        if let Some(pause) = report::pause(response, self.meter) {
            bucket.pause(now + pause, now);
        }
        drop(bucket);
        self.lane.changed.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.lane.bucket().under_way -= 1;
    }
}

#[cfg(test)]
mod tests;
