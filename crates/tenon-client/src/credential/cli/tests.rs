use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use tenon_model::TenantId;
use tenon_model::transport::{Boxed, Refusal, Stage, Transport};
use tokio::time::advance;

use super::answer::Printed;
use super::program::{Ended, Ran};
use super::{AzureCli, Run};
use crate::tests::{Script, client_with, read, summer};
use crate::{Client, Credential};

/// An `az` that always says the same, and remembers what it was asked.
struct Said {
    success: bool,
    text: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Run for Said {
    fn run<'a>(&'a self, arguments: &'a [&'a str]) -> Boxed<'a, Result<Ran, Ended>> {
        self.asked.lock().unwrap().push(arguments.join(" "));
        let (output, errors) = if self.success {
            (self.text.clone().into_bytes(), String::new())
        } else {
            (b"canary".to_vec(), self.text.clone())
        };
        let ran = Ran {
            success: self.success,
            output,
            errors,
        };
        Box::pin(async move { Ok(ran) })
    }
}

fn says(success: bool, text: &str) -> (Credential, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::default());
    let said = Said {
        success,
        text: text.to_owned(),
        asked: Arc::clone(&asked),
    };
    (
        Credential::azure_cli(AzureCli::running(said), "Azure CLI"),
        asked,
    )
}

