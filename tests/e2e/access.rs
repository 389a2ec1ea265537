//! Roles, and what takes no tags and leaves the spec.

use serde_json::json;
use tenon_sim::WorldFile;

use crate::scenario::Scenario;
use crate::worlds::{self, HEAD, id};

const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
const READER: &str = "/subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// A robot that may read somebody else's network.
const ROBOT: &str = "
resources:
  robot: {type: Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31}
access:
  reader:
    scope: /subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign
    principal: ${resources.robot.body.properties.principalId}
    role: Reader
";

fn spec(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

/// A world in which roles may be given.
fn scenario(rest: &str) -> Scenario {
    let world = worlds::two_tenants_text().replace(
        "roleAssignments:\n",
        "roleAssignments:\n  - {scope: /subscriptions/workload, principal: tenon, role: Role Based Access Control Administrator}\n",
    );
    let world = WorldFile::from_yaml(&world).expect("a world");
    Scenario::within(world, &spec(rest))
}

fn network(rest: &str) -> String {
    let network = id("Microsoft.Network/virtualNetworks/foreign");
    format!("{network}/providers/{rest}")
}

/// The ids of assignments with a marker.
fn given(scenario: &Scenario) -> Vec<String> {
    let all = scenario.portal().resources();
    let ours = all.into_iter().filter(|(_, body)| {
        let text = body["properties"]["description"].as_str();
        text.is_some_and(|text| text.contains("tenon-deployment=shop"))
    });
    ours.map(|(id, _)| id).collect()
}

#[test]
fn a_role_for_a_principal_of_the_same_run_is_given_and_taken_away() {
    let scenario = scenario(ROBOT);
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(given(&scenario).len(), 1, "{:?}", given(&scenario));
    scenario.run("plan").finds_nothing_to_do();
    scenario.edit("tenon.yaml", "role: Reader", "role: Locks Contributor");
    scenario.run("apply --auto-approve").exits(0);
    assert_eq!(given(&scenario).len(), 1);
    scenario.run("plan").finds_nothing_to_do();
    let (before, _) = ROBOT.split_once("access:").expect("it gives a role");
    scenario.write("tenon.yaml", &spec(before));
    scenario.run("apply --auto-approve").exits(0);
    assert!(given(&scenario).is_empty());
}

#[test]
fn a_role_that_nobody_knows_is_no_role() {
    let scenario = scenario(&ROBOT.replace("role: Reader", "role: Reeder"));
    let plan = scenario.run("plan").exits(1);
    plan.says("Azure knows no role `Reeder` here")
        .says("did you mean `Reader`?");
}

#[test]
fn a_role_that_somebody_gave_is_taken_over_by_its_name() {
    let scenario = scenario(ROBOT);
    let (before, _) = ROBOT.split_once("access:").expect("it gives a role");
    scenario.write("tenon.yaml", &spec(before));
    scenario.run("apply --auto-approve").exits(0);
    let robot = id("Microsoft.ManagedIdentity/userAssignedIdentities/robot");
    let robot = scenario.portal().resource(&robot).expect("it was made");
    let name = "aaaaaaaa-0000-4000-8000-00000000000a";
    let theirs = network(&format!("{ASSIGNMENTS}/{name}"));
    let principal = &robot["properties"]["principalId"];
    scenario.portal().put(
        &theirs,
        &json!({"properties": {"roleDefinitionId": READER, "principalId": principal, "principalType": "ServicePrincipal", "description": "by hand"}}),
    );
    scenario.write("tenon.yaml", &spec(ROBOT));
    let plan = scenario.run("plan").exits(1);
    plan.says("TN4011").says(&format!("name: {name}"));
    scenario.edit(
        "tenon.yaml",
        "role: Reader",
        &format!("role: Reader\n    name: {name}"),
    );
    scenario.run("adopt access.reader --auto-approve").exits(0);
    let body = scenario.portal().resource(&theirs).expect("it is there");
    let text = body["properties"]["description"].as_str();
    assert!(text.is_some_and(|text| text.starts_with("by hand [tenon-deployment=shop")));
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn a_second_assignment_of_the_same_role_is_explained() {
    let scenario = scenario(ROBOT);
    scenario.portal().fault(&json!({
        "match": {"method": "PUT", "type": ASSIGNMENTS},
        "action": {"do": "respond", "status": 409, "code": "RoleAssignmentExists", "message": "The role assignment already exists. The ID of the existing role assignment is aaaaaaaa00004000800000000000000a."},
    }));
    let apply = scenario.run("apply --auto-approve").exits(6);
    apply
        .says("the role of `access.reader` is given already")
        .says("name: aaaaaaaa-0000-4000-8000-00000000000a")
        .says("tenon adopt access.reader");
}

#[test]
fn that_roles_cannot_be_listed_is_said() {
    let (before, _) = ROBOT.split_once("access:").expect("it gives a role");
    let scenario = scenario(before);
    scenario.portal().fault(&json!({
        "match": {"method": "GET", "type": ASSIGNMENTS},
        "times": 0,
        "action": {"do": "respond", "status": 403, "code": "AuthorizationFailed", "message": "no"},
    }));
    let applied = scenario.run("apply --auto-approve").exits(0);
    assert!(
        !applied.stdout.contains("TN4021"),
        "nothing here gives roles"
    );
    let destroy = scenario.run("plan --destroy");
    insta::assert_snapshot!(destroy.message("TN4021"), @r#"
    warning[TN4021]: role assignments cannot be listed
      --> tenon.yaml
       = roles of this deployment that left the spec would not be seen, and stay
       = GET
         /subscriptions/33333333-3333-3333-3333-333333333333/providers/Microsoft.Authorization/roleAssignments
         was refused
    help: give the application Reader on the subscription:
          az role assignment create --assignee <application id> --role Reader --scope /subscriptions/33333333-3333-3333-3333-333333333333
    "#);
}

#[test]
fn a_secret_that_leaves_the_spec_is_deleted_and_those_of_others_stay() {
    let vault = "
resources:
  kv:
    type: Microsoft.KeyVault/vaults@2023-07-01
    body: {properties: {sku: {name: standard}}}
";
    let secret = "  one:
    type: Microsoft.KeyVault/vaults/secrets@2023-07-01
    parent: resources.kv
    body: {properties: {contentType: text}}
";
    let scenario = Scenario::of(&spec(&format!("{vault}{secret}")));
    scenario.run("apply --auto-approve").exits(0);
    let of = |name: &str| id(&format!("Microsoft.KeyVault/vaults/kv/secrets/{name}"));
    let theirs = json!({"properties": {"contentType": "text"}});
    scenario.portal().put(&of("theirs"), &theirs);
    scenario.run("plan").finds_nothing_to_do();
    scenario.write("tenon.yaml", &spec(vault));
    scenario.run("apply --auto-approve").exits(0);
    assert!(scenario.portal().resource(&of("one")).is_none());
    assert!(scenario.portal().resource(&of("theirs")).is_some());
    scenario.run("plan").finds_nothing_to_do();
}

#[test]
fn what_is_shown_of_a_role_has_no_marker_in_it() {
    let scenario = scenario(&ROBOT.replace("role: Reader", "role: Reader\n    description: looks"));
    scenario.run("apply --auto-approve").exits(0);
    let shown = scenario.run("show access.reader").exits(0);
    shown.says("looks");
    let shown = scenario.run("show access.reader");
    assert!(!shown.stdout.contains("tenon-mark"), "{shown}");
}
