//! One request to the Blob service.

use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue, USER_AGENT};
use tenon_model::TenantId;
use tenon_model::transport::{Refusal, Stage};
use uuid::Uuid;

use crate::arm::Arm;
use crate::errors::{ArmError, Asked};
use crate::http::{HttpError, HttpRequest, HttpResponse, Method, Url};
use crate::retry::{Manner, Tries, Verdict};
use crate::tokens::Token;

/// The version of the service that is spoken.
pub(crate) const VERSION: &str = "2023-11-03";
/// Whom a token is for, in every cloud.
/// Source: "Authorize access to blobs using Microsoft Entra ID".
const SCOPE: &str = "https://storage.azure.com/.default";

/// What is asked.
pub(super) struct Ask {
    method: Method,
    /// The value of `comp`.
    part: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
}

impl Ask {
    pub(super) fn new(method: Method) -> Self {
        Self {
            method,
            part: None,
            headers: Vec::new(),
        }
    }

    pub(super) fn lease(action: &str) -> Self {
        Self {
            part: Some("lease"),
            ..Self::new(Method::PUT)
        }
        .with("x-ms-lease-action", action)
    }

    pub(super) fn metadata() -> Self {
        Self {
            part: Some("metadata"),
            ..Self::new(Method::PUT)
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Sends until there is an answer that is to be taken; a short while, because
/// leases end.
pub(super) async fn send(
    arm: &Arm,
    tenant: &TenantId,
    url: &Url,
    ask: &Ask,
) -> Result<HttpResponse, Refusal> {
    let asked = asked(arm, tenant, url, ask);
    let patience = arm.patience.hurried();
    let mut tries = Tries::new(Manner::Idempotent, patience, arm.jitter.clone(), None);
    let mut renewed = false;
    loop {
        let token = arm.tokens.get(tenant, SCOPE).await?;
        let request = request(arm, url, ask, &token).map_err(|error| asked.lost(&error))?;
        let outcome = arm.wire.send_straight(request).await;
        if let Ok(response) = &outcome
            && response.status.as_u16() == 401
            && !renewed
        {
            renewed = true;
            arm.tokens.forget(tenant, SCOPE, &token);
            continue;
        }
        if let Verdict::Wait { wait, .. } = tries.judge(&outcome) {
            tokio::time::sleep(wait).await;
            continue;
        }
        let response = outcome.map_err(|error| asked.lost(&error))?;
        if response.status.is_success() {
            return Ok(response);
        }
        return Err(asked.said(Stage::Azure, &response, error(&response)));
    }
}

fn asked(arm: &Arm, tenant: &TenantId, url: &Url, ask: &Ask) -> Asked {
    let part = ask.part.map(|part| format!("?comp={part}"));
    let credential = arm.credential(tenant);
    Asked {
        request: format!(
            "{} {}{}",
            ask.method,
            crate::cloud::shown(url),
            part.unwrap_or_default()
        ),
        tenant: Some(tenant.clone()),
        auxiliary: Vec::new(),
        application: credential.and_then(|who| who.application().map(str::to_owned)),
        source: credential.map(|who| who.source().to_owned()),
        correlation_id: None,
    }
}

fn request(arm: &Arm, url: &Url, ask: &Ask, token: &Token) -> Result<HttpRequest, HttpError> {
    let mut url = url.clone();
    if let Some(part) = ask.part {
        url.query_pairs_mut().append_pair("comp", part);
    }
    let mut request = HttpRequest::new(ask.method.clone(), url);
    let mut put = |name: HeaderName, text: &str| {
        let value = HeaderValue::from_str(text)
            .map_err(|_| HttpError::Unsendable(format!("`{name}` cannot hold this text")))?;
        request.headers.insert(name, value);
        Ok::<(), HttpError>(())
    };
    let now = arm.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    put(USER_AGENT, arm.user_agent())?;
    put(HeaderName::from_static("x-ms-version"), VERSION)?;
    put(HeaderName::from_static("x-ms-date"), &now.to_string())?;
    let id = Uuid::new_v4().to_string();
    put(HeaderName::from_static("x-ms-client-request-id"), &id)?;
    for (name, value) in &ask.headers {
        put(HeaderName::from_static(name), value)?;
    }
    if ask.method == Method::PUT {
        put(CONTENT_LENGTH, "0")?;
    }
    request.secret_header(reqwest::header::AUTHORIZATION, &token.bearer())?;
    Ok(request)
}

/// The error of an answer: its code stands in a header, its message in XML,
/// with two lines of ids behind it.
fn error(response: &HttpResponse) -> ArmError {
    let text = String::from_utf8_lossy(&response.body);
    let between = |from: &str, to: &str| {
        let rest = &text[text.find(from)? + from.len()..];
        Some(rest[..rest.find(to)?].to_owned())
    };
    let code = response.header("x-ms-error-code").map(str::to_owned);
    let code = code.or_else(|| between("<Code>", "</Code>"));
    let message = between("<Message>", "</Message>").unwrap_or_default();
    ArmError {
        code: code.unwrap_or_else(|| format!("HTTP {}", response.status.as_u16())),
        message: message.lines().next().unwrap_or_default().to_owned(),
        ..ArmError::default()
    }
}
