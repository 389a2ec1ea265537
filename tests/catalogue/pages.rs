//! Every code has a page, and the page shows what is printed.

use std::collections::BTreeMap;

use tenon_model::Code;
use tenon_render::Options;

use crate::page::Page;
use crate::{WIDTH, samples, snapshots};

/// Codes of which no test has the whole text, where they are tested, and why.
const ELSEWHERE: [(Code, &str, &str); 26] = [
    (
        Code::TooLarge,
        "crates/tenon-spec/src/tests/hostile.rs",
        "its file is too large to be read here",
    ),
    (
        Code::TooMuchData,
        "crates/tenon-kinds/src/tests/checks.rs",
        "its data is too much to be shown here",
    ),
    (
        Code::UndeclaredVariable,
        "tests/e2e/exit_codes.rs",
        "takes a command line",
    ),
    (
        Code::InvalidLock,
        "crates/tenon-spec/src/lock/tests.rs",
        "takes a lock file",
    ),
    (
        Code::ImageEndOfLife,
        "crates/tenon-render/tests/it/sample.rs",
        "takes a gallery and a day",
    ),
    (
        Code::Unreachable,
        "tests/e2e/elsewhere.rs",
        "takes a network that does not answer",
    ),
    (
        Code::AddressTaken,
        "tests/e2e/probes.rs",
        "takes a network that stands",
    ),
    (
        Code::SubscriptionNotEnabled,
        "tests/e2e/probes.rs",
        "takes a subscription in that state",
    ),
    (
        Code::RightMissing,
        "tests/e2e/probes.rs",
        "takes a role that lacks an action",
    ),
    (
        Code::ValidationRefused,
        "tests/e2e/probes.rs",
        "takes a look of Azure at what would be made",
    ),
    (Code::NotHealthy, "tests/e2e/rollouts.rs", "takes a rollout"),
    (
        Code::UpgradeEnded,
        "tests/e2e/scale_sets.rs",
        "takes a rolling upgrade",
    ),
    (
        Code::InstancesUnwell,
        "tests/engine/scale_sets.rs",
        "takes a scale set that is not well: the failure is tested, not its words",
    ),
    (
        Code::NotApplyable,
        "tests/e2e/ownership.rs",
        "takes a saved plan",
    ),
    (
        Code::PlanExpired,
        "tests/e2e/saved_plans.rs",
        "takes an old plan",
    ),
    (
        Code::LeaseUnusable,
        "tests/e2e/leases.rs",
        "takes a storage account",
    ),
    (
        Code::LeaseLost,
        "tests/e2e/leases.rs",
        "takes a storage account",
    ),
    (
        Code::LeaseOfAnother,
        "tests/e2e/leases.rs",
        "takes a storage account",
    ),
    (
        Code::LeaseHeld,
        "tests/e2e/leases.rs",
        "takes a storage account",
    ),
    (
        Code::Interrupted,
        "tests/e2e/leases.rs",
        "takes a run that is left",
    ),
    (
        Code::Drifted,
        "crates/tenon-render/tests/it/diagnostics.rs",
        "no command prints it: drift stands in the plan",
    ),
    (
        Code::Unseen,
        "tests/e2e/access.rs",
        "takes an application without a role",
    ),
    (
        Code::LeftBehind,
        "tests/e2e/journal.rs",
        "takes journals of earlier runs",
    ),
    (
        Code::NoRoomForRollout,
        "tests/engine/rollout/mod.rs",
        "takes machines that are down",
    ),
    (
        Code::UnwritableFile,
        "tests/e2e/odd_input.rs",
        "takes a folder that cannot be written",
    ),
    (
        Code::SimulatorFailed,
        "tests/e2e/odd_input.rs",
        "takes a port that is in use",
    ),
];

#[test]
fn every_code_has_a_page_with_all_its_parts() {
    let page = Page::read();
    let mut last = 0;
    for code in Code::ALL {
        let head = format!("## {code} {code:?}: ");
        assert_eq!(page.text().matches(&head).count(), 1, "{head}");
        let section = page.section(*code);
        let mut from = 0;
        for part in ["What happened: ", "Why: ", "Example:", "Way out: "] {
            let at = section[from..].find(part);
            from += at.unwrap_or_else(|| panic!("{code}: no `{part}` in its place"));
        }
    }
    for (code, _) in page.sections() {
        assert!(code.number() > last, "{code} stands too late");
        last = code.number();
    }
}

/// Where an example is a part of a spec, that spec was read; else the message
/// is one of a refusal, of a plan, or of the program.
#[test]
fn every_page_shows_what_is_printed() {
    let mut page = Page::read();
    let before = page.text().to_owned();
    let samples = samples::all();
    let printed = snapshots::printed();
    let mut missing = Vec::new();
    for code in Code::ALL {
        let sample = samples.get(code).and_then(|list| list.first());
        let shown = sample.map(|sample| {
            let options = Options {
                width: WIDTH,
                ..Options::default()
            };
            let one = std::slice::from_ref(&sample.diagnostic);
            tenon_render::diagnostics(one, &sample.sources, &options).plain()
        });
        let shown = shown.or_else(|| printed.get(code).cloned());
        if shown.is_none() && !ELSEWHERE.iter().any(|(of, ..)| of == code) {
            missing.push(code.to_string());
        }
        page.with_printed(*code, shown.as_deref());
    }
    if std::env::var_os("TENON_BLESS").is_some() {
        page.write();
    } else {
        let lines = before.lines().zip(page.text().lines());
        let differs: Vec<_> = lines.filter(|(old, new)| old != new).take(1).collect();
        assert!(before == page.text(), "docs/errors.md: {differs:?}");
    }
    assert!(missing.is_empty(), "nothing shows {}", missing.join(", "));
}

/// The codes that nothing here prints are tested where it says.
#[test]
fn what_is_shown_nowhere_is_tested_elsewhere() {
    let root = crate::folder().join("../..");
    let mut seen = BTreeMap::new();
    for (code, file, why) in ELSEWHERE {
        let text = std::fs::read_to_string(root.join(file)).expect(file);
        let is_named =
            text.contains(&code.to_string()) || text.contains(&format!("Code::{code:?}"));
        assert!(is_named, "{file} does not test {code}");
        assert!(!why.is_empty() && seen.insert(code, file).is_none());
    }
}
