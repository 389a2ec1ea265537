//! How fast a plan is carried out.

use std::sync::Mutex;
use std::time::Duration;

use tenon_engine::{ApplyOptions, Interrupt, apply};
use tenon_model::event::{Event, Listener, What};
use tenon_model::plan::{Does, Plan};
use tenon_model::report::Report;

use crate::world::World;
use crate::{fleet, run};

#[tokio::test(start_paused = true)]
async fn the_makespan_is_the_critical_path() {
    let world = World::new("");
    let plan = world.plan(&fleet(30)).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
    // Network, subnet, interface, machine.
    let critical = Duration::from_secs(20 + 20 + 20 + 120);
    let took = Duration::from_millis(report.took);
    assert!(
        took <= critical.mul_f64(1.05),
        "{took:?} for a critical path of {critical:?}"
    );
}

/// Resource Manager's own numbers: 200 writes at once and ten a second, 250
/// reads and 25 a second (Microsoft Learn, "Understand how Azure Resource
/// Manager throttles requests").
#[tokio::test(start_paused = true)]
async fn a_thousand_creates_under_azure_s_limits_have_no_failed_request() {
    let world = World::new("  throttling: {enabled: true}\n");
    let plan = world.plan(&fleet(499)).await;
    assert_eq!(plan.steps.len(), 1000);
    let report = run(&plan, &world).await;
    assert!(report.is_complete());
    let log = world.simulator.request_log();
    // Whatever is to be made is looked for first, and not there.
    let failed = log
        .iter()
        .filter(|one| one.status >= 400 && !(one.method == "GET" && one.status == 404))
        .count();
    assert_eq!(failed, 0, "of {} requests", log.len());
}

/// Azure answers 429 to a second write in one network.
#[tokio::test(start_paused = true)]
async fn a_network_gets_one_write_at_a_time() {
    let world = World::new("");
    let subnets: Vec<String> = (0..6)
        .map(|number| format!("s{number}: {{prefix: 10.0.{number}.0/24}}"))
        .collect();
    let network = |name: &str| {
        let subnets = subnets.join(", ");
        format!("  {name}: {{address_space: [10.0.0.0/8], subnets: {{{subnets}}}}}\n")
    };
    let spec = format!(
        "{}networks:\n{}{}",
        crate::world::HEAD,
        network("one"),
        network("two")
    );
    let plan = world.plan(&spec).await;
    let report = run(&plan, &world).await;
    assert!(report.is_complete(), "{report:?}");
    let refused = |status| {
        let log = world.simulator.request_log();
        log.iter().filter(|one| one.status == status).count()
    };
    assert_eq!((refused(429), refused(409)), (0, 0));
    // Seven writes of 20 s one after the other, the two networks beside each
    // other.
    let took = Duration::from_millis(report.took);
    let alone = Duration::from_secs(7 * 20);
    assert!(took >= alone && took <= alone.mul_f64(1.05), "{took:?}");
}

/// Addresses in the order in which their steps began.
#[derive(Default)]
struct Begun(Mutex<Vec<(String, Does)>>);

impl Listener for Begun {
    fn hear(&self, event: &Event) {
        if let What::StepStarted(step) = &event.what {
            let begun = (step.address.to_string(), step.does);
            self.0.lock().expect("nobody panicked").push(begun);
        }
    }
}

/// Carries a plan out, so many steps at a time, and notes what begins.
async fn begun(plan: &Plan, world: &World, at_once: usize) -> Vec<(String, Does)> {
    let begun = Begun::default();
    let options = ApplyOptions {
        at_once,
        ..world.options()
    };
    let interrupt = Interrupt::default();
    apply(
        plan,
        &world.client,
        &crate::Nothing,
        &begun,
        &interrupt,
        &options,
    )
    .await;
    begun.0.into_inner().expect("nobody panicked")
}

#[tokio::test(start_paused = true)]
async fn the_longest_way_to_go_starts_first() {
    let world = World::new("");
    let spec = fleet(1).replace(
        "networks:",
        "nsgs: {a: {rules: {}}, b: {rules: {}}}\nnetworks:",
    );
    let plan = world.plan(&spec).await;
    let first_of_plan = plan.steps[0].address.to_string();
    assert!(
        first_of_plan.starts_with("nsgs."),
        "{first_of_plan} comes first anyway"
    );
    let begun = begun(&plan, &world, 1).await;
    let order: Vec<&str> = begun.iter().map(|(address, _)| address.as_str()).collect();
    assert_eq!(
        order,
        [
            "networks.net",
            "networks.net.subnets.app",
            "vms.web-1.nic",
            "vms.web-1",
            "nsgs.a",
            "nsgs.b"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn no_more_machines_are_down_than_allowed() {
    for allowed in [1, 2] {
        let world = World::new("");
        let rollout = format!("    rollout: {{max_unavailable: {allowed}}}\n");
        let spec = fleet(4) + &rollout;
        assert!(run(&world.plan(&spec).await, &world).await.is_complete());
        world.simulator.clear_request_log();
        let plan = world.plan(&spec.replace("1.4.2", "1.5.0")).await;
        let report = run(&plan, &world).await;
        assert!(report.is_complete(), "{report:?}");
        assert_eq!(most_down(&plan, &report), allowed);
    }
}

/// How many machines were down at the same time, from the beginning of their
/// delete to the end of their create.
fn most_down(plan: &Plan, report: &Report) -> usize {
    let mut moments = Vec::new();
    for (index, line) in &report.lines {
        let step = &plan.steps[*index];
        if !step.id.resource_type().ends_with("/virtualMachines") {
            continue;
        }
        match step.does {
            Does::Delete => moments.push((line.from, 1)),
            Does::Create => moments.push((line.to, -1)),
            _ => {}
        }
    }
    // What ends at a moment has ended before what begins at it.
    moments.sort_unstable();
    let mut down = 0_i32;
    let counts = moments.into_iter().map(|(_, change)| {
        down += change;
        down
    });
    counts
        .max()
        .and_then(|most| usize::try_from(most).ok())
        .unwrap_or(0)
}
