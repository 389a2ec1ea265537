//! What Azure refuses of image definitions and versions, as far as what is live
//! and the time tell: lives that have ended, versions that must not go yet, and
//! regions that must not be taken out.
//! Source: learn.microsoft.com, "Troubleshoot images in an Azure Compute
//! Gallery"; `GalleryImageVersionSafetyProfile`, Galleries 2024-03-03.

use std::collections::BTreeSet;

use tenon_model::plan::Action;
use tenon_model::rules::region;
use tenon_model::time::instant;
use tenon_model::{Code, Diagnostic, Help, Value};

use crate::Inputs;
use crate::decide::{Decision, Decisions};

const DEFINITION: &str = "Microsoft.Compute/galleries/images";
const VERSION: &str = "Microsoft.Compute/galleries/images/versions";

/// Adds what Azure would refuse.
pub(crate) fn refuse(inputs: &Inputs<'_>, decisions: &mut Decisions<'_>) {
    let found = decisions
        .iter()
        .filter_map(|decision| match decision.resource_type.as_str() {
            DEFINITION => ended(inputs, decision),
            VERSION => blocked(inputs, decision).or_else(|| regions(decision)),
            _ => None,
        });
    let found: Vec<Diagnostic> = found.collect();
    decisions.diagnostics.extend(found);
}

fn at<'v>(body: Option<&'v Value>, path: &[&str]) -> Option<&'v Value> {
    body?.at(path)
}

fn live<'d>(decision: &'d Decision<'_>) -> Option<&'d Value> {
    decision.live.map(|live| &live.body)
}

fn wanted<'d>(decision: &'d Decision<'_>) -> Option<&'d Value> {
    decision.desired.as_ref().map(|desired| &desired.body)
}

/// A definition gets no end that is over. One that had it before keeps it.
fn ended(inputs: &Inputs<'_>, decision: &Decision<'_>) -> Option<Diagnostic> {
    let path = ["properties", "endOfLifeDate"];
    let moment = |body| instant(at(body, &path)?.as_text()?);
    let end = moment(wanted(decision))?;
    let before = moment(live(decision)).filter(|_| decision.action != Action::Replace);
    (end <= inputs.now && before != Some(end)).then(|| {
        let place = decision.desired.as_ref().and_then(|desired| {
            let place = desired.places.get("end_of_life")?;
            Some(place.clone())
        });
        let words = format!(
            "the life of image `{}` would have ended already",
            decision.address
        );
        Diagnostic::error(Code::ValueRejected, words)
            .at(place.as_ref().unwrap_or(&decision.place), "is over")
            .help(Help::text(
                "write a day to come, or leave `end_of_life` out",
            ))
            .about(&decision.address)
    })
}

/// A version that its safety profile keeps until its life ends.
fn blocked(inputs: &Inputs<'_>, decision: &Decision<'_>) -> Option<Diagnostic> {
    if !matches!(decision.action, Action::Delete | Action::Replace) {
        return None;
    }
    let body = live(decision);
    let kept = [
        "properties",
        "safetyProfile",
        "blockDeletionBeforeEndOfLife",
    ];
    let end = ["properties", "publishingProfile", "endOfLifeDate"];
    let kept = at(body, &kept).and_then(Value::as_bool) == Some(true);
    let end = at(body, &end).and_then(Value::as_text);
    let over = end.and_then(instant).is_some_and(|end| end <= inputs.now);
    (kept && !over).then(|| {
        let words = format!("Azure keeps `{}` until its life ends", decision.address);
        let problem = Diagnostic::error(Code::DeletionBlocked, words).at(&decision.place, "");
        let problem = match end {
            Some(end) => problem.note(format!("its end of life is {end}")),
            None => problem.note("it has no end of life"),
        };
        problem
            .note("its safety profile says blockDeletionBeforeEndOfLife")
            .help(Help::text(
                "write block_deletion_before_end_of_life: false and apply that first, or leave it in",
            ))
            .about(&decision.address)
    })
}

/// A region goes only where the version allows it.
fn regions(decision: &Decision<'_>) -> Option<Diagnostic> {
    if decision.action != Action::Update {
        return None;
    }
    let names = |body| -> Option<BTreeSet<String>> {
        let path = ["properties", "publishingProfile", "targetRegions"];
        let targets = at(body, &path)?.as_list()?;
        let names = targets
            .iter()
            .filter_map(|one| one.member("name")?.as_text());
        Some(names.map(region).collect())
    };
    let allowed = |body| {
        let path = [
            "properties",
            "safetyProfile",
            "allowDeletionOfReplicatedLocations",
        ];
        at(body, &path).and_then(Value::as_bool)
    };
    let (now, then) = (names(live(decision))?, names(wanted(decision))?);
    let gone: Vec<&str> = now.difference(&then).map(String::as_str).collect();
    let allowed = allowed(wanted(decision)).or(allowed(live(decision)));
    (!gone.is_empty() && allowed != Some(true)).then(|| {
        let words = format!("`{}` cannot leave {}", decision.address, gone.join(", "));
        Diagnostic::error(Code::DeletionBlocked, words)
            .at(&decision.place, "")
            .note("its safety profile does not allow that regions are taken out")
            .help(Help::text(
                "write allow_deletion_of_replicated_locations: true beside the regions",
            ))
            .about(&decision.address)
    })
}
