//! From what a pipeline says to a host that can be spoken to.

use tenon_client::{
    AzureRepos, AzureToken, Endpoint, EndpointError, GitHub, GitLab, Host, HostAt, HostSettings,
    SecretString,
};
use tenon_model::{Code, Diagnostic, Help};

use super::ci::{Ci, Kind};
use super::problems;

/// The variable that goes before what a host's own pipelines provide.
const OWN: &str = "TENON_COMMENT_TOKEN";

/// Connects to the host of `ci`. Nothing is sent yet.
///
/// # Errors
///
/// When there is no token, or an address that must not be spoken to.
pub(crate) fn host(
    ci: &Ci,
    settings: &HostSettings,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Host, Box<Diagnostic>> {
    let names = names(ci.kind);
    // Azure Pipelines leaves a variable that it does not know as it is written.
    let set = |name: &str| variable(name).filter(|value| !value.starts_with("$("));
    let found = names.iter().find_map(|name| Some((*name, set(name)?)));
    let (name, token) = found.ok_or_else(|| Box::new(problems::no_token(ci, names)))?;
    let token = SecretString::from(token);
    let api = endpoint(&ci.api)?;
    match ci.kind {
        Kind::GitHub => {
            let graphql = endpoint(&ci.graphql)?;
            let at = HostAt { api, token };
            let host = GitHub::new(settings, &at, &graphql, &ci.repository);
            host.map(Host::GitHub).ok_or_else(|| elsewhere(ci))
        }
        Kind::GitLab => {
            let at = HostAt { api, token };
            let host = GitLab::new(settings, &at, &ci.repository, ci.built.clone());
            Ok(Host::GitLab(host))
        }
        Kind::AzureRepos => {
            let token = match name {
                "SYSTEM_ACCESSTOKEN" => AzureToken::OfJob(token),
                _ => AzureToken::Personal(token),
            };
            let host = AzureRepos::new(settings, api, &token, &ci.project, &ci.repository);
            Ok(Host::AzureRepos(host))
        }
    }
}

/// The variables with tokens; the first that is set counts.
fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::GitHub => &[OWN, "GH_TOKEN", "GITHUB_TOKEN"],
        Kind::GitLab => &[OWN, "GITLAB_TOKEN"],
        Kind::AzureRepos => &[OWN, "SYSTEM_ACCESSTOKEN", "AZURE_DEVOPS_EXT_PAT"],
    }
}

fn endpoint(text: &str) -> Result<Endpoint, Box<Diagnostic>> {
    Endpoint::parse(text).map_err(|error: EndpointError| {
        let problem = Diagnostic::error(Code::Usage, "the address of the host cannot be used");
        Box::new(problem.note(error.to_string()).help(Help::text(
            "a token goes to addresses with https only, or to this machine",
        )))
    })
}

fn elsewhere(ci: &Ci) -> Box<Diagnostic> {
    let problem = Diagnostic::error(Code::Usage, "the address of the host cannot be used");
    let problem = problem.note(format!("REST is at {}, GraphQL at {}", ci.api, ci.graphql));
    Box::new(problem.help(Help::text(
        "both have to be on one host, or the token would go to another one",
    )))
}
