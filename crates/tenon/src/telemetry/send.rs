//! One request to a collector.

use tenon_client::{
    HeaderName, HeaderValue, Http as _, HttpRequest, Method, RealHttp, Url,
    ca_file_from_environment,
};
use tenon_render::otlp::Trace;

use super::settings::Settings;

/// Sends a trace; why not, otherwise. Headers may hold a key, and are not told.
pub(super) async fn send(settings: &Settings, trace: &Trace) -> Result<(), String> {
    let request = request(settings, trace)?;
    let http = RealHttp::new(ca_file_from_environment().as_deref())
        .map_err(|error| error.to_string())?
        .also_plain();
    let answer = tokio::time::timeout(settings.timeout, http.send(request));
    match answer.await {
        Err(_) => Err(format!(
            "{} did not answer within {} ms",
            settings.endpoint,
            settings.timeout.as_millis()
        )),
        Ok(Err(error)) => Err(format!("{}: {error}", settings.endpoint)),
        Ok(Ok(response)) if response.status.is_success() => Ok(()),
        Ok(Ok(response)) => Err(format!(
            "{} answered {}",
            settings.endpoint, response.status
        )),
    }
}

fn request(settings: &Settings, trace: &Trace) -> Result<HttpRequest, String> {
    let url = Url::parse(&settings.endpoint)
        .map_err(|error| format!("`{}` is no address: {error}", settings.endpoint))?;
    let mut request = HttpRequest::new(Method::POST, url);
    let odd = || "OTEL_EXPORTER_OTLP_HEADERS has what no header can hold".to_owned();
    for (name, value) in &settings.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| odd())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| odd())?;
        value.set_sensitive(true);
        request.headers.insert(name, value);
    }
    let kind = HeaderValue::from_static(settings.form.content_type());
    request
        .headers
        .insert(HeaderName::from_static("content-type"), kind);
    request.body = Some(settings.form.body(trace).into());
    Ok(request)
}
