//! The same over the simulator, whose live bodies are made from Microsoft's
//! descriptions too: what an update sends back of them.

use tenon_engine::{Interrupt, Vault};
use tenon_model::{Later, Value};

use crate::descriptions;
use crate::finding::Problem;
use crate::request::Request;
use crate::world::{HEAD, Heard, World};
use crate::written::Recorder;

struct NoSecrets;

impl Vault for NoSecrets {
    fn reveal(&self, _: &Later) -> Result<Value, String> {
        Err("there is nothing here".to_owned())
    }
}

const BEFORE: &str = "
tags: {team: platform}
networks:
  net:
    address_space: [10.0.0.0/16]
    dns_servers: [10.0.0.4]
    subnets: {app: {prefix: 10.0.1.0/24, nsg: group}}
nsgs:
  group:
    rules:
      web: {priority: 100, port: [80, 443], from: Internet}
      ssh: {priority: 110, port: 22, from: [10.0.0.0/8, 192.168.0.0/16]}
vms:
  m:
    image: web
    subnet: net/app
    zone: \"1\"
    admin_username: ops
    ssh_key: ssh-ed25519 AAAA test
    public_ip: {dns_name: a-label}
    private_ip: 10.0.1.9
    boot_diagnostics: true
    data_disks: {a: {size_gb: 8}, b: {size_gb: 8, lun: 5}}
";

/// What changes, one after the other.
const EDITS: &[(&str, &str)] = &[
    ("platform", "other"),
    ("[10.0.0.4]", "[10.0.0.4, 10.0.0.5]"),
    ("port: 22", "port: 2222"),
    ("nsg: group}", "}"),
    ("dns_name: a-label", "idle_timeout: 9"),
    ("    private_ip: 10.0.1.9\n", ""),
    ("boot_diagnostics: true", "boot_diagnostics: false"),
    ("a: {size_gb: 8}", "a: {size_gb: 16, caching: ReadOnly}"),
    ("b: {size_gb: 8, lun: 5}", "c: {size_gb: 8, lun: 6}"),
    (
        "    zone:",
        "    os_disk: {caching: None}\n    size: Standard_E4s_v5\n    zone:",
    ),
    ("    public_ip: {idle_timeout: 9}", "    public_ip: false"),
];

/// Applies a spec; every request that writes.
async fn sent(spec: &str, world: &World) -> Vec<Request> {
    let plan = world.plan(spec).await;
    let is_there = |id: &tenon_model::ResourceId| world.simulator.resource(id.as_str()).is_some();
    let recorder = Recorder::new(&world.client, &is_there);
    let heard = Heard::default();
    let (interrupt, options) = (Interrupt::default(), world.options());
    tenon_engine::apply(&plan, &recorder, &NoSecrets, &heard, &interrupt, &options).await;
    let report = heard.report();
    assert!(report.is_complete(), "{spec}\n{report:#?}");
    recorder.requests()
}

#[tokio::test(start_paused = true)]
async fn what_a_simulated_azure_is_sent_fits_the_description() {
    let Some(all) = descriptions::find("what_a_simulated_azure_is_sent_fits_the_description")
    else {
        return;
    };
    let world = World::new("");
    let mut spec = format!("{HEAD}{BEFORE}");
    let mut requests = sent(&spec, &world).await;
    for (from, to) in EDITS {
        assert!(spec.contains(from), "no {from} in {spec}");
        spec = spec.replace(from, to);
        let edit = sent(&spec, &world).await;
        assert!(!edit.is_empty(), "{to} is no change");
        requests.extend(edit);
    }
    let mut wrong = Vec::new();
    for request in &requests {
        let findings = all.check(request).into_iter();
        let findings = findings.filter(|one| !matches!(one.problem, Problem::NotListed(_)));
        wrong.extend(findings.map(|one| format!("{} {} {one}", request.method, request.path)));
    }
    assert!(requests.len() > 20, "only {}", requests.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
