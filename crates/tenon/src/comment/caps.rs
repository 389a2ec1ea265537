//! What a plan may say when it is printed where others trust it.
//!
//! A saved plan may come from a job that a fork ran. Its digest only says that
//! it is of one piece. So every text of it is measured before a line is
//! rendered, and a plan that no run of this program makes is refused: names
//! that are no names, control characters, texts without end. What remains is
//! data, which the renderer puts into code spans and fences.

use std::path::Path;

use serde_json::Value;
use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic, Help, Place};

/// Names, addresses, ids: an id of Azure is the longest of them.
const NAME: usize = 2048;
/// Names of files.
const FILE: usize = 400;
/// Values, messages: user data of a machine is the longest of them.
const TEXT: usize = 128 * 1024;
/// Resources.
const CHANGES: usize = 50_000;
/// Problems.
const PROBLEMS: usize = 10_000;

/// Bytes of the file: a plan of many thousand resources is a tenth of that.
const FILE_SIZE: u64 = 256 << 20;

/// Refuses a file that is too large to be read. One that is not there is for
/// whoever reads it.
///
/// # Errors
///
/// When it is.
pub(crate) fn size(path: &Path) -> Result<(), Box<Diagnostic>> {
    let is_large = std::fs::metadata(path).is_ok_and(|file| file.len() > FILE_SIZE);
    if is_large {
        return Err(refusal("the size of the file"));
    }
    Ok(())
}

/// Refuses a plan that must not be printed.
///
/// # Errors
///
/// Which part of it breaks the rules; what stands there is not repeated.
pub(crate) fn check(plan: &Plan) -> Result<(), Box<Diagnostic>> {
    broken(plan).map_or(Ok(()), |part| Err(refusal(&part)))
}

fn refusal(part: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(
            Code::PlanNotPrintable,
            "the plan says something that no plan of tenon says; it is not printed",
        )
        .note(format!("it is in {part}"))
        .help(Help::text(
            "look at the job that made it before anything else; then make the plan again",
        )),
    )
}

/// The part that breaks the rules.
fn broken(plan: &Plan) -> Option<String> {
    let of = |ok: bool, part: &str| (!ok).then(|| part.to_owned());
    of(is_deployment(&plan.deployment.name), "deployment.name")
        .or_else(|| of(plan.changes.len() <= CHANGES, "changes"))
        .or_else(|| of(plan.diagnostics.len() <= PROBLEMS, "diagnostics"))
        .or_else(|| of(is_digest(&plan.digest), "digest"))
        .or_else(|| of(is_time(&plan.created_at), "created_at"))
        .or_else(|| of(is_version(&plan.tool.version), "tool.version"))
        .or_else(|| of(is_version(&plan.tool.name), "tool.name"))
        .or_else(|| names(plan))
        .or_else(|| places(plan))
        .or_else(|| texts(plan))
}

/// What a spec may be called.
pub(crate) fn is_deployment(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:");
    hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_time(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_digit() || b"TZ:.+-".contains(&byte);
    text.len() <= 40 && text.bytes().all(fits)
}

fn is_version(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".+-_".contains(&byte);
    text.len() <= 64 && text.bytes().all(fits)
}

/// A text in one line without signs that nobody sees.
fn is_name(text: &str, most: usize) -> bool {
    text.len() <= most && !text.chars().any(|sign| sign.is_control() || hides(sign))
}

/// Signs that turn the direction of a line, or take no room in it.
fn hides(sign: char) -> bool {
    matches!(sign,
        '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn names(plan: &Plan) -> Option<String> {
    let bad = |text: &str| !is_name(text, NAME);
    plan.changes
        .iter()
        .position(|change| {
            bad(change.address.as_str())
                || bad(change.entry.as_str())
                || change
                    .fleet
                    .as_ref()
                    .is_some_and(|fleet| bad(fleet.as_str()))
                || bad(&change.kind)
                || bad(&change.resource_type)
                || bad(change.id.as_str())
                || change.lost.iter().chain(&change.kept).any(|word| bad(word))
                || change.properties.iter().any(|property| bad(&property.path))
        })
        .map(|index| format!("changes[{index}]"))
}

fn places(plan: &Plan) -> Option<String> {
    let bad = |place: &Place| !is_name(&place.file, FILE);
    let files = plan.deployment.files.iter();
    if files.clone().any(|file| !is_name(file, FILE)) {
        return Some("deployment.files".to_owned());
    }
    let change = plan.changes.iter().position(|change| {
        let own = change
            .properties
            .iter()
            .filter_map(|one| one.place.as_ref());
        bad(&change.place) || own.into_iter().any(bad)
    });
    let change = change.map(|index| format!("changes[{index}]"));
    change.or_else(|| {
        let at = plan.diagnostics.iter().position(|problem| {
            let labels = problem.labels.iter().map(|label| &label.place);
            labels.into_iter().any(bad)
        })?;
        Some(format!("diagnostics[{at}]"))
    })
}

/// Everything else, whatever it is.
fn texts(plan: &Plan) -> Option<String> {
    // A plan that was read can be written.
    let whole = serde_json::to_value(plan).ok()?;
    let Value::Object(parts) = &whole else {
        return None;
    };
    let bad = parts.iter().find(|(_, part)| !fits(part));
    bad.map(|(name, _)| name.clone())
}

fn fits(value: &Value) -> bool {
    match value {
        Value::String(text) => is_text(text),
        Value::Array(list) => list.iter().all(fits),
        Value::Object(map) => map
            .iter()
            .all(|(key, value)| is_name(key, NAME) && fits(value)),
        _ => true,
    }
}

fn is_text(text: &str) -> bool {
    let is_strange = |sign: char| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t');
    text.len() <= TEXT && !text.chars().any(is_strange)
}
