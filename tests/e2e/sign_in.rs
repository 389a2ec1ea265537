//! Every way to sign in, against the issuers and the token endpoint of the
//! simulator, which verify signatures by themselves.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, date_time_ymd};
use serde_json::{Value, json};
use tenon_sim::WorldFile;
use tenon_sim::world::Certificate;

use crate::scenario::Scenario;
use crate::worlds::{self, ACME, APPLICATION, CONTOSO, machines};

const SUBJECT: &str = "repo:contoso/fleet:environment:prod";
const IDENTITY: &str = "12121212-0000-0000-0000-000000000007";
const OBJECT: &str = "13131313-0000-0000-0000-000000000008";

/// The world of two tenants, in which the application trusts pipelines and a
/// managed identity of its home tenant.
fn world() -> WorldFile {
    let mut world = worlds::two_tenants();
    let application = &mut world.applications[0];
    application.secrets.clear();
    application.federated_credentials = read(json!([
        {"name": "github", "issuer": "https://token.actions.githubusercontent.com", "subject": SUBJECT},
        {"name": "devops", "issuer": "https://vstoken.dev.azure.com/contoso", "subject": "sc://contoso/fleet/azure"},
        {"name": "runner", "issuer": format!("https://login.microsoftonline.com/{CONTOSO}/v2.0"), "subject": OBJECT},
    ]));
    world.managed_identities = read(json!([
        {"name": "runner", "tenant": "contoso", "clientId": IDENTITY, "objectId": OBJECT},
    ]));
    world.issuers = read(json!({
        "github": {"requestToken": "canary-request", "subject": SUBJECT},
        "azureDevOps": {
            "accessToken": "canary-job", "subject": "sc://contoso/fleet/azure",
            "serviceConnection": "c1", "issuer": "https://vstoken.dev.azure.com/contoso",
        },
        "appService": {"identityHeader": "canary-header"},
    }));
    world
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a part of a world")
}

/// Nothing in the environment but where Azure is.
fn scenario(spec: &str) -> Scenario {
    let mut scenario = Scenario::in_our_time(world(), spec);
    scenario.unset("AZURE_CLIENT_ID");
    scenario.unset("AZURE_CLIENT_SECRET");
    scenario.set("AZURE_TOKEN_CREDENTIALS", "prod");
    scenario
}

/// The two tenants, signed in to in this way.
fn spec(credential: &str) -> String {
    let mut spec = machines(&["one"]);
    for tenant in [CONTOSO, ACME] {
        let whole = format!("{{id: {tenant}, credential: {credential}}}");
        spec = spec.replace(&format!("{{id: {tenant}}}"), &whole);
    }
    spec
}

/// Who signs in, tenant by tenant: the source and the application.
#[track_caller]
fn signed_in(scenario: &Scenario) -> Vec<(String, String)> {
    let found = scenario
        .run("doctor --json -vv")
        .exits(0)
        .never_says("canary")
        .never_says("eyJ")
        .json();
    let tenants = found["tenants"].as_array().cloned().unwrap_or_default();
    tenants
        .iter()
        .map(|tenant| {
            let token = &tenant["token"];
            assert_eq!(token["tenant"], tenant["id"]);
            assert!(token["minutes_left"].as_i64() > Some(5), "{token}");
            let text = |member: &str| token[member].as_str().unwrap_or_default().to_owned();
            (text("source"), text("application"))
        })
        .collect()
}

fn twice(source: &str, application: &str) -> Vec<(String, String)> {
    vec![(source.to_owned(), application.to_owned()); 2]
}

#[test]
fn a_certificate() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2099, 12, 31);
    let pem = params.self_signed(&key).expect("a certificate").pem();
    let mut world = world();
    world.applications[0].certificates = vec![Certificate { pem: pem.clone() }];
    let mut scenario = Scenario::in_our_time(world, &machines(&["one"]));
    scenario.unset("AZURE_CLIENT_SECRET");
    scenario.write("keys/app.pem", &(key.serialize_pem() + &pem));
    scenario.set("AZURE_CLIENT_CERTIFICATE_PATH", "keys/app.pem");
    let of_environment = "AZURE_CLIENT_CERTIFICATE_PATH";
    assert_eq!(signed_in(&scenario), twice(of_environment, APPLICATION));

    scenario.write(
        "specs/own.yaml",
        &spec("{certificate: {file: ../keys/app.pem, send_chain: true}}"),
    );
    let doctor = scenario.run("doctor specs/own.yaml").exits(0);
    assert!(
        doctor.stdout.contains("certificate ../keys/app.pem"),
        "{doctor}"
    );
}

