use std::sync::{Arc, Mutex};

use tokio::task::JoinHandle;
use tokio::time::{Instant, advance, sleep};

use super::*;

/// When something was shown, in milliseconds since the beginning.
type Shown = Arc<Mutex<Vec<u128>>>;

fn begin() -> (Shown, CancellationToken, JoinHandle<()>) {
    let (shown, done) = (Shown::default(), CancellationToken::new());
    let began = Instant::now();
    let task = tokio::spawn({
        let (shown, done) = (shown.clone(), done.clone());
        frames(done, move || {
            let at = began.elapsed().as_millis();
            shown.lock().expect("nobody panicked").push(at);
        })
    });
    (shown, done, task)
}

async fn end(shown: Shown, done: CancellationToken, task: JoinHandle<()>) -> Vec<u128> {
    done.cancel();
    task.await.expect("it ends");
    shown.lock().expect("nobody panicked").clone()
}

fn assert_calm(shown: &[u128]) {
    let hasty = shown.windows(2).find(|two| two[1] - two[0] < 100);
    assert_eq!(hasty, None, "two pictures within a tenth of a second");
}

#[tokio::test(start_paused = true)]
async fn a_terminal_is_drawn_ten_times_a_second() {
    let (shown, done, task) = begin();
    sleep(Duration::from_millis(9_950)).await;
    let shown = end(shown, done, task).await;
    assert_eq!(shown.first(), Some(&0), "nobody waits for the first");
    assert_eq!(shown.len(), 100);
    assert_calm(&shown);
}

#[tokio::test(start_paused = true)]
async fn what_was_missed_is_not_made_up_for() {
    let (shown, done, task) = begin();
    sleep(Duration::from_millis(950)).await;
    // The machine slept.
    advance(Duration::from_secs(60)).await;
    sleep(Duration::from_millis(950)).await;
    let shown = end(shown, done, task).await;
    assert!(shown.len() <= 21, "{} pictures in two seconds", shown.len());
    assert!(shown.last() > Some(&61_000), "it goes on afterwards");
    assert_calm(&shown);
}
