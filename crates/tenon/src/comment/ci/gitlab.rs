//! GitLab, from GitLab CI or from elsewhere.

use tenon_client::Built;
use tenon_model::Diagnostic;

use super::{Around, Branch, Ci, Kind, Named, Runner, unknown_repository};

pub(super) fn detect(
    around: &Around<'_>,
    runner: Option<Runner>,
    named: &Named,
) -> Result<Ci, Box<Diagnostic>> {
    let here = |name: &str| around.get(name).filter(|_| runner.is_some());
    let project = here("CI_PROJECT_ID");
    // A merge request of a fork may run in the fork, and belongs elsewhere.
    let target = here("CI_MERGE_REQUEST_PROJECT_ID").or_else(|| project.clone());
    let source = here("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
    let of_fork = source.is_some() && source != target;
    let repository = named
        .repository
        .clone()
        .or(target)
        .ok_or_else(|| unknown_repository(Kind::GitLab, "GROUP/PROJECT, or its number"))?;
    let api = around.get("CI_API_V4_URL");
    let api = api.unwrap_or_else(|| "https://gitlab.com/api/v4".to_owned());
    let own = here("CI_COMMIT_SHA");
    // In pipelines of merged results the commit is one that nobody will see.
    let head = here("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").or_else(|| own.clone());
    let pipeline = here("CI_PIPELINE_ID").and_then(|id| id.parse().ok());
    let named_elsewhere = named.repository.is_some();
    Ok(Ci {
        kind: Kind::GitLab,
        runner,
        api: api.trim_end_matches('/').to_owned(),
        graphql: String::new(),
        project: String::new(),
        web: here("CI_MERGE_REQUEST_SOURCE_PROJECT_URL").or_else(|| here("CI_PROJECT_URL")),
        pull: here("CI_MERGE_REQUEST_IID").and_then(|iid| iid.parse().ok()),
        commit: head,
        run: here("CI_JOB_URL").or_else(|| here("CI_PIPELINE_URL")),
        checkout: here("CI_PROJECT_DIR"),
        branch: if of_fork { Branch::OfFork } else { Branch::Own },
        built: Built {
            project: project.filter(|_| !named_elsewhere),
            pipeline: own.zip(pipeline),
        },
        repository,
    })
}
