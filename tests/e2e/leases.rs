//! Two runs of one deployment, a blob between them.

use serde_json::json;
use tenon_sim::WorldFile;

use crate::process::Process;
use crate::scenario::Scenario;
use crate::worlds::{self, machine, machines, vaults};

const ACCOUNT: &str = "/subscriptions/workload/resourceGroups/web-prod/providers/Microsoft.Storage/storageAccounts/tenonlocks";

/// A world with a container for leases.
fn world(role: &str) -> WorldFile {
    let granted =
        format!("  - {{scope: {ACCOUNT}, principal: tenon, role: {role}}}\nresourceGroups:\n");
    let text = worlds::two_tenants_text().replace("resourceGroups:\n", &granted);
    let text = format!(
        "{text}  - {{id: {ACCOUNT}, body: {{location: westeurope}}}}
  - {{id: {ACCOUNT}/blobServices/default/containers/locks, body: {{properties: {{}}}}}}
"
    );
    WorldFile::from_yaml(&text).expect("a world")
}

const LOCK: &str = "lock: {blob: https://tenonlocks.blob.core.windows.net/locks/shop}\n";

fn spec() -> String {
    machines(&["one", "two"])
        .replace("two: {", "two: {depends_on: [vms.one], ")
        .replace("location:", &format!("{LOCK}location:"))
}

fn scenario() -> Scenario {
    Scenario::within(world("Storage Blob Data Contributor"), &spec())
}

/// Machines take longer than a test has patience, until the clock is moved.
fn slow(scenario: &Scenario) {
    scenario.portal().settings(&json!({"durations": {
        "Microsoft.Compute/virtualMachines": {"create": "20h"},
    }}));
}

/// An apply that holds the lease and waits for its machine.
fn holding(scenario: &Scenario) -> Process {
    slow(scenario);
    let apply = scenario.start("apply --auto-approve");
    scenario.portal().wait_for("PUT virtualMachines/one");
    apply
}

/// The run that TN4010 names.
fn run_of(output: &crate::process::Output) -> String {
    let (_, rest) = output.stderr.split_once("--id ").expect("the way out");
    rest.split_whitespace().next().expect("an id").to_owned()
}

#[test]
fn the_second_run_hears_who_holds_the_lease() {
    let mut scenario = scenario();
    scenario.set("GITHUB_ACTIONS", "true");
    scenario.set("GITHUB_RUN_ID", "5123");
    scenario.set("GITHUB_REPOSITORY", "contoso/fleet");
    scenario.set("GITHUB_REF", "refs/pull/118/merge");
    let first = holding(&scenario);
    let second = scenario.run("apply --auto-approve").exits(5);
    for words in [
        "error[TN4010]: somebody else is applying shop right now",
        "held by GitHub Actions run 5123 of contoso/fleet (pull request #118), since ",
        " s ago",
        "nothing was changed",
        "tenon apply --lock-timeout 30m",
        "tenon unlock shop --id ",
    ] {
        assert!(second.stderr.contains(words), "{words}\n{second}");
    }
    // Reading needs no lease, and takes none.
    scenario.run("plan").exits(0);
    scenario.portal().until_idle();
    first.finish().exits(0);
    scenario.run("apply --auto-approve").exits(0);
}

#[test]
fn whoever_may_wait_goes_on_when_the_lease_is_free() {
    let scenario = scenario();
    let first = holding(&scenario);
    let second = scenario.start("apply --json --auto-approve --lock-timeout 30m");
    second.line_with("lease_waiting");
    scenario.portal().until_idle();
    first.finish().exits(0);
    // What it wants is there by now.
    let second = second.finish().exits(0);
    assert!(!second.stderr.contains("TN4010"), "{second}");
    let writes = scenario.portal().writes();
    let made = writes
        .iter()
        .filter(|write| *write == "PUT virtualMachines/one");
    assert_eq!(made.count(), 1, "{writes:?}");
}

#[test]
fn a_saved_plan_keeps_its_lease() {
    let scenario = scenario();
    scenario.run("plan --out plan.tenon").exits(0);
    let first = holding(&scenario);
    let second = scenario.run("apply plan.tenon").exits(5);
    assert!(second.stderr.contains("TN4010"), "{second}");
    // Another blob, or none, is another plan.
    let text = scenario.read("plan.tenon");
    assert!(text.contains("/locks/shop"), "{text}");
    scenario.write("other.tenon", &text.replace("/locks/shop", "/locks/other"));
    let tampered = scenario.run("apply other.tenon").exits(1);
    assert!(tampered.stderr.contains("TN4003"), "{tampered}");
    scenario.portal().until_idle();
    first.finish().exits(0);
}

#[test]
fn a_dead_run_is_unlocked_by_its_id_and_by_no_other() {
    let scenario = scenario();
    let dead = holding(&scenario);
    dead.signal("KILL");
    dead.finish();
    let held = scenario.run("apply --auto-approve").exits(5);
    let run = run_of(&held);
    let other = scenario
        .run("unlock shop --id 20200101-000000-abcdef")
        .exits(1);
    assert!(other.stderr.contains("TN4009"), "{other}");
    scenario.run(&format!("unlock web --id {run}")).exits(1);
    let done = scenario.run(&format!("unlock shop --id {run}")).exits(0);
    assert!(done.stderr.contains("shop is unlocked"), "{done}");
    let again = scenario.run(&format!("unlock shop --id {run}")).exits(0);
    assert!(again.stderr.contains("not locked"), "{again}");
    scenario.portal().until_idle();
    scenario.run("apply --auto-approve").exits(0);
}

