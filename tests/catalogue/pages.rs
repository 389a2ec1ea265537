//! Every code has a page, and the page shows what is printed.

use std::collections::BTreeMap;

use tenon_model::Code;
use tenon_render::Options;

use crate::page::Page;
use crate::{WIDTH, samples, snapshots};

/// Codes of which no test has the whole text, where they are tested, and why.
const ELSEWHERE: &[(Code, &str, &str)] = &[
    (
        Code::ImageEndOfLife,
        "crates/tenon-render/tests/it/sample.rs",
        "takes a gallery and a day",
    ),
    (
        Code::TooMuchData,
        "tests/e2e/broken/machines.rs",
        "its data is too much to be shown here",
    ),
    (
        Code::TooMany,
        "tests/e2e/probes.rs",
        "takes a region that is full",
    ),
    (Code::NotHealthy, "tests/e2e/rollouts.rs", "takes a rollout"),
    (
        Code::InstancesUnwell,
        "tests/engine/scale_sets.rs",
        "takes a scale set that is not well: the failure is tested, not its words",
    ),
    (
        Code::NothingReviewed,
        "tests/e2e/rehearsal.rs",
        "takes a host of pull requests",
    ),
    (
        Code::PreviewWithoutBase,
        "tests/e2e/preview.rs",
        "takes a repository",
    ),
    (
        Code::PlanExpired,
        "tests/e2e/saved_plans.rs",
        "says how old the plan is, which is more every day",
    ),
    (
        Code::LeaseOfAnother,
        "tests/e2e/leases.rs",
        "says who holds the lease and since when",
    ),
    (
        Code::LeaseHeld,
        "tests/e2e/leases.rs",
        "says who holds the lease and since when",
    ),
    (
        Code::Drifted,
        "crates/tenon-render/tests/it/diagnostics.rs",
        "no command prints it: drift stands in the plan",
    ),
    (
        Code::NoRoomForRollout,
        "tests/engine/rollout/mod.rs",
        "takes machines that are down",
    ),
    (
        Code::RightMissing,
        "tests/e2e/rights.rs",
        "takes an application with few rights",
    ),
    (
        Code::ValidationRefused,
        "tests/e2e/probes.rs",
        "takes Azure's own look",
    ),
    (
        Code::HostTokenRejected,
        "crates/tenon/src/comment/tests/refusals.rs",
        "takes a host of pull requests",
    ),
    (
        Code::HostDoesNotAnswer,
        "crates/tenon/src/comment/tests/refusals.rs",
        "takes a host of pull requests",
    ),
    (
        Code::HostRefused,
        "crates/tenon/src/comment/tests/refusals.rs",
        "takes a host of pull requests",
    ),
    (
        Code::PlanNotPrintable,
        "crates/tenon/src/comment/tests/caps.rs",
        "takes a plan that nobody made",
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
        let is_elsewhere = ELSEWHERE.iter().any(|(of, ..)| of == code);
        assert!(shown.is_none() || !is_elsewhere, "{code} is shown here");
        if shown.is_none() && !is_elsewhere {
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
    for (code, file, why) in ELSEWHERE.iter().copied() {
        let text = std::fs::read_to_string(root.join(file)).expect(file);
        let is_named =
            text.contains(&code.to_string()) || text.contains(&format!("Code::{code:?}"));
        assert!(is_named, "{file} does not test {code}");
        assert!(!why.is_empty() && seen.insert(code, file).is_none());
    }
}

#[test]
fn every_error_has_a_way_out() {
    for sample in samples::all().values().flatten() {
        let problem = &sample.diagnostic;
        let has_help = !problem.helps.is_empty() || !problem.is_error();
        assert!(has_help, "{}: {}", problem.code, problem.message);
    }
}
