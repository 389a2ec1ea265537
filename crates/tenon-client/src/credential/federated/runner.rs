//! Runners of pipelines that vouch for their jobs.
//! Sources: GitHub Docs, "OpenID Connect reference"; Azure DevOps, "Oidctoken -
//! Create" (7.1); azurerm asks both the same way.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tenon_model::transport::Refusal;

use super::{Ask, audience};
use crate::cloud::{EndpointError, checked};
use crate::http::{HttpRequest, Method, Url};
use crate::retry::Manner;

const FED_AUTH: HeaderName = HeaderName::from_static("x-tfs-fedauthredirect");

/// A runner, and what it wants to see.
pub struct Runner {
    url: Url,
    token: SecretString,
    /// The service connection, on Azure DevOps.
    connection: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vouched {
    GitHub {
        value: String,
    },
    AzureDevOps {
        #[serde(rename = "oidcToken")]
        token: String,
    },
}

impl Runner {
    /// Returns a runner that is asked as GitHub's is: `url` with an audience,
    /// and a token of the job.
    ///
    /// # Errors
    ///
    /// When `url` is not one that a token may be sent to.
    pub fn github(url: &str, token: SecretString) -> Result<Self, EndpointError> {
        Ok(Self {
            url: checked(url)?,
            token,
            connection: None,
        })
    }

    /// Returns a runner of Azure DevOps, with the id of the service connection
    /// that it is to vouch for.
    ///
    /// # Errors
    ///
    /// When `url` is not one that a token may be sent to.
    pub fn azure_devops(
        url: &str,
        token: SecretString,
        connection: impl Into<String>,
    ) -> Result<Self, EndpointError> {
        Ok(Self {
            url: checked(url)?,
            token,
            connection: Some(connection.into()),
        })
    }

    pub(super) async fn bring(&self, ask: &Ask<'_>) -> Result<SecretString, Refusal> {
        let mut request = match &self.connection {
            None => self.get(ask),
            Some(connection) => self.post(connection),
        };
        let bearer = format!("Bearer {}", self.token.expose_secret());
        request
            .secret_header(AUTHORIZATION, &bearer)
            .map_err(|error| ask.failed(&error.to_string()))?;
        let answer = ask.fetch_json(request, Manner::Idempotent).await?;
        let (Vouched::GitHub { value: token } | Vouched::AzureDevOps { token }) = answer;
        Ok(token.into())
    }

    fn get(&self, ask: &Ask<'_>) -> HttpRequest {
        // GitHub's address has a query already.
        let mut url = self.url.clone();
        let audience = audience(ask.login);
        url.query_pairs_mut().append_pair("audience", audience);
        HttpRequest::new(Method::GET, url)
    }

    fn post(&self, connection: &str) -> HttpRequest {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .append_pair("api-version", "7.1")
            .append_pair("serviceConnectionId", connection);
        let mut request = HttpRequest::new(Method::POST, url);
        let json = HeaderValue::from_static("application/json");
        request.headers.insert(CONTENT_TYPE, json);
        // Otherwise a token that is not accepted leads to a sign-in page.
        let suppress = HeaderValue::from_static("Suppress");
        request.headers.insert(FED_AUTH, suppress);
        request
    }
}
