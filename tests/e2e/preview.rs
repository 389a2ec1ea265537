//! `plan --offline --base`: the spec of another revision in place of Azure; and
//! `plan --against`: whether a plan is still the reviewed one.

use std::process::Command;

use crate::scenario::Scenario;
use crate::worlds::machines;

/// A repository with a spec of two machines, tagged `base`.
fn repository() -> Scenario {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", &machines(&["one", "two"]));
    git(&scenario, &["init", "--quiet"]);
    commit(&scenario, "base");
    scenario
}

fn commit(scenario: &Scenario, tag: &str) {
    git(scenario, &["add", "tenon.yaml"]);
    git(scenario, &["commit", "--quiet", "--message", tag]);
    git(scenario, &["tag", tag]);
}

/// Runs git as nobody in particular, at a fixed time: commits keep their names.
fn git(scenario: &Scenario, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(scenario.path("."));
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "nobody");
        command.env(format!("GIT_{who}_EMAIL"), "nobody@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-01-01T00:00:00Z");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    let status = command.status().expect("git can be run");
    assert!(status.success(), "git {arguments:?}");
}

#[test]
fn a_preview_shows_what_the_spec_changes() {
    let scenario = repository();
    let spec = machines(&["one", "three"]).replace("Standard_D2s_v5", "Standard_D4s_v5");
    scenario.write("tenon.yaml", &spec);
    insta::assert_snapshot!(scenario.run("plan --offline --base base --out plan.tenon"), @r"
    exit 0
    --- stdout
    shop  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    offline   compared with the spec of base (0dd729a), not with Azure
    images    web 1.4.2   from acme 11111111…, pinned in the spec

      -   vms.two        delete   removed from tenon.yaml
            lost      VM, OS disk
            also      NIC twoVMNic

      +   vms.three      create   tenon.yaml:17
            image web 1.4.2, trusted launch, Standard_D2s_v5,
            subnet
            /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps,
            no public IP
            with      NIC threeVMNic

    warning[TN4019]: `vms.three` looks like `vms.two` renamed: this plan deletes the one and makes the
      other
      --> tenon.yaml:17:3   new
       = what is called two in Azure would be called three, and Azure renames nothing
    help: to keep what is there:  three: {name: two, …}

    Summary
      status    a preview against base (0dd729a); apply needs a plan against Azure
      destroys  VM two (OS disk)
      plan      2 create, 2 delete; 2 unchanged
      VMs       + three    - two
    --- stderr
    Saved plan.tenon
    ");
    // Nothing of it can be applied.
    insta::assert_snapshot!(scenario.run("apply plan.tenon"), @r"
    exit 1
    --- stderr
    error[TN4032]: this is a preview without Azure; nothing was changed
       = it was compared with the spec of `base`, not with what is live
    help: make a plan that can be applied:  tenon plan --out plan.tenon
    ");
}

#[test]
fn a_preview_without_changes_says_so() {
    let scenario = repository();
    insta::assert_snapshot!(scenario.run("plan --offline --base base"), @r"
    exit 0
    --- stdout
    shop: no changes against the spec of base (0dd729a). Azure was not asked.
    ");
}

#[test]
fn a_base_that_cannot_be_read_is_said() {
    let scenario = repository();
    scenario.write("tenon.yaml", "tenon: 1\nvms: {one: {imge: web}}\n");
    commit(&scenario, "broken");
    scenario.write("tenon.yaml", &machines(&["one"]));
    let said = scenario.run("plan --offline --base broken");
    assert!(said.to_string().contains("warning[TN4031]"), "{said}");
    assert!(said.to_string().contains("2 create"), "{said}");
}

#[test]
fn a_spec_that_is_new_is_all_new() {
    let scenario = repository();
    scenario.write(
        "other.yaml",
        &machines(&["one"]).replace("name: shop", "name: other"),
    );
    let said = scenario.run("plan other.yaml --offline --base base --summary");
    insta::assert_snapshot!(said, @r"
    exit 0
    --- stdout
    other  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    offline   compared with the spec of base (0dd729a), not with Azure
    images    web 1.4.2   from acme 11111111…, pinned in the spec

    Summary
      status    a preview against base (0dd729a); apply needs a plan against Azure
      plan      2 create
      VMs       + one
    ");
}

#[test]
fn a_revision_that_is_not_here_is_named() {
    insta::assert_snapshot!(repository().run("plan --offline --base nowhere"), @r"
    exit 1
    --- stderr
    error[TN1012]: there is no revision `nowhere` here
    help: fetch it first; a pipeline's checkout is shallow:
          git fetch --depth=1 origin main, then --base FETCH_HEAD
    help: or name a revision that is here: a branch, a tag, a commit
    ");
}

#[test]
fn the_reviewed_plan_is_known_again_and_what_differs_is_told() {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", &machines(&["one", "two"]));
    scenario.run("plan --simulate --summary --out plan.tenon");
    let same = scenario.run("plan --simulate --summary --against plan.tenon");
    assert!(
        same.to_string()
            .contains("This is the reviewed plan: sha256:"),
        "{same}"
    );
    let spec = machines(&["one", "three"]).replace("Standard_D2s_v5", "Standard_D4s_v5");
    scenario.write("tenon.yaml", &spec);
    let said = scenario
        .run("plan --simulate --summary --against plan.tenon")
        .to_string();
    let digest = |line: &str| match line.split_once("sha256:") {
        Some((before, _)) => format!("{before}sha256:…"),
        None => line.to_owned(),
    };
    let (_, problem) = said.split_once("error[").expect("an error");
    let problem: Vec<String> = problem.lines().map(digest).collect();
    insta::assert_snapshot!(problem.join("\n"), @r"
    TN4002]: this is not the plan that was reviewed
       = reviewed sha256:…
       = now      sha256:…
       = vms.three: create was not in the reviewed plan
       = vms.three.nic: create was not in the reviewed plan
       = vms.two: create was reviewed, and nothing happens now
       = vms.two.nic: create was reviewed, and nothing happens now
    help: review this plan, or bring the spec and Azure back to where they were
    ");
    assert!(said.starts_with("exit 3"), "{said}");
}
