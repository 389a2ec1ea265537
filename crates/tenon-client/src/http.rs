//! Requests and responses as data, and the trait that carries them.
//!
//! One implementation speaks to the network ([`RealHttp`]); tests bring their
//! own. Neither follows redirects, retries or signs: all of that is decided
//! above, where it can be tested without a network.

mod real;

use std::fmt;
use std::sync::Arc;

use tenon_model::transport::Boxed;
use thiserror::Error;

pub use real::{RealHttp, ca_file_from_environment};
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode, Url};

/// Something that sends a request and returns what came back.
pub trait Http: Send + Sync {
    /// Sends `request` once.
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>>;
}

/// A request.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The headers; those with a token are marked as sensitive.
    pub headers: HeaderMap,
    /// The body, shared between the attempts of one request.
    pub body: Option<Arc<[u8]>>,
}

/// A response, read to its end.
#[derive(Clone)]
pub struct HttpResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpError {
    /// No connection was made, so the request surely was not processed.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The connection broke, or nothing came in time. The request may have
    /// been processed.
    #[error("no answer: {0}")]
    Lost(String),
    /// Whoever answers shows a certificate that this machine does not trust.
    #[error("the certificate is not trusted: {0}")]
    Untrusted(String),
    /// The request cannot be sent at all, today or tomorrow.
    #[error("cannot send: {0}")]
    Unsendable(String),
}

impl HttpRequest {
    /// Returns a request without headers and body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub(crate) fn accept_json(&mut self) {
        let json = HeaderValue::from_static("application/json");
        self.headers.insert(reqwest::header::ACCEPT, json);
    }

    /// Sets a header that every log must hide.
    pub(crate) fn secret_header(&mut self, name: HeaderName, text: &str) -> Result<(), HttpError> {
        let mut value = HeaderValue::from_str(text)
            .map_err(|_| HttpError::Unsendable(format!("`{name}` cannot hold this token")))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }
}

impl HttpResponse {
    /// The text of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Azure's id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-ms-request-id")
    }
}

// Bodies carry secrets and signed addresses: neither belongs into a log.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, crate::cloud::shown(&self.url))
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}
