//! The OAuth token endpoint of Microsoft Entra.
//!
//! `POST {login}/{tenant}/oauth2/v2.0/token` with a form. Errors are told
//! apart by `error_codes`, never by their text.
//! Source: Microsoft Learn, "OAuth 2.0 client credentials flow".

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tenon_model::TenantId;
use tenon_model::transport::{Refusal, Stage};

use crate::clock::Clock;
use crate::cloud::Endpoint;
use crate::errors::{ArmError, Asked};
use crate::http::{HttpRequest, HttpResponse, Method, Url};
use crate::retry::{Jitter, Patience, Tries, date};
use crate::wire::Wire;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A request for a token, and the means to fulfil it.
pub struct Ask<'a> {
    pub(crate) tenant: &'a TenantId,
    pub(crate) scope: &'a str,
    pub(crate) login: &'a Endpoint,
    pub(crate) wire: &'a Wire,
    pub(crate) patience: Patience,
    pub(crate) jitter: Jitter,
    pub(crate) user_agent: &'a str,
    pub(crate) clock: &'a Clock,
    pub(crate) asked: &'a Asked,
}

/// A token as it was granted.
pub struct Grant {
    /// The token.
    pub token: SecretString,
    /// How long it is good for.
    pub lifetime: Duration,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Seconds,
}

/// The v2 endpoint says a number, the v1 endpoint and the managed identity's
/// say text.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Seconds {
    Number(u64),
    Fraction(f64),
    Text(String),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Denied {
    error: String,
    error_description: String,
    error_codes: Vec<u64>,
    timestamp: Option<String>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
}

impl Ask<'_> {
    /// The tenant that the token is wanted of.
    #[must_use]
    pub fn tenant(&self) -> &TenantId {
        self.tenant
    }

    /// What the token is wanted for.
    #[must_use]
    pub fn scope(&self) -> &str {
        self.scope
    }

    /// The time of day.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.clock
    }

    /// The tenant's token endpoint, letter by letter what an assertion names
    /// as its audience.
    ///
    /// # Errors
    ///
    /// When the tenant cannot be part of an address.
    pub fn endpoint(&self) -> Result<Url, Refusal> {
        let path = format!("/{}/oauth2/v2.0/token", self.tenant);
        self.login.at(&path).ok_or_else(|| {
            let message = format!("`{}` cannot be part of an address", self.tenant);
            self.asked.bare(Stage::Credential, "BadTenant", &message)
        })
    }

    /// Exchanges an assertion of `client_id` for a token: one that its
    /// certificate signed, or the token of an issuer that it trusts.
    ///
    /// # Errors
    ///
    /// As [`Ask::post_form`].
    pub async fn exchange(
        &self,
        client_id: &str,
        assertion: &SecretString,
    ) -> Result<Grant, Refusal> {
        self.post_form(&[
            ("client_id", client_id),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", assertion.expose_secret()),
            ("grant_type", "client_credentials"),
            ("scope", self.scope),
        ])
        .await
    }

    /// Posts `fields` to the tenant's token endpoint.
    ///
    /// # Errors
    ///
    /// When the endpoint refuses or cannot be reached.
    pub async fn post_form(&self, fields: &[(&str, &str)]) -> Result<Grant, Refusal> {
        let request = self.form(self.endpoint()?, fields);
        let mut tries = Tries::anonymous(self.patience, self.jitter.clone());
        let response = tries.run(|| self.wire.send(request.clone())).await;
        let response = response.map_err(|error| self.asked.lost(&error))?;
        if !response.status.is_success() {
            return Err(self.denied(&response));
        }
        let granted: Granted = serde_json::from_slice(&response.body).map_err(|_| {
            self.asked
                .unreadable(&response, "the sign-in host answered without a token")
        })?;
        Ok(Grant {
            lifetime: granted.expires_in.duration(),
            token: granted.access_token.into(),
        })
    }

    fn form(&self, url: Url, fields: &[(&str, &str)]) -> HttpRequest {
        // A scratch address encodes the form; it is never sent anywhere.
        let mut scratch = url.clone();
        scratch.query_pairs_mut().clear().extend_pairs(fields);
        let mut request = HttpRequest::new(Method::POST, url);
        request.body = Some(scratch.query().unwrap_or_default().as_bytes().into());
        request.accept_json();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.insert(CONTENT_TYPE, form);
        if let Ok(agent) = HeaderValue::from_str(self.user_agent) {
            request.headers.insert(USER_AGENT, agent);
        }
        request
    }

    fn denied(&self, response: &HttpResponse) -> Refusal {
        let denied: Denied = serde_json::from_slice(&response.body).unwrap_or_default();
        let Some(code) = denied.code() else {
            return self.asked.refused(Stage::SignIn, response);
        };
        let message = denied.sentence(&code);
        let error = ArmError {
            code,
            message,
            ..ArmError::default()
        };
        let mut refusal = self.asked.said(Stage::SignIn, response, error);
        refusal.request_id = denied.trace_id.or(refusal.request_id);
        refusal.correlation_id = denied.correlation_id.or(refusal.correlation_id);
        refusal.time = denied.timestamp.or(refusal.time);
        if refusal.code == "AADSTS700024" {
            refusal.details.extend(self.clock_note(response));
        }
        refusal
    }

    /// How far the clock here is off, for an assertion that came too early or
    /// too late. A few seconds are the way of the answer.
    fn clock_note(&self, response: &HttpResponse) -> Option<(String, String)> {
        let there = response.header("date").and_then(date)?;
        let off = self.clock.now().duration_since(there);
        let seconds = off.as_secs();
        let message = match seconds {
            -5..=5 => "the clock of this machine agrees with the sign-in host".to_owned(),
            _ => {
                let way = if seconds > 0 { "ahead of" } else { "behind" };
                let whole = jiff::SignedDuration::from_secs(seconds.abs());
                format!("the clock of this machine is {whole:#} {way} the sign-in host's")
            }
        };
        Some(("Clock".to_owned(), message))
    }
}

impl Denied {
    fn code(&self) -> Option<String> {
        if let Some(number) = self.error_codes.first() {
            return Some(format!("AADSTS{number}"));
        }
        let named = self.error_description.split(':').next().unwrap_or_default();
        if named.starts_with("AADSTS") {
            return Some(named.to_owned());
        }
        (!self.error.is_empty()).then(|| self.error.clone())
    }

    /// The description without its code in front and the ids behind it.
    fn sentence(&self, code: &str) -> String {
        let text = self.error_description.as_str();
        let text = text
            .strip_prefix(code)
            .map_or(text, |rest| rest.trim_start_matches(':'));
        let text = text.split("Trace ID:").next().unwrap_or_default();
        let line = text.trim().lines().next().unwrap_or_default().trim();
        if line.is_empty() {
            self.error.clone()
        } else {
            line.to_owned()
        }
    }
}

impl Seconds {
    pub(super) fn duration(&self) -> Duration {
        let seconds = match self {
            Self::Number(number) => *number as f64,
            Self::Fraction(number) => *number,
            Self::Text(text) => text.trim().parse().unwrap_or(0.0),
        };
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }
}
