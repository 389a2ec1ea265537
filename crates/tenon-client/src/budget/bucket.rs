//! One bucket: what is left, and how fast it fills.

use std::time::Duration;

use tokio::time::Instant;

/// One of so many is for the second queue when the first is full.
const SHARE: f64 = 5.0;

/// So many are left in a bucket that the server counts: a request that is
/// quicker on its way than those before must not find it empty.
const KEPT: f64 = 2.0;

/// Whether the server counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// It has not answered yet.
    Unknown,
    /// Its answers say nothing about it.
    Free,
    /// It says how much is left.
    Counted,
}

pub(super) struct Bucket {
    size: f64,
    per_second: f64,
    left: f64,
    at: Instant,
    pace: Pace,
    paused_until: Option<Instant>,
    /// When the second queue had its last one.
    shared: Instant,
    /// Sent since the beginning.
    taken: u64,
    /// Sent and not answered.
    pub(super) under_way: u32,
    /// In the first queue.
    pub(super) waiting: u32,
    /// In the second queue.
    pub(super) watching: u32,
}

/// Where a request stands among the others.
pub(super) struct Place {
    at: Instant,
    taken: u64,
    ahead: u32,
}

impl Bucket {
    pub(super) fn new(size: f64, per_second: f64) -> Self {
        Self {
            size,
            per_second,
            left: size,
            at: Instant::now(),
            pace: Pace::Unknown,
            paused_until: None,
            shared: Instant::now(),
            taken: 0,
            under_way: 0,
            waiting: 0,
            watching: 0,
        }
    }

    /// Takes one for the first queue, or says when to come again.
    pub(super) fn take_first(&mut self, now: Instant) -> Result<(), Instant> {
        self.refill(now);
        if self.watching > 0 && self.left < 2.0 + KEPT && now >= self.next_share() {
            return Err(now + self.refills(1.0));
        }
        self.take(now)
    }

    /// Takes one for the second queue: what nobody in the first waits for, and
    /// a small share of the rest, for who watches operations must not starve.
    pub(super) fn take_second(&mut self, now: Instant) -> Result<(), Instant> {
        if self.waiting > 0 && now < self.next_share() {
            return Err(self.next_share());
        }
        self.take(now)?;
        self.shared = now;
        Ok(())
    }

    fn take(&mut self, now: Instant) -> Result<(), Instant> {
        self.refill(now);
        if let Some(until) = self.paused_until {
            if now < until {
                return Err(until);
            }
            self.paused_until = None;
        }
        let least = match self.pace {
            Pace::Free => 0.0,
            Pace::Unknown => 1.0,
            Pace::Counted => 1.0 + KEPT,
        };
        if self.left < least {
            return Err(now + self.refills(least - self.left));
        }
        self.left = (self.left - 1.0).max(0.0);
        self.under_way += 1;
        self.taken += 1;
        Ok(())
    }

    fn next_share(&self) -> Instant {
        self.shared + self.refills(SHARE)
    }

    /// How long so many take to fill in. Timers tick in milliseconds; one more
    /// and they are surely there.
    fn refills(&self, number: f64) -> Duration {
        Duration::from_secs_f64(number / self.per_second) + Duration::from_millis(1)
    }

    /// The place of the request that was just taken.
    pub(super) fn place(&self, now: Instant) -> Place {
        Place {
            at: now,
            taken: self.taken,
            ahead: self.under_way.saturating_sub(1),
        }
    }

    /// Believes what the server says is left, in its answer to the request at
    /// `place`.
    ///
    /// Less than was thought: somebody else uses the budget too. The number is
    /// rounded down and as old as the answer, so it is lowered only as far as
    /// that cannot explain. More than was thought counts only beyond all
    /// requests that the number may not know: answers overtake each other.
    pub(super) fn correct(&mut self, said: f64, place: &Place, now: Instant) {
        self.refill(now);
        self.pace = Pace::Counted;
        let age = now.saturating_duration_since(place.at).as_secs_f64();
        let most = said + 1.0 + age * self.per_second;
        let unknown = u64::from(place.ahead) + (self.taken - place.taken);
        let sure = said - unknown as f64;
        self.left = self.left.max(sure).min(most);
    }

    /// Notes a good answer that says nothing about budgets.
    pub(super) fn uncounted(&mut self) {
        if self.pace == Pace::Unknown {
            self.pace = Pace::Free;
        }
    }

    /// Keeps still until `until`, then begins with an empty bucket.
    pub(super) fn pause(&mut self, until: Instant, now: Instant) {
        self.refill(now);
        self.pace = Pace::Counted;
        self.left = 0.0;
        self.paused_until = Some(self.paused_until.map_or(until, |before| before.max(until)));
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        if self.left < self.size {
            self.left = (self.left + passed * self.per_second).min(self.size);
        }
    }
}
