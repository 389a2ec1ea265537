//! Every property of every kind, changed once, planned, and held against what
//! the simulator then does.
//!
//! The specs are those of the conformance tests, made from the shapes of the
//! kinds: from the least that is accepted to each key and each value, back, and
//! the same from the most. The simulator has rules of its own about what can be
//! changed, and the tables of the kinds have theirs. Where they disagree, one of
//! them, or the planner, is wrong:
//!
//! - what is planned in place is never refused, and the resource stays the one
//!   that it was;
//! - a machine stops when the plan says so, only then, and runs afterwards;
//! - what is planned as a replace is refused in place, on a machine that runs
//!   and on one that stands still;
//! - when all is applied, nothing is left to plan.
//!
//! Entries of `resources` are left out: nothing is known about their types, here
//! and there. So are those of `access`: what they are called follows from what
//! they say, so that nearly every change makes another one.

#[path = "../conformance/samples.rs"]
mod samples;
#[path = "../conformance/specs.rs"]
mod specs;
#[path = "../plans/support/mod.rs"]
mod support;
#[path = "../conformance/values.rs"]
mod values;
#[expect(dead_code, reason = "shared with the tests of the engine")]
#[path = "../engine/world.rs"]
mod world;

mod edits;
mod here;
mod in_place;
mod judge;

use edits::{Edit, edits};

/// Kinds with so few keys that they are told as one.
const SMALL: &[&str] = &[
    "identities",
    "ssh_keys",
    "placement_groups",
    "availability_sets",
    "public_ips",
];

/// Makes every edit of the settings whose name begins with one of these.
fn all_of(sections: &[&str]) {
    let settings = specs::settings().into_iter();
    let begins = |name: &str| sections.iter().any(|section| name.starts_with(section));
    let edits: Vec<Edit> = settings
        .filter(|setting| begins(&setting.name))
        .flat_map(|setting| edits(&setting))
        .collect();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = edits
            .chunks(edits.len().div_ceil(threads))
            .map(|edits| scope.spawn(|| run(edits)))
            .collect();
        let runs = runs.into_iter();
        runs.flat_map(|run| run.join().expect("nobody panicked"))
            .collect()
    });
    let section = sections.join(", ");
    assert!(edits.len() > 20, "only {} edits of {section}", edits.len());
    assert!(
        wrong.is_empty(),
        "{} findings in {} edits of {section}\n{}",
        wrong.len(),
        edits.len(),
        wrong.join("\n")
    );
}

/// What the edits show to be wrong; each has a world and a time of its own.
fn run(edits: &[Edit]) -> Vec<String> {
    let mut wrong = Vec::new();
    for edit in edits {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime can be made");
        let findings = runtime.block_on(judge::edit(edit));
        wrong.extend(findings.into_iter().map(|one| format!("{edit}: {one}")));
    }
    wrong
}

#[test]
fn networks_change_as_planned() {
    all_of(&["networks"]);
}

#[test]
fn nsgs_change_as_planned() {
    all_of(&["nsgs"]);
}

#[test]
fn machines_change_as_planned() {
    all_of(&["vms("]);
}

#[test]
fn small_kinds_change_as_planned() {
    all_of(SMALL);
}

#[test]
fn scale_sets_change_as_planned() {
    all_of(&["scale_sets("]);
}
