use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::{Account, Budgets, Class, Permit, Policy};
use crate::HttpResponse;
use crate::tests::response;

fn account() -> Account {
    Account::subscription("S-1")
}

/// Sends `number` requests at once, each answered after 100 ms with what
/// `answer` says; returns when the last one was sent.
async fn send(
    budgets: &Budgets,
    class: Class,
    number: usize,
    mut answer: impl FnMut() -> String,
) -> f64 {
    let started = Instant::now();
    let answers: Vec<String> = (0..number).map(|_| answer()).collect();
    let all = answers.iter().map(async |answer| {
        let permit = budgets.acquire(account(), class).await;
        let at = started.elapsed();
        sleep(Duration::from_millis(100)).await;
        permit.learn(&response(answer));
        at
    });
    let last = join_all(all).await.into_iter().max();
    last.unwrap_or_default().as_secs_f64()
}

fn left(class: &str, number: u32) -> String {
    format!("200 x-ms-ratelimit-remaining-subscription-{class}: {number}")
}

#[tokio::test(start_paused = true)]
async fn under_budget_nobody_waits() {
    let budgets = Budgets::default();
    let mut remaining = 200;
    let answer = || {
        remaining -= 1;
        left("writes", remaining)
    };
    assert_eq!(send(&budgets, Class::Write, 200, answer).await, 0.0);
    assert_eq!(
        send(&budgets, Class::Read, 250, || "200".to_owned()).await,
        0.0
    );
    assert_eq!(
        send(&budgets, Class::Delete, 200, || "200".to_owned()).await,
        0.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_reports_nothing_is_not_paced() {
    let budgets = Budgets::default();
    // Its first answer tells; before that the published size holds.
    let last = send(&budgets, Class::Write, 5000, || "200".to_owned()).await;
    assert!(last <= 0.1, "{last}");
}

/// A server with ARM's bucket; it refuses what comes too early.
struct Server {
    left: f64,
    at: Instant,
    refused: usize,
}

impl Server {
    fn serve(&mut self, size: f64, per_second: f64) -> String {
        let now = Instant::now();
        let passed = (now - self.at).as_secs_f64();
        self.left = (self.left + passed * per_second).min(size);
        self.at = now;
        if self.left < 1.0 {
            self.refused += 1;
            return "429 retry-after: 1".to_owned();
        }
        self.left -= 1.0;
        left("writes", self.left as u32)
    }
}

/// A thousand writes against ARM's own bucket: as fast as it allows, and none
/// refused, although answers overtake each other.
#[tokio::test(start_paused = true)]
async fn a_thousand_writes_at_the_speed_that_is_allowed() {
    let budgets = Budgets::default();
    let server = Mutex::new(Server {
        left: 200.0,
        at: Instant::now(),
        refused: 0,
    });
    let slots = Semaphore::new(64);
    let started = Instant::now();
    let all = (0..1000_u64).map(async |number| {
        let permit = budgets.acquire(account(), Class::Write).await;
        let _slot = slots.acquire().await.unwrap();
        sleep(Duration::from_millis(5 + number * 7 % 31)).await;
        let answer = server.lock().unwrap().serve(200.0, 10.0);
        sleep(Duration::from_millis(5 + number * 13 % 89)).await;
        permit.learn(&response(&answer));
    });
    join_all(all).await;
    assert_eq!(server.lock().unwrap().refused, 0);
    let taken = started.elapsed().as_secs_f64();
    assert!((80.0..=82.0).contains(&taken), "{taken}");
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_use_is_learned() {
    let budgets = Budgets::default();
    send(&budgets, Class::Write, 1, || left("writes", 3)).await;
    // By rounding and while the answer was on its way two more may have come;
    // two are kept. The other ten come at ten a second.
    let last = send(&budgets, Class::Write, 13, || left("writes", 2)).await;
    assert!((0.9..=1.1).contains(&last), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_larger_budget_is_learned_too() {
    let budgets = Budgets::default();
    send(&budgets, Class::Write, 1, || left("writes", 1198)).await;
    assert_eq!(
        send(&budgets, Class::Write, 1000, || left("writes", 5)).await,
        0.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stops_the_whole_class_and_only_it() {
    let budgets = Budgets::default();
    send(&budgets, Class::Write, 1, || {
        "429 retry-after: 30".to_owned()
    })
    .await;
    let started = Instant::now();
    drop(budgets.acquire(account(), Class::Read).await);
    drop(
        budgets
            .acquire(Account::subscription("s-2"), Class::Write)
            .await,
    );
    assert!(started.elapsed().is_zero());
    drop(budgets.acquire(account(), Class::Write).await);
    assert!(started.elapsed() >= Duration::from_secs(30));
    assert!(started.elapsed() <= Duration::from_millis(30_200));
}

/// How long the next write waits after `answer`, in seconds.
async fn after(answer: &HttpResponse) -> u64 {
    let budgets = Budgets::default();
    budgets.acquire(account(), Class::Write).await.learn(answer);
    let started = Instant::now();
    drop(budgets.acquire(account(), Class::Write).await);
    started.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_one_resource_stops_nobody_else() {
    let locked =
        r#"429 retry-after: 30 | {"error":{"code":"RetryableErrorDueToAnotherOperation"}}"#;
    assert_eq!(after(&response(locked)).await, 0);
    let mut machine = response("429 retry-after: 30");
    for (subscription, resource, waits) in [(1499, 0, 0), (0, 11, 30)] {
        let policies = format!(
            "Microsoft.Compute/PutVMSubscriptionMaximum;{subscription},Microsoft.Compute/PutVMResource;{resource}"
        );
        machine.headers.insert(
            "x-ms-ratelimit-remaining-resource",
            policies.parse().unwrap(),
        );
        // Compute's refusals are about its own budget, not about all writes.
        assert_eq!(after(&machine).await, 0);
        assert_eq!(after_of_compute(&machine).await, waits);
    }
}

/// How long the next machine waits after `answer`, in seconds.
async fn after_of_compute(answer: &HttpResponse) -> u64 {
    let budgets = Budgets::default();
    let take = || budgets.acquire_compute(account(), Policy::PutMachine);
    take().await.learn(answer);
    let started = Instant::now();
    drop(take().await);
    started.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn machines_are_made_at_compute_s_pace_where_it_is_the_slower_one() {
    let budgets = Budgets::default();
    let mut left = response("200");
    let policies =
        "Microsoft.Compute/PutVMSubscriptionMaximum;3,Microsoft.Compute/PutVMResource;11";
    left.headers.insert(
        "x-ms-ratelimit-remaining-resource",
        policies.parse().unwrap(),
    );
    let take = || budgets.acquire_compute(account(), Policy::PutMachine);
    take().await.learn(&left);
    let started = Instant::now();
    // Two are kept for whoever is quicker; the others come in at 500 a minute.
    for _ in 0..50 {
        take().await;
    }
    let seconds = started.elapsed().as_secs_f64();
    assert!((5.7..6.3).contains(&seconds), "{seconds}");
    // Deletes are counted apart.
    budgets
        .acquire_compute(account(), Policy::DeleteMachine)
        .await;
    assert!(started.elapsed().as_secs_f64() < seconds + 0.01);
}

#[tokio::test(start_paused = true)]
async fn polls_wait_behind_reads() {
    let budgets = Arc::new(Budgets::default());
    send(&budgets, Class::Read, 1, || {
        "429 retry-after-ms: 1".to_owned()
    })
    .await;
    let started = Instant::now();
    let take = |class| {
        let budgets = Arc::clone(&budgets);
        async move {
            let _permit: Permit = budgets.acquire(account(), class).await;
            started.elapsed()
        }
    };
    let polls = join_all((0..20).map(|_| take(Class::Poll)));
    let reads = join_all((0..20).map(|_| take(Class::Read)));
    let (polls, reads) = tokio::join!(polls, reads);
    let ends = |times: Vec<Duration>| times.into_iter().max().unwrap().as_secs_f64();
    let early = polls
        .iter()
        .filter(|poll| **poll < Duration::from_millis(800))
        .count();
    assert!((2..=5).contains(&early), "{polls:?}");
    assert!(ends(reads) < 1.1);
    assert!((1.55..1.75).contains(&ends(polls)));
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_waiting_leaves_no_gap() {
    let budgets = Budgets::default();
    send(&budgets, Class::Read, 1, || {
        "429 retry-after-ms: 1".to_owned()
    })
    .await;
    let hurried = tokio::time::timeout(
        Duration::from_millis(5),
        budgets.acquire(account(), Class::Read),
    );
    assert!(hurried.await.is_err());
    let poll = tokio::time::timeout(
        Duration::from_secs(1),
        budgets.acquire(account(), Class::Poll),
    );
    assert!(poll.await.is_ok());
}
