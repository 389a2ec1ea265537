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
//! and there.

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

use edits::edits;

/// Makes every edit of the settings whose name begins so.
async fn all_of(section: &str) {
    let mut wrong = Vec::new();
    let mut made = 0;
    for setting in specs::settings() {
        if !setting.name.starts_with(section) {
            continue;
        }
        for edit in edits(&setting) {
            let findings = judge::edit(&edit).await;
            made += 1;
            wrong.extend(findings.into_iter().map(|one| format!("{edit}: {one}")));
        }
    }
    assert!(made > 20, "only {made} edits of {section}");
    assert!(
        wrong.is_empty(),
        "{} findings in {made} edits of {section}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test(start_paused = true)]
async fn networks_change_as_planned() {
    all_of("networks").await;
}

#[tokio::test(start_paused = true)]
async fn nsgs_change_as_planned() {
    all_of("nsgs").await;
}

#[tokio::test(start_paused = true)]
async fn machines_change_as_planned() {
    all_of("vms(").await;
}