#[test]
fn a_run_that_lost_its_lease_begins_nothing_new_and_says_why() {
    let scenario = scenario();
    let first = holding(&scenario);
    let run = run_of(&scenario.run("apply --auto-approve").exits(5));
    scenario.run(&format!("unlock shop --id {run}")).exits(0);
    first.line_with("lease lost (LeaseIsBrokenAndCannotBeRenewed)");
    scenario.portal().until_idle();
    let first = first.finish().exits(6);
    insta::assert_snapshot!(first.message("TN4008"), @r#"
    error[TN4008]: the lease of shop was lost while its plan was carried out
       = the storage account said LeaseIsBrokenAndCannotBeRenewed
       = what was under way was followed to its end, nothing else began
    help: see what is left:  tenon plan
    "#);
    for words in [
        "error[TN4008]: the lease of shop was lost while its plan was carried out",
        "the storage account said LeaseIsBrokenAndCannotBeRenewed",
    ] {
        assert!(first.stderr.contains(words), "{words}\n{first}");
    }
    assert!(first.stdout.contains("1 not started"), "{first}");
    assert!(scenario.portal().resource(&machine("one")).is_some());
    assert!(scenario.portal().resource(&machine("two")).is_none());
    scenario.run("apply --auto-approve").exits(0);
}

#[test]
fn ctrl_c_gives_the_lease_back() {
    let scenario = scenario();
    let first = holding(&scenario);
    first.signal("INT");
    first.line_with("topping");
    first.signal("INT");
    first.finish().exits(130);
    scenario.portal().until_idle();
    scenario.run("apply --auto-approve").exits(0);
}

#[test]
fn ctrl_c_ends_the_waiting() {
    let scenario = scenario();
    let first = holding(&scenario);
    let second = scenario.start("apply --json --auto-approve --lock-timeout 2h");
    second.line_with("lease_waiting");
    second.signal("INT");
    let second = second.finish().exits(130);
    insta::assert_snapshot!(second.message("TN4015"), @r#"
    error[TN4015]: interrupted while waiting for the lease; nothing was changed
    help: run the same command again; --lock-timeout says how long it may wait
    "#);
    scenario.portal().until_idle();
    first.finish().exits(0);
}

#[test]
fn what_the_account_lacks_is_said_with_the_command() {
    let reader = Scenario::within(world("Storage Blob Data Reader"), &spec());
    let refused = reader.run("apply --auto-approve").exits(1);
    insta::assert_snapshot!(refused.message("TN4007"), @r#"
    error[TN4007]: the lease of shop cannot be used; nothing was changed
       = https://tenonlocks.blob.core.windows.net/locks/shop
       = 403 AuthorizationPermissionMismatch: This request is not authorized to perform this operation
         using this permission.
       = request id …
    help: let it write there; this takes some minutes to count:
          az role assignment create --assignee 7d5f0c1e-0000-4000-8000-000000000001 --role "Storage Blob Data Contributor" --scope "$(az storage account show --name tenonlocks --query id --output tsv)/blobServices/default/containers/locks"
    help: or let this machine through the account's firewall
    "#);
    for words in [
        "error[TN4007]: the lease of shop cannot be used; nothing was changed",
        "403 AuthorizationPermissionMismatch",
        "az role assignment create --assignee ",
        "Storage Blob Data Contributor",
    ] {
        assert!(refused.stderr.contains(words), "{words}\n{refused}");
    }
    assert!(reader.portal().writes().is_empty());
    let missing = spec().replace("/locks/shop", "/nowhere/shop");
    let scenario = Scenario::within(world("Storage Blob Data Contributor"), &missing);
    let refused = scenario.run("apply --auto-approve").exits(1);
    for words in [
        "404 ContainerNotFound",
        "az storage container create --account-name tenonlocks --name nowhere --auth-mode login",
    ] {
        assert!(refused.stderr.contains(words), "{words}\n{refused}");
    }
    // No token goes to somebody else's host.
    scenario.write(
        "tenon.yaml",
        &spec().replace(".blob.core.windows.net", ".example.com"),
    );
    let refused = scenario.run("plan").exits(1);
    assert!(refused.stderr.contains("TN4007"), "{refused}");
    assert!(refused.stderr.contains("tenon.yaml:"), "{refused}");
}

#[test]
fn the_simulator_of_one_command_has_the_container() {
    let scenario = Scenario::bare();
    let spec = vaults(&["one"]).replace("location:", &format!("{LOCK}location:"));
    scenario.write("tenon.yaml", &spec);
    scenario.run("apply --simulate --auto-approve").exits(0);
    let kept = scenario.read(".tenon/worlds/shop.json");
    assert!(kept.contains("tenonlocks/locks/shop"), "{kept}");
}