#[test]
fn a_job_of_github() {
    let mut scenario = scenario(&machines(&["one"]));
    scenario.set("AZURE_CLIENT_ID", APPLICATION);
    let url = format!("{}/_github/token?api-version=2.0", scenario.address());
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-request");
    assert_eq!(signed_in(&scenario), twice("GitHub Actions", APPLICATION));
    // The image is read with the publisher's token.
    scenario.run("plan").exits(0).says("image web 1.4.2");
}

#[test]
fn a_job_of_azure_pipelines() {
    let mut scenario = scenario(&machines(&["one"]));
    let url = format!("{}/_devops/oidctoken", scenario.address());
    for (name, value) in [
        ("ARM_USE_OIDC", "true"),
        ("ARM_CLIENT_ID", APPLICATION),
        ("SYSTEM_OIDCREQUESTURI", &url),
        ("SYSTEM_ACCESSTOKEN", "canary-job"),
        ("ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "c1"),
    ] {
        scenario.set(name, value);
    }
    assert_eq!(signed_in(&scenario), twice("Azure Pipelines", APPLICATION));
}

/// By itself it reaches its own tenant; vouching for an application, all.
#[test]
fn a_managed_identity() {
    let mut scenario = scenario("");
    std::fs::remove_file(scenario.path("tenon.yaml")).expect("a file");
    let address = scenario.address();
    scenario.set("IMDS_ENDPOINT", &address);
    scenario.set("AZURE_TENANT_ID", CONTOSO);
    let source = "managed identity (IMDS_ENDPOINT)".to_owned();
    assert_eq!(signed_in(&scenario), [(source, IDENTITY.to_owned())]);

    let own = spec(&format!(
        "{{client_id: {APPLICATION}, federated: {{managed_identity: true}}}}"
    ));
    scenario.write("tenon.yaml", &own);
    let source = "managed identity, federated";
    assert_eq!(signed_in(&scenario), twice(source, APPLICATION));
}

/// A domain does not tell its tenant beforehand; the token does.
#[test]
fn a_managed_identity_of_another_tenant() {
    let mut scenario = scenario("");
    std::fs::remove_file(scenario.path("tenon.yaml")).expect("a file");
    let endpoint = format!("{}/msi/token", scenario.address());
    scenario.set("IDENTITY_ENDPOINT", &endpoint);
    scenario.set("IDENTITY_HEADER", "canary-header");
    scenario.set("ARM_TENANT_ID", ACME);
    scenario
        .run("doctor")
        .exits(4)
        .says("TN3006")
        .says(CONTOSO)
        .never_says("canary");
}

/// What the token endpoint refuses has a code of ours.
#[test]
fn a_job_that_is_not_trusted() {
    let mut world = world();
    for trusted in &mut world.applications[0].federated_credentials {
        "repo:contoso/other:environment:prod".clone_into(&mut trusted.subject);
    }
    let mut scenario = Scenario::in_our_time(world, &machines(&["one"]));
    scenario.unset("AZURE_CLIENT_SECRET");
    let url = format!("{}/_github/token?api-version=2.0", scenario.address());
    scenario.set("AZURE_TOKEN_CREDENTIALS", "WorkloadIdentityCredential");
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-request");
    scenario.run("plan").exits(4).says("TN3015").says(SUBJECT);
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "other");
    scenario.run("plan").exits(4).says("TN3008");
}

/// A child that prints what `az` prints.
#[cfg(unix)]
#[test]
fn the_session_of_the_azure_cli() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut scenario = scenario(&machines(&["one"]));
    let az = scenario.write(
        "bin/az",
        "#!/bin/sh\nprintf '{\"accessToken\":\"canary\",\"expires_on\":4102444800}'\n",
    );
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&az, mode).expect("a program");
    scenario.set("AZURE_TOKEN_CREDENTIALS", "dev");
    let path = scenario.path("bin");
    scenario.set("PATH", &path.to_string_lossy());
    scenario
        .run("doctor -vv")
        .exits(1)
        .says("Azure CLI")
        // What it printed is no token that Azure would take.
        .says("error[TN3025]")
        .never_says("canary");
    scenario.set("PATH", "");
    scenario
        .run("doctor")
        .exits(4)
        .says("the Azure CLI is not installed");
}

#[test]
fn a_saved_plan_signs_in_as_it_was_planned() {
    let mut scenario = scenario(&spec(&format!(
        "{{client_id: {APPLICATION}, federated: github}}"
    )));
    let url = format!("{}/_github/token?api-version=2.0", scenario.address());
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
    scenario.set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary-request");
    scenario.run("plan --out saved").exits(0);
    let saved = scenario.read("saved");
    assert!(!saved.contains("canary"));
    scenario.run("apply saved").exits(0).says("2 created");
    // Whoever changes how a plan signs in has another plan.
    let other = saved.replace("\"github\"", "\"azure_devops\"");
    assert_ne!(other, saved);
    scenario.write("saved", &other);
    scenario.run("apply saved").exits(1).says("TN4003");
}
