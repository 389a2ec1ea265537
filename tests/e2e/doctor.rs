//! `tenon doctor`: who signs in, without showing a token, and what is in order.

use crate::process::Output;
use crate::scenario::Scenario;
use crate::worlds::{ACME, CONTOSO, machines, two_tenants};

/// Without what depends on the time of a world, which passes quickly.
fn steady(output: &Output) -> String {
    let text = output.to_string();
    let is_clock = |line: &str| line.starts_with("  clock ") || line.ends_with("set-ntp true");
    let lines = text.lines().filter(|line| !is_clock(line));
    lines
        .map(|line| match line.split_once("  until  ") {
            Some(_) => "  until …\n".to_owned(),
            None => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn both_tenants_of_a_spec() {
    let scenario = Scenario::of(&machines(&["one"]));
    insta::assert_snapshot!(steady(&scenario.run("doctor")), @r"
    exit 0
    --- stdout
    AzureCloud
      sign-in           http://127.0.0.1:PORT
      resource manager  http://127.0.0.1:PORT

    contoso             22222222-2222-2222-2222-222222222222
      signs in with     AZURE_CLIENT_SECRET
      application       7d5f0c1e-0000-4000-8000-000000000001
      object id         bd2ff83c-38e3-5893-b265-3a8b977615e0
      audience          http://127.0.0.1:PORT
      until …

    acme                11111111-1111-1111-1111-111111111111
      signs in with     AZURE_CLIENT_SECRET
      application       7d5f0c1e-0000-4000-8000-000000000001
      object id         1b72219e-7507-5beb-a234-e5a9c8d3c89f
      audience          http://127.0.0.1:PORT
      until …

      sign-in host                           ok
      sign-in to contoso                     ok
      consent in contoso                     ok
      sign-in to acme                        ok
      consent in acme                        ok
      auxiliary token of acme                ok
      resource manager                       ok
      state of subscription 33333333…        ok
      rights in group myResourceGroup        ok
      registration of Microsoft.Compute      ok
      registration of Microsoft.Network      ok
      locks of subscription 33333333…        ok
      image web 1.4.2                        ok
      end of life web 1.4.2                  ok
      vCPU quota in westeurope               ok
      free addresses of subnet foreign/apps  ok

    signed in to 2 tenants
    ");
    // A token is three parts in base64, the first of which begins like this.
    scenario.run("doctor --json").exits(0).never_says("eyJ");
}

#[test]
fn without_a_spec_the_environment_names_the_tenants() {
    let mut scenario = Scenario::of("");
    std::fs::remove_file(scenario.path("tenon.yaml")).expect("a file");
    scenario
        .run("doctor")
        .exits(1)
        .says("there is no tenant to sign in to");
    scenario.set("AZURE_TENANT_ID", CONTOSO);
    scenario.set("ARM_AUXILIARY_TENANT_IDS", ACME);
    let found = scenario.run("doctor --json").exits(0).json();
    let told: Vec<&str> = found["tenants"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tenant| tenant["token"]["tenant"].as_str())
        .collect();
    assert_eq!(told, [CONTOSO, ACME]);
    assert_eq!(found["format"], "tenon.doctor/1");
    assert_eq!(
        found["tenants"][0]["token"]["source"],
        "AZURE_CLIENT_SECRET"
    );
}

/// The same words as a plan has for it, and the tenants that are fine beside.
#[test]
fn a_tenant_that_cannot_be_signed_in_to() {
    let mut scenario = Scenario::of(&machines(&["one"]));
    let spec = machines(&["one"]).replace(
        &format!("acme: {{id: {ACME}}}"),
        &format!("acme: {{id: {ACME}, credential: {{client_secret: \"${{secrets.s}}\"}}}}"),
    );
    scenario.write(
        "tenon.yaml",
        &format!("{spec}\nsecrets: {{s: {{env: WRONG}}}}\n"),
    );
    scenario.set("WRONG", "canary");
    let output = scenario.run("doctor");
    insta::assert_snapshot!(steady(&output), @r#"
    exit 4
    --- stdout
    AzureCloud
      sign-in           http://127.0.0.1:PORT
      resource manager  http://127.0.0.1:PORT

    contoso             22222222-2222-2222-2222-222222222222
      signs in with     AZURE_CLIENT_SECRET
      application       7d5f0c1e-0000-4000-8000-000000000001
      object id         bd2ff83c-38e3-5893-b265-3a8b977615e0
      audience          http://127.0.0.1:PORT
      until …

    acme                11111111-1111-1111-1111-111111111111
      signs in with     nothing that works

      sign-in host                            ok
      sign-in to contoso                      ok
      consent in contoso                      ok
      sign-in to acme                         fail  TN3012
          az ad app credential reset --id 7d5f0c1e-0000-4000-8000-000000000001 --append
      rights, registration, quota and images  skipped  not signed in everywhere

    signed in to 1 of 2 tenants
    --- stderr
    error[TN3012]: Azure rejected the secret of application 7d5f0c1e-0000-4000-8000-000000000001 (from
      WRONG)
      --> tenon.yaml:5:3
       |
     5 |   acme: {id: 11111111-1111-1111-1111-111111111111, credential: {client_secret: "${secrets.s}"}}
       |   ^^^^
       |
       = a `~`, `$` or `!` in it may have been eaten by a shell: quote it
       = 401 AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request
         is the client secret value, not the client secret ID, for a secret added to app
         '7d5f0c1e-0000-4000-8000-000000000001'.
       = POST /11111111-1111-1111-1111-111111111111/oauth2/v2.0/token
       = request id …
    help: make a new secret and use its value:
          az ad app credential reset --id 7d5f0c1e-0000-4000-8000-000000000001 --append
    "#);
    let plan = scenario.run("plan").exits(4);
    assert!(plan.stderr.contains("TN3012"), "{plan}");
    let found = scenario
        .run("doctor --json")
        .exits(4)
        .never_says("canary")
        .json();
    assert_eq!(found["diagnostics"][0]["code"], "TN3012");
}

#[test]
fn against_a_world_of_its_own() {
    let scenario = Scenario::bare();
    scenario.write("tenon.yaml", &machines(&["one"]));
    scenario
        .run("doctor --simulate")
        .exits(0)
        .says("signed in to 2 tenants");
}

/// A finding of `doctor --json`.
fn finding(found: &serde_json::Value, what: &str) -> serde_json::Value {
    let all = found["findings"].as_array().expect("findings");
    let one = all.iter().find(|one| one["what"] == what);
    one.unwrap_or_else(|| panic!("nothing about {what} in {found}"))
        .clone()
}

/// With nothing to do a plan asks nothing; a doctor does.
#[test]
fn what_stands_is_looked_at_too() {
    let scenario = Scenario::of(&machines(&["one"]));
    scenario.run("apply --auto-approve").exits(0);
    let found = scenario.run("doctor --json").exits(0).json();
    for what in [
        "state of subscription 33333333…",
        "rights in group myResourceGroup",
        "registration of Microsoft.Compute",
        "auxiliary token of acme",
        "resource manager",
    ] {
        assert_eq!(finding(&found, what)["status"], "ok", "{what}");
    }
}

#[test]
fn what_is_missing_comes_with_what_mends_it() {
    let mut world = two_tenants();
    let subscriptions = &mut world.subscriptions;
    let own = subscriptions
        .iter_mut()
        .find(|one| one.id.starts_with("33333333"));
    let providers = &mut own.expect("the subscription").providers;
    *providers = [("Microsoft.Network".to_owned(), "NotRegistered".to_owned())].into();
    // The role of the consumer's side stands first.
    world.role_assignments[0].role = "Reader".to_owned();
    let scenario = Scenario::within(world, &machines(&["one"]));
    let found = scenario.run("doctor --json").exits(1).json();
    let network = finding(&found, "registration of Microsoft.Network");
    assert_eq!(
        (&network["status"], &network["code"]),
        (&"fail".into(), &"TN3401".into())
    );
    let fix = network["fix"].as_str().unwrap_or_default();
    assert!(
        fix.starts_with("az provider register --namespace Microsoft.Network"),
        "{fix}"
    );
    let rights = finding(&found, "rights in group myResourceGroup");
    assert_eq!(
        (&rights["status"], &rights["code"]),
        (&"warn".into(), &"TN3406".into())
    );
    scenario
        .run("doctor")
        .exits(1)
        .says("registration of Microsoft.Network      fail  TN3401")
        .says("error[TN3401]");
}
