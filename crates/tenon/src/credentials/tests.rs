//! Which variables win, as a function of a map.

use tenon_model::Code;
use tenon_model::spec::Spec;

use super::choice::{Choice, Endpoint, IssuedBy, Managed, Way};
use super::{Variables, environment};

mod own;
mod reach;

/// `NAME=value` pairs between spaces.
fn variables(text: &str) -> Variables {
    let pair = |word: &str| {
        let (name, value) = word.split_once('=').unwrap();
        (name.to_owned(), value.to_owned())
    };
    text.split_whitespace().map(pair).collect()
}

fn told(choice: &Choice) -> String {
    let way = match &choice.way {
        Way::Secret { client_id, .. } => format!("secret of {client_id}"),
        Way::Certificate {
            client_id,
            file,
            password,
            chain,
        } => {
            let locked = if password.is_some() { "locked " } else { "" };
            format!("{locked}{} of {client_id}, {chain:?}", file.display())
        }
        Way::Federated { client_id, issuer } => {
            let issuer = match issuer {
                IssuedBy::Given(_) => "given".to_owned(),
                IssuedBy::File(file) => file.display().to_string(),
                IssuedBy::GitHub { url, .. } => url.clone(),
                IssuedBy::AzureDevOps {
                    url, connection, ..
                } => format!("{url} for {connection}"),
                IssuedBy::Managed(managed) => identity(managed),
            };
            format!("{client_id} trusts {issuer}")
        }
        Way::Managed(managed) => identity(managed),
        Way::Cli => "az".to_owned(),
        Way::Nothing(why) => format!("nothing: {why}"),
    };
    format!("{}: {way}", choice.source)
}

fn identity(managed: &Managed) -> String {
    let endpoint = match &managed.endpoint {
        Endpoint::Machine => "machine",
        Endpoint::MachineAt(url) | Endpoint::App { url, .. } => url,
        Endpoint::Guess => "perhaps a machine",
    };
    match &managed.which {
        None => endpoint.to_owned(),
        Some(which) => format!("{endpoint} {which:?}"),
    }
}

fn found(text: &str) -> String {
    let found = environment::find(&variables(text));
    let found = found.unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
    let choices = found.choices.iter().map(told);
    choices.chain(found.notices).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(found(text), expected, "{text}");
}

fn refused(text: &str) -> (Code, String) {
    let problem = environment::find(&variables(text)).unwrap_err();
    assert!(!problem.helps.is_empty(), "{text}");
    (problem.code, problem.notes.join("; "))
}

const AZURE: &str = "AZURE_CLIENT_ID=one AZURE_CLIENT_SECRET=s";
const ARM: &str = "ARM_CLIENT_ID=two ARM_CLIENT_SECRET=s";
const GITHUB: &str = "ACTIONS_ID_TOKEN_REQUEST_URL=https://runner ACTIONS_ID_TOKEN_REQUEST_TOKEN=t";
const PIPELINES: &str = "SYSTEM_OIDCREQUESTURI=https://dev SYSTEM_ACCESSTOKEN=t ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID=c";

/// Each row leaves out what won in the row before.
#[test]
fn the_order() {
    let file = "AZURE_FEDERATED_TOKEN_FILE=/token";
    let app = "IDENTITY_ENDPOINT=http://localhost IDENTITY_HEADER=h";
    let rows = [
        (
            format!("{AZURE} {ARM} {file} {app}"),
            "AZURE_CLIENT_SECRET: secret of one\nAZURE_CLIENT_SECRET and ARM_CLIENT_SECRET name different credentials; AZURE_CLIENT_SECRET is used",
        ),
        (
            format!("{ARM} AZURE_CLIENT_ID=one {file} {app}"),
            "ARM_CLIENT_SECRET: secret of two",
        ),
        (
            format!("AZURE_CLIENT_ID=one {file} {GITHUB} {app}"),
            "AZURE_FEDERATED_TOKEN_FILE: one trusts /token",
        ),
        (
            format!("AZURE_CLIENT_ID=one {PIPELINES} {GITHUB} {app}"),
            "Azure Pipelines: one trusts https://dev for c",
        ),
        (
            format!("AZURE_CLIENT_ID=one {GITHUB} {app}"),
            "GitHub Actions: one trusts https://runner",
        ),
        (
            app.to_owned(),
            "managed identity (IDENTITY_ENDPOINT): http://localhost",
        ),
        (
            String::new(),
            "managed identity: perhaps a machine\nAzure CLI: az",
        ),
    ];
    for (text, expected) in rows {
        check(&text, expected);
    }
}

