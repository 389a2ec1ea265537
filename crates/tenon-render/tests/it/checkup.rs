//! `tenon doctor`.

use tenon_model::checkup::{Checkup, Cloud, FORMAT, Finding, Tenant, Token};
use tenon_model::plan::preflight::Status;
use tenon_model::{Code, Diagnostic, Help, TenantId};
use tenon_render::{Options, checkup};

fn sample() -> Checkup {
    let token = Token {
        source: "AZURE_CLIENT_SECRET".to_owned(),
        tenant: TenantId::new("22222222-2222-2222-2222-222222222222"),
        application: "7d5f0c1e-0000-4000-8000-000000000001".to_owned(),
        object: Some("a1b2c3d4-0000-4000-8000-000000000002".to_owned()),
        audience: Some("https://management.azure.com/".to_owned()),
        expires: "2026-07-01T13:00:00Z".to_owned(),
        minutes_left: 59,
    };
    Checkup {
        format: FORMAT,
        cloud: Cloud {
            name: "AzureCloud".to_owned(),
            login: "https://login.microsoftonline.com".to_owned(),
            resource_manager: "https://management.azure.com".to_owned(),
            audience: "https://management.azure.com".to_owned(),
        },
        clock_ahead: Some(3),
        tenants: vec![
            Tenant {
                name: "contoso".to_owned(),
                id: token.tenant.clone(),
                token: Some(token),
            },
            Tenant {
                name: "11111111-1111-1111-1111-111111111111".to_owned(),
                id: TenantId::new("11111111-1111-1111-1111-111111111111"),
                token: None,
            },
        ],
        findings: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn shown(found: &Checkup) -> String {
    checkup(found, &Options::default()).plain()
}

#[test]
fn a_tenant_that_is_fine_and_one_that_is_not() {
    assert_eq!(
        shown(&sample()),
        "\
AzureCloud
  sign-in           https://login.microsoftonline.com
  resource manager  https://management.azure.com

contoso             22222222-2222-2222-2222-222222222222
  signs in with     AZURE_CLIENT_SECRET
  application       7d5f0c1e-0000-4000-8000-000000000001
  object id         a1b2c3d4-0000-4000-8000-000000000002
  audience          https://management.azure.com/
  until             2026-07-01T13:00:00Z, 59 minutes left

11111111-1111-1111-1111-111111111111
  signs in with     nothing that works

signed in to 1 of 2 tenants
"
    );
}

#[test]
fn what_differs_is_shown() {
    let mut found = sample();
    found.cloud.audience = "https://management.core.usgovcloudapi.net".to_owned();
    found.tenants.truncate(1);
    found.tenants[0].id = TenantId::new("contoso.com");
    if let Some(token) = &mut found.tenants[0].token {
        token.minutes_left = -1;
    }
    let text = shown(&found);
    for line in [
        "  audience          https://management.core.usgovcloudapi.net\n",
        "  tenant            22222222-2222-2222-2222-222222222222\n",
        "  until             2026-07-01T13:00:00Z, that is past\n",
        "signed in to 1 tenant\n",
    ] {
        assert!(text.contains(line), "no {line:?} in:\n{text}");
    }
}

#[test]
fn one_line_for_each_thing_that_was_looked_at() {
    let problem = Diagnostic::error(Code::ProviderNotRegistered, "not registered").help(
        Help::command("register it", "az provider register --namespace N --wait"),
    );
    let long = Diagnostic::warning(Code::SecretRejected, "wrong").help(Help::command(
        "a new one",
        "az ad app credential reset --id 7d5f0c1e-0000-4000-8000-000000000001 --append",
    ));
    let mut found = sample();
    found.findings = vec![
        Finding::ok("clock").detail("2 s ahead of Azure's"),
        Finding::wrong("registration of N", &problem),
        Finding::wrong("sign-in to acme", &long),
        Finding {
            status: Status::Skipped,
            ..Finding::ok("vCPU quota in westeurope").detail("403 AuthorizationFailed")
        },
    ];
    let text = shown(&found);
    let (_, lines) = text.split_once("works\n\n").expect("the tenants");
    assert_eq!(
        lines,
        "  clock                     ok  2 s ahead of Azure's
  registration of N         fail  TN3401  az provider register --namespace N --wait
  sign-in to acme           warn  TN3012
      az ad app credential reset --id 7d5f0c1e-0000-4000-8000-000000000001 --append
  vCPU quota in westeurope  skipped  403 AuthorizationFailed

signed in to 1 of 2 tenants
"
    );
}
