//! What the tests of all modules share: an [`Http`](crate::Http) that plays a
//! written dialogue, and a client that speaks to it.

mod logs;
mod paper;
mod script;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tenon_model::transport::{Answer, Condition, Progress, Read, Refusal, Transport, Verb, Write};
use tenon_model::{TenantId, canonical};

use crate::{Client, Clock, Cloud, Credential, Credentials, Endpoint, Jitter, Settings};
pub(crate) use logs::logged;
pub(crate) use paper::{Paper, block, summer};
pub(crate) use script::{Script, response};

/// The secret of the test application.
pub(crate) const SECRET: &str = "canary-secret";

/// A client whose waits are not left to chance.
pub(crate) fn client(script: &Arc<Script>) -> Client {
    Client::new(settings(script))
}

pub(crate) fn settings(script: &Arc<Script>) -> Settings {
    let cloud = Cloud {
        storage: Cloud::public().storage,
        graph: Endpoint::parse("https://graph.test").ok(),
        name: "Test".to_owned(),
        login: Endpoint::parse("https://login.test").unwrap(),
        arm: Endpoint::parse("https://arm.test").unwrap(),
        audience: "https://arm.test".to_owned(),
    };
    let credential = Credential::client_secret("app-1", SECRET.into(), "AZURE_CLIENT_SECRET");
    let mut settings = Settings::new(cloud, Credentials::all(credential), script.clone());
    settings.jitter = Jitter::fixed(0.0);
    settings.correlation_id = "correlation-1".to_owned();
    settings
}

/// A client that signs in with `credential` everywhere, on a summer's day of
/// 2026.
pub(crate) fn client_with(script: &Arc<Script>, credential: Credential) -> Client {
    let mut settings = settings(script);
    settings.credentials = Credentials::all(credential);
    let started = tokio::time::Instant::now();
    settings.clock = Clock::new(move || summer() + started.elapsed());
    Client::new(settings)
}

/// A token that says no more than this about itself.
pub(crate) fn token_saying(claims: &serde_json::Value) -> String {
    use base64::Engine;
    let middle = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims.to_string());
    format!("e30.{middle}.canary")
}

/// The fields of a form, decoded.
pub(crate) fn form(body: &str) -> Vec<(String, String)> {
    let url: crate::Url = format!("https://x.test/?{body}").parse().unwrap();
    url.query_pairs().into_owned().collect()
}

pub(crate) fn read(path: &str) -> Read {
    Read {
        tenant: TenantId::new("t2"),
        path: path.to_owned(),
        api_version: "2024-01-01".to_owned(),
        query: Vec::new(),
    }
}

pub(crate) fn write(verb: Verb, path: &str) -> Write {
    Write {
        tenant: TenantId::new("t2"),
        auxiliary: Vec::new(),
        verb,
        path: path.to_owned(),
        api_version: "2024-01-01".to_owned(),
        body: None,
        condition: Condition::None,
    }
}

/// Writes and returns the end in one line, with everything that was told.
pub(crate) async fn tell(client: &Client, write: &Write) -> (String, Vec<String>) {
    let told = Mutex::new(Vec::new());
    let tell = |progress: Progress| told.lock().unwrap().push(line(&progress));
    let ended = client.write(write, &tell).await;
    (end(&ended), told.into_inner().unwrap())
}

pub(crate) fn line(progress: &Progress) -> String {
    match progress {
        Progress::Accepted { operation } => format!("accepted {operation}"),
        Progress::Waiting { wait, why } => format!("{} {why}", seconds(*wait)),
    }
}

pub(crate) fn end(ended: &Result<Answer, Refusal>) -> String {
    match ended {
        Ok(answer) => format!("{} {}", answer.status, canonical::to_string(&answer.body)),
        Err(refusal) => {
            let details = refusal
                .details
                .iter()
                .map(|(code, text)| format!("; {code}: {text}"));
            format!(
                "{:?} {refusal}{}",
                refusal.stage,
                details.collect::<String>()
            )
        }
    }
}

pub(crate) fn seconds(wait: Duration) -> String {
    format!("{}s", wait.as_secs_f64())
}
