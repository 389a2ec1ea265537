//! Takes a lease, keeps it while a plan is carried out, and gives it back.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tenon_model::lease::{Attempt, Holder, Lease, Renewal};
use tenon_model::transport::Refusal;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

/// How long a lease lasts that nobody renews: the longest that a blob's can
/// last without lasting for ever. Source: "Lease Blob".
pub const LENGTH: Duration = Duration::from_secs(60);
/// How often it is renewed: three may go wrong before it ends.
const RENEWAL: Duration = Duration::from_secs(15);
/// The pause after a renewal without an answer.
const AGAIN: Duration = Duration::from_secs(3);
/// What is left of a lease when nothing new may begin any more: a request
/// that is on its way now must arrive before somebody else may write.
const MARGIN: Duration = Duration::from_secs(5);
/// How often a lease that somebody has is asked for.
const LOOK: Duration = Duration::from_secs(5);
/// How long is waited for the answer when it is given back.
const FAREWELL: Duration = Duration::from_secs(10);

/// Why a lease was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// Somebody has it.
    Held(Option<Holder>),
    /// The service refused.
    Refused(Box<Refusal>),
    /// The user does not want to wait any longer.
    Interrupted,
}

/// Takes a lease, waiting for `patience` while somebody else has it; `held` is
/// told who, each time they are asked.
///
/// # Errors
///
/// When it could not be taken.
pub async fn take(
    lease: &dyn Lease,
    patience: Duration,
    stop: &CancellationToken,
    held: &(dyn Fn(Option<&Holder>) + Send + Sync),
) -> Result<(), NotTaken> {
    let end = Instant::now() + patience;
    loop {
        let holder = match lease.acquire().await {
            Ok(Attempt::Ours) => return Ok(()),
            Ok(Attempt::Held(holder)) => holder,
            Err(refusal) => return Err(NotTaken::Refused(Box::new(refusal))),
        };
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(NotTaken::Held(holder));
        }
        held(holder.as_ref());
        tokio::select! {
            () = stop.cancelled() => return Err(NotTaken::Interrupted),
            () = sleep(LOOK.min(left)) => {}
        }
    }
}

/// Whether a lease was lost, and why; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Loss {
    lost: CancellationToken,
    why: Arc<OnceLock<String>>,
}

impl Loss {
    fn set(&self, why: String) {
        let _ = self.why.set(why);
        self.lost.cancel();
    }

    /// The code of the service, or `NoAnswer`, once it is lost.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.why.get().map(String::as_str)
    }

    pub(crate) async fn cancelled(&self) {
        self.lost.cancelled().await;
    }
}

/// Does `work` while the lease is renewed, and gives the lease back. When it is
/// lost, `loss` is told, and `work` is expected to come to its end.
pub async fn keep<T>(lease: &dyn Lease, loss: &Loss, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let kept = tokio::select! {
        biased;
        done = &mut work => Some(done),
        () = renew(lease, loss) => None,
    };
    let Some(done) = kept else {
        // What is lost is not given back.
        return work.await;
    };
    // Whoever comes next waits for its end if this gets no answer.
    let _ = timeout(FAREWELL, lease.release()).await;
    done
}

/// Renews until the lease is lost.
async fn renew(lease: &dyn Lease, loss: &Loss) {
    let mut safe_until = Instant::now() + LENGTH - MARGIN;
    let mut pause = RENEWAL;
    let mut trouble = None;
    loop {
        let left = safe_until.saturating_duration_since(Instant::now());
        sleep(pause.min(left)).await;
        let asked = Instant::now();
        if asked >= safe_until {
            return loss.set(trouble.unwrap_or_else(|| "NoAnswer".to_owned()));
        }
        match timeout_at(safe_until, lease.renew()).await {
            Ok(Ok(Renewal::Ours)) => {
                safe_until = asked + LENGTH - MARGIN;
                pause = RENEWAL;
                trouble = None;
            }
            Ok(Ok(Renewal::Lost { code })) => return loss.set(code),
            Ok(Err(refusal)) => {
                trouble = Some(refusal.code);
                pause = AGAIN;
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
