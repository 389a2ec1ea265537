//! `tenon publish`: versions made by pipelines, once each, and old ones let go.

use serde_json::Value;
use tenon_sim::WorldFile;

use crate::scenario::Scenario;

const IMAGES: &str = "44444444-4444-4444-4444-444444444444";

const WORLD: &str = r"
seed: publish
tenants:
  - {name: acme, id: 11111111-1111-1111-1111-111111111111}
  - {name: contoso, id: 22222222-2222-2222-2222-222222222222}
applications:
  - name: tenon
    id: 7d5f0c1e-0000-4000-8000-000000000001
    tenant: acme
    multiTenant: true
    secrets: [{value: canary-7Qx~client-secret}]
    servicePrincipals: [{tenant: acme}, {tenant: contoso}]
subscriptions:
  - {name: images, id: 44444444-4444-4444-4444-444444444444, tenant: acme}
  - {name: builds, id: 33333333-3333-3333-3333-333333333333, tenant: contoso}
roleAssignments:
  - {scope: /subscriptions/images, principal: tenon, role: Contributor}
  - {scope: /subscriptions/builds, principal: tenon, role: Compute Gallery Image Reader}
galleries:
  - subscription: images
    resourceGroup: images
    name: acme
    location: westeurope
    images: [{name: web, versions: [{name: 1.4.1}, {name: 1.4.2}]}]
  - subscription: builds
    resourceGroup: builds
    name: built
    location: westeurope
    images: [{name: web, versions: [{name: 7.0.0}]}]
resources:
  - id: /subscriptions/images/resourceGroups/images/providers/Microsoft.Compute/images/web-a
    body: {location: westeurope, properties: {hyperVGeneration: V2, storageProfile: {osDisk: {osType: Linux, osState: Generalized}}}}
  - id: /subscriptions/images/resourceGroups/images/providers/Microsoft.Compute/images/web-b
    body: {location: westeurope, properties: {hyperVGeneration: V2, storageProfile: {osDisk: {osType: Linux, osState: Generalized}}}}
";

/// A pipeline of the publisher: nothing but an environment.
fn pipeline() -> Scenario {
    let world = WorldFile::from_yaml(WORLD).expect("a world");
    let mut scenario = Scenario::within(world, "");
    scenario.set("AZURE_SUBSCRIPTION_ID", IMAGES);
    scenario.set("AZURE_RESOURCE_GROUP", "images");
    scenario
}

fn id(version: &str) -> String {
    format!(
        "/subscriptions/{IMAGES}/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/{version}"
    )
}

fn live(scenario: &Scenario, version: &str) -> Option<Value> {
    scenario.portal().resource(&id(version))
}

#[test]
fn a_version_is_made_once_from_one_source() {
    let scenario = pipeline();
    let first =
        "publish web-a --as acme/web@1.4.3 --regions northeurope,westeurope=3 --auto-approve";
    let output = scenario.run(first).exits(0);
    assert!(
        output.stdout.ends_with(&format!(
            "acme/web 1.4.3\n  id        {}\n  replicas  northeurope 1, westeurope 3\n  latest    1.4.3 in northeurope, westeurope\n  read by   who has a role on it\n  in specs  {{id: {}, version: 1.4.x}}\n",
            id("1.4.3"),
            id("1.4.3").replace("/versions/1.4.3", ""),
        )),
        "{}",
        output.stdout
    );
    let made = live(&scenario, "1.4.3").expect("a version");
    assert_eq!(made["tags"]["tenon-deployment"], "publish-acme-web");
    // The same again, and without a number: nothing is written.
    scenario.portal().forget_requests();
    scenario.run(first).exits(0).says("no changes");
    let next = "publish web-a --as acme/web@next --auto-approve";
    scenario.run(next).exits(0).says("acme/web 1.4.3");
    assert_eq!(scenario.portal().writes(), [""; 0]);
    // Another source gets another number.
    scenario
        .run("publish web-b --as acme/web@1.4.3 --auto-approve")
        .exits(1)
        .says("error[TN3158]: acme/web 1.4.3 is there, made from something else")
        .says("--as acme/web@1.4.4");
    // More regions come to a version that is there.
    let more = "publish web-a --as acme/web@1.4.3 --regions uksouth --auto-approve";
    scenario
        .run(more)
        .exits(0)
        .says("replicas  northeurope 1, uksouth 1, westeurope 3");
}

