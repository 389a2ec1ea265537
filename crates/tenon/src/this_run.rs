//! Which run this is, and who started it: for the lease and the journal.

use jiff::Timestamp;

use crate::credentials::variable;

/// A run of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThisRun {
    /// `20260822-092002-7f3a9c`: when it began, and something of its own.
    pub(crate) id: String,
    /// A person and a machine, or a pipeline's run with its pull request.
    pub(crate) by: String,
}

impl ThisRun {
    /// This one.
    pub(crate) fn begin() -> Self {
        let own = uuid::Uuid::new_v4().simple().to_string();
        let began = Timestamp::now().strftime("%Y%m%d-%H%M%S");
        Self {
            id: format!("{began}-{}", &own[..6]),
            by: by(&variable),
        }
    }
}

/// Who runs this, by the variables that pipelines set.
fn by(variable: &dyn Fn(&str) -> Option<String>) -> String {
    let known = |name: &str| variable(name).unwrap_or_else(|| "?".to_owned());
    if variable("GITHUB_ACTIONS").is_some() {
        let reference = variable("GITHUB_REF").unwrap_or_default();
        let pull = reference.strip_prefix("refs/pull/");
        let pull = pull.and_then(|rest| rest.split('/').next());
        let (run, of) = (known("GITHUB_RUN_ID"), known("GITHUB_REPOSITORY"));
        return format!(
            "GitHub Actions run {run} of {of}{}",
            asked("pull request #", pull)
        );
    }
    if variable("TF_BUILD").is_some() {
        let number = variable("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER")
            .or_else(|| variable("SYSTEM_PULLREQUEST_PULLREQUESTID"));
        let (run, of) = (known("BUILD_BUILDID"), known("BUILD_REPOSITORY_NAME"));
        let pull = asked("pull request #", number.as_deref());
        return format!("Azure Pipelines run {run} of {of}{pull}");
    }
    if variable("GITLAB_CI").is_some() {
        let number = variable("CI_MERGE_REQUEST_IID");
        let (run, of) = (known("CI_PIPELINE_ID"), known("CI_PROJECT_PATH"));
        let pull = asked("merge request !", number.as_deref());
        return format!("GitLab pipeline {run} of {of}{pull}");
    }
    let user = variable("USER").or_else(|| variable("USERNAME"));
    let host = variable("HOSTNAME")
        .or_else(|| variable("COMPUTERNAME"))
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok());
    let host = host.map(|host| host.trim().to_owned());
    match (user, host.filter(|host| !host.is_empty())) {
        (Some(user), Some(host)) => format!("{user} on {host}"),
        (Some(user), None) => user,
        (None, Some(host)) => format!("somebody on {host}"),
        (None, None) => "somebody".to_owned(),
    }
}

fn asked(what: &str, number: Option<&str>) -> String {
    number.map_or_else(String::new, |number| format!(" ({what}{number})"))
}

#[cfg(test)]
mod tests {
    use super::by;

    #[track_caller]
    fn check(variables: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(by(&variable), expected);
    }

    #[test]
    fn pipelines_say_their_run_and_pull_request() {
        check(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_RUN_ID", "5123"),
                ("GITHUB_REPOSITORY", "contoso/fleet"),
                ("GITHUB_REF", "refs/pull/118/merge"),
            ],
            "GitHub Actions run 5123 of contoso/fleet (pull request #118)",
        );
        check(
            &[
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_RUN_ID", "5124"),
                ("GITHUB_REPOSITORY", "contoso/fleet"),
                ("GITHUB_REF", "refs/heads/main"),
            ],
            "GitHub Actions run 5124 of contoso/fleet",
        );
        check(
            &[
                ("TF_BUILD", "True"),
                ("BUILD_BUILDID", "77"),
                ("BUILD_REPOSITORY_NAME", "fleet"),
                ("SYSTEM_PULLREQUEST_PULLREQUESTID", "9"),
            ],
            "Azure Pipelines run 77 of fleet (pull request #9)",
        );
        check(
            &[
                ("GITLAB_CI", "true"),
                ("CI_PIPELINE_ID", "3"),
                ("CI_PROJECT_PATH", "contoso/fleet"),
                ("CI_MERGE_REQUEST_IID", "4"),
            ],
            "GitLab pipeline 3 of contoso/fleet (merge request !4)",
        );
        check(&[("USER", "mo"), ("HOSTNAME", "desk")], "mo on desk");
    }
}
