//! Comments at the three hosts, against servers in this process: they answer as
//! documented, waits pass at once, and two pipelines meet where they meet.

#[path = "../../../../tests/hosts/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of the program use more of it"
)]
mod hosts;

mod annotations;
mod at_hosts;
mod caps;
mod ci;
mod refusals;
mod reviewed;
mod sticky;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tenon_client::{
    HeaderName, HeaderValue, Host, HostSettings, Http, HttpError, HttpRequest, HttpResponse,
    Jitter, StatusCode,
};
use tenon_model::transport::Boxed;

use super::ci::{Branch, Ci, Kind};
use hosts::{Answer, Asked, Service};

/// The commit of the pull request.
pub(super) const HEAD: &str = "9b1d7c2aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A host in this process. It lets others go first before every answer, so that
/// two pipelines take turns.
struct Within<S>(Arc<Mutex<S>>);

impl<S: Service> Http for Within<S> {
    fn send(&self, request: HttpRequest) -> Boxed<'_, Result<HttpResponse, HttpError>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let headers: BTreeMap<String, String> = request
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
                .collect();
            let target = match request.url.query() {
                Some(query) => format!("{}?{query}", request.url.path()),
                None => request.url.path().to_owned(),
            };
            let body = request.body.as_deref().unwrap_or_default();
            let asked = Asked::new(request.method.as_str(), &target, headers, body);
            response(self.0.lock().expect("a host").hear(&asked))
        })
    }
}

fn response(answer: Answer) -> Result<HttpResponse, HttpError> {
    if answer.status == 0 {
        return Err(HttpError::Lost("reset".to_owned()));
    }
    let headers = answer.headers.iter().map(|(name, value)| {
        let name: HeaderName = name.parse().expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    });
    Ok(HttpResponse {
        status: StatusCode::from_u16(answer.status).expect("a status"),
        headers: headers.collect(),
        body: answer.body.into_bytes(),
    })
}

/// Where a host of these tests is.
pub(super) fn place(kind: Kind) -> Ci {
    let (api, graphql, project, repository) = match kind {
        Kind::GitHub => (
            "https://api.host.test",
            "https://api.host.test/graphql",
            "",
            "contoso/fleet",
        ),
        Kind::GitLab => ("https://host.test/api/v4", "", "", "42"),
        Kind::AzureRepos => ("https://host.test/contoso/", "", "Web shop", "fleet"),
    };
    Ci {
        kind,
        runner: None,
        api: api.to_owned(),
        graphql: graphql.to_owned(),
        project: project.to_owned(),
        repository: repository.to_owned(),
        web: None,
        pull: Some(7),
        commit: Some(HEAD.to_owned()),
        run: None,
        checkout: None,
        branch: Branch::Own,
        built: tenon_client::Built::default(),
    }
}

/// A client for `service`, signed as `token`.
pub(super) fn client<S: Service>(kind: Kind, service: &Arc<Mutex<S>>, token: &str) -> Host {
    let mut settings = HostSettings::new(Arc::new(Within(Arc::clone(service))));
    settings.jitter = Jitter::fixed(0.0);
    let name = match kind {
        Kind::GitHub => "GITHUB_TOKEN",
        Kind::GitLab => "GITLAB_TOKEN",
        Kind::AzureRepos => "SYSTEM_ACCESSTOKEN",
    };
    let variable = |asked: &str| (asked == name).then(|| token.to_owned());
    super::connect::host(&place(kind), &settings, &variable).expect("a host")
}
