//! How long a saved plan is good for.
//!
//! What a plan touches is looked at again before every step. Age is about the
//! rest: what was reviewed long ago, or with an image that lives no longer.

use std::time::Duration;

use jiff::Timestamp;
use tenon_model::image::ResolvedImage;
use tenon_model::plan::{Action, Plan};
use tenon_model::{Code, Diagnostic, Help};

/// How old a plan may be when nobody says otherwise: 30 days.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// Why a plan is not to be carried out any more, if so.
pub(super) fn expired(plan: &Plan, now: Timestamp, longest: Duration) -> Option<Diagnostic> {
    let images = if makes_machines(plan) {
        &plan.images[..]
    } else {
        &[]
    };
    look(&plan.created_at, images, now, longest)
}

/// The same of the time that a plan was made at, and of the images that it
/// builds from.
fn look(
    created_at: &str,
    images: &[ResolvedImage],
    now: Timestamp,
    longest: Duration,
) -> Option<Diagnostic> {
    let made: Timestamp = created_at.parse().ok()?;
    let age = u64::try_from(now.as_second() - made.as_second()).unwrap_or(0);
    if age > longest.as_secs() {
        let words = format!(
            "the plan is {} old, and may be {}",
            spell(age),
            spell(longest.as_secs())
        );
        let problem = Diagnostic::error(Code::PlanExpired, format!("{words}; nothing was changed"))
            .note(format!("made {created_at}"));
        return Some(again(problem).help(Help::command(
            "or take it although it is old",
            format!("tenon apply PLAN --max-age {}d", age / 86_400 + 1),
        )));
    }
    let ended = images.iter().find(|image| ended_since(image, made, now))?;
    let words = format!(
        "image {} {} has reached its end of life since this plan was made; nothing was changed",
        ended.address.last(),
        ended.version
    );
    let end = ended.end_of_life.as_deref().unwrap_or_default();
    let problem = Diagnostic::error(Code::PlanExpired, words)
        .note(format!("end of life {end}, plan made {created_at}"))
        .about(&ended.address);
    Some(again(problem))
}

fn again(problem: Diagnostic) -> Diagnostic {
    problem.help(Help::command(
        "look again and decide",
        "tenon plan --out plan.tenon",
    ))
}

/// Whether an image lived when the plan was made, and does not any more. One
/// that did not live then was warned about.
fn ended_since(image: &ResolvedImage, made: Timestamp, now: Timestamp) -> bool {
    let end = image.end_of_life.as_ref();
    let end = end.and_then(|text| text.parse::<Timestamp>().ok());
    end.is_some_and(|end| made < end && end <= now)
}

fn makes_machines(plan: &Plan) -> bool {
    plan.changes.iter().any(|change| {
        change.kind == "vm" && matches!(change.action, Action::Create | Action::Replace)
    })
}

/// `31 days`, `5 hours`.
fn spell(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=119 => (seconds, "second"),
        120..=7_199 => (seconds / 60, "minute"),
        7_200..=172_799 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{ending}")
}

#[cfg(test)]
mod tests;
