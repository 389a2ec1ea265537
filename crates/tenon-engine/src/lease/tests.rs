use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tenon_model::transport::{Boxed, Stage};

use super::*;

/// What a lease answers, in order; the last answer stays.
struct Scripted {
    attempts: Mutex<VecDeque<Attempt>>,
    renewals: Mutex<VecDeque<Answer>>,
    renewed: Mutex<Vec<u64>>,
    released: AtomicUsize,
    began: Instant,
}

#[derive(Clone, Copy)]
enum Answer {
    Ours,
    Lost,
    Error,
    Never,
}

impl Scripted {
    fn new(attempts: Vec<Attempt>, renewals: &[Answer]) -> Self {
        Self {
            attempts: Mutex::new(attempts.into()),
            renewals: Mutex::new(renewals.iter().copied().collect()),
            renewed: Mutex::default(),
            released: AtomicUsize::new(0),
            began: Instant::now(),
        }
    }

    fn renewed(&self) -> Vec<u64> {
        self.renewed.lock().expect("a lock").clone()
    }
}

fn next<T: Clone>(list: &Mutex<VecDeque<T>>) -> T {
    let mut list = list.lock().expect("a lock");
    let first = list.front().cloned().expect("an answer");
    if list.len() > 1 {
        list.pop_front();
    }
    first
}

impl Lease for Scripted {
    fn acquire(&self) -> Boxed<'_, Result<Attempt, Refusal>> {
        Box::pin(async { Ok(next(&self.attempts)) })
    }

    fn renew(&self) -> Boxed<'_, Result<Renewal, Refusal>> {
        Box::pin(async {
            let at = self.began.elapsed().as_secs();
            self.renewed.lock().expect("a lock").push(at);
            match next(&self.renewals) {
                Answer::Ours => Ok(Renewal::Ours),
                Answer::Lost => Ok(Renewal::Lost {
                    code: "LeaseLost".to_owned(),
                }),
                Answer::Error => Err(refusal()),
                Answer::Never => std::future::pending().await,
            }
        })
    }

    fn release(&self) -> Boxed<'_, Result<(), Refusal>> {
        Box::pin(async {
            self.released.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    }
}

fn refusal() -> Refusal {
    Refusal {
        stage: Stage::Network,
        status: 503,
        code: "ServerBusy".to_owned(),
        message: String::new(),
        target: None,
        details: Vec::new(),
        request: String::new(),
        tenant: None,
        auxiliary: Vec::new(),
        application: None,
        credential_source: None,
        request_id: None,
        correlation_id: None,
        time: None,
    }
}

fn held(run: &str) -> Attempt {
    Attempt::Held(Some(Holder {
        run: run.to_owned(),
        ..Holder::default()
    }))
}

async fn work(seconds: u64) -> u64 {
    sleep(Duration::from_secs(seconds)).await;
    seconds
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_while_there_is_work_and_then_given_back() {
    let lease = Scripted::new(vec![Attempt::Ours], &[Answer::Ours]);
    let loss = Loss::default();
    assert_eq!(keep(&lease, &loss, work(70)).await, 70);
    assert_eq!(lease.renewed(), [15, 30, 45, 60]);
    assert_eq!(lease.released.load(Ordering::Relaxed), 1);
    assert_eq!(loss.why(), None);
}

#[tokio::test(start_paused = true)]
async fn a_refused_renewal_loses_it_and_the_work_comes_to_its_end() {
    let lease = Scripted::new(vec![Attempt::Ours], &[Answer::Ours, Answer::Lost]);
    let loss = Loss::default();
    let seen = async {
        loss.cancelled().await;
        let lost_at = lease.began.elapsed().as_secs();
        work(40).await;
        lost_at
    };
    assert_eq!(keep(&lease, &loss, seen).await, 30);
    assert_eq!(loss.why(), Some("LeaseLost"));
    // What is somebody else's is not given back.
    assert_eq!(lease.released.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn trouble_is_no_loss_until_the_lease_may_have_ended() {
    let answers = [Answer::Error, Answer::Error, Answer::Ours];
    let lease = Scripted::new(vec![Attempt::Ours], &answers);
    let loss = Loss::default();
    keep(&lease, &loss, work(40)).await;
    assert_eq!(lease.renewed(), [15, 18, 21, 36]);
    assert_eq!(loss.why(), None);

    let lease = Scripted::new(vec![Attempt::Ours], &[Answer::Error]);
    let loss = Loss::default();
    let lost = async {
        loss.cancelled().await;
        lease.began.elapsed().as_secs()
    };
    // Five seconds before anybody else can have it.
    assert_eq!(keep(&lease, &loss, lost).await, 55);
    assert_eq!(loss.why(), Some("ServerBusy"));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_without_an_answer_does_not_hold_it_for_ever() {
    let lease = Scripted::new(vec![Attempt::Ours], &[Answer::Never]);
    let loss = Loss::default();
    let lost = async {
        loss.cancelled().await;
        lease.began.elapsed().as_secs()
    };
    assert_eq!(keep(&lease, &loss, lost).await, 55);
    assert_eq!(loss.why(), Some("NoAnswer"));
}

#[tokio::test(start_paused = true)]
async fn whoever_may_wait_waits_and_hears_who_has_it() {
    let attempts = vec![held("one"), held("one"), held("two"), Attempt::Ours];
    let lease = Scripted::new(attempts.clone(), &[Answer::Ours]);
    let heard = Mutex::new(Vec::new());
    let hear = |holder: Option<&Holder>| {
        let run = holder.map(|holder| holder.run.clone());
        heard.lock().expect("a lock").extend(run);
    };
    let stop = CancellationToken::new();
    let taken = take(&lease, Duration::from_secs(600), &stop, &hear).await;
    assert_eq!(taken, Ok(()));
    assert_eq!(*heard.lock().expect("a lock"), ["one", "one", "two"]);
    assert_eq!(lease.began.elapsed().as_secs(), 15);

    // Not at all, and too short.
    for (seconds, takes) in [(0, 0), (7, 7)] {
        let lease = Scripted::new(vec![held("one")], &[Answer::Ours]);
        let taken = take(&lease, Duration::from_secs(seconds), &stop, &hear).await;
        assert!(matches!(taken, Err(NotTaken::Held(Some(_)))));
        assert_eq!(lease.began.elapsed().as_secs(), takes);
    }

    stop.cancel();
    let lease = Scripted::new(attempts, &[Answer::Ours]);
    let taken = take(&lease, Duration::from_secs(600), &stop, &hear).await;
    assert_eq!(taken, Err(NotTaken::Interrupted));
}
