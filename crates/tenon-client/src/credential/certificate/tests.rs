use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tenon_model::TenantId;
use tenon_model::transport::{Stage, Transport};

use super::{Certificate, CertificateError, Chain};
use crate::tests::{Paper, Script, block, client_with, form, read, summer};
use crate::{Client, Credential};

const PASSWORD: &str = "canary-password";

/// The SHA-256 of the certificate in all the files, as `openssl x509
/// -fingerprint` tells it.
const FINGERPRINT: &str = "c79e51b1940c0911a84579a797ba8af5b4dda3fb62a15fda96c1bc18ced75c9b";

fn client(script: &Arc<Script>, certificate: Certificate, chain: Chain) -> Client {
    let source = "AZURE_CLIENT_CERTIFICATE_PATH";
    client_with(
        script,
        Credential::certificate("app-1", certificate, chain, source),
    )
}

fn part(jwt: &str, index: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(index).unwrap());
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_assertion() {
    let paper = Paper::new();
    let certificate = Certificate::read(paper.pem().as_bytes(), None).unwrap();
    let script = Script::new("");
    let client = client(&script, certificate, Chain::Left);
    client.sign_in(&TenantId::new("t2")).await.unwrap();

    let asked = &script.sign_ins()[0];
    let fields = form(&asked.body);
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "client_id",
            "client_assertion_type",
            "client_assertion",
            "grant_type",
            "scope"
        ]
    );
    assert_eq!(fields[0].1, "app-1");
    assert_eq!(
        fields[1].1,
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert_eq!(fields[3].1, "client_credentials");
    assert_eq!(fields[4].1, "https://arm.test/.default");
    assert!(asked.header("authorization").is_none());
    assert!(asked.header("x-ms-authorization-auxiliary").is_none());

    let jwt = &fields[2].1;
    let fingerprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, &paper.certificate));
    assert_eq!(
        part(jwt, 0),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": fingerprint})
    );
    let payload = part(jwt, 1);
    assert_eq!(payload["aud"], asked.url);
    assert_eq!(payload["aud"], "https://login.test/t2/oauth2/v2.0/token");
    assert_eq!(
        (&payload["iss"], &payload["sub"]),
        (&json!("app-1"), &json!("app-1"))
    );
    assert!(
        payload["jti"]
            .as_str()
            .unwrap()
            .parse::<uuid::Uuid>()
            .is_ok()
    );
    let now = summer().as_second();
    assert_eq!(
        (&payload["nbf"], &payload["exp"]),
        (&json!(now), &json!(now + 600))
    );

    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, paper.key.public_key().as_ref());
    public.verify(signed.as_bytes(), &signature).unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_assertion_is_of_its_own_tenant_and_time() {
    let paper = Paper::new();
    let certificate = Certificate::read(paper.pem().as_bytes(), None).unwrap();
    let script = Script::new("GET /a => 200 | {}");
    let client = client(&script, certificate, Chain::Left);
    client.sign_in(&TenantId::new("t1")).await.unwrap();
    client.sign_in(&TenantId::new("t2")).await.unwrap();
    tokio::time::advance(Duration::from_secs(3500)).await;
    client.get(&read("/a")).await.unwrap();
    let payloads: Vec<Value> = script
        .sign_ins()
        .iter()
        .map(|asked| part(&form(&asked.body)[2].1, 1))
        .collect();
    let tenants: Vec<&str> = payloads
        .iter()
        .map(|payload| payload["aud"].as_str().unwrap().split('/').nth(3).unwrap())
        .collect();
    assert_eq!(tenants, ["t1", "t2", "t2"]);
    assert_eq!(payloads[2]["nbf"], summer().as_second() + 3500);
    assert_ne!(payloads[0]["jti"], payloads[1]["jti"]);
    assert_ne!(payloads[1]["jti"], payloads[2]["jti"]);
}

#[tokio::test(start_paused = true)]
async fn the_chain_goes_along_when_asked_for() {
    let (paper, authority) = (Paper::new(), Paper::new());
    // The authority stands first, as some tools write it.
    let text = authority.certificate_pem() + &paper.pem();
    let certificate = Certificate::read(text.as_bytes(), None).unwrap();
    let script = Script::new("");
    let client = client(&script, certificate, Chain::Sent);
    client.sign_in(&TenantId::new("t2")).await.unwrap();
    let header = part(&form(&script.sign_ins()[0].body)[2].1, 0);
    let expected = [&paper, &authority].map(|one| STANDARD.encode(&one.certificate));
    assert_eq!(header["x5c"], json!(expected));
}

