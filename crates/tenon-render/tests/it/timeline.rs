//! Timelines of runs.

use tenon_model::event::Event;
use tenon_model::journal::{Began, Journal, Writer};
use tenon_model::plan::{Does, Plan};
use tenon_model::time::rfc3339;
use tenon_render::{TimelineForm, timeline};

use crate::golden::check;
use crate::run::{no_room, takes};
use crate::sample;

/// 2026-08-22 09:20:02 UTC.
const START: u64 = 1_787_390_402;

/// The journal of a run of a plan.
pub(crate) fn journal(plan: &Plan, events: &[Event]) -> Journal {
    let mut writer = Writer::default();
    let began = Began {
        run: "20260822-092002-1a2b3c".to_owned(),
        deployment: plan.deployment.name.clone(),
        digest: plan.digest.clone(),
        by: "ops on build-7".to_owned(),
        steps: plan.steps.len(),
        ..Began::default()
    };
    let mut text = writer.begin(began, &rfc3339(START));
    for event in events {
        let at = rfc3339(START + event.at / 1_000);
        text.extend(writer.hear(plan, &event.what, event.at, &at));
    }
    Journal::read(&text)
}

pub(crate) fn fails(plan: &Plan) -> Vec<Event> {
    sample::run(plan, takes, |step| {
        let fails = step.address.as_str() == "vms.web-2" && step.does == Does::Create;
        fails.then(no_room)
    })
}

#[test]
fn forms() {
    let plan = sample::plan();
    let journal = journal(&plan, &sample::run(&plan, takes, |_| None));
    for form in [TimelineForm::Gantt, TimelineForm::Svg, TimelineForm::Trace] {
        let name = format!("timeline-{form:?}").to_lowercase();
        check(
            &name,
            &timeline(&journal, form).expect("something was done"),
        );
    }
}

#[test]
fn a_failure_is_seen() {
    let plan = sample::plan();
    let journal = journal(&plan, &fails(&plan));
    let gantt = timeline(&journal, TimelineForm::Gantt).expect("something was done");
    let line = gantt.lines().find(|line| line.contains(":crit,"));
    insta::assert_snapshot!(line.unwrap_or(""), @"  web-2 failed, ZonalAllocationFailed :crit, 2026-08-22 09:24:45.000, 179000ms");
    let trace = timeline(&journal, TimelineForm::Trace).expect("something was done");
    assert!(
        trace.contains("\"code\":\"ZonalAllocationFailed\""),
        "{trace}"
    );
    let svg = timeline(&journal, TimelineForm::Svg).expect("something was done");
    assert!(svg.contains("bar bad"), "{svg}");
}

#[test]
fn a_run_in_which_nothing_began_has_no_timeline() {
    let plan = sample::plan();
    assert_eq!(timeline(&journal(&plan, &[]), TimelineForm::Gantt), None);
}

#[test]
fn names_are_no_syntax() {
    let mut plan = sample::plan();
    for (at, step) in plan.steps.iter_mut().enumerate() {
        let name = [
            "click",
            "section a",
            "title",
            "2026-01-01",
            "x: #; %%\n",
            "</script>",
        ][at % 6];
        step.address = tenon_model::Address::new(&format!("vms.{name}"));
    }
    plan.deployment.name = "title: click #".to_owned();
    let journal = journal(&plan, &sample::run(&plan, takes, |_| None));
    let gantt = timeline(&journal, TimelineForm::Gantt).expect("something was done");
    check("hostile-gantt", &gantt);
    for line in gantt.lines().filter(|line| line.contains("ms")) {
        let (name, data) = line.split_once(':').expect("a bar");
        let harmless = |sign: char| sign.is_ascii_alphanumeric() || " .,/-#;".contains(sign);
        assert!(name.chars().all(harmless), "{line}");
        assert!(name.trim().starts_with(['#', 'x']), "{line}");
        assert!(data.starts_with("done, 2026-"), "{line}");
    }
    let svg = timeline(&journal, TimelineForm::Svg).expect("something was done");
    assert!(!svg.contains("</script>"));
}
