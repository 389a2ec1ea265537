//! The walls between the rooms: which crate may depend on which.
//!
//! A wall is a dependency that a crate must not have. The manifests are
//! compared with the tables below; nothing is built and nothing is fetched.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{Outcome, metadata};

/// The crates of the workspace that a crate may depend on. A crate that is not
/// here may depend on none.
const ROOMS: &[(&str, &[&str])] = &[
    ("tenon-model", &[]),
    ("tenon-spec", &["tenon-model"]),
    ("tenon-kinds", &["tenon-model"]),
    ("tenon-plan", &["tenon-model"]),
    ("tenon-engine", &["tenon-model"]),
    ("tenon-client", &["tenon-model"]),
    ("tenon-render", &["tenon-model"]),
    ("tenon-policy", &["tenon-model"]),
    // It is written from Azure's descriptions, not from our tables.
    ("tenon-sim", &[]),
    ("tenon", &[EVERY]),
    ("tenon-tests", &[EVERY]),
    ("xtask", &[EVERY]),
];

/// In place of a list: all rooms of the workspace.
const EVERY: &str = "*";

/// Crates that stand above the rooms; nobody depends on them.
const ABOVE: &[&str] = &["tenon", "tenon-tests", "xtask"];

/// Crates from outside that only some rooms may have.
const RESERVED: &[(&str, &[&str])] = &[
    ("reqwest", &["tenon-client"]),
    ("petgraph", &["tenon-plan"]),
    ("granit-parser", &["tenon-spec"]),
    ("axum", &["tenon-sim"]),
    ("clap", &["tenon"]),
    ("regorus", &["tenon-policy"]),
];

/// Crates from outside that bring threads, connections or clocks.
const IMPURE: &[&str] = &[
    "tokio",
    "tokio-util",
    "futures-util",
    "reqwest",
    "hyper",
    "axum",
    "rand",
    "jiff",
    "tempfile",
];

/// Rooms that compute and do nothing else.
const PURE: &[&str] = &[
    "tenon-model",
    "tenon-spec",
    "tenon-kinds",
    "tenon-plan",
    "tenon-render",
    "tenon-policy",
];

/// What may lie at the top level besides dotfiles.
const TOP: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "crates",
    "specs",
    "tests",
    "docs",
];

/// Runs the chore.
pub(crate) fn check() -> Outcome {
    let metadata = metadata::read(&["--no-deps"]).map_err(|problem| vec![problem])?;
    let mut problems = crates(&metadata);
    problems.extend(top_level()?);
    if problems.is_empty() {
        let count = metadata::packages(&metadata).len();
        return Ok(format!("the walls between {count} crates stand"));
    }
    Err(problems)
}

/// What crates depend on and should not.
fn crates(metadata: &Value) -> Vec<String> {
    let packages = metadata::packages(metadata);
    let members: BTreeSet<&str> = packages
        .iter()
        .map(|package| metadata::text(package, "name"))
        .collect();
    let mut problems = Vec::new();
    for package in packages {
        let name = metadata::text(package, "name");
        let known = ROOMS.iter().find(|(room, _)| *room == name);
        if known.is_none() {
            problems.push(format!(
                "{name} is no room yet: say in crates/xtask/src/walls.rs what it may depend on"
            ));
        }
        let rooms = known.map_or(&[][..], |(_, rooms)| rooms);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = metadata::text(dependency, "name");
            let purpose = match metadata::text(dependency, "kind") {
                "dev" => Use::InTests,
                _ => Use::Always,
            };
            if let Some(why) = forbidden(name, on, purpose, rooms, &members) {
                problems.push(format!("{name} depends on {on}: {why}"));
            }
        }
    }
    problems
}

/// What a crate needs another one for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// To be built.
    Always,
    /// To be tested: the tests of a room may make their input in another one.
    InTests,
}

/// Rooms whose tests stand alone as well: a simulator that is tested with our
/// own tables would agree with their mistakes.
const ALONE: &[&str] = &["tenon-model", "tenon-sim"];

/// Why `name` must not depend on `on`.
fn forbidden(
    name: &str,
    on: &str,
    purpose: Use,
    rooms: &[&str],
    members: &BTreeSet<&str>,
) -> Option<&'static str> {
    if ABOVE.contains(&on) {
        return Some("it stands above the rooms, and none of them can see it");
    }
    let lenient = purpose == Use::InTests && !ALONE.contains(&name);
    if members.contains(on) && !lenient && !rooms.contains(&EVERY) && !rooms.contains(&on) {
        return Some("the verbs do not know each other; the program introduces them");
    }
    let reserved = RESERVED.iter().find(|(outside, _)| *outside == on);
    if reserved.is_some_and(|(_, only)| !only.contains(&name)) {
        return Some("another room has it for itself");
    }
    if !lenient && PURE.contains(&name) && IMPURE.contains(&on) {
        return Some("this room neither sends, waits nor reads a clock");
    }
    None
}

/// What lies at the top level and should not.
fn top_level() -> Result<Vec<String>, Vec<String>> {
    let cannot = |error: std::io::Error| vec![format!("the top level cannot be read: {error}")];
    let mut problems = Vec::new();
    for entry in std::fs::read_dir(metadata::root()).map_err(cannot)? {
        let name = entry.map_err(cannot)?.file_name();
        let name = name.to_string_lossy();
        // Where cargo builds; Git ignores it.
        let built = name.starts_with("target");
        if !built && !name.starts_with('.') && !TOP.contains(&&*name) {
            problems.push(format!(
                "{name} lies at the top level, which holds {}",
                TOP.join(", ")
            ));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Use, check, forbidden};

    #[test]
    fn the_walls_stand() {
        assert_eq!(check().err().unwrap_or_default(), Vec::<String>::new());
    }

    #[test]
    fn a_wall_that_is_climbed_is_seen() {
        let members = BTreeSet::from(["tenon-model", "tenon-plan", "tenon-kinds", "tenon-sim"]);
        let climbs =
            |name, on, rooms: &[&str]| forbidden(name, on, Use::Always, rooms, &members).is_some();
        let tests_climb =
            |name, on| forbidden(name, on, Use::InTests, &["tenon-model"], &members).is_some();
        assert!(climbs("tenon-plan", "tenon-kinds", &["tenon-model"]));
        assert!(climbs("tenon-sim", "tenon-model", &[]));
        assert!(climbs("tenon-engine", "reqwest", &["tenon-model"]));
        assert!(climbs("tenon-render", "tokio", &["tenon-model"]));
        assert!(climbs("xtask", "tenon", &["*"]));
        assert!(!climbs("tenon-plan", "petgraph", &["tenon-model"]));
        assert!(!climbs("tenon", "tenon-sim", &["*"]));
        assert!(tests_climb("tenon-sim", "tenon-kinds"));
        assert!(!tests_climb("tenon-plan", "tenon-kinds"));
    }
}
