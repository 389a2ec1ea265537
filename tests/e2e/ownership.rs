//! What is ours carries our marker; everything else is left alone.

use serde_json::{Value, json};

use crate::scenario::{Scenario, standing, two_machines};
use crate::worlds::{HEAD, MACHINE, id, machine, machines};

#[test]
fn something_of_somebody_elses_stops_the_plan() {
    let scenario = Scenario::of(&machines(&["one", "two"]));
    let foreign = json!({"location": "westeurope", "tags": {"team": "x"}, "properties": {"ipConfigurations": []}});
    let nic = id("Microsoft.Network/networkInterfaces/oneVMNic");
    scenario.portal().put(&nic, &foreign);
    let before = scenario.portal().resources();
    insta::assert_snapshot!(scenario.run("plan --out saved"), @r#"
    exit 1
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.2   from acme 11111111…, pinned in the spec
    read      0 resources with 18 requests in N s    preflight 17 ok, 1 failed

    error[TN4011]: `vms.one.nic` exists already, and tenon did not make it
      --> tenon.yaml:16:3
       |
    16 |   one: {image: web, admin_username: azureuser, public_ip: false, subnet: /subscriptions/333…
       |   ^^^ stands for nic `oneVMNic`
       |
       = /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/networkInterfaces/oneVMNic
       = what tenon did not make it never changes or deletes, unless it is told to take it over
    help: see what taking it over would change:  tenon plan --adopt vms.one.nic
    help: or give yours another name:  name: …
    help: or refer to it:  resources: {nic: {existing:
          /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/networkInterfaces/oneVMNic}}

    The plan itself (3 create) is below for review; it is marked `not applyable`, and apply refuses it.

      +   vms.one        create   tenon.yaml:16
            image web 1.4.2, trusted launch, Standard_D2s_v5,
            subnet
            /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps,
            no public IP

      +   vms.two        create   tenon.yaml:17
            image web 1.4.2, trusted launch, Standard_D2s_v5,
            subnet
            /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps,
            no public IP
            with      NIC twoVMNic

    Summary
      status    not applyable: 1 error; apply refuses this plan
      plan      3 create
      VMs       + one two
      takes     about …
      digest    sha256:…
    --- stderr
    Saved saved
    "#);
    scenario.run("apply --auto-approve").exits(1).says("TN4004");
    let refused = scenario.run("apply saved").exits(1);
    insta::assert_snapshot!(refused.message("TN4004"), @r#"
    error[TN4004]: the plan has errors; nothing was changed
    help: mend what it names above and plan again
    "#);
    assert_eq!(scenario.portal().resources(), before);
}

#[test]
fn something_of_another_deployment_stops_the_plan() {
    let scenario = two_machines();
    scenario.edit("tenon.yaml", "name: shop", "name: other");
    let before = scenario.portal().resources();
    scenario.run("plan").exits(1).says("TN4012").says("shop");
    scenario.run("apply --auto-approve").exits(1);
    scenario
        .run("destroy --confirm other")
        .exits(0)
        .says("nothing to destroy");
    assert_eq!(scenario.portal().resources(), before);
}

/// A clone from the portal takes all tags along.
fn clone(scenario: &Scenario, name: &str) -> Value {
    let one = scenario.portal().resource(&machine("one"));
    let mut clone = one.expect("a machine");
    clone["properties"]["networkProfile"]["networkInterfaces"] = json!([]);
    scenario.portal().put(&machine(name), &clone);
    clone
}

#[test]
fn copied_tags_are_no_ownership() {
    let scenario = two_machines();
    clone(&scenario, "copy");
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("destroy --confirm shop").exits(0);
    assert_eq!(scenario.portal().ours(), [machine("copy").to_lowercase()]);
}

#[test]
fn what_somebody_else_uses_is_kept_and_said_to_be() {
    let scenario = two_machines();
    let one = scenario.portal().resource(&machine("one"));
    let nics = one.expect("a machine")["properties"]["networkProfile"].clone();
    clone(&scenario, "copy");
    let borrowed = json!({"properties": {"networkProfile": nics}});
    scenario.portal().patch(&machine("copy"), &borrowed);
    let destroy = scenario.run("destroy --confirm shop").exits(0);
    insta::assert_snapshot!(kept(&destroy.stdout), @r#"
    Kept  not deleted
      =   vms.one.nic   NIC: needed by /subscriptions/3333…/virtualMachines/copy
    "#);
    let nic = id("Microsoft.Network/networkInterfaces/oneVMNic");
    assert!(scenario.portal().resource(&nic).is_some());
}

/// The paragraph about what is kept.
fn kept(text: &str) -> String {
    let start = text.find("\nKept").expect("something is kept") + 1;
    text[start..]
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_clone_where_the_spec_wants_a_machine_is_not_ours() {
    let scenario = two_machines();
    clone(&scenario, "three");
    scenario.write("tenon.yaml", &machines(&["one", "two", "three"]));
    scenario
        .run("plan")
        .exits(1)
        .says("TN4011")
        .says("vms.three");
}

#[test]
fn what_left_the_spec_is_deleted_and_only_that() {
    let scenario = two_machines();
    scenario.write("tenon.yaml", &machines(&["two"]));
    scenario
        .run("plan")
        .exits(0)
        .says("vms.one")
        .says("removed from tenon.yaml");
    scenario.portal().forget_requests();
    scenario
        .run("apply --auto-approve")
        .exits(0)
        .says("2 deleted");
    let mut writes = scenario.portal().writes();
    writes.sort();
    assert_eq!(
        writes,
        [
            "DELETE networkInterfaces/oneVMNic",
            "DELETE virtualMachines/one"
        ]
    );
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn tags_of_others_stay() {
    let scenario = two_machines();
    let mut tags = scenario
        .portal()
        .resource(&machine("one"))
        .expect("a machine")["tags"]
        .clone();
    tags["owner"] = json!("finance");
    scenario
        .portal()
        .patch(&machine("one"), &json!({"tags": tags}));
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit("tenon.yaml", "one: {", "one: {tags: {app: web}, ");
    scenario.run("apply --auto-approve").exits(0);
    let tags = scenario
        .portal()
        .resource(&machine("one"))
        .expect("a machine")["tags"]
        .clone();
    assert_eq!(
        (&tags["owner"], &tags["app"]),
        (&json!("finance"), &json!("web"))
    );
    scenario.edit("tenon.yaml", "tags: {app: web}, ", "");
    scenario.run("apply --auto-approve").exits(0);
    let tags = scenario
        .portal()
        .resource(&machine("one"))
        .expect("a machine")["tags"]
        .clone();
    assert_eq!(
        (&tags["owner"], &tags["app"]),
        (&json!("finance"), &Value::Null)
    );
    scenario.run("plan").finds_nothing_to_do();
}

/// A fleet whose machines have a data disk each.
fn fleet(count: usize) -> String {
    format!(
        "{HEAD}vms:\n  web: {{count: {count}, data_disks: {{data: {{size_gb: 64}}}}, {MACHINE}}}\n"
    )
}

#[test]
fn a_data_disk_outlives_its_machine_and_is_used_again() {
    let scenario = standing(&fleet(2));
    let disks = || -> Vec<String> {
        let all = scenario.portal().ours();
        all.into_iter()
            .filter(|id| id.contains("/disks/"))
            .collect()
    };
    let before = disks();
    assert_eq!(before.len(), 2, "{before:?}");
    scenario.write("tenon.yaml", &fleet(1));
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 0
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.2   from acme 11111111…, pinned in the spec
    read      6 resources with 14 requests in N s    preflight 13 ok

      -   vms.web-2      delete   removed from tenon.yaml
            lost      VM, OS disk
            also      NIC web-2VMNic

    Kept  no longer in the spec, and not deleted
      =   vms.web-2.disks.data   disk: protected
    to let protected things go: protect: false, apply, then take them out

    Summary
      destroys  VM web-2 (OS disk)
      plan      2 delete; 3 unchanged
      VMs       - web-2
      takes     about …
      digest    sha256:…
    "#);
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(disks(), before);
    let empty = scenario.run("plan").finds_nothing_to_do();
    insta::assert_snapshot!(kept(&empty.stdout), @r#"
    Kept  no longer in the spec, and not deleted
      =   vms.web-2.disks.data   disk: protected
    to let protected things go: protect: false, apply, then take them out
    "#);
    scenario.write("tenon.yaml", &fleet(2));
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(disks(), before);
    let web = scenario
        .portal()
        .resource(&machine("web-2"))
        .expect("a machine");
    let disk = web["properties"]["storageProfile"]["dataDisks"][0]["managedDisk"]["id"].clone();
    let disk = disk.as_str().expect("an id").to_lowercase();
    assert!(before.contains(&disk), "{disk} is none of {before:?}");
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_group_that_is_not_ours_is_never_made_or_deleted() {
    let scenario =
        Scenario::of(&machines(&["one"]).replace("myResourceGroup\nlocation", "nowhere\nlocation"));
    insta::assert_snapshot!(scenario.run("plan"), @r#"
    exit 1
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.2   from acme 11111111…, pinned in the spec
    read      0 resources with 19 requests in N s    preflight 18 ok, 1 failed, 1 skipped
              not checked: rights in group nowhere (404 ResourceGroupNotFound)

    error[TN3102]: resource group `nowhere` does not exist
      --> tenon.yaml:8:17
       |
     8 | resource_group: nowhere
       |                 ^^^^^^^ must exist
       |
       = looked for /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/nowhere
    help: let this spec make it:  resource_group: {name: nowhere, create: true}
    help: or make it by hand:
          az group create --subscription 33333333-3333-3333-3333-333333333333 --name nowhere --location <region>

    The plan itself (2 create) is below for review; it is marked `not applyable`, and apply refuses it.

      +   vms.one        create   tenon.yaml:16
            image web 1.4.2, trusted launch, Standard_D2s_v5,
            subnet
            /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps,
            no public IP
            with      NIC oneVMNic

    Summary
      status    not applyable: 1 error; apply refuses this plan
      plan      2 create
      VMs       + one
      takes     about …
      digest    sha256:…
    "#);
}

#[test]
fn a_group_of_ours_goes_last_and_only_when_it_is_empty() {
    let spec = machines(&["one"]).replace(
        "resource_group: myResourceGroup",
        "resource_group: {name: mine, create: true}",
    );
    let scenario = standing(&spec);
    let group = format!(
        "/subscriptions/{}/resourceGroups/mine",
        crate::worlds::WORKLOAD
    );
    assert!(scenario.portal().resource(&group).is_some());
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("destroy --confirm shop").exits(0);
    assert!(scenario.portal().resource(&group).is_none());
}
