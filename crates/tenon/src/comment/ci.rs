//! Which host, repository, pull request and commit this is about, by the
//! variables that pipelines set.
//!
//! Sources: GitHub Docs, "Variables reference" and "Events that trigger
//! workflows"; GitLab Docs, "Predefined CI/CD variables"; Microsoft Learn,
//! "Use predefined variables" (Azure Pipelines).

mod azure;
mod github;
mod gitlab;

use clap::ValueEnum;
use tenon_model::{Code, Diagnostic, Help};

/// A host of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// GitHub, or a GitHub Enterprise Server
    #[value(name = "github")]
    GitHub,
    /// GitLab
    #[value(name = "gitlab")]
    GitLab,
    /// Azure Repos
    AzureRepos,
}

/// Who runs the pipeline, and shows summaries and annotations. Azure Pipelines
/// builds repositories of GitHub as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Azure Pipelines.
    Azure,
}

/// Whether the branch is one of the repository itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Branch {
    /// It is, or nobody says otherwise.
    #[default]
    Own,
    /// It is one of a fork, whose pipelines get no rights.
    OfFork,
}

/// Where a comment goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ci {
    /// The host.
    pub(crate) kind: Kind,
    /// Who runs this, if a pipeline does.
    pub(crate) runner: Option<Runner>,
    /// The base address of the API; in Azure Repos that of the collection.
    pub(crate) api: String,
    /// The address of GraphQL; GitHub only.
    pub(crate) graphql: String,
    /// The project; Azure Repos only.
    pub(crate) project: String,
    /// The repository, as the API takes it.
    pub(crate) repository: String,
    /// The address of the repository for browsers.
    pub(crate) web: Option<String>,
    /// The pull request.
    pub(crate) pull: Option<u64>,
    /// The commit that was planned: the head of the branch, never a merge that
    /// only exists for the pipeline.
    pub(crate) commit: Option<String>,
    /// The address of this run.
    pub(crate) run: Option<String>,
    /// The folder that the repository is checked out into.
    pub(crate) checkout: Option<String>,
    /// Whose branch it is.
    pub(crate) branch: Branch,
    /// GitLab: the project, commit and pipeline that are built.
    pub(crate) built: tenon_client::Built,
}

impl Ci {
    /// A host of which nothing else is known.
    pub(crate) fn at(kind: Kind) -> Self {
        Self {
            kind,
            runner: None,
            api: String::new(),
            graphql: String::new(),
            project: String::new(),
            repository: String::new(),
            web: None,
            pull: None,
            commit: None,
            run: None,
            checkout: None,
            branch: Branch::Own,
            built: tenon_client::Built::default(),
        }
    }
}

/// What the command line says about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// `--host`
    pub(crate) host: Option<Kind>,
    /// `--repository`
    pub(crate) repository: Option<String>,
    /// `--pull-request`
    pub(crate) pull: Option<u64>,
    /// `--commit`
    pub(crate) commit: Option<String>,
}

/// What is around the program: variables, and the file of an event.
pub(crate) struct Around<'a> {
    /// A variable that has a value.
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file.
    pub(crate) read: &'a dyn Fn(&str) -> Option<String>,
}

impl Around<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// Who runs this.
    fn runner(&self) -> Option<Runner> {
        if self.is_true("GITHUB_ACTIONS") {
            Some(Runner::GitHub)
        } else if self.is_true("GITLAB_CI") {
            Some(Runner::GitLab)
        } else if self.is_true("TF_BUILD") {
            Some(Runner::Azure)
        } else {
            None
        }
    }

    /// The host of the repository that the runner builds.
    fn host(&self, runner: Runner) -> Option<Kind> {
        match runner {
            Runner::GitHub => Some(Kind::GitHub),
            Runner::GitLab => Some(Kind::GitLab),
            Runner::Azure => azure::host(self),
        }
    }
}

/// Finds out where a comment goes.
///
/// # Errors
///
/// What is not known, and how to say it.
pub(crate) fn detect(around: &Around<'_>, named: &Named) -> Result<Ci, Box<Diagnostic>> {
    let runner = around.runner();
    let built = runner.and_then(|runner| around.host(runner));
    let Some(kind) = named.host.or(built) else {
        return Err(Box::new(unknown_host(runner)));
    };
    // What a runner says holds for the host that it builds for.
    let runs_here = runner.filter(|_| built == Some(kind));
    let mut ci = match kind {
        Kind::GitHub => github::detect(around, runs_here, named),
        Kind::GitLab => gitlab::detect(around, runs_here, named),
        Kind::AzureRepos => azure::detect(around, runs_here, named),
    }?;
    ci.runner = runner;
    refine(&mut ci, named);
    match &ci.commit {
        Some(commit) if !is_commit(commit) => Err(Box::new(
            Diagnostic::error(Code::Usage, "the commit is no commit id")
                .help(Help::text("write --commit with 7 to 64 hexadecimal digits")),
        )),
        _ => Ok(ci),
    }
}

/// Puts what was named in place of what was found. Another pull request has
/// another head, and another commit another pull request; both are looked up.
fn refine(ci: &mut Ci, named: &Named) {
    match (named.pull, &named.commit) {
        (None, None) => {}
        (pull, Some(commit)) => {
            ci.pull = pull;
            ci.commit = Some(commit.clone());
        }
        (Some(pull), None) => {
            if ci.pull.is_some_and(|found| found != pull) {
                ci.commit = None;
            }
            ci.pull = Some(pull);
        }
    }
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn unknown_host(runner: Option<Runner>) -> Diagnostic {
    let message = match runner {
        Some(_) => "this pipeline builds a repository of a host that cannot be commented on",
        None => "no pipeline says which host and pull request this is about",
    };
    Diagnostic::error(Code::PullRequestUnknown, message)
        .note("known are GitHub, GitLab and Azure Repos")
        .help(Help::command(
            "name both",
            "tenon comment PLAN --host github --repository OWNER/NAME --pull-request N",
        ))
        .help(Help::text("or look at the comment only, with --dry-run"))
}

fn unknown_repository(kind: Kind, form: &str) -> Box<Diagnostic> {
    let name = kind.name();
    Box::new(
        Diagnostic::error(
            Code::PullRequestUnknown,
            format!("the repository at {name} is not known"),
        )
        .help(Help::text(format!("write --repository {form}"))),
    )
}

impl Kind {
    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::AzureRepos => "Azure Repos",
        }
    }

    /// The most bytes of a comment: below what the host takes in characters,
    /// 65,536, 1,000,000 and 150,000.
    pub(crate) fn budget(self) -> usize {
        match self {
            Self::GitHub => 60_000,
            Self::GitLab => 980_000,
            Self::AzureRepos => 145_000,
        }
    }
}

/// A text as a part of an address for browsers.
fn segment(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
