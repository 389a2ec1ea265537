//! Where the identity of this machine is asked for, and how.

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::UserAssigned;
use crate::cloud::{EndpointError, checked_for_identity};
use crate::http::{HttpError, HttpRequest, Method, Url};

const METADATA: HeaderName = HeaderName::from_static("metadata");
const IDENTITY: HeaderName = HeaderName::from_static("x-identity-header");
const PATH: &str = "/metadata/identity/oauth2/token";

/// A service that hands out the tokens of a managed identity.
pub struct IdentityEndpoint {
    url: Url,
    dialect: Dialect,
}

enum Dialect {
    /// The metadata service of a machine.
    Machine,
    /// App Service and Container Apps, with the text that proves that the
    /// question comes from within.
    App(SecretString),
}

impl IdentityEndpoint {
    /// The metadata service of this machine.
    #[must_use]
    pub fn machine() -> Self {
        let url = format!("http://169.254.169.254{PATH}");
        Self {
            url: url.parse().expect("the address is well-formed"),
            dialect: Dialect::Machine,
        }
    }

    /// The metadata service at another address, with or without the path of
    /// its tokens.
    ///
    /// # Errors
    ///
    /// When the address must not be spoken to: plain HTTP goes to this machine
    /// and to its own link only.
    pub fn machine_at(address: &str) -> Result<Self, EndpointError> {
        let mut url = checked_for_identity(address)?;
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Self {
            url,
            dialect: Dialect::Machine,
        })
    }

    /// The service of App Service or Container Apps: `IDENTITY_ENDPOINT` and
    /// `IDENTITY_HEADER`.
    ///
    /// # Errors
    ///
    /// As [`IdentityEndpoint::machine_at`].
    pub fn app(address: &str, header: SecretString) -> Result<Self, EndpointError> {
        Ok(Self {
            url: checked_for_identity(address)?,
            dialect: Dialect::App(header),
        })
    }

    /// A request for a token for `resource`.
    pub(super) fn request(
        &self,
        resource: &str,
        which: Option<&UserAssigned>,
    ) -> Result<HttpRequest, HttpError> {
        let (version, object, resource_id) = match self.dialect {
            Dialect::Machine => ("2018-02-01", "object_id", "msi_res_id"),
            Dialect::App(_) => ("2019-08-01", "principal_id", "mi_res_id"),
        };
        let mut request = HttpRequest::new(Method::GET, self.url.clone());
        let mut query = request.url.query_pairs_mut();
        query
            .append_pair("api-version", version)
            .append_pair("resource", resource);
        match which {
            None => {}
            Some(UserAssigned::ClientId(id)) => drop(query.append_pair("client_id", id)),
            Some(UserAssigned::ObjectId(id)) => drop(query.append_pair(object, id)),
            Some(UserAssigned::ResourceId(id)) => drop(query.append_pair(resource_id, id)),
        }
        drop(query);
        match &self.dialect {
            Dialect::Machine => mark(&mut request),
            Dialect::App(header) => request.secret_header(IDENTITY, header.expose_secret())?,
        }
        Ok(request)
    }

    /// A request that shows whether anybody is there; none where the
    /// environment says so.
    pub(super) fn probe(&self) -> Option<HttpRequest> {
        match self.dialect {
            Dialect::App(_) => None,
            Dialect::Machine => {
                let mut request = HttpRequest::new(Method::GET, self.url.clone());
                mark(&mut request);
                Some(request)
            }
        }
    }
}

/// Without this header the metadata service answers nobody: a page in a
/// browser cannot set it.
fn mark(request: &mut HttpRequest) {
    let yes = HeaderValue::from_static("true");
    request.headers.insert(METADATA, yes);
}
