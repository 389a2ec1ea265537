//! Whether there is room for the machines of a plan, before anything is made.

use serde_json::{Value, json};
use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{HEAD, WORKLOAD, machine, two_tenants};

/// A world in which the consumer may have so many vCPUs.
fn world(quotas: &[(&str, i64)]) -> WorldFile {
    let mut world = two_tenants();
    for (name, limit) in quotas {
        let quotas = &mut world.subscriptions[0].quotas;
        quotas.insert((*name).to_owned(), *limit);
    }
    world
}

/// A fleet, two vCPUs each unless `rest` says otherwise.
fn fleet(count: usize, rest: &str) -> String {
    format!(
        "{HEAD}vms:
  web:
    image: web
    count: {count}
    admin_username: azureuser
    public_ip: false
    subnet: /subscriptions/{WORKLOAD}/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps
    ssh_key: ssh-ed25519 AAAA test
{rest}"
    )
}

const FAMILY: &str = "standardDSv5Family";

/// What was asked about quotas since requests were forgotten.
fn asked(scenario: &Scenario) -> usize {
    let requests = scenario.portal().requests();
    let paths = requests.iter().filter_map(|one| one["path"].as_str());
    paths
        .filter(|path| {
            path.contains("/Microsoft.Compute/locations/") && path.ends_with("/usages")
                || path.ends_with("/skus")
        })
        .count()
}

