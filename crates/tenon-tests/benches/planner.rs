//! How long a plan takes, without Azure: `cargo bench -p tenon-tests`.
//! `TENON_COUNT` is the number of machines, 10,000 unless told.

#[path = "../../../tests/plans/support/mod.rs"]
mod support;

use std::time::Duration;

use tenon_model::plan::Mode;

use support::cloud::Cloud;

const GALLERY: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web";
const HEAD: &str = "tenon: 1\nname: shop\nresource_group: {name: rg, create: true}\nlocation: westeurope\ntags: {app: shop}\n";

fn fleet(count: usize, version: &str, own_networks: bool) -> String {
    let machines = if own_networks {
        (0..count)
            .map(|index| {
                format!("  m{index}: {{image: web, admin_username: ops, nsg_rule: NONE}}\n")
            })
            .collect::<String>()
    } else {
        format!(
            "  web:\n    image: web\n    admin_username: ops\n    subnet: net/app\n    public_ip: false\n    count: {count}\n    data_disks: {{data: {{size_gb: 8}}}}\n    rollout: {{max_unavailable: 5}}\n"
        )
    };
    format!(
        "{HEAD}images:\n  web: {{id: {GALLERY}, version: {version}}}\nnetworks:\n  net: {{address_space: 10.0.0.0/8, subnets: {{app: {{prefix: 10.0.0.0/9}}}}}}\nvms:\n{machines}"
    )
}

/// The time that a processor has worked for this thread; elsewhere than on
/// Linux nothing.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(first.unwrap_or(0))
}

#[expect(clippy::print_stdout, reason = "figures are what it is for")]
fn main() {
    if std::env::args().all(|argument| argument != "--bench") {
        return; // `cargo test` runs the figures of nobody.
    }
    let count = std::env::var("TENON_COUNT").map_or(10_000, |text| text.parse().expect("a count"));
    for own_networks in [false, true] {
        let kind = if own_networks {
            "own networks"
        } else {
            "one fleet"
        };
        let files = support::files();
        let began = cpu();
        let told = |what: &str, began: Duration| {
            println!("{kind:14} {what:24} {:>8.2?}", cpu() - began);
        };
        let first = support::ask(&fleet(count, "1.4.1", own_networks), None, &files);
        let first = first.unwrap_or_else(|stopped| panic!("{:?}", stopped.diagnostics));
        told("read, declare, graph", began);
        let cloud = Cloud::default();
        let empty = first.snapshot(&cloud, Mode::Live);
        let began = cpu();
        let plan = tenon_plan::plan(&first.inputs(&empty, Mode::Live));
        told("plan creates", began);
        // Applying takes the engine its time; the desired bodies will do.
        for step in &plan.steps {
            let body = step.request.body.clone().unwrap_or_default();
            cloud.put(step.id.as_str(), &body);
        }
        let live = first.snapshot(&cloud, Mode::Live);
        let began = cpu();
        let plan = tenon_plan::plan(&first.inputs(&live, Mode::Live));
        told("plan nothing", began);
        assert_eq!(plan.changes.len(), 0, "{:?}", plan.changes.first());
        let next = support::ask(&fleet(count, "1.5.0", own_networks), None, &files);
        let next = next.unwrap_or_else(|stopped| panic!("{:?}", stopped.diagnostics));
        let began = cpu();
        let plan = tenon_plan::plan(&next.inputs(&live, Mode::Live));
        told("plan replaces", began);
        assert_eq!(plan.summary.replace, count);
        let live = first.snapshot(&cloud, Mode::Destroy);
        let began = cpu();
        let plan = tenon_plan::plan(&first.inputs(&live, Mode::Destroy));
        told("plan destroy", began);
        assert!(plan.summary.delete > count);
        let none = support::ask(&fleet(1, "1.4.1", false), None, &files);
        let none = none.unwrap_or_else(|stopped| panic!("{:?}", stopped.diagnostics));
        let began = cpu();
        let plan = tenon_plan::plan(&none.inputs(&live, Mode::Live));
        told("plan removal of most", began);
        assert!(plan.summary.delete >= count - 1);
    }
}
