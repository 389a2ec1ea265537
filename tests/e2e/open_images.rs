//! Images of galleries that are open to others without a role: shared with a
//! subscription or a tenant, or with everybody.

use serde_json::{Value, json};
use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{ACME, HEAD, MACHINE, WORKLOAD, id, machine, two_tenants};

const SHARED: &str = "/sharedGalleries/44444444-4444-4444-4444-444444444444-TOOLS/images/agent";
const COMMUNITY: &str = "/communityGalleries/acme-0001/images/agent";

/// The world of two tenants with a gallery of acme that is open, and no role in
/// acme at all.
fn world(gallery: &str) -> WorldFile {
    let mut world = two_tenants();
    let text = format!(
        "galleries:\n  - {{subscription: images, resourceGroup: images, name: tools, location: westeurope, {gallery}}}\n"
    );
    let open = WorldFile::from_yaml(&text).expect("a gallery");
    world.galleries.extend(open.galleries);
    world
        .role_assignments
        .retain(|one| !one.scope.ends_with("images"));
    world
}

const VERSIONS: &str = "images: [{name: agent, features: {SecurityType: TrustedLaunchSupported}, versions: [{name: 1.0.9}, {name: 1.0.12, published: 2026-07-01T08:00:00Z}, {name: 1.1.0, excludeFromLatest: true}, {name: 1.2.0, regions: [{name: northeurope}]}]}]";

fn shared_with(whom: &str) -> WorldFile {
    world(&format!(
        "sharing: Groups, sharedWith: {{{whom}}}, {VERSIONS}"
    ))
}

fn community() -> WorldFile {
    world(&format!(
        "sharing: Community, publicName: acme-0001, {VERSIONS}"
    ))
}

/// A machine of the image with this id and further keys.
fn spec(id: &str, keys: &str) -> String {
    let (head, _) = HEAD.split_once("images:\n").expect("an image");
    format!("{head}images:\n  web: {{id: {id}{keys}}}\nvms:\n  one: {{{MACHINE}}}\n")
}

fn reference(scenario: &Scenario) -> Value {
    let live = scenario.portal().resource(&machine("one"));
    live.expect("a machine")["properties"]["storageProfile"]["imageReference"].clone()
}

/// Applied, as Azure shows it, and empty again.
fn applied(world: WorldFile, id: &str, keys: &str) -> Scenario {
    let scenario = Scenario::within(world, &spec(id, keys));
    scenario.portal().forget_requests();
    scenario.run("apply --auto-approve").exits(0);
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
    scenario
}

