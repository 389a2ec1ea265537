//! A wire that dies at a chosen request, and notes what went over it.

use std::sync::{Arc, Mutex};

use tenon_client::{Http, HttpError, HttpRequest, HttpResponse};
use tenon_model::transport::Boxed;
use tokio::sync::Notify;

use crate::world::{InProcess, World};

/// The moment at which a program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// This request is written and never leaves.
    Before(usize),
    /// It has taken effect, and its answer reaches nobody.
    After(usize),
}

/// What the wire carried, and when it died.
#[derive(Default)]
pub(crate) struct Tap {
    sent: Mutex<Vec<String>>,
    dead: Notify,
}

impl Tap {
    /// Method and path of every request, in order.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.sent.lock().expect("nobody panicked").clone()
    }

    /// Waits for the death of the wire.
    pub(crate) async fn died(&self) {
        self.dead.notified().await;
    }
}

/// A program that has just started, on a wire that dies there.
pub(crate) fn dying(world: &World, cut: Option<Cut>) -> (World, Arc<Tap>) {
    let tap = Arc::new(Tap::default());
    let world = world.over(|wire| {
        Arc::new(Wire {
            wire,
            cut,
            tap: tap.clone(),
        })
    });
    (world, tap)
}

struct Wire {
    wire: InProcess,
    cut: Option<Cut>,
    tap: Arc<Tap>,
}

impl Wire {
    fn number(&self, request: &HttpRequest) -> usize {
        let mut sent = self.tap.sent.lock().expect("nobody panicked");
        sent.push(format!("{} {}", request.method, request.url.path()));
        sent.len() - 1
    }

    async fn die<T>(&self) -> T {
        self.tap.dead.notify_one();
        std::future::pending().await
    }
}

impl Http for Wire {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let number = self.number(&request);
            if self.cut == Some(Cut::Before(number)) {
                return self.die().await;
            }
            let answer = self.wire.send(request).await;
            if self.cut == Some(Cut::After(number)) {
                return self.die().await;
            }
            answer
        })
    }
}
