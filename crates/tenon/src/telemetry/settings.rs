//! What the variables of OpenTelemetry say: "OpenTelemetry Environment Variable
//! Specification" and "OpenTelemetry Protocol Exporter".

use std::time::Duration;

use tenon_render::otlp::{Attribute, Form};

/// How long the specification lets an export take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where a trace goes, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// The whole address.
    pub(super) endpoint: String,
    pub(super) form: Form,
    pub(super) headers: Vec<(String, String)>,
    pub(super) timeout: Duration,
    pub(super) resource: Vec<(String, Attribute)>,
    /// The trace of the pipeline, or one of its own.
    pub(super) trace: [u8; 16],
    /// The span of the pipeline that this runs in.
    pub(super) parent: Option<[u8; 8]>,
}

/// Reads the variables; nothing if no trace is wanted.
pub(super) fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Settings>, String> {
    let is = |name: &str, word: &str| {
        variable(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(word))
    };
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return Ok(None);
    }
    // What is said of traces counts before what is said of everything.
    let own = |name: &str| {
        variable(&format!("OTEL_EXPORTER_OTLP_TRACES_{name}"))
            .or_else(|| variable(&format!("OTEL_EXPORTER_OTLP_{name}")))
    };
    let Some(endpoint) = endpoint(variable) else {
        return Ok(None);
    };
    let form = match own("PROTOCOL").as_deref().map(str::trim) {
        None | Some("http/protobuf") => Form::Protobuf,
        Some("http/json") => Form::Json,
        Some(other) => {
            return Err(format!(
                "OTEL_EXPORTER_OTLP_PROTOCOL is `{other}`; http/protobuf and http/json are spoken here"
            ));
        }
    };
    let timeout = match own("TIMEOUT") {
        None => TIMEOUT,
        Some(text) => text
            .trim()
            .parse()
            .map(Duration::from_millis)
            .map_err(|_| {
                format!("OTEL_EXPORTER_OTLP_TIMEOUT is `{text}`, and counts milliseconds")
            })?
            // However patient somebody is, a run ends.
            .min(6 * TIMEOUT),
    };
    let joined = variable("TRACEPARENT").and_then(|text| parent(&text));
    let (trace, parent) = match joined {
        Some((trace, parent)) => (trace, Some(parent)),
        None => (uuid::Uuid::new_v4().into_bytes(), None),
    };
    Ok(Some(Settings {
        endpoint,
        form,
        headers: pairs(&own("HEADERS").unwrap_or_default()),
        timeout,
        resource: resource(variable),
        trace,
        parent,
    }))
}

fn endpoint(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or_else(|| {
        let base = variable("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        Some(format!("{}/v1/traces", base.trim_end_matches('/')))
    })
}

fn resource(variable: &dyn Fn(&str) -> Option<String>) -> Vec<(String, Attribute)> {
    let mut all = vec![
        ("service.name".to_owned(), "tenon".to_owned()),
        (
            "service.version".to_owned(),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
    ];
    let written = pairs(&variable("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default());
    let name = variable("OTEL_SERVICE_NAME").map(|name| ("service.name".to_owned(), name));
    for (key, value) in written.into_iter().chain(name) {
        all.retain(|(known, _)| *known != key);
        all.push((key, value));
    }
    let all = all.into_iter();
    all.map(|(name, value)| (name, Attribute::Text(value)))
        .collect()
}

/// `key=value,key=value`, with `%20` for what may not stand there.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(key, value)| (key.trim().to_owned(), decoded(value.trim())));
    pairs.filter(|(key, _)| !key.is_empty()).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let number = (*first == b'%')
            .then(|| std::str::from_utf8(behind.get(..2)?).ok())
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(number.unwrap_or(*first));
        rest = if number.is_some() {
            &behind[2..]
        } else {
            behind
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `00-TRACE-SPAN-FLAGS`, as the W3C has it; later versions may have more
/// behind.
fn parent(text: &str) -> Option<([u8; 16], [u8; 8])> {
    let mut parts = text.trim().split('-');
    let version = parts.next().filter(|version| version.len() == 2)?;
    let trace: [u8; 16] = bytes(parts.next()?)?;
    let span: [u8; 8] = bytes(parts.next()?)?;
    parts.next()?;
    let is_one = version != "ff" && trace != [0; 16] && span != [0; 8];
    is_one.then_some((trace, span))
}

fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let digits = hex.len() == 2 * N && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut bytes = [0; N];
    for (index, byte) in bytes.iter_mut().enumerate().filter(|_| digits) {
        *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).ok()?;
    }
    digits.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use tenon_render::otlp::{Attribute, Form};

    use super::{Settings, read};

    fn of(variables: &[(&str, &str)]) -> Result<Option<Settings>, String> {
        let all: BTreeMap<&str, &str> = variables.iter().copied().collect();
        read(&|name| all.get(name).map(|value| (*value).to_owned()))
    }

    fn wanted(variables: &[(&str, &str)]) -> Settings {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/");
        let all: Vec<_> = std::iter::once(endpoint)
            .chain(variables.iter().copied())
            .collect();
        of(&all).expect("settings").expect("a trace")
    }

    #[test]
    fn a_trace_is_wanted_where_an_endpoint_is_named() {
        assert_eq!(of(&[]), Ok(None));
        assert_eq!(wanted(&[]).endpoint, "http://c:4318/v1/traces");
        let own = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/x")];
        assert_eq!(wanted(&own).endpoint, "https://t/x");
        for off in [
            ("OTEL_SDK_DISABLED", "TRUE"),
            ("OTEL_TRACES_EXPORTER", "none"),
        ] {
            assert_eq!(
                of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"), off]),
                Ok(None)
            );
        }
    }

    #[test]
    fn what_is_said_of_traces_counts_first() {
        let settings = wanted(&[
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b%2C, x = y ,bad"),
        ]);
        assert_eq!(
            (settings.form, settings.timeout),
            (Form::Json, Duration::from_millis(250))
        );
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            settings.headers,
            [header("api-key", "a b,"), header("x", "y")]
        );
    }

    #[test]
    fn what_is_not_spoken_is_said() {
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ] {
            let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c");
            let why = of(&[endpoint, (name, value)]).expect_err("a reason");
            assert!(why.contains(name) && why.contains(value), "{why}");
        }
    }

    #[test]
    fn the_service_has_a_name() {
        let names = |variables: &[(&str, &str)]| -> BTreeMap<String, Attribute> {
            wanted(variables).resource.into_iter().collect()
        };
        assert_eq!(names(&[])["service.name"], "tenon".into());
        let written = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,team=b");
        assert_eq!(names(&[written])["service.name"], "a".into());
        assert_eq!(names(&[written])["team"], "b".into());
        let named = ("OTEL_SERVICE_NAME", "c");
        assert_eq!(names(&[written, named])["service.name"], "c".into());
    }

    #[test]
    fn the_trace_of_a_pipeline_goes_on() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let text = format!("00-{trace}-b7ad6b7169203331-01");
        let settings = wanted(&[("TRACEPARENT", &text)]);
        assert_eq!(tenon_model::canonical::hex(&settings.trace), trace);
        assert_eq!(
            settings.parent,
            Some([0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31])
        );
        for odd in [
            "",
            "00-1-2-01",
            &text.replace("00-", "ff-"),
            &text.replace(trace, &"0".repeat(32)),
        ] {
            assert_eq!(wanted(&[("TRACEPARENT", odd)]).parent, None, "{odd}");
        }
    }
}
