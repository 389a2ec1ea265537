//! What `latest` means: mistakes that other tools made, each with the issue in
//! which its users reported it. 120 versions, listed over three pages.

use serde_json::Value;
use tenon_sim::WorldFile;
use tenon_sim::world::{ImageVersion, TargetRegion};

use crate::scenario::Scenario;
use crate::worlds::{HEAD, MACHINE, machine, two_tenants};

const PAGE: &str = "Microsoft.Compute/galleries/images/versions";

/// Versions 1.0.1 to 1.0.120, forty to a page, after `change`.
fn world(change: impl Fn(&mut Vec<ImageVersion>)) -> WorldFile {
    let mut world = two_tenants();
    let numbers = 1..=120;
    let mut versions: Vec<ImageVersion> = numbers
        .map(|patch| ImageVersion {
            name: format!("1.0.{patch}"),
            published: "2026-07-01T08:00:00Z".parse().ok(),
            ..ImageVersion::default()
        })
        .collect();
    change(&mut versions);
    world.galleries[0].images[0].versions = versions;
    world.settings.page_sizes.insert(PAGE.to_owned(), 40);
    world
}

fn named<'v>(versions: &'v mut [ImageVersion], name: &str) -> &'v mut ImageVersion {
    let found = versions.iter_mut().find(|version| version.name == name);
    found.expect("a version")
}

fn spec(machines: &str) -> String {
    let head = HEAD.replace("1.4.2", "latest");
    format!("{head}vms:\n{machines}")
}

/// The version that a machine is built from, as Azure shows it afterwards.
fn built(scenario: &Scenario) -> Value {
    scenario.run("apply --auto-approve --quiet").exits(0);
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
    let live = scenario.portal().resource(&machine("one"));
    let profile = &live.expect("a machine")["properties"]["storageProfile"];
    profile["imageReference"]["id"]
        .as_str()
        .and_then(|id| id.rsplit('/').next())
        .into()
}

fn one(change: impl Fn(&mut Vec<ImageVersion>)) -> Scenario {
    Scenario::within(world(change), &spec(&format!("  one: {{{MACHINE}}}\n")))
}

/// hashicorp/terraform-provider-azurerm#10516, #8296: sorted as text, 1.0.9
/// comes after 1.0.12.
#[test]
fn versions_are_numbers_and_no_texts() {
    let scenario = one(|versions| versions.truncate(12));
    assert_eq!(built(&scenario), "1.0.12");
}

/// hashicorp/terraform-provider-azurerm#10581, #18718: only the first page was
/// read.
#[test]
fn every_page_is_read() {
    let scenario = one(|_| {});
    scenario.portal().forget_requests();
    assert_eq!(built(&scenario), "1.0.120");
    let pages = scenario.portal().requests();
    let is_page = |request: &&Value| {
        let path = request["path"].as_str().unwrap_or_default();
        let query = request["query"].as_str().unwrap_or_default();
        path.ends_with("/images/web/versions") && query.contains("skiptoken")
    };
    // Two further pages each for apply and for the plan after it.
    assert_eq!(pages.iter().filter(is_page).count(), 4);
}

/// hashicorp/terraform-provider-azurerm#10633: `excludeFromLatest` was not
/// looked at, neither the global one nor that of a region.
#[test]
fn what_is_excluded_from_latest_is_passed_over() {
    let scenario = one(|versions| {
        named(versions, "1.0.120").exclude_from_latest = true;
        named(versions, "1.0.119").regions = vec![TargetRegion {
            name: "westeurope".into(),
            exclude_from_latest: true,
            ..TargetRegion::default()
        }];
    });
    scenario
        .run("plan")
        .exits(0)
        .says("1.0.120 passed over: excluded from latest; 1 more");
    scenario
        .run("images")
        .exits(0)
        .says("1.0.120  excluded from latest")
        .says("1.0.119  excluded from latest in westeurope");
    assert_eq!(built(&scenario), "1.0.118");
    // Named exactly, it will do.
    scenario.edit("tenon.yaml", "version: latest", "version: 1.0.120");
    scenario.run("plan").exits(0).says("1.0.118 → 1.0.120");
}

