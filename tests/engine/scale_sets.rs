//! New models of scale sets on their way to the instances.

use std::collections::BTreeMap;
use std::time::Duration;

use tenon_model::event::{Event, Failure, Listener, What};
use tenon_model::plan::{Does, Plan, Reach, Reason};
use tenon_model::report::{Ended, Report};
use tenon_sim::Simulator;

use tenon_engine::{ApplyOptions, Interrupt, apply};

use crate::world::{HEAD, World};
use crate::{Nothing, run};

const SET: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web";

/// A set of a network of its own; `words` are further keys.
pub(crate) fn set(words: &str) -> String {
    format!(
        "{HEAD}
networks:
  net: {{address_space: [10.0.0.0/8], subnets: {{app: {{prefix: 10.0.0.0/16}}}}}}
scale_sets:
  web:
    image: web
    orchestration: Uniform
    subnet: net/app
    admin_username: azureuser
    ssh_key: ssh-ed25519 AAAA test
    {words}
"
    )
}

/// Five instances, two at a time.
pub(crate) const ROLLING: &str = "capacity: 5\n    upgrade: {mode: Rolling, max_batch_instance_percent: 40, pause_time_between_batches: 1m}\n    health: {protocol: http, port: 80}";
/// The same, and the run does it.
pub(crate) const TOLD: &str =
    "capacity: 5\n    rollout: {max_unavailable: 2}\n    health: {protocol: http, port: 80}";

fn renewed(words: &str) -> String {
    set(words).replace("1.4.2", "1.5.0")
}

/// A world in which the set stands, and the plan for another image.
async fn standing(words: &str, settings: &str) -> (World, Plan) {
    let world = World::new(settings);
    let report = run(&world.plan(&set(words)).await, &world).await;
    assert!(report.is_complete(), "{report:?}");
    let plan = world.plan(&renewed(words)).await;
    (world, plan)
}

fn steps(plan: &Plan) -> Vec<Does> {
    plan.steps.iter().map(|step| step.does).collect()
}

/// How many instances have which version.
fn versions(simulator: &Simulator) -> BTreeMap<String, usize> {
    let mut versions = BTreeMap::new();
    for id in simulator.resource_ids() {
        if !id.contains("/virtualMachines/") {
            continue;
        }
        let body = simulator.resource(&id).expect("an instance");
        let image = body.pointer("/properties/storageProfile/imageReference/id");
        let image = image.and_then(|image| image.as_str()).expect("an image");
        let version = image.rsplit('/').next().unwrap_or_default();
        *versions.entry(version.to_owned()).or_default() += 1;
    }
    versions
}

fn of(version: &str, count: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([(version.to_owned(), count)])
}

fn failure(report: &Report) -> Option<&Failure> {
    report.lines.values().find_map(|line| match &line.ended {
        Some(Ended::Failed { failure }) => Some(failure),
        _ => None,
    })
}

fn requests(world: &World, method: &str, end: &str) -> usize {
    let log = world.simulator.request_log().into_iter();
    log.filter(|one| one.method == method && one.path.ends_with(end))
        .count()
}

#[tokio::test(start_paused = true)]
async fn a_rolling_upgrade_is_begun_once_and_followed() {
    let (world, plan) = standing(ROLLING, "").await;
    assert_eq!(steps(&plan), [Does::Update, Does::Follow]);
    let reach = plan.changes[0].reach.as_ref();
    assert!(
        matches!(reach, Some(Reach::Policy { percent: 40, instances: 5, pause, .. }) if pause == "PT1M"),
        "{reach:?}"
    );
    world.simulator.clear_request_log();
    assert!(run(&plan, &world).await.is_complete());
    assert_eq!(versions(&world.simulator), of("1.5.0", 5));
    assert_eq!(requests(&world, "PATCH", "/web"), 1);
    assert_eq!(requests(&world, "POST", "/manualupgrade"), 0);
    assert_eq!(steps(&world.plan(&renewed(ROLLING)).await), []);
}

/// What was said of instances that have the model.
#[derive(Default)]
struct Said(std::sync::Mutex<Vec<(usize, usize, usize)>>);

