//! The publisher's side and the consumer's: in one spec, and as two teams who
//! wait for each other.

use serde_json::json;
use tenon_sim::WorldFile;

use crate::broken::hand::Hand;
use crate::process::Output;
use crate::scenario::Scenario;
use crate::worlds::{ACME, CONTOSO, HEAD, MACHINE};

/// The subscription of the publisher.
const IMAGES: &str = "44444444-4444-4444-4444-444444444444";

/// Where each of `names` ends among the lines of a run; each is there.
fn ends(run: &str, names: &[&str]) -> Vec<usize> {
    let lines: Vec<&str> = run.lines().collect();
    let end = |name: &&str| {
        let done = |line: &&str| {
            let mut words = line.split_whitespace().skip(1);
            words.next() == Some("done") && words.next() == Some(name)
        };
        let found = lines.iter().position(done);
        found.unwrap_or_else(|| panic!("no end of {name} in:\n{run}"))
    };
    names.iter().map(end).collect()
}

/// From nothing to a machine in one tenant from an image version of another:
/// who is needed comes first, across tenants, and goes last.
#[test]
fn one_spec_of_both_tenants() {
    let scenario = Scenario::bare();
    scenario.copy_specs();
    let run = |words: &str| scenario.run(&format!("--simulate -f specs/both-tenants.yaml {words}"));
    let plan = run("plan --json").exits(0).json();
    let steps = plan["steps"].as_array().expect("steps");
    let at = |address: &str| {
        let found = steps.iter().position(|step| step["address"] == address);
        found.unwrap_or_else(|| panic!("no step of {address}"))
    };
    let version = "galleries.fleet.images.web.versions.1.4.2";
    for (before, after) in [
        ("apps.fleet", "apps.fleet.principal"),
        ("apps.fleet", "service_principals.fleet"),
        ("apps.fleet.principal", "access.fleet-reads-images"),
        ("service_principals.fleet", "access.fleet-makes-machines"),
        ("resource_groups.both-images", "galleries.fleet"),
        ("galleries.fleet", "galleries.fleet.images.web"),
        ("galleries.fleet.images.web", version),
        ("galleries.fleet", "access.fleet-reads-images"),
        (version, "vms.both-1"),
        ("access.fleet-reads-images", "vms.both-1"),
        ("resource_group", "vms.both-1"),
    ] {
        assert!(at(before) < at(after), "{before} before {after}");
    }
    assert_eq!(plan["images"][0]["made"], version);
    run("apply --auto-approve").exits(0).says("17 created");
    run("plan --detailed-exitcode").finds_nothing_to_do();
    let destroyed = run("destroy --confirm both-tenants").exits(0).to_string();
    let order = ends(
        &destroyed,
        &[
            "vms.both-1",
            "galleries.fleet",
            "resource_groups.both-images",
        ],
    );
    assert!(order.is_sorted(), "{order:?}\n{destroyed}");
}

/// What acme's team writes: the application, the gallery, and who may read it.
fn publisher(access: &str) -> String {
    format!(
        "tenon: 1
name: acme-images
tenant: {ACME}
subscription: {IMAGES}
resource_group: {{name: published, create: true}}
location: westeurope
apps:
  fleet:
    audience: multi_tenant
    federated:
      main: {{issuer: github, repository: contoso/fleet, branch: main}}
galleries:
  shop:
    images:
      web:
        os_type: Linux
        security: TrustedLaunchSupported
        identifier: {{publisher: acme, offer: web, sku: ubuntu-24}}
        versions:
          1.0.0: {{source: /subscriptions/{IMAGES}/resourceGroups/golden/providers/Microsoft.Compute/snapshots/web}}
{access}outputs:
  client_id: ${{apps.fleet.client_id}}
  image: ${{galleries.shop.images.web.id}}
"
    )
}

const SHARED: &str = "access:
  contoso: {scope: galleries.shop, principal: apps.fleet, role: Compute Gallery Image Reader}
";

/// What contoso's team writes, for a pipeline that signs in as that application.
fn consumer(client: &str, image: &str) -> String {
    let credential = format!("credential: {{client_id: {client}, federated: github}}");
    format!(
        "tenon: 1
name: shop
tenants:
  contoso: {{id: {CONTOSO}, {credential}}}
  acme: {{id: {ACME}, {credential}}}
tenant: contoso
subscription: 33333333-3333-3333-3333-333333333333
resource_group: myResourceGroup
location: westeurope
images:
  web: {{tenant: acme, id: {image}}}
vms:
  one: {{{MACHINE}}}
"
    )
}

