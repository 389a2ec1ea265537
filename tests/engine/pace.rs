//! How fast a plan is carried out.

use std::time::Duration;

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