#[tokio::test(start_paused = true)]
async fn a_certificate_out_of_its_time_is_not_used() {
    for (from, until, expected) in [
        (
            "20250101000000Z",
            "20260630235959Z",
            "the certificate expired at 2026-06-30T23:59:59Z",
        ),
        (
            "20260801000000Z",
            "20270101000000Z",
            "the certificate holds from 2026-08-01T00:00:00Z on, and it is 2026-07-01T12:00:00Z here",
        ),
    ] {
        let paper = Paper::valid(from, until);
        let certificate = Certificate::read(paper.pem().as_bytes(), None).unwrap();
        let script = Script::new("");
        let client = client(&script, certificate, Chain::Left);
        let refusal = client.sign_in(&TenantId::new("t2")).await.unwrap_err();
        assert_eq!(
            (
                refusal.stage,
                refusal.code.as_str(),
                refusal.message.as_str()
            ),
            (Stage::Credential, "CertificateUnusable", expected)
        );
        assert_eq!(client.requests(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_is_told() {
    let denied = r#"{"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range.","error_codes":[700024]}"#;
    for (date, expected) in [
        (
            "Wed, 01 Jul 2026 11:51:30 GMT",
            "the clock of this machine is 8m 30s ahead of the sign-in host's",
        ),
        (
            "Wed, 01 Jul 2026 14:00:00 GMT",
            "the clock of this machine is 2h behind the sign-in host's",
        ),
        (
            "Wed, 01 Jul 2026 12:00:02 GMT",
            "the clock of this machine agrees with the sign-in host",
        ),
    ] {
        let paper = Paper::new();
        let certificate = Certificate::read(paper.pem().as_bytes(), None).unwrap();
        let script = Script::new(&format!("sign-in => 401 date: {date} | {denied}"));
        let client = client(&script, certificate, Chain::Left);
        let refusal = client.sign_in(&TenantId::new("t2")).await.unwrap_err();
        assert_eq!(refusal.details, [("Clock".to_owned(), expected.to_owned())]);
    }
}

/// Files as OpenSSL writes them, with the options that its users and other
/// programs have.
#[test]
fn files_of_openssl() {
    let files: [(&str, &[u8], Option<&str>); 6] = [
        (
            "default of OpenSSL 3",
            include_bytes!("fixtures/aes256.p12"),
            Some(PASSWORD),
        ),
        (
            "default of OpenSSL 1",
            include_bytes!("fixtures/rc2-40.p12"),
            Some(PASSWORD),
        ),
        (
            "as Key Vault and Windows write them",
            include_bytes!("fixtures/triple-des-no-password.p12"),
            None,
        ),
        (
            "two ciphers, SHA-512",
            include_bytes!("fixtures/aes128-192-unicode.p12"),
            Some("grün€"),
        ),
        (
            "RC2 with 128 bits, SHA-384",
            include_bytes!("fixtures/rc2-128.p12"),
            Some(PASSWORD),
        ),
        (
            "PEM with an encrypted key",
            include_bytes!("fixtures/encrypted-pkcs8.pem"),
            Some(PASSWORD),
        ),
    ];
    let wanted = Certificate::read(files[0].1, files[0].2).unwrap();
    for (what, bytes, password) in files {
        let read =
            Certificate::read(bytes, password).unwrap_or_else(|error| panic!("{what}: {error}"));
        let fingerprint: String = digest(&SHA256, read.leaf())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(fingerprint, FINGERPRINT, "{what}");
        assert_eq!(read.until().to_string(), "2046-11-16T23:40:01Z", "{what}");
        assert_eq!(
            read.key.public_key().as_ref(),
            wanted.key.public_key().as_ref(),
            "{what}"
        );
        let authority = usize::from(!what.starts_with("PEM"));
        assert_eq!(read.chain.len(), 1 + authority, "{what}");

        let other = Certificate::read(bytes, Some("something else")).unwrap_err();
        assert_eq!(other, CertificateError::WrongPassword, "{what}");
        if password.is_some() {
            let none = Certificate::read(bytes, None).unwrap_err();
            assert_eq!(none, CertificateError::PasswordNeeded, "{what}");
        }
    }
}

#[test]
fn a_key_in_the_older_form_of_pem() {
    let paper = Paper::new();
    let pkcs8 = paper.pkcs8();
    let mut info = super::Der::new(&pkcs8).open(0x30).unwrap();
    info.take(2).unwrap();
    info.take(0x30).unwrap();
    let pkcs1 = block("RSA PRIVATE KEY", info.take(4).unwrap());
    let text = format!("some text\r\n{}{pkcs1}", paper.certificate_pem()).replace('\n', "\r\n");
    let certificate = Certificate::read(text.as_bytes(), None).unwrap();
    assert_eq!(certificate.leaf(), paper.certificate);
}

#[test]
fn what_cannot_serve_is_told_apart() {
    let (paper, other) = (Paper::new(), Paper::new());
    let key = block("PRIVATE KEY", &paper.pkcs8());
    let own = paper.certificate_pem();
    for (text, expected) in [
        (String::new(), CertificateError::UnknownForm),
        ("hello".to_owned(), CertificateError::UnknownForm),
        (key.clone(), CertificateError::NoCertificate),
        (own.clone(), CertificateError::NoKey),
        (key.clone() + &other.certificate_pem(), CertificateError::Mismatch),
        (block("PRIVATE KEY", b"0123") + &own, CertificateError::NotRsa),
        (block("EC PRIVATE KEY", b"0123") + &own, CertificateError::NotRsa),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,46\n\nAAAA\n-----END RSA PRIVATE KEY-----\n".to_owned() + &own,
            CertificateError::Unsupported("the form of its block `RSA PRIVATE KEY`".to_owned()),
        ),
    ] {
        assert_eq!(Certificate::read(text.as_bytes(), None).unwrap_err(), expected, "{text}");
    }
}

/// Whatever is cut off or turned round, nothing worse than an error happens.
#[test]
fn broken_files_are_errors() {
    let bytes = include_bytes!("fixtures/triple-des-no-password.p12");
    for length in (0..bytes.len()).step_by(97) {
        assert!(Certificate::read(&bytes[..length], None).is_err());
    }
    for at in (0..bytes.len()).step_by(31) {
        let mut broken = bytes.to_vec();
        broken[at] ^= 0x55;
        drop(Certificate::read(&broken, None));
    }
}

#[test]
fn a_certificate_prints_no_key() {
    let certificate = Certificate::read(Paper::new().pem().as_bytes(), None).unwrap();
    assert_eq!(
        format!("{certificate:?}"),
        "a certificate until 2026-12-31T23:59:59Z"
    );
}
