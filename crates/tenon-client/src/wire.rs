//! The narrow place that every request goes through: counted, limited,
//! logged, and redirected only to where it came from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::cloud::shown;
use crate::http::{Http, HttpError, HttpRequest, HttpResponse, Method, Url};
use crate::retry::{Outcome, date};

/// Browsers stop at 20; Resource Manager never needs more than one.
const REDIRECTS: usize = 5;

/// Sends requests, one attempt at a time.
pub(crate) struct Wire {
    http: Arc<dyn Http>,
    slots: Semaphore,
    sent: AtomicUsize,
    clock: Clock,
    /// Seconds that our clock is ahead; [`UNTOLD`] before anybody tells the
    /// time.
    ahead: AtomicI64,
}

/// No machine is that far ahead.
const UNTOLD: i64 = i64::MAX;

impl Wire {
    pub(crate) fn new(http: Arc<dyn Http>, connections: usize, clock: Clock) -> Self {
        Self {
            http,
            slots: Semaphore::new(connections.max(1)),
            sent: AtomicUsize::new(0),
            clock,
            ahead: AtomicI64::new(UNTOLD),
        }
    }

    /// How many requests were sent so far.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// How many seconds our clock is ahead of the one that answered last.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        let ahead = self.ahead.load(Ordering::Relaxed);
        (ahead != UNTOLD).then_some(ahead)
    }

    fn compare_clocks(&self, response: &HttpResponse) {
        if let Some(there) = response.header("date").and_then(date) {
            let ahead = self.clock.now().duration_since(there).as_secs();
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// Sends once, and follows redirects within the same origin.
    ///
    /// A redirect elsewhere is an error: the request carries tokens, and no
    /// service that is spoken to here has a reason to hand them on.
    pub(crate) async fn send(&self, mut request: HttpRequest) -> Outcome {
        for _ in 0..=REDIRECTS {
            let asked = (request.method.clone(), request.url.clone());
            let response = self.once(request.clone()).await?;
            match redirect(&asked.0, &asked.1, &response)? {
                Some(next) => request.url = next,
                None => return Ok(response),
            }
        }
        Err(HttpError::Unsendable("too many redirects".to_owned()))
    }

    /// Sends once and takes a redirect for the answer.
    pub(crate) async fn send_straight(&self, request: HttpRequest) -> Outcome {
        self.once(request).await
    }

    async fn once(&self, request: HttpRequest) -> Outcome {
        let _slot = self
            .slots
            .acquire()
            .await
            .map_err(|_| HttpError::Unsendable("the client is shutting down".to_owned()))?;
        let (method, url) = (request.method.clone(), shown(&request.url));
        self.sent.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let outcome = self.http.send(request).await;
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if let Ok(response) = &outcome {
            self.compare_clocks(response);
        }
        match &outcome {
            Ok(response) => tracing::debug!(
                %method, url, status = response.status.as_u16(), ms,
                request_id = response.request_id().unwrap_or_default(), "request"
            ),
            Err(error) => tracing::debug!(%method, url, ms, %error, "request without answer"),
        }
        outcome
    }
}

/// Where a response sends its request, if it does.
fn redirect(
    method: &Method,
    from: &Url,
    response: &HttpResponse,
) -> Result<Option<Url>, HttpError> {
    let reading = matches!(*method, Method::GET | Method::HEAD);
    // 301 to 303 make other methods a GET in many clients; nobody means that.
    let follows = match response.status.as_u16() {
        307 | 308 => true,
        301..=303 => reading,
        _ => false,
    };
    let Some(location) = response.header("location").filter(|_| follows) else {
        return Ok(None);
    };
    let refused = |to: &str| HttpError::Unsendable(format!("a redirect to `{to}` is not followed"));
    let next = from.join(location).map_err(|_| refused("nowhere"))?;
    if next.origin() != from.origin() {
        return Err(refused(&next.origin().ascii_serialization()));
    }
    Ok(Some(next))
}

#[cfg(test)]
mod tests;
