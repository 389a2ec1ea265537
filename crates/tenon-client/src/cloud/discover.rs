//! A cloud described by its metadata endpoint.
//!
//! The same path answers in two shapes: api-version 2019-05-01 with a list of
//! clouds, 2022-09-01 with the one cloud that was asked. Private clouds leave
//! members out, so only the sign-in address is indispensable: guessing it
//! would send a secret to somebody else.

use std::time::Duration;

use serde::Deserialize;

use super::endpoint::{checked, shown};
use super::{Cloud, Endpoint, EndpointError};
use crate::errors::Asked;
use crate::http::{Http, HttpRequest, Method};
use crate::retry::{Jitter, Patience, Tries};
use tenon_model::transport::{Refusal, Stage};

/// The api-version asked for when the address names none.
const API_VERSION: &str = "2022-09-01";

#[derive(Deserialize)]
#[serde(untagged)]
enum Metadata {
    List(Vec<Described>),
    One(Described),
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Described {
    name: Option<String>,
    resource_manager: Option<String>,
    microsoft_graph_resource_id: Option<String>,
    authentication: Option<Authentication>,
    suffixes: Option<Suffixes>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Suffixes {
    storage: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Authentication {
    login_endpoint: Option<String>,
    audiences: Option<Vec<String>>,
}

impl Cloud {
    /// Asks a metadata endpoint what cloud it belongs to.
    ///
    /// `metadata_url` may be a full address with its query, as in
    /// `ARM_CLOUD_METADATA_URL`, or only `https://host`.
    ///
    /// # Errors
    ///
    /// When the address must not be spoken to, nobody answers there, or the
    /// answer does not say where to sign in.
    pub async fn discover(metadata_url: &str, http: &dyn Http) -> Result<Self, Refusal> {
        let mut asked = Asked::new("GET /metadata/endpoints");
        let mut url = checked(metadata_url).map_err(|error| asked.bad_address(&error))?;
        if url.path() == "/" {
            url.set_path("/metadata/endpoints");
        }
        if !url.query_pairs().any(|(name, _)| name == "api-version") {
            url.query_pairs_mut()
                .append_pair("api-version", API_VERSION);
        }
        asked.request = format!("GET {}", shown(&url));
        let mut request = HttpRequest::new(Method::GET, url.clone());
        request.accept_json();
        let patience = Patience {
            tries: 3,
            request: Duration::from_secs(30),
            ..Patience::default()
        };
        let mut tries = Tries::anonymous(patience, Jitter::default());
        let response = tries.run(|| http.send(request.clone())).await;
        let response = response.map_err(|error| asked.lost(&error))?;
        if !response.status.is_success() {
            return Err(asked.refused(Stage::Azure, &response));
        }
        let metadata = serde_json::from_slice(&response.body).map_err(|_| {
            asked.local(
                "UnreadableMetadata",
                "the metadata endpoint did not answer with JSON of a known shape",
            )
        })?;
        let host = Endpoint::parse(&url.origin().ascii_serialization());
        let host = host.map_err(|error| asked.bad_address(&error))?;
        choose(metadata, &host)
            .into_cloud(&host)
            .map_err(|message| asked.local("UnreadableMetadata", &message))
    }
}

/// The cloud that the asked host belongs to, else the first of the list.
fn choose(metadata: Metadata, host: &Endpoint) -> Described {
    let mut list = match metadata {
        Metadata::One(one) => return one,
        Metadata::List(list) => list,
    };
    let own = list.iter().position(|cloud| {
        let arm = cloud.resource_manager.as_deref().map(Endpoint::parse);
        matches!(arm, Some(Ok(arm)) if arm == *host)
    });
    if list.is_empty() {
        return Described::default();
    }
    list.swap_remove(own.unwrap_or(0))
}

impl Described {
    fn into_cloud(self, host: &Endpoint) -> Result<Cloud, String> {
        let broken = |error: EndpointError| error.to_string();
        let suffixes = self.suffixes;
        let authentication = self.authentication.unwrap_or_default();
        let login = authentication
            .login_endpoint
            .ok_or("the metadata endpoint does not name `authentication.loginEndpoint`")?;
        let login = Endpoint::parse(&login).map_err(broken)?;
        let arm = match self.resource_manager.as_deref() {
            Some(address) => Endpoint::parse(address).map_err(broken)?,
            None => host.clone(),
        };
        // `graph` is another, older service in most documents.
        let graph = self.microsoft_graph_resource_id.as_deref();
        let graph = graph.map(Endpoint::parse).transpose().map_err(broken)?;
        let audience = authentication.audiences.into_iter().flatten().next();
        Ok(Cloud {
            name: self.name.unwrap_or_else(|| host.to_string()),
            audience: audience.unwrap_or_else(|| arm.to_string()),
            storage: suffixes.and_then(|known| known.storage).unwrap_or_default(),
            login,
            arm,
            graph,
        })
    }
}
