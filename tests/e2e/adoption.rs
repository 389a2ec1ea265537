//! Taking over what exists: only what is named, only with what differs, and
//! only if nobody else has taken it in the meantime.

use serde_json::{Value, json};

use crate::scenario::{Scenario, two_machines};
use crate::worlds::{id, machine};

const NIC: &str = "Microsoft.Network/networkInterfaces/oneVMNic";

/// Two machines that stand; one of them and its interface lost their markers,
/// as if somebody had made them by hand.
fn by_hand() -> Scenario {
    let scenario = two_machines();
    let tags = json!({"tags": {
        "tenon-deployment": null, "tenon-address": null, "tenon-mark": null, "tenon-base": null,
        "made-by": "hand",
    }});
    for id in [machine("one"), id(NIC)] {
        scenario.portal().patch(&id, &tags);
    }
    scenario.portal().forget_requests();
    scenario
}

fn tag(scenario: &Scenario, id: &str, name: &str) -> Value {
    let live = scenario.portal().resource(id).expect("it stands");
    live["tags"][name].clone()
}

#[test]
fn a_machine_made_by_hand_is_offered_taken_over_and_managed_after() {
    let scenario = by_hand();
    scenario
        .run("plan")
        .exits(1)
        .says("2 resources of `vms.one` exist already")
        .says("tenon plan --adopt vms.one");
    scenario
        .run("plan --adopt vms.one --out saved")
        .exits(0)
        .says("adopt, it only gets our marker")
        .says("plan      2 adopt; ");
    assert_eq!(scenario.portal().writes(), [""; 0]);
    scenario.run("apply saved").exits(0).says("2 adopted");
    for id in [machine("one"), id(NIC)] {
        assert_eq!(tag(&scenario, &id, "made-by"), "hand");
        assert_eq!(
            tag(&scenario, &id, "tenon-address")
                .as_str()
                .map(|text| &text[..7]),
            Some("vms.one")
        );
    }
    let writes = scenario.portal().writes();
    assert_eq!(writes.len(), 2, "{writes:?}");
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("plan --adopt vms.one").finds_nothing_to_do();
    scenario.edit(
        "tenon.yaml",
        "one: {image: web,",
        "one: {image: web, size: Standard_D4s_v5,",
    );
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("Standard_D4s_v5");
    scenario.run("destroy --confirm shop").exits(0);
    assert!(scenario.portal().resource(&machine("one")).is_none());
}

#[test]
fn adopt_asks_and_does_the_same_in_one_go() {
    let scenario = by_hand();
    scenario.run("adopt vms.one").exits(1).says("TN4014");
    scenario
        .run("adopt vms.one --auto-approve")
        .exits(0)
        .says("2 adopted");
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn what_somebody_else_marked_in_the_meantime_is_theirs() {
    let scenario = by_hand();
    scenario
        .run("plan --adopt vms.one --out saved")
        .exits(0)
        .says("2 adopt");
    let theirs = json!({"tags": {"tenon-deployment": "other"}});
    scenario.portal().patch(&machine("one"), &theirs);
    scenario
        .run("apply saved")
        .exits(6)
        .says("tags.tenon-deployment");
    assert_eq!(tag(&scenario, &machine("one"), "tenon-deployment"), "other");
}

#[test]
fn what_would_have_to_be_replaced_is_not_taken_over() {
    let scenario = by_hand();
    scenario.edit(
        "tenon.yaml",
        "one: {image: web,",
        "one: {image: web, zone: 2,",
    );
    scenario
        .run("plan --adopt vms.one")
        .exits(1)
        .says("error[TN4016]: `vms.one` cannot be taken over as it is")
        .says("zone is not set, the spec says 2");
    assert_eq!(scenario.portal().writes(), [""; 0]);
}

#[test]
fn an_address_of_nothing_is_an_error_with_the_nearest_one() {
    by_hand()
        .run("adopt vms.onne --auto-approve")
        .exits(1)
        .says("`vms.onne` stands for nothing that this spec makes")
        .says("did you mean `vms.one`?");
}
