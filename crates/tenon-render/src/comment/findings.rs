//! What is wrong, what is worth a look, and what was looked at beforehand.

use tenon_model::Diagnostic;
use tenon_model::diagnostic::Severity;
use tenon_model::plan::preflight::{Check, Status};

use super::Page;
use super::budget::Level;
use super::markdown::{code, fence, fold};
use crate::plan::preflight::counts;
use crate::words::count;
use crate::{Depth, Options, diagnostics};

/// Problems that are told with the line of the spec.
const WHOLE: usize = 10;
/// Problems that are told in one line.
const SHORT: usize = 40;

/// Returns the errors: the plan cannot be applied before they are gone.
pub(super) fn errors(page: &Page<'_>, level: Level) -> Option<String> {
    let found = of(page, Severity::Error);
    if found.is_empty() {
        return None;
    }
    let way = explain(&found);
    let whole = level <= Level::Lines && found.len() <= WHOLE;
    let shown = if whole {
        in_full(page, &found)
    } else {
        short(&found)
    };
    Some(format!("{}\n\n{way}", fence("text", &shown)))
}

/// Returns the warnings.
pub(super) fn warnings(page: &Page<'_>, level: Level) -> Option<String> {
    let found = of(page, Severity::Warning);
    if found.is_empty() {
        return None;
    }
    if level == Level::Full && found.len() <= WHOLE {
        let shown = fence("text", &in_full(page, &found));
        return Some(match found.len() {
            1 | 2 => shown,
            many => fold(&count(many, "warning"), &shown),
        });
    }
    let shown = fence("text", &short(&found));
    Some(fold(&count(found.len(), "warning"), &shown))
}

fn of<'a>(page: &Page<'a>, severity: Severity) -> Vec<&'a Diagnostic> {
    let all = page.plan.diagnostics.iter();
    all.filter(|one| one.severity == severity).collect()
}

fn in_full(page: &Page<'_>, found: &[&Diagnostic]) -> String {
    let owned: Vec<Diagnostic> = found.iter().map(|one| (*one).clone()).collect();
    let options = Options {
        depth: Depth::Normal,
        ..Options::default()
    };
    diagnostics(&owned, page.sources, &options).plain()
}

fn short(found: &[&Diagnostic]) -> String {
    let mut lines: Vec<String> = found
        .iter()
        .take(SHORT)
        .map(|one| {
            let place = one.place().map_or(String::new(), |place| {
                format!("   {}:{}", place.file, place.line)
            });
            let severity = if one.is_error() { "error" } else { "warning" };
            let said = format!("{severity}[{}]: {}{place}", one.code, one.message);
            crate::text::clean(&said, crate::Glyphs::Unicode).into_owned()
        })
        .collect();
    if found.len() > SHORT {
        lines.push(format!("… {} more", found.len() - SHORT));
    }
    lines.join("\n")
}

fn explain(found: &[&Diagnostic]) -> String {
    let mut codes: Vec<String> = found.iter().map(|one| one.code.to_string()).collect();
    codes.sort();
    codes.dedup();
    let said: Vec<String> = codes
        .iter()
        .take(3)
        .map(|one| code(&format!("tenon explain {one}")))
        .collect();
    let verb = if said.len() == 1 { "says" } else { "say" };
    format!("{} {verb} more.", said.join(", "))
}

/// Returns what was looked at before.
pub(super) fn preflight(page: &Page<'_>, level: Level) -> Option<String> {
    let all = &page.plan.preflight;
    if all.is_empty() {
        return None;
    }
    let counted = counts(page.plan);
    let counted: Vec<&str> = counted.iter().map(|(_, words)| words.as_str()).collect();
    let title = format!("Preflight: {}", counted.join(", "));
    if level >= Level::Counts {
        return Some(title);
    }
    let mut rows = Vec::new();
    for status in [Status::Failed, Status::Warning, Status::Skipped, Status::Ok] {
        let mine: Vec<&Check> = all.iter().filter(|one| one.status == status).collect();
        for alike in
            mine.chunk_by(|a, b| a.about == b.about && a.code == b.code && a.reason == b.reason)
        {
            rows.push(row(alike));
        }
    }
    let table = format!("| | Check | Of |\n|---|---|---|\n{}", rows.join("\n"));
    Some(fold(&title, &table))
}

/// Checks of the same sort with the same end, in one row.
fn row(alike: &[&Check]) -> String {
    const NAMED: usize = 6;
    let first = alike[0];
    let word = match first.status {
        Status::Ok => "ok",
        Status::Warning => "warn",
        Status::Failed => "**fail**",
        Status::Skipped => "skipped",
    };
    let subjects = alike.iter().map(|one| one.subject.as_str());
    let subjects: Vec<&str> = subjects.filter(|one| !one.is_empty()).collect();
    let mut of: Vec<String> = subjects.iter().take(NAMED).map(|one| code(one)).collect();
    if subjects.len() > NAMED {
        of.push(format!("{} more", subjects.len() - NAMED));
    }
    let mut said = of.join(", ");
    if let Some(reason) = &first.reason {
        said = format!("{said} {}", code(reason));
    }
    if let Some(found) = first.code {
        said = format!("{said} {found}");
    }
    let mut about = first.about.words();
    if of.is_empty() {
        for preposition in [" in", " of", " to"] {
            about = about.strip_suffix(preposition).unwrap_or(about);
        }
    }
    format!("| {word} | {about} | {} |", said.trim())
}
