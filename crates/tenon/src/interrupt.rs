//! Ctrl-C once and twice.

use tenon_engine::Interrupt;

/// Listens for signals: the first asks to stop, the second to leave.
pub(crate) fn listen() -> Interrupt {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    tokio::spawn(async move {
        signal().await;
        heard.stop.cancel();
        signal().await;
        heard.abandon.cancel();
    });
    interrupt
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    // A pipeline that is cancelled sends SIGTERM.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
