//! How often whoever waits for a run is shown something.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// The shortest time between two pictures on a terminal.
const FRAME: Duration = Duration::from_millis(100);

/// Calls `show` at once and then ten times a second, until `done`. Where it was
/// held up, by a terminal that takes nothing or a machine that slept, it makes
/// up for nothing: two calls are never closer to each other.
pub(crate) async fn frames(done: CancellationToken, mut show: impl FnMut()) {
    let mut frame = interval(FRAME);
    frame.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = done.cancelled() => break,
            _ = frame.tick() => show(),
        }
    }
}

#[cfg(test)]
mod tests;
