//! Options of `comment`.

use std::path::PathBuf;

use clap::Args;

use crate::comment::ci::Kind;

/// Options of `comment`.
#[derive(Args, Debug)]
pub(crate) struct CommentArguments {
    /// A saved plan
    #[arg(value_name = "PLAN", default_value = "plan.tenon")]
    pub(crate) plan: PathBuf,
    /// Add how the plan was applied, from what `apply --report` wrote, and keep the comment as it is from then on
    #[arg(long, visible_alias = "run", value_name = "REPORT")]
    pub(crate) applied: Option<PathBuf>,
    /// Print the comment and what would be done; send and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The host of the pull request [default: that of the pipeline]
    #[arg(long, value_enum)]
    pub(crate) host: Option<Kind>,
    /// The repository: OWNER/NAME, GROUP/PROJECT, or ORGANIZATION/PROJECT/REPOSITORY [default: that of the pipeline]
    #[arg(long, value_name = "NAME")]
    pub(crate) repository: Option<String>,
    /// The number of the pull request [default: that of the pipeline, or of the commit]
    #[arg(long, value_name = "N")]
    pub(crate) pull_request: Option<u64>,
    /// The commit that was planned [default: the newest one of the pull request]
    #[arg(long, value_name = "ID")]
    pub(crate) commit: Option<String>,
    /// Post no status
    #[arg(long)]
    pub(crate) no_status: bool,
    /// Write the counts that GitLab shows in a merge request (artifacts:reports:terraform)
    #[arg(long, value_name = "FILE")]
    pub(crate) gitlab_report: Option<PathBuf>,
    /// Write problems and what is destroyed as GitLab's code quality report
    #[arg(long, value_name = "FILE")]
    pub(crate) code_quality: Option<PathBuf>,
}
