//! Whole-process figures at growing sizes: `cargo bench -p tenon`.
//!
//! A simulator in this process answers each request 20 ms late; the built
//! program plans machines that are not there, applies, and plans again. What
//! is printed is what the operating system and the simulator's request log
//! say: wall time, peak memory, number of requests. Sizes are arguments:
//! `cargo bench -p tenon -- 10 100 1000 10000`.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tenon_sim::{ClockMode, Options, Running, WorldFile};

const LATENCY: Duration = Duration::from_millis(20);
/// Simulated seconds per second: a machine that takes 15 s takes a quarter of one.
const SPEED: u32 = 60;
const SECRET: &str = "bench-secret";

const WORLD: &str = r#"
tenants:
  - {name: acme, id: 11111111-1111-1111-1111-111111111111}
  - {name: contoso, id: 22222222-2222-2222-2222-222222222222}
applications:
  - name: app
    id: 7d5f0c1e-0000-4000-8000-000000000009
    tenant: acme
    multiTenant: true
    secrets: [{value: bench-secret}]
    servicePrincipals: [{tenant: acme}, {tenant: contoso}]
subscriptions:
  - {name: machines, id: 33333333-3333-3333-3333-333333333333, tenant: contoso, quotas: {cores: 1000000, standardDSv5Family: 1000000, virtualMachines: 100000, PublicIPAddresses: 100000, StandardSkuPublicIpAddresses: 100000, NetworkInterfaces: 1000000}}
  - {name: gallery, id: 44444444-4444-4444-4444-444444444444, tenant: acme}
roleAssignments:
  - {scope: /subscriptions/33333333-3333-3333-3333-333333333333, principal: app, role: Contributor}
  - {scope: /subscriptions/44444444-4444-4444-4444-444444444444, principal: app, role: Compute Gallery Image Reader}
resourceGroups:
  - {subscription: machines, name: bench, location: westeurope}
galleries:
  - subscription: gallery
    resourceGroup: images
    name: acme
    location: westeurope
    images: [{name: web, versions: [{name: 1.4.2, regions: [{name: westeurope}]}]}]
"#;

fn spec(count: usize) -> String {
    format!(
        r#"tenon: 1
name: bench
tenant: 22222222-2222-2222-2222-222222222222
subscription: 33333333-3333-3333-3333-333333333333
resource_group: bench
location: westeurope
images:
  web:
    tenant: 11111111-1111-1111-1111-111111111111
    id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web
    version: 1.4.2
networks:
  net: {{address_space: [10.0.0.0/8], subnets: {{app: {{prefix: 10.0.0.0/16}}}}}}
vms:
  web:
    count: {count}
    image: web
    subnet: net/app
    admin_username: azureuser
    ssh_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtlbm9uLWV4YW1wbGUta2V5LW5vdC1hLXJlYWwtb25lISE bench
    data_disks: {{data: {{size_gb: 64}}}}
"#
    )
}

struct Figure {
    wall: Duration,
    peak_kib: Option<u64>,
    requests: usize,
    lines: usize,
}

fn main() {
    let sizes: Vec<usize> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let sizes = if sizes.is_empty() {
        vec![10, 100, 1000]
    } else {
        sizes
    };
    println!(
        "whole process, {} ms per response, simulated time runs {SPEED} times as fast",
        LATENCY.as_millis()
    );
    println!(
        "{:>6}  {:<22} {:>9} {:>9} {:>9} {:>7}",
        "VMs", "command", "wall", "peak", "requests", "lines"
    );
    let start = Instant::now();
    let version = run(Path::new("."), "", &["--version"]);
    let _ = start;
    print(
        0,
        "--version",
        &Figure {
            requests: 0,
            ..version
        },
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    for size in sizes {
        runtime.block_on(bench(size));
    }
}

async fn bench(count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("tenon.yaml"), spec(count)).expect("a spec");
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    let running = tenon_sim::start(Options {
        world: Some(world),
        clock: ClockMode::RealTime { speed: SPEED },
        latency: LATENCY,
        ..Options::default()
    })
    .await
    .expect("a simulator");
    for (name, args) in [
        ("plan, all to be made", &["plan"][..]),
        ("apply", &["apply", "--auto-approve"][..]),
        ("plan, unchanged", &["plan"][..]),
    ] {
        let figure = measure(&running, folder.path(), args).await;
        print(count, name, &figure);
    }
    running.shutdown().await;
}

async fn measure(running: &Running, folder: &Path, args: &[&str]) -> Figure {
    let before = running.simulator().request_log().len();
    let (folder, url) = (folder.to_owned(), running.arm_url());
    let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
    let figure = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run(&folder, &url, &args)
    })
    .await
    .expect("a run");
    let requests = running.simulator().request_log().len() - before;
    Figure { requests, ..figure }
}

fn run(folder: &Path, url: &str, args: &[&str]) -> Figure {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tenon"))
        .args(args)
        .current_dir(folder)
        .env("ARM_CLOUD_METADATA_URL", url)
        .env("AZURE_CLIENT_ID", "7d5f0c1e-0000-4000-8000-000000000009")
        .env("AZURE_CLIENT_SECRET", SECRET)
        .env("CI", "1")
        .stdout(Stdio::from(output(folder)))
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the program");
    let mut peak_kib = None;
    let status = loop {
        peak_kib = peak(child.id()).or(peak_kib);
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = began.elapsed();
    assert!(status.success(), "tenon {args:?} ended with {status}");
    let text = std::fs::read_to_string(folder.join("output.txt")).unwrap_or_default();
    Figure {
        wall,
        peak_kib,
        requests: 0,
        lines: text.lines().count(),
    }
}

fn output(folder: &Path) -> std::fs::File {
    if folder == Path::new(".") {
        return std::fs::File::create("/dev/null").expect("a sink");
    }
    std::fs::File::create(folder.join("output.txt")).expect("a file")
}

/// The most memory a process has had, where the system tells (Linux).
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn print(count: usize, name: &str, figure: &Figure) {
    let peak = figure
        .peak_kib
        .map_or("?".to_owned(), |kib| format!("{} MB", kib / 1024));
    println!(
        "{count:>6}  {name:<22} {:>7.2} s {peak:>9} {:>9} {:>7}",
        figure.wall.as_secs_f64(),
        figure.requests,
        figure.lines
    );
}
