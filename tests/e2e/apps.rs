//! Applications, whom they trust, and the tenants that let them in.

use serde_json::{Value, json};
use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{self, ACME, CONTOSO, HEAD};

/// An application of acme that contoso lets in and gives a role.
const FLEET: &str = "
apps:
  fleet:
    tenant: acme
    audience: multi_tenant
    redirect_uri: https://www.microsoft.com/
    federated:
      prod: {issuer: github, repository: contoso/fleet, environment: prod}
      main: {issuer: github, repository: contoso/fleet, branch: main}
service_principals:
  fleet: {app: fleet}
access:
  fleet: {scope: resource_group, principal: service_principals.fleet, role: Reader}
outputs:
  command: ${apps.fleet.consent_command}
";

const ROLES: (&str, &str) = ("Application.ReadWrite.All", "Application.ReadWrite.OwnedBy");

/// A world in which roles may be given, and with these permissions for Graph.
fn scenario(contoso: &str, acme: &str, rest: &str) -> Scenario {
    let roles = |roles: &str| format!("graphRoles: [{roles}]");
    let world = worlds::two_tenants_text()
        .replace(
            "servicePrincipals: [{tenant: contoso}, {tenant: acme}]",
            &format!(
                "servicePrincipals: [{{tenant: contoso, {}}}, {{tenant: acme, {}}}]",
                roles(contoso),
                roles(acme)
            ),
        )
        .replace(
            "roleAssignments:\n",
            "roleAssignments:\n  - {scope: /subscriptions/workload, principal: tenon, role: Role Based Access Control Administrator}\n",
        );
    let world = WorldFile::from_yaml(&world).expect("a world");
    Scenario::within(world, &format!("{HEAD}{rest}"))
}

fn usual() -> Scenario {
    scenario(ROLES.0, ROLES.1, FLEET)
}

/// The registrations of the world, but for the one that signs in.
fn registered(scenario: &Scenario) -> Vec<Value> {
    let mut all = scenario.portal().applications();
    all.retain(|one| one["name"] != "tenon");
    all
}

fn the_one(scenario: &Scenario) -> Value {
    let all = registered(scenario);
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0].clone()
}

fn subjects(application: &Value) -> Vec<&str> {
    let all = application["federatedCredentials"].as_array();
    let all = all.map_or(&[][..], Vec::as_slice).iter();
    all.filter_map(|one| one["subject"].as_str()).collect()
}

/// The tenants that let it in.
fn lets_in(application: &Value) -> Vec<&str> {
    let all = application["servicePrincipals"].as_array();
    let all = all.map_or(&[][..], Vec::as_slice).iter();
    let mut tenants: Vec<&str> = all
        .filter(|one| one["deleted"].is_null())
        .filter_map(|one| one["tenant"].as_str())
        .collect();
    tenants.sort_unstable();
    tenants
}

/// The requests to Graph.
fn asked_graph(scenario: &Scenario) -> usize {
    let log = scenario.portal().requests();
    let of_graph = |one: &&Value| {
        one["path"]
            .as_str()
            .is_some_and(|path| path.starts_with("/graph/"))
    };
    log.iter().filter(of_graph).count()
}