async fn refused(text: &str) -> Refusal {
    let client = client_with(&Script::new(""), says(false, text).0);
    client.sign_in(&TenantId::new("t2")).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn az_is_asked_once_for_each_token() {
    let end = summer().as_second() + 3600;
    let (credential, asked) = says(
        true,
        &format!(
            r#"{{"accessToken":"canary-az","expires_on":{end},"expiresOn":"2001-01-01 00:00:00.000000","tenant":"t2","tokenType":"Bearer"}}"#
        ),
    );
    let script = Script::new(&"GET /a => 200 | {}\n".repeat(3));
    let client = client_with(&script, credential);
    for wait in [0, 3000, 500] {
        advance(Duration::from_secs(wait)).await;
        client.get(&read("/a")).await.unwrap();
    }
    let line =
        "account get-access-token --scope https://arm.test/.default --tenant t2 --output json";
    assert_eq!(*asked.lock().unwrap(), [line, line]);
    assert_eq!(
        script.seen()[0].header("authorization"),
        Some("Bearer canary-az")
    );
    assert!(script.sign_ins().is_empty());
}

#[test]
fn the_end_of_a_token() {
    let life = |json: &str| {
        let printed: Printed = serde_json::from_str(json).unwrap();
        let zone = TimeZone::fixed(Offset::constant(2));
        printed
            .lifetime_in(summer(), zone)
            .map(|life| life.as_secs())
    };
    let end = summer().as_second() + 90;
    assert_eq!(
        life(&format!(r#"{{"accessToken":"t","expires_on":{end}}}"#)),
        Some(90)
    );
    assert_eq!(
        life(&format!(r#"{{"accessToken":"t","expires_on":"{end}"}}"#)),
        Some(90)
    );
    // Noon in UTC is two o'clock here.
    assert_eq!(
        life(r#"{"accessToken":"t","expiresOn":"2026-07-01 14:05:00.000000"}"#),
        Some(300)
    );
    assert_eq!(
        life(r#"{"accessToken":"t","expiresOn":"2026-07-01 13:00:00.000000"}"#),
        Some(0)
    );
    assert_eq!(life(r#"{"accessToken":"t"}"#), None);
}

#[tokio::test(start_paused = true)]
async fn what_az_complains_about_is_told_apart() {
    let refusal = refused("ERROR: Please run 'az login' to setup account.\n").await;
    assert_eq!(
        (refusal.code.as_str(), refusal.target.as_deref()),
        ("TokenSourceFailed", Some("az-signed-out"))
    );
    assert_eq!(
        refusal.message,
        "the Azure CLI has no session: Please run 'az login' to setup account."
    );

    let refusal = refused("ERROR: AADSTS50020: User account 'ada@contoso.com' does not exist in tenant 'acme'. Trace ID: 1\nTo re-authenticate, please run:\naz login --tenant t2").await;
    assert_eq!(
        (refusal.stage, refusal.code.as_str()),
        (Stage::SignIn, "AADSTS50020")
    );
    assert_eq!(
        refusal.message,
        "User account 'ada@contoso.com' does not exist in tenant 'acme'."
    );

    let refusal = refused("WARNING: old\nERROR: something else").await;
    assert_eq!(refusal.message, "az: something else");
}

#[tokio::test(start_paused = true)]
async fn what_az_printed_is_not_repeated() {
    for text in ["canary-token", r#"{"accessToken":"canary-token"}"#, ""] {
        let client = client_with(&Script::new(""), says(true, text).0);
        let refusal = client.sign_in(&TenantId::new("t2")).await.unwrap_err();
        assert_eq!(refusal.message, "az printed no token that can be read");
    }
    let refusal = refused("").await;
    assert_eq!(
        refusal.message,
        "az: az ended with an error and said nothing"
    );
}

/// `az` is a batch file on Windows: what a shell could read is not handed on.
#[tokio::test(start_paused = true)]
async fn a_tenant_is_no_argument_of_its_own() {
    let (credential, asked) = says(true, "");
    let client = client_with(&Script::new(""), credential);
    for tenant in ["--debug", "x&calc", "a b", "\"", "%PATH%"] {
        let refusal = client.sign_in(&TenantId::new(tenant)).await.unwrap_err();
        assert_eq!(refusal.code, "BadTenant");
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsString;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;
    use crate::credential::cli::program::Az;

    fn install(folder: &Path, script: &str) -> OsString {
        let program = folder.join("az");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder.as_os_str().to_owned()
    }

    fn client(path: Option<OsString>, patience: Duration) -> Client {
        let az = Az { path, patience };
        let credential = Credential::azure_cli(AzureCli::running(az), "Azure CLI");
        client_with(&Script::new(""), credential)
    }

    /// The child prints its arguments as its token; a header then has it.
    #[tokio::test]
    async fn a_child_is_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = install(
            folder.path(),
            r#"printf '{"accessToken":"canary %s %s","expires_on":4102444800}' "$4" "$6""#,
        );
        let script = Script::new("GET /a => 200 | {}\nGET /a => 200 | {}");
        let text = crate::tests::logged(async || {
            let az = Az {
                path: Some(path.clone()),
                patience: Duration::from_secs(60),
            };
            let credential = Credential::azure_cli(AzureCli::running(az), "Azure CLI");
            client_with(&script, credential)
                .get(&read("/a"))
                .await
                .unwrap();
        })
        .await;
        assert_eq!(
            script.seen()[1].header("authorization"),
            Some("Bearer canary https://arm.test/.default t2")
        );
        assert!(text.contains("az account get-access-token"), "{text}");
        assert!(!text.contains("canary"), "{text}");
    }

    #[tokio::test]
    async fn a_child_that_never_ends_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = install(folder.path(), "exec sleep 600");
        let client = client(Some(path), Duration::from_millis(50));
        let refusal = client.sign_in(&TenantId::new("t2")).await.unwrap_err();
        assert_eq!(refusal.message, "az gave no answer within 0 s");
    }

    #[tokio::test]
    async fn it_is_looked_for_along_the_path_but_never_here() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("az"), "no program").unwrap();
        for path in [
            None,
            Some(folder.path().as_os_str().to_owned()),
            Some(OsString::from(".")),
        ] {
            let refusal = client(path, Duration::from_secs(60))
                .sign_in(&TenantId::new("t2"))
                .await
                .unwrap_err();
            assert_eq!(
                (refusal.message.as_str(), refusal.target.as_deref()),
                ("the Azure CLI is not installed", Some("az-absent"))
            );
        }
    }
}