/// The world of two tenants, with what a publisher starts from, a job of GitHub,
/// and an administrator of both sides who signs in with a secret.
fn world() -> WorldFile {
    let text = crate::worlds::two_tenants_text()
        .replace(
            "servicePrincipals: [{tenant: contoso}, {tenant: acme}]",
            "servicePrincipals: [{tenant: contoso, graphRoles: [Application.ReadWrite.All]}, {tenant: acme, graphRoles: [Application.ReadWrite.All]}]",
        )
        .replace(
            "subscriptions:\n",
            "  - name: owner
    id: 7d5f0c1e-0000-4000-8000-000000000002
    tenant: acme
    multiTenant: true
    secrets: [{value: an-owner}]
    servicePrincipals: [{tenant: contoso}, {tenant: acme}]
subscriptions:
",
        )
        .replace(
            "roleAssignments:\n",
            "roleAssignments:
  - {scope: /subscriptions/images, principal: owner, role: Owner}
  - {scope: /subscriptions/images, principal: tenon, role: Owner}
  - {scope: /subscriptions/workload, principal: tenon, role: Owner}
",
        );
    let more = format!(
        "resources:
  - id: /subscriptions/{IMAGES}/resourceGroups/golden/providers/Microsoft.Compute/snapshots/web
    body: {{location: westeurope, properties: {{osType: Linux, hyperVGeneration: V2, diskSizeGB: 30, provisioningState: Succeeded}}}}
issuers:
  github: {{requestToken: canary-request, subject: \"repo:contoso/fleet:ref:refs/heads/main\"}}
"
    );
    let mut world = WorldFile::from_yaml(&text).expect("a world");
    let more = WorldFile::from_yaml(&more).expect("more of a world");
    world.resources.extend(more.resources);
    world.issuers = more.issuers;
    world
}

struct Teams {
    scenario: Scenario,
    client: String,
}

impl Teams {
    /// The publisher has registered the application and published, and shared
    /// nothing yet.
    fn begin() -> Self {
        let mut scenario = Scenario::within(world(), &publisher(""));
        scenario.write("acme.yaml", &publisher(""));
        scenario.run("apply --auto-approve -f acme.yaml").exits(0);
        let outputs = scenario.run("outputs --json -f acme.yaml").exits(0).json();
        let of = |name: &str| {
            outputs["outputs"][name]["value"]
                .as_str()
                .map(str::to_owned)
        };
        let client = of("client_id").expect("a client id");
        let image = of("image").expect("an image");
        scenario.write("shop.yaml", &consumer(&client, &image));
        let url = format!("{}/_github/token?api-version=2.0", scenario.address());
        scenario.set("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
        scenario.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-request");
        Self { scenario, client }
    }

    fn plan(&self) -> Output {
        self.scenario.run("plan -f shop.yaml")
    }

    /// The publisher's team writes something else and applies it.
    fn publish(&self, access: &str) {
        self.scenario.write("acme.yaml", &publisher(access));
        let run = self.scenario.run("apply --auto-approve -f acme.yaml");
        run.exits(0);
    }
}

/// The consumer's plan fails, each time with the way out, until consent is
/// given, roles are given on both sides; and again as soon as one is gone.
#[test]
fn two_teams_wait_for_each_other() {
    let teams = Teams::begin();
    let refused = teams.plan().exits(4).says("error[TN3011]");
    refused.says(&teams.client).says("az ad sp create --id");

    // Contoso's administrator lets it in, by a spec too.
    let admin = format!(
        "tenon: 1\nname: consent\ntenant: {CONTOSO}\nsubscription: 33333333-3333-3333-3333-333333333333\nresource_group: myResourceGroup\nlocation: westeurope\nservice_principals:\n  fleet: {{app: {}}}\naccess:\n  fleet: {{scope: resource_group, principal: service_principals.fleet, role: Contributor}}\n",
        teams.client
    );
    teams.scenario.write("consent.yaml", &admin);
    let consent = teams.scenario.run("apply --auto-approve -f consent.yaml");
    consent.exits(0);
    let refused = teams.plan().exits(1).says("error[TN3021]");
    refused
        .says("az role assignment create")
        .says("--role Reader");

    teams.publish(SHARED);
    teams.plan().exits(0).says("image web 1.0.0");
    let apply = teams.scenario.run("apply --auto-approve -f shop.yaml");
    apply.exits(0);

    // Withdrawn: the machine runs on, and the plan says at once what is missing.
    teams.publish("");
    teams.plan().exits(1).says("error[TN3021]");
}

const OPEN: &str = "/sharedGalleries/44444444-4444-4444-4444-444444444444-OPEN/images/agent";

/// Acme's gallery that is shared without roles.
fn open(sharing: &str) -> String {
    format!(
        "tenon: 1
name: acme-open
tenant: {ACME}
subscription: {IMAGES}
resource_group: {{name: open, create: true}}
location: westeurope
galleries:
  open:
{sharing}    images:
      agent:
        os_type: Linux
        identifier: {{publisher: acme, offer: agent, sku: ubuntu-24}}
        versions:
          1.0.0: {{source: /subscriptions/{IMAGES}/resourceGroups/golden/providers/Microsoft.Compute/snapshots/web}}
"
    )
}

fn opened() -> Scenario {
    let scenario = Scenario::within(world(), HEAD);
    let (head, _) = HEAD.split_once("images:\n").expect("an image");
    let spec =
        |id: &str| format!("{head}images:\n  web: {{id: {id}}}\nvms:\n  one: {{{MACHINE}}}\n");
    scenario.write("shop.yaml", &spec(OPEN));
    scenario
}

const WORKLOAD: &str = "    sharing: {subscriptions: [33333333-3333-3333-3333-333333333333]}\n";

fn share(scenario: &Scenario, sharing: &str) -> Output {
    scenario.write("open.yaml", &open(sharing));
    scenario.run("apply --auto-approve -f open.yaml").exits(0)
}

/// Shared directly: granted, changed, drifted and withdrawn, and the consumer's
/// plan notices each time.
#[test]
fn direct_sharing_comes_changes_drifts_and_goes() {
    let scenario = opened();
    let plan = || scenario.run("plan -f shop.yaml");
    share(&scenario, WORKLOAD);
    scenario
        .run("plan --detailed-exitcode -f open.yaml")
        .finds_nothing_to_do();
    plan().exits(0).says("image web 1.0.0");

    // To its tenant in place of it.
    let changed = "    sharing: {tenants: [22222222-2222-2222-2222-222222222222]}\n";
    share(&scenario, changed).says("updated");
    plan().exits(0);

    // Somebody shares it with others, by hand.
    let groups =
        json!([{"type": "Subscriptions", "ids": ["55555555-5555-5555-5555-555555555555"]}]);
    let add = json!({"operationType": "Add", "groups": groups});
    let action = "/resourceGroups/open/providers/Microsoft.Compute/galleries/open/share";
    Hand::of(&scenario).publisher("POST", action, "2024-03-03", &add);
    let drifted = scenario
        .run("plan --detailed-exitcode -f open.yaml")
        .exits(2);
    drifted.says("galleries.open.sharing").says("drift");
    share(&scenario, changed);

    // With others only, and then with nobody: the gallery and its images stay.
    share(
        &scenario,
        "    sharing: {subscriptions: [55555555-5555-5555-5555-555555555555]}\n",
    );
    plan().exits(1);
    let withdrawn = share(&scenario, "");
    withdrawn.never_says("replace").says("1 deleted");
    plan().exits(1);
    scenario
        .run("plan --detailed-exitcode -f open.yaml")
        .finds_nothing_to_do();
}

/// With everybody: it goes live after the gallery is made, and is withdrawn.
#[test]
fn a_community_gallery_goes_live_and_is_withdrawn() {
    let scenario = opened();
    let community = "    sharing:\n      community: {prefix: acmeimages, publisher_uri: \"https://acme.example\", contact: images@acme.example, eula: \"https://acme.example/eula\"}\n";
    share(&scenario, community);
    let gallery = scenario.portal().resource(&format!(
        "/subscriptions/{IMAGES}/resourceGroups/open/providers/Microsoft.Compute/galleries/open"
    ));
    let gallery = gallery.expect("a gallery");
    let info = &gallery["properties"]["sharingProfile"]["communityGalleryInfo"];
    assert_eq!(info["communityGalleryEnabled"], true);
    let name = info["publicNames"][0].as_str().expect("a public name");
    let shop = scenario.read("shop.yaml");
    let id = format!("/communityGalleries/{name}/images/agent");
    scenario.write("shop.yaml", &shop.replace(OPEN, &id));
    scenario
        .run("plan -f shop.yaml")
        .exits(0)
        .says("image web 1.0.0");
    scenario
        .run("plan --detailed-exitcode -f open.yaml")
        .finds_nothing_to_do();
    let eula = community.replace("example/eula", "example/terms");
    share(&scenario, &eula).says("updated");
    scenario.run("plan -f shop.yaml").exits(0);
    let gone = share(&scenario, "").never_says("replace");
    gone.says("galleries.open.share.current   delete");
    scenario.run("plan -f shop.yaml").exits(1);
}

/// Azure never opens a gallery again that was reset. A plan says that it takes
/// another one, and what that costs; the consumer's says that it is gone.
#[test]
fn a_community_gallery_that_was_reset_by_hand() {
    let scenario = opened();
    let community = "    sharing:\n      community: {prefix: acmeimages, publisher_uri: \"https://acme.example\", contact: images@acme.example, eula: \"https://acme.example/eula\"}\n";
    share(&scenario, community);
    let action = "/resourceGroups/open/providers/Microsoft.Compute/galleries/open/share";
    let reset = json!({"operationType": "Reset"});
    Hand::of(&scenario).publisher("POST", action, "2024-03-03", &reset);
    let drifted = scenario
        .run("plan --detailed-exitcode -f open.yaml")
        .exits(2);
    drifted
        .says("Private → Community")
        .says("forces replace")
        .says("replicas of open");
}
