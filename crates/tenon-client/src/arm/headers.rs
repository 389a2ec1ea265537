//! The headers of a signed request.

use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH, USER_AGENT,
};
use tenon_model::transport::Condition;
use uuid::Uuid;

use super::{Arm, Call, Service, Signed};
use crate::http::{HttpError, HttpRequest};

const AUXILIARY: HeaderName = HeaderName::from_static("x-ms-authorization-auxiliary");
const REQUEST: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const GRAPH_REQUEST: HeaderName = HeaderName::from_static("client-request-id");
const PREFER: HeaderName = HeaderName::from_static("prefer");
const CORRELATION: HeaderName = HeaderName::from_static("x-ms-correlation-request-id");

/// Returns one attempt of `call`.
pub(super) fn request(
    arm: &Arm,
    call: &Call<'_>,
    signed: &Signed,
) -> Result<HttpRequest, HttpError> {
    let mut request = HttpRequest::new(call.method.clone(), call.url.clone());
    request.accept_json();
    plain(&mut request, USER_AGENT, &arm.user_agent)?;
    if call.service == Service::Graph {
        plain(&mut request, GRAPH_REQUEST, &Uuid::new_v4().to_string())?;
    } else {
        plain(&mut request, CORRELATION, &arm.correlation_id)?;
        // Fresh for every attempt: Resource Manager may answer a repeated id with
        // its earlier answer (azure-mgmt-core changes it too).
        plain(&mut request, REQUEST, &Uuid::new_v4().to_string())?;
    }
    if let Some(prefer) = call.prefer {
        plain(&mut request, PREFER, prefer)?;
    }
    if let Some(body) = &call.body {
        plain(&mut request, CONTENT_TYPE, "application/json")?;
        request.body = Some(body.clone());
    }
    match call.condition {
        Condition::None => {}
        Condition::Unchanged(tag) => plain(&mut request, IF_MATCH, tag)?,
        Condition::Absent => plain(&mut request, IF_NONE_MATCH, "*")?,
    }
    sign(&mut request, signed)?;
    Ok(request)
}

fn sign(request: &mut HttpRequest, signed: &Signed) -> Result<(), HttpError> {
    if let Some(token) = &signed.primary {
        request.secret_header(AUTHORIZATION, &token.bearer())?;
    }
    if !signed.auxiliary.is_empty() {
        let all: Vec<String> = signed
            .auxiliary
            .iter()
            .map(|(_, token)| token.bearer())
            .collect();
        // Commas: a semicolon works by luck with one token and is a 401 with
        // two (go-autorest issue 521).
        request.secret_header(AUXILIARY, &all.join(", "))?;
    }
    Ok(())
}

fn plain(request: &mut HttpRequest, name: HeaderName, text: &str) -> Result<(), HttpError> {
    let value = HeaderValue::from_str(text)
        .map_err(|_| HttpError::Unsendable(format!("`{name}` cannot hold this text")))?;
    request.headers.insert(name, value);
    Ok(())
}
