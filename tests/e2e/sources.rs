//! Image versions that cannot be made from what they are to be made from: the
//! plan tells before replication does.

use tenon_sim::WorldFile;

use crate::scenario::Scenario;

const GOLDEN: &str = "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute";

/// Sources of each sort, each with something that Azure makes no version of.
const WORLD: &str = r#"
seed: sources
tenants:
  - {name: acme, id: 11111111-1111-1111-1111-111111111111}
applications:
  - name: tenon
    id: 7d5f0c1e-0000-4000-8000-000000000001
    tenant: acme
    secrets: [{value: canary-7Qx~client-secret}]
subscriptions:
  - {name: images, id: 44444444-4444-4444-4444-444444444444, tenant: acme}
roleAssignments:
  - {scope: /subscriptions/images, principal: tenon, role: Contributor}
galleries:
  - {subscription: images, resourceGroup: images, name: acme, location: westeurope, images: [{name: web}]}
resources:
  - {id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/disks/os, body: {location: westeurope, properties: &linux {osType: Linux, hyperVGeneration: V2, diskSizeGB: 30}}}
  - {id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/disks/first, body: {location: westeurope, properties: {osType: Linux, hyperVGeneration: V1, diskSizeGB: 30}}}
  - {id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/snapshots/far, body: {location: northeurope, properties: *linux}}
  - {id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/snapshots/huge, body: {location: westeurope, properties: {osType: Linux, hyperVGeneration: V2, diskSizeGB: 4096}}}
  - {id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/images/windows, body: {location: westeurope, properties: {hyperVGeneration: V2, storageProfile: {osDisk: {osType: Windows, osState: Generalized}}}}}
  - id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/busy
    body: {location: westeurope, properties: {storageProfile: {osDisk: &kept {osType: Linux, managedDisk: {id: "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/disks/os"}}}}}
  - id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/ready
    body: {location: westeurope, properties: {storageProfile: {osDisk: *kept}, instanceView: {statuses: [{code: OSState/generalized}, {code: PowerState/deallocated}]}}}
  - id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/older
    body: {location: westeurope, properties: {storageProfile: {osDisk: {osType: Linux, managedDisk: {id: "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/disks/first"}}}, instanceView: {statuses: [{code: OSState/generalized}]}}}
  - id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/brief
    body: {location: westeurope, properties: {storageProfile: {osDisk: {osType: Linux, diffDiskSettings: {option: Local}}}}}
  - id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/unmanaged
    body: {location: westeurope, properties: {storageProfile: {osDisk: {osType: Linux, vhd: {uri: "https://acme.blob.core.windows.net/vhds/os.vhd"}}}}}
  - id: /subscriptions/images/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/ultra
    body: {location: westeurope, properties: {storageProfile: {osDisk: *kept, dataDisks: [{lun: 0, managedDisk: {storageAccountType: UltraSSD_LRS}}]}, instanceView: {statuses: [{code: OSState/generalized}]}}}
"#;

/// A spec that publishes a version from `source`.
fn publishing(source: &str, state: &str) -> Scenario {
    let spec = format!(
        "tenon: 1
name: acme
tenant: 11111111-1111-1111-1111-111111111111
subscription: 44444444-4444-4444-4444-444444444444
resource_group: images
location: westeurope
galleries:
  tools:
    images:
      agent:
        os_type: Linux
        os_state: {state}
        identifier: {{publisher: acme, offer: agent, sku: {state}}}
        versions:
          1.0.0:
            source: {GOLDEN}/{source}
"
    );
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    Scenario::within(world, &spec)
}

