//! Applications and whom they trust.

use super::{check, declare, problems};

fn trusts(keys: &str) -> String {
    format!("apps: {{a: {{federated: {{f: {{{keys}}}}}}}}}\n")
}

fn subject(keys: &str, subject: &str) {
    let text = trusts(keys);
    let (issuer, subject) = subject.split_once(' ').expect("issuer and subject");
    let issuer = match issuer {
        "github" => "https://token.actions.githubusercontent.com",
        other => other,
    };
    check(
        &text,
        "apps.a.federated.f",
        &format!(
            r#"{{"properties":{{"audiences":["api://AzureADTokenExchange"],"issuer":"{issuer}","subject":"{subject}"}}}}"#
        ),
    );
}

fn refused(text: &str, words: &str) {
    let found = problems(&declare(text).diagnostics, "error");
    assert!(found.contains(words), "{words}: {found}");
}

#[test]
fn subjects_are_those_of_the_platforms() {
    let github = "issuer: github, repository: o/n";
    subject(
        &format!("{github}, environment: prod"),
        "github repo:o/n:environment:prod",
    );
    subject(
        &format!("{github}, branch: main"),
        "github repo:o/n:ref:refs/heads/main",
    );
    subject(
        &format!("{github}, branch: refs/heads/main"),
        "github repo:o/n:ref:refs/heads/main",
    );
    subject(
        &format!("{github}, tag: v1"),
        "github repo:o/n:ref:refs/tags/v1",
    );
    subject(
        &format!("{github}, pull_request: true"),
        "github repo:o/n:pull_request",
    );
    subject(
        "issuer: github, subject: \"repo:o/n:job_workflow_ref:x\"",
        "github repo:o/n:job_workflow_ref:x",
    );
    let id = "99999999-0000-4000-8000-000000000001";
    subject(
        &format!(
            "issuer: azure_devops, organization: o, organization_id: {id}, project: p, service_connection: s"
        ),
        &format!("https://vstoken.dev.azure.com/{id} sc://o/p/s"),
    );
    subject(
        "issuer: \"https://i.example\", subject: \"a:b\"",
        "https://i.example a:b",
    );
}

#[test]
fn what_trusts_nobody_is_refused() {
    for (keys, words) in [
        ("issuer: github, branch: main", "trusts no repository"),
        (
            "issuer: github, repository: n, branch: main",
            "trusts no repository",
        ),
        ("issuer: github, repository: o/n", "which jobs of o/n"),
        (
            "issuer: github, repository: o/n, branch: main, tag: v1",
            "a job has one subject",
        ),
        ("issuer: \"https://i.example\"", "subject is missing"),
        ("issuer: gitlab", "`gitlab` is no issuer"),
        ("issuer: azure_devops", "the organization's id is missing"),
    ] {
        refused(&trusts(keys), words);
    }
    let same = "issuer: github, repository: o/n, branch: main";
    refused(
        &format!("apps: {{a: {{federated: {{f: {{{same}}}, g: {{{same}}}}}}}}}\n"),
        "trusts the same subject",
    );
    refused(
        &trusts(same).replace("{f:", "{not friendly:"),
        "no credential called `not friendly`",
    );
}

#[test]
fn an_application_is_let_in_by_other_tenants_only_and_only_if_it_is_open() {
    let app = "apps: {a: {audience: multi_tenant}}\n";
    refused(
        &format!("{app}service_principals: {{s: {{app: a}}}}\n"),
        "lies in this tenant",
    );
    let other = "tenant: 11111111-1111-1111-1111-111111111111";
    let lets_in = format!("service_principals: {{s: {{app: a, {other}}}}}\n");
    refused(
        &format!("apps: {{a: {{}}}}\n{lets_in}"),
        "its own tenant alone",
    );
    refused(
        &format!("{app}service_principals: {{s: {{app: b, {other}}}}}\n"),
        "`b` is no application",
    );
    refused(
        "apps: {a: {tenant: contoso.example}}\n",
        "`contoso.example` is no GUID",
    );
    let declared = declare(&format!("{app}{lets_in}"));
    assert!(
        declared.diagnostics.is_empty(),
        "{:?}",
        declared.diagnostics
    );
    let ids: Vec<&str> = declared
        .resources
        .iter()
        .map(|one| one.id.as_str())
        .filter(|id| id.starts_with("/tenants/"))
        .collect();
    assert_eq!(
        ids,
        [
            "/tenants/22222222-2222-2222-2222-222222222222/applications/tenon-t-a",
            "/tenants/22222222-2222-2222-2222-222222222222/servicePrincipals/22222222-2222-2222-2222-222222222222.tenon-t-a",
            "/tenants/11111111-1111-1111-1111-111111111111/servicePrincipals/22222222-2222-2222-2222-222222222222.tenon-t-a",
        ]
    );
}