#[test]
fn what_is_the_same_twice_is_not_worth_a_word() {
    check(
        "AZURE_CLIENT_ID=one AZURE_CLIENT_SECRET=s ARM_CLIENT_ID=one ARM_CLIENT_SECRET=s",
        "AZURE_CLIENT_SECRET: secret of one",
    );
}

#[test]
fn the_azure_family() {
    let id = "AZURE_CLIENT_ID=one";
    let certificate = "AZURE_CLIENT_CERTIFICATE_PATH=/a.pem";
    check(
        &format!("{id} {certificate} AZURE_CLIENT_SECRET=s"),
        "AZURE_CLIENT_SECRET: secret of one",
    );
    check(
        &format!("{id} {certificate}"),
        "AZURE_CLIENT_CERTIFICATE_PATH: /a.pem of one, Left",
    );
    check(
        &format!(
            "{id} {certificate} AZURE_CLIENT_CERTIFICATE_PASSWORD=p AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=1"
        ),
        "AZURE_CLIENT_CERTIFICATE_PATH: locked /a.pem of one, Sent",
    );
}

#[test]
fn the_arm_family() {
    let id = "ARM_CLIENT_ID=two";
    check(
        &format!("{ARM} ARM_CLIENT_CERTIFICATE_PATH=/a.pfx ARM_USE_OIDC=true {GITHUB}"),
        "ARM_CLIENT_CERTIFICATE_PATH: /a.pfx of two, Left",
    );
    check(
        &format!("{id} ARM_USE_OIDC=true ARM_OIDC_TOKEN=t ARM_OIDC_TOKEN_FILE_PATH=/f {GITHUB}"),
        "ARM_OIDC_TOKEN: two trusts given",
    );
    check(
        &format!("{id} ARM_USE_OIDC=1 ARM_OIDC_TOKEN_FILE_PATH=/f {GITHUB}"),
        "ARM_OIDC_TOKEN_FILE_PATH: two trusts /f",
    );
    check(
        &format!("{id} ARM_USE_OIDC=true {PIPELINES} {GITHUB}"),
        "Azure Pipelines: two trusts https://dev for c",
    );
    check(
        &format!(
            "{id} ARM_USE_OIDC=true ARM_OIDC_REQUEST_URL=https://own ARM_OIDC_REQUEST_TOKEN=t {GITHUB}"
        ),
        "ARM_OIDC_REQUEST_URL: two trusts https://own",
    );
    check(
        &format!("{id} ARM_USE_MSI=true"),
        "ARM_USE_MSI: machine ClientId(\"two\")",
    );
    check(
        "ARM_USE_MSI=true ARM_MSI_ENDPOINT=http://localhost:1",
        "ARM_USE_MSI: http://localhost:1",
    );
    check("ARM_USE_CLI=true", "Azure CLI (ARM_USE_CLI): az");
    check("ARM_USE_CLI=false", "managed identity: perhaps a machine");
}

/// What is asked for by name is not replaced by something else.
#[test]
fn what_is_asked_for_and_missing_is_an_error() {
    let (code, notes) = refused("ARM_CLIENT_ID=two ARM_USE_OIDC=true");
    assert_eq!(code, Code::NoToken);
    assert_eq!(
        notes,
        "ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set"
    );
    let (_, notes) = refused(&format!("ARM_USE_OIDC=true {GITHUB}"));
    assert_eq!(notes, "ARM_CLIENT_ID is not set");
    let (_, notes) = refused(
        "ARM_CLIENT_ID=two ARM_USE_OIDC=true SYSTEM_OIDCREQUESTURI=https://dev AZURESUBSCRIPTION_SERVICE_CONNECTION_ID=c",
    );
    assert_eq!(notes, "SYSTEM_ACCESSTOKEN is not set");
    // Unless something before it answers.
    check(
        &format!("{AZURE} ARM_CLIENT_ID=two ARM_USE_OIDC=true"),
        "AZURE_CLIENT_SECRET: secret of one",
    );
}

