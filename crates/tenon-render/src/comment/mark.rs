//! The first line of a comment, by which the program knows its own again.
//!
//! An HTML comment that holds one JSON object. Nothing else of a comment is
//! ever read back: what a person sees is for people.

use serde::{Deserialize, Serialize};

const BEFORE: &str = "<!-- tenon:v1 ";
const AFTER: &str = " -->";
/// Far more than a name, a digest and a commit need; a longer line is not ours.
const LONGEST: usize = 4096;

/// What the first line of a comment says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The deployment that the comment is about.
    pub deployment: String,
    /// The digest of the plan; none if there is no plan that could be applied.
    #[serde(default)]
    pub digest: Option<String>,
    /// The commit that was planned; empty if nobody said.
    #[serde(default)]
    pub head: String,
    /// What became of the plan.
    #[serde(default, skip_serializing_if = "CommentState::is_open")]
    pub state: CommentState,
}

/// What became of the plan that a comment shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// It is the newest one. A newer one takes its place.
    #[default]
    Open,
    /// It was applied. The comment is a record and stays as it is.
    Applied,
    /// Another comment took its place. A word of a newer version counts as
    /// this one, because such comments are left alone.
    #[serde(other)]
    Outdated,
}

impl CommentState {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

impl Mark {
    /// Returns the line, without a line break.
    ///
    /// Neither `--` nor `<` nor `>` occurs inside of it, so that no name can
    /// end the HTML comment early.
    #[must_use]
    pub fn line(&self) -> String {
        // Strings and options only: this cannot fail.
        let json = serde_json::to_string(self).unwrap_or_default();
        let json = json
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace("--", "-\\u002d");
        format!("{BEFORE}{json}{AFTER}")
    }

    /// Reads the mark of a comment: its first line and nothing else, so that a
    /// comment that quotes another one is not taken for it.
    #[must_use]
    pub fn read(body: &str) -> Option<Self> {
        let line = body.lines().next()?;
        if line.len() > LONGEST {
            return None;
        }
        // Some hosts turn line ends into CR LF, or add spaces.
        let json = line.trim_end().strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
        serde_json::from_str(json).ok()
    }
}

#[cfg(test)]
mod tests;
