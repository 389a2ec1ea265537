//! Which plan was reviewed: the digest in the status of the pull request.
//!
//! A comment can be edited by whoever may write; a status can only be followed
//! by another one. It counts when the account of our own token posted it, as
//! it does for `tenon comment` in the same pipeline.

use std::sync::Arc;

use tenon_client::{Host, HostSettings, Posted, PullRequest, RealHttp, ca_file_from_environment};
use tenon_model::{Code, Diagnostic, Help};

use super::ci::{self, Around, Ci, Named};
use super::problems::{Doing, explain};
use super::{connect, status_name};
use crate::credentials::variable;

/// What stands for the digest on a command line.
pub(crate) const REVIEWED: &str = "reviewed";

/// Asks the host of the pipeline for the digest of a deployment's plan in the
/// pull request that the commit came with.
///
/// # Errors
///
/// When there is no such pull request or status, or the host does not tell.
pub(crate) async fn digest(deployment: &str) -> Result<String, Box<Diagnostic>> {
    let around = Around {
        variable: &variable,
        read: &|path| std::fs::read_to_string(path).ok(),
    };
    let ci = ci::detect(&around, &Named::default()).map_err(|problem| nothing(&problem.message))?;
    let http = RealHttp::new(ca_file_from_environment().as_deref()).map_err(|error| {
        let problem = Diagnostic::error(Code::HostDoesNotAnswer, "no connection can be made");
        Box::new(
            problem
                .note(error.to_string())
                .help(Help::text("look at TENON_CA_FILE and SSL_CERT_FILE")),
        )
    })?;
    let host = connect::host(&ci, &HostSettings::new(Arc::new(http)), &variable)?;
    digest_at(&host, &ci, deployment).await
}

/// Asks `host`.
pub(super) async fn digest_at(
    host: &Host,
    ci: &Ci,
    deployment: &str,
) -> Result<String, Box<Diagnostic>> {
    let found = match (ci.pull, &ci.commit) {
        (Some(pull), _) => host.pull_request(pull).await.map(Some),
        (None, Some(commit)) => {
            let all = host.pull_requests_of(commit).await;
            all.map(|all| all.into_iter().next())
        }
        (None, None) => Ok(None),
    };
    let pull = found
        .map_err(|error| Box::new(explain(ci, Doing::Finding, &error)))?
        .ok_or_else(|| nothing("this commit came without a pull request"))?;
    let name = status_name(deployment);
    let posted = posted(host, &pull, &name).await;
    let posted = posted.map_err(|error| Box::new(explain(ci, Doing::Reading, &error)))?;
    let digest = posted.iter().find_map(|one| digest_in(&one.description));
    digest.ok_or_else(|| {
        let number = pull.number;
        nothing(&format!(
            "pull request {number} has no status `{name}` of ours with a digest"
        ))
    })
}

/// Ours, the newest first.
async fn posted(
    host: &Host,
    pull: &PullRequest,
    name: &str,
) -> Result<Vec<Posted>, tenon_client::HostError> {
    let me = host.whoami().await?;
    let mut all = host.statuses(pull, name).await?;
    all.retain(|one| one.author == me);
    Ok(all)
}

/// The digest at the end of a description.
fn digest_in(description: &str) -> Option<String> {
    let (_, hex) = description.rsplit_once("sha256:")?;
    let is_whole = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_whole.then(|| format!("sha256:{hex}"))
}

fn nothing(why: &str) -> Box<Diagnostic> {
    let problem = Diagnostic::error(
        Code::NothingReviewed,
        "the pull request does not say which plan was reviewed; nothing was changed",
    );
    Box::new(
        problem
            .note(why)
            .help(Help::text(
                "let a pull request plan it: `tenon plan`, then `tenon comment`",
            ))
            .help(Help::text(
                "or look at the plan and name its digest: --expect sha256:…",
            )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_whole_or_none() {
        let hex = "0123456789abcdef".repeat(4);
        let whole = format!("3 replace, 1 create; sha256:{hex}");
        assert_eq!(digest_in(&whole), Some(format!("sha256:{hex}")));
        assert_eq!(digest_in(&format!("{whole} and more")), None);
        assert_eq!(digest_in("applied in 12s"), None);
    }
}
