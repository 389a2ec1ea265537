//! What a spec says about one tenant.

use tenon_model::Code;

use super::super::own;
use super::{ACME, CONTOSO, GITHUB, PIPELINES, spec, told, variables};

fn written(credential: &str, text: &str) -> Result<String, (Code, String)> {
    let spec = spec(&format!(
        "  contoso: {{id: {CONTOSO}}}\n  acme: {{id: {ACME}, credential: {credential}}}"
    ));
    let credential = spec.tenants[1].credential.as_ref().unwrap();
    match own::choice(credential, &variables(text)) {
        Ok(choice) => Ok(told(&choice)),
        Err(problem) => {
            assert_eq!(problem.place().map(|place| place.line), Some(4));
            assert!(!problem.helps.is_empty());
            Err((problem.code, problem.notes.join("; ")))
        }
    }
}

#[test]
fn what_a_spec_says() {
    let id = "client_id: 33333333-3333-3333-3333-333333333333";
    let of = "33333333-3333-3333-3333-333333333333";
    for (credential, text, expected) in [
        (
            format!("{{{id}, certificate: keys/a.pem}}"),
            "",
            format!("certificate keys/a.pem: specs/keys/a.pem of {of}, Left"),
        ),
        (
            "{certificate: {file: /a.pem, send_chain: true}}".to_owned(),
            "ARM_CLIENT_ID=two",
            "certificate /a.pem: /a.pem of two, Sent".to_owned(),
        ),
        (
            format!("{{{id}, federated: github}}"),
            GITHUB,
            format!("GitHub Actions: {of} trusts https://runner"),
        ),
        (
            format!("{{{id}, federated: azure_devops}}"),
            PIPELINES,
            format!("Azure Pipelines: {of} trusts https://dev for c"),
        ),
        (
            format!("{{{id}, federated: {{file: t}}}}"),
            "",
            format!("token file t: {of} trusts specs/t"),
        ),
        (
            format!("{{{id}, federated: {{managed_identity: true}}}}"),
            "IMDS_ENDPOINT=http://localhost:2",
            format!("managed identity, federated: {of} trusts http://localhost:2"),
        ),
        (
            format!("{{managed_identity: {{{id}}}}}"),
            "AZURE_CLIENT_ID=x",
            format!("managed identity: machine ClientId(\"{of}\")"),
        ),
        ("{cli: true}".to_owned(), "", "Azure CLI: az".to_owned()),
    ] {
        assert_eq!(written(&credential, text), Ok(expected), "{credential}");
    }
}

#[test]
fn what_a_spec_says_and_cannot_have() {
    let id = "client_id: 33333333-3333-3333-3333-333333333333";
    let (code, notes) = written("{federated: {file: t}}", "").unwrap_err();
    assert_eq!(code, Code::NoCredential);
    assert_eq!(
        notes,
        "AZURE_CLIENT_ID and ARM_CLIENT_ID are not set either"
    );
    let (code, notes) = written(&format!("{{{id}, federated: github}}"), "").unwrap_err();
    assert_eq!(code, Code::NoToken);
    assert!(notes.contains("ACTIONS_ID_TOKEN_REQUEST_URL"), "{notes}");
    let (_, notes) = written(&format!("{{{id}, federated: azure_devops}}"), "").unwrap_err();
    assert_eq!(notes, "SYSTEM_OIDCREQUESTURI is not set");
}
