//! A run: the question before it, its lines, its end.

use tenon_model::event::{Event, Failure, StepName, What};
use tenon_model::forecast::Forecast;
use tenon_model::journal::Times;
use tenon_model::place::Sources;
use tenon_model::plan::{Action, Does, Plan, Step};
use tenon_model::report::Report;
use tenon_model::rollout::{Health, OnFailure, Waves};
use tenon_model::transport::{Refusal, Stage};
use tenon_model::{Address, Code, Diagnostic, Help};
use tenon_render::{Answer, Board, Eta, Progress};

use crate::golden::{check, wide};
use crate::sample;

/// 2026-08-22 09:20:21 UTC.
const START: u64 = 1_787_390_421_000;

/// How long steps take, in milliseconds.
pub(crate) fn takes(step: &Step) -> u64 {
    match (step.address.as_str(), step.does) {
        ("vms.db", Does::Update) => 60_000,
        ("vms.db", _) => 40_000,
        ("vms.jump", _) => 30_000,
        (_, Does::Delete) => 28_000,
        ("vms.web-4", _) => 90_000,
        (_, Does::Create) if step.address.as_str().starts_with("vms.web-") => {
            if step.address.as_str().len() == 9 {
                151_000
            } else {
                12_000
            }
        }
        _ => 9_000,
    }
}

fn good(plan: &Plan) -> Vec<Event> {
    sample::run(plan, takes, |_| None)
}

pub(crate) fn no_room() -> Failure {
    Failure::Refused {
        refusal: Box::new(Refusal {
            stage: Stage::Operation,
            status: 409,
            code: "ZonalAllocationFailed".to_owned(),
            message: "Allocation failed.".to_owned(),
            target: None,
            details: Vec::new(),
            request: "PUT /subscriptions/…".to_owned(),
            tenant: None,
            auxiliary: Vec::new(),
            application: None,
            credential_source: None,
            request_id: None,
            correlation_id: None,
            time: None,
        }),
    }
}

fn is_second_create(step: &Step) -> bool {
    step.address.as_str() == "vms.web-2" && step.does == Does::Create
}

fn bad(plan: &Plan) -> Vec<Event> {
    sample::run(plan, takes, |step| is_second_create(step).then(no_room))
}

fn report(plan: &Plan, events: &[Event], failures: &[(usize, Diagnostic)], width: usize) -> String {
    let report = Report::of(events);
    tenon_render::report(plan, &report, failures, &Sources::default(), &wide(width)).plain()
}

#[test]
fn success() {
    let plan = sample::plan();
    check("report-100", &report(&plan, &good(&plan), &[], 100));
    check("report-60", &report(&plan, &good(&plan), &[], 60));
}

#[test]
fn failure() {
    let plan = sample::plan();
    let step = plan
        .steps
        .iter()
        .position(is_second_create)
        .expect("it is there");
    let diagnostic = Diagnostic::error(
        Code::NoCapacity,
        "Azure has no capacity for Standard_D2s_v5 in zone 2 of westeurope right now",
    )
    .note("ZonalAllocationFailed (409), correlation 7b0c2c52-…, request 09:26:41Z")
    .help(Help::command(
        "try again, it continues where it stopped",
        "tenon apply plan.tenon",
    ))
    .help(Help::text(
        "or allow another zone or size for web-2 and plan again",
    ));
    let failures = [(step, diagnostic)];
    check("report-failed", &report(&plan, &bad(&plan), &failures, 100));
}

#[test]
fn interrupted() {
    let plan = sample::plan();
    let mut events: Vec<Event> = good(&plan).into_iter().filter(|e| e.at < 90_000).collect();
    let step = plan
        .steps
        .iter()
        .position(|s| s.address.as_str() == "vms.web-4");
    events.push(Event {
        at: 90_000,
        what: What::StepAccepted {
            step: StepName {
                step: step.expect("it is there"),
                address: Address::new("vms.web-4"),
                does: Does::Create,
            },
            operation: "https://management.azure.com/subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Compute/locations/westeurope/operations/5a1c?api-version=2024-07-01".to_owned(),
        },
    });
    let what = What::Abandoned { running: 2 };
    events.push(Event { at: 91_000, what });
    check("report-interrupted", &report(&plan, &events, &[], 80));
}

fn log(plan: &Plan, events: &[Event]) -> String {
    let mut progress = Progress::new(plan, &wide(100));
    let mut out = String::new();
    for event in events {
        while let Some(beat) = progress.heartbeat(event.at) {
            out.push_str(&beat.plain());
        }
        for line in progress.hear(event, START) {
            out.push_str(&line.plain());
        }
    }
    out
}

