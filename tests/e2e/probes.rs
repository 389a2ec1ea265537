//! What a plan asks Azure beside what it needs: each finds its fault, names the
//! line, and its help repairs the world; and where nobody may look, the plan
//! says so and goes on.

use serde_json::{Value, json};
use tenon_sim::WorldFile;

use crate::az::{self, owned_world};
use crate::process::Output;
use crate::scenario::Scenario;
use crate::worlds::{HEAD, MACHINE, WORKLOAD, id, machines};

/// The line of the first machine of [`machines`].
const LINE: &str = "tenon.yaml:16:3";

const GROUP: &str =
    "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/myResourceGroup";

fn world(edits: &[(&str, &str)]) -> WorldFile {
    let text = edits.iter().fold(owned_world(), |text, (from, to)| {
        assert!(text.contains(from), "no `{from}` in the world");
        text.replace(from, to)
    });
    WorldFile::from_yaml(&text).expect("a world")
}

/// Adds a lock to a world.
fn locked(scope: &str, level: &str) -> WorldFile {
    let lock = format!(
        "resources:\n  - id: {scope}/providers/Microsoft.Authorization/locks/keep\n    body: {{properties: {{level: {level}}}}}\n"
    );
    world(&[("resources:\n", &lock)])
}

/// The checks of a plan.
fn checks(plan: &Value) -> Vec<&Value> {
    let all = plan["preflight"].as_array();
    all.expect("a list").iter().collect()
}

/// The one check about something, in JSON.
fn check<'p>(plan: &'p Value, about: &str, subject: &str) -> &'p Value {
    let all = checks(plan);
    let mut found = all
        .iter()
        .filter(|one| one["check"] == about && one["subject"].as_str().unwrap_or("") == subject);
    found
        .next()
        .unwrap_or_else(|| panic!("no {about} {subject} in {all:#?}"))
}

/// Plans, and expects one error.
fn refused(scenario: &Scenario, code: &str, line: &str) -> Output {
    let plan = scenario.run("plan --out saved").exits(1);
    let errors = plan.stdout.matches("error[").count();
    assert_eq!(errors, 1, "{plan}");
    let plan = plan
        .says(&format!("error[{code}]"))
        .says(line)
        .says("1 failed");
    scenario.run("apply saved").exits(1).says("TN4004");
    assert!(scenario.portal().writes().is_empty());
    plan
}

/// Follows the commands of all helps.
fn repair(scenario: &Scenario) {
    let plan = scenario.run("plan --json").json();
    let found = plan["diagnostics"].as_array().expect("a list");
    let helps = found.iter().flat_map(|one| one["helps"].as_array());
    let commands: Vec<&str> = helps
        .flatten()
        .filter_map(|help| help["command"].as_str())
        .collect();
    assert!(!commands.is_empty(), "{plan:#}");
    for command in commands {
        az::follow(scenario, command);
    }
}

fn applies(scenario: &Scenario) {
    scenario.run("apply --auto-approve").exits(0);
    scenario.run("plan").finds_nothing_to_do();
}