impl Listener for Said {
    fn hear(&self, event: &Event) {
        if let What::Upgraded {
            instances,
            unwell,
            of,
            ..
        } = event.what
        {
            let mut said = self.0.lock().expect("nobody panicked");
            said.push((instances, unwell, of));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_batch_by_batch() {
    let (world, plan) = standing(ROLLING, "").await;
    let (said, interrupt, options) = (
        Said::default(),
        Interrupt::default(),
        ApplyOptions::default(),
    );
    apply(&plan, &world.client, &Nothing, &said, &interrupt, &options).await;
    let said = said.0.into_inner().expect("nobody panicked");
    assert_eq!(said, [(0, 0, 5), (2, 0, 5), (4, 0, 5), (5, 0, 5)]);
}

#[tokio::test(start_paused = true)]
async fn a_fault_has_azure_s_own_words_and_the_next_plan_begins_anew() {
    let bad = "  unwell: ['*/versions/1.5.0']\n";
    let (world, plan) = standing(ROLLING, bad).await;
    let report = run(&plan, &world).await;
    let Some(Failure::Refused { refusal }) = failure(&report) else {
        panic!("{report:?}");
    };
    let code = "MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade";
    assert_eq!(refusal.code, code);
    let left = versions(&world.simulator);
    assert_eq!(left["1.4.2"], 3, "a batch and no more");

    // Back to what was good: a new model, a new upgrade. Azure begins none while
    // so many are unwell, unless it is told to.
    let back = world.plan(&set(ROLLING)).await;
    let report = run(&back, &world).await;
    let Some(Failure::Refused { refusal }) = failure(&report) else {
        panic!("{report:?}");
    };
    let code = "MaxUnhealthyInstancePercentExceededInRollingUpgrade";
    assert_eq!(refusal.code, code);
    let patient = set(ROLLING).replace(
        "mode: Rolling,",
        "mode: Rolling, max_unhealthy_instance_percent: 100,",
    );
    let back = world.plan(&patient).await;
    assert_eq!(steps(&back), [Does::Update, Does::Follow]);
    assert!(run(&back, &world).await.is_complete());
    assert_eq!(versions(&world.simulator), of("1.4.2", 5));
}

#[tokio::test(start_paused = true)]
async fn one_that_was_cancelled_is_begun_again() {
    let (world, plan) = standing(ROLLING, "").await;
    let cancelling = async {
        tokio::time::sleep(Duration::from_secs(45)).await;
        let path = format!("{SET}/rollingUpgrades/cancel");
        world.act(&path).await;
    };
    let (report, ()) = tokio::join!(run(&plan, &world), cancelling);
    let Some(Failure::Refused { refusal }) = failure(&report) else {
        panic!("{report:?}");
    };
    assert_eq!(refusal.code, "RollingUpgradeCancelled");
    let again = world.plan(&renewed(ROLLING)).await;
    assert_eq!(steps(&again), [Does::Follow]);
    let reason = &again.changes[0].reason;
    assert!(
        matches!(reason, Reason::Behind { instances: 1.. }),
        "{reason:?}"
    );
    assert!(run(&again, &world).await.is_complete());
    assert_eq!(versions(&world.simulator), of("1.5.0", 5));
    assert_eq!(steps(&world.plan(&renewed(ROLLING)).await), []);
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_followed_and_not_begun_again() {
    let (world, plan) = standing(ROLLING, "").await;
    let cut = Duration::from_secs(60);
    let first = tokio::time::timeout(cut, run(&plan, &world)).await;
    assert!(first.is_err(), "it takes longer");
    let next = world.again();
    let plan = next.plan(&renewed(ROLLING)).await;
    assert_eq!(steps(&plan), [Does::Follow]);
    let reach = plan.changes[0].reach.as_ref();
    assert!(
        matches!(
            reach,
            Some(Reach::Policy {
                under_way: true,
                ..
            })
        ),
        "{reach:?}"
    );
    world.simulator.clear_request_log();
    assert!(run(&plan, &next).await.is_complete());
    assert_eq!(requests(&world, "PATCH", "/web"), 0);
    assert_eq!(versions(&world.simulator), of("1.5.0", 5));
}

#[tokio::test(start_paused = true)]
async fn batches_of_the_run_follow_each_other_and_are_never_larger() {
    let (world, plan) = standing(TOLD, "").await;
    let upgrades = [Does::Upgrade; 3];
    assert_eq!(steps(&plan)[1..], upgrades);
    let (done, watched) = tokio::join!(run(&plan, &world), most_down(&world));
    assert!(done.is_complete());
    assert_eq!(watched, 2);
    assert_eq!(versions(&world.simulator), of("1.5.0", 5));
    assert_eq!(steps(&world.plan(&renewed(TOLD)).await), []);
}

/// The most instances that had left the old version and were not yet complete,
/// looked at each second until all have left it.
async fn most_down(world: &World) -> usize {
    let (mut most, mut before) = (0, 5);
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let old = versions(&world.simulator).get("1.4.2").copied();
        let old = old.unwrap_or(0);
        most = most.max(before - old);
        before = old;
        if old == 0 {
            return most;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unwell_batch_of_the_run_is_the_last_one() {
    let (world, plan) = standing(TOLD, "  unwell: ['*/versions/1.5.0']\n").await;
    let report = run(&plan, &world).await;
    // What the program says as TN3912.
    assert_eq!(
        failure(&report),
        Some(&Failure::Unwell {
            instances: vec!["0".to_owned(), "1".to_owned()]
        })
    );
    assert_eq!(versions(&world.simulator)["1.4.2"], 3);
    // Those that are unwell go first when it goes on.
    let next = world.plan(&set(TOLD)).await;
    let body = next.steps[1].request.body.clone().unwrap_or_default();
    let first = serde_json::to_string(&body).expect("JSON");
    assert_eq!(first, r#"{"instanceIds":["0","1"]}"#);
    assert!(run(&next, &world).await.is_complete());
    assert_eq!(versions(&world.simulator), of("1.4.2", 5));
}

/// Microsoft Learn, "Performing manual upgrades": a flexible set takes the
/// names of its machines.
#[tokio::test(start_paused = true)]
async fn machines_of_a_flexible_set_get_the_model_in_the_same_ways() {
    for words in [ROLLING, TOLD] {
        let flexible = |spec: String| spec.replace("Uniform", "Flexible");
        let world = World::new("");
        let report = run(&world.plan(&flexible(set(words))).await, &world).await;
        assert!(report.is_complete(), "{report:?}");
        let plan = world.plan(&flexible(renewed(words))).await;
        assert_eq!(
            plan.changes[0].reach.as_ref().map(Reach::instances),
            Some(5)
        );
        assert!(run(&plan, &world).await.is_complete());
        assert_eq!(versions(&world.simulator), of("1.5.0", 5));
        assert_eq!(steps(&world.plan(&flexible(renewed(words))).await), []);
    }
}
