//! Chores of the workspace: `cargo xtask <chore>`.
//!
//! A chore reads the workspace and says what is wrong with it; only `docs`
//! writes anything. Those that need no network run as tests as well, so that
//! `cargo test` finds what `.ci/run` would.

mod behaviours;
mod docs;
mod licences;
mod metadata;
mod walls;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <chore>

  docs             writes docs/spec.md and docs/kinds.md from the program's own tables
  docs --check     says whether they are up to date
  behaviours       checks that every test that docs/behaviours.md names is there
  walls            checks which crate depends on which, and what lies at the top level
  licences         checks the licences of all dependencies
";

/// What a chore found: nothing, or what is wrong.
type Outcome = Result<String, Vec<String>>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        ["behaviours"] => behaviours::check(),
        ["walls"] => walls::check(),
        ["licences"] => licences::check(),
        _ => Err(vec![USAGE.trim_end().to_owned()]),
    };
    match outcome {
        Ok(words) => {
            say(&mut std::io::stdout(), &words);
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in problems {
                say(&mut std::io::stderr(), &problem);
            }
            ExitCode::FAILURE
        }
    }
}

/// Writes a line; whoever closed the pipe has seen enough.
fn say(out: &mut dyn std::io::Write, line: &str) {
    let _ = writeln!(out, "{line}");
}