/// What the plan says of it, ids left out.
fn says(source: &str, state: &str) -> String {
    let output = publishing(source, state).run("plan").exits(1);
    let message = output.message("TN3171");
    let place =
        |line: &&str| !line.contains(GOLDEN) && !line.contains("-->") && !line.contains('^');
    message.lines().filter(place).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_machine_that_was_not_generalized() {
    let output = publishing("virtualMachines/busy", "Generalized")
        .run("plan")
        .exits(1);
    insta::assert_snapshot!(output.message("TN3171"), @r"
    error[TN3171]: the source of image version 1.0.0 is a machine that was not generalized, its
      definition says Generalized
      --> tenon.yaml:15:11
       |
    15 |           1.0.0:
       |           ^^^^^
       |
       = /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/busy
    help: once its accounts are gone (waagent -deprovision+user, or Sysprep):
          az vm deallocate --ids /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/busy && az vm generalize --ids /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/golden/providers/Microsoft.Compute/virtualMachines/busy
    help: or write  os_state: Specialized  in its definition
    ");
    insta::assert_snapshot!(says("virtualMachines/ready", "Specialized"), @r"
    error[TN3171]: the source of image version 1.0.0 is a generalized machine, its definition says
      Specialized
       |
    15 |           1.0.0:
       |
    help: take a machine that was not generalized
    help: or write  os_state: Generalized  in its definition
    ");
}

#[test]
fn machines_that_fit_are_published() {
    for (source, state) in [("ready", "Generalized"), ("busy", "Specialized")] {
        let scenario = publishing(&format!("virtualMachines/{source}"), state);
        scenario.run("apply --auto-approve").exits(0);
        scenario.run("plan").finds_nothing_to_do();
    }
}

#[test]
fn machines_with_disks_that_cannot_be_copied() {
    insta::assert_snapshot!(says("virtualMachines/brief", "Generalized"), @r"
    error[TN3171]: an image cannot be made from a machine with an ephemeral OS disk
       |
    15 |           1.0.0:
       |
    help: take another machine, or a snapshot of a managed disk
    ");
    insta::assert_snapshot!(says("virtualMachines/unmanaged", "Generalized"), @r"
    error[TN3171]: an image cannot be made from a machine with disks that are not managed
       |
    15 |           1.0.0:
       |
    help: convert it first: az vm convert --ids …
    ");
    insta::assert_snapshot!(says("virtualMachines/ultra", "Generalized"), @r"
    error[TN3171]: an image cannot have a disk on ultra storage
       |
    15 |           1.0.0:
       |
    help: detach it, or take snapshots of the other disks
    ");
}

#[test]
fn what_is_not_like_its_definition() {
    insta::assert_snapshot!(says("images/windows", "Generalized"), @r"
    error[TN3171]: the source of image version 1.0.0 runs Windows, its definition says Linux
       |
    15 |           1.0.0:
       |
    help: take another source, or publish it under a definition of its own
    ");
    insta::assert_snapshot!(says("virtualMachines/older", "Generalized"), @r"
    error[TN3171]: the source of image version 1.0.0 is of generation V1, its definition says V2
       |
    15 |           1.0.0:
       |
    help: take another source, or publish it under a definition of its own
    ");
    insta::assert_snapshot!(says("disks/first", "Generalized"), @r"
    error[TN3171]: the source of image version 1.0.0 is of generation V1, its definition says V2
       |
    15 |           1.0.0:
       |
    help: take another source, or publish it under a definition of its own
    ");
}

#[test]
fn what_is_not_there_or_not_here_or_too_large() {
    insta::assert_snapshot!(says("snapshots/gone", "Generalized"), @r"
    error[TN3171]: the source of image version 1.0.0 is not there
       |
    15 |           1.0.0:
       |
    help: write the id of something that is there, or let the application have Contributor on it
    ");
    insta::assert_snapshot!(says("snapshots/far", "Generalized"), @r"
    error[TN3171]: the source of image version 1.0.0 is in northeurope, the gallery in westeurope
       |
    15 |           1.0.0:
       |
    help: a version is made in the region of its source: copy the source there, or put the gallery
          beside it
    ");
    insta::assert_snapshot!(says("snapshots/huge", "Generalized"), @r"
    error[TN3171]: the source has 4096 GiB; an image version takes 2048 GiB at most
       |
    15 |           1.0.0:
       |
    help: take a smaller disk; `mode: Shallow` takes up to 32 TiB, in one region
    ");
}