#[test]
fn an_application_is_registered_let_in_changed_and_gone() {
    let scenario = usual();
    let client_id = {
        let apply = scenario.run("apply --auto-approve").exits(0);
        let made = the_one(&scenario);
        let client_id = made["id"].as_str().expect("an id").to_owned();
        apply.says(&format!("az ad sp create --id {client_id}"));
        assert_eq!(made["uniqueName"], "tenon-shop-fleet");
        assert_eq!(lets_in(&made), [ACME, CONTOSO]);
        assert_eq!(
            subjects(&made),
            [
                "repo:contoso/fleet:environment:prod",
                "repo:contoso/fleet:ref:refs/heads/main"
            ]
        );
        client_id
    };
    scenario.run("plan").finds_nothing_to_do();

    // The author changes whom it trusts, and somebody where browsers go.
    scenario.edit("tenon.yaml", "environment: prod", "environment: live");
    let (before, after) = (
        "      main: {issuer: github, repository: contoso/fleet, branch: main}\n",
        "",
    );
    scenario.edit("tenon.yaml", before, after);
    let mut drifted = the_one(&scenario);
    drifted["properties"]["web"]["redirectUris"] =
        json!(["https://evil.example/", "https://www.microsoft.com/"]);
    scenario.portal().put_application(&drifted);
    let plan = scenario.run("plan").exits(0);
    plan.says("https://evil.example/")
        .says("repo:contoso/fleet:environment:live");
    scenario.run("apply --auto-approve").exits(0);
    let made = the_one(&scenario);
    assert_eq!(subjects(&made), ["repo:contoso/fleet:environment:live"]);
    assert_eq!(
        made["properties"]["web"]["redirectUris"],
        json!(["https://www.microsoft.com/"])
    );
    assert_eq!(made["id"].as_str(), Some(client_id.as_str()));
    scenario.run("plan").finds_nothing_to_do();

    // Destroyed it can be restored, and is when it comes again; what it trusted is not.
    let destroyed = scenario.run("destroy --confirm shop").exits(0);
    destroyed.says("30 days");
    let gone = the_one(&scenario);
    assert!(gone["deleted"].is_string(), "{gone:#?}");
    assert_eq!(lets_in(&gone), [""; 0]);
    scenario.edit("tenon.yaml", "environment: live", "environment: next");
    scenario.run("apply --auto-approve").exits(0);
    let back = the_one(&scenario);
    assert_eq!(back["id"].as_str(), Some(client_id.as_str()));
    assert_eq!(subjects(&back), ["repo:contoso/fleet:environment:next"]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn what_left_the_spec_goes_and_a_spec_without_any_asks_nothing() {
    let scenario = scenario(
        ROLES.0,
        ROLES.1,
        &FLEET.replace(
            "access:\n",
            "  other: {app: 7d5f0c1e-0000-4000-8000-000000000002, tenant: contoso}\naccess:\n",
        ),
    );
    // Somebody else's application, which contoso lets in as well.
    scenario.portal().put_application(&json!({
        "name": "theirs", "id": "7d5f0c1e-0000-4000-8000-000000000002", "tenant": "acme", "multiTenant": true,
    }));
    scenario.run("apply --auto-approve").exits(0);
    let theirs = |scenario: &Scenario| {
        let all = registered(scenario);
        let one = all.into_iter().find(|one| one["name"] == "theirs");
        one.expect("it stays")
    };
    assert_eq!(lets_in(&theirs(&scenario)), [ACME, CONTOSO]);
    let (before, _) = FLEET.split_once("access:").expect("it gives a role");
    let without = before
        .split("service_principals:")
        .next()
        .unwrap_or_default();
    scenario.write(
        "tenon.yaml",
        &format!("{HEAD}{without}service_principals: {{}}\n"),
    );
    let plan = scenario.run("plan").exits(0);
    plan.says("service_principals.fleet")
        .says("service_principals.other");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(lets_in(&theirs(&scenario)), [ACME]);
    // An empty collection is enough to look in every tenant that the spec names.
    scenario.write("tenon.yaml", &format!("{HEAD}apps: {{}}\n"));
    scenario.run("plan").exits(0).says("apps.fleet");
    // Nobody looks where the spec has nothing; the journal says what it left.
    scenario.portal().forget_requests();
    scenario.write("tenon.yaml", HEAD);
    let plan = scenario.run("plan").exits(0);
    assert_eq!(asked_graph(&scenario), 0);
    plan.says(&format!("in the directory of tenant {ACME}"));
}

#[test]
fn missing_permissions_are_said_before_anything_is_written() {
    let reads = scenario("Application.Read.All", "Application.Read.All", FLEET);
    let plan = reads.run("plan").exits(0);
    plan.says("warning[TN3406]")
        .says("may only read in the directory of acme");
    let apply = reads.run("apply --auto-approve").exits(1);
    apply
        .says("error[TN3406]")
        .says("Application.ReadWrite.OwnedBy of Microsoft Graph for `apps.fleet`")
        .says("az ad app create --display-name \"fleet\" --sign-in-audience AzureADMultipleOrgs")
        .says("az ad sp create --id <client id>")
        .says("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9=Role");
    assert!(registered(&reads).is_empty());
    // Who may write its own may let nobody else's in.
    let own = scenario(ROLES.1, ROLES.1, FLEET);
    let apply = own.run("apply --auto-approve").exits(1);
    apply
        .says("may not do in the directory of contoso")
        .never_says("the directory of acme");
    let nothing = scenario("", "", FLEET);
    nothing
        .run("plan")
        .exits(1)
        .says("TN3027")
        .says("the directory of acme");
}

#[test]
fn neither_lag_nor_a_lost_answer_makes_anything_twice() {
    let scenario = usual();
    // Half a second of ours.
    scenario
        .portal()
        .settings(&json!({"directoryLag": "1000s"}));
    scenario.portal().fault(&json!({
        "match": {"method": "PATCH", "id": "*/applications(uniqueName='tenon-shop-fleet')"},
        "action": {"do": "drop", "moment": "after"},
    }));
    scenario.run("apply --auto-approve").exits(0);
    let made = the_one(&scenario);
    assert_eq!(lets_in(&made), [ACME, CONTOSO]);
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn what_cannot_be_let_in_and_what_is_not_ours_is_explained() {
    let closed = FLEET.replace("    audience: multi_tenant\n", "");
    let offline = scenario(ROLES.0, ROLES.1, &closed);
    offline
        .run("validate")
        .exits(1)
        .says("`apps.fleet` is for its own tenant alone");
    let unknown = "\nservice_principals:\n  other: {app: 7d5f0c1e-0000-4000-8000-00000000000f}\n";
    let unknown = scenario(ROLES.0, ROLES.1, unknown);
    unknown
        .run("apply --auto-approve")
        .exits(6)
        .says("TN3028")
        .says("contoso");
    // Somebody made it by hand: it is taken over only if somebody says so.
    let scenario = usual();
    scenario.portal().put_application(&json!({
        "name": "by hand", "uniqueName": "tenon-shop-fleet", "tenant": "acme", "multiTenant": true,
        "owners": [], "servicePrincipals": [],
    }));
    let plan = scenario.run("plan").exits(1);
    plan.says("TN4011").says("apps.fleet");
    assert_eq!(the_one(&scenario)["name"], "by hand");
}

#[test]
fn what_was_let_in_by_hand_is_taken_over_shown_and_let_go() {
    let spec = "\nservice_principals:\n  theirs: {app: 7d5f0c1e-0000-4000-8000-000000000002}\noutputs:\n  principal: ${service_principals.theirs.principal_id}\n";
    let scenario = scenario(ROLES.0, "", spec);
    // An administrator agreed at the consent page.
    let principal = "7d5f0c1e-0000-4000-8000-00000000000b";
    let by_hand = |disabled: bool, tags: &Value| {
        json!({
            "name": "theirs", "id": "7d5f0c1e-0000-4000-8000-000000000002", "tenant": "acme", "multiTenant": true,
            "servicePrincipals": [
                {"tenant": ACME},
                {"tenant": CONTOSO, "objectId": principal, "disabled": disabled, "properties": {"tags": tags}},
            ],
        })
    };
    scenario
        .portal()
        .put_application(&by_hand(false, &json!(["HideApp"])));
    let plan = scenario.run("plan").exits(1);
    plan.says("TN4011").says("service_principals.theirs");
    let adopt = "adopt service_principals.theirs --auto-approve";
    scenario.run(adopt).exits(0);
    scenario.run("plan").finds_nothing_to_do();
    let tags = |scenario: &Scenario| {
        let all = the_one(scenario)["servicePrincipals"].clone();
        all[1]["properties"]["tags"].clone()
    };
    // The tags of others stay.
    let own = tags(&scenario);
    let own = own.as_array().expect("tags");
    assert!(own.contains(&json!("HideApp")) && own.len() == 5, "{own:?}");
    scenario
        .run("show service_principals.theirs")
        .exits(0)
        .says("enabled");
    scenario.run("outputs").exits(0).says(principal);
    scenario
        .portal()
        .put_application(&by_hand(true, &json!(own)));
    scenario
        .run("drift --detailed-exitcode")
        .exits(2)
        .says("enabled");
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("drift --detailed-exitcode").exits(0);
    scenario
        .run("forget service_principals.theirs --auto-approve")
        .exits(0);
    assert_eq!(tags(&scenario), json!(["HideApp"]));
    assert_eq!(lets_in(&the_one(&scenario)), [ACME, CONTOSO]);
}

#[test]
fn a_secret_is_refused_with_the_way_out() {
    let spec = "\napps:\n  fleet: {secret: ci}\n";
    let validate = scenario("", "", spec).run("validate").exits(1);
    validate
        .says("TN1004")
        .says("no secret is made here")
        .says("write `federated`");
}
