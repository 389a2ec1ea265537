//! Where the files of a deployment are read: here, or in a revision of the
//! repository that they are in.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::process::Command;

use tenon_model::{Code, Diagnostic, Help};

/// Where files are read.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    /// On disk.
    Here,
    /// As they were in a commit.
    Commit(Commit),
}

/// A commit of the repository around this folder.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    /// Its name, in hexadecimal digits.
    pub(crate) name: String,
}

impl Commit {
    /// Finds the commit that a revision stands for.
    pub(crate) fn find(revision: &str) -> std::result::Result<Self, Box<Diagnostic>> {
        // A revision that begins with a dash would be an option.
        let asked = format!("{revision}^{{commit}}");
        let found = git(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &asked,
        ]);
        match found {
            Ok(name) if !name.trim().is_empty() => Ok(Self {
                name: name.trim().to_owned(),
            }),
            Ok(_) => Err(Box::new(missing(revision, None))),
            Err(error) => Err(Box::new(missing(revision, Some(&error)))),
        }
    }
}

fn missing(revision: &str, error: Option<&Error>) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::UnreadableFile,
        format!("there is no revision `{revision}` here"),
    );
    let problem = match error
        .map(ToString::to_string)
        .filter(|text| !text.is_empty())
    {
        Some(text) => problem.note(text),
        None => problem,
    };
    problem
        .help(Help::command(
            "fetch it first; a pipeline's checkout is shallow",
            "git fetch --depth=1 origin main, then --base FETCH_HEAD",
        ))
        .help(Help::text(
            "or name a revision that is here: a branch, a tag, a commit",
        ))
}

impl Tree {
    /// Reads a text. Paths are those of the disk, also in a commit.
    pub(crate) fn read(&self, path: &Path) -> Result<String> {
        let Self::Commit(commit) = self else {
            return std::fs::read_to_string(path);
        };
        let here = std::env::current_dir()?;
        let path = match path.strip_prefix(&here) {
            Ok(inside) => inside,
            // Keys of the user, and whatever else lies outside, is in no
            // commit.
            Err(_) if path.is_absolute() => return std::fs::read_to_string(path),
            Err(_) => path,
        };
        let name = path.to_string_lossy().replace('\\', "/");
        git(&[
            "show",
            "--end-of-options",
            &format!("{}:./{name}", commit.name),
        ])
    }
}

/// Runs git and returns what it prints.
fn git(arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .env("LC_ALL", "C")
        .output()
        .map_err(|error| Error::new(error.kind(), format!("git cannot be run: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let kind = match said.contains("does not exist") || said.contains("exists on disk, but") {
            true => ErrorKind::NotFound,
            false => ErrorKind::Other,
        };
        return Err(Error::new(kind, said.trim().to_owned()));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| Error::new(ErrorKind::InvalidData, "it is not a text in UTF-8"))
}