#[test]
fn lines_for_a_log() {
    let plan = sample::plan();
    check("progress", &log(&plan, &good(&plan)));
    let lines = log(&plan, &bad(&plan));
    let end: Vec<&str> = lines.lines().rev().take(4).collect();
    insta::assert_snapshot!(end.into_iter().rev().collect::<Vec<_>>().join("\n"), @r"
    09:25:32Z start   vms.web-2             replace   step 2 of 2: create VM
    09:28:03Z running 1  vms.web-2 2m59s                        done 18 of 20
    09:28:03Z failed  vms.web-2             replace   ZonalAllocationFailed
    09:28:03Z skipped vms.web-3             replace   because vms.web-2 failed
    ");
}

/// What runs at a time: begun, and not all of its steps ended.
fn running(plan: &Plan, events: &[Event], at: u64) -> Vec<String> {
    let steps = |address: &Address, what: fn(&What) -> Option<&StepName>| {
        let before = events.iter().filter(|event| event.at <= at);
        let names = before.filter_map(|event| what(&event.what));
        names.filter(|step| step.address == *address).count()
    };
    let machines = plan.changes.iter().filter(|change| change.kind == "vm");
    machines
        .filter(|change| {
            let all = plan.steps.iter();
            let all = all.filter(|step| step.address == change.address).count();
            let began = steps(&change.address, |what| match what {
                What::StepStarted(step) => Some(step),
                _ => None,
            });
            let ended = steps(&change.address, |what| match what {
                What::StepDone { step, .. } => Some(step),
                _ => None,
            });
            began > 0 && ended < all
        })
        .map(|change| change.address.to_string())
        .collect()
}

#[test]
fn a_log_hears_once_a_minute_of_everything_that_runs() {
    let plan = sample::plan();
    let events = good(&plan);
    let end = events.last().map_or(0, |event| event.at);
    let mut progress = Progress::new(&plan, &wide(100));
    let mut waiting = events.iter().peekable();
    let mut beats = Vec::new();
    // A terminal's frames, which is how often a heartbeat may be asked for.
    for now in (0..end).step_by(100) {
        while let Some(event) = waiting.next_if(|event| event.at <= now) {
            progress.hear(event, START);
        }
        if let Some(line) = progress.heartbeat(now) {
            beats.push((now, line.plain()));
        }
    }
    let times: Vec<u64> = beats.iter().map(|(at, _)| *at).collect();
    let minutes: Vec<u64> = (1..=end.saturating_sub(1) / 60_000)
        .map(|m| m * 60_000)
        .collect();
    assert_eq!(times, minutes, "one each minute, and something always runs");
    for (at, line) in &beats {
        for machine in running(&plan, &events, *at) {
            assert!(
                line.contains(&format!("{machine} ")),
                "{machine} runs: {line}"
            );
        }
    }
    assert!(beats.len() > 3, "the run takes long enough to tell");
}

#[test]
fn lines_for_a_terminal() {
    let plan = sample::plan();
    let mut board = Board::new(&plan, &wide(100));
    let mut finished = String::new();
    let mut shots = String::new();
    let mut shot = 30_000;
    for event in good(&plan) {
        if event.at > shot {
            shots.push_str(&format!("-- {}s\n", shot / 1000));
            for line in board.live(shot, 80) {
                shots.push_str(&line.plain());
            }
            shot += 120_000;
        }
        for line in board.hear(&event) {
            finished.push_str(&line.plain());
        }
    }
    check("board-finished", &finished);
    check("board-live", &shots);
    for columns in [20, 40, 60] {
        let mut board = Board::new(&plan, &wide(columns));
        for event in good(&plan).iter().take(12) {
            board.hear(event);
        }
        for line in board.live(5_000, columns) {
            assert!(line.plain().trim_end().chars().count() <= columns.max(30));
        }
    }
}

#[test]
fn questions() {
    let plan = sample::plan();
    let asked = tenon_render::confirmation(&plan, &wide(100));
    let shown = format!("{}{}", asked.text.plain(), asked.question);
    insta::assert_snapshot!(shown, @r"
    web-prod: 3 replace, 3 create, 11 update, 3 delete      digest sha256:604f913e…6f3d
    Destroys VM jump (OS disk, public IP) and OS disks of web-1, web-2, web-3.
    Restarts db (stopped and started).
    Type the deployment name, web-prod, to go on:
    ");
    assert_eq!(asked.answer, Answer::Name("web-prod".to_owned()));
    assert!(asked.answer.accepts("web-prod\n") && !asked.answer.accepts("y"));
    let mut harmless = sample::plan();
    harmless
        .changes
        .retain(|change| change.action == Action::Create);
    harmless.summary = sample::summary(&harmless.changes);
    let asked = tenon_render::confirmation(&harmless, &wide(60));
    let shown = format!("{}{}", asked.text.plain(), asked.question);
    insta::assert_snapshot!(shown, @r"
    web-prod: 3 create      digest sha256:604f913e…6f3d
    Apply this plan? [y/N]
    ");
    assert!(asked.answer.accepts("Y") && !asked.answer.accepts(""));
}

#[test]
fn what_is_left_follows_the_longest_chain() {
    let plan = sample::plan();
    let expected: Vec<u64> = plan.steps.iter().map(takes).collect();
    let longest = expected.iter().copied().max().unwrap_or_default();
    let events = good(&plan);
    let whole = Report::of(&events).took;
    let mut eta = Eta::new(&plan, expected);
    // The first steps begin after two seconds.
    let (first, begun) = events.split_at(1);
    eta.hear(&first[0]);
    assert_eq!(2_000 + eta.left(2_000), whole);
    for event in begun {
        eta.hear(event);
        let end = event.at + eta.left(event.at);
        assert!(
            (whole..=whole + longest / 10).contains(&end),
            "{event:?}: {end}"
        );
    }
    assert_eq!(eta.left(whole), 0);
}

#[test]
fn what_takes_longer_than_expected_is_never_over_before_it_is() {
    let plan = sample::plan();
    let mut eta = Eta::new(&plan, vec![1000; plan.steps.len()]);
    let events = good(&plan);
    let last = events.len() - 1;
    for event in &events[..last] {
        eta.hear(event);
        let over = Report::of(&events[..last]).took == event.at;
        assert!(eta.left(event.at) > 0 || over, "{event:?}");
    }
    // Who leaves waits for what runs, not for what will not begin.
    let mut eta = Eta::new(&plan, plan.steps.iter().map(takes).collect());
    eta.hear(&Event {
        at: 0,
        what: What::Stopping { running: 0 },
    });
    assert_eq!(eta.left(0), 0);
}

/// The sample, whose three machines go down one after the other.
fn in_waves() -> Plan {
    let mut plan = sample::plan();
    let machine = |name: &str| vec![Address::new(name)];
    plan.waves = vec![Waves {
        fleet: Address::new("vms.web"),
        most_down: 1,
        machines: 4,
        waves: ["vms.web-1", "vms.web-2", "vms.web-3"]
            .map(machine)
            .to_vec(),
        canaries: Vec::new(),
        unwell: Vec::new(),
        beside: Vec::new(),
        looked_at: Vec::new(),
        health: Health::default(),
        pause: 0,
        on_failure: OnFailure::Stop,
    }];
    plan
}

#[test]
fn a_rollout_tells_its_wave_and_how_long_it_takes_yet() {
    let plan = in_waves();
    let eta = || Eta::new(&plan, plan.steps.iter().map(takes).collect());
    let mut progress = Progress::new(&plan, &wide(100)).expecting(eta());
    let mut board = Board::new(&plan, &wide(100)).expecting(eta());
    let (mut beats, mut lines) = (Vec::new(), Vec::new());
    for event in good(&plan) {
        beats.extend(progress.heartbeat(event.at).map(|line| line.plain()));
        progress.hear(&event, START);
        board.hear(&event);
        let live = board.live(event.at, 100);
        let live = live.iter().map(tenon_render::Text::plain);
        lines.extend(live.filter(|line| line.contains("Rolling")));
    }
    lines.dedup();
    insta::assert_snapshot!(beats.concat() + &lines.concat(), @r"
    09:21:21Z running 3  vms.db 58s, vms.jump 58s, vms.web-4 58s   done 13 of 20   about 9m50s left
    09:22:33Z running 2  vms.db 2m10s, vms.web-1 28s            done 16 of 20   vms.web wave 1 of 3, about 8m40s left
    09:25:04Z running 1  vms.web-1 2m59s                        done 17 of 20   vms.web wave 1 of 3, about 6m20s left
    09:28:03Z running 1  vms.web-2 2m59s                        done 18 of 20   vms.web wave 2 of 3, about 3m20s left
    09:31:02Z running 1  vms.web-3 2m59s                        done 19 of 20   vms.web wave 3 of 3, about 20s left
       Rolling  vms.web   wave 1 of 3, about 9m00s left
       Rolling  vms.web   wave 1 of 3, about 8m30s left
       Rolling  vms.web   wave 1 of 3, about 8m20s left
       Rolling  vms.web   wave 2 of 3, about 6m00s left
       Rolling  vms.web   wave 2 of 3, about 5m30s left
       Rolling  vms.web   wave 3 of 3, about 3m00s left
       Rolling  vms.web   wave 3 of 3, about 2m40s left
    ");
}

#[test]
fn a_plan_says_how_long_it_takes() {
    let mut plan = in_waves();
    plan.takes = Some(Forecast::of(&plan, &Times::default()));
    let text = tenon_render::plan(&plan, &Sources::default(), &wide(100)).plain();
    let line = text.lines().find(|line| line.contains("takes"));
    insta::assert_snapshot!(line.unwrap_or_default().trim(), @"takes     about 8 min (3 waves of about 2 min), by Azure's usual times");
    // Nothing that is done depends on it.
    assert_eq!(plan.compute_digest(), sample::plan().compute_digest());
}