#[test]
fn old_versions_go_after_the_new_one_is_there() {
    let scenario = pipeline();
    for words in ["1.5.0", "1.6.0 --protect", "1.8.0"] {
        let command = format!("publish web-a --as acme/web@{words} --auto-approve");
        scenario.run(&command).exits(0);
    }
    scenario.write(
        "consumer/tenon.lock",
        "# written by tenon update; do not edit\nlock: 1\nimages:\n  web: {version: 1.8.0, channel: 1.8.x}\n",
    );
    let keep = "publish web-b --as acme/web@next --keep 1 --used-by consumer/tenon.lock";
    let output = scenario.run(&format!("{keep} --dry-run")).exits(0);
    assert_eq!(
        output.stderr,
        "\
acme/web 1.8.0 stays: pinned as web in consumer/tenon.lock
acme/web 1.6.0 stays: protected
acme/web 1.5.0 goes
acme/web 1.4.2 stays: not published by tenon
acme/web 1.4.1 stays: not published by tenon
"
    );
    assert!(live(&scenario, "1.8.1").is_none());
    // Without an approval nothing happens at all.
    scenario.run(&format!("{keep} --no-input")).exits(1);
    assert!(live(&scenario, "1.8.1").is_none());
    scenario.portal().forget_requests();
    scenario
        .run(&format!("{keep} --auto-approve"))
        .exits(0)
        .says("1 deleted");
    let writes = scenario.portal().writes();
    let first = writes.first().map(String::as_str).unwrap_or_default();
    assert!(
        first.starts_with("PUT") && first.ends_with("1.8.1"),
        "{writes:?}"
    );
    let left = ["1.4.1", "1.4.2", "1.6.0", "1.8.0", "1.8.1"];
    assert!(
        left.iter()
            .all(|version| live(&scenario, version).is_some())
    );
    assert!(live(&scenario, "1.5.0").is_none());
}

#[test]
fn a_version_of_another_tenant_is_a_source() {
    let scenario = pipeline();
    let source = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/builds/providers/Microsoft.Compute/galleries/built/images/web/versions/7.0.0";
    scenario.portal().forget_requests();
    scenario
        .run(&format!(
            "publish {source} --as acme/web@next --auto-approve"
        ))
        .exits(0)
        .says("acme/web 1.4.3");
    let requests = scenario.portal().requests();
    let put = requests.iter().find(|one| one["method"] == "PUT");
    let put = put.expect("the version");
    assert_eq!(
        put["auxiliaryTenants"][0],
        "22222222-2222-2222-2222-222222222222"
    );
}

/// The spec that manages the gallery does not take what pipelines publish for
/// what it has let go of.
#[test]
fn a_spec_of_the_gallery_leaves_published_versions_alone() {
    let scenario = pipeline();
    scenario.write(
        "publisher.yaml",
        "\
tenon: 1
name: acme-images
tenant: 11111111-1111-1111-1111-111111111111
subscription: 44444444-4444-4444-4444-444444444444
resource_group: images
location: westeurope
tags: {team: images}
galleries:
  tools:
    images:
      agent:
        os_type: Linux
        identifier: {publisher: acme, offer: agent, sku: one}
        versions:
          1.0.0: {source: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/images/web-a}
",
    );
    scenario.run("apply publisher.yaml --auto-approve").exits(0);
    let publish = "publish web-b --as tools/agent@next -f publisher.yaml --auto-approve --json";
    let output = scenario.run(publish).exits(0);
    let last = output.stdout.lines().last().expect("a line");
    let last: Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(last["format"], "tenon.publication/1");
    assert_eq!(last["version"], "1.0.1");
    assert_eq!(last["latest"]["westeurope"], "1.0.1");
    let made = scenario
        .portal()
        .resource(last["id"].as_str().expect("an id"));
    assert_eq!(made.expect("a version")["tags"]["team"], "images");
    scenario
        .run("plan publisher.yaml --detailed-exitcode")
        .finds_nothing_to_do();
    // Nor does publishing touch what the spec has made.
    scenario
        .run("publish web-a --as tools/agent@1.0.0 -f publisher.yaml --auto-approve")
        .exits(0)
        .says("the deployment acme-images has made it");
}
