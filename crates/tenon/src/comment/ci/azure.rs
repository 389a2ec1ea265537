//! Azure Repos, from Azure Pipelines or from elsewhere.

use tenon_model::Diagnostic;

use super::{Around, Branch, Ci, Kind, Named, Runner, segment, unknown_repository};

/// Where organizations are.
const SERVICES: &str = "https://dev.azure.com";

/// The host of what Azure Pipelines builds.
pub(super) fn host(around: &Around<'_>) -> Option<Kind> {
    match around.get("BUILD_REPOSITORY_PROVIDER")?.as_str() {
        "TfsGit" => Some(Kind::AzureRepos),
        "GitHub" | "GitHubEnterprise" => Some(Kind::GitHub),
        _ => None,
    }
}

pub(super) fn detect(
    around: &Around<'_>,
    runner: Option<Runner>,
    named: &Named,
) -> Result<Ci, Box<Diagnostic>> {
    let form = "ORGANIZATION/PROJECT/REPOSITORY";
    let unknown = || unknown_repository(Kind::AzureRepos, form);
    let mut ci = Ci {
        runner,
        ..Ci::at(Kind::AzureRepos)
    };
    if runner.is_some() {
        ci.api = around.get("SYSTEM_COLLECTIONURI").ok_or_else(unknown)?;
        ci.project = around.get("SYSTEM_TEAMPROJECT").ok_or_else(unknown)?;
        ci.repository = around.get("BUILD_REPOSITORY_ID").ok_or_else(unknown)?;
        let name = around.get("BUILD_REPOSITORY_NAME");
        // The address that the pipeline names has a user in it.
        ci.web = name.map(|name| web(&ci.api, &ci.project, &name));
        ci.pull = around.number("SYSTEM_PULLREQUEST_PULLREQUESTID");
        run(around, &mut ci);
    }
    if let Some(name) = &named.repository {
        let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
        let [organization, project, repository] = parts[..] else {
            return Err(unknown());
        };
        ci.api = format!("{SERVICES}/{}", segment(organization));
        project.clone_into(&mut ci.project);
        repository.clone_into(&mut ci.repository);
        ci.web = Some(web(&ci.api, project, repository));
    }
    if ci.api.is_empty() {
        return Err(unknown());
    }
    Ok(ci)
}

fn web(collection: &str, project: &str, repository: &str) -> String {
    let collection = collection.trim_end_matches('/');
    format!(
        "{collection}/{}/_git/{}",
        segment(project),
        segment(repository)
    )
}

/// What Azure Pipelines says of a run, whatever host it builds for.
pub(super) fn run(around: &Around<'_>, ci: &mut Ci) {
    let collection = around.get("SYSTEM_COLLECTIONURI").unwrap_or_default();
    let project = around.get("SYSTEM_TEAMPROJECT").unwrap_or_default();
    ci.run = around.get("BUILD_BUILDID").map(|build| {
        format!(
            "{}/{}/_build/results?buildId={}&view=results",
            collection.trim_end_matches('/'),
            segment(&project),
            segment(&build)
        )
    });
    ci.checkout = around.get("BUILD_SOURCESDIRECTORY");
    // Of a pull request the version is a merge that nobody will ever see.
    ci.commit = around.get("SYSTEM_PULLREQUEST_SOURCECOMMITID").or_else(|| {
        let is_pull = around.get("SYSTEM_PULLREQUEST_PULLREQUESTID").is_some();
        around.get("BUILD_SOURCEVERSION").filter(|_| !is_pull)
    });
    if around.is_true("SYSTEM_PULLREQUEST_ISFORK") {
        ci.branch = Branch::OfFork;
    }
}