/// Lets Azure refuse what matches.
fn forbid(scenario: &Scenario, path: &str) {
    scenario.portal().fault(&json!({
        "times": 0,
        "match": {"method": "GET", "id": path},
        "action": {"do": "respond", "status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
}

/// Requests that a plan makes beside what it needs, by the end of their paths.
const PROBES: &[&str] = &[
    "/locks",
    "/permissions",
    "/providers/Microsoft.Compute",
    "/providers/Microsoft.Network",
    "/foreign/usages",
    "/CheckIPAddressAvailability",
];

fn probed(scenario: &Scenario) -> Vec<String> {
    let requests = scenario.portal().requests();
    let state = format!("/subscriptions/{WORKLOAD}");
    let paths = requests.iter().filter_map(|one| one["path"].as_str());
    paths
        .filter(|path| *path == state || PROBES.iter().any(|end| path.ends_with(end)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_disabled_subscription_takes_no_writes() {
    let disabled = "tenant: contoso, state: Disabled}";
    let world = world(&[("333333, tenant: contoso}", &format!("333333, {disabled}"))]);
    let scenario = Scenario::within(world, &machines(&["one"]));
    refused(&scenario, "TN3405", LINE).says("is `Disabled`: Azure takes no writes there");
    repair(&scenario);
    applies(&scenario);
}

#[test]
fn a_subscription_past_due_is_a_warning() {
    let due = "333333, tenant: contoso, state: PastDue}";
    let scenario = Scenario::within(
        world(&[("333333, tenant: contoso}", due)]),
        &machines(&["one"]),
    );
    let plan = scenario.run("plan --json").exits(0).json();
    assert_eq!(
        check(&plan, "subscription", "subscription 33333333…")["status"],
        "warn"
    );
    scenario.run("plan").says("TN3405").says("1 warning");
    applies(&scenario);
}

#[test]
fn a_provider_is_registered_first() {
    let fresh = "333333, tenant: contoso, providers: {Microsoft.Compute: NotRegistered, Microsoft.Network: Registered}}";
    let scenario = Scenario::within(
        world(&[("333333, tenant: contoso}", fresh)]),
        &machines(&["one"]),
    );
    refused(&scenario, "TN3401", LINE)
        .says("is not registered for Microsoft.Compute, which `vms.one` needs")
        .says("az provider register --namespace Microsoft.Compute --subscription 33333333-3333-3333-3333-333333333333 --wait");
    repair(&scenario);
    applies(&scenario);
}

#[test]
fn a_lock_against_deleting_stops_a_replace() {
    let scenario = Scenario::within(locked(GROUP, "CanNotDelete"), &machines(&["one"]));
    // It lets things be made.
    scenario.run("apply --auto-approve").exits(0);
    scenario.edit("tenon.yaml", "1.4.2", "1.4.1");
    let plan = scenario.run("plan --out saved").exits(1);
    plan.says("error[TN3403]: the lock `keep` on group myResourceGroup does not let the plan delete `vms.one`")
        .says("its level is CanNotDelete");
    scenario.run("apply saved").exits(1).says("TN4004");
    repair(&scenario);
    applies(&scenario);
}

#[test]
fn a_lock_for_reading_stops_every_write() {
    let scope = format!("/subscriptions/{WORKLOAD}");
    let scenario = Scenario::within(locked(&scope, "ReadOnly"), &machines(&["one"]));
    refused(&scenario, "TN3403", LINE)
        .says("on subscription 33333333… does not let the plan change");
    repair(&scenario);
    applies(&scenario);
}

#[test]
fn a_lock_on_something_else_stops_nothing() {
    let network = id("Microsoft.Network/virtualNetworks/foreign");
    let scenario = Scenario::within(locked(&network, "ReadOnly"), &machines(&["one"]));
    applies(&scenario);
}

#[test]
fn a_full_subnet_is_found_and_a_larger_one_will_do() {
    let small = world(&[("addressPrefix: 10.9.1.0/24", "addressPrefix: 10.9.1.0/29")]);
    let scenario = Scenario::within(small, &machines(&["one", "two", "three", "four"]));
    refused(&scenario, "TN3202", LINE)
        .says("too few free addresses in subnet foreign/apps for")
        .says("0 taken + 4 needed > 3");
    // Three fit.
    scenario.write("tenon.yaml", &machines(&["one", "two", "three"]));
    applies(&scenario);
    // One that goes makes room, but the new one is made before.
    scenario.write("tenon.yaml", &machines(&["one", "two", "four"]));
    scenario.run("plan").exits(1).says("3 taken + 1 needed > 3");
    scenario
        .run("apply --target vms.three --auto-approve")
        .exits(0);
    applies(&scenario);
}

#[test]
fn too_many_public_addresses_for_the_region_are_found() {
    let few = "333333, tenant: contoso, quotas: {PublicIPAddresses: 1}}";
    let scenario = Scenario::within(
        world(&[("333333, tenant: contoso}", few)]),
        &machines(&["one", "two"]).replace("public_ip: false", "public_ip: true"),
    );
    refused(&scenario, "TN3204", LINE)
        .says("too many public IP addresses in westeurope with `vms.one.public_ip`,")
        .says("0 there + 2 needed > limit 1");
    scenario.edit(
        "tenon.yaml",
        "  two: {image: web, admin_username: azureuser, public_ip: true",
        "  two: {image: web, admin_username: azureuser, public_ip: false",
    );
    applies(&scenario);
}

#[test]
fn a_new_subnet_is_counted_by_its_range() {
    let machine = |name: &str| {
        let own = MACHINE.split("subnet:").next().unwrap_or_default();
        format!("  {name}: {{{own}subnet: net/small}}\n")
    };
    let spec = |count: usize| {
        let names = ["one", "two", "three", "four"];
        let all: String = names.iter().take(count).map(|name| machine(name)).collect();
        format!(
            "{HEAD}networks:\n  net: {{address_space: [10.1.0.0/16], subnets: {{small: {{prefix: 10.1.0.0/29}}}}}}\nvms:\n{all}"
        )
    };
    let scenario = Scenario::within(world(&[]), &spec(4));
    let plan = scenario.run("plan").exits(1);
    plan.says("TN3202").says("0 taken + 4 needed > 3");
    assert!(
        !probed(&scenario)
            .iter()
            .any(|path| path.ends_with("/usages"))
    );
    scenario.write("tenon.yaml", &spec(3));
    applies(&scenario);
}

#[test]
fn a_fixed_address_that_is_taken_is_found() {
    let spec = machines(&["one"]);
    let scenario = Scenario::within(world(&[]), &spec);
    scenario.run("apply --auto-approve").exits(0);
    // The first free one is taken now, by somebody else's machine.
    let fixed = |address: &str| {
        let more = format!("  two: {{{MACHINE}, private_ip: {address}}}\n");
        scenario.write("tenon.yaml", &format!("{spec}{more}"));
    };
    fixed("10.9.1.4");
    let plan = scenario.run("plan").exits(1);
    plan.says(
        "error[TN3203]: `vms.two.nic` cannot have the address 10.9.1.4: it is not free in subnet",
    )
    .says("free are 10.9.1.5");
    fixed("10.9.1.3");
    scenario
        .run("plan")
        .exits(1)
        .says("Azure keeps it for itself in subnet");
    fixed("10.9.2.9");
    scenario
        .run("plan")
        .exits(1)
        .says("it is not free in subnet foreign/apps");
    fixed("10.9.1.5");
    applies(&scenario);
}

#[test]
fn an_action_that_no_role_has_is_found_with_the_role_that_has_it() {
    // Machines and what they need, but no network: not even to join it.
    let roles = [
        (
            "{scope: /subscriptions/workload, principal: tenon, role: Contributor}",
            "{scope: /subscriptions/workload, principal: tenon, role: Reader}\n  - {scope: /subscriptions/workload, principal: tenon, role: 11111111-0000-4000-8000-00000000000a}",
        ),
        (
            "resources:\n",
            "resources:\n  - id: /subscriptions/workload/providers/Microsoft.Authorization/roleDefinitions/11111111-0000-4000-8000-00000000000a\n    body: {properties: {roleName: no-join, permissions: [{actions: ['*'], notActions: [Microsoft.Network/virtualNetworks/subnets/join/action]}]}}\n",
        ),
    ];
    let scenario = Scenario::within(world(&roles), &machines(&["one", "two"]));
    refused(&scenario, "TN3406", LINE)
        .says("may not do in group myResourceGroup all that the plan does")
        .says("Microsoft.Network/virtualNetworks/subnets/join/action for `vms.one.nic`,")
        .says("--role \"Network Contributor\"");
    repair(&scenario);
    applies(&scenario);
}

/// A role at the network alone is enough to join it.
#[test]
fn a_role_at_a_single_resource_counts() {
    let roles = [(
        "{scope: /subscriptions/workload, principal: tenon, role: Contributor}",
        "{scope: /subscriptions/workload, principal: tenon, role: Reader}\n  - {scope: /subscriptions/workload/resourceGroups/web-prod, principal: tenon, role: Contributor}\n  - {scope: /subscriptions/workload/resourceGroups/myResourceGroup/providers/Microsoft.Network/virtualNetworks/foreign, principal: tenon, role: Network Contributor}",
    )];
    let spec = machines(&["one"]).replace(
        "resource_group: myResourceGroup",
        "resource_group: web-prod",
    );
    let scenario = Scenario::within(world(&roles), &spec);
    let plan = scenario.run("plan --json").exits(0).json();
    assert_eq!(
        check(&plan, "rights", "group myResourceGroup")["status"],
        "ok"
    );
    applies(&scenario);
}

/// Who plans may be another than who applies.
#[test]
fn who_may_only_read_gets_a_warning_and_may_not_apply() {
    let reader = [(
        "{scope: /subscriptions/workload, principal: tenon, role: Contributor}",
        "{scope: /subscriptions/workload, principal: tenon, role: Reader}",
    )];
    let scenario = Scenario::within(world(&reader), &machines(&["one"]));
    let plan = scenario.run("plan --json --out saved").exits(0).json();
    assert_eq!(plan["applyable"], true);
    let rights = check(&plan, "rights", "group myResourceGroup");
    assert_eq!(
        (&rights["status"], &rights["code"]),
        (&json!("warn"), &json!("TN3406"))
    );
    scenario
        .run("apply --auto-approve")
        .exits(1)
        .says("error[TN3406]")
        .says("--role \"Contributor\" --scope");
    assert!(scenario.portal().writes().is_empty());
    // Somebody gives it what it lacks; the reviewed plan is good.
    let role = json!({"scope": GROUP, "principal": "tenon", "role": "Contributor"});
    scenario.portal().give_role(&role);
    scenario.run("apply saved --auto-approve").exits(0);
}

#[test]
fn what_nobody_may_look_at_is_told_and_nothing_stops() {
    let spec = format!(
        "{}  two: {{{MACHINE}, private_ip: 10.9.1.77}}\n",
        machines(&["one"]).replace("public_ip: false", "public_ip: true")
    );
    for (path, about, subject, said) in [
        (
            format!("/subscriptions/{WORKLOAD}"),
            "subscription",
            "subscription 33333333…",
            "state of subscription 33333333…",
        ),
        (
            "*/providers/Microsoft.Compute".to_owned(),
            "providers",
            "Microsoft.Compute",
            "registration of Microsoft.Compute",
        ),
        (
            "*/permissions".to_owned(),
            "rights",
            "group myResourceGroup",
            "rights in group myResourceGroup",
        ),
        (
            "*/locks".to_owned(),
            "locks",
            "group myResourceGroup",
            "locks of group myResourceGroup, subscription 33333333…",
        ),
        (
            "*/Microsoft.Network/locations/*/usages".to_owned(),
            "counts",
            "westeurope",
            "numbers of public addresses in westeurope",
        ),
        (
            "*/foreign/usages".to_owned(),
            "subnets",
            "subnet foreign/apps",
            "free addresses of subnet foreign/apps",
        ),
        (
            "*/CheckIPAddressAvailability".to_owned(),
            "addresses",
            "10.9.1.77",
            "fixed private address 10.9.1.77",
        ),
    ] {
        let scenario = Scenario::within(world(&[]), &spec);
        forbid(&scenario, &path);
        let plan = scenario.run("plan --json").exits(0).json();
        let made = check(&plan, about, subject);
        assert_eq!(made["status"], "skipped", "{path}: {made}");
        assert_eq!(made["reason"], "403 AuthorizationFailed");
        let shown = scenario.run("plan --summary").exits(0).says(" skipped");
        let words: Vec<&str> = shown.stdout.split_whitespace().collect();
        let said = format!("not checked: {said} (403 AuthorizationFailed)");
        assert!(words.join(" ").contains(&said), "{shown}");
    }
}

/// One who may read one group only sees less, and is told what.
#[test]
fn rights_in_one_group_are_enough_and_the_rest_is_skipped() {
    let group = [(
        "{scope: /subscriptions/workload, principal: tenon, role: Contributor}",
        "{scope: /subscriptions/workload/resourceGroups/myResourceGroup, principal: tenon, role: Contributor}",
    )];
    let scenario = Scenario::within(world(&group), &machines(&["one"]));
    let plan = scenario.run("plan --json").exits(0).json();
    let of = |status: &str| -> Vec<String> {
        let all = checks(&plan)
            .into_iter()
            .filter(|one| one["status"] == status);
        all.map(|one| one["check"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        of("skipped"),
        ["providers", "providers", "locks", "size", "quota"]
    );
    assert_eq!(
        check(&plan, "locks", "group myResourceGroup")["status"],
        "ok"
    );
    applies(&scenario);
}

#[test]
fn an_unchanged_plan_asks_nothing_and_a_changed_one_little() {
    let scenario = Scenario::within(world(&[]), &machines(&["one", "two"]));
    scenario.run("plan").exits(0);
    let asked = probed(&scenario);
    // Two providers, a state, a list of locks, what may be done, and a network.
    assert_eq!(asked.len(), 6, "{asked:#?}");
    scenario.run("apply --auto-approve").exits(0);
    scenario.portal().forget_requests();
    scenario.run("plan").finds_nothing_to_do();
    scenario.run("outputs");
    scenario.run("drift").exits(0);
    assert_eq!(probed(&scenario), [""; 0]);
    // What changes in its place needs no provider and no address.
    scenario.edit("tenon.yaml", "images:\n", "tags: {team: web}\nimages:\n");
    scenario.run("plan").exits(0);
    assert_eq!(probed(&scenario).len(), 3, "{:#?}", probed(&scenario));
}

#[test]
fn the_list_of_checks_is_in_order_and_beside_the_digest() {
    let scenario = Scenario::within(world(&[]), &machines(&["one"]));
    let good = scenario.run("plan --json").json();
    forbid(&scenario, "*/locks");
    let blind = scenario.run("plan --json").json();
    assert_eq!(good["digest"], blind["digest"]);
    let names: Vec<&str> = checks(&good)
        .iter()
        .filter_map(|one| one["check"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "sign-in",
            "sign-in",
            "subscription",
            "rights",
            "providers",
            "providers",
            "locks",
            "image",
            "image-life",
            "size",
            "image-fit",
            "quota",
            "subnets",
            "references",
            "ownership",
            "limits",
            "in-use",
            "orphans",
        ]
    );
}

/// A policy lets machines be made in the north only.
fn north_only() -> WorldFile {
    world(&[(
        "resources:\n",
        "resources:\n  - id: /subscriptions/workload/providers/Microsoft.Authorization/policyAssignments/where\n    body: {properties: {policyDefinitionId: /providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c, parameters: {listOfAllowedLocations: {value: [northeurope]}}}}\n",
    )])
}

#[test]
fn a_policy_is_found_where_validation_is_asked_for() {
    let scenario = Scenario::within(north_only(), &machines(&["one", "two"]));
    scenario.run("plan").exits(0);
    assert!(scenario.portal().requests().iter().all(|one| {
        one["method"] != "POST"
            || !one["path"]
                .as_str()
                .unwrap_or_default()
                .starts_with("/subscriptions/")
    }));
    scenario
        .run("plan --validate --out saved")
        .exits(1)
        .says("error[TN3402]: a policy does not let the plan make `vms.one")
        .says(LINE);
    scenario.run("apply saved").exits(1).says("TN4004");
    let assignment = format!(
        "/subscriptions/{WORKLOAD}/providers/Microsoft.Authorization/policyAssignments/where"
    );
    az::arm(&scenario, "DELETE", &assignment, "2023-04-01");
    let plan = scenario.run("plan --validate --json").exits(0).json();
    for about in ["validation", "policy"] {
        assert_eq!(check(&plan, about, "group myResourceGroup")["status"], "ok");
    }
    let writes = scenario.portal().writes();
    assert_eq!(
        writes,
        ["DELETE policyAssignments/where", "POST tenon-shop/validate"]
    );
    applies(&scenario);
}

#[test]
fn a_body_that_azure_would_not_take_is_found_where_validation_is_asked_for() {
    let spec = |size: &str| machines(&["one"]).replace("image: web,", size);
    let scenario = Scenario::within(world(&[]), &spec("image: web, size: Standard_D2s_v0,"));
    scenario
        .run("plan --validate")
        .exits(1)
        .says("error[TN3407]: Azure would not make `vms.one")
        .says("tenon.yaml:16:3");
    scenario.write("tenon.yaml", &spec("image: web,"));
    scenario.run("plan --validate").exits(0);
    applies(&scenario);
}

/// The rights to validate are not those to read.
#[test]
fn who_may_not_validate_is_told() {
    let reader = [(
        "{scope: /subscriptions/workload, principal: tenon, role: Contributor}",
        "{scope: /subscriptions/workload, principal: tenon, role: Reader}",
    )];
    let scenario = Scenario::within(world(&reader), &machines(&["one"]));
    scenario
        .run("plan --validate --summary")
        .exits(0)
        .says("not checked: validation of group myResourceGroup (403 AuthorizationFailed)");
}
