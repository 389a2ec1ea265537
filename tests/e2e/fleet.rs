//! A week in the life of the fleet of `specs/fleet.yaml`.

use serde_json::json;

use crate::scenario::Scenario;
use crate::worlds::WORKLOAD;

const SPEC: &str = "specs/fleet.yaml";

/// What stood beside the fleet last week.
const JUMP: &str = "
  jump:
    image: db
    subnet: web-vnet/app
    public_ip: true
    admin_username: azureuser
    ssh_key: keys/ops.pub
";

/// Last week's fleet: three machines of the older image, a smaller database,
/// another cost centre, and a machine to jump from.
fn last_week() -> Scenario {
    let scenario = Scenario::of("");
    scenario.copy_specs();
    scenario.edit(SPEC, "pause: 60s", "pause: 1s");
    scenario.edit(SPEC, "default: 4}", "default: 3}");
    scenario.edit(SPEC, "\"4720\"", "\"4711\"");
    scenario.edit(SPEC, "Standard_E4s_v5", "Standard_E2s_v5");
    scenario.edit(
        SPEC,
        "\n  db:\n    image: db\n",
        &format!("{JUMP}\n  db:\n    image: db\n"),
    );
    scenario.edit("specs/tenon.lock", "{version: 1.4.2", "{version: 1.4.1");
    scenario
        .run(&format!("apply --auto-approve -f {SPEC}"))
        .exits(0);
    scenario
        .run(&format!("plan -f {SPEC}"))
        .finds_nothing_to_do();
    scenario
}

/// Addresses are given in the order in which interfaces were made.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("10.20.1.");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        masked.push_str(if rest.starts_with("/24") || rest.starts_with('/') {
            "10.20.1.0"
        } else {
            "10.20.1.N"
        });
        masked.push_str(rest);
    }
    masked
}

#[test]
fn a_week_of_edits_reads_like_one_story_and_ends_empty() {
    let scenario = last_week();
    scenario.copy_specs();
    scenario.edit(SPEC, "pause: 60s", "pause: 1s");
    // Somebody opened SSH to the world in the portal.
    let rule = format!(
        "/subscriptions/{WORKLOAD}/resourceGroups/web-prod/providers/Microsoft.Network/networkSecurityGroups/web-nsg/securityRules/allow-ssh"
    );
    scenario
        .portal()
        .patch(&rule, &json!({"properties": {"sourceAddressPrefix": "*"}}));
    let plan = scenario.run(&format!("plan -f {SPEC} --out plan.tenon"));
    insta::assert_snapshot!(without_addresses(&plan.to_string()), @r#"
    exit 0
    --- stdout
    web-prod  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.1 → 1.4.2   from acme 11111111…, channel 1.4.x (tenon.lock)
              db  2.0.3           from acme 11111111…, pinned in the spec
    read      19 resources with 27 requests in N s    preflight 20 ok

      -   vms.jump                  delete                            removed from specs/fleet.yaml
            lost      VM, OS disk, public IP 20.1.174.188
            also      NIC jumpVMNic, public IP jumpPublicIP

     -/+  vms.web-1, web-2, web-3   replace, one at a time            specs/fleet.yaml:44
            image.version        1.4.1 → 1.4.2
                                 forces replace: Azure cannot change the image of an existing VM
            tags.cost-center     "4711" → "4720"
            kept      NIC, private IPs 10.20.1.N, 10.20.1.N and 10.20.1.N, data disk "data",
                      old OS disk for 24h (tenon rollback vms.web)
            order     after vms.web-4; next VM only when tcp:443 answers (10m limit), then 1s pause

      ~   vms.db                    update, stops and starts the VM   specs/fleet.yaml:60
            size                 Standard_E2s_v5 → Standard_E4s_v5
            tags.cost-center     "4711" → "4720"
            order     after resources.kv

      ~   nsgs.web-nsg              update, no restart                specs/fleet.yaml:39
            rules.allow-ssh.from   * → 10.0.0.0/8   drift: the spec did not change, Azure did
            tags.cost-center       "4711" → "4720"

      +   vms.web-4                 create                            specs/fleet.yaml:42
            image web 1.4.2, trusted launch, zone 1, Standard_D2s_v5, subnet web-vnet/app, no public IP
            with      NIC web-4VMNic, data disk "data" 128 GiB Premium_LRS

      ~   10 more resources         update, no restart                specs/fleet.yaml:13
            tags.cost-center     "4711" → "4720"
            networks.web-vnet, vms.web-{1..3}.nic, vms.web-{1..3}.disks.data, vms.db.nic,
            vms.db.disks.data, resources.kv

    Summary
      destroys  VM jump (OS disk, public IP)
      restarts  db (stopped and started)
      plan      3 replace, 3 create, 12 update, 3 delete; 1 unchanged; 1 property drifted
      VMs       -/+ web-1 web-2 web-3    + web-4    ~ db    - jump
      takes     about …
      digest    sha256:…
    --- stderr
    Saved plan.tenon
    Next: tenon apply plan.tenon
    "#);
    insta::assert_snapshot!(without_addresses(&scenario.run(&format!("plan -f {SPEC} --summary")).to_string()), @r#"
    exit 0
    --- stdout
    web-prod  ·  contoso 22222222…  ·  subscription 33333333…  ·  westeurope
    images    web 1.4.1 → 1.4.2   from acme 11111111…, channel 1.4.x (tenon.lock)
              db  2.0.3           from acme 11111111…, pinned in the spec
    read      19 resources with 27 requests in N s    preflight 20 ok

    Summary
      destroys  VM jump (OS disk, public IP)
      restarts  db (stopped and started)
      plan      3 replace, 3 create, 12 update, 3 delete; 1 unchanged; 1 property drifted
      VMs       -/+ web-1 web-2 web-3    + web-4    ~ db    - jump
      takes     about …
      digest    sha256:…
    "#);
    let apply = scenario.run("apply plan.tenon").exits(0);
    insta::assert_snapshot!(apply.stdout.lines().find(|line| line.starts_with("Applied")).map(crate::mask::mask).unwrap_or_default(), @r#"
    Applied web-prod in N s: 3 replaced, 3 created, 12 updated, 3 deleted.
    "#);
    scenario
        .run(&format!("plan -f {SPEC} --detailed-exitcode"))
        .finds_nothing_to_do();
}