/// Azure/terraform-azurerm-caf PR 852 and hashicorp/terraform-provider-azurerm
/// #10633: a version without a replica where the machine is.
#[test]
fn a_version_has_to_be_where_every_machine_is() {
    let regions = |west: &str, north: &str| -> Vec<TargetRegion> {
        let target = |name: &str, state: &str| TargetRegion {
            name: name.into(),
            state: state.into(),
            ..TargetRegion::default()
        };
        [("westeurope", west), ("northeurope", north)]
            .into_iter()
            .filter(|(_, state)| !state.is_empty())
            .map(|(name, state)| target(name, state))
            .collect()
    };
    let change = |versions: &mut Vec<ImageVersion>| {
        for version in versions.iter_mut() {
            version.regions = regions("Completed", "Completed");
        }
        named(versions, "1.0.120").regions = regions("", "Completed");
        named(versions, "1.0.119").regions = regions("Replicating", "Completed");
        named(versions, "1.0.118").regions = regions("Completed", "Replicating");
        named(versions, "1.0.117").regions = regions("Completed", "Failed");
        named(versions, "1.0.116").provisioning_state = "Failed".into();
        named(versions, "1.0.115").soft_deleted = true;
    };
    let alone = one(change);
    assert_eq!(built(&alone), "1.0.118");
    let set = MACHINE.replace("public_ip: false, ", "").replace(
        "subnet: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign/subnets/apps",
        "subnet: north/apps",
    );
    let text = spec(&format!("  one: {{{MACHINE}}}\n"))
        + &format!(
            "networks:\n  north: {{location: northeurope, address_space: [10.50.0.0/16], subnets: {{apps: {{prefix: 10.50.1.0/24}}}}}}\nscale_sets:\n  set: {{{set}, location: northeurope, capacity: 1, orchestration: Uniform}}\n"
        );
    let both = Scenario::within(world(change), &text);
    insta::assert_snapshot!(both.run("images"), @r"
    exit 0
    --- stdout
    web 1.0.114   channel latest, not locked
      from       acme
      id         /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/acme/images/web/versions/1.0.114
      published  2026-07-01
      regions    northeurope, westeurope
      newer      1.0.120  not in westeurope
                 1.0.119  replica in westeurope is replicating
                 1.0.118  replica in northeurope is replicating
                 1.0.117  its replication to northeurope failed
                 1.0.116  its state is Failed
                 1.0.115  marked for deletion
    ");
    assert_eq!(built(&both), "1.0.114");
}

/// A lock is judged by the same rules as `latest`: what a bot would propose can
/// be used.
#[test]
fn an_update_takes_what_latest_takes() {
    let scenario = one(|versions| {
        named(versions, "1.0.120").exclude_from_latest = true;
        named(versions, "1.0.119").regions = vec![TargetRegion {
            name: "northeurope".into(),
            ..TargetRegion::default()
        }];
    });
    scenario.run("update web --to 1.0.9").exits(0);
    scenario
        .run("plan")
        .exits(0)
        .says("1.0.118 is newer (tenon update web)");
    scenario
        .run("update --check")
        .exits(2)
        .says("web 1.0.9 -> 1.0.118; 1.0.120: excluded from latest");
    scenario.run("update").exits(0);
    scenario.run("update --check").exits(0);
    assert_eq!(built(&scenario), "1.0.118");
}

/// pulumi/pulumi-aws#5129, hashicorp/terraform-provider-azurerm#17672: the id
/// of a gallery that is shared directly, or with the community, was sent as
/// that of an own image, or as a marketplace one.
#[test]
fn an_id_goes_into_the_member_of_its_form() {
    let id = "/sharedGalleries/44444444-4444-4444-4444-444444444444-ACME/images/web";
    let mut world = world(|_| {});
    world.galleries[0].sharing = "Groups".into();
    world.galleries[0].shared_with.subscriptions = vec!["workload".into()];
    let (head, _) = HEAD.split_once("images:\n").expect("an image");
    let text = format!("{head}images:\n  web: {{id: {id}}}\nvms:\n  one: {{{MACHINE}}}\n");
    let scenario = Scenario::within(world, &text);
    scenario.run("apply --auto-approve --quiet").exits(0);
    let live = scenario.portal().resource(&machine("one"));
    let profile = &live.expect("a machine")["properties"]["storageProfile"];
    assert_eq!(
        profile["imageReference"]["sharedGalleryImageId"],
        format!("{id}/versions/1.0.120")
    );
    assert_eq!(profile["imageReference"].get("id"), None);
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
}