#[test]
fn half_of_a_family_is_told_when_nothing_else_answers() {
    let rest = "managed identity: perhaps a machine\nAzure CLI: az";
    check(
        "AZURE_CLIENT_SECRET=s",
        &format!("AZURE_CLIENT_SECRET: nothing: AZURE_CLIENT_ID is not set\n{rest}"),
    );
    check(
        "ARM_CLIENT_ID=two",
        &format!("ARM_CLIENT_ID: nothing: ARM_CLIENT_SECRET is not set\n{rest}"),
    );
    check(
        "AZURE_FEDERATED_TOKEN_FILE=/f",
        &format!("AZURE_FEDERATED_TOKEN_FILE: nothing: AZURE_CLIENT_ID is not set\n{rest}"),
    );
    check(
        &format!("AZURE_CLIENT_ID=one {ARM}"),
        "ARM_CLIENT_SECRET: secret of two",
    );
}

#[test]
fn a_chain_can_be_narrowed() {
    let all = format!("{AZURE} {GITHUB}");
    let narrowed = |by: &str| found(&format!("{all} AZURE_TOKEN_CREDENTIALS={by}"));
    assert_eq!(narrowed("prod"), "AZURE_CLIENT_SECRET: secret of one");
    assert_eq!(
        narrowed("WorkloadIdentityCredential"),
        "GitHub Actions: one trusts https://runner"
    );
    assert_eq!(
        narrowed("ManagedIdentityCredential"),
        "managed identity: machine ClientId(\"one\")"
    );
    for cli in ["dev", "AzureCliCredential"] {
        assert_eq!(
            narrowed(cli),
            format!("AZURE_TOKEN_CREDENTIALS: nothing: it allows `{cli}` only\nAzure CLI: az")
        );
    }
    check(
        "AZURE_TOKEN_CREDENTIALS=EnvironmentCredential",
        "AZURE_TOKEN_CREDENTIALS: nothing: it allows `EnvironmentCredential` only",
    );
    let (code, _) = refused("AZURE_TOKEN_CREDENTIALS=VisualStudioCodeCredential");
    assert_eq!(code, Code::NoCredential);
}

#[test]
fn addresses_of_managed_identities() {
    check(
        "MSI_ENDPOINT=http://localhost:1 IMDS_ENDPOINT=http://localhost:2 AZURE_CLIENT_ID=x",
        "managed identity (MSI_ENDPOINT): http://localhost:1 ClientId(\"x\")",
    );
    check(
        "AZURE_POD_IDENTITY_AUTHORITY_HOST=http://localhost:4",
        "managed identity (AZURE_POD_IDENTITY_AUTHORITY_HOST): http://localhost:4",
    );
    check(
        "IMDS_ENDPOINT=http://localhost:2 IDENTITY_ENDPOINT=http://localhost:3",
        "managed identity (IMDS_ENDPOINT): http://localhost:2",
    );
}

/// A third tenant.
const HOME: &str = "99999999-0000-4000-8000-000000000009";
const CONTOSO: &str = "22222222-2222-2222-2222-222222222222";
const ACME: &str = "11111111-1111-1111-1111-111111111111";

fn spec(tenants: &str) -> Spec {
    let text = format!(
        "tenon: 1\ntenants:\n{tenants}\ntenant: contoso\nimages:\n  web: {{tenant: acme, id: /subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/g/providers/Microsoft.Compute/galleries/a/images/w, version: 1.0.0}}\n"
    );
    let file = tenon_spec::SourceFile {
        name: "specs/web.yaml".to_owned(),
        text,
    };
    let input = tenon_spec::Input {
        files: vec![file],
        variables: Vec::new(),
        environment: &|_| None,
        default_name: "web".to_owned(),
    };
    let reading = tenon_spec::read(&input, &tenon_kinds::sections());
    reading
        .spec
        .unwrap_or_else(|| panic!("{:?}", reading.diagnostics))
}