#[test]
fn one_machine_too_many_is_an_error_of_the_plan() {
    let scenario = Scenario::within(world(&[(FAMILY, 7)]), &fleet(4, ""));
    let output = scenario.run("plan --out saved");
    let words = output.stdout.find("error[").map(|at| &output.stdout[at..]);
    let words = words.and_then(|text| text.split("\n\n  +").next());
    insta::assert_snapshot!(words.expect("an error"), @r"
    error[TN3201]: not enough vCPU quota for `vms.web-4`
      --> tenon.yaml:16:3
       |
    16 |   web:
       |   ^^^
       |
       = cores in westeurope: ok (0 used + 8 needed, limit 350000)
       = standardDSv5Family in westeurope: 0 used + 8 needed > limit 7
    help: raise the limit of standardDSv5Family to at least 8 (portal, Quotas, westeurope), or take a
          size of another family

    The plan itself (8 create) is below for review; it is marked `not applyable`, and apply refuses it.
    ");
    output.exits(1).says("+ web-{1..4}");
    let saved: Value = serde_json::from_str(&scenario.read("saved")).expect("JSON");
    assert_eq!(saved["applyable"], false);
    scenario.run("apply saved").exits(1);
    assert!(scenario.portal().writes().is_empty());
}

#[test]
fn what_fits_exactly_is_fine() {
    let quotas = [(FAMILY, 8), ("cores", 8), ("lowPriorityCores", 0)];
    let scenario = Scenario::within(world(&quotas), &fleet(4, ""));
    scenario.run("apply --auto-approve").exits(0);
    // One more is too many for both.
    scenario.edit("tenon.yaml", "count: 4", "count: 5");
    scenario
        .run("plan")
        .exits(1)
        .says("cores in westeurope: 8 used + 2 needed > limit 8")
        .says("standardDSv5Family in westeurope: 8 used + 2 needed > limit 8")
        .says("tenon.yaml:16:3");
}

/// Spot machines count against a limit of their own, and no other.
#[test]
fn spot_machines_count_by_themselves() {
    let quotas = [(FAMILY, 0), ("cores", 0), ("lowPriorityCores", 4)];
    let spot = "    priority: Spot\n";
    let scenario = Scenario::within(world(&quotas), &fleet(2, spot));
    scenario.run("plan").exits(0);
    scenario.edit("tenon.yaml", "count: 2", "count: 3");
    scenario
        .run("plan")
        .exits(1)
        .says("lowPriorityCores in westeurope: 0 used + 6 needed > limit 4");
}

/// In the end there is room; but the new one is made while the old one is
/// still there.
#[test]
fn the_peak_on_the_way_counts() {
    let old = "  old: {image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps, ssh_key: ssh-ed25519 AAAA test}\n";
    let scenario = Scenario::within(world(&[(FAMILY, 4)]), &fleet(1, old));
    scenario.run("apply --auto-approve").exits(0);
    scenario.edit("tenon.yaml", old, "");
    scenario.edit("tenon.yaml", "count: 1", "count: 2");
    scenario
        .run("plan")
        .exits(1)
        .says("standardDSv5Family in westeurope: 4 used + 2 needed > limit 4")
        .says("tenon apply --target vms.old");
    scenario
        .run("apply --auto-approve --target vms.old")
        .exits(0);
    scenario.run("apply --auto-approve").exits(0);
}

/// Machines that are replaced one after the other give back what they had
/// before they are made again; what they take more is summed along the waves.
#[test]
fn sizes_that_grow_wave_by_wave_are_summed() {
    let zone = "    size: Standard_D2s_v5\n    zones: [\"1\"]\n";
    let scenario = Scenario::within(world(&[(FAMILY, 10)]), &fleet(3, zone));
    scenario.run("apply --auto-approve").exits(0);
    // Another image and the same size: no more than before at any time.
    scenario.portal().forget_requests();
    scenario.edit("tenon.yaml", "1.4.2", "1.4.1");
    scenario.run("plan").exits(0);
    assert_eq!(asked(&scenario), 0);
    scenario.edit("tenon.yaml", "D2s_v5", "D4s_v5");
    scenario
        .run("plan")
        .exits(1)
        .says("`vms.web-3`")
        .says("`vms.web-3` is in wave 3 of 3 of `vms.web`")
        .says("standardDSv5Family in westeurope: 6 used - 6 freed before + 12 needed > limit 10");
    assert_eq!(asked(&scenario), 2);
}

/// Who may read one group only may not read quotas.
/// Beside the machines that are there, those of one wave need room.
#[test]
fn new_machines_beside_old_ones_need_room_for_a_wave() {
    let beside = "    rollout: {order: create_first, max_unavailable: 1}\n";
    let scenario = Scenario::within(world(&[(FAMILY, 8)]), &fleet(3, beside));
    scenario.run("apply --auto-approve").exits(0);
    scenario.edit("tenon.yaml", "1.4.2", "1.4.1");
    scenario.edit("tenon.yaml", "max_unavailable: 1", "max_unavailable: 2");
    scenario
        .run("plan")
        .exits(1)
        .says("TN3201")
        .says("standardDSv5Family in westeurope: 6 used + 4 needed > limit 8")
        .says("is in wave 1 of 2 of `vms.web`");
    scenario.edit("tenon.yaml", "max_unavailable: 2", "max_unavailable: 1");
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn who_may_not_read_quotas_is_told_and_goes_on() {
    let scenario = Scenario::of(&fleet(1, ""));
    scenario.portal().fault(&json!({
        "times": 0,
        "match": {"method": "GET", "id": "*/Microsoft.Compute/locations/*/usages"},
        "action": {"do": "respond", "status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    scenario
        .run("plan --summary")
        .exits(0)
        .says("not checked: vCPU quota in westeurope (403 AuthorizationFailed)");
    assert_eq!(asked(&scenario), 1);
}

/// Two requests for a region in which machines are made, and none otherwise.
#[test]
fn quotas_are_read_only_for_machines_that_take_room() {
    let scenario = Scenario::of(&fleet(3, ""));
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(asked(&scenario), 2);
    scenario.portal().forget_requests();
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit("tenon.yaml", "count: 3", "count: 2");
    scenario.run("apply --auto-approve").exits(0);
    assert!(scenario.portal().resource(&machine("web-3")).is_none());
    assert_eq!(asked(&scenario), 0);
}
