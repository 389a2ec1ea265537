//! Waiting until Graph has heard of it everywhere.

use std::future::Future;
use std::time::Duration;

use tenon_model::Value;
use tenon_model::transport::{Answer, Progress, Refusal};
use tokio::time::{Instant, sleep};

use super::address::Target;
use super::{look, object};
use crate::arm::{Arm, Report};

/// The first pause between two looks, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Pauses that grow until the time is over.
struct Pauses<'a> {
    until: Instant,
    pause: Duration,
    report: Report<'a>,
}

impl<'a> Pauses<'a> {
    fn new(arm: &Arm, report: Report<'a>) -> Self {
        Self {
            until: Instant::now() + arm.patience.settle,
            pause: PAUSE.0,
            report,
        }
    }

    /// Waits, and says whether there was still time.
    async fn next(&mut self, why: &str) -> bool {
        if Instant::now() + self.pause > self.until {
            return false;
        }
        (self.report)(Progress::Waiting {
            wait: self.pause,
            why: why.to_owned(),
        });
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(PAUSE.1);
        true
    }
}

/// Looks until the object shows what was sent. Graph may spell a value in its
/// own way, so in the end what it shows is taken as it is.
pub(super) async fn shown(
    arm: &Arm,
    target: &Target,
    sent: &Value,
    report: Report<'_>,
) -> Result<Answer, Refusal> {
    let mut pauses = Pauses::new(arm, report);
    loop {
        let live = match look(arm, target).await {
            Err(refusal) if refusal.is_absent() => {
                if pauses.next(&refusal.code).await {
                    continue;
                }
                return Err(refusal);
            }
            other => other?,
        };
        if object::shows(sent, Some(&live)) || !pauses.next("NotReplicated").await {
            return Ok(Answer {
                status: 200,
                body: object::shown(target, live),
                request_id: None,
            });
        }
    }
}

/// Looks until the object is no longer there. That it is gone is sure; that
/// nobody shows it any more is a courtesy to whoever looks next.
pub(super) async fn gone(arm: &Arm, target: &Target, report: Report<'_>) {
    let mut pauses = Pauses::new(arm, report);
    while look(arm, target).await.is_ok() {
        if !pauses.next("NotReplicated").await {
            return;
        }
    }
}

/// Sends again what is refused because this very run has made what it needs a
/// moment ago.
pub(super) async fn seen<F>(
    arm: &Arm,
    target: &Target,
    report: Report<'_>,
    send: impl Fn() -> F,
) -> Result<Value, Refusal>
where
    F: Future<Output = Result<Value, Refusal>>,
{
    let mut pauses = Pauses::new(arm, report);
    loop {
        match send().await {
            Err(refusal) if is_new(arm, target, &refusal) => {
                if !pauses.next(&refusal.code).await {
                    return Err(refusal);
                }
            }
            other => return other,
        }
    }
}

/// Whether what a refusal misses was made by this run.
fn is_new(arm: &Arm, target: &Target, refusal: &Refusal) -> bool {
    let missing = refusal.is_absent()
        || (refusal.status == 400 && refusal.message.contains("does not reference a valid"));
    let of = match target {
        Target::Credential(application, _) | Target::PrincipalOf(_, application) => {
            arm.graph.client_id(application)
        }
        Target::Principal(_, client_id) => Some(client_id.clone()),
        _ => None,
    };
    let made = of.and_then(|client_id| arm.graph.made(&client_id));
    missing && made.is_some_and(|made| made.elapsed() <= arm.patience.settle)
}
