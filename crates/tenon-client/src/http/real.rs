//! HTTP over the network.
//!
//! Proxies come from the environment, except to loopback: a proxy there is
//! another machine, and plain HTTP must not leave this one. The same goes for
//! questions to the metadata service of this machine, the only ones that may
//! be plain on the own link. HTTP/1.1 with a
//! pool of connections: with one HTTP/2 connection a single reset would lose
//! every request that is under way.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, Certificate, Client, ClientBuilder, Method, Response};
use tenon_model::transport::Boxed;

use super::{Http, HttpError, HttpRequest, HttpResponse};
use crate::cloud::{is_link_local, is_loopback};

const CONNECT: Duration = Duration::from_secs(15);
/// Resource Manager answers within 60 s or hands out an operation.
const ANSWER: Duration = Duration::from_secs(120);
/// The longest body that is read: the longest page is 8 MB, so this only stops
/// a server that never ends.
const LONGEST: usize = 256 << 20;

/// The implementation of [`Http`] that opens connections.
pub struct RealHttp {
    certificates: Vec<Certificate>,
    remotely: Remotely,
    connections: usize,
    // Built when first needed: reading the machine's certificates costs some
    // milliseconds, and most runs need one of the three.
    remote: OnceLock<Result<Client, HttpError>>,
    direct: OnceLock<Result<Client, HttpError>>,
    plain: OnceLock<Result<Client, HttpError>>,
}

/// How other machines may be spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Remotely {
    /// Encrypted.
    Https,
    /// As their address says.
    Anyhow,
}

impl RealHttp {
    /// Returns a client that trusts the machine's certificates and those in
    /// the PEM file `ca_file`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or holds no certificate.
    pub fn new(ca_file: Option<&Path>) -> Result<Self, HttpError> {
        let certificates = ca_file.map(read_certificates).transpose()?;
        Ok(Self {
            certificates: certificates.unwrap_or_default(),
            remotely: Remotely::Https,
            connections: 64,
            remote: OnceLock::new(),
            direct: OnceLock::new(),
            plain: OnceLock::new(),
        })
    }

    /// The same, and plain HTTP to wherever an address says. Only for what
    /// carries no token of Azure, such as traces to a collector.
    #[must_use]
    pub fn also_plain(self) -> Self {
        Self {
            remotely: Remotely::Anyhow,
            ..self
        }
    }

    fn client(&self, request: &HttpRequest) -> Result<&Client, HttpError> {
        let built = if is_loopback(&request.url) || asks_for_identity(request) {
            match request.url.scheme() {
                // Nobody has to be trusted.
                "http" => self
                    .plain
                    .get_or_init(|| self.build(|builder| builder.no_proxy().tls_certs_only([]))),
                _ => self
                    .direct
                    .get_or_init(|| self.build(ClientBuilder::no_proxy)),
            }
        } else {
            self.remote.get_or_init(|| {
                self.build(|builder| builder.https_only(self.remotely == Remotely::Https))
            })
        };
        built.as_ref().map_err(Clone::clone)
    }

    fn build(&self, set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, HttpError> {
        let builder = Client::builder()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .pool_max_idle_per_host(self.connections)
            .tls_certs_merge(self.certificates.clone());
        set(builder)
            .build()
            .map_err(|error| HttpError::Unsendable(words(&error)))
    }
}

impl Http for RealHttp {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            let client = self.client(&request)?;
            // IIS in front of Azure answers 411 where the length is missing.
            let needs_length = request.body.is_none() && request.method == Method::POST;
            let mut sending = client
                .request(request.method, request.url)
                .headers(request.headers);
            if let Some(body) = request.body {
                sending = sending.body(Body::from(body.to_vec()));
            }
            if needs_length {
                sending = sending.header(CONTENT_LENGTH, 0);
            }
            let response = sending.send().await.map_err(|error| failed(&error))?;
            read(response).await
        })
    }
}

/// Whether this asks a service on the own link who this machine is. Nothing
/// that carries a token does.
fn asks_for_identity(request: &HttpRequest) -> bool {
    let has = |name| request.headers.contains_key(name);
    is_link_local(&request.url)
        && (has("metadata") || has("x-identity-header"))
        && !has("authorization")
        && !has("x-ms-authorization-auxiliary")
}

async fn read(mut response: Response) -> Result<HttpResponse, HttpError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
        if body.len() + chunk.len() > LONGEST {
            return Err(HttpError::Unsendable("the answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse {
        status,
        headers,
        body,
    })
}

fn failed(error: &reqwest::Error) -> HttpError {
    let words = words(error);
    // A certificate that is not trusted now will not be in a second either.
    // Only the text tells it: rustls is an implementation detail of reqwest.
    if words.contains("certificate") {
        HttpError::Untrusted(words)
    } else if error.is_builder() {
        HttpError::Unsendable(words)
    } else if error.is_connect() {
        HttpError::Connect(words)
    } else {
        HttpError::Lost(words)
    }
}

/// The innermost sentences of an error. The outermost repeats the address,
/// which may be an operation's and signed.
fn words(error: &dyn std::error::Error) -> String {
    let mut parts = Vec::new();
    let mut source = error.source();
    while let Some(inner) = source {
        parts.push(inner.to_string());
        source = inner.source();
    }
    parts.dedup();
    if parts.is_empty() {
        "unknown reason".to_owned()
    } else {
        parts.join(": ")
    }
}

fn read_certificates(file: &Path) -> Result<Vec<Certificate>, HttpError> {
    let broken = |why: String| HttpError::Unsendable(format!("{}: {why}", file.display()));
    let pem = std::fs::read(file).map_err(|error| broken(error.to_string()))?;
    let list = Certificate::from_pem_bundle(&pem).map_err(|error| broken(error.to_string()))?;
    if list.is_empty() {
        return Err(broken("no certificate in PEM form".to_owned()));
    }
    Ok(list)
}

/// The file of further certificates: `TENON_CA_FILE`, else `SSL_CERT_FILE`,
/// which the platform's own verifier reads on Linux only.
#[must_use]
pub fn ca_file_from_environment() -> Option<PathBuf> {
    ["TENON_CA_FILE", "SSL_CERT_FILE"]
        .iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .map(PathBuf::from)
}

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<RealHttp>>();
};

#[cfg(test)]
mod tests;