#[test]
fn a_directly_shared_image_goes_into_its_own_member() {
    let scenario = applied(shared_with("subscriptions: [workload]"), SHARED, "");
    assert_eq!(
        reference(&scenario),
        json!({"sharedGalleryImageId": format!("{SHARED}/versions/1.0.12"), "exactVersion": "1.0.12"})
    );
    insta::assert_snapshot!(scenario.run("images"), @r"
    exit 0
    --- stdout
    web 1.0.12   channel latest, not locked
      from       shared gallery 44444444-4444-4444-4444-444444444444-TOOLS
      id         /sharedGalleries/44444444-4444-4444-4444-444444444444-TOOLS/images/agent/versions/1.0.12
      published  2026-07-01
      regions    westeurope
      newer      1.1.0  excluded from latest in westeurope
    ");
}

#[test]
fn no_token_of_the_publisher_is_asked_for_or_sent() {
    let scenario = applied(shared_with("subscriptions: [workload]"), SHARED, "");
    let requests = scenario.portal().requests();
    let of_acme = |request: &Value| {
        request["path"]
            .as_str()
            .is_some_and(|path| path.contains(ACME))
    };
    assert!(!requests.iter().any(of_acme), "{requests:?}");
    let aux = |request: &Value| {
        !request["auxiliaryTenants"]
            .as_array()
            .is_none_or(Vec::is_empty)
    };
    assert!(!requests.iter().any(aux), "{requests:?}");
    let asked = format!(
        "/subscriptions/{WORKLOAD}/providers/Microsoft.Compute/locations/westeurope{SHARED}/versions"
    );
    assert!(
        requests.iter().any(|one| one["path"] == asked),
        "{requests:?}"
    );
}

#[test]
fn an_image_that_is_shared_with_the_whole_tenant() {
    let scenario = applied(
        shared_with("tenants: [contoso]"),
        SHARED,
        ", version: 1.0.x",
    );
    assert_eq!(reference(&scenario)["exactVersion"], "1.0.12");
}

#[test]
fn an_image_of_a_community_gallery() {
    let scenario = applied(community(), COMMUNITY, ", version: 1.0.9");
    assert_eq!(
        reference(&scenario),
        json!({"communityGalleryImageId": format!("{COMMUNITY}/versions/1.0.9"), "exactVersion": "1.0.9"})
    );
}

#[test]
fn what_is_not_shared_is_not_there() {
    let whom = format!("tenants: [{ACME}]");
    let scenario = Scenario::within(shared_with(&whom), &spec(SHARED, ""));
    insta::assert_snapshot!(scenario.run("plan"), @r"
    exit 1
    --- stderr
    error[TN3103]: there is no image definition `agent`
      --> tenon.yaml:11:3
       |
    11 |   web: {id: /sharedGalleries/44444444-4444-4444-4444-444444444444-TOOLS/images/agent}
       |   ^^^
       |
       = looked for /sharedGalleries/44444444-4444-4444-4444-444444444444-TOOLS/images/agent
       = 404 ResourceNotFound: The resource
         '/subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Compute/locations/westeurope/sharedGalleries/44444444-4444-4444-4444-444444444444-TOOLS/images/agent'
         was not found.
    help: a gallery that is shared directly is seen by the subscriptions and tenants that its publisher
          names; ask whether yours is among them, and in which regions its images are
    ");
}

#[test]
fn a_version_that_is_not_in_the_region_is_not_there() {
    let scenario = Scenario::within(community(), &spec(COMMUNITY, ", version: 1.2.0"));
    scenario
        .run("plan")
        .exits(1)
        .says("TN3103")
        .says("versions there are: 1.1.0, 1.0.12, 1.0.9");
    let both = spec(COMMUNITY, ", version: 1.0.x")
        + &format!("  two: {{{MACHINE}, location: northeurope}}\n");
    Scenario::within(community(), &both)
        .run("plan")
        .exits(1)
        .says("not in northeurope");
}

#[test]
fn a_tenant_is_no_matter_of_an_open_gallery() {
    let scenario = Scenario::within(community(), &spec(COMMUNITY, ", tenant: acme"));
    insta::assert_snapshot!(scenario.run("validate"), @r"
    exit 1
    --- stderr
    error[TN1009]: an image of a community gallery has no `tenant`
      --> tenon.yaml:11:65
       |
    11 |   web: {id: /communityGalleries/acme-0001/images/agent, tenant: acme}
       |                                                                 ^^^^
       |                                                    no token of the publisher's tenant is needed
       |
    help: leave `tenant` out, or write the gallery's own id, /subscriptions/…, if you have a role there
    ");
}

#[test]
fn azure_may_spell_what_it_was_sent_as_it_likes() {
    let scenario = applied(shared_with("subscriptions: [workload]"), SHARED, "");
    let spelled = json!({
        "sharedGalleryImageId": "/SharedGalleries/44444444-4444-4444-4444-444444444444-tools/Images/AGENT/Versions/latest",
        "id": "/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/images/providers/Microsoft.Compute/galleries/tools/images/agent",
        "exactVersion": "1.0.12",
    });
    scenario.portal().patch(
        &machine("one"),
        &json!({"properties": {"storageProfile": {"imageReference": spelled}}}),
    );
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
    // Another version is another version, however it is spelled.
    scenario.portal().patch(
        &machine("one"),
        &json!({"properties": {"storageProfile": {"imageReference": {"exactVersion": "1.0.9"}}}}),
    );
    scenario.edit("tenon.yaml", "images/agent", "images/agent/versions/1.0.12");
    let plan = scenario.run("plan").exits(0);
    assert!(plan.stdout.contains("1.0.9 → 1.0.12"), "{plan}");
}

#[test]
fn a_version_of_an_open_image_moves_like_any_other() {
    let scenario = applied(community(), COMMUNITY, ", version: 1.0.9");
    scenario.edit("tenon.yaml", "1.0.9", "1.0.12");
    let plan = scenario.run("plan").exits(0);
    assert!(plan.stdout.contains("image.version"), "{plan}");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(reference(&scenario)["exactVersion"], "1.0.12");
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
}

#[test]
fn a_scale_set_moves_from_one_form_to_another() {
    let mut world = community();
    world.role_assignments = two_tenants().role_assignments;
    let (head, web) = HEAD.split_once("images:\n").expect("an image");
    let keys = MACHINE.replace("public_ip: false, ", "");
    let set = format!("scale_sets:\n  set: {{{keys}, capacity: 1, orchestration: Uniform}}\n");
    let scenario = Scenario::within(world, &format!("{head}images:\n{web}{set}"));
    scenario.run("apply --auto-approve").exits(0);
    let open = format!("{head}images:\n  web: {{id: {COMMUNITY}, version: 1.0.x}}\n{set}");
    scenario.write("tenon.yaml", &open);
    scenario.run("plan").exits(0).says(COMMUNITY);
    scenario.run("apply --auto-approve").exits(0);
    scenario
        .run("plan --detailed-exitcode")
        .finds_nothing_to_do();
    let live = scenario
        .portal()
        .resource(&id("Microsoft.Compute/virtualMachineScaleSets/set"));
    let profile = &live.expect("a set")["properties"]["virtualMachineProfile"]["storageProfile"];
    let named = profile["imageReference"].as_object().expect("a reference");
    assert!(!named.contains_key("id"), "{named:?}");
}
