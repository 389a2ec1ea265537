//! What Azure has not heard everywhere is waited for, if this run has said it.

use std::time::Duration;

use tenon_model::event::Failure;
use tenon_model::report::{Ended, Report};

use crate::run;
use crate::world::{HEAD, World};

const NETWORK: &str = "networks: {net: {subnets: {app: {prefix: 10.0.0.0/24}}}}\n";
const NO_SUBNET: &str = "networks: {net: {}}\n";

/// A role for the application itself, in a subscription where it has none that
/// writes; and what it needs the role for.
const ROLE: &str = "\
resources:
  role:
    type: Microsoft.Authorization/roleAssignments@2022-04-01
    subscription: 55555555-5555-5555-5555-555555555555
    body: {properties: {}}
networks:
  guarded: {subscription: 55555555-5555-5555-5555-555555555555, depends_on: resources.role}
";

/// A world in which the role is given at once, and counts when it is granted.
fn role_world() -> World {
    let world = World::new("");
    world.pretend("PUT", "*/roleAssignments/role");
    world
}

fn spec(body: &str) -> String {
    format!("{HEAD}{body}")
}

/// The codes with which steps were refused.
fn refusals(report: &Report) -> Vec<&str> {
    let ends = report.lines.values().filter_map(|line| line.ended.as_ref());
    ends.filter_map(|ended| match ended {
        Ended::Failed {
            failure: Failure::Refused { refusal },
        } => Some(refusal.code.as_str()),
        _ => None,
    })
    .collect()
}

fn took(report: &Report) -> Duration {
    Duration::from_millis(report.took)
}

#[tokio::test(start_paused = true)]
async fn a_parent_that_was_just_made_is_waited_for() {
    for (status, code) in [
        (404, "ParentResourceNotFound"),
        (404, "ResourceGroupNotFound"),
        (400, "InvalidResourceReference"),
    ] {
        let world = World::new("");
        world.refuse_times(4, "PUT", "*/subnets/app", status, code);
        let report = run(&world.plan(&spec(NETWORK)).await, &world).await;
        assert!(report.is_complete(), "{code}: {report:?}");
        // Two operations of 20 s, and 1 + 2 + 4 + 8 s between five attempts.
        let took = took(&report).as_secs();
        assert!((55..58).contains(&took), "{code}: {took}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_parent_of_somebody_s_is_not() {
    let world = World::new("");
    assert!(
        run(&world.plan(&spec(NO_SUBNET)).await, &world)
            .await
            .is_complete()
    );
    world.refuse_times(0, "PUT", "*/subnets/app", 404, "ParentResourceNotFound");
    let report = run(&world.plan(&spec(NETWORK)).await, &world).await;
    assert_eq!(refusals(&report), ["ParentResourceNotFound"]);
    assert!(took(&report) < Duration::from_secs(30), "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_role_that_was_just_given_is_waited_for() {
    let world = role_world();
    let plan = world.plan(&spec(ROLE)).await;
    let later = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        world.grant();
    };
    let (report, ()) = tokio::join!(run(&plan, &world), later);
    assert!(report.is_complete(), "{report:?}");
    // The longest pause is 15 s, the operation takes 20.
    let took = took(&report).as_secs();
    assert!((110..130).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn reading_waits_for_a_role_too() {
    for code in ["AuthorizationFailed", "LinkedAuthorizationFailed"] {
        let world = role_world();
        world.grant();
        let plan = world.plan(&spec(ROLE)).await;
        world.refuse_times(4, "GET", "*/virtualNetworks/guarded", 403, code);
        let report = run(&plan, &world).await;
        assert!(report.is_complete(), "{code}: {report:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_that_never_counts_is_given_up_after_ten_minutes() {
    let world = role_world();
    let report = run(&world.plan(&spec(ROLE)).await, &world).await;
    assert_eq!(refusals(&report), ["AuthorizationFailed"]);
    let took = took(&report).as_secs();
    assert!((600..620).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn a_right_that_nobody_just_gave_is_not_waited_for() {
    let world = World::new("");
    let plan = world.plan(&spec(NETWORK)).await;
    world.refuse("PUT", "*/virtualNetworks/net", 403, "AuthorizationFailed");
    let report = run(&plan, &world).await;
    assert_eq!(refusals(&report), ["AuthorizationFailed"]);
    assert!(took(&report) < Duration::from_secs(5));
}

/// A read that follows the end of an operation may reach a replica that has
/// not heard of it.
#[tokio::test(start_paused = true)]
async fn what_was_just_made_may_not_be_seen_yet() {
    let world = World::new("");
    let plan = world.plan(&spec(NO_SUBNET)).await;
    // The first look is before the write, and rightly finds nothing.
    world.refuse_times(4, "GET", "*/virtualNetworks/net", 404, "ResourceNotFound");
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
}
