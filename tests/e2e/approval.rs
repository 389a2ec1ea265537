//! Nothing is changed that nobody approved.

use crate::scenario::{Scenario, two_machines};
use crate::worlds::vaults;

#[test]
fn without_a_terminal_and_an_approval_nothing_happens() {
    let scenario = Scenario::of(&vaults(&["a"]));
    insta::assert_snapshot!(scenario.run("apply"), @r#"
    exit 1
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    read      0 resources with 9 requests in N s    preflight 10 ok

      +   resources.a    create   tenon.yaml:11
            Microsoft.KeyVault/vaults

    Summary
      plan      1 create
      takes     about …
      digest    sha256:…
    --- stderr
    error[TN4014]: nobody can be asked here, and nothing says that this plan is approved; nothing was
      changed
    help: approve whatever the plan is:  tenon apply --auto-approve
    help: or review a saved plan first:  tenon plan --out plan.tenon, then tenon apply plan.tenon
    "#);
    scenario.run("apply --no-input").exits(1).says("TN4014");
    scenario.run("apply -input=false").exits(1).says("TN4014");
    assert!(scenario.portal().writes().is_empty());
}

#[test]
fn a_saved_plan_is_its_own_approval_where_nobody_can_answer() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out saved").exits(0);
    scenario.run("apply saved").exits(0);
}

#[test]
fn destroy_asks_for_the_name_and_says_how_to_give_it() {
    let scenario = two_machines();
    let refused = scenario.run("destroy").exits(1);
    assert!(
        refused.stderr.contains("tenon destroy --confirm shop"),
        "{refused}"
    );
    assert!(
        !refused.stderr.contains("tenon apply --confirm"),
        "{refused}"
    );
    insta::assert_snapshot!(scenario.run("destroy --confirm my-vm --quiet"), @r#"
    exit 1
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    destroy   everything of this deployment goes, in every subscription that the spec names
    read      4 resources with 12 requests in N s    preflight 10 ok

      -   vms.one        delete
            lost      VM, OS disk
            also      NIC oneVMNic

      -   vms.two        delete
            lost      VM, OS disk
            also      NIC twoVMNic

    Summary
      destroys  VM one (OS disk); VM two (OS disk)
      plan      4 delete
      VMs       - one two
      takes     about …
      digest    sha256:…
    --- stderr
    error[TN4014]: `--confirm my-vm` is not the name of this deployment, `shop`; nothing was changed
    "#);
    assert_eq!(scenario.portal().ours().len(), 4);
    scenario.run("destroy --confirm shop").exits(0);
    assert!(scenario.portal().ours().is_empty());
}

#[test]
fn the_wrong_name_is_not_an_approval_even_of_a_saved_plan() {
    let scenario = Scenario::of(&vaults(&["a"]));
    scenario.run("plan --out saved").exits(0);
    scenario
        .run("apply saved --confirm other")
        .exits(1)
        .says("TN4014");
    assert!(scenario.portal().writes().is_empty());
}
