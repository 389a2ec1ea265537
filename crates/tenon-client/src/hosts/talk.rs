//! One conversation with a host: signed, repeated, and never redirected.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::HostSettings;
use super::error::HostError;
use super::limits;
use crate::clock::Clock;
use crate::cloud::{Endpoint, shown};
use crate::http::{HeaderName, HeaderValue, HttpRequest, HttpResponse, Method};
use crate::retry::{Jitter, Manner, Patience, Tries};
use crate::wire::Wire;

/// How many requests may be under way; there is never a reason for more.
const CONNECTIONS: usize = 2;

/// Speaks to one host.
pub(super) struct Talk {
    wire: Wire,
    api: Endpoint,
    sign: (HeaderName, SecretString),
    headers: Vec<(&'static str, &'static str)>,
    patience: Patience,
    jitter: Jitter,
    clock: Clock,
}

/// What is asked.
pub(super) struct Ask<'a> {
    method: Method,
    path: &'a str,
    query: Vec<(&'a str, String)>,
    body: Option<Value>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: &'a str) -> Self {
        Self::new(Method::GET, path, None)
    }

    pub(super) fn post(path: &'a str, body: Value) -> Self {
        Self::new(Method::POST, path, Some(body))
    }

    pub(super) fn put(path: &'a str, body: Value) -> Self {
        Self::new(Method::PUT, path, Some(body))
    }

    pub(super) fn patch(path: &'a str, body: Value) -> Self {
        Self::new(Method::PATCH, path, Some(body))
    }

    pub(super) fn delete(path: &'a str) -> Self {
        Self::new(Method::DELETE, path, None)
    }

    fn new(method: Method, path: &'a str, body: Option<Value>) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body,
        }
    }

    pub(super) fn with(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

impl Talk {
    pub(super) fn new(settings: &HostSettings, api: Endpoint, sign: (HeaderName, String)) -> Self {
        Self {
            wire: Wire::new(
                Arc::clone(&settings.http),
                CONNECTIONS,
                settings.clock.clone(),
            ),
            api,
            sign: (sign.0, sign.1.into()),
            headers: Vec::new(),
            patience: settings.patience,
            jitter: settings.jitter.clone(),
            clock: settings.clock.clone(),
        }
    }

    /// Adds a header to every request.
    pub(super) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Asks below the base address.
    ///
    /// Everything counts as repeatable. What a lost answer may have done twice
    /// is a second comment, and whoever creates one looks for that afterwards.
    pub(super) async fn ask(&self, ask: &Ask<'_>) -> Result<HttpResponse, HostError> {
        self.ask_at(&self.api, ask).await
    }

    /// The same below another address of the same host.
    pub(super) async fn ask_at(
        &self,
        base: &Endpoint,
        ask: &Ask<'_>,
    ) -> Result<HttpResponse, HostError> {
        let request = self.request(base, ask)?;
        let label = format!("{} {}", request.method, request.url.path());
        let mut tries = Tries::new(Manner::Idempotent, self.patience, self.jitter.clone(), None);
        let send = || async {
            let response = self.wire.send_straight(request.clone()).await?;
            Ok(limits::uniform(response, self.clock.now()))
        };
        match tries.run(send).await {
            Ok(response) if succeeded(&response) => Ok(response),
            Ok(response) => Err(HostError::of(&label, &response)),
            Err(error) => Err(HostError::without_answer(&label, &error)),
        }
    }

    /// Asks and reads the JSON of the answer.
    pub(super) async fn read<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, HostError> {
        let response = self.ask(ask).await?;
        parse(ask, &response)
    }

    fn request(&self, base: &Endpoint, ask: &Ask<'_>) -> Result<HttpRequest, HostError> {
        let label = format!("{} {}", ask.method, ask.path);
        let mut url = base
            .at(ask.path)
            .ok_or_else(|| HostError::odd(&label, 0, "the path leads elsewhere"))?;
        for (name, value) in &ask.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let mut request = HttpRequest::new(ask.method.clone(), url);
        request.accept_json();
        let agent = HeaderValue::from_static(concat!("tenon/", env!("CARGO_PKG_VERSION")));
        request.headers.insert("user-agent", agent);
        for (name, value) in &self.headers {
            request
                .headers
                .insert(*name, HeaderValue::from_static(value));
        }
        if let Some(body) = &ask.body {
            let json = HeaderValue::from_static("application/json");
            request.headers.insert("content-type", json);
            request.body = Some(body.to_string().into_bytes().into());
        }
        let (name, token) = &self.sign;
        request
            .secret_header(name.clone(), token.expose_secret())
            .map_err(|error| HostError::without_answer(&shown(&request.url), &error))?;
        Ok(request)
    }
}

/// Azure DevOps answers 203 with a page to sign in at.
fn succeeded(response: &HttpResponse) -> bool {
    response.status.is_success() && response.status.as_u16() != 203
}

/// Reads the JSON of an answer.
pub(super) fn parse<T: DeserializeOwned>(
    ask: &Ask<'_>,
    response: &HttpResponse,
) -> Result<T, HostError> {
    serde_json::from_slice(&response.body).map_err(|error| {
        let label = format!("{} {}", ask.method, ask.path);
        let message = format!("the answer is not of the documented form: {error}");
        HostError::odd(&label, response.status.as_u16(), &message)
    })
}

/// A text as one segment of a path, whatever is in it.
pub(super) fn segment(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
