//! A request as the handlers see it: read once, secrets apart.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::uri::Scheme;
use axum::http::{HeaderMap, Request, Uri};

use crate::json::same;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path with percent signs decoded.
    pub(crate) path: String,
    pub(crate) query_text: String,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Scheme and authority under which the client knows this server.
    pub(crate) base: String,
}

impl Call {
    pub(crate) fn read(request: Request<Bytes>) -> Self {
        let (parts, body) = request.into_parts();
        let scheme = parts.extensions.get::<Scheme>();
        let scheme = scheme.or(parts.uri.scheme()).unwrap_or(&Scheme::HTTP);
        let base = base_of(scheme, &parts.uri, &parts.headers);
        let query_text = parts.uri.query().unwrap_or_default().to_owned();
        Self {
            method: parts.method.as_str().to_owned(),
            path: decode(parts.uri.path()),
            query: read_query(&query_text),
            query_text,
            headers: parts.headers,
            body,
            base,
        }
    }

    /// A request that comes from inside: a deployment writes one of its resources.
    ///
    /// It has no headers; who it speaks for is known to the one who makes it.
    pub(crate) fn inner(method: &str, path: &str, version: &str, base: &str, body: Bytes) -> Self {
        let query_text = format!("api-version={}", encode(version));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: read_query(&query_text),
            query_text,
            headers: HeaderMap::new(),
            body,
            base: base.to_owned(),
        }
    }

    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect()
    }

    /// A query parameter; names compare without case.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    pub(crate) fn api_version(&self) -> &str {
        self.query("api-version").unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header, joined as HTTP allows.
    pub(crate) fn headers_joined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// The headers whose names begin so, with the rest of their names.
    pub(crate) fn headers_with(&self, prefix: &str) -> Vec<(String, String)> {
        let named = self.headers.iter().filter_map(|(name, value)| {
            let rest = name.as_str().strip_prefix(prefix)?;
            Some((rest.to_owned(), value.to_str().ok()?.to_owned()))
        });
        named.collect()
    }

    pub(crate) fn host(&self) -> &str {
        self.base.split("://").nth(1).unwrap_or_default()
    }

    /// True when an address leads here, under whatever name of the loopback.
    pub(crate) fn is_here(&self, address: &str) -> bool {
        let Some(authority) = address
            .split("://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
        else {
            return false;
        };
        let split = |authority: &str| match authority.rsplit_once(':') {
            Some((host, port)) => (host.to_owned(), port.to_owned()),
            None => (authority.to_owned(), String::new()),
        };
        let (host, port) = split(authority);
        let (own_host, own_port) = split(self.host());
        port == own_port
            && (same(&host, &own_host) || (is_loopback(&host) && is_loopback(&own_host)))
    }
}

fn is_loopback(host: &str) -> bool {
    same(host, "localhost") || host.starts_with("127.") || host == "[::1]"
}

fn base_of(scheme: &Scheme, uri: &Uri, headers: &HeaderMap) -> String {
    let authority = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
        .unwrap_or("sim");
    format!("{scheme}://{authority}")
}

fn read_query(text: &str) -> BTreeMap<String, String> {
    pairs(text)
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}

/// The fields of a form body.
pub(crate) fn decode_form(body: &[u8]) -> BTreeMap<String, String> {
    pairs(&String::from_utf8_lossy(body)).collect()
}

fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (
            decode(&name.replace('+', " ")),
            decode(&value.replace('+', " ")),
        )
    })
}

/// Decodes percent signs; what is no code stays as it is.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text
            .get(at + 1..at + 3)
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) if bytes[at] == b'%' => {
                decoded.push(byte);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Encodes what may not stand in a query value.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
