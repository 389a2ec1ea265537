//! What is wrong with policies, at their own lines.

use tenon_model::{Code, Diagnostic, Help, Place};

use crate::File;
use crate::rules::Rule;

/// A policy that cannot be read.
pub(crate) fn unusable(error: &str, files: &[File]) -> Diagnostic {
    let (place, why) = located(error, files);
    let problem = Diagnostic::error(
        Code::PolicyUnusable,
        match &place {
            Some(place) => format!("the policy `{}` cannot be used", place.file),
            None => "a policy cannot be used".to_owned(),
        },
    );
    pointed(problem, place, &why).help(Help::text(
        "mend the policy; Rego is that of version 1: `deny contains result if { … }`",
    ))
}

/// A rule that ended badly.
pub(crate) fn failed(error: &str, rule: &Rule, files: &[File]) -> Diagnostic {
    let (place, why) = located(error, files);
    let name = &rule.name;
    let problem = Diagnostic::error(
        Code::PolicyUnusable,
        format!("`{name}` of the policies cannot be evaluated over this plan"),
    );
    if why.contains("exceeded time limit") {
        let place = place.or_else(|| rule.places.first().cloned());
        return pointed(problem, place, "it takes too long")
            .help(Help::text("look at less: name changes by their members"));
    }
    let place = place.or_else(|| rule.places.first().cloned());
    pointed(problem, place, &why).help(Help::text(
        "mend the policy; functions of time, random numbers and the network are left out here",
    ))
}

/// A result that is none.
pub(crate) fn odd_result(rule: &Rule, why: &str) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::PolicyUnusable,
        format!(
            "`{}` of the policies has a result that is no verdict",
            rule.name
        ),
    );
    pointed(problem, rule.places.first().cloned(), why).help(Help::text(
        "write text, or an object with `msg` and perhaps `address`",
    ))
}

/// All of them, for a reason that is not theirs.
pub(crate) fn broke(why: &str) -> Diagnostic {
    Diagnostic::error(
        Code::PolicyUnusable,
        "the policies cannot be evaluated over this plan",
    )
    .note(why)
    .help(Help::text(
        "take policies out until it works, and report the one that breaks it",
    ))
}

fn pointed(problem: Diagnostic, place: Option<Place>, why: &str) -> Diagnostic {
    match place {
        Some(place) => problem.at(&place, why),
        None => problem.note(why),
    }
}

/// Takes apart what the engine says: `--> FILE:LINE:COLUMN`, the line, a caret,
/// `error: WHY`.
fn located(error: &str, files: &[File]) -> (Option<Place>, String) {
    let why = error
        .lines()
        .find_map(|line| line.strip_prefix("error: "))
        .or(error.lines().find(|line| !line.trim().is_empty()))
        .unwrap_or("no reason is given");
    let place = error.lines().find_map(|line| {
        let mut parts = line.strip_prefix("--> ")?.rsplitn(3, ':');
        let column = parts.next()?.trim().parse().ok()?;
        let number = parts.next()?.parse().ok()?;
        Some(place(parts.next()?, number, column, files))
    });
    (place, why.trim().to_owned())
}

/// A place of a policy; lines and columns from 1.
pub(crate) fn place(name: &str, line: u32, column: u32, files: &[File]) -> Place {
    let text = files
        .iter()
        .find(|file| file.name == name)
        .map_or("", |file| &file.text);
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    let mut lines = text.split_inclusive('\n');
    let start: usize = lines.by_ref().take(before).map(str::len).sum();
    let rest = lines.next().unwrap_or("").trim_end();
    let column = column.max(1);
    let skipped = usize::try_from(column - 1).unwrap_or(usize::MAX);
    let mut letters = rest.char_indices().map(|(at, _)| at);
    let at = letters.nth(skipped).unwrap_or(rest.len());
    // As far as the word goes.
    let word = rest[at..].find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    let width = word.unwrap_or(rest.len() - at).max(1).min(rest.len() - at);
    Place {
        line,
        column,
        start: start + at,
        end: start + at + width,
        ..Place::whole(name)
    }
}
