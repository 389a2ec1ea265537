//! How a tenant is signed in to.

use tenon_model::spec::{CredentialSource, IdentityName, Issuer};
use tenon_model::value::SecretSource;

use super::{check, problems, reading};

const HEADER: &str = "tenon: 1\nvars: {file: {default: a.pem}}\nsecrets: {s: {env: S}}\n";
const ID: &str = "11111111-1111-1111-1111-111111111111";

fn read(credential: &str) -> (Option<String>, CredentialSource) {
    let text = format!("{HEADER}tenants:\n  t: {{id: {ID}, credential: {credential}}}\n");
    let reading = reading(&[("a", &text)], &[]);
    let spec = reading
        .spec
        .unwrap_or_else(|| panic!("{credential}: {}", problems(&reading.diagnostics)));
    let read = spec.tenants[0].credential.clone().unwrap();
    assert_eq!(read.place.line, 5);
    (read.client_id, read.source)
}

#[test]
fn every_way_to_sign_in() {
    let secret = || SecretSource::Env("S".into());
    let certificate = |password, send_chain| CredentialSource::Certificate {
        file: "a.pem".into(),
        password,
        send_chain,
    };
    let client = || IdentityName::ClientId(ID.into());
    let rows = [
        (
            "{client_secret: \"${secrets.s}\"}".to_owned(),
            CredentialSource::Secret(secret()),
        ),
        (
            "{certificate: \"${vars.file}\"}".to_owned(),
            certificate(None, false),
        ),
        (
            "{certificate: {file: a.pem}}".to_owned(),
            certificate(None, false),
        ),
        (
            "{certificate: {file: a.pem, password: \"${secrets.s}\", send_chain: true}}".to_owned(),
            certificate(Some(secret()), true),
        ),
        (
            "{federated: github}".to_owned(),
            CredentialSource::Federated(Issuer::GitHub),
        ),
        (
            "{federated: Azure_DevOps}".to_owned(),
            CredentialSource::Federated(Issuer::AzureDevOps),
        ),
        (
            "{federated: {file: token}}".to_owned(),
            CredentialSource::Federated(Issuer::File("token".into())),
        ),
        (
            "{federated: {managed_identity: true}}".to_owned(),
            CredentialSource::Federated(Issuer::ManagedIdentity(None)),
        ),
        (
            format!("{{federated: {{managed_identity: {{client_id: {ID}}}}}}}"),
            CredentialSource::Federated(Issuer::ManagedIdentity(Some(client()))),
        ),
        (
            "{managed_identity: true}".to_owned(),
            CredentialSource::ManagedIdentity(None),
        ),
        (
            format!("{{managed_identity: {{object_id: {ID}}}}}"),
            CredentialSource::ManagedIdentity(Some(IdentityName::ObjectId(ID.into()))),
        ),
        ("{cli: true}".to_owned(), CredentialSource::Cli),
    ];
    for (text, expected) in rows {
        assert_eq!(read(&text), (None, expected), "{text}");
    }
    let (client_id, _) = read(&format!("{{client_id: {ID}, federated: github}}"));
    assert_eq!(client_id, Some(ID.into()));
}

/// Signing in comes before everything that a run makes, so nothing of that can
/// be read there; a circle through a sign-in cannot be written.
#[test]
fn nothing_that_a_run_makes_signs_in() {
    check(
        "secrets: {s: {env: S}}
tenants:
  a: {id: a.com, credential: {client_id: \"${vms.web.id}\", client_secret: \"${secrets.s}\"}}",
        "error[TN1103] 5:43 this expression cannot be read | only vars, env, secrets can be used here",
    );
}

#[test]
fn one_way_and_no_other() {
    check(
        "secrets: {s: {env: S}}
tenants:
  a: {id: a.com, credential: {}}
  b: {id: b.com, credential: {client_secret: \"${secrets.s}\", cli: true}}
  c: {id: c.com, credential: {cli: false}}
  d: {id: d.com, credential: {managed_identity: false}}
  e: {id: e.com, credential: {client_id: 11111111-1111-1111-1111-111111111111, managed_identity: true}}
  f: {id: f.com, credential: {client_id: 11111111-1111-1111-1111-111111111111, cli: true}}
  g: {id: g.com, credential: {federated: {}}}
  h: {id: h.com, credential: {federated: gitlab}}
  i: {id: i.com, credential: {managed_identity: {}}}
  j: {id: j.com, credential: {federated: {managed_identity: {client_id: 11111111-1111-1111-1111-111111111111, object_id: 11111111-1111-1111-1111-111111111111}}}}
  k: {id: k.com, credential: {certificate: {password: \"${secrets.s}\"}}}
  l: {id: l.com, credential: {certificate: {file: a.pem, password: hunter2}}}
  m: {id: m.com, credential: {client_id: 11111111-1111-1111-1111-111111111111}}",
        "error[TN1006] 5:30 missing key `client_secret` in tenants.a.credential | one of `client_secret`, `certificate`, `federated`, `managed_identity` or `cli` must be here
         error[TN1009] 6:62 `client_secret` and `cli` exclude each other in tenants.b.credential | a tenant is signed in to in one way | this is one
         error[TN1007] 7:36 tenants.c.credential.cli cannot be `false` | a way to sign in is written or left out
         error[TN1007] 8:49 tenants.d.credential.managed_identity cannot be `false` | a way to sign in is written or left out
         error[TN1009] 9:31 `managed_identity` and `client_id` exclude each other in tenants.e.credential | `managed_identity` signs in as itself | this is one
         error[TN1009] 10:31 `cli` and `client_id` exclude each other in tenants.f.credential | `cli` signs in as itself | this is one
         error[TN1006] 11:31 missing key `file` in tenants.g.credential.federated | one of `file` or `managed_identity` must be here
         error[TN1007] 12:42 tenants.h.credential.federated cannot be `gitlab` | did you mean `github`?
         error[TN1006] 13:31 missing key `client_id` in tenants.i.credential.managed_identity | one of `client_id`, `object_id` or `resource_id` must be here
         error[TN1009] 14:111 `client_id` and `object_id` exclude each other in tenants.j.credential.federated.managed_identity | an identity is named once | this is one
         error[TN1006] 15:31 missing key `file` in tenants.k.credential.certificate | `file` must be here
         error[TN1104] 16:58 the secret `tenants.l.credential.certificate.password` would be readable here | this takes the name of a secret, never its value
         error[TN1006] 17:30 missing key `client_secret` in tenants.m.credential | one of `client_secret`, `certificate`, `federated`, `managed_identity` or `cli` must be here",
    );
}
