//! GitHub, from GitHub Actions or from elsewhere.

use serde_json::Value;
use tenon_model::Diagnostic;

use super::{Around, Branch, Ci, Kind, Named, Runner, segment, unknown_repository};

/// What a repository of GitHub is called, with the host that the variables
/// name.
pub(super) fn detect(
    around: &Around<'_>,
    runner: Option<Runner>,
    named: &Named,
) -> Result<Ci, Box<Diagnostic>> {
    let repository = match runner {
        Some(Runner::Azure) => around.get("BUILD_REPOSITORY_NAME"),
        _ => around.get("GITHUB_REPOSITORY"),
    };
    let repository = named.repository.clone().or(repository);
    let repository = repository
        .filter(|name| is_name(name))
        .ok_or_else(|| unknown_repository(Kind::GitHub, "OWNER/NAME"))?;
    let (server, api, graphql) = addresses(around, runner);
    let web = format!("{server}/{}", segment(&repository));
    let mut ci = Ci {
        runner,
        api,
        graphql,
        web: Some(web),
        checkout: around.get("GITHUB_WORKSPACE"),
        repository,
        ..Ci::at(Kind::GitHub)
    };
    match runner {
        Some(Runner::Azure) => by_azure(around, &mut ci),
        Some(_) => by_actions(around, &server, &mut ci),
        None => {}
    }
    Ok(ci)
}

fn is_name(text: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| fits(owner) && fits(name) && text.len() <= 200)
}

/// Server, REST and GraphQL.
fn addresses(around: &Around<'_>, runner: Option<Runner>) -> (String, String, String) {
    let of = |name: &str, otherwise: String| {
        let text = around.get(name).unwrap_or(otherwise);
        text.trim_end_matches('/').to_owned()
    };
    // An Enterprise Server that Azure Pipelines builds from says only where
    // the repository is.
    let enterprise = || {
        let uri = around.get("BUILD_REPOSITORY_URI")?;
        let host = uri.strip_prefix("https://")?.split('/').next()?.to_owned();
        (host != "github.com" && !host.contains('@')).then(|| format!("https://{host}"))
    };
    let enterprise = match runner {
        Some(Runner::Azure) => enterprise(),
        _ => None,
    };
    if let Some(server) = enterprise {
        let (rest, graphql) = (format!("{server}/api/v3"), format!("{server}/api/graphql"));
        return (server, rest, graphql);
    }
    let api = of("GITHUB_API_URL", "https://api.github.com".to_owned());
    let beside = match api.strip_suffix("/v3") {
        Some(root) => format!("{root}/graphql"),
        None => format!("{api}/graphql"),
    };
    (
        of("GITHUB_SERVER_URL", "https://github.com".to_owned()),
        api,
        of("GITHUB_GRAPHQL_URL", beside),
    )
}

fn by_actions(around: &Around<'_>, server: &str, ci: &mut Ci) {
    let run = around.get("GITHUB_RUN_ID");
    let of = around.get("GITHUB_REPOSITORY").unwrap_or_default();
    ci.run = run.map(|run| format!("{server}/{}/actions/runs/{}", segment(&of), segment(&run)));
    let event = around.get("GITHUB_EVENT_PATH");
    let event = event.and_then(|path| (around.read)(&path));
    let event: Value = event
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default();
    let pull = &event["pull_request"];
    let workflow = &event["workflow_run"];
    ci.pull = pull["number"]
        .as_u64()
        .or_else(|| workflow["pull_requests"][0]["number"].as_u64())
        // Issues have comments as well; only a pull request is one to plan.
        .or_else(|| {
            let issue = &event["issue"];
            issue["number"]
                .as_u64()
                .filter(|_| issue["pull_request"].is_object())
        })
        .or_else(|| by_reference(&around.get("GITHUB_REF")?));
    // `GITHUB_SHA` of a pull request is a merge that nobody will ever see.
    let head = pull["head"]["sha"]
        .as_str()
        .or(workflow["head_sha"].as_str());
    ci.commit = match (head, ci.pull) {
        (Some(head), _) => Some(head.to_owned()),
        (None, None) => around.get("GITHUB_SHA"),
        (None, Some(_)) => None,
    };
    let name = |side: &str| pull[side]["repo"]["full_name"].as_str();
    // A workflow that ran for a fork is of one although this one is not.
    let ran_for = workflow["head_repository"]["full_name"].as_str();
    let elsewhere = workflow.is_object() && ran_for != Some(of.as_str());
    if (pull.is_object() && name("head") != name("base")) || elsewhere {
        ci.branch = Branch::OfFork;
    }
}

/// `refs/pull/118/merge`
fn by_reference(reference: &str) -> Option<u64> {
    let rest = reference.strip_prefix("refs/pull/")?;
    rest.split('/').next()?.parse().ok()
}

fn by_azure(around: &Around<'_>, ci: &mut Ci) {
    super::azure::run(around, ci);
    // The number that people know; the id is one of Azure's own.
    ci.pull = around.number("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER");
}
