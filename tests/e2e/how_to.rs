//! The how-to's machine: made, unchanged, gone.

use crate::scenario::Scenario;
use crate::worlds::id;

const KEYS: &str = "-f specs/how-to.yaml --generate-ssh-keys";

#[test]
fn planned_applied_unchanged_destroyed() {
    let scenario = Scenario::of("");
    scenario.copy_specs();
    let before = scenario.portal().resources();
    let with = |words: &str| scenario.run(&format!("{words} {KEYS}"));
    insta::assert_snapshot!(with("plan"), @r#"
    exit 0
    --- stdout
    my-vm  ·  22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.2   from 11111111…, pinned in the spec
    read      0 resources with 21 requests in N s    preflight 19 ok, 1 warning

      +   vms.myVM       create   specs/how-to.yaml:16
            image web 1.4.2, trusted launch, Standard_D2s_v5
            with      network myVMVNET 10.0.0.0/16, subnet myVMSubnet 10.0.0.0/24,
                      NSG myVMNSG lets SSH in from everywhere, public IP myVMPublicIP Standard, static,
                      NIC myVMVMNic

    warning[TN2101]: SSH (port 22) is open to every address on the Internet
      --> specs/how-to.yaml:17:5   its own security group lets everybody in, as `az vm create` does
    help: let nobody in: nsg_rule: NONE; or write a group under `nsgs:` and name it: nsg: my-nsg

    Summary
      plan      6 create
      VMs       + myVM
      takes     about …
      digest    sha256:…
    "#);
    with("plan --detailed-exitcode").exits(2);
    with("apply --auto-approve").exits(0).says("6 created");
    insta::assert_snapshot!(with("plan --detailed-exitcode"), @r#"
    exit 0
    --- stdout
    my-vm  ·  22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.2   from 11111111…, pinned in the spec
    read      6 resources with 14 requests in N s    preflight 5 ok, 1 warning

    warning[TN2101]: SSH (port 22) is open to every address on the Internet
      --> specs/how-to.yaml:17:5   its own security group lets everybody in, as `az vm create` does
    help: let nobody in: nsg_rule: NONE; or write a group under `nsgs:` and name it: nsg: my-nsg

    my-vm: no changes. 6 resources match specs/how-to.yaml (checked HH:MM:SSZ).
    "#);
    insta::assert_snapshot!(with("destroy"), @r#"
    exit 1
    --- stdout
    my-vm  ·  22222222…  ·  subscription 33333333…  ·  westeurope
    destroy   everything of this deployment goes, in every subscription that the spec names
    read      6 resources with 15 requests in N s    preflight 10 ok

      -   vms.myVM       delete
            lost      VM, OS disk, public IP 20.54.129.237
            also      network myVMVNET, subnet myVMSubnet, NSG myVMNSG, public IP myVMPublicIP,
                      NIC myVMVMNic

    Summary
      destroys  VM myVM (OS disk, public IP, network, subnet, NSG)
      plan      6 delete
      VMs       - myVM
      takes     about …
      digest    sha256:…
    --- stderr
    error[TN4014]: nobody can be asked here, and nothing says that this plan is approved; nothing was
      changed
    help: approve what will be gone by name:  tenon destroy --confirm my-vm
    help: approve whatever the plan is:       tenon destroy --auto-approve
    help: or review a saved plan first:
          tenon plan --destroy --out plan.tenon, then tenon apply plan.tenon
    "#);
    let machine = id("Microsoft.Compute/virtualMachines/myVM");
    assert!(scenario.portal().resource(&machine).is_some());
    with("destroy --confirm my-vm").exits(0).says("6 deleted");
    // Nothing of ours is left, and nothing of others is touched.
    assert_eq!(scenario.portal().resources(), before);
    insta::assert_snapshot!(with("destroy"), @r#"
    exit 0
    --- stdout
    my-vm: nothing to destroy. Nothing of it is left (checked HH:MM:SSZ).
    "#);
}
