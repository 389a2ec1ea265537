//! What a pipeline shows by itself: the summary of its job, notes beside lines,
//! reports that it reads.

use std::path::{Path, PathBuf};

use tenon_model::Diagnostic;

use super::Matter;
use crate::arguments::CommentArguments;
use crate::comment::ci::Runner;
use crate::comment::{annotations, reports, summary};
use crate::credentials::variable;
use crate::files;
use crate::output::{self, Output};

/// Writes all of it, and returns what could not be written.
///
/// Runners read commands from both streams; standard output is for programs
/// where they asked for it.
pub(super) fn show(
    matter: &Matter,
    options: &CommentArguments,
    output: &Output,
) -> Vec<Diagnostic> {
    let command = |line: &str| {
        let line = format!("{line}\n");
        if output.is_json() {
            output::print_error(&line);
        } else {
            output::print(&line);
        }
    };
    let notes = annotations::notes(&matter.plan, &matter.folder);
    let mut problems = summarize(matter, &command);
    if matter.applied.is_none() {
        let lines = match matter.ci.runner {
            Some(Runner::GitHub) => annotations::github(&notes),
            Some(Runner::Azure) => annotations::azure(&notes),
            Some(Runner::GitLab) | None => Vec::new(),
        };
        lines.iter().for_each(|line| command(line));
    }
    let wanted = [
        (&options.gitlab_report, reports::counts(&matter.plan)),
        (&options.code_quality, reports::quality(&notes)),
    ];
    for (path, document) in wanted {
        if let Some(path) = path {
            let written = files::replace(path, &format!("{document:#}\n"));
            problems.extend(written.err().map(|error| files::unwritable(path, &error)));
        }
    }
    problems
}

fn summarize(matter: &Matter, command: &dyn Fn(&str)) -> Vec<Diagnostic> {
    let commit = matter.ci.commit.as_deref();
    let render = |budget: usize| matter.body(commit, budget);
    let failed = |path: &Path, error: &std::io::Error| vec![files::unwritable(path, error)];
    match matter.ci.runner {
        Some(Runner::GitHub) => {
            let Some(path) = variable("GITHUB_STEP_SUMMARY").map(PathBuf::from) else {
                return Vec::new();
            };
            match summary::append(&path, &render) {
                Ok(()) => Vec::new(),
                Err(error) => failed(&path, &error),
            }
        }
        Some(Runner::Azure) => {
            let folder = variable("AGENT_TEMPDIRECTORY").map(PathBuf::from);
            let folder = folder.unwrap_or_else(std::env::temp_dir);
            match summary::upload(&folder, &matter.plan.deployment.name, &render) {
                Ok(line) => {
                    command(&line);
                    Vec::new()
                }
                Err(error) => failed(&folder, &error),
            }
        }
        Some(Runner::GitLab) | None => Vec::new(),
    }
}
