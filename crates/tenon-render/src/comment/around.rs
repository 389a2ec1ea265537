//! What the host of a pull request adds to a plan.

use tenon_model::place::from_root;

use super::Mark;
use crate::Text;

/// Which Markdown a host understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// GitHub: alerts, folds, Mermaid in a fence.
    #[default]
    GitHub,
    /// GitLab: as GitHub, but alerts only in newer versions (17.10).
    GitLab,
    /// Azure Repos: folds; Mermaid only in wikis.
    AzureRepos,
}

/// Where the lines of a spec are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The address of the repository for browsers, without a slash at its end.
    pub repository: String,
    /// The commit that was planned.
    pub commit: String,
    /// The folder that file names of the plan begin in, from the root of the
    /// repository; empty for the root itself.
    pub folder: String,
}

/// How an apply of the plan ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In a few words: `applied in 11m14s`.
    pub headline: String,
    /// The report.
    pub text: Text,
}

/// What stands around a plan.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// The first line, which nobody sees.
    pub mark: Mark,
    /// What the host understands.
    pub dialect: Dialect,
    /// The most bytes of the whole; none for as many as it takes.
    pub budget: Option<usize>,
    /// Where spec lines can be looked at.
    pub links: Option<Links>,
    /// The address of the run that made the plan.
    pub run: Option<String>,
    /// Where all of the plan is, in Markdown of the caller's own words.
    pub whole: Option<String>,
    /// The plan as a Mermaid flow chart.
    pub picture: Option<String>,
    /// How it was applied.
    pub outcome: Option<Outcome>,
}

impl Links {
    /// The address of a line, as the host spells it.
    pub(super) fn line(&self, dialect: Dialect, file: &str, line: u32) -> String {
        let file = path(&self.folder, file);
        let (repository, commit) = (&self.repository, &self.commit);
        match dialect {
            Dialect::GitHub => format!("{repository}/blob/{commit}/{file}#L{line}"),
            Dialect::GitLab => format!("{repository}/-/blob/{commit}/{file}#L{line}"),
            Dialect::AzureRepos => format!(
                "{repository}?path=/{file}&version=GC{commit}&line={line}&lineEnd={}&lineStartColumn=1&lineEndColumn=1",
                line + 1
            ),
        }
    }
}

/// A path within a repository, with everything escaped that an address or
/// Markdown would take for its own.
fn path(folder: &str, file: &str) -> String {
    let path = from_root(folder, file);
    let parts: Vec<String> = path.split('/').map(escaped).collect();
    parts.join("/")
}

fn escaped(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => out.push(byte.into()),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
