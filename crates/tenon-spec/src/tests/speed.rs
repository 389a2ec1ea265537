//! The largest spec that is promised: ten thousand machines, each written out.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{problems, reading};

/// 39 lines for each machine, 390,000 in all.
fn large(machines: usize) -> String {
    let mut text = String::from("tenon: 1\nname: large\nvms:\n");
    for number in 0..machines {
        let _ = write!(
            text,
            "  vm-{number:05}:\n    image: web\n    name: machine-{number:05}\n    location: westeurope\n    \
             size: Standard_D2s_v5\n    zone: \"{}\"\n    subnet: web-vnet/app\n    public_ip: false\n    \
             admin_username: azureuser\n    ssh_key: keys/ops.pub\n    data_disks:\n",
            number % 3 + 1
        );
        for disk in 0..4 {
            let _ = write!(
                text,
                "      disk{disk}:\n        size_gb: {}\n        sku: Premium_LRS\n        protect: true\n",
                128 << disk
            );
        }
        text.push_str(
            "    rollout:\n      max_unavailable: 1\n      health:\n        tcp: 443\n        within: 10m\n      \
             pause: 60s\n    tags:\n      app: web\n      team: operations\n      cost-center: \"4720\"\n    \
             description: one of many machines\n    protect: true\n",
        );
    }
    text
}

fn best(mut work: impl FnMut()) -> Duration {
    let one = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    (0..3).map(one).min().unwrap()
}

#[test]
#[ignore = "compares times, which only a release build can: cargo test --release -p tenon-spec --lib -- --ignored"]
fn ten_thousand_machines_take_at_most_three_bare_parses() {
    let text = large(10_000);
    let bare = best(|| drop(serde_yaml::from_str::<serde_yaml::Value>(&text).unwrap()));
    let whole = best(|| {
        let reading = reading(&[("large.yaml", &text)], &[]);
        assert!(reading.spec.is_some(), "{}", problems(&reading.diagnostics));
    });
    assert!(whole < bare * 3, "{whole:?} against {bare:?}");
}
