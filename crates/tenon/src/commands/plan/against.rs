//! Whether a plan is still the one that was reviewed.

use std::path::Path;

use tenon_model::plan::Plan;
use tenon_model::{Code, Diagnostic, Help};
use tenon_plan::{Difference, differences};
use tenon_render::verb;

use crate::commands::apply::approve::same_digest;
use crate::comment::reviewed::{self, REVIEWED};
use crate::output::Output;
use crate::plan_file;

/// The differences that are told one by one.
const TOLD: usize = 20;

/// Says that it is the same plan, or returns what differs: as far as the
/// digests tell, or resource by resource where the reviewed plan is at hand.
pub(super) async fn check(
    reviewed: &str,
    plan: &Plan,
    output: &Output,
) -> Result<(), Vec<Diagnostic>> {
    let one = |problem: Box<Diagnostic>| vec![*problem];
    let path = Path::new(reviewed);
    let saved = match path.exists() {
        true => Some(plan_file::read(path).map_err(one)?),
        false => None,
    };
    let asked = match reviewed {
        REVIEWED if saved.is_none() => {
            let digest = reviewed::digest(&plan.deployment.name).await;
            digest.map_err(one)?
        }
        other => other.to_owned(),
    };
    let digest = saved.as_ref().map_or(&asked, |saved| &saved.digest);
    if !is_digest(digest) {
        return Err(vec![neither(reviewed)]);
    }
    if same_digest(digest, &plan.digest) {
        output.say(&format!("This is the reviewed plan: {}", plan.digest));
        return Ok(());
    }
    let problem = Diagnostic::error(
        Code::DigestDiffers,
        "this is not the plan that was reviewed",
    )
    .note(format!("reviewed {digest}"))
    .note(format!("now      {}", plan.digest));
    let problem = match &saved {
        Some(saved) => told(saved, plan)
            .into_iter()
            .fold(problem, Diagnostic::note),
        None => problem.help(Help::command(
            "see what differs: name the saved plan in place of its digest",
            "tenon plan --against plan.tenon",
        )),
    };
    Err(vec![problem.help(Help::text(
        "review this plan, or bring the spec and Azure back to where they were",
    ))])
}

/// What differs, a line for each.
fn told(reviewed: &Plan, plan: &Plan) -> Vec<String> {
    let differences = differences(reviewed, plan);
    if differences.is_empty() {
        return vec![
            "the same is done to the same resources; what the plan expects to find has moved"
                .to_owned(),
        ];
    }
    let mut lines: Vec<String> = differences.iter().take(TOLD).map(line).collect();
    if differences.len() > TOLD {
        lines.push(format!("{} more", differences.len() - TOLD));
    }
    lines
}

fn line(difference: &Difference) -> String {
    let address = &difference.address;
    let properties = match difference.properties.as_slice() {
        [] => String::new(),
        some => format!(" ({})", some.join(", ")),
    };
    match (difference.reviewed, difference.now) {
        (Some(reviewed), None) => format!(
            "{address}: {} was reviewed, and nothing happens now{properties}",
            verb(reviewed)
        ),
        (None, Some(now)) => format!(
            "{address}: {} was not in the reviewed plan{properties}",
            verb(now)
        ),
        (Some(reviewed), Some(now)) if reviewed != now => format!(
            "{address}: {} was reviewed, it is {} now{properties}",
            verb(reviewed),
            verb(now)
        ),
        _ if difference.properties.is_empty() => {
            format!("{address}: another resource than reviewed")
        }
        _ => format!("{address}: other values than reviewed{properties}"),
    }
}

fn is_digest(text: &str) -> bool {
    let hex = text.trim().trim_start_matches("sha256:");
    hex.len() == 64 && hex.chars().all(|sign| sign.is_ascii_hexdigit())
}

fn neither(text: &str) -> Diagnostic {
    Diagnostic::error(
        Code::Usage,
        format!("`--against {text}` is neither a digest nor a saved plan"),
    )
    .help(Help::text(
        "a digest reads sha256: and 64 hexadecimal digits; `jq -r .digest plan.tenon` prints it",
    ))
}
