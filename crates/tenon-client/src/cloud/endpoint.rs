//! An address that may be spoken to.
//!
//! Tokens and secrets travel to these addresses, so plain HTTP is possible
//! only where nobody listens in between: on loopback, and, for asking who this
//! machine is, on its own link.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use reqwest::Url;
use thiserror::Error;

/// The base address of a service: `https`, or `http` on loopback.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why a text is no [`Endpoint`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EndpointError {
    /// It is no URL.
    #[error("`{0}` is not a URL")]
    NotAUrl(String),
    /// It has a user, a password or a fragment, or a base address a query.
    #[error("`{0}` may have neither user, password, query nor fragment")]
    TooMuch(String),
    /// It is `http` to another machine.
    #[error("plain http is allowed to loopback addresses only, not to `{0}`")]
    PlainHttp(String),
    /// Neither `https` nor `http`.
    #[error("`{0}` must begin with https://")]
    Scheme(String),
}

impl Endpoint {
    /// Reads a base address.
    ///
    /// # Errors
    ///
    /// When it is no URL, or one that must not be spoken to.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = checked(text)?;
        if url.query().is_some() {
            return Err(EndpointError::TooMuch(shown(&url)));
        }
        Ok(Self(url))
    }

    /// The address without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether `url` leads to the same scheme, host and port.
    #[must_use]
    pub fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }

    /// Returns the address of `path` below this one, or none if `path` would
    /// lead elsewhere, as dot segments do.
    pub(crate) fn at(&self, path: &str) -> Option<Url> {
        let base = self.0.path().trim_end_matches('/');
        let whole = format!("{base}/{}", path.trim_start_matches('/'));
        let mut url = self.0.clone();
        url.set_path(&whole);
        // Writing the path removed the dot segments; fewer are left.
        (url.path().split('/').count() == whole.split('/').count()).then_some(url)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads a full address that may be spoken to.
pub(crate) fn checked(text: &str) -> Result<Url, EndpointError> {
    let url = Url::parse(text).map_err(|_| EndpointError::NotAUrl(text.to_owned()))?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(EndpointError::TooMuch(shown(&url)));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(EndpointError::PlainHttp(shown(&url))),
        _ => Err(EndpointError::Scheme(shown(&url))),
    }
}

/// Reads the address of a service that knows the identity of this machine:
/// like any other, or `http` to a link-local address, which no router passes
/// on.
pub(crate) fn checked_for_identity(text: &str) -> Result<Url, EndpointError> {
    match checked(text) {
        Err(EndpointError::PlainHttp(_)) => {
            let url = Url::parse(text).map_err(|_| EndpointError::NotAUrl(text.to_owned()))?;
            if is_link_local(&url) {
                Ok(url)
            } else {
                Err(EndpointError::PlainHttp(shown(&url)))
            }
        }
        read => read,
    }
}

/// Whether a URL leads to the own link only: `169.254.0.0/16`, where the
/// metadata service of a machine and the identity service of App Service live.
pub(crate) fn is_link_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.parse()
        .is_ok_and(|address: Ipv4Addr| address.is_link_local())
}

/// Whether a URL leads to this machine: `localhost`, `127.0.0.0/8`, `::1`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// A URL as it may be shown: without user, password, query and fragment.
pub(crate) fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
